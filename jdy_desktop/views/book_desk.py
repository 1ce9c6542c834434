"""Which account set: the files of the wizard's and the login's links, and what the chooser asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

if TYPE_CHECKING:
    from jdy_desktop.services.bundle import Books
    from jdy_desktop.services.machine.folders import Folders
    from jdy_desktop.views.jobs import JobRunner


def book_file(parent: QWidget | None, folders: Folders) -> Path | None:
    """打开其他账套: a file the clerk picks."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "打开其他账套", str(folders.books), "账套 (*.jdy)")
    return Path(chosen) if chosen else None


def restored(
    parent: QWidget | None,
    folders: Folders,
    runner: JobRunner,
    books: Callable[[], Books],
    then: Callable[[Path], None],
    tell_error: Callable[[BaseException], None],
) -> None:
    """从备份恢复: pick a backup, make a further book of it, go on with its file."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "从备份恢复", str(folders.backups), "备份 (*.jdy)")
    if chosen:
        source = Path(chosen)
        runner.submit(lambda _job: books().restore(source), owner=runner, on_done=then, on_error=tell_error)
