"""The two halves of the code window (look/10): the code with its ways to pay, the amount with its facts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from jdy_desktop.views.dialogs.code_parts import QrCard, StatePart, Steps
from jdy_desktop.views.widgets.base import STRETCH, IconLabel, Rule, Surface, Text, column, row
from jdy_desktop.views.widgets.buttons import LinkButton
from jdy_desktop.views.widgets.feedback import AmountLabel, Chip, ToneBand
from jdy_desktop.views.widgets.panels import ValueRow


class CodeHalf(Surface):
    """Place 0: what state it is in; place 1: the code (`stack`)."""

    large_payments_wanted = Signal()
    buyer_page_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("subtle", edge="right", width=440)
        self.card = QrCard()
        self.checked = Text("二维码已读回核对，和订单一致", "ok")
        self.checked.setObjectName("code_window.checked_label")
        scan_words = Text("请用 支付宝 App 或者阿里巴巴 App 扫码", "strong")
        scan_words.setObjectName("code_window.scan_words")
        link = LinkButton("大额支付 融易收", name="code_window.large_payments_link")
        link.clicked.connect(self.large_payments_wanted)
        # No phone reaches the practice market, which stands on this PC: its buyer is a page of the browser.
        self.practice = LinkButton("练习：打开买家页面", name="code_window.practice_link")
        self.practice.clicked.connect(self.buyer_page_wanted)
        self.practice.hide()
        code, told = QWidget(), QWidget()
        column(
            row(STRETCH, self.card, STRETCH),
            row(STRETCH, IconLabel("check", "ok", 14), self.checked, STRETCH, spacing=6),
            row(STRETCH, scan_words, self.practice, STRETCH, spacing=8),
            row(STRETCH, Text("支付宝；银行转账和对公支付需开通", "label"), link, STRETCH, spacing=4),
            STRETCH,
            spacing=6,
            margins=(10, 12, 10, 8),
            parent=code,
        )
        self.told = StatePart()
        column(self.told, margins=(24, 20, 24, 20), parent=told)
        self.stack = QStackedWidget()
        self.stack.addWidget(told)
        self.stack.addWidget(code)
        column(self.stack, spacing=0, parent=self)

    def set_address(self, url: str) -> None:
        """Where the code leads."""
        self.practice.setVisible(url.startswith("http://127.0.0.1"))


class FactsHalf(QWidget):
    """Amount, the one-scan warning, the four steps, facts."""

    NAMES = ("剩余付款时间", "店铺", "预单编号", "原销售单号", "客户", "优惠后金额 + 客户承担费用")

    def __init__(self) -> None:
        super().__init__()
        self.chip = Chip("排队中", "info", icon="cloud_up")
        self.amount = AmountLabel("0.00", size=52, right=False)
        self.amount.setObjectName("code_window.amount")
        self.steps = Steps()
        self.warning = _once_warning()
        self.facts = {name: ValueRow(name, "", strong=name == self.NAMES[0]) for name in self.NAMES}
        column(
            row(Text("结算金额", "label"), STRETCH, self.chip),
            self.amount,
            4,
            self.warning,
            6,
            self.steps,
            Rule(),
            *self.facts.values(),
            STRETCH,
            spacing=8,
            margins=(28, 20, 28, 16),
            parent=self,
        )


def _once_warning() -> ToneBand:
    """Told before the code can be scanned (M134, M135)."""
    band = ToneBand("warn", edges="all")
    first, second = "只能扫码一次，扫描即被锁定。", "请让付款的人自己扫。5 天内完成付款，否则要重新创建。"
    words = column(Text(first, "strong"), Text(second, "label"), spacing=2)
    mark = column(IconLabel("lock", "warn", 18), STRETCH)
    line = row(mark, words, spacing=12, margins=(14, 10, 14, 10), parent=band)
    line.setStretch(1, 1)
    band.setObjectName("code_window.once_warning")
    band.setAccessibleName(first + second)
    return band
