"""登录 and 锁定: who may see the window (M1)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal as D
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from jdy_desktop.models.states import DocumentKind, PriceGrade, Role
from jdy_desktop.services.book import operators
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.views.dialogs.discount_dialog import DiscountDialog
from jdy_desktop.views.login_cover import LoginCover
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, Tick
from tests.support.clock import FrozenClock
from tests.support.program import Driver, running_program

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from jdy_desktop.sandbox.server import PracticeMarket

OWNER, CLERK = "zhaocai88", "xiaowang1"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    monkeypatch.setattr(operators, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


def _with_operators(path: Path, clock: FrozenClock) -> None:
    """王姐 and 小王, made in the file before the program starts."""
    from jdy_desktop.services.machine import schema
    from jdy_desktop.services.machine.context import Context

    db = schema.open_book(path)
    ops = operators.Operators(db, Context(clock=clock))
    ops.switch_on("wangjie", "王姐", OWNER)
    ops.add("xiaowang", "小王", CLERK, Role.CLERK)
    db.close()


@pytest.fixture
def locked(
    qtbot: QtBot, tmp_path: Path, market: PracticeMarket, clock: FrozenClock, monkeypatch: Any
) -> Iterator[Driver]:
    """The program as it stands in the morning: a book with operators, nobody logged in."""
    from tests.support import program as support

    make = support.make_book

    def made(*args: Any, **more: Any) -> Path:
        path = make(*args, **more)
        _with_operators(path, clock)
        return path

    monkeypatch.setattr(support, "make_book", made)
    with running_program(qtbot, tmp_path, market, clock=clock) as driver:
        driver.find(LoginCover, "login_cover")
        _window(driver).activateWindow()
        driver.until(_window(driver).isActiveWindow)
        yield driver


def _log_in(driver: Driver, account: str, password: str) -> None:
    field = driver.find(Field, "login_cover.account_field")
    _window(driver).activateWindow()
    driver.until(_window(driver).isActiveWindow)
    field.selectAll()
    QTest.keyClicks(field, account)
    QTest.keyClick(field, Qt.Key.Key_Return)
    secret = driver.find(Field, "login_cover.password_field")
    driver.until(secret.hasFocus)
    secret.selectAll()
    QTest.keyClicks(secret, password)
    QTest.keyClick(secret, Qt.Key.Key_Return)
    driver.idle()


def _enter(driver: Driver, account: str = "wangjie", password: str = OWNER) -> None:
    _log_in(driver, account, password)
    driver.until(lambda: driver.absent("login_cover"))
    driver.idle()


def _words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def _window(driver: Driver) -> Any:
    assert driver.program.window is not None
    return driver.program.window


@pytest.mark.manual("M1")
def test_a_wrong_password_is_refused_with_the_focus_back_in_it(locked: Driver) -> None:
    assert _window(locked).open_ids == []  # nothing of the book is shown yet
    _log_in(locked, "wangjie", "falsch")
    cover = locked.find(LoginCover, "login_cover")
    assert "账号或密码不对" in _words(cover)
    secret = locked.find(Field, "login_cover.password_field")
    assert secret.hasFocus()
    assert secret.selectedText() == secret.text() != ""  # the next key overwrites it
    QTest.keyClicks(secret, OWNER)
    QTest.keyClick(secret, Qt.Key.Key_Return)
    locked.until(lambda: locked.absent("login_cover"))
    locked.idle()
    assert _window(locked).open_ids == ["shops"]
    assert "王姐 · 店主" in _words(_window(locked).navigation)


@pytest.mark.manual("M1")
def test_without_operators_the_window_opens_at_once(desk: Driver) -> None:
    assert desk.absent("login_cover")
    assert _window(desk).open_ids


def test_five_wrong_tries_wait_a_minute(locked: Driver, clock: FrozenClock) -> None:
    for _ in range(5):
        _log_in(locked, "wangjie", "falsch")
    _log_in(locked, "wangjie", OWNER)
    assert "请等 60 秒" in _words(locked.find(LoginCover, "login_cover"))
    clock.advance(seconds=60)
    _enter(locked)


def test_caps_lock_is_suspected(locked: Driver) -> None:
    _log_in(locked, "wangjie", "")
    secret = locked.find(Field, "login_cover.password_field")
    QTest.keyClicks(secret, "Z", Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(secret, Qt.Key.Key_Return)
    locked.idle()
    assert "大写锁定" not in _words(locked.find(LoginCover, "login_cover"))
    QTest.keyClicks(secret, "Z")  # QTest holds no Shift for a capital, as a PC with Caps Lock
    QTest.keyClick(secret, Qt.Key.Key_Return)
    locked.idle()
    assert "大写锁定好像打开了" in _words(locked.find(LoginCover, "login_cover"))


def test_no_key_reaches_what_lies_below(locked: Driver) -> None:
    _enter(locked)
    locked.open_page("sale")
    window = _window(locked)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    cover = locked.find(LoginCover, "login_cover")
    pages = list(window.open_ids)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert cover.isAncestorOf(focus)
    for key, modifier in (
        (Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_F9, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
    ):
        QTest.keyClick(QApplication.focusWidget() or cover, key, modifier)
    assert window.open_ids == pages
    for _ in range(5):
        QTest.keyClick(QApplication.focusWidget() or cover, Qt.Key.Key_Tab)
        inside = QApplication.focusWidget()
        assert inside is not None
        assert cover.isAncestorOf(inside)
    assert window.childAt(window.rect().center()) is not None
    assert cover.rect() == window.rect()


def test_a_message_that_comes_meanwhile_waits_below(locked: Driver) -> None:
    from jdy_desktop.services.errors import UserError

    _enter(locked)
    assert locked.program.guard is not None
    locked.program.guard.lock_now()
    cover = locked.find(LoginCover, "login_cover")
    locked.program.tell_error(UserError("lines_empty"))
    focus = QApplication.focusWidget()
    assert focus is not None
    assert cover.isAncestorOf(focus)
    _enter(locked)
    locked.find(KeyButton, "message_dialog.ok_button").click()


def test_left_alone_the_window_is_covered_and_the_work_stays(locked: Driver, clock: FrozenClock) -> None:
    _enter(locked)
    page = locked.open_page("sale")
    scan = page.head.scan
    QTest.keyClicks(scan, "sp32")
    clock.advance(minutes=9, seconds=59)
    assert locked.program.guard is not None
    locked.program.guard.look()
    assert locked.absent("login_cover")
    clock.advance(seconds=1)
    locked.find(LoginCover, "login_cover")  # by its own timer
    _enter(locked)
    assert _window(locked).page("sale") is page
    assert scan.text() == "sp32"


def test_a_key_in_the_window_keeps_it_open(locked: Driver, clock: FrozenClock) -> None:
    _enter(locked)
    guard = locked.program.guard
    assert guard is not None
    locked.idle()
    clock.advance(minutes=9)
    QTest.keyClick(_window(locked).windowHandle(), Qt.Key.Key_Down)
    clock.advance(minutes=9)
    guard.look()
    assert locked.absent("login_cover")


def test_somebody_else_gets_pages_of_his_own(locked: Driver) -> None:
    _enter(locked)
    before = locked.open_page("stock")
    assert locked.program.guard is not None
    locked.program.guard.lock_now()
    _enter(locked, "xiaowang", CLERK)
    assert "小王 · 店员" in _words(_window(locked).navigation)
    assert _window(locked).page("stock") is None
    assert not _window(locked).navigation.item("opening").isVisible()
    after = locked.open_page("stock")
    assert after is not before
    model = after.table.model()
    shown = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert "库存" in shown
    assert "单位成本" not in shown
    assert "库存金额" not in shown


def test_a_purchase_tells_a_clerk_of_no_price_paid(locked: Driver) -> None:
    """Last price and the lowest of 90 days are costs (decision 0006); the slip in his hand is typed."""
    from tests.support.receiving import Receiver

    _enter(locked)
    owner = Receiver(locked)
    owner.store(DocumentKind.PURCHASE, (0, "5", "26"))
    owner.scan("sp001")
    owner.settle()
    locked.until(lambda: owner.lines() == [("sp001", "1", "26")])
    assert {"上次购货单价", "90 天最低"} <= _shown(owner.page.side.goods)
    owner.page.hand.remove(owner.page.form.lines[0].id)
    owner.settle()
    assert locked.program.guard is not None
    locked.program.guard.lock_now()
    _enter(locked, "xiaowang", CLERK)
    page = owner.open("purchase", new=True)
    owner.scan("sp001")
    owner.settle()
    assert owner.lines() == [("sp001", "1", "0")]
    assert _shown(page.side.goods) & {"上次购货单价", "90 天最低", "26.00"} == set()
    owner.type("31/")
    assert owner.lines() == [("sp001", "1", "31")]


def _shown(part: QWidget) -> set[str]:
    return {one.text() for one in part.findChildren(QLabel) if one.isVisible()}


def test_operators_switched_on_at_another_pc_are_noticed_within_a_minute(desk: Driver) -> None:
    from jdy_desktop.services.machine.context import Context

    desk.open_page("reports")
    guard = desk.program.guard
    assert guard is not None
    timers = [one for one in guard.findChildren(QTimer) if one.isActive()]
    assert [one.interval() for one in timers if one.interval() <= 60_000]
    guard.follow()
    desk.idle()
    assert desk.absent("login_cover")  # nothing has changed
    operators.Operators(desk.program.ready.db, Context(operator="二号机")).switch_on("wangjie", "王姐", OWNER)
    timers[0].timeout.emit()
    desk.find(LoginCover, "login_cover")
    assert not desk.program.ctx.may(Right.SEE_COST)
    _enter(desk)
    assert "王姐 · 店主" in _words(_window(desk).navigation)


def test_opening_stock_tells_a_clerk_at_once_whose_it_is(locked: Driver) -> None:
    _enter(locked, "xiaowang", CLERK)
    page = locked.open_page("opening", sku_id=1)
    assert "期初要店主登录才能录入" in _words(page)
    assert locked.absent("message_dialog")
    locked.find(KeyButton, "opening_page.owner_button").click()
    _enter(locked)
    assert locked.open_page("opening").scan_field.isEnabled()


def test_a_bill_of_the_owner_keeps_no_price_a_clerk_may_not_sell_at(locked: Driver) -> None:
    _enter(locked)
    services = locked.program.ready
    sku = services.products.product(
        services.products.save(SaveProduct(code="sp1", name="衬衫", skus=(SaveSku(prices={PriceGrade.RETAIL: D(64)}),)))
    ).skus[0].id  # fmt: skip
    page = locked.open_page("sale")
    page.scan.submit_sku(sku)
    locked.until(lambda: len(page.form.lines) == 1)
    page.hand.change(page.form.lines[0].id, "price", D(40))
    assert locked.program.guard is not None
    for who, password, price in (("wangjie", OWNER, 40), ("xiaowang", CLERK, 64)):
        locked.program.guard.lock_now()
        _enter(locked, who, password)
        page = locked.open_page("sale")
        locked.idle()
        assert len(page.form.lines) == 1
        assert page.form.lines[0].price == price
    assert "低于最低价" in page.form.lines[0].trouble


def test_a_discount_too_large_for_a_clerk_is_told_when_it_is_typed(locked: Driver) -> None:
    _enter(locked)
    services = locked.program.ready
    sku = SaveSku(prices={PriceGrade.RETAIL: D(64)})
    made = services.products.save(SaveProduct(code="sp1", name="衬衫", allow_negative=True, skus=(sku,)))
    page = locked.open_page("sale")
    page.scan.submit_sku(services.products.product(made).skus[0].id)
    locked.until(lambda: len(page.form.lines) == 1)
    page.dialogs._on_discount(D(0), D(10))  # by the owner, who may
    locked.idle()
    assert "最低价" not in page.notes.by_line[1].note.bold
    assert locked.program.guard is not None
    locked.program.guard.lock_now()
    _enter(locked, "xiaowang", CLERK)
    page = locked.open_page("sale")
    locked.idle()
    assert page.form.discount_amount == D(10)
    assert page.notes.by_line[1].note.bold == "整单优惠以后低于商品的最低价。"
    page.dialogs.open_discount()
    dialog = locked.find(DiscountDialog, "discount_dialog")
    assert "要店主登录" in dialog._amount_row.error()
    for text, told in (("1", True), ("0.99", False)):
        dialog.amount_field.selectAll()
        QTest.keyClicks(dialog.amount_field, text)
        assert bool(dialog._amount_row.error()) is told
    QTest.keyClick(dialog.amount_field, Qt.Key.Key_Return)
    locked.until(lambda: page.form.discount_amount == D("0.99"))
    assert "最低价" not in page.notes.by_line[1].note.bold
    page.hand.change(page.form.lines[0].id, "price", D("63.99"))
    assert page.notes.by_line[1].note.bold == "单价低于最低价 64 元。"


def test_what_could_be_taken_back_before_locking_cannot_be_afterwards(locked: Driver) -> None:
    _enter(locked)
    undone: list[int] = []
    page = locked.open_page("sale")
    locked.program.toast("收款单 SK20190327001 已保存", lambda: undone.append(1))
    assert locked.program.guard is not None
    locked.program.guard.lock_now()
    # What ends while the window is covered is not the next operator's either.
    locked.program.toast("收款单 SK20190327002 已保存", lambda: undone.append(2))
    _enter(locked, "xiaowang", CLERK)
    page = locked.open_page("sale")
    locked.until(page.head.scan.hasFocus)
    QTest.keyClick(page.head.scan, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == []


def test_a_dialog_of_the_former_operator_is_gone(locked: Driver) -> None:
    _enter(locked)
    locked.open_page("settings", section="操作员")
    _press(locked, "settings_page.add_operator_button")
    locked.find(Field, "operator_dialog.account_field")
    assert locked.program.guard is not None
    locked.program.guard.lock_now()
    _enter(locked)
    locked.find(Field, "operator_dialog.account_field")  # the same one goes on where he was
    locked.program.guard.lock_now()
    _enter(locked, "xiaowang", CLERK)
    assert locked.absent("operator_dialog")


def test_a_form_with_words_in_it_asks_the_next_operator_nothing(locked: Driver) -> None:
    _enter(locked)
    locked.open_page("goods")
    _press(locked, "goods_page.new_button")
    locked.type(locked.find(Field, "product_dialog.code_field"), "sp1")
    assert locked.program.guard is not None
    locked.program.guard.lock_now()
    _enter(locked, "xiaowang", CLERK)
    assert locked.absent("product_dialog")
    assert locked.absent("discard_dialog")


def test_what_to_do_about_a_forgotten_password_is_told(locked: Driver) -> None:
    locked.find(KeyButton, "login_cover.forgotten_button").click()
    words = _words(locked.find(LoginCover, "login_cover"))
    assert "jdy-desktop reset-owner" in words
    assert "账套文件没有加密" in words


def test_another_account_set_can_be_chosen_before_logging_in(locked: Driver) -> None:
    locked.find(KeyButton, "login_cover.new_button").click()
    locked.until(lambda: locked.program.wizard is not None)
    assert locked.program.services is None


# ---- 设置—操作员


def _fill(driver: Driver, dialog: str, **texts: str) -> None:
    for name, text in texts.items():
        field = driver.find(Field, f"{dialog}.{name}_field")
        field.clear()
        driver.type(field, text)


def _press(driver: Driver, name: str) -> None:
    driver.find(KeyButton, name).click()


@pytest.mark.manual("M1")
def test_the_owner_switches_operators_on_and_the_next_start_asks(desk: Driver) -> None:
    desk.open_page("settings", section="操作员")
    _press(desk, "settings_page.operators_on_button")
    _fill(desk, "operator_dialog", account="wangjie", name="王姐", password=OWNER, again="anders")
    _press(desk, "operator_dialog.ok_button")
    assert "两次密码不一样" in _words(desk.find(QWidget, "operator_dialog"))
    _fill(desk, "operator_dialog", again=OWNER)
    _press(desk, "operator_dialog.ok_button")
    desk.find(KeyButton, "settings_page.lock_button")
    desk.until(lambda: "王姐 · 店主" in _words(_window(desk).navigation))
    book = desk.program.book
    assert book is not None
    desk.program.go_to_book(book)
    desk.find(LoginCover, "login_cover")
    assert _window(desk).open_ids == []


def test_people_are_added_changed_and_given_new_passwords(locked: Driver) -> None:
    _enter(locked)
    locked.open_page("settings", section="操作员")
    _press(locked, "settings_page.add_operator_button")
    _fill(locked, "operator_dialog", account="xiaoli", name="小李", password="123", again="123")
    _press(locked, "operator_dialog.ok_button")
    locked.until(lambda: "密码至少 6 位" in _words(locked.find(QWidget, "operator_dialog")))
    _fill(locked, "operator_dialog", password="mima1234", again="mima1234")
    _press(locked, "operator_dialog.ok_button")
    rows = locked.program.ready.operators.state
    locked.until(lambda: [one.account for one in rows().rows] == ["wangjie", "xiaoli", "xiaowang"])
    li = next(one for one in rows().rows if one.account == "xiaoli")
    _press(locked, f"settings_page.edit_operator_{li.id}")
    _fill(locked, "operator_dialog", name="李姐")
    _press(locked, "operator_dialog.ok_button")
    locked.until(lambda: "李姐" in [one.name for one in rows().rows])
    _press(locked, f"settings_page.reset_operator_{li.id}")
    _fill(locked, "password_dialog", password="xinmima99", again="xinmima99")
    _press(locked, "password_dialog.ok_button")
    locked.until(lambda: locked.absent("password_dialog"))
    locked.idle()
    assert locked.program.guard is not None
    locked.program.guard.lock_now()
    _enter(locked, "xiaoli", "xinmima99")
    assert "李姐 · 店员" in _words(_window(locked).navigation)


def test_the_last_owner_is_kept_with_the_reason(locked: Driver) -> None:
    _enter(locked)
    locked.open_page("settings", section="操作员")
    owner = locked.program.ready.operators.state().rows[0]
    _press(locked, f"settings_page.edit_operator_{owner.id}")
    locked.find(Tick, "operator_dialog.active_tick").click()
    _press(locked, "operator_dialog.ok_button")
    locked.until(lambda: "至少要留一位在用的店主" in _words(locked.find(QWidget, "operator_dialog")))
    _press(locked, "operator_dialog.cancel_button")


def test_a_clerk_sees_his_own_lines_and_the_rest_is_greyed(locked: Driver) -> None:
    _enter(locked, "xiaowang", CLERK)
    page = locked.open_page("settings", section="操作员")
    locked.find(KeyButton, "settings_page.own_password_button")
    for name in ("add_operator_button", "operators_off_button", "lock_minutes_field"):
        assert locked.absent(f"settings_page.{name}")
    assert "1688E经营要店主登录才能改" in _words(page)
    for name in ("module_switch", "app_key_field", "include_tax_switch", "rename_button", "needs_review_choice"):
        assert not page.findChild(QWidget, f"settings_page.{name}").isEnabled(), name
    assert page.findChild(QWidget, "settings_page.theme_combo").isEnabled()
    _press(locked, "settings_page.own_password_button")
    _fill(locked, "password_dialog", present="falsch", password="xinmima99", again="xinmima99")
    _press(locked, "password_dialog.ok_button")
    locked.until(lambda: "账号或密码不对" in _words(locked.find(QWidget, "password_dialog")))
    _fill(locked, "password_dialog", present=CLERK)
    _press(locked, "password_dialog.ok_button")
    locked.until(lambda: locked.absent("password_dialog"))


def test_switched_off_again_nobody_is_asked(locked: Driver) -> None:
    _enter(locked)
    locked.open_page("settings", section="操作员")
    _press(locked, "settings_page.operators_off_button")
    _press(locked, "operators_off_dialog.yes_button")
    locked.find(KeyButton, "settings_page.operators_on_button")
    assert locked.program.guard is not None
    locked.program.guard.lock_now()
    assert locked.absent("login_cover")


def test_minutes_before_locking_are_checked_and_take_effect(locked: Driver, clock: FrozenClock) -> None:
    _enter(locked)
    locked.open_page("settings", section="操作员")
    field = locked.find(Field, "settings_page.lock_minutes_field")
    for text in ("-1", "viel", "1441"):
        field.setText(text)
        field.editingFinished.emit()
        assert "没有保存" in field.toolTip()
    field.setText("2")
    field.editingFinished.emit()
    locked.until(lambda: locked.program.ready.operators.state().lock_minutes == 2)
    locked.idle()
    clock.advance(minutes=2)
    locked.find(LoginCover, "login_cover")


def test_what_a_clerk_may_not_is_said_in_one_sentence(locked: Driver) -> None:
    _enter(locked, "xiaowang", CLERK)
    services = locked.program.ready
    locked.program.runner.submit(
        lambda _job: services.products.delete([1]),
        owner=None,
        on_done=lambda _x: None,
        on_error=locked.program.tell_error,
    )
    dialog = locked.find(QWidget, "message_dialog")
    assert "删除商品和平台信息要店主来做，没有改动。请店主登录后再做一次。" in _words(dialog)
    _press(locked, "message_dialog.ok_button")


def test_a_backup_is_not_restored_by_going_round_the_login(
    locked: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PySide6.QtWidgets import QFileDialog

    from jdy_desktop.services.machine.backup import back_up

    book = locked.program.book
    assert book is not None
    kept = back_up(book, tmp_path / "kept.jdy").path
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(kept), ""))
    _press(locked, "login_cover.restore_button")
    assert "从备份恢复要店主先登录" in _words(locked.find(LoginCover, "login_cover"))
    _press(locked, "login_cover.new_button")
    locked.until(lambda: locked.program.wizard is not None)
    _press(locked, "start_wizard.restore_button")
    dialog = locked.find(QWidget, "message_dialog")
    assert "从备份恢复要店主来做" in _words(dialog)
    assert sorted(one.name for one in locked.program.folders.books.glob("*.jdy")) == ["book.jdy"]
    _press(locked, "message_dialog.ok_button")


def test_an_owner_who_makes_himself_a_clerk_loses_the_costs_at_once(locked: Driver) -> None:
    from dataclasses import replace

    _enter(locked)
    locked.open_page("stock")
    services = locked.program.ready
    services.operators.add("erhao", "二号店主", "mima1234", Role.OWNER)
    me = next(one for one in services.operators.state().rows if one.account == "wangjie")
    services.operators.change(replace(me, role=Role.CLERK))
    locked.until(lambda: "王姐 · 店员" in _words(_window(locked).navigation))
    locked.until(lambda: _window(locked).page("stock") is None)
    assert not _window(locked).navigation.item("opening").isVisible()
