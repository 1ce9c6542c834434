"""Manual 5.1, 5.2: goods come in — a purchase by scan, by paste, like last time; other receipts; who is owed what."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.views.dialogs.paste_dialog import PasteDialog
from jdy_desktop.views.widgets.fields import Field, FilterCombo
from tests.support.program import Driver
from tests.support.receiving import Receiver

D = Decimal
K = Qt.Key


def _set(clerk: Receiver, name: str, text: str) -> None:
    field = clerk.driver.find(Field, f"{clerk.page.objectName()}.{name}_field")
    field.setFocus()
    field.selectAll()
    clerk.type(text)
    clerk.key(K.Key_Return)


@pytest.mark.manual("M20", "M113", "M158")
def test_a_purchase_raises_stock_and_what_is_owed(desk: Driver) -> None:
    clerk = Receiver(desk)
    day = desk.program.ctx.clock.today()
    assert clerk.page.form.number == f"GH{day:%Y%m%d}001"
    clerk.choose_supplier()
    clerk.scan("sp001")
    clerk.type("60*")
    clerk.type("26/")
    clerk.scan("sp002")
    clerk.type("40*")
    clerk.type("31.5/")
    clerk.settle()
    # 60 × 26 + 40 × 31.50 = 1560 + 1260 = 2820; 优惠 20 → 2800; 1000 paid → 1800 owed.
    _set(clerk, "discount_amount", "20")
    _set(clerk, "paid", "1000")
    totals = clerk.page.form.totals
    assert (totals.goods_amount, totals.amount_after_discount, totals.owed_amount) == (D("2820"), D("2800"), D("1800"))
    assert clerk.page.side.owed.amount() == "1800.00"
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert (clerk.stock(0), clerk.stock(1), clerk.owed()) == (D(60), D(40), D(1800))
    assert clerk.page.form.owed_in_all == D(1800)
    titles = {column.title for column in clerk.page.table.rows_model().columns}
    assert {"商品", "属性", "单位", "仓库", "数量", "购货单价", "折扣率(%)", "折扣额", "购货金额", "备注"} <= titles
    words = {one.text() for one in clerk.page.findChildren(QLabel)}
    assert {
        "单据日期",
        "单据编号",
        "优惠率(%)",
        "优惠金额",
        "优惠后金额",
        "本次付款",
        "结算账户",
        "本次欠款",
        "累计欠款",
    } <= words


@pytest.mark.manual("M113")
def test_goal_b_twenty_rows_from_excel_in_nine_keys(desk: Driver) -> None:
    clerk = Receiver(desk, goods=20)
    rows = ["商品代码\t数量\t进价\t备注"]
    rows += [f"sp{number:03d}\t1,{number:03d}\t¥26.50\t第 {number} 行" for number in range(1, 21)]
    clerk.copy("\r\n".join(rows) + "\r\n")
    clerk.keys = 0
    clerk.choose_supplier()
    clerk.ctrl(K.Key_V)
    desk.find(PasteDialog, "paste_dialog")
    clerk.key(K.Key_Return)
    clerk.settle()
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert clerk.keys <= 9
    assert [clerk.stock(place) for place in (0, 19)] == [D(1001), D(1020)]
    # Σ (1000 + n) for n = 1…20 is 20,210 pieces at 26.50.
    assert clerk.owed() == D("535565.00")


def test_a_paste_names_the_rows_that_stay_out(desk: Driver) -> None:
    clerk = Receiver(desk)
    clerk.copy("sp001\t5\t3\nnobody\t1\t1\nsp002\tx\t1\nsp003\t2\t1,5\n")
    clerk.ctrl(K.Key_V)
    dialog = desk.find(PasteDialog, "paste_dialog")
    assert "1 行会填入" in dialog.sums.text()
    assert "3 行不会填入" in dialog.sums.text()
    clerk.key(K.Key_Escape)
    clerk.settle()
    assert clerk.lines() == []
    clerk.ctrl(K.Key_V)
    desk.find(PasteDialog, "paste_dialog")
    clerk.key(K.Key_Return)
    clerk.settle()
    assert clerk.lines() == [("sp001", "5", "3")]
    clerk.key(K.Key_Z, Qt.KeyboardModifier.ControlModifier)
    clerk.settle()
    assert clerk.lines() == []


def test_item_number_with_colour_and_size_is_pasted_too(desk: Driver) -> None:
    """What stalls write down is 货号, 颜色, 尺码; a row that fits nothing says what to do, the others go in."""
    clerk = Receiver(desk)
    skus = tuple(SaveSku(code=f"sp9_{name}", values=(name, "S")) for name in ("白色", "红色"))
    desk.program.ready.products.save(SaveProduct(code="sp9", name="短袖", attributes=("颜色", "尺码"), skus=skus))
    desk.idle()
    clerk.copy("货号\t颜色\t尺码\t数量\t单价\nsp9\t红色\tS\t5\t3\nsp9\t紫色\tS\t1\t1\nsp001\t\t\t2\t4\n")
    clerk.ctrl(K.Key_V)
    dialog = desk.find(PasteDialog, "paste_dialog")
    assert "2 行会填入" in dialog.sums.text()
    model = dialog.table.model()
    first = [str(model.index(0, place).data()) for place in range(model.columnCount())]
    assert first[0] == "3"
    assert first[-1] == "这个货号没有这样的颜色尺码，到商品里核对"
    clerk.key(K.Key_Return)
    clerk.settle()
    assert clerk.lines() == [("sp9_红色", "5", "3"), ("sp001", "2", "4")]


def test_rows_pasted_into_an_open_cell_become_lines(desk: Driver) -> None:
    clerk = Receiver(desk)
    clerk.scan("sp001")
    clerk.settle()
    clerk.page.table.setFocus()
    clerk.page.table.edit_cell(clerk.page.form.lines[0].id, "quantity")
    clerk.copy("sp002\t4\t2\n")
    clerk.ctrl(K.Key_V)
    desk.find(PasteDialog, "paste_dialog")
    clerk.key(K.Key_Return)
    clerk.settle()
    assert clerk.lines() == [("sp001", "1", "0"), ("sp002", "4", "2")]


def test_goal_b_same_as_last_time_in_eight_keys(desk: Driver) -> None:
    clerk = Receiver(desk)
    clerk.store(DocumentKind.PURCHASE, (0, "10", "26"), (1, "5", "30"))
    clerk.keys = 0
    clerk.choose_supplier()
    clerk.ctrl(K.Key_L)
    desk.until(lambda: len(clerk.page.form.lines) == 2)
    clerk.settle()
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert clerk.keys <= 8
    assert (clerk.stock(0), clerk.stock(1), clerk.owed()) == (D(20), D(10), D(820))


def test_last_purchase_price_is_offered_and_shown(desk: Driver) -> None:
    clerk = Receiver(desk)
    for price in ("26", "24.5", "25"):
        clerk.store(DocumentKind.PURCHASE, (0, "1", price))
    clerk.choose_supplier()
    clerk.scan("sp001")
    clerk.settle()
    assert clerk.lines() == [("sp001", "1", "25")]
    words = " ".join(one.text() for one in clerk.page.side.goods.findChildren(QLabel))
    assert "25.00" in words
    assert "24.50" in words


@pytest.mark.manual("M115")
def test_an_other_receipt_of_no_cost_raises_stock_and_no_debt(desk: Driver) -> None:
    clerk = Receiver(desk, "other_receipt")
    assert [column.title for column in clerk.page.table.rows_model().columns if column.key in ("price", "amount")] == [
        "入库单价",
        "入库金额",
    ]
    combo = desk.find(FilterCombo, "other_receipt_page.category_combo")
    assert [combo.itemText(place) for place in range(combo.count())] == ["其他入库", "盘盈"]
    combo.set_value("盘盈")
    clerk.scan("sp001")
    clerk.type("7*")
    clerk.settle()
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert (clerk.stock(), clerk.owed()) == (D(7), D(0))
    document = clerk.page.desk.document
    assert document is not None
    assert (document.category, document.settlement_amount) == ("盘盈", D(0))
