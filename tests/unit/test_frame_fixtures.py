"""The shared fixtures give what they promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
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


@pytest.mark.parametrize(("asked", "count"), [("1", 10_000), ("", 500)])
def test_the_deep_run_tries_every_case(asked: str, count: int) -> None:
    """Variables of this program are taken out of the tests' surroundings, but not the one that asks for all cases."""
    code = "import tests.conftest; from tests.support.cases import cases; print(cases(10_000))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "JDY_DEEP": asked}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(count)
