"""Dialogs painted over the window: Scrim, DialogFrame, ConfirmDialog (look.md §4 Dialog, pictures 06, 07, 10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from jdy_desktop.views import keys, scanner, theme
from .base import STRETCH, Surface, Text, column, layout_of, parent_of, row
from .buttons import IconButton, KeyButton
from .scan_watch import ScanWatch


class Scrim(QWidget):
    """Translucent ground over the whole window; keeps mouse and keys away from what lies below."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("scrim")
        window.installEventFilter(self)
        self.setGeometry(window.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(parent_of(self).rect())
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: Any) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.color("scrim"))


class DialogFrame(Scrim):
    """A dialog over the window: header 48 with title and ×, ``self.body`` (QVBoxLayout), footer 64.

    Subclass or fill it::

        dialog = DialogFrame(self.window(), "下载", width=536)
        dialog.body.addWidget(...)
        dialog.add_left(KeyButton("操作指引", "help", kind="quiet"))
        dialog.add_button(KeyButton("取消", "cancel"), dialog.reject)
        dialog.add_button(KeyButton("确定", "ok", kind="primary"), dialog.accept, default=True)
        dialog.accepted.connect(...); dialog.open()

    Esc = reject; Enter = the default button unless a control takes it; Tab stays inside. Focus returns to where it was.
    ``finished(bool)`` comes after either. The widget deletes itself when closed. A scanner presses no button: see `take_scan`.
    """

    accepted = Signal()
    rejected = Signal()
    finished = Signal(bool)
    #: False where somebody else's page stands in it: a password safe fills its fields as fast as a scanner
    hears_scanner = True

    def __init__(self, window: QWidget, title: str, *, width: int = 536, height: int | None = None, subtitle: str = "",
                 padding: int = 24, name: str = "dialog") -> None:  # fmt: skip
        super().__init__(window.window())
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._size = (width, height)
        self._default: KeyButton | None = None
        self._focus_before = QApplication.focusWidget()
        self._done = False
        self.scan_watch: ScanWatch | None = None
        self.frame = Surface("dialog", parent=self)
        self.close_button = IconButton("close", "关闭", name=f"{name}.close_button")
        self.close_button.clicked.connect(self.reject)
        head = Surface("dialog_head", height=48)
        self.title = Text(title, "dialog_title")
        row(self.title, 4, Text(subtitle, "label"), STRETCH, self.close_button, margins=(20, 0, 12, 0), parent=head)
        self.head = head
        self.content = QWidget()
        self.body: QVBoxLayout = column(spacing=12, margins=(padding, 20, padding, 20), parent=self.content)
        self.footer = Surface("dialog_foot", height=64)
        self._left: QHBoxLayout = row(spacing=12)
        self._right: QHBoxLayout = row(spacing=8)
        row(self._left, STRETCH, self._right, margins=(20, 0, 20, 0), parent=self.footer)
        whole = column(head, self.content, self.footer, spacing=0, margins=(1, 1, 1, 1), parent=self.frame)
        whole.setStretch(1, 1)
        theme.notifier().changed.connect(self._place)
        self.hide()

    def add_button(self, button: KeyButton, slot: Callable[[], None], *, default: bool = False) -> KeyButton:
        """Put a button at the right of the footer; ``default`` is pressed by Enter and has the focus at first."""
        self._right.addWidget(button)
        button.clicked.connect(slot)
        if default:
            self._default = button
        return button

    def add_left(self, widget: QWidget) -> None:
        """Put words or quiet buttons at the left of the footer."""
        self._left.addWidget(widget)

    def open(self) -> None:
        """Show the dialog; focus goes to the first input of the body, else to the default button."""
        self.setGeometry(parent_of(self).rect())
        self.show()
        self.raise_()
        self._place()
        if self.scan_watch is None and self.hears_scanner:
            self.scan_watch = ScanWatch(self, self.take_scan)
        first = next((w for w in self._chain() if self.content.isAncestorOf(w)), None) or self._default
        (first or self.close_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def ask(self) -> bool:
        """Show and wait for the decision; True = accepted. The event loop goes on (timers, jobs, painting)."""
        loop = QEventLoop()
        answer: list[bool] = []
        self.finished.connect(answer.append)
        self.finished.connect(loop.quit)
        self.open()
        loop.exec()
        return bool(answer and answer[0])

    def take_scan(self, code: str) -> None:
        """A scanner was heard outside a field that takes codes: it adds nothing here, and says so by its sound."""
        scanner.current().wrong()

    def accept(self) -> None:
        """Close with yes; override to check first and call super when all is well."""
        self._finish(True)

    def reject(self) -> None:
        """Close with no."""
        self._finish(False)

    def _finish(self, yes: bool) -> None:
        if self._done:
            return
        self._done = True
        if self.scan_watch is not None:
            self.scan_watch.stop()
        self.hide()
        if self._focus_before is not None:
            from shiboken6 import isValid

            if isValid(self._focus_before) and self._focus_before.isVisible():
                self._focus_before.setFocus(Qt.FocusReason.OtherFocusReason)
        (self.accepted if yes else self.rejected).emit()
        self.finished.emit(yes)
        self.deleteLater()

    def _place(self) -> None:
        width, height = self._size
        wide = min(theme.px(width), self.width() - theme.px(32))
        self.frame.setFixedWidth(wide)
        layout = layout_of(self.frame)
        fitting = layout.totalHeightForWidth(wide) if layout.hasHeightForWidth() else self.frame.sizeHint().height()
        wanted = theme.px(height) if height else fitting
        high = min(wanted, self.height() - theme.px(32))
        self.frame.setFixedHeight(high)
        self.frame.move((self.width() - wide) // 2, (self.height() - high) // 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        super().eventFilter(watched, event)
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def refit(self) -> None:
        """Take the height the body needs now (something was shown or hidden)."""
        layout_of(self.content).activate()
        self._place()

    def _chain(self) -> list[QWidget]:
        found: list[QWidget] = []
        widget = self.nextInFocusChain()
        while widget is not None and widget is not self:
            if (
                self.isAncestorOf(widget)
                and widget.isVisible()
                and widget.isEnabled()
                and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            ):
                found.append(widget)
            widget = widget.nextInFocusChain()
        return found

    def focusNextPrevChild(self, forward: bool) -> bool:
        chain = self._chain()
        here = QApplication.focusWidget()
        if not chain:
            return True
        index = chain.index(here) if here in chain else -1
        chain[(index + (1 if forward else -1)) % len(chain)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._default is not None:
            self._default.click()
        elif keys.is_key(event, "help") and (help_wanted := getattr(self.window(), "help_wanted", None)):
            help_wanted.emit(self.objectName())
        event.accept()  # keys do not reach the page below


class ConfirmDialog(DialogFrame):
    """Asks before something is deleted, changes many rows or costs money; the safe answer is the default, Esc = 取消.

    ``ConfirmDialog(self, "删除平台下载信息", "要删除 3 行平台信息吗？", goes="这 3 行会从商品匹配里消失…", stays="商品中心的商品会保留…",
    yes="删除 3 行").ask()`` → bool. ``danger=False`` for a harmless but costly step (primary button).
    """

    def __init__(self, window: QWidget, title: str, question: str, *, goes: str = "", stays: str = "", yes: str = "确定",
                 no: str = "取消", danger: bool = True, width: int = 544, name: str = "confirm_dialog") -> None:  # fmt: skip
        super().__init__(window, title, width=width, padding=20, name=name)
        self.body.addWidget(Text(question, "strong", wrap=True))
        for sentence in (goes, stays):
            if sentence:
                self.body.addWidget(Text(sentence, "label", wrap=True))
        self.body.setSpacing(theme.px(4))
        self.no_button = self.add_button(KeyButton(no, "cancel", name=f"{name}.no_button"), self.reject, default=True)
        self.yes_button = self.add_button(
            KeyButton(yes, kind="danger_filled" if danger else "primary", name=f"{name}.yes_button"), self.accept
        )
