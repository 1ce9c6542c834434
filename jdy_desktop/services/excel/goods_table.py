"""商品资料 as a workbook: one line per SKU, out and (goods_import) in again; the same columns are the template."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_values import ProductDetail, SkuDetail
from jdy_desktop.services.excel.writing import CellValue, Sheet, SheetColumn, write_sheets

SHEET = "商品资料"
#: how many attributes a product may have in a workbook, each with a column for its name and one for the value.
MOST_ATTRIBUTES = 8
_USUAL_ATTRIBUTES = 2
YES, NO = "是", "否"
#: a spreadsheet keeps no more.
_EXACT_DIGITS = 15


@dataclass(frozen=True, slots=True)
class GoodsColumn:
    """`key` as errors name the field; `names`: what people also write above it; `width` in characters."""

    key: str
    title: str
    names: tuple[str, ...] = ()
    width: int = 12
    note: str = ""
    #: which attribute it belongs to, 0 for none.
    number: int = 0


def _attribute_columns() -> list[GoodsColumn]:
    found = []
    for number in range(1, MOST_ATTRIBUTES + 1):
        found.append(
            GoodsColumn(
                f"attribute_{number}", f"辅助属性{number}", (f"规格名{number}", f"属性{number}"), 10, number=number
            )
        )
        found.append(GoodsColumn(f"value_{number}", f"属性值{number}", (f"规格值{number}",), 10, number=number))
    return found


PRICES: tuple[GoodsColumn, ...] = (
    GoodsColumn("price_retail", "零售价", ("零售", "零售单价", "售价", "单价", "价格"), 10),
    GoodsColumn("price_wholesale", "批发价", ("批发", "批发单价", "拿货价"), 10),
    GoodsColumn("price_vip", "VIP价", ("VIP", "会员价", "VIP会员价"), 10),
    GoodsColumn("price_discount1", "折扣价一", ("折扣一", "折扣价1", "折扣1", "折扣等级一"), 10),
    GoodsColumn("price_discount2", "折扣价二", ("折扣二", "折扣价2", "折扣2", "折扣等级二"), 10),
)
COLUMNS: tuple[GoodsColumn, ...] = (
    GoodsColumn(
        "code", "商品代码", ("代码", "货号", "商品编码", "商品编号", "编码", "编号", "款号", "商品货号"), 16, "必填；和 1688 的货号一致",
    ),
    GoodsColumn("name", "商品名称", ("名称", "品名", "商品", "宝贝名称", "信息标题", "标题"), 36, "新商品必填"),
    GoodsColumn("category", "商品类别", ("类别", "分类", "商品分类", "类目"), 22, "上下级用 / 隔开，没有的会新建"),
    GoodsColumn("unit", "基本单位", ("单位", "计量单位"), 10, "没有的会新建"),
    GoodsColumn("specification", "规格", ("规格型号", "型号"), 14),
    GoodsColumn("tax_rate", "税率(%)", ("税率", "税率%", "税率（%）"), 9),
    GoodsColumn("allow_negative", "是否允许负库存", ("允许负库存", "负库存"), 14, "是 / 否"),
    GoodsColumn("remark", "备注", ("说明", "商品备注"), 20),
    GoodsColumn("sku_code", "SKU代码", ("SKU", "单品货号", "SKU编码", "规格编码", "SKU货号"), 18, "不填就从 _001 往后编"),
    *_attribute_columns(),
    *PRICES,
    GoodsColumn("minimum_stock", "最低库存", ("最低库存量", "库存下限", "最小库存"), 10),
    GoodsColumn("barcodes", "条码", ("条形码", "商品条码", "国际条码"), 20, "多个用空格隔开"),
)  # fmt: skip
_EXAMPLES = (
    {"code": "sp32501", "name": "男士秋季衬衫量大可批发", "category": "服装 / 男式衬衫", "unit": "件", "sku_code": "sp32501_001",
     "attribute_1": "颜色", "value_1": "白色", "attribute_2": "尺码", "value_2": "S", "price_retail": "64", "price_wholesale": "39"},
    {"code": "sp32501", "name": "男士秋季衬衫量大可批发", "category": "服装 / 男式衬衫", "unit": "件", "sku_code": "sp32501_002",
     "attribute_1": "颜色", "value_1": "红色", "attribute_2": "尺码", "value_2": "S", "price_retail": "64", "price_wholesale": "39"},
    {"code": "sp19005", "name": "PET电气绝缘胶带 黄色", "unit": "卷", "price_retail": "13.92", "barcodes": "6901234567892"},
)  # fmt: skip


def write_goods(path: Path, goods: Iterable[ProductDetail], category_path: Callable[[int | None], str]) -> int:
    """All goods with their SKUs that are not resting; returns the number of lines. Raises LocalError, DiskFull."""
    shown = list(goods)
    columns = table_columns(max((len(one.attributes) for one in shown), default=0))
    rows = [line for one in shown for line in _lines(one, category_path, columns)]
    write_sheets(path, [Sheet(SHEET, _sheet_columns(columns), rows)])
    return len(rows)


def write_template(path: Path) -> None:
    """The empty columns, and a sheet that says with examples what goes into each."""
    columns = table_columns(_USUAL_ATTRIBUTES)
    told = [
        [one.title, one.note, *(line.get(one.key, "") for line in _EXAMPLES), "、".join(one.names)] for one in columns
    ]
    heads = [SheetColumn(title, width) for title, width in
             (("列", 16), ("说明", 34), ("例一", 22), ("例二", 22), ("例三", 22), ("也认得这些列名", 50))]  # fmt: skip
    rules = (
        "按列名找列，顺序和多余的列不要紧。一行一个 SKU；同一个商品代码的几行是同一个商品。",
        "商品代码已有的就改，没有的就新建；空着的格子不改原来的资料；文件里没有的 SKU 不动。",
    )
    write_sheets(path, [Sheet(SHEET, _sheet_columns(columns), ()), Sheet("说明", heads, told, above=rules)])


def table_columns(attributes: int) -> list[GoodsColumn]:
    """The columns of a workbook whose goods have at most so many attributes."""
    shown = max(_USUAL_ATTRIBUTES, attributes)
    return [one for one in COLUMNS if not one.number or one.number <= shown]


def _sheet_columns(columns: Sequence[GoodsColumn]) -> list[SheetColumn]:
    return [SheetColumn(one.title, one.width) for one in columns]


def _lines(
    one: ProductDetail, category_path: Callable[[int | None], str], columns: Sequence[GoodsColumn]
) -> Iterable[list[CellValue]]:
    head: dict[str, CellValue] = {
        "code": one.code,
        "name": one.name,
        "category": category_path(one.category_id),
        "unit": one.unit,
        "specification": one.specification,
        "tax_rate": one.tax_rate,
        "allow_negative": YES if one.allow_negative else NO,
        "remark": one.remark,
    }
    for sku in one.skus:
        if sku.is_active:
            cells = {**head, **_sku_cells(sku, one.attributes)}
            yield [cells.get(column.key) for column in columns]


def _sku_cells(sku: SkuDetail, attributes: Sequence[str]) -> Mapping[str, CellValue]:
    cells: dict[str, CellValue] = {
        "sku_code": sku.code,
        "minimum_stock": _figure(sku.minimum_stock) if sku.minimum_stock else None,
        "barcodes": " ".join(sku.barcodes),
    }
    for number, (attribute, value) in enumerate(zip(attributes, sku.values, strict=False), 1):
        cells[f"attribute_{number}"], cells[f"value_{number}"] = attribute, value
    for grade in PriceGrade:
        cells[f"price_{grade.value}"] = _figure(sku.prices.get(grade))
    return cells


def _figure(value: Decimal | None) -> CellValue:
    """A number; as words where a spreadsheet would forget its last digits."""
    if value is None:
        return None
    plain = value.normalize()
    return value if len(plain.as_tuple().digits) <= _EXACT_DIGITS else f"{plain:f}"
