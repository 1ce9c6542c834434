"""Side panel of documents and details: rows with the label left and the value right (look.md §5 Document page)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from jdy_desktop.views import theme
from .base import ElidedText, Rule, Surface, Text, add_widget, column, repolish, row

_NO_LIMIT = 16_777_215  # Qt's QWIDGETSIZE_MAX


class ValueRow(QWidget):
    """``ValueRow("批发价", "32.00")``: label left, value right; ``set_value("2 件", tone="warn")``; a control may stand for the value."""

    def __init__(self, label: str, value: str = "", *, strong: bool = False, control: QWidget | None = None,
                 key: str = "") -> None:  # fmt: skip
        super().__init__()
        self._label = Text(label, "label")
        self._value = ElidedText(value, "strong" if strong else "body")
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line = row(self._label, parent=self)
        if key:
            line.addWidget(Text(key, "hint"))
        if control is None:
            line.addWidget(self._value, 1)
        else:
            line.addStretch(1)
            line.addWidget(control)
            if not control.accessibleName():
                control.setAccessibleName(label)
        self.setAccessibleName(label)

    def set_value(self, value: str, *, tone: str = "", strong: bool | None = None) -> None:
        """Change the value; ``tone`` ok, warn or bad colours it."""
        self._value.setText(value)
        if strong is not None:
            self._value.setProperty("role", "strong" if strong else "body")
        self._value.setProperty("tone", tone)
        repolish(self._value)

    def set_label(self, label: str) -> None:
        """Change the label."""
        self._label.setText(label)
        self.setAccessibleName(label)

    def value(self) -> str:
        """The value shown."""
        return self._value.text()


def fit_beside(panel: QWidget, width: float) -> None:
    """`width` px at 100 % beside the main part; the whole width where SideSplit put it below."""
    if panel.property("below"):
        panel.setMinimumWidth(0)
        panel.setMaximumWidth(_NO_LIMIT)
    else:
        panel.setFixedWidth(theme.px(width))


class SidePanel(Surface):
    """Subtle panel right of a table, 288 px (360 from 1600 px window width): ``panel.body`` is a QVBoxLayout; ``section()`` adds a rule.

    ``panel.add(widget)``, ``panel.add_row("批发价", "32.00")`` → ValueRow, ``panel.section()``, ``panel.stretch()``.
    """

    def __init__(self, *, width: int | None = None, name: str = "side_panel") -> None:
        super().__init__("subtle", edge="left")
        self.setObjectName(name)
        self._width = width
        self.body: QVBoxLayout = column(spacing=8, margins=(16, 12, 16, 12), parent=self)
        self.fit()
        theme.notifier().changed.connect(self.fit)

    @Slot()
    def fit(self) -> None:
        """Take the width the place asks for; SideSplit calls it when the panel moves."""
        wide = self.window().width() >= 1600 and self.window() is not self
        fit_beside(self, self._width or theme.tokens()["width"]["side_panel_wide" if wide else "side_panel"])

    def showEvent(self, event: object) -> None:
        self.fit()
        super().showEvent(event)  # type: ignore[arg-type]

    def resizeEvent(self, event: object) -> None:
        self.fit()
        super().resizeEvent(event)  # type: ignore[arg-type]

    def add(self, widget: QWidget) -> QWidget:
        """Put a widget below the last one."""
        add_widget(self.body, widget)
        return widget

    def add_row(self, label: str, value: str = "", *, strong: bool = False) -> ValueRow:
        """Put a label and value below the last row."""
        line = ValueRow(label, value, strong=strong)
        self.body.addWidget(line)
        return line

    def section(self) -> None:
        """A line across."""
        self.body.addWidget(Rule())

    def stretch(self) -> None:
        """What follows stands at the bottom."""
        self.body.addStretch(1)
