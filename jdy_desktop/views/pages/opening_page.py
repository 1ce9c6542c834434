"""期初录入 (manual 5.3; M14, M116, M118): what lay in the warehouses on the first day, typed, scanned or pasted from Excel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget

from jdy_desktop.models.ids import ProductId, SkuId, WarehouseId
from jdy_desktop.models.rules.rounding import NumberProblem
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.account_sets import AccountSets
from jdy_desktop.services.book.drafts import Drafts
from jdy_desktop.services.book.opening import OpeningLine, OpeningReport, OpeningRow, OpeningStock
from jdy_desktop.services.book.opening_entry import (
    Entry,
    Goods,
    Pasted,
    RefusedLine,
    cost_of,
    lines_of,
    merge,
    paste,
    quantity_of,
    total,
    undone,
)
from jdy_desktop.services.book.opening_import import OpeningImport
from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.picker import SkuCard, SkuPicker
from jdy_desktop.views.entry.numbers import PROBLEMS
from jdy_desktop.views.entry.scan import BurstGuard, Question, ScanRow
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pages.opening_draft import OpeningDraft
from jdy_desktop.views.pages.opening_importing import OpeningImporting
from jdy_desktop.views.pages.opening_list import EnteredPanel
from jdy_desktop.views.pages.opening_parts import (
    OpeningTable,
    RefusedDialog,
    opening_columns,
)
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Note
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import STRETCH, Text, column, named, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.feedback import EmptyState, NoteRow
from jdy_desktop.views.widgets.fields import SearchField, SegmentedChoice
from jdy_desktop.views.widgets.flow import tool_row
from jdy_desktop.views.widgets.popup_list import PopupItem, PopupList

ENTER, ENTERED = "enter", "entered"
_NEEDED = {"quantity": "还没有填数量，没有保存。", "unit_cost": "还没有填单位成本，没有保存；不要成本就填 0。"}


class OpeningPage(QWidget):
    """Two faces: 录入 (lines not saved yet) and 已录入 (what is stored, dated the start period)."""

    unsaved_changed = Signal(bool)

    def __init__(
        self,
        *,
        opening: OpeningStock,
        importer: OpeningImport,
        picker: SkuPicker,
        parties: Parties,
        account_sets: AccountSets,
        drafts: Drafts,
        frame: PageFrame,
    ) -> None:
        super().__init__()
        self.setObjectName("opening_page")
        self._opening, self._picker, self._pictures = opening, picker, frame.pictures
        self._runner, self._shell, self._store = frame.runner, frame.shell, frame.store
        self._day = account_sets.info().start_date
        self._warehouses = {one.id: one.name for one in parties.warehouses()}
        self._default = next(iter(self._warehouses))
        self._entries: list[Entry] = []
        self._notes: dict[tuple[int, int], str] = {}
        self._draft = OpeningDraft(drafts, picker, frame.runner, frame.shell, self)
        self._is_saving = self._goes_on = False
        self._refused: Sequence[RefusedLine] = ()
        self.importing = OpeningImporting(
            self, service=importer, runner=frame.runner, shell=frame.shell, store=frame.store, day=self._day
        )
        self._build()
        self._connect()
        self._bind_keys()
        self.stored.reload()
        self._draft.restore()

    # ---- building
    def _build(self) -> None:
        self.face = SegmentedChoice([("录入", ENTER), ("已录入", ENTERED)], name="opening_page.face", label="期初")
        self.import_button = KeyButton("导入", icon="import", name="opening_page.import_button")
        self.import_button.setToolTip("从 Excel 工作簿导入；也可以把文件拖到这一页")
        template = KeyButton("下载模板", icon="download", name="opening_page.template_button")
        self.import_button.clicked.connect(self.importing.open)
        template.clicked.connect(self.importing.ask_template)
        head = tool_row(
            self.face, Text(f"期初日期 {self._day.isoformat()}（启用期间），不能改", "label"), STRETCH,
            self.import_button, template, edge="bottom",
        )  # fmt: skip
        self.faces = QStackedWidget()
        self.stored = EnteredPanel(self._opening, self._runner, self._shell, self._store, self._day)
        self.faces.addWidget(self._entering())
        self.faces.addWidget(self.stored)
        layout = column(head, self.importing.left_out, self.faces, spacing=0, parent=self)
        layout.setStretch(2, 1)
        self.setFocusProxy(self.scan_field)

    def _entering(self) -> QWidget:
        self.scan_field = SearchField(
            "扫码，或输入 代码 / 名称 / 拼音首字母", action=None, hint="F2", icon="scan", size="large",
            name="opening_page.scan_field",
        )  # fmt: skip
        paste_button = KeyButton("粘贴", "paste", icon="copy", size="large", name="opening_page.paste_button")
        paste_button.setToolTip("从 Excel 复制：代码、数量、单位成本，需要时再加仓库")
        paste_button.clicked.connect(self.paste)
        top = row(self.scan_field, paste_button, margins=(16, 8, 16, 8))
        top.setStretch(0, 1)
        self.refused_row = NoteRow("warn", "", repair="查看", boxed=False)
        self.refused_row.setObjectName("opening_page.refused_row")
        self.refused_row.hide()
        self._model: LinesModel[Entry] = LinesModel(
            opening_columns(
                lambda e: self._pictures.pixmap(e.goods.picture, 32),
                lambda e: self._warehouses.get(e.warehouse_id, ""),
                day=self._day.isoformat(),
                many_warehouses=len(self._warehouses) > 1,
            ),
            id_of=lambda e: e.key,
            note=self._note,
        )
        self.lines = OpeningTable(self._model, self._store)
        self._total = named(Text("", "strong"), "opening_page.total_label", "合计")
        remove = KeyButton("删除行", "delete_line", icon="trash", name="opening_page.remove_button")
        clear = KeyButton("清空", kind="quiet", name="opening_page.clear_button")
        self.save_button = KeyButton(
            "保存", "finish", kind="primary", icon="save", size="large", name="opening_page.save_button"
        )
        remove.clicked.connect(self._remove_current)
        clear.clicked.connect(self.ask_clear)
        self.save_button.clicked.connect(self.save)
        foot = tool_row(remove, clear, STRETCH, self._total, self.save_button, edge="top")
        panel = QWidget()
        layout = column(top, self.refused_row, self.lines, foot, spacing=0, parent=panel)
        layout.setStretch(2, 1)
        self.scan = ScanRow(
            self.scan_field, self._picker, self._runner, self._pictures, lambda: Question(PriceGrade.RETAIL, None, None)
        )
        self._places = PopupList(self, hints=("Enter 选定",), min_width=200, name="opening_page.warehouse_popup")
        self._place_of: tuple[int, int] | None = None
        return panel

    def _connect(self) -> None:
        self.face.chosen.connect(self.show_face)
        self.importing.done.connect(lambda: self.show_face(ENTERED))
        self.scan.found.connect(self._on_found)
        self.scan.unknown.connect(lambda text: self._shell.toast(f"没有找到“{text}”，没有加进来。"))
        self.scan.not_looked_up.connect(self._shell.tell_error)
        self.scan.matrix_wanted.connect(self._add_product)
        self.scan.quantity_typed.connect(lambda number: self._set_last("quantity", number))
        self.scan.price_typed.connect(lambda number: self._set_last("unit_cost", number))
        self.scan.cell_wanted.connect(lambda key: self._edit_last("quantity" if key == "quantity" else "unit_cost"))
        self.scan_field.installEventFilter(self)
        self.lines.editor_opened.connect(self._on_editor)
        self.lines.editing_done.connect(self.focus_scan)
        self.lines.delete_requested.connect(self._remove)
        self._model.edited.connect(self._on_edited)
        self._places.picked.connect(self._on_place)
        self.refused_row.repaired.connect(self._show_refused)
        self.stored.counted.connect(self._on_counted)
        self.stored.new_wanted.connect(self.focus_scan)
        self.stored.change_wanted.connect(self.change)
        self.stored.take_back_wanted.connect(self._take_back)
        self._pictures.arrived.connect(lambda _url: self.lines.viewport().update())
        self._draft.restored.connect(lambda entries: self._show(merge(entries, self._entries)))

    def _bind_keys(self) -> None:
        KeyShortcut("goods", self, self.focus_scan)
        KeyShortcut("paste", self, self.paste)
        for action in ("finish", "save"):
            KeyShortcut(action, self, self.save)
        KeyShortcut("search", self, self._focus_search)
        KeyShortcut("undo", self.stored, self.importing.undo)

    # ---- faces
    @Slot(object)
    def show_face(self, face: str) -> None:
        """录入 or 已录入."""
        self.face.set_value(face)
        self.faces.setCurrentIndex(0 if face == ENTER else 1)
        (self.scan_field if face == ENTER else self.stored.table).setFocus(Qt.FocusReason.OtherFocusReason)

    def open_with(self, *, sku_id: SkuId | None = None) -> None:
        """Enter the opening of one SKU."""
        self.show_face(ENTER)
        if sku_id is not None:
            self.scan.submit_sku(sku_id)

    @Slot()
    def focus_scan(self) -> None:
        """新增 F2."""
        self.show_face(ENTER)

    @Slot()
    def _focus_search(self) -> None:
        self.show_face(ENTERED)
        self.stored.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def may_close(self) -> bool:
        """What is typed stays as a draft and comes back."""
        self._draft.keep_now(self._entries)
        return True

    @Slot(int)
    def _on_counted(self, count: int) -> None:
        self.face.set_options([("录入", ENTER), (f"已录入 {count:,}" if count else "已录入", ENTERED)])

    # ---- lines
    def _show(self, entries: Sequence[Entry]) -> None:
        self._entries = list(entries)
        keys = self._keys()
        self._notes = {key: words for key, words in self._notes.items() if key in keys}
        self._model.set_rows(self._entries)
        count = len(self._entries)
        self._total.setText(f"{count:,} 行　合计 {total(self._entries):,.2f}" if count else "")
        self._set_saving(self._is_saving)
        self.unsaved_changed.emit(bool(count))
        self._draft.keep(self._entries)
        if not count:
            words = (
                "扫码、打代码或拼音首字母加一行；也可以在 Excel 里复制“代码、数量、单位成本”三列，回到这里按 Ctrl+V。"
            )
            self.lines.set_empty(EmptyState("opening", "录入期初", words))

    def _keys(self) -> set[tuple[int, int]]:
        return {one.key for one in self._entries}

    def _note(self, entry: Entry) -> Note | None:
        words = self._notes.get(entry.key)
        return Note("warn", words, key="") if words else None

    def _tell(self, key: tuple[int, int], words: str) -> None:
        self._notes[key] = words
        self._model.set_rows(self._entries)

    def _on_found(self, card: SkuCard, _new_line: bool, _by_hand: bool) -> None:
        self._add([card])
        self.lines.edit_cell((card.sku_id, self._default), "quantity")

    def _add(self, goods: Sequence[Goods]) -> None:
        self._show(merge(self._entries, [Entry(one, self._default) for one in goods]))

    def _add_product(self, product_id: ProductId) -> None:
        """All colours and sizes of a product."""

        def done(cards: tuple[SkuCard, ...]) -> None:
            self._add(cards)
            if cards:
                self.lines.edit_cell((cards[0].sku_id, self._default), "quantity")

        self._runner.submit(
            lambda _job: self._picker.of_product(product_id), owner=self, on_done=done, on_error=self._shell.tell_error
        )

    def _set_last(self, name: str, number: Decimal) -> None:
        if self._entries:
            self._change(self._entries[-1].key, **{name: number})

    def _edit_last(self, name: str) -> None:
        if self._entries:
            self.lines.edit_cell(self._entries[-1].key, name)

    def _change(self, key: tuple[int, int], **values: Any) -> None:
        changed = [replace(one, **values) if one.key == key else one for one in self._entries]
        if len({one.key for one in changed}) < len(changed):
            self._tell(key, "这个商品在那个仓库已经有一行，没有改动。")
            return
        self._notes.pop(key, None)
        self._show(changed)

    def _on_edited(self, key: tuple[int, int], name: str, text: str) -> None:
        if name == "warehouse":
            found = next((place for place, words in self._warehouses.items() if words == text.strip()), None)
            if found is not None:
                self._change(key, warehouse_id=found)
            return
        if not text.strip():
            return
        number = quantity_of(text) if name == "quantity" else cost_of(text)
        if isinstance(number, NumberProblem):
            self._tell(key, PROBLEMS[number].replace("；退货请用“退换”", ""))
        else:
            self._change(key, **{name: number})

    def _on_editor(self, editor: QLineEdit, key: tuple[int, int], name: str) -> None:
        if name == "warehouse":
            self._place_of = key
            self._places.attach(editor)
            editor.textEdited.connect(self._suggest_places)
            self._suggest_places("")
        else:
            BurstGuard(editor).scanned.connect(self._on_scan_in_cell)

    @Slot(str)
    def _suggest_places(self, text: str) -> None:
        self._places.show_items([PopupItem(i, words) for i, words in self._warehouses.items() if text.strip() in words])

    def _on_place(self, place: WarehouseId) -> None:
        key, self._place_of = self._place_of, None
        self.lines.close_editor(commit=False)
        if key is not None:
            self._change(key, warehouse_id=place)

    @Slot(str)
    def _on_scan_in_cell(self, code: str) -> None:
        self.lines.close_editor(commit=False)
        self.scan.submit(code)

    @Slot()
    def _remove_current(self) -> None:
        self._remove(self.lines.current_id())

    def _remove(self, key: Any) -> None:
        before = list(self._entries)
        left = [one for one in before if one.key != key]
        if len(left) < len(before):
            self._show(left)
            self._offer_undo("已删除 1 行，还没有保存过的期初不受影响。", before)

    def _offer_undo(self, words: str, before: list[Entry]) -> None:
        """撤销 puts back what this step took or changed, and leaves alone what is typed from now on."""
        after = list(self._entries)
        self._shell.toast(words, undo=lambda: self._show(undone(self._entries, before, after)))

    @Slot()
    def ask_clear(self) -> None:
        """清空: lines typed but not saved."""
        before = list(self._entries)
        if before:
            self._show([])
            self._offer_undo(f"已清空 {len(before)} 行（没有保存的）。", before)

    # ---- Excel
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A table on the clipboard goes into the lines, also when the scan field has the focus."""
        if watched is self.scan_field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.matches(QKeySequence.StandardKey.Paste) and "\t" in QGuiApplication.clipboard().text():
                self.paste()
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def paste(self) -> None:
        """粘贴: rows of code, quantity, unit cost and perhaps warehouse; those that cannot be used stay out and say why."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self._shell.toast("剪贴板是空的。在 Excel 里选中“代码、数量、单位成本”，按 Ctrl+C，再回来粘贴。")
            return
        by_name = {name: place for place, name in self._warehouses.items()}

        def work(job: JobContext) -> Pasted:
            return paste(text, self._picker.exact, by_name, self._default, lambda done, all_: job.step(done, all_, ""))

        def done(found: Pasted) -> None:
            before = list(self._entries)
            self._refused = found.refused
            self.refused_row.setVisible(bool(found.refused))
            if found.refused:
                words = f"剪贴板里有 {len(found.refused)} 行没有放进来，其余 {len(found.entries)} 行已放进表格。"
                self.refused_row.set_note("warn", words, repair="查看")
            self.show_face(ENTER)
            if found.entries:
                self._show(merge(self._entries, found.entries))
                self._offer_undo(f"已从 Excel 粘贴 {len(found.entries)} 行，还没有保存。", before)

        self._runner.submit(work, owner=self, key="paste", on_done=done, on_error=self._shell.tell_error)

    @Slot()
    def _show_refused(self) -> None:
        RefusedDialog(self, self._refused, self._store).open()

    # ---- saving
    @Slot()
    def save(self) -> None:
        """保存 F9: all lines or none; asks before an opening is replaced (M118)."""
        if self._is_saving or not self._entries:
            return
        self.lines.close_editor(commit=True)
        unfinished = next((one for one in self._entries if one.missing), None)
        if unfinished is not None:
            self._tell(unfinished.key, _NEEDED[str(unfinished.missing)])
            self.lines.edit_cell(unfinished.key, str(unfinished.missing))
            return
        saved = tuple(self._entries)
        lines = lines_of(saved)
        self._set_saving(True)
        self._runner.submit(
            lambda _job: self._opening.replaces(lines),
            owner=self,
            on_done=lambda count: self._ask(saved, count),
            on_error=lambda error: self._on_refused(saved, error),
            on_end=lambda: self._set_saving(self._goes_on),
        )

    def _set_saving(self, on: bool) -> None:
        """From F9 until it is stored or not: a second F9 in between is not a second saving."""
        self._is_saving = on
        self._goes_on = self._goes_on and on
        first = "先加商品：扫码、打字，或从 Excel 粘贴"
        self.save_button.set_blocked("正在保存" if on else None if self._entries else first)

    def _ask(self, saved: tuple[Entry, ...], count: int) -> None:
        self._goes_on = True
        if not count:
            self._write(saved)
            return
        dialog = ConfirmDialog(
            self, "替换期初", f"{len(saved):,} 行里有 {count:,} 行已经录过期初，要用现在的数量和成本替换吗？",
            goes="原来的期初数量和成本会被换掉，库存和成本重新计算。", stays=f"期初日期仍是 {self._day.isoformat()}，其他单据不动。",
            yes=f"替换 {count:,} 行",
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._write(saved))
        dialog.rejected.connect(lambda: self._set_saving(False))
        dialog.open()

    def _write(self, saved: tuple[Entry, ...]) -> None:
        lines = lines_of(saved)
        self._runner.submit(
            lambda _job: self._opening.save(lines),
            owner=self,
            on_done=lambda report: self._on_saved(saved, report),
            on_error=lambda error: self._on_refused(saved, error),
            on_end=lambda: self._set_saving(False),
        )

    def _on_saved(self, saved: tuple[Entry, ...], report: OpeningReport) -> None:
        """What was stored goes; what was added or changed meanwhile is still to be saved."""
        known = {one.key: one for one in saved}
        left = [one for one in self._entries if known.get(one.key) != one]
        self._set_saving(False)
        self.lines.keep_cell(lambda: self._show(left))
        self._draft.keep_now(left)
        words = f"已保存 {report.saved:,} 行期初，日期 {report.day.isoformat()}"
        words += f"，其中替换 {report.replaced:,} 行。" if report.replaced else "。"
        if left:
            self._shell.toast(f"{words}还有 {len(left):,} 行没有保存。")
            return
        self.refused_row.hide()
        self.show_face(ENTERED)
        self._shell.toast(words)

    def _on_refused(self, saved: tuple[Entry, ...], error: BaseException) -> None:
        """Nothing was stored; a line of ours says it where it is."""
        self._set_saving(False)
        place = (error.row or 0) - 1 if isinstance(error, UserError) else -1
        if isinstance(error, UserError) and 0 <= place < len(saved) and saved[place].key in self._keys():
            self._tell(saved[place].key, sentence(error))
            self.lines.select_id(saved[place].key)
        else:
            self._shell.tell_error(error)

    # ---- stored openings
    def change(self, stored: OpeningRow) -> None:
        """修改: the stored figures go into the lines and are replaced on saving."""

        def done(card: SkuCard) -> None:
            one = Entry(card, stored.warehouse_id, stored.quantity, stored.unit_cost)
            self._show(merge(self._entries, [one]))
            self.show_face(ENTER)
            self.lines.edit_cell(one.key, "quantity")

        self._desk(lambda: self._picker.card(stored.sku_id), done)

    def _take_back(self, rows: Sequence[OpeningRow]) -> None:
        lines = tuple(OpeningLine(one.sku_id, one.warehouse_id, Decimal(0), one.unit_cost) for one in rows)
        self._desk(
            lambda: self._opening.save(lines),
            lambda report: self._shell.toast(f"已删除 {report.replaced:,} 行期初。"),
        )

    def _desk(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._runner.submit(lambda _job: work(), owner=self, on_done=done, on_error=self._shell.tell_error)
