"""新增, 编辑 and 属性组合 in the real window: what is refused, beside which field, and what a saved form changes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_values import ProductDetail
from jdy_desktop.services.queries.goods import GoodsFilter
from jdy_desktop.views.dialogs.product_dialog import ProductDialog
from jdy_desktop.views.dialogs.sku_dialog import SkuDialog
from jdy_desktop.views.dialogs.sku_editor import SkuEditor
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, FilterCombo, Tick
from tests.support.goods_desk import CTRL, SHIRT, GoodsDesk, words
from tests.support.program import Driver

D = Decimal


@pytest.fixture
def goods(desk: Driver) -> GoodsDesk:
    return GoodsDesk(desk)


def _new(goods: GoodsDesk) -> ProductDialog:
    goods.focus()
    goods.press(Qt.Key.Key_N, CTRL)
    return goods.desk.find(ProductDialog, "product_dialog")


def _fill(goods: GoodsDesk, **texts: str) -> None:
    for key, text in texts.items():
        field = goods.desk.find(Field, f"product_dialog.{key}_field")
        field.setFocus()
        field.selectAll()
        goods.type(text)


def _save(goods: GoodsDesk) -> None:
    goods.press(Qt.Key.Key_S, CTRL)


def _stored(goods: GoodsDesk, code: str) -> ProductDetail:
    return goods.desk.program.ready.products.product(goods.product_id(code))


def _generate(goods: GoodsDesk, *values: str) -> SkuEditor:
    editor = goods.desk.find(SkuEditor, "sku_editor")
    for number, text in enumerate(values, 1):
        field = goods.desk.find(Field, f"sku_editor.values_{number}")
        field.setFocus()
        field.selectAll()
        goods.type(text)
    goods.press(Qt.Key.Key_Return)
    return editor


def _edit_cell(goods: GoodsDesk, editor: SkuEditor, row: int, key: str, text: str) -> None:
    assert editor.table.edit_cell(editor.rows[row].key, key)
    cell = goods.desk.find(Field, "sku_editor.table.editor")
    cell.selectAll()
    goods.type(text)
    editor.table.close_editor(commit=True)
    goods.desk.idle()


# ---- a new product
def test_a_product_is_typed_with_keys_alone(goods: GoodsDesk) -> None:
    dialog = _new(goods)
    goods.type("tl001")
    _fill(goods, name="手工台灯", unit="盏", retail="1,280.5", wholesale="￥９００", barcodes="6901 6902", minimum="3")
    _save(goods)
    goods.desk.until(lambda: goods.desk.absent("product_dialog"))
    assert goods.codes() == ["tl001"]
    one = _stored(goods, "tl001")
    assert (one.name, one.unit, one.category, one.has_variants) == ("手工台灯", "盏", "自建商品", False)
    [sku] = one.skus
    assert sku.prices == {PriceGrade.RETAIL: D("1280.5"), PriceGrade.WHOLESALE: D(900)}
    assert (sku.code, sku.barcodes, sku.minimum_stock) == ("tl001", ("6901", "6902"), 3)
    assert goods.page.pane.code.text() == "tl001"
    assert goods.page.pane.unit.value() == "盏 / 盏"
    assert dialog is not None


@pytest.mark.parametrize(
    ("texts", "field", "said"),
    [
        ({"code": "", "name": "a"}, "code", "商品代码不能为空"),
        ({"code": " \u3000 ", "name": "a"}, "code", "商品代码不能为空"),
        ({"code": "a", "name": ""}, "name", "商品名称不能为空"),
        ({"code": "ＯＬＤ 1", "name": "a"}, "code", "已经有别的商品在用"),
        ({"code": "a" * 81, "name": "a"}, "code", "最多 80 个字"),
        ({"code": "a", "name": "名" * 501}, "name", "最多 500 个字"),
        ({"code": "a", "name": "a", "unit": "u" * 21}, "unit", "最多 20 个字"),
        ({"code": "a", "name": "a", "retail": "0.1234567"}, "retail", "最多 6 位小数"),
        ({"code": "a", "name": "a", "retail": "-1"}, "retail", "不能小于 0"),
        ({"code": "a", "name": "a", "retail": "abc"}, "retail", "要填数字"),
        ({"code": "a", "name": "a", "retail": "1,5"}, "retail", "要填数字"),
        ({"code": "a", "name": "a", "retail": "NaN"}, "retail", "要填数字"),
        ({"code": "a", "name": "a", "wholesale": "1e30"}, "wholesale", "太大"),
        ({"code": "a", "name": "a", "minimum": "1.00001"}, "minimum", "最多 4 位小数"),
        ({"code": "a", "name": "a", "tax_rate": "101"}, "tax_rate", "0 到 100"),
        ({"code": "a", "name": "a", "barcodes": "690"}, "barcodes", "条码 690 已经有 old1"),
    ],
)
def test_a_refused_field_says_so_beside_itself(goods: GoodsDesk, texts: dict[str, str], field: str, said: str) -> None:
    goods.make("old1", "老商品", barcode="690")
    dialog = _new(goods)
    _fill(goods, **texts)
    _save(goods)
    goods.desk.until(lambda: said in dialog.rows[field].error())
    assert [key for key, row in dialog.rows.items() if row.error()] == [field]
    assert {key: dialog.fields[key].text() for key in texts} == texts  # nothing typed is lost
    assert goods.codes() == ["old1"]
    _fill(goods, code="ok1", name="好的")
    for key in ("unit", "retail", "wholesale", "minimum", "tax_rate", "barcodes"):
        dialog.fields[key].clear()
    _save(goods)
    goods.desk.until(lambda: goods.desk.absent("product_dialog"))
    assert sorted(goods.codes()) == ["ok1", "old1"]


def test_all_that_is_wrong_is_told_at_once(goods: GoodsDesk) -> None:
    dialog = _new(goods)
    _fill(goods, retail="x", wholesale="-1", tax_rate="y")
    _save(goods)
    assert [key for key, row in dialog.rows.items() if row.error()] == [
        "code",
        "name",
        "tax_rate",
        "retail",
        "wholesale",
    ]


def test_typed_words_are_not_thrown_away_unasked(goods: GoodsDesk) -> None:
    _new(goods)
    _fill(goods, name="写了一半")
    goods.press(Qt.Key.Key_Escape)
    assert "还没有保存" in words(goods.desk.find(QWidget, "discard_dialog"))
    goods.press(Qt.Key.Key_Escape)
    assert goods.desk.absent("discard_dialog")
    assert goods.desk.find(ProductDialog, "product_dialog").fields["name"].text() == "写了一半"
    goods.press(Qt.Key.Key_Escape)
    goods.desk.find(KeyButton, "discard_dialog.yes_button").click()
    goods.desk.until(lambda: goods.desk.absent("product_dialog"))
    assert goods.codes() == []


def test_a_new_category_is_made_with_the_product(goods: GoodsDesk) -> None:
    _new(goods)
    _fill(goods, code="c1", name="杯子")
    goods.desk.find(FilterCombo, "product_dialog.category_combo").set_value("new")
    _fill(goods, new_category="餐具")
    _save(goods)
    goods.desk.until(lambda: goods.page.tree.words() == [("全部商品", 1), ("餐具", 1)])
    assert _stored(goods, "c1").category == "餐具"


# ---- colours and sizes
@pytest.mark.manual("M51", "M46")
def test_codes_are_generated_for_three_colours_and_one_size(goods: GoodsDesk) -> None:
    _new(goods)
    _fill(goods, code="sp32501", name="男士秋季衬衫量大可批发")
    goods.desk.find(Tick, "product_dialog.has_variants").setChecked(True)
    editor = _generate(goods, "红色 白色、黑色", "XL")
    assert [(one.code, one.values) for one in editor.rows] == [
        ("sp32501_001", ("红色", "XL")),
        ("sp32501_002", ("白色", "XL")),
        ("sp32501_003", ("黑色", "XL")),
    ]
    _save(goods)
    goods.desk.until(lambda: goods.desk.absent("product_dialog"))
    assert [(one.code, one.name) for one in _stored(goods, "sp32501").skus] == [
        ("sp32501_001", "红色/XL"),
        ("sp32501_002", "白色/XL"),
        ("sp32501_003", "黑色/XL"),
    ]


@pytest.mark.manual("M49")
def test_forty_values_are_taken_and_forty_one_are_not(goods: GoodsDesk) -> None:
    _new(goods)
    _fill(goods, code="sp40", name="四十种颜色")
    goods.desk.find(Tick, "product_dialog.has_variants").setChecked(True)
    editor = _generate(goods, " ".join(f"c{number}" for number in range(41)), "")
    field = goods.desk.find(Field, "sku_editor.values_1")
    field.setFocus()
    goods.press(Qt.Key.Key_Return)
    assert "最多 40 个值" in words(editor.note)
    assert editor.rows == []
    field.setText(" ".join(f"c{number}" for number in range(40)))
    goods.press(Qt.Key.Key_Return)
    assert [one.code for one in editor.rows][::39] == ["sp40_001", "sp40_040"]
    _save(goods)
    goods.desk.until(lambda: goods.desk.absent("product_dialog"))
    assert len(_stored(goods, "sp40").skus) == 40


@pytest.mark.manual("M50")
def test_one_word_may_stand_under_two_attributes(goods: GoodsDesk) -> None:
    for code, attribute in (("a1", "颜色"), ("b1", "色调")):
        _new(goods)
        _fill(goods, code=code, name=f"{attribute}商品")
        goods.desk.find(Tick, "product_dialog.has_variants").setChecked(True)
        goods.desk.find(Field, "sku_editor.attribute_1").setText(attribute)
        _generate(goods, "天蓝色")
        _save(goods)
        goods.desk.until(lambda: goods.desk.absent("product_dialog"))
    stored = [_stored(goods, code) for code in ("a1", "b1")]
    assert [(one.attributes, one.skus[0].values) for one in stored] == [
        (("颜色",), ("天蓝色",)),
        (("色调",), ("天蓝色",)),
    ]


def test_a_refused_sku_says_so_below_its_line(goods: GoodsDesk) -> None:
    _new(goods)
    _fill(goods, code="v1", name="有尺码")
    goods.desk.find(Tick, "product_dialog.has_variants").setChecked(True)
    editor = _generate(goods, "红色", "S M")
    _edit_cell(goods, editor, 1, "retail", "12.x")
    _save(goods)
    model = editor.table.rows_model()
    note = model.note_at(1)
    assert note is not None
    assert "要填数字" in note.sentence
    assert model.note_at(0) is None
    _edit_cell(goods, editor, 1, "retail", "12.5")
    _edit_cell(goods, editor, 1, "values", "红色/S")
    _save(goods)
    goods.desk.until(lambda: model.note_at(1) is not None)
    note = model.note_at(1)
    assert note is not None
    assert "和第 1 行的属性组合相同" in note.sentence
    _edit_cell(goods, editor, 1, "values", "红色/L")
    _save(goods)
    goods.desk.until(lambda: goods.desk.absent("product_dialog"))
    assert [one.name for one in _stored(goods, "v1").skus] == ["红色/S", "红色/L"]


# ---- changing goods
def test_enter_edits_the_current_product(goods: GoodsDesk) -> None:
    goods.make("e1", "台灯", price="10")
    goods.select("e1")
    goods.press(Qt.Key.Key_Return)
    dialog = goods.desk.find(ProductDialog, "product_dialog")
    assert dialog.fields["retail"].text() == "10"
    _fill(goods, name="台灯 <b>新</b>", retail="12.34")
    goods.desk.find(Tick, "product_dialog.allow_negative").setChecked(True)
    _save(goods)
    goods.desk.until(lambda: goods.desk.absent("product_dialog"))
    goods.desk.until(lambda: goods.page.pane.name.text() == "台灯 <b>新</b>")
    assert goods.page.pane.retail.value() == "12.34"
    assert goods.page.pane.negative.value() == "是"


def test_a_form_overtaken_by_another_change_saves_nothing(goods: GoodsDesk) -> None:
    product_id = goods.make("e1", "台灯")
    goods.select("e1")
    goods.press(Qt.Key.Key_Return)
    dialog = goods.desk.find(ProductDialog, "product_dialog")
    goods.desk.program.ready.products.set_allow_negative([product_id], True)
    _fill(goods, name="另一个名字")
    _save(goods)
    goods.desk.until(lambda: "刚被别人改过" in words(dialog.note))
    assert dialog.fields["name"].text() == "另一个名字"
    assert _stored(goods, "e1").name == "台灯"


def test_goods_deleted_meanwhile_are_told(goods: GoodsDesk) -> None:
    product_id = goods.make("e1", "台灯")
    goods.select("e1")
    goods.press(Qt.Key.Key_Return)
    dialog = goods.desk.find(ProductDialog, "product_dialog")
    goods.desk.program.ready.products.delete([product_id])
    _fill(goods, name="另一个名字")
    _save(goods)
    goods.desk.until(lambda: "刚被删除" in words(dialog.note))


# ---- 属性组合
def _open_skus(goods: GoodsDesk, code: str) -> SkuDialog:
    goods.select(code)
    goods.desk.until(lambda: goods.page.pane.code.text() == code)
    goods.desk.find(KeyButton, "goods_page.skus_link").click()
    goods.desk.idle()
    return goods.desk.find(SkuDialog, "sku_dialog")


def test_changed_combinations_are_not_thrown_away_unasked(desk: Driver) -> None:
    goods = GoodsDesk(desk, SHIRT)
    dialog = _open_skus(goods, "sp32501")
    _edit_cell(goods, dialog.editor, 0, "code", "sp32501_white")
    goods.desk.find(KeyButton, "sku_dialog.cancel_button").click()
    goods.desk.find(KeyButton, "discard_dialog.no_button").click()
    assert dialog.editor.rows[0].code == "sp32501_white"
    goods.desk.find(KeyButton, "sku_dialog.cancel_button").click()
    goods.desk.until(lambda: not goods.desk.absent("discard_dialog"))
    goods.desk.find(KeyButton, "discard_dialog.yes_button").click()
    goods.desk.until(lambda: goods.desk.absent("sku_dialog"))
    assert _stored(goods, "sp32501").skus[0].code == "sp32501_001"


def test_what_stands_in_an_open_cell_is_not_thrown_away_unasked(desk: Driver) -> None:
    goods = GoodsDesk(desk, SHIRT)
    dialog = _open_skus(goods, "sp32501")
    table = dialog.editor.table
    assert table.edit_cell(dialog.editor.rows[0].key, "code")
    goods.desk.find(Field, "sku_editor.table.editor").selectAll()
    goods.type("sp32501_white")
    goods.desk.find(KeyButton, "sku_dialog.cancel_button").click()
    goods.desk.find(KeyButton, "discard_dialog.no_button").click()
    assert dialog.editor.rows[0].code == "sp32501_white"
    goods.desk.find(KeyButton, "sku_dialog.cancel_button").click()
    goods.desk.find(KeyButton, "discard_dialog.yes_button").click()
    goods.desk.until(lambda: goods.desk.absent("sku_dialog"))
    assert _stored(goods, "sp32501").skus[0].code == "sp32501_001"


@pytest.mark.manual("M45", "M46", "M73")
def test_sku_codes_and_combinations_are_edited_at_their_place(desk: Driver) -> None:
    goods = GoodsDesk(desk, SHIRT)
    dialog = _open_skus(goods, "sp32501")
    assert "商品—商品特性—辅助属性管理—属性组合—SKU 代码" in words(dialog)
    editor = dialog.editor
    assert [(one.code, "/".join(one.values)) for one in editor.rows] == [
        ("sp32501_001", "白色/S"),
        ("sp32501_002", "红色/S"),
        ("sp32501_003", "天蓝色/S"),
    ]
    pictures = [one.stored.picture for one in editor.rows if one.stored is not None]
    assert [name in url for name, url in zip(("shirt_white", "shirt_red", "shirt_blue"), pictures, strict=True)] == [
        True
    ] * 3
    _edit_cell(goods, editor, 0, "code", "sp32501_white")
    _edit_cell(goods, editor, 1, "values", "大红/S")
    _edit_cell(goods, editor, 2, "retail", "70")
    _save(goods)
    goods.desk.until(lambda: goods.desk.absent("sku_dialog"))
    stored = _stored(goods, "sp32501")
    assert [(one.code, one.name) for one in stored.skus] == [
        ("sp32501_white", "白色/S"),
        ("sp32501_002", "大红/S"),
        ("sp32501_003", "天蓝色/S"),
    ]
    assert all(one.is_matched for one in stored.skus)
    goods.desk.until(lambda: goods.page.pane.retail.value() == "70.00")
    assert goods.page.pane.match.state.text() == "已匹配 3 / 3"


def test_a_code_of_other_goods_is_refused_below_its_line(desk: Driver) -> None:
    goods = GoodsDesk(desk, SHIRT)
    goods.make("other", "别的商品")
    editor = _open_skus(goods, "sp32501").editor
    _edit_cell(goods, editor, 1, "code", "OTHER")
    _save(goods)
    goods.desk.until(lambda: editor.table.rows_model().note_at(1) is not None)
    note = editor.table.rows_model().note_at(1)
    assert note is not None
    assert "已经有别的商品在用" in note.sentence
    assert [one.code for one in _stored(goods, "sp32501").skus][1] == "sp32501_002"


def test_a_sku_with_stock_cannot_be_taken_out(desk: Driver) -> None:
    goods = GoodsDesk(desk, SHIRT)
    goods.stock_up(goods.product_id("sp32501"), "5")
    editor = _open_skus(goods, "sp32501").editor
    editor.table.select_id(editor.rows[0].key)
    editor.table.setFocus()
    goods.press(Qt.Key.Key_Delete)
    note = editor.table.rows_model().note_at(0)
    assert note is not None
    assert "还有库存 5" in note.sentence
    editor.table.select_id(editor.rows[1].key)
    goods.press(Qt.Key.Key_Delete)
    assert [one.code for one in editor.rows] == ["sp32501_001", "sp32501_003"]


def test_goods_with_stock_get_no_attributes(goods: GoodsDesk) -> None:
    product_id = goods.make("single", "台灯")
    goods.stock_up(product_id, "2")
    dialog = _open_skus(goods, "single")
    assert "已有库存" in words(dialog.note)
    assert not goods.desk.find(KeyButton, "sku_dialog.save_button").isEnabled()
    goods.press(Qt.Key.Key_Escape)
    goods.focus()
    goods.press(Qt.Key.Key_Return)
    assert not goods.desk.find(Tick, "product_dialog.has_variants").isEnabled()
    assert len(goods.desk.program.ready.goods_list.ids(GoodsFilter())) == 1
