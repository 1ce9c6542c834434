"""The detail pane of 商品中心: picture, name, facts, the SKUs with both stocks, and what the match says."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.machine.context import SHANGHAI, Clock
from jdy_desktop.services.queries.goods_card import GoodsCard, SkuFacts
from jdy_desktop.views import theme
from jdy_desktop.views.figures import money_or_dash, plain
from jdy_desktop.views.pages.current_pane import CurrentPane
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.texts import PRICE_LABELS
from jdy_desktop.views.widgets.base import STRETCH, Rule, Surface, Text, column, named, row
from jdy_desktop.views.widgets.buttons import IconButton, KeyButton, LinkButton
from jdy_desktop.views.widgets.feedback import Chip, EmptyState
from jdy_desktop.views.widgets.menu import MenuPopup
from jdy_desktop.views.widgets.panels import ValueRow

ORDINARY = "普通"
#: shown only where goods have such a price.
_FURTHER = (PriceGrade.VIP, PriceGrade.DISCOUNT1, PriceGrade.DISCOUNT2)
_PICTURE, _WIDTH = 96, 320


class GoodsPane(CurrentPane):
    """The 320 px at the right; below the list when the window is narrow. `show_card(card)`, `show_none()`.

    `acted(what)`: edit, sale, skus, copy, match, toggle.
    """

    acted = Signal(str)

    def __init__(self, pictures: PictureStore, clock: Clock) -> None:
        none = EmptyState("goods", "没有选中商品", "在左边选一个商品，这里显示它的资料。")
        super().__init__("goods_page.pane", none, width=_WIDTH)
        self.card: GoodsCard | None = None
        self._pictures, self._clock = pictures, clock
        self.skus, self.match = SkuFactsTable(), MatchCard(clock)
        parts = (self._head(), self._buttons(), Rule(), *self._facts(), self._sku_head(), self.skus)
        self.lay_out(*parts, 6, self.match)
        pictures.arrived.connect(self._on_picture)
        theme.notifier().changed.connect(self._show_picture)

    def _head(self) -> QWidget:
        self._picture = _Picture()
        self.code = named(Text("", "dialog_title", selectable=True), "goods_page.pane_code", "商品代码")
        self.name = named(Text("", "body", wrap=True, selectable=True), "goods_page.pane_name", "商品名称")
        words = column(self.code, self.name, STRETCH, spacing=2)
        holder = QWidget()
        line = row(self._picture, words, spacing=12, margins=(0, 0, 0, 6), parent=holder)
        line.setAlignment(self._picture, Qt.AlignmentFlag.AlignTop)
        line.setStretch(1, 1)
        return holder

    def _buttons(self) -> QWidget:
        edit = KeyButton("编辑", "edit", icon="edit", size="small", name="goods_page.edit_button")
        self._sale = sale = KeyButton("开销货单", icon="sale", size="small", name="goods_page.sale_button")
        self._more = IconButton("more", "更多", side=30, framed=True, name="goods_page.more_button")
        edit.clicked.connect(lambda: self.acted.emit("edit"))
        sale.clicked.connect(lambda: self.acted.emit("sale"))
        self._more.clicked.connect(self._open_menu)
        holder = QWidget()
        row(edit, sale, self._more, STRETCH, margins=(0, 0, 0, 2), parent=holder)
        return holder

    def _facts(self) -> list[ValueRow]:
        self.category, self.kind = ValueRow("商品类别"), ValueRow("商品类型")
        self.unit = ValueRow("计量单位组 / 基本单位")
        self.retail, self.wholesale = ValueRow("零售价", strong=True), ValueRow("批发价")
        self.negative = ValueRow("是否允许负库存")
        self.specification = ValueRow("规格")
        self.further = {grade: ValueRow(PRICE_LABELS[grade]) for grade in _FURTHER}
        first = [self.category, self.kind, self.unit, self.specification, self.retail, self.wholesale]
        return [*first, *self.further.values(), self.negative]

    def _sku_head(self) -> QWidget:
        self._combos = LinkButton("属性组合", name="goods_page.skus_link")
        self._combos.clicked.connect(lambda: self.acted.emit("skus"))
        holder = QWidget()
        row(Text("辅助属性", "strong"), STRETCH, self._combos, margins=(0, 4, 0, 0), parent=holder)
        return holder

    # ---- content
    def show_none(self) -> None:
        """Nothing is selected."""
        self.card = None
        super().show_none()

    def show_card(self, card: GoodsCard) -> None:
        """Show a product."""
        is_new = self.card is None or self.card.id != card.id
        self.card = card
        self.code.setText(card.code)
        self.name.setText(card.name)
        self.category.set_value(card.category or "未分类")
        self.kind.set_value(ORDINARY)
        self.unit.set_value(f"{card.unit_group} / {card.unit}")
        self.retail.set_value(money_or_dash(card.retail_price))
        self.wholesale.set_value(money_or_dash(card.wholesale_price))
        self.specification.set_value(card.specification)
        self.specification.setVisible(bool(card.specification))
        for grade, line in self.further.items():
            line.set_value(money_or_dash(card.other_prices.get(grade)))
            line.setVisible(grade in card.other_prices)
        self.negative.set_value("是" if card.allow_negative else "否", tone="warn" if card.allow_negative else "")
        self.skus.show_rows(card.skus)
        self.match.show_card(card)
        self._show_picture()
        self.show_content(from_top=is_new)

    @Slot()
    def _show_picture(self) -> None:
        if self.card is not None:
            self._picture.show_pixmap(self._pictures.pixmap(self.card.picture, _PICTURE))

    @Slot(str)
    def _on_picture(self, url: str) -> None:
        if self.card is not None and url == self.card.picture:
            self._show_picture()

    def choose_sku(self, card: GoodsCard, take: Callable[[SkuId], object]) -> None:
        """The only SKU at once; of several the clerk picks one from a menu under 开销货单."""
        if len(card.skus) == 1:
            take(card.skus[0].id)
            return
        lines = [(f"{one.name or one.code}　库存 {plain(one.stock)}", one.id) for one in card.skus]
        items = [(words, lambda sku_id=sku_id: take(sku_id)) for words, sku_id in lines]
        MenuPopup(self._sale, items, name="goods_page.sale_menu").open()

    @Slot()
    def _open_menu(self) -> None:
        if self.card is None:
            return
        toggle = "改为不允许负库存" if self.card.allow_negative else "改为允许负库存"
        lines = (("复制商品代码", "copy"), ("在商品匹配里看", "match"), (toggle, "toggle"))
        items = [(words, lambda what=what: self.acted.emit(what)) for words, what in lines]
        MenuPopup(self._more, items, name="goods_page.more_menu").open()


class _Picture(QWidget):
    """A square with round corners; a quiet mark stands for a picture that is not there."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("goods_page.pane_picture")
        self.setAccessibleName("商品图片")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._pixmap = theme.pixmap("goods", "hint", 40)
        self._is_real = False
        theme.notifier().changed.connect(self.updateGeometry)

    def show_pixmap(self, pixmap: object) -> None:
        from PySide6.QtGui import QPixmap

        self._is_real = isinstance(pixmap, QPixmap) and not pixmap.isNull()
        if isinstance(pixmap, QPixmap) and self._is_real:
            self._pixmap = pixmap
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(_PICTURE), theme.px(_PICTURE))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        from PySide6.QtCore import QRectF
        from PySide6.QtGui import QPainterPath

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), theme.radius("panel"), theme.radius("panel"))
        painter.setClipPath(path)
        if self._is_real:
            painter.drawPixmap(self.rect(), self._pixmap)
            return
        painter.fillRect(self.rect(), theme.color("hover"))
        side = theme.px(40)
        mark = QRect(0, 0, side, side)
        mark.moveCenter(self.rect().center())
        painter.drawPixmap(mark, theme.pixmap("goods", "hint", 40))


class SkuFactsTable(QWidget):
    """SKU代码, 属性, 零售价, 库存, 线上库存 of every SKU; painted, because goods may have hundreds of them."""

    TITLES = ("SKU代码", "属性", "零售价", "库存", "线上库存")
    _HEAD, _LINE, _GAP = 30, 36, 8

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("goods_page.sku_facts")
        self.setAccessibleName("辅助属性")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._rows: list[tuple[str, ...]] = []
        self._bad: list[bool] = []
        theme.notifier().changed.connect(self._restyle)

    def show_rows(self, skus: tuple[SkuFacts, ...]) -> None:
        """One line per SKU."""
        self._rows = [
            (
                one.code,
                one.name or "—",
                money_or_dash(one.retail_price),
                plain(one.stock),
                plain(one.online_stock) or "—",
            )
            for one in skus
        ]
        self._bad = [one.stock <= 0 for one in skus]
        self.setAccessibleDescription("；".join(" ".join(line) for line in self._rows[:50]))
        self._restyle()

    def words(self) -> list[tuple[str, ...]]:
        """The cells shown."""
        return self._rows

    @Slot()
    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(self._HEAD + self._LINE * len(self._rows)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _widths(self) -> list[int]:
        """Numbers take what they need, code and attributes share the rest."""
        head, body = QFontMetrics(theme.font(12, bold=True)), QFontMetrics(theme.font(12))
        needed = [  # a pixel more: measures are rounded, and what is rounded down would be cut
            1 + max([head.horizontalAdvance(title), *(body.horizontalAdvance(line[n]) for line in self._rows[:200])])
            for n, title in enumerate(self.TITLES)
        ]
        room = self.width() - sum(needed[2:]) - theme.px(self._GAP) * 4
        # The word above the codes is never cut, however short they are.
        most = max(room * 3 // 5, room - needed[1], 1 + head.horizontalAdvance(self.TITLES[0]))
        code = min(needed[0], most)
        return [code, room - code, *needed[2:]]

    def _cells(self, line: int) -> list[QRect]:
        top = theme.px(self._HEAD + self._LINE * line) if line >= 0 else 0
        high = theme.px(self._LINE if line >= 0 else self._HEAD)
        found, left = [], 0
        for width in self._widths():
            found.append(QRect(left, top, width, high))
            left += width + theme.px(self._GAP)
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._line(painter, -1, self.TITLES, event.rect())
        for number, cells in enumerate(self._rows):
            self._line(painter, number, cells, event.rect())

    def _line(self, painter: QPainter, number: int, cells: tuple[str, ...], dirty: QRect) -> None:
        boxes = self._cells(number)
        if not QRect(0, boxes[0].top(), self.width(), boxes[0].height()).intersects(dirty):
            return
        is_head = number < 0
        font = theme.font(12, bold=is_head)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        for place, (box, words) in enumerate(zip(boxes, cells, strict=True)):
            is_short = place == 3 and not is_head and self._bad[number]
            painter.setPen(theme.color("bad" if is_short else "text2" if is_head or place == 4 else "text"))
            side = Qt.AlignmentFlag.AlignRight if place > 1 else Qt.AlignmentFlag.AlignLeft
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
        painter.setPen(theme.color("line_strong" if is_head else "line"))
        bottom = boxes[0].bottom()
        painter.drawLine(0, bottom, self.width(), bottom)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._tip(event)
            return True
        return super().event(event)

    def _tip(self, event: QHelpEvent) -> None:
        line = (event.pos().y() - theme.px(self._HEAD)) // max(theme.px(self._LINE), 1)
        if 0 <= line < len(self._rows):
            # Qt guesses whether a tooltip is HTML; words of others must never be.
            QToolTip.showText(event.globalPos(), html.escape("  ".join(self._rows[line][:2])), self)


class MatchCard(Surface):
    """已匹配 3 / 3, when it was downloaded, and the platform's present title where it is another one (M86, M87)."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("card")
        self.setObjectName("goods_page.match_card")
        self._clock = clock
        self.state = Chip.state("未匹配")
        self._at = Text("", "hint")
        self.words = Text("", "body", wrap=True)
        self.words.setTextFormat(Qt.TextFormat.RichText)  # only for the bold title, which is escaped
        self._sentence = ""
        theme.notifier().changed.connect(self._say)
        head = row(self.state, STRETCH, self._at)
        column(head, self.words, spacing=6, margins=(12, 10, 12, 10), parent=self)

    def show_card(self, card: GoodsCard) -> None:
        """What the match of this product says."""
        total = len(card.skus)
        look = theme.state_look("已匹配" if card.n_matched else "未匹配")
        words = f"{look.word} {card.n_matched} / {total}" if card.n_matched else look.word
        self.state.set_look(words, look.tone, icon=look.icon, filled=look.filled)
        self._at.setText(f"{self._day(card.downloaded_at)} 下载" if card.downloaded_at else "")
        self._sentence = _sentence(card)
        self._say()

    @Slot()
    def _say(self) -> None:
        """In small letters, whatever the scale is now."""
        self.words.setText(f'<span style="font-size:{theme.px(12)}px">{self._sentence}</span>')

    def _day(self, at: datetime) -> str:
        there, today = at.astimezone(SHANGHAI), self._clock.now().astimezone(SHANGHAI).date()
        return f"{'今天' if there.date() == today else f'{there:%Y-%m-%d}'} {there:%H:%M}"


def _sentence(card: GoodsCard) -> str:
    if card.platform_titles:
        titles = "、".join(f"<b>{html.escape(title)}</b>" for title in card.platform_titles)
        return f"平台商品名称现在是 {titles}，系统里的名称不会跟着改。"
    if not card.n_matched:
        return "还没有匹配 1688 的宝贝，开单时不能创建预订单。到“商品匹配”里匹配。"
    if card.n_matched < len(card.skus):
        return f"还有 {len(card.skus) - card.n_matched} 个 SKU 没有匹配，到“商品匹配”里补上。"
    return "平台商品名称和系统里的名称相同。"
