"""商品类别, 计量单位 and 辅助属性 kept in order by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from jdy_desktop.models.account import AuditEntry
from jdy_desktop.models.catalog import Sku
from jdy_desktop.services.book.catalog_upkeep import CatalogUpkeep, CategoryImpact
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.queries.picker import SkuPicker
from tests.support.counter import Counter

D = Decimal


@pytest.fixture
def upkeep(stall: Counter) -> CatalogUpkeep:
    return CatalogUpkeep(stall.db, stall.ctx)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(UserError) as caught:
        act()
    return caught.value.code


# ---- 商品类别
def test_a_tree_is_built_renamed_and_moved(upkeep: CatalogUpkeep) -> None:
    clothes = upkeep.add_category("服装")
    shirts = upkeep.add_category("衬衫", clothes)
    other = upkeep.add_category(" 其他  商品 ")
    upkeep.rename_category(shirts, "男式衬衫")
    upkeep.move_category(shirts, other)
    assert [(one.name, one.parent_id) for one in upkeep.categories()] == [
        ("其他 商品", None),
        ("男式衬衫", other),
        ("服装", None),
    ]


def test_names_are_free_beside_each_other_only(upkeep: CatalogUpkeep) -> None:
    clothes, shoes = upkeep.add_category("服装"), upkeep.add_category("鞋")
    summer = upkeep.add_category("夏季", clothes)
    assert upkeep.add_category("夏季", shoes) != summer
    assert refused(lambda: upkeep.add_category("服装")) == "category_name_taken"
    assert refused(lambda: upkeep.rename_category(shoes, "服装")) == "category_name_taken"
    assert refused(lambda: upkeep.move_category(summer, shoes)) == "category_name_taken"
    assert refused(lambda: upkeep.add_category(" ")) == "category_name_missing"
    assert refused(lambda: upkeep.add_category("类" * 101)) == "text_too_long"
    assert refused(lambda: upkeep.rename_category(999, "x")) == "category_unknown"
    upkeep.rename_category(clothes, "服装")  # its own name is no clash


def test_a_category_does_not_move_below_itself(upkeep: CatalogUpkeep) -> None:
    top = upkeep.add_category("一")
    low = upkeep.add_category("三", upkeep.add_category("二", top))
    assert refused(lambda: upkeep.move_category(top, low)) == "category_inside_itself"
    assert refused(lambda: upkeep.move_category(top, top)) == "category_inside_itself"


def test_goods_of_a_deleted_category_move_up(stall: Counter, upkeep: CatalogUpkeep) -> None:
    clothes = upkeep.add_category("服装")
    shirts = upkeep.add_category("衬衫", clothes)
    summer = upkeep.add_category("夏季", shirts)
    one, two = (stall.product_of(stall.goods(code, category_id=at)) for code, at in (("a", shirts), ("b", summer)))
    assert upkeep.preview_delete_category(shirts) == CategoryImpact("衬衫", goods=2, below=1, goes_to="服装")
    upkeep.delete_category(shirts)
    assert {stall.products.product(each).category for each in (one, two)} == {"服装"}
    assert upkeep.delete_category(clothes) == CategoryImpact("服装", goods=2, below=0, goes_to="")
    assert stall.products.product(one).category_id is None
    assert upkeep.categories() == ()


# ---- 计量单位
@pytest.mark.manual("M68")
def test_units_of_a_group_count_in_its_base(stall: Counter, upkeep: CatalogUpkeep) -> None:
    group = upkeep.add_unit_group("双")
    box = upkeep.add_unit(group, "箱", D(12))
    [pair] = [one for one in upkeep.unit_groups() if one.name == "双"]
    assert [(one.name, one.ratio, one.is_base) for one in pair.units] == [("双", 1, True), ("箱", 12, False)]
    stall.goods("a", unit="箱")  # typed by hand: the unit that is there
    [pair] = [one for one in upkeep.unit_groups() if one.name == "双"]
    assert [one.n_goods for one in pair.units] == [0, 1]
    upkeep.change_unit(box, "大箱", D("24"))
    assert stall.products.product(stall.product_of(stall.goods("b", unit="大箱"))).unit == "大箱"
    assert refused(lambda: upkeep.delete_unit(box)) == "unit_in_use"
    assert refused(lambda: upkeep.delete_unit(pair.units[0].id)) == "unit_is_base"
    assert refused(lambda: upkeep.add_unit(group, "大箱", D(2))) == "unit_name_taken"
    assert refused(lambda: upkeep.add_unit(group, "打", D(0))) == "unit_ratio_wrong"
    assert refused(lambda: upkeep.add_unit(group, "打", D("1.00001"))) == "unit_ratio_wrong"
    assert refused(lambda: upkeep.add_unit_group("双")) == "unit_name_taken"
    assert refused(lambda: upkeep.add_unit_group("")) == "unit_name_missing"


def test_a_renamed_base_unit_takes_its_group_along(stall: Counter, upkeep: CatalogUpkeep) -> None:
    upkeep.add_unit_group("打")
    group = next(one for one in upkeep.unit_groups() if one.name == "打")
    upkeep.change_unit(group.units[0].id, "十二件", D(5))
    renamed = next(one for one in upkeep.unit_groups() if one.name == "十二件")
    assert (renamed.units[0].name, renamed.units[0].ratio) == ("十二件", 1)  # a base unit is one of itself
    upkeep.delete_unit(renamed.units[0].id)
    assert "十二件" not in {one.name for one in upkeep.unit_groups()}


# ---- 辅助属性
@pytest.mark.manual("M46", "M50")
def test_a_renamed_value_changes_every_sku_and_what_is_searched(stall: Counter, upkeep: CatalogUpkeep) -> None:
    skus = tuple(SaveSku((colour, "XL"), barcodes=(f"69{colour}",)) for colour in ("红色", "白色"))
    product = stall.products.save(SaveProduct("sp1", "衬衫", skus, attributes=("颜色", "尺码")))
    colour = next(one for one in upkeep.attributes() if one.name == "颜色")
    assert [(one.name, one.n_skus) for one in colour.values] == [("红色", 1), ("白色", 1)]
    red = colour.values[0].id
    assert upkeep.rename_value(red, "大红") == 1
    assert [one.name for one in stall.products.product(product).skus] == ["大红/XL", "白色/XL"]
    picker = SkuPicker(stall.db)
    assert [one.code for one in picker.search("dahong")] == ["sp1_001"]
    assert [one.code for one in picker.search("69红色")] == ["sp1_001"]
    with stall.db.read() as session:
        assert not any("\n红色/" in text for text in session.scalars(select(Sku.search_text)))
    assert refused(lambda: upkeep.rename_value(red, "白色")) == "value_name_taken"
    assert refused(lambda: upkeep.rename_value(red, " ")) == "attribute_value_missing"
    assert refused(lambda: upkeep.delete_value(red)) == "value_in_use"
    assert refused(lambda: upkeep.delete_attribute(colour.id)) == "attribute_in_use"


def test_attributes_and_values_come_and_go(stall: Counter, upkeep: CatalogUpkeep) -> None:
    colour, hue = upkeep.add_attribute("颜色"), upkeep.add_attribute("色调")
    assert upkeep.add_values(colour, ("天蓝色", "红色", "天蓝色")) == 2
    assert upkeep.add_values(colour, ("红色", "白色")) == 1
    assert upkeep.add_values(hue, ("天蓝色",)) == 1  # M50: one word under two attributes
    assert refused(lambda: upkeep.add_attribute(" 颜色 ")) == "attribute_name_taken"
    assert refused(lambda: upkeep.rename_attribute(hue, "颜色")) == "attribute_name_taken"
    upkeep.rename_attribute(hue, "色系")
    values = {one.name: [value.name for value in one.values] for one in upkeep.attributes()}
    assert values == {"颜色": ["天蓝色", "红色", "白色"], "色系": ["天蓝色"]}
    upkeep.delete_value(next(one for one in upkeep.attributes() if one.id == colour).values[1].id)
    upkeep.delete_attribute(hue)
    with stall.db.read() as session:
        deleted = select(AuditEntry.entity).where(AuditEntry.action == "delete").order_by(AuditEntry.id)
        assert list(session.scalars(deleted)) == ["attribute_value", "attribute"]
    values = {one.name: [value.name for value in one.values] for one in upkeep.attributes()}
    assert values == {"颜色": ["天蓝色", "白色"]}
