"""Cards of the settings page: a title, lines with an explanation left and a control right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.search import has_all_words, search_key
from .base import STRETCH, Rule, Surface, Text, column, row

#: name, what it changes, the control
Line = tuple[str, str, QWidget]


class SettingCard(QWidget):
    """`SettingCard("连接", [("网关地址", "一般不用改。", field), …])`; `explanation(i)` may be changed later."""

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title = title
        self._words: list[Text] = []
        self._lines: list[tuple[str, QWidget, Rule]] = []
        card = Surface("card", width=760)
        layout = column(spacing=0, margins=(20, 4, 20, 4), parent=card)
        for index, (name, explanation, control) in enumerate(lines):
            words = Text(explanation, "hint", wrap=True)
            self._words.append(words)
            if not control.accessibleName():
                control.setAccessibleName(name)
            left = column(Text(name, "strong" if index == 0 else "body"), words, spacing=2)
            line, rule = QWidget(), Rule()
            row(left, 16, control, margins=(0, 10, 0, 10), parent=line).setStretch(0, 1)
            layout.addWidget(rule)
            layout.addWidget(line)
            if not index:
                rule.hide()
            self._lines.append((name, line, rule))
        column(Text(title, "section"), row(card, STRETCH), spacing=8, parent=self)

    def explanation(self, index: int) -> Text:
        """The words below a line's name."""
        return self._words[index]

    def filter(self, words: Sequence[str], *, section: str = "") -> bool:
        """Keep the lines that have all folded `words`, pinyin initials too; a word of the title or of its section keeps
        all. Whether any line is left."""
        heads = search_key(f"{section} {self._title}")
        left = tuple(word for word in words if word not in heads)
        is_first = True
        for (name, line, rule), said in zip(self._lines, self._words, strict=True):
            fits = has_all_words(left, f"{search_key(name)}\n{search_key(said.text())}")
            line.setVisible(fits)
            rule.setVisible(fits and not is_first)
            is_first = is_first and not fits
        self.setVisible(not is_first)
        return not is_first
