"""Plots of the report page: bars that can be chosen, and one line. The only file that knows pyqtgraph.

`BarPlot(name=…, label=…)`; `set_bars([Bar(key, "27日", Decimal(120))])`; `chosen(key or None)` when a bar is clicked or reached with
← → (Esc lets go); `activated(key)` on Enter or a double click. Colours are tokens, one colour per plot (look/18).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from jdy_desktop.views import theme
from .base import named

_BAR = 0.64
_STEPS = (1, 2, 2.5, 5, 10)
_FAINT = 140
_MOST_CUT, _SHORT = 16, 6
_NOTHING = "这段时间没有数字"


@dataclass(frozen=True, slots=True)
class Bar:
    """`key` is told when the bar is chosen; `value` in yuan; `tip` is read out with it."""

    key: Any
    label: str
    value: Decimal
    tip: str = ""


def ticks(lowest: float, highest: float, wanted: int = 4) -> list[float]:
    """Round numbers from at or below `lowest` to at or above `highest`, 0 always among them; where all is 0, 0 alone."""
    low, high = min(lowest, 0.0), max(highest, 0.0)
    if low == high:
        return [0.0]
    span = high - low
    size = 10.0 ** (len(str(int(span / wanted))) - 1) if span >= wanted else 1.0
    step = next(size * one for one in (*_STEPS, 20, 50, 100) if size * one * wanted >= span)
    first, last = int(low // step), int(-(-high // step))
    return [number * step for number in range(first, last + 1)]


def tick_text(value: float) -> str:
    """3000 · 1万 · 1.5万 · 2亿."""
    for size, word in ((1e8, "亿"), (1e4, "万")):
        if abs(value) >= size:
            return f"{value / size:.4g}{word}"
    return f"{value:g}"


class _Plot(pg.PlotWidget):  # type: ignore[misc]
    """Frame of both plots: horizontal lines, words below, no zooming by accident."""

    chosen = Signal(object)
    activated = Signal(object)

    def __init__(self, *, name: str, label: str) -> None:
        super().__init__(enableMenu=False)
        named(self, name, label)
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.getViewBox().setDefaultPadding(0)
        self.bars: tuple[Bar, ...] = ()
        self.current: int | None = None
        self._ticks: list[float] = [0.0]
        self._parts: list[Any] = []
        theme.notifier().changed.connect(self.redraw)
        self.redraw()

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show other values; what was chosen stays chosen when it is still there, without a signal."""
        key = self.chosen_key()
        self.bars = tuple(bars)
        self.current = next((place for place, bar in enumerate(self.bars) if key is not None and bar.key == key), None)
        self.redraw()

    def chosen_key(self) -> Any:
        """Key of the chosen bar, None without one."""
        return None if self.current is None else self.bars[self.current].key

    def choose(self, place: int | None) -> None:
        """Choose a bar, or none; tells `chosen`."""
        self.current = place
        self.redraw()
        if place is not None:
            bar = self.bars[place]
            self.setAccessibleDescription(f"{bar.tip or bar.label} {bar.value}")
        self.chosen.emit(self.chosen_key())

    @Slot()
    def redraw(self) -> None:
        """All parts anew, in today's colours and scale."""
        for part in self._parts:
            self.removeItem(part)
        self._parts = []
        self.setBackground(theme.color("page"))
        values = [float(bar.value) for bar in self.bars]
        self._ticks = ticks(min(values), max(values)) if values else [0.0]
        self._axes()
        if self.bars:
            for value in self._ticks:
                self._add(pg.InfiniteLine(value, angle=0, pen=pg.mkPen(theme.color("line"))))
            self._draw(values)
        top = self._ticks[-1] + (self._ticks[-1] - self._ticks[0]) * 0.09 or 1.0
        self.setXRange(-0.6, max(len(self.bars), 1) - 0.4, padding=0)
        # A little room below: a point at the lowest line is a whole point.
        self.setYRange(self._ticks[0] - (top - self._ticks[0]) * 0.03, top, padding=0)

    def _draw(self, values: list[float]) -> None:
        """The values themselves, `_add`ed part by part."""

    def _add(self, part: Any) -> None:
        self.addItem(part)
        self._parts.append(part)

    def _axes(self) -> None:
        left, bottom = self.getAxis("left"), self.getAxis("bottom")
        for axis in (left, bottom):
            axis.setStyle(tickLength=0, tickFont=theme.font(12), tickTextOffset=theme.px(6), autoExpandTextSpace=False)
            axis.setPen(pg.mkPen(None))
            axis.setTickPen(pg.mkPen(None))
            axis.setTextPen(theme.color("hint"))
        metrics = QFontMetrics(theme.font(12))
        words = [tick_text(value) for value in self._ticks]
        left.setWidth(max(metrics.horizontalAdvance(word) for word in words) + theme.px(12))
        left.setTicks([list(zip(self._ticks, words, strict=True)) if self.bars else []])
        bottom.setHeight(theme.px(24))
        bottom.setTicks([self._labels(metrics)])

    def _labels(self, metrics: QFontMetrics) -> list[tuple[int, str]]:
        """Words below the bars: names are cut, days left out when they would not fit side by side."""
        if not self.bars:
            return []
        room = max(self.width() - theme.px(64), 1) / len(self.bars)
        widest = max(metrics.horizontalAdvance(bar.label) for bar in self.bars)
        if widest > room and len(self.bars) <= _MOST_CUT and any(len(bar.label) > _SHORT for bar in self.bars):
            fits = int(max(room - theme.px(4), theme.px(12)))
            cut = [metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, fits) for bar in self.bars]
            return list(enumerate(cut))
        step = max(1, -int(-(widest + theme.px(8)) // room))
        return [(place, bar.label) for place, bar in enumerate(self.bars) if place % step == 0]

    def _value_text(self, place: int) -> None:
        value = self.bars[place].value
        text = pg.TextItem(f"{value:,.0f}", color=theme.color("text"), anchor=(0.5, 1.0))
        text.setFont(theme.font(12, bold=True))
        text.setPos(place, max(float(value), 0.0))
        self._add(text)

    # ---- choosing
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        place = self._place_at(event.position())
        if place is not None:
            self.choose(None if place == self.current else place)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if place is not None:
            self.choose(place)
            self.activated.emit(self.bars[place].key)
        event.accept()

    def wheelEvent(self, event: Any) -> None:
        event.ignore()  # the page scrolls, and Ctrl + wheel is the window's

    def _place_at(self, point: QPointF) -> int | None:
        found = round(self.getViewBox().mapSceneToView(self.mapToScene(point.toPoint())).x())
        return found if 0 <= found < len(self.bars) else None

    def bar_center(self, place: int) -> QPointF:
        """Where in the widget a bar stands."""
        low = self.getViewBox().mapViewToScene(QPointF(place, float(self.bars[place].value) / 2))
        return QPointF(self.mapFromScene(low))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = Qt.Key(event.key()), len(self.bars) - 1
        if not self.bars or key not in (
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_Escape,
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):
            event.ignore()
            return
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            start = (-1 if step > 0 else last + 1) if self.current is None else self.current
            self.choose(min(max(start + step, 0), last))
        elif self.current is None:
            event.ignore()
        elif key == Qt.Key.Key_Escape:
            self.choose(None)
        else:
            self.activated.emit(self.chosen_key())

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if getattr(self, "bars", ()):
            self._axes()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if not self.bars:
            painter.setFont(theme.font(13))
            painter.setPen(theme.color("hint"))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, _NOTHING)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("link"), theme.px(2)))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def focusInEvent(self, event: Any) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


class BarPlot(_Plot):
    """Bars; the chosen one in full colour with its figure above, or the highest with `marks_highest` (look/18)."""

    def __init__(self, *, name: str, label: str, marks_highest: bool = False) -> None:
        self._marks_highest = marks_highest
        super().__init__(name=name, label=label)

    def _marked(self, values: list[float]) -> int | None:
        if self.current is not None or not self._marks_highest or not any(values):
            return self.current
        return max(range(len(values)), key=values.__getitem__)

    def _draw(self, values: list[float]) -> None:
        marked = self._marked(values)
        full, faint = theme.color("accent"), QColor(theme.color("accent"))
        faint.setAlpha(_FAINT)
        brushes = [full if place == marked else faint for place in range(len(values))]
        self._add(
            pg.BarGraphItem(x=list(range(len(values))), height=values, width=_BAR, brushes=brushes, pen=pg.mkPen(None))
        )
        if marked is not None:
            self._value_text(marked)


class LinePlot(_Plot):
    """One line with a ring at each value; the chosen one, or else the last, is filled."""

    def _draw(self, values: list[float]) -> None:
        accent, page = theme.color("accent"), theme.color("page")
        full = len(values) - 1 if self.current is None else self.current
        self._add(
            pg.PlotDataItem(
                x=list(range(len(values))),
                y=values,
                pen=pg.mkPen(accent, width=theme.px(2)),
                symbol="o",
                symbolSize=theme.px(9),
                symbolPen=pg.mkPen(accent, width=theme.px(2)),
                symbolBrush=[accent if place == full else page for place in range(len(values))],
            )
        )
        if self.current is not None:
            self._value_text(self.current)


class ShareBar(QWidget):
    """Stacked bar: how a sum is divided; `set_shares([(token, Decimal)])`, parts of 0 and below are left out."""

    def __init__(self, *, name: str, label: str) -> None:
        super().__init__()
        named(self, name, label)
        self._shares: list[tuple[str, float]] = []
        self.setFixedHeight(theme.px(10))
        theme.notifier().changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(theme.px(10))
        self.update()

    def set_shares(self, shares: Sequence[tuple[str, Decimal]]) -> None:
        """Tokens and amounts, from left to right."""
        self._shares = [(token, float(amount)) for token, amount in shares if amount > 0]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole, gap, left = sum(amount for _, amount in self._shares), theme.px(2), 0.0
        for token, amount in self._shares:
            wide = self.width() * amount / whole
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(token))
            painter.drawRoundedRect(QRectF(left, 0, max(wide - gap, 1), self.height()), 3, 3)
            left += wide
        painter.end()
