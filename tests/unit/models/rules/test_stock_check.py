from __future__ import annotations

from decimal import Decimal as D

import pytest

from jdy_desktop.models.ids import OfferId, ShopId, SkuId, WarehouseId
from jdy_desktop.models.rules.stock_check import (
    OnlineLine,
    OnlineProblem,
    OnlineSku,
    OutgoingLine,
    Shortage,
    online_warnings,
    shortages,
)
from jdy_desktop.models.states import OfferStatus

SKU, OTHER, STALL, STORE = SkuId(1), SkuId(2), WarehouseId(1), WarehouseId(2)
SHOP, OTHER_SHOP = ShopId(1), ShopId(2)


def out(row, quantity, sku=SKU, warehouse=STALL):
    return OutgoingLine(row, sku, warehouse, D(quantity))


@pytest.mark.manual("M137")
def test_the_last_piece_may_be_sold_and_no_more():
    assert shortages([out(1, 20)], {(SKU, STALL): D(20)}) == ()
    assert shortages([out(1, 21)], {(SKU, STALL): D(20)}) == (Shortage(SKU, STALL, (1,), D(21), D(20)),)


def test_two_lines_of_one_sku_count_together():
    found = shortages([out(1, 3), out(2, 1, OTHER), out(3, 3)], {(SKU, STALL): D(5), (OTHER, STALL): D(1)})
    assert found == (Shortage(SKU, STALL, (1, 3), D(6), D(5)),)


def test_another_warehouse_does_not_help():
    assert shortages([out(1, 1)], {(SKU, STORE): D(5)}) == (Shortage(SKU, STALL, (1,), D(1), D(0)),)


@pytest.mark.manual("M119")
def test_goods_that_may_go_negative_are_never_short():
    assert shortages([out(1, 1), out(2, 1, OTHER)], {}, {SKU}) == (Shortage(OTHER, STALL, (2,), D(1), D(0)),)


def test_returned_pieces_in_the_same_bill_count():
    assert shortages([out(1, 3), out(2, -3)], {}) == ()
    assert shortages([out(1, -1)], {(SKU, STALL): D(-5)}) == ()


def online(quantity_minimum="2", stock="20", *, status=OfferStatus.ON_SHELF, shop=SHOP, key=1, offer="588708880891"):
    minimum = None if quantity_minimum is None else D(quantity_minimum)
    return OnlineSku(key, OfferId(offer), shop, status, minimum, None if stock is None else D(stock))


def problems(*lines, shop=SHOP):
    return [(one.row, one.problem) for one in online_warnings(lines, shop)]


@pytest.mark.manual("M140")
def test_one_piece_where_1688_wants_two():
    (warning,) = online_warnings([OnlineLine(1, D(1), online())], SHOP)
    assert (warning.problem, warning.wanted, warning.limit) == (OnlineProblem.BELOW_MINIMUM, D(1), D(2))
    assert warning.offer_id == "588708880891"
    assert problems(OnlineLine(1, D(2), online())) == []


def test_the_minimum_counts_all_colours_of_an_offer():
    lines = [OnlineLine(1, D(1), online(key=1)), OnlineLine(2, D(1), online(key=2))]
    assert problems(*lines) == []


@pytest.mark.manual("M141")
def test_twenty_one_where_1688_has_twenty():
    (warning,) = online_warnings([OnlineLine(1, D(21), online())], SHOP)
    assert (warning.problem, warning.wanted, warning.limit) == (OnlineProblem.OVER_ONLINE_STOCK, D(21), D(20))
    assert problems(OnlineLine(1, D(20), online())) == []


def test_online_stock_counts_two_lines_of_one_sku_together():
    over = OnlineProblem.OVER_ONLINE_STOCK
    assert problems(OnlineLine(1, D(11), online()), OnlineLine(2, D(10), online())) == [(1, over), (2, over)]


@pytest.mark.manual("M138", "M139", "M128", "M121")
def test_causes_that_make_the_numbers_meaningless_stand_alone():
    lines = [
        OnlineLine(1, D(1), online(status=OfferStatus.OFF_SHELF, offer="1", key=1)),
        OnlineLine(2, D(1), online(status=OfferStatus.GONE, offer="2", key=2)),
        OnlineLine(3, D(1), online(shop=OTHER_SHOP, offer="3", key=3)),
        OnlineLine(4, D(1), None),
    ]
    assert problems(*lines) == [
        (1, OnlineProblem.OFF_SHELF),
        (2, OnlineProblem.OFFER_GONE),
        (3, OnlineProblem.WRONG_SHOP),
        (4, OnlineProblem.UNMATCHED),
    ]


def test_no_shop_chosen_yet_is_no_wrong_shop():
    assert problems(OnlineLine(1, D(2), online(shop=OTHER_SHOP)), shop=None) == []


def test_what_1688_does_not_tell_is_not_warned_of():
    assert problems(OnlineLine(1, D(1), online(None, None))) == []


def test_half_pieces_cannot_go_to_1688():
    assert problems(OnlineLine(1, D("2.5"), online())) == [(1, OnlineProblem.NOT_WHOLE)]
