"""报表 through the real window: every figure leads to its documents with one key, bars narrow tables, the drawer is counted."""

from __future__ import annotations

import subprocess
import unicodedata
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.rules.periods import PeriodKind
from jdy_desktop.models.states import DocumentKind, Role
from jdy_desktop.services.book.documents import SavedDocument, SaveDocument, SaveLine
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.views.dialogs.behind_dialog import BehindDialog
from jdy_desktop.views.pages.report_parts import Tile
from jdy_desktop.views.pages.reports_page import ReportsPage
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, FilterCombo
from tests.support.program import Driver

D = Decimal


class Stall:
    """Goods with stock, and sales in one line."""

    def __init__(self, desk: Driver) -> None:
        self.desk, self.services = desk, desk.program.ready
        self.today = desk.program.ctx.clock.today()
        self.skus = {code: self._goods(code) for code in ("shirt", "cap")}
        self.cash = next(one.id for one in self.services.parties.accounts() if one.name == "现金")

    def _goods(self, code: str) -> Any:
        products = self.services.products
        sku = products.product(products.save(SaveProduct(code=code, name=f"商品{code}", skus=(SaveSku(),)))).skus[0].id
        line = SaveLine(sku, D(100), D(5))
        key = self.services.documents.new_client_key()
        self.services.documents.save(SaveDocument(DocumentKind.OTHER_RECEIPT, key, self.today, (line,)))
        return sku

    def sale(
        self, code: str, pieces: int, price: int, *, ago: int = 0, paid: bool = False, who: int = 0
    ) -> SavedDocument:
        more: dict[str, Any] = {"paid_amount": D(pieces * price), "account_id": self.cash} if paid else {}
        request = SaveDocument(
            kind=DocumentKind.SALE,
            client_key=self.services.documents.new_client_key(),
            day=self.today - timedelta(days=ago),
            lines=(SaveLine(self.skus[code], D(pieces), D(price)),),
            customer_id=self.services.parties.customers()[who].id,
            **more,
        )
        return self.services.documents.save(request)

    def open(self, kind: str | None = None) -> ReportsPage:
        page = self.desk.open_page("reports", **({"kind": kind} if kind else {}))
        assert isinstance(page, ReportsPage)
        self.desk.until(lambda: page.day_panel.report is not None if kind is None else page.panel is not None)
        self.desk.idle()
        return page


@pytest.fixture
def stall(desk: Driver) -> Stall:
    return Stall(desk)


def _dialog(desk: Driver) -> BehindDialog:
    return desk.find(BehindDialog, "behind_dialog")


def _numbers(dialog: BehindDialog) -> list[str]:
    model = dialog.table.rows_model()
    place = next(i for i, c in enumerate(model.columns) if c.key == "number")
    return [model.cell_text(row, place) for row in range(model.rowCount())]


def _column(table: DataTable, key: str) -> list[str]:
    model = table.rows_model()
    place = next(i for i, c in enumerate(model.columns) if c.key == key)
    return [model.cell_text(row, place) for row in range(model.rowCount())]


def test_the_day_of_a_shop_and_of_the_counter(stall: Stall) -> None:
    desk = stall.desk
    shop_id = desk.authorize()
    stall.sale("shirt", 2, 50)
    request = SaveDocument(
        kind=DocumentKind.SALE, client_key="of the shop", day=stall.today, shop_id=ShopId(shop_id),
        lines=(SaveLine(stall.skus["cap"], D(3), D(10)),), customer_id=stall.services.parties.customers()[0].id,
    )  # fmt: skip
    stall.services.documents.save(request)
    page = stall.open()
    panel, shops = page.day_panel, desk.find(FilterCombo, "reports_page.shop_combo")
    assert panel.sales.figure == "¥130.00"
    for place, figure in ((1, "¥30.00"), (shops.count() - 1, "¥100.00"), (0, "¥130.00")):
        shops.setCurrentIndex(place)
        desk.until(lambda figure=figure: panel.sales.figure == figure)  # type: ignore[misc]
    shops.setCurrentIndex(1)
    desk.until(lambda: panel.sales.figure == "¥30.00")
    panel.sales.setFocus()
    QTest.keyClick(panel.sales, Qt.Key.Key_Return)
    assert _dialog(desk).sum.text() == "合计 ¥30.00"


def test_f12_opens_the_day_and_every_figure_leads_to_its_documents(stall: Stall) -> None:
    desk = stall.desk
    cash, owed = stall.sale("shirt", 3, 50, paid=True), stall.sale("cap", 4, 10)
    stall.sale("cap", 1, 10, ago=1)
    desk.open_page("stock")
    window = desk.program.window
    assert window is not None
    QTest.keyClick(window, Qt.Key.Key_F12)
    desk.until(lambda: window.current_id == "reports")
    page: Any = window.page("reports")
    desk.until(lambda: page.day_panel.report is not None)
    panel = page.day_panel
    assert (panel.sales.figure, panel.profit.figure, panel.cash.figure) == ("¥190.00", "¥ ••••", "¥150.00")
    panel.sales.setFocus()
    QTest.keyPress(panel.sales, Qt.Key.Key_Alt)
    assert (panel.profit.figure, panel.profit.note) == ("¥155.00", "毛利率 81.6%")
    QTest.keyRelease(panel.sales, Qt.Key.Key_Alt)
    assert panel.profit.figure == "¥ ••••"
    assert "2 单，7 件" in panel.sales.note
    for part, numbers, total in (
        (panel.sales, [cash.number, owed.number], "¥190.00"),
        (panel.profit, [cash.number, owed.number], "¥155.00"),
        (panel.cash, [cash.number], "¥150.00"),
    ):
        part.setFocus()
        QTest.keyClick(part, Qt.Key.Key_Return)
        dialog = _dialog(desk)
        assert (_numbers(dialog), dialog.sum.text()) == (numbers, f"合计 {total}")
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        desk.until(lambda: desk.absent("behind_dialog"))
    panel.ways.setFocus()
    QTest.keyClick(panel.ways, Qt.Key.Key_Down)
    QTest.keyClick(panel.ways, Qt.Key.Key_Return)
    dialog = _dialog(desk)
    assert _numbers(dialog) == [owed.number]
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    desk.until(lambda: window.current_id == "sale")
    sale_page: Any = window.page("sale")
    desk.until(lambda: sale_page.form.document_id == owed.id)


def test_hours_and_best_sellers_lead_to_documents_and_days_can_be_turned(stall: Stall) -> None:
    desk = stall.desk
    stall.sale("shirt", 3, 50)
    before = stall.sale("cap", 2, 10, ago=1)
    page = stall.open()
    panel = page.day_panel
    panel.hours.setFocus()
    hour = next(place for place, bar in enumerate(panel.hours.bars) if bar.value)
    panel.hours.choose(hour)
    QTest.keyClick(panel.hours, Qt.Key.Key_Return)
    assert _dialog(desk).total == D(150)
    QTest.keyClick(_dialog(desk), Qt.Key.Key_Escape)
    desk.until(lambda: desk.absent("behind_dialog"))
    panel.week.setFocus()
    QTest.keyClick(panel.week, Qt.Key.Key_Left)  # today
    QTest.keyClick(panel.week, Qt.Key.Key_Left)
    QTest.keyClick(panel.week, Qt.Key.Key_Return)
    desk.until(lambda: panel.day == stall.today - timedelta(days=1))
    assert panel.sales.figure == "¥20.00"
    panel.best.setFocus()
    QTest.keyClick(panel.best, Qt.Key.Key_Return)
    assert _numbers(_dialog(desk)) == [before.number]
    QTest.keyClick(_dialog(desk), Qt.Key.Key_Escape)
    desk.find(KeyButton, "reports_page.export_button")
    QTest.mouseClick(page.next, Qt.MouseButton.LeftButton)
    desk.until(lambda: panel.sales.figure == "¥150.00")


def test_a_sale_saved_meanwhile_changes_the_figures_by_itself(stall: Stall) -> None:
    page = stall.open()
    assert page.day_panel.sales.figure == "¥0.00"
    stall.sale("shirt", 1, 50)
    stall.desk.until(lambda: page.day_panel.sales.figure == "¥50.00")


def test_the_drawer_is_counted_and_stays_counted(stall: Stall) -> None:
    desk = stall.desk
    stall.sale("shirt", 3, 50, paid=True)
    page = stall.open()
    page.day_panel.sales.setFocus()
    QTest.keyClick(page.day_panel.sales, Qt.Key.Key_F12)
    counted = desk.find(Field, "cash_dialog.counted_field")
    desk.until(lambda: QApplication.focusWidget() is counted)
    save = desk.find(KeyButton, "cash_dialog.save_button")
    save.click()
    dialog = desk.find(QWidget, "cash_dialog")
    assert any("数一数" in label.text() for label in dialog.findChildren(QLabel))
    start = desk.find(Field, "cash_dialog.start_field")
    start.selectAll()
    desk.type(start, "500")
    desk.type(counted, "640")
    assert any(label.text() == "少 10.00" for label in dialog.findChildren(QLabel))
    QTest.keyClick(counted, Qt.Key.Key_Return)
    desk.until(lambda: desk.absent("cash_dialog"))
    desk.until(lambda: page.day_panel.cash.note == "实点 640.00，少 10.00")
    assert (page.day_panel.cash.figure, page.day_panel.cash.tone) == ("¥650.00", "bad")


def test_a_bar_narrows_the_table_and_enter_opens_the_documents(stall: Stall) -> None:
    desk = stall.desk
    stall.sale("shirt", 3, 50)
    stall.sale("cap", 4, 10)
    last = stall.sale("cap", 1, 12, who=1)
    page = stall.open("goods")
    panel = page.panel
    assert panel is not None
    desk.until(lambda: len(panel.rows) == 2)
    assert (_column(panel.table, "code"), _column(panel.table, "profit")) == (["shirt", "cap"], ["135.00", "27.00"])
    assert [bar.value for bar in panel.plot.bars] == [D(150), D(52)]
    QTest.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=panel.plot.bar_center(1).toPoint())
    assert _column(panel.table, "code") == ["cap"]
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert _numbers(_dialog(desk))[-1] == last.number
    assert _dialog(desk).total == D(52)
    QTest.keyClick(_dialog(desk), Qt.Key.Key_Escape)
    desk.until(lambda: desk.absent("behind_dialog"))
    QTest.keyClick(panel.plot, Qt.Key.Key_Escape)
    assert _column(panel.table, "code") == ["shirt", "cap"]


def test_periods_and_the_other_lists(stall: Stall) -> None:
    desk = stall.desk
    stall.sale("shirt", 3, 50, who=1)
    stall.sale("cap", 4, 10, ago=1)
    page = stall.open("customers")
    page.period.kind.set_value(PeriodKind.YESTERDAY)
    page.period.kind.changed.emit(PeriodKind.YESTERDAY)
    panel = page.panel
    assert panel is not None
    desk.until(lambda: _column(panel.table, "amount") == ["40.00"])
    first = desk.find(Field, "reports_page.period.first_field")
    last = desk.find(Field, "reports_page.period.last_field")
    for field, day in ((last, stall.today), (first, stall.today - timedelta(days=1))):
        field.setFocus()
        field.selectAll()
        desk.type(field, day.isoformat())
        QTest.keyClick(field, Qt.Key.Key_Return)
    desk.until(lambda: _column(panel.table, "amount") == ["150.00", "40.00"])
    assert page.period.kind.value() == PeriodKind.OWN
    for kind, key, wanted in (
        ("days", "amount", ["40.00", "150.00"]),
        ("stock", "value", ["485.00", "480.00"]),
        ("debts", "total", ["150.00", "40.00"]),
        ("supplier_debts", "total", []),
        ("due", "amount", []),
    ):
        page.open_with(kind=kind)
        desk.idle()
        shown = page.panel
        assert shown is not None
        assert _column(shown.table, key) == wanted, kind


def test_debts_by_age_open_their_bills_and_stock_its_movements(stall: Stall) -> None:
    desk = stall.desk
    stall.sale("shirt", 3, 50, ago=40)
    new = stall.sale("shirt", 1, 50)
    page = stall.open("debts")
    panel = page.panel
    assert panel is not None
    desk.until(lambda: len(panel.rows) == 1)
    panel.plot.choose(0)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert _numbers(_dialog(desk)) == [new.number]
    QTest.keyClick(_dialog(desk), Qt.Key.Key_Escape)
    desk.until(lambda: desk.absent("behind_dialog"))
    page.open_with(kind="stock")
    desk.idle()
    stock = page.panel
    assert stock is not None
    stock.table.setFocus()
    QTest.keyClick(stock.table, Qt.Key.Key_Return)
    table = desk.find(DataTable, "moves_dialog.table")
    desk.until(lambda: table.rows_model().rowCount() > 0)
    QTest.keyClick(table, Qt.Key.Key_Escape)


def test_a_list_as_a_workbook_holds_no_formula(stall: Stall, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    desk, services = stall.desk, stall.services
    evil = services.products.save(SaveProduct(code="evil", name='=HYPERLINK("http://x","点")', skus=(SaveSku(),)))
    stall.skus["evil"] = services.products.product(evil).skus[0].id
    line = SaveLine(stall.skus["evil"], D(10), D(5))
    key = services.documents.new_client_key()
    services.documents.save(SaveDocument(DocumentKind.OTHER_RECEIPT, key, stall.today, (line,)))
    stall.sale("evil", 2, 50)
    page = stall.open("goods")
    panel = page.panel
    assert panel is not None
    desk.until(lambda: len(panel.rows) == 1)
    path = tmp_path / "商品.xlsx"
    page.export_to(path)
    desk.until(path.exists)
    desk.idle()
    sheet = load_workbook(path).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows()]
    assert rows[1][0].value == "SKU代码"
    name, amount = rows[2][1], rows[2][4]
    assert (name.value, name.data_type) == ('=HYPERLINK("http://x","点")', "s")
    assert (amount.value, amount.data_type) == (100, "n")
    page.open_with(kind="day")
    desk.idle()
    page.export_to(tmp_path / "日报.xlsx")
    desk.until((tmp_path / "日报.xlsx").exists)
    desk.idle()


def test_the_day_is_printed_with_its_sums(stall: Stall, tmp_path: Path) -> None:
    import pypdf

    from jdy_desktop.views import printing
    from jdy_desktop.views.pages.report_paper import day_on_paper

    stall.sale("shirt", 3, 50, paid=True)
    page = stall.open()
    report = page.day_panel.report
    assert report is not None
    form = day_on_paper(report, "禾木服饰商行", stall.desk.program.ctx)
    for paper in printing.Paper:
        path = tmp_path / f"{paper.value}.pdf"
        assert printing.print_day(form, paper, path) == 1
        assert len(pypdf.PdfReader(path).pages) == 1
        done = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True)
        text = unicodedata.normalize("NFKC", done.stdout).replace(" ", "")
        assert all(words in text for words in ("日报", "现金", "150.00", "应有现金", "实点现金")), paper


def test_a_clerk_sees_no_costs(stall: Stall) -> None:
    desk = stall.desk
    stall.sale("shirt", 3, 50)
    desk.program.ctx.seat.take("小李", Role.CLERK, 2)
    page = stall.open("goods")
    panel = page.panel
    assert panel is not None
    desk.until(lambda: len(panel.rows) == 1)
    assert {"cost", "profit", "margin"}.isdisjoint(one.key for one in panel.model.columns)
    page.open_with(kind="day")
    desk.idle()
    assert not desk.find(Tile, "reports_page.sales_tile").isHidden()
    assert page.day_panel.profit.isHidden()
    assert "库存金额" not in [title for title, _ in page.kind._options]


def test_a_purchase_behind_the_drawer_opens_on_its_own_page(stall: Stall) -> None:
    from jdy_desktop.services.book.parties import SaveSupplier

    desk, services = stall.desk, stall.services
    supplier = services.parties.save_supplier(SaveSupplier(name="海宁工厂"))
    bought = services.documents.save(
        SaveDocument(
            kind=DocumentKind.PURCHASE,
            client_key=services.documents.new_client_key(),
            day=stall.today,
            lines=(SaveLine(stall.skus["cap"], D(10), D(3)),),
            supplier_id=supplier,
            paid_amount=D(30),
            account_id=stall.cash,
        )
    )
    panel = stall.open().day_panel
    desk.until(lambda: panel.cash.figure == "-¥30.00")
    panel.cash.setFocus()
    QTest.keyClick(panel.cash, Qt.Key.Key_Return)
    assert _numbers(_dialog(desk)) == [bought.number]
    QTest.keyClick(_dialog(desk).table, Qt.Key.Key_Return)
    window = desk.program.window
    assert window is not None
    desk.until(lambda: window.current_id == "purchase")
    page: Any = window.page("purchase")
    desk.until(lambda: page.desk.form.document_id == bought.id)
