"""Which account set: the chooser, the files of the wizard's and the login's links, and the way from one book to another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from jdy_desktop.services.machine.known_books import KnownBooks

if TYPE_CHECKING:
    from jdy_desktop.services.bundle import Books
    from jdy_desktop.views.shell import Host


class BookHost(Protocol):
    """What the program does for it."""

    def books(self) -> Books: ...
    def go_to_book(self, path: Path) -> None: ...
    def leave_book(self) -> None: ...


class BookDesk(QObject):
    """Made when somebody asks for another account set."""

    def __init__(self, program: Host, host: BookHost, parent: QObject) -> None:
        super().__init__(parent)
        self._program, self._host = program, host

    def choose(self, window: QWidget, *, wizard: bool) -> None:
        """Open the chooser over `window`; over the wizard 创建账套 only closes it."""
        from jdy_desktop.views.dialogs.book_chooser import BookChooser

        program = self._program
        present = program.book if program.services is not None else None
        chooser = BookChooser(
            window, KnownBooks(program.settings), present=present, now=program.ctx.clock.now(), rename=self._rename
        )
        chooser.open_book.connect(self._host.go_to_book)
        chooser.other_file.connect(lambda: self.pick_file(window))
        chooser.restore_book.connect(lambda: self.restore(window))
        if not wizard:
            chooser.new_book.connect(self._host.leave_book)
        chooser.open()

    def pick_file(self, window: QWidget) -> None:
        """打开其他文件: a book that is not in the list; a backup goes the way of 从备份恢复."""
        chosen, _ = QFileDialog.getOpenFileName(
            window, "打开其他账套", str(self._program.folders.books), "账套 (*.jdy)"
        )
        if chosen:
            self._go_on(lambda: self._host.books().choose(Path(chosen)))

    @Slot()
    def restore(self, window: QWidget) -> None:
        """从备份恢复: pick a backup, make a further book of it, go on with that."""
        chosen, _ = QFileDialog.getOpenFileName(
            window, "从备份恢复", str(self._program.folders.backups), "备份 (*.jdy)"
        )
        if chosen:
            self._go_on(lambda: self._host.books().restore(Path(chosen)))

    def _go_on(self, find: Callable[[], Path]) -> None:
        """Open what is found on a worker thread."""
        self._program.runner.submit(
            lambda _job: find(), owner=self, on_done=self._host.go_to_book, on_error=self._program.tell_error
        )

    def _rename(self, path: Path, company: str, then: Callable[[], None]) -> None:
        program = self._program
        services = program.services if path == program.book else None

        def work() -> None:
            if services is not None:
                services.account_sets.rename(company)
            else:
                self._host.books().rename(path, company)

        program.runner.submit(
            lambda _job: work(), owner=self, on_done=lambda _none: then(), on_error=program.tell_error
        )
