"""What keeps the lists quick in a book of years: indexes are used, sums are made by the database, old names are still found.

No clock: the plan and the number of statements are what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import event, text

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.rules.periods import Period
from jdy_desktop.models.states import DocumentKind, PayState, UploadState
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.db import Database, open_sqlite
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.documents import DocumentFilter, DocumentList
from jdy_desktop.services.queries.parties import CustomerList
from jdy_desktop.services.queries.pre_orders import PreOrderFilter, PreOrderList
from jdy_desktop.services.queries.reports import Reports
from jdy_desktop.services.queries.search_index import SearchIndex
from jdy_desktop.services.queries.stock import StockList
from tests.support.clock import FrozenClock
from tests.support.counter import TODAY, Counter, open_counter


@contextmanager
def statements(db: Database) -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the database meanwhile: text and values."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan(db: Database, call: Callable[[], object]) -> list[str]:
    """The steps that SQLite takes for all statements of a call."""
    with statements(db) as sent:
        call()
    with db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        return [row[3] for one, values in sent for row in raw.execute(f"EXPLAIN QUERY PLAN {one}", values)]


def named(db: Database, *words: str) -> list[list[int]]:
    return [DocumentList(db, DocumentKind.SALE).ids(DocumentFilter(text=word)) for word in words]


# ------------------------------------------------------------ documents


def test_the_list_of_documents_is_read_from_an_index(stall: Counter) -> None:
    steps = plan(stall.db, lambda: DocumentList(stall.db).ids(DocumentFilter()))
    assert any("document USING COVERING INDEX ix_document_day_document_number" in step for step in steps), steps
    assert not any("B-TREE FOR ORDER BY" in step for step in steps), steps  # only within a day


def test_looking_for_goods_does_not_read_all_lines(stall: Counter) -> None:
    SearchIndex(stall.db).refresh(JobContext())
    lists = DocumentList(stall.db)
    for word in ("红", "红色", "红色连衣裙", "sp32501_001"):
        for call in (lists.ids, lists.sums):
            steps = plan(stall.db, lambda call=call, word=word: call(DocumentFilter(text=word)))  # type: ignore[misc]
            assert not any(step.startswith("SCAN document_line") for step in steps), (word, steps)
            assert any("document_line USING COVERING INDEX ix_document_line_sku_id" in step for step in steps), (
                word,
                steps,
            )


def test_without_the_index_all_lines_are_read(stall: Counter) -> None:
    """The control."""
    with stall.db.write() as session:
        session.execute(text("DROP INDEX ix_document_line_sku_id_document_line_document_id"))
    steps = plan(stall.db, lambda: DocumentList(stall.db).ids(DocumentFilter(text="红色")))
    assert any(step.startswith("SCAN document_line") for step in steps), steps


def test_sums_of_documents_are_one_statement(stall: Counter) -> None:
    sku = stall.goods("sp1", stock="50")
    for count in ("1", "2", "3"):
        stall.sale(stall.line(sku, count))
    with statements(stall.db) as sent:
        sums = DocumentList(stall.db, DocumentKind.SALE).sums(DocumentFilter(text="sp1"))
    assert len([one for one, _ in sent if "sum(" in one]) == 1
    assert (sums.count, sums.quantity, sums.settlement_amount, sums.paid_amount) == (3, 6, 60, 0)


def test_a_word_of_nearly_all_goods_is_looked_for_document_by_document(stall: Counter) -> None:
    """Gathering the lines of all those goods would take longer; rare words are gathered, and both find the same."""
    dress, scarf = stall.goods("sp1", stock="50"), stall.goods("qq9", stock="50")
    long = stall.sale(*(stall.line(dress) for _ in range(12)))
    other = stall.sale(stall.line(scarf))
    lists = DocumentList(stall.db, DocumentKind.SALE)
    for _ in range(2):
        assert named(stall.db, "商品", "商品sp1", "商品qq9", "商品sp1 商品") == [
            [other.id, long.id],
            [long.id],
            [other.id],
            [long.id],
        ]
        SearchIndex(stall.db).refresh(JobContext())
    common = plan(stall.db, lambda: lists.ids(DocumentFilter(text="商品")))
    of_each = "SEARCH document_line USING INDEX sqlite_autoindex_document_line_1 (document_id=?)"
    assert of_each in common, common
    for _ in range(20):
        stall.sale(stall.line(scarf))
    rare = plan(stall.db, lambda: lists.ids(DocumentFilter(text="商品sp1")))
    assert of_each not in rare, rare
    assert named(stall.db, "商品sp1") == [[long.id]]
    assert lists.sums(DocumentFilter(text="商品")).count == 22


# ------------------------------------------------------------ goods by what they were called


def rename(stall: Counter, sku: SkuId, *, code: str, name: str) -> None:
    product = stall.products.product(stall.product_of(sku))
    one = SaveSku(sku_id=sku)
    request = SaveProduct(code=code, name=name, skus=(one,), product_id=product.id, version=product.version)
    stall.products.save(request)


def test_a_document_is_found_by_the_name_on_it_and_by_the_name_of_today(stall: Counter) -> None:
    sku, other = stall.goods("sp1", stock="50"), stall.goods("qq9", stock="50")
    first = stall.sale(stall.line(sku))
    stall.sale(stall.line(other))
    rename(stall, sku, code="ab7", name="丝巾")
    rename(stall, sku, code="ab8", name="方巾")
    second = stall.sale(stall.line(sku))
    both = [second.id, first.id]
    for _ in range(2):
        assert named(stall.db, "商品sp1", "SP1", "丝巾", "ab7", "方巾", "fangjin", "ab8") == [both] * 7
        assert named(stall.db, "商品sp1 方巾", "sp1 ab7", "商品ab7") == [both, both, []]
        SearchIndex(stall.db).refresh(JobContext())


def test_without_the_note_an_old_name_is_not_found(stall: Counter) -> None:
    """The control: the triggers are what keeps it."""
    sku = stall.goods("sp1", stock="50")
    sale = stall.sale(stall.line(sku))
    with stall.db.write() as session:
        for name in ("sku_renamed", "product_renamed"):
            session.execute(text(f"DROP TRIGGER {name}"))
    rename(stall, sku, code="ab7", name="丝巾")
    assert named(stall.db, "丝巾", "sp1") == [[sale.id], []]


def test_goods_that_are_gone_leave_no_old_names(stall: Counter) -> None:
    sku = stall.goods("sp1")
    rename(stall, sku, code="ab7", name="丝巾")
    with stall.db.write() as session:
        assert session.execute(text("SELECT count(*) FROM sku_once WHERE sku_id = :sku"), {"sku": sku}).scalar()
        session.execute(text("DELETE FROM sku WHERE id = :sku"), {"sku": sku})
        assert session.execute(text("SELECT count(*) FROM sku_once")).scalar() == 0


def test_an_older_book_learns_its_old_names(tmp_path: Path, frozen_clock: FrozenClock) -> None:
    """Goods renamed before there was a note of it: the upgrade reads them from the lines, once."""
    path = tmp_path / "old.jdy"
    stall = open_counter(schema.create_book(path), frozen_clock)
    sku = stall.goods("sp1", stock="50")
    sale = stall.sale(stall.line(sku))
    stall.db.close()
    old = open_sqlite(path, foreign_keys=False)
    with old.engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "jdy_desktop:models/migrations")
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
        connection.execute(text("PRAGMA user_version=3"))
        connection.execute(text("UPDATE product SET name = '丝巾'"))
        connection.execute(text("UPDATE sku SET code = 'ab7', search_text = 'ab7'"))
    old.close()
    book = schema.open_book(path)
    assert named(book, "商品sp1", "sp1", "ab7", "丝绸") == [[sale.id], [sale.id], [sale.id], []]
    book.close()


# ------------------------------------------------------------ pre-orders


def _codes(stall: Counter, count: int) -> None:
    sku = stall.goods("sp1", stock="500")
    stall.shop("一店")
    for number in range(count):
        stall.sale(stall.line(sku, str(number + 1)), makes_pre_order=True)


def test_sums_of_pre_orders_are_made_by_the_database(stall: Counter) -> None:
    _codes(stall, 4)
    with stall.db.write() as session:
        for id, upload, pay in ((1, UploadState.FAILED, PayState.UNPAID), (2, UploadState.UPLOADED, PayState.PAID)):
            values = {"id": id, "upload": upload.value, "pay": pay.value}
            session.execute(
                text("UPDATE pre_order SET upload_state = :upload, pay_state = :pay, number = '19' WHERE id = :id"),
                values,
            )
        session.execute(  # the third was made anew
            text(
                "INSERT INTO pre_order SELECT 9, sale_id, shop_id, 2, 'again', upload_state, pay_state, number, detail_url, "
                "upload_log, advice, advice_params, market_name, attempt, body_hash, sent_at, next_try_at, empty_lookups, "
                "last_lookup_at, lease_until, remote_created_at, shown_at, scanned_at, paid_at, polled_at, formal_order_id, "
                "created_at, version FROM pre_order WHERE id = 3"
            )
        )
    rows = PreOrderList(stall.db, stall.ctx)
    with statements(stall.db) as sent:
        sums = rows.sums(PreOrderFilter())
    assert len(sent) == 2  # ours, and those made elsewhere
    assert (sums.count, sums.unpaid, sums.failed, sums.amount) == (5, 4, 1, Decimal(10 + 20 + 30 + 40))
    assert len(rows.ids(PreOrderFilter())) == 5


def test_money_due_reads_only_the_days_it_can_still_come_from(stall: Counter) -> None:
    _codes(stall, 3)
    reports, now = Reports(stall.db, stall.ctx), stall.ctx.clock.now()
    with stall.db.write() as session:
        for id, days in ((1, 0), (2, 10), (3, 11)):
            paid_at = int((now - timedelta(days=days)).timestamp() * 1000)
            session.execute(
                text(
                    "UPDATE pre_order SET pay_state = 'paid', upload_state = 'uploaded', number = '19', paid_at = :at WHERE id = :id"
                ),
                {"at": paid_at, "id": id},
            )
    assert [(row.due - TODAY).days for row in reports.due()] == [0, 10]
    with statements(stall.db) as sent:
        reports.due()
    due = next(one for one in sent if "pre_order" in one[0])
    with stall.db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        assert len(raw.execute(*due).fetchall()) == 2


# ------------------------------------------------------------ stock and customers


def test_a_page_of_stock_adds_up_only_its_own_goods(stall: Counter) -> None:
    sku = stall.goods("sp1", stock="7")
    lists = StockList(stall.db, stall.ctx)
    for warehouse in (None, stall.warehouse):
        steps = plan(stall.db, lambda warehouse=warehouse: lists.rows([sku], warehouse))  # type: ignore[misc]
        assert not any(step.startswith("SCAN stock_balance") for step in steps), steps
        assert lists.rows([sku], warehouse)[sku].quantity == 7


def test_balances_are_added_up_from_the_index(stall: Counter) -> None:
    steps = plan(stall.db, lambda: CustomerList(stall.db, stall.ctx).rows([stall.retail]))
    assert any("party_move USING COVERING INDEX ix_party_move_customer_id" in step for step in steps), steps


# ------------------------------------------------------------ reports


def test_reports_ask_as_many_questions_for_many_documents_as_for_one(stall: Counter) -> None:
    sku = stall.goods("sp1", stock="500")
    reports, month = Reports(stall.db, stall.ctx), Period(TODAY.replace(day=1), TODAY)

    def asked() -> list[int]:
        counts = []
        for call in (lambda: reports.day(TODAY), lambda: reports.by_goods(month), lambda: reports.by_customer(month)):
            with statements(stall.db) as sent:
                call()
            counts.append(len(sent))
        return counts

    stall.sale(stall.line(sku))
    few = asked()
    for _ in range(9):
        stall.sale(stall.line(sku), stall.line(sku, "2"))
    assert asked() == few


def test_a_period_of_documents_is_found_by_its_days(stall: Counter) -> None:
    month = DocumentFilter(first_day=TODAY.replace(day=1), last_day=TODAY)
    for kind in (None, DocumentKind.SALE):
        steps = plan(stall.db, lambda kind=kind: DocumentList(stall.db).ids(replace(month, kind=kind)))  # type: ignore[misc]
        assert any(step.startswith("SEARCH document USING") and "day>" in step for step in steps), steps
