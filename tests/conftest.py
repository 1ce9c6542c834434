"""The rules every test lives under, and the fixtures that several folders share.

No screen, one pinned font, no password store of this PC, no machine but this one, no warning unheard, nothing left
running. The stricter a rule is here, the less each test has to say.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
_HOME = tempfile.TemporaryDirectory(prefix="jdy-tests-", ignore_cleanup_errors=True)

# Before Qt or the program is imported: both read the environment once.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("JDY_TEST_PLATFORM", "offscreen")
os.environ["QT_SCALE_FACTOR"] = "1"
os.environ["FONTCONFIG_FILE"] = str(ROOT / "tests" / "fonts.conf")
os.environ["PYTHON_KEYRING_BACKEND"] = "tests.support.memory_keyring.MemoryKeyring"
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
os.environ["TZ"] = "UTC"  # a stall's PC may be set wrongly: nothing may lean on the machine's zone
for _kind in ("DATA", "CONFIG", "CACHE", "STATE"):
    os.environ[f"XDG_{_kind}_HOME"] = str(Path(_HOME.name) / _kind.lower())
if "XDG_RUNTIME_DIR" not in os.environ:
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="run-", dir=_HOME.name)
for _name in {name for name in os.environ if name.startswith("JDY_")} - {"JDY_TEST_PLATFORM", "JDY_DEEP"}:
    del os.environ[_name]
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"  # Chromium refuses to run as root otherwise; tests only

settings.register_profile("jdy", derandomize=True, deadline=None, database=None, print_blob=False)
settings.load_profile("jdy")

from tests.support.clock import FrozenClock  # noqa: E402
from tests.support.guards import LogWatch, left_over, only_loopback, running_threads  # noqa: E402

if TYPE_CHECKING:
    from jdy_desktop.sandbox.server import PracticeMarket
    from jdy_desktop.services.machine.db import Database
    from tests.support.memory_keyring import MemoryKeyring


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    with only_loopback():
        yield


@pytest.fixture(autouse=True)
def _nothing_left_over() -> Iterator[None]:
    """Stands before every other fixture of a test, so it looks after all of them have cleaned up."""
    before = running_threads()
    yield
    found = left_over(before)
    assert not found, "left over: " + ", ".join(found)


@pytest.fixture(autouse=True)
def log_watch(_nothing_left_over: None, request: pytest.FixtureRequest) -> Iterator[LogWatch]:
    """Log records of level warning or above fail the test unless announced.

    Announce them with `@pytest.mark.expect_log("pattern")` or `log_watch.expect("pattern")`.
    """
    patterns = [p for mark in request.node.iter_markers("expect_log") for p in mark.args]
    watch = LogWatch(tuple(patterns))
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)
    assert not watch.unexpected, "unexpected log records:\n" + "\n".join(watch.unexpected)


@pytest.fixture(autouse=True)
def _clean_places(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the book, the settings or the keys of another."""
    monkeypatch.setenv("JDY_DATA_DIR", str(Path(_HOME.name) / "no-data-folder-was-given"))
    keyring = sys.modules.get("tests.support.memory_keyring")
    if keyring is not None:
        keyring.MemoryKeyring.entries.clear()


@pytest.fixture
def frozen_clock() -> FrozenClock:
    """Ten in the morning of 2019-03-27 in Shanghai, the day of the manual's sample rows."""
    return FrozenClock()


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    """An empty password store in memory, set as the one `keyring` uses."""
    import keyring

    from tests.support.memory_keyring import MemoryKeyring

    MemoryKeyring.entries.clear()
    before, mine = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)
    MemoryKeyring.entries.clear()


@pytest.fixture(scope="session")
def _empty_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.support.books import make_template

    return make_template(tmp_path_factory.mktemp("template") / "book.jdy")


@pytest.fixture
def book(tmp_path: Path, _empty_book: Path) -> Iterator[Database]:
    """An open, migrated SQLite book without an account set, in a file of its own."""
    from tests.support.books import copied_book

    with copied_book(_empty_book, tmp_path / "book.jdy") as opened:
        yield opened


@pytest.fixture
def market() -> Iterator[PracticeMarket]:
    """A running practice market on a free loopback port, with the manual's catalogue; stopped afterwards."""
    from jdy_desktop.sandbox.server import PracticeMarket

    with PracticeMarket() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL server of our own on a free loopback port, started when first asked for."""
    from tests.support.postgres import running_cluster

    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: Any) -> Iterator[str]:
    """The address of an empty PostgreSQL database that goes away after the test."""
    with postgres_cluster.database() as url:
        yield url
