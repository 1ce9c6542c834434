"""Settings of this PC: whole or not at all, and a damaged file is set aside rather than guessed at."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jdy_desktop.services.machine.settings import DEFAULT_GATEWAY, LocalSettings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_kept_over_a_restart(path: Path) -> None:
    settings = LocalSettings(path)
    settings.set("view.theme", "dark")
    settings.set_flag("notice.sound", False)
    settings.remember_book(Path("/a/一.jdy"))
    settings.remember_book(Path("/a/二.jdy"))
    settings.remember_book(Path("/a/一.jdy"))
    again = LocalSettings(path)
    assert again.get("view.theme") == "dark"
    assert again.flag("notice.sound", default=True) is False
    assert again.flag("never.set", default=True) is True
    assert [p.name for p in again.known_books()] == ["一.jdy", "二.jdy"]
    assert again.last_book == Path("/a/一.jdy")
    again.set("view.theme", None)
    assert LocalSettings(path).get("view.theme") is None


def test_this_run_then_environment_then_file_then_default(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = LocalSettings(path)
    found = [settings.get("gateway.address")]
    settings.set("gateway.address", "https://stored")
    found.append(settings.get("gateway.address"))
    monkeypatch.setenv("JDY_1688_GATEWAY", "http://127.0.0.1:1")
    found.append(settings.get("gateway.address"))
    settings.use("gateway.address", "http://127.0.0.1:2")
    found.append(settings.get("gateway.address"))
    assert found == [DEFAULT_GATEWAY, "https://stored", "http://127.0.0.1:1", "http://127.0.0.1:2"]
    assert json.loads(path.read_text("utf-8")) == {"gateway.address": "https://stored"}


@pytest.mark.parametrize("content", [b"{", b"", b"[1, 2]", b"null", b"\xff\xfe\x00", b"\x00" * 200])
def test_a_damaged_file_is_set_aside(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    settings = LocalSettings(path)
    assert settings.last_book is None
    assert path.with_name("settings.damaged.json").read_bytes() == content
    settings.set("view.theme", "dark")
    assert LocalSettings(path).get("view.theme") == "dark"


_WRITER = """
import sys
from pathlib import Path
from jdy_desktop.services.machine.settings import LocalSettings
settings = LocalSettings(Path(sys.argv[1]))
print("ready", flush=True)
number = 0
while True:
    number += 1
    settings.set("k", str(number) * 2000)
    {after}
"""


def _kill_while_writing(path: Path, after: str) -> None:
    command = [sys.executable, "-c", _WRITER.replace("{after}", after), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        while not path.exists():
            assert writer.poll() is None
        os.kill(writer.pid, signal.SIGKILL)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_killed_while_writing_leaves_a_whole_file(path: Path) -> None:
    for _ in range(4):
        _kill_while_writing(path, "pass")
        value = json.loads(path.read_text("utf-8"))["k"]
        assert value == value[: len(value) // 2000] * 2000
        path.unlink()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_writing_in_place_would_leave_halves(path: Path) -> None:
    """The control: the same kill on a file that is written in place finds half of it."""
    in_place = "f = open(sys.argv[1], 'w'); f.write('{'); f.flush(); import time; time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", "import sys; " + in_place, str(path)]) as writer:
        while not path.exists() or path.read_text() != "{":
            assert writer.poll() is None
        os.kill(writer.pid, signal.SIGKILL)
    with pytest.raises(ValueError):
        json.loads(path.read_text())
