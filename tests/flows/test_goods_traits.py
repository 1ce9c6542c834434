"""商品特性 in the real window: 商品类别, 计量单位, 辅助属性管理."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from jdy_desktop.views.dialogs.attribute_dialog import AttributeDialog
from jdy_desktop.views.dialogs.category_dialog import CategoryDialog
from jdy_desktop.views.dialogs.unit_dialog import UnitDialog
from jdy_desktop.views.tables.lines import LinesTable
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field
from jdy_desktop.views.widgets.menu import MenuPopup
from tests.support.goods_desk import SHIRT, GoodsDesk, words
from tests.support.program import Driver


@pytest.fixture
def goods(desk: Driver) -> GoodsDesk:
    return GoodsDesk(desk, SHIRT)


def _open(goods: GoodsDesk, words_: str) -> None:
    goods.desk.find(KeyButton, "goods_page.traits_button").click()
    menu = goods.desk.find(MenuPopup, "goods_page.traits_menu")
    menu.choose(menu.words().index(words_))
    goods.desk.idle()


def _retype(goods: GoodsDesk, table: LinesTable, row: int, key: str, text: str) -> None:
    """Into the cell, as by hand."""
    assert table.edit_cell(table.rows_model().id_at(row), key)
    cell = goods.desk.find(Field, f"{table.objectName()}.editor")
    cell.selectAll()
    goods.type(text)
    table.close_editor(commit=True)
    goods.desk.idle()


def _shown(table: LinesTable, key: str) -> list[str]:
    model = table.rows_model()
    place = next(n for n, one in enumerate(model.columns) if one.key == key)
    return [model.cell_text(row, place).strip() for row in range(model.rowCount())]


def test_categories_are_added_renamed_moved_and_deleted(goods: GoodsDesk) -> None:
    _open(goods, "商品类别…")
    dialog = goods.desk.find(CategoryDialog, "category_dialog")
    shop, shirts = _shown(dialog.table, "name")
    assert shirts == "男式衬衫"
    dialog.name.setFocus()
    goods.type("自建")
    goods.press(Qt.Key.Key_Return)
    assert _shown(dialog.table, "name") == [shop, shirts, "自建"]
    goods.type("自建")  # the field has the focus still
    goods.press(Qt.Key.Key_Return)
    assert "已经有类别“自建”" in words(dialog)
    _retype(goods, dialog.table, 1, "name", "衬衫")
    own = dialog.table.rows_model().id_at(2)
    dialog.table.selectRow(1)
    dialog.target.set_value(own)
    goods.desk.find(KeyButton, "category_dialog.move_button").click()
    goods.desk.idle()
    assert _shown(dialog.table, "name") == [shop, "自建", "衬衫"]
    dialog.table.select_id(own)
    goods.desk.find(KeyButton, "category_dialog.delete_button").click()
    goods.desk.idle()
    asked = goods.desk.find(QWidget, "category_delete_dialog")
    assert "类别“自建”和它下面的 1 个类别会删除" in words(asked)
    assert "里面的 1 个商品不会删除，移到“未分类”。" in words(asked)
    goods.press(Qt.Key.Key_Return)  # the safe answer
    assert _shown(dialog.table, "name") == [shop, "自建", "衬衫"]
    goods.desk.find(KeyButton, "category_dialog.delete_button").click()
    goods.desk.idle()
    goods.desk.find(KeyButton, "category_delete_dialog.yes_button").click()
    goods.desk.until(lambda: _shown(dialog.table, "name") == [shop])
    goods.press(Qt.Key.Key_Escape)
    goods.desk.until(lambda: goods.page.tree.words() == [("全部商品", 1), ("未分类", 1)])


@pytest.mark.manual("M68")
def test_units_get_a_box_of_twelve(goods: GoodsDesk) -> None:
    _open(goods, "计量单位…")
    dialog = goods.desk.find(UnitDialog, "unit_dialog")
    assert (_shown(dialog.table, "group"), _shown(dialog.table, "ratio")) == (["件"], ["基本单位"])
    dialog.name.setFocus()
    goods.type("箱")
    dialog.ratio.setFocus()
    goods.type("12")
    goods.press(Qt.Key.Key_Return)
    assert _shown(dialog.table, "ratio") == ["基本单位", "1 箱 = 12 件"]
    _retype(goods, dialog.table, 1, "ratio", "0")
    assert "换算要大于 0" in words(dialog)
    assert _shown(dialog.table, "ratio")[1] == "1 箱 = 12 件"
    _retype(goods, dialog.table, 1, "ratio", "24")
    assert _shown(dialog.table, "ratio")[1] == "1 箱 = 24 件"
    dialog.table.selectRow(0)
    dialog.table.setFocus()
    goods.press(Qt.Key.Key_Delete)
    assert "有 1 个商品用单位“件”" in words(dialog)
    dialog.table.selectRow(1)
    goods.press(Qt.Key.Key_Delete)
    assert _shown(dialog.table, "name") == ["件"]


@pytest.mark.manual("M45", "M46", "M49")
def test_attributes_and_values_are_kept_in_order(goods: GoodsDesk) -> None:
    _open(goods, "辅助属性管理…")
    dialog = goods.desk.find(AttributeDialog, "attribute_dialog")
    assert "商品—商品特性—辅助属性管理" in words(dialog)
    assert _shown(dialog.attributes, "name") == ["尺码", "颜色"]
    dialog.attributes.selectRow(1)
    assert _shown(dialog.values, "name") == ["白色", "红色", "天蓝色"]
    _retype(goods, dialog.values, 1, "name", "大红")
    assert "1 个 SKU 的名称跟着改成“大红”" in words(dialog)
    _retype(goods, dialog.values, 1, "name", "白色")
    assert "已经有“白色”" in words(dialog)
    dialog.words.setFocus()
    goods.type(" ".join(f"c{number}" for number in range(38)))
    goods.press(Qt.Key.Key_Return)
    assert "“颜色”现在有 41 个值；1688 一个商品最多用其中 40 个。" in words(dialog)
    dialog.values.selectRow(0)
    goods.desk.find(KeyButton, "attribute_dialog.delete_value_button").click()
    goods.desk.idle()
    assert "有 1 个 SKU 是“白色”" in words(dialog)
    dialog.values.selectRow(40)
    goods.desk.find(KeyButton, "attribute_dialog.delete_value_button").click()
    goods.desk.idle()
    assert len(_shown(dialog.values, "name")) == 40
    goods.press(Qt.Key.Key_Escape)
    goods.select("sp32501")
    goods.desk.until(lambda: goods.page.pane.skus.words()[1][1] == "大红/S")
