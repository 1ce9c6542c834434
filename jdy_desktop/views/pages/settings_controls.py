"""设置—账套: name, start period and the three answers of the wizard, each with what settles it (manual 2.1, M9–M11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.book.account_sets import AccountSets
from jdy_desktop.services.book.control_answers import ControlAnswers, ControlState
from jdy_desktop.services.errors import UserError
from jdy_desktop.views.dialogs.rename_dialog import RenameDialog
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.start_wizard import QUESTIONS
from jdy_desktop.views.widgets.base import Text, column, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import DateField, SegmentedChoice
from jdy_desktop.views.widgets.setting_card import SettingCard

#: code of a settled answer → what stands below it
FIXED = {
    "start_date_fixed": "已经有单据，不能再改；要从别的日期开始，另开一个账套",
    "cost_fixed": "已经有库存流水，成本的算法不能再改；要换算法，另开一个账套",
    "tax_fixed": "已经有购货或销货单据，不能再改；要改，另开一个账套",
    "documents_unreviewed": "还有单据没有审核；先审核或作废它们，才能改成不需要",
}


class ControlCards(QWidget):
    """A settled answer is greyed, and the sentence below it says since when and why."""

    renamed = Signal(str)

    def __init__(self, account_sets: AccountSets, *, runner: JobRunner, shell: Shell) -> None:
        super().__init__()
        self._sets, self._runner, self._shell = account_sets, runner, shell
        self._answers: ControlAnswers | None = None
        self._company = Text("", "body")
        rename = KeyButton("改名…", icon="edit", name="settings_page.rename_button")
        rename.clicked.connect(self._rename)
        self.start = sized(DateField(None, name="settings_page.start_date_field", label="启用期间"), width=160)
        self.start.date_changed.connect(lambda day: self._change(start_date=day))
        self.choices: dict[str, SegmentedChoice] = {}
        lines: list[tuple[str, str, QWidget]] = [("公司名称", "", rename), ("启用期间", "", self.start)]
        for key, question, words in QUESTIONS:
            choice = SegmentedChoice(
                [("需要", True), ("不需要", False)], name=f"settings_page.{key}_choice", label=question
            )
            choice.chosen.connect(lambda value, key=key: self._change(**{key: bool(value)}))
            self.choices[key] = choice
            lines.append((question, words, choice))
        self._card = SettingCard("账套参数", lines)
        column(self._card, spacing=0, parent=self)
        runner.data_changed.connect(self._on_changed)
        self._read()

    @Slot(object)
    def _on_changed(self, areas: frozenset[str]) -> None:
        if areas & {"account", "documents", "stock"} and self.isVisible():
            self._read()

    def showEvent(self, event: Any) -> None:
        """What settles an answer may have happened while another page was in front."""
        super().showEvent(event)
        self._read()

    def _read(self) -> None:
        self._submit(lambda: (self._sets.info().company, self._sets.controls()), self._show)

    def _submit(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._runner.submit(lambda _job: work(), owner=self, on_done=done, on_error=self._on_refused)

    def _show(self, found: tuple[str, ControlState]) -> None:
        company, state = found
        self._answers = state.answers
        self._company.setText(company)
        self._card.explanation(0).setText(f"{company} · 打印在单据和小票上")
        if not self.start.hasFocus():
            self.start.set_value(state.answers.start_date)
        self.start.setEnabled("start_date" not in state.fixed)
        words = "不能录入这一天以前的单据；录入第一张单据以前可以改"
        self._card.explanation(1).setText(_why(state, "start_date", words))
        for place, (key, _question, consequence) in enumerate(QUESTIONS, 2):
            self.choices[key].set_value(getattr(state.answers, key))
            self.choices[key].setEnabled(key not in state.fixed)
            self._card.explanation(place).setText(_why(state, key, consequence))

    # ---- acting
    def _change(self, **changes: Any) -> None:
        if self._answers is None:
            return
        wanted = replace(self._answers, **changes)
        if wanted != self._answers:
            self._submit(lambda: self._sets.change_controls(wanted), lambda _none: self._read())

    def _on_refused(self, error: BaseException) -> None:
        """Back to what is stored, with the sentence."""
        self._shell.tell_error(error)
        if isinstance(error, UserError):
            self._read()

    @Slot()
    def _rename(self) -> None:
        dialog = RenameDialog(self, self._company.text())
        dialog.renamed.connect(
            lambda company: self._submit(lambda: self._sets.rename(company), lambda _n: self._named(company))
        )
        dialog.open()

    def _named(self, company: str) -> None:
        self.renamed.emit(company)
        self._read()


def _why(state: ControlState, field: str, words: str) -> str:
    return FIXED.get(state.fixed.get(field, ""), words)
