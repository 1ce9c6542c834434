"""One delegate paints every kind of cell (look.md §4): text, money, state, goods, link, tick, note ground, editors.

Pages do not use this module; they choose a ``kind`` in ``tables.model.Column``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractItemDelegate, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from . import theme
from .tables.model import Column, RowsModel
from .widgets.buttons import IconButton
from .widgets.feedback import paint_chip
from .widgets.fields import Field

if TYPE_CHECKING:
    from .tables.table import DataTable

Index = QModelIndex | QPersistentModelIndex
PAD = 8
EDGE = 16
_CENTER = Qt.AlignmentFlag.AlignVCenter


class CellDelegate(QStyledItemDelegate):
    """Paints cells of a RowsModel for one DataTable and makes their editors."""

    def __init__(self, table: DataTable) -> None:
        super().__init__(table)
        self._table = table
        self.text_px = 13
        self._looks: dict[int, tuple[str, str]] = {}
        self._notes: dict[int, int] = {}
        self._edges: tuple[int, int] | None = None
        self._inks: dict[str, QColor] = {}
        self._fonts: dict[bool, QFont] = {}

    def begin(self) -> None:
        """A painting begins or ends: what many cells share is found once for all cells of one painting.

        Ground and line of a row (tokens, line "" above a note), height of its note, outermost columns, colours and fonts."""
        self._looks.clear()
        self._notes.clear()
        self._inks.clear()
        self._fonts.clear()
        self._edges = None

    def _color(self, token: str) -> QColor:
        found = self._inks.get(token)
        if found is None:
            found = self._inks[token] = theme.color(token)
        return found

    def _font(self, *, bold: bool) -> QFont:
        found = self._fonts.get(bold)
        if found is None:
            found = self._fonts[bold] = theme.font(self.text_px, bold=bold)
        return found

    # ---- geometry
    def cell_rect(self, rect: QRect, row: int) -> QRect:
        """The cell without the note band below it."""
        note = self._notes.get(row)
        if note is None:
            note = self._notes[row] = self._table.note_height(row)
        return rect.adjusted(0, 0, 0, -note) if note else rect

    def inner(self, rect: QRect, column: int) -> QRect:
        """The cell without its padding; the outermost columns keep the page margin."""
        if self._edges is None:
            self._edges = self._table.edge_columns()
        left, right = self._edges
        return rect.adjusted(
            theme.px(EDGE if column == left else PAD), 0, -theme.px(EDGE if column == right else PAD), 0
        )

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(80), theme.px(36))

    # ---- painting
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, RowsModel):
            super().paint(painter, option, index)
            return
        painter.save()
        rect = self.cell_rect(option.rect, index.row())
        self._ground(painter, rect, model, index.row())
        column = model.columns[index.column()]
        if column.kind == "tick":
            self._tick(painter, rect, model.is_ticked(index.row()), model.row_at(index.row()) is not None)
        else:
            self._content(painter, self.inner(rect, index.column()), model, column, index)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, model: RowsModel[Any], row: int) -> None:
        token, line = self._looks.get(row) or self._look(model, row)
        if token != "page":
            painter.fillRect(rect, self._color(token))
        if not line:
            return
        painter.setPen(self._color(line))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())

    def _look(self, model: RowsModel[Any], row: int) -> tuple[str, str]:
        line = "" if self._table.note_height(row) else "line_strong" if model.ends_group(row) else "line"
        look = self._looks[row] = (self._table.row_ground(row), line)
        return look

    def _tick(self, painter: QPainter, rect: QRect, on: bool, known: bool) -> None:
        if known:
            side = theme.px(16)
            painter.drawPixmap(rect.left() + theme.px(EDGE), rect.center().y() - side // 2 + 1,
                               theme.control_pixmap("check_on" if on else "check_off", 16, 16))  # fmt: skip

    def _content(self, painter: QPainter, box: QRect, model: RowsModel[Any], column: Column[Any], index: Index) -> None:
        text = model.cell_text(index.row(), index.column())
        value = model.row_at(index.row())
        if value is None:
            self._unknown(painter, box, text)
            return
        kind = column.kind
        if kind == "state":
            look = theme.state_look(text)
            if text:
                paint_chip(
                    painter,
                    QRectF(box.adjusted(0, 0, theme.px(PAD), 0)),
                    look.word,
                    look.tone,
                    look.icon,
                    filled=look.filled,
                )
            return
        if kind == "chip":
            if text:
                paint_chip(
                    painter, QRectF(box), text, (column.tone(value) if column.tone else None) or "mute", "", filled=True
                )
            return
        painter.setFont(self._font(bold=column.bold or kind == "strong"))
        painter.setPen(self._color(self._ink(model, column, index, value)))
        if kind == "money":
            self._money(painter, box, text)
        elif kind == "goods":
            self._goods(painter, box, text, column, value)
        elif kind == "picture":
            self._picture(painter, box, column, value)
        elif kind == "wrap":
            draw_wrapped(painter, box, text, 2)
        else:
            self._line(painter, box, text or column.placeholder, int(column.alignment), placeholder=not text)

    def _ink(self, model: RowsModel[Any], column: Column[Any], index: Index, value: Any) -> str:
        tone = column.tone(value) if column.tone else None
        if tone:
            return tone
        if column.kind == "link":
            return "link"
        if column.kind == "hint" or model.is_repeat(index.row(), index.column()):
            return "hint"
        return "text"

    def _line(self, painter: QPainter, box: QRect, text: str, flags: int, *, placeholder: bool = False) -> None:
        if placeholder:
            painter.setPen(theme.color("hint"))
        shown = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, flags | int(Qt.TextFlag.TextSingleLine), shown)

    def _unknown(self, painter: QPainter, box: QRect, text: str) -> None:
        painter.setFont(theme.font(self.text_px))
        painter.setPen(theme.color("hint"))
        self._line(painter, box, text, int(_CENTER))

    def _money(self, painter: QPainter, box: QRect, text: str) -> None:
        """Figures as stored, decimal points in one line; room for two places is kept at the right."""
        whole, dot, part = text.partition(".")
        metrics = QFontMetrics(painter.font())
        point = box.right() + 1 - max(metrics.horizontalAdvance(".00"), metrics.horizontalAdvance(dot + part))
        baseline = box.top() + (box.height() + metrics.ascent() - metrics.descent()) // 2
        painter.drawText(point - metrics.horizontalAdvance(whole), baseline, whole)
        painter.drawText(point, baseline, dot + part)

    def _picture(self, painter: QPainter, box: QRect, column: Column[Any], value: Any, side: int = 32) -> int:
        edge = theme.px(side)
        spot = QRect(box.left(), box.center().y() - edge // 2 + 1, edge, edge)
        picture = column.picture(value) if column.picture else None
        if picture is None or picture.isNull():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.save()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(spot, theme.radius("cell"), theme.radius("cell"))
            painter.restore()
            icon = theme.px(18)
            painter.drawPixmap(
                spot.center().x() - icon // 2 + 1, spot.center().y() - icon // 2 + 1, theme.pixmap("goods", "hint", 18)
            )
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(spot, picture)
        return edge

    def _goods(self, painter: QPainter, box: QRect, text: str, column: Column[Any], value: Any) -> None:
        """Picture, name above, code below in hint colour."""
        left = box.left()
        if column.picture is not None:
            left += self._picture(painter, box, column, value) + theme.px(PAD)
        words = QRect(left, box.top(), box.right() - left + 1, box.height())
        below = column.second(value) if column.second else ""
        if not below:
            self._line(painter, words, text or column.placeholder, int(_CENTER), placeholder=not text)
            return
        name, code = QFontMetrics(painter.font()), QFontMetrics(theme.font(12))
        top = words.center().y() - (name.height() + code.height() - theme.px(4)) // 2
        upper = QRect(words.left(), top, words.width(), name.height())
        self._line(painter, upper, text, int(_CENTER))
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("text2"))
        self._line(
            painter,
            QRect(words.left(), upper.bottom() - theme.px(3), words.width(), code.height()),
            below,
            int(_CENTER),
        )

    # ---- editing
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        column = self._table.rows_model().columns[index.column()]
        editor = Field(size="cell", name=f"{self._table.objectName()}.editor", label=column.title)
        editor.setParent(parent)
        editor.setAlignment(column.alignment)
        editor.setFont(theme.font(self.text_px, bold=column.bold))
        if column.button:
            button = IconButton(
                "more", "选择 F4", side=24, framed=True, name=f"{self._table.objectName()}.editor_button"
            )
            button.setParent(editor)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row_id, key = self._table.rows_model().id_at(index.row()), column.key
            button.clicked.connect(lambda: self._table.button_clicked.emit(row_id, key))
            editor.setTextMargins(0, 0, theme.px(34), 0)
            editor.setProperty("cell_button", button)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, Field) and not editor.property("opened"):
            editor.setProperty("opened", True)
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.selectAll()
            self._table.announce_editor(editor, index)

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, Field):
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        rect = self.cell_rect(option.rect, index.row())
        high = min(rect.height() - theme.px(4), theme.px(36))
        editor.setGeometry(QRect(rect.left(), rect.top() + (rect.height() - high) // 2, rect.width(), high))
        button = editor.property("cell_button")
        if isinstance(button, QWidget):
            button.setGeometry(rect.width() - theme.px(38), (high - theme.px(24)) // 2, theme.px(34), theme.px(24))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, Field):
            key = Qt.Key(event.key())
            plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
            if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                back = key == Qt.Key.Key_Backtab or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._table.finish_editor(watched, commit=True)
                self._table.edit_next(back=back)
                return True
            if key == Qt.Key.Key_F4 and watched.property("cell_button") is not None:
                watched.property("cell_button").click()
                return True
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and plain:
                self._table.finish_editor(watched, commit=True)
                self._table.move_and_edit(1 if key == Qt.Key.Key_Down else -1)
                return True
        return super().eventFilter(watched, event)

    def end(self, editor: QWidget, *, commit: bool) -> None:
        """Close an editor, with or without taking over its text."""
        if commit:
            self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)


def draw_wrapped(painter: QPainter, box: QRect, text: str, lines: int) -> None:
    """Plain text in at most ``lines`` lines, vertically centred; the last one ends in … when something is left over."""
    font = QFont(painter.font())
    metrics = QFontMetrics(font)
    parts = wrap_lines(text, font, box.width(), lines)
    step = metrics.height() - theme.px(1)
    top = box.center().y() + 1 - step * len(parts) // 2
    for number, part in enumerate(parts):
        spot = QRect(box.left(), top + number * step, box.width(), step)
        painter.drawText(spot, int(_CENTER | Qt.TextFlag.TextSingleLine), part)


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
