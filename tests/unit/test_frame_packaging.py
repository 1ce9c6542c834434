"""What wraps the program fits the program: packages, desktop entry, installers, and the first-start script."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = ROOT / "installer"


def packages_of_setup() -> set[str]:
    """The libraries that setup.sh looks for before a window can open."""
    text = (INSTALLER / "setup.sh").read_text(encoding="utf-8")
    lists = re.findall(r'^(?:qt|screen)_packages="([^"]+)"', text, re.MULTILINE)
    assert len(lists) == 2
    return set(" ".join(lists).split())


def depends_of_deb() -> set[str]:
    text = (INSTALLER / "debian" / "control").read_text(encoding="utf-8")
    [line] = re.findall(r"^Depends: (.+)$", text, re.MULTILINE)
    return {part.split("|")[0].strip() for part in line.split(",")}


def test_deb_asks_for_what_the_window_links() -> None:
    brought_by_others = {"libexpat1", "libudev1", "zlib1g", "libxcb-shm0", "libxcb-sync1"}
    assert packages_of_setup() - brought_by_others == depends_of_deb()


def test_desktop_entry_starts_the_program() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]  # keys are case-sensitive here
    entry.read(INSTALLER / "jdy-desktop.desktop", encoding="utf-8")
    fields = entry["Desktop Entry"]
    assert (fields["Exec"], fields["Icon"], fields["Type"]) == ("jdy-desktop", "jdy-desktop", "Application")
    assert fields["Categories"].endswith(";")


def test_packager_is_locked_with_hashes() -> None:
    text = (INSTALLER / "requirements.lock").read_text(encoding="utf-8")
    assert "pyinstaller==" in text
    assert "://" not in text
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=\S)", text.strip()))


def test_scripts_are_sound_and_may_be_run() -> None:
    for script in [*INSTALLER.glob("*.sh"), ROOT / ".ci" / "run"]:
        assert os.access(script, os.X_OK), script
        assert "set -euo pipefail" in script.read_text(encoding="utf-8")
        subprocess.run(["bash", "-n", str(script)], check=True)


@pytest.fixture
def bare_machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a user without rights on a Debian without any of our packages."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, answer in {"dpkg-query": "", "id": "1000", "apt-get": "touched"}.items():
        (tools / name).write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    checkout = tmp_path / "checkout" / "installer"
    checkout.mkdir(parents=True)
    shutil.copy(INSTALLER / "setup.sh", checkout)
    return {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(tmp_path)}


@pytest.mark.parametrize("purpose", ["run", "test"])
def test_without_rights_the_line_to_run_is_printed(bare_machine: dict[str, str], tmp_path: Path, purpose: str) -> None:
    done = subprocess.run(
        [str(tmp_path / "checkout" / "installer" / "setup.sh"), purpose],
        env=bare_machine, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "sudo apt-get update && sudo apt-get install -y --no-install-recommends ca-certificates" in done.stderr
    assert "libnss3" in done.stderr
    assert ("poppler-utils" in done.stderr) == (purpose == "test")
    assert "touched" not in done.stdout + done.stderr
    assert not (tmp_path / "checkout" / ".venv").exists()


def test_a_screen_needs_more_libraries(bare_machine: dict[str, str], tmp_path: Path) -> None:
    run = [str(tmp_path / "checkout" / "installer" / "setup.sh"), "run"]
    without = subprocess.run(run, env=bare_machine, capture_output=True, text=True, check=False)
    with_screen = subprocess.run(
        run, env={**bare_machine, "DISPLAY": ":0"}, capture_output=True, text=True, check=False
    )
    assert "libxcb-cursor0" not in without.stderr
    assert "libxcb-cursor0" in with_screen.stderr


def test_windows_installer_compiles(tmp_path: Path) -> None:
    makensis = shutil.which("makensis")
    if makensis is None:
        pytest.skip("NSIS is not installed (apt-get install nsis); only packaging needs it")
    source, target = tmp_path / "tree", tmp_path / "setup.exe"
    source.mkdir()
    (source / "jdy-desktop.exe").write_bytes(b"MZ")
    defines = ["-DVERSION=9.9.9", f"-DSOURCE={source}", f"-DTARGET={target}"]
    subprocess.run(
        [makensis, "-V2", "-INPUTCHARSET", "UTF8", *defines, str(INSTALLER / "jdy-desktop.nsi")],
        check=True, capture_output=True,
    )  # fmt: skip
    assert target.stat().st_size > 10_000
