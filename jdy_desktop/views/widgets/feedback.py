"""What the program tells, in one place to import from (look.md §4, §6): Chip, NoteRow, Banner, Toast, EmptyState and others."""

from __future__ import annotations

import time
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from jdy_desktop.views import theme
from .base import STRETCH, ElidedText, IconLabel, Text, column, row, sized
from .buttons import IconButton, KeyButton, LinkButton
from .chips import TONE_ICON, Chip, Tone, ToneBand, paint_chip
from .floating import NoticeCard, Toast

__all__ = [
    "TONE_ICON",
    "AmountLabel",
    "Banner",
    "Chip",
    "EmptyState",
    "NoteRow",
    "NoticeCard",
    "ProgressBand",
    "Toast",
    "Tone",
    "ToneBand",
    "paint_chip",
]


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
        if not bold:
            self._bold.hide()
        self._text = Text(sentence, "body", wrap=True)
        self._link = LinkButton(repair, name="note_repair_button")
        if not repair:
            self._link.hide()
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
        if not button:
            self.button.hide()
        self.button.clicked.connect(self.acted)
        self._close = IconButton("close", "收起", name=f"{name}_close_button")
        if not closable:
            self._close.hide()
        self._close.clicked.connect(self.closed)
        head, said = Text(bold, "strong"), ElidedText(sentence)
        if not bold:
            head.hide()
        self._words = (head, said)
        words = row(head, said, spacing=0)
        words.setStretch(1, 1)
        line = row(IconLabel(icon or TONE_ICON[tone], tone, 18), words, self.button, self._close, spacing=10,
                   margins=(16, 0, 16, 0), parent=self)  # fmt: skip
        line.setStretch(1, 1)

    def set_words(self, bold: str, sentence: str) -> None:
        """The same strip says something else; its button keeps the focus."""
        head, said = self._words
        head.setText(bold)
        said.setText(sentence)
        self.setAccessibleName(f"{bold}{sentence}")


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
        if not more:
            extra.hide()
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
        """Where there is no room an amount is written smaller, never cut."""
        whole = self.sizeHint()
        return QSize(whole.width() // 2, whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fit = min(1.0, self.width() / self.sizeHint().width())
        painter.scale(fit, fit)
        painter.setPen(theme.color(self._token))
        big, small = theme.font(self._size, bold=True), theme.font(self._sign_size(), bold=True)
        metrics = QFontMetrics(big)
        baseline = (int(self.height() / fit) + metrics.capHeight()) // 2
        x = int(self.width() / fit) - self.sizeHint().width() if self._right else 0
        painter.setFont(small)
        painter.drawText(x, baseline, "¥")
        painter.setFont(big)
        painter.drawText(x + QFontMetrics(small).horizontalAdvance("¥") + theme.px(2), baseline, self._amount)
