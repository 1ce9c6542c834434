"""设置—1688E经营: the module (manual 2.2; M16, M17), what a sale does there, the way to 1688 and what is fetched by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from jdy_desktop.services.book.account_sets import AccountSetInfo, AccountSets
from jdy_desktop.services.channel.connection import Connection
from jdy_desktop.services.errors import JdyError, Refused
from jdy_desktop.services.machine.context import SHANGHAI, Clock
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.views.background import READS_AT_START
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.pages.sale_form import MAKES_PRE_ORDER
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, Switch
from jdy_desktop.views.widgets.setting_card import Line, SettingCard

_PAID_SOUND = "notice.sound"
_TEST_LINE = 5
#: A PC clock further off than this is told: 1688 refuses what is signed at a wrong time (F5).
_CLOCK_OFF_S = 120


class ChannelCards(QWidget):
    """`module`: the switch of the book; the rest belongs to this PC."""

    def __init__(
        self,
        account_sets: AccountSets,
        connection: Connection,
        settings: LocalSettings,
        *,
        clock: Clock,
        runner: JobRunner,
        shell: Shell,
    ) -> None:
        super().__init__()
        self._account_sets, self._connection, self._settings = account_sets, connection, settings
        self._clock, self._runner, self._shell = clock, runner, shell
        column(self._module_card(), self._link_card(), self._download_card(), spacing=24, parent=self)

    def reset(self) -> None:
        """恢复默认 of what belongs to this PC; addresses and keys stay."""
        self.makes.setChecked(True)
        self.sound.setChecked(True)
        self.reads.setChecked(False)

    def show_info(self, info: AccountSetInfo) -> None:
        self.module.setChecked(info.channel_enabled)

    # ---- cards
    def _module_card(self) -> SettingCard:
        self.module = Switch("启用 1688E 经营模块", name="settings_page.module_switch")
        self.module.clicked.connect(self._set_module)
        self.makes = self._flag(MAKES_PRE_ORDER, "完成销货单时创建 1688 预订单", default=True)
        self.sound = self._flag(_PAID_SOUND, "客户付款后提醒", default=True)
        lines: list[Line] = [
            (
                "启用 1688E 经营模块",
                "勾选后左边出现店铺设置、商品匹配、预订单、商品发布。关掉只是收起来，数据都在。",
                self.module,
            ),
            ("完成销货单时创建 1688 预订单", "可以在每张销货单上临时改", self.makes),
            ("客户付款后提醒", "右下角总有通知，付款成功会自己变成“已支付”；打开时还有声音", self.sound),
        ]
        return SettingCard("1688E经营", lines)

    def _link_card(self) -> SettingCard:
        self._test = KeyButton("测试连接", icon="refresh", name="settings_page.test_button")
        self._test.clicked.connect(self._test_connection)
        lines: list[Line] = [
            ("网关地址", "一般不用改。练习市场会自动填", self._entry("gateway.address", "gateway_field")),
            ("授权地址", "一般不用改", self._entry("gateway.auth", "auth_field")),
            ("回调地址", "和开放平台登记的一样", self._entry("gateway.callback", "callback_field")),
            ("AppKey", "从 1688 开放平台得到", self._entry("gateway.app_key", "app_key_field")),
            ("AppSecret", "只存在本机的密钥库里，不显示", self._secret_line()),
            ("检查连接", "向 1688 问一次时间，不改任何数据", self._test),
        ]
        self._link = SettingCard("连接", lines)
        return self._link

    def _secret_line(self) -> QWidget:
        """A kept secret is shut and shows dots; 更换 opens the field for a new one."""
        self.secret = sized(Field(name="settings_page.secret_field", label="AppSecret"), width=222)
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.editingFinished.connect(self._keep_secret)
        self._change = KeyButton("更换", icon="key", name="settings_page.change_secret_button")
        self._change.clicked.connect(self._open_secret)
        both = QWidget()
        row(self.secret, self._change, spacing=24, parent=both)
        self._shut_secret()
        return both

    def _download_card(self) -> SettingCard:
        self.reads = self._flag(READS_AT_START, "打开程序时更新线上库存和起订量", default=False)
        words = "只更新信息，不改商品名称和价格；在后台做，不影响开单"
        return SettingCard("下载", [("打开程序时更新线上库存和起订量", words, self.reads)])

    def _flag(self, key: str, name: str, *, default: bool) -> Switch:
        switch = Switch(
            name, checked=self._settings.flag(key, default), name=f"settings_page.{key.replace('.', '_')}_switch"
        )
        switch.toggled.connect(lambda on: self._settings.set_flag(key, on))
        return switch

    def _entry(self, key: str, name: str) -> Field:
        field = sized(Field(self._settings.get(key) or "", name=f"settings_page.{name}"), width=320)
        field.editingFinished.connect(lambda: self._set_address(key, field))
        return field

    # ---- changing
    @Slot(bool)
    def _set_module(self, on: bool) -> None:
        self._submit(lambda: self._account_sets.set_channel_enabled(on), lambda: None)

    def _set_address(self, key: str, field: Field) -> None:
        before = self._settings.get(key) or ""
        wanted = field.text().strip()
        if wanted == before:
            return
        try:
            self._connection.set_entry(key, wanted)
        except Refused as error:
            field.setText(before)
            self._shell.tell_error(error)
            return
        except JdyError:
            why = (
                "只用字母、数字和 . _ -" if key == "gateway.app_key" else "只接受 https 地址，本机 127.0.0.1 可用 http"
            )
            field.set_tone("bad", f"{why}，没有保存，仍用原来的。")
            self._shell.toast(f"“{wanted[:40]}”没有保存，仍用原来的：{why}。")
            return
        field.set_tone(None)
        field.setText(self._settings.get(key) or "")

    @Slot()
    def _open_secret(self) -> None:
        self.secret.setEnabled(True)
        self.secret.setPlaceholderText("输入新的，按 Enter 保存")
        self.secret.setFocus()

    def _shut_secret(self) -> None:
        has_one = self._connection.has_secret()
        self.secret.clear()
        self.secret.setEnabled(not has_one)
        self.secret.setPlaceholderText("• " * 12 if has_one else "")
        self._change.setVisible(has_one)

    @Slot()
    def _keep_secret(self) -> None:
        secret = self.secret.text().strip()
        if secret:
            self._submit(lambda: self._connection.keep_secret(secret), self._secret_kept)
        else:
            self._shut_secret()

    def _secret_kept(self) -> None:
        self._shut_secret()
        kept = (
            "已保存到本机。"
            if self._connection.keeps_secret
            else "只在本次运行有效：这台电脑没有密钥库，不会写到磁盘。"
        )
        self._shell.toast(f"AppSecret {kept}")

    def _submit(self, work: Callable[[], object], done: Callable[[], None]) -> None:
        self._runner.submit(
            lambda _job: work(), owner=self, on_done=lambda _none: done(), on_error=self._shell.tell_error
        )

    # ---- the way to 1688
    @Slot()
    def _test_connection(self) -> None:
        self._test.set_blocked("正在测试")
        clock = self._clock

        def work(job: JobContext) -> tuple[timedelta, float]:
            started = clock.monotonic()
            return self._connection.gateway().server_offset(job), clock.monotonic() - started

        self._runner.submit(
            work,
            owner=self,
            lane="net",
            on_done=self._reached,
            on_error=lambda e: self._tell(sentence(e) if isinstance(e, JdyError) else "", "bad"),
            on_end=lambda: self._test.set_blocked(None),
        )

    def _reached(self, found: tuple[timedelta, float]) -> None:
        offset, took = found
        seconds = abs(offset.total_seconds())
        off = "" if seconds < _CLOCK_OFF_S else f"这台电脑的时间差了 {int(seconds // 60)} 分钟，请校准。"
        at = self._clock.now().astimezone(SHANGHAI)
        self._tell(f"正常　{off}最近一次 {at:%H:%M:%S}，用时 {took:.2f} 秒", "warn" if off else "ok")

    def _tell(self, words: str, role: str) -> None:
        line = self._link.explanation(_TEST_LINE)
        line.setText(words)
        line.set_role(role)
