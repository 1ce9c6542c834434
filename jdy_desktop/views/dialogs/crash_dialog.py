"""One calm window for what is our fault: the draft is kept, the report can be copied (style.md §8)."""

from __future__ import annotations

import platform
import traceback

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from jdy_desktop import __version__
from jdy_desktop.services.ali1688.redaction import redact
from jdy_desktop.views.widgets.base import Text, named, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame


def report_of(error: BaseException) -> str:
    """What helps us and names nobody: versions and the traceback, without tokens, signatures and phones."""
    trace = "".join(traceback.format_exception(error))
    return redact(f"jdy-desktop {__version__} · Python {platform.python_version()} · {platform.platform()}\n{trace}")


class CrashDialog(DialogFrame):
    def __init__(self, window: QWidget, error: BaseException) -> None:
        super().__init__(window, "程序遇到一个意外", width=640, name="crash_dialog")
        self._report = report_of(error)
        self.body.addWidget(Text("这一步没有做成，这是程序的错，不是操作的错。", "strong", wrap=True))
        self.body.addWidget(
            Text("已保存的数据都在，草稿已保存。可以继续工作；请把报告复制发给我们。", "label", wrap=True)
        )
        words = named(QPlainTextEdit(self._report), "crash_dialog.report", "报告")
        words.setReadOnly(True)
        self.body.addWidget(sized(words, height=200))
        copy = KeyButton("复制报告", icon="copy", name="crash_dialog.copy_button")
        self.add_button(copy, self._copy)
        go_on = KeyButton("继续工作", "cancel", kind="primary", name="crash_dialog.continue_button")
        self.add_button(go_on, self.accept, default=True)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
