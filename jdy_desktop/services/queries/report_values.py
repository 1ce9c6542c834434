"""What reports are made of: frozen rows, and the request for the documents behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum

from jdy_desktop.models.ids import DocumentId, PreOrderId
from jdy_desktop.models.rules.periods import Period
from jdy_desktop.models.rules.rounding import ZERO, ratio, round_half_up
from jdy_desktop.models.states import DocumentKind


class Way(StrEnum):
    """How a sale is paid (W47): into an account of ours, at 1688, not yet at 1688, not yet at all."""

    ACCOUNT = "account"
    CHANNEL_PAID = "channel_paid"
    CHANNEL_WAITING = "channel_waiting"
    OWED = "owed"


class Measure(Enum):
    """Which amount of a document a figure adds up."""

    SETTLEMENT = "settlement"
    GOODS = "goods"
    PROFIT = "profit"
    WAY = "way"
    CASH = "cash"
    DEBT = "debt"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Behind:
    """The documents a figure is made of: those of `period` that fit all other fields; None = any."""

    measure: Measure
    period: Period
    title: str = ""
    way: Way | None = None
    account_id: int | None = None
    hour: int | None = None
    product_id: int | None = None
    sku_id: int | None = None
    customer_id: int | None = None
    supplier_id: int | None = None
    bucket: int | None = None
    due_day: date | None = None
    #: 0: sales without a shop, at the counter only
    shop_id: int | None = None


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One document with its share of the figure. `kind` None: a receipt or a payment (`id` is the payment's).

    `is_receipt`: of a customer, where the kind does not say so."""

    id: int
    kind: DocumentKind | None
    number: str
    day: date
    party: str
    amount: Decimal
    is_receipt: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class SaleFact:
    """One sale or return of a period. All amounts signed: a return is minus. `cost` in yuan with 4 places.

    `goods`: after all discounts, freight not in it. `rest`: settlement less what was paid into an account."""

    id: DocumentId
    kind: DocumentKind
    number: str
    day: date
    created_at: datetime
    hour: int
    customer_id: int | None
    customer: str
    settlement: Decimal
    goods: Decimal
    tax: Decimal
    pieces: Decimal
    cost: Decimal
    paid: Decimal
    account_id: int | None
    rest_way: Way

    @property
    def rest(self) -> Decimal:
        return self.settlement - self.paid

    @property
    def profit(self) -> Decimal:
        return profit_of(self.goods, self.tax, self.cost)


def profit_of(goods: Decimal, tax: Decimal, cost: Decimal) -> Decimal:
    """毛利, yuan, 2 places: goods after discounts, less tax, less what they cost; rounded once, here."""
    return round_half_up(goods - tax - cost, 2)


def margin_of(goods: Decimal, tax: Decimal, profit: Decimal) -> Decimal | None:
    """毛利率 in percent, one place; None without revenue."""
    revenue = goods - tax
    return round_half_up(ratio(profit * 100, revenue), 1) if revenue else None


@dataclass(frozen=True, slots=True)
class SalesRow:
    """Sales of one SKU, customer or day. Returns are taken off. `amount` is 优惠后金额, freight not in it.

    `cost` None: who works now may not see it."""

    id: int
    code: str
    name: str
    group: str
    day: date | None
    count: int
    quantity: Decimal
    amount: Decimal
    tax: Decimal
    cost: Decimal | None
    product_id: int | None = None
    picture: str = ""

    @property
    def profit(self) -> Decimal | None:
        return None if self.cost is None else profit_of(self.amount, self.tax, self.cost)

    @property
    def margin(self) -> Decimal | None:
        return None if self.profit is None else margin_of(self.amount, self.tax, self.profit)


@dataclass(frozen=True, slots=True)
class SalesSums:
    count: int = 0
    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    cost: Decimal | None = None
    profit: Decimal | None = None


def sums_of(rows: Sequence[SalesRow]) -> SalesSums:
    """The foot of a list: its profit is worked out of the exact sums, not of rounded rows."""
    quantity = sum((row.quantity for row in rows), ZERO)
    amount, tax = (sum((getattr(row, name) for row in rows), ZERO) for name in ("amount", "tax"))
    costs = [row.cost for row in rows if row.cost is not None]
    cost = sum(costs, ZERO) if len(costs) == len(rows) else None
    profit = None if cost is None else profit_of(amount, tax, cost)
    return SalesSums(sum(row.count for row in rows), quantity, amount, cost, profit)


@dataclass(frozen=True, slots=True)
class StockValueRow:
    sku_id: int
    code: str
    name: str
    category: str
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class DebtRow:
    """What one party owes us (a customer), or we owe it (a supplier), by age; `advance`: paid before it was owed."""

    party_id: int
    name: str
    is_customer: bool
    buckets: tuple[Decimal, Decimal, Decimal, Decimal]
    advance: Decimal = ZERO
    oldest: date | None = None

    @property
    def total(self) -> Decimal:
        return sum(self.buckets, ZERO)


@dataclass(frozen=True, slots=True)
class DueRow:
    """A paid pre-order whose money has not reached us for certain; `due` at the latest (M143, M144)."""

    pre_order_id: PreOrderId
    sale_id: DocumentId
    number: str
    customer: str
    shop: str
    paid_on: date
    due: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class WayLine:
    """One line of 收款方式. `name` is the account's, "" for the other ways."""

    way: Way
    account_id: int | None
    name: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AccountFlow:
    """What went through one account on a day, all documents, receipts and payments."""

    account_id: int | None
    name: str
    sales: Decimal = ZERO
    returns: Decimal = ZERO
    purchases: Decimal = ZERO
    receipts: Decimal = ZERO
    payments: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        return self.sales + self.returns + self.purchases + self.receipts + self.payments


@dataclass(frozen=True, slots=True)
class CashCount:
    """点钱交班: `start` lay in the drawer in the morning, `counted` in the evening."""

    start: Decimal
    counted: Decimal
    expected: Decimal
    operator: str = ""
    remark: str = ""
    at: datetime | None = None

    @property
    def difference(self) -> Decimal:
        return self.counted - self.expected


@dataclass(frozen=True, slots=True)
class DayReport:
    """日报 of one day. `week`: the seven days up to it. `usual`: average of the six before, None when all were 0.

    With a `shop_id` the sales and the money due are those of that shop (0: without a shop); the drawer is one for all,
    and `flows`, which belong to no shop, are left out."""

    day: date
    count: int
    pieces: Decimal
    sales: Decimal
    goods: Decimal
    tax: Decimal
    cost: Decimal | None
    usual: Decimal | None
    ways: tuple[WayLine, ...]
    flows: tuple[AccountFlow, ...]
    hours: tuple[tuple[int, Decimal], ...]
    week: tuple[tuple[date, Decimal], ...]
    best: tuple[SalesRow, ...]
    start_cash: Decimal
    cash_flow: AccountFlow
    counted: CashCount | None
    due_amount: Decimal
    due_count: int
    due_last: date | None
    returns: int = 0
    channel: bool = True
    shop_id: int | None = None
    shop: str = ""

    @property
    def profit(self) -> Decimal | None:
        return None if self.cost is None else profit_of(self.goods, self.tax, self.cost)

    @property
    def margin(self) -> Decimal | None:
        return None if self.profit is None else margin_of(self.goods, self.tax, self.profit)

    @property
    def expected_cash(self) -> Decimal:
        """What should lie in the drawer: in the morning, and what came in and went out since."""
        return self.start_cash + self.cash_flow.net
