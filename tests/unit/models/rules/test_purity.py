"""The rules stand alone: no database, window, network or clock, and nothing heavy before it is needed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from jdy_desktop.models import rules
from jdy_desktop.models.rules.industries import INDUSTRY_DEFAULTS
from jdy_desktop.models.states import Industry

FOLDER = Path(next(iter(rules.__path__)))
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
CLOCKS = {"now", "today", "utcnow", "time", "monotonic"}


def test_importing_all_rules_loads_nothing_heavy():
    code = (
        "import importlib, json, sys\n"
        f"for name in {NAMES!r}: importlib.import_module('jdy_desktop.models.rules.' + name)\n"
        "print(json.dumps(sorted(name.partition('.')[0] for name in sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(json.loads(done.stdout))
    assert "jdy_desktop" in loaded
    assert not loaded & {"sqlalchemy", "PySide6", "requests", "pypinyin", "sqlite3", "pysqlite3", "socket", "flask"}


@pytest.mark.parametrize("name", NAMES)
def test_no_rule_asks_what_time_it_is(name):
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    called = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and hasattr(node.func, "attr")}
    assert not called & CLOCKS


def test_every_industry_sets_something():
    assert set(INDUSTRY_DEFAULTS) == set(Industry)
    assert len(set(INDUSTRY_DEFAULTS.values())) > 1
    assert INDUSTRY_DEFAULTS[Industry.CLOTHES].matrix_entry
