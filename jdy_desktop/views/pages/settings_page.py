"""设置: every line says what changes, and works at once (manual 2.2, 6.1.1; M16, M17, M125; look/19)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QListWidget, QWidget

from jdy_desktop import __version__
from jdy_desktop.models.rules.search import split_words
from jdy_desktop.services.book.account_sets import AccountSetInfo, AccountSets
from jdy_desktop.services.book.operators import Operators
from jdy_desktop.services.channel.connection import Connection
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.known_books import KnownBooks
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.views import theme
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pages.settings_backup import BackupCards
from jdy_desktop.views.pages.settings_channel import ChannelCards
from jdy_desktop.views.pages.settings_controls import ControlCards
from jdy_desktop.views.pages.settings_general import GeneralCards
from jdy_desktop.views.pages.settings_keys import KeyCards
from jdy_desktop.views.pages.settings_people import OperatorCards
from jdy_desktop.views.pages.settings_print import PrintCards
from jdy_desktop.views.pages.settings_rules import RuleCards
from jdy_desktop.views.pages.settings_scan import ScanCards
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.base import STRETCH, Surface, Text, VScroll, column, named, parent_of, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import SearchField
from jdy_desktop.views.widgets.setting_card import SettingCard

SECTIONS = ("常规", "进销存参数", "1688E经营", "打印", "快捷键", "扫描枪与声音", "备份", "操作员", "账套", "关于")
#: what a 店员 may look at but not change; the services refuse it either way
OWNERS = {"进销存参数": Right.ACCOUNT_SET, "1688E经营": Right.SHOPS, "账套": Right.ACCOUNT_SET}
_LINE_HEIGHT = 36


class SettingsPage(QWidget):
    """One scroll with all sections; the list at the left jumps, the search above it keeps what fits."""

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
        self._account_sets, self._settings, self._book = account_sets, settings, book
        self._runner, self._shell = runner, shell
        self._general, self._print, self._keys, self._scan = (
            GeneralCards(settings), PrintCards(settings, ctx, shell), KeyCards(), ScanCards(),
        )  # fmt: skip
        self._rules = RuleCards(account_sets, runner=runner, shell=shell)
        self._channel = ChannelCards(account_sets, connection, settings, clock=ctx.clock, runner=runner, shell=shell)
        cards: tuple[list[QWidget], ...] = (
            [self._general],
            [self._rules],
            [self._channel],
            [self._print],
            [self._keys],
            [self._scan],
            [BackupCards(book, folders, settings, ctx, runner=runner, shell=shell)],
            [OperatorCards(operators, ctx, runner=runner, shell=shell, lock=lock)],
            self._accounts(practice),
            [SettingCard("关于", [("jdy-desktop", "批发档口的进销存和 1688 预订单", Text(__version__, "body"))])],
        )
        self._sections: dict[str, QWidget] = {}
        content = Surface("page")
        self._layout = column(spacing=24, margins=(32, 20, 32, 32), parent=content)
        for name, some in zip(SECTIONS, cards, strict=True):
            self._layout.addWidget(self._section(name, some, ctx))
        self._empty = EmptyState("search", "没有找到", "换一个词，例如“打印”、“税”、“备份”。", [])
        self._layout.addWidget(self._empty)
        self._layout.addStretch(1)
        self._empty.hide()
        self._scroll = VScroll(content)
        self._jumped_to = 0
        self._scroll.verticalScrollBar().rangeChanged.connect(self._jump_again)
        whole = row(self._side(), self._scroll, spacing=0)
        whole.setStretch(1, 1)
        column(whole, self._foot(), spacing=0, parent=self).setStretch(0, 1)
        KeyShortcut("search", self, self.search.setFocus)
        runner.data_changed.connect(self._on_changed)
        self._read()

    def open_with(self, *, section: str) -> None:
        """Show a section by its name."""
        self.search.clear()
        self._filter("")
        self.sections.setCurrentRow(SECTIONS.index(section))

    # ---- building
    def _section(self, name: str, cards: list[QWidget], ctx: Context) -> QWidget:
        holder = QWidget()
        if name in OWNERS and not ctx.may(OWNERS[name]):
            for card in cards:
                card.setEnabled(False)
            cards.insert(0, Text(f"{name}要店主登录才能改。", "label"))
        column(*cards, spacing=24, parent=holder)
        self._sections[name] = holder
        return holder

    def _side(self) -> QWidget:
        self.search = SearchField("搜索设置", action=None, name="settings_page.search_field")
        self.search.setAccessibleName("搜索设置")
        self.search.searched.connect(self._filter)
        self.sections = named(QListWidget(), "settings_page.sections", "设置分类")
        self.sections.addItems(list(SECTIONS))
        for at in range(len(SECTIONS)):
            self.sections.item(at).setSizeHint(QSize(0, theme.px(_LINE_HEIGHT)))
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sections.currentTextChanged.connect(self._jump)
        side = Surface("page", edge="right", width=176)
        column(self.search, self.sections, margins=(8, 12, 8, 12), parent=side)
        return side

    def _foot(self) -> QWidget:
        reset = KeyButton("恢复默认", icon="undo", kind="quiet", name="settings_page.reset_button")
        reset.clicked.connect(self._ask_reset)
        foot = Surface("page", edge="top", height=44)
        row(
            Text("改动立刻生效；账套的改动记入操作日志", "label"), STRETCH, reset, margins=(16, 0, 16, 0), parent=foot
        )  # fmt: skip
        return foot

    def _accounts(self, practice: Callable[[], QWidget] | None) -> list[QWidget]:
        where = Text(str(self._book or ""), "hint", wrap=True, selectable=True)
        other = KeyButton("换账套…", icon="undo", name="settings_page.other_book_button")
        other.clicked.connect(self._shell.choose_book)
        controls = ControlCards(self._account_sets, runner=self._runner, shell=self._shell)
        controls.renamed.connect(self._renamed)
        file = SettingCard(
            "账套",
            [
                ("账套文件", "要搬到另一台电脑，用备份和恢复，不要直接复制正在用的文件", sized(where, width=320)),
                ("换账套", "新建一个、打开其他账套、从备份恢复；这个账套先备份再关上，数据都在", other),
            ],
        )
        return [controls, *([practice()] if practice else []), file]

    # ---- finding
    @Slot(str)
    def _jump(self, name: str) -> None:
        bar = self._scroll.verticalScrollBar()
        bar.setValue(self._sections[name].y() - theme.px(12))
        self._jumped_to = bar.value()

    @Slot()
    def _jump_again(self) -> None:
        """Cards have another height now; whoever has not scrolled since stays with the section he chose."""
        item = self.sections.currentItem()
        if item is not None and self._scroll.verticalScrollBar().value() == self._jumped_to:
            self._jump(item.text())

    @Slot(str)
    def _filter(self, text: str) -> None:
        """Cards and lines that have the words; a section without any leaves the list too."""
        words = split_words(text)
        found = False
        for at, (name, holder) in enumerate(self._sections.items()):
            cards = [one for one in holder.findChildren(SettingCard) if _is_offered(one, holder)]
            # Every card is asked: one that fits must not spare the others the question.
            fitting = [one for one in cards if one.filter(words, section=name)]
            fits = bool(fitting) or not words
            holder.setVisible(fits)
            self.sections.item(at).setHidden(not fits)
            found = found or fits
        self._empty.setVisible(not found)
        if words:
            self._scroll.verticalScrollBar().setValue(0)

    # ---- reading
    def _read(self) -> None:
        self._runner.submit(
            lambda _job: self._account_sets.info(), owner=self, on_done=self._show, on_error=self._shell.tell_error
        )

    @Slot(object)
    def _on_changed(self, areas: frozenset[str]) -> None:
        if areas & {"account", "settings"}:
            self._read()

    def _show(self, info: AccountSetInfo) -> None:
        self._rules.show_info(info)
        self._channel.show_info(info)

    # ---- changing
    @Slot(str)
    def _renamed(self, company: str) -> None:
        if self._book is not None:
            KnownBooks(self._settings).renamed(self._book, company)

    @Slot()
    def _ask_reset(self) -> None:
        ask = ConfirmDialog(
            self, "恢复默认", "把这台电脑的设置恢复成刚装好的样子吗？",
            goes="外观、字号、打印机和纸张、快捷键、扫描枪、声音、预订单和下载的习惯。",
            stays="账套、商品、单据、进销存参数、连接 1688 的地址和钥匙、操作员都不变。",
            yes="恢复默认", name="reset_settings_dialog",
        )  # fmt: skip
        ask.accepted.connect(self._reset)
        ask.open()

    @Slot()
    def _reset(self) -> None:
        for one in (self._general, self._channel, self._print, self._keys, self._scan):
            one.reset()
        self._shell.toast("已恢复默认。")


def _is_offered(card: SettingCard, holder: QWidget) -> bool:
    """False inside cards that this book does not show (those of a practice book)."""
    parent = parent_of(card)
    return parent is holder or not parent.isHidden()
