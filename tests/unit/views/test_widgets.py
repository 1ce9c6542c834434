"""Small widgets: buttons, fields, dialogs, popup, pager."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from jdy_desktop.views import keys, theme
from jdy_desktop.views.widgets.base import STRETCH, Surface, VScroll, column
from jdy_desktop.views.widgets.buttons import FocusRing, KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog, DialogFrame
from jdy_desktop.views.widgets.feedback import Chip, ProgressBand, Toast
from jdy_desktop.views.widgets.fields import (
    DateField,
    Field,
    FilterCombo,
    FormRow,
    SearchField,
    SegmentedChoice,
    parse_date,
)
from jdy_desktop.views.widgets.flow import tool_row
from jdy_desktop.views.widgets.pager import Pager
from jdy_desktop.views.widgets.popup_list import PopupItem, PopupList
from tests.unit.views.conftest import MemoryStore

pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    QVBoxLayout(made)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def put(window: QWidget, widget: QWidget) -> None:
    layout = window.layout()
    assert layout is not None
    layout.addWidget(widget)
    widget.show()


# ---- buttons and keys
def test_button_prints_the_key_of_the_map(store: MemoryStore) -> None:
    keymap = keys.KeyMap(store)
    keys.use(keymap)
    button = KeyButton("完成", "finish")
    before = button.sizeHint().width()
    assert button.key_hint() == "F9"
    keymap.set_sequence("finish", "Ctrl+Return")
    assert button.key_hint() == "Ctrl+Enter"
    assert button.sizeHint().width() > before
    assert keys.KeyMap(store).sequence("finish") == "Ctrl+Return"
    keymap.reset()
    assert button.key_hint() == "F9"
    button.deleteLater()


def test_clash_is_only_seen_inside_one_scope() -> None:
    keymap = keys.KeyMap()
    clash = keymap.clash("hold", "F9")
    assert clash is not None
    assert clash.id == "finish"
    assert keymap.clash("new_sale", "F9") is None


def test_no_two_shipped_keys_clash_in_documents_and_window() -> None:
    for scope in ("window", "document", "code"):
        used = [action.default for action in keys.ACTIONS if action.scope == scope]
        assert len(used) == len(set(used)), scope


def test_edited_key_moves_the_shortcut(window: QWidget, qtbot: QtBot) -> None:
    field = QLineEdit()
    put(window, field)
    seen: list[int] = []
    keys.KeyShortcut("finish", window, lambda: seen.append(1))
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_F9)
    keys.current().set_sequence("finish", "F10")
    qtbot.keyClick(field, Qt.Key.Key_F9)
    qtbot.keyClick(field, Qt.Key.Key_F10)
    assert seen == [1, 1]


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_buttons_wrap_instead_of_being_cut(window: QWidget, qtbot: QtBot, scale: int) -> None:
    theme.set_scale(scale)
    buttons = [
        KeyButton(word, icon="print", hint="Ctrl+Shift+P")
        for word in ("删除商品匹配", "删除平台下载信息", "自动匹配", "下载", "列设置")
    ]
    put(window, tool_row(*buttons[:4], STRETCH, buttons[4]))
    qtbot.wait(0)
    for button in buttons:
        assert button.width() >= button.sizeHint().width()
        assert window.rect().contains(button.mapTo(window, button.rect().bottomRight()))


def test_blocked_button_says_why(window: QWidget, qtbot: QtBot) -> None:
    button = KeyButton("审核", "review")
    put(window, button)
    seen: list[int] = []
    button.clicked.connect(lambda: seen.append(1))
    button.set_blocked("先保存")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert seen == []
    assert button.toolTip() == "先保存"
    button.set_blocked(None)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert seen == [1]


def test_focus_ring_stands_round_the_button(window: QWidget, qtbot: QtBot) -> None:
    button = KeyButton("确定")
    put(window, button)
    qtbot.wait(0)
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    ring = FocusRing.of(button)
    assert ring.isVisible()
    assert ring.geometry() == button.geometry().adjusted(-3, -3, 3, 3)


# ---- fields
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("2019-03-27", date(2019, 3, 27)), ("2019/3/7", date(2019, 3, 7)), ("20190327", date(2019, 3, 27)),
     ("0327", date(2019, 3, 27)), ("3-27", date(2019, 3, 27)), ("2019-02-30", None), ("", None), ("abc", None)],
)  # fmt: skip
def test_dates_as_they_are_typed(typed: str, wanted: date | None) -> None:
    assert parse_date(typed, date(2019, 1, 1)) == wanted


def test_date_field_tells_a_new_date(window: QWidget, qtbot: QtBot) -> None:
    field = DateField(date(2019, 3, 27))
    put(window, field)
    seen: list[date] = []
    field.date_changed.connect(seen.append)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0301")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "2019-03-01"
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert seen == [date(2019, 3, 1), date(2019, 3, 2)]
    field.setText("soon")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.value() is None
    assert field.property("tone") == "bad"


def test_search_waits_for_the_hand_but_not_for_enter(window: QWidget, qtbot: QtBot) -> None:
    field = SearchField()
    put(window, field)
    seen: list[str] = []
    field.searched.connect(seen.append)
    field.setFocus()
    qtbot.keyClicks(field, "sp32701")
    assert seen == []
    qtbot.waitUntil(lambda: seen == ["sp32701"], timeout=2000)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert seen == ["sp32701", ""]


def test_filter_keeps_its_value_when_the_lines_change() -> None:
    combo = FilterCombo("店铺", [("全部", None), ("02", 2), ("04", 4)])
    seen: list[object] = []
    combo.changed.connect(seen.append)
    combo.set_value(4)
    combo.set_options([("全部", None), ("04", 4)])
    assert combo.value() == 4
    combo.set_options([("全部", None)])
    assert combo.value() is None
    assert seen == [4]
    combo.deleteLater()


def test_segments_by_mouse_and_keys(window: QWidget, qtbot: QtBot) -> None:
    choice = SegmentedChoice([("自提", 1), ("快递", 2)])
    put(window, choice)
    seen: list[object] = []
    choice.chosen.connect(seen.append)
    width = choice.sizeHint().width()
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Right)
    qtbot.keyClick(choice, Qt.Key.Key_Left)
    assert seen == [2, 1]
    assert choice.sizeHint().width() == width


def test_form_row_tells_its_error() -> None:
    form = FormRow("业务启用期间", Field(), required=True)
    form.set_error("早于启用期间 2019-03-01")
    assert form.error() == "早于启用期间 2019-03-01"
    assert form.control.property("tone") == "bad"
    form.set_error(None)
    assert form.control.property("tone") == ""
    form.deleteLater()


def test_chip_takes_the_look_of_its_state() -> None:
    quiet, loud = Chip.state("已匹配"), Chip.state("已过期(预订单)")
    assert quiet.text() == "已匹配"
    assert loud.text() == "已过期"
    assert loud.sizeHint().width() > quiet.sizeHint().width()
    quiet.deleteLater()
    loud.deleteLater()


def test_progress_band_counts_and_cancels(window: QWidget, qtbot: QtBot) -> None:
    band = ProgressBand()
    put(window, band)
    seen: list[int] = []
    band.cancelled.connect(lambda: seen.append(1))
    band.begin("正在下载", unit="个宝贝")
    band._began -= 10  # ten seconds ago
    band.step(50, 150, "新建 44")
    assert band._count.text() == "50 / 150 个宝贝"
    assert band._note.text() == "新建 44 · 剩余约 20 秒"
    qtbot.mouseClick(band._cancel, Qt.MouseButton.LeftButton)
    assert seen == [1]


def test_toast_goes_by_itself(window: QWidget, qtbot: QtBot) -> None:
    toast = Toast(window, seconds=0.05)
    toast.tell("已匹配 11 行")
    assert toast.isVisible()
    qtbot.waitUntil(lambda: not toast.isVisible())


# ---- dialogs
def test_confirm_is_safe_by_default(window: QWidget, qtbot: QtBot) -> None:
    field = QLineEdit()
    put(window, field)
    field.setFocus()

    def answer(key: Qt.Key) -> bool:
        dialog = ConfirmDialog(
            window,
            "删除平台下载信息",
            "要删除 3 行平台信息吗？",
            goes="这 3 行会消失。",
            stays="商品中心的商品会保留。",
            yes="删除 3 行",
        )
        QTimer.singleShot(0, lambda: qtbot.keyClick(QApplication.focusWidget() or dialog, key))
        return dialog.ask()

    assert answer(Qt.Key.Key_Return) is False
    assert answer(Qt.Key.Key_Escape) is False
    qtbot.waitUntil(field.hasFocus)


def test_tab_stays_inside_the_dialog(window: QWidget, qtbot: QtBot) -> None:
    outside, inside = QLineEdit(), Field()
    put(window, outside)
    dialog = DialogFrame(window, "下载")
    dialog.body.addWidget(inside)
    dialog.add_button(KeyButton("取消", "cancel"), dialog.reject)
    dialog.add_button(KeyButton("确定", "ok", kind="primary"), dialog.accept, default=True)
    dialog.open()
    qtbot.waitUntil(inside.hasFocus)
    for _ in range(6):
        qtbot.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert dialog.isAncestorOf(focus)
    answers: list[bool] = []
    dialog.finished.connect(answers.append)
    inside.setFocus()
    qtbot.keyClick(inside, Qt.Key.Key_Return)
    assert answers == [True]


# ---- popup, pager
def test_popup_keeps_the_focus_in_the_field(window: QWidget, qtbot: QtBot) -> None:
    field = Field()
    put(window, field)
    field.setFocus()
    popup = PopupList(window)
    popup.attach(field)
    seen: list[object] = []
    popup.picked.connect(seen.append)
    popup.show_items([PopupItem(n, f"商品 {n}", code=f"sp{n}") for n in range(12)])
    assert len(popup.items) == 8
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClicks(field, "x")
    assert field.text() == "x"
    popup.show_items([PopupItem(n, f"商品 {n}") for n in (0, 2, 1)])  # the chosen one stays chosen wherever it stands
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert seen == [2]
    assert not popup.isVisible()


def test_lines_of_older_words_are_not_taken(window: QWidget, qtbot: QtBot) -> None:
    """A clerk types on and presses Enter before the new lines came: the old first line must not be sold."""
    field = Field()
    put(window, field)
    field.setFocus()
    popup = PopupList(window)
    popup.attach(field)
    seen: list[object] = []
    popup.picked.connect(seen.append)
    qtbot.keyClicks(field, "sp1")
    popup.show_items([PopupItem(1, "sp1")])
    qtbot.keyClicks(field, "9")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert seen == []
    popup.show_items([PopupItem(19, "sp19")])
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert seen == [19]


def test_popup_flips_up_near_the_bottom(window: QWidget, qtbot: QtBot) -> None:
    field = Field()
    field.setParent(window)
    field.move(20, 660)
    field.show()
    popup = PopupList(window)
    popup.attach(field)
    popup.show_items([PopupItem(n, f"商品 {n}") for n in range(5)])
    assert popup.geometry().bottom() < 660
    field.move(20, 20)
    popup.show_items([PopupItem(n, f"商品 {n}") for n in range(5)])
    assert popup.geometry().top() > 20


def test_escape_closes_the_popup_only(window: QWidget, qtbot: QtBot) -> None:
    field = SearchField()
    put(window, field)
    field.setFocus()
    field.setText("sjq")
    popup = PopupList(window)
    popup.attach(field)
    popup.show_items([PopupItem(1, "四季青服装市场")])
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert field.text() == "sjq"


def test_pager_cuts_the_ids_and_keeps_its_page() -> None:
    pager = Pager()
    ids = list(range(1, 46))
    turned: list[int] = []
    pager.page_changed.connect(lambda: turned.append(pager.page))
    pager.set_total(len(ids))
    assert pager.pages == 3
    pager.go(3)
    assert list(pager.part(ids)) == [41, 42, 43, 44, 45]
    pager.set_total(30)
    assert pager.page == 2
    pager.go(99)
    assert turned == [3]
    pager.set_total(0)
    assert pager.pages == 1
    assert list(pager.part([])) == []
    pager.deleteLater()


def test_a_scrolled_page_lets_its_ground_show(qtbot: QtBot) -> None:
    """Otherwise a card is white with a grey page in it."""
    card = Surface("card")
    column(VScroll(QWidget()), margins=(0, 0, 0, 0), parent=card)
    qtbot.addWidget(card)
    card.resize(200, 200)
    card.show()
    middle = card.grab().toImage().pixelColor(100, 100)
    assert middle == theme.color("page")
    assert middle != theme.color("window")
