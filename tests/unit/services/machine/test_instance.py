"""One running program per data folder (F21): the system's lock counts, not a file that was left lying there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from jdy_desktop.services.machine.instance import InstanceLock

_HOLDER = """
import sys
from pathlib import Path
from jdy_desktop.services.machine.instance import InstanceLock
lock = InstanceLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.readline()
"""


def _other_program(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _answer(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def test_the_second_program_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "data" / "running.lock"
    with _other_program(path) as first:
        assert _answer(first) == "True"
        mine = InstanceLock(path)
        assert not mine.acquire()
        with _other_program(path) as second:
            assert _answer(second) == "False"
            second.kill()
        first.kill()
        first.wait(30)
    assert path.exists()  # the left-over file means nothing
    assert mine.acquire()
    with _other_program(path) as third:
        assert _answer(third) == "False"
        third.kill()
    mine.release()
    with _other_program(path) as fourth:
        assert _answer(fourth) == "True"
        fourth.kill()


def test_a_left_over_file_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "running.lock"
    path.write_text("999999")
    lock = InstanceLock(path)
    assert lock.acquire()
    lock.release()
    lock.release()  # twice does no harm


def test_two_data_folders_do_not_disturb_each_other(tmp_path: Path) -> None:
    """The control: the lock is of a folder, not of the PC."""
    locks = [InstanceLock(tmp_path / name / "running.lock") for name in "ab"]
    assert [lock.acquire() for lock in locks] == [True, True]
    for lock in locks:
        lock.release()
