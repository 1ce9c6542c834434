"""The 货号–商品 list as a workbook: which code on 1688 is which of our goods (manual 4.1.2; M47, M48)."""

from __future__ import annotations

import errno
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from jdy_desktop.services.errors import DiskFull, LocalError
from jdy_desktop.services.machine.files import write_whole
from jdy_desktop.services.queries.goods_card import GoodsLine

HEADERS = (
    "商品代码", "商品名称", "SKU代码", "SKU名称", "单位", "零售价", "批发价", "库存", "货号", "平台商品名称", "单品货号",
    "平台SKU名称", "offerid", "店铺",
)  # fmt: skip
_WIDTHS = (16, 40, 18, 16, 8, 10, 10, 10, 16, 40, 18, 16, 18, 20)
#: what a spreadsheet takes for the beginning of a formula, also after the file was turned into CSV.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_767


def write_goods_list(path: Path, lines: Sequence[GoodsLine]) -> None:
    """One line per SKU and 1688 SKU matched to it. Codes and titles stay text, whatever they look like; numbers are numbers.

    The file appears whole or not at all. Raises LocalError("export_failed") or DiskFull; the old file stays.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("货号-商品")
    sheet.freeze_panes = "A2"
    for number, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    head = [_cell(sheet, title) for title in HEADERS]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for line in lines:
        sheet.append([_cell(sheet, value) for value in _values(line)])
    content = io.BytesIO()
    book.save(content)
    _store(path, content.getvalue())


def _store(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(path=str(path)) from error
        raise LocalError("export_failed", path=path.name, reason=error.strerror or "") from error


def _values(line: GoodsLine) -> tuple[str | Decimal | None, ...]:
    return (
        line.product_code, line.product_name, line.sku_code, line.sku_name, line.unit, line.retail_price, line.wholesale_price,
        line.stock, line.item_number, line.platform_title, line.sku_item_number, line.platform_sku_name, line.offer_id, line.shop,
    )  # fmt: skip


def _cell(sheet: Any, value: str | Decimal | None) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell: Any = WriteOnlyCell(sheet)
    if not isinstance(value, str):
        cell.value = value
        return cell
    cell.value = _CONTROL.sub("", value)[:_LONGEST]
    cell.data_type = "s"  # never a formula, also when it begins with =
    if value.startswith(_FORMULA):
        cell.quotePrefix = True
    else:
        cell.number_format = "@"
    return cell
