"""Manual 2: first start, the wizard, the module switch."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from jdy_desktop.models.rules.industries import INDUSTRY_DEFAULTS
from jdy_desktop.models.states import Industry
from jdy_desktop.services.book.account_sets import CreateAccountSet
from jdy_desktop.services.bundle import Books, OpenedBook
from jdy_desktop.views import theme
from jdy_desktop.views.main_window import MainWindow
from jdy_desktop.views.start_wizard import StartWizard
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import DateField, Field, SegmentedChoice, Switch
from tests.support.program import Driver

TWELVE = "食品饮料 服装鞋帽 家居装饰 美容配饰 文体用品 数码电器 工业材料 医药器械 母婴用品 安防电子 包装印刷 其他行业".split()


def _words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def _wizard(driver: Driver) -> StartWizard:
    wizard = driver.program.wizard
    assert wizard is not None
    return wizard


def _next(driver: Driver) -> None:
    driver.find(KeyButton, "start_wizard.next_button").click()


def _to_company(driver: Driver, way: str = "real") -> None:
    driver.find(QAbstractButton, f"start_wizard.{way}_tile").click()
    _next(driver)


@pytest.mark.manual("M2")
def test_first_start_opens_the_wizard(first_start: Driver) -> None:
    assert _wizard(first_start).isVisible()
    assert first_start.program.window is None
    assert "系统启用" in _words(_wizard(first_start))
    assert "创建账套" in _words(_wizard(first_start))


@pytest.mark.manual("M2")
def test_with_an_account_set_the_window_opens(desk: Driver) -> None:
    assert desk.program.wizard is None
    assert desk.program.window is not None
    assert desk.program.window.isVisible()


@pytest.mark.manual("M3")
def test_company_name_is_required(first_start: Driver) -> None:
    _to_company(first_start)
    _next(first_start)
    assert "请填写公司名称" in _words(_wizard(first_start))
    assert first_start.find(Field, "start_wizard.company_field").isVisible()


@pytest.mark.manual("M4")
def test_start_period_is_today_by_default(first_start: Driver) -> None:
    _to_company(first_start)
    assert first_start.find(DateField, "start_wizard.start_date_field").value() == first_start.program.ctx.clock.today()


@pytest.mark.manual("M6", "M7")
def test_twelve_industries_in_order_and_their_note(first_start: Driver) -> None:
    _to_company(first_start)
    tiles = [first_start.find(QAbstractButton, f"start_wizard.industry_{i.value}") for i in Industry]
    assert [tile.text() for tile in tiles] == TWELVE
    assert [(t.y(), t.x()) for t in tiles] == sorted((t.y(), t.x()) for t in tiles)
    assert "*备注: 行业选择同系统默认参数有关, 请认真选择" in _words(_wizard(first_start))
    tiles[0].click()
    assert "不用辅助属性" in _words(_wizard(first_start))
    tiles[1].click()
    assert "打开辅助属性" in _words(_wizard(first_start))


@pytest.mark.manual("M7")
def test_industries_set_different_defaults() -> None:
    assert INDUSTRY_DEFAULTS[Industry.CLOTHES].uses_attributes
    assert not INDUSTRY_DEFAULTS[Industry.FOOD].uses_attributes


@pytest.mark.parametrize("way", ["practice", "real"])
def test_enter_twice_at_the_end_makes_one_account_set(
    first_start: Driver, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    made: list[Path] = []
    go = threading.Event()
    real = Books.create

    def slow(self: Books, request: CreateAccountSet) -> OpenedBook:
        go.wait(10)
        opened = real(self, request)
        made.append(opened.path)
        return opened

    monkeypatch.setattr(Books, "create", slow)
    _to_company(first_start, way)
    QTest.keyClicks(first_start.find(Field, "start_wizard.company_field"), "hemu")
    _next(first_start)
    _next(first_start)
    wizard = _wizard(first_start)
    asked: list[int] = []
    wizard.open_other.connect(lambda: asked.append(1))
    if way == "practice":
        first_start.find(QAbstractButton, "start_wizard.month_tick").setChecked(False)
        field: QWidget = first_start.find(KeyButton, "start_wizard.next_button")
    else:
        field = first_start.find(Field, "start_wizard.callback_field")
    wizard.activateWindow()
    field.setFocus()
    first_start.until(field.hasFocus)
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget() or wizard, Qt.Key.Key_Return)
    go.set()
    first_start.until(lambda: first_start.program.services is not None)
    first_start.idle()
    assert len(made) == 1
    assert asked == []
    windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible()]
    assert windows == [first_start.program.window]


@pytest.mark.parametrize("way", ["another book", "the end"])
def test_a_book_nobody_waits_for_leaves_no_file(first_start: Driver, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    program = first_start.program
    books = program.folders.books
    other = program.books().create(
        CreateAccountSet(company="旧账", start_date=date(2019, 3, 1), industry=Industry.CLOTHES)
    )
    other.services.db.close()
    made: list[Path] = []
    go = threading.Event()
    real = Books.create

    def slow(self: Books, request: CreateAccountSet) -> OpenedBook:
        assert go.wait(10)
        opened = real(self, request)
        made.append(opened.path)
        assert opened.path.exists()
        return opened

    monkeypatch.setattr(Books, "create", slow)
    _to_company(first_start, "real")
    QTest.keyClicks(first_start.find(Field, "start_wizard.company_field"), "hemu")
    for _ in range(3):
        _next(first_start)
    first_start.until(lambda: program.runner.running)
    if way == "another book":
        program.go_to_book(other.path)
        go.set()
        first_start.until(lambda: program.services is not None)
        first_start.idle()
        assert program.book == other.path
    else:
        ending = threading.Timer(0.05, go.set)
        ending.start()
        program.close()
        ending.join()
    assert len(made) == 1
    assert not [one for one in books.iterdir() if one.name.startswith(made[0].name)]


@pytest.mark.manual("M8", "M9", "M10", "M11", "M12")
def test_control_questions_and_going_back(first_start: Driver) -> None:
    _to_company(first_start)
    company = first_start.find(Field, "start_wizard.company_field")
    QTest.keyClicks(company, "hemu")
    _next(first_start)
    words = _words(_wizard(first_start))
    for sentence in (
        "开始您的企业信息化之旅！",
        "选择对应的业务控制要求",
        "花30秒让我们更了解您的需求",
        "以便帮您配置更适合您的进销存软件",
        "1、有多仓库时，各仓库的成本是否需要独立核算？",
        "2、商品出入库时是否需要审核人？",
        "3、是否需要核算税额？",
    ):
        assert sentence in words
    tax = first_start.find(SegmentedChoice, "start_wizard.computes_tax_choice")
    QTest.keyClick(tax, Qt.Key.Key_Left)
    assert tax.value() is True
    first_start.find(KeyButton, "start_wizard.back_button").click()
    assert first_start.find(Field, "start_wizard.company_field").text() == "hemu"
    _next(first_start)
    assert first_start.find(SegmentedChoice, "start_wizard.computes_tax_choice").value() is True


@pytest.mark.manual("M5", "M9", "M10", "M11", "M14")
def test_the_book_keeps_what_was_answered(first_start: Driver) -> None:
    today: date = first_start.program.ctx.clock.today()
    earlier = today - timedelta(days=90)
    _to_company(first_start)
    QTest.keyClicks(first_start.find(Field, "start_wizard.company_field"), "hemu")
    first_start.find(DateField, "start_wizard.start_date_field").set_value(earlier)
    _next(first_start)
    QTest.keyClick(first_start.find(SegmentedChoice, "start_wizard.needs_review_choice"), Qt.Key.Key_Left)
    _next(first_start)
    _next(first_start)
    first_start.until(lambda: first_start.program.services is not None)
    info = first_start.program.ready.account_sets.info()
    assert (info.company, info.start_date, info.industry) == ("hemu", earlier, Industry.CLOTHES)
    assert (info.cost_per_warehouse, info.needs_review, info.computes_tax) == (False, True, False)
    assert not info.is_practice
    assert not info.channel_enabled
    first_start.idle()
    assert first_start.program.window is not None
    assert first_start.program.window.banner("module") is not None


def test_a_start_period_after_today_is_refused(first_start: Driver) -> None:
    _to_company(first_start)
    QTest.keyClicks(first_start.find(Field, "start_wizard.company_field"), "hemu")
    tomorrow = first_start.program.ctx.clock.today() + timedelta(days=1)
    first_start.find(DateField, "start_wizard.start_date_field").set_value(tomorrow)
    _next(first_start)
    assert "启用期间不能晚于今天" in _words(_wizard(first_start))


@pytest.mark.manual("M16", "M17", "M21", "M22")
def test_the_module_switch_shows_and_hides_its_entries(desk: Driver) -> None:
    window = desk.program.window
    assert window is not None
    desk.authorize()
    desk.open_page("settings", section="1688E经营")
    switch = desk.find(Switch, "settings_page.module_switch")
    desk.until(switch.isChecked)
    assert desk.find(QAbstractButton, "nav.shops_item").isVisible()
    switch.click()
    desk.until(lambda: desk.absent("nav.shops_item"))
    switch.click()
    for entry in ("shops", "match", "pre_orders"):
        assert desk.find(QAbstractButton, f"nav.{entry}_item").isVisible()
    assert len(desk.program.ready.shops.rows()) == 1


@pytest.mark.manual("M18")
def test_three_modules_are_named_in_the_navigation(desk: Driver) -> None:
    window = desk.program.window
    assert window is not None
    words = _words(window.navigation)
    assert all(name in words for name in ("商品", "进销存", "1688E经营"))


@pytest.mark.manual("M82")
def test_pages_are_tabs_opened_once_and_closed_by_key(desk: Driver) -> None:
    window = desk.program.window
    assert window is not None
    desk.open_page("shops")
    desk.open_page("settings")
    desk.open_page("shops")
    assert window.open_ids.count("shops") == 1
    QTest.keyClick(window.page("shops") or window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: "shops" not in window.open_ids)


@pytest.mark.parametrize(
    ("scale", "width", "height"), [(100, 1366, 690), (100, 1093, 560), (150, 1366, 690), (200, 1920, 1010)]
)
def test_the_wizards_buttons_are_in_sight_on_a_small_screen(
    first_start: Driver, scale: int, width: int, height: int
) -> None:
    wizard = _wizard(first_start)
    theme.set_scale(scale)
    try:
        wizard.resize(width, height)
        first_start.until(lambda: (wizard.width(), wizard.height()) == (width, height))
        _to_company(first_start)
        button = first_start.find(KeyButton, "start_wizard.next_button")
        corner = button.mapTo(wizard, button.rect().bottomRight())
        assert wizard.rect().contains(corner)
        last = first_start.find(QAbstractButton, f"start_wizard.industry_{list(Industry)[5].value}")
        assert wizard.rect().contains(last.mapTo(wizard, last.rect().bottomRight()))
    finally:
        theme.set_scale(100)


def test_closing_right_after_a_pre_order_changed_asks_nothing_more(desk: Driver) -> None:
    """The outbox is looked at in the next turn of the event loop; by then the program may be closed."""
    desk.program.runner.data_changed.emit(frozenset({"pre_orders"}))
    desk.program.close()
    QApplication.processEvents()
