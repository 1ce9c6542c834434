"""销货单 (manual 6.1; M121–M141): scan, count, finish. Works with keyboard and scanner alone; nothing waits for 1688."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import DocumentId
from jdy_desktop.models.rules.rounding import NumberProblem
from jdy_desktop.services.book.account_sets import AccountSets
from jdy_desktop.services.book.document_values import SavedDocument
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.book.drafts import Drafts
from jdy_desktop.services.book.parties import CustomerHit, Parties
from jdy_desktop.services.channel.pre_orders import PreOrders
from jdy_desktop.services.channel.shops import Shops
from jdy_desktop.services.machine.context import SHANGHAI, Clock
from jdy_desktop.services.queries.picker import SkuPicker
from jdy_desktop.views import scanner, theme
from jdy_desktop.views.figures import money
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.pages.finish_bar import FinishBar, FoldKeeper
from jdy_desktop.views.pages.sale_desk import SaleDesk
from jdy_desktop.views.pages.sale_dialogs import SaleDialogs, Tools
from jdy_desktop.views.pages.sale_form import SaleForm, SaleLine
from jdy_desktop.views.pages.sale_hand import LineHand
from jdy_desktop.views.pages.sale_head import SaleHead
from jdy_desktop.views.pages.sale_lines import PROBLEMS, Notes, SaleTable, line_columns, parse_number
from jdy_desktop.views.pages.sale_more import SaleMore
from jdy_desktop.views.pages.sale_notes import notes
from jdy_desktop.views.pages.sale_refusals import LOCKED, troubles_of
from jdy_desktop.views.pages.sale_scan import BurstGuard, ScanRow
from jdy_desktop.views.pages.sale_side import SaleSide
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.widgets.base import STRETCH, Text, column
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import Chip
from jdy_desktop.views.widgets.flow import SideSplit, tool_row

WIDE = 1600
_WIDE_COLUMNS = {"warehouse", "discount", "minimum", "remark"}
_CHANNEL_COLUMNS = {"online", "minimum"}


class SalePage(QWidget):
    """One sale at a time; what is put aside lies under 取单. The focus is in the scan row unless a cell is open."""

    tab_title_changed = Signal(str)
    unsaved_changed = Signal(bool)
    sale_saved = Signal(object)

    def __init__(
        self,
        *,
        documents: Documents,
        drafts: Drafts,
        picker: SkuPicker,
        parties: Parties,
        shops: Shops,
        account_sets: AccountSets,
        pre_orders: PreOrders,
        pictures: PictureStore,
        runner: JobRunner,
        shell: Shell,
        store: SettingsStore,
        clock: Clock,
    ) -> None:
        super().__init__()
        self.setObjectName("sale_page")
        self._picker, self._pre_orders, self._pictures = picker, pre_orders, pictures
        self._documents, self._runner, self._shell, self._store, self._clock = documents, runner, shell, store, clock
        self._info = account_sets.info()
        self.desk = SaleDesk(
            documents=documents, drafts=drafts, picker=picker, parties=parties, shops=shops, account_sets=account_sets,
            pre_orders=pre_orders, runner=runner, clock=clock, store=store, parent=self,
        )  # fmt: skip
        self._shown_number = ""
        self._stored: SaleForm | None = None
        self.hand = LineHand(self, shell)
        self.dialogs = SaleDialogs(
            self, Tools(documents, picker, pre_orders, pictures, runner, shell, store, clock, self._info)
        )
        self.more = SaleMore(self, documents, runner, shell, self._info)
        self._build(parties, store)
        # The key works either way; the button is in the way where goods have no colours and sizes (M7).
        if not self._info.defaults.matrix_entry:
            self.head.matrix.hide()
        self._connect()
        self._bind_keys()
        self.desk.start(restore=True)

    @property
    def form(self) -> SaleForm:
        return self.desk.form

    # ---- building
    def _build(self, parties: Parties, store: SettingsStore) -> None:
        self.head = SaleHead(parties, self._runner, self._clock.today())
        self.side = SaleSide(self._pictures, self._clock)
        self.notes = Notes(self)
        self._model: LinesModel[SaleLine] = LinesModel(
            line_columns(
                self._picture,
                self._warehouse,
                lambda _line: not self.is_read_only(),
                has_tax=self._info.computes_tax,
            ),
            id_of=lambda line: line.id,
            ghost="扫下一个商品",
            ghost_key="goods",
            note=self.notes.of,
        )
        self.table = SaleTable(self._model, store)
        main = QWidget()
        self._foot = self._footer()
        layout = column(self.head, self.table, self._foot, spacing=0, parent=main)
        layout.setStretch(1, 1)
        split = SideSplit(main, self.side)
        column(split, spacing=0, parent=self)
        self.bar.watch(split, (self.side.pay, self.side.finish_button))
        split.moved.connect(lambda below: self._draft.setVisible(not below))
        FoldKeeper(split, self.head, self.table, self._foot)
        self.scan = ScanRow(self.head.scan, self._picker, self._runner, self._pictures, lambda: self.desk.question())
        self.setFocusProxy(self.head.scan)
        for field in (self.side.remark_field, self.side.freight_field):
            BurstGuard(field).scanned.connect(self.hand.take_scan)

    def _footer(self) -> QWidget:
        hold = KeyButton("挂单", "hold", icon="hold", name="sale_page.hold_button")
        resume = KeyButton("取单", "resume", name="sale_page.resume_button")
        discount = KeyButton("折扣抹零", "discount", name="sale_page.discount_button")
        self.print_button = KeyButton("打印", "print", icon="print", name="sale_page.print_button")
        hold.clicked.connect(self.hold)
        resume.clicked.connect(self.dialogs.resume)
        discount.clicked.connect(self.dialogs.open_discount)
        self.print_button.clicked.connect(self.dialogs.print_sale)
        more = KeyButton("更多", icon="more", name="sale_page.more_button")
        more.clicked.connect(lambda: self.more.open_menu(more))
        self._held = Chip("0", "mute")
        self._held.setObjectName("sale_page.held_chip")
        self._held.hide()
        self._draft = Text("", "hint")
        self._draft.setObjectName("sale_page.draft_label")
        self.bar = FinishBar("结算金额", self.side.amount, self.side.finish_button, name="sale_page.finish_bar")
        self.bar.pressed.connect(self.finish)
        return tool_row(
            hold, resume, self._held, discount, self.print_button, more, STRETCH, self._draft, self.bar, edge="top"
        )

    def _connect(self) -> None:
        desk, head, side, table = self.desk, self.head, self.side, self.table
        desk.form_changed.connect(self._show)
        desk.surroundings_changed.connect(self._on_surroundings)
        desk.draft_saved.connect(self._on_draft_saved)
        desk.held_changed.connect(self._on_held)
        desk.saving_changed.connect(self._on_saving)
        desk.saved.connect(self._on_saved)
        desk.refused.connect(self._on_refused)
        desk.failed.connect(self._shell.tell_error)
        self.scan.found.connect(self.hand.add)
        self.scan.unknown.connect(self.hand.tell_unknown)
        self.scan.not_looked_up.connect(self._shell.tell_error)
        self.scan.quantity_typed.connect(lambda number: self.hand.set_last("quantity", number))
        self.scan.price_typed.connect(lambda number: self.hand.set_last("price", number))
        self.scan.cell_wanted.connect(self.hand.open_cell)
        self.scan.matrix_wanted.connect(self.dialogs.open_matrix)
        head.customer.chosen.connect(self.dialogs.change_customer)
        head.customer.left.connect(self.focus_scan)
        head.shop.changed.connect(self._on_shop)
        head.day.date_changed.connect(self._on_day)
        head.logistics.chosen.connect(self._on_logistics)
        head.matrix.clicked.connect(lambda: self.dialogs.open_matrix(None))
        head.note.repaired.connect(self.hand.add_unknown_goods)
        table.typed.connect(self.hand.change)
        table.refused.connect(lambda sentence: self.tell("warn", sentence))
        table.delete_requested.connect(self.hand.remove)
        table.stray.connect(self.hand.take_key)
        table.scanned.connect(self.hand.take_scan)
        table.editing_done.connect(self.focus_scan)
        table.row_activated.connect(lambda _row: self.focus_scan())
        table.repair_clicked.connect(self.hand.repair)
        table.current_changed.connect(lambda _row: self._show_goods())
        side.freight_field.editingFinished.connect(self._on_freight)
        side.remark_field.textEdited.connect(self._on_remark)
        side.remark_field.returnPressed.connect(self.focus_scan)
        side.freight_field.returnPressed.connect(self.focus_scan)
        side.create_tick.toggled.connect(self._on_tick)
        side.finish_button.clicked.connect(self.finish)
        side.goods.last_price_wanted.connect(self.hand.take_last_price)
        self._pictures.arrived.connect(lambda _url: self.table.viewport().update())
        self._runner.data_changed.connect(self._on_data_changed)

    def _bind_keys(self) -> None:
        for action, slot in (
            ("goods", self.focus_scan),
            ("customer", self.head.customer.begin),
            ("hold", self.hold),
            ("resume", self.dialogs.resume),
            ("discount", self.dialogs.open_discount),
            ("print", self.dialogs.print_sale),
            ("finish", self.finish),
            ("finish_line", self.finish),
            ("save", self.finish),
            ("matrix", lambda: self.dialogs.open_matrix(None)),
            ("last_price", self.hand.take_last_price),
            ("second_screen", self.dialogs.toggle_buyer),
            ("repair", lambda: self.hand.repair(self.current_id())),
        ):
            KeyShortcut(action, self, slot)

    # ---- what the window uses
    def open_with(
        self,
        *,
        new: bool = False,
        document_id: DocumentId | None = None,
        copy_of: DocumentId | None = None,
        line: int | None = None,
        quantity: Decimal | str | None = None,
        sku_id: int | None = None,
    ) -> None:
        """New sale (Ctrl+N), or a stored one; `line` (from 1) opens its quantity, with `quantity` offered (goal G)."""
        if document_id is not None:
            self.desk.open(document_id, lambda: self.hand.go_to_line(line, quantity))
        elif copy_of is not None:
            self.desk.copy(copy_of, self.focus_scan)
        elif new:
            self.new_sale()
        if sku_id is not None:
            from jdy_desktop.models.ids import SkuId

            self.scan.submit_sku(SkuId(sku_id))

    def may_close(self) -> bool:
        """What is typed stays as a draft and comes back."""
        self.desk.save_draft_now()
        return True

    def activated(self) -> None:
        self.desk.refresh_cards()
        self.desk.refresh_balance()
        self.focus_scan()

    @Slot()
    def focus_scan(self) -> None:
        """F2: back to the scan row."""
        if self.head.scan.isEnabled():
            self.head.scan.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def new_sale(self) -> None:
        """What is in hand is held, nothing is lost."""
        if self.desk.hold():
            self._shell.toast("上一张已挂单，Shift+F6 取回。")
        elif not self.desk.is_saving:
            self.desk.new()
        self.focus_scan()

    # ---- showing
    @Slot()
    def _on_surroundings(self) -> None:
        around = self.desk.around
        assert around is not None
        self.head.set_shops(around.shops, visible=around.info.channel_enabled)
        self._fit_columns()

    @Slot()
    def _show(self) -> None:
        form, around = self.form, self.desk.around
        has_channel = around is not None and around.info.channel_enabled
        self.notes.by_line = notes(form, around.warehouse_id if around else None)
        self._model.set_rows(form.lines)
        self.table._on_data_changed()
        self.head.customer.set_customer(self._customer_hit())
        self.head.show_form(form)
        self.side.show_form(form, has_channel=has_channel, has_tax=self._info.computes_tax)
        tick = self.side.create_tick
        tick.blockSignals(True)
        tick.setChecked(form.makes_pre_order)
        tick.setEnabled(bool(around and around.has_channel) and not self.is_read_only())
        tick.setToolTip("" if around is None or around.has_channel else "先到“店铺设置”授权店铺")
        tick.blockSignals(False)
        for field, text in ((self.side.freight_field, money(form.freight)), (self.side.remark_field, form.remark)):
            if not field.hasFocus():
                field.setText(text)
        self._show_read_only()
        self._show_goods()
        self._show_title()
        self.dialogs.show_buyer_sale()

    def _customer_hit(self) -> CustomerHit | None:
        form = self.form
        if form.customer_id is None:
            return None
        return CustomerHit(form.customer_id, form.customer, form.grade, "", form.balance)

    def _show_title(self) -> None:
        number = self.form.number
        if number != self._shown_number:
            self._shown_number = number
            self.tab_title_changed.emit(f"销货单 {number}".strip())
        self.unsaved_changed.emit(not self.form.is_empty and not self.is_read_only() and self.form is not self._stored)

    def _show_goods(self) -> None:
        line = self.form.line(self.current_id())
        self.side.goods.show_line(line, self.form.grade)

    def is_read_only(self) -> bool:
        return self.desk.document is not None and not self.desk.document.may_edit

    def _show_read_only(self) -> None:
        document, locked = self.desk.document, self.is_read_only()
        self.head.set_read_only(locked)
        for part in (self.side.freight_field, self.side.remark_field):
            part.setEnabled(not locked)
        button = self.side.finish_button
        shows_code = locked and document is not None and document.pre_order_id is not None
        button.set_label("查看二维码" if shows_code else "完成")
        button.setEnabled(not self.desk.is_saving and (shows_code or not locked))
        self.bar.follow()
        if locked and document is not None:
            self.tell("info", LOCKED.get(document.locked_by or "", "这张单据不能修改。"), sound=False)

    def current_id(self) -> object:
        current = self.table.current_id()
        if self.form.line(current) is not None:
            return current
        return (
            self.hand.last_line
            if self.form.line(self.hand.last_line) or not self.form.lines
            else self.form.lines[-1].id
        )

    def _picture(self, line: SaleLine) -> QPixmap | None:
        return self._pictures.pixmap(line.card.picture, 32)

    def _warehouse(self, line: SaleLine) -> str:
        around = self.desk.around
        house = line.warehouse_id or self.form.warehouse_id or (around.warehouse_id if around else None)
        return around.warehouses.get(house, "") if around and house else ""

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

    # ---- head
    def _on_shop(self, shop_id: Any) -> None:
        self.form.shop_id = shop_id
        self.head.shop_row.set_error(None)
        self.desk.touch()
        self.desk.refresh_cards()

    def _on_day(self, day: date) -> None:
        self.form.day = day
        self.desk.touch()
        self.desk.refresh_number()

    def _on_logistics(self, way: Any) -> None:
        self.form.logistics, self.form.logistics_by_hand = way, True
        self.desk.touch()

    @Slot()
    def _on_freight(self) -> None:
        text = self.side.freight_field.text().strip() or "0"
        number = parse_number(text, "freight")
        if isinstance(number, NumberProblem):
            self.side.freight_field.setText(money(self.form.freight))
            self.tell("warn", PROBLEMS[number])
        elif number != self.form.freight:
            self.form.set_freight(number)
            self.desk.touch()
        self.side.freight_field.setText(money(self.form.freight))

    @Slot(str)
    def _on_remark(self, text: str) -> None:
        self.form.remark = text.strip()
        self.desk.touch()

    @Slot(bool)
    def _on_tick(self, on: bool) -> None:
        self.form.makes_pre_order = on
        self.desk.touch()

    # ---- putting aside
    @Slot()
    def hold(self) -> None:
        """F6."""
        if self.is_read_only():
            return
        if self.desk.hold():
            self._shell.toast("已挂单，Shift+F6 取回。")
            self.untell()
        self.focus_scan()

    # ---- finishing
    @Slot()
    def finish(self) -> None:
        """F9: scans still being looked up come first, then everything is saved at once."""
        document = self.desk.document
        if self.is_read_only():
            if document is not None and document.pre_order_id is not None:
                self.dialogs.show_code(document.pre_order_id)
            return
        self.table.close_editor(commit=True)
        if self.side.freight_field.hasFocus():
            self._on_freight()
        self.scan.order.put(self._finish)

    def _finish(self) -> None:
        if self.desk.is_saving:
            return
        if self.form.is_empty:
            self.tell("warn", "还没有商品，没有保存。扫码或打字加一行。", sound=False)
            self.focus_scan()
            return
        self.untell()
        self.desk.finish()

    @Slot(bool)
    def _on_saving(self, on: bool) -> None:
        self.side.finish_button.setEnabled(not on)
        self.bar.follow()

    def _on_saved(self, saved: SavedDocument, form: SaleForm) -> None:
        self._stored = form  # it is shown on while its code is
        self.sale_saved.emit(saved)
        self.unsaved_changed.emit(False)
        self.hand.last_line = 0
        if form.makes_pre_order and saved.pre_order_id is not None:
            self.dialogs.show_code(saved.pre_order_id, then=self._after_code)
            return
        self._shell.toast(f"已保存 {saved.number}，¥{money(saved.settlement_amount)}")
        self._after_code()

    def _after_code(self) -> None:
        self.desk.new()
        self.untell()
        self.focus_scan()

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
        if found.field == "shop_id":
            self.head.shop_row.set_error("请选择")
            self.head.shop.setFocus()
        elif found.rows:
            self.table.select_id(self.form.lines[min(found.rows) - 1].id)

    # ---- from outside
    def _on_draft_saved(self, at: datetime | None) -> None:
        self._draft.setText("" if at is None else f"草稿已自动保存 {at.astimezone(SHANGHAI):%H:%M:%S}")

    def _on_held(self, count: int) -> None:
        self._held.set_look(str(count), "mute")
        self._held.setVisible(count > 0)

    @Slot(object)
    def _on_data_changed(self, areas: frozenset[str]) -> None:
        if areas & {"shops", "settings", "account"}:
            self.desk.start(restore=False)
        if areas & {"stock", "offers", "matches", "goods"} and self.isVisible():
            self.desk.refresh_cards()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """More columns in a wide window; those of 1688 as long as its module is on, also when it is switched on later."""
        hidden = {one.key for one in self._model.columns if one.hidden}
        if self.window().width() * 100 / theme.scale() >= WIDE:
            hidden -= _WIDE_COLUMNS
        info = self.desk.around.info if self.desk.around else self._info
        self.table.column_settings.hide_by_default(hidden if info.channel_enabled else hidden | _CHANNEL_COLUMNS)
