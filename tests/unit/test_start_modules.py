"""What is loaded when the first window stands: nothing that a clerk would have to wait for (design §9).

A new process starts the program as the command line does; at the first paint of the main window the loaded modules are
written down. sys.modules is asked, not a clock: the answer is the same on every machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from jdy_desktop.models.states import Industry
from jdy_desktop.services.book.account_sets import CreateAccountSet, create_account_set
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.settings import LocalSettings

#: Slow to load; needed only behind the window or when their page is opened.
LATE = (
    "PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets", "sqlalchemy", "pysqlite3", "alembic", "openpyxl",
    "python_calamine", "requests", "urllib3", "numpy", "pyqtgraph", "PIL", "qrcode", "zxingcpp", "cryptography", "keyring",
    "flask", "werkzeug", "pypinyin", "argon2", "psycopg", "msgspec", "asyncio", "unittest",
)  # fmt: skip

START = """
import json, sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

{before}

class Watch(QObject):
    painted = None
    def eventFilter(self, watched, event):
        if self.painted is None and event.type() == QEvent.Type.Paint:
            if isinstance(watched, QWidget) and watched.window() in (program.window, program.wizard):
                self.painted = sorted(sys.modules)
                QTimer.singleShot(0, app.quit)
        return False

from jdy_desktop.app import make_program
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import data_folder
from jdy_desktop.views import theme

app = theme.make_application("jdy-desktop")
program = make_program(data_folder(sys.argv[1]), Context())
watch = Watch()
app.installEventFilter(watch)
program.start()
app.exec()
program.close()
print(json.dumps(watch.painted))
"""


def loaded_at_first_paint(data: Path, before: str = "") -> set[str]:
    """Names of LATE that are loaded when the first window of the program paints itself."""
    command = [sys.executable, "-c", START.replace("{before}", before), str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    assert done.returncode == 0, done.stderr
    modules = json.loads(done.stdout.splitlines()[-1])
    assert "jdy_desktop.app" in modules, "nothing was painted"
    return {late for late in LATE if any(one == late or one.startswith(late + ".") for one in modules)}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as yesterday left it: one book, remembered."""
    folders = Folders(tmp_path)
    folders.make()
    path = folders.books / "档口.jdy"
    request = CreateAccountSet("档口", date(2019, 3, 1), Industry.CLOTHES)
    create_account_set(path, request, Context()).close()
    LocalSettings(folders.settings_file).remember_book(path)
    return tmp_path


def test_the_first_window_stands_before_anything_slow_is_loaded(data: Path) -> None:
    assert loaded_at_first_paint(data) == set()


def test_the_wizard_of_a_first_start_too(tmp_path: Path) -> None:
    assert loaded_at_first_paint(tmp_path) == set()


def test_a_slow_library_would_be_seen(data: Path) -> None:
    assert loaded_at_first_paint(data, before="import openpyxl, sqlalchemy") >= {"openpyxl", "sqlalchemy"}
