"""W8: from a new process to the painted main window, as a clerk starts the program in the morning.

    python -m tests.bench.start_window            the window is painted (what the comparison measures)
    JDY_BENCH_UNTIL=usable python -m …            … and the book is open and its first page stands

Imports at the top cost the measured program time, so there is nothing here that it does not import itself.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path


def show_and_quit() -> None:
    """Show the window; once it stands, print the resident set in KiB and end without tidying up, as the other contestants do."""
    gc.disable()  # as __main__ does
    from jdy_desktop.app import make_program
    from jdy_desktop.services.machine.context import Context
    from jdy_desktop.services.machine.folders import Folders
    from jdy_desktop.views import theme
    from jdy_desktop.views.first_paint import after_first_paint

    os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    folders = Folders(start_folder())
    application = theme.make_application(sys.argv[0])
    program = make_program(folders, Context())
    program.start()
    assert program.window is not None
    if os.environ.get("JDY_BENCH_UNTIL") == "usable":
        program.book_opened.connect(_end)
    else:
        after_first_paint(program.window, _end)
    application.exec()


def _end() -> None:
    """At once: what the program does after its first frame is not part of it."""
    with open("/proc/self/status", encoding="ascii") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmRSS:")), flush=True)
    os._exit(0)


def start_folder() -> Path:
    """A data folder with one book, made once by another process so that its memory does not count."""
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"jdy-bench-start-{os.getuid()}"
    if not (folder / "settings.json").exists():
        import subprocess

        subprocess.run([sys.executable, "-m", "tests.bench.start_window", "--make", str(folder)], check=True)
    return folder


def make_folder(folder: Path) -> None:
    """One book with the 1688 module on, remembered as the last one."""
    from jdy_desktop.services.book.account_sets import AccountSets
    from jdy_desktop.services.machine.context import Context
    from jdy_desktop.services.machine.folders import Folders
    from jdy_desktop.services.machine.settings import LocalSettings
    from tests.bench import books

    folders = Folders(folder)
    folders.make()
    path = folders.books / "量一量.jdy"
    path.unlink(missing_ok=True)
    db = books.new_book(path)
    AccountSets(db, Context()).set_channel_enabled(True)
    books.close_and_settle(db)
    LocalSettings(folders.settings_file).remember_book(path)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make_folder(Path(sys.argv[2]))
    else:
        show_and_quit()
