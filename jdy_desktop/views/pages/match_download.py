"""Downloads that run beside the window: one after the other, told by the band of the page and at the end by the shell."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from jdy_desktop.services.channel.downloads import DownloadRequest, Downloads
from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.machine.jobs import Progress
from jdy_desktop.views.jobs import JobHandle, JobRunner
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.texts import sentence

NAME = "download_watch"


@dataclass(frozen=True, slots=True)
class Task:
    """One download as asked for; `resume_id`: the unfinished run it goes on with."""

    shop_name: str
    request: DownloadRequest
    resume_id: int | None = None


class DownloadWatch(QObject):
    """Lives as long as the runner, so that closing the tab 商品匹配 neither stops a download nor loses its result.

    `began(Task)`, `moved(Progress)`, `done(Task, DownloadReport)`, `stopped(Task, offers)` after 取消 or an error, `ended()`."""

    began = Signal(object)
    moved = Signal(object)
    done = Signal(object, object)
    stopped = Signal(object, int)
    ended = Signal()

    def __init__(self, runner: JobRunner, shell: Shell, downloads: Downloads) -> None:
        super().__init__(runner)
        self.setObjectName(NAME)
        self._runner, self._shell, self._downloads = runner, shell, downloads
        self._waiting: deque[Task] = deque()
        self._handle: JobHandle | None = None
        self.task: Task | None = None
        self.progress = Progress(0, 0)

    @classmethod
    def of(cls, runner: JobRunner, shell: Shell, downloads: Downloads) -> DownloadWatch:
        """The watch of this window; made when first asked for."""
        found = runner.findChild(QObject, NAME)
        return found if isinstance(found, cls) else cls(runner, shell, downloads)

    @property
    def waiting(self) -> int:
        """How many downloads stand in line behind the one that runs."""
        return len(self._waiting)

    def start(self, task: Task) -> None:
        """Begin, or stand in line while another download runs."""
        self._waiting.append(task)
        if self.task is None:
            self._next()

    @Slot()
    def cancel(self) -> None:
        """取消: what was downloaded stays, the rest can be gone on with."""
        if self._handle is not None:
            self._handle.cancel()

    def _next(self) -> None:
        if not self._waiting:
            self.task = None
            self.ended.emit()
            return
        task = self._waiting.popleft()
        self.task, self.progress = task, Progress(0, 0)
        outcome: list[Callable[[], None]] = []
        self.began.emit(task)

        def end() -> None:
            tell = outcome[0] if outcome else lambda: self._on_cancelled(task)
            self.task = None
            tell()
            self._next()

        self._handle = self._runner.submit(
            lambda job: self._downloads.run(job, task.request, task.resume_id),
            owner=self,
            lane="net",
            on_done=lambda report: outcome.append(lambda: self.done.emit(task, report)),
            on_error=lambda error: outcome.append(lambda: self._on_error(task, error)),
            on_progress=self._on_progress,
            on_end=end,
        )

    def _on_progress(self, progress: Progress) -> None:
        self.progress = progress
        self.moved.emit(progress)

    def _on_cancelled(self, task: Task) -> None:
        self._shell.notice(
            "info",
            "下载已停下",
            f"{task.shop_name}：已下载的 {self.progress.done} 个宝贝都在。要接着下载，点“下载”里的“接着上次下载”。",
        )
        self.stopped.emit(task, self.progress.done)

    def _on_error(self, task: Task, error: BaseException) -> None:
        words = sentence(error) if isinstance(error, JdyError) else ""
        self._shell.notice(
            "bad", f"{task.shop_name}：下载没有做完", f"{words}已下载的 {self.progress.done} 个宝贝都在，可以接着下载。"
        )
        self.stopped.emit(task, self.progress.done)
