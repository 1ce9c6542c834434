"""A small screen with large letters (1366 × 690 at 150 %): the amount and the last button are always seen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from jdy_desktop.models.states import DocumentKind
from tests.support.channel import add_offer, add_shop
from tests.support.program import Driver
from tests.support.receiving import Receiver

D = Decimal


@pytest.fixture
def small(desk: Driver) -> Driver:
    window = desk.program.window
    assert window is not None
    window.resize(1366, 690)
    window.set_scale(150)
    desk.idle()
    return desk


def _is_seen(part: QWidget) -> bool:
    """Whole, not scrolled away."""
    place = part.parentWidget()
    while place is not None and not isinstance(place, QAbstractScrollArea):
        place = place.parentWidget()
    assert place is not None
    view = place.viewport()
    return part.isVisible() and view.rect().contains(QRect(part.mapTo(view, QPoint(0, 0)), part.size()))


def test_a_sale_is_finished_without_scrolling(small: Driver) -> None:
    clerk = Receiver(small)
    clerk.store(DocumentKind.OTHER_RECEIPT, (0, "10", "5"))
    page: Any = small.open_page("sale")
    small.until(lambda: page.desk.around is not None)
    small.idle()
    page.scan.submit_sku(clerk.skus[0])
    small.until(lambda: len(page.form.lines) == 1)
    small.idle()
    page.tell("warn", "一句要看的话，下面的按钮不能被推走。", sound=False)
    small.until(lambda: _is_seen(page.bar))
    assert page.bar.amount.amount() == page.side.amount.amount() == "64.00"
    assert not page.side.finish_button.isVisible()
    page.desk.form.makes_pre_order = False
    page.bar.button.click()
    small.until(lambda: page.form.is_empty)
    assert clerk.stock(0) == D(9)


@pytest.mark.parametrize("kind", ["purchase", "other_issue", "transfer", "count"])
def test_documents_too(small: Driver, kind: str) -> None:
    page: Any = small.open_page(kind)
    small.until(lambda: page.desk.around is not None)
    small.idle()
    assert _is_seen(page.bar.button)
    assert page.bar.amount.isVisible() == page.spec.has_money
    assert not page.bar.button.isEnabled()


def test_with_room_the_panel_says_it_and_the_row_does_not(desk: Driver) -> None:
    page: Any = desk.open_page("sale")
    desk.idle()
    assert page.side.finish_button.isVisible()
    assert not page.bar.isVisible()


def test_a_match_list_just_opened_shows_its_first_columns(small: Driver) -> None:
    """The cell for goods lies far to the right: opening the list does not scroll there."""
    with small.program.ready.db.write() as session:
        shop = add_shop(session)
        add_offer(session, shop, "588640312701", "短袖", "sp32701", [("sp32701_001", "香夹白S")])
    page: Any = small.open_page("match")
    small.until(lambda: page.table.current_id() is not None)
    small.idle()
    bar = page.table.horizontalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == 0
