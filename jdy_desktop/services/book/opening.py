"""Opening stock (商品期初, manual 5.3): what was there on the day the account set starts (M14, M118)."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    Table,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product, Sku, Unit
from jdy_desktop.models.ids import SkuId, WarehouseId
from jdy_desktop.models.parties import Warehouse
from jdy_desktop.models.rules.numbering import PREFIXES
from jdy_desktop.models.rules.rounding import LARGEST, ZERO
from jdy_desktop.models.rules.search import split_words
from jdy_desktop.models.states import DocumentKind, DocumentState, MoveKind
from jdy_desktop.models.stock import StockBalance, StockMove
from jdy_desktop.models.types import Instant
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.bulk import chunks, table_of
from jdy_desktop.services.book.document_writing import (
    DOCUMENT,
    LINE,
    BookRules,
    book_rules,
    goods_of,
    refuse_short,
    take_number,
)
from jdy_desktop.services.book.posting import Ledger, MoveLine
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right

_SKU, _PRODUCT, _UNIT, _WAREHOUSE = table_of(Sku), table_of(Product), table_of(Unit), table_of(Warehouse)
_MOVE, _BALANCE = table_of(StockMove), table_of(StockBalance)

#: row, SKU, warehouse, quantity × 10⁴, unit cost × 10⁶, amount × 10²: an opening that was checked.
ScaledLine: TypeAlias = tuple[int, int, int, int, int, int]

_GIVEN = Table(
    "opening_given",
    MetaData(),
    Column("position", Integer, primary_key=True),
    Column("sku_id", Integer),
    Column("warehouse_id", Integer),
    Column("quantity", BigInteger),
    Column("unit_cost", BigInteger),
    Column("amount", BigInteger),
    Column("is_late", Integer),
    prefixes=["TEMPORARY"],
)
_FILL = {
    "sqlite": "INSERT INTO opening_given VALUES (?, ?, ?, ?, ?, ?, 0)",
    "postgresql": "INSERT INTO opening_given VALUES (%s, %s, %s, %s, %s, %s, 0)",
}
_MARK_LATE = {
    "sqlite": "UPDATE opening_given SET is_late = 1 WHERE position = ?",
    "postgresql": "UPDATE opening_given SET is_late = 1 WHERE position = %s",
}


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """`quantity` 0 takes an entered opening back. `unit_cost` yuan per piece, 0 allowed."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    quantity: Decimal
    unit_cost: Decimal


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """An entered opening; `day` is the start period and cannot be changed."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    code: str
    product_name: str
    sku_name: str
    unit: str
    warehouse: str
    quantity: Decimal
    unit_cost: Decimal
    amount: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """`replaced` of the `saved` rows had an opening before. `numbers`: documents written."""

    saved: int
    replaced: int
    numbers: tuple[str, ...]
    day: date


class OpeningStock:
    """Openings are dated the start period, whatever day they are entered on, and count at once, without review."""

    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def rows(self, text: str = "", limit: int | None = None) -> tuple[OpeningRow, ...]:
        """Entered openings by code; they show what goods cost."""
        self._ctx.require(Right.SEE_COST)
        with self._db.read() as session:
            return _rows(session, text, limit)

    def replaces(self, lines: Sequence[OpeningLine]) -> int:
        """How many of these SKUs and warehouses have an opening already: the form asks before replacing (M118)."""
        with self._db.read() as session:
            keys = {(int(line.sku_id), int(line.warehouse_id)) for line in lines}
            found: set[tuple[int, int]] = set()
            for part in chunks(sorted({sku for sku, _ in keys})):
                rows = session.connection().execute(_openings().where(LINE.c.sku_id.in_(part)))
                found.update((row.sku_id, row.warehouse_id) for row in rows)
            return len(found & keys)

    def save(self, lines: Sequence[OpeningLine]) -> OpeningReport:
        """Store the openings in one transaction; former ones of the same SKU and warehouse are taken back first.

        Raises, and nothing is stored: UserError with the row (from 1), StockShort when what was sold meanwhile exceeds
        the new figure.
        """
        self._ctx.require(Right.SEE_COST)
        checked = _checked(lines)
        with self._db.write() as session:
            return save_scaled(session, self._ctx, checked)


def _checked(lines: Sequence[OpeningLine]) -> list[ScaledLine]:
    """The lines in whole numbers of their last place, with their amount. Raises UserError naming the row."""
    if not lines:
        raise UserError("lines_empty", field="lines")
    found: list[ScaledLine] = []
    seen: dict[tuple[int, int], int] = {}
    for row, line in enumerate(lines, 1):
        if seen.setdefault((line.sku_id, line.warehouse_id), row) != row:
            raise UserError("line_repeated", field="sku_id", row=row, other=seen[line.sku_id, line.warehouse_id])
        quantity = _scaled(line.quantity, 4, "quantity", row)
        cost = _scaled(line.unit_cost, 6, "unit_cost", row)
        amount = scaled_amount(quantity, cost)
        if amount > LARGEST * 100:
            raise UserError("amount_too_large", field="unit_cost", row=row)
        found.append((row, line.sku_id, line.warehouse_id, quantity, cost, amount))
    return found


def scaled_amount(quantity: int, cost: int) -> int:
    """Quantity × 10⁴ by unit cost × 10⁶ in fen, HALF_UP; exact in whole numbers."""
    return (quantity * cost + 50_000_000) // 100_000_000


def _scaled(value: Decimal, places: int, field: str, row: int) -> int:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise UserError("not_a_number", field=field, row=row)
    if value < 0:
        raise UserError("number_negative", field=field, row=row)
    if value > LARGEST:
        raise UserError("number_too_large", field=field, row=row)
    if value and value.adjusted() < -places:
        raise UserError("too_many_places", field=field, row=row, places=places)
    scaled = value * 10**places
    whole = int(scaled)
    if whole != scaled:
        raise UserError("too_many_places", field=field, row=row, places=places)
    return whole


def save_scaled(session: Session, ctx: Context, checked: Sequence[ScaledLine]) -> OpeningReport:
    """Store checked openings, one per SKU and warehouse, in the caller's transaction; see `OpeningStock.save`."""
    connection = session.connection()
    rules = book_rules(connection)
    _give(connection, checked)
    former = _former(connection)
    wanted = [line for line in checked if line[3]]
    ledger = Ledger(connection, _moved(connection), cost_per_warehouse=rules.cost_per_warehouse)
    # Goods that never moved need no arithmetic: their balance is the opening. A first import is nothing but such rows.
    late = [line for line in wanted if ledger.knows(line[1], line[2])]
    back = _standing(ledger, former)
    _refuse_short(connection, ledger, back, late)
    now = ctx.clock.now()
    for document_id, moves in back.items():
        ledger.reverse(document_id, rules.start_date, now, moves)
    _remove_lines(connection, former, now)
    numbers: tuple[str, ...] = ()
    if wanted:
        document_id, number = _write_head(connection, ctx, rules, wanted)
        numbers = (number,)
        _write_lines(connection, document_id, {line[0] for line in late}, rules.start_date, now)
        ledger.post(document_id, rules.start_date, now, _late_moves(connection, document_id, late))
    _GIVEN.drop(connection)
    ledger.flush()
    replaced = len({(row.sku_id, row.warehouse_id) for row in former})
    total = Decimal(sum(line[5] for line in wanted)).scaleb(-2)
    after = {"rows": len(checked), "replaced": replaced, "amount": total, "numbers": list(numbers)}
    audit.record(session, ctx, "save", DocumentKind.OPENING.value, ",".join(numbers) or "-", None, after)
    return OpeningReport(len(checked), replaced, numbers, rules.start_date)


def _give(connection: Connection, lines: Sequence[ScaledLine]) -> None:
    """The lines as a temporary table, so that the book is asked once and not by chunks. Raises UserError with the row."""
    _GIVEN.create(connection)
    # A driver statement: the temporary table belongs to no area, and 30,000 rows need no type conversion.
    connection.exec_driver_sql(_FILL[connection.dialect.name], list(lines))
    places = {line[2] for line in lines}
    known = set(connection.execute(select(_WAREHOUSE.c.id).where(_WAREHOUSE.c.id.in_(places))).scalars())
    if places - known:
        row = next(line[0] for line in lines if line[2] not in known)
        raise UserError("warehouse_unknown", field="warehouse_id", row=row)
    unknown = select(func.min(_GIVEN.c.position)).where(_GIVEN.c.sku_id.not_in(select(_SKU.c.id)))
    first = connection.execute(unknown).scalar()
    if first is not None:
        raise UserError("sku_unknown", field="sku_id", row=first)


def _moved(connection: Connection) -> list[int]:
    """Of the given goods those that have a balance, be it 0."""
    given = select(_GIVEN.c.sku_id)
    return list(connection.execute(select(_BALANCE.c.sku_id).where(_BALANCE.c.sku_id.in_(given)).distinct()).scalars())


def _former(connection: Connection) -> list[Any]:
    """Lines of earlier openings for the given SKUs and warehouses."""
    same = and_(_GIVEN.c.sku_id == LINE.c.sku_id, _GIVEN.c.warehouse_id == LINE.c.warehouse_id)
    return list(connection.execute(_openings().join(_GIVEN, same)))


def _openings() -> Any:
    """All lines of openings that stand."""
    columns = (LINE.c.id, LINE.c.document_id, LINE.c.sku_id, LINE.c.warehouse_id)
    query = select(*columns).join_from(LINE, DOCUMENT, DOCUMENT.c.id == LINE.c.document_id)
    return query.where(DOCUMENT.c.kind == DocumentKind.OPENING.value, DOCUMENT.c.state != DocumentState.VOIDED.value)


def _standing(ledger: Ledger, former: Sequence[Any]) -> dict[int, list[MoveLine]]:
    """The moves that would take the former lines back, by document."""
    wanted = {row.id for row in former}
    return {
        document_id: [move for move in ledger.stored_moves(document_id) if move.line_id in wanted]
        for document_id in sorted({row.document_id for row in former})
    }


def _refuse_short(
    connection: Connection, ledger: Ledger, back: dict[int, list[MoveLine]], late: Sequence[ScaledLine]
) -> None:
    if not back:
        return
    incoming = [MoveLine(row, None, sku, place, Decimal(quantity).scaleb(-4)) for row, sku, place, quantity, *_ in late]
    moves = [move for moves in back.values() for move in moves]
    refuse_short(ledger, [*moves, *incoming], goods_of(connection, [move.sku_id for move in [*moves, *incoming]]))


def _remove_lines(connection: Connection, former: Sequence[Any], now: datetime) -> None:
    """Take replaced lines out of their documents; an emptied document is voided, the others are summed anew."""
    for part in chunks([row.id for row in former]):
        connection.execute(delete(LINE).where(LINE.c.id.in_(part)))
    for document_id in sorted({row.document_id for row in former}):
        query = select(func.count(), func.sum(LINE.c.gross_amount)).where(LINE.c.document_id == document_id)
        count, total = connection.execute(query).one()
        sums = dict.fromkeys(("goods_amount", "amount_after_discount", "settlement_amount"), total or ZERO)
        gone = {} if count else {"state": DocumentState.VOIDED.value, "voided_at": now}
        statement = update(DOCUMENT).where(DOCUMENT.c.id == document_id)
        connection.execute(statement.values(version=DOCUMENT.c.version + 1, updated_at=now, **sums, **gone))


def _write_head(connection: Connection, ctx: Context, rules: BookRules, lines: Sequence[ScaledLine]) -> tuple[int, str]:
    now = ctx.clock.now()
    number = take_number(connection, DocumentKind.OPENING, PREFIXES[DocumentKind.OPENING], rules.start_date)
    total = Decimal(sum(line[5] for line in lines)).scaleb(-2)
    if total > LARGEST:
        raise UserError("amount_too_large", field="lines")
    state = DocumentState.REVIEWED if rules.needs_review else DocumentState.SAVED
    result = connection.execute(
        insert(DOCUMENT).values(
            kind=DocumentKind.OPENING.value,
            number=number,
            state=state.value,
            day=rules.start_date,
            client_key=ctx.random.token(18),
            goods_amount=total,
            amount_after_discount=total,
            settlement_amount=total,
            operator=ctx.operator,
            created_at=now,
            updated_at=now,
        )
    )
    assert result.inserted_primary_key is not None
    return result.inserted_primary_key[0], number


def _write_lines(connection: Connection, document_id: int, late: Set[int], day: date, now: datetime) -> None:
    """Lines, and moves and balances of those that are not late, by three statements whatever their number (performance.md §3)."""
    given, nothing = _GIVEN.c, literal(0, BigInteger)
    one = {
        "document_id": literal(document_id),
        "position": given.position,
        "sku_id": given.sku_id,
        "warehouse_id": given.warehouse_id,
        "sku_code": _SKU.c.code,
        "product_name": _PRODUCT.c.name,
        "sku_name": _SKU.c.name,
        "unit": _UNIT.c.name,
        "quantity": given.quantity,
        "net_price": given.unit_cost,
        "gross_price": given.unit_cost,
        "discount_rate": nothing,
        "discount_amount": nothing,
        "tax_rate": nothing,
        "net_amount": given.amount,
        "tax_amount": nothing,
        "gross_amount": given.amount,
        "remark": literal(""),
    }
    goods = select(*one.values()).join_from(_GIVEN, _SKU, _SKU.c.id == given.sku_id)
    goods = goods.join(_PRODUCT, _PRODUCT.c.id == _SKU.c.product_id).join(_UNIT, _UNIT.c.id == _PRODUCT.c.unit_id)
    goods = goods.where(given.quantity > 0)
    connection.execute(insert(LINE).from_select(list(one), goods.order_by(given.position), include_defaults=False))
    if late:
        connection.exec_driver_sql(_MARK_LATE[connection.dialect.name], [(row,) for row in sorted(late)])
    moved: Any = and_(LINE.c.document_id == document_id, LINE.c.quantity > 0)
    if late:
        late_ones = select(given.position).where(given.is_late == 1)
        moved = and_(moved, LINE.c.position.not_in(late_ones))
    move = {
        "sku_id": LINE.c.sku_id,
        "warehouse_id": LINE.c.warehouse_id,
        "document_id": LINE.c.document_id,
        "line_id": LINE.c.id,
        "kind": literal(MoveKind.DOCUMENT.value),
        "day": literal(day, Date),
        "quantity": LINE.c.quantity,
        "cost": type_coerce(LINE.c.net_amount, BigInteger) * 100,
        "at": literal(now, Instant),
    }
    moves = select(*move.values()).where(moved).order_by(LINE.c.position)
    connection.execute(insert(_MOVE).from_select(list(move), moves))
    # In the order of the key: its tree grows at one end only.
    balance = {
        "sku_id": given.sku_id,
        "warehouse_id": given.warehouse_id,
        "quantity": given.quantity,
        "cost": given.amount * 100,
    }
    balances = select(*balance.values()).where(given.is_late == 0, given.quantity > 0)
    balances = balances.order_by(given.sku_id, given.warehouse_id)
    connection.execute(insert(_BALANCE).from_select(list(balance), balances))


def _late_moves(connection: Connection, document_id: int, late: Sequence[ScaledLine]) -> list[MoveLine]:
    """Openings of goods that moved already go through the ledger, which mends the cost of what was sold below zero."""
    if not late:
        return []
    query = select(LINE.c.position, LINE.c.id).where(LINE.c.document_id == document_id)
    ids = {row.position: row.id for row in connection.execute(query)}
    return [
        MoveLine(row, ids[row], sku, place, Decimal(quantity).scaleb(-4), Decimal(amount).scaleb(-2))
        for row, sku, place, quantity, _, amount in late
    ]


def _rows(session: Session, text: str, limit: int | None) -> tuple[OpeningRow, ...]:
    words = [Sku.search_text.contains(word, autoescape=True) for word in split_words(text)]
    names = (LINE.c.sku_code, LINE.c.product_name, LINE.c.sku_name, LINE.c.unit, _WAREHOUSE.c.name)
    query = (
        select(
            LINE.c.sku_id,
            LINE.c.warehouse_id,
            *names,
            LINE.c.quantity,
            LINE.c.net_price,
            LINE.c.net_amount,
            DOCUMENT.c.day,
        )
        .join_from(LINE, DOCUMENT, DOCUMENT.c.id == LINE.c.document_id)
        .join(_SKU, _SKU.c.id == LINE.c.sku_id)
        .join(_WAREHOUSE, _WAREHOUSE.c.id == LINE.c.warehouse_id)
        .where(DOCUMENT.c.kind == DocumentKind.OPENING.value, DOCUMENT.c.state != DocumentState.VOIDED.value, *words)
        .order_by(_SKU.c.code_key, LINE.c.warehouse_id)
        .limit(limit)
    )
    return tuple(OpeningRow(*row) for row in session.connection().execute(query))
