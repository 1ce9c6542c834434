"""The lines of a document on the screen: columns of its kind, their typing, and what is said under a line."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QApplication, QLineEdit

from jdy_desktop.views.entry.form import ZERO
from jdy_desktop.views.entry.notes import KEY, LineNote
from jdy_desktop.views.entry.table import EntryTable
from jdy_desktop.views.figures import money, plain, signed
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.pages.document_form import DocForm, DocLine
from jdy_desktop.views.pages.document_kinds import DocumentSpec
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Column, Note

_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def document_columns(
    spec: DocumentSpec,
    picture: Callable[[DocLine], QPixmap | None],
    warehouse: Callable[[DocLine], str],
    book: Callable[[DocLine], Decimal],
    may_edit: Callable[[DocLine], bool],
    *,
    has_tax: bool,
    prices_include_tax: bool,
) -> list[Column[DocLine]]:
    """Tax columns only where tax is computed (control question 3); money only where the kind has any."""
    columns: list[Column[DocLine]] = [
        Column(
            "goods", "商品", lambda s: s.card.product_name, 170, kind="goods", second=lambda s: s.card.code,
            picture=picture, stretch=True, fixed=True,
        ),
        Column("spec", "属性", lambda s: s.card.sku_name, 76),
        Column("unit", "单位", lambda s: s.card.unit, 44, align="center", tone=lambda _s: "text2"),
    ]  # fmt: skip
    if not spec.is_transfer:
        columns.append(
            Column(
                "warehouse", "仓库", warehouse, 72, editable=may_edit, edit_text=lambda _s: "", tone=lambda _s: "text2"
            )
        )
    columns += _quantities(spec, book, may_edit)
    if spec.has_money:
        columns += _money(spec, may_edit, has_tax=has_tax and spec.has_discount, inclusive=prices_include_tax)
    columns.append(Column("remark", "备注", lambda s: s.remark, 72, editable=may_edit))
    return columns


def _quantities(
    spec: DocumentSpec, book: Callable[[DocLine], Decimal], may_edit: Callable[[DocLine], bool]
) -> list[Column[DocLine]]:
    columns: list[Column[DocLine]] = []
    if spec.source is not None:
        columns.append(Column("left", "可退", lambda s: plain(s.left), 56, kind="number", tone=lambda _s: "text2"))
    if spec.is_count:
        columns.append(Column("book", "账面数量", lambda s: plain(book(s)), 88, kind="number", tone=lambda _s: "text2"))
    title = "盘点数量" if spec.is_count else "数量"
    columns.append(
        Column(
            "quantity", title, lambda s: plain(s.quantity), 72, kind="number", bold=True, editable=may_edit, fixed=True
        )
    )
    if spec.is_count:
        columns.append(
            Column(
                "difference", "盈亏", lambda s: signed(s.quantity - book(s)), 80, kind="number",
                tone=lambda s: "bad" if s.quantity < book(s) else "ok" if s.quantity > book(s) else "hint",
            )
        )  # fmt: skip
    if spec.checks_stock and spec.source is None:
        columns.append(
            Column("stock", "库存", lambda s: plain(s.card.stock), 72, kind="number", tone=lambda _s: "text2")
        )
    return columns


def price_title(spec: DocumentSpec, *, has_tax: bool, inclusive: bool) -> str:
    """What is typed as the price; `inclusive`: as the document was made, or as the account set says for a new one."""
    return "含税单价" if has_tax and inclusive and spec.has_discount else spec.price


def _money(
    spec: DocumentSpec, may_edit: Callable[[DocLine], bool], *, has_tax: bool, inclusive: bool
) -> list[Column[DocLine]]:
    columns: list[Column[DocLine]] = [
        Column(
            "price", price_title(spec, has_tax=has_tax, inclusive=inclusive), lambda s: money(s.price), 80,
            kind="number", editable=may_edit, fixed=True, edit_text=lambda s: money(s.price),
        )
    ]  # fmt: skip
    if spec.has_discount:
        columns += [
            Column(
                "discount", "折扣率(%)", lambda s: plain(s.money.discount_rate if s.money else s.discount_rate), 80,
                kind="number", editable=may_edit, tone=lambda _s: "text2",
            ),
            Column(
                "discount_amount", "折扣额", lambda s: money(s.money.discount_amount if s.money else None), 68,
                kind="number", editable=may_edit, tone=lambda _s: "text2",
            ),
        ]  # fmt: skip
    columns.append(
        Column(
            "amount", spec.amount, lambda s: money(s.money.amount if s.money else ZERO), 84, kind="number", fixed=True
        )
    )
    if has_tax:
        columns += [
            Column(
                "tax_rate", "税率(%)", lambda s: plain(s.money.tax_rate) if s.money else "", 72, kind="number",
                editable=may_edit,
            ),
            Column("tax", "税额", lambda s: money(s.money.tax if s.money else None), 80, kind="number"),
            Column("gross", "价税合计", lambda s: money(s.money.gross if s.money else None), 96, kind="number"),
        ]  # fmt: skip
    return columns


class DocTable(EntryTable):
    """With a warehouse cell, pasting from every cell, and Enter on a line of a slip."""

    TEXTS = frozenset({"remark", "warehouse"})
    paste_wanted = Signal()
    take_wanted = Signal(object)

    def __init__(self, model: LinesModel[Any], spec: DocumentSpec, store: SettingsStore) -> None:
        super().__init__(model, store, name=f"{spec.page_id}_page.lines", label=f"{spec.title}明细")
        self.editor_opened.connect(self._watch_editor)

    def _watch_editor(self, editor: QLineEdit, _line_id: object, _key: str) -> None:
        editor.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QLineEdit) and is_paste_of_rows(event):
            self.close_editor(commit=False)
            self.paste_wanted.emit()
            return True
        return bool(super().eventFilter(watched, event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        line = self.rows_model().row_at(self.currentIndex().row())
        is_untaken = isinstance(line, DocLine) and line.source_line_id is not None and not line.quantity
        if (
            is_untaken
            and Qt.Key(event.key()) in _ENTERS
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            self.take_wanted.emit(line.id if isinstance(line, DocLine) else None)
        elif isinstance(line, DocLine) and line.source_line_id is not None and event.text().isdigit():
            # The key goes through the editor, so that a scanner that begins with a digit is still recognised there.
            if self.edit_once(line.id, "quantity") and self._editor is not None:
                QApplication.sendEvent(self._editor, event)
        else:
            super().keyPressEvent(event)


def is_paste_of_rows(event: QEvent) -> bool:
    """Ctrl+V while a table lies on the clipboard."""
    if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
        return False
    text = QGuiApplication.clipboard().text().strip("\r\n")
    return event.matches(QKeySequence.StandardKey.Paste) and ("\t" in text or "\n" in text)


def document_notes(form: DocForm) -> dict[int, LineNote]:
    """One sentence per line at most, by line id."""
    found: dict[int, LineNote] = {}
    for line in form.lines:
        note = _note(form, line)
        if note is not None:
            found[line.id] = note
    return found


def _note(form: DocForm, line: DocLine) -> LineNote | None:
    unit = line.card.unit
    if line.trouble:
        return LineNote(Note("bad", line.trouble, key=""))
    if line.left is not None and line.quantity > line.left:
        words = Note(
            "bad",
            "减少数量再保存。",
            bold=f"最多还能退 {plain(line.left)} {unit}。",
            repair=f"改成 {plain(line.left)}",
            key=KEY,
        )
        return LineNote(words, "quantity", line.left)
    if form.spec.checks_stock and line.quantity and not line.card.allow_negative:
        held = form.book_quantity(line) + line.stored
        if line.quantity > held:
            bold = f"仓库里只有 {plain(held)} {unit}，要 {plain(line.quantity)} {unit}。"
            if held > 0:
                return LineNote(
                    Note("bad", "减少数量，或换一个仓库。", bold=bold, repair=f"改成 {plain(held)}", key=KEY),
                    "quantity",
                    held,
                )
            return LineNote(Note("bad", "换一个仓库，或先入库。", bold=bold, key=""))
    if form.spec.has_money and line.quantity and not line.price:
        return LineNote(Note("warn", "照样可以保存。", bold="单价是 0。", repair="改单价", key=KEY), "price")
    return None
