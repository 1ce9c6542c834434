"""The frame of 商品类别, 计量单位 and 辅助属性管理: each change is stored at once, what is refused is told above the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget

from jdy_desktop.services.errors import JdyError
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow
from jdy_desktop.views.widgets.fields import Field

T = TypeVar("T")


class UpkeepDialog(DialogFrame):
    """`read` is asked on a worker after every change; its answer goes to `show_all`. Subclasses fill the body."""

    def __init__(self, window: QWidget, runner: JobRunner, title: str, read: Callable[[], Any], *, name: str,
                 width: int = 640, height: int = 560) -> None:  # fmt: skip
        super().__init__(window, title, width=width, height=height, padding=20, name=name)
        self._runner, self._read = runner, read
        self.note = NoteRow("bad", "")
        self.note.hide()
        self.add_button(KeyButton("关闭", "cancel", name=f"{name}.done_button"), self.reject)

    def show_all(self, answer: Any) -> None:
        """Show what the book holds now."""
        raise AssertionError("to be answered by the dialog")

    def reload(self) -> None:
        """Read again."""
        self._runner.submit(
            lambda _job: self._read(), owner=self, key="read", on_done=self.show_all, on_error=self._on_error
        )

    def do(self, work: Callable[[], T], done: Callable[[T], object] = lambda _answer: None) -> None:
        """One change: stored, then everything is read again."""
        self.note.hide()

        def job(_ctx: Any) -> tuple[T, Any]:
            return work(), self._read()

        def told(answer: tuple[T, Any]) -> None:
            self.show_all(answer[1])
            done(answer[0])

        self._runner.submit(job, owner=self, on_done=told, on_error=self._on_error)

    def _on_error(self, error: BaseException) -> None:
        if isinstance(error, JdyError):
            self.tell("bad", sentence(error))
            self.reload_quietly()

    def reload_quietly(self) -> None:
        """A cell that was typed into shows the stored word again."""
        self._runner.submit(
            lambda _job: self._read(), owner=self, key="read", on_done=self.show_all, on_error=lambda _error: None
        )

    def tell(self, tone: str, words: str) -> None:
        """One sentence above the list."""
        self.note.set_note(tone, words)
        self.note.show()


def enter_presses(field: Field, button: KeyButton) -> None:
    """Enter in the field does what the button beside it does; the dialog does not hear it."""
    field.returnPressed.connect(button.click)
