"""The gateway as the channel services see it: typed questions, typed answers, errors in classes.

Heavy parts (requests) are imported when the first call is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jdy_desktop.models.types import OfferId, PreOrderNumber
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.endpoints import Api
from jdy_desktop.services.ali1688.values import (
    AccountInfo,
    Album,
    Category,
    OfferPage,
    PreOrderDraft,
    PreOrderPage,
    SimpleOffer,
    TokenAnswer,
    TokenSource,
    UploadedPicture,
)
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.jobs import JobContext

BACKOFF_S = (10, 20, 40, 80, 120)


class Gateway:
    """One per program. Thread-safe. `on_wait(seconds_left)` hears about throttling pauses, once a second."""

    def __init__(
        self,
        settings: GatewaySettings,
        ctx: Context,
        *,
        transport: Any = None,
        backoff_s: Sequence[float] = BACKOFF_S,
        on_wait: Callable[[float], None] | None = None,
    ) -> None:
        raise NotImplementedError

    def call(
        self, api: Api, params: Mapping[str, Any], tokens: TokenSource | None, job: JobContext | None = None
    ) -> dict[str, Any]:
        raise NotImplementedError

    def exchange_code(self, code: str, redirect_uri: str) -> TokenAnswer:
        raise NotImplementedError

    def refresh_token(self, refresh_token: str) -> TokenAnswer:
        raise NotImplementedError

    def postpone(self, refresh_token: str, access_token: str) -> TokenAnswer:
        raise NotImplementedError

    def account(self, tokens: TokenSource, job: JobContext | None = None) -> AccountInfo:
        raise NotImplementedError

    def offer_page(
        self,
        tokens: TokenSource,
        page_no: int,
        job: JobContext | None = None,
        *,
        offer_ids: Sequence[OfferId] | None = None,
        statuses: Sequence[str] = ("published",),
    ) -> OfferPage:
        raise NotImplementedError

    def offers_by_ids(self, tokens: TokenSource, ids: Sequence[OfferId], job: JobContext | None = None) -> OfferPage:
        raise NotImplementedError

    def create_pre_order(
        self, tokens: TokenSource, draft: PreOrderDraft, job: JobContext | None = None
    ) -> PreOrderNumber:
        raise NotImplementedError

    def pre_orders(
        self,
        tokens: TokenSource,
        *,
        number: PreOrderNumber | None = None,
        page_index: int = 1,
        market_name: str | None = None,
        job: JobContext | None = None,
    ) -> PreOrderPage:
        raise NotImplementedError

    def server_offset(self, job: JobContext | None = None) -> timedelta:
        raise NotImplementedError

    def server_now(self) -> datetime:
        raise NotImplementedError

    def picture(self, url: str) -> bytes:
        raise NotImplementedError

    def categories(self, parent_id: str = "0", job: JobContext | None = None) -> tuple[Category, ...]:
        raise NotImplementedError

    def albums(self, tokens: TokenSource, job: JobContext | None = None) -> tuple[Album, ...]:
        raise NotImplementedError

    def upload_picture(
        self, tokens: TokenSource, album_id: str, name: str, data: bytes, job: JobContext | None = None
    ) -> UploadedPicture:
        raise NotImplementedError

    def add_simple_offer(self, tokens: TokenSource, offer: SimpleOffer, job: JobContext | None = None) -> OfferId:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError
