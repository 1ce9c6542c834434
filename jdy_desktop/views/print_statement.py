"""对账单 painted: pages of A4, or one long picture to send to the other side (features W30)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QIODevice, QRect, Qt
from PySide6.QtGui import QImage, QPainter

from jdy_desktop.services.paper.statements import PrintableRow, PrintableStatement
from jdy_desktop.views.print_parts import Pen

ROWS_A4 = 30
_WIDTH_MM, _ROW_MM, _BODY_MM, _SIDE_MM, _TOP_MM = 186.0, 7.0, 3.2, 12.0, 12.0
_SHARES = (10.5, 11.5, 17.0, 22.0, 13.0, 13.0, 13.0)
_NUMBERS = 4
#: a chat program shrinks what is taller; older rows become one line that says so.
_MOST_ROWS = 300
_PICTURE_DOTS = 6.0


class StatementPainter:
    """Counts in dots of its pen; `left` and `top` are where the sheet's margin ends."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._left, self._width = pen.mm(_SIDE_MM), pen.mm(_WIDTH_MM)
        self._row, self._size = pen.mm(_ROW_MM), pen.mm(_BODY_MM)
        edges, total = [0.0], sum(_SHARES)
        for share in _SHARES:
            edges.append(edges[-1] + share / total)
        self._edges = [self._left + round(edge * self._width) for edge in edges]

    def page(
        self, statement: PrintableStatement, rows: Sequence[PrintableRow], number: int, count: int, carried: str
    ) -> int:
        """One page, or the whole picture; where the painting ends. `carried`: the balance before its first row."""
        y = self._head(statement, number, count)
        first = "期初余额" if number == 1 else "承前页"
        y = self._cells(y, statement.titles, bold=True, centred=True)
        y = self._cells(y, ("", first, "", "", "", "", carried))
        for row in rows:
            y = self._cells(y, (row.day, row.kind, row.number, row.remark, row.added, row.paid, row.balance))
        is_last = number == count
        if is_last:
            y = self._cells(y, ("合计", "", "", "", statement.added, statement.paid, ""), bold=True)
        self._frame(y, len(rows) + 2 + is_last)
        return self._foot(statement, y) if is_last else y

    def _head(self, statement: PrintableStatement, number: int, count: int) -> int:
        pen, size = self._pen, self._size
        y = pen.mm(_TOP_MM)
        big = round(size * 1.8)
        title = f"{statement.company}　{statement.title}"
        self._text(
            0, 1, y, title, pen.fitting(title, self._width, big, True), bold=True, align="center", height=big * 1.6
        )
        y += round(big * 1.7)
        phone = f"　{statement.phone}" if statement.phone else ""
        self._text(0, 0.5, y, f"{statement.party}{phone}", size, bold=True, height=size * 1.9)
        self._text(0.5, 0.36, y, f"期间：{statement.period}", size, height=size * 1.9)
        if count > 1:
            self._text(0.86, 0.14, y, f"第 {number} 页 / 共 {count} 页", size, align="right", height=size * 1.9)
        return y + round(size * 2.1)

    def _foot(self, statement: PrintableStatement, top: int) -> int:
        pen, size = self._pen, self._size
        y, big = top + round(size * 0.8), round(size * 1.5)
        words = f"{statement.closing_word}：{statement.closing}"
        self._text(
            0, 0.42, y, words, pen.fitting(words, round(self._width * 0.42), big, True), bold=True, height=big * 1.6
        )
        capital = f"大写：{statement.closing_words}"
        self._text(0.43, 0.57, y, capital, pen.fitting(capital, round(self._width * 0.57), size), height=big * 1.6)
        y += round(big * 2.0)
        self._text(0, 0.5, y, f"{statement.sign_here}：____________________", size, height=size * 2)
        self._text(0.5, 0.5, y, "日期：____________________", size, height=size * 2)
        return y + round(size * 2.4)

    def _text(
        self,
        at: float,
        share: float,
        y: int,
        text: str,
        size: int,
        *,
        height: float,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        box = QRect(self._left + round(at * self._width), y, round(share * self._width), round(height))
        self._pen.text(box, text, self._pen.fitting(text, box.width(), size, bold), bold=bold, align=align)

    def _cells(self, y: int, texts: Sequence[str], *, bold: bool = False, centred: bool = False) -> int:
        pen, inset = self._pen, self._pen.mm(0.9)
        pen.line(self._left, y, self._left + self._width, y)
        for place, text in enumerate(texts):
            wide = self._edges[place + 1] - self._edges[place] - 2 * inset
            box = QRect(self._edges[place] + inset, y, wide, self._row)
            align = "center" if centred else "right" if place >= _NUMBERS else "left"
            # Figures, dates and numbers are never cut: a long one is set smaller.
            size = self._size if place == 3 else pen.fitting(text, wide, self._size, bold)
            pen.text(box, text, size, bold=bold, align=align)
        return y + self._row

    def _frame(self, bottom: int, lines: int) -> None:
        top = bottom - lines * self._row
        for edge in self._edges:
            self._pen.line(edge, top, edge, bottom)
        self._pen.line(self._left, bottom, self._left + self._width, bottom)


def parts_of(statement: PrintableStatement, rows: int = ROWS_A4) -> list[tuple[Sequence[PrintableRow], str]]:
    """The rows of each page, with the balance carried over to it; a statement without rows still has one page."""
    found: list[tuple[Sequence[PrintableRow], str]] = []
    carried = statement.opening
    for start in range(0, len(statement.rows), rows):
        part = statement.rows[start : start + rows]
        found.append((part, carried))
        carried = part[-1].balance
    return found or [((), carried)]


def statement_picture(statement: PrintableStatement) -> QImage:
    """One picture, 1260 px wide, white ground. More than 300 rows: the oldest become one line with their balance."""
    rows, carried = statement.rows, statement.opening
    if len(rows) > _MOST_ROWS:
        left_out = len(rows) - _MOST_ROWS
        last = rows[left_out]
        omitted = PrintableRow("", "", "", f"前 {left_out + 1} 行略", "", "", last.balance)
        rows = (omitted, *rows[left_out + 1 :])
    width = round((_WIDTH_MM + 2 * _SIDE_MM) * _PICTURE_DOTS)
    height = round((_TOP_MM * 2 + 52 + _ROW_MM * (len(rows) + 3)) * _PICTURE_DOTS)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    pen = Pen(image, _PICTURE_DOTS)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    pen.painter = painter
    end = StatementPainter(pen).page(statement, rows, 1, 1, carried)
    painter.end()
    pen.painter = None
    return image.copy(0, 0, width, min(height, end + pen.mm(_TOP_MM)))


def statement_png(statement: PrintableStatement) -> bytes:
    """The picture as a PNG file. Any thread, like `statement_picture`: both take longer than a window may wait."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    statement_picture(statement).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
