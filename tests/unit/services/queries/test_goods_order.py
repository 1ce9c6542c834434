"""商品中心 sorted by its heads: in SQL, over all pages, goods without a figure last."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku
from jdy_desktop.services.queries.goods import GoodsFilter, GoodsList
from jdy_desktop.services.queries.goods_order import GoodsSort
from tests.support.counter import Counter

D = Decimal


@pytest.fixture
def goods(stall: Counter) -> GoodsList:
    def one(code: str, name: str, retail: str | None, **more: Any) -> int:
        prices = {} if retail is None else {PriceGrade.RETAIL: D(retail), PriceGrade.WHOLESALE: D(retail) / 2}
        return stall.products.save(SaveProduct(code, name, (SaveSku(prices=prices),), **more))

    top = stall.products.add_category("女装")
    one("b2", "上衣", "9", category_id=top, unit="套")
    one("A1", "下装", "100", allow_negative=True, specification="大号")
    one("c3", "包", None)
    skus = tuple(
        SaveSku((colour,), prices={PriceGrade.RETAIL: D(price)}) for colour, price in (("红", "3"), ("白", "20"))
    )
    many = stall.products.save(SaveProduct("d4", "多色", skus, attributes=("颜色",)))
    first = stall.products.product(many).skus[0].id
    stall.receive(first, "5", "1")
    stall.offer(stall.shop("一店"), "1001", first)
    return GoodsList(stall.db)


@pytest.mark.parametrize(
    ("sort", "up", "down"),
    [
        (None, "d4 c3 A1 b2", "d4 c3 A1 b2"),
        ("code", "A1 b2 c3 d4", "d4 c3 b2 A1"),
        ("name", "c3 d4 b2 A1", "A1 b2 d4 c3"),  # bao, duose, shangyi, xiazhuang
        ("retail", "b2 d4 A1 c3", "A1 d4 b2 c3"),  # 9, 20 (the largest of its SKUs), 100, none
        ("wholesale", "b2 A1 d4 c3", "A1 b2 d4 c3"),
        ("stock", "c3 A1 b2 d4", "d4 c3 A1 b2"),
        ("match", "c3 A1 b2 d4", "d4 c3 A1 b2"),
        ("unit", "d4 c3 A1 b2", "b2 d4 c3 A1"),
        ("category", "b2 d4 c3 A1", "b2 d4 c3 A1"),
        ("specification", "A1 d4 c3 b2", "A1 d4 c3 b2"),
        ("n_skus", "c3 A1 b2 d4", "d4 c3 A1 b2"),
        ("negative", "d4 c3 b2 A1", "A1 d4 c3 b2"),
    ],
)
def test_each_head_sorts_both_ways(goods: GoodsList, sort: GoodsSort | None, up: str, down: str) -> None:
    for descending, wanted in ((False, up), (True, down)):
        ids = goods.ids(GoodsFilter(sort=sort, descending=descending))
        rows = goods.rows(ids)
        assert " ".join(rows[one].code for one in ids) == wanted


def test_every_head_is_tried_here() -> None:
    marks = test_each_head_sorts_both_ways.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} - {None} == set(get_args(GoodsSort))


def test_the_order_is_no_filter(goods: GoodsList) -> None:
    assert GoodsFilter(sort="code", descending=True).is_everything
    assert not GoodsFilter(text="a").is_everything
    assert len(goods.ids(GoodsFilter(text="多色", sort="retail"))) == 1
