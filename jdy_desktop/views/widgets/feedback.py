"""Chip, NoteRow, Banner, Toast, NoticeCard, EmptyState, ProgressBand, AmountLabel: what the program tells (look.md §4, §6)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from jdy_desktop.views import keys, theme
from .base import STRETCH, ElidedText, IconLabel, Surface, Text, column, layout_of, parent_of, row, sized
from .buttons import IconButton, KeyButton, LinkButton

Tone = Literal["ok", "warn", "bad", "info", "scan", "mute"]
TONE_ICON = {"ok": "paid", "warn": "warning", "bad": "error", "info": "info", "scan": "lock", "mute": "info"}


def paint_chip(
    painter: QPainter, box: QRectF, text: str, tone: str, icon: str, *, filled: bool, size: int = 0
) -> float:
    """Paint a chip or a quiet state at the left of ``box``, vertically centred; returns its width in px."""
    icon_px = 14 if filled else 15
    font = theme.font(size or (12 if filled else 13))
    metrics = QFontMetrics(font)
    pad = theme.px(8) if filled else 0
    icon_width = theme.px(icon_px + 4) if icon else 0
    width = min(box.width(), metrics.horizontalAdvance(text) + icon_width + 2 * pad)
    middle = box.center().y()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if filled:
        high = theme.px(22)
        painter.setPen(theme.color(f"{tone}_line"))
        painter.setBrush(theme.color(f"{tone}_bg"))
        shape = QRectF(box.left() + 0.5, round(middle - high / 2) + 0.5, width - 1, high - 1)
        painter.drawRoundedRect(shape, theme.radius("chip"), theme.radius("chip"))
    x = box.left() + pad
    if icon:
        painter.drawPixmap(round(x), round(middle - theme.px(icon_px) / 2), theme.pixmap(icon, tone, icon_px))
        x += icon_width
    painter.setFont(font)
    painter.setPen(theme.color(tone))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(box.left() + width - pad - x) + 2)
    painter.drawText(QRectF(x, box.top(), width, box.height()), int(Qt.AlignmentFlag.AlignVCenter), shown)
    painter.restore()
    return width


class Chip(QWidget):
    """Icon + word: ``Chip.state("未匹配")`` takes the look of tokens.json; ``Chip("已勾选 3 行", "info")`` is free."""

    def __init__(self, text: str, tone: str = "mute", *, icon: str = "", filled: bool = True) -> None:
        super().__init__()
        self._look = (text, tone, icon, filled)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        theme.notifier().changed.connect(self._restyle)

    @classmethod
    def state(cls, word: str) -> Chip:
        """The chip of a state word."""
        look = theme.state_look(word)
        return cls(look.word, look.tone, icon=look.icon, filled=look.filled)

    def set_state(self, word: str) -> None:
        """Change to another state word."""
        look = theme.state_look(word)
        self.set_look(look.word, look.tone, icon=look.icon, filled=look.filled)

    def set_look(self, text: str, tone: str, *, icon: str = "", filled: bool = True) -> None:
        """Change words and colour."""
        self._look = (text, tone, icon, filled)
        self.setAccessibleName(text)
        self._restyle()

    def text(self) -> str:
        """The words."""
        return self._look[0]

    @Slot()
    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        text, _tone, icon, filled = self._look
        words = QFontMetrics(theme.font(12 if filled else 13)).horizontalAdvance(text)
        icon_width = theme.px(18 if filled else 19) if icon else 0
        return QSize(words + icon_width + (theme.px(16) if filled else 0) + 1, theme.px(22))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        text, tone, icon, filled = self._look
        paint_chip(QPainter(self), QRectF(self.rect()), text, tone, icon, filled=filled)


class ToneBand(QWidget):
    """Area filled with ``<tone>_bg``; ``edges`` says which 1 px lines: "all", "bottom" or "both"."""

    def __init__(self, tone: str, *, edges: str = "bottom") -> None:
        super().__init__()
        self._tone, self._edges = tone, edges
        theme.notifier().changed.connect(self.update)

    def set_tone(self, tone: str) -> None:
        """Change the colour."""
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground, line = theme.color(f"{self._tone}_bg"), theme.color(f"{self._tone}_line")
        if self._edges == "all":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(line)
            painter.setBrush(ground)
            corner = theme.radius("control")
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)
            return
        painter.fillRect(self.rect(), ground)
        painter.setPen(line)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        if self._edges == "both":
            painter.drawLine(0, 0, self.width(), 0)


class NoteRow(ToneBand):
    """One sentence of trouble with its repair at the right, outside tables: ``NoteRow("warn", "红色/L 只有 4 件，要 6 件。", …)``.

    ``bold`` stands before the sentence; ``repair`` is the link text, ``repaired`` its signal. Inside tables use
    ``Note`` of ``tables.model`` instead: the table paints the same band below its row.
    """

    repaired = Signal()

    def __init__(self, tone: str, sentence: str, *, bold: str = "", repair: str = "", key: str = "", boxed: bool = True,
                 icon: str = "") -> None:  # fmt: skip
        super().__init__(tone, edges="all" if boxed else "bottom")
        self._icon = IconLabel(icon or TONE_ICON[tone], tone, 16)
        self._bold = Text(bold, "strong")
        self._bold.setVisible(bool(bold))
        self._text = Text(sentence, "body", wrap=True)
        self._link = LinkButton(repair, name="note_repair_button")
        self._link.setVisible(bool(repair))
        self._link.clicked.connect(self.repaired)
        words = row(self._bold, self._text, spacing=0)
        words.setStretch(1, 1)
        line = row(self._icon, words, self._link, margins=(12, 6, 12, 6), parent=self)
        line.setStretch(1, 1)
        if key:
            line.addWidget(Text(key, "hint"))

    def set_note(self, tone: str, sentence: str, *, bold: str = "", repair: str = "") -> None:
        """Tell something else in the same place."""
        self.set_tone(tone)
        self._icon.set_icon(TONE_ICON[tone], tone)
        self._bold.setText(bold)
        self._bold.setVisible(bool(bold))
        self._text.setText(sentence)
        self._link.set_label(repair)
        self._link.setVisible(bool(repair))


class Banner(ToneBand):
    """40 px strip under the tabs that stays until its cause is gone; built by ``MainWindow.show_banner``."""

    acted = Signal()
    closed = Signal()

    def __init__(self, tone: str, bold: str, sentence: str = "", *, icon: str = "", button: str = "", action: str | None = None,
                 button_icon: str = "", closable: bool = False, name: str = "banner") -> None:  # fmt: skip
        super().__init__(tone)
        self.setObjectName(name)
        self.setAccessibleName(f"{bold}{sentence}")
        sized(self, height=40)
        kind: Literal["danger", "secondary"] = "danger" if tone == "bad" else "secondary"
        self.button = KeyButton(button, action, kind=kind, icon=button_icon, size="small", name=f"{name}_button")
        self.button.setVisible(bool(button))
        self.button.clicked.connect(self.acted)
        self._close = IconButton("close", "收起", name=f"{name}_close_button")
        self._close.setVisible(closable)
        self._close.clicked.connect(self.closed)
        head = Text(bold, "strong")
        head.setVisible(bool(bold))
        words = row(head, ElidedText(sentence), spacing=0)
        words.setStretch(1, 1)
        line = row(IconLabel(icon or TONE_ICON[tone], tone, 18), words, self.button, self._close, spacing=10,
                   margins=(16, 0, 16, 0), parent=self)  # fmt: skip
        line.setStretch(1, 1)


class _Floating(QWidget):
    """Painted strip that stands over its parent and follows its size."""

    gone = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def place(self) -> None:
        """Move to the corner that belongs to this kind."""

    @Slot()
    def dismiss(self) -> None:
        """Take it away."""
        self._timer.stop()
        self.hide()
        self.gone.emit()


class Toast(_Floating):
    """Dark strip, bottom centre, 5 s, only for what has succeeded: ``toast.tell("已匹配 11 行", undo=self._undo)``."""

    def __init__(self, parent: QWidget, *, seconds: float = 5.0, bottom: int = 60) -> None:
        super().__init__(parent)
        self._seconds, self._bottom, self._text = seconds, bottom, ""
        self._undo: Callable[[], None] | None = None
        self._link_box = QRectF()
        self.setObjectName("toast")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def tell(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Show ``text``; with ``undo`` the link 撤销 and its key stand behind it. Replaces the one before."""
        self._text, self._undo = text, undo
        self.setAccessibleName(text)
        self.place()
        self.show()
        self.raise_()
        self._timer.start(int(self._seconds * 1000))

    def text(self) -> str:
        """The words shown."""
        return self._text

    def _link(self) -> str:
        return f"撤销 {keys.current().hint('undo')}" if self._undo else ""

    def place(self) -> None:
        metrics = QFontMetrics(theme.font(13))
        link = metrics.horizontalAdvance(self._link()) + theme.px(10) if self._undo else 0
        width = theme.px(16 + 16 + 10 + 16) + metrics.horizontalAdvance(self._text) + link
        parent = parent_of(self)
        high = theme.px(40)
        self.setGeometry((parent.width() - width) // 2, parent.height() - theme.px(self._bottom) - high, width, high)

    def mousePressEvent(self, event: object) -> None:
        undo = self._undo
        self.dismiss()
        if undo is not None:
            undo()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text"))
        painter.drawRoundedRect(QRectF(self.rect()), theme.radius("panel"), theme.radius("panel"))
        side = theme.px(16)
        painter.drawPixmap(theme.px(16), (self.height() - side) // 2, theme.pixmap("check", "page", 16))
        painter.setFont(theme.font(13))
        painter.setPen(theme.color("page"))
        x = theme.px(42)
        painter.drawText(QRectF(x, 0, self.width(), self.height()), int(Qt.AlignmentFlag.AlignVCenter), self._text)
        x += QFontMetrics(painter.font()).horizontalAdvance(self._text) + theme.px(10)
        painter.setPen(theme.color("toast_link"))
        painter.drawText(QRectF(x, 0, self.width(), self.height()), int(Qt.AlignmentFlag.AlignVCenter), self._link())


class NoticeCard(_Floating):
    """Card at the bottom right, 10 s: paid, saved, or failed in the background. ``acted`` = its link was clicked."""

    acted = Signal()

    def __init__(self, parent: QWidget, tone: str, title: str, text: str, *, link: str = "", action: str | None = None,
                 icon: str = "", seconds: float = 10.0) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("notice_card")
        self.setAccessibleName(f"{title} {text}")
        self._link = LinkButton(link, action, name="notice_link_button")
        self._link.setVisible(bool(link))
        self._link.clicked.connect(self.acted)
        self._link.clicked.connect(self.dismiss)
        close = IconButton("close", "关闭", side=24, name="notice_close_button")
        close.clicked.connect(self.dismiss)
        words = column(Text(title, "strong"), Text(text, "hint", wrap=True), self._link, spacing=2)
        mark = column(IconLabel(icon or TONE_ICON[tone], tone, 18), STRETCH, margins=(0, 2, 0, 0))
        line = row(mark, words, column(close, STRETCH), spacing=12, margins=(18, 12, 12, 12), parent=self)
        line.setStretch(1, 1)
        self.setAutoFillBackground(False)
        self._timer.start(int(seconds * 1000))
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        parent = parent_of(self)
        width = theme.px(344)
        high = max(theme.px(64), layout_of(self).totalHeightForWidth(width) if layout_of(self).hasHeightForWidth() else
                   layout_of(self).sizeHint().height())  # fmt: skip
        self.setGeometry(parent.width() - width - theme.px(24), parent.height() - high - theme.px(60), width, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("line_strong"))
        painter.setBrush(theme.color("raised"))
        corner = theme.radius("panel")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)


class EmptyState(QWidget):
    """Icon, one bold line, one sentence, buttons: ``EmptyState("match", "还没有下载宝贝", "下载后，…", [button])``.

    Give it to ``DataTable.set_empty`` or place it anywhere. ``tone="bad"`` for errors, ``"ok"`` for "全部已上传".
    Keys: a button inside takes Enter when it has the focus; ``esc`` names the button Esc presses.
    """

    def __init__(self, icon: str, title: str, sentence: str, buttons: list[KeyButton] | None = None, *, tone: str = "hint",
                 more: str = "", esc: KeyButton | None = None) -> None:  # fmt: skip
        super().__init__()
        self.buttons = buttons or []
        self._esc = esc
        head, body, extra = Text(title, "section"), Text(sentence, "label", wrap=True), Text(more, "hint", wrap=True)
        for label in (head, body, extra):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        extra.setVisible(bool(more))
        icon_label = IconLabel(icon, tone, 32)
        line = row(STRETCH, *self.buttons, STRETCH)
        box = column(STRETCH, icon_label, 4, head, body, 4, line, 8 if more else None, extra, STRETCH, spacing=6,
                     margins=(24, 16, 24, 16), parent=self)  # fmt: skip
        box.setAlignment(icon_label, Qt.AlignmentFlag.AlignHCenter)
        self.setAccessibleName(f"{title} {sentence}")
        self.title, self.sentence = title, sentence

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._esc is not None:
            self._esc.click()
        else:
            super().keyPressEvent(event)


class ProgressBand(ToneBand):
    """Band above a table while a job runs.

    ``band.begin("正在下载 AOP对外测试账号02", unit="个宝贝")``, ``band.step(47, 152, "新建 44 · 更新 3")``, ``band.finish()``.

    ``cancelled`` = 取消 was pressed. The rest in seconds is reckoned from the speed so far, after the first second.
    """

    cancelled = Signal()

    def __init__(self, *, icon: str = "download", name: str = "progress_band") -> None:
        super().__init__("info", edges="both")
        self.setObjectName(name)
        self._unit, self._began = "", 0.0
        self._title, self._count, self._note = ElidedText("", "strong"), Text("", "body"), ElidedText("", "label")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._cancel = KeyButton("取消", size="small", name=f"{name}_cancel_button")
        self._cancel.clicked.connect(self.cancelled)
        line = row(IconLabel(icon, "info", 18), self._title, 60, self._bar, 4, self._count, self._note, self._cancel,
                   spacing=10, margins=(16, 0, 16, 0), parent=self)  # fmt: skip
        line.setStretch(line.indexOf(self._bar), 1)
        sized(self, height=48)
        self.hide()

    def begin(self, title: str, *, unit: str = "") -> None:
        """Show the band at zero."""
        self._unit, self._began = unit, time.monotonic()
        self._title.setText(title)
        self._cancel.set_blocked(None)
        self.step(0, 0)
        self.show()

    def step(self, done: int, total: int | None, note: str = "") -> None:
        """Show count, total (0 or None = not known yet) and ``note``."""
        self._bar.setRange(0, total or 0)
        self._bar.setValue(done)
        self._count.setText(f"{done} / {total} {self._unit}".strip() if total else f"{done} {self._unit}".strip())
        self._note.setText(" · ".join(part for part in (note, self._rest(done, total)) if part))

    def _rest(self, done: int, total: int | None) -> str:
        spent = time.monotonic() - self._began
        if not total or not done or spent < 1:
            return ""
        return f"剩余约 {max(1, round(spent / done * (total - done)))} 秒"

    def finish(self) -> None:
        """Take the band away."""
        self.hide()


class AmountLabel(QWidget):
    """The one big amount of a surface: small ¥, big figure. ``AmountLabel("848.68", size=36)``; sizes 28, 36, 52, 88.

    ``set_amount(text)`` takes the figure as it is to be read (the service formats it).
    """

    def __init__(self, amount: str = "0.00", *, size: int = 36, token: str = "text", name: str = "amount_label",
                 right: bool = True) -> None:  # fmt: skip
        super().__init__()
        self._amount, self._size, self._token, self._right = amount, size, token, right
        self.setObjectName(name)
        self.setAccessibleName(f"¥{amount}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def amount(self) -> str:
        """The figure shown."""
        return self._amount

    def set_amount(self, amount: str, token: str = "text") -> None:
        """Show another figure."""
        self._amount, self._token = amount, token
        self.setAccessibleName(f"¥{amount}")
        self._restyle()

    def _sign_size(self) -> float:
        return max(16, self._size * 0.6)

    def sizeHint(self) -> QSize:
        sign = QFontMetrics(theme.font(self._sign_size(), bold=True)).horizontalAdvance("¥")
        figure = QFontMetrics(theme.font(self._size, bold=True)).horizontalAdvance(self._amount)
        return QSize(sign + figure + theme.px(4), theme.px(self._size * 4 / 3))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.color(self._token))
        big, small = theme.font(self._size, bold=True), theme.font(self._sign_size(), bold=True)
        metrics = QFontMetrics(big)
        baseline = (self.height() + metrics.capHeight()) // 2
        x = self.width() - self.sizeHint().width() if self._right else 0
        painter.setFont(small)
        painter.drawText(x, baseline, "¥")
        painter.setFont(big)
        painter.drawText(x + QFontMetrics(small).horizontalAdvance("¥") + theme.px(2), baseline, self._amount)


__all__ = ["AmountLabel", "Banner", "Chip", "EmptyState", "NoteRow", "NoticeCard", "ProgressBand", "Surface", "Toast", "ToneBand",
           "paint_chip"]  # fmt: skip
