"""A practice book is filled with a month of trade from the settings or the wizard; a real book is not offered it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from jdy_desktop.app import Program
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.goods import GoodsFilter
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, Tick
from jdy_desktop.views.widgets.floating import NoticeCard
from tests.support.program import Driver, running_program

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from jdy_desktop.sandbox.server import PracticeMarket


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests have a market of their own; none is started beside it."""

    def start(self: Program) -> None:
        assert self.background is not None
        self.background.start()

    monkeypatch.setattr(Program, "_start_market", start)


@pytest.fixture
def practice(qtbot: QtBot, tmp_path: Path, market: PracticeMarket) -> Iterator[Driver]:
    with running_program(qtbot, tmp_path, market, is_practice=True) as driver:
        yield driver


def days_of(desk: Driver) -> int:
    return desk.program.ready.practice_month.state().days


def fill(desk: Driver) -> None:
    desk.open_page("settings", section="账套")
    desk.find(KeyButton, "settings_page.practice_button").click()
    desk.find(KeyButton, "practice_dialog.yes_button").click()


def test_a_practice_book_is_filled_from_the_settings(practice: Driver) -> None:
    fill(practice)
    practice.find(QWidget, "practice_band")
    button = practice.find(KeyButton, "settings_page.practice_button")
    practice.until(lambda: not button.isEnabled())
    practice.until(lambda: days_of(practice) == 30, timeout=120_000)
    practice.idle()
    assert practice.absent("practice_band")
    practice.until(lambda: button.toolTip() == "已经填好了")
    window = practice.program.window
    assert window is not None
    card = window.findChild(NoticeCard)
    assert isinstance(card, NoticeCard)
    card.acted.emit()
    practice.idle()
    report: Any = window.page("reports")
    assert report.day.value() == practice.program.ctx.clock.today() - timedelta(days=1)
    assert len(practice.program.ready.goods_list.ids(GoodsFilter())) == 33
    _waiting_orders_go_out(practice)


def _waiting_orders_go_out(desk: Driver) -> None:
    """The example's shop is the practice market's: authorized, it sends what yesterday's sales left waiting."""
    services = desk.program.ready
    desk.idle()
    assert services.pre_orders.waiting().count == 4
    shop = services.shops.rows()[0]
    assert desk.authorize(0, market_name=None) == shop.id
    assert len(services.shops.rows()) == 1

    def sent() -> bool:
        services.pre_orders.work(JobContext())
        return services.pre_orders.waiting().count == 0

    desk.until(sent, timeout=30_000)
    assert services.pre_orders.waiting().failed == 2


def test_cancel_stops_between_two_days_and_it_can_go_on(practice: Driver) -> None:
    fill(practice)
    practice.until(lambda: days_of(practice) >= 2, timeout=60_000)
    practice.find(KeyButton, "practice_band_cancel_button").click()
    practice.idle()
    assert 2 <= days_of(practice) < 30
    button = practice.find(KeyButton, "settings_page.practice_button")
    practice.until(lambda: button.isEnabled() and button.accessibleName() == "接着填…")


def test_the_clerk_may_think_again(practice: Driver) -> None:
    practice.open_page("settings", section="账套")
    practice.find(KeyButton, "settings_page.practice_button").click()
    practice.find(KeyButton, "practice_dialog.no_button").click()
    practice.idle()
    assert days_of(practice) == 0
    assert practice.program.ready.goods_list.ids(GoodsFilter()) == []


def test_a_real_book_has_no_such_card(desk: Driver) -> None:
    desk.open_page("settings", section="账套")
    assert desk.absent("settings_page.practice_button")


@pytest.mark.parametrize("is_wanted", [True, False])
def test_the_wizard_asks_for_it_in_practice_only(first_start: Driver, is_wanted: bool) -> None:
    desk = first_start
    following = desk.find(KeyButton, "start_wizard.next_button")
    following.click()
    QTest.keyClicks(desk.find(Field, "start_wizard.company_field"), "hemu")
    following.click()
    following.click()
    tick = desk.find(Tick, "start_wizard.month_tick")
    assert tick.isChecked()
    tick.setChecked(is_wanted)
    following.click()
    desk.until(lambda: desk.program.services is not None and desk.program.window is not None)
    if is_wanted:
        desk.until(lambda: days_of(desk) >= 1, timeout=60_000)
        desk.find(KeyButton, "practice_band_cancel_button").click()
        desk.idle()
        info = desk.program.ready.account_sets.info()
        assert info.channel_enabled
        assert info.start_date == desk.program.ctx.clock.today() - timedelta(days=30)
        period = desk.find(QAbstractButton, "status_bar.period_item")
        desk.until(lambda: period.text() == f"启用期间 {info.start_date.isoformat()}")
        desk.program.open_page("match")
    else:
        desk.idle()
        assert days_of(desk) == 0
        assert desk.absent("practice_band")


def test_the_wizard_does_not_offer_it_to_a_real_book(first_start: Driver) -> None:
    first_start.find(QAbstractButton, "start_wizard.real_tile").click()
    following = first_start.find(KeyButton, "start_wizard.next_button")
    following.click()
    QTest.keyClicks(first_start.find(Field, "start_wizard.company_field"), "hemu")
    following.click()
    following.click()
    assert first_start.absent("start_wizard.month_tick")
    assert first_start.find(Field, "start_wizard.app_key_field").isVisible()
    assert first_start.program.wizard is not None
    assert not first_start.program.wizard.answers().wants_month
