"""Matching by hand (manual 4.3.4): the 系统商品名称 cell with its suggestions, the goods picker, a whole offer at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

from jdy_desktop.models.ids import OfferSkuId, ProductId, SkuId
from jdy_desktop.services.channel.matching import Matching, Suggestion
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.matches import MatchFilter, MatchList, MatchRow
from jdy_desktop.services.queries.picker import SkuPicker
from jdy_desktop.views import keys
from jdy_desktop.views.dialogs.goods_picker import GoodsPicker, facts_line, reason_chip
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.pages.match_parts import GOODS_CELL
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.model import PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.popup_list import PopupItem, PopupList

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
#: Value of the line that stands in for suggestions when there are none.
_NONE_FITS = "none"


class MatchEditing(QObject):
    """Everything between opening the cell and the written match.

    `matched(next_id)`: written; `next_id` is the next 未匹配 row or None. `undo_wanted`: Ctrl+Z in a cell without typing."""

    matched = Signal(object)
    undo_wanted = Signal()

    def __init__(
        self,
        page: QWidget,
        *,
        table: DataTable,
        model: PagedTableModel[MatchRow],
        matching: Matching,
        match_list: MatchList,
        picker: SkuPicker,
        pictures: PictureStore,
        runner: JobRunner,
        shell: Shell,
        filter: Callable[[], MatchFilter],
    ) -> None:
        super().__init__(page)
        self._page, self._table, self._model = page, table, model
        self._matching, self._list, self._picker = matching, match_list, picker
        self._pictures, self._runner, self._shell, self._filter = pictures, runner, shell, filter
        self._editor: QLineEdit | None = None
        self._row_id: OfferSkuId | None = None
        self._asked = self._answered = 0
        self._is_eager = False
        self._found: dict[SkuId, Suggestion] = {}
        self._kept: tuple[OfferSkuId, str, int] | None = None
        hint = keys.current().hint
        hints = ("Enter 匹配并到下一行", f"{hint('accept_offer')} 匹配整个宝贝", f"{hint('picker')} 打开选择商品")
        self._popup = PopupList(page, hints=hints, min_width=424, name="match_page.popup")
        self._popup.picked.connect(self._on_picked)
        self._popup.dismissed.connect(lambda: table.close_editor(commit=False))
        table.editor_opened.connect(self._on_editor)
        table.button_clicked.connect(lambda row_id, _key: self.open_picker(row_id))
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        pictures.arrived.connect(self._show_pictures)

    # ---- the cell
    @property
    def is_open(self) -> bool:
        """Whether a cell is being typed into."""
        return self._editor is not None and isValid(self._editor) and self._editor.isVisible()

    def open(self, row_id: OfferSkuId) -> bool:
        """Open the cell of a row; False when the row is not shown."""
        return self._table.edit_cell(row_id, GOODS_CELL)

    def close(self) -> None:
        """Leave the cell as it was."""
        self._editor = None
        self._popup.close_popup()
        self._table.close_editor(commit=False)

    @Slot(object, object, str)
    def _on_editor(self, editor: QLineEdit, row_id: OfferSkuId, _key: str) -> None:
        row = self._row(row_id)
        self._editor, self._row_id, self._is_eager = editor, row_id, False
        editor.setPlaceholderText(row.product_name if row and row.product_name else "代码、名称、拼音首字母")
        self._popup.attach(editor)
        editor.installEventFilter(self)  # after the popup: what is pressed too early must not reach it
        editor.textEdited.connect(self._ask)
        self._ask("")

    def _row(self, row_id: OfferSkuId) -> MatchRow | None:
        return self._model.row_at(self._model.row_of(row_id))

    @Slot(str)
    def _ask(self, text: str) -> None:
        row_id = self._row_id
        if row_id is None:
            return
        self._asked += 1
        number = self._asked
        self._runner.submit(
            lambda _job: self._matching.suggestions(row_id, text),
            owner=self,
            key="suggest",
            on_done=lambda found: self._show(number, text, found),
            on_error=self._shell.tell_error,
        )

    def _show(self, number: int, text: str, found: Sequence[Suggestion]) -> None:
        self._answered = number
        if not self.is_open:
            return
        self._found = {one.sku_id: one for one in found}
        items = [self._item(one) for one in found]
        if not items and text.strip():
            items = [PopupItem(_NONE_FITS, f"没有找到“{text.strip()}”", right="Enter 打开选择商品")]
        self._popup.show_items(items)
        if self._is_eager:
            self._is_eager = False
            # Enter came before the list: taken at its word only where there is nothing to choose between.
            if found and (found[0].is_sure or len(found) == 1):
                self._on_picked(found[0].sku_id)

    @Slot(str)
    def _show_pictures(self, _url: str) -> None:
        """Pictures that came after their line; lines and choice stay."""
        if self.is_open and self._popup.isVisible() and self._found:
            self._popup.show_items([self._item(one) for one in self._found.values()])

    def _item(self, one: Suggestion) -> PopupItem:
        words, tone = reason_chip(one)
        picture = self._pictures.pixmap(one.picture, 30)
        return PopupItem(
            one.sku_id,
            one.product_name,
            code=one.code,
            detail=facts_line(one),
            chip=words,
            chip_tone=tone,
            picture=picture,
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._editor and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key, mods = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        assert self._editor is not None
        if key in _ENTER and not mods:
            if self._asked != self._answered:
                self._is_eager = True
                return True
            if self._popup.current is None:
                self._skip()
                return True
        if key == Qt.Key.Key_Space and not self._editor.text() and self._row_id is not None:
            self.open_picker(self._row_id)
            return True
        undo = mods == Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_Z
        if undo and not self._editor.isUndoAvailable():
            self.undo_wanted.emit()
            return True
        return False

    def _skip(self) -> None:
        """Enter without anything to take: on to the next open row."""
        row_id = self._row_id
        if row_id is None:
            return
        wanted = self._filter()
        self.close()
        self._runner.submit(
            lambda _job: self._list.next_open(wanted, row_id),
            owner=self,
            on_done=self.matched.emit,
            on_error=self._shell.tell_error,
        )

    @Slot(object)
    def _on_picked(self, sku_id: SkuId | str) -> None:
        row_id, editor = self._row_id, self._editor
        if row_id is None:
            return
        text = editor.text().strip() if editor is not None and isValid(editor) else ""
        self.close()
        if isinstance(sku_id, str):
            self._by_code(row_id, text)
        else:
            self.match(row_id, sku_id)

    def _by_code(self, row_id: OfferSkuId, text: str) -> None:
        """A code typed or scanned that no suggestion has: goods of the other kind are refused in words (M94)."""
        wanted = self._filter()

        def work(_job: JobContext) -> tuple[bool, OfferSkuId | None]:
            hit = self._picker.exact(text)
            if hit is None:
                return False, None
            self._matching.match(row_id, hit.sku_id)
            return True, self._list.next_open(wanted, row_id)

        def done(answer: tuple[bool, OfferSkuId | None]) -> None:
            if answer[0]:
                self._told(1, 0, answer[1])
            else:
                self.open_picker(row_id, text)

        self._runner.submit(work, owner=self, on_done=done, on_error=self._shell.tell_error)

    # ---- a list that is read again does not take the cell from under the hand
    @Slot()
    def _keep(self) -> None:
        self._kept = None
        if self.is_open and self._row_id is not None and self._editor is not None:
            self._kept = (self._row_id, self._editor.text(), self._editor.cursorPosition())

    @Slot()
    def _restore(self) -> None:
        kept, self._kept = self._kept, None
        if kept is None or self._model.row_of(kept[0]) < 0:
            return
        if self.open(kept[0]) and self._editor is not None:
            self._editor.setText(kept[1])
            self._editor.setCursorPosition(kept[2])
            if kept[1]:
                self._ask(kept[1])

    # ---- writing
    def match(self, row_id: OfferSkuId, sku_id: SkuId) -> None:
        """Match one row, matched before or not (M100, M101), and go on to the next open one."""
        wanted = self._filter()

        def work(_job: JobContext) -> OfferSkuId | None:
            self._matching.match(row_id, sku_id)
            return self._list.next_open(wanted, row_id)

        self._runner.submit(
            work, owner=self, on_done=lambda next_id: self._told(1, 0, next_id), on_error=self._shell.tell_error
        )

    def match_offer(self, row: MatchRow, product_id: ProductId) -> None:
        """Match all rows of the offer that have a sure counterpart in this product, and go on to the next offer."""
        wanted = self._filter()

        def work(_job: JobContext) -> tuple[int, int, OfferSkuId | None]:
            self._matching.match_offer(row.offer_pk, product_id)
            return *self._list.offer_counts(row.offer_pk), self._list.next_open(wanted, row.id, skip_offer=True)

        self._runner.submit(work, owner=self, on_done=lambda found: self._told(*found), on_error=self._shell.tell_error)

    def accept_offer(self) -> None:
        """Ctrl+Enter: the chosen suggestion's product for the whole offer; without an open list only one that is certain."""
        row_id = self._row_id if self.is_open else self._table.current_id()
        row = self._row(OfferSkuId(int(str(row_id)))) if row_id is not None else None
        if row is None:
            return
        chosen = self._popup.current
        one = self._found.get(chosen.value) if chosen is not None and self.is_open else None
        if one is not None:
            self.close()
            self.match_offer(row, one.product_id)
            return

        def done(found: Sequence[Suggestion]) -> None:
            if found and found[0].reason in ("equal_code", "equal_product_code"):
                self.close()
                self.match_offer(row, found[0].product_id)
            else:
                self.open(row.id)

        self._runner.submit(
            lambda _job: self._matching.suggestions(row.id, "", 1),
            owner=self,
            on_done=done,
            on_error=self._shell.tell_error,
        )

    def _told(self, matched: int, left: int, next_id: OfferSkuId | None) -> None:
        rest = f"，这个宝贝还有 {left} 行要逐行选" if left else ""
        self._shell.toast(f"匹配了 {matched} 行{rest}", self.undo_wanted.emit)
        self.matched.emit(next_id)

    # ---- the picker
    def open_picker(self, row_id: OfferSkuId, text: str = "") -> None:
        """… button, F4, Space: 选择商品 for one row."""
        row = self._row(row_id)
        if row is None:
            return
        self.close()
        dialog = GoodsPicker(self._page, row, self._matching, self._pictures, self._runner, self._shell, text=text)
        dialog.chosen.connect(lambda sku_id: self.match(row.id, sku_id))
        dialog.offer_chosen.connect(lambda product_id: self.match_offer(row, product_id))
        dialog.open()
