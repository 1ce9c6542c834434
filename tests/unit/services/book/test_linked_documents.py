"""Returns from their lines, transfers with their cost, counts against the book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.document_values import SavedDocument
from jdy_desktop.services.errors import StockShort, UserError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.documents import DocumentFilter, DocumentList
from tests.support.counter import Counter

D = Decimal
K = DocumentKind


@pytest.fixture
def per_warehouse(make_stall: Callable[..., Counter]) -> Counter:
    return make_stall(cost_per_warehouse=True)


@pytest.fixture
def reviewed(make_stall: Callable[..., Counter]) -> Counter:
    return make_stall(needs_review=True)


def _held(stall: Counter, sku: SkuId) -> dict[int, tuple[Decimal, Decimal]]:
    with stall.db.read() as session:
        rows = session.execute(
            select(StockBalance.warehouse_id, StockBalance.quantity, StockBalance.cost).where(
                StockBalance.sku_id == sku
            )
        )
        return {place: (quantity, cost) for place, quantity, cost in rows}


def _sound(stall: Counter) -> None:
    assert check_book(stall.db, JobContext()).problems == ()


def _bought(stall: Counter, sku: SkuId, quantity: str = "10", price: str = "6") -> Any:
    saved = stall.documents.save(stall.request(K.PURCHASE, stall.line(sku, quantity, price)))
    return stall.documents.document(saved.id)


def _back(stall: Counter, source: Any, quantity: str, kind: K = K.PURCHASE_RETURN, **more: Any) -> Any:
    line = source.lines[0]
    wanted = stall.line(line.sku_id, quantity, str(line.price), source_line_id=line.id)
    return stall.documents.save(stall.request(kind, wanted, source_id=source.id, **more))


@pytest.mark.manual("M114")
def test_a_return_cannot_exceed_its_line(stall: Counter) -> None:
    sku = stall.goods("a")
    source = _bought(stall, sku)
    first = _back(stall, source, "4")
    assert stall.stock(sku) == D(6)
    assert stall.documents.returnable(source.id) == {source.lines[0].id: D(6)}
    with pytest.raises(UserError) as refused:
        _back(stall, source, "7")
    assert (refused.value.code, refused.value.row, refused.value.params["left"]) == ("return_exceeds", 1, D(6))
    # 10 × 6 bought, 4 × 6 returned: 36 are owed.
    assert stall.parties.supplier(stall.supplier).balance == D(36)
    stall.documents.void(first.id, first.version)
    _back(stall, source, "10")
    assert stall.stock(sku) == 0
    assert stall.parties.supplier(stall.supplier).balance == 0
    _sound(stall)


def test_two_lines_of_one_return_count_together(stall: Counter) -> None:
    sku = stall.goods("a")
    source = _bought(stall, sku)
    line = stall.line(sku, "6", "6", source_line_id=source.lines[0].id)
    with pytest.raises(UserError, match="return_exceeds"):
        stall.documents.save(stall.request(K.PURCHASE_RETURN, line, line, source_id=source.id))


def test_a_return_may_be_changed_within_its_line(stall: Counter) -> None:
    sku = stall.goods("a")
    source = _bought(stall, sku)
    line = stall.line(sku, "4", "6", source_line_id=source.lines[0].id)
    request = stall.request(K.PURCHASE_RETURN, line, source_id=source.id)
    saved = stall.documents.save(request)
    assert stall.documents.returnable(source.id, saved.id) == {source.lines[0].id: D(10)}
    stall.edit(request, saved, lines=(replace(line, quantity=D(9)),))
    assert stall.stock(sku) == D(1)


def test_what_was_returned_stays_as_it_is(stall: Counter) -> None:
    sku = stall.goods("a")
    request = stall.request(K.PURCHASE, stall.line(sku, "10", "6"))
    saved = stall.documents.save(request)
    source = stall.documents.document(saved.id)
    back = _back(stall, source, "1")
    assert stall.documents.document(saved.id).locked_by == "document_has_returns"
    with pytest.raises(UserError, match="document_has_returns"):
        stall.edit(request, saved, remark="x")
    with pytest.raises(UserError, match="document_has_returns"):
        stall.documents.void(saved.id, saved.version)
    stall.documents.void(back.id, back.version)
    stall.edit(request, saved, lines=(stall.line(sku, "3", "6"),))
    assert stall.stock(sku) == D(3)
    _sound(stall)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("goods", "return_source_unknown"),
        ("party", "return_other_party"),
        ("kind", "return_other_kind"),
        ("void", "return_source_voided"),
    ],
)
def test_a_return_starts_from_what_was_bought_there(stall: Counter, change: str, code: str) -> None:
    from jdy_desktop.services.book.parties import SaveSupplier

    sku, other = stall.goods("a", stock="20"), stall.goods("b", stock="20")
    source = _bought(stall, sku)
    more: dict[str, Any] = {}
    kind = K.PURCHASE_RETURN
    line = stall.line(sku, "1", "6", source_line_id=source.lines[0].id)
    if change == "goods":
        line = replace(line, sku_id=other)
    elif change == "party":
        more["supplier_id"] = stall.parties.save_supplier(SaveSupplier(name="别的"))
    elif change == "kind":
        kind = K.SALE_RETURN
    else:
        stall.documents.void(source.id, source.version)
    with pytest.raises(UserError) as refused:
        stall.documents.save(stall.request(kind, line, source_id=source.id, **more))
    assert refused.value.code == code


def test_a_sale_return_brings_goods_and_takes_the_debt(stall: Counter) -> None:
    sku = stall.goods("a", stock="10", cost="5")
    saved = stall.sale(stall.line(sku, "3", "10"), customer_id=stall.wholesale)
    assert stall.balance(stall.wholesale) == D(30)
    source = stall.documents.document(saved.id)
    _back(stall, source, "2", K.SALE_RETURN, customer_id=stall.wholesale)
    assert (stall.stock(sku), stall.value(sku), stall.balance(stall.wholesale)) == (D(9), D(45), D(10))


def test_goods_come_back_at_what_they_went_out_with(stall: Counter) -> None:
    """Ten for 10.00 in all go out at 1 a piece; dear ones came meanwhile, the average is 20 now."""
    sku = stall.goods("a", stock="10", cost="1")
    saved = stall.sale(stall.line(sku, "3", "10"), customer_id=stall.wholesale)
    stall.receive(sku, "7", "39")  # 7 × 1 + 7 × 39 = 280 for 14 pieces
    source = stall.documents.document(saved.id)
    _back(stall, source, "2", K.SALE_RETURN, customer_id=stall.wholesale)
    assert (stall.stock(sku), stall.value(sku)) == (D(16), D(282))
    with_none = stall.request(K.SALE_RETURN, stall.line(sku, "1", "10"), customer_id=stall.wholesale)
    stall.documents.save(with_none)  # 282 ÷ 16 = 17.625, in whole fen 17.63
    assert stall.value(sku) == D("299.63")
    _sound(stall)


def test_the_last_piece_that_comes_back_takes_the_rest(stall: Counter) -> None:
    """Three pieces went out for 10.0000: 3.3333, 3.3334, 3.3333 come back, 10.0000 in all."""
    sku = stall.goods("a")
    stall.receive(sku, "2", "3")
    stall.receive(sku, "1", "4")
    saved = stall.sale(stall.line(sku, "3", "10"), customer_id=stall.wholesale)
    assert stall.value(sku) == 0
    source, seen = stall.documents.document(saved.id), []
    for _piece in range(3):
        _back(stall, source, "1", K.SALE_RETURN, customer_id=stall.wholesale)
        seen.append(stall.value(sku))
    assert seen == [D("3.3333"), D("6.6667"), D("10.0000")]
    _sound(stall)


def test_with_a_reviewer_goods_come_back_at_their_cost_too(reviewed: Counter) -> None:
    stall = reviewed
    sku = stall.goods("a")

    def review(saved: SavedDocument) -> None:
        stall.documents.review(saved.id, saved.version)

    review(stall.receive(sku, "10", "1"))
    sale = stall.sale(stall.line(sku, "4", "10"), customer_id=stall.wholesale)
    review(sale)
    review(stall.receive(sku, "6", "3"))  # 6 × 1 + 6 × 3 = 24
    source = stall.documents.document(sale.id)
    line = stall.line(sku, "4", "10", source_line_id=source.lines[0].id)
    back = stall.documents.save(stall.request(K.SALE_RETURN, line, source_id=source.id, customer_id=stall.wholesale))
    assert stall.value(sku) == D(24)
    review(back)
    assert stall.value(sku) == D(28)
    _sound(stall)


def test_a_transfer_moves_the_goods_with_their_cost(per_warehouse: Counter) -> None:
    stall = per_warehouse
    sku = stall.goods("a", stock="10", cost="5")
    second = stall.parties.add_warehouse("二号仓")
    stall.receive(sku, "10", "8", second)
    saved = stall.documents.save(
        stall.request(K.TRANSFER, stall.line(sku, "4", "0"), warehouse_id=stall.warehouse, to_warehouse_id=second)
    )
    # 4 × 5 = 20 go along: 6 × 5 = 30 stay, 80 + 20 = 100 for 14.
    assert _held(stall, sku) == {stall.warehouse: (D(6), D(30)), second: (D(14), D(100))}
    assert stall.documents.document(saved.id).to_warehouse_id == second
    stall.documents.void(saved.id, saved.version)
    assert _held(stall, sku) == {stall.warehouse: (D(10), D(50)), second: (D(10), D(80))}
    _sound(stall)


def test_a_transfer_back_after_a_sale_loses_no_money(per_warehouse: Counter) -> None:
    stall = per_warehouse
    sku = stall.goods("a", stock="10", cost="5")
    second = stall.parties.add_warehouse("二号仓")
    stall.receive(sku, "1", "29", second)
    saved = stall.documents.save(
        stall.request(K.TRANSFER, stall.line(sku, "5", "0"), warehouse_id=stall.warehouse, to_warehouse_id=second)
    )
    # 二号仓: 6 pieces for 29 + 25 = 54; one is sold at 9: 5 for 45.
    stall.sale(stall.line(sku, "1", "10", warehouse_id=second))
    stall.documents.void(saved.id, saved.version)
    # All that is left there goes back with all that is left of its value.
    assert _held(stall, sku) == {stall.warehouse: (D(10), D(70)), second: (D(0), D(0))}
    _sound(stall)


def test_a_transfer_needs_goods_and_another_warehouse(stall: Counter) -> None:
    sku = stall.goods("a", stock="3")
    second = stall.parties.add_warehouse("二号仓")
    line = stall.line(sku, "4", "0")
    with pytest.raises(StockShort):
        stall.documents.save(stall.request(K.TRANSFER, line, warehouse_id=stall.warehouse, to_warehouse_id=second))
    with pytest.raises(UserError, match="to_warehouse_missing"):
        stall.documents.save(stall.request(K.TRANSFER, line))
    with pytest.raises(UserError, match="same_warehouse"):
        stall.documents.save(stall.request(K.TRANSFER, line, to_warehouse_id=stall.warehouse))
    assert stall.stock(sku) == D(3)


def test_a_count_writes_its_differences_and_takes_them_back(stall: Counter) -> None:
    more, less, same = (stall.goods(code, stock="10", cost="5") for code in "abc")
    lines = [
        stall.line(sku, quantity, "0", book_quantity=D(10))
        for sku, quantity in ((more, "12"), (less, "7"), (same, "10"))
    ]
    saved = stall.documents.save(stall.request(K.COUNT, *lines))
    assert [stall.stock(one) for one in (more, less, same)] == [D(12), D(7), D(10)]
    assert (stall.value(more), stall.value(less)) == (D(60), D(35))
    found = DocumentList(stall.db)
    rows = [
        one for one in found.rows(found.ids(DocumentFilter())).values() if stall.documents.document(one.id).source_id
    ]
    assert {(one.kind, stall.documents.document(one.id).category, one.quantity) for one in rows} == {
        (K.OTHER_RECEIPT, "盘盈", D(2)),
        (K.OTHER_ISSUE, "盘亏", D(3)),
    }
    for one in rows:
        view = stall.documents.document(one.id)
        assert view.locked_by == "document_of_count"
        with pytest.raises(UserError, match="document_of_count"):
            stall.documents.void(view.id, view.version)
    _sound(stall)
    stall.documents.void(saved.id, saved.version)
    assert [stall.stock(one) for one in (more, less, same)] == [D(10)] * 3
    assert all(stall.documents.document(one.id).state is DocumentState.VOIDED for one in rows)
    _sound(stall)


def test_a_count_of_goods_that_moved_meanwhile_is_refused(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    line = stall.line(sku, "9", "0", book_quantity=D(10))
    stall.sale(stall.line(sku, "1"))
    with pytest.raises(UserError) as refused:
        stall.documents.save(stall.request(K.COUNT, line))
    assert (refused.value.code, refused.value.params["book"]) == ("count_moved", D(9))
    assert stall.stock(sku) == D(9)
    saved = stall.documents.save(stall.request(K.COUNT, stall.line(sku, "0", "0", book_quantity=D(9))))
    assert stall.stock(sku) == 0
    with pytest.raises(UserError, match="count_fixed"):
        stall.edit(stall.request(K.COUNT, line), saved)
    with pytest.raises(UserError, match="line_repeated"):
        stall.documents.save(stall.request(K.COUNT, *(stall.line(sku, "1", "0") for _ in range(2))))


def test_counts_and_transfers_wait_for_the_reviewer(reviewed: Counter) -> None:
    stall = reviewed
    sku = stall.goods("a")
    receipt = stall.receive(sku, "10", "5")
    stall.documents.review(receipt.id, receipt.version)
    counted = stall.documents.save(stall.request(K.COUNT, stall.line(sku, "12", "0")))
    assert stall.stock(sku) == D(10)
    done = stall.documents.review(counted.id, counted.version)
    assert stall.stock(sku) == D(12)
    back = stall.documents.unreview(counted.id, done.version)
    assert stall.stock(sku) == D(10)
    stall.documents.void(counted.id, back.version)
    second = stall.parties.add_warehouse("二号仓")
    moved = stall.documents.save(stall.request(K.TRANSFER, stall.line(sku, "4", "0"), to_warehouse_id=second))
    assert set(_held(stall, sku)) == {stall.warehouse}
    stall.documents.review(moved.id, moved.version)
    assert {place: held[0] for place, held in _held(stall, sku).items()} == {stall.warehouse: D(6), second: D(4)}
    _sound(stall)


def test_a_return_waits_until_its_source_is_reviewed(reviewed: Counter) -> None:
    source = _bought(reviewed, reviewed.goods("a"))
    with pytest.raises(UserError, match="return_source_unreviewed"):
        _back(reviewed, source, "1")


def test_found_by_number_and_the_last_of_a_supplier(stall: Counter) -> None:
    sku = stall.goods("a")
    first, second = _bought(stall, sku), _bought(stall, sku)
    documents = stall.documents
    assert documents.find(f" {first.number.lower()} ") == first.id
    assert documents.find("nothing") is None
    assert documents.newest_of(K.PURCHASE, stall.supplier) == second.id
    documents.void(second.id, second.version)
    assert documents.newest_of(K.PURCHASE, stall.supplier) == first.id
    assert documents.newest_of(K.PURCHASE_RETURN, stall.supplier) is None


def test_last_purchase_prices(stall: Counter) -> None:
    from jdy_desktop.services.queries.purchase_prices import BoughtPrices

    sku = stall.goods("a")
    for price in ("6", "4.5", "5.25"):
        _bought(stall, sku, "1", price)
    found = BoughtPrices(stall.db, stall.ctx).of(sku, stall.supplier)
    assert found.last is not None
    assert found.lowest is not None
    assert (found.last.price, found.lowest.price, len(found.recent)) == (D("5.25"), D("4.5"), 3)
    assert BoughtPrices(stall.db, stall.ctx).last_of([sku, 999]) == {sku: D("5.25")}


def test_a_count_knows_the_goods_of_documents_that_wait_for_their_review(reviewed: Counter) -> None:
    """Ten in the book, a delivery of five on the shelf, two sold and gone: thirteen are counted, nothing is missing."""
    stall = reviewed
    sku = _reviewed_goods(stall, "10")
    delivery = stall.receive(sku, "5", "5")
    sale = stall.sale(stall.line(sku, "2"))
    counted = stall.documents.save(stall.request(K.COUNT, stall.line(sku, "13", "0", book_quantity=D(10))))
    later = stall.sale(stall.line(sku, "1"))
    assert stall.documents.document(counted.id).lines[0].book_quantity == 13
    # In whatever order they are reviewed, what was counted is true at the time of counting.
    for one in (delivery, later, counted, sale):
        stall.documents.review(one.id, one.version)
    assert stall.stock(sku) == 13 - 1
    _sound(stall)


def test_two_counts_before_their_review_find_a_loss_once(reviewed: Counter) -> None:
    stall = reviewed
    sku = _reviewed_goods(stall, "10")
    counts = [stall.documents.save(stall.request(K.COUNT, stall.line(sku, "8", "0"))) for _ in range(2)]
    for one in counts:
        stall.documents.review(one.id, one.version)
    assert stall.stock(sku) == 8
    _sound(stall)


def test_fewer_counted_than_a_waiting_delivery_brings_is_kept_until_it_is_reviewed(reviewed: Counter) -> None:
    stall = reviewed
    sku = stall.goods("a")
    delivery = stall.receive(sku, "5", "5")
    counted = stall.documents.save(stall.request(K.COUNT, stall.line(sku, "3", "0")))
    with pytest.raises(StockShort):
        stall.documents.review(counted.id, counted.version)
    for one in (delivery, counted):
        stall.documents.review(one.id, one.version)
    assert stall.stock(sku) == 3


def test_a_count_whose_ground_was_changed_is_not_reviewed(reviewed: Counter) -> None:
    """The delivery that was counted turns out to be none: the difference of the count was found against it."""
    stall = reviewed
    sku = _reviewed_goods(stall, "10")
    delivery = stall.receive(sku, "5", "5")
    counted = stall.documents.save(stall.request(K.COUNT, stall.line(sku, "15", "0")))
    voided = stall.documents.void(delivery.id, delivery.version)
    with pytest.raises(UserError) as refused:
        stall.documents.review(counted.id, counted.version)
    assert (refused.value.code, refused.value.params["goods"]) == ("count_outdated", "a")
    assert stall.stock(sku) == 10
    # The control: counted again, the five are a surplus.
    stall.documents.void(counted.id, counted.version)
    again = stall.documents.save(stall.request(K.COUNT, stall.line(sku, "15", "0")))
    stall.documents.review(again.id, again.version)
    assert (voided.version, stall.stock(sku)) == (2, 15)


def _reviewed_goods(stall: Counter, quantity: str) -> SkuId:
    sku = stall.goods("a")
    receipt = stall.receive(sku, quantity, "5")
    stall.documents.review(receipt.id, receipt.version)
    return sku
