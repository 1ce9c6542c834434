"""客户 and 供应商: one list page, told by `PartyKind` whose list it is (M123, M124; manual 6.1.1 客户管理)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.book.payments import Party
from jdy_desktop.services.queries.parties import CustomerList, PartyFilter, SupplierList
from jdy_desktop.views.dialogs.party_dialog import PartyDialog
from jdy_desktop.views.figures import money
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pages.lists import make_current
from jdy_desktop.views.pages.parties_pane import PartyPane
from jdy_desktop.views.pages.party_actions import MoneyServices, PartyActions, PartyFacts
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, column, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import FilterCombo, SearchField
from jdy_desktop.views.widgets.flow import SideSplit, tool_row
from jdy_desktop.views.widgets.pager import Pager

_AREAS = {"parties", "documents", "payments"}


@dataclass(frozen=True, slots=True)
class PartyKind:
    """What differs between the two lists."""

    word: str
    name: str
    icon: str
    owed: str
    is_customer: bool
    rows: Callable[[Sequence[Any]], dict[int, Any]]
    ids: Callable[[PartyFilter], list[int]]
    load: Callable[[int], Any]
    save: Callable[[Any], Any]


def customer_kind(customers: CustomerList, parties: Parties) -> PartyKind:
    return PartyKind(
        "客户", "customers_page", "customer", "欠款", True,
        customers.rows, customers.ids, lambda i: parties.customer(i), parties.save_customer,  # type: ignore[arg-type]
    )  # fmt: skip


def supplier_kind(suppliers: SupplierList, parties: Parties) -> PartyKind:
    return PartyKind(
        "供应商", "suppliers_page", "supplier", "应付", False,
        suppliers.rows, suppliers.ids, lambda i: parties.supplier(i), parties.save_supplier,  # type: ignore[arg-type]
    )  # fmt: skip


def _columns(kind: PartyKind) -> list[Column[Any]]:
    grade: list[Column[Any]] = (
        [Column("grade", "客户等级", lambda r: label(r.grade), width=110)] if kind.is_customer else []
    )
    return [
        Column("name", f"{kind.word}名称", lambda r: r.name, width=200, kind="strong"),
        *grade,
        Column("phone", "电话", lambda r: r.phone, width=130),
        Column("contact", "联系人", lambda r: r.contact, width=100),
        Column("balance", kind.owed, lambda r: money(r.balance), width=120, kind="number", bold=True),
        Column("remark", "备注", lambda r: r.remark, width=110, stretch=True),
        Column("address", "地址", lambda r: r.address, width=220, hidden=True),
        Column("state", "状态", lambda r: "在用" if r.is_active else "停用", width=64, kind="hint"),
    ]


class PartiesPage(QWidget):
    """The list, and at the right the current party with its open bills. Ctrl+R collects, Ctrl+B shows the statement."""

    def __init__(self, kind: PartyKind, money_services: MoneyServices, *, frame: PageFrame) -> None:
        super().__init__()
        self.setObjectName(kind.name)
        self._kind, self._runner, self._shell = kind, frame.runner, frame.shell
        self._wanted: int | None = None
        self.actions_ = PartyActions(self, money_services, runner=frame.runner, shell=frame.shell, store=frame.store)
        self._model: PagedTableModel[Any] = PagedTableModel(_columns(kind), kind.rows)
        self.table = DataTable(self._model, name=f"{kind.name}.table", store=frame.store, label=kind.word)
        self._pager = Pager(name=f"{kind.name}.pager", unit=f"个{kind.word}")
        self._feed = Feed(frame.runner, self._model, ids=kind.ids, areas=_AREAS, pager=self._pager, parent=self)
        self.pane = PartyPane(kind.name, is_customer=kind.is_customer, word=kind.word, icon=kind.icon)
        layout = column(self._tools(), SideSplit(self.table, self.pane), self._pager, spacing=0, parent=self)
        layout.setStretch(1, 1)
        self._connect()
        self.reload()

    def _connect(self) -> None:
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(self._shell.tell_error)
        self._runner.data_changed.connect(self._on_data_changed)
        self.table.row_activated.connect(self.edit)
        self.table.current_changed.connect(self._load_pane)
        self.pane.acted.connect(self._on_acted)
        self.pane.bill_opened.connect(self.actions_.open_bill)
        self.pane.slip_wanted.connect(self.actions_.print_slip)
        for action, slot in (
            ("new", self.add),
            ("refresh", self.reload),
            ("search", self.search.setFocus),
            ("receive", lambda: self._on_acted("receive")),
            ("statement", lambda: self._on_acted("statement")),
        ):
            KeyShortcut(action, self, slot)

    def open_with(self, *, party_id: int | None = None, text: str | None = None) -> None:
        """Make this party the current one (all filters off), or search for a text."""
        if party_id is None and text is None:
            return
        self._wanted = party_id
        self._clear()
        if text:
            self.search.setText(text)
            self.reload()

    def _party(self) -> Party | None:
        """The current one; without one, the first of the list: a search that found what was meant needs no arrow key."""
        current = self.table.current_id()
        if current is None and self._model.ids:
            current = self._model.ids[0]
        if not isinstance(current, int):
            return None
        return Party("customer" if self._kind.is_customer else "supplier", current)

    @Slot()
    def _load_pane(self) -> None:
        party = self._party()
        if party is None:
            self.pane.show_none()
            return

        def done(facts: PartyFacts) -> None:
            if party == self._party():
                self.pane.show_party(facts.detail, facts.opened, facts.opening_debt, self.actions_.today)

        # Gone meanwhile: the list reads itself again and takes the row away.
        self._runner.submit(
            lambda _job: self.actions_.facts(party),
            owner=self, key="pane", on_done=done, on_error=lambda _error: self.pane.show_none(),
        )  # fmt: skip

    @Slot(object)
    def _on_data_changed(self, areas: frozenset[str]) -> None:
        if areas & _AREAS:
            self._load_pane()

    @Slot(str)
    def _on_acted(self, what: str) -> None:
        party = self._party()
        if party is None:
            return
        if what == "edit":
            self.edit(party.id)
        elif what == "payments":
            self._shell.open_page("payments", party_id=party.id, side=party.kind)
        elif what == "toggle":
            if self.pane.detail is not None and self.pane.detail.id == party.id:
                self.actions_.toggle(party, self.pane.detail)
        else:
            acts = {
                "receive": self.actions_.collect, "statement": self.actions_.show_statement,
                "opening": self.actions_.set_opening_debt, "advance": self.actions_.use_advances,
            }  # fmt: skip
            acts[what](party)

    def _tools(self) -> QWidget:
        name = self._kind.name
        self.search = sized(SearchField("名称、拼音首字母或电话", name=f"{name}.search_field"), width=248)
        self.search.searched.connect(lambda _text: self.reload())
        grades: list[tuple[str, Any]] = [("全部", None), *((label(g), g) for g in PriceGrade)]
        self.grade = FilterCombo("客户等级", grades, name=f"{name}.grade_combo")
        self.grade.changed.connect(lambda _g: self.reload())
        self.owing = FilterCombo(
            self._kind.owed, [("全部", False), (f"有{self._kind.owed}", True)], name=f"{name}.owing_combo"
        )
        self.owing.changed.connect(lambda _o: self.reload())
        self.inactive = FilterCombo("停用", [("不显示", False), ("显示", True)], name=f"{name}.inactive_combo")
        self.inactive.changed.connect(lambda _i: self.reload())
        add = KeyButton("新增", "new", kind="primary", icon="plus", name=f"{name}.new_button")
        add.clicked.connect(self.add)
        edit = KeyButton("编辑", "edit", icon="edit", name=f"{name}.edit_button")
        edit.clicked.connect(lambda: self.edit(self.table.current_id()))
        columns = KeyButton("列设置", icon="columns", kind="quiet", name=f"{name}.columns_button")
        columns.clicked.connect(self.table.open_columns_dialog)
        parts = (self.search, self.grade, self.owing, self.inactive, STRETCH, add, edit, columns)
        tools = tool_row(*parts, edge="bottom")
        # Not before: shown without a parent, it would be a window of its own for a moment.
        self.grade.setVisible(self._kind.is_customer)
        return tools

    @Slot()
    def reload(self) -> None:
        self._feed.show(
            PartyFilter(
                text=self.search.text().strip(),
                # A combo box hands a word back as plain text.
                grade=PriceGrade(self.grade.value()) if self.grade.value() else None,
                owes_only=bool(self.owing.value()),
                with_inactive=bool(self.inactive.value()),
            )
        )

    def _on_loaded(self, ids: list[int], _extra: Any) -> None:
        kind = self._kind
        if make_current(self._wanted, self._feed, self._pager, self.table):
            self._wanted = None
        self._load_pane()
        if ids:
            self.table.set_empty(None)
        elif self._feed.filter != PartyFilter():
            clear = KeyButton("清除筛选", "clear_filter", name=f"{kind.name}.clear_button")
            clear.clicked.connect(self._clear)
            self.table.set_empty(
                EmptyState("search", f"没有找到{kind.word}", "换个词，或清除筛选。", [clear], esc=clear)
            )
        else:
            add = KeyButton("新增", "new", kind="primary", icon="plus", size="large", name=f"{kind.name}.first_button")
            add.clicked.connect(self.add)
            self.table.set_empty(EmptyState(kind.icon, f"还没有{kind.word}", "新增一个，单据里就能选。", [add]))

    def _clear(self) -> None:
        self.search.clear()
        for combo in (self.grade, self.owing, self.inactive):
            combo.setCurrentIndex(0)
        self.reload()

    @Slot()
    def add(self) -> None:
        self._open(None)

    def edit(self, party_id: Any) -> None:
        """Load the record first: what stands in the list may be older."""
        if party_id is not None:
            self._runner.submit(
                lambda _job: self._kind.load(party_id), owner=self, on_done=self._open, on_error=self._shell.tell_error
            )

    def _open(self, detail: Any) -> None:
        dialog = PartyDialog(
            self,
            customer=self._kind.is_customer,
            detail=detail,
            save=self._kind.save,
            runner=self._runner,
            tell_error=self._shell.tell_error,
        )
        dialog.saved.connect(lambda _id: self._shell.toast(f"{self._kind.word}已保存"))
        dialog.open()
