"""设置—操作员: off with one button, the people, the minutes before locking; a 店员 sees his own lines only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import Role
from jdy_desktop.services.book.operators import OperatorRow, Operators, OperatorsState
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.views.dialogs.operator_dialog import OperatorDialog, PasswordDialog
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.base import column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.fields import Field
from jdy_desktop.views.widgets.setting_card import Line, SettingCard


class OperatorCards(QWidget):
    """Built anew whenever the operators change."""

    def __init__(
        self, operators: Operators, ctx: Context, *, runner: JobRunner, shell: Shell, lock: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("settings_page.operators")
        self._operators, self._ctx, self._runner, self._shell, self._lock = operators, ctx, runner, shell, lock
        self._layout = column(spacing=24, parent=self)
        self._shown: tuple[OperatorsState, tuple[str, Role | None, int]] | None = None
        self.minutes: Field | None = None
        runner.data_changed.connect(self._on_changed)
        self._read()

    @Slot(object)
    def _on_changed(self, areas: frozenset[str]) -> None:
        if areas & {"operators", "settings"}:
            self._read()

    def _read(self) -> None:
        self._submit(self._operators.state, self._show)

    def _submit(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._runner.submit(lambda _job: work(), owner=self, on_done=done, on_error=self._shell.tell_error)

    def _show(self, state: OperatorsState) -> None:
        if self._shown == (state, self._ctx.seat.who):
            return
        self._shown = (state, self._ctx.seat.who)
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if not state.is_on:
            self._layout.addWidget(self._off_card())
            return
        self._layout.addWidget(self._own_card(state))
        if self._ctx.may(Right.OPERATORS):
            self._layout.addWidget(self._people_card(state))

    # ---- cards
    def _off_card(self) -> QWidget:
        start = KeyButton("设店主密码…", icon="lock", name="settings_page.operators_on_button")
        start.clicked.connect(
            lambda: self._ask(OperatorDialog(self, *self._parts(), first=True), "已启用。以后打开程序先登录。")
        )
        words = "一个人看档口不用密码：现在谁打开程序都能做所有的事。有店员时启用，先给自己设一个店主密码。"
        return SettingCard("操作员", [("启用操作员", words, start)])

    def _own_card(self, state: OperatorsState) -> QWidget:
        lock = KeyButton("锁定", "lock", icon="lock", name="settings_page.lock_button")
        lock.clicked.connect(self._lock)
        mine = KeyButton("改我的密码…", icon="key", name="settings_page.own_password_button")
        mine.clicked.connect(lambda: self._ask(PasswordDialog(self, *self._parts()), "密码已改。"))
        role = "店员" if self._ctx.seat.role is Role.CLERK else "店主"
        lines: list[Line] = [
            (f"{self._ctx.operator} · {role}", "离开柜台时锁定；打到一半的单据都还在", lock),
            ("我的密码", "忘了只能请店主重设", mine),
        ]
        if self._ctx.may(Right.OPERATORS):
            self.minutes = sized(
                Field(
                    str(state.lock_minutes), name="settings_page.lock_minutes_field", label="自动锁定(分钟)", right=True
                ),
                width=120,
            )
            self.minutes.editingFinished.connect(self._set_minutes)
            off = KeyButton("停用操作员…", kind="danger", name="settings_page.operators_off_button")
            off.clicked.connect(self._switch_off)
            lines += [
                ("自动锁定(分钟)", "这么久没有人动键盘和鼠标就锁上；0 = 不自动锁", self.minutes),
                ("停用操作员", "以后打开程序不用登录，谁都能做所有的事；账号留着", off),
            ]
        return SettingCard("操作员", lines)

    def _people_card(self, state: OperatorsState) -> QWidget:
        add = KeyButton("添加操作员…", icon="plus", name="settings_page.add_operator_button")
        add.clicked.connect(lambda: self._ask(OperatorDialog(self, *self._parts()), "已添加。"))
        lines: list[Line] = [
            ("添加操作员", "店员能卖货、收货、打印、匹配；看不到成本和完整电话，不能删除、作废、改店铺", add)
        ]
        lines += [self._line(one) for one in state.rows]
        return SettingCard("账号", lines)

    def _line(self, one: OperatorRow) -> Line:
        edit = KeyButton("编辑…", icon="edit", name=f"settings_page.edit_operator_{one.id}")
        edit.clicked.connect(lambda: self._ask(OperatorDialog(self, *self._parts(), known=one), "已保存。"))
        reset = KeyButton("重设密码…", icon="key", name=f"settings_page.reset_operator_{one.id}")
        reset.clicked.connect(
            lambda: self._ask(PasswordDialog(self, *self._parts(), row=one), f"{one.name} 的密码已重设。")
        )
        both = QWidget()
        row(edit, reset, parent=both)
        role = "店主" if one.role is Role.OWNER else "店员"
        return one.name, f"{one.account} · {role}{'' if one.is_active else ' · 停用'}", both

    # ---- acting
    def _parts(self) -> tuple[Operators, JobRunner, Callable[[BaseException], None]]:
        return self._operators, self._runner, self._shell.tell_error

    def _ask(self, dialog: OperatorDialog | PasswordDialog, told: str) -> None:
        def done(_result: object) -> None:
            self._shell.toast(told)
            self._read()

        dialog.done.connect(done)
        dialog.open()

    @Slot()
    def _set_minutes(self) -> None:
        field = self.minutes
        if field is None or self._shown is None or field.text().strip() == str(self._shown[0].lock_minutes):
            return
        text = field.text().strip()
        if not (text.isascii() and text.isdigit() and int(text[:6]) <= 24 * 60):
            field.set_tone("bad", "分钟数在 0 到 1440 之间，没有保存")
            return
        field.set_tone(None)
        self._submit(lambda: self._operators.set_lock_minutes(int(text)), lambda _none: None)

    @Slot()
    def _switch_off(self) -> None:
        ask = ConfirmDialog(
            self, "停用操作员", "以后打开程序不用密码吗？", goes="谁坐到这台电脑前都能看成本、作废单据、改店铺。",
            stays="账号和操作日志都留着，随时可以再启用。", yes="停用", name="operators_off_dialog",
        )  # fmt: skip
        ask.accepted.connect(lambda: self._submit(self._operators.switch_off, lambda _none: self._read()))
        ask.open()
