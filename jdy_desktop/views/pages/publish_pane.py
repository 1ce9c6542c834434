"""The pane of 商品发布: the conditions of the current goods with their reasons, the category, and what 1688 said."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from jdy_desktop.models.rules.publishing import Condition, Finding, Verdict
from jdy_desktop.models.states import PublishState
from jdy_desktop.services.channel.publish_values import PublishView
from jdy_desktop.views.figures import moment, money_or_dash
from jdy_desktop.views.pages.current_pane import CurrentPane
from jdy_desktop.views.texts import label
from jdy_desktop.views.texts.publishing import (
    IN_SHOP,
    PRIVATE,
    REPAIRS,
    condition_sentence,
    log_words,
    publish_advice,
)
from jdy_desktop.views.widgets.base import STRETCH, IconLabel, Rule, Surface, Text, column, named, row
from jdy_desktop.views.widgets.buttons import KeyButton, LinkButton
from jdy_desktop.views.widgets.feedback import Chip, EmptyState
from jdy_desktop.views.widgets.panels import ValueRow

_WIDTH = 320
_LOOKS = {
    Verdict.GOOD: ("check", "ok"),
    Verdict.ADVICE: ("warning", "warn"),
    Verdict.ASK: ("warning", "warn"),
    Verdict.REFUSED: ("error", "bad"),
}
_ORDER = [Verdict.REFUSED, Verdict.ASK, Verdict.ADVICE, Verdict.GOOD]


class PublishPane(CurrentPane):
    """`show_view(view)`, `show_none()`. `bind`, `publish`, `look_up` are its buttons; `repaired(Condition)` a link beside one."""

    repaired = Signal(object)

    def __init__(self) -> None:
        none = EmptyState("publish", "没有选中商品", "在左边选一个商品，这里显示它能不能发布。")
        super().__init__("publish_page.pane", none, width=_WIDTH)
        self.view: PublishView | None = None
        self.log, self.conditions = LogCard(), Conditions()
        self.conditions.repaired.connect(self.repaired)
        parts = (self._head(), self._buttons(), self.log, Rule(), *self._facts(), self._category(), self.conditions)
        self.lay_out(*parts, spacing=8)

    def _head(self) -> QWidget:
        self.code = named(Text("", "dialog_title", selectable=True), "publish_page.pane_code", "商品代码")
        self.state = named(Chip.state("未发布"), "publish_page.pane_state", "发布状态")
        self.name = named(Text("", "body", wrap=True, selectable=True), "publish_page.pane_name", "商品名称")
        holder = QWidget()
        column(row(self.code, STRETCH, self.state), self.name, spacing=4, parent=holder)
        return holder

    def _facts(self) -> list[QWidget]:
        self.shop, self.price = ValueRow("店铺"), ValueRow("价格", strong=True)
        self.stock, self.kind = ValueRow("可售数量"), ValueRow("类型")
        self.offer = ValueRow("宝贝编号")
        return [self.shop, self.price, self.stock, self.kind, self.offer]

    def _category(self) -> QWidget:
        self.bind = KeyButton("选择类目", size="small", name="publish_page.category_button")
        self.category = named(Text("", "body", wrap=True), "publish_page.pane_category", "类目")
        holder = QWidget()
        head = row(Text("类目", "label"), STRETCH, self.bind)
        column(head, self.category, spacing=2, parent=holder)
        return holder

    def _buttons(self) -> QWidget:
        self.publish = KeyButton("发布", kind="primary", icon="publish", name="publish_page.pane_publish_button")
        self.look_up = KeyButton("核对", kind="primary", icon="lookup", name="publish_page.look_up_button")
        self._actions = QWidget()
        row(self.publish, self.look_up, STRETCH, margins=(0, 2, 0, 2), parent=self._actions)
        return self._actions

    # ---- content
    def show_none(self) -> None:
        """Nothing is selected."""
        self.view = None
        super().show_none()

    def show_view(self, view: PublishView) -> None:
        """Goods in a shop."""
        is_new = self.view is None or self.view.key != view.key
        self.view = view
        is_there = any(one.condition is Condition.IN_SHOP for one in view.findings)
        self.code.setText(view.code)
        self.name.setText(view.name)
        self.state.set_state(IN_SHOP if is_there and view.state is PublishState.DRAFT else label(view.state))
        self.shop.set_value(view.shop)
        self.price.set_value(f"{money_or_dash(view.price)} / {view.unit}" if view.price else "—")
        self.stock.set_value(str(view.stock), tone="" if view.stock else "bad")
        self.kind.set_value(f"{PRIVATE} · 支持在线交易" if view.is_private else "支持在线交易")
        self.offer.set_value(view.offer_id)
        self.offer.setVisible(bool(view.offer_id))
        self.category.setText(view.category_name or "还没有绑定类目")
        may_begin = view.state in (PublishState.DRAFT, PublishState.FAILED)
        self.bind.setVisible(may_begin)
        self.publish.setVisible(may_begin)
        self.look_up.setVisible(view.state in (PublishState.UNCLEAR, PublishState.PUBLISHED))
        self.look_up.set_kind("primary" if view.state is PublishState.UNCLEAR else "secondary")
        self._actions.setVisible(view.state is not PublishState.SENDING)
        self.conditions.setVisible(may_begin)
        self.conditions.show_findings(view.findings)
        self.log.show_log(view)
        self.show_content(from_top=is_new)

    def focus_category(self) -> None:
        """The jump to the field that stands against publishing (M108)."""
        self._scroll.ensureWidgetVisible(self.bind)
        self.bind.setFocus(Qt.FocusReason.OtherFocusReason)


class Conditions(QWidget):
    """One line per condition: tick, warning or cross, the reason, and the link that mends it; what stands against
    publishing comes first. `lines` is what is shown."""

    repaired = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("publish_page.conditions")
        self.setAccessibleName("发布条件")
        self._box: QVBoxLayout = column(Rule(), Text("发布条件", "strong"), spacing=8, parent=self)
        self._holder: QWidget | None = None
        self.lines: list[str] = []

    def show_findings(self, found: tuple[Finding, ...]) -> None:
        found = tuple(sorted(found, key=lambda one: _ORDER.index(one.verdict)))
        if self._holder is not None:
            self._holder.hide()
            self._holder.deleteLater()
        self._holder = QWidget()
        lines = column(spacing=8, parent=self._holder)
        for one in found:
            lines.addWidget(self._line(one))
        self._box.addWidget(self._holder)
        self.lines = [condition_sentence(one) for one in found]
        self.setAccessibleDescription("；".join(self.lines))

    def _line(self, found: Finding) -> QWidget:
        words = Text(condition_sentence(found), "label" if found.verdict is Verdict.GOOD else "body", wrap=True)
        line = QWidget()
        icon = IconLabel(*_LOOKS[found.verdict], 16)
        inner = column(words, spacing=2)
        repair = REPAIRS.get(found.condition, "")
        if repair and found.verdict in (Verdict.REFUSED, Verdict.ASK):
            link = LinkButton(repair, name=f"publish_page.repair_{found.condition.value}")
            link.clicked.connect(lambda: self.repaired.emit(found.condition))
            inner.addLayout(row(link, STRETCH))
        box = row(icon, inner, spacing=8, parent=line)
        box.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        box.setStretch(1, 1)
        return line


class LogCard(Surface):
    """日志: 1688's text word for word, and below it what we advise."""

    def __init__(self) -> None:
        super().__init__("card")
        self.setObjectName("publish_page.log_card")
        self.words = named(Text("", "body", wrap=True, selectable=True), "publish_page.log_text", "日志")
        self.advice = named(Text("", "label", wrap=True), "publish_page.advice_text", "办法")
        column(Text("日志", "strong"), self.words, self.advice, spacing=4, margins=(12, 10, 12, 10), parent=self)

    def show_log(self, view: PublishView) -> None:
        words, advice = log_words(view.state, view.log), publish_advice(view.state, view.log)
        if view.state is PublishState.PUBLISHED and view.published_at is not None:
            words = f"{moment(view.published_at)} 发布"
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.advice.setText(advice)
        self.advice.setVisible(bool(advice))
        self.setVisible(bool(words or advice))
