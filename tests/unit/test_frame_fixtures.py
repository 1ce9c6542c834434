"""The shared fixtures give what they promise."""

from __future__ import annotations

from pathlib import Path
from urllib.request import urlopen

from sqlalchemy import text

from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.machine.db import Database


def test_book_is_a_migrated_file_of_its_own(book: Database, tmp_path: Path) -> None:
    assert book.path == tmp_path / "book.jdy"
    with book.read() as session:
        assert session.execute(text("select count(*) from alembic_version")).scalar_one() == 1
        assert session.execute(text("pragma synchronous")).scalar_one() == 2


def test_next_book_is_empty_again(book: Database) -> None:
    with book.read() as session:
        assert session.execute(text("select count(*) from product")).scalar_one() == 0


def test_market_answers_on_loopback(market: PracticeMarket) -> None:
    address = market.ready["gateway"]
    assert address.startswith("http://127.0.0.1:")
    with urlopen(f"{address}/", timeout=10) as answer:
        assert answer.status == 200
