"""店铺授权: whether goods are to be downloaded at once (manual 3.1, M24–M26, M31)."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QWidget

from jdy_desktop.views.widgets.base import Text, column
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.choice_card import ChoiceCard
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow

OPTION_1 = "授权成功后，先不下载，我自己去“商品匹配”中下载商品"
OPTION_2 = "授权成功后，请帮我下载全部商品并自动创建到精斗云系统中"
SERVICE_MARKET = "https://fuwu.1688.com/"


class ShopPrompt(DialogFrame):
    """`chosen(bool)`: True = option 2, download and create everything."""

    chosen = Signal(bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "店铺授权", width=600, name="shop_prompt")
        self._group = QButtonGroup(self)
        first = ChoiceCard(
            "选项 1", OPTION_1, "不会下载，也不会创建商品。适合已经手工建好商品的商家。", name="shop_prompt.option_1"
        )
        second = ChoiceCard(
            "选项 2", OPTION_2, "下载这个店铺所有上架商品，并在商品中心创建。", name="shop_prompt.option_2"
        )
        for index, card in enumerate((first, second), 1):
            self._group.addButton(card, index)
        first.setChecked(True)
        reminder = NoteRow(
            "warn",
            "店铺授权提示: 购买成功后请到精斗云1688E经营模块授权店铺。\n"
            "每授权一个店铺之前，都需要去 1688 应用市场 (fuwu.1688.com) 订购应用。",
            repair="去订购",
        )
        reminder.repaired.connect(lambda: QDesktopServices.openUrl(QUrl(SERVICE_MARKET)))
        self.body.addLayout(
            column(Text("授权成功后，要马上下载这个店铺的商品吗？", "label"), first, second, 4, reminder, spacing=12)
        )
        self.add_button(KeyButton("取消", "cancel", name="shop_prompt.cancel_button"), self.reject)
        self.add_button(
            KeyButton("确定", "ok", kind="primary", name="shop_prompt.ok_button"), self.accept, default=True
        )
        self.accepted.connect(lambda: self.chosen.emit(self._group.checkedId() == 2))
