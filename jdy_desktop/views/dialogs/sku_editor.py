"""辅助属性: attributes with their values, and one line per 属性组合 with its SKU代码 and prices (manual 4.1; M45, M46, M51)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QLineEdit, QWidget

from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.models.rules.combinations import MOST_VALUES, combinations, split_values
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_values import SaveSku
from jdy_desktop.services.errors import JdyError, UserError
from jdy_desktop.views.dialogs.product_form import SkuDraft
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.tables.lines import LinesModel, LinesTable
from jdy_desktop.views.tables.model import Column, Note
from jdy_desktop.views.texts import PRICE_LABELS, sentence
from jdy_desktop.views.widgets.base import STRETCH, Text, column, named, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import NoteRow
from jdy_desktop.views.widgets.fields import Field
from jdy_desktop.views.widgets.scan_watch import take_codes

#: asks for the next free SKU codes: how many, and who is told.
AskCodes = Callable[[int, Callable[[tuple[str, ...]], None]], None]
_USUAL = ("颜色", "尺码")


def _always(_draft: SkuDraft) -> bool:
    return True


def _is_new(draft: SkuDraft) -> bool:
    return draft.stored is None


def _price_column(grade: PriceGrade, editable: Callable[[SkuDraft], bool]) -> Column[SkuDraft]:
    def text(draft: SkuDraft) -> str:
        return str(getattr(draft, grade.value))

    return Column(grade.value, PRICE_LABELS[grade], text, width=76, kind="number", editable=editable)


def _columns(pictures: PictureStore | None, *, may_price: bool) -> list[Column[SkuDraft]]:
    def picture(draft: SkuDraft) -> QPixmap | None:
        url = draft.stored.picture if draft.stored is not None else ""
        return pictures.pixmap(url, 32) if pictures is not None else None

    shown: list[Column[SkuDraft]] = [Column("picture", "", lambda _d: "", width=48, kind="picture", picture=picture)]
    return [
        *(shown if pictures is not None else []),
        Column("code", "SKU代码", lambda d: d.code, width=132, editable=_always, placeholder="自动"),
        Column("values", "属性组合", lambda d: "/".join(d.values), width=112, editable=_always, stretch=True),
        *(_price_column(grade, _always if may_price else _is_new) for grade in PriceGrade),
        Column("minimum", "最低库存", lambda d: d.minimum, width=76, kind="number", editable=_always),
        Column("barcodes", "条码", lambda d: d.barcodes, width=124, editable=_always),
        Column("stock", "库存", lambda d: d.stock, width=60, kind="number"),
    ]


class _SkuTable(LinesTable):
    """`pasted(text)`: Ctrl+V while no cell is open."""

    pasted = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
            event.accept()
        else:
            super().keyPressEvent(event)


class _ValuesField(Field):
    """Enter makes the lines; it does not reach the dialog, whose Enter would save."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.returnPressed.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


class SkuEditor(QWidget):
    """`skus()` as the service takes them, `attributes()` beside them. `changed` after every change by hand.

    Without `may_price` only lines that are new take prices."""

    changed = Signal()

    def __init__(
        self,
        *,
        ask_codes: AskCodes,
        attributes: Sequence[str] = (),
        drafts: Sequence[SkuDraft] = (),
        pictures: PictureStore | None = None,
        may_price: bool = True,
    ) -> None:
        super().__init__()
        named(self, "sku_editor", "辅助属性")
        self._ask_codes = ask_codes
        self._problems: dict[int, str] = {}
        self._next_key = max((one.key for one in drafts), default=0) + 1
        self.fields: list[tuple[Field, Field]] = []
        names = [*attributes, *(one for one in _USUAL if one not in attributes)][: max(2, len(attributes))]
        lines = [self._attribute_line(number, name, drafts) for number, name in enumerate(names)]
        self.generate_button = KeyButton("生成 SKU 代码", icon="grid", name="sku_editor.generate_button")
        self.remove_button = KeyButton("删除行", "delete_line", kind="quiet", name="sku_editor.remove_button")
        self.note = NoteRow("bad", "")
        self.note.hide()
        self._model: LinesModel[SkuDraft] = LinesModel(
            _columns(pictures, may_price=may_price), id_of=lambda d: d.key, note=self._note
        )
        self.table = sized(_SkuTable(self._model, name="sku_editor.table", label="属性组合", row_height=40))
        hint = Text("代码从 _001 往后编；在单元格里直接打字就能改，从 Excel 复制的一列或几列可以 Ctrl+V 粘贴。", "hint")
        tools = row(self.generate_button, self.remove_button, 8, hint, STRETCH)
        layout = column(*lines, tools, self.note, self.table, spacing=8, parent=self)
        layout.setStretch(layout.count() - 1, 1)
        self._model.set_rows(drafts)
        self._model.edited.connect(self._on_edited)
        self.table.delete_requested.connect(self._remove)
        self.table.pasted.connect(self.paste)
        self.table.editor_opened.connect(self._on_cell)
        self.generate_button.clicked.connect(self.generate)
        self.remove_button.clicked.connect(lambda: self._remove(self.table.current_id()))
        if pictures is not None:
            pictures.arrived.connect(self._on_picture)

    def _attribute_line(self, number: int, name: str, drafts: Sequence[SkuDraft]) -> QWidget:
        known = dict.fromkeys(one.values[number] for one in drafts if number < len(one.values))
        title = sized(Field(name, name=f"sku_editor.attribute_{number + 1}", label="辅助属性"), width=110)
        words = _ValuesField(
            " ".join(known),
            name=f"sku_editor.values_{number + 1}",
            label=f"{name}的值",
            placeholder="例如 红色 蓝色 黄色" if number == 0 else "例如 S M L；没有就留空",
        )
        for field in (title, words):
            field.textEdited.connect(self.changed)
        words.returnPressed.connect(self.generate)
        self.fields.append((title, words))
        holder = QWidget()
        line = row(title, words, parent=holder)
        line.setStretch(1, 1)
        return holder

    @Slot(object, object, str)
    def _on_cell(self, editor: QLineEdit, _key: object, what: str) -> None:
        if what in ("code", "barcodes"):
            take_codes(editor)

    @Slot()
    def _on_picture(self) -> None:
        self.table.viewport().update()

    # ---- what is in it
    @property
    def rows(self) -> list[SkuDraft]:
        """The lines, in order."""
        return self._model.rows

    def attributes(self) -> tuple[str, ...]:
        """Names of the attributes that have values. Raises UserError("attribute_name_missing")."""
        found: list[str] = []
        for title, words in self.fields:
            if words.text().strip():
                if not title.text().strip():
                    raise UserError("attribute_name_missing", field="attributes")
                found.append(title.text().strip())
        return tuple(found)

    def state(self) -> tuple[object, ...]:
        """Everything that was typed, to be compared with what it was before."""
        return (*((title.text(), words.text()) for title, words in self.fields), *self.rows)

    def skus(self) -> tuple[SaveSku, ...]:
        """All lines. Raises UserError with field and row."""
        return tuple(one.to_save(number) for number, one in enumerate(self.rows, 1))

    def show_error(self, error: JdyError) -> None:
        """Below its line, else above the lines."""
        words = sentence(error)
        if error.row is not None and 1 <= error.row <= len(self.rows):
            self._tell(self.rows[error.row - 1], words)
        else:
            self.note.set_note("bad", words)
            self.note.show()

    def _tell(self, draft: SkuDraft, words: str) -> None:
        self._problems = {draft.key: words}
        self._model.replace(draft)
        self.table.select_id(draft.key)

    def clear_errors(self) -> None:
        """Before the next attempt."""
        self.note.hide()
        if self._problems:
            self._problems = {}
            self._model.set_rows(self.rows)

    def _note(self, draft: SkuDraft) -> Note | None:
        words = self._problems.get(draft.key)
        return Note("bad", words, key="") if words else None

    # ---- changing it
    @Slot()
    def generate(self) -> None:
        """生成 SKU 代码: a line for every combination that has none yet, and codes for all lines without one (M51)."""
        self.clear_errors()
        try:
            attributes = self.attributes()
        except UserError as error:
            self.show_error(error)
            return
        lists = [split_values(words.text()) for _title, words in self.fields if words.text().strip()]
        if any(len(one) > MOST_VALUES for one in lists):
            self.show_error(UserError("too_many_values", field="values", limit=MOST_VALUES))
            return
        known = {one.values for one in self.rows if len(one.values) == len(attributes)}
        drafts = list(self.rows)
        pattern = drafts[-1] if drafts else SkuDraft(0)
        for values in combinations(lists):
            if values not in known:
                prices = {grade.value: getattr(pattern, grade.value) for grade in PriceGrade}
                drafts.append(SkuDraft(self._next_key, values, **prices))
                self._next_key += 1
        self._model.set_rows(drafts)
        self.changed.emit()
        if any(not one.code.strip() for one in drafts):
            self._ask_codes(len(drafts), self._give_codes)

    def _give_codes(self, codes: tuple[str, ...]) -> None:
        taken = {normalise_code(one.code) for one in self.rows if one.code.strip()}
        free = iter([code for code in codes if normalise_code(code) not in taken])
        self._model.set_rows([one if one.code.strip() else replace(one, code=next(free, "")) for one in self.rows])

    def _on_edited(self, key: int, what: str, text: str) -> None:
        draft = next((one for one in self.rows if one.key == key), None)
        if draft is None:
            return
        self._problems.pop(key, None)
        self._model.replace(_changed(draft, what, text))
        self.changed.emit()

    @Slot(str)
    def paste(self, text: str) -> None:
        """Cells from the current one to the right and down; one value over several selected lines goes into each."""
        self.clear_errors()
        block = [line.split("\t") for line in text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")]
        keys = self._columns_from_current()
        if not text.strip() or not keys:
            return
        rows, start = self.rows, self.table.currentIndex().row()
        selected = [self._model.row_of(one) for one in self.table.selected_ids()]
        fills = len(block) == 1 and len(selected) > 1
        places = selected if fills else list(range(start, min(start + len(block), len(rows))))
        for number, place in enumerate(places):
            cells = block[0 if fills else number]
            for key, cell in zip(keys, cells, strict=False):
                rows[place] = _changed(rows[place], key, cell.strip().strip('"'))
        self._model.set_rows(rows)
        self.changed.emit()
        left = 0 if fills else len(block) - len(places)
        if left > 0:
            self.note.set_note("warn", f"粘贴的内容有 {len(block)} 行，下面没有那么多 SKU，最后 {left} 行没有用。")
            self.note.show()

    def _columns_from_current(self) -> list[str]:
        """Keys of the columns that take typing, from the current one to the right, as shown."""
        header, columns = self.table.horizontalHeader(), self._model.columns
        first = header.visualIndex(self.table.currentIndex().column())
        order = [header.logicalIndex(place) for place in range(max(first, 0), header.count())]
        return [columns[one].key for one in order if not header.isSectionHidden(one) and columns[one].editable]

    @Slot(object)
    def _remove(self, key: object) -> None:
        """Take a line out; what is stored goes only with 保存."""
        self.clear_errors()
        draft = next((one for one in self.rows if one.key == key), None)
        if draft is None:
            return
        if draft.stored is not None and draft.stored.stock:
            self._tell(draft, f"还有库存 {draft.stock}，不能删除。先出库，库存为 0 再删。")
            return
        self._model.set_rows([one for one in self.rows if one.key != key])
        self.changed.emit()


def _changed(draft: SkuDraft, what: str, text: str) -> SkuDraft:
    """With another word in one cell."""
    if what != "values":
        return draft.with_text(what, text)
    if text == "/".join(draft.values):
        return draft
    return replace(draft, values=tuple(one.strip() for one in text.split("/") if one.strip()))
