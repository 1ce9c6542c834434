"""设置—账套 of a practice book: a month of trade to practise with, and throwing it away. A real book has no such card."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.channel.practice_month import PracticeMonth, PracticeState
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.practice_fill import PracticeFill
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.base import column
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.setting_card import SettingCard

_OFFER = "一家店铺、三十多个商品、几家供应商，每天八到二十张销货单，一直到昨天；每次填的都一样"
_WHY = {
    "practice_not_empty": "这个练习账套里已经有单据；换一个练习账套再填",
    "practice_filled": "已经填好了",
}


class PracticeCards(QWidget):
    """Shown as soon as the book has said that it is for practice."""

    def __init__(self, month: PracticeMonth, fill: PracticeFill, *, runner: JobRunner, shell: Shell) -> None:
        super().__init__()
        self._month, self._fill, self._runner, self._shell = month, fill, runner, shell
        self.button = KeyButton("填入示例业务…", icon="goods", name="settings_page.practice_button")
        self.button.clicked.connect(self._ask)
        other = KeyButton("换一个练习账套…", icon="undo", name="settings_page.other_practice_button")
        other.clicked.connect(shell.leave_book)
        self._card = SettingCard(
            "练习",
            [
                ("一个月的示例业务", _OFFER, self.button),
                ("不要了", "再创建一个练习账套；这个先备份再关上，可以在“换账套”里移出列表", other),
            ],
        )
        column(self._card, spacing=0, parent=self)
        self.setVisible(False)
        fill.changed.connect(self._read)
        runner.data_changed.connect(self._on_changed)
        self._read()

    @Slot(object)
    def _on_changed(self, areas: frozenset[str]) -> None:
        if "documents" in areas and not self._fill.is_running:
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    @Slot()
    def _read(self) -> None:
        def read(_job: JobContext) -> PracticeState:
            return self._month.state()

        self._runner.submit(read, owner=self, on_done=self._show, on_error=self._shell.tell_error)

    def _show(self, state: PracticeState) -> None:
        self.setVisible(state.is_practice)
        words = _WHY.get(state.refusal, _OFFER)
        if state.days and not state.refusal:
            words = f"已填 {state.days} 天，还差 {state.total - state.days} 天"
        self._card.explanation(0).setText(words)
        self.button.set_label("接着填…" if state.days and not state.refusal else "填入示例业务…")
        self.button.set_blocked("正在填" if self._fill.is_running else _WHY.get(state.refusal))

    @Slot()
    def _ask(self) -> None:
        dialog = ConfirmDialog(
            self, "填入示例业务", "要在这个练习账套里填入一个月的示例业务吗？",
            goes="启用期间会调到一个月前，1688 模块会打开；商品、客户、供应商和每天的单据都会有。",
            stays="只在这个练习账套里，别的账套不动。填完以后不能撤销，不要了就换一个练习账套。",
            yes="填入", danger=False, name="practice_dialog",
        )  # fmt: skip
        dialog.accepted.connect(self._fill.start)
        dialog.open()
