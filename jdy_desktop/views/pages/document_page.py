"""One editor for purchases, receipts, issues, returns, transfers and counts (manual 5.1, 5.2; M113–M115; look/17)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from jdy_desktop.models.ids import DocumentId, ProductId, SkuId
from jdy_desktop.services.book.document_values import SavedDocument
from jdy_desktop.services.book.parties import CustomerHit, Parties, SupplierHit, SupplierId, WarehouseInfo
from jdy_desktop.services.errors import Stale
from jdy_desktop.services.machine.context import SHANGHAI, Clock
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.views import scanner
from jdy_desktop.views.figures import money
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.pages.document_actions import DocActions
from jdy_desktop.views.pages.document_desk import DocDesk, DocServices
from jdy_desktop.views.pages.document_form import DocForm, DocLine
from jdy_desktop.views.pages.document_hand import DocHand
from jdy_desktop.views.pages.document_head import DocHead
from jdy_desktop.views.pages.document_kinds import DocumentSpec
from jdy_desktop.views.pages.document_lines import DocTable, document_columns, document_notes, is_paste_of_rows
from jdy_desktop.views.pages.document_side import DocSide
from jdy_desktop.views.pages.document_wiring import bind_keys, connect_parts
from jdy_desktop.views.pages.finish_bar import FinishBar, FoldKeeper
from jdy_desktop.views.pages.sale_form import ZERO
from jdy_desktop.views.pages.sale_lines import Notes
from jdy_desktop.views.pages.sale_refusals import troubles_of
from jdy_desktop.views.pages.sale_scan import BurstGuard, ScanRow
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.widgets.base import STRETCH, Text, column
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import Chip
from jdy_desktop.views.widgets.flow import SideSplit, tool_row


class DocPage(QWidget):
    """One document at a time; what is put aside lies under 取单. The focus is in the scan row unless a cell is open."""

    tab_title_changed = Signal(str)
    unsaved_changed = Signal(bool)
    document_saved = Signal(object)

    def __init__(
        self,
        spec: DocumentSpec,
        services: DocServices,
        *,
        pictures: PictureStore,
        runner: JobRunner,
        shell: Shell,
        store: SettingsStore,
        clock: Clock,
    ) -> None:
        super().__init__()
        self.spec = spec
        self.setObjectName(f"{spec.page_id}_page")
        self._services, self._pictures, self._runner = services, pictures, runner
        self._shell, self._store, self._clock = shell, store, clock
        self.info = services.account_sets.info()
        rules = services.documents.tax_rules()
        self.desk = DocDesk(spec, services, runner, clock, self)
        self.hand = DocHand(self, services.picker, runner, shell, store)
        self.actions_ = DocActions(self, services.documents, runner, shell, store, self.info)
        self._then_new = False
        self._build(prices_include_tax=rules.prices_include_tax)
        connect_parts(self)
        bind_keys(self)
        self.desk.start()

    @property
    def form(self) -> DocForm:
        return self.desk.form

    @property
    def parties(self) -> Parties:
        return self._services.parties

    @property
    def houses(self) -> tuple[WarehouseInfo, ...]:
        return self.desk.around.houses if self.desk.around else ()

    # ---- building
    def _build(self, *, prices_include_tax: bool) -> None:
        self.head = DocHead(self.spec, self._services.parties, self._runner, self._clock.today())
        self.side = DocSide(self.spec, self._pictures, sees_cost=self._services.bought.may_see)
        self.notes = Notes(self)
        self._model: LinesModel[DocLine] = LinesModel(
            document_columns(
                self.spec,
                lambda line: self._pictures.pixmap(line.card.picture, 32),
                self._warehouse,
                lambda line: self.form.book_quantity(line),
                lambda _line: not self.is_read_only(),
                has_tax=self.info.computes_tax,
                prices_include_tax=prices_include_tax,
            ),
            id_of=lambda line: line.id,
            ghost="扫下一个商品，或按 Ctrl+V 从 Excel 粘贴",
            ghost_key="goods",
            note=lambda line: found.note if (found := self.notes.by_line.get(line.id)) else None,
        )
        self.table = DocTable(self._model, self.spec, self._store)
        main = QWidget()
        foot, split = self._footer(), SideSplit(main, self.side)
        layout = column(self.head, self.table, foot, spacing=0, parent=main)
        layout.setStretch(1, 1)
        column(split, spacing=0, parent=self)
        money = (self.side.owed_row,) if self.spec.has_money else ()
        self.bar.watch(split, (*money, self.side.save_button))
        split.moved.connect(lambda below: self._draft.setVisible(not below))
        FoldKeeper(split, self.head, self.table, foot)
        self.scan = ScanRow(self.head.scan, self._services.picker, self._runner, self._pictures, self.desk.question)
        self.setFocusProxy(self.head.scan)
        self.head.scan.installEventFilter(self)
        for field in (self.side.remark_field, *self.side.fields.values()):
            BurstGuard(field).scanned.connect(self.hand.take_scan)
            field.returnPressed.connect(self.focus_scan)

    def _footer(self) -> QWidget:
        page = self.objectName()
        self.save_new_button = KeyButton("保存并新增", "save_and_new", icon="plus", name=f"{page}.save_new_button")
        self.review_button = KeyButton("审核", "review", icon="check", name=f"{page}.review_button")
        self.print_button = KeyButton("打印", "print", icon="print", name=f"{page}.print_button")
        self.return_button = KeyButton("退货", "return", icon="return", name=f"{page}.return_button")
        self.batch_button = KeyButton("仓库批量", icon="stock", name=f"{page}.batch_button")
        self.more_button = KeyButton("更多", icon="more", name=f"{page}.more_button")
        self._held = Chip("0", "mute")
        self._held.setObjectName(f"{page}.held_chip")
        self._held.hide()
        self._draft = Text("", "hint")
        self._draft.setObjectName(f"{page}.draft_label")
        if not self.info.needs_review:
            self.review_button.hide()
        if self.actions_.return_kind is None:
            self.return_button.hide()
        if self.actions_.return_title:
            self.return_button.set_label(self.actions_.return_title)
        self.batch_button.hide()
        words, owed = "本次欠款" if self.spec.has_discount else "合计", self.side.owed if self.spec.has_money else None
        self.bar = FinishBar(words, owed, self.side.save_button, name=f"{page}.finish_bar")
        self.bar.pressed.connect(self.save)
        return tool_row(
            self.save_new_button, self.review_button, self.print_button, self.return_button, self.batch_button,
            self.more_button, self._held, STRETCH, self._draft, self.bar, edge="top",
        )  # fmt: skip

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A table on the clipboard goes into the lines, also when the scan field has the focus."""
        if watched is self.head.scan and is_paste_of_rows(event):
            self.hand.paste()
            return True
        return super().eventFilter(watched, event)

    # ---- what the window uses
    def open_with(
        self,
        *,
        new: bool = False,
        document_id: DocumentId | None = None,
        copy_of: DocumentId | None = None,
        return_of: DocumentId | None = None,
        supplier_id: int | None = None,
        sku_id: int | None = None,
    ) -> None:
        """A stored document, a copy, a return from a slip, or an empty one for a supplier or with goods."""
        if document_id is not None:
            self.desk.open(document_id, self.focus_scan)
        elif copy_of is not None:
            self.desk.copy(copy_of)
        elif return_of is not None:
            self.desk.return_from(return_of, self._to_first_line)
        elif new:
            self.new_document()
        if supplier_id is not None:
            self.desk.ask(lambda: self._services.parties.supplier(SupplierId(supplier_id)), self._take_supplier)
        if sku_id is not None:
            self.scan.submit_sku(SkuId(sku_id))

    def _take_supplier(self, one: Any) -> None:
        self._on_party(SupplierHit(one.id, one.name, one.phone, one.balance))

    def may_close(self) -> bool:
        """What is typed stays as a draft and comes back."""
        self.desk.save_draft_now()
        return True

    def activated(self) -> None:
        if not self.spec.is_count:
            self.desk.refresh_cards()
        self.focus_scan()

    @Slot()
    def focus_scan(self) -> None:
        """F2: back to the scan row."""
        if self.head.scan.isEnabled():
            self.head.scan.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def new_document(self) -> None:
        """What is in hand is held, nothing is lost."""
        if self.desk.hold():
            self._shell.toast("上一张已挂单，Shift+F6 取回。")
        elif not self.desk.is_saving:
            self.desk.new()
        self.untell()
        self.focus_scan()

    # ---- showing
    @Slot()
    def _on_surroundings(self) -> None:
        assert self.desk.around is not None
        self.head.set_warehouses(self.houses)
        self.side.set_accounts(self.desk.around.accounts)
        self.batch_button.setVisible(len(self.houses) > 1 and not self.spec.is_transfer)

    @Slot()
    def _show(self) -> None:
        form = self.form
        self.notes.by_line = document_notes(form)
        self._model.set_rows(form.lines)
        self.table._on_data_changed()
        self.head.party.set_customer(self._hit())
        self.head.show_form(form, self.desk.document, needs_review=self.info.needs_review)
        self.side.show_form(form, has_tax=self.info.computes_tax)
        locked = self.is_read_only()
        self.head.set_read_only(locked)
        if form.source_id is not None and not locked:
            self.head.party.setEnabled(False)
        self.side.set_read_only(locked)
        if locked and self.desk.document is not None:
            self.tell("info", self.actions_.locked_words(self.desk.document), sound=False)
        self._show_buttons()
        self._show_goods()
        title = f"{self.spec.title} {form.number if form.document_id else ''}".strip()
        self.tab_title_changed.emit(title)
        self.unsaved_changed.emit(self.desk.is_changed and not locked)

    def _show_buttons(self) -> None:
        busy = "正在保存" if self.desk.is_saving else None
        empty = "先加商品：扫码、打字，或从 Excel 粘贴" if self.form.is_empty else None
        why = "这张单据不能改，只能看" if self.is_read_only() else busy or empty
        self.side.save_button.set_blocked(why)
        self.bar.follow()
        self.save_new_button.set_blocked(why)
        self.actions_.show_state()

    def _hit(self) -> CustomerHit | SupplierHit | None:
        form = self.form
        if form.party_id is None:
            return None
        if self.spec.party == "customer":
            return CustomerHit(form.party_id, form.party, form.grade, "", form.balance)  # type: ignore[arg-type]
        return SupplierHit(SupplierId(form.party_id), form.party, "", form.balance)

    def _show_goods(self) -> None:
        self.side.goods.show_line(self.form, self.form.line(self.current_id()))

    def is_read_only(self) -> bool:
        return self.desk.document is not None and not self.desk.document.may_edit

    def current_id(self) -> object:
        current = self.table.current_id()
        if self.form.line(current) is not None:
            return current
        lines = self.form.lines
        return self.hand.last_line if self.form.line(self.hand.last_line) or not lines else lines[-1].id

    def _warehouse(self, line: DocLine) -> str:
        around = self.desk.around
        return around.warehouse(line.warehouse_id or self.form.warehouse_id or around.warehouse_id) if around else ""

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

    # ---- head and side
    def _on_party(self, hit: CustomerHit | SupplierHit) -> None:
        self.untell()
        self.desk.set_party(hit)
        self.focus_scan()

    def _on_day(self, day: date) -> None:
        self.form.day = day
        self.desk.touch()
        self.desk.refresh_number()

    def _set_head(self, name: str, value: Any) -> None:
        setattr(self.form, name, value)
        self.desk.touch()

    def _on_side(self, name: str, number: Decimal) -> None:
        form = self.form
        if name == "discount_rate":
            form.discount_rate, form.discount_amount = number, None
        elif name == "discount_amount":
            form.discount_rate, form.discount_amount = ZERO, number
        else:
            form.paid = number
        self.desk.touch()

    def _on_editor(self, editor: QLineEdit, line_id: object, key: str) -> None:
        if key == "warehouse":
            self.hand.offer_places(editor, line_id)

    @Slot(str)
    def _on_unknown(self, text: str) -> None:
        if self.spec.source is not None:
            self.desk.find_source(text, self._to_first_line)
        else:
            self.hand.tell_unknown(text)

    def _on_no_source(self, text: str) -> None:
        self.tell("bad", "不是商品，也不是能在这里退的单据编号，什么都没有加。", bold=f"{text}：")

    def _to_first_line(self) -> None:
        """The lines of the slip are there: an arrow and Enter take one (goal F)."""
        lines = self.form.lines
        self.tell(
            "info",
            "↑ ↓ 选要退的行，Enter 整行退，或直接输入数量；F9 保存。",
            bold=f"原单 {self.form.source}：",
            sound=False,
        )
        if lines:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.table.select_id(lines[0].id)

    # ---- grid
    def open_matrix(self, product_id: ProductId | None = None) -> None:
        """颜色尺码 of a product, of the current line's when none is given (W40)."""
        line = self.form.line(self.current_id())
        wanted = product_id if product_id is not None else line.card.product_id if line else None
        if wanted is None:
            self.tell("info", "先扫一个商品，或输入名称后选“颜色尺码”。", sound=False)
        elif not self.is_read_only() and self.form.source_id is None:
            self.desk.matrix(wanted, self._show_matrix)

    def _show_matrix(self, cards: tuple[SkuCard, ...]) -> None:
        from jdy_desktop.views.dialogs.matrix_dialog import MatrixDialog

        if cards:
            form: Any = self.form
            dialog = MatrixDialog(self, cards, form, self._pictures)
            dialog.filled.connect(self._fill)
            dialog.finished.connect(lambda _yes: self.focus_scan())
            dialog.open()

    def _fill(self, quantities: list[tuple[SkuCard, Decimal]]) -> None:
        self.hand.fill(quantities)
        for card, _quantity in quantities:
            self.desk.learn_prices(card.sku_id)

    @Slot()
    def same_as_last(self) -> None:
        """照上一张: the lines of the last document of this party (goal B)."""
        if not self.is_read_only() and self.spec.source is None:
            self.desk.same_as_last(lambda: self.tell("info", "还没有上一张可以照。", sound=False))

    # ---- putting aside, saving
    @Slot()
    def hold(self) -> None:
        """F6."""
        if not self.is_read_only() and self.desk.hold():
            self._shell.toast("已挂单，Shift+F6 取回。")
            self.untell()
        self.focus_scan()

    @Slot()
    def save(self) -> None:
        """保存 F9: scans still being looked up come first; the stored document stays on the screen."""
        self._save(then_new=False)

    @Slot()
    def save_and_new(self) -> None:
        """保存并新增: the next empty document follows."""
        self._save(then_new=True)

    def _save(self, *, then_new: bool) -> None:
        if self.is_read_only():
            return
        self.table.close_editor(commit=True)
        self.side.take_all()
        self._then_new = then_new
        self.scan.order.put(self._do_save)

    def _do_save(self) -> None:
        if self.desk.is_saving:
            return
        if self.form.is_empty:
            self.tell("warn", "还没有商品，没有保存。扫码或打字加一行。", sound=False)
            self.focus_scan()
            return
        self.untell()
        self.desk.save()

    def _on_saved(self, saved: SavedDocument, _form: DocForm) -> None:
        self.document_saved.emit(saved)
        self.hand.last_line = 0
        worth = f"，¥{money(saved.settlement_amount)}" if self.spec.has_money else ""
        self._shell.toast(f"已保存 {saved.number}{worth}")
        if self._then_new:
            self.desk.new()
            self.focus_scan()
        else:
            self.desk.open(saved.id, self.focus_scan)

    def _on_refused(self, error: BaseException) -> None:
        """Nothing was stored; everything stays, and the lines to blame say so."""
        self.desk.refresh_cards()
        form: Any = self.form
        found = troubles_of(error, form)
        if found is None:
            self._shell.tell_error(error)
            return
        self.form.mark(found.rows)
        self.desk.form_changed.emit()
        self.tell("bad", found.sentence)
        if isinstance(error, Stale):
            self.actions_.offer_fresh()
        elif found.field in ("supplier_id", "customer_id"):
            self.head.party.begin()
        elif found.rows and 0 < min(found.rows) <= len(self.form.wanted()):
            self.table.select_id(self.form.wanted()[min(found.rows) - 1].id)

    # ---- from outside
    def _on_draft_saved(self, at: datetime | None) -> None:
        self._draft.setText("" if at is None else f"草稿已自动保存 {at.astimezone(SHANGHAI):%H:%M:%S}")
        self.unsaved_changed.emit(self.desk.is_changed and not self.is_read_only())

    def _on_held(self, count: int) -> None:
        self._held.set_look(str(count), "mute")
        self._held.setVisible(count > 0)

    @Slot(object)
    def _on_data_changed(self, areas: frozenset[str]) -> None:
        if areas & {"settings", "account", "parties"}:
            self.desk.read_surroundings()
        # A count keeps the figure the clerk saw: saving tells when goods moved since then.
        if areas & {"stock", "goods"} and self.isVisible() and not self.spec.is_count:
            self.desk.refresh_cards()
