"""One editor for purchases, receipts, issues, returns, transfers and counts (manual 5.1, 5.2; M113–M115; look/17)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from jdy_desktop.models.ids import DocumentId, SkuId
from jdy_desktop.models.rules.rounding import NumberProblem
from jdy_desktop.services.book.document_values import SavedDocument
from jdy_desktop.services.book.parties import CustomerHit, Parties, SupplierHit, SupplierId, WarehouseInfo
from jdy_desktop.services.errors import Stale
from jdy_desktop.views.entry.finish_bar import FinishBar
from jdy_desktop.views.entry.form import ZERO
from jdy_desktop.views.entry.numbers import PROBLEMS
from jdy_desktop.views.entry.page import EntryPage
from jdy_desktop.views.entry.party_field import CustomerField
from jdy_desktop.views.entry.refusals import Stuck, Troubles
from jdy_desktop.views.figures import money
from jdy_desktop.views.pages.document_actions import DocActions
from jdy_desktop.views.pages.document_desk import DocDesk, DocServices, DocSurroundings
from jdy_desktop.views.pages.document_form import DocForm, DocLine
from jdy_desktop.views.pages.document_hand import DocHand
from jdy_desktop.views.pages.document_head import DocHead
from jdy_desktop.views.pages.document_kinds import DocumentSpec
from jdy_desktop.views.pages.document_lines import (
    DocTable,
    document_columns,
    document_notes,
    is_paste_of_rows,
    price_title,
)
from jdy_desktop.views.pages.document_side import DocSide
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.widgets.base import STRETCH
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.flow import tool_row


class DocPage(EntryPage[DocForm, DocSurroundings]):
    """`document_saved(SavedDocument)`: stored; it stays on the screen unless 保存并新增 was pressed."""

    document_saved = Signal(object)

    desk: DocDesk
    table: DocTable
    head: DocHead
    hand: DocHand
    actions_: DocActions

    def __init__(self, spec: DocumentSpec, services: DocServices, frame: PageFrame) -> None:
        super().__init__(f"{spec.page_id}_page", frame)
        self.spec, self._services = spec, services
        self.info = services.account_sets.info()
        self.desk = DocDesk(spec, services, frame.runner, frame.clock, self)
        self.hand = DocHand(self, services.picker, frame.runner, frame.shell, frame.store)
        self.actions_ = DocActions(self, services.documents, frame.runner, frame.shell, frame.store, self.info)
        self._then_new = False
        self._build(prices_include_tax=services.documents.tax_rules().prices_include_tax)
        self.connect_entry()
        self._connect()
        self.bind_keys(
            (
                ("print", self.actions_.print_document),
                ("save_and_new", self.save_and_new),
                ("same_as_last", self.same_as_last),
                ("paste", self.hand.paste),
            )
        )
        self.desk.start()

    @property
    def parties(self) -> Parties:
        return self._services.parties

    @property
    def houses(self) -> tuple[WarehouseInfo, ...]:
        return self.desk.around.houses if self.desk.around else ()

    # ---- building
    def _build(self, *, prices_include_tax: bool) -> None:
        self.head = DocHead(self.spec, self._services.parties, self._runner, self._frame.clock.today())
        self.side = DocSide(self.spec, self._pictures, sees_cost=self._services.bought.may_see)
        self._model: LinesModel[DocLine] = LinesModel(
            document_columns(
                self.spec,
                self.picture_of,
                self.warehouse_of,
                lambda line: self.form.book_quantity(line),
                lambda _line: not self.is_read_only(),
                has_tax=self.info.computes_tax,
                prices_include_tax=prices_include_tax,
            ),
            id_of=lambda line: line.id,
            ghost="扫下一个商品，Ctrl+V 粘贴",
            ghost_key="goods",
            note=self.notes.of,
        )
        self.table = DocTable(self._model, self.spec, self._frame.store)
        owed = (self.side.owed_row,) if self.spec.has_money else ()
        self.lay_out(self.side, self._footer(), self._services.picker, folded=(*owed, self.side.save_button))
        self.head.scan.installEventFilter(self)
        self.guard((self.side.remark_field, *self.side.fields.values()))

    def _footer(self) -> QWidget:
        page = self.objectName()
        self.save_new_button = KeyButton("保存并新增", "save_and_new", icon="plus", name=f"{page}.save_new_button")
        self.review_button = KeyButton("审核", "review", icon="check", name=f"{page}.review_button")
        self.print_button = KeyButton("打印", "print", icon="print", name=f"{page}.print_button")
        self.return_button = KeyButton("退货", "return", icon="return", name=f"{page}.return_button")
        self.batch_button = KeyButton("仓库批量", icon="stock", name=f"{page}.batch_button")
        self.more_button = KeyButton("更多", icon="more", name=f"{page}.more_button")
        if not self.info.needs_review:
            self.review_button.hide()
        if self.actions_.return_kind is None:
            self.return_button.hide()
        if self.actions_.return_title:
            self.return_button.set_label(self.actions_.return_title)
        self.batch_button.hide()
        words, owed = "本次欠款" if self.spec.has_discount else "合计", self.side.owed if self.spec.has_money else None
        self.bar = FinishBar(words, owed, self.side.save_button, name=f"{page}.finish_bar")
        self.bar.pressed.connect(self.finish)
        return tool_row(
            self.save_new_button, self.review_button, self.print_button, self.return_button, self.batch_button,
            self.more_button, self._held, STRETCH, self._draft_part, self.bar, edge="top",
        )  # fmt: skip

    def _connect(self) -> None:
        desk, head, side, table, hand, actions = self.desk, self.head, self.side, self.table, self.hand, self.actions_
        desk.surroundings_changed.connect(self._on_surroundings)
        desk.saving_changed.connect(lambda _on: self._show_buttons())
        desk.saved.connect(self._on_saved)
        desk.draft_saved.connect(lambda _at: self._show_changed())
        desk.no_source.connect(self._on_no_source)
        self.scan.unknown.connect(self._on_unknown)
        head.party.chosen.connect(self._on_party)
        head.party.left.connect(self.focus_scan)
        head.warehouse.changed.connect(partial(self._set_head, "warehouse_id"))
        head.to_warehouse.changed.connect(partial(self._set_head, "to_warehouse_id"))
        head.category.changed.connect(lambda words: self._set_head("category", str(words)))
        head.same.clicked.connect(self.same_as_last)
        head.load.clicked.connect(lambda: desk.load_book(hand.load_book))
        head.previous.clicked.connect(lambda: actions.turn(-1))
        head.next.clicked.connect(lambda: actions.turn(+1))
        table.editor_opened.connect(self._on_editor)
        table.paste_wanted.connect(hand.paste)
        table.take_wanted.connect(hand.take_line)
        side.changed.connect(self._on_side)
        side.refused.connect(self._on_no_number)
        side.account.changed.connect(partial(self._set_head, "account_id"))
        side.remark_field.textEdited.connect(lambda text: self._set_head("remark", text.strip()))
        side.save_button.clicked.connect(self.finish)
        self.save_new_button.clicked.connect(self.save_and_new)
        self.review_button.clicked.connect(actions.review)
        self.print_button.clicked.connect(actions.print_document)
        self.return_button.clicked.connect(actions.begin_return)
        self.batch_button.clicked.connect(hand.choose_for_all)
        self.more_button.clicked.connect(actions.open_menu)
        self._runner.data_changed.connect(self._on_data_changed)

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

    def activated(self) -> None:
        self.desk.refresh_day()
        if not self.spec.is_count:
            self.desk.refresh_cards()
        self.focus_scan()

    @property
    def party_field(self) -> CustomerField:
        return self.head.party

    # ---- showing
    @Slot()
    def _on_surroundings(self) -> None:
        assert self.desk.around is not None
        self.head.set_warehouses(self.houses)
        self.side.set_accounts(self.desk.around.accounts)
        self.batch_button.setVisible(len(self.houses) > 1 and not self.spec.is_transfer)

    @Slot()
    def show_document(self) -> None:
        form = self.form
        self.notes.by_line = document_notes(form)
        self._show_price_title()
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
        self.tell_locked()
        self._show_buttons()
        self.show_goods()
        title = f"{self.spec.title} {form.number if form.document_id else ''}".strip()
        self.tab_title_changed.emit(title)
        self._show_changed()

    def _show_price_title(self) -> None:
        """A document made before 商品价格含税 was switched keeps its prices, and the title over them."""
        around, own = self.desk.around, self.form.prices_include_tax
        if not self.spec.has_money or around is None:
            return
        inclusive = around.rules.prices_include_tax if own is None else own
        self._model.set_title("price", price_title(self.spec, has_tax=self.info.computes_tax, inclusive=inclusive))

    def _show_changed(self) -> None:
        self.unsaved_changed.emit(self.desk.is_changed and not self.is_read_only())

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

    def show_goods(self) -> None:
        self.side.goods.show_line(self.form, self.form.line(self.current_id()))

    @property
    def may_add_goods(self) -> bool:
        """A return takes only what stands on its slip."""
        return super().may_add_goods and self.form.source_id is None

    # ---- head and side
    def _on_party(self, hit: CustomerHit | SupplierHit) -> None:
        self.untell()
        self.desk.set_party(hit)
        self.focus_scan()

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

    def take_fields(self) -> Stuck | None:
        stuck, other = super().take_fields(), self.side.take_all()
        return stuck or other

    def _on_no_number(self, problem: NumberProblem) -> None:
        self.show_document()
        self.tell("warn", PROBLEMS.get(problem, PROBLEMS[NumberProblem.NOT_A_NUMBER]))

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

    @Slot()
    def same_as_last(self) -> None:
        """照上一张: the lines of the last document of this party (goal B)."""
        if not self.is_read_only() and self.spec.source is None:
            self.desk.same_as_last(lambda: self.tell("info", "还没有上一张可以照。", sound=False))

    # ---- saving
    @Slot()
    def finish(self) -> None:
        """保存 F9: the stored document stays on the screen."""
        self._finish(then_new=False)

    @Slot()
    def save_and_new(self) -> None:
        """保存并新增: the next empty document follows."""
        self._finish(then_new=True)

    def _finish(self, *, then_new: bool) -> None:
        if not self.is_read_only():
            self._then_new = then_new
            self.save_in_turn()

    def _on_saved(self, saved: SavedDocument, _form: DocForm) -> None:
        self.document_saved.emit(saved)
        self.hand.last_line = 0
        worth = f"，¥{money(saved.settlement_amount)}" if self.spec.has_money else ""
        self._shell.toast(f"已保存 {saved.number}{worth}")
        if self._then_new:
            self.desk.new()
            self.focus_scan()
            self.let_scans_in()
        else:
            self.desk.open(saved.id, self.focus_scan, on_end=self.let_scans_in)

    def leads_to_field(self, error: BaseException, found: Troubles) -> bool:
        if isinstance(error, Stale):
            self.actions_.offer_fresh()
        elif found.field in ("supplier_id", "customer_id"):
            self.head.party.begin()
        else:
            return False
        return True

    # ---- from outside
    @Slot(object)
    def _on_data_changed(self, areas: frozenset[str]) -> None:
        if areas & {"settings", "account", "parties"}:
            self.desk.read_surroundings()
        # A count keeps the figure the clerk saw: saving tells when goods moved since then.
        if areas & {"stock", "goods"} and self.isVisible() and not self.spec.is_count:
            self.desk.refresh_cards()
