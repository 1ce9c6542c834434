"""对账单 as plain texts, for paper and picture. Painted by `views/print_statement.py` (features W30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.paper.forms import in_words, money

#: what a row is, as on the screen; a payment has no kind.
KIND_WORDS = {
    DocumentKind.SALE: "销货单",
    DocumentKind.SALE_RETURN: "销货退货单",
    DocumentKind.PURCHASE: "购货单",
    DocumentKind.PURCHASE_RETURN: "购货退货单",
    DocumentKind.OPENING_DEBT: "期初欠款",
}


class RowFacts(Protocol):
    """What is read of a row of `queries.statements.Statement`."""

    @property
    def day(self) -> date: ...

    @property
    def kind(self) -> DocumentKind | None: ...

    @property
    def number(self) -> str: ...

    @property
    def remark(self) -> str: ...

    @property
    def account(self) -> str: ...

    @property
    def added(self) -> Decimal: ...

    @property
    def paid(self) -> Decimal: ...

    @property
    def balance(self) -> Decimal: ...


class StatementFacts(Protocol):
    """What is read of `queries.statements.Statement`."""

    @property
    def side(self) -> str: ...

    @property
    def party(self) -> str: ...

    @property
    def phone(self) -> str: ...

    @property
    def company(self) -> str: ...

    @property
    def first_day(self) -> date: ...

    @property
    def last_day(self) -> date: ...

    @property
    def opening(self) -> Decimal: ...

    @property
    def rows(self) -> Sequence[RowFacts]: ...

    @property
    def added(self) -> Decimal: ...

    @property
    def paid(self) -> Decimal: ...

    @property
    def closing(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class PrintableRow:
    """A line of the table; an amount of 0 is left empty."""

    day: str
    kind: str
    number: str
    remark: str
    added: str
    paid: str
    balance: str


@dataclass(frozen=True, slots=True)
class PrintableStatement:
    """`titles`: the seven columns. `closing_word`: 期末欠款, or 期末预收 when the party has paid more than it owes."""

    company: str
    title: str
    party: str
    phone: str
    period: str
    titles: tuple[str, ...]
    opening: str
    rows: tuple[PrintableRow, ...]
    added: str
    paid: str
    closing: str
    closing_word: str
    closing_words: str
    sign_here: str
    number: str


def printable_statement(statement: StatementFacts) -> PrintableStatement:
    """Nothing is counted here; what a row means stands in the words of its column."""
    is_customer = statement.side == "customer"
    advance = "预收" if is_customer else "预付"
    closing = statement.closing
    return PrintableStatement(
        company=statement.company,
        title="客户对账单" if is_customer else "供应商对账单",
        party=statement.party,
        phone=statement.phone,
        period=f"{statement.first_day:%Y-%m-%d} 至 {statement.last_day:%Y-%m-%d}",
        titles=column_titles(statement.side),
        opening=money(statement.opening),
        rows=tuple(_row(row, statement.side) for row in statement.rows),
        added=money(statement.added),
        paid=money(statement.paid),
        closing=money(abs(closing)),
        closing_word=f"期末{advance}" if closing < 0 else "期末欠款" if is_customer else "期末应付",
        closing_words=in_words(abs(closing)),
        sign_here="客户签字" if is_customer else "供应商签字",
        number=f"对账单-{statement.party}-{statement.last_day:%Y%m%d}",
    )


def column_titles(side: str) -> tuple[str, ...]:
    """Heads of the table: the fifth raises what is owed, the sixth lowers it."""
    added, paid = ("应收增加", "收款") if side == "customer" else ("应付增加", "付款")
    return ("日期", "单据", "单号", "备注", added, paid, "欠款余额" if side == "customer" else "应付余额")


def kind_word(row: RowFacts, side: str) -> str:
    """收款单 or 付款单 where there is no document behind the row."""
    if row.kind is None:
        return "收款单" if side == "customer" else "付款单"
    return KIND_WORDS.get(row.kind, "单据")


def remark_of(row: RowFacts) -> str:
    """What was written, and into which account the money went."""
    # What a buyer paid at 1688 is in the account 1688, and its remark says so already.
    account = row.account if row.paid and not row.remark.startswith(row.account) else ""
    return " · ".join(part for part in (account, row.remark) if part)


def _row(row: RowFacts, side: str) -> PrintableRow:
    return PrintableRow(
        day=f"{row.day:%Y-%m-%d}",
        kind=kind_word(row, side),
        number=row.number,
        remark=remark_of(row),
        added=money(row.added) if row.added else "",
        paid=money(row.paid) if row.paid else "",
        balance=money(row.balance),
    )
