"""销货单 (manual 6.1; M121–M141): scan, count, finish. Works with keyboard and scanner alone; nothing waits for 1688."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import DocumentId, SkuId
from jdy_desktop.models.rules.rounding import NumberProblem
from jdy_desktop.services.book.document_values import SavedDocument
from jdy_desktop.services.book.parties import CustomerHit
from jdy_desktop.views import theme
from jdy_desktop.views.entry.finish_bar import FinishBar
from jdy_desktop.views.entry.numbers import PROBLEMS, parse_number
from jdy_desktop.views.entry.page import EntryPage
from jdy_desktop.views.entry.party_field import CustomerField
from jdy_desktop.views.entry.refusals import Stuck, Troubles
from jdy_desktop.views.entry.table import EntryTable
from jdy_desktop.views.figures import money
from jdy_desktop.views.pages.sale_actions import SaleActions
from jdy_desktop.views.pages.sale_desk import SaleDesk, SaleServices, SaleSurroundings
from jdy_desktop.views.pages.sale_dialogs import SaleDialogs
from jdy_desktop.views.pages.sale_form import SaleForm, SaleLine
from jdy_desktop.views.pages.sale_hand import SaleHand
from jdy_desktop.views.pages.sale_head import SaleHead
from jdy_desktop.views.pages.sale_lines import line_columns
from jdy_desktop.views.pages.sale_notes import notes
from jdy_desktop.views.pages.sale_side import SaleSide
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.widgets.base import STRETCH
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.flow import tool_row

WIDE = 1600
_WIDE_COLUMNS = {"warehouse", "discount", "minimum", "remark"}
_CHANNEL_COLUMNS = {"online", "minimum"}


class SalePage(EntryPage[SaleForm, SaleSurroundings]):
    """`sale_saved(SavedDocument)`: stored, whether its code is shown or not."""

    sale_saved = Signal(object)

    desk: SaleDesk
    head: SaleHead
    hand: SaleHand
    actions_: SaleActions

    def __init__(self, services: SaleServices, frame: PageFrame) -> None:
        super().__init__("sale_page", frame)
        self._info = services.account_sets.info()
        self.desk = SaleDesk(services, frame.runner, frame.clock, frame.store, self)
        self._shown_number = ""
        self.hand = SaleHand(self, frame.shell)
        self.dialogs = SaleDialogs(self, services, frame, self._info.company)
        self.actions_ = SaleActions(self, services.documents, frame.shell, self._info)
        self._build(services)
        # The key works either way; the button is in the way where goods have no colours and sizes (M7).
        if not self._info.defaults.matrix_entry:
            self.head.matrix.hide()
        self.connect_entry()
        self._connect()
        self.bind_keys(
            (
                ("discount", self.dialogs.open_discount),
                ("print", self.dialogs.print_sale),
                ("second_screen", self.dialogs.toggle_buyer),
            )
        )
        self.desk.start()

    # ---- building
    def _build(self, services: SaleServices) -> None:
        self.head = SaleHead(services.parties, self._runner, self._frame.clock.today())
        self.side = SaleSide(self._pictures, self._frame.clock)
        self._model: LinesModel[SaleLine] = LinesModel(
            line_columns(
                self.picture_of,
                self.warehouse_of,
                lambda _line: not self.is_read_only(),
                has_tax=self._info.computes_tax,
            ),
            id_of=lambda line: line.id,
            ghost="扫下一个商品",
            ghost_key="goods",
            note=self.notes.of,
        )
        self.table = EntryTable(self._model, self._frame.store, name="sale_page.lines", label="销货单明细")
        folded = (self.side.pay, self.side.finish_button)
        self.lay_out(self.side, self._footer(), services.picker, folded=folded)
        self.guard((self.side.remark_field, self.side.freight_field))

    def _footer(self) -> QWidget:
        hold = KeyButton("挂单", "hold", icon="hold", name="sale_page.hold_button")
        resume = KeyButton("取单", "resume", name="sale_page.resume_button")
        discount = KeyButton("折扣抹零", "discount", name="sale_page.discount_button")
        self.print_button = KeyButton("打印", "print", icon="print", name="sale_page.print_button")
        hold.clicked.connect(self.hold)
        resume.clicked.connect(self.resume)
        discount.clicked.connect(self.dialogs.open_discount)
        self.print_button.clicked.connect(self.dialogs.print_sale)
        more = KeyButton("更多", icon="more", name="sale_page.more_button")
        more.clicked.connect(lambda: self.actions_.open_menu(more))
        self.bar = FinishBar("结算金额", self.side.amount, self.side.finish_button, name="sale_page.finish_bar")
        self.bar.pressed.connect(self.finish)
        return tool_row(
            hold, resume, self._held, discount, self.print_button, more, STRETCH, self._draft_part, self.bar, edge="top"
        )

    def _connect(self) -> None:
        desk, head, side = self.desk, self.head, self.side
        desk.surroundings_changed.connect(self._on_surroundings)
        desk.saving_changed.connect(self._on_saving)
        desk.saved.connect(self._on_saved)
        self.scan.unknown.connect(self.hand.tell_unknown)
        head.customer.chosen.connect(self.dialogs.change_customer)
        head.customer.left.connect(self.focus_scan)
        head.shop.changed.connect(self._on_shop)
        head.logistics.chosen.connect(self._on_logistics)
        side.freight_field.editingFinished.connect(self._on_freight)
        side.remark_field.textEdited.connect(self._on_remark)
        side.create_tick.toggled.connect(self._on_tick)
        side.finish_button.clicked.connect(self.finish)
        side.goods.last_price_wanted.connect(self.hand.take_last_price)
        self._runner.data_changed.connect(self._on_data_changed)

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
        code: str = "",
    ) -> None:
        """New sale (Ctrl+N), or a stored one; `line` (from 1) opens its quantity, with `quantity` offered (goal G).
        `code`: a scanner was heard where nothing can be added."""
        if document_id is not None:
            self.desk.open(document_id, lambda: self.hand.go_to_line(line, quantity))
        elif copy_of is not None:
            self.desk.copy(copy_of, self.focus_scan)
        elif new:
            self.new_document()
        if sku_id is not None:
            self.scan.submit_sku(SkuId(sku_id))
        if code:
            if self.is_read_only():
                self.new_document()
            self.scan.submit(code)

    def activated(self) -> None:
        self.desk.refresh_day()
        self.desk.refresh_cards()
        self.desk.refresh_balance()
        self.focus_scan()

    @property
    def party_field(self) -> CustomerField:
        return self.head.customer

    # ---- showing
    @Slot()
    def _on_surroundings(self) -> None:
        around = self.desk.around
        assert around is not None
        self.head.set_shops(around.shops, visible=around.info.channel_enabled)
        self._fit_columns()

    @Slot()
    def show_document(self) -> None:
        form, around = self.form, self.desk.around
        has_channel = around is not None and around.info.channel_enabled
        self.notes.by_line = notes(form, around.warehouse_id if around else None, self.desk.low_row())
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
        self.side.freight_field.show_text(money(form.freight))
        self.side.remark_field.show_text(form.remark)
        self._show_read_only()
        self.show_goods()
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
        self.unsaved_changed.emit(self.desk.is_changed and not self.is_read_only())

    def show_goods(self) -> None:
        line = self.form.line(self.current_id())
        self.side.goods.show_line(line, self.form.grade)

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
        self.tell_locked()

    # ---- head
    def _on_shop(self, shop_id: Any) -> None:
        self.form.shop_id = shop_id
        self.head.shop_row.set_error(None)
        self.desk.touch()
        self.desk.refresh_cards()

    def _on_logistics(self, way: Any) -> None:
        self.form.logistics, self.form.logistics_by_hand = way, True
        self.desk.touch()

    def take_fields(self) -> Stuck | None:
        stuck, problem = super().take_fields(), self._take_freight()
        return stuck or (Stuck(self.side.freight_field, PROBLEMS[problem]) if problem else None)

    def _take_freight(self) -> NumberProblem | None:
        """What stands in 客户承担费用 when it was typed; why it cannot be an amount."""
        field = self.side.freight_field
        if not field.isModified():
            return None
        number = parse_number(field.text().strip() or "0", "freight")
        if isinstance(number, NumberProblem):
            return number
        field.setText(money(number))
        if number != self.form.freight:
            self.form.set_freight(number)
            self.desk.touch()
        return None

    @Slot()
    def _on_freight(self) -> None:
        """The focus leaves the field: what is no amount goes back to the one before."""
        if problem := self._take_freight():
            self.side.freight_field.setText(money(self.form.freight))
            self.tell("warn", PROBLEMS[problem])

    @Slot(str)
    def _on_remark(self, text: str) -> None:
        self.form.remark = text.strip()
        self.desk.touch()

    @Slot(bool)
    def _on_tick(self, on: bool) -> None:
        self.form.makes_pre_order = on
        self.desk.touch()

    # ---- finishing
    @Slot()
    def finish(self) -> None:
        """F9: scans still being looked up come first, then everything is saved at once."""
        document = self.desk.document
        if self.is_read_only():
            if document is not None and document.pre_order_id is not None:
                self.dialogs.show_code(document.pre_order_id)
            return
        self.save_in_turn()

    @Slot(bool)
    def _on_saving(self, on: bool) -> None:
        self.side.finish_button.setEnabled(not on)
        self.bar.follow()

    def _on_saved(self, saved: SavedDocument, form: SaleForm) -> None:
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
        self.let_scans_in()

    def leads_to_field(self, _error: BaseException, found: Troubles) -> bool:
        if found.field == "shop_id":
            self.head.shop_row.set_error("请选择")
            self.head.shop.setFocus()
            return True
        return False

    # ---- from outside
    @Slot(object)
    def _on_data_changed(self, areas: frozenset[str]) -> None:
        if areas & {"shops", "settings", "account"}:
            self.desk.read_surroundings()
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
