"""Sheets: the 241 × 140 mm form of dot-matrix printers (look/23) and A4, the same table with more rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect

from jdy_desktop.services.paper.form_kinds import SALE, FormColumn, FormKind
from jdy_desktop.services.paper.forms import PrintableCode, PrintableLine, PrintableSale
from jdy_desktop.views.print_parts import Pen, module_size
from jdy_desktop.views.print_roll import SCAN_ONCE, SCAN_WITH, paid_pairs, reprint_words


@dataclass(frozen=True, slots=True)
class Sheet:
    """Millimetres. `side_mm`: the strip of holes, or the margin."""

    width_mm: float
    height_mm: float
    side_mm: float
    top_mm: float
    rows: int
    row_mm: float
    body_mm: float
    qr_mm: float
    dpi: int
    has_copies: bool = False


FORM_241 = Sheet(241, 140, 12.7, 3.2, 8, 6.4, 3.0, 34, 180, has_copies=True)
A4 = Sheet(210, 297, 12, 12, 25, 7.0, 3.3, 40, 300)


class SheetPainter:
    def __init__(self, pen: Pen, sheet: Sheet, form: FormKind = SALE) -> None:
        self._pen = pen
        self._columns: tuple[FormColumn, ...] = form.columns
        self._sheet = sheet
        self._left = pen.mm(sheet.side_mm)
        self._width = pen.mm(sheet.width_mm) - 2 * self._left
        self._size = pen.mm(sheet.body_mm)
        self._row = pen.mm(sheet.row_mm)
        edges, total = [0.0], sum(one.share for one in self._columns)
        for one in self._columns:
            edges.append(edges[-1] + one.share / total)
        self._edges = [self._left + round(edge * self._width) for edge in edges]

    def sale(self, sale: PrintableSale, rows: Sequence[PrintableLine], first: int, page: int, pages: int) -> None:
        """One page. `first`: running number of its first row; the foot with the money stands on the last page."""
        y = self._head(sale, page, pages)
        is_last = page == pages
        y = self._table(sale, rows, first, y, is_last)
        if is_last:
            self._foot(sale, y)

    def code(self, code: PrintableCode) -> None:
        """A code alone on the sheet, large, for a frame on the counter or a parcel."""
        pen, size = self._pen, self._size
        big = round(size * 1.8)
        y = pen.mm(self._sheet.top_mm + 2)
        room = pen.mm(self._sheet.height_mm) - 2 * y
        lines = [
            (code.shop, big, True), (f"结算金额　{code.amount}", round(big * 1.25), True),
            (f"原销售单号 {code.sale_number}　预单编号 {code.number}", size, False),
        ]  # fmt: skip
        after = [(SCAN_WITH, size, True), (SCAN_ONCE, size, False), (f"请在 {code.pay_until} 前付款", size, False)]
        if code.reprint:
            after.append((reprint_words(code), size, True))
        taken = sum(round(one[1] * 1.5) for one in (*lines, *after))
        module = module_size(code.matrix, min(self._width, room - taken, pen.mm(100)))
        for text, height, bold in lines:
            y = self._centred(y, text, height, bold)
        side = module * len(code.matrix)
        pen.qr(self._left + (self._width - side) // 2, y + 4 * module, code.matrix, module)
        y += side + 8 * module
        for text, height, bold in after:
            y = self._centred(y, text, height, bold)

    def _centred(self, y: int, text: str, size: int, bold: bool) -> int:
        height = round(size * 1.5)
        fitting = self._pen.fitting(text, self._width, size, bold)
        self._pen.text(QRect(self._left, y, self._width, height), text, fitting, bold=bold, align="center")
        return y + height

    def _head(self, sale: PrintableSale, page: int, pages: int) -> int:
        pen, size = self._pen, self._size
        y = self._centred(pen.mm(self._sheet.top_mm), f"{sale.company}　{sale.title}", round(size * 1.7), True)
        box = QRect(self._left, y, self._width, round(size * 1.7))
        customer = _party(sale)
        reprint = f"　补打 {sale.reprint}" if sale.reprint else ""
        for share, room, text, align in (
            (0.0, 0.28, customer, "left"),
            (0.29, 0.2, f"单据日期：{sale.day}", "left"),
            (0.51, 0.3, f"单据编号：{sale.number}{reprint}", "left"),
            (0.82, 0.18, f"第 {page} 页 / 共 {pages} 页", "right"),
        ):
            part = QRect(box.x() + round(share * self._width), y, round(room * self._width), box.height())
            pen.text(part, text, pen.fitting(text, part.width(), size), align=align)
        return y + box.height()

    def _table(self, sale: PrintableSale, rows: Sequence[PrintableLine], first: int, top: int, with_sum: bool) -> int:
        pen = self._pen
        shown = self._sheet.rows if len(rows) > 8 or self._sheet is FORM_241 else 8
        y = self._cells(top, [one.title for one in self._columns], bold=True, centred=True)
        for place in range(shown):
            line = rows[place] if place < len(rows) else None
            y = self._cells(y, self._cells_of(line, first + place) if line else [])
        bottom = y
        if with_sum:
            sums = {"quantity": sale.pieces, "amount": sale.goods_amount}
            self._cells(y, ["合计", *(sums.get(one.value, "") for one in self._columns[1:])], bold=True)
            bottom += self._row
        pieces_at = next(place for place, one in enumerate(self._columns) if one.value == "quantity")
        for edge in self._edges:
            is_inner = edge in self._edges[2:pieces_at]
            pen.line(edge, top, edge, bottom - self._row if with_sum and is_inner else bottom)
        pen.line(self._left, bottom, self._left + self._width, bottom)
        return bottom

    def _cells(self, y: int, texts: Sequence[str], *, bold: bool = False, centred: bool = False) -> int:
        pen = self._pen
        pen.line(self._left, y, self._left + self._width, y)
        inset = pen.mm(0.8)
        for place, text in enumerate(texts):
            box = QRect(
                self._edges[place] + inset, y, self._edges[place + 1] - self._edges[place] - 2 * inset, self._row
            )
            align = "center" if centred else self._columns[place].align
            # Figures are never cut: a long one is set smaller.
            is_figure = align == "right" or centred or place == 0
            size = pen.fitting(text, box.width(), self._size, bold) if is_figure else self._size
            pen.text(box, text, size, bold=bold, align=align)
        return y + self._row

    def _cells_of(self, line: PrintableLine, place: int) -> list[str]:
        return [getattr(line, one.value) if one.value else str(place) for one in self._columns]

    def _foot(self, sale: PrintableSale, top: int) -> None:
        pen, size = self._pen, self._size
        step = round(size * 2.1)
        wide = self._width - (pen.mm(self._sheet.qr_mm + 4) if sale.code else 0)
        y = top + pen.mm(1.6)
        if sale.form.price:
            y = self._money(sale, y, wide, step)
        self._facts(y, wide, size, _people(sale))
        y += step
        if sale.remark:
            pen.text(QRect(self._left, y, wide, step), f"备注：{sale.remark}", size)
        y += step
        for place, text in enumerate(sale.form.signers):
            box = QRect(self._left + round(0.4 * place * wide), y, round(0.38 * wide), step)
            pen.text(box, f"{text}：______________", size)
        if self._sheet.has_copies:
            y += round(step * 0.9)
            pen.text(QRect(self._left, y, wide, step), _copies(sale), round(size * 0.88))
        if sale.code:
            self._code_corner(sale.code, top + pen.mm(1.6))

    def _money(self, sale: PrintableSale, y: int, wide: int, step: int) -> int:
        """What was left off and paid, then the amount with its words."""
        pen, size, form = self._pen, self._size, sale.form
        if form.pay:
            self._facts(y, wide, size, _discounts(sale))
            y += step
        total = f"{'结算金额' if form.pay else '合计金额'}：{sale.amount}"
        big = pen.fitting(total, round(wide * 0.36), round(size * 1.55), True)
        pen.text(QRect(self._left, y, round(wide * 0.36), step), total, big, bold=True)
        words = f"大写：{sale.amount_words}"
        room = QRect(self._left + round(wide * 0.37), y, round(wide * 0.63), step)
        pen.text(room, words, pen.fitting(words, room.width(), round(size * 1.15)))
        if not form.is_sale and form.pay:
            y += step
            debts = [f"{word}：{value}" for word, value in paid_pairs(sale)]
            self._facts(y, wide, size, [f"上次欠款：{sale.debt}", *debts])
        return y + step

    def _facts(self, y: int, wide: int, size: int, texts: Sequence[str]) -> None:
        for place, text in enumerate(texts):
            box = QRect(self._left + round(place * wide / 4), y, round(wide / 4 * 0.96), round(size * 2.1))
            self._pen.text(box, text, self._pen.fitting(text, box.width(), size))

    def _code_corner(self, code: PrintableCode, top: int) -> None:
        pen, size = self._pen, round(self._size * 0.88)
        room = pen.mm(self._sheet.qr_mm)
        module = module_size(code.matrix, room)
        side = module * len(code.matrix)
        x = self._left + self._width - room
        pen.qr(x + (room - side) // 2, top + 4 * module, code.matrix, module)
        y = top + side + 7 * module
        words = ["支付宝 App 或者", "阿里巴巴 App 扫码", "只能扫一次，5 天内付款"]
        if code.reprint:
            words.append(reprint_words(code))
        for text in words:
            pen.text(QRect(x, y, room, round(size * 1.3)), text, pen.fitting(text, room, size), align="center")
            y += round(size * 1.3)


def _party(sale: PrintableSale) -> str:
    """Who it is with; a document without a party says what it is about."""
    if sale.form.party and sale.customer:
        return f"{sale.form.party}：{sale.customer}" + (f"（{sale.grade}）" if sale.grade else "")
    if sale.category:
        return f"业务类别：{sale.category}"
    return f"仓库：{sale.place}" if sale.place and not sale.form.is_sale else ""


def _discounts(sale: PrintableSale) -> list[str]:
    left = [f"优惠金额：{sale.discount}", f"优惠后金额：{sale.after_discount}"]
    if not sale.form.is_sale:
        return [*left, f"税额：{sale.tax}" if sale.tax else "", ""]
    return [*left, f"客户承担费用：{sale.freight}", f"物流方式：{sale.logistics}" if sale.logistics else ""]


def _people(sale: PrintableSale) -> list[str]:
    """Who made and reviewed it; a sale names its debts and its pre-order on the same line."""
    made = f"制单人：{sale.operator}"
    reviewed = f"审核人：{sale.reviewer}" if sale.reviewer else ""
    if not sale.form.is_sale:
        return [made, reviewed]
    debt = f"上次欠款：{sale.debt}" if sale.debt else ""
    if sale.owed_now:
        return [debt, f"本单未付：{sale.owed_now}", f"累计欠款：{sale.owed_in_all}", made]
    paid = "".join(f"{word}：{value}" for word, value in paid_pairs(sale))
    number = f"预单编号：{sale.code.number}" if sale.code else paid
    return [debt, number, made, reviewed]


def _copies(sale: PrintableSale) -> str:
    """The red sheet goes to the party, to the books where there is none."""
    return f"① 白：存根　② 红：{(sale.form.party if sale.customer else '') or '财务'}　③ 黄：仓库"
