"""填入示例业务 with its progress under the tabs: it goes on whichever page is in front, and stops between two days."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject, Signal

from jdy_desktop.services.channel.practice_month import PracticeReport
from jdy_desktop.services.machine.jobs import Progress
from jdy_desktop.views.jobs import JobHandle
from jdy_desktop.views.shell import Host
from jdy_desktop.views.widgets.feedback import ProgressBand

_NAME = "practice_fill"


def practice_fill(program: Host) -> PracticeFill:
    """The one of the window."""
    window = program.window
    assert window is not None
    found = window.findChild(PracticeFill, _NAME)
    return found if isinstance(found, PracticeFill) else PracticeFill(program)


class PracticeFill(QObject):
    changed = Signal()

    def __init__(self, program: Host) -> None:
        window = program.window
        assert window is not None
        super().__init__(window)
        self.setObjectName(_NAME)
        self._program = program
        self._handle: JobHandle | None = None
        self._band = ProgressBand(icon="goods", name="practice_band")
        self._band.cancelled.connect(self._cancel)
        window.add_band(self._band)

    @property
    def is_running(self) -> bool:
        return self._handle is not None

    def start(self) -> None:
        """Write what is missing of the month; nothing when it is being written already."""
        if self.is_running:
            return
        month = self._program.ready.practice_month
        self._band.begin("正在填入示例业务", unit="天")
        self._handle = self._program.runner.submit(
            month.fill,
            owner=self,
            lane="net",
            on_done=self._done,
            on_error=self._program.tell_error,
            on_progress=self._step,
            on_end=self._end,
        )
        self.changed.emit()

    def _step(self, progress: Progress) -> None:
        self._band.step(progress.done, progress.total)

    def _cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._program.toast("已停下，填好的几天都在；到“设置—账套”里可以接着填。")

    def _done(self, report: PracticeReport) -> None:
        self._program.notice(
            "ok", "示例业务已填好", f"{report.documents} 张单据，到 {report.last.isoformat()} 为止。", link="看那一天的日报",
            on_link=lambda: self._show_report(report.last),
        )  # fmt: skip

    def _show_report(self, day: date) -> None:
        self._program.open_page("reports", kind="day", day=day)

    def _end(self) -> None:
        self._handle = None
        self._band.finish()
        if self._program.services is not None and self._program.window is not None:
            start = self._program.ready.account_sets.info().start_date
            self._program.window.set_status("period", f"启用期间 {start.isoformat()}")
        self.changed.emit()
