"""The documents behind a figure, with their sum: Enter opens one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.rounding import ZERO, to_amount
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.queries.report_values import BehindRow
from jdy_desktop.views.figures import grouped
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import Text
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame


def kind_word(row: BehindRow) -> str:
    if row.kind is not None:
        return label(row.kind)
    return "收款单" if row.is_receipt else "付款单"


def _amount(row: BehindRow) -> str:
    return grouped(to_amount(row.amount))


COLUMNS: list[Column[BehindRow]] = [
    Column("day", "日期", lambda r: r.day.isoformat(), width=104),
    Column("kind", "单据", kind_word, width=104),
    Column("number", "单号", lambda r: r.number, width=156, kind="strong"),
    Column("party", "客户或供应商", lambda r: r.party, width=160, stretch=True),
    Column("amount", "金额", _amount, width=124, kind="money", tone=lambda r: "bad" if r.amount < 0 else None),
]


class BehindDialog(DialogFrame):
    """``BehindDialog(page, "现金", rows, shell, store).open()``."""

    def __init__(
        self, host: QWidget, title: str, rows: tuple[BehindRow, ...], shell: Shell, store: SettingsStore
    ) -> None:
        total = to_amount(sum((row.amount for row in rows), ZERO))
        super().__init__(
            host, title, width=760, height=520, padding=0, name="behind_dialog", subtitle=f"{len(rows)} 张单据"
        )
        self._rows, self._shell = rows, shell
        model: LinesModel[BehindRow] = LinesModel(COLUMNS, id_of=lambda row: (row.kind, row.id), number=False)
        model.set_rows(rows)
        self.table = DataTable(model, name="behind_dialog.table", store=store, label=f"{title} 单据")
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.table, 1)
        self.table.row_activated.connect(self._open)
        self.sum = Text(f"合计 ¥{total:,.2f}", "strong")
        self.sum.setObjectName("behind_dialog.sum")
        self.add_left(self.sum)
        self.add_button(KeyButton("关闭", "cancel", name="behind_dialog.close_button2"), self.reject)
        self.open_button = KeyButton("打开单据", "ok", kind="primary", name="behind_dialog.open_button")
        self.add_button(self.open_button, self._open_current, default=True)
        if rows:
            self.table.select_id((rows[0].kind, rows[0].id))
        else:
            self.open_button.set_blocked("没有单据")

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self._rows), ZERO)

    def _open_current(self) -> None:
        current = self.table.current_id()
        if current is not None:
            self._open(current)

    def _open(self, row_id: Any) -> None:
        row = next((one for one in self._rows if (one.kind, one.id) == row_id), None)
        if row is None:
            return
        self.accept()
        open_document(self._shell, row.kind, row.id, is_receipt=row.is_receipt, party=row.party)


def open_document(
    shell: Shell, kind: DocumentKind | None, id: int, *, is_receipt: bool = False, party: str = ""
) -> None:
    """The page that shows a document of this kind; `kind` None: a receipt or payment."""
    if kind is None:
        shell.open_page("payments", payment_id=id, side="customer" if is_receipt else "supplier")
    elif kind is DocumentKind.OPENING:
        shell.open_page("opening")
    elif kind is DocumentKind.OPENING_DEBT:
        # No paper of its own: it stands on the card of the one who owes it.
        shell.open_page("customers" if is_receipt else "suppliers", text=party)
    else:
        shell.open_page(kind.value, document_id=id)
