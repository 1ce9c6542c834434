"""The key map: which key does what, editable and printed on the buttons (features.md §4.1).

An action has an id, a Chinese text and a default sequence. ``KeyMap`` holds the clerk's own changes; buttons ask it for the
hint, pages ask it for shortcuts. Two actions may share a key when they live on different pages (Ctrl+N: new line of work),
so a clash is only reported inside one scope.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


class SettingsStore(Protocol):
    """Where small view settings are remembered; the application injects one that outlives the program."""

    def get(self, key: str) -> str | None:
        """Stored text of ``key`` or None."""

    def set(self, key: str, value: str, /) -> None:
        """Store ``value`` under ``key``."""


class KeyAction(NamedTuple):
    """One action of the key map; ``scope`` is where the key is heard: window, list, document, code."""

    id: str
    text: str
    default: str
    scope: str = "window"


ACTIONS: tuple[KeyAction, ...] = (
    KeyAction("help", "帮助", "F1"),
    KeyAction("new_sale", "新销货单", "Ctrl+N"),
    KeyAction("close_tab", "关闭当前页", "Ctrl+W"),
    KeyAction("next_tab", "下一页", "Ctrl+Tab"),
    KeyAction("previous_tab", "上一页", "Ctrl+Shift+Tab"),
    KeyAction("undo", "撤销", "Ctrl+Z"),
    KeyAction("day_report", "日报", "F12"),
    KeyAction("lock", "锁定", "Ctrl+Shift+L"),
    KeyAction("zoom_in", "放大", "Ctrl+="),
    KeyAction("zoom_out", "缩小", "Ctrl+-"),
    KeyAction("zoom_reset", "恢复 100%", "Ctrl+0"),
    KeyAction("search", "搜索", "Ctrl+F", "list"),
    KeyAction("query", "查询", "Return", "list"),
    KeyAction("refresh", "刷新", "F5", "list"),
    KeyAction("new", "新增", "Ctrl+N", "list"),
    KeyAction("edit", "编辑", "Return", "list"),
    KeyAction("delete", "删除", "Del", "list"),
    KeyAction("copy", "复制", "Ctrl+C", "list"),
    KeyAction("authorize", "店铺授权", "Ctrl+N", "list"),
    KeyAction("verify_shop", "店铺验权", "Alt+V", "list"),
    KeyAction("download", "下载", "Ctrl+D", "list"),
    KeyAction("auto_match", "自动匹配", "Ctrl+M", "list"),
    KeyAction("accept_offer", "匹配整个宝贝", "Ctrl+Return", "list"),
    KeyAction("details", "详情", "Ctrl+I", "list"),
    KeyAction("receive", "收款／付款", "Ctrl+R", "list"),
    KeyAction("statement", "对账单", "Ctrl+B", "list"),
    KeyAction("retry", "立即重试", "F5", "list"),
    KeyAction("repair", "按提示修改", "Alt+Return", "list"),
    KeyAction("goods", "商品", "F2", "document"),
    KeyAction("customer", "客户", "F3", "document"),
    KeyAction("picker", "选择", "F4", "document"),
    KeyAction("hold", "挂单", "F6", "document"),
    KeyAction("resume", "取单", "Shift+F6", "document"),
    KeyAction("discount", "折扣抹零", "F7", "document"),
    KeyAction("print", "打印", "F8", "document"),
    KeyAction("finish", "完成", "F9", "document"),
    KeyAction("finish_line", "填入单据", "Ctrl+Return", "document"),
    KeyAction("save", "保存", "Ctrl+S", "document"),
    KeyAction("save_and_new", "保存并新增", "Shift+F9", "document"),
    KeyAction("review", "审核", "Ctrl+R", "document"),
    KeyAction("matrix", "颜色尺码", "Ctrl+G", "document"),
    KeyAction("last_price", "用最近售价", "Alt+P", "document"),
    KeyAction("same_as_last", "照上一张", "Ctrl+L", "document"),
    KeyAction("return", "退换", "Ctrl+T", "document"),
    KeyAction("previous_document", "上一张", "Ctrl+PgUp", "document"),
    KeyAction("following_document", "下一张", "Ctrl+PgDown", "document"),
    KeyAction("void_document", "作废单据", "Ctrl+Del", "document"),
    KeyAction("delete_line", "删除行", "Del", "document"),
    KeyAction("quantity", "改数量", "*", "document"),
    KeyAction("price", "改单价", "/", "document"),
    KeyAction("paste", "粘贴", "Ctrl+V", "document"),
    KeyAction("fullscreen", "全屏", "F11", "code"),
    KeyAction("second_screen", "客户屏", "Ctrl+2", "code"),
    KeyAction("copy_picture", "复制图片", "Ctrl+C", "code"),
    KeyAction("save_picture", "保存图片", "Ctrl+S", "code"),
    KeyAction("next_document", "下一单", "Return", "code"),
    KeyAction("ok", "确定", "Return", "dialog"),
    KeyAction("cancel", "取消", "Esc", "dialog"),
    KeyAction("clear_filter", "清除筛选", "Esc", "list"),
    KeyAction("back", "上一步", "Alt+Left", "dialog"),
)
_SETTING = "keys"
_SHOWN = {"Return": "Enter", "Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


class KeyMap(QObject):
    """Keys in force: defaults plus the clerk's changes, remembered in the injected store."""

    changed = Signal()

    def __init__(self, store: SettingsStore | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._actions = {action.id: action for action in ACTIONS}
        self._own = _own_keys((store.get(_SETTING) if store else None) or "{}")

    def __iter__(self) -> Iterator[KeyAction]:
        return iter(self._actions.values())

    def sequence(self, action_id: str) -> str:
        """Portable key sequence of an action, ``""`` when it was taken away. KeyError for an unknown action."""
        return self._own.get(action_id, self._actions[action_id].default)

    def hint(self, action_id: str) -> str:
        """The key as printed on a button: ``Ctrl+Enter``."""
        return "+".join(_SHOWN.get(part, part) for part in self.sequence(action_id).split("+")) or ""

    def text(self, action_id: str) -> str:
        """Chinese name of the action for the settings page."""
        return self._actions[action_id].text

    def clash(self, action_id: str, sequence: str) -> KeyAction | None:
        """The other action of the same scope (or of the window) that already has ``sequence``."""
        scope = self._actions[action_id].scope
        for other in self._actions.values():
            if other.id != action_id and self.sequence(other.id) == sequence and other.scope == scope:
                return other
        return None

    def set_sequence(self, action_id: str, sequence: str) -> None:
        """Give an action another key; equal to the default = forget the change."""
        normal = QKeySequence(sequence).toString(QKeySequence.SequenceFormat.PortableText)
        if normal == self._actions[action_id].default:
            self._own.pop(action_id, None)
        else:
            self._own[action_id] = normal
        self._save()

    def reset(self) -> None:
        """恢复默认: every key as shipped."""
        self._own.clear()
        self._save()

    def _save(self) -> None:
        if self._store:
            self._store.set(_SETTING, json.dumps(self._own, ensure_ascii=False, sort_keys=True))
        self.changed.emit()


def normal(text: str) -> str | None:
    """A key as somebody writes it (“ctrl + enter”), in Qt's spelling; "" takes the key away, None is no key at all."""
    written = text.strip().replace(" ", "")
    if not written:
        return ""
    shown = {shown.lower(): name for name, shown in _SHOWN.items()}
    parts = [shown.get(part.lower(), part) for part in written.split("+") if part] + (
        ["+"] if written.endswith("+") else []
    )
    sequence = QKeySequence("+".join(parts))
    name = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    # What Qt does not know comes back empty or as a character no keyboard has; two strokes are no button's hint.
    return name if sequence.count() == 1 and name and name.isascii() and name.isprintable() else None


def _own_keys(stored: str) -> dict[str, str]:
    """The clerk's keys as stored; what cannot be read is as if never changed."""
    try:
        values = json.loads(stored)
    except ValueError:
        return {}
    return {str(k): v for k, v in values.items() if isinstance(v, str)} if isinstance(values, dict) else {}


class KeyMapHolder:
    """The map in force for buttons built without one; replaced by the application at start."""

    current: KeyMap | None = None


def use(keymap: KeyMap) -> None:
    """Make ``keymap`` the one whose hints are printed on buttons."""
    KeyMapHolder.current = keymap


def current() -> KeyMap:
    """The map in force; the shipped defaults until the application sets one."""
    if KeyMapHolder.current is None:
        KeyMapHolder.current = KeyMap()
    return KeyMapHolder.current


def is_key(event: QKeyEvent, action_id: str) -> bool:
    """Whether this key press is the key of an action, for widgets that see all keys themselves."""
    pressed = QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
    return bool(pressed) and pressed == current().sequence(action_id)


class KeyShortcut(QShortcut):
    """Shortcut of a key-map action inside ``owner``; follows the map when the key is edited.

    ``KeyShortcut("refresh", page, page.reload)``. Heard while the focus is in ``owner`` or below it.
    """

    def __init__(self, action_id: str, owner: QWidget, slot: object, *, window: bool = False) -> None:
        super().__init__(owner)
        self._action_id = action_id
        self.setContext(Qt.ShortcutContext.WindowShortcut if window else Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._follow()
        current().changed.connect(self._follow)
        self.activated.connect(slot)

    def _follow(self) -> None:
        first = QKeySequence(current().sequence(self._action_id))
        # The keypad's Enter is another key to Qt; a clerk's hand does not know that.
        if "Return" in first.toString():
            self.setKeys([first, QKeySequence(first.toString().replace("Return", "Enter"))])
        else:
            self.setKey(first)
