"""The frame: tabs once each, module toggle, banners, keys, scale (look.md §5)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from jdy_desktop.views import keys, theme
from jdy_desktop.views.main_window import GROUP_1688, GROUP_BOOK, GROUP_GOODS, MainWindow, PageSpec
from jdy_desktop.views.widgets.feedback import Banner
from jdy_desktop.views.widgets.tab_strip import TabStrip

pytestmark = pytest.mark.usefixtures("look")


class Page(QWidget):
    tab_title_changed = Signal(str)
    unsaved_changed = Signal(bool)
    made: list[str] = []

    def __init__(self, name: str) -> None:
        super().__init__()
        Page.made.append(name)
        self.keeps = False
        self.got: list[dict[str, object]] = []
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)

    def open_with(self, **kw: object) -> None:
        self.got.append(kw)

    def may_close(self) -> bool:
        return not self.keeps


def page_of(window: MainWindow, page_id: str) -> Page:
    page = window.page(page_id)
    assert isinstance(page, Page)
    return page


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    Page.made = []
    specs = [
        PageSpec(key, title, icon, group, lambda k=key: Page(k))  # type: ignore[misc]
        for key, title, icon, group in (
            ("goods", "商品中心", "goods", GROUP_GOODS),
            ("sale", "销货单", "sale", GROUP_BOOK),
            ("match", "商品匹配", "match", GROUP_1688),
            ("preorders", "预订单", "pre_order", GROUP_1688),
            ("settings", "设置", "settings", ""),
        )
    ]
    made = MainWindow(specs, account_set="禾木服饰商行", operator="王姐 · 店主")
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.mark.manual("M82")
def test_pages_open_once_each(window: MainWindow, qtbot: QtBot) -> None:
    for page_id in ("match", "preorders", "match"):
        qtbot.mouseClick(window.navigation.item(page_id), Qt.MouseButton.LeftButton)
    assert window.open_ids == ["match", "preorders"]
    assert Page.made == ["match", "preorders"]
    assert window.current_id == "match"


def test_arguments_reach_the_page_also_when_it_is_open(window: MainWindow) -> None:
    window.open_page("sale", document_id=1)
    window.open_page("sale", document_id=2)
    assert page_of(window, "sale").got == [{"document_id": 1}, {"document_id": 2}]


def test_ctrl_w_and_the_cross_close(window: MainWindow, qtbot: QtBot) -> None:
    for page_id in ("goods", "sale", "match"):
        window.open_page(page_id)
    qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert window.open_ids == ["goods", "sale"]
    tabs = window.tab_strip.tabs
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.close_rect(0).center().toPoint())
    assert window.open_ids == ["sale"]
    assert window.current_id == "sale"


def test_a_full_strip_cuts_long_titles_only(qtbot: QtBot) -> None:
    """商品中心, 商品匹配 and 商品发布 cut to 商品… could not be told apart; the longest name of a page is 其他入库单."""
    strip = TabStrip()
    qtbot.addWidget(strip)
    strip.resize(1024, 40)
    strip.show()
    for number in range(14):
        strip.add(f"page{number}", "其他入库单" if number else "销货单 XH20190327001")
    tabs = strip.tabs
    qtbot.waitUntil(lambda: tabs.tabRect(0).width() < tabs.tabSizeHint(0).width())
    assert all(tabs.tabRect(place).width() >= tabs.tabSizeHint(place).width() for place in range(1, tabs.count()))


def test_unsaved_work_keeps_its_page(window: MainWindow) -> None:
    window.open_page("sale")
    page = page_of(window, "sale")
    page.unsaved_changed.emit(True)
    page.tab_title_changed.emit("销货单 XH20190327001")
    assert window.tab_strip.is_unsaved("sale")
    assert window.tab_strip.title("sale") == "销货单 XH20190327001"
    page.keeps = True
    assert not window.close_page("sale")
    assert not window.close()
    page.keeps = False
    assert window.close()


@pytest.mark.manual("M17")
def test_module_is_hidden_and_shown_without_restart(window: MainWindow) -> None:
    window.open_page("match")
    window.open_page("goods")
    window.set_module_visible(False)
    assert window.open_ids == ["goods"]
    assert not window.navigation.item("match").isVisible()
    assert not window.navigation.item("preorders").isVisible()
    window.set_module_visible(True)
    assert window.navigation.item("match").isVisible()
    window.open_page("match")
    assert window.current_id == "match"


def test_hidden_module_stays_hidden_when_the_navigation_unfolds(window: MainWindow, qtbot: QtBot) -> None:
    window.set_module_visible(False)
    window.resize(1000, 700)
    assert window.navigation.is_folded
    window.resize(1366, 768)
    assert not window.navigation.is_folded
    labels = [label for label in window.navigation._labels if label.isVisible()]
    assert len(labels) == 2  # 商品, 进销存


def test_navigation_folds_under_1200_logical_px(window: MainWindow) -> None:
    assert window.navigation.width() == 168
    theme.set_scale(150)  # 1366 / 1.5 = 911
    assert window.navigation.is_folded
    assert window.navigation.width() == 84
    assert window.navigation.item("goods").toolTip() == "商品中心"


def test_badges(window: MainWindow) -> None:
    window.set_badge("preorders", 4, "bad")
    assert window.navigation.item("preorders").badge() == 4
    assert window.navigation.item("preorders").accessibleName() == "预订单 4"


def test_banners_stand_in_order_of_gravity(window: MainWindow) -> None:
    window.show_banner("offline", "warn", "连不上 1688。")
    window.show_banner("update", "info", "有新版本。")
    window.show_banner("expired", "bad", "授权已过期。", button="店铺验权")
    window.show_banner("offline", "warn", "连不上 1688，已经 3 分钟。")
    QApplication.sendPostedEvents()
    standing = sorted(window.findChildren(Banner), key=lambda banner: banner.y())
    order = [banner.objectName() for banner in standing if banner.isVisible()]
    assert order == ["banner.expired", "banner.offline", "banner.update"]
    window.hide_banner("expired")
    assert window.banner("expired") is None


def test_toast_offers_undo_by_key_once(window: MainWindow, qtbot: QtBot) -> None:
    undone: list[int] = []
    plain: list[int] = []
    window.undo_wanted.connect(lambda: plain.append(1))
    window.toast("已匹配 11 行", lambda: undone.append(1))
    assert window._toast.isVisible()
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [1]
    assert plain == [1]
    assert not window._toast.isVisible()


def test_notice_card_calls_back(window: MainWindow, qtbot: QtBot) -> None:
    seen: list[int] = []
    card = window.notice(
        "ok", "已支付 ¥890.88", "XH20190327001", link="打印小票", on_click=lambda: seen.append(1), sound=False
    )
    from jdy_desktop.views.widgets.buttons import LinkButton

    link = card.findChild(LinkButton)
    assert link is not None
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert seen == [1]
    assert not card.isVisible()


def test_page_keys_come_before_window_keys(window: MainWindow, qtbot: QtBot) -> None:
    seen: list[str] = []
    window.new_sale_wanted.connect(lambda: seen.append("sale"))
    page = window.open_page("goods")
    keys.KeyShortcut("new", page, lambda: seen.append("goods"))
    window.activateWindow()
    page_of(window, "goods").field.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page_of(window, "goods").field)
    qtbot.keyClick(page_of(window, "goods").field, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    window.open_page("match")
    page_of(window, "match").field.setFocus()
    qtbot.keyClick(page_of(window, "match").field, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert seen == ["goods", "sale"]


def test_ctrl_wheel_scales(window: MainWindow) -> None:
    told: list[int] = []
    window.scale_changed.connect(told.append)
    event = QWheelEvent(QPointF(700, 400), QPointF(700, 400), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(window, event)
    assert theme.scale() == 110
    assert told == [110]
    assert "110%" in window.status_bar.items["scale"].text()


def test_status_item_turns_red_and_opens(window: MainWindow, qtbot: QtBot) -> None:
    seen: list[str] = []
    window.status_clicked.connect(seen.append)
    window.set_status("shops", "店铺 1 个已过期", "bad")
    qtbot.mouseClick(window.status_bar.items["shops"], Qt.MouseButton.LeftButton)
    assert seen == ["shops"]


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_frame_buttons_are_not_cut(window: MainWindow, qtbot: QtBot, scale: int) -> None:
    theme.set_scale(scale)
    for page_id in ("goods", "sale", "match"):
        window.open_page(page_id)
    window.show_banner(
        "expired",
        "bad",
        "店铺 AOP对外测试账号04 的授权已过期。",
        "重新验证一次就好了。",
        button="店铺验权",
        action="verify_shop",
    )
    qtbot.wait(0)
    from jdy_desktop.views.widgets.buttons import KeyButton

    for button in window.findChildren(KeyButton):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.text()


def test_every_button_has_a_name_and_words(window: MainWindow) -> None:
    window.open_page("goods")
    window.show_banner("offline", "warn", "连不上 1688。", button="立即重试", closable=True)
    from PySide6.QtWidgets import QAbstractButton

    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and not button.objectName().startswith(("qt_", "ScrollLeft", "ScrollRight")):
            assert button.objectName(), button.accessibleName()
            assert button.accessibleName(), button.objectName()
