"""The buyer's screen (look/12–14): the last line and 应付, the code, 已支付. Readable from 2 m; no stock, cost, debts or names."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from jdy_desktop.models.states import Logistics
from jdy_desktop.services.channel.pre_orders import CodeView
from jdy_desktop.services.machine.context import Clock
from jdy_desktop.services.paper.qr import QrPicture, make_qr
from jdy_desktop.views import theme
from jdy_desktop.views.dialogs.code_parts import QrCard
from jdy_desktop.views.figures import minute, money, plain
from jdy_desktop.views.pages.sale_form import SaleForm
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.widgets.base import STRETCH, IconLabel, Surface, column, row
from jdy_desktop.views.widgets.feedback import AmountLabel, ToneBand

_ROW, _HEAD = 62, 44
#: px at 100 %: the line with the company, and what stays free around the code
_TOP, _AIR = 72, 24


def open_buyer_screen(owner: QWidget, company: str, clock: Clock, pictures: PictureStore | None = None) -> BuyerScreen:
    """On the second screen, whole; with one screen a window of its own that can be moved."""
    screen = BuyerScreen(owner, company, clock, pictures)
    others = [one for one in QGuiApplication.screens() if one is not owner.window().screen()]
    if others:
        screen.setGeometry(others[0].geometry())
        screen.showFullScreen()
    else:
        screen.resize(1366, 768)
        screen.show()
    return screen


class _Words(QWidget):
    """One line of large words painted by hand: the style sheet's roles end at 20 px."""

    def __init__(self, text: str, size: int, *, bold: bool = False, token: str = "text", centre: bool = False) -> None:
        super().__init__()
        self._text, self._size, self._bold, self._token, self._centre = text, size, bold, token, centre
        self._restyle()
        theme.notifier().changed.connect(self._restyle)

    def set_text(self, text: str) -> None:
        self._text = text
        self._restyle()

    def text(self) -> str:
        return self._text

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(self._metrics().height())
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(theme.font(self._size, bold=self._bold))

    def sizeHint(self) -> QSize:
        return QSize(self._metrics().horizontalAdvance(self._text) + 2, self._metrics().height())

    def minimumSizeHint(self) -> QSize:
        """Where there is no room words are written smaller, never cut."""
        return QSize(self.sizeHint().width() // 2, self._metrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fit = min(1.0, self.width() / self.sizeHint().width())
        painter.scale(fit, fit)
        painter.setFont(theme.font(self._size, bold=self._bold))
        painter.setPen(theme.color(self._token))
        side = Qt.AlignmentFlag.AlignHCenter if self._centre else Qt.AlignmentFlag.AlignLeft
        box = QRectF(0, 0, self.width() / fit, self.height() / fit)
        painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), self._text)


class _Lines(QWidget):
    """The newest lines that fit; the last one marked."""

    def __init__(self, pictures: PictureStore | None) -> None:
        super().__init__()
        self._pictures = pictures
        self._form: SaleForm | None = None
        if pictures is not None:
            pictures.arrived.connect(lambda _url: self.update())

    def set_form(self, form: SaleForm) -> None:
        self._form = form
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), theme.px(_HEAD), theme.color("subtle"))
        self._cells(painter, 0, _HEAD, ("商品", "属性", "数量", "单价", "金额"), 16, bold=True, token="text2")
        painter.setPen(theme.color("line_strong"))
        painter.drawLine(0, theme.px(_HEAD), self.width(), theme.px(_HEAD))
        if self._form is None:
            return
        room = max(1, (self.height() - theme.px(_HEAD)) // theme.px(_ROW))
        lines = self._form.lines[-room:]
        for number, line in enumerate(lines):
            top = theme.px(_HEAD) + 1 + number * theme.px(_ROW)
            if number == len(lines) - 1:
                painter.fillRect(0, top, self.width(), theme.px(_ROW) - 1, theme.color("selected"))
            self._picture(painter, line.card.picture, top)
            cells = (
                line.card.product_name,
                line.card.sku_name,
                plain(line.quantity),
                money(line.price),
                money(line.money.gross if line.money else None),
            )
            self._cells(painter, top, _ROW, cells, 20)
            painter.setPen(theme.color("line"))
            painter.drawLine(0, top + theme.px(_ROW) - 1, self.width(), top + theme.px(_ROW) - 1)

    def _picture(self, painter: QPainter, url: str, top: int) -> None:
        side = theme.px(48)
        spot = QRect(theme.px(40), top + (theme.px(_ROW) - side) // 2, side, side)
        found = self._pictures.pixmap(url, 48) if self._pictures is not None else None
        if found is not None:
            painter.drawPixmap(spot, found)
        else:
            painter.fillRect(spot, theme.color("hover"))

    def _cells(
        self,
        painter: QPainter,
        top: int,
        high: int,
        words: tuple[str, ...],
        size: int,
        *,
        bold: bool = False,
        token: str = "",
    ) -> None:
        wide = self.width()
        edges = (theme.px(116), wide - theme.px(578), wide - theme.px(442), wide - theme.px(342), wide - theme.px(202))
        right = (None, None, wide - theme.px(342), wide - theme.px(202), wide - theme.px(40))
        for number, text in enumerate(words):
            strong = bold or number in (2, 4)
            painter.setFont(theme.font(size, bold=strong))
            painter.setPen(theme.color(token or ("text2" if number in (1, 3) else "text")))
            end = right[number]
            if end is None:
                room = (edges[number + 1] if number == 0 else wide - theme.px(442)) - edges[number] - theme.px(16)
                box, side = QRectF(edges[number], top, room, theme.px(high)), Qt.AlignmentFlag.AlignLeft
            else:
                box, side = QRectF(edges[number], top, end - edges[number], theme.px(high)), Qt.AlignmentFlag.AlignRight
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), shown)


class BuyerScreen(QWidget):
    """`show_sale(form)`, `show_code(view, qr)`, `show_locked(view)`, `show_paid(view)`. Esc closes."""

    def __init__(self, owner: QWidget, company: str, clock: Clock, pictures: PictureStore | None = None) -> None:
        super().__init__(owner.window(), Qt.WindowType.Window)
        self._pictures = pictures
        self.setObjectName("buyer_screen")
        self.setAccessibleName("客户屏")
        self.setWindowTitle(f"{company} 客户屏")
        self._clock = clock
        self._code, self._drawn = "", 0
        self._right = _Words("", 18, token="text2")
        head = Surface("page", edge="bottom", height=_TOP)
        row(
            IconLabel("app_icon", "text", 36), _Words(company, 24, bold=True), STRETCH, self._right, spacing=14,
            margins=(40, 0, 40, 0), parent=head,
        )  # fmt: skip
        self.stack = QStackedWidget()
        for page in (self._sale_page(), self._code_page(), self._paid_page()):
            self.stack.addWidget(page)
        ground = Surface("page")
        body = column(head, self.stack, spacing=0, parent=ground)
        body.setStretch(1, 1)
        column(ground, spacing=0, parent=self)
        theme.notifier().changed.connect(self._draw_code)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_minute)
        self._timer.start(10_000)
        self._shows_clock = True
        self._on_minute()

    # ---- building
    def _sale_page(self) -> QWidget:
        page, foot = QWidget(), Surface("subtle", edge="top", height=136)
        self._lines = _Lines(self._pictures)
        self._sums = _Words("", 20, token="text2")
        self._due = AmountLabel("0.00", size=72)
        self._due.setObjectName("buyer_screen.due")
        row(self._sums, STRETCH, _Words("应付", 24, token="text2"), 16, self._due, margins=(40, 0, 40, 0), parent=foot)
        column(self._lines, foot, spacing=0, parent=page).setStretch(0, 1)
        return page

    def _code_page(self) -> QWidget:
        page, left, right = QWidget(), Surface("subtle", edge="right"), QWidget()
        self.card = QrCard(594)
        column(STRETCH, row(STRETCH, self.card, STRETCH), STRETCH, margins=(_AIR,) * 4, parent=left)
        self._code_amount = AmountLabel("0.00", size=88, right=False)
        self._code_amount.setObjectName("buyer_screen.code_amount")
        band = ToneBand("warn", edges="all")
        self._once = _Words("只能扫一次，扫描即被锁定。", 20, bold=True)
        self._who = _Words("请由付款的人来扫，5 天内完成付款。", 20, token="text2")
        line = row(
            column(IconLabel("lock", "warn", 26), STRETCH), column(self._once, self._who, spacing=4), spacing=18,
            margins=(22, 16, 22, 16), parent=band,
        )  # fmt: skip
        line.setStretch(1, 1)
        self._how = (_Words("请用 支付宝 App 或者", 24, bold=True), _Words("阿里巴巴 App 扫码", 24, bold=True))
        column(
            _Words("应付", 24, token="text2"), self._code_amount, 24, *self._how, 16, band, STRETCH,
            _Words("付款后本屏会自动显示“已支付”", 18, token="text2"),
            spacing=8, margins=(56, 56, 56, 32), parent=right,
        )  # fmt: skip
        halves = row(left, right, spacing=0, parent=page)
        halves.setStretch(0, 1)
        halves.setStretch(1, 1)
        return page

    def _paid_page(self) -> QWidget:
        page = QWidget()
        self._paid_amount = AmountLabel("0.00", size=72)
        self._paid_amount.setObjectName("buyer_screen.paid_amount")
        self._thanks = _Words("", 24, token="text2", centre=True)
        column(
            STRETCH, row(STRETCH, _Tick(), STRETCH), 24, _Words("已支付", 48, bold=True, token="ok", centre=True),
            row(STRETCH, self._paid_amount, STRETCH), 16, self._thanks, STRETCH, parent=page,
        )  # fmt: skip
        return page

    # ---- showing
    def show_sale(self, form: SaleForm) -> None:
        """Lines and amount while the clerk scans."""
        self._lines.set_form(form)
        totals = form.totals
        parts = [f"共 {plain(totals.quantity)} 件"]
        if totals.discount_amount:
            parts.append(f"优惠 {money(totals.discount_amount)}")
        if form.freight:
            parts.append(f"运费 {money(form.freight)}")
        self._sums.set_text("   ·   ".join(parts))
        self._due.set_amount(money(totals.settlement_amount))
        self._shows_clock = True
        self._on_minute()
        self.stack.setCurrentIndex(0)

    def show_code(self, view: CodeView, qr: QrPicture) -> None:
        """The same code as the clerk's, larger; drawn from the address that was read back."""
        self._code, self._drawn = qr.text_read_back, 0
        self._draw_code()
        self._code_amount.set_amount(money(view.amount))
        self._once.set_text("只能扫一次，扫描即被锁定。")
        self._who.set_text("请由付款的人来扫，5 天内完成付款。")
        self._order(view, 1)

    @Slot()
    def _draw_code(self) -> None:
        """As large as the screen allows. A window becomes full screen after it was told what to show, so it is drawn anew then."""
        room = min(self.height() - theme.px(_TOP), self.width() // 2) - 2 * theme.px(_AIR)
        self.card.set_room(room)
        wide = max(300, int(room * 0.71))
        if self._code and wide != self._drawn:
            self._drawn = wide
            self.card.set_picture(make_qr(self._code, wide).png)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_code()

    def show_locked(self, view: CodeView) -> None:
        """Scanned: nobody else is to try."""
        self._code, self._drawn = "", 0
        self.card.set_picture(None)
        self._once.set_text("已扫码，这个码已锁定。")
        self._who.set_text("请在手机上完成付款。")
        self._code_amount.set_amount(money(view.amount))
        self._order(view, 1)

    def show_paid(self, view: CodeView) -> None:
        self._paid_amount.set_amount(money(view.amount))
        way = "快递发出后请注意查收" if view.logistics is Logistics.EXPRESS else "请当面点清货品"
        self._thanks.set_text(f"谢谢惠顾   ·   {way}")
        self._order(view, 2)

    def _order(self, view: CodeView, page: int) -> None:
        self._shows_clock = False
        self._right.set_text(f"订单 {view.number}")
        self.stack.setCurrentIndex(page)

    @Slot()
    def _on_minute(self) -> None:
        if self._shows_clock:
            self._right.set_text(minute(self._clock.now()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in (Qt.Key.Key_Escape, Qt.Key.Key_F11):
            self.close()
        else:
            super().keyPressEvent(event)


class _Tick(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(theme.px(144), theme.px(144))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ok_bg"))
        painter.drawEllipse(self.rect())
        side = theme.px(88)
        spot = (self.width() - side) // 2
        painter.drawPixmap(spot, spot, theme.pixmap("check", "ok", 88))
