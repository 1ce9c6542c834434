"""The columns of a workbook of opening stock: how people call them, and the template (manual 5.3; M117)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jdy_desktop.services.excel.reading import ColumnNames
from jdy_desktop.services.excel.writing import Sheet, SheetColumn, write_sheets

PRODUCT, SKU, BARCODE = "product_code", "sku_code", "barcode"
WAREHOUSE, QUANTITY, COST = "warehouse", "quantity", "unit_cost"
CODES = (SKU, PRODUCT, BARCODE)

COLUMN_NAMES: tuple[ColumnNames, ...] = (
    ColumnNames(PRODUCT, (
        "商品代码", "商品编码", "商品编号", "商品货号", "产品代码", "产品编码", "产品编号", "物料编码",
        "物料代码", "存货编码", "存货代码", "货号", "货品编码", "货品编号", "货品代码", "款号", "款式编码",
        "代码", "编码", "编号", "品号", "货码", "商品", "产品", "商品ID", "item code", "product code",
        "item no", "code", "item",
    )),
    ColumnNames(SKU, (
        "SKU代码", "SKU编码", "SKU编号", "SKU货号", "单品货号", "单品代码", "单品编码", "规格编码",
        "规格代码", "规格货号", "属性编码", "SKU", "SKU code", "SKUID", "SKU号",
    )),
    ColumnNames(BARCODE, ("条码", "条形码", "商品条码", "商品条形码", "国际条码", "69码", "barcode", "EAN")),
    ColumnNames(WAREHOUSE, (
        "仓库", "仓库名称", "仓库名", "所在仓库", "存放仓库", "入库仓库", "期初仓库", "仓库编码", "仓",
        "库房", "存放地点", "warehouse",
    )),
    ColumnNames(QUANTITY, (
        "期初数量", "期初库存", "期初库存数量", "期初库存量", "期初结存数量", "期初结存", "期初数", "数量",
        "盘点数量", "实盘数量", "实盘数", "库存数量", "库存量", "库存数", "库存", "结存数量", "结存",
        "现有库存", "现存量", "当前库存", "实际库存", "件数", "期初", "qty", "quantity", "stock",
    )),
    ColumnNames(COST, (
        "期初单价", "期初成本", "期初成本价", "期初单位成本", "单位成本", "成本单价", "成本价", "成本",
        "平均成本", "库存成本", "入库单价", "采购价", "采购单价", "购货单价", "购货价", "进价", "进货价",
        "进货单价", "单价", "unit cost", "cost price", "cost",
    )),
)  # fmt: skip

TITLES = {
    PRODUCT: "商品代码",
    SKU: "SKU代码",
    BARCODE: "条码",
    WAREHOUSE: "仓库",
    QUANTITY: "期初数量",
    COST: "期初单价",
}

SHEET = "期初库存"
_TEMPLATE = (
    (PRODUCT, 18, "货号；有颜色尺码的商品还要填 SKU代码", "sp19005", "sp32501"),
    (SKU, 20, "没有颜色尺码的商品不用填", "", "sp32501_001"),
    (WAREHOUSE, 14, "只有一个仓库时可以不填", "", ""),
    (QUANTITY, 12, "0 或正数，最多 4 位小数", "120", "35"),
    (COST, 12, "一件的成本，最多 6 位小数；不要成本就填 0", "3.5", "39"),
)


def is_enough(columns: Mapping[str, int]) -> bool:
    """A row with these columns is the head of a stock list."""
    return QUANTITY in columns and any(key in columns for key in CODES)


def write_template(path: Path) -> None:
    """下载模板: the empty columns, and a sheet that says with examples what goes into each. Raises LocalError, DiskFull."""
    names = {one.key: "、".join(one.names) for one in COLUMN_NAMES}
    told = [(TITLES[key], note, one, two, names[key]) for key, _, note, one, two in _TEMPLATE]
    heads = [
        SheetColumn(title, width)
        for title, width in (("列", 12), ("说明", 40), ("例一", 16), ("例二", 16), ("也认得这些列名", 80))
    ]
    rules = (
        "按列名找列，顺序和多余的列不要紧。一行一个 SKU、一个仓库；可以用条码代替代码。",
        "期初都记在启用期间；同一个文件再导入一次不会重复。有错的行不导入，会连同原因存成一个文件。",
    )
    main = [SheetColumn(TITLES[key], width) for key, width, *_ in _TEMPLATE]
    write_sheets(path, [Sheet(SHEET, main, ()), Sheet("说明", heads, told, above=rules)])
