"""Runs jobs beside the window: the clerk's saves on ``desk``, talk with 1688 on ``net`` (style.md §4), copies of the book on
``copy``: those keep the disk busy for seconds, so no save waits behind one, and none waits for a download to end.

``runner.submit(job, owner=self, on_done=self._on_rows, lane="net", key="search")``. ``job(ctx)`` runs on a worker thread;
every handler runs on the main thread, in the order the jobs ended, unless the owner widget is gone or a newer job with the
same owner and key was submitted. The runner owns the only signal workers touch.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from jdy_desktop.services.errors import JdyError, JobCancelled
from jdy_desktop.services.machine import courtesy
from jdy_desktop.services.machine.jobs import JobContext, Progress

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_log = logging.getLogger(__name__)
T = TypeVar("T")
Lane = Literal["desk", "net", "copy"]
_THREADS: dict[Lane, int] = {"desk": 1, "net": 3, "copy": 1}
BUDGET_S = 0.05  # longest time spent in handlers before the event loop gets its turn
PROGRESS_S = 0.1
_LAST_WAIT_S = 2.0
CHANGED_S = 0.5  # a download changes the book many times a second; painting every list as often would hold up the clerk


class _Sink:
    """Called by the worker; lets at most one progress per 0.1 s through, whatever the job does."""

    def __init__(self, post: Callable[[int, str, Any], None], job_id: int) -> None:
        self._post, self._job_id, self._next = post, job_id, 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + PROGRESS_S
            self._post(self._job_id, "progress", progress)


class _Job(NamedTuple):
    id: int
    lane: Lane
    ctx: JobContext
    owner: QObject | None
    has_owner: bool
    slot: tuple[int, str] | None
    on_done: Callable[[Any], None]
    on_error: Callable[[BaseException], None] | None
    on_progress: Callable[[Progress], None] | None
    on_end: Callable[[], None] | None


class JobHandle:
    """What the page keeps: ``handle.cancel()`` asks the job to stop at its next step, ``handle.is_running``."""

    def __init__(self, runner: JobRunner, job_id: int, ctx: JobContext) -> None:
        self._runner, self._id, self._ctx = runner, job_id, ctx

    def cancel(self) -> None:
        """Ask the job to stop; its on_end still runs, on_done and on_error do not, unless it had ended by then: what a job has
        written is told."""
        self._ctx.cancel()

    @property
    def is_running(self) -> bool:
        """Whether the outcome has not been handled yet."""
        return self._runner.has(self._id)


class JobRunner(QObject):
    """The one runner of a window; see the module docstring.

    ``data_changed(frozenset[str])`` tells lists which areas of the book changed; ``announce`` may be called from any thread
    (the database calls it after each commit). The first change is told at once, those that follow within half a second
    together at its end.
    """

    data_changed = Signal(object)
    busy_changed = Signal(int)
    _wake = Signal()

    def __init__(
        self, parent: QObject | None = None, *, crash_handler: Callable[[BaseException], None] | None = None
    ) -> None:
        super().__init__(parent)
        self._crash_handler = crash_handler or _log_crash
        self._numbers = itertools.count(1)
        self._live: dict[int, _Job] = {}
        self._newest: dict[tuple[int, str], int] = {}
        self._inbox: deque[tuple[int, str, Any]] = deque()
        self._changed: set[str] = set()
        self._next_change = 0.0
        self._change_timer = QTimer(self)
        self._change_timer.setSingleShot(True)
        self._change_timer.timeout.connect(self._tell_changes)
        self._lock = threading.Lock()
        self._awake = False
        self._closed = False
        self._pools: dict[Lane, ThreadPoolExecutor] = {}
        self._futures: dict[int, Future[None]] = {}
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._heart = QTimer(self)
        self._heart.setTimerType(Qt.TimerType.PreciseTimer)
        self._heart.setInterval(int(courtesy.BEAT_S * 1000))
        self._heart.timeout.connect(courtesy.beat)

    def submit(
        self,
        job: Callable[[JobContext], T],
        *,
        owner: QObject | None,
        on_done: Callable[[T], None],
        lane: Lane = "desk",
        on_error: Callable[[BaseException], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        on_end: Callable[[], None] | None = None,
        key: str | None = None,
    ) -> JobHandle:
        """Start ``job`` and return at once.

        ``on_error`` gets a JdyError; without it, and for anything that is not a JdyError, the crash handler is told.
        ``on_end`` always runs last (also after 取消): give buttons free there. A newer job with the same ``owner`` and ``key``
        cancels this one and its answer is dropped: for searches, never for writes. RuntimeError after shutdown.
        """
        if self._closed:
            raise RuntimeError("job runner is closed")
        job_id = next(self._numbers)
        ctx = JobContext(_Sink(self._post, job_id))
        slot = (id(owner), key) if key is not None else None
        entry = _Job(job_id, lane, ctx, owner, owner is not None, slot, on_done, on_error, on_progress, on_end)
        if slot is not None:
            older = self._live.get(self._newest.get(slot, -1))
            if older is not None:
                older.ctx.cancel()
            self._newest[slot] = job_id
        self._live[job_id] = entry
        if lane != "desk" and not self._heart.isActive():
            courtesy.beat()
            self._heart.start()
        self.busy_changed.emit(len(self._live))
        self._futures[job_id] = self._pool(lane).submit(self._run, job_id, job, ctx)
        return JobHandle(self, job_id, ctx)

    def _pool(self, lane: Lane) -> ThreadPoolExecutor:
        """Made for the first job: the window is painted before there is one."""
        from concurrent.futures import ThreadPoolExecutor

        if lane not in self._pools:
            begin = courtesy.join_background if lane != "desk" else None
            self._pools[lane] = ThreadPoolExecutor(_THREADS[lane], lane, initializer=begin)
        return self._pools[lane]

    def has(self, job_id: int) -> bool:
        """Whether the job's outcome is still to come."""
        return job_id in self._live

    @property
    def running(self) -> int:
        """Number of jobs whose outcome has not been handled."""
        return len(self._live)

    def announce(self, areas: frozenset[str]) -> None:
        """Tell every open list, on the main thread, that these areas changed. Any thread."""
        self._post(0, "changed", areas)

    @property
    def is_closed(self) -> bool:
        """Whether the program is ending: nothing is submitted any more."""
        return self._closed

    def shutdown(self, timeout_s: float = 5.0) -> bool:
        """Wait for the clerk's own work, cancel the rest, and drop what still arrives. False when a job did not stop in time.

        A save that was pressed just before the window closed is not lost, nor is a copy: what waits there is worked off, except
        searches (jobs with a key), whose answers nobody would see."""
        from concurrent.futures import wait

        self._closed = True
        self._rest_heart()
        jobs = list(self._live.values())
        for job in jobs:
            if job.lane == "net" or job.slot is not None:
                job.ctx.cancel()
        if "net" in self._pools:
            self._pools["net"].shutdown(wait=False, cancel_futures=True)
        for lane in ("desk", "copy"):
            if lane in self._pools:
                self._pools[lane].shutdown(wait=False)
        futures = [self._futures[job.id] for job in jobs]
        pending = wait(futures, timeout_s).not_done
        if pending:
            for job in jobs:
                job.ctx.cancel()
            for pool in self._pools.values():
                pool.shutdown(wait=False, cancel_futures=True)
            pending = wait(futures, _LAST_WAIT_S).not_done
        self._live.clear()
        self._futures.clear()
        self._inbox.clear()
        return not pending

    # ---- worker side
    def _run(self, job_id: int, job: Callable[[JobContext], Any], ctx: JobContext) -> None:
        try:
            if ctx.is_cancelled:
                raise JobCancelled
            result = job(ctx)
        except BaseException as error:  # the runner is the edge; the main thread decides what it means
            self._post(job_id, "error", error)
        else:
            self._post(job_id, "done", result)

    def _post(self, job_id: int, kind: str, value: Any) -> None:
        if self._closed:
            return
        with self._lock:
            self._inbox.append((job_id, kind, value))
            wake, self._awake = not self._awake, True
        if not wake:  # one waking at a time: a queue of them would be worked off in one go, past the budget
            return
        try:
            self._wake.emit()
        except RuntimeError:  # the window went while a worker was about to speak
            self._inbox.clear()

    # ---- main thread
    @Slot()
    def _drain(self) -> None:
        with courtesy.window_works():
            self._work_off()

    def _work_off(self) -> None:
        until = time.monotonic() + BUDGET_S
        with self._lock:
            # From here on a post wakes us again: a handler may wait in a dialog of its own, with its own event loop.
            self._awake = False
        while self._inbox and not self._closed:
            job_id, kind, value = self._inbox.popleft()
            if kind == "changed":
                self._changed |= value
            else:
                self._guarded(lambda j=job_id, k=kind, v=value: self._handle(j, k, v))  # type: ignore[misc]
            if time.monotonic() >= until:
                break
        self._tell_changes()
        with self._lock:
            again = bool(self._inbox) and not self._awake
            self._awake = self._awake or again
        if again and not self._closed:
            QTimer.singleShot(0, self, self._drain)

    @Slot()
    def _tell_changes(self) -> None:
        if not self._changed or self._closed:
            return
        wait_s = self._next_change - time.monotonic()
        if wait_s > 0:
            if not self._change_timer.isActive():
                self._change_timer.start(int(wait_s * 1000) + 1)
            return
        self._next_change = time.monotonic() + CHANGED_S
        areas, self._changed = frozenset(self._changed), set()
        self.data_changed.emit(areas)

    def _handle(self, job_id: int, kind: str, value: Any) -> None:
        job = self._live.get(job_id)
        if job is None:
            return
        wanted = self._is_wanted(job)
        if kind == "progress":
            if wanted and job.on_progress is not None and not job.ctx.is_cancelled:
                job.on_progress(value)
            return
        del self._live[job_id], self._futures[job_id]
        if job.slot is not None and self._newest.get(job.slot) == job_id:
            del self._newest[job.slot]
        if self._heart.isActive() and all(one.lane == "desk" for one in self._live.values()):
            self._rest_heart()
        self.busy_changed.emit(len(self._live))
        if kind == "error" and not isinstance(value, JobCancelled):
            self._handle_error(job, value, wanted)
        elif kind == "done" and wanted:
            self._guarded(lambda: job.on_done(value))
        if job.on_end is not None and (not job.has_owner or isValid(job.owner)):
            self._guarded(job.on_end)

    def _rest_heart(self) -> None:
        self._heart.stop()
        courtesy.stop_beating()

    def _handle_error(self, job: _Job, error: BaseException, wanted: bool) -> None:
        expected = isinstance(error, JdyError)
        if not expected or job.on_error is None:
            if not expected or wanted:
                self._crash_handler(error)
        elif wanted:
            on_error = job.on_error
            self._guarded(lambda: on_error(error))

    def _is_wanted(self, job: _Job) -> bool:
        if job.has_owner and not isValid(job.owner):
            return False
        return job.slot is None or self._newest.get(job.slot) == job.id

    def _guarded(self, call: Callable[[], None]) -> None:
        """A handler that fails is our bug; it must not stop the answers behind it."""
        try:
            call()
        except Exception as error:
            self._crash_handler(error)


def _log_crash(error: BaseException) -> None:
    _log.error("unexpected error in a job", exc_info=error)
