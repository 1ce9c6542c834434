"""下载 (manual 4.2; M54–M61; picture 07): which shop, how, which offers. Closes at once; the band on the page tells the rest."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QPlainTextEdit, QRadioButton, QWidget

from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.rules.offer_ids import parse_offer_ids
from jdy_desktop.models.states import DownloadMode, DownloadRange
from jdy_desktop.services.channel.downloads import DownloadRequest, DownloadRunInfo, Downloads
from jdy_desktop.services.channel.shops import ShopRow
from jdy_desktop.views import theme
from jdy_desktop.views.dialogs.message_dialog import MessageDialog
from jdy_desktop.views.figures import minute
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, IconLabel, Rule, Text, VScroll, column, named, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow
from jdy_desktop.views.widgets.fields import FilterCombo

_CONSEQUENCES = {
    DownloadMode.CREATE: "宝贝进入商品匹配并已匹配，商品中心出现对应的商品",
    DownloadMode.INFO_ONLY: "只更新平台商品名称等信息，不新建商品；匹配要另点“自动匹配”",
}
SEPARATORS = "分隔用逗号、空格、换行都行。"
#: 操作指引: what the video of the manual shows, in words.
GUIDE = (
    "1. 选店铺：下载哪个店铺的商品，只有一个店铺时不用选。\n\n"
    "2. 选下载方式：\n"
    "“下载后自动在系统创建相同商品”——商品中心会出现对应的商品，匹配关系变为已匹配。\n"
    "“仅下载线上商品信息”——只更新平台商品名称等信息，不新建商品；已经手工建好商品时用它，下载后再点“自动匹配”。\n\n"
    "3. 选下载范围：“全部”是所有上架的宝贝；“部分”填 offerid，多个用逗号隔开。\n"
    "offerid 是 1688 商品详情链接里 offer/ 后面的那一串数字，例如 "
    "https://detail.1688.com/offer/588616757513.html 的 588616757513；整条链接粘贴进来也行。\n\n"
    "4. 点“确定”。下载在后台进行，可以接着开单；已经创建的商品名称不会被改动。"
)
LABEL_WIDTH = 88


class DownloadDialog(DialogFrame):
    """`wanted(DownloadRequest, resume_id)`: what to do; `resume_id` is None, or the unfinished run to go on with."""

    wanted = Signal(object, object)

    def __init__(
        self,
        window: QWidget,
        shops: Sequence[ShopRow],
        downloads: Downloads,
        runner: JobRunner,
        *,
        shop_id: ShopId | None = None,
    ) -> None:
        super().__init__(window, "下载", width=536, name="download_dialog")
        self._downloads, self._runner = downloads, runner
        self._unfinished: DownloadRunInfo | None = None
        self.shop = FilterCombo(
            "店铺", [(one.name, one.id) for one in shops], name="download_dialog.shop_combo", inside=False
        )
        self.shop.set_value(shop_id)
        self.shop.setEnabled(len(shops) > 1)
        self.shop.changed.connect(self._look_for_unfinished)
        self._resume = NoteRow("info", "", repair="接着上次下载")
        self._resume.setObjectName("download_dialog.resume_note")
        self._resume.repaired.connect(self._go_on)
        self._resume.hide()
        promise = Text("下载在后台进行，可以接着开单；已经创建的商品名称不会被改动。", "label")
        background = row(IconLabel("info", "text2", 14), promise, STRETCH)
        self._rows = QWidget()
        column(
            self._line("店铺", self.shop),
            self._line("下载方式", self._modes()),
            self._line("下载范围", self._ranges()),
            self._resume,
            Rule(),
            background,
            spacing=20,
            parent=self._rows,
        )
        self._scroll = VScroll(self._rows)
        self._rows.setAutoFillBackground(False)  # a scroll area paints its content in the window's ground otherwise
        self.body.addWidget(self._scroll)
        self._foot()
        self._show_range()
        self._look_for_unfinished()

    def _line(self, words: str, control: QWidget) -> QWidget:
        holder = QWidget()
        head = sized(Text(words, "label"), width=LABEL_WIDTH, height=32)
        left = column(head, STRETCH, spacing=0)
        line = row(left, control, spacing=0, parent=holder)
        line.setStretch(1, 1)
        return holder

    def _modes(self) -> QWidget:
        """Two choices with their consequence (M56, M57)."""
        holder, self._mode_group = QWidget(), QButtonGroup(self)
        self.modes: dict[DownloadMode, QRadioButton] = {}
        lines = []
        for mode in DownloadMode:
            button = named(QRadioButton(label(mode)), f"download_dialog.mode_{mode.value}", label(mode))
            self._mode_group.addButton(button)
            self.modes[mode] = button
            lines.append(column(button, row(24, Text(_CONSEQUENCES[mode], "hint"), spacing=0), spacing=0))
        self.modes[DownloadMode.CREATE].setChecked(True)
        column(2, *lines, spacing=8, parent=holder)
        return holder

    def _ranges(self) -> QWidget:
        """全部 or 部分, and below 部分 what was understood of the text (M58, M59)."""
        holder, self._range_group = QWidget(), QButtonGroup(self)
        self.ranges: dict[DownloadRange, QRadioButton] = {}
        for span in DownloadRange:
            button = named(QRadioButton(label(span)), f"download_dialog.range_{span.value}", label(span))
            self._range_group.addButton(button)
            self.ranges[span] = button
        self.ranges[DownloadRange.ALL].setChecked(True)
        self._range_group.buttonClicked.connect(self._show_range)
        self.ids = sized(named(QPlainTextEdit(), "download_dialog.ids_edit", "offerid"), height=76)
        self.ids.setPlaceholderText("offerid 或宝贝链接，多个用逗号隔开")
        self.ids.setTabChangesFocus(True)
        self.ids.textChanged.connect(self._show_understood)
        self._mark = IconLabel("check", "ok", 16)
        self.understood = named(Text("", "hint", wrap=True), "download_dialog.understood", "认出的 offerid")
        self.understood.setAlignment(Qt.AlignmentFlag.AlignTop)
        sized(self.understood, height=36)  # two lines: nothing moves while typing
        below = QWidget()
        told = row(column(2, self._mark, STRETCH, spacing=0), self.understood, spacing=6)
        told.setStretch(1, 1)
        column(self.ids, told, spacing=6, parent=below)
        self._below = below
        choices = row(*self.ranges.values(), STRETCH, spacing=20)
        column(2, choices, below, spacing=6, parent=holder)
        return holder

    def _foot(self) -> None:
        guide = KeyButton("操作指引", "help", kind="link", icon="help", name="download_dialog.guide_button")
        video = KeyButton("播放视频", kind="link", icon="external", name="download_dialog.video_button")
        for button in (guide, video):
            button.clicked.connect(self.show_guide)
            self.add_left(button)
        KeyShortcut("help", self, self.show_guide)
        KeyShortcut("accept_offer", self, self.accept)  # Enter alone is a new line in the text box
        self.add_button(KeyButton("取消", "cancel", name="download_dialog.cancel_button"), self.reject)
        self.add_button(
            KeyButton("确定", "ok", kind="primary", name="download_dialog.ok_button"), self.accept, default=True
        )

    def _fit(self) -> None:
        """As high as the form, as far as the window allows (200 %); then the form scrolls."""
        layout = self._rows.layout()
        if layout is not None:
            layout.activate()
        room = self.parentWidget().height() - theme.px(200)  # type: ignore[union-attr]
        self._scroll.setFixedHeight(max(theme.px(96), min(self._rows.sizeHint().height(), room)))
        if self.isVisible():
            self.refit()

    def open(self) -> None:
        self._fit()
        super().open()

    @Slot()
    def show_guide(self) -> None:
        """操作指引 F1 and 播放视频: built in, as the program works without the web."""
        host = self.parentWidget()
        assert host is not None
        MessageDialog(host, GUIDE, title="操作指引", icon="help", tone="info").open()

    # ---- what was typed
    @Slot()
    def _show_range(self) -> None:
        some = self.ranges[DownloadRange.SOME].isChecked()
        self._below.setVisible(some)
        if some:
            self.ids.setFocus()
            self._show_understood()
        self._fit()

    @Slot()
    def _show_understood(self) -> None:
        found = parse_offer_ids(self.ids.toPlainText())
        parts = [f"认出 {len(found.ids)} 个 offerid"]
        if found.repeated:
            parts.append(f"去掉 {found.repeated} 个重复")
        if found.not_understood:
            shown = "、".join(found.not_understood[:3]) + (" 等" if len(found.not_understood) > 3 else "")
            parts.append(f"看不懂 {len(found.not_understood)} 处：{shown}")
        self._tell(
            "，".join(parts) + f"。{SEPARATORS}", "warn" if found.not_understood else "ok" if found.ids else "hint"
        )

    def _tell(self, words: str, tone: str) -> None:
        icon = {"ok": "check", "hint": "info", "warn": "warning", "bad": "error"}[tone]
        self._mark.set_icon(icon, tone)
        self.understood.setText(words)
        self.understood.set_role("bad" if tone == "bad" else "hint")
        self._fit()

    def request(self) -> DownloadRequest:
        """What the fields say."""
        span = next(one for one, button in self.ranges.items() if button.isChecked())
        mode = next(one for one, button in self.modes.items() if button.isChecked())
        ids = parse_offer_ids(self.ids.toPlainText()).ids if span is DownloadRange.SOME else ()
        return DownloadRequest(self.shop.value(), mode, span, ids)

    def accept(self) -> None:
        """确定; 部分 without any id stays open and says so."""
        request = self.request()
        if request.range is DownloadRange.SOME and not request.offer_ids:
            self._tell(f"没有认出 offerid，还没有开始下载。填宝贝链接里 offer/ 后面的数字。{SEPARATORS}", "bad")
            self.ids.setFocus()
            return
        self.wanted.emit(request, None)
        super().accept()

    # ---- a download that stopped before its end
    @Slot()
    def _look_for_unfinished(self) -> None:
        shop_id = self.shop.value()
        self._resume.hide()
        if shop_id is None:
            return
        self._runner.submit(
            lambda _job: self._downloads.unfinished(shop_id),
            owner=self,
            key="unfinished",
            on_done=self._offer_to_go_on,
            on_error=lambda _error: (
                None
            ),  # the offer to go on is a convenience: without it a new download does the same
        )

    def _offer_to_go_on(self, info: DownloadRunInfo | None) -> None:
        self._unfinished = info
        self._resume.setVisible(info is not None)
        if info is not None:
            at = minute(info.started_at)
            words = f"{at} 的下载停在半路，已下载 {info.offers} 个宝贝。"
            self._resume.set_note("info", words, repair="接着上次下载")
        self._fit()

    @Slot()
    def _go_on(self) -> None:
        if self._unfinished is not None:
            self.wanted.emit(self._unfinished.request, self._unfinished.run_id)
            super().accept()
