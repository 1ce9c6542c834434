"""A big book (tests/bench/big_book.py) through the services, as the window calls them: lists, reports, a sale, the check.

`python -m tests.bench.measure_big --rounds 5 --sales 50 [--lists 0] [--check 0]`. Works on a copy.
`main`: the window itself may wait for it.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import big_book, figures

if TYPE_CHECKING:
    from jdy_desktop.services.bundle import Services

LIST_S, MAIN_S, SAVE_S, DAY_S, MONTH_S = 0.1, 0.05, 0.2, 0.5, 2.0
PAGE = 200
LINES = 20
#: 1, 2 and 4 characters, and a code
GOODS_WORDS = ("裙", "红色", "夏季新款", "sp38001_002", "不存在的")


@dataclass
class Meter:
    rounds: int
    #: what was not within its target
    short: list[str]

    def __call__(self, what: str, call: Callable[[], Any], target_s: float | None = None) -> Any:
        """The first call is not counted: a list is read again and again."""
        found = call()
        times = []
        for _ in range(self.rounds):
            begin = time.perf_counter()
            call()
            times.append(time.perf_counter() - begin)
        self.tell(what, times, target_s)
        return found

    def tell(self, what: str, times: list[float], target_s: float | None) -> None:
        figures.tell(what, times, target_s)
        if target_s is not None and figures.percentile(times, 0.5) > target_s:
            self.short.append(what)


def main() -> None:
    options = figures.arguments(__doc__ or "", rounds=5, sales=50, lists=1, check=1)
    template = big_book.big_book()
    today = big_book.last_day(template)
    figures.machine()
    meter = Meter(options.rounds, [])
    with tempfile.TemporaryDirectory(prefix="jdy-bench-") as place:
        book = Path(place) / "book.jdy"
        shutil.copyfile(template, book)
        begin = time.perf_counter()
        services = _open(book, Path(place))
        print(f"{'open a book, services ready':48} {(time.perf_counter() - begin) * 1e3:7.1f} ms")
        for what, measure in _lists(today).items() if options.lists else ():
            measure(meter, services, what)
        _reports(meter, services, today)
        _sales(meter, services, options.sales)
        if options.check:
            _check(services)
        services.db.close()
    load = os.getloadavg()[0]
    print(f"# load {load:.1f} at the end; median beyond its target: {', '.join(meter.short) or 'nothing'}")


def _open(book: Path, place: Path) -> Services:
    from jdy_desktop.services.bundle import Books
    from jdy_desktop.services.machine.context import Context
    from jdy_desktop.services.machine.folders import Folders
    from jdy_desktop.services.machine.settings import LocalSettings

    folders = Folders(place)
    folders.make()
    settings = LocalSettings(folders.settings_file)
    return Books(Context(operator="王姐"), settings, folders, lambda _areas: None).open(book).services


# ---------------------------------------------------------------- lists
def _list(
    ids: Callable[[Any], list[int]],
    rows: Callable[[list[int]], Any],
    also: Callable[[Any], Any] | None,
    make: Callable[..., Any],
    words: tuple[str, ...],
) -> Callable[[Meter, str], None]:
    """All rows first, then each word; a page from the middle."""

    def measure(meter: Meter, what: str) -> None:
        everything = meter(f"{what}: ids", partial(ids, make()), LIST_S)
        middle = max(0, len(everything) // 2 - PAGE)
        meter(
            f"{what}: page of {PAGE} of {len(everything)} (main)",
            partial(rows, everything[middle : middle + PAGE]),
            MAIN_S,
        )
        if also is not None:
            meter(f"{what}: sums", partial(also, make()), LIST_S)
        for word in words:
            found = len(ids(make(text=word)))
            meter(f"{what}: ids of {word!r} ({found})", partial(ids, make(text=word)), LIST_S)
            if also is not None:
                meter(f"{what}: sums of {word!r}", partial(also, make(text=word)), LIST_S)

    return measure


def _lists(today: date) -> dict[str, Callable[[Meter, Services, str], None]]:
    from jdy_desktop.services.queries.documents import DocumentFilter
    from jdy_desktop.services.queries.goods import GoodsFilter
    from jdy_desktop.services.queries.matches import MatchFilter
    from jdy_desktop.services.queries.parties import PartyFilter
    from jdy_desktop.services.queries.payments import PaymentFilter
    from jdy_desktop.services.queries.pre_orders import PreOrderFilter
    from jdy_desktop.services.queries.stock import StockFilter

    document = f"XH{today - timedelta(days=60):%Y%m%d}007"
    month = today.replace(day=1)
    parties = ("王", "女装", "王姐服饰", "jie", "13800000123", "不存在的")
    codes = ("王", "女装", document[2:10], document, "不存在的")

    def this_month(**more: Any) -> Any:
        return DocumentFilter(first_day=month, last_day=today, **more)

    def by(pick: Callable[[Services], Any], also: str | None, make: Any, words: tuple[str, ...]) -> Any:
        def run(meter: Meter, services: Services, what: str) -> None:
            one = pick(services)
            _list(one.ids, one.rows, getattr(one, also) if also else None, make, words)(meter, what)

        return run

    return {
        "goods": by(lambda s: s.goods_list, "stock_total", GoodsFilter, GOODS_WORDS),
        "matches": by(lambda s: s.match_list, "counts", MatchFilter, GOODS_WORDS),
        "pre-orders": by(lambda s: s.pre_order_list, "sums", PreOrderFilter, codes),
        "documents": by(lambda s: s.document_list, "sums", DocumentFilter, (*GOODS_WORDS, *codes)),
        "documents of a month": by(lambda s: s.document_list, "sums", this_month, ("王", "红色", "夏季新款", document)),
        "stock": by(lambda s: s.stock_list, "sums", StockFilter, GOODS_WORDS),
        "stock, what is there": by(lambda s: s.stock_list, "sums", partial(StockFilter, stock="in"), ()),
        "customers": by(lambda s: s.customer_list, None, PartyFilter, parties),
        "customers who owe": by(lambda s: s.customer_list, None, partial(PartyFilter, owes_only=True), ()),
        "payments": by(lambda s: s.payment_list, "sums", PaymentFilter, codes),
    }


# ---------------------------------------------------------------- reports and the rest
def _reports(meter: Meter, services: Services, today: date) -> None:
    from jdy_desktop.models.ids import SkuId
    from jdy_desktop.models.rules.periods import Period
    from jdy_desktop.services.book.bills import Party
    from jdy_desktop.services.queries.stock_history import HistoryFilter

    month = Period(today - timedelta(days=30), today)
    reports, statements = services.reports, services.statements
    for day in (today, today - timedelta(days=100)):
        meter(f"day report of {day}", partial(reports.day, day), DAY_S)
    meter("month by goods", partial(reports.by_goods, month), MONTH_S)
    meter("month by customer", partial(reports.by_customer, month), MONTH_S)
    meter("month by day", partial(reports.by_day, month), MONTH_S)
    meter("stock value", reports.stock_value, MONTH_S)
    meter("ageing of debts", partial(reports.debts, of_customers=True), MONTH_S)
    meter("money due from 1688", reports.due, DAY_S)
    busy = next(iter(services.customer_list.ids(_everybody())))
    found = meter(
        "statement of the busiest, a month", partial(statements.statement, "customer", busy, month.first, today), DAY_S
    )
    found = meter(
        "statement of the busiest, a year",
        partial(statements.statement, "customer", busy, today - timedelta(365), today),
        MONTH_S,
    )
    opened = meter("open bills of the busiest", partial(services.payments.open_bills, Party("customer", busy)), LIST_S)
    print(f"#   {len(found.rows)} rows of a year, {len(opened.bills)} open bills")
    history, sku = services.stock_history, HistoryFilter(SkuId(1))
    moves = meter("stock history of the busiest: ids", partial(history.ids, sku), LIST_S)
    meter(f"stock history: page of {PAGE} of {len(moves)} (main)", partial(history.rows, moves[:PAGE], sku), MAIN_S)
    for word in GOODS_WORDS:
        meter(f"picker: {word!r}", partial(services.picker.search, word), MAIN_S)
    meter("customers to pick: '王'", partial(services.parties.customers, "王"), MAIN_S)


def _everybody() -> Any:
    from jdy_desktop.services.queries.parties import PartyFilter

    return PartyFilter(text="零售")  # the first customer of every book is drawn most often


def _sales(meter: Meter, services: Services, count: int) -> None:
    from jdy_desktop.models.ids import DocumentId
    from jdy_desktop.models.states import DocumentKind
    from tests.bench.app_adapter import SaleDesk

    desk = SaleDesk(services.db, [Decimal(big_book.price_of(sku)).scaleb(-2) for sku in range(1, big_book.SKUS + 1)])
    rng = random.Random(2)
    times = []
    for number in _numbers(count + 1):
        lines = [(sku, 1) for sku in rng.sample(range(1, big_book.SKUS + 1), LINES)]
        begin = time.perf_counter()
        desk.order(number, lines)
        times.append(time.perf_counter() - begin)
    meter.tell(f"sale of {LINES} lines", times[1:], SAVE_S)
    sale = DocumentId(services.document_list.ids(_documents())[0])
    meter("open a saved sale of 20 lines", partial(services.documents.document, sale), LIST_S)
    meter("the sale before it", partial(services.documents.neighbour, DocumentKind.SALE, sale, -1), MAIN_S)


def _documents() -> Any:
    from jdy_desktop.services.queries.documents import DocumentFilter

    return DocumentFilter()


def _numbers(count: int) -> Iterator[int]:
    return iter(range(10**6, 10**6 + count))


def _check(services: Services) -> None:
    from jdy_desktop.services.book.checks import check_book
    from jdy_desktop.services.machine.jobs import JobContext

    begin = time.perf_counter()
    report = check_book(services.db, JobContext())
    print(f"{'check of the whole book (a job)':48} {time.perf_counter() - begin:7.1f} s")
    assert report.is_sound, report.problems[:10]


if __name__ == "__main__":
    main()
