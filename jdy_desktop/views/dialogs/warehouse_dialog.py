"""新增仓库: one name."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.fields import Field, FormRow


class WarehouseDialog(DialogFrame):
    """`added(warehouse_id)` when it is stored; a name that is taken is told beside the field."""

    added = Signal(int)

    def __init__(self, host: QWidget, parties: Parties, runner: JobRunner, shell: Shell) -> None:
        super().__init__(host, "新增仓库", width=420, name="warehouse_dialog")
        self._parties, self._runner, self._shell = parties, runner, shell
        self.name_field = Field(name="warehouse_dialog.name_field", label="仓库名称")
        self._row = FormRow("仓库名称", self.name_field, required=True)
        self.body.addWidget(self._row)
        self.add_button(KeyButton("取消", "cancel", name="warehouse_dialog.cancel_button"), self.reject)
        self.add_button(
            KeyButton("确定", "ok", kind="primary", name="warehouse_dialog.ok_button"), self.accept, default=True
        )

    def accept(self) -> None:
        """Store it; stays open when the name cannot be used."""
        name = self.name_field.text()

        def work(_job: JobContext) -> int:
            return self._parties.add_warehouse(name)

        self._runner.submit(work, owner=self, on_done=self._done_with, on_error=self._on_error)

    def _done_with(self, warehouse_id: int) -> None:
        super().accept()
        self.added.emit(warehouse_id)

    def _on_error(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._row.set_error(sentence(error))
            self.refit()
            self.name_field.setFocus()
        else:
            self._shell.tell_error(error)
