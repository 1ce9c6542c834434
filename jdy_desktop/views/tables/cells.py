"""Paints the rows of a DataTable, every kind of cell (look.md §4): text, money, state, goods, link, tick, ground, sections.

Pages do not use this module; they choose a ``kind`` in ``tables.model.Column``. A row is painted in one go: Qt's own way,
cell by cell through a delegate, calls Python ten times before a cell is painted, and takes twice as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextLayout, QTextOption

from jdy_desktop.views import theme
from jdy_desktop.views.widgets.feedback import paint_chip
from .model import Column, RowsModel

if TYPE_CHECKING:
    from .table import DataTable

PAD = 8
EDGE = 16
_SECTION_EDGE = 20
_CENTER = int(Qt.AlignmentFlag.AlignVCenter)
_ONE_LINE = int(Qt.TextFlag.TextSingleLine)


class _Place(NamedTuple):
    """Where a shown column stands: ``inner`` is without its padding."""

    number: int
    column: Column[Any]
    left: int
    inner_left: int
    inner_width: int


class CellPainter:
    """Paints for one table; what many cells share is found once per painting."""

    def __init__(self, table: DataTable, text_px: int) -> None:
        self._table = table
        self.text_px = text_px
        self.first_rows = FirstRows(table)
        self._inks: dict[str, QColor] = {}
        self._fonts: dict[tuple[int, bool], tuple[QFont, QFontMetrics]] = {}

    def paint(self, painter: QPainter, area: QRect) -> None:
        """Paint the rows that touch ``area``."""
        self._inks.clear()
        self._fonts.clear()
        model, places = self._table.rows_model(), self._places()
        for row in self.first_rows.cut(self._rows(area)):
            self._row(painter, model, row, places)

    def paint_ring(self, painter: QPainter, row: int) -> None:
        """Paint the focus ring around a row, without its note."""
        table = self._table
        high = table.rowHeight(row) - table.note_height(row)
        corner = theme.radius("cell")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("link"), 2))
        ring = QRect(1, table.rowViewportPosition(row) + 1, table.viewport().width() - 2, high - 3)
        painter.drawRoundedRect(ring, corner, corner)

    def inner_width(self, number: int) -> int:
        """Room for the words of a column, in px."""
        return next((place.inner_width for place in self._places() if place.number == number), 0)

    def _places(self) -> list[_Place]:
        table, columns = self._table, self._table.rows_model().columns
        first, last = table.edge_columns()
        found = []
        for number, column in enumerate(columns):
            if table.isColumnHidden(number):
                continue
            left, width = table.columnViewportPosition(number), table.columnWidth(number)
            before, after = (theme.px(EDGE if number == edge else PAD) for edge in (first, last))
            found.append(_Place(number, column, left, left + before, width - before - after))
        return found

    def _rows(self, area: QRect) -> range:
        table = self._table
        first, last = table.rowAt(area.top()), table.rowAt(area.bottom())
        if first < 0:
            return range(0)
        return range(first, (last if last >= 0 else table.rows_model().rowCount() - 1) + 1)

    # ---- what cells share
    def _color(self, token: str) -> QColor:
        found = self._inks.get(token)
        if found is None:
            found = self._inks[token] = theme.color(token)
        return found

    def _font(self, size: int, *, bold: bool = False) -> tuple[QFont, QFontMetrics]:
        found = self._fonts.get((size, bold))
        if found is None:
            font = theme.font(size, bold=bold)
            found = self._fonts[size, bold] = font, QFontMetrics(font)
        return found

    # ---- a row
    def _row(self, painter: QPainter, model: RowsModel[Any], row: int, places: list[_Place]) -> None:
        table = self._table
        note = table.note_height(row)
        rect = QRect(0, table.rowViewportPosition(row), table.viewport().width(), table.rowHeight(row) - note)
        section = model.section_at(row)
        if section is not None:
            self._section(painter, rect, section)
            return
        self._ground(painter, rect, table.row_ground(row), "" if note else _line_below(model, row))
        value = model.row_at(row)
        for place in places:
            if place.column.kind == "tick":
                if value is not None:
                    self._tick(painter, place.left, rect, model.is_ticked(row))
                continue
            box = QRect(place.inner_left, rect.top(), place.inner_width, rect.height())
            text = model.cell_text(row, place.number)
            if value is None:
                self._unknown(painter, box, text, place.column)
            else:
                is_repeat = place.column.repeats and model.is_repeat(row, place.number)
                self._cell(painter, box, text, place, value, is_repeat=is_repeat)
        if note:
            table.paint_note(painter, row)

    def _ground(self, painter: QPainter, rect: QRect, token: str, line: str) -> None:
        if token != "page":
            painter.fillRect(rect, self._color(token))
        if line:
            painter.setPen(self._color(line))
            painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())

    def _section(self, painter: QPainter, rect: QRect, words: str) -> None:
        self._ground(painter, rect, "subtle", "line")
        painter.setFont(self._font(12)[0])
        painter.setPen(self._color("text2"))
        edge = theme.px(_SECTION_EDGE)
        painter.drawText(rect.adjusted(edge, 0, -edge, 0), _CENTER, words)

    # ---- a cell
    def _tick(self, painter: QPainter, left: int, rect: QRect, on: bool) -> None:
        side = theme.px(16)
        picture = theme.control_pixmap("check_on" if on else "check_off", 16, 16)
        painter.drawPixmap(left + theme.px(EDGE), rect.center().y() - side // 2 + 1, picture)

    def _cell(self, painter: QPainter, box: QRect, text: str, place: _Place, value: Any, *, is_repeat: bool) -> None:
        column, kind = place.column, place.column.kind
        if kind in ("state", "chip"):
            if text:
                self._chip(painter, box, text, column, value)
            return
        font, metrics = self._font(self.text_px, bold=column.bold or kind == "strong")
        painter.setFont(font)
        painter.setPen(self._color(_ink(column, value, is_repeat=is_repeat)))
        if kind == "money":
            _money(painter, metrics, box, text)
        elif kind == "goods":
            self._goods(painter, metrics, box, text, column, value)
        elif kind == "picture":
            self._picture(painter, box, column, value)
        elif kind == "wrap":
            draw_wrapped(painter, box, text, 2)
        else:
            self._line(painter, metrics, box, text, int(column.alignment), column.placeholder)

    def _chip(self, painter: QPainter, box: QRect, text: str, column: Column[Any], value: Any) -> None:
        if column.kind == "state":
            look = theme.state_look(text)
            wide = QRectF(box.adjusted(0, 0, theme.px(PAD), 0))
            paint_chip(painter, wide, look.word, look.tone, look.icon, filled=look.filled)
        else:
            tone = (column.tone(value) if column.tone else None) or "mute"
            paint_chip(painter, QRectF(box), text, tone, "", filled=True)

    def _line(
        self, painter: QPainter, metrics: QFontMetrics, box: QRect, text: str, flags: int, empty: str = ""
    ) -> None:
        """``empty``: shown grey where there is no text."""
        if not text:
            if not empty:
                return
            text = empty
            painter.setPen(self._color("hint"))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, flags | _ONE_LINE, shown)

    def _unknown(self, painter: QPainter, box: QRect, text: str, column: Column[Any]) -> None:
        if text:
            font, metrics = self._font(self.text_px)
            painter.setFont(font)
            painter.setPen(self._color("hint"))
            self._line(painter, metrics, box, text, int(column.alignment))

    def _picture(self, painter: QPainter, box: QRect, column: Column[Any], value: Any, side: int = 32) -> int:
        edge = theme.px(side)
        spot = QRect(box.left(), box.center().y() - edge // 2 + 1, edge, edge)
        picture = column.picture(value) if column.picture else None
        painter.save()
        if picture is None or picture.isNull():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color("hover"))
            painter.drawRoundedRect(spot, theme.radius("cell"), theme.radius("cell"))
            icon = theme.px(18)
            painter.drawPixmap(
                spot.center().x() - icon // 2 + 1, spot.center().y() - icon // 2 + 1, theme.pixmap("goods", "hint", 18)
            )
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(spot, picture)
        painter.restore()
        return edge

    def _goods(
        self, painter: QPainter, name: QFontMetrics, box: QRect, text: str, column: Column[Any], value: Any
    ) -> None:
        """Picture, name above, code below in hint colour."""
        left = box.left()
        if column.picture is not None:
            left += self._picture(painter, box, column, value) + theme.px(PAD)
        words = QRect(left, box.top(), box.right() - left + 1, box.height())
        below = column.second(value) if column.second else ""
        if not below:
            self._line(painter, name, words, text, _CENTER, column.placeholder)
            return
        font, code = self._font(12)
        lap = theme.px(2)  # the air between two lines is more than names above codes need
        top = words.center().y() - (name.height() + code.height() - lap) // 2
        upper = QRect(words.left(), top, words.width(), name.height())
        self._line(painter, name, upper, text, _CENTER)
        painter.setFont(font)
        painter.setPen(self._color("hint"))
        lower = QRect(words.left(), upper.bottom() + 1 - lap, words.width(), code.height())
        self._line(painter, code, lower, below, _CENTER)


class FirstRows(QObject):
    """Rows that come where nothing stood are painted a few at a time, so that the window hears the clerk in between."""

    AT_ONCE = 6

    def __init__(self, table: DataTable) -> None:
        super().__init__(table)
        self._table = table
        self._count: int | None = None  # so many of those in sight may be painted, None: all
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._go_on)

    def begin(self) -> None:
        """A list that stands empty gets other rows now: none with the painting that also lays out header and bars."""
        self._count = 0

    def cut(self, rows: range) -> range:
        """What of these rows is painted now; the rest follows by itself."""
        if self._count is None:
            return rows
        allowed = range(rows.start, min(rows.stop, self._table.rowAt(0) + self._count))
        if len(allowed) < len(rows):
            self._next.start(0)
        return allowed

    @Slot()
    def _go_on(self) -> None:
        viewport, top = self._table.viewport(), self._table.rowAt(0)
        if self._count is None or top < 0:
            return
        first, self._count = top + self._count, self._count + self.AT_ONCE
        if self._table.rowAt(viewport.height() - 1) in range(-1, top + self._count):
            self._count = None
        above = self._table.rowViewportPosition(first)
        viewport.update(0, above, viewport.width(), viewport.height() - above)


def _line_below(model: RowsModel[Any], row: int) -> str:
    return "line_strong" if model.ends_group(row) else "line"


def _ink(column: Column[Any], value: Any, *, is_repeat: bool) -> str:
    tone = column.tone(value) if column.tone else None
    if tone:
        return tone
    if column.kind == "link":
        return "link"
    return "hint" if column.kind == "hint" or is_repeat else "text"


def _money(painter: QPainter, metrics: QFontMetrics, box: QRect, text: str) -> None:
    """Figures as stored, decimal points in one line; room for two places is kept at the right."""
    whole, dot, part = text.partition(".")
    point = box.right() + 1 - max(metrics.horizontalAdvance(".00"), metrics.horizontalAdvance(dot + part))
    baseline = box.top() + (box.height() + metrics.ascent() - metrics.descent()) // 2
    painter.drawText(point - metrics.horizontalAdvance(whole), baseline, whole)
    painter.drawText(point, baseline, dot + part)


def draw_wrapped(painter: QPainter, box: QRect, text: str, lines: int) -> None:
    """Plain text in at most ``lines`` lines, vertically centred; the last one ends in … when something is left over."""
    font = QFont(painter.font())
    metrics = QFontMetrics(font)
    parts = wrap_lines(text, font, box.width(), lines)
    step = metrics.height() - theme.px(1)
    top = box.center().y() + 1 - step * len(parts) // 2
    for number, part in enumerate(parts):
        spot = QRect(box.left(), top + number * step, box.width(), step)
        painter.drawText(spot, _CENTER | _ONE_LINE, part)


def wrap_lines(text: str, font: QFont, width: int, lines: int) -> list[str]:
    """Break ``text`` into at most ``lines`` lines of ``width`` px; the last one is elided."""
    layout = QTextLayout(text.replace("\n", " "), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    result: list[str] = []
    while len(result) < lines:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        start, length = line.textStart(), line.textLength()
        rest = layout.text()[start:]
        last = len(result) == lines - 1 and length < len(rest)
        elided = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)
        result.append(elided if last else rest[:length])
    layout.endLayout()
    return result
