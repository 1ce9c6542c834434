"""Authorized 1688 shops: authorize, verify, renew, market and department (manual 3; M22–M42, T3, T5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.states import AuthState
from jdy_desktop.services.channel.markets import MarketHit
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.vault import Vault

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway
    from jdy_desktop.services.ali1688.values import TokenSource


@dataclass(frozen=True, slots=True)
class ShopRow:
    """One row of 店铺设置 (M32). `auth_state` compares with the clock at the time of reading."""

    id: ShopId
    login_id: str
    name: str
    market_id: int | None
    market: str
    department_id: int | None
    department: str
    auth_state: AuthState
    log: str
    log_at: datetime | None
    version: int
    renew_due: bool


@dataclass(frozen=True, slots=True, repr=False)
class AuthorizationRequest:
    """One try to authorize. `shop_id` is set when a known shop is to be verified again: no other shop is accepted."""

    url: str
    redirect_uri: str
    state: str
    made_at: datetime
    shop_id: ShopId | None = None


@dataclass(frozen=True, slots=True)
class AuthorizedShop:
    shop_id: ShopId
    name: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """`needs_login`: refreshing did not help, the 1688 page has to be opened (M42)."""

    state: AuthState
    needs_login: bool


class Shops:
    """Reads and changes shops. Tokens never leave this class except through `tokens`."""

    def __init__(self, db: Database, ctx: Context, gateway: Callable[[], Gateway], vault: Vault) -> None:
        raise NotImplementedError

    def rows(self) -> tuple[ShopRow, ...]:
        raise NotImplementedError

    def begin(self, shop_id: ShopId | None = None, redirect_uri: str | None = None) -> AuthorizationRequest:
        raise NotImplementedError

    def finish(self, job: JobContext, callback_url: str, request: AuthorizationRequest) -> AuthorizedShop:
        raise NotImplementedError

    def verify(self, job: JobContext, shop_id: ShopId) -> VerifyResult:
        raise NotImplementedError

    def renew_due(self, job: JobContext) -> int:
        raise NotImplementedError

    def set_market(self, shop_id: ShopId, market_id: int) -> None:
        raise NotImplementedError

    def set_department(self, shop_id: ShopId, department_id: int | None) -> None:
        raise NotImplementedError

    def markets(self, text: str = "") -> tuple[MarketHit, ...]:
        raise NotImplementedError

    def add_market(self, name: str, city: str = "") -> int:
        raise NotImplementedError

    def tokens(self, shop_id: ShopId) -> TokenSource:
        raise NotImplementedError

    def forget(self, shop_id: ShopId) -> None:
        raise NotImplementedError
