"""The list of 店铺设置 (M32–M36)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jdy_desktop.services.channel.shops import ShopRow
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database


@dataclass(frozen=True, slots=True)
class ShopFilter:
    text: str = ""


class ShopList:
    def __init__(self, db: Database, ctx: Context) -> None:
        raise NotImplementedError

    def ids(self, filter: ShopFilter) -> list[int]:
        raise NotImplementedError

    def rows(self, ids: Sequence[int]) -> dict[int, ShopRow]:
        raise NotImplementedError
