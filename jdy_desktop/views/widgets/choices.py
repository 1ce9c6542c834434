"""FilterCombo, Tick, Switch, SegmentedChoice: choosing among given things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QSizePolicy,
    QStyledItemDelegate,
    QWidget,
)

from jdy_desktop.views import theme
from .base import sized


class FilterCombo(QComboBox):
    """Drop-down with a label in front: ``FilterCombo("匹配", [("全部", None), ("已匹配", True)])``.

    ``value()`` is the data of the chosen line; ``changed(object)`` tells a new one. ``inside=True`` writes the label inside the
    box (匹配 全部), otherwise put it beside with ``labelled``. Typing jumps; the wheel does not change the choice by accident.
    """

    changed = Signal(object)

    def __init__(self, label: str, options: Sequence[tuple[str, Any]], *, name: str = "", inside: bool = True,
                 width: float | None = None) -> None:  # fmt: skip
        super().__init__()
        self._label = label if inside else ""
        self.setAccessibleName(label)
        self.setObjectName(name)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.set_options(options)
        self.currentIndexChanged.connect(self._tell)
        if width is not None:
            sized(self, width=width)

    def set_options(self, options: Sequence[tuple[str, Any]]) -> None:
        """Replace the lines; keeps the chosen value when it is still there, without a signal."""
        old = self.value()
        self.blockSignals(True)
        self.clear()
        for text, value in options:
            self.addItem(text, value)
        self.set_value(old)
        if self.currentIndex() < 0 and self.count():
            self.setCurrentIndex(0)
        self.blockSignals(False)
        self.update()

    def value(self) -> Any:
        """Data of the chosen line, None without one."""
        return self.currentData()

    def set_value(self, value: Any) -> None:
        """Choose the line whose data equals ``value``; nothing happens when there is none."""
        for index in range(self.count()):
            if self.itemData(index) == value:
                self.setCurrentIndex(index)
                return

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.value())

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self._label:
            hint.setWidth(hint.width() + QFontMetrics(theme.font(13)).horizontalAdvance(self._label) + theme.px(12))
        return QSize(max(hint.width(), theme.px(88)), theme.height("control"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint() if self._label else QSize(theme.px(64), theme.height("control"))

    def wheelEvent(self, event: Any) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        from PySide6.QtWidgets import QStyle, QStyleOptionComboBox, QStylePainter

        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        box = self.rect().adjusted(theme.px(11), 0, -theme.px(30), 0)
        painter.setFont(theme.font(13))
        if self._label:
            painter.setPen(theme.color("text2"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self._label)
            box.setLeft(box.left() + QFontMetrics(painter.font()).horizontalAdvance(self._label) + theme.px(12))
        painter.setPen(theme.color("text" if self.isEnabled() else "off"))
        shown = QFontMetrics(painter.font()).elidedText(self.currentText(), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), shown)


class Tick(QCheckBox):
    """Check box; ``Tick("创建 1688 预订单", checked=True, name="create_tick")``."""

    def __init__(self, label: str, *, checked: bool = False, name: str = "") -> None:
        super().__init__(label)
        self.setChecked(checked)
        self.setObjectName(name)
        self.setAccessibleName(label)


class Switch(QCheckBox):
    """A check box drawn as a switch (36 × 20), for settings that take effect at once."""

    def __init__(self, label: str, *, checked: bool = False, name: str = "") -> None:
        super().__init__()
        self.setChecked(checked)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(42), theme.px(26))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = theme.px(3)
        if not self.isEnabled():
            painter.setOpacity(0.5)
        painter.drawPixmap(edge, edge, theme.control_pixmap("switch_on" if self.isChecked() else "switch_off", 36, 20))
        if self.hasFocus():
            pen = painter.pen()
            pen.setColor(theme.color("link"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.px(12), theme.px(12))


class SegmentedChoice(QWidget):
    """Two or three words side by side, one chosen: ``SegmentedChoice([("自提", "self"), ("快递", "express")])``.

    ``chosen(object)`` on a change by hand; ← → change it too. ``large``: 40 px high, all words equally wide (look/02).
    """

    chosen = Signal(object)

    def __init__(
        self, options: Sequence[tuple[str, Any]], *, name: str = "", label: str = "", tick: bool = True,
        large: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self._is_large = large
        self._options = list(options)
        self._index = 0
        self._tick = tick
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def value(self) -> Any:
        """Data of the chosen word."""
        return self._options[self._index][1]

    def set_value(self, value: Any) -> None:
        """Choose without a signal."""
        for index, (_text, data) in enumerate(self._options):
            if data == value:
                self._index = index
        self.update()

    def set_options(self, options: Sequence[tuple[str, Any]]) -> None:
        """Replace the words (e.g. with a count in them); the chosen place stays."""
        self._options = list(options)
        self._index = min(self._index, len(self._options) - 1)
        self._restyle()

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(theme.font(13, bold=True))
        tick = theme.px(20) if self._tick else 0
        if self._is_large:
            widest = max(metrics.horizontalAdvance(text) for text, _data in self._options)
            return [widest + theme.px(34) + tick] * len(self._options)
        return [
            metrics.horizontalAdvance(text) + theme.px(28) + (tick if number == self._index else 0)
            for number, (text, _data) in enumerate(self._options)
        ]

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()), theme.height("control_large" if self._is_large else "control"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = 0
        for index, width in enumerate(self._widths()):
            if left <= event.position().x() < left + width:
                self._choose(index)
            left += width

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step:
            self._choose(max(0, min(len(self._options) - 1, self._index + step)))
        elif event.key() == Qt.Key.Key_Space:
            self._choose((self._index + 1) % len(self._options))
        else:
            super().keyPressEvent(event)

    def _choose(self, index: int) -> None:
        if index != self._index and self.isEnabled():
            self._index = index
            self.update()
            self.chosen.emit(self.value())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        from PySide6.QtGui import QPainterPath, QPen

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = 2 if self.hasFocus() else 1
        frame = QRectF(self.rect()).adjusted(ring / 2, ring / 2, -ring / 2, -ring / 2)
        path = QPainterPath()
        path.addRoundedRect(frame, theme.radius("control"), theme.radius("control"))
        painter.setClipPath(path)
        painter.fillRect(self.rect(), theme.color("field"))
        left = 0
        for index, ((text, _data), width) in enumerate(zip(self._options, self._widths(), strict=True)):
            self._paint_part(painter, QRectF(left, 0, width, self.height()), text, index)
            left += width
        painter.setClipping(False)
        painter.setPen(QPen(theme.color("link" if self.hasFocus() else "control"), ring))
        painter.drawPath(path)

    def _paint_part(self, painter: QPainter, box: QRectF, text: str, index: int) -> None:
        chosen = index == self._index
        if chosen:
            painter.fillRect(box, theme.color("selected"))
        if index:
            painter.setPen(theme.color("line_strong"))
            painter.drawLine(box.topLeft(), box.bottomLeft())
        font = theme.font(13, bold=chosen)
        width = QFontMetrics(font).horizontalAdvance(text)
        tick = theme.px(20) if chosen and self._tick else 0
        x = box.left() + (box.width() - width - tick) / 2
        if tick:
            painter.drawPixmap(int(x), (self.height() - theme.px(16)) // 2, theme.pixmap("check", "link", 16))
        painter.setFont(font)
        painter.setPen(theme.color("link" if chosen else "text2" if self.isEnabled() else "off"))
        painter.drawText(QRectF(x + tick, 0, width + 2, self.height()), int(Qt.AlignmentFlag.AlignVCenter), text)
