"""What stands on paper, as plain values: built from a saved document and its code, painted by `views/printing.py`.

Amounts are texts with two places, quantities without useless decimals; nothing is counted here but pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Protocol

from jdy_desktop.models.states import DocumentKind, Logistics, PayState
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.paper import form_kinds
from jdy_desktop.services.paper.form_kinds import FormKind
from jdy_desktop.services.paper.qr import Matrix, make_qr

# China has no daylight saving: the stall's wall clock needs no time-zone database.
_SHANGHAI = timezone(timedelta(hours=8))
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


@dataclass(frozen=True, slots=True)
class PrintableCode:
    """The code of a pre-order on paper. `reprint`: 0 the first time, else how often before (补打 n)."""

    matrix: Matrix
    address: str
    number: str
    shop: str
    sale_number: str
    amount: str
    pay_until: str
    reprint: int = 0
    is_scanned: bool = False


@dataclass(frozen=True, slots=True)
class PrintableLine:
    """`name` of the goods, `variant` its attributes; price per piece as the buyer pays it."""

    code: str
    name: str
    variant: str
    unit: str
    quantity: str
    price: str
    amount: str
    remark: str = ""
    warehouse: str = ""
    #: of a count only: what the book said, and counted less book (a plus is written)
    book: str = ""
    difference: str = ""


@dataclass(frozen=True, slots=True)
class PrintableSale:
    """A document on paper, of the kind `form`. `customer` is its party, be it a supplier.

    `debt` is what the party owed before (a supplier: what we owed); "" leaves it out. `code` None: no pre-order.
    `paid`, `unpaid`, `in_all`: 本次付款, 本次欠款, 累计欠款; "" where nothing is paid. `place`: the one warehouse of all
    lines, from → to for a transfer; "" when they differ. `tax`: contained in the amount, "" without.
    """

    company: str
    title: str
    number: str
    day: str
    moment: str
    customer: str
    grade: str
    lines: tuple[PrintableLine, ...]
    pieces: str
    goods_amount: str
    discount: str
    after_discount: str
    freight: str
    logistics: str
    amount: str
    amount_words: str
    operator: str
    debt: str = ""
    remark: str = ""
    code: PrintableCode | None = None
    reprint: int = 0
    #: 欠款单 only: what is open of this bill, and what the customer owes in all; "" on other papers.
    owed_now: str = ""
    owed_in_all: str = ""
    form: FormKind = form_kinds.SALE
    category: str = ""
    place: str = ""
    tax: str = ""
    paid: str = ""
    account: str = ""
    unpaid: str = ""
    in_all: str = ""
    reviewer: str = ""


class CodeFacts(Protocol):
    """What is read of `channel.pre_order_values.CodeView`. Paper knows no other wing."""

    @property
    def url(self) -> str: ...

    @property
    def number(self) -> str: ...

    @property
    def shop(self) -> str: ...

    @property
    def sale_number(self) -> str: ...

    @property
    def amount(self) -> Decimal: ...

    @property
    def expires_at(self) -> datetime | None: ...

    @property
    def pay_state(self) -> PayState: ...

    @property
    def code_problem(self) -> str: ...


class LineFacts(Protocol):
    """What is read of a line of `book.document_values.LineView`."""

    @property
    def sku_code(self) -> str: ...

    @property
    def product_name(self) -> str: ...

    @property
    def sku_name(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def quantity(self) -> Decimal: ...

    @property
    def gross_price(self) -> Decimal: ...

    @property
    def gross_amount(self) -> Decimal: ...

    @property
    def tax_amount(self) -> Decimal: ...

    @property
    def remark(self) -> str: ...

    @property
    def warehouse(self) -> str: ...

    @property
    def book_quantity(self) -> Decimal | None: ...


class SaleFacts(Protocol):
    """What is read of `book.document_values.DocumentView`."""

    @property
    def kind(self) -> DocumentKind: ...

    @property
    def number(self) -> str: ...

    @property
    def day(self) -> date: ...

    @property
    def created_at(self) -> datetime: ...

    @property
    def customer(self) -> str: ...

    @property
    def supplier(self) -> str: ...

    @property
    def lines(self) -> Sequence[LineFacts]: ...

    @property
    def goods_amount(self) -> Decimal: ...

    @property
    def amount_after_discount(self) -> Decimal: ...

    @property
    def customer_freight(self) -> Decimal: ...

    @property
    def settlement_amount(self) -> Decimal: ...

    @property
    def logistics(self) -> Logistics | None: ...

    @property
    def balance(self) -> Decimal: ...

    @property
    def open_amount(self) -> Decimal: ...

    @property
    def operator(self) -> str: ...

    @property
    def reviewer(self) -> str: ...

    @property
    def category(self) -> str: ...

    @property
    def to_warehouse(self) -> str: ...

    @property
    def paid_amount(self) -> Decimal: ...

    @property
    def owed_amount(self) -> Decimal: ...

    @property
    def account(self) -> str: ...

    @property
    def remark(self) -> str: ...

    @property
    def print_count(self) -> int: ...


def printable_code(view: CodeFacts, *, reprint: int = 0) -> PrintableCode:
    """The code of an uploaded pre-order. Raises LocalError(qr_address, qr_unreadable), UserError when it may not be shown.

    A scanned one may be printed again (the same buyer pays), a paid or expired one not."""
    if view.code_problem:
        raise UserError("code_not_printable", reason=view.code_problem)
    return PrintableCode(
        matrix=make_qr(view.url).matrix,
        address=view.url,
        number=view.number,
        shop=view.shop,
        sale_number=view.sale_number,
        amount=money(view.amount),
        pay_until=minute(view.expires_at),
        reprint=reprint,
        is_scanned=view.pay_state is PayState.SCANNED,
    )


def printable_sale(
    document: SaleFacts,
    company: str,
    *,
    code: PrintableCode | None = None,
    grade: str = "",
    title: str = "销货单",
    owed: Decimal | None = None,
) -> PrintableSale:
    """A saved document of any kind. `document.print_count` > 0 makes it a 补打; `grade` stands behind the customer.

    `owed`: what is still open of it, for a 欠款单 that the customer signs (W31)."""
    form = form_kinds.form_of(document.kind)
    in_all = form.sign * document.balance
    before = in_all - (document.open_amount if owed is None else owed)
    has_debt = bool(form.pay) and owed is None
    tax = sum((line.tax_amount for line in document.lines), Decimal(0))
    return PrintableSale(
        company=company,
        title=title,
        number=document.number,
        day=f"{document.day:%Y-%m-%d}",
        moment=minute(document.created_at),
        customer=document.customer or document.supplier,
        grade=grade,
        lines=tuple(_line(line, document.to_warehouse) for line in document.lines),
        pieces=plain(sum((line.quantity for line in document.lines), Decimal(0))),
        goods_amount=money(document.goods_amount),
        discount=money(document.goods_amount - document.amount_after_discount),
        after_discount=money(document.amount_after_discount),
        freight=money(document.customer_freight),
        logistics={Logistics.EXPRESS: "快递", Logistics.SELF_PICKUP: "自提"}.get(document.logistics, "")
        if document.logistics
        else "",
        amount=money(document.settlement_amount),
        amount_words=in_words(document.settlement_amount),
        operator=document.operator,
        debt=money(before),
        remark=document.remark,
        code=code,
        reprint=document.print_count if owed is None else 0,
        owed_now="" if owed is None else money(owed),
        owed_in_all="" if owed is None else money(in_all),
        form=form,
        category=document.category,
        place=_place(document),
        tax=money(tax) if tax else "",
        paid=money(document.paid_amount) if has_debt else "",
        account=document.account if has_debt and document.paid_amount else "",
        unpaid=money(document.owed_amount) if has_debt else "",
        in_all=money(in_all) if has_debt else "",
        reviewer=document.reviewer,
    )


def _line(line: LineFacts, to_warehouse: str = "") -> PrintableLine:
    """Price and amount with tax, after the line's discount: what stands on paper adds up to the total."""
    return PrintableLine(
        code=line.sku_code,
        name=line.product_name,
        variant=line.sku_name,
        unit=line.unit,
        quantity=plain(line.quantity),
        price=money(line.gross_price),
        amount=money(line.gross_amount),
        remark=line.remark,
        warehouse=f"{line.warehouse} → {to_warehouse}" if to_warehouse else line.warehouse,
        book="" if line.book_quantity is None else plain(line.book_quantity),
        difference="" if line.book_quantity is None else _signed(line.quantity - line.book_quantity),
    )


def _signed(difference: Decimal) -> str:
    return f"{'+' if difference > 0 else ''}{plain(difference)}"


def _place(document: SaleFacts) -> str:
    """The warehouse of all lines, from → to; "" when the lines are of several."""
    names = {line.warehouse for line in document.lines}
    if len(names) != 1:
        return ""
    return f"{names.pop()} → {document.to_warehouse}" if document.to_warehouse else names.pop()


def pages(lines: Iterable[PrintableLine], per_page: int) -> tuple[tuple[PrintableLine, ...], ...]:
    """Lines by page; a sale without lines still has one page."""
    rows = tuple(lines)
    return tuple(rows[at : at + per_page] for at in range(0, len(rows), per_page)) or ((),)


def money(value: Decimal) -> str:
    """Two places, no thousands commas (look §7)."""
    return f"{value:.2f}"


def plain(value: Decimal) -> str:
    """A quantity without useless decimals: 16, 2.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def minute(moment: datetime | None) -> str:
    """2019-03-27 21:00 as the clock on the stall's wall shows it."""
    return f"{moment.astimezone(_SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""


def in_words(amount: Decimal) -> str:
    """金额大写: 890.88 is 捌佰玖拾元捌角捌分, 24800 is 贰万肆仟捌佰元整."""
    cents = int((abs(amount) * 100).to_integral_value())
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    text = ("负" if amount < 0 else "") + (f"{_whole_words(yuan)}元" if yuan or not rest else "")
    if not rest:
        return text + "整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif yuan:
        text += "零"
    return text + (f"{_DIGITS[fen]}分" if fen else "整")


def _whole_words(number: int) -> str:
    if number == 0:
        return "零"
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    needs_zero = False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if group == 0:
            needs_zero = bool(text)
            continue
        if text and (needs_zero or group < 1000):
            text += "零"
        text += _group_words(group) + _GROUPS[place]
        needs_zero = False
    return text


def _group_words(group: int) -> str:
    text = ""
    skipped = False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit == 0:
            skipped = bool(text)
            continue
        text += ("零" if skipped else "") + _DIGITS[digit] + _PLACES[place]
        skipped = False
    return text
