"""One operator: account, name, role, password; and the dialogs for a password alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import Role
from jdy_desktop.services.book.operators import OperatorRow, Operators
from jdy_desktop.services.errors import UserError
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.login_cover import PasswordField
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import Text, column
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow
from jdy_desktop.views.widgets.fields import Field, FilterCombo, FormRow, Tick

ROLES = (("店员", Role.CLERK), ("店主", Role.OWNER))


class _Asking(DialogFrame):
    """A form whose work is done in the background; a refusal stands at its field, what was typed stays."""

    done = Signal(object)

    def __init__(self, window: QWidget, title: str, runner: JobRunner, tell_error: Callable[[BaseException], None], *, yes: str,
                 name: str) -> None:  # fmt: skip
        super().__init__(window, title, width=480, name=name)
        self._runner, self._tell = runner, tell_error
        self._rows: dict[str, FormRow] = {}
        self._note = NoteRow("bad", "")
        self._note.hide()
        self.add_button(KeyButton("取消", "cancel", name=f"{name}.cancel_button"), self.reject)
        self._ok = self.add_button(
            KeyButton(yes, "ok", kind="primary", name=f"{name}.ok_button"), self._ask, default=True
        )

    def _row(self, field: str, label: str, control: QWidget, *, required: bool = True, hint: str = "") -> FormRow:
        self._rows[field] = FormRow(label, control, left=True, required=required, hint=hint)
        return self._rows[field]

    def _show(self, *rows: QWidget) -> None:
        self.body.addLayout(column(*rows, self._note, spacing=12))

    def _trouble(self) -> tuple[str, str] | None:
        """Field and sentence of what the form itself can see."""
        return None

    def _work(self) -> Callable[[], Any]:
        """What the form, as it stands now, wants done."""
        return lambda: None

    def _ask(self) -> None:
        for row in self._rows.values():
            row.set_error(None)
        trouble = self._trouble()
        if trouble is not None:
            self._refuse(*trouble)
            return
        work = self._work()
        self._ok.set_blocked("正在保存")
        self._runner.submit(
            lambda _job: work(), owner=self, on_done=self._on_done, on_error=self._on_refused,
            on_end=lambda: self._ok.set_blocked(None),
        )  # fmt: skip

    def _on_done(self, result: Any) -> None:
        self.accept()
        self.done.emit(result)

    def _on_refused(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._refuse(error.field or "", sentence(error))
        else:
            self._tell(error)

    def _refuse(self, field: str, words: str) -> None:
        row = self._rows.get(field)
        if row is not None:
            row.set_error(words)
            row.control.setFocus()
        else:
            self._note.set_note("bad", words)
            self._note.show()
        self.refit()


class OperatorDialog(_Asking):
    """`first`: the owner's password that switches operators on. `known`: change one, the password stays."""

    def __init__(self, window: QWidget, operators: Operators, runner: JobRunner, tell_error: Callable[[BaseException], None], *,
                 first: bool = False, known: OperatorRow | None = None) -> None:  # fmt: skip
        title = "启用操作员" if first else "编辑操作员" if known else "添加操作员"
        super().__init__(window, title, runner, tell_error, yes="启用" if first else "保存", name="operator_dialog")
        self._operators, self._first, self._known = operators, first, known
        self.account = Field(known.account if known else "", name="operator_dialog.account_field")
        self.called = Field(known.name if known else "", name="operator_dialog.name_field")
        self.role = FilterCombo("角色", list(ROLES), name="operator_dialog.role_combo", inside=False, width=336)
        self.role.set_value(known.role if known else Role.CLERK)
        self.active = Tick("在用", checked=known.is_active if known else True, name="operator_dialog.active_tick")
        self.password = PasswordField(name="operator_dialog.password_field")
        self.again = PasswordField(name="operator_dialog.again_field", label="再输一次")
        rows: list[QWidget] = []
        if first:
            rows.append(
                Text("您是店主。以后打开程序先登录，店员看不到成本，也不能删除、作废和改店铺。", "label", wrap=True)
            )
        rows += [
            self._row("account", "账号", self.account, hint="登录时输，大小写不区分"),
            self._row("name", "姓名", self.called, hint="写在单据和操作日志上"),
        ]
        if not first:
            rows.append(self._row("role", "角色", self.role, required=False))
        if known is None:
            rows += [
                self._row("password", "密码", self.password, hint="至少 6 位，请记好"),
                self._row("again", "再输一次", self.again),
            ]
        else:
            rows.append(self.active)
        self._show(*rows)

    def _trouble(self) -> tuple[str, str] | None:
        if self._known is None and self.password.text() != self.again.text():
            return "again", "两次密码不一样，再输一次。"
        return None

    def _work(self) -> Callable[[], Any]:
        account, name, password = self.account.text(), self.called.text(), self.password.text()
        role, active = Role(self.role.value()), self.active.isChecked()
        known = self._known
        if self._first:
            return lambda: self._operators.switch_on(account, name, password)
        if known is None:
            return lambda: self._operators.add(account, name, password, role)
        wanted = replace(known, account=account, name=name, role=role, is_active=active)
        return lambda: self._operators.change(wanted)


class PasswordDialog(_Asking):
    """A new password: somebody else's (`row`), or one's own, which asks for the present one."""

    def __init__(self, window: QWidget, operators: Operators, runner: JobRunner, tell_error: Callable[[BaseException], None], *,
                 row: OperatorRow | None = None) -> None:  # fmt: skip
        title = f"重设 {row.name} 的密码" if row else "改我的密码"
        super().__init__(window, title, runner, tell_error, yes="保存", name="password_dialog")
        self._operators, self._of = operators, row
        self.present = PasswordField(name="password_dialog.present_field", label="现在的密码")
        self.password = PasswordField(name="password_dialog.password_field", label="新密码")
        self.again = PasswordField(name="password_dialog.again_field", label="再输一次")
        mine = [] if row else [self._row("present", "现在的密码", self.present)]
        self._show(
            *mine,
            self._row("password", "新密码", self.password, hint="至少 6 位，请记好"),
            self._row("again", "再输一次", self.again),
        )

    def _trouble(self) -> tuple[str, str] | None:
        if self.password.text() != self.again.text():
            return "again", "两次密码不一样，再输一次。"
        return None

    def _work(self) -> Callable[[], Any]:
        present, password, row = self.present.text(), self.password.text(), self._of
        if row is not None:
            return lambda: self._operators.reset_password(row.id, password)
        return lambda: self._operators.change_own_password(present, password)

    def _on_refused(self, error: BaseException) -> None:
        if self._of is None and isinstance(error, UserError) and error.code in ("wrong_password", "login_must_wait"):
            self._refuse("present", sentence(error))
        else:
            super()._on_refused(error)
