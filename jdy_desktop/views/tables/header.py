"""Header of DataTable: bold 12 on subtle, tri-state box over the tick column, sort mark, whole title as tooltip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QToolTip, QWidget

from jdy_desktop.views import theme
from .model import RowsModel


class TableHeader(QHeaderView):
    """Paints the header of a RowsModel; ``sort_clicked(key)`` for columns with a sort key."""

    sort_clicked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(24)
        self.sort_key: str | None = None
        self.sort_descending = False
        self.edge = 16
        self.row_height = 36
        self._pressed_at: QPoint | None = None

    def _rows(self) -> RowsModel[object] | None:
        model = self.model()
        return model if isinstance(model, RowsModel) else None

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme.px(self.row_height))

    def title_width(self, logical: int) -> int:
        """Width the section needs so that its title is not cut."""
        model = self._rows()
        title = model.columns[logical].title if model else ""
        sort = theme.px(16) if model and model.columns[logical].sort else 0
        return QFontMetrics(theme.font(12, bold=True)).horizontalAdvance(title) + theme.px(16) + sort

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        model = self._rows()
        if model is None or logical >= len(model.columns):
            return
        painter.save()
        painter.fillRect(rect, theme.color("subtle"))
        painter.setPen(theme.color("line_strong"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        column = model.columns[logical]
        if column.kind == "tick":
            self._paint_tick(painter, rect, model)
        else:
            self._paint_title(painter, rect, logical)
        painter.restore()

    def _paint_tick(self, painter: QPainter, rect: QRect, model: RowsModel[object]) -> None:
        name = {Qt.CheckState.Checked: "check_on", Qt.CheckState.PartiallyChecked: "check_mixed"}.get(
            model.tick_state(), "check_off"
        )
        side = theme.px(16)
        painter.drawPixmap(
            rect.left() + theme.px(16), rect.center().y() - side // 2 + 1, theme.control_pixmap(name, 16, 16)
        )

    def _paint_title(self, painter: QPainter, rect: QRect, logical: int) -> None:
        model = self._rows()
        assert model is not None
        column = model.columns[logical]
        visual = self.visualIndex(logical)
        left = theme.px(16 if visual == self._first() else 8)
        right = theme.px(16 if visual == self._last() else 8)
        box = rect.adjusted(left, 0, -right, 0)
        font = theme.font(12, bold=True)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        flags = column.alignment
        if column.sort and column.sort == self.sort_key:
            side = theme.px(12)
            box.setRight(box.right() - side)
            painter.save()
            centre = QPoint(box.right() + side // 2 + 2, box.center().y())
            painter.translate(centre)
            painter.rotate(0 if self.sort_descending else 180)
            painter.drawPixmap(-side // 2, -side // 2, theme.pixmap("chevron_down", "text2", 12))
            painter.restore()
        title = column.title
        if title.startswith("*") and flags & Qt.AlignmentFlag.AlignLeft:
            painter.setPen(theme.color("bad"))
            painter.drawText(box, int(flags), "*")
            box.setLeft(box.left() + metrics.horizontalAdvance("*"))
            title = title[1:]
        painter.setPen(theme.color("text2"))
        painter.drawText(box, int(flags), metrics.elidedText(title, Qt.TextElideMode.ElideRight, box.width() + 1))

    def _first(self) -> int:
        return next((v for v in range(self.count()) if not self.isSectionHidden(self.logicalIndex(v))), 0)

    def _last(self) -> int:
        return next((v for v in reversed(range(self.count())) if not self.isSectionHidden(self.logicalIndex(v))), 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at, model = event.position().toPoint(), self._rows()
        pressed, self._pressed_at = self._pressed_at, None
        logical = self.logicalIndexAt(at)
        if pressed is None or model is None or logical < 0 or (at - pressed).manhattanLength() > 4:
            return
        if self.cursor().shape() == Qt.CursorShape.SplitHCursor:  # the press resized a column
            return
        column = model.columns[logical]
        if column.kind == "tick":
            model.tick_all(model.tick_state() != Qt.CheckState.Checked)
            self.viewport().update()
        elif column.sort:
            self.sort_clicked.emit(column.sort)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            logical = self.logicalIndexAt(event.pos())
            model = self._rows()
            cut = model is not None and logical >= 0 and self.title_width(logical) > self.sectionSize(logical)
            QToolTip.showText(event.globalPos(), model.columns[logical].title if cut and model else "", self)
            return True
        return super().viewportEvent(event)
