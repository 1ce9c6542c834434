"""The list of 商品匹配 (manual 4.2.4, 4.3.5)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from jdy_desktop.models.channel import OfferSku
from jdy_desktop.models.ids import ShopId
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.queries.matches import MatchFilter, MatchList
from tests.support.channel import add_offer, add_product, add_shop


@pytest.fixture
def matches(book: Any) -> MatchList:
    """One matched row whose eight fields have nothing in common, and others beside it."""
    with book.write() as session:
        shop, other = add_shop(session), add_shop(session, "AOP对外测试账号04", "isv04")
        product = add_product(session, "SYSCODE77", "系统名称衬衫", [("SKUCODE88", "墨绿/XXL")])
        row = add_offer(session, shop, "588616757513", "平台标题连衣裙", "CARGO55", [("UNIT66", "天蓝色/S")]).skus[0]
        row.sku_id, row.match_origin = product.skus[0].id, "manual"
        add_offer(session, other, "588616757999", "100%纯棉 a_b", "zzz")
        add_offer(session, shop, "588616757514", "别的宝贝", "", [("q1", "红色/X"), ("q2", "红色/M"), ("q3", "绿色/M")])
    return MatchList(book, Context())


@pytest.mark.manual("M102")
@pytest.mark.parametrize(
    "text",
    [
        *("argo5", "台标题", "NIT6", "蓝色s", "yscode7", "统名称", "kucode8", "绿/xx"),
        *("标题 系统", "系统 标题 88", "６６", "588616757513", "ptbtlyq", "pingtai"),
        "https://detail.1688.com/offer/588616757513.html?spm=a26",
    ],
)
def test_each_of_the_eight_fields(matches: MatchList, text: str) -> None:
    found = matches.rows(matches.ids(MatchFilter(text)))
    assert [row.offer_id for row in found.values()] == ["588616757513"]


@pytest.mark.parametrize(
    ("text", "expected"), [("%", 1), ("_", 1), ("0%纯", 1), ("没有", 0), ("标题 没有", 0), ("", 5)]
)
def test_signs_are_letters(matches: MatchList, text: str, expected: int) -> None:
    assert len(matches.ids(MatchFilter(text))) == expected


@pytest.mark.manual("M103", "M76")
def test_filters_together(matches: MatchList, book: Any) -> None:
    one, other = ShopId(1), ShopId(2)
    assert len(matches.ids(MatchFilter(is_matched=True))) == 1
    assert len(matches.ids(MatchFilter(is_matched=False))) == 4
    assert len(matches.ids(MatchFilter(is_matched=False, shop_id=one))) == 3
    assert matches.ids(MatchFilter(is_matched=True, shop_id=other)) == []
    assert len(matches.ids(MatchFilter("红色", is_matched=False, shop_id=one))) == 2
    assert matches.counts(MatchFilter()) == (1, 4)
    assert matches.counts(MatchFilter("红色", is_matched=True)) == (0, 2)
    assert matches.counts(MatchFilter(shop_id=one)) == (1, 3)


@pytest.mark.manual("M75", "M77")
def test_nine_columns(matches: MatchList) -> None:
    (row,) = matches.rows(matches.ids(MatchFilter("CARGO55"))).values()
    shown = (row.item_number, row.title, row.sku_item_number, row.platform_sku_name)
    assert shown == ("CARGO55", "平台标题连衣裙", "UNIT66", "天蓝色S")
    system = (row.product_code, row.product_name, row.sku_code, row.sku_name)
    assert system == ("SYSCODE77", "系统名称衬衫", "SKUCODE88", "墨绿/XXL")
    assert (row.is_matched, row.shop, row.has_skus) == (True, "AOP对外测试账号02", True)
    (open_row,) = matches.rows(matches.ids(MatchFilter("zzz"))).values()
    assert (open_row.is_matched, open_row.product_code, open_row.sku_name, open_row.origin) == (False, "", "", None)


def test_offers_stay_together_in_the_order_of_their_skus(matches: MatchList, book: Any) -> None:
    with book.write() as session:
        rows = session.scalars(select(OfferSku).where(OfferSku.item_number.in_(["q1", "q3"]))).all()
        rows[0].position, rows[1].position = 2, 0
    found = matches.rows(matches.ids(MatchFilter()))
    ordered = [found[one] for one in matches.ids(MatchFilter())]
    assert [row.sku_item_number for row in ordered] == ["UNIT66", "", "q3", "q2", "q1"]


def test_rows_that_are_gone_are_left_out(matches: MatchList) -> None:
    assert list(matches.rows([1, 999_999])) == [1]
    assert matches.rows([]) == {}
