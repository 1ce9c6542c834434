"""设置—备份: one now, one on a stick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from jdy_desktop.services.errors import LocalError
from jdy_desktop.services.machine import backup
from jdy_desktop.services.machine.backup import BackupFile
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.kept_backups import last_elsewhere, note_elsewhere
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.base import column
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.setting_card import SettingCard
from jdy_desktop.views.widgets.words import age_words


class BackupCards(QWidget):
    """Every backup is opened and checked before the clerk is told of it (reliability §6.7)."""

    def __init__(
        self,
        book: Path | None,
        folders: Folders,
        settings: LocalSettings,
        ctx: Context,
        *,
        runner: JobRunner,
        shell: Shell,
    ) -> None:
        super().__init__()
        self._book, self._folders, self._settings, self._ctx = book, folders, settings, ctx
        self._runner, self._shell = runner, shell
        now = KeyButton("立即备份", icon="backup", name="settings_page.backup_button")
        now.clicked.connect(self._back_up_now)
        other = KeyButton("备份到…", icon="export", name="settings_page.backup_to_button")
        other.clicked.connect(self._back_up_to)
        card = SettingCard(
            "备份",
            [
                (
                    "自动备份",
                    "有改动时每半小时一次，关程序时再一次；每份都打开检查过。"
                    "两天内的都留着，再往前每天、每周、每月各留一份，一年以前的删掉",
                    now,
                ),
                ("备份到别处", f"U 盘或另一个硬盘，{self._last_elsewhere()}；备份里的授权在别的电脑上不能用", other),
            ],
        )
        column(card, spacing=0, parent=self)

    def _last_elsewhere(self) -> str:
        last = last_elsewhere(self._settings, self._book) if self._book else None
        return f"上次 {age_words(last, self._ctx.clock.now())}" if last else "还没有做过"

    @Slot()
    def _back_up_now(self) -> None:
        book, ctx = self._book, self._ctx
        if book is not None:
            self._make(
                lambda: backup.back_up_now(book, self._folders.backups, ctx),
                lambda made: f"已备份到 {made.path.name}，打开检查过。",
            )

    @Slot()
    def _back_up_to(self) -> None:
        book = self._book
        chosen, _ = QFileDialog.getSaveFileName(self, "备份到", f"{book.stem if book else '账套'}.jdy", "备份 (*.jdy)")
        if not chosen or book is None:
            return
        if Path(chosen).resolve() == book.resolve():
            self._shell.tell_error(LocalError("backup_onto_book", path=book.name))
            return
        self._make(
            lambda: self._elsewhere(book, Path(chosen)),
            lambda made: f"已备份到 {made.path}，打开检查过。",
        )

    def _elsewhere(self, book: Path, target: Path) -> BackupFile:
        made = backup.back_up_elsewhere(book, target, self._ctx)
        note_elsewhere(self._settings, book, made.made_at)
        return made

    def _make(self, work: Callable[[], BackupFile], words: Callable[[BackupFile], str]) -> None:
        self._runner.submit(
            lambda _job: work(),
            owner=self,
            lane="copy",
            on_done=lambda made: self._shell.toast(words(made)),
            on_error=self._shell.tell_error,
        )
