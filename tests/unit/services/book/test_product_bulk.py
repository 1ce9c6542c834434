"""Many new goods at once: the same rows and the same refusals as one by one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from jdy_desktop.models.catalog import Product, Sku
from jdy_desktop.models.states import PriceGrade, Role
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku, as_request
from jdy_desktop.services.errors import Refused, UserError
from tests.support.counter import Counter

D = Decimal


def shirt(code: str, **more: Any) -> SaveProduct:
    skus = tuple(
        SaveSku((colour, "XL"), prices={PriceGrade.RETAIL: D("9.9"), PriceGrade.VIP: D(8)}, minimum_stock=D(2))
        for colour in ("红色", "白色", "黑色")
    )
    return SaveProduct(**({"code": code, "name": "男士衬衫", "skus": skus, "attributes": ("颜色", "尺码")} | more))


LAMP = SaveProduct(
    code=" tl1 ", name="手工  台灯", unit="盏", specification="12V", tax_rate=D(6), remark="新", picture="own/a.png",
    pictures=("own/b.png",), allow_negative=True, skus=(SaveSku(barcodes=("6901", "6902")),),
)  # fmt: skip


@pytest.mark.manual("M51")
def test_together_is_the_same_as_one_by_one(stall: Counter) -> None:
    together = stall.products.create_many([shirt("sp32501"), LAMP])
    details = [stall.products.product(one) for one in together]
    with stall.db.read() as session:
        words = list(session.scalars(select(Sku.search_text).order_by(Sku.code_key)))
        pinyin = list(session.scalars(select(Product.pinyin).order_by(Product.code_key)))
    stall.products.delete(together)
    singly = [stall.products.product(stall.products.save(one)) for one in (shirt("sp32501"), LAMP)]
    for one, other in zip(details, singly, strict=True):
        assert [sku.code for sku in one.skus] == [sku.code for sku in other.skus]
        assert _plain(one) == _plain(other)
        assert one.pictures == other.pictures
    with stall.db.read() as session:
        assert words == list(session.scalars(select(Sku.search_text).order_by(Sku.code_key)))
        assert pinyin == list(session.scalars(select(Product.pinyin).order_by(Product.code_key)))
    assert [sku.code for sku in details[0].skus] == ["sp32501_001", "sp32501_002", "sp32501_003"]


def _plain(detail: Any) -> Any:
    request = as_request(detail)
    skus = tuple((one.values, one.code, one.prices, one.barcodes, one.minimum_stock) for one in request.skus)
    head = (request.code, request.name, request.unit, request.specification, request.tax_rate, request.remark)
    return (head, request.attributes, request.allow_negative, request.picture, skus)


def test_codes_step_aside_for_codes_that_are_taken(stall: Counter) -> None:
    stall.goods("sp1_002")
    first, second = stall.products.create_many([shirt("sp1"), shirt("SP2", skus=(SaveSku(("红", "S"), code="sp2_x"),))])
    assert [one.code for one in stall.products.product(first).skus] == ["sp1_001", "sp1_003", "sp1_004"]
    assert [one.code for one in stall.products.product(second).skus] == ["sp2_x"]


@pytest.mark.parametrize(
    ("bad", "code", "row"),
    [
        (shirt("ＯＬＤ"), "code_taken", None),
        (shirt("new"), "code_taken", None),
        (shirt("b", skus=(SaveSku(("红", "S"), code="old"),)), "code_taken", 1),
        (shirt("b", skus=(SaveSku(("红", "S"), barcodes=("690",)),)), "barcode_taken", 1),
        (
            shirt("b", skus=(SaveSku(("红", "S"), barcodes=("1",)), SaveSku(("白", "S"), barcodes=("1",)))),
            "barcode_taken",
            2,
        ),
        (shirt("b", name=""), "product_name_missing", None),
        (shirt("b", category_id=99), "category_unknown", None),
        (shirt("b", skus=tuple(SaveSku((f"c{n}", "S")) for n in range(41))), "too_many_values", None),
    ],
)
def test_one_bad_request_takes_all_back(stall: Counter, bad: SaveProduct, code: str, row: int | None) -> None:
    stall.products.save(SaveProduct("old", "旧", (SaveSku(barcodes=("690",)),)))
    with pytest.raises(UserError) as caught:
        stall.products.create_many([shirt("new"), bad])
    assert (caught.value.code, caught.value.row, caught.value.params["request"]) == (code, row, 2)
    assert stall.count(Product) == 1


def test_ids_go_on_where_they_were(stall: Counter) -> None:
    stall.products.create_many([shirt("a")])
    stall.goods("b")
    stall.products.create_many([shirt("c")])
    assert stall.count(Product) == 3
    assert stall.products.create_many([]) == []


def test_goods_that_may_go_negative_need_the_owner(stall: Counter) -> None:
    stall.ctx.seat.take("小张", Role.CLERK, 2)
    with pytest.raises(Refused):
        stall.products.create_many([LAMP])
    assert len(stall.products.create_many([shirt("a")])) == 1
