"""A filled book of every release: each opens, upgrades to today's tables, and adds up (style §6)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from jdy_desktop import __version__
from jdy_desktop.models.ids import ProductId
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.book.products import Products
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.documents import DocumentFilter, DocumentList
from tests.museum.make import HERE, unpack
from tests.support.clock import FrozenClock
from tests.support.counter import Counter
from tests.unit.services.machine.test_schema import _differences

PIECES = sorted(HERE.glob("*.jdy.gz"))


def test_this_release_stands_in_the_museum() -> None:
    assert f"{__version__}.jdy.gz" in [piece.name for piece in PIECES]
    assert all(piece.stat().st_size < 100_000 for piece in PIECES)


@pytest.mark.parametrize("piece", PIECES, ids=lambda p: p.name)
def test_opens_upgrades_and_adds_up(piece: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.jdy"
    unpack(piece, path)
    database = schema.open_book(path)
    try:
        assert check_book(database, JobContext()).problems == ()
        assert _differences(database) == []
        sales = DocumentList(database, DocumentKind.SALE)
        rows = sales.rows(sales.ids(DocumentFilter())).values()
        # 6 × 8.8 + 12; 3 × 64 − 2; the voided one of 2 × 64 stays in the list.
        assert sorted(row.settlement_amount for row in rows) == [Decimal("64.80"), Decimal(128), Decimal(190)]
        ctx = Context(clock=FrozenClock(), operator="小王")
        counter = Counter(
            database, ctx, Documents(database, ctx), Products(database, ctx), Parties(database, ctx), 1, 2, 1, 1, 1
        )
        towel = counter.products.product(ProductId(2)).skus[0].id
        before = counter.stock(towel)
        counter.sale(counter.line(towel, "1"))
        assert counter.stock(towel) == before - 1 == Decimal(33)
        assert check_book(database, JobContext()).problems == ()
    finally:
        database.close()
