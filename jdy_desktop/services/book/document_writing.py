"""Inside the transaction of a document: facts it needs, its rows, its number, and what it posts.

SQLAlchemy Core with a handful of statements per document, not one per line (performance.md §3): a sale of 20 lines at the
counter costs one flush to disk and little else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from jdy_desktop.models.account import AccountSet, NumberSeries
from jdy_desktop.models.catalog import Product, Sku, Unit
from jdy_desktop.models.channel import Shop
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.parties import Customer, LastPrice, PartyMove, Supplier, Warehouse
from jdy_desktop.models.rules.numbering import document_number
from jdy_desktop.models.rules.tax import LineMoney
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.bulk import insert_many, insert_or_change, table_of, upsert
from jdy_desktop.services.book.document_money import stock_costs
from jdy_desktop.services.book.document_values import SaveDocument, Shortfall, TaxRules
from jdy_desktop.services.book.kinds import KindSpec
from jdy_desktop.services.book.posting import Ledger, MoveLine
from jdy_desktop.services.book.prepared import Prepared
from jdy_desktop.services.book.sale_channel import ChannelSide
from jdy_desktop.services.errors import BeforeStartPeriod, StockShort, UserError

DOCUMENT = table_of(Document)
LINE = table_of(DocumentLine)
_SERIES = table_of(NumberSeries)
_PARTY_MOVE = table_of(PartyMove)
_LAST_PRICE = table_of(LastPrice)
_SKU, _PRODUCT, _UNIT = table_of(Sku), table_of(Product), table_of(Unit)
_WAREHOUSE = table_of(Warehouse)
_SHOP = table_of(Shop)
_SET = table_of(AccountSet)
_NO_COSTS: Mapping[int, Decimal] = {}
_PARTIES = {"customer": table_of(Customer), "supplier": table_of(Supplier)}

_ACCOUNT_SET = Prepared(
    select(
        _SET.c.start_date,
        _SET.c.cost_per_warehouse,
        _SET.c.needs_review,
        _SET.c.computes_tax,
        _SET.c.prices_include_tax,
        _SET.c.tax_rate,
    )
)
_GOODS = Prepared(
    select(
        _SKU.c.id,
        _SKU.c.code,
        _SKU.c.name.label("sku_name"),
        _PRODUCT.c.name,
        _PRODUCT.c.tax_rate,
        _PRODUCT.c.allow_negative,
        _UNIT.c.name.label("unit"),
    )
    .join_from(_SKU, _PRODUCT, _SKU.c.product_id == _PRODUCT.c.id)
    .join(_UNIT, _UNIT.c.id == _PRODUCT.c.unit_id)
    .where(_SKU.c.id.in_(bindparam("skus", expanding=True)))
)
_DEPARTMENT = Prepared(select(_SHOP.c.department_id).where(_SHOP.c.id == bindparam("shop")))
_WAREHOUSES = Prepared(select(_WAREHOUSE.c.id, _WAREHOUSE.c.is_default))
_LINE_IDS = Prepared(select(LINE.c.id).where(LINE.c.document_id == bindparam("of_document")).order_by(LINE.c.position))
_PARTY_KNOWN = {
    name: Prepared(select(table.c.id).where(table.c.id == bindparam("party"))) for name, table in _PARTIES.items()
}
_PARTY_MOVE_COLUMNS = ("customer_id", "supplier_id", "kind", "amount", "document_id", "day", "at")
TWIN = Prepared(select(DOCUMENT.c.id).where(DOCUMENT.c.client_key == bindparam("key")))


@cache
def _next_number(dialect_name: str) -> Prepared:
    return Prepared(
        insert_or_change(dialect_name)(_SERIES)
        .values(prefix=bindparam("of_prefix"), day=bindparam("of_day"), last=1)
        .on_conflict_do_update(index_elements=["prefix", "day"], set_={"last": _SERIES.c.last + 1})
        .returning(_SERIES.c.last)
    )


@dataclass(frozen=True, slots=True)
class BookRules:
    """The account set as far as a document needs it."""

    start_date: date
    cost_per_warehouse: bool
    needs_review: bool
    tax: TaxRules


class Goods(NamedTuple):
    """A SKU as it reads today."""

    id: int
    code: str
    sku_name: str
    name: str
    tax_rate: Decimal | None
    allow_negative: bool
    unit: str


def book_rules(connection: Connection) -> BookRules:
    row = _ACCOUNT_SET.first(connection)
    if row is None:
        raise UserError("no_account_set")
    start_date, cost_per_warehouse, needs_review, *tax = row
    return BookRules(start_date, cost_per_warehouse, needs_review, TaxRules(*tax))


def check_day(day: date, rules: BookRules) -> None:
    """Raises BeforeStartPeriod (M15)."""
    if day < rules.start_date:
        raise BeforeStartPeriod(field="day", start=rules.start_date, day=day)


def goods_of(connection: Connection, sku_ids: Sequence[int]) -> dict[int, Goods]:
    return {row[0]: Goods._make(row) for row in _GOODS.of_ids(connection, sku_ids)}


def check_goods(request: SaveDocument, goods: dict[int, Goods]) -> None:
    for row, line in enumerate(request.lines, 1):
        if line.sku_id not in goods:
            raise UserError("sku_unknown", field="sku_id", row=row)


def check_party(connection: Connection, request: SaveDocument, spec: KindSpec) -> None:
    if spec.party is None:
        return
    party_id = request.customer_id if spec.party == "customer" else request.supplier_id
    if party_id is not None and _PARTY_KNOWN[spec.party].first(connection, party=party_id) is None:
        raise UserError(f"{spec.party}_unknown", field=f"{spec.party}_id")


def department_of(connection: Connection, request: SaveDocument, shop_id: int | None) -> int | None:
    """Whose account the document goes to: as asked for, else the department of its shop (M23)."""
    if request.department_id is not None or shop_id is None:
        return request.department_id
    found: int | None = _DEPARTMENT.scalar(connection, shop=shop_id)
    return found


def line_warehouses(connection: Connection, request: SaveDocument) -> list[int]:
    """The warehouse of each line: its own, the head's, the default one. Raises UserError("warehouse_unknown")."""
    known: dict[int, bool] = dict(_WAREHOUSES.rows(connection))
    fallback = request.warehouse_id or next((place for place, is_default in known.items() if is_default), None)
    places = []
    for row, line in enumerate(request.lines, 1):
        place = line.warehouse_id or fallback
        if place is None or place not in known:
            raise UserError("warehouse_unknown", field="warehouse_id", row=row)
        if place == request.to_warehouse_id:
            raise UserError("same_warehouse", field="to_warehouse_id", row=row)
        places.append(place)
    if request.to_warehouse_id is not None and request.to_warehouse_id not in known:
        raise UserError("warehouse_unknown", field="to_warehouse_id")
    return places


def take_number(connection: Connection, kind: DocumentKind, prefix: str, day: date) -> str:
    """The next number of the day, for good: a number of a voided document is never given again (M158)."""
    return document_number(kind, day, next_counter(connection, prefix, day))


def next_counter(connection: Connection, prefix: str, day: date) -> int:
    """The next running number of a prefix and day, from 1, taken for good."""
    counter: int = _next_number(connection.dialect.name).scalar(connection, of_prefix=prefix, of_day=day)
    return counter


def coming_number(connection: Connection, kind: DocumentKind, prefix: str, day: date) -> str:
    query = select(_SERIES.c.last).where(_SERIES.c.prefix == prefix, _SERIES.c.day == day)
    return document_number(kind, day, (connection.execute(query).scalar() or 0) + 1)


def line_rows(
    document_id: int,
    request: SaveDocument,
    goods: dict[int, Goods],
    money: Sequence[LineMoney],
    places: Sequence[int],
    side: ChannelSide,
) -> list[dict[str, Any]]:
    rows = []
    for position, line in enumerate(request.lines, 1):
        one, sums = goods[line.sku_id], money[position - 1]
        rows.append(
            {
                "document_id": document_id,
                "position": position,
                "sku_id": line.sku_id,
                "warehouse_id": places[position - 1],
                "offer_sku_id": side.offers[position - 1],
                "sku_code": one.code,
                "product_name": one.name,
                "sku_name": one.sku_name,
                "unit": one.unit,
                "quantity": line.quantity,
                "net_price": sums.unit_price_net,
                "gross_price": sums.unit_price_gross,
                "discount_rate": sums.discount_rate,
                "discount_amount": sums.discount,
                "tax_rate": sums.tax_rate,
                "net_amount": sums.net,
                "tax_amount": sums.tax,
                "gross_amount": sums.gross,
                "remark": line.remark,
                "source_line_id": line.source_line_id,
            }
        )
    return rows


def write_lines(connection: Connection, document_id: int, rows: list[dict[str, Any]], *, anew: bool) -> None:
    """Insert the lines and put their ids into `rows`; `anew` takes the former lines out first."""
    if anew:
        connection.execute(delete(LINE).where(LINE.c.document_id == document_id))
    insert_many(connection, LINE, tuple(rows[0]), [tuple(row.values()) for row in rows])
    for row, (line_id,) in zip(rows, _LINE_IDS.rows(connection, of_document=document_id), strict=True):
        row["id"] = line_id


def move_lines(
    spec: KindSpec,
    rows: Sequence[dict[str, Any]],
    head: Mapping[str, Any],
    returned: Mapping[int, Decimal] = _NO_COSTS,
) -> list[MoveLine]:
    """What the lines do to stock, with the cost of goods that come in; `returned`: of those brought back, by line."""
    if not spec.direction:
        return _transfer_lines(rows, head["to_warehouse_id"]) if spec.kind is DocumentKind.TRANSFER else []
    costs: Sequence[Decimal | None] = [returned.get(row["id"]) for row in rows]
    if spec.is_cost:
        costs = stock_costs([(row["net_amount"], row["gross_amount"]) for row in rows], head["discount_amount"])
    return [
        MoveLine(row["position"], row["id"], row["sku_id"], row["warehouse_id"], spec.direction * row["quantity"], cost)
        for row, cost in zip(rows, costs, strict=True)
    ]


def _transfer_lines(rows: Sequence[dict[str, Any]], to_warehouse: int) -> list[MoveLine]:
    """Two moves per line: out of one warehouse, and with the same cost into the other."""
    moves = []
    for row in rows:
        facts = row["position"], row["id"], row["sku_id"]
        moves.append(MoveLine(*facts, row["warehouse_id"], -row["quantity"]))
        moves.append(MoveLine(*facts, to_warehouse, row["quantity"], follows=True))
    return moves


def refuse_short(ledger: Ledger, lines: Sequence[MoveLine], goods: dict[int, Goods]) -> None:
    """Raises StockShort naming each line that wants more than there is (M119, M137)."""
    free = {SkuId(sku) for sku, one in goods.items() if one.allow_negative}
    found = ledger.short(lines, free)
    if found:
        shortfalls = tuple(
            Shortfall(row, goods[one.sku_id].code, _full_name(goods[one.sku_id]), one.available, one.wanted)
            for one in found
            for row in one.rows
        )
        raise StockShort(field="quantity", row=shortfalls[0].row or None, shortages=shortfalls)


def _full_name(goods: Goods) -> str:
    return f"{goods.name} {goods.sku_name}".strip()


def post_party(connection: Connection, spec: KindSpec, head: dict[str, Any], document_id: int, at: datetime) -> None:
    """What the party owes after this document: its settlement, less what was paid at once."""
    party_id = head[f"{spec.party}_id"] if spec.party else None
    if not spec.debt or party_id is None:
        return
    party = (party_id, None) if spec.party == "customer" else (None, party_id)
    amounts = {"document": spec.debt * head["settlement_amount"], "payment": -spec.debt * head["paid_amount"]}
    rows = [(*party, kind, amount, document_id, head["day"], at) for kind, amount in amounts.items() if amount]
    insert_many(connection, _PARTY_MOVE, _PARTY_MOVE_COLUMNS, rows)


def reverse_party(connection: Connection, document_id: int, day: date, at: datetime) -> None:
    """Write back what is still standing in the party's balance for this document."""
    columns = _PARTY_MOVE.c
    standing = connection.execute(
        select(columns.customer_id, columns.supplier_id, columns.kind, func.sum(columns.amount))
        .where(columns.document_id == document_id)
        .group_by(columns.customer_id, columns.supplier_id, columns.kind)
    ).all()
    rows = [(*party, kind, -amount, document_id, day, at) for *party, kind, amount in standing if amount]
    insert_many(connection, _PARTY_MOVE, _PARTY_MOVE_COLUMNS, rows)


def keep_last_prices(
    connection: Connection, tax: TaxRules, head: Mapping[str, Any], rows: Sequence[dict[str, Any]]
) -> None:
    """最近售价 (W20) as prices are meant today, of the last line when a SKU stands in several."""
    column = "gross_price" if tax.prices_include_tax else "net_price"
    customer_id, day = head["customer_id"], head["day"]
    newest = {row["sku_id"]: row[column] for row in rows}
    upsert(
        connection,
        _LAST_PRICE,
        ["customer_id", "sku_id"],
        [{"customer_id": customer_id, "sku_id": sku, "price": price, "day": day} for sku, price in newest.items()],
    )


def turn_last_prices(connection: Connection, *, includes_tax: bool) -> None:
    """商品价格含税 was changed: each price remembered takes the other of the two prices of the line it came from."""
    former, now = (LINE.c.net_price, LINE.c.gross_price) if includes_tax else (LINE.c.gross_price, LINE.c.net_price)
    its_line = (
        DOCUMENT.c.customer_id == _LAST_PRICE.c.customer_id,
        DOCUMENT.c.day == _LAST_PRICE.c.day,
        DOCUMENT.c.kind == DocumentKind.SALE.value,
        LINE.c.sku_id == _LAST_PRICE.c.sku_id,
        former == _LAST_PRICE.c.price,
    )
    found = select(now).join_from(LINE, DOCUMENT, DOCUMENT.c.id == LINE.c.document_id).where(*its_line)
    newest = found.order_by(LINE.c.id.desc()).limit(1).correlate(_LAST_PRICE).scalar_subquery()
    connection.execute(update(_LAST_PRICE).values(price=func.coalesce(newest, _LAST_PRICE.c.price)))


def change_head(connection: Connection, document_id: int, version: int, values: dict[str, Any]) -> bool:
    """False when somebody else saved the document first; nothing was changed then."""
    conditions: tuple[ColumnElement[bool], ...] = (DOCUMENT.c.id == document_id, DOCUMENT.c.version == version)
    statement = update(DOCUMENT).where(*conditions).values(version=version + 1, **values)
    return connection.execute(statement).rowcount == 1
