"""Receipts on 58 and 80 mm rolls, 8 dots per mm: a sale (look/22) or a code alone. The paper ends below the last line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect

from jdy_desktop.services.paper.forms import PrintableCode, PrintableLine, PrintableSale
from jdy_desktop.services.paper.qr import bar_code
from jdy_desktop.views.print_parts import Pen, module_size

SCAN_WITH = "支付宝 App 或者阿里巴巴 App 扫码"
SCAN_ONCE = "只能扫一次，扫描即被锁定"


@dataclass(frozen=True, slots=True)
class Roll:
    """Millimetres and dots. `printable_mm`: what the head of such a printer reaches."""

    paper_mm: float
    printable_mm: float
    body: int
    title: int
    amount: int
    qr_most: int
    bar_module: int


ROLL_80 = Roll(80, 72, 24, 38, 56, 368, 3)
ROLL_58 = Roll(58, 48, 22, 32, 46, 352, 2)


class Receipt:
    """Lines one below the other. Fill it, ask `height`, then `paint`."""

    def __init__(self, pen: Pen, roll: Roll) -> None:
        self._pen = pen
        self._roll = roll
        self.width = pen.mm(roll.printable_mm)
        self._left = (pen.mm(roll.paper_mm) - self.width) // 2
        self._items: list[tuple[int, Callable[[int], None]]] = []

    @property
    def height(self) -> int:
        return sum(height for height, _ in self._items)

    def paint(self) -> None:
        y = 0
        for height, draw in self._items:
            draw(y)
            y += height

    # ------------------------------------------------------------ parts

    def gap(self, millimetres: float) -> None:
        self._items.append((self._pen.mm(millimetres), lambda _y: None))

    def text(self, text: str, size: int, *, bold: bool = False, align: str = "center", most: int = 2) -> None:
        for line in self._pen.wrap(text, self.width, size, bold, most):

            def draw(y: int, height: int, one: str = line) -> None:
                self._pen.text(self._box(y, height), one, size, bold=bold, align=align)

            self._line(size, draw)

    def pair(self, left: str, right: str, size: int, *, bold: bool = False, right_size: int = 0) -> None:
        """A word and its value at the right edge; the value is never cut, a long one makes itself smaller."""
        pen = self._pen
        room = self.width - pen.width(left, size, bold) - pen.mm(1.5)
        high = pen.fitting(right, room, right_size or size, bold)

        def draw(y: int, height: int) -> None:
            pen.text(self._box(y, height), left, size, bold=bold)
            pen.text(self._box(y, height), right, high, bold=bold, align="right")

        self._line(max(size, high), draw)

    def rule(self) -> None:
        pen, height = self._pen, self._pen.mm(2.2)
        self._items.append(
            (
                height,
                lambda y: pen.line(self._left, y + height // 2, self._left + self.width, y + height // 2, 2, True),
            )
        )

    def goods(self, line: PrintableLine, *, has_money: bool = True) -> None:
        """Name, then variant, pieces × price and amount; a long variant goes to a line of its own.

        Without money the pieces stand where the amount does."""
        pen, size = self._pen, self._roll.body
        self.text(line.name or line.code, size, align="left")
        price, amount = f"{line.quantity} × {line.price}", line.amount
        if not has_money:
            price, amount = "", f"{line.quantity} {line.unit}"
        amount_width = max(pen.width("0000.00", size, True), pen.width(amount, size, True)) + pen.mm(3)
        room = self.width - amount_width - pen.width(price, size) - pen.mm(2)
        if pen.width(line.variant, size) > room:
            self.text(line.variant, size, align="left")
            variant = ""
        else:
            variant = line.variant

        def draw(y: int, height: int) -> None:
            pen.text(self._box(y, height), variant, size)
            pen.text(self._box(y, height, right=amount_width), price, size, align="right")
            pen.text(self._box(y, height), amount, size, bold=True, align="right")

        self._line(size, draw)
        self.gap(0.7)

    def code(self, code: PrintableCode) -> None:
        """The QR code with its quiet zone and the words that belong to it (M132, M134, M135)."""
        pen, roll = self._pen, self._roll
        module = module_size(code.matrix, min(roll.qr_most, self.width))
        side = module * len(code.matrix)
        quiet = 4 * module

        def draw(y: int) -> None:
            pen.qr(self._left + (self.width - side) // 2, y + quiet, code.matrix, module)

        self._items.append((side + 2 * quiet, draw))
        self.text(SCAN_WITH, roll.body, bold=True)
        self.text(SCAN_ONCE, roll.body)
        if code.pay_until:
            self.text(f"请在 {code.pay_until} 前付款", roll.body)
        if code.reprint:
            self.text(reprint_words(code), roll.body, bold=True)

    def bar(self, text: str) -> None:
        """The number for the scanner when goods come back."""
        pen = self._pen
        modules = bar_code(text)
        module = next((one for one in (self._roll.bar_module, 2, 1) if one * (len(modules) + 20) <= self.width), 1)
        height = pen.mm(7)
        x = self._left + (self.width - module * len(modules)) // 2
        self._items.append((height + pen.mm(0.6), lambda y: pen.bars(x, y, modules, module, height)))
        self.text(text, self._roll.body - 3)

    def _line(self, size: int, draw: Callable[[int, int], None]) -> None:
        height = round(size * 1.34)
        self._items.append((height, lambda y: draw(y, height)))

    def _box(self, y: int, height: int, right: int = 0) -> QRect:
        return QRect(self._left, y, self.width - right, height)


def reprint_words(code: PrintableCode) -> str:
    """A second paper is the same code, not a second one to pay (M134, F17)."""
    return f"同一二维码，补打 {code.reprint}"


def sale_receipt(pen: Pen, roll: Roll, sale: PrintableSale) -> Receipt:
    """A document of any kind; only a sale has freight and a code."""
    paper, body, form = Receipt(pen, roll), roll.body, sale.form
    paper.gap(4)
    paper.text(sale.company, roll.title, bold=True)
    paper.text(sale.title + (f"（补打 {sale.reprint}）" if sale.reprint else ""), body)
    paper.gap(1)
    paper.pair("单据编号", sale.number, body)
    paper.pair("单据日期", sale.moment or sale.day, body)
    if sale.customer and form.party:
        paper.pair(form.party, sale.customer, body)
    if not form.is_sale:
        _where(paper, sale, body)
    paper.rule()
    for line in sale.lines:
        paper.goods(line, has_money=bool(form.price))
        if line.book:
            paper.pair(f"账面 {line.book}", f"差异 {line.difference}", body - 3)
        if not form.is_sale and not sale.place:
            paper.text(line.warehouse, body - 3, align="left")
    paper.rule()
    _sums(paper, sale, roll)
    paper.rule()
    if sale.owed_now:
        _signature(paper, sale, body)
    if sale.code:
        paper.code(sale.code)
        paper.rule()
    if not form.is_sale:
        _people(paper, sale, body)
    paper.bar(sale.number)
    paper.gap(4)
    return paper


def _where(paper: Receipt, sale: PrintableSale, body: int) -> None:
    if sale.category:
        paper.pair("业务类别", sale.category, body)
    if sale.place:
        paper.pair("仓库", sale.place, body)


def _sums(paper: Receipt, sale: PrintableSale, roll: Roll) -> None:
    """Pieces, and what the kind has of money: discount, freight, what was paid and what is owed."""
    body, form = roll.body, sale.form
    paper.pair(f"合计 {sale.pieces} 件", sale.goods_amount if form.price else "", body)
    if not form.price:
        return
    if sale.discount not in ("", "0.00"):
        paper.pair("优惠金额", f"-{sale.discount}".replace("--", ""), body)
    if form.is_sale and sale.freight not in ("", "0.00"):
        paper.pair(f"客户承担费用（{sale.logistics}）" if sale.logistics else "客户承担费用", sale.freight, body)
    paper.pair("结算金额" if form.pay else "合计金额", sale.amount, body + 6, bold=True, right_size=roll.amount)
    for word, value in paid_pairs(sale):
        paper.pair(word, value, body)


def paid_pairs(sale: PrintableSale) -> tuple[tuple[str, str], ...]:
    """What was paid at once and what is owed now; of a sale only what it needs (M130)."""
    form = sale.form
    if not sale.paid:
        return ()
    if form.is_sale:
        return ((form.pay, sale.paid),) if sale.paid != "0.00" else ()
    owed = "冲减欠款" if form.pay == "本次退款" else "本次欠款"
    account = f"{form.pay}（{sale.account}）" if sale.account else form.pay
    return (account, sale.paid), (owed, sale.unpaid), ("累计欠款", sale.in_all)


def _people(paper: Receipt, sale: PrintableSale, body: int) -> None:
    """Who made it, who reviewed it, and lines to sign on."""
    paper.pair("制单人", sale.operator, body)
    if sale.reviewer:
        paper.pair("审核人", sale.reviewer, body)
    for signer in sale.form.signers:
        paper.gap(3)
        paper.pair(signer, "________________", body)
    paper.rule()


def _signature(paper: Receipt, sale: PrintableSale, body: int) -> None:
    """欠款单: what is owed, and where the customer signs (W31)."""
    paper.pair("上次欠款", sale.debt, body)
    paper.pair("本单未付", sale.owed_now, body, bold=True)
    paper.pair("累计欠款", sale.owed_in_all, body, bold=True)
    paper.gap(6)
    paper.pair("客户签字", "________________", body)
    paper.gap(3)
    paper.pair("日期", "________________", body)
    paper.rule()


def code_receipt(pen: Pen, roll: Roll, code: PrintableCode) -> Receipt:
    """The code alone, with amount, shop and numbers in words beside it (T14)."""
    paper, body = Receipt(pen, roll), roll.body
    paper.gap(4)
    paper.text(code.shop, roll.title, bold=True)
    paper.gap(1)
    paper.pair("原销售单号", code.sale_number, body)
    paper.pair("预单编号", code.number, body)
    paper.rule()
    paper.pair("结算金额", code.amount, body + 6, bold=True, right_size=roll.amount)
    paper.code(code)
    paper.gap(4)
    return paper
