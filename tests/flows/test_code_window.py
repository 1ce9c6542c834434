"""Manual 6.1.1: the code of a pre-order on the screen, on paper and at the buyer's; its states, and what the keys do."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.paper.qr import decode
from jdy_desktop.views import theme
from jdy_desktop.views.buyer_screen import BuyerScreen
from jdy_desktop.views.dialogs.code_print import NoPrinterDialog
from jdy_desktop.views.dialogs.code_window import LARGE_PAYMENTS, CodeWindow
from jdy_desktop.views.dialogs.held_dialog import HeldDialog
from jdy_desktop.views.widgets.buttons import KeyButton, LinkButton
from tests.support.program import Driver, running_program
from tests.support.sales import Counter
from tests.support.waiting import go_offline

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from jdy_desktop.sandbox.server import PracticeMarket

Key = Qt.Key


def _words(widget: QWidget) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def _sell(counter: Counter, *lines: tuple[str, str], freight: str = "") -> CodeWindow:
    for code, quantity in lines:
        counter.scan(code)
        counter.type(f"{quantity}*")
    counter.settle()
    if freight:
        counter.page.side.freight_field.setFocus()
        counter.page.side.freight_field.selectAll()
        counter.type(freight)
        counter.key(Key.Key_Return)
    counter.key(Key.Key_F9)
    return _window(counter)


def _window(counter: Counter) -> CodeWindow:
    host = counter.page.window()
    counter.driver.until(lambda: any(one.isVisible() for one in host.findChildren(CodeWindow)))
    return next(one for one in host.findChildren(CodeWindow) if one.isVisible())


def _state(counter: Counter, window: CodeWindow, state: str) -> None:
    counter.driver.until(lambda: window.state == state)
    counter.driver.idle()


def _read(image: QImage) -> str:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return decode(bytes(buffer.data().data()))


@pytest.mark.manual("M129", "M130", "M131", "M132", "M133", "M134", "M135", "M155")
def test_the_code_is_shown_read_back_scanned_and_paid(desk: Driver, tmp_path: Path) -> None:
    counter = Counter(desk)
    window = _sell(counter, ("sp32501_001", "4"), ("sp32602_002", "1"), freight="10")
    _state(counter, window, "ready")
    view = window.view
    assert view is not None
    # 4 × 64 + 188 = 444, + 10 freight
    assert view.amount == Decimal("454.00")
    assert window.amount.amount() == "454.00"
    assert _read(window.card.grab().toImage()) == view.url
    assert window.qr is not None
    assert len(window.qr.matrix) * (window.qr.size_px // (len(window.qr.matrix) + 8)) >= 300
    words = _words(window)
    for sentence in (
        "只能扫码一次，扫描即被锁定。",
        "请用 支付宝 App 或者阿里巴巴 App 扫码",
        "支付宝；银行转账和对公支付需开通",
        "二维码已读回核对，和订单一致",
        "4 天 23 小时 59 分",
        view.number,
        "444.00 + 10.00",
    ):
        assert sentence in words
    assert LARGE_PAYMENTS == "https://cs.jdy.com/article/1552618821953"
    desk.until(lambda: window.view is not None and window.view.shown_at is not None)
    assert window.steps.done() == 2
    for name in ("fullscreen", "buyer", "copy", "save", "print"):
        assert desk.find(KeyButton, f"code_window.{name}_button").key_hint()

    counter.key(Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert _read(QGuiApplication.clipboard().image()) == view.url
    window.save_to(str(tmp_path / "code.png"))
    assert decode((tmp_path / "code.png").read_bytes()) == view.url

    desk.market.world.scan(int(view.number))
    window._on_poll()
    _state(counter, window, "scanned")
    assert not window.card.isVisible()
    assert "客户已扫码，这个码已锁定" in _words(window)
    desk.market.world.pay(int(view.number))
    window._on_poll()
    _state(counter, window, "paid")
    assert window.steps.done() == 4
    assert "已支付 454.00" in _words(window)
    counter.key(Key.Key_Return)
    desk.until(lambda: counter.page.form.is_empty)
    counter.settle()


@pytest.mark.manual("M140")
@pytest.mark.parametrize("has_browser", [True, False])
def test_a_practice_code_opens_the_buyers_page_in_the_browser(
    desk: Driver, monkeypatch: pytest.MonkeyPatch, has_browser: bool
) -> None:
    """No phone can scan an address of this PC; without this a practice sale would never be paid."""
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toString())
        return has_browser

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    counter = Counter(desk)
    window = _sell(counter, ("sp32501_001", "4"))
    _state(counter, window, "ready")
    assert window.view is not None
    QGuiApplication.clipboard().clear()
    link = desk.find(LinkButton, "code_window.practice_link")
    link.click()
    assert opened == [window.view.url]
    assert (QGuiApplication.clipboard().text() == window.view.url) is not has_browser
    window.left.set_address("https://trade.1688.com/order/1")
    assert not link.isVisible()


def test_goal_g_a_refused_quantity_is_mended_in_three_keys(desk: Driver) -> None:
    counter = Counter(desk)
    counter.scan("sp32501_001")
    counter.settle()
    counter.key(Key.Key_F9)
    window = _window(counter)
    _state(counter, window, "failed")
    assert window.view is not None
    assert window.told.quote.text() == window.view.upload_log != ""
    assert "1688 起订量 2 件，本单 1 件" in window.told.lines.text()
    counter.key(Key.Key_Return)
    desk.until(lambda: counter.page.desk.document is not None)
    desk.until(lambda: counter.page.table._editor is not None)
    counter.key(Key.Key_Return)
    assert counter.page.form.lines[0].quantity == Decimal(2)
    counter.key(Key.Key_F9)
    again = _window(counter)
    _state(counter, again, "ready")
    assert again.view is not None
    assert again.view.amount == Decimal("128.00")
    assert len(desk.market.world.pre_orders) == 1


def test_a_refused_quantity_mended_after_the_bill_was_put_aside_is_sent_again(desk: Driver) -> None:
    counter = Counter(desk)
    counter.scan("sp32501_001")
    counter.settle()
    counter.key(Key.Key_F9)
    _state(counter, _window(counter), "failed")
    counter.key(Key.Key_Return)
    desk.until(lambda: counter.page.table._editor is not None)
    counter.key(Key.Key_Return)
    counter.key(Key.Key_F6)
    desk.until(lambda: counter.page.form.is_empty)
    counter.settle()
    counter.key(Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    desk.until(lambda: counter.page.window().findChild(HeldDialog) is not None)
    counter.key(Key.Key_1)
    desk.until(lambda: counter.sold() == [("sp32501_001", 2)])
    counter.settle()
    counter.key(Key.Key_F9)
    _state(counter, _window(counter), "ready")
    assert len(desk.market.world.pre_orders) == 1


def test_offline_the_sale_is_saved_and_the_code_comes_later(desk: Driver) -> None:
    counter = Counter(desk)
    go_offline(desk.market)
    window = _sell(counter, ("sp32501_001", "4"))
    _state(counter, window, "queued")
    assert "销货单已保存，正在排队上传" in _words(window)
    counter.key(Key.Key_Escape)
    desk.until(lambda: counter.page.form.is_empty)
    card = desk.find(QWidget, "notice_card")
    assert "已保存" in card.accessibleName()
    desk.market.world.faults.clear()
    desk.until(lambda: desk.market.is_listening)
    services = desk.program.ready
    pre_order = window.view
    assert pre_order is not None

    def sent() -> bool:
        desk.program.background.work() if desk.program.background else None
        return services.pre_orders.code(pre_order.id).url != ""

    desk.until(sent, 30_000)
    desk.until(lambda: "二维码可以出示了" in desk.find(QWidget, "notice_card").accessibleName())
    desk.idle()


@pytest.mark.parametrize("wished", [True, False])
def test_the_slip_comes_by_itself_when_paid_if_wished(
    desk: Driver, monkeypatch: pytest.MonkeyPatch, wished: bool
) -> None:
    from jdy_desktop.views import printing
    from jdy_desktop.views.paper_choice import set_when_paid

    slips: list[object] = []
    monkeypatch.setattr(printing, "print_sale", lambda sale, *_: slips.append(sale.code))
    set_when_paid(desk.program.settings, wished)
    counter = Counter(desk)
    window = _sell(counter, ("sp32501_001", "4"))
    _state(counter, window, "ready")
    assert window.view is not None
    desk.market.world.scan(int(window.view.number))
    desk.market.world.pay(int(window.view.number))
    window._on_poll()
    _state(counter, window, "paid")
    desk.idle()
    assert slips == ([None] if wished else [])  # once; nothing is left to scan


def test_the_buyer_sees_lines_code_and_paid(desk: Driver) -> None:
    counter = Counter(desk)
    counter.key(Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    buyer = counter.page.dialogs.buyer()
    assert isinstance(buyer, BuyerScreen)
    buyer.resize(800, 600)
    counter.page.window().activateWindow()
    counter.page.focus_scan()
    window = _sell(counter, ("sp32501_001", "4"))
    _state(counter, window, "ready")
    assert buyer.stack.currentIndex() == 1
    first = buyer.card.picture()
    assert first is not None
    assert window.view is not None
    assert _read(buyer.card.grab().toImage()) == window.view.url
    # A window that becomes larger, as when it goes to the second screen.
    buyer.resize(1366, 768)
    desk.until(lambda: (shown := buyer.card.picture()) is not None and shown.width() > first.width())
    assert _read(buyer.card.grab().toImage()) == window.view.url
    # Large letters make neither the card nor the window wider than the screen.
    theme.set_scale(150)
    try:
        desk.until(lambda: buyer.card.width() <= 1366 // 2)
        assert buyer.minimumSizeHint().width() <= 1366
        assert _read(buyer.card.grab().toImage()) == window.view.url
    finally:
        theme.set_scale(100)
    words = buyer.accessibleName() + _words(buyer)
    assert "库存" not in words
    desk.market.world.pay(int(window.view.number))
    window._on_poll()
    _state(counter, window, "paid")
    assert buyer.stack.currentIndex() == 2
    buyer.close()
    counter.page.window().activateWindow()
    window.main_button.click()
    desk.idle()


@pytest.mark.manual("M134")
def test_without_a_printer_the_slip_becomes_a_pdf(desk: Driver, tmp_path: Path) -> None:
    counter = Counter(desk)
    window = _sell(counter, ("sp32501_001", "4"))
    _state(counter, window, "ready")
    counter.key(Key.Key_F8)
    desk.until(lambda: counter.page.window().findChild(NoPrinterDialog) is not None)
    dialog = counter.page.window().findChild(NoPrinterDialog)
    assert dialog is not None
    assert "单据和预订单都已保存" in _words(dialog)
    dialog.save_to(tmp_path / "slip.pdf")
    desk.idle()
    desk.idle()
    first = (tmp_path / "slip.pdf").read_bytes()
    assert first.startswith(b"%PDF")
    assert window.view is not None
    assert desk.program.ready.documents.document(window.view.sale_id).print_count == 1
    counter.page.window().activateWindow()
    window.print_code()
    desk.until(lambda: any(one.isVisible() for one in counter.page.window().findChildren(NoPrinterDialog)))
    second = next(one for one in counter.page.window().findChildren(NoPrinterDialog) if one.isVisible())
    second.save_to(tmp_path / "again.pdf")
    desk.idle()
    from pypdf import PdfReader

    texts = [PdfReader(tmp_path / name).pages[0].extract_text() for name in ("slip.pdf", "again.pdf")]
    assert ["补打" in text for text in texts] == [False, True]


@pytest.mark.manual("M135")
def test_after_five_days_it_is_made_anew_from_the_same_sale(
    qtbot: QtBot, tmp_path: Path, market: PracticeMarket
) -> None:
    with running_program(qtbot, tmp_path, market) as driver:
        counter = Counter(driver)
        window = _sell(counter, ("sp32501_001", "4"))
        _state(counter, window, "ready")
        first = window.view
        assert first is not None
        assert first.expires_at is not None
        assert first.created_at is not None
        assert (first.expires_at - first.created_at).days == 5
        late = first.expires_at
        driver.program.ready.pre_orders.server_now = lambda: late  # type: ignore[method-assign]
        window._on_tick()
        assert window.state == "expired"
        assert "超过 5 天没有付款，这个码作废了" in _words(window)
        assert window.main_button.text() == "重新创建"
        window.main_button.click()
        driver.until(lambda: window.view is not None and window.view.id != first.id)
        driver.idle()
        assert window.view is not None
        assert window.view.sale_id == first.sale_id
        assert window.view.generation == 2
        window.reject()
        driver.idle()


def test_the_shown_sale_is_stored_and_its_tab_says_so(desk: Driver) -> None:
    """Facts read anew behind the code must not make the tab look unsaved; the next sale begins clean too."""
    counter = Counter(desk)
    told: list[bool] = []
    counter.page.unsaved_changed.connect(told.append)
    window = _sell(counter, ("sp32501_001", "4"), ("sp32602_002", "1"))
    _state(counter, window, "ready")
    counter.page.desk.refresh_cards()
    counter.page.show_document()
    desk.idle()
    assert told[-1] is False
    assert counter.page.form.number
    counter.key(Key.Key_Escape)
    desk.until(lambda: counter.page.form.is_empty)
    counter.scan("sp32501_001")
    counter.settle()
    assert told[-1] is True


def test_nothing_stands_empty_where_the_warning_was(desk: Driver) -> None:
    counter = Counter(desk)
    window = _sell(counter, ("sp32501_001", "4"), ("sp32602_002", "1"))
    _state(counter, window, "ready")
    assert window.right.warning.isVisible()
    room = window.steps.y() - window.amount.geometry().bottom()
    assert window.view is not None
    desk.market.world.scan(int(window.view.number))
    desk.market.world.pay(int(window.view.number))
    window._on_poll()
    _state(counter, window, "paid")
    assert not window.right.warning.isVisible()
    gone = window.right.warning.sizeHint().height()
    desk.until(lambda: window.steps.y() - window.amount.geometry().bottom() <= room - gone)
