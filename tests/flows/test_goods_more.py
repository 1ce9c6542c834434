"""Five grades of price, a pasted column, pictures, and workbooks of goods, in the real window."""

from __future__ import annotations

import random
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from shiboken6 import isValid

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.excel.goods_reading import GoodsSheet
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.goods import GoodsFilter
from jdy_desktop.views.dialogs.goods_import_dialog import GoodsImportDialog
from jdy_desktop.views.dialogs.product_dialog import ProductDialog
from jdy_desktop.views.dialogs.sku_editor import SkuEditor
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field
from jdy_desktop.views.widgets.menu import MenuPopup
from tests.support.goods_desk import CTRL, SHIRT, GoodsDesk, words
from tests.support.program import Driver
from tests.support.workbooks import workbook

D = Decimal


@pytest.fixture
def goods(desk: Driver) -> GoodsDesk:
    return GoodsDesk(desk)


def _edit(goods: GoodsDesk, code: str) -> ProductDialog:
    goods.select(code)
    goods.focus()
    goods.press(Qt.Key.Key_Return)
    return goods.desk.find(ProductDialog, "product_dialog")


def _save(goods: GoodsDesk) -> None:
    goods.press(Qt.Key.Key_S, CTRL)
    goods.desk.until(lambda: goods.desk.absent("product_dialog"))


# ---- prices
def test_five_grades_are_typed_and_kept(goods: GoodsDesk) -> None:
    goods.make("a1", "台灯", price="10")
    dialog = _edit(goods, "a1")
    for grade, text in (("wholesale", "8"), ("vip", "7.5"), ("discount1", "7"), ("discount2", "6.123456")):
        field = goods.desk.find(Field, f"product_dialog.{grade}_field")
        field.setFocus()
        goods.type(text)
    _save(goods)
    stored = goods.desk.program.ready.products.product(goods.product_id("a1"))
    assert stored.skus[0].prices == dict(zip(PriceGrade, (10, 8, D("7.5"), 7, D("6.123456")), strict=True))
    goods.desk.until(lambda: "7.50" in words(goods.page.pane))
    assert goods.page.pane.further[PriceGrade.DISCOUNT2].value() == "6.123456"
    dialog = _edit(goods, "a1")
    assert [dialog.fields[grade.value].text() for grade in PriceGrade] == ["10", "8", "7.5", "7", "6.123456"]
    dialog.fields["vip"].clear()  # empty: no price of this grade
    _save(goods)
    stored = goods.desk.program.ready.products.product(goods.product_id("a1"))
    assert PriceGrade.VIP not in stored.skus[0].prices


def _current(editor: SkuEditor, row: int, key: str) -> None:
    model = editor.table.rows_model()
    place = next(n for n, one in enumerate(model.columns) if one.key == key)
    editor.table.setCurrentIndex(model.index(row, place))
    editor.table.setFocus()


def test_a_column_from_a_spreadsheet_is_pasted(desk: Driver) -> None:
    goods = GoodsDesk(desk, SHIRT)
    goods.select("sp32501")
    goods.desk.find(KeyButton, "goods_page.skus_link").click()
    editor = goods.desk.find(SkuEditor, "sku_editor")
    _current(editor, 0, "vip")
    QGuiApplication.clipboard().setText("60\t55\r\n61\t56\r\n62\t57\r\n63\t58\r\n")
    goods.press(Qt.Key.Key_V, CTRL)
    assert [(one.vip, one.discount1) for one in editor.rows] == [("60", "55"), ("61", "56"), ("62", "57")]
    assert "最后 1 行没有用" in words(editor.note)
    editor.table.selectAll()
    model = editor.table.rows_model()
    place = next(n for n, one in enumerate(model.columns) if one.key == "discount2")
    editor.table.selectionModel().setCurrentIndex(
        model.index(0, place), editor.table.selectionModel().SelectionFlag.NoUpdate
    )
    QGuiApplication.clipboard().setText("50")
    goods.press(Qt.Key.Key_V, CTRL)
    assert [one.discount2 for one in editor.rows] == ["50"] * 3
    goods.press(Qt.Key.Key_S, CTRL)
    goods.desk.until(lambda: goods.desk.absent("sku_dialog"))
    stored = goods.desk.program.ready.products.product(goods.product_id("sp32501"))
    assert [one.prices[PriceGrade.VIP] for one in stored.skus] == [60, 61, 62]
    assert [one.prices[PriceGrade.DISCOUNT2] for one in stored.skus] == [50, 50, 50]


# ---- pictures
def _noise(path: Path, side: int) -> Path:
    Image.frombytes("RGB", (side, side), random.Random(7).randbytes(side * side * 3)).save(path)
    return path


@pytest.mark.manual("M105", "M106", "M107")
def test_pictures_are_added_shrunk_ordered_and_removed(goods: GoodsDesk, tmp_path: Path) -> None:
    goods.make("a1", "台灯")
    dialog = _edit(goods, "a1")
    strip = dialog.pictures
    assert strip is not None
    small, large = tmp_path / "small.png", _noise(tmp_path / "large.png", 1100)
    Image.new("RGB", (600, 600), "red").save(small)
    goods.desk.find(KeyButton, "picture_strip.add_button").click()
    chooser = goods.desk.find(QFileDialog, "picture_strip.file_dialog")
    chooser.filesSelected.emit([str(small), str(large)])
    chooser.reject()
    goods.desk.idle()
    dialog.window().activateWindow()  # a window manager does it when a chooser closes
    asked = goods.desk.find(QWidget, "shrink_dialog")
    assert "large.png（" in words(asked)
    assert "超过 2 MB" in words(asked)
    goods.desk.find(KeyButton, "shrink_dialog.yes_button").click()
    goods.desk.until(lambda: len(strip.names()) == 2)
    assert "small.png（600×600） 小于 750×750" in words(strip)
    first, second = strip.names()
    assert second.endswith(".jpg")
    strip.tiles.setFocus()
    goods.desk.until(lambda: QApplication.focusWidget() is strip.tiles)
    strip.tiles.choose(1)
    goods.press(Qt.Key.Key_Left, CTRL)
    assert strip.names() == (second, first)
    _save(goods)
    services = goods.desk.program.ready
    stored = services.products.product(goods.product_id("a1"))
    assert (stored.picture, stored.pictures) == (second, (first,))
    assert services.own_pictures.path(second) is not None
    goods.desk.until(lambda: goods.page.pane.card is not None and goods.page.pane.card.picture == second)
    dialog = _edit(goods, "a1")
    assert dialog.pictures is not None
    tiles = dialog.pictures.tiles
    tiles.setFocus()
    goods.desk.until(lambda: QApplication.focusWidget() is tiles)
    tiles.choose(0)
    goods.press(Qt.Key.Key_Delete)
    _save(goods)
    stored = services.products.product(goods.product_id("a1"))
    assert (stored.picture, stored.pictures) == (first, ())


def test_six_are_one_too_many_and_words_are_no_picture(goods: GoodsDesk, tmp_path: Path) -> None:
    goods.make("a1", "台灯")
    dialog = _edit(goods, "a1")
    strip = dialog.pictures
    assert strip is not None
    paths = []
    for number in range(6):
        paths.append(tmp_path / f"{number}.png")
        Image.new("RGB", (800, 800), (number * 40, 0, 0)).save(paths[-1])
    (tmp_path / "text.png").write_text("no picture")
    strip.take([tmp_path / "text.png"])
    goods.desk.until(lambda: "text.png" in words(strip))
    assert strip.names() == ()
    strip.take(paths)
    goods.desk.until(lambda: len(strip.names()) == 5)
    assert "最多 5 张，后面 1 张没有添加" in words(strip)
    assert not goods.desk.find(KeyButton, "picture_strip.add_button").isEnabled()
    goods.press(Qt.Key.Key_Escape)
    goods.desk.find(KeyButton, "discard_dialog.yes_button").click()
    goods.desk.until(lambda: goods.desk.absent("product_dialog"))


# ---- workbooks
def _choose(goods: GoodsDesk, what: str) -> None:
    goods.desk.find(KeyButton, "goods_page.export_button").click()
    menu = goods.desk.find(MenuPopup, "goods_page.files_menu")
    menu.choose(menu.words().index(what))
    goods.desk.idle()


def _picked(goods: GoodsDesk, name: str, path: Path) -> None:
    dialog = goods.desk.find(QFileDialog, name)
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    goods.desk.idle()


@pytest.mark.manual("M47", "M48")
def test_goods_come_from_a_workbook_and_bad_lines_go_back(goods: GoodsDesk, tmp_path: Path) -> None:
    goods.make("old", "旧名字", price="5")
    path = workbook(
        tmp_path / "春款.xlsx",
        ["货号", "品名", "颜色", "零售价", "产地"],
        ["sp32501", "男士秋季衬衫量大可批发", "红色", 64, "杭州"],
        ["sp32501", None, "白色", 64, None],
        ["old", "新名字", None, 6, None],
        ["bad", "坏价", None, "1,5", None],
    )
    _choose(goods, "导入商品…")
    _picked(goods, "goods_page.import_file_dialog", path)
    dialog = goods.desk.find(GoodsImportDialog, "goods_import_dialog")
    goods.desk.until(lambda: dialog.report is not None)
    assert dialog.told.text() == "共 4 行，新建 1 个商品，修改 1 个，新增 2 个 SKU，1 行有问题，不导入。"
    assert "这些列没有用到：产地。" in words(dialog)
    model = dialog.table.rows_model()
    assert [model.cell_text(0, place) for place in range(4)] == ["5", "零售价", "1,5", "不是数字。改成数字，或清空。"]
    listed = goods.desk.program.ready.goods_list
    assert len(listed.ids(GoodsFilter())) == 1  # nothing before 导入
    goods.desk.find(KeyButton, "goods_import_dialog.import_button").click()
    goods.desk.until(lambda: "没有导入" in dialog.told.text())
    assert "新建 1 个商品、修改 1 个商品" in goods.toast()
    goods.desk.find(KeyButton, "goods_import_dialog.bad_button").click()
    bad = tmp_path / "bad.xlsx"
    _picked(goods, "goods_import_dialog.bad_dialog", bad)
    goods.desk.until(lambda: bad.exists() and "1 行存到了 bad.xlsx" in words(dialog))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    goods.desk.until(lambda: sorted(goods.codes()) == ["old", "sp32501"])
    stored = goods.desk.program.ready.products.product(goods.product_id("sp32501"))
    assert [(one.code, one.name) for one in stored.skus] == [("sp32501_001", "红色"), ("sp32501_002", "白色")]


def test_what_is_exported_can_be_imported_and_changes_nothing(desk: Driver, tmp_path: Path) -> None:
    goods = GoodsDesk(desk, SHIRT)
    out = tmp_path / "out.xlsx"
    _choose(goods, "导出商品资料…")
    _picked(goods, "goods_page.export_all_dialog", out)
    goods.desk.until(out.exists)
    goods.desk.until(lambda: "导出了 3 行到 out.xlsx" in goods.toast())
    goods.page.files.open_import(out)
    dialog = goods.desk.find(GoodsImportDialog, "goods_import_dialog")
    goods.desk.until(lambda: dialog.report is not None)
    assert dialog.told.text() == "共 3 行，1 个没有变化。"
    assert not goods.desk.find(KeyButton, "goods_import_dialog.import_button").isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    template = tmp_path / "template.xlsx"
    _choose(goods, "下载导入模板…")
    _picked(goods, "goods_page.template_dialog", template)
    goods.desk.until(lambda: template.exists() and "template.xlsx" in goods.toast())


def test_a_file_that_is_no_workbook_is_told(goods: GoodsDesk, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_text("商品代码,商品名称")
    goods.page.files.open_import(path)
    dialog = goods.desk.find(GoodsImportDialog, "goods_import_dialog")
    goods.desk.until(lambda: dialog.told.text() == "没有导入，商品没有改动。")
    assert not goods.desk.find(KeyButton, "goods_import_dialog.import_button").isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_cancelling_while_a_workbook_is_read_ends_the_reading(
    goods: GoodsDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, stopped = threading.Event(), threading.Event()

    def slow(job: JobContext, _path: Path) -> GoodsSheet:
        began.set()
        while not job.is_cancelled:
            stopped.wait(0.002)
        stopped.set()
        job.check()
        raise AssertionError("a cancelled job goes on")

    monkeypatch.setattr(goods.desk.program.ready.goods_import, "read", slow)
    goods.page.files.open_import(tmp_path / "x.xlsx")
    dialog = goods.desk.find(GoodsImportDialog, "goods_import_dialog")
    goods.desk.until(began.is_set)
    goods.desk.find(KeyButton, "goods_import_dialog.cancel_button").click()
    goods.desk.until(lambda: stopped.is_set() and not isValid(dialog))
    goods.desk.idle()
    assert not goods.desk.program.ready.goods_list.ids(GoodsFilter())
