"""The page on which a document is typed: what is the same for a sale and for every other kind."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Generic

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import ProductId
from jdy_desktop.services.book.drafts import DraftRow
from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.queries.picker import SkuCard, SkuPicker
from jdy_desktop.views import scanner
from jdy_desktop.views.entry.actions import StoredActions
from jdy_desktop.views.entry.desk import Around, EntryDesk, Form
from jdy_desktop.views.entry.finish_bar import FinishBar, FoldKeeper
from jdy_desktop.views.entry.form import EntryLine
from jdy_desktop.views.entry.hand import LineHand
from jdy_desktop.views.entry.head import EntryHead
from jdy_desktop.views.entry.notes import Notes
from jdy_desktop.views.entry.party_field import CustomerField
from jdy_desktop.views.entry.refusals import Stuck, Troubles, troubles_of
from jdy_desktop.views.entry.scan import BurstGuard, ScanRow
from jdy_desktop.views.entry.table import EntryTable
from jdy_desktop.views.figures import time_of_day
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import IconLabel, Text, column, row
from jdy_desktop.views.widgets.feedback import Chip
from jdy_desktop.views.widgets.fields import Field
from jdy_desktop.views.widgets.flow import SideSplit
from jdy_desktop.views.widgets.panels import SidePanel


class EntryPage(QWidget, Generic[Form, Around]):
    """One document at a time; what is put aside lies under 取单. The focus is in the scan row unless a cell is open.

    A kind makes the parts named below, then calls `lay_out`, `connect_entry` and `bind_keys`.
    """

    tab_title_changed = Signal(str)
    unsaved_changed = Signal(bool)

    desk: EntryDesk[Form, Around]
    head: EntryHead
    table: EntryTable
    bar: FinishBar
    hand: LineHand
    scan: ScanRow
    actions_: StoredActions

    def __init__(self, name: str, frame: PageFrame) -> None:
        super().__init__()
        self.setObjectName(name)
        self._frame, self._runner, self._shell, self._pictures = frame, frame.runner, frame.shell, frame.pictures
        self.notes = Notes()
        # While a document is being saved: the place in the order that what is scanned meanwhile waits behind.
        self._scans_wait: Callable[[Callable[[], None]], None] | None = None
        self._held = Chip("0", "mute")
        self._held.setObjectName(f"{name}.held_chip")
        self._held.hide()
        self._draft = Text("", "hint")
        self._draft.setObjectName(f"{name}.draft_label")
        self._draft_part, self._has_room = QWidget(), True
        row(IconLabel("check", "text2", 14), self._draft, spacing=4, parent=self._draft_part)
        self._draft_part.hide()

    @property
    def form(self) -> Form:
        return self.desk.form

    # ---- what each kind says
    @abstractmethod
    def show_document(self) -> None:
        """Everything on the screen as the form in hand says."""

    @abstractmethod
    def show_goods(self) -> None:
        """The goods of the current line, in the side panel."""

    @abstractmethod
    def finish(self) -> None:
        """F9."""

    def take_fields(self) -> Stuck | None:
        """What stands in a field that the focus has not left counts too; the first one whose text cannot be taken."""
        return None if self.head.day.take() else Stuck(self.head.day, "这不是日期，要写成 2019-03-27。")

    def leads_to_field(self, _error: BaseException, _found: Troubles) -> bool:
        """Bring the clerk to the field of the head that is to blame; False when it is a line."""
        return False

    @property
    def may_add_goods(self) -> bool:
        return not self.is_read_only()

    @property
    @abstractmethod
    def party_field(self) -> CustomerField:
        """Who buys or delivers."""

    # ---- building
    def lay_out(self, side: SidePanel, foot: QWidget, picker: SkuPicker, *, folded: Sequence[QWidget]) -> SideSplit:
        """Head, lines and bottom row, the panel beside them; `folded`: what the bottom row shows instead when it is below."""
        main = QWidget()
        column(self.head, self.table, foot, spacing=0, parent=main).setStretch(1, 1)
        split = SideSplit(main, side)
        column(split, spacing=0, parent=self)
        self.bar.watch(split, folded)
        split.moved.connect(self._on_split_moved)
        FoldKeeper(split, self.head, self.table, foot)
        self.scan = ScanRow(self.head.scan, picker, self._runner, self._pictures, lambda: self.desk.question())
        self.setFocusProxy(self.head.scan)
        return split

    def guard(self, fields: Iterable[Field]) -> None:
        """A scanner heard in one of these adds goods; Enter goes back to the scan row."""
        for field in fields:
            BurstGuard(field).scanned.connect(self.hand.take_scan)
            field.returnPressed.connect(self.focus_scan)

    def connect_entry(self) -> None:
        """Signals of the parts to what every kind does with them."""
        desk, head, table, scan, hand = self.desk, self.head, self.table, self.scan, self.hand
        desk.form_changed.connect(self.show_document)
        desk.form_replaced.connect(self._forget_typed)
        desk.leaving.connect(self._take_before_leaving)
        desk.draft_saved.connect(self._on_draft_saved)
        desk.held_changed.connect(self._on_held)
        desk.refused.connect(self._on_refused)
        desk.not_saved.connect(self.let_scans_in)
        desk.lines_left_out.connect(self._on_left_out)
        desk.failed.connect(self._shell.tell_error)
        scan.found.connect(hand.add)
        scan.not_looked_up.connect(self._shell.tell_error)
        scan.quantity_typed.connect(lambda number: hand.set_last("quantity", number))
        scan.price_typed.connect(lambda number: hand.set_last("price", number))
        scan.cell_wanted.connect(hand.open_cell)
        scan.matrix_wanted.connect(self.open_matrix)
        head.day.date_changed.connect(self._on_day)
        for field in (self.party_field, head.day):
            BurstGuard(field).scanned.connect(hand.take_scan)
        self.party_field.refused.connect(self._on_party_refused)
        head.matrix.clicked.connect(lambda: self.open_matrix(None))
        head.note.repaired.connect(hand.add_unknown_goods)
        table.typed.connect(hand.change)
        table.refused.connect(lambda sentence: self.tell("warn", sentence))
        table.delete_requested.connect(hand.remove)
        table.stray.connect(hand.take_key)
        table.scanned.connect(hand.take_scan)
        table.editing_done.connect(self.focus_scan)
        table.row_activated.connect(lambda _row: self.focus_scan())
        table.repair_clicked.connect(hand.repair)
        table.current_changed.connect(lambda _row: self.show_goods())
        self._pictures.arrived.connect(lambda _url: table.viewport().update())

    def bind_keys(self, more: Iterable[tuple[str, Callable[[], object]]]) -> None:
        """Keys heard anywhere in the page: those of every kind, and its own."""
        for action, slot in (
            ("goods", self.focus_scan),
            ("customer", self.begin_party),
            ("hold", self.hold),
            ("resume", self.resume),
            ("finish", self.finish),
            ("finish_line", self.finish),
            ("save", self.finish),
            ("matrix", lambda: self.open_matrix(None)),
            ("last_price", self.hand.take_last_price),
            ("repair", lambda: self.hand.repair(self.current_id())),
            ("previous_document", lambda: self.actions_.turn(-1)),
            ("following_document", lambda: self.actions_.turn(+1)),
            ("review", self.actions_.review),
            ("void_document", self.actions_.ask_void),
            ("return", self.actions_.begin_return),
            *more,
        ):
            KeyShortcut(action, self, slot)

    # ---- what the window uses
    @Slot()
    def begin_party(self) -> None:
        """F3: the party is typed."""
        self.party_field.begin()

    def may_close(self) -> bool:
        """What is typed stays as a draft and comes back."""
        self._take_before_leaving()
        self.desk.save_draft_now()
        return True

    @Slot()
    def focus_scan(self) -> None:
        """F2: back to the scan row; a document that can only be looked at has none."""
        target = self.head.scan if self.head.scan.isEnabled() else self.table
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def new_document(self) -> None:
        """What is in hand is held, nothing is lost."""
        if not self.desk.is_saving:
            self.scan.order.put(lambda: self.desk.put_aside(self._begin_new))
        self.focus_scan()

    def _begin_new(self, held: bool) -> None:
        self.desk.new()
        self.untell()
        if held:
            self._shell.toast("上一张已挂单，Shift+F6 取回。")
        self.focus_scan()

    # ---- showing
    def is_read_only(self) -> bool:
        """A stored document that can only be looked at."""
        return self.desk.document is not None and not self.desk.document.may_edit

    def current_id(self) -> object:
        """The line chosen, else the one touched last, else the last one."""
        form, chosen = self.form, self.table.current_id()
        if form.line(chosen) is not None:
            return chosen
        return self.hand.last_line if form.line(self.hand.last_line) or not form.lines else form.lines[-1].id

    def picture_of(self, line: EntryLine) -> QPixmap | None:
        return self._pictures.pixmap(line.card.picture, 32)

    def warehouse_of(self, line: EntryLine) -> str:
        """The name of the warehouse the line goes to or comes from."""
        around = self.desk.around
        if around is None:
            return ""
        return around.warehouse(line.warehouse_id or self.form.warehouse_id or around.warehouse_id)

    def tell(self, tone: str, sentence: str, *, bold: str = "", repair: str = "", sound: bool = True) -> None:
        """One sentence under the scan row; gone with the next thing done."""
        self.head.note.set_note(tone, sentence, bold=bold, repair=repair)
        self.head.note.setAccessibleName(f"{bold}{sentence}")
        self.head.note.show()
        if sound and tone == "bad":
            scanner.current().wrong()

    def untell(self) -> None:
        if not self.is_read_only():
            self.head.note.hide()

    def tell_locked(self) -> None:
        """Why the document shown can only be looked at."""
        if self.desk.document is not None and self.is_read_only():
            self.tell("info", self.actions_.locked_words(self.desk.document), sound=False)

    def _on_draft_saved(self, at: datetime | None) -> None:
        self._draft.setText("" if at is None else f"草稿已自动保存 {time_of_day(at)}")
        self._show_draft()

    def _on_split_moved(self, is_below: bool) -> None:
        self._has_room = not is_below
        self._show_draft()

    def _show_draft(self) -> None:
        """With its tick; nothing while nothing is stored or the panel needs the room."""
        self._draft_part.setVisible(self._has_room and bool(self._draft.text()))

    def _on_held(self, count: int) -> None:
        self._held.set_look(str(count), "mute")
        self._held.setVisible(count > 0)

    # ---- fields
    @Slot()
    def _take_before_leaving(self) -> None:
        self.table.close_editor(commit=True)
        self.take_fields()

    @Slot()
    def _forget_typed(self) -> None:
        """Another form is shown: what was typed over the former one is none of its business."""
        self.table.close_editor(commit=False)
        for field in self.findChildren(Field):
            field.setModified(False)
        self.head.day.set_tone(None)

    # ---- head
    def _on_party_refused(self, error: JdyError) -> None:
        """A new party was not made: nobody else takes its place, the clerk says who it shall be."""
        self.tell("bad", sentence(error))
        self.party_field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_day(self, day: date) -> None:
        self.form.day, self.form.day_by_hand = day, True
        self.desk.touch()
        self.desk.refresh_number()

    # ---- grid
    def open_matrix(self, product_id: ProductId | None = None) -> None:
        """颜色尺码 of a product, of the current line's when none is given (W40)."""
        line = self.form.line(self.current_id())
        wanted = product_id if product_id is not None else line.card.product_id if line else None
        if wanted is None:
            self.tell("info", "先扫一个商品，或输入名称后选“颜色尺码”。", sound=False)
        elif self.may_add_goods:
            self.desk.matrix(wanted, self._show_matrix)

    def _show_matrix(self, cards: tuple[SkuCard, ...]) -> None:
        from jdy_desktop.views.dialogs.matrix_dialog import MatrixDialog

        if cards:
            dialog = MatrixDialog(self, cards, self.form, self._pictures)
            dialog.filled.connect(self.hand.fill)
            dialog.finished.connect(lambda _yes: self.focus_scan())
            dialog.open()

    # ---- putting aside
    @Slot()
    def hold(self) -> None:
        """挂单 F6: scans still being looked up belong to it; nothing is told before it is written."""
        if not self.is_read_only() and not self.desk.is_saving:
            self.scan.order.put(lambda: self.desk.put_aside(self._after_hold))
        self.focus_scan()

    def _after_hold(self, held: bool) -> None:
        if held:
            self.desk.new()
            self._shell.toast("已挂单，Shift+F6 取回。")
            self.untell()

    @Slot()
    def resume(self) -> None:
        """取单 Shift+F6."""
        from jdy_desktop.views.dialogs.held_dialog import HeldDialog

        def show(rows: tuple[DraftRow, ...]) -> None:
            dialog = HeldDialog(self, rows)
            dialog.chosen.connect(self.desk.resume)
            dialog.discarded.connect(lambda draft_id: self.desk.discard_held(draft_id, lambda: dialog.drop(draft_id)))
            dialog.finished.connect(lambda _yes: self.focus_scan())
            dialog.open()

        self.desk.held(show)

    # ---- saving
    def save_in_turn(self) -> None:
        """Scans still being looked up come first; an open cell and what stands in a field count."""
        self.table.close_editor(commit=True)
        stuck, party = self.take_fields(), self.party_field
        if stuck is None and not party.take():
            if not party.hasFocus():  # another party asks something first
                return
            stuck = Stuck(party, "还没有选定，↓ 选一个按 Enter，或按 Esc 不换。")
        if stuck is None:
            if self._scans_wait is None or self.scan.order.waiting > 1:  # else F9 was pressed twice
                self.scan.order.put(self._save)
            return
        self.tell("warn", f"{stuck.sentence}改好再保存。", bold=f"{stuck.field.accessibleName()}：")
        stuck.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        if self.desk.is_saving:
            return
        if self.form.is_empty:
            self.tell("warn", "还没有商品，没有保存。扫码或打字加一行。", sound=False)
            self.focus_scan()
            return
        self.untell()
        self._scans_wait = self.scan.order.reserve()
        self.desk.save()

    @Slot()
    def let_scans_in(self) -> None:
        """What was scanned since F9 comes into the form shown after it, or into a new one where that takes no more."""
        place, self._scans_wait = self._scans_wait, None
        if place is None:
            return
        if self.scan.order.waiting > 1 and not self.desk.takes_more:
            self.desk.new()
        place(lambda: None)

    def _on_left_out(self, codes: tuple[str, ...]) -> None:
        """Lines of a draft whose goods are not there any more."""
        named = "、".join(code for code in codes if code)
        self.tell(
            "warn", f"{len(codes)} 行的商品已被删除或改过代码，没有带回来{'：' + named if named else ''}。", sound=False
        )

    def _on_refused(self, error: BaseException) -> None:
        """Nothing was stored; everything stays, and the lines to blame say so (M137)."""
        self.desk.refresh_cards()
        found = troubles_of(error, self.form)
        if found is None:
            self._shell.tell_error(error)
            return
        self.form.mark(found.rows)
        self.desk.form_changed.emit()
        self.tell("bad", found.sentence)
        lines = self.form.wanted()
        if not self.leads_to_field(error, found) and found.rows and 0 < min(found.rows) <= len(lines):
            self.table.select_id(lines[min(found.rows) - 1].id)
