"""How long the real window stands still while offers come in: gaps between the beats of a 5 ms timer.

`python -m tests.bench.measure_window --offers 2000`. A gap of 50 ms is felt while typing.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import figures
from tests.bench.start_window import make_folder

TARGET_S = 0.05
BEAT_MS = 5


def main() -> None:
    options = figures.arguments(__doc__ or "", offers=2000, seconds=3)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "tests.support.memory_keyring.MemoryKeyring"
    figures.machine()
    with tempfile.TemporaryDirectory(prefix="jdy-bench-", ignore_cleanup_errors=True) as place:
        make_folder(Path(place))
        measure(Path(place), options.offers, options.seconds)


def measure(folder: Path, offers: int, idle_s: int) -> None:
    from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

    from jdy_desktop.app import make_program
    from jdy_desktop.models.states import DownloadMode, DownloadRange
    from jdy_desktop.services.channel.downloads import DownloadRequest
    from jdy_desktop.services.machine.context import Context
    from jdy_desktop.services.machine.folders import Folders
    from jdy_desktop.services.machine.jobs import JobContext, Progress
    from jdy_desktop.views import theme

    application = theme.make_application(sys.argv[0])
    program = make_program(Folders(folder), Context(operator="王姐"))
    loop = QEventLoop()
    program.book_opened.connect(loop.quit)
    program.start()
    loop.exec()
    services = program.ready
    gaps: list[float] = []
    own: list[float] = []
    unkept: list[float] = []
    last = [time.perf_counter(), time.thread_time(), _kept_waiting_s()]

    def beat() -> None:
        now, used, waited = time.perf_counter(), time.thread_time(), _kept_waiting_s()
        gaps.append(now - last[0] - BEAT_MS / 1000)
        own.append(used - last[1])
        unkept.append(max(0.0, gaps[-1] - (waited - last[2])))
        last[:] = now, used, waited

    heart = QTimer(application)
    heart.setTimerType(Qt.TimerType.PreciseTimer)
    heart.timeout.connect(beat)

    def count(what: str) -> None:
        figures.tell(what, gaps, TARGET_S)
        late = [gap for gap in gaps if gap > TARGET_S]
        if late:
            print(f"  {len(late)} pauses over {TARGET_S * 1e3:.0f} ms, together {sum(late):.2f} s")
        figures.tell("  without waiting for a core", unkept, TARGET_S)
        figures.tell("  of that: computing time of the window itself", own)
        for figure in (gaps, own, unkept):
            figure.clear()

    with figures.market_process(program.settings, offers) as market:
        shop_id = market.authorize(services)
        program.open_page("match")
        QTimer.singleShot(1000, loop.quit)
        loop.exec()
        last[:] = time.perf_counter(), time.thread_time(), _kept_waiting_s()
        heart.start(BEAT_MS)
        QTimer.singleShot(idle_s * 1000, loop.quit)
        loop.exec()
        count("list of matches open, nothing happens")
        for mode in (DownloadMode.INFO_ONLY, DownloadMode.CREATE):
            request = DownloadRequest(shop_id, mode, DownloadRange.ALL)
            seen: list[Progress] = []
            begin = time.perf_counter()

            def job(ctx: JobContext, request: DownloadRequest = request) -> object:
                return services.downloads.run(ctx, request)

            owner = QObject()
            program.runner.submit(
                job, owner=owner, lane="net", on_done=lambda _: None, on_progress=seen.append, on_end=loop.quit
            )
            loop.exec()
            count(f"while offers come in ({mode.value}, {time.perf_counter() - begin:.1f} s)")
        heart.stop()
        program.close()
    os._exit(0)


def _kept_waiting_s() -> float:
    """How long this thread could have run while all cores were taken: by our workers, or on a shared machine by others.

    0 where Linux does not tell it."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


if __name__ == "__main__":
    main()
