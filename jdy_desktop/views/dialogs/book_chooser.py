"""账套: the account sets this PC knows; open, rename, put away, take off the list, make or fetch another one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from jdy_desktop.services.machine.known_books import KnownBook, KnownBooks
from jdy_desktop.views.dialogs.rename_dialog import RenameDialog
from jdy_desktop.views.widgets.base import STRETCH, Surface, Text, VScroll, column, layout_of, row, sized
from jdy_desktop.views.widgets.book_tile import BookTile, facts_words, place_words
from jdy_desktop.views.widgets.buttons import KeyButton, LinkButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog, DialogFrame

Rename = Callable[[Path, str, Callable[[], None]], None]


class BookChooser(DialogFrame):
    """`open_book(Path)`, `new_book`, `other_file`, `restore_book` go to the program; the list itself is kept here."""

    open_book = Signal(object)
    new_book = Signal()
    other_file = Signal()
    restore_book = Signal()

    def __init__(
        self, window: QWidget, known: KnownBooks, *, present: Path | None, now: datetime, rename: Rename
    ) -> None:
        """`present`: the book that is open. `rename(path, company, then)` writes it into the book and calls `then`."""
        super().__init__(window, "账套", width=760, height=540, padding=20, name="book_chooser")
        self._known, self._present, self._now, self._rename = known, present, now, rename
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(lambda _tile: self._show_acts())
        self._list = Surface("page")
        self._lines = column(spacing=2, margins=(0, 0, 8, 0), parent=self._list)
        scroll = VScroll(self._list)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        hint = Text("一个账套是一个文件，互不影响。收起和移出列表都不删除文件。", "hint", wrap=True)
        body = row(scroll, self._acts(), spacing=16)
        body.setStretch(0, 1)
        self.body.addWidget(hint)
        self.body.addLayout(body)
        self.body.setStretch(1, 1)
        restore = LinkButton("从备份恢复…", icon="backup", name="book_chooser.restore_button")
        restore.clicked.connect(lambda: self._leave(self.restore_book.emit))
        other = LinkButton("打开其他文件…", icon="external", name="book_chooser.other_button")
        other.clicked.connect(lambda: self._leave(self.other_file.emit))
        for link in (other, restore):
            self.add_left(link)
        self.add_button(KeyButton("取消", "cancel", name="book_chooser.cancel_button"), self.reject)
        self._open = self.add_button(
            KeyButton("打开", "ok", kind="primary", name="book_chooser.open_button"), self.accept, default=True
        )
        # Whoever comes here wants another one: the last but this.
        others = [one.path for one in known.rows() if one.path != present and not one.is_away and one.size is not None]
        self._fill(others[0] if others else present)

    def open(self) -> None:
        """The arrows move in the list at once, Enter opens."""
        super().open()
        if (tile := self._group.checkedButton()) is not None:
            tile.setFocus()

    def _acts(self) -> QWidget:
        side = sized(QWidget(), width=132)
        self._new = KeyButton("创建账套", icon="plus", wide=True, name="book_chooser.new_button")
        self._new.clicked.connect(lambda: self._leave(self.new_book.emit))
        self._rename_button = KeyButton("改名", icon="edit", wide=True, name="book_chooser.rename_button")
        self._rename_button.clicked.connect(self._on_rename)
        self._away = KeyButton("收起", icon="hold", wide=True, name="book_chooser.away_button")
        self._away.clicked.connect(self._on_away)
        self._forget = KeyButton("移出列表", icon="close", wide=True, name="book_chooser.forget_button")
        self._forget.clicked.connect(self._on_forget)
        column(self._new, 8, self._rename_button, self._away, self._forget, STRETCH, spacing=8, parent=side)
        return side

    # ---- the list
    def chosen(self) -> KnownBook | None:
        """The marked one; None while the list is empty."""
        tile = self._group.checkedButton()
        return tile.book if isinstance(tile, BookTile) else None

    def _fill(self, mark: Path | None) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        books = self._known.rows()
        for index, book in enumerate(books):
            if book.is_away and (index == 0 or not books[index - 1].is_away):
                self._lines.addWidget(Text("已收起", "hint"))
            tile = BookTile(book, facts_words(book, self._now), more=place_words(book), name=f"book_chooser.book_{index}",
                            tick=book.path == self._present)  # fmt: skip
            self._group.addButton(tile)
            self._lines.addWidget(tile)
            tile.setChecked(book.path == mark or (index == 0 and mark not in [one.path for one in books]))
            tile.opened.connect(self.accept)
        if not books:
            self._lines.addWidget(Text("还没有账套。创建一个，或打开其他文件。", "hint"))
        self._lines.addStretch(1)
        layout_of(self._list).activate()
        self._show_acts()

    @Slot()
    def _show_acts(self) -> None:
        book = self.chosen()
        here = book is not None and book.path == self._present
        nothing = "先选一个账套" if book is None else None
        gone = "文件不在原来的位置" if book is not None and book.size is None else None
        self._open.set_blocked(nothing or gone or ("这个账套正开着" if here else None))
        self._rename_button.set_blocked(nothing or gone)
        in_use = "正在用的账套不能收起或移出" if here else None
        self._away.set_blocked(nothing or in_use)
        self._forget.set_blocked(nothing or in_use)
        self._away.set_label("取回" if book is not None and book.is_away else "收起")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        tiles = self._group.buttons()
        here = self._group.checkedButton()
        if step is None or here is None:
            super().keyPressEvent(event)
            return
        tile = tiles[max(0, min(len(tiles) - 1, tiles.index(here) + step))]
        tile.setChecked(True)
        tile.setFocus()
        self._show_acts()

    # ---- acting
    def accept(self) -> None:
        """Open the marked one."""
        book = self.chosen()
        if book is not None and self._open.isEnabled():
            super().accept()
            self.open_book.emit(book.path)

    def _leave(self, go: Callable[[], None]) -> None:
        super().accept()
        go()

    @Slot()
    def _on_rename(self) -> None:
        book = self.chosen()
        if book is None:
            return
        dialog = RenameDialog(self, book.company)

        def rename(company: str) -> None:
            def then() -> None:
                self._known.renamed(book.path, company)
                self._fill(book.path)

            self._rename(book.path, company, then)

        dialog.renamed.connect(rename)
        dialog.open()

    @Slot()
    def _on_away(self) -> None:
        if book := self.chosen():
            self._known.put_away(book.path, not book.is_away)
            self._fill(book.path)

    @Slot()
    def _on_forget(self) -> None:
        book = self.chosen()
        if book is None:
            return
        ask = ConfirmDialog(
            self, "移出列表", f"把“{book.company}”移出列表吗？", goes="列表里不再显示它。",
            stays=f"文件还在 {book.path}，以后用“打开其他文件”还能打开。", yes="移出", danger=False, name="forget_book_dialog",
        )  # fmt: skip

        def forget() -> None:
            self._known.forget(book.path)
            self._fill(self._present)

        ask.accepted.connect(forget)
        ask.open()
