"""The conditions of 商品发布 as pure rules (manual 4.4.1, 4.4.3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jdy_desktop.models.ids import ProductId, ShopId
from jdy_desktop.models.rules.publishing import (
    MOST_BYTES,
    Condition,
    GoodsFacts,
    PictureFacts,
    PublishKey,
    Verdict,
    conditions,
    obstacles,
    title_places,
    whole_stock,
)

FINE = PictureFacts(1, 750, 750, MOST_BYTES)
GOODS = GoodsFacts(
    title="纯棉毛巾",
    pictures=(FINE,),
    category_id="1037110",
    price=Decimal("5.5"),
    stock=Decimal(10),
    unit="件",
    n_skus=1,
    has_variants=False,
)


def codes(**changes: object) -> list[str]:
    """Codes of what is not good."""
    found = conditions(replace(GOODS, **changes))  # type: ignore[arg-type]
    return [one.code for one in found if one.verdict is not Verdict.GOOD]


def test_goods_that_fulfil_everything() -> None:
    found = conditions(GOODS)
    assert {one.verdict for one in found} == {Verdict.GOOD}
    assert [one.condition for one in found] == list(Condition)[:9]
    assert obstacles(found) == ()


@pytest.mark.manual("M105", "M106", "M107", "M108", "M110")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"pictures": ()}, ["main_picture_refused"]),
        ({"pictures": (PictureFacts(1, problem="not_a_picture"),)}, ["main_picture_refused_unreadable"]),
        ({"pictures": (replace(FINE, size_bytes=MOST_BYTES + 1),)}, ["picture_bytes_ask"]),
        ({"pictures": (replace(FINE, width=749),)}, ["picture_pixels_advice"]),
        ({"pictures": (replace(FINE, height=749),)}, ["picture_pixels_advice"]),
        ({"pictures": (FINE,) * 5}, []),
        ({"pictures": (FINE,) * 6}, ["picture_count_advice"]),
        # The sixth is not sent, so what is wrong with it stands against nothing.
        ({"pictures": (*(FINE,) * 5, PictureFacts(6, problem="gone"))}, ["picture_count_advice"]),
        ({"category_id": ""}, ["category_refused"]),
        ({"title": "  "}, ["title_refused_empty"]),
        ({"title": "字" * 30}, []),
        ({"title": "字" * 30 + "a"}, ["title_refused"]),
        ({"price": None}, ["price_refused"]),
        ({"price": Decimal(0)}, ["price_refused"]),
        ({"price": Decimal("5.500001")}, ["price_refused_places"]),
        ({"price": Decimal("5.500000")}, []),
        ({"stock": Decimal("0.9999")}, ["stock_refused"]),
        ({"stock": Decimal("-1")}, ["stock_refused"]),
        ({"unit": "双"}, ["unit_advice"]),
        ({"has_variants": True, "n_skus": 6}, ["skus_ask"]),
        ({"offer_in_shop": "588616757513"}, ["in_shop_refused"]),
        ({"category_id": "", "price": None, "pictures": ()},
         ["main_picture_refused", "category_refused", "price_refused"]),
    ],
)  # fmt: skip
def test_each_condition_has_its_verdict(changes: dict[str, object], expected: list[str]) -> None:
    assert codes(**changes) == expected


def test_which_pictures_are_meant() -> None:
    heavy = tuple(replace(FINE, place=n, size_bytes=MOST_BYTES + (n % 2)) for n in range(1, 6))
    [found] = [one for one in conditions(replace(GOODS, pictures=heavy)) if one.condition is Condition.PICTURE_BYTES]
    assert found.facts == {"places": "1、3、5"}


def test_a_consent_takes_away_what_was_asked_and_nothing_else() -> None:
    heavy = (replace(FINE, size_bytes=MOST_BYTES + 1),)
    found = conditions(replace(GOODS, pictures=heavy, has_variants=True, category_id=""))
    assert [one.code for one in obstacles(found)] == ["picture_bytes_ask", "category_refused", "skus_ask"]
    both = frozenset({Condition.PICTURE_BYTES, Condition.SKUS, Condition.CATEGORY})
    assert [one.code for one in obstacles(found, both)] == ["category_refused"]


@pytest.mark.parametrize(("text", "places"), [("", 0), ("abc", 3), ("毛巾", 4), ("毛巾 34x74cm", 12), ("（）", 4)])
def test_a_chinese_character_takes_two_places(text: str, places: int) -> None:
    assert title_places(text) == places


@given(st.integers(1, 10**9), st.integers(1, 10**5))
def test_a_row_id_stands_for_one_product_in_one_shop(product: int, shop: int) -> None:
    key = PublishKey(ProductId(product), ShopId(shop))
    assert PublishKey.of(key.row_id) == key
    assert key.row_id < 2**63


@given(st.decimals(-(10**6), 10**6, places=4))
def test_what_is_offered_is_never_more_than_what_lies_there(stock: Decimal) -> None:
    offered = whole_stock(stock)
    assert 0 <= offered <= max(stock, Decimal(0))
    assert max(stock, Decimal(0)) - offered < 1
