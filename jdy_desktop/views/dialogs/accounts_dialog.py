"""结算账户: where money goes (现金, 银行, 微信, 支付宝 …); one more by its name."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.book.parties import AccountInfo, Parties
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.fields import Field, FormRow


class AccountsDialog(DialogFrame):
    """`added(tuple[AccountInfo, …])`: all of them after one more was stored."""

    added = Signal(object)

    def __init__(self, window: QWidget, parties: Parties, runner: JobRunner, shell: Shell) -> None:
        super().__init__(window, "结算账户", width=420, name="accounts_dialog")
        self._parties, self._runner, self._shell = parties, runner, shell
        columns: list[Column[AccountInfo]] = [
            Column("name", "名称", lambda a: a.name, width=300, stretch=True, kind="strong")
        ]
        self._model: LinesModel[AccountInfo] = LinesModel(columns, id_of=lambda one: one.id)
        self.table = DataTable(self._model, name="accounts_dialog.table", label="结算账户")
        self.name = Field(name="accounts_dialog.name_field", placeholder="例如 微信", label="新账户名称")
        self._row = FormRow("新账户", self.name)
        self._add = KeyButton("新增", "ok", kind="primary", name="accounts_dialog.add_button")
        line = row(self._row)
        line.setStretch(0, 1)
        self.body.addLayout(line)
        self.body.addWidget(sized(self.table, height=36 * 7 + 2))
        self.add_button(KeyButton("关闭", "cancel", name="accounts_dialog.close_button2"), self.reject)
        self.add_button(self._add, self._on_add, default=True)
        self._read()

    def _read(self) -> None:
        self._runner.submit(
            lambda _job: self._parties.accounts(),
            owner=self,
            on_done=self._model.set_rows,
            on_error=self._shell.tell_error,
        )

    @Slot()
    def _on_add(self) -> None:
        name = self.name.text()

        def work(_job: JobContext) -> tuple[AccountInfo, ...]:
            self._parties.add_account(name)
            return self._parties.accounts()

        self._add.set_blocked("正在保存")
        self._runner.submit(
            work,
            owner=self,
            on_done=self._on_added,
            on_error=self._on_refused,
            on_end=lambda: self._add.set_blocked(None),
        )

    def _on_added(self, found: tuple[AccountInfo, ...]) -> None:
        self._row.set_error(None)
        self.name.clear()
        self._model.set_rows(found)
        self.added.emit(found)

    def _on_refused(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._row.set_error(sentence(error))
            self.refit()
        else:
            self._shell.tell_error(error)
