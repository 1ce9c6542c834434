"""正在备份: what the clerk sees while the last backup of a big book is made, and the way out of it."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from jdy_desktop.services.machine.jobs import Progress
from jdy_desktop.views.widgets.base import Text, named
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame


class ClosingDialog(DialogFrame):
    """`accepted`: it was made; `rejected`: 稍后 was pressed, it is made when the book is opened again."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "正在备份", width=480, name="closing_dialog")
        words = "单据都已经存好。正在做今天的备份，做完自动关闭；赶时间就点“稍后”，下次打开时再备份。"
        self.body.addWidget(Text(words, "body", wrap=True))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        named(self._bar, "closing_dialog.bar", "备份进度")
        self.body.addWidget(self._bar)
        self.add_button(KeyButton("稍后", "cancel", name="closing_dialog.later_button"), self.reject, default=True)

    def show_progress(self, progress: Progress) -> None:
        """Bytes written of those to be written, about."""
        self._bar.setRange(0, 100)
        self._bar.setValue(int(100 * progress.done / max(progress.total, 1)))
