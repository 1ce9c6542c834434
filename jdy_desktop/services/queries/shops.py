"""The list of 店铺设置 (M32–M36)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import Department
from jdy_desktop.models.channel import Market, Shop
from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.rules.search import has_all_words, search_key, split_words
from jdy_desktop.models.states import AuthState
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database

#: 1688 gives a new refresh token only in the last 30 days of the old one.
RENEWAL_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ShopRow:
    """One row of 店铺设置 (M32). `auth_state` compares with the clock at the time of reading.

    `renew_due`: less than 30 days are left, renewing costs the owner nothing now."""

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


@dataclass(frozen=True, slots=True)
class ShopFilter:
    """`text`: words of account, shop name, market or department, in any order (M36)."""

    text: str = ""


class ShopList:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def ids(self, filter: ShopFilter) -> list[int]:
        """In the order they were authorized."""
        words = split_words(filter.text)
        return [row.id for row in self._all() if not words or has_all_words(words, _search_text(row))]

    def rows(self, ids: Sequence[int]) -> dict[int, ShopRow]:
        wanted = set(ids)
        return {row.id: row for row in self._all() if row.id in wanted}

    def _all(self) -> tuple[ShopRow, ...]:
        with self._db.read() as session:
            return shop_rows(session, self._ctx.clock.now())


def _search_text(row: ShopRow) -> str:
    return search_key(row.name, row.login_id, row.market, row.department)


def shop_rows(session: Session, now: datetime) -> tuple[ShopRow, ...]:
    """All shops with the names of their market and department, oldest first."""
    found = session.execute(
        select(Shop, Market.name, Department.name)
        .outerjoin(Market, Market.id == Shop.market_id)
        .outerjoin(Department, Department.id == Shop.department_id)
        .order_by(Shop.id)
    )
    return tuple(_shop_row(shop, market or "", department or "", now) for shop, market, department in found)


def _shop_row(shop: Shop, market: str, department: str, now: datetime) -> ShopRow:
    return ShopRow(
        id=ShopId(shop.id),
        login_id=shop.login_id,
        name=shop.name,
        market_id=shop.market_id,
        market=market,
        department_id=shop.department_id,
        department=department,
        auth_state=auth_state(shop, now),
        log=shop.log,
        log_at=shop.log_at,
        version=shop.version,
        renew_due=_may_renew(shop, now),
    )


def auth_state(shop: Shop, now: datetime) -> AuthState:
    """授权是否过期 (M33). The access token of 10 hours does not count while the refresh token can fetch another."""
    if shop.sealed_tokens is None:
        return AuthState.NEVER
    ends_at = shop.refresh_expires_at or shop.access_expires_at
    is_over = ends_at is not None and ends_at <= now
    return AuthState.EXPIRED if shop.is_revoked or is_over else AuthState.VALID


def _may_renew(shop: Shop, now: datetime) -> bool:
    ends_at = shop.refresh_expires_at
    return shop.sealed_tokens is not None and ends_at is not None and ends_at - RENEWAL_WINDOW <= now < ends_at
