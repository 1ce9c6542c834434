"""Goods: made by hand and from offers, found codes, deletion."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from jdy_desktop.models.account import AuditEntry
from jdy_desktop.models.catalog import Attribute, AttributeValue, Category, Product, Sku, Unit, UnitGroup
from jdy_desktop.models.channel import MatchHistory, Offer, OfferSku
from jdy_desktop.models.ids import ProductId, SkuId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_values import as_request
from jdy_desktop.services.book.products import SaveProduct, SaveSku, create_from_offer
from jdy_desktop.services.errors import Stale, UserError
from tests.support.counter import Counter

D = Decimal
COLOURS = ("红色", "白色", "黑色")


def shirt(**more: Any) -> SaveProduct:
    skus = tuple(SaveSku(values=(colour, "XL"), prices={PriceGrade.RETAIL: D(10)}) for colour in COLOURS)
    values = {
        "code": "sp32501",
        "name": "男士秋季衬衫量大可批发",
        "skus": skus,
        "attributes": ("颜色", "尺码"),
        "unit": "件",
    }
    return SaveProduct(**(values | more))


@pytest.mark.manual("M51", "M46", "M45")
def test_sku_codes_follow_the_scheme(stall: Counter) -> None:
    detail = stall.products.product(stall.products.save(shirt()))
    assert [sku.code for sku in detail.skus] == ["sp32501_001", "sp32501_002", "sp32501_003"]
    assert (detail.skus[0].name, detail.skus[0].values) == ("红色/XL", ("红色", "XL"))
    assert (detail.attributes, detail.has_variants, detail.unit) == (("颜色", "尺码"), True, "件")
    assert stall.products.generate_codes("sp32501", 2) == ("sp32501_004", "sp32501_005")
    assert stall.products.generate_codes("neu", 3) == ("neu_001", "neu_002", "neu_003")


@pytest.mark.parametrize(
    ("change", "code", "field", "row"),
    [
        ({"code": "  "}, "product_code_missing", "code", None),
        ({"name": ""}, "product_name_missing", "name", None),
        ({"code": "ＳＰ１"}, "code_taken", "code", None),
        ({"code": "x" * 81}, "text_too_long", "code", None),
        ({"skus": ()}, "skus_empty", "skus", None),
        ({"attributes": ()}, "attributes_missing", "attributes", None),
        ({"attributes": ("颜色", "颜色")}, "attribute_repeated", "attributes", None),
        ({"attributes": ("颜色",)}, "attribute_value_missing", "values", 1),
        ({"skus": (SaveSku(("红色", "X")), SaveSku(("红色", "X")))}, "values_repeated", "values", 2),
        ({"skus": (SaveSku(("红色", "X"), code="q"), SaveSku(("白", "X"), code="Q "))}, "code_taken", "sku_code", 2),
        ({"skus": (SaveSku(("红色", "X"), code="SP1"),)}, "code_taken", "sku_code", 1),
        ({"skus": (SaveSku(("红色", "X"), barcodes=("690",)),)}, "barcode_taken", "barcodes", 1),
        ({"skus": (SaveSku(("红", "X"), prices={PriceGrade.VIP: D("-1")}),)}, "number_negative", "price_vip", 1),
        ({"skus": (SaveSku(("红", "X"), prices={PriceGrade.VIP: D("1e-7")}),)}, "too_many_places", "price_vip", 1),
        ({"skus": (SaveSku(("红", "X"), prices={PriceGrade.VIP: D("1e30")}),)}, "number_too_large", "price_vip", 1),
        ({"tax_rate": D(101)}, "tax_rate_out_of_range", "tax_rate", None),
        ({"category_id": 99}, "category_unknown", "category_id", None),
        ({"unit": "一二三四五六七八九十一二三四五六七八九十一"}, "text_too_long", "unit", None),
    ],
)
def test_bad_goods_are_refused(stall: Counter, change: dict[str, Any], code: str, field: str, row: int | None) -> None:
    stall.products.save(SaveProduct(code="sp1", name="其他", skus=(SaveSku(barcodes=("690",)),)))
    with pytest.raises(UserError) as caught:
        stall.products.save(shirt(**change))
    assert (caught.value.code, caught.value.field, caught.value.row) == (code, field, row)
    assert stall.count(Product) == 1


def test_changing_goods(stall: Counter) -> None:
    product = stall.products.save(shirt())
    detail = stall.products.product(product)
    red, white, black = (sku.id for sku in detail.skus)
    stall.receive(white, "3", "1")
    kept = SaveSku(
        ("红色", "XL"), sku_id=red, code="sp32501_001", prices={PriceGrade.RETAIL: D(11)}, barcodes=("1", "2")
    )
    new = SaveSku(("蓝色", "XL"))
    changed = replace(shirt(skus=(kept, new)), product_id=product, version=detail.version)
    stall.products.save(changed)
    after = {sku.code: sku for sku in stall.products.product(product).skus}
    assert (after["sp32501_001"].prices[PriceGrade.RETAIL], after["sp32501_001"].barcodes) == (11, ("1", "2"))
    assert after["sp32501_002"].is_active is False  # it has stock: it rests
    assert after["sp32501_004"].name == "蓝色/XL"
    assert "sp32501_003" not in after
    with pytest.raises(Stale):
        stall.products.save(changed)
    with pytest.raises(UserError) as caught:
        stall.products.save(
            replace(changed, version=detail.version + 1, skus=(replace(kept, sku_id=SkuId(black + 100)),))
        )
    assert caught.value.code == "sku_unknown"


@pytest.mark.manual("M120")
def test_negative_stock_is_set_in_bulk(stall: Counter) -> None:
    ids = [stall.product_of(stall.goods(f"g{number}")) for number in range(5)]
    assert stall.products.set_allow_negative([*ids, 999], True) == 5
    assert stall.products.set_allow_negative(ids, True) == 0
    assert stall.products.product(ids[0]).allow_negative is True


@pytest.mark.manual("M63")
def test_deleting_goods_unmatches_and_keeps_used_ones(stall: Counter) -> None:
    used, free = stall.goods("used", stock="1"), stall.goods("free")
    offer = stall.offer(stall.shop("一店"), "1001", free)
    report = stall.products.delete([stall.product_of(used), stall.product_of(free)])
    assert (report.deleted, report.unmatched, report.kept) == (1, 1, (("used", "used_in_documents"),))
    with stall.db.read() as session:
        row = session.get_one(OfferSku, offer)
        assert (row.sku_id, row.match_origin, row.offer.title) == (None, None, "宝贝1001")
        history = session.scalars(select(MatchHistory)).one()
        assert (history.action, history.before_sku_id, history.operator) == ("goods_deleted", free, "小王")


# -- from an offer (4.2.3) --------------------------------------------------------------------------------------------


def offer_with_skus(
    stall: Counter, shop: int, offer_id: str, number: str, colours: tuple[str, ...], **more: Any
) -> int:
    values = {
        "title": "2018夏季新款上衣女",
        "category_name": "女式T恤",
        "status": "on_shelf",
        "unit": "件",
        "quote_type": 2,
    }
    tiers = json.dumps([["1", "42"], ["10", "40"], ["50", "38"]])
    with stall.db.write() as session:
        offer = Offer(
            shop_id=shop,
            offer_id=offer_id,
            item_number=number,
            tiers=tiers,
            picture="img/1.jpg",
            has_skus=bool(colours),
            downloaded_at=stall.ctx.clock.now(),
            **(values | more),
        )
        for position, colour in enumerate(colours or ("",), 1):
            specs = [["颜色", colour], ["尺码", "L"]] if colour else []
            offer.skus.append(
                OfferSku(
                    position=position,
                    platform_sku_id=str(position),
                    item_number=f"other{position}",
                    spec_values=json.dumps(specs, ensure_ascii=False),
                    retail_price=D(8 + 2 * position),
                    picture=f"img/{position}s.jpg",
                )
            )
        session.add(offer)
        session.flush()
        return offer.id


def make(stall: Counter, offer_pk: int) -> Any:
    with stall.db.write() as session:
        product = create_from_offer(session, stall.ctx, "奔腾照明", session.get_one(Offer, offer_pk))
        product_id = ProductId(product.id)
    return stall.products.product(product_id)


@pytest.mark.manual("M43", "M44", "M64", "M65", "M66", "M67", "M68", "M69", "M70", "M71", "M72", "M73", "M74")
def test_the_eight_rules(stall: Counter) -> None:
    shop = stall.shop("奔腾照明")
    first = make(stall, offer_with_skus(stall, shop, "588616757513", "sp1", ("红色", "白色", "黑色")))
    assert (first.name, first.code, first.category, first.unit, first.is_downloaded) == (
        "2018夏季新款上衣女",
        "sp1",
        "女式T恤",
        "件",
        True,
    )
    assert [(sku.code, sku.name, sku.picture) for sku in first.skus] == [
        ("sp1_001", "红色/L", "img/1s.jpg"),
        ("sp1_002", "白色/L", "img/2s.jpg"),
        ("sp1_003", "黑色/L", "img/3s.jpg"),
    ]
    assert [sku.prices[PriceGrade.RETAIL] for sku in first.skus] == [10, 12, 14]
    assert {sku.prices[PriceGrade.WHOLESALE] for sku in first.skus} == {38}
    assert first.picture == "img/1.jpg"
    counts = [stall.count(entity) for entity in (Category, Unit, UnitGroup, Attribute)]
    second = make(stall, offer_with_skus(stall, shop, "588616757514", "", ("红色",)))
    assert second.code == "588616757514"
    assert [stall.count(entity) for entity in (Category, Unit, UnitGroup, Attribute)] == counts
    assert stall.count(AttributeValue) == 4
    tree = stall.products.category_tree()
    assert [(node.name, node.count) for node in tree] == [("奔腾照明", 0), ("女式T恤", 2)]
    with stall.db.read() as session:
        assert session.scalars(select(Product.kind)).all() == ["ordinary", "ordinary"]
        assert "hongse" in session.scalars(select(Sku.search_text)).first()  # type: ignore[operator]


def test_two_offers_with_one_item_number_stay_two_goods(stall: Counter) -> None:
    shop = stall.shop("一店")
    codes = [make(stall, offer_with_skus(stall, shop, offer, "sp1", ())).code for offer in ("1007513", "1007514")]
    assert codes == ["sp1", "sp1-7514"]
    plain = stall.products.product(ProductId(1))
    assert (plain.has_variants, [sku.code for sku in plain.skus]) == (False, ["sp1"])


@pytest.mark.manual("M49", "M50")
def test_forty_values_and_the_same_value_under_two_attributes(stall: Counter) -> None:
    shop = stall.shop("一店")
    many = make(stall, offer_with_skus(stall, shop, "1", "sp40", tuple(f"色{number}" for number in range(40))))
    assert (len(many.skus), many.skus[39].code) == (40, "sp40_040")
    make(stall, offer_with_skus(stall, shop, "2", "sp41", ("天蓝色",)))
    stall.products.save(shirt(attributes=("色调", "尺码"), skus=(SaveSku(("天蓝色", "L")),)))
    with stall.db.read() as session:
        found = session.scalar(select(func.count()).select_from(AttributeValue).where(AttributeValue.name == "天蓝色"))
        assert found == 2


def test_an_offer_that_goods_cannot_hold_leaves_nothing(stall: Counter) -> None:
    shop = stall.shop("一店")
    bad = offer_with_skus(stall, shop, "1", "sp1", ("红" * 61,))
    with pytest.raises(UserError):
        make(stall, bad)
    assert stall.count(Product) == 0


# -- what the form changes is told ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        ({"allow_negative": True}, {"allow_negative": False}, {"allow_negative": True}),
        ({"tax_rate": Decimal(13)}, {"tax_rate": None}, {"tax_rate": "13"}),
        ({"code": "sp2"}, {"code": "sp1"}, {"code": "sp2"}),
    ],
)
def test_the_audit_trail_tells_what_the_form_changed(
    stall: Counter, changes: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    product = stall.product_of(stall.goods("sp1"))
    rows = stall.count(AuditEntry)
    stall.products.save(replace(as_request(stall.products.product(product)), remark="没有别的"))
    assert stall.count(AuditEntry) == rows  # the control: nothing that is worth a row
    stall.products.save(replace(as_request(stall.products.product(product)), **changes))
    with stall.db.read() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.entity_id, entry.operator) == ("change", str(product), "小王")
        assert json.loads(entry.before or "{}").items() >= before.items()
        assert json.loads(entry.after or "{}").items() >= after.items()


def test_a_matched_sku_that_is_taken_out_leaves_its_match_in_the_history(stall: Counter) -> None:
    two = tuple(SaveSku(values=(name,)) for name in ("红", "蓝"))
    made = stall.products.save(SaveProduct(code="sp1", name="裙", attributes=("颜色",), skus=two))
    request = as_request(stall.products.product(made))
    red, blue = (one.sku_id for one in request.skus)
    offer = stall.offer(stall.shop("一店"), "1001", blue)
    stall.products.save(replace(request, skus=request.skus[:1]))
    with stall.db.read() as session:
        assert session.get_one(OfferSku, offer).sku_id is None
        history = session.scalars(select(MatchHistory)).one()
        facts = (
            history.action,
            history.offer_sku_id,
            history.before_sku_id,
            history.before_origin,
            history.after_sku_id,
        )
        assert facts == ("goods_deleted", offer, blue, "manual", None)
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (json.loads(entry.before or "{}")["skus"], json.loads(entry.after or "{}")["skus"]) == (
            [red, blue],
            [red],
        )
