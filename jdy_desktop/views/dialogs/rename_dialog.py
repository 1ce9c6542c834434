"""改名: the company name of an account set."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.fields import Field, FormRow

_LIMIT = 100


class RenameDialog(DialogFrame):
    """`renamed(str)`: another name, checked as the wizard checks it."""

    renamed = Signal(str)

    def __init__(self, window: QWidget, company: str) -> None:
        super().__init__(window, "账套改名", width=480, name="rename_dialog")
        self._before = company
        self.company = Field(company, name="rename_dialog.company_field", label="公司名称")
        self.company.selectAll()
        self._row = FormRow("公司名称", self.company, required=True, hint="以后打印的单据和小票用新名称，文件名不变")
        self.body.addWidget(self._row)
        self.add_button(KeyButton("取消", "cancel", name="rename_dialog.cancel_button"), self.reject)
        self.add_button(
            KeyButton("改名", "ok", kind="primary", name="rename_dialog.ok_button"), self.accept, default=True
        )

    def accept(self) -> None:
        """Check first; what stays as it was changes nothing."""
        name = self.company.text().strip()
        if not name or len(name) > _LIMIT:
            self._row.set_error("请填写公司名称。" if not name else f"公司名称最多 {_LIMIT} 个字。")
            self.company.setFocus()
            self.refit()
            return
        super().accept()
        if name != self._before:
            self.renamed.emit(name)
