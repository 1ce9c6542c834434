"""颜色尺码 (look/09b): all SKUs of a product in one grid; Enter goes to the next cell, Ctrl+Enter fills the sale (W40)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from jdy_desktop.models.rules.rounding import parse_decimal
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.views import theme
from jdy_desktop.views.entry.form import EntryForm
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.texts import PRICE_LABELS
from jdy_desktop.views.widgets.base import STRETCH, Rule, Text, VScroll, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import AmountLabel, NoteRow

_ZERO = Decimal(0)
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Cell(QLineEdit):
    """One SKU: the quantity above, both stocks below; amber when the stall has less."""

    def __init__(self, card: SkuCard, quantity: Decimal, stock: Decimal) -> None:
        super().__init__(plain(quantity) if quantity else "")
        self.card, self.stock = card, stock
        self.setObjectName(f"matrix_dialog.cell_{card.code}")
        self.setAccessibleName(f"{card.sku_name} 数量")
        self.setPlaceholderText("0")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.setProperty("form", "matrix")
        self.setFrame(False)
        self.setMaxLength(8)
        self._restyle()
        theme.notifier().changed.connect(self._restyle)

    def _restyle(self) -> None:
        inner, side = theme.px(56 - 4 - 24), theme.px(9)
        # The frame is painted here; the style sheet of fields would give it another height and ground.
        self.setStyleSheet(
            f"QLineEdit {{ border: none; background: transparent; min-height: {inner}px; max-height: {inner}px;"
            f" font-size: {theme.px(16)}px; font-weight: bold; padding: {theme.px(4)}px {side}px {theme.px(24)}px {side}px }}"
        )
        self.setMinimumWidth(theme.px(120))

    def quantity(self) -> Decimal | None:
        """None while the text is no number."""
        number = parse_decimal(self.text() or "0", places=4, minimum=_ZERO)
        return number if isinstance(number, Decimal) else None

    def sizeHint(self) -> QSize:
        return QSize(theme.px(136), theme.px(56))

    def is_short(self) -> bool:
        wanted = self.quantity()
        return wanted is not None and wanted > max(self.stock, _ZERO) and not self.card.allow_negative

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bad, short = self.quantity() is None, self.is_short()
        edge = "bad" if bad else "warn" if short else "link" if self.hasFocus() else "control"
        painter.setPen(QPen(theme.color(edge), theme.px(2) if self.hasFocus() or short or bad else 1))
        painter.setBrush(theme.color("warn_bg" if short else "field"))
        corner = theme.radius("control")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), corner, corner)
        painter.setFont(theme.font(12, bold=short))
        painter.setPen(theme.color("warn" if short else "hint"))
        offer = self.card.offer
        online = f" · 线上 {plain(offer.online_stock)}" if offer else ""
        stock = f"只有 {plain(self.stock)}" if short else f"库存 {plain(self.stock)}"
        box = self.rect().adjusted(theme.px(8), 0, -theme.px(10), -theme.px(5))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom), stock + online)
        painter.end()
        super().paintEvent(event)


class NoCell(QWidget):
    """A combination that does not exist: dashed, never editable."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("line_strong"), 1, Qt.PenStyle.DashLine))
        corner = theme.radius("control")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("hint"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), "无此规格")


class MatrixDialog(DialogFrame):
    """`filled([(card, quantity), …])` for every cell that differs from the sale."""

    filled = Signal(list)

    def __init__(self, host: QWidget, cards: tuple[SkuCard, ...], form: EntryForm[Any], pictures: PictureStore) -> None:
        first = cards[0]
        super().__init__(
            host, "颜色尺码", subtitle=f"{first.code.rpartition('_')[0] or first.code}    {first.product_name}", width=820,
            name="matrix_dialog",
        )  # fmt: skip
        self._form, self._cards, self._pictures = form, cards, pictures
        self._before = _quantities(form)
        self.cells: list[Cell] = []
        self._rows, self._columns = _axes(cards)
        self._row_sums: list[Text] = []
        self._column_sums: list[Text] = []
        self.body.addLayout(self._prices(first))
        self.body.addWidget(Rule())
        self.body.addWidget(self._grid())
        self.note = NoteRow("warn", "")
        self.note.setObjectName("matrix_dialog.note")
        self.note.hide()
        self.body.addWidget(self.note)
        self.add_left(Text("Enter 下一格  ·  Shift+Enter 整行同数", "hint"))
        self._pieces, self._amount = Text("", "label"), AmountLabel("0.00", size=28)
        self._amount.setObjectName("matrix_dialog.amount")
        for widget in (self._pieces, self._amount):
            self._right.addWidget(widget)
        self.add_button(KeyButton("取消", "cancel", name="matrix_dialog.cancel_button"), self.reject)
        self.add_button(
            KeyButton("填入单据", "finish_line", kind="primary", name="matrix_dialog.fill_button"), self.accept
        )
        KeyShortcut("finish_line", self, self.accept)
        self._count()

    # ---- building
    def _prices(self, card: SkuCard) -> QHBoxLayout:
        grade = self._form.grade if self._form.grade in card.prices else PriceGrade.RETAIL
        line = row(Text(PRICE_LABELS[grade], "label"), Text(money(self._form.price_of(card)), "strong"), spacing=6)
        offer = card.offer
        if offer is not None:
            tiers = " · ".join(f"≥ {plain(start)} {card.unit} {money(price)}" for start, price in offer.tiers)
            line.addSpacing(theme.px(16))
            line.addWidget(Text(f"1688 价格  {tiers}", "hint"))
            line.addStretch(1)
            line.addWidget(Text(f"起订量 {plain(offer.minimum_quantity)} {card.unit}", "hint"))
        else:
            line.addStretch(1)
        return line

    def _grid(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.px(8))
        by_name = {_split(card): card for card in self._cards}
        for number, name in enumerate(self._columns, 1):
            head = Text(name or "数量", "label")
            grid.addWidget(head, 0, number, Qt.AlignmentFlag.AlignHCenter)
            grid.setColumnStretch(number, 1)
        last = len(self._columns) + 1
        grid.addWidget(Text("合计", "label"), 0, last, Qt.AlignmentFlag.AlignRight)
        for place, name in enumerate(self._rows, 1):
            grid.addWidget(self._row_head(name, by_name), place, 0)
            for number, column_name in enumerate(self._columns, 1):
                card = by_name.get((name, column_name))
                grid.addWidget(NoCell() if card is None else self._cell(card), place, number)
            total = Text("0", "strong")
            self._row_sums.append(total)
            grid.addWidget(total, place, last, Qt.AlignmentFlag.AlignRight)
        bottom = len(self._rows) + 1
        grid.addWidget(Text("合计", "label"), bottom, 0)
        for number in range(1, last + 1):
            total = Text("0", "strong" if number == last else "label")
            self._column_sums.append(total)
            grid.addWidget(total, bottom, number, Qt.AlignmentFlag.AlignRight)
        return self._scrolled(holder, bottom)

    def _scrolled(self, holder: QWidget, rows: int) -> QWidget:
        if rows <= 6:
            return holder
        return sized(VScroll(holder), height=400)

    def _row_head(self, name: str, by_name: dict[tuple[str, str], SkuCard]) -> QWidget:
        card = next(card for (one, _column), card in by_name.items() if one == name)
        picture = sized(QLabel(), width=40, height=40)
        found = self._pictures.pixmap(card.picture, 40)
        picture.setPixmap(found if found is not None else theme.pixmap("goods", "hint", 24))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QWidget()
        row(picture, Text(name or card.product_name, "strong"), STRETCH, spacing=10, parent=head)
        return head

    def _cell(self, card: SkuCard) -> Cell:
        cell = Cell(card, self._before.get(card.sku_id, _ZERO), card.stock)
        cell.textEdited.connect(lambda _text: self._count())
        cell.installEventFilter(self)
        self.cells.append(cell)
        return cell

    # ---- counting
    def _count(self) -> None:
        """Sums of rows, columns and all; the amount is the one the sale would count."""
        by_place = {_split(cell.card): cell.quantity() or _ZERO for cell in self.cells}
        for name, total in zip(self._rows, self._row_sums, strict=True):
            total.setText(plain(_sum(by_place, row_name=name)))
        for column_name, total in zip(self._columns, self._column_sums, strict=False):
            total.setText(plain(_sum(by_place, column_name=column_name)))
        pieces = plain(_sum(by_place))
        self._column_sums[-1].setText(pieces)
        self._pieces.setText(f"共 {pieces} {self._cards[0].unit}")
        self._amount.set_amount(money(self._worth()))
        short = next((cell for cell in self.cells if cell.is_short()), None)
        self.note.setVisible(short is not None)
        if short is not None:
            unit = short.card.unit
            bold = f"{short.card.sku_name} 只有 {plain(short.stock)} {unit}，要 {plain(short.quantity())} {unit}。"
            self.note.set_note("warn", "库存不足时这张单不能保存；请改数量，或到商品中心允许负库存。", bold=bold)
        for cell in self.cells:
            cell.update()
        self.refit()

    def _worth(self) -> Decimal:
        from jdy_desktop.models.rules.rounding import times, to_amount

        worth = [to_amount(times(cell.quantity() or _ZERO, self._form.price_of(cell.card))) for cell in self.cells]
        return sum(worth, _ZERO)

    # ---- keys
    def open(self) -> None:
        super().open()
        if self.cells:
            self._go(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, Cell) and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key, mods = Qt.Key(event.key()), event.modifiers()
            here = self.cells.index(watched)
            if key in _ENTERS and mods & Qt.KeyboardModifier.ShiftModifier:
                self._fill_row(watched)
                return True
            if key in _ENTERS and not mods & Qt.KeyboardModifier.ControlModifier:
                self._go(min(here + 1, len(self.cells) - 1))
                return True
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._go_column(watched, 1 if key == Qt.Key.Key_Down else -1)
                return True
        return super().eventFilter(watched, event)

    def _go(self, number: int) -> None:
        cell = self.cells[number]
        cell.setFocus(Qt.FocusReason.TabFocusReason)
        cell.selectAll()

    def _go_column(self, here: Cell, step: int) -> None:
        name, column_name = _split(here.card)
        rows = [one for one in self._rows if any(_split(cell.card) == (one, column_name) for cell in self.cells)]
        place = rows.index(name) + step
        if 0 <= place < len(rows):
            wanted = (rows[place], column_name)
            self._go(next(n for n, cell in enumerate(self.cells) if _split(cell.card) == wanted))

    def _fill_row(self, here: Cell) -> None:
        """整行同数."""
        name = _split(here.card)[0]
        mine = [n for n, cell in enumerate(self.cells) if _split(cell.card)[0] == name]
        for number in mine:
            self.cells[number].setText(here.text())
        self._count()
        self._go(min(mine[-1] + 1, len(self.cells) - 1))

    def accept(self) -> None:
        wanted = [(cell.card, cell.quantity()) for cell in self.cells]
        bad = next((number for number, (_card, quantity) in enumerate(wanted) if quantity is None), None)
        if bad is not None:
            self._go(bad)
            return
        changed = [(card, quantity) for card, quantity in wanted if quantity != self._before.get(card.sku_id, _ZERO)]
        super().accept()
        self.filled.emit(changed)


def _quantities(form: EntryForm[Any]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in form.lines:
        found.setdefault(line.sku_id, line.quantity)
    return found


def _split(card: SkuCard) -> tuple[str, str]:
    """白色/S → row 白色, column S; one attribute makes one column."""
    name, _slash, rest = card.sku_name.partition("/")
    return name, rest


def _axes(cards: tuple[SkuCard, ...]) -> tuple[list[str], list[str]]:
    """Rows and columns in the order of the SKUs."""
    rows = dict.fromkeys(_split(card)[0] for card in cards)
    columns = dict.fromkeys(_split(card)[1] for card in cards)
    return list(rows), list(columns)


def _sum(
    by_place: dict[tuple[str, str], Decimal], *, row_name: str | None = None, column_name: str | None = None
) -> Decimal:
    return sum(
        (
            quantity
            for (name, other), quantity in by_place.items()
            if row_name in (None, name) and column_name in (None, other)
        ),
        _ZERO,
    )
