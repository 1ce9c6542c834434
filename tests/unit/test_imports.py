"""The house stands as docs/architecture.md draws it: the imports of every file go the allowed way."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.imports import HEAVY, broken_rules, clock_reads, heavy_at_start, read_package

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "jdy_desktop"


def test_imports_go_the_allowed_way() -> None:
    assert broken_rules(read_package(PACKAGE)) == []


def test_no_two_services_need_each_other() -> None:
    """Not even for the names of types: which of the two to read first would be anybody's guess."""
    files = {".".join(one.relative_to(ROOT).with_suffix("").parts): one for one in PACKAGE.rglob("*.py")}
    needs: dict[str, set[str]] = {}
    for name, path in files.items():
        if name.startswith("jdy_desktop.services."):
            found = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
            wanted = {f"{node.module}.{alias.name}" for node in found for alias in node.names}
            needs[name] = {one for one in wanted | {str(node.module) for node in found} if one in files and one != name}
    graphlib.TopologicalSorter(needs).prepare()


def test_no_slow_library_on_the_way_to_the_first_window() -> None:
    assert heavy_at_start(read_package(PACKAGE)) == []


def test_time_comes_from_the_clock() -> None:
    assert clock_reads(read_package(PACKAGE)) == []


def test_importing_the_window_loads_no_slow_library() -> None:
    """The static walk cannot see what other people's packages import; a fresh interpreter can."""
    code = (
        "import sys, jdy_desktop.app, jdy_desktop.views.main_window\n"
        f"heavy = {HEAVY!r}\n"
        "print(*[m for m in heavy if m in sys.modules])"
    )
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / "jdy_desktop" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        ("models/stock.py", "import PySide6.QtCore", "may import Qt"),
        ("services/book/stock.py", "from PySide6 import QtCore", "may import Qt"),
        ("models/stock.py", "from jdy_desktop.services.book import stock", "models know nobody"),
        ("models/stock.py", "import time", "no clock"),
        ("models/migrations/versions/a.py", "from jdy_desktop.models.types import Amount", "none of our code"),
        ("services/book/stock.py", "from jdy_desktop.views import theme", "do not know views"),
        ("services/book/stock.py", "from ...views import theme", "do not know views"),
        ("services/book/stock.py", "from jdy_desktop.services.channel import shops", "book/ does not know channel/"),
        ("services/book/stock.py", "from ..channel import shops", "book/ does not know channel/"),
        ("services/book/stock.py", "from jdy_desktop.services import ali1688", "book/ does not know ali1688/"),
        ("services/ali1688/client.py", "import jdy_desktop.services.book.stock", "ali1688/ does not know book/"),
        ("services/machine/db.py", "from jdy_desktop.services.book import stock", "machine/ does not know book/"),
        ("services/channel/shops.py", "import requests", "only ali1688/transport.py"),
        ("services/ali1688/client.py", "import requests", "only ali1688/transport.py"),
        ("services/channel/shops.py", "import socket", "use the network"),
        ("services/channel/shops.py", "from jdy_desktop.sandbox import server", "stands apart"),
        ("sandbox/server.py", "from jdy_desktop.services.ali1688 import signing", "stands apart"),
        ("views/pages/sale.py", "from sqlalchemy import select", "no database"),
        ("views/pages/sale.py", "from jdy_desktop.models.documents import SalesLine", "no tables"),
        ("views/pages/sale.py", "from jdy_desktop.services.machine import db", "no sessions"),
        ("views/entry/desk.py", "from jdy_desktop.views.pages.sale_form import SaleForm", "knows no page"),
    ],
)
def test_an_import_that_breaks_the_house_is_named(tmp_path: Path, file: str, line: str, rule: str) -> None:
    _write(tmp_path, file, f'"""Words."""\n\n\ndef later():\n    {line}\n')
    [found] = broken_rules(read_package(tmp_path / "jdy_desktop"))
    assert f"{file}:5:" in found
    assert rule in found


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("views/pages/sale.py", "from PySide6.QtWidgets import QWidget"),
        ("views/pages/sale.py", "from jdy_desktop.models.states import PayState"),
        ("views/pages/sale.py", "from jdy_desktop.services.book.documents import SaveSalesOrder"),
        ("app.py", "from jdy_desktop.sandbox.server import PracticeMarket"),
        ("services/channel/shops.py", "from jdy_desktop.services.ali1688.client import Client"),
        ("services/channel/shops.py", "from jdy_desktop.services.book import documents"),
        ("services/ali1688/transport.py", "import requests"),
        ("services/ali1688/client.py", "from jdy_desktop.services.errors import LinkError"),
    ],
)
def test_an_import_that_goes_the_right_way_passes(tmp_path: Path, file: str, line: str) -> None:
    _write(tmp_path, file, line + "\n")
    assert broken_rules(read_package(tmp_path / "jdy_desktop")) == []


def test_a_slow_import_behind_the_window_is_named(tmp_path: Path) -> None:
    _write(tmp_path, "app.py", "from jdy_desktop.services.excel import templates\n")
    _write(tmp_path, "services/excel/templates.py", "import openpyxl\n")
    _write(tmp_path, "services/excel/rows.py", "import openpyxl\n")  # nobody imports it at start
    [found] = heavy_at_start(read_package(tmp_path / "jdy_desktop"))
    assert "templates.py:1: openpyxl" in found


def test_a_slow_import_that_waits_passes(tmp_path: Path) -> None:
    text = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import openpyxl\ndef write():\n    import openpyxl\n"
    )
    _write(tmp_path, "app.py", text)
    assert heavy_at_start(read_package(tmp_path / "jdy_desktop")) == []


def test_reading_the_pc_clock_is_named(tmp_path: Path) -> None:
    _write(tmp_path, "services/book/stock.py", "from datetime import date\nday = date.today()\n")
    _write(tmp_path, "services/machine/context.py", "from datetime import date\nday = date.today()\n")
    [found] = clock_reads(read_package(tmp_path / "jdy_desktop"))
    assert "stock.py:2: date.today()" in found
