"""A big book: 10,000 products of 3 SKUs, a year of 100,000 documents, 500 customers, about 20,000 pre-orders, 30,000 matched rows.

Written with bare statements, but consistent: `check_book` finds nothing. Kept in the folder for temporary files and used
again; `python -m tests.bench.big_book` makes it (two minutes). Goods and customers are drawn unevenly, as in a stall: some sell
every day, most hardly ever. Stored numbers are integers of their last place: fen, and 1/10,000 piece.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

PRODUCTS, VARIANTS = 10_000, 3
SKUS = PRODUCTS * VARIANTS
DOCUMENTS, CUSTOMERS, SUPPLIERS, PRE_ORDERS = 100_000, 500, 30, 20_000
DAYS = 365
PIECE, PRICE, COST = 10_000, 10_000, 100  # one piece; one fen in a price of 6 places, in a cost of 4 places
SHORT_DAYS = 3  # codes that still can be paid
MONTH = 30  # days after which customers pay what they owe

COLOURS, SIZES = ("红色", "白色", "藏青", "米色", "墨绿"), ("S", "M", "L", "XL", "均码")
GOODS = ("连衣裙", "牛仔裤", "卫衣", "衬衫", "短袖T恤", "羽绒服", "半身裙", "针织衫", "风衣", "打底裤")
STYLES = ("宽松", "修身", "复古", "通勤", "韩版", "加绒", "显瘦", "高腰", "印花", "纯棉")
PEOPLE, SHOPS = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"), ("服饰", "女装", "衣舍", "商行", "童装")


@dataclass
class Head:
    """A document before it is written; money in fen."""

    id: int
    kind: str
    number: str
    day: date
    at: int
    customer: int | None
    supplier: int | None
    lines: list[tuple[int, int, int, int]]  # (SKU, warehouse, pieces, price)
    discount: int = 0
    paid: int = 0
    account: int | None = None
    pre_order: int | None = None

    @property
    def goods(self) -> int:
        return sum(pieces * price for _, _, pieces, price in self.lines)

    @property
    def settlement(self) -> int:
        return self.goods - self.discount


@dataclass
class Receipt:
    day: date
    at: int
    customer: int | None
    supplier: int | None
    account: int
    parts: dict[int, int]
    key: str
    remark: str = ""


@dataclass
class Trade:
    heads: list[Head] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    #: sales with a code: (sale, whether it was uploaded, moment of payment or None)
    codes: list[tuple[Head, bool, int | None]] = field(default_factory=list)


def path() -> Path:
    """Where the book is kept; another schema is another file."""
    from jdy_desktop.services.machine.schema import SCHEMA_VERSION

    folder = Path(tempfile.gettempdir()) / f"jdy-bench-big-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    return folder / f"big-v{SCHEMA_VERSION}.jdy"


def big_book() -> Path:
    """The book, made now if it is not there yet."""
    ready = path()
    if not ready.exists():
        raw = ready.with_suffix(".part")
        for old in raw.parent.glob(f"{raw.name}*"):
            old.unlink()
        _build(raw)
        raw.rename(ready)
    return ready


def last_day(book: Path) -> date:
    """The day of the newest document: "today" for whoever measures."""
    connection = sqlite3.connect(f"{book.as_uri()}?mode=ro", uri=True)
    try:
        return date.fromisoformat(connection.execute("SELECT max(day) FROM document").fetchone()[0])
    finally:
        connection.close()


# ---------------------------------------------------------------- what was traded
def cost_of(sku: int) -> int:
    """Fen. The same at every purchase, so that the moving average never changes."""
    return 1500 + sku * 37 % 7500


def price_of(sku: int) -> int:
    return cost_of(sku) * 16 // 100 * 10


def _uneven(rng: random.Random, count: int) -> int:
    """From 1; the first one is drawn for 1 / √count of all."""
    return int(count * rng.random() ** 2) + 1


def _at(day: date, rng: random.Random) -> int:
    """Milliseconds; between 8 and 18 in Shanghai."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return int(midnight.timestamp() * 1000) + rng.randrange(36_000_000)


def trade(first: date, customers: Sequence[int], suppliers: Sequence[int]) -> Trade:
    rng, found = random.Random(11), Trade()
    made: dict[tuple[str, date], int] = defaultdict(int)
    per_day = [DOCUMENTS // DAYS + (place < DOCUMENTS % DAYS) for place in range(DAYS)]
    with_code = set(rng.sample(range(DOCUMENTS), PRE_ORDERS * 100 // 92))  # 92 of 100 documents are sales
    open_bills: dict[tuple[str, int], list[Head]] = defaultdict(list)
    last = first + timedelta(days=DAYS - 1)
    place = 0
    for step, count in enumerate(per_day):
        day = first + timedelta(days=step)
        for at in sorted(_at(day, rng) for _ in range(count)):
            kind = rng.choices(("sale", "purchase", "sale_return"), (92, 6, 2))[0]
            head = _document(rng, kind, place + 2, day, at, customers, suppliers)
            place += 1
            made[kind, day] += 1
            head.number = (
                f"{ {'sale': 'XH', 'purchase': 'GH', 'sale_return': 'XT'}[kind] }{day:%Y%m%d}{made[kind, day]:03d}"
            )
            found.heads.append(head)
            if kind == "sale" and place in with_code:
                _give_code(rng, found, head, last)
            elif kind == "sale" and rng.random() < 0.6 or kind == "sale_return":
                head.paid, head.account = head.settlement, rng.choice((1, 1, 4, 5))
            if head.settlement > head.paid and head.pre_order is None:
                open_bills[kind, head.customer or head.supplier or 0].append(head)
        if step % MONTH == MONTH - 1:
            _settle(found, open_bills, day)
    return found


def _document(
    rng: random.Random, kind: str, id: int, day: date, at: int, customers: Sequence[int], suppliers: Sequence[int]
) -> Head:
    count = {"sale": rng.randint(3, 8), "purchase": rng.randint(5, 20), "sale_return": rng.randint(1, 2)}[kind]
    skus = {_uneven(rng, SKUS) for _ in range(count)}
    lines = []
    for sku in skus:
        place = 2 if sku % 5 == 0 and rng.random() < 0.5 else 1
        pieces = rng.randint(20, 60) if kind == "purchase" else rng.randint(1, 6)
        lines.append((sku, place, pieces, cost_of(sku) if kind == "purchase" else price_of(sku)))
    head = Head(id, kind, "", day, at, None, None, lines)
    if kind == "purchase":
        head.supplier = suppliers[_uneven(rng, len(suppliers)) - 1]
    else:
        head.customer = customers[_uneven(rng, len(customers)) - 1]
    if kind == "sale" and rng.random() < 0.1:
        head.discount = head.goods % 1000
    return head


def _give_code(rng: random.Random, found: Trade, head: Head, last: date) -> None:
    head.pre_order = len(found.codes) + 1
    is_uploaded = rng.random() < 0.97
    is_paid = is_uploaded and rng.random() < (0.5 if (last - head.day).days < SHORT_DAYS else 0.95)
    paid_at = head.at + rng.randrange(3_000_000) if is_paid else None
    found.codes.append((head, is_uploaded, paid_at))
    if paid_at is not None and head.settlement:
        parts, key = {head.id: head.settlement}, f"1688-{head.pre_order}"
        found.receipts.append(Receipt(head.day, paid_at, head.customer, None, 3, parts, key, "1688 预订单"))


def _settle(found: Trade, open_bills: dict[tuple[str, int], list[Head]], day: date) -> None:
    """Everybody pays what he owes; suppliers are paid too."""
    at = int(datetime(day.year, day.month, day.day, 10, tzinfo=UTC).timestamp() * 1000)
    for (kind, party), bills in open_bills.items():
        parts = {head.id: head.settlement for head in bills}
        customer, supplier = (None, party) if kind == "purchase" else (party, None)
        found.receipts.append(Receipt(day, at, customer, supplier, 2, parts, f"bench-{day}-{kind}-{party}"))
    open_bills.clear()


# ---------------------------------------------------------------- writing
def _build(target: Path) -> None:
    from jdy_desktop.models.states import Industry
    from jdy_desktop.services.book.account_sets import CreateAccountSet, create_account_set
    from jdy_desktop.services.machine.context import Context
    from jdy_desktop.services.machine.jobs import JobContext
    from jdy_desktop.services.queries.search_index import SearchIndex
    from tests.bench import books
    from tests.bench.app_adapter import Variant

    ctx = Context(operator="王姐")
    first = ctx.clock.today() - timedelta(days=DAYS - 1)
    db = create_account_set(target, CreateAccountSet("量一量", first, Industry.CLOTHES), ctx)
    with db.write() as session:
        connection = session.connection()
        products = [_product(number, Variant) for number in range(PRODUCTS)]
        books.insert_goods(connection, products)
        shop = books.insert_shop(connection)
        rows = ((one.name, one.code, [(sku.code, sku.spec) for sku in one.skus]) for one in products)
        books.insert_offers(connection, shop, rows)
        raw: Any = connection.connection.driver_connection
        raw.execute("UPDATE offer_sku SET sku_id = id, match_origin = 'auto', online_stock = 1000000")
        _parties(raw)
        customers = [row[0] for row in raw.execute("SELECT id FROM customer ORDER BY id")]
        suppliers = [row[0] for row in raw.execute("SELECT id FROM supplier ORDER BY id")]
        found = trade(first, customers, suppliers)
        _opening(found, first)
        _write(raw, found, shop)
        _audit(raw, found)
    SearchIndex(db).refresh(JobContext())
    with db.engine.connect() as connection:
        engine: Any = connection.connection.driver_connection
        engine.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _product(number: int, variant: Any) -> Any:
    from tests.bench.app_adapter import Goods

    rng = random.Random(number)
    name = f"2026夏季新款{rng.choice(STYLES)}{rng.choice(STYLES)}{rng.choice(GOODS)}{number}"
    skus = []
    for place in range(VARIANTS):
        sku, spec = number * VARIANTS + place + 1, f"{COLOURS[(number + place) % 5]}/{rng.choice(SIZES)}"
        skus.append(variant(f"sp{32501 + number}_{place + 1:03d}", spec, price_of(sku)))
    return Goods(f"sp{32501 + number}", name, tuple(skus))


def _put(raw: Any, table: str, columns: str, rows: Iterable[Sequence[Any]], **same: Any) -> None:
    """`same`: columns that read alike in every row."""
    names = [*columns.split(), *same]
    tail = tuple(same.values())
    marks = ",".join("?" * len(names))
    raw.executemany(f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})", ((*row, *tail) for row in rows))


def _parties(raw: Any) -> None:
    from jdy_desktop.models.rules.search import search_key

    rng = random.Random(5)
    then = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
    same: dict[str, Any] = {
        "contact": "",
        "address": "",
        "remark": "",
        "is_active": 1,
        "created_at": then,
        "version": 1,
    }
    people = [f"{rng.choice(PEOPLE)}{rng.choice('姐哥总')}{rng.choice(SHOPS)}{n}" for n in range(CUSTOMERS - 2)]
    rows = [
        (one, f"138{n:08d}", search_key(one, f"138{n:08d}"), rng.choice(("retail", "wholesale")))
        for n, one in enumerate(people)
    ]
    _put(raw, "customer", "name phone search_text grade", rows, **same)
    makers = [(f"杭州{rng.choice(GOODS)}厂{n}", "", search_key(f"杭州厂{n}")) for n in range(SUPPLIERS)]
    _put(raw, "supplier", "name phone search_text", makers, **same)
    _put(raw, "warehouse", "name", [("二楼仓库",)], is_default=0, is_active=1)


def _opening(found: Trade, first: date) -> None:
    """What was sold beyond purchases and a little more lay there when the book began."""
    gone: dict[tuple[int, int], int] = defaultdict(int)
    for head in found.heads:
        for sku, place, pieces, _ in head.lines:
            gone[sku, place] += pieces if head.kind == "sale" else 0
    for sku in range(1, SKUS + 1):
        gone[sku, 1] += 20
    lines = [(sku, place, pieces, cost_of(sku)) for (sku, place), pieces in sorted(gone.items())]
    at = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp() * 1000) - 1
    found.heads.insert(0, Head(1, "opening", f"QC{first:%Y%m%d}001", first, at, None, None, lines))


def _write(raw: Any, found: Trade, shop: int) -> None:
    _put(
        raw,
        "document",
        "id kind number day client_key customer_id supplier_id shop_id warehouse_id goods_amount discount_amount "
        "amount_after_discount settlement_amount paid_amount account_id makes_pre_order logistics created_at updated_at",
        (
            (
                *(
                    head.id,
                    head.kind,
                    head.number,
                    head.day.isoformat(),
                    f"bench-{head.id}",
                    head.customer,
                    head.supplier,
                ),
                *(shop if head.pre_order else None, 1, head.goods, head.discount, head.settlement, head.settlement),
                *(head.paid, head.account, int(head.pre_order is not None), "self_pickup" if head.pre_order else None),
                *(head.at, head.at),
            )
            for head in found.heads
        ),
        state="saved",
        category="",
        remark="",
        prices_include_tax=0,
        discount_rate=0,
        customer_freight=0,
        print_count=0,
        operator="王姐",
        reviewer="",
        version=1,
    )
    _write_lines(raw, found)
    _write_money(raw, found)
    _write_codes(raw, found, shop)
    numbers: dict[tuple[str, str], int] = defaultdict(int)
    for head in found.heads:
        numbers[head.number[:2], head.day.isoformat()] += 1
    _put(raw, "number_series", "prefix day last", ((*key, last) for key, last in numbers.items()))


def _write_lines(raw: Any, found: Trade) -> None:
    names = "SELECT s.id, s.code, p.name, s.name FROM sku s JOIN product p ON p.id = s.product_id"
    goods = {row[0]: row[1:] for row in raw.execute(names)}
    lines: list[tuple[Any, ...]] = []
    moves: list[tuple[Any, ...]] = []
    prices: dict[Any, tuple[int, str]] = {}
    held: dict[tuple[int, int], int] = defaultdict(int)
    for head in found.heads:
        day, way = head.day.isoformat(), -1 if head.kind == "sale" else 1
        for position, (sku, place, pieces, price) in enumerate(head.lines, 1):
            amount, id = pieces * price, len(lines) + 1
            sold_as = sku if head.pre_order else None
            lines.append(
                (
                    id,
                    head.id,
                    position,
                    sku,
                    place,
                    sold_as,
                    *goods[sku],
                    pieces * PIECE,
                    price * PRICE,
                    price * PRICE,
                    amount,
                    amount,
                )
            )
            cost = way * pieces * cost_of(sku) * COST
            moves.append((sku, place, head.id, id, day, way * pieces * PIECE, cost, head.at))
            held[sku, place] += way * pieces
            if head.kind == "sale":
                prices[head.customer, sku] = (price * PRICE, day)
    _put(
        raw,
        "document_line",
        "id document_id position sku_id warehouse_id offer_sku_id sku_code product_name sku_name quantity net_price "
        "gross_price net_amount gross_amount",
        lines,
        unit="件",
        discount_rate=0,
        discount_amount=0,
        tax_rate=0,
        tax_amount=0,
        remark="",
    )
    _put(raw, "stock_move", "sku_id warehouse_id document_id line_id day quantity cost at", moves, kind="document")
    balances = ((*key, pieces * PIECE, pieces * cost_of(key[0]) * COST) for key, pieces in held.items())
    _put(raw, "stock_balance", "sku_id warehouse_id quantity cost", balances)
    _put(raw, "last_price", "customer_id sku_id price day", ((*key, *value) for key, value in prices.items()))


def _write_money(raw: Any, found: Trade) -> None:
    moves: list[tuple[Any, ...]] = []
    for head in found.heads:
        sign = {"sale": 1, "sale_return": -1, "purchase": -1}.get(head.kind, 0)
        for kind, amount in (("document", head.settlement), ("payment", -head.paid)):
            if sign and amount:
                one = head.customer, head.supplier, head.id, None, kind, head.day.isoformat(), sign * amount, head.at
                moves.append(one)
    receipts, parts = [], []
    numbers: dict[tuple[str, str], int] = defaultdict(int)
    for id, receipt in enumerate(sorted(found.receipts, key=lambda one: one.at), 1):
        prefix, day, amount = "SK" if receipt.customer else "FK", receipt.day.isoformat(), sum(receipt.parts.values())
        numbers[prefix, day] += 1
        number = f"{prefix}{receipt.day:%Y%m%d}{numbers[prefix, day]:03d}"
        receipts.append(
            (
                id,
                number,
                day,
                receipt.key,
                receipt.customer,
                receipt.supplier,
                receipt.account,
                amount,
                receipt.remark,
                receipt.at,
            )
        )
        parts += [(id, document, part) for document, part in receipt.parts.items()]
        moves.append(
            (
                receipt.customer,
                receipt.supplier,
                None,
                id,
                "payment",
                day,
                -amount if receipt.customer else amount,
                receipt.at,
            )
        )
    columns = "id number day client_key customer_id supplier_id account_id amount remark created_at"
    _put(raw, "payment", columns, receipts, state="saved", operator="王姐", version=1)
    _put(raw, "payment_allocation", "payment_id document_id amount", parts)
    moves.sort(key=lambda move: move[-1])
    _put(raw, "party_move", "customer_id supplier_id document_id payment_id kind day amount at", moves)
    _put(raw, "number_series", "prefix day last", ((*key, last) for key, last in numbers.items()))


def _write_codes(raw: Any, found: Trade, shop: int) -> None:
    rows = []
    for head, is_uploaded, paid_at in found.codes:
        number = str(190_000_000_000 + head.id) if is_uploaded else ""
        log = "" if is_uploaded else "第 [1] 行没有对应的offer,请先上传offer模板。"
        states = "uploaded" if is_uploaded else "failed", "paid" if paid_at else "unpaid"
        times = head.at, head.at if is_uploaded else None, paid_at, paid_at or head.at, head.at
        rows.append((head.pre_order, head.id, f"K{head.id:09d}", *states, number, log, *times))
    _put(
        raw,
        "pre_order",
        "id sale_id key upload_state pay_state number upload_log sent_at remote_created_at paid_at polled_at created_at",
        rows,
        shop_id=shop,
        generation=1,
        detail_url="",
        advice="",
        advice_params="{}",
        market_name="",
        attempt=1,
        body_hash="",
        empty_lookups=0,
        formal_order_id="",
        version=1,
    )


def _audit(raw: Any, found: Trade) -> None:
    """As long as the program's own entries, and chained as they are."""
    from jdy_desktop.services.book import audit

    previous: str = raw.execute("SELECT hash FROM audit_entry ORDER BY id DESC LIMIT 1").fetchone()[0]
    rows = []
    for head in found.heads[1:]:
        lines = [
            {"sku": sku, "warehouse": place, "quantity": str(n), "price": str(price)}
            for sku, place, n, price in head.lines
        ]
        after = json.dumps({"number": head.number, "settlement_amount": str(head.settlement), "lines": lines})
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=head.at)
        row = {"at": at, "operator": "王姐", "action": "save", "entity": head.kind, "entity_id": str(head.id)}
        row |= {"before": None, "after": after, "previous_hash": previous}
        former, previous = previous, audit._hash(row)
        rows.append((head.at, head.kind, str(head.id), after, former, previous))
    columns = "at entity entity_id after previous_hash hash"
    _put(raw, "audit_entry", columns, rows, operator="王姐", action="save")


if __name__ == "__main__":
    begin = time.perf_counter()
    made_at = big_book()
    print(f"{made_at}: {made_at.stat().st_size / 2**20:.0f} MiB, {time.perf_counter() - begin:.0f} s")
