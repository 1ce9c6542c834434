"""Which lists 报表 has: their columns, what their bars are, how bars narrow them, and what stands behind a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from jdy_desktop.models.rules.periods import Period, one_day
from jdy_desktop.models.rules.rounding import ZERO, to_amount
from jdy_desktop.models.rules.settling import AGE_BOUNDS
from jdy_desktop.services.queries.report_values import (
    Behind,
    DebtRow,
    DueRow,
    Measure,
    SalesRow,
    StockValueRow,
    sums_of,
)
from jdy_desktop.services.queries.reports import Reports
from jdy_desktop.views.figures import grouped, plain
from jdy_desktop.views.pages.report_parts import percent
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.widgets.plot import Bar

#: More bars than this cannot be told apart; the table lists all.
MOST_BARS = 16
_NO_CUSTOMER = "未选客户"
_NO_CATEGORY = "未分类"

Sums = list[tuple[str, str, str]]


@dataclass(frozen=True)
class ReportSpec:
    """One list. `load(reports, period)` runs on a worker; `key_of` says which bar a row belongs to (a set: several).

    `has_period` False: as things stand now. `plot`: what the bars are, with the unit. `needs_cost`: only for whom may see costs.
    """

    id: str
    title: str
    load: Callable[[Reports, Period], tuple[Any, ...]]
    columns: Sequence[Column[Any]]
    bars: Callable[[tuple[Any, ...]], list[Bar]]
    keys_of: Callable[[Any], frozenset[Any]]
    id_of: Callable[[Any], Any]
    behind: Callable[[Any, Period, Any], Behind | None]
    sums: Callable[[Sequence[Any]], Sums]
    plot: str
    nothing: str
    has_period: bool = True
    needs_cost: bool = False


def _cost(value: Decimal | None) -> str:
    return "" if value is None else grouped(to_amount(value))


def _loss(row: SalesRow) -> str | None:
    return "bad" if row.profit is not None and row.profit < 0 else None


def sales_columns(*first: Column[SalesRow]) -> list[Column[SalesRow]]:
    """What all lists of sales share, after the columns that say whose."""
    return [
        *first,
        Column("count", "单数", lambda r: str(r.count), width=64, kind="number"),
        Column("quantity", "数量", lambda r: plain(r.quantity), width=84, kind="number"),
        Column("amount", "金额", lambda r: grouped(r.amount), width=112, kind="money", bold=True),
        Column("cost", "成本", lambda r: _cost(r.cost), width=104, kind="money"),
        Column("profit", "毛利", lambda r: _cost(r.profit), width=104, kind="money", tone=_loss),
        Column("margin", "毛利率", lambda r: percent(r.margin), width=72, kind="number"),
    ]


def _sales_sums(rows: Sequence[SalesRow]) -> Sums:
    found = sums_of(rows)
    parts = [("数量", plain(found.quantity), ""), ("金额", grouped(found.amount), "")]
    if found.profit is not None:
        parts.append(("毛利", grouped(found.profit), "bad" if found.profit < 0 else ""))
    return parts


def _ranked(
    rows: Sequence[Any], key: Callable[[Any], Any], name: Callable[[Any], str], value: Callable[[Any], Decimal]
) -> list[Bar]:
    """The largest sums by key, largest first."""
    sums: dict[Any, Decimal] = {}
    names: dict[Any, str] = {}
    for row in rows:
        sums[key(row)] = sums.get(key(row), ZERO) + value(row)
        names.setdefault(key(row), name(row))
    best = sorted(sums, key=lambda one: -sums[one])[:MOST_BARS]
    return [Bar(one, names[one], to_amount(sums[one]), names[one]) for one in best]


# ---------------------------------------------------------------- goods
def _goods_behind(row: SalesRow, period: Period, _bar: Any) -> Behind:
    return Behind(Measure.GOODS, period, f"{row.code} {row.name}", sku_id=row.id)


GOODS = ReportSpec(
    id="goods",
    title="商品",
    load=lambda reports, period: reports.by_goods(period),
    columns=sales_columns(
        Column("code", "SKU代码", lambda r: r.code, width=140, kind="strong"),
        Column("name", "商品名称", lambda r: r.name, width=220, stretch=True),
    ),
    bars=lambda rows: _ranked(rows, lambda r: r.product_id, lambda r: r.group, lambda r: r.amount),
    keys_of=lambda r: frozenset([r.product_id]),
    id_of=lambda r: r.id,
    behind=_goods_behind,
    sums=_sales_sums,
    plot="卖得最多的商品",
    nothing="这段时间没有销售。",
)


# ---------------------------------------------------------------- customers
def _customer_behind(row: SalesRow, period: Period, _bar: Any) -> Behind:
    return Behind(Measure.GOODS, period, row.name or _NO_CUSTOMER, customer_id=row.id)


CUSTOMERS = ReportSpec(
    id="customers",
    title="客户",
    load=lambda reports, period: reports.by_customer(period),
    columns=sales_columns(
        Column("name", "客户", lambda r: r.name or _NO_CUSTOMER, width=220, kind="strong", stretch=True)
    ),
    bars=lambda rows: _ranked(rows, lambda r: r.id, lambda r: r.name or _NO_CUSTOMER, lambda r: r.amount),
    keys_of=lambda r: frozenset([r.id]),
    id_of=lambda r: r.id,
    behind=_customer_behind,
    sums=_sales_sums,
    plot="买得最多的客户",
    nothing="这段时间没有销售。",
)


# ---------------------------------------------------------------- days
def _day_behind(row: SalesRow, _period: Period, _bar: Any) -> Behind:
    assert row.day is not None
    return Behind(Measure.GOODS, one_day(row.day), row.name)


def _day_bars(rows: tuple[SalesRow, ...]) -> list[Bar]:
    """By day, or by month when there are more than two months of days."""
    sums: dict[str, Decimal] = {}
    by_month = len(rows) > 62
    for row in rows:
        key = row.name[:7] if by_month else row.name
        sums[key] = sums.get(key, ZERO) + row.amount
    return [Bar(key, key if by_month else f"{int(key[8:])}日", amount, key) for key, amount in sums.items()]


DAYS = ReportSpec(
    id="days",
    title="按天",
    load=lambda reports, period: reports.by_day(period),
    columns=sales_columns(Column("day", "日期", lambda r: r.name, width=160, kind="strong", stretch=True)),
    bars=_day_bars,
    keys_of=lambda r: frozenset([r.name, r.name[:7]]),
    id_of=lambda r: r.id,
    behind=_day_behind,
    sums=_sales_sums,
    plot="每天的销售",
    nothing="这段时间没有销售。",
)


# ---------------------------------------------------------------- stock
def _stock_sums(rows: Sequence[StockValueRow]) -> Sums:
    quantity, value = (sum((getattr(row, name) for row in rows), ZERO) for name in ("quantity", "value"))
    return [("数量", plain(quantity), ""), ("库存金额", grouped(to_amount(value)), "")]


STOCK = ReportSpec(
    id="stock",
    title="库存金额",
    load=lambda reports, _period: reports.stock_value(),
    columns=[
        Column("code", "SKU代码", lambda r: r.code, width=140, kind="strong"),
        Column("name", "商品名称", lambda r: r.name, width=240, stretch=True),
        Column("category", "商品类别", lambda r: r.category or _NO_CATEGORY, width=120),
        Column(
            "quantity",
            "库存",
            lambda r: plain(r.quantity),
            width=96,
            kind="number",
            tone=lambda r: "warn" if r.quantity < 0 else None,
        ),
        Column("value", "库存金额", lambda r: _cost(r.value), width=120, kind="money", bold=True),
    ],
    bars=lambda rows: _ranked(rows, lambda r: r.category, lambda r: r.category or _NO_CATEGORY, lambda r: r.value),
    keys_of=lambda r: frozenset([r.category]),
    id_of=lambda r: r.sku_id,
    behind=lambda _row, _period, _bar: None,
    sums=_stock_sums,
    plot="各类别的库存金额",
    nothing="还没有库存。",
    has_period=False,
    needs_cost=True,
)

# ---------------------------------------------------------------- debts
AGES = (
    f"{AGE_BOUNDS[0]} 天内",
    *(f"{low + 1}–{high} 天" for low, high in pairwise(AGE_BOUNDS)),
    f"{AGE_BOUNDS[-1]} 天以上",
)


def _age_column(place: int) -> Column[DebtRow]:
    tone = "bad" if place == len(AGES) - 1 else None
    return Column(
        f"age{place}",
        AGES[place],
        lambda r: grouped(r.buckets[place]) if r.buckets[place] else "",
        width=108,
        kind="money",
        tone=lambda _r: tone,
    )


def _debt_bars(rows: tuple[DebtRow, ...]) -> list[Bar]:
    return [Bar(place, AGES[place], sum((row.buckets[place] for row in rows), ZERO)) for place in range(len(AGES))]


def _debt_keys(row: DebtRow) -> frozenset[Any]:
    return frozenset(place for place, amount in enumerate(row.buckets) if amount)


def _debt_behind(row: DebtRow, period: Period, bar: Any) -> Behind:
    party: dict[str, Any] = {"customer_id": row.party_id} if row.is_customer else {"supplier_id": row.party_id}
    words = f"{row.name} {'' if bar is None else AGES[bar]}".strip()
    return Behind(Measure.DEBT, period, words, bucket=bar, **party)


def _debt_sums(rows: Sequence[DebtRow]) -> Sums:
    parts = [("欠款", grouped(sum((row.total for row in rows), ZERO)), "")]
    advance = sum((row.advance for row in rows), ZERO)
    return [*parts, ("预付", grouped(advance), "")] if advance else parts


def _debts(id: str, title: str, who: str, *, of_customers: bool) -> ReportSpec:
    return ReportSpec(
        id=id,
        title=title,
        load=lambda reports, _period: reports.debts(of_customers=of_customers),
        columns=[
            Column("name", who, lambda r: r.name, width=200, kind="strong", stretch=True),
            Column("oldest", "最早一笔", lambda r: r.oldest.isoformat() if r.oldest else "", width=104),
            *(_age_column(place) for place in range(len(AGES))),
            Column("total", "合计", lambda r: grouped(r.total), width=116, kind="money", bold=True),
            Column(
                "advance",
                "预收" if of_customers else "预付",
                lambda r: grouped(r.advance) if r.advance else "",
                width=100,
                kind="money",
            ),
        ],
        bars=_debt_bars,
        keys_of=_debt_keys,
        id_of=lambda r: r.party_id,
        behind=_debt_behind,
        sums=_debt_sums,
        plot="欠了多久",
        nothing="没有欠款。",
        has_period=False,
    )


CUSTOMER_DEBTS = _debts("debts", "客户欠款", "客户", of_customers=True)
SUPPLIER_DEBTS = _debts("supplier_debts", "欠供应商", "供应商", of_customers=False)


# ---------------------------------------------------------------- money due
def _due_bars(rows: tuple[DueRow, ...]) -> list[Bar]:
    sums: dict[date, Decimal] = {}
    for row in rows:
        sums[row.due] = sums.get(row.due, ZERO) + row.amount
    return [Bar(day, f"{day.month}-{day.day:02}", amount, day.isoformat()) for day, amount in sorted(sums.items())]


DUE = ReportSpec(
    id="due",
    title="到账",
    load=lambda reports, _period: reports.due(),
    columns=[
        Column("due", "最晚到账", lambda r: r.due.isoformat(), width=112, kind="strong"),
        Column("number", "原销售单号", lambda r: r.number, width=156),
        Column("customer", "客户", lambda r: r.customer, width=160, stretch=True),
        Column("shop", "店铺", lambda r: r.shop, width=160),
        Column("paid", "支付日期", lambda r: r.paid_on.isoformat(), width=112),
        Column("amount", "金额", lambda r: grouped(r.amount), width=116, kind="money", bold=True),
    ],
    bars=_due_bars,
    keys_of=lambda r: frozenset([r.due]),
    id_of=lambda r: r.pre_order_id,
    behind=lambda row, period, _bar: Behind(Measure.DUE, period, f"{row.due.isoformat()} 到账", due_day=row.due),
    sums=lambda rows: [("预计到账", grouped(sum((row.amount for row in rows), ZERO)), "")],
    plot="每天最晚到账的钱（按支付当天发货，第 10 天到账；买家确认收货就立即到账）",
    nothing="1688 没有在路上的货款。",
    has_period=False,
)

LISTS = (GOODS, CUSTOMERS, DAYS, STOCK, CUSTOMER_DEBTS, SUPPLIER_DEBTS, DUE)
