"""客户 and 供应商: one list page, told by `PartyKind` whose list it is (M123, M124; manual 6.1.1 客户管理)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.queries.parties import CustomerList, CustomerRow, PartyFilter, SupplierList, SupplierRow
from jdy_desktop.views.dialogs.party_dialog import PartyDialog
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, Surface, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import FilterCombo, SearchField
from jdy_desktop.views.widgets.pager import Pager

Row = CustomerRow | SupplierRow


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
        Column("contact", "联系人", lambda r: r.contact, width=100),
        Column("phone", "电话", lambda r: r.phone, width=130),
        Column("address", "地址", lambda r: r.address, width=220, stretch=True),
        Column("remark", "备注", lambda r: r.remark, width=160),
        Column("balance", kind.owed, lambda r: f"{r.balance:.2f}", width=110, kind="number"),
        Column("state", "状态", lambda r: "在用" if r.is_active else "停用", width=64, kind="hint"),
    ]


class PartiesPage(QWidget):
    def __init__(self, kind: PartyKind, *, runner: JobRunner, shell: Shell, store: SettingsStore) -> None:
        super().__init__()
        self.setObjectName(kind.name)
        self._kind, self._runner, self._shell = kind, runner, shell
        self._model: PagedTableModel[Any] = PagedTableModel(_columns(kind), kind.rows)
        self.table = DataTable(self._model, name=f"{kind.name}.table", store=store, label=kind.word)
        self._pager = Pager(name=f"{kind.name}.pager", unit=f"个{kind.word}")
        self._pager.set_hints(["Enter 编辑", "Ctrl+C 复制所选行"])
        self._feed = Feed(runner, self._model, ids=kind.ids, areas={"parties"}, pager=self._pager, parent=self)
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(shell.tell_error)
        layout = column(self._tools(), self.table, self._pager, spacing=0, parent=self)
        layout.setStretch(1, 1)
        self.table.row_activated.connect(self.edit)
        KeyShortcut("new", self, self.add)
        KeyShortcut("refresh", self, self.reload)
        KeyShortcut("search", self, self.search.setFocus)
        self.reload()

    def _tools(self) -> QWidget:
        name = self._kind.name
        strip = Surface("page", edge="bottom", height=49)
        self.search = sized(SearchField("名称、拼音首字母或电话", name=f"{name}.search_field"), width=264)
        self.search.searched.connect(lambda _text: self.reload())
        grades: list[tuple[str, Any]] = [("全部", None), *((label(g), g) for g in PriceGrade)]
        self.grade = FilterCombo("客户等级", grades, name=f"{name}.grade_combo")
        self.grade.setVisible(self._kind.is_customer)
        self.grade.changed.connect(lambda _g: self.reload())
        self.owing = FilterCombo(self._kind.owed, [("全部", False), ("有", True)], name=f"{name}.owing_combo")
        self.owing.changed.connect(lambda _o: self.reload())
        self.inactive = FilterCombo("停用", [("不显示", False), ("显示", True)], name=f"{name}.inactive_combo")
        self.inactive.changed.connect(lambda _i: self.reload())
        add = KeyButton("新增", "new", kind="primary", icon="plus", name=f"{name}.new_button")
        add.clicked.connect(self.add)
        edit = KeyButton("编辑", "edit", icon="edit", name=f"{name}.edit_button")
        edit.clicked.connect(lambda: self.edit(self.table.current_id()))
        columns = KeyButton("列设置", icon="columns", kind="quiet", name=f"{name}.columns_button")
        columns.clicked.connect(self.table.open_columns_dialog)
        row(
            self.search, self.grade, self.owing, self.inactive, STRETCH, add, edit, columns,
            margins=(16, 0, 16, 0), parent=strip,
        )  # fmt: skip
        return strip

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
        if ids:
            self.table.set_empty(None)
        elif self._feed.filter != PartyFilter():
            clear = KeyButton("清除筛选", "clear_filter", name=f"{kind.name}.clear_button")
            clear.clicked.connect(self._clear)
            self.table.set_empty(EmptyState("search", f"没有找到{kind.word}", "换个词，或清除筛选。", [clear], esc=clear))
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
