"""Inputs in one place to import from: SearchField, Field, FilterCombo, DateField, Tick, Switch, SegmentedChoice, FormRow."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QWidget,
)

from jdy_desktop.views import theme
from .base import IconLabel, Text, column, repolish, row, sized
from .choices import FilterCombo, SegmentedChoice, Switch, Tick
from .date_field import DateField, parse_date
from .text_fields import Field, SearchField

__all__ = [
    "DateField",
    "Field",
    "FilterCombo",
    "FormRow",
    "SearchField",
    "SegmentedChoice",
    "Switch",
    "Tick",
    "labelled",
    "parse_date",
]


class FormRow(QWidget):
    """Label above (or left of) a control, with a place for one sentence of trouble: ``FormRow("公司名称", field, required=True)``.

    ``set_error("早于启用期间 2019-03-01")`` shows it in red below with an icon, ``set_error(None)`` hides it.
    """

    def __init__(self, label: str, control: QWidget, *, required: bool = False, hint: str = "", left: bool = False,
                 label_width: float = 88) -> None:  # fmt: skip
        super().__init__()
        self.control = control
        self._star = Text("*", "bad")
        if not required:
            self._star.hide()
        is_large = control.property("form") == "large"
        self._label = head = sized(Text(label, "label" if is_large or left else "caption"), height=18)
        head.setBuddy(control)
        if not control.accessibleName():
            control.setAccessibleName(label)
        self._error = Text("", "bad", wrap=True)
        self._error_icon = IconLabel("error", "bad", 14)
        self._hint = Text(hint, "hint", wrap=True)
        if not hint:
            self._hint.hide()
        error_row = row(self._error_icon, self._error, spacing=6)
        error_row.setStretch(1, 1)
        below = column(control, self._hint, error_row, spacing=4)
        words = row(head, self._star, spacing=4)
        words.addStretch(1)
        if left:
            holder = sized(QWidget(), width=label_width)
            holder.setLayout(words)
            whole = row(holder, spacing=0, parent=self)
            whole.addLayout(below, 1)
            whole.setAlignment(holder, Qt.AlignmentFlag.AlignTop)
            words.setContentsMargins(0, theme.px(6), 0, 0)
        else:
            # A large field stands alone in its line; the small ones of a head lie close to their labels (look/03, look/09).
            column(words, below, spacing=4 if is_large else 0, parent=self)
        self.set_error(None)

    def set_error(self, sentence: str | None) -> None:
        """Show or hide the sentence; the control's edge turns red with it."""
        self._error.setText(sentence or "")
        self._error.setVisible(bool(sentence))
        self._error_icon.setVisible(bool(sentence))
        self.control.setProperty("tone", "bad" if sentence else "")
        repolish(self.control)

    def set_label(self, label: str) -> None:
        """Another name of what is asked for."""
        self._label.setText(label)

    def set_hint(self, hint: str) -> None:
        """Another sentence below the control."""
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))

    def error(self) -> str:
        """The sentence shown, empty when none."""
        return self._error.text()


def labelled(label: str, control: QWidget, *, spacing: int = 8) -> QWidget:
    """``匹配关系 [全部 v]``: label in front of a control in a filter row."""
    holder = QWidget()
    text = Text(label, "label")
    text.setBuddy(control)
    if not control.accessibleName():
        control.setAccessibleName(label)
    row(text, control, spacing=spacing, parent=holder)
    return holder
