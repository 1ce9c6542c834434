"""Cards of the settings page: a title, lines with an explanation left and a control right."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from .base import STRETCH, Rule, Surface, Text, column, row


class SettingCard(QWidget):
    """`SettingCard("连接", [("网关地址", "一般不用改。", field), …])`; `explanation(i)` may be changed later."""

    def __init__(self, title: str, lines: list[tuple[str, str, QWidget]]) -> None:
        super().__init__()
        self._words: list[Text] = []
        card = Surface("card", width=760)
        layout = column(spacing=0, margins=(20, 4, 20, 4), parent=card)
        for index, (name, explanation, control) in enumerate(lines):
            if index:
                layout.addWidget(Rule())
            words = Text(explanation, "hint", wrap=True)
            self._words.append(words)
            if not control.accessibleName():
                control.setAccessibleName(name)
            left = column(Text(name, "strong" if index == 0 else "body"), words, spacing=2)
            line = row(left, 16, control, margins=(0, 10, 0, 10))
            line.setStretch(0, 1)
            layout.addLayout(line)
        column(Text(title, "section"), row(card, STRETCH), spacing=8, parent=self)

    def explanation(self, index: int) -> Text:
        """The words below a line's name."""
        return self._words[index]
