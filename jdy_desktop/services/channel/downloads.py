"""下载: offers of a shop come into the book (manual 4.2; M53–M74, M86, M87, F3–F9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jdy_desktop.models.ids import OfferId, ShopId
from jdy_desktop.models.states import DownloadMode, DownloadRange
from jdy_desktop.services.channel.shops import Shops
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """`offer_ids` only with range SOME. ALL brings the offers on shelf (M58)."""

    shop_id: ShopId
    mode: DownloadMode
    range: DownloadRange
    offer_ids: tuple[OfferId, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeClash:
    """4.1.3: one value under two attributes. Both were stored; the clerk is told (M50)."""

    value: str
    attribute: str
    offer_id: str
    other_attribute: str


@dataclass(frozen=True, slots=True)
class CodeClash:
    """货号 was taken: the goods got another code, nothing was merged (F7)."""

    offer_id: str
    title: str
    wanted: str
    code: str


@dataclass(frozen=True, slots=True)
class DownloadReport:
    """What a download did. `created` goods were made, `linked` offers fitted goods made by hand; `failed` names the
    offers that could not be read, with the reason; `unknown_ids` were asked for but 1688 does not know them;
    `missed` is how many offers 1688 counts more than we saw (F6), 0 when all is well."""

    run_id: int
    offers: int
    created: int
    linked: int
    added: int
    updated: int
    unchanged: int
    failed: tuple[tuple[str, str], ...]
    unknown_ids: tuple[str, ...]
    clashes: tuple[AttributeClash, ...]
    code_clashes: tuple[CodeClash, ...]
    missed: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class DownloadRunInfo:
    """A download that ended early and can go on where it stopped."""

    run_id: int
    request: DownloadRequest
    next_page: int
    offers: int
    started_at: datetime


class Downloads:
    def __init__(self, db: Database, ctx: Context, shops: Shops, gateway: Callable[[], Gateway]) -> None:
        raise NotImplementedError

    def run(self, job: JobContext, request: DownloadRequest, resume_id: int | None = None) -> DownloadReport:
        raise NotImplementedError

    def unfinished(self, shop_id: ShopId) -> DownloadRunInfo | None:
        raise NotImplementedError
