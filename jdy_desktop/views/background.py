"""What goes on by itself while a book is open: the outbox, pay states, renewals, backups, badges and the status bar."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot

from jdy_desktop.models.states import AuthState, DownloadMode, DownloadRange
from jdy_desktop.services.errors import LinkError
from jdy_desktop.services.machine import backup, kept_backups
from jdy_desktop.services.machine.jobs import JobContext, Progress
from jdy_desktop.views.link_banners import LinkBanners
from jdy_desktop.views.widgets.words import age_words

if TYPE_CHECKING:
    from jdy_desktop.services.channel.pre_orders import Event, WorkReport
    from jdy_desktop.views.dialogs.closing_dialog import ClosingDialog
    from jdy_desktop.views.jobs import JobHandle
    from jdy_desktop.views.shell import Host

log = logging.getLogger(__name__)

#: setting of this PC: offers are read when the program is opened
READS_AT_START = "download.at_start"
OUTBOX_MS = 5_000
STATUS_MS = 30_000
BACKUP_MS = 30 * 60_000
#: setting of this PC, with the name of the book behind it: its last backup is still to be made
OWED = "backup.owed"
#: A backup that is made within it is not worth a window of its own.
QUICK_MS = 500
#: Rows wait this long for the search index after the last change: a download should not be slowed down by it.
INDEX_MS = 3_000
_INDEXED_AREAS = frozenset({"goods", "offers", "matches"})
_STATUS_AREAS = frozenset({"shops", "pre_orders", "matches", "offers", "settings", "account"})


@dataclass(frozen=True, slots=True)
class Overview:
    """What the frame shows at a glance."""

    valid_shops: int
    expired_shops: int
    expired_names: tuple[str, ...]
    shops_to_do: int
    unmatched: int
    waiting: int
    oldest_waiting: datetime | None
    failed: int
    newest_backup: datetime | None
    needs_elsewhere: bool
    channel_enabled: bool


class Background(QObject):
    """Owned by the program; `stop()` before the book is closed."""

    def __init__(self, program: Host, book: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._program = program
        self._book = book
        self._banners = LinkBanners(program, self.work)
        self._changed_since_backup = self._is_stopped = False
        self._copy: JobHandle | None = None
        self._timers = [
            self._timer(OUTBOX_MS, self.work),
            self._timer(STATUS_MS, self.look_round),
            self._timer(BACKUP_MS, self.back_up),
        ]
        self._working = False
        self._index_timer = self._timer(INDEX_MS, self.take_in)
        self._index_timer.setSingleShot(True)
        self._index_timer.start()
        program.runner.data_changed.connect(self._on_changed)
        self.look_round()

    def _timer(self, every_ms: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(every_ms)
        timer.timeout.connect(slot)
        return timer

    def start(self) -> None:
        """Begin talking to 1688; in practice this waits for the practice market."""
        for timer in self._timers:
            timer.start()
        self._renew()
        if self._program.settings.get(f"{OWED}.{self._book.name}") is not None:
            self._changed_since_backup = True
            self.back_up()
        if self._program.settings.flag(READS_AT_START):
            self.read_offers()
        self.work()

    def stop(self) -> None:
        """Nothing begins any more; the last backup is made, unless the clerk puts it off. Raises LocalError and its kin."""
        self._is_stopped = True
        for timer in (*self._timers, self._index_timer):
            timer.stop()
        is_copying = self._copy is not None and self._copy.is_running
        if (self._changed_since_backup or is_copying) and not self._program.runner.is_closed:
            self._last_backup()

    def _last_backup(self) -> None:
        """Of the day, behind one that runs. Nothing stands still: what takes longer than a moment is shown and can be put
        off until the book is opened again. Raises what kept it from being made."""
        refused: list[BaseException] = []
        dialogs: list[ClosingDialog] = []
        loop = QEventLoop()

        def ended() -> None:
            loop.quit()
            for dialog in dialogs:
                dialog.accept()

        def step(progress: Progress) -> None:
            for dialog in dialogs:
                dialog.show_progress(progress)

        def work(job: JobContext) -> None:
            if self._changed_since_backup:
                self._back_up_now(job)

        self._owe(True)
        handle = self._program.runner.submit(
            work, owner=self, lane="copy", on_done=lambda _none: self._owe(False), on_error=refused.append, on_end=ended,
            on_progress=step,
        )  # fmt: skip
        QTimer.singleShot(QUICK_MS, loop, loop.quit)
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        if handle.is_running and (window := self._program.window) is not None:
            from jdy_desktop.views.dialogs.closing_dialog import ClosingDialog

            dialogs.append(ClosingDialog(window))
            if not dialogs[0].ask():
                for one in (handle, self._copy):
                    if one is not None:
                        one.cancel()
                log.info("last backup put off until the next start")
        if refused:
            raise refused[0]

    def _owe(self, is_owed: bool) -> None:
        """Remembered on this PC, whatever becomes of the program: a backup that was not made is made at the next start."""
        key = f"{OWED}.{self._book.name}"
        if is_owed or self._program.settings.get(key) is not None:
            self._program.settings.set(key, "1" if is_owed else None)

    # ---- the outbox
    @Slot()
    def work(self) -> None:
        """Send, look up and poll what is due. One round at a time; the service knows what is due."""
        services = self._program.services
        if self._working or services is None or self._program.runner.is_closed:
            return
        self._working = True
        self._program.runner.submit(
            services.pre_orders.work,
            owner=self,
            lane="net",
            on_done=self._on_worked,
            on_error=self._on_work_failed,
            on_end=self._on_work_ended,
        )

    def _on_work_ended(self) -> None:
        self._working = False

    def _on_worked(self, report: WorkReport) -> None:
        self._banners.set_offline(report.is_offline)
        for paid in report.paid:
            words = f"{paid.sale_number} · {paid.customer} · ¥{paid.amount:.2f}"
            self._program.notice("ok", "已支付", words, link="查看", on_link=self._goto(paid))
        for failed in report.failed:
            words = f"{failed.sale_number} · {failed.log}"
            self._program.notice("bad", "预订单没有上传", words, link="去处理", on_link=self._goto(failed))

    def _goto(self, event: Event) -> Callable[[], None]:
        def go() -> None:
            self._program.open_page("pre_orders", pre_order_id=event.pre_order_id)

        return go

    def _on_work_failed(self, error: BaseException) -> None:
        # Keys not entered yet, or no network: the rows wait, the status bar tells; no dialog every five seconds.
        self._banners.set_offline(isinstance(error, LinkError))
        log.info("outbox round not done: %s", error)

    def _renew(self) -> None:
        services = self._program.ready
        self._program.runner.submit(
            services.shops.renew_due, owner=self, lane="net", on_done=lambda _n: None, on_error=self._on_work_failed
        )

    @Slot()
    def read_offers(self) -> None:
        """Online stock, minimum and what else 1688 says of the offers, shop after shop; goods and prices stay."""
        from jdy_desktop.services.channel.downloads import DownloadRequest

        services = self._program.ready

        def read(job: JobContext) -> None:
            for shop in services.shops.rows():
                if shop.auth_state is AuthState.VALID:
                    services.downloads.run(job, DownloadRequest(shop.id, DownloadMode.INFO_ONLY, DownloadRange.ALL))

        self._program.runner.submit(
            read, owner=self, lane="net", on_done=lambda _none: None,
            on_error=lambda error: log.info("offers not read at the start: %s", error),
        )  # fmt: skip

    # ---- what the frame shows
    @Slot(object)
    def _on_changed(self, areas: frozenset[str]) -> None:
        self._changed_since_backup = True
        if self._is_stopped:  # told during the last backup: a timer begun now would ask a runner that is gone
            return
        if "pre_orders" in areas and not self._working:
            QTimer.singleShot(0, self, self.work)
        if areas & _STATUS_AREAS:
            self.look_round()
        if areas & _INDEXED_AREAS:
            self._index_timer.start()

    @Slot()
    def take_in(self) -> None:
        """What changed comes into the search index. Without it searching is slower, not wrong: a failure is only logged."""
        services = self._program.services
        if services is None:
            return
        self._program.runner.submit(
            services.search_index.refresh,
            owner=self,
            lane="net",
            key="index",
            on_done=lambda _rows: None,
            on_error=lambda error: log.warning("search index not refreshed: %s", error),
        )

    @Slot()
    def look_round(self) -> None:
        """Count what badges and the status bar show."""
        self._program.runner.submit(
            lambda _job: self._overview(), owner=self, key="overview", on_done=self._show, on_error=lambda _e: None
        )

    def _overview(self) -> Overview:
        from jdy_desktop.services.queries.matches import MatchFilter

        services = self._program.ready
        shops = services.shops.rows()
        outbox = services.pre_orders.waiting()
        made = kept_backups.kept_backups(self._program.folders.backups, self._book)
        elsewhere = kept_backups.last_elsewhere(self._program.settings, self._book)
        info = services.account_sets.info()
        valid = [s for s in shops if s.auth_state is AuthState.VALID]
        return Overview(
            valid_shops=len(valid),
            expired_shops=len(shops) - len(valid),
            expired_names=tuple(s.name for s in shops if s.auth_state is AuthState.EXPIRED),
            shops_to_do=sum(1 for s in shops if not s.market or s.auth_state is not AuthState.VALID),
            unmatched=services.match_list.counts(MatchFilter())[1],
            waiting=outbox.count,
            oldest_waiting=outbox.oldest_at,
            failed=outbox.failed,
            newest_backup=made[0].made_at if made else None,
            needs_elsewhere=not info.is_practice
            and kept_backups.needs_elsewhere(made, elsewhere, self._program.ctx.clock.now()),
            channel_enabled=info.channel_enabled,
        )

    def _show(self, seen: Overview) -> None:
        window = self._program.window
        if window is None:
            return
        window.set_module_visible(seen.channel_enabled)
        self._banners.show_waiting(seen.waiting)
        self._banners.show_expired(seen.expired_names if seen.channel_enabled else ())
        window.set_badge("shops", seen.shops_to_do, "warn")
        window.set_badge("match", seen.unmatched, "warn")
        window.set_badge("pre_orders", seen.failed, "bad")
        now = self._program.ctx.clock.now()
        if seen.channel_enabled:
            expired = f" · {seen.expired_shops} 个已失效" if seen.expired_shops else ""
            window.set_status("shops", f"店铺 {seen.valid_shops} 个有效{expired}", "bad" if expired else "ok")
            age = f"，最早 {age_words(seen.oldest_waiting, now)}" if seen.oldest_waiting else ""
            late = bool(seen.oldest_waiting) and self._banners.is_offline
            window.set_status("outbox", f"待上传 {seen.waiting}{age}", "bad" if late else "ok")
        else:
            window.set_status("shops", "")
            window.set_status("outbox", "")
        made = f"备份 {age_words(seen.newest_backup, now)}" if seen.newest_backup else "还没有备份"
        if seen.needs_elsewhere:
            made += "，都在这块硬盘上"
        window.set_status("backup", made, "ok" if seen.newest_backup and not seen.needs_elsewhere else "warn")

    # ---- backups
    @Slot()
    def back_up(self) -> None:
        """Every half hour when something changed (reliability §6.7)."""
        if not self._changed_since_backup:
            return
        self._changed_since_backup = False
        self._copy = self._program.runner.submit(
            self._back_up_now, owner=self, lane="copy", on_done=self._on_backed_up, on_error=self._on_backup_failed
        )

    def _on_backed_up(self, _none: None) -> None:
        if not self._changed_since_backup:
            self._owe(False)
        self.look_round()

    def _on_backup_failed(self, error: BaseException) -> None:
        self._changed_since_backup = True  # the next half hour tries again
        self._program.tell_error(error)

    def _back_up_now(self, job: JobContext) -> None:
        backup.back_up_now(self._book, self._program.folders.backups, self._program.ctx, job)
        kept_backups.thin(self._program.folders.backups, self._book)
