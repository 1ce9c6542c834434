"""设置: every line says what changes, and works at once (manual 2.2, 6.1.1; M16, M17, M125)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit, QListWidget, QWidget

from jdy_desktop import __version__
from jdy_desktop.models.rules.industries import IndustryDefaults
from jdy_desktop.models.rules.rounding import NumberProblem, parse_decimal
from jdy_desktop.services.book.account_sets import AccountSetInfo, AccountSets
from jdy_desktop.services.book.operators import Operators
from jdy_desktop.services.channel.connection import Connection
from jdy_desktop.services.errors import JdyError, LocalError, Refused
from jdy_desktop.services.machine import backup
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.known_books import KnownBooks
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.views import keys, theme
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.pages.settings_controls import ControlCards
from jdy_desktop.views.pages.settings_people import OperatorCards
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import STRETCH, Surface, Text, VScroll, column, named, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, FilterCombo, Switch
from jdy_desktop.views.widgets.setting_card import SettingCard

SECTIONS = ("常规", "进销存参数", "1688E经营", "快捷键", "备份", "操作员", "账套", "关于")
#: the values of `printing.Paper`, which would load the print library
PAPERS = (("80 毫米小票", "roll_80"), ("58 毫米小票", "roll_58"), ("241×140 三联单", "form_241"), ("A4", "a4"))
#: what a 店员 may look at but not change; the services refuse it either way
OWNERS = {"进销存参数": Right.ACCOUNT_SET, "1688E经营": Right.SHOPS, "账套": Right.ACCOUNT_SET}


class SettingsPage(QWidget):
    """One scroll with all sections; the list at the left jumps."""

    def __init__(
        self,
        *,
        account_sets: AccountSets,
        operators: Operators,
        connection: Connection,
        settings: LocalSettings,
        folders: Folders,
        book: Path | None,
        runner: JobRunner,
        shell: Shell,
        ctx: Context,
        lock: Callable[[], None],
        practice: Callable[[], QWidget] | None = None,
    ) -> None:
        """`practice`: the card of a practice book."""
        super().__init__()
        self.setObjectName("settings_page")
        self._account_sets, self._connection, self._settings = account_sets, connection, settings
        self._folders, self._book, self._runner, self._shell, self._ctx = folders, book, runner, shell, ctx
        self._operators, self._lock, self._practice = operators, lock, practice
        self._cards: dict[str, QWidget] = {}
        content = Surface("page")
        self._layout = column(spacing=24, margins=(32, 20, 32, 32), parent=content)
        builders = (
            self._general, self._book_rules, self._channel, self._key_map, self._backup, self._people, self._accounts,
            self._about,
        )  # fmt: skip
        for name, build in zip(SECTIONS, builders, strict=True):
            holder = QWidget()
            cards = build()
            if name in OWNERS and not ctx.may(OWNERS[name]):
                for card in cards:
                    card.setEnabled(False)
                cards.insert(0, Text(f"{name}要店主登录才能改。", "label"))
            column(*cards, spacing=24, parent=holder)
            self._cards[name] = holder
            self._layout.addWidget(holder)
        self._layout.addStretch(1)
        self._scroll = VScroll(content)
        self._jumped_to = 0
        self._scroll.verticalScrollBar().rangeChanged.connect(self._jump_again)
        self.sections = named(QListWidget(), "settings_page.sections", "设置分类")
        self.sections.addItems(list(SECTIONS))
        self.sections.currentTextChanged.connect(self._jump)
        side = Surface("page", edge="right", width=176)
        column(self.sections, margins=(8, 12, 8, 12), parent=side)
        whole = row(side, self._scroll, spacing=0)
        whole.setStretch(1, 1)
        foot = Surface("page", edge="top", height=44)
        row(Text("改动立刻生效，并记入操作日志", "label"), STRETCH, margins=(16, 0, 16, 0), parent=foot)
        column(whole, foot, spacing=0, parent=self).setStretch(0, 1)
        runner.data_changed.connect(self._on_changed)
        self._read()

    def open_with(self, *, section: str) -> None:
        """Show a section by its name."""
        self.sections.setCurrentRow(SECTIONS.index(section))

    @Slot(str)
    def _jump(self, name: str) -> None:
        bar = self._scroll.verticalScrollBar()
        bar.setValue(self._cards[name].y() - theme.px(12))
        self._jumped_to = bar.value()

    @Slot()
    def _jump_again(self) -> None:
        """Cards have another height now; whoever has not scrolled since stays with the section he chose."""
        item = self.sections.currentItem()
        if item is not None and self._scroll.verticalScrollBar().value() == self._jumped_to:
            self._jump(item.text())

    # ---- sections
    def _general(self) -> list[QWidget]:
        modes = [("跟随系统", "system"), ("浅色", "light"), ("深色", "dark")]
        self.theme_combo = FilterCombo("外观", modes, name="settings_page.theme_combo", inside=False, width=160)
        self.theme_combo.set_value(theme.mode())
        self.theme_combo.changed.connect(self._set_theme)
        scales = [(f"{n}%", n) for n in (100, 125, 150, 175, 200)]
        self.scale_combo = FilterCombo("字号", scales, name="settings_page.scale_combo", inside=False, width=160)
        self.scale_combo.set_value(theme.scale())
        self.scale_combo.changed.connect(self._set_scale)
        lines: list[tuple[str, str, QWidget]] = [
            ("外观", "深色适合灯光暗的档口", self.theme_combo),
            ("字号", "也可以用 Ctrl+滚轮", self.scale_combo),
            ("打印纸张", "销货单、小票和二维码打在这种纸上，用系统默认的打印机", self._paper()),
        ]
        return [SettingCard("常规", lines)]

    def _paper(self) -> FilterCombo:
        self.paper_combo = FilterCombo(
            "打印纸张", list(PAPERS), name="settings_page.paper_combo", inside=False, width=160
        )
        self.paper_combo.set_value(self._settings.get("print.paper") or "roll_80")
        self.paper_combo.changed.connect(lambda paper: self._settings.set("print.paper", str(paper)))
        return self.paper_combo

    def _book_rules(self) -> list[QWidget]:
        self.include_tax = Switch("商品价格含税", name="settings_page.include_tax_switch")
        self.include_tax.clicked.connect(self._set_tax)
        self.tax_rate = sized(Field(name="settings_page.tax_rate_field", label="默认税率(%)", right=True), width=120)
        self.tax_rate.editingFinished.connect(self._set_tax)
        words = "打开：零售价/批发价是含税单价，再算出销售单价（不含税）。关掉：零售价/批发价是销售单价（不含税），再算出含税单价。"
        self.attributes = Switch("辅助属性", name="settings_page.attributes_switch")
        self.matrix = Switch("颜色尺码录入", name="settings_page.matrix_switch")
        self.unit = sized(Field(name="settings_page.unit_field", label="默认单位"), width=120)
        for one in (self.attributes, self.matrix):
            one.clicked.connect(self._set_defaults)
        self.unit.editingFinished.connect(self._set_defaults)
        industry: list[tuple[str, str, QWidget]] = [
            ("辅助属性", "打开：新增商品时可以填颜色、尺码。关掉：不问；已有的照常", self.attributes),
            ("颜色尺码录入", "打开：销货单上有“颜色尺码”按钮，一次填一张表", self.matrix),
            ("默认单位", "新商品不填单位时用它", self.unit),
        ]
        return [
            SettingCard(
                "进销存参数",
                [("商品价格含税", words, self.include_tax), ("默认税率(%)", "商品没有自己的税率时用它", self.tax_rate)],
            ),
            SettingCard("行业默认参数", industry),
        ]

    def _channel(self) -> list[QWidget]:
        self.module = Switch("启用 1688E 经营模块", name="settings_page.module_switch")
        self.module.clicked.connect(self._set_module)
        self.sound = self._flag("notice.sound", "客户付款后提醒", default=True)
        module = SettingCard(
            "1688E经营",
            [
                (
                    "启用 1688E 经营模块",
                    "勾选后左边出现店铺设置、商品匹配、预订单、商品发布。关掉只是收起来，数据都在。",
                    self.module,
                ),
                ("客户付款后提醒", "付款成功会自己变成“已支付”；打开时有声音", self.sound),
            ],
        )
        self._test = KeyButton("测试连接", icon="refresh", name="settings_page.test_button")
        self._test.clicked.connect(self._test_connection)
        self.secret = self._entry("", "settings_page.secret_field", password=True)
        self.secret.setPlaceholderText("已保存，输入新的就更换" if self._connection.has_secret() else "")
        self.secret.editingFinished.connect(self._keep_secret)
        self._link = SettingCard(
            "连接",
            [
                (
                    "网关地址",
                    "一般不用改。练习市场会自动填",
                    self._entry("gateway.address", "settings_page.gateway_field"),
                ),
                ("授权地址", "一般不用改", self._entry("gateway.auth", "settings_page.auth_field")),
                ("回调地址", "和开放平台登记的一样", self._entry("gateway.callback", "settings_page.callback_field")),
                ("AppKey", "从 1688 开放平台得到", self._entry("gateway.app_key", "settings_page.app_key_field")),
                ("AppSecret", "只存在本机的密钥库里，不显示", self.secret),
                ("检查连接", "向 1688 问一次时间，不改任何数据", self._test),
            ],
        )
        return [module, self._link]

    def _key_map(self) -> list[QWidget]:
        lines: list[tuple[str, str, QWidget]] = []
        scopes = {"window": "到处", "list": "列表", "document": "单据", "code": "二维码窗口", "dialog": "对话框"}
        for action in keys.current():
            field = sized(
                Field(keys.current().hint(action.id), name=f"settings_page.key_{action.id}", label=action.text),
                width=140,
            )
            field.editingFinished.connect(lambda a=action.id, f=field: self._set_key(a, f))
            lines.append((action.text, scopes[action.scope], field))
        reset = KeyButton("恢复默认", icon="undo", kind="secondary", name="settings_page.reset_keys_button")
        reset.clicked.connect(self._reset_keys)
        return [SettingCard("快捷键", [("全部恢复默认", "按钮上印的键会跟着变", reset), *lines])]

    def _backup(self) -> list[QWidget]:
        now = KeyButton("立即备份", icon="backup", name="settings_page.backup_button")
        now.clicked.connect(self._back_up_now)
        other = KeyButton("备份到…", icon="export", name="settings_page.backup_to_button")
        other.clicked.connect(self._back_up_to)
        return [
            SettingCard(
                "备份",
                [
                    ("自动备份", "有改动时每半小时一次，关程序时再一次；每份都打开检查过", now),
                    ("备份到别处", "U 盘或另一个硬盘；备份里的授权在别的电脑上不能用", other),
                ],
            )
        ]

    def _accounts(self) -> list[QWidget]:
        where = Text(str(self._book or ""), "hint", wrap=True, selectable=True)
        other = KeyButton("换账套…", icon="undo", name="settings_page.other_book_button")
        other.clicked.connect(self._shell.choose_book)
        controls = ControlCards(self._account_sets, runner=self._runner, shell=self._shell)
        controls.renamed.connect(self._renamed)
        return [
            controls,
            *([self._practice()] if self._practice else []),
            SettingCard(
                "账套",
                [
                    ("账套文件", "要搬到另一台电脑，用备份和恢复，不要直接复制正在用的文件", sized(where, width=320)),
                    ("换账套", "新建一个、打开其他账套、从备份恢复；这个账套先备份再关上，数据都在", other),
                ],
            ),
        ]

    def _people(self) -> list[QWidget]:
        return [OperatorCards(self._operators, self._ctx, runner=self._runner, shell=self._shell, lock=self._lock)]

    def _about(self) -> list[QWidget]:
        return [SettingCard("关于", [("jdy-desktop", "批发档口的进销存和 1688 预订单", Text(__version__, "body"))])]

    # ---- parts
    def _flag(self, key: str, name: str, *, default: bool) -> Switch:
        switch = Switch(
            name, checked=self._settings.flag(key, default), name=f"settings_page.{key.replace('.', '_')}_switch"
        )
        switch.toggled.connect(lambda on: self._settings.set_flag(key, on))
        return switch

    def _entry(self, key: str, name: str, *, password: bool = False) -> Field:
        field = sized(Field((self._settings.get(key) or "") if key else "", name=name), width=320)
        if password:
            field.setEchoMode(QLineEdit.EchoMode.Password)
        elif key:
            field.editingFinished.connect(lambda: self._set_address(key, field))
        return field

    def _submit(self, work: Callable[[], Any], done: Callable[[Any], None] | None = None) -> None:
        self._runner.submit(
            lambda _job: work(), owner=self, on_done=done or (lambda _x: None), on_error=self._shell.tell_error
        )

    # ---- reading
    def _read(self) -> None:
        self._submit(self._account_sets.info, self._show)

    @Slot(object)
    def _on_changed(self, areas: frozenset[str]) -> None:
        if areas & {"account", "settings"}:
            self._read()

    def _show(self, info: AccountSetInfo) -> None:
        self.module.setChecked(info.channel_enabled)
        self.include_tax.setChecked(info.prices_include_tax)
        self.attributes.setChecked(info.defaults.uses_attributes)
        self.matrix.setChecked(info.defaults.matrix_entry)
        if not self.unit.hasFocus():
            self.unit.setText(info.defaults.unit)
        if not self.tax_rate.hasFocus():
            self.tax_rate.setText(f"{info.tax_rate.normalize():f}")

    # ---- changing
    @Slot(object)
    def _set_theme(self, mode: Any) -> None:
        self._settings.set("view.theme", mode)
        theme.set_mode(mode)

    @Slot(object)
    def _set_scale(self, percent: int) -> None:
        self._settings.set("view.scale", str(percent))
        theme.set_scale(percent)

    @Slot(str)
    def _renamed(self, company: str) -> None:
        if self._book is not None:
            KnownBooks(self._settings).renamed(self._book, company)

    @Slot(bool)
    def _set_module(self, on: bool) -> None:
        self._submit(lambda: self._account_sets.set_channel_enabled(on))

    @Slot()
    def _set_tax(self) -> None:
        rate = parse_decimal(self.tax_rate.text(), places=4, minimum=Decimal(0), maximum=Decimal(100))
        if isinstance(rate, NumberProblem):
            self.tax_rate.set_tone("bad", "税率要在 0 到 100 之间，没有保存")
            return
        self.tax_rate.set_tone(None)
        include = self.include_tax.isChecked()
        self._submit(lambda: self._account_sets.set_tax(include, rate))

    @Slot()
    def _set_defaults(self) -> None:
        unit = self.unit.text().strip()
        self.unit.set_tone(None if unit else "bad", "" if unit else "默认单位不能为空，没有保存")
        if unit:
            wanted = IndustryDefaults(self.attributes.isChecked(), unit, self.matrix.isChecked())
            self._submit(lambda: self._account_sets.set_defaults(wanted))

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
    def _keep_secret(self) -> None:
        secret = self.secret.text().strip()
        if secret:
            self._submit(lambda: self._connection.keep_secret(secret), lambda _none: self._secret_kept())

    def _secret_kept(self) -> None:
        self.secret.clear()
        self.secret.setPlaceholderText("已保存，输入新的就更换")
        kept = (
            "已保存到本机。"
            if self._connection.keeps_secret
            else "只在本次运行有效：这台电脑没有密钥库，不会写到磁盘。"
        )
        self._shell.toast(f"AppSecret {kept}")

    @Slot()
    def _test_connection(self) -> None:
        self._test.set_blocked("正在测试")

        def work(job: JobContext) -> timedelta:
            return self._connection.gateway().server_offset(job)

        def done(offset: timedelta) -> None:
            seconds = abs(offset.total_seconds())
            clock = "" if seconds < 120 else f"；这台电脑的时间差了 {int(seconds // 60)} 分钟，请校准"
            self._link.explanation(5).setText(f"正常{clock}")

        self._runner.submit(
            work,
            owner=self,
            lane="net",
            on_done=done,
            on_error=lambda e: self._link.explanation(5).setText(sentence(e) if isinstance(e, JdyError) else ""),
            on_end=lambda: self._test.set_blocked(None),
        )

    def _set_key(self, action_id: str, field: Field) -> None:
        wanted = keys.normal(field.text())
        if wanted is None:
            field.set_tone("bad", "没有这个键，没有改动。写成 F9、Ctrl+S 这样")
            field.setText(keys.current().hint(action_id))
            return
        clash = keys.current().clash(action_id, wanted)
        if clash is not None:
            field.set_tone("bad", f"“{clash.text}”已经用了这个键，没有改动")
            field.setText(keys.current().hint(action_id))
            return
        field.set_tone(None)
        if wanted != keys.current().sequence(action_id):
            keys.current().set_sequence(action_id, wanted)
        field.setText(keys.current().hint(action_id))

    @Slot()
    def _reset_keys(self) -> None:
        keys.current().reset()
        for action in keys.current():
            field = self.findChild(Field, f"settings_page.key_{action.id}")
            if field is not None:
                field.setText(keys.current().hint(action.id))

    @Slot()
    def _back_up_now(self) -> None:
        book = self._book
        if book is not None:
            ctx = self._ctx
            self._submit(
                lambda: backup.back_up_now(book, self._folders.backups, ctx),
                lambda made: self._shell.toast(f"已备份到 {made.path.name}，打开检查过。"),
            )

    @Slot()
    def _back_up_to(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, "备份到", f"{self._book.stem if self._book else '账套'}.jdy", "备份 (*.jdy)"
        )
        book = self._book
        if chosen and book is not None and Path(chosen).resolve() == book.resolve():
            self._shell.tell_error(LocalError("backup_onto_book", path=book.name))
        elif chosen and book is not None:
            self._submit(
                lambda: backup.back_up_elsewhere(book, Path(chosen), self._ctx),
                lambda made: self._shell.toast(f"已备份到 {made.path}，打开检查过。"),
            )
