"""Sheets: the 241 × 140 mm form of dot-matrix printers (look/23) and A4, the same table with more rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect

from jdy_desktop.services.paper.forms import PrintableCode, PrintableLine, PrintableSale
from jdy_desktop.views.print_parts import Pen, module_size
from jdy_desktop.views.print_roll import SCAN_ONCE, SCAN_WITH, reprint_words


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
    copies_line: str = ""


FORM_241 = Sheet(241, 140, 12.7, 3.2, 8, 6.4, 3.0, 34, 180, "① 白：存根　② 红：客户　③ 黄：仓库")
A4 = Sheet(210, 297, 12, 12, 25, 7.0, 3.3, 40, 300)

_COLUMNS = (
    ("序号", 4.4, "center"), ("商品代码", 9.8, "left"), ("商品名称", 39.7, "left"), ("属性", 9.2, "left"),
    ("单位", 4.4, "center"), ("数量", 5.6, "right"), ("销售单价", 8.1, "right"), ("销售金额", 9.1, "right"),
    ("备注", 9.7, "left"),
)  # fmt: skip


class SheetPainter:
    def __init__(self, pen: Pen, sheet: Sheet) -> None:
        self._pen = pen
        self._sheet = sheet
        self._left = pen.mm(sheet.side_mm)
        self._width = pen.mm(sheet.width_mm) - 2 * self._left
        self._size = pen.mm(sheet.body_mm)
        self._row = pen.mm(sheet.row_mm)
        edges, total = [0.0], sum(share for _, share, _ in _COLUMNS)
        for _, share, _ in _COLUMNS:
            edges.append(edges[-1] + share / total)
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
        customer = f"客户：{sale.customer}" + (f"（{sale.grade}）" if sale.grade else "")
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
        y = self._cells(top, [title for title, _, _ in _COLUMNS], bold=True, centred=True)
        for place in range(shown):
            line = rows[place] if place < len(rows) else None
            y = self._cells(y, _cells_of(line, first + place) if line else [])
        bottom = y
        if with_sum:
            self._cells(y, ["合计", "", "", "", "", sale.pieces, "", sale.goods_amount, ""], bold=True)
            bottom += self._row
        for edge in self._edges:
            is_inner = edge in self._edges[2:5]
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
            align = "center" if centred else _COLUMNS[place][2]
            # Figures are never cut: a long one is set smaller.
            is_figure = align == "right" or centred or place == 0
            size = pen.fitting(text, box.width(), self._size, bold) if is_figure else self._size
            pen.text(box, text, size, bold=bold, align=align)
        return y + self._row

    def _foot(self, sale: PrintableSale, top: int) -> None:
        pen, size = self._pen, self._size
        step = round(size * 2.1)
        wide = self._width - (pen.mm(self._sheet.qr_mm + 4) if sale.code else 0)
        y = top + pen.mm(1.6)
        express = f"物流方式：{sale.logistics}" if sale.logistics else ""
        self._facts(
            y, wide, size,
            [f"优惠金额：{sale.discount}", f"优惠后金额：{sale.after_discount}", f"客户承担费用：{sale.freight}", express],
        )  # fmt: skip
        y += step
        big = pen.fitting(f"结算金额：{sale.amount}", round(wide * 0.36), round(size * 1.55), True)
        pen.text(QRect(self._left, y, round(wide * 0.36), step), f"结算金额：{sale.amount}", big, bold=True)
        words = f"大写：{sale.amount_words}"
        room = QRect(self._left + round(wide * 0.37), y, round(wide * 0.63), step)
        pen.text(room, words, pen.fitting(words, room.width(), round(size * 1.15)))
        y += step
        debt = f"上次欠款：{sale.debt}" if sale.debt else ""
        number = f"预单编号：{sale.code.number}" if sale.code else ""
        facts = [debt, number, f"制单人：{sale.operator}", ""]
        if sale.owed_now:
            facts = [debt, f"本单未付：{sale.owed_now}", f"累计欠款：{sale.owed_in_all}", f"制单人：{sale.operator}"]
        self._facts(y, wide, size, facts)
        y += step
        if sale.remark:
            pen.text(QRect(self._left, y, wide, step), f"备注：{sale.remark}", size)
        y += step
        for share, text in ((0.0, "发货人签字：______________"), (0.4, "客户签字：______________")):
            pen.text(QRect(self._left + round(share * wide), y, round(0.38 * wide), step), text, size)
        if self._sheet.copies_line:
            y += round(step * 0.9)
            pen.text(QRect(self._left, y, wide, step), self._sheet.copies_line, round(size * 0.88))
        if sale.code:
            self._code_corner(sale.code, top + pen.mm(1.6))

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


def _cells_of(line: PrintableLine, place: int) -> list[str]:
    return [
        str(place), line.code, line.name, line.variant, line.unit, line.quantity, line.price, line.amount, line.remark,
    ]  # fmt: skip
