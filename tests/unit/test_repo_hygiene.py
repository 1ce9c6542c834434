"""What must never be committed or shipped, read from the files themselves."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "jdy_desktop"
LONGEST_FILE = 500
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".lock",
    ".sh",
    ".ps1",
    ".nsi",
    ".spec",
    ".cfg",
    ".json",
    ".html",
    ".svg",
    ".ts",
    ".conf",
    "",
}

# Put together from pieces, so that this file does not name what it forbids.
REGISTRY_HOSTS = re.compile("|".join(["files\\.python" + "hosted", "py" + "pi\\.org", "registry\\.np" + "mjs"]))
MACHINE_PATHS = re.compile("|".join(["/ro" + "ot/", "/ho" + "me/[a-z]", "/wo" + "rk/", "/Us" + "ers/"]))
SECRETS = re.compile("-----BEGIN [A-Z ]*PRIVATE " + "KEY|gh[pousr]_[A-Za-z0-9]{36}|AKIA[0-9A-Z]{16}")
SANDBOX_OFF = re.compile("--no-" + "sandbox|QTWEBENGINE_DISABLE_" + "SANDBOX")
UNFINISHED = re.compile(r"\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + r"CK)\b|NotImplemented" + "Error")
SQL_START = re.compile(r"^\s*(select|insert|update|delete|create|drop|alter|with)\s", re.IGNORECASE)


def committed_files() -> list[Path]:
    """Every text file git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    paths = (ROOT / name for name in listed if name)
    return [p for p in paths if p.is_file() and p.suffix in TEXT]


def lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """`file:line: text` for every line that matches."""
    return [
        f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{number}: {line.strip()[:100]}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), 1)
        if pattern.search(line)
    ]


def shipped() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def joined_sql(path: Path) -> Iterator[str]:
    """`file:line` where a string with a hole in it (f-string, %, +, format) begins like an SQL statement."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        head: ast.expr | None = None
        if isinstance(node, ast.JoinedStr) and any(isinstance(part, ast.FormattedValue) for part in node.values):
            head = node.values[0]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
            head = node.left
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            head = node.func.value
        if isinstance(head, ast.Constant) and isinstance(head.value, str) and SQL_START.match(head.value):
            yield f"{path}:{head.lineno}"


@pytest.mark.parametrize("pattern", [REGISTRY_HOSTS, MACHINE_PATHS, SECRETS], ids=["hosts", "machine paths", "secrets"])
def test_nothing_of_this_machine_is_committed(pattern: re.Pattern[str]) -> None:
    assert lines_with(pattern, committed_files()) == []


def test_lock_has_hashes_and_no_addresses() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    without = [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]
    assert without == []


def test_lock_holds_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.match(r"[\w.-]+", want)[0].lower().replace("_", "-") for want in wanted}  # type: ignore[index]
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert names - locked == set()


def test_version_is_written_once() -> None:
    from jdy_desktop import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_program_never_switches_the_browser_sandbox_off() -> None:
    assert lines_with(SANDBOX_OFF, [*shipped(), *(ROOT / "installer").glob("*.desktop")]) == []


def test_shipped_code_is_finished() -> None:
    assert lines_with(UNFINISHED, shipped()) == []


def test_no_sql_is_joined_from_strings() -> None:
    assert [found for path in shipped() for found in joined_sql(path)] == []


def test_files_stay_short_enough_to_read() -> None:
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in shipped() if "migrations" not in p.parts}
    assert {str(p.relative_to(ROOT)): n for p, n in lengths.items() if n > LONGEST_FILE} == {}


@pytest.mark.manual("M13")
def test_decoration_of_the_manual_is_left_out_in_writing() -> None:
    """M13: the wizard's two QR pictures advertise other channels; why they are not here is told."""
    text = (ROOT / "docs" / "decisions" / "0004-no-advertising-codes.md").read_text(encoding="utf-8")
    assert "精斗云app下载" in text
    assert "精斗云微信公众号" in text


def test_each_check_sees_a_culprit(tmp_path: Path) -> None:
    culprit = tmp_path / "culprit.py"
    culprit.write_text(
        'a = "/ro' + 'ot/x"\nb = "--no-' + 'sandbox"\n# TO' + 'DO later\nc = f"select * from {a}"\n'
        'd = "delete from " + a\ne = "update %s" % a\nf = "insert into {}".format(a)\n'
        'g = f"{a} selected"\nh = "https://py' + 'pi.org/simple"\n',
        encoding="utf-8",
    )
    assert len(lines_with(MACHINE_PATHS, [culprit])) == 1
    assert len(lines_with(SANDBOX_OFF, [culprit])) == 1
    assert len(lines_with(UNFINISHED, [culprit])) == 1
    assert len(lines_with(REGISTRY_HOSTS, [culprit])) == 1
    assert sorted(found.rpartition(":")[2] for found in joined_sql(culprit)) == ["4", "5", "6", "7"]
