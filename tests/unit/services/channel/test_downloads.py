"""下载 against the practice market (manual 4.2)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from jdy_desktop.models.catalog import AttributeValue, Category, Product, Sku, SkuPrice, Unit, UnitGroup
from jdy_desktop.models.channel import Offer, OfferSku
from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.states import DownloadMode, DownloadRange, MatchOrigin
from jdy_desktop.services.book.products import Products
from jdy_desktop.services.channel.downloads import DownloadRequest
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.jobs import JobContext, Progress
from tests.support.channel import add_product
from tests.support.stall import FIRST, SECOND, Stall

SHIRT, TEE, TROUSERS, BAG, TAPE, SHELL = (
    *("588616757513", "588640312701", "588628842301"),
    *("588652112602", "588708880891", "588713349312"),
)
ONLINE_SHIRTS, OTHER_TONE = "588720100013", "588720100017"
FORTY = "588720100016"


def count(stall: Stall, table: Any) -> int:
    with stall.db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def shop_id(stall: Stall) -> Any:
    return stall.authorize().shop_id


@pytest.mark.manual("M26", "M53", "M56", "M58", "M62")
def test_everything_on_shelf_is_created(stall: Stall, shop_id: Any) -> None:
    report = stall.download(shop_id)
    on_shelf = [one for one in stall.world.catalogue.by_id(FIRST) if one["status"] == "published"]
    assert report.offers == report.added == report.created == len(on_shelf) == count(stall, Product)
    assert report.is_complete
    assert ONLINE_SHIRTS not in {row.offer_id for row in stall.rows()}
    assert all(row.is_matched and row.origin is MatchOrigin.CREATED for row in stall.rows())


@pytest.mark.manual("M57", "M90", "M93", "M60")
@pytest.mark.parametrize("ids", [(), (SHIRT, SHELL)])
@pytest.mark.parametrize("mode", list(DownloadMode))
def test_four_combinations(stall: Stall, shop_id: Any, mode: DownloadMode, ids: tuple[str, ...]) -> None:
    with stall.db.write() as session:
        # Would fit 货号 sp18801 of an offer without SKUs: information alone must not match it.
        add_product(session, "sp18801", "毛巾")
    report = stall.download(shop_id, *ids, mode=mode)
    assert (report.offers == 2) == bool(ids)
    assert count(stall, Offer) == report.offers
    if mode is DownloadMode.INFO_ONLY:
        assert (report.created, report.linked, count(stall, Product)) == (0, 0, 1)
        assert not any(row.is_matched for row in stall.rows())
        assert stall.matching.auto_match().matched == (0 if ids else 1)
    else:
        assert report.created + report.linked == report.offers
        assert all(row.is_matched for row in stall.rows())


@pytest.mark.manual("M59")
def test_ids_that_1688_does_not_know_are_named(stall: Stall, shop_id: Any) -> None:
    report = stall.download(shop_id, SHIRT, "588600000000", SHIRT)
    assert (report.offers, report.unknown_ids, report.is_complete) == (1, ("588600000000",), False)
    foreign = "589100200001"
    assert stall.download(shop_id, foreign).unknown_ids == (foreign,)
    with pytest.raises(UserError):
        stall.downloads.run(JobContext(), DownloadRequest(shop_id, DownloadMode.CREATE, DownloadRange.SOME))


@pytest.mark.manual("M43", "M44", "M45", "M46", "M66", "M67", "M68", "M69", "M70", "M72", "M74")
def test_rules_of_created_goods(stall: Stall, shop_id: Any) -> None:
    stall.download(shop_id, SHIRT, SHELL)
    with stall.db.read() as session:
        shirt = session.scalars(select(Product).where(Product.code == "sp32501")).one()
        assert (shirt.name, shirt.kind, shirt.unit.name) == ("男士秋季衬衫量大可批发", "ordinary", "件")
        assert session.get_one(UnitGroup, shirt.unit.group_id).name == "件"
        assert [sku.code for sku in shirt.skus] == ["sp32501_001", "sp32501_002", "sp32501_003"]
        assert [sku.name for sku in shirt.skus] == ["白色/S", "红色/S", "天蓝色/S"]
        prices = {price.grade: price.price for price in shirt.skus[0].prices}
        # Tiers 42 and 39: the lowest one (rule 5).
        assert prices == {"retail": Decimal(64), "wholesale": Decimal(39)}
        assert shirt.picture.endswith(".png")
        shell = session.scalars(select(Product).where(Product.name.startswith("女跨境电商"))).one()
        assert (shell.code, [sku.code for sku in shell.skus]) == (SHELL, [f"{SHELL}_001"])


@pytest.mark.manual("M64", "M65", "M68", "M71")
def test_categories_units_and_values_are_reused(stall: Stall, shop_id: Any) -> None:
    stall.download(shop_id)
    with stall.db.read() as session:
        tops = session.scalars(select(Category).where(Category.parent_id.is_(None))).all()
        assert [top.name for top in tops] == ["AOP对外测试账号02"]
        names = session.scalars(select(Category.name).where(Category.parent_id == tops[0].id)).all()
        assert len(names) == len(set(names)) > 5
        assert session.scalar(select(func.count()).where(Unit.name == "件")) == 1
        assert session.scalar(select(func.count()).where(AttributeValue.name == "红色")) == 1


@pytest.mark.manual("M70", "M73")
def test_sku_retail_prices_and_pictures(stall: Stall, shop_id: Any) -> None:
    offer = stall.world.catalogue.keep(int(SHIRT))
    for sku, price in zip(offer["skuInfos"], (10, 12, 15), strict=True):
        sku["retailPrice"] = float(price)
    stall.download(shop_id, SHIRT)
    with stall.db.read() as session:
        prices = session.scalars(select(SkuPrice.price).where(SkuPrice.grade == "retail").order_by(SkuPrice.sku_id))
        assert list(prices) == [Decimal(10), Decimal(12), Decimal(15)]
        pictures = session.scalars(select(Sku.picture)).all()
        assert all(picture.startswith(stall.market.ready["images"]) for picture in pictures)


@pytest.mark.manual("M52")
def test_selling_data(stall: Stall, shop_id: Any) -> None:
    stall.download(shop_id, SHIRT, mode=DownloadMode.INFO_ONLY)
    with stall.db.read() as session:
        offer = session.scalars(select(Offer)).one()
        assert (offer.unit, offer.quote_type, offer.minimum_quantity) == ("件", 2, Decimal(2))
        assert json.loads(offer.tiers) == [["2", "42"], ["100", "39"]]
        assert (offer.mix_amount, offer.mix_quantity) in ((Decimal(15000), Decimal(3)), (None, None))
        assert [sku.retail_price for sku in offer.skus] == [Decimal(64), Decimal(64), Decimal(66)]
        assert all(sku.online_stock > 0 for sku in offer.skus)


@pytest.mark.manual("M49")
def test_forty_colours(stall: Stall, shop_id: Any) -> None:
    stall.download(shop_id, FORTY)
    assert len(stall.rows()) == 40
    assert len({row.sku_name for row in stall.rows()}) == 40


@pytest.mark.manual("M50")
def test_one_value_under_two_attributes(stall: Stall, shop_id: Any) -> None:
    """4.1.3: 天蓝色 under 颜色 and under 色调. Nothing is lost, both are named."""
    report = stall.download(shop_id, SHIRT, OTHER_TONE)
    assert report.created == 2
    (clash,) = report.clashes
    assert clash.value == "天蓝色"
    assert {clash.attribute, clash.other_attribute} == {"颜色", "色调"}
    assert {clash.offer_id, clash.other_offer_id} == {SHIRT, OTHER_TONE}
    names = {row.sku_name for row in stall.rows("天蓝色")}
    assert names == {"天蓝色/S", "天蓝色/M", "天蓝色/L", "天蓝色/XL"}
    assert stall.download(shop_id, SHIRT, OTHER_TONE).clashes == ()


@pytest.mark.manual("M50")
def test_a_similar_value_is_no_clash(stall: Stall, shop_id: Any) -> None:
    for sku in stall.world.catalogue.keep(int(OTHER_TONE))["skuInfos"]:
        for spec in sku["attributes"]:
            if spec["attributeValue"] == "天蓝色":
                spec["attributeValue"] = "天蓝"
    assert stall.download(shop_id, SHIRT, OTHER_TONE).clashes == ()


def test_doubled_item_number_becomes_two_products(stall: Stall, shop_id: Any) -> None:
    """F7: sp18811 and SP18811 are the same code; the second one gets the tail of its offer id and a warning."""
    report = stall.download(shop_id, "588720100032", "588720100033")
    assert report.created == 2
    (clash,) = report.code_clashes
    assert (clash.wanted, clash.code) == ("SP18811", "SP18811-0033")
    assert {row.product_code for row in stall.rows()} == {"sp18811", "SP18811-0033"}


@pytest.mark.manual("M72", "M97")
def test_created_goods_are_known_by_id(stall: Stall, shop_id: Any) -> None:
    """单品货号 may differ from the SKU code, the match stands, and comes back after it was deleted."""
    for place, sku in enumerate(stall.world.catalogue.keep(int(SHIRT))["skuInfos"]):
        sku["cargoNumber"] = f"其他-{place}"
    stall.download(shop_id, SHIRT)
    assert [row.sku_code for row in stall.rows()] == ["sp32501_001", "sp32501_002", "sp32501_003"]
    assert [row.sku_item_number for row in stall.rows()] == ["其他-0", "其他-1", "其他-2"]
    assert stall.matching.unmatch([row.id for row in stall.rows()]) == 3
    assert stall.matching.auto_match().matched == 3
    assert [row.sku_code for row in stall.rows()] == ["sp32501_001", "sp32501_002", "sp32501_003"]


@pytest.mark.manual("M97")
def test_hand_made_goods_with_other_sku_codes_stay_unmatched(stall: Stall, shop_id: Any) -> None:
    with stall.db.write() as session:
        add_product(session, "sp32501", "衬衫", [("x1", "白色/S"), ("x2", "红色/S")])
    stall.download(shop_id, SHIRT, mode=DownloadMode.INFO_ONLY)
    assert stall.matching.auto_match().matched == 0


@pytest.mark.manual("M86", "M87", "M92", "M48")
def test_new_title_changes_the_platform_name_only(stall: Stall, shop_id: Any) -> None:
    stall.download(shop_id, TEE)
    new_title = "2019年夏季新款T恤大批发小猫图案"
    stall.world.set_offer(int(TEE), subject=new_title)
    for mode in DownloadMode:
        report = stall.download(shop_id, TEE, mode=mode)
        assert (report.created, report.linked) == (0, 0)
    rows = stall.rows(new_title)
    assert len(rows) == 3
    assert all(row.is_matched and row.title == new_title for row in rows)
    assert {row.product_name for row in rows} == {"2018夏季新款宽松拼接撞色上衣女 时尚小猫刺绣打底棉T恤厂家直"}
    assert [row.sku_code for row in rows] == ["sp32701_001", "sp32701_002", "sp32701_003"]


@pytest.mark.manual("M63", "M88")
def test_deleted_goods_can_be_downloaded_again(stall: Stall, shop_id: Any) -> None:
    stall.download(shop_id, TEE)
    stall.world.set_offer(int(TEE), subject="新名字")
    with stall.db.read() as session:
        product_id = session.scalars(select(Product.id)).one()
    Products(stall.db, stall.ctx).delete([product_id])
    rows = stall.rows()
    assert [(row.is_matched, row.product_code, bool(row.title)) for row in rows] == [(False, "", True)] * 3
    assert stall.download(shop_id, TEE).created == 1
    assert {row.product_name for row in stall.rows()} == {"新名字"}


def test_second_download_changes_nothing(stall: Stall, shop_id: Any) -> None:
    first = stall.download(shop_id)
    before = _everything(stall)
    again = stall.download(shop_id)
    assert (again.unchanged, again.added, again.updated, again.created) == (first.offers, 0, 0, 0)
    assert _everything(stall) == before


def test_a_sku_that_1688_drops_is_kept_as_gone_and_comes_back(stall: Stall, shop_id: Any) -> None:
    stall.download(shop_id, SHIRT)
    offer = stall.world.catalogue.keep(int(SHIRT))
    kept = offer["skuInfos"].pop()
    assert stall.download(shop_id, SHIRT).updated == 1
    assert [(row.is_gone, row.is_matched) for row in stall.rows()] == [(False, True), (False, True), (True, True)]
    offer["skuInfos"].append(kept)
    assert stall.download(shop_id, SHIRT).updated == 1
    assert [row.is_gone for row in stall.rows()] == [False] * 3


def test_hand_made_goods_are_linked_not_made_again(stall: Stall, shop_id: Any) -> None:
    """W41: codes of every row fit goods of our own, so those are the goods."""
    with stall.db.write() as session:
        skus = [("SP32501_001", "白色/S"), ("sp32501_002", "红色/S"), ("sp32501_003", "天蓝色/S")]
        add_product(session, "SP32501", "我们的衬衫", skus)
    report = stall.download(shop_id, SHIRT)
    assert (report.created, report.linked, count(stall, Product)) == (0, 1, 1)
    assert {row.product_name for row in stall.rows()} == {"我们的衬衫"}


@pytest.mark.manual("M37", "M54")
def test_two_shops_are_kept_apart(stall: Stall, shop_id: Any) -> None:
    other = stall.authorize(SECOND).shop_id
    stall.download(shop_id)
    stall.download(other, mode=DownloadMode.INFO_ONLY)
    assert {row.shop for row in stall.rows(shop_id=shop_id)} == {"AOP对外测试账号02"}
    assert {row.shop for row in stall.rows(shop_id=other)} == {"AOP对外测试账号04"}
    assert len(stall.rows()) == len(stall.rows(shop_id=shop_id)) + len(stall.rows(shop_id=other))


@pytest.mark.manual("M77", "M78")
def test_rows_of_the_manual(stall: Stall, shop_id: Any) -> None:
    """The table of 4.3.3: created goods, one row unmatched, one matched by hand without any code."""
    stall.download(shop_id, TEE, TROUSERS, BAG)
    stall.download(shop_id, TAPE, SHELL, mode=DownloadMode.INFO_ONLY)
    with stall.db.write() as session:
        # Its only SKU is named 12*9*6 in the manual, so the goods have variants.
        product = add_product(session, "492ZGD01ZWG", "女跨境电商工艺品", [("492ZGD01ZWG", "12*9*6")])
        sku_id = SkuId(product.skus[0].id)
    assert stall.matching.auto_match().matched == 0
    (shell,) = stall.rows(SHELL)
    stall.matching.match(shell.id, sku_id)
    table = [
        (row.is_matched, row.item_number, row.sku_item_number, row.platform_sku_name, row.sku_code, row.sku_name)
        for row in stall.rows()
    ]
    assert sorted(table) == sorted([
        (True, "sp32701", "sp32701_003", "香夹白L", "sp32701_003", "香夹白/L"),
        (True, "sp32701", "sp32701_002", "香夹白M", "sp32701_002", "香夹白/M"),
        (True, "sp32701", "sp32701_001", "香夹白S", "sp32701_001", "香夹白/S"),
        (True, "sp32301", "sp32301_001", "红色XS", "sp32301_001", "红色/XS"),
        (True, "sp32301", "sp32301_002", "绿色XS", "sp32301_002", "绿色/XS"),
        (True, "sp32602", "sp32602_002", "红色", "sp32602_002", "红色"),
        (True, "sp32602", "sp32602_001", "黄色", "sp32602_001", "黄色"),
        (False, "sp19005", "", "1350FY-1", "", ""),
        (True, "", "", "12*9*6", "492ZGD01ZWG", "12*9*6"),
    ])  # fmt: skip


def test_progress_counts_offers(stall: Stall, shop_id: Any) -> None:
    seen: list[Progress] = []
    job = JobContext(seen.append)
    job.INTERVAL_S = 0.0
    report = stall.download(shop_id, job=job)
    assert [one.note for one in seen] == ["offers"] * len(seen)
    assert (seen[-1].done, seen[-1].total) == (report.offers, report.offers)
    assert [one.done for one in seen] == sorted(one.done for one in seen)


def _everything(stall: Stall) -> list[Any]:
    with stall.db.read() as session:
        skus = session.execute(select(*OfferSku.__table__.c)).all()
        offers = session.execute(select(*(c for c in Offer.__table__.c if c.name != "downloaded_at"))).all()
        products = session.execute(select(*Product.__table__.c)).all()
    return [*skus, *offers, *products]
