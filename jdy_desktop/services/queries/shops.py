"""The list of 店铺设置 (M32–M36)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jdy_desktop.models.rules.search import has_all_words, search_key, split_words
from jdy_desktop.services.channel.shops import ShopRow, shop_rows
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database


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
