"""The 货号–商品 list as a workbook: which code on 1688 is which of our goods (manual 4.1.2; M47, M48)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from jdy_desktop.services.excel.writing import SheetColumn, write_table
from jdy_desktop.services.queries.goods_card import GoodsLine

HEADERS = (
    "商品代码", "商品名称", "SKU代码", "SKU名称", "单位", "零售价", "批发价", "库存", "货号", "平台商品名称", "单品货号",
    "平台SKU名称", "offerid", "店铺",
)  # fmt: skip
_WIDTHS = (16, 40, 18, 16, 8, 10, 10, 10, 16, 40, 18, 16, 18, 20)


def write_goods_list(path: Path, lines: Sequence[GoodsLine]) -> None:
    """One line per SKU and 1688 SKU matched to it. Codes and titles stay text, whatever they look like; numbers are numbers.

    The file appears whole or not at all. Raises LocalError("export_failed") or DiskFull; the old file stays.
    """
    columns = [SheetColumn(title, width) for title, width in zip(HEADERS, _WIDTHS, strict=True)]
    write_table(path, "货号-商品", columns, (_values(line) for line in lines))


def _values(line: GoodsLine) -> tuple[str | Decimal | None, ...]:
    return (
        line.product_code, line.product_name, line.sku_code, line.sku_name, line.unit, line.retail_price, line.wholesale_price,
        line.stock, line.item_number, line.platform_title, line.sku_item_number, line.platform_sku_name, line.offer_id, line.shop,
    )  # fmt: skip
