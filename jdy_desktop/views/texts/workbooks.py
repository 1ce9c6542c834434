"""Words for workbooks that come in: why a file is refused, why a row stays out and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jdy_desktop.services.excel.faults import RowFault, WorkbookFault, WorkbookRefused
from jdy_desktop.views.texts.filling import filled

if TYPE_CHECKING:
    from jdy_desktop.services.book.opening_rows import RowProblem

WORKBOOK_SENTENCES: dict[str, str] = {
    "workbook_refused": "文件没有导入，账套没有改动：[“{sheet}”表][里 {columns} ]{reason}。",
}

#: why nothing of the file is read, and the way out; stands inside the sentence above
FILE_FAULTS: dict[str, str] = {
    WorkbookFault.NO_FILE: "找不到这个文件，看看是不是改了名或移走了",
    WorkbookFault.NOT_READABLE: "文件打不开，可能被别的程序占用或没有权限，关掉 Excel 再试",
    WorkbookFault.EMPTY: "文件是空的（0 字节），重新保存一次再导入",
    WorkbookFault.TOO_LARGE: "文件超过 20 MB，删掉图片或分成几个文件",
    WorkbookFault.OLD_EXCEL: "这是旧版 Excel 97-2003（.xls）格式，用 Excel 另存为“Excel 工作簿（.xlsx）”再导入",
    WorkbookFault.ENCRYPTED: "文件有密码（已加密），在 Excel 里去掉打开密码再导入",
    WorkbookFault.WEB_PAGE: "这其实是网页（HTML 或 XML），不是 Excel 工作簿，用 Excel 打开后另存为 .xlsx",
    WorkbookFault.PLAIN_TEXT: "这其实是文本（CSV），不是 Excel 工作簿，用 Excel 打开后另存为 .xlsx",
    WorkbookFault.NOT_A_WORKBOOK: "这不是 Excel 工作簿（.xlsx），用 Excel 另存为 .xlsx 再导入",
    WorkbookFault.OTHER_FORMAT: "这是别的程序的格式，不是 Excel 工作簿（.xlsx），另存为 .xlsx 再导入",
    WorkbookFault.DAMAGED: "文件不完整或已损坏，请对方重新发一次，或用 Excel 打开后另存一份",
    WorkbookFault.BOMB: "解压后太大，不像正常的表格，没有打开它",
    WorkbookFault.ENTITIES: "里面有 DTD/实体定义，正常的 Excel 文件不会有，没有打开它",
    WorkbookFault.ENCODING: "里面的文字编码不是 UTF-8，用 Excel 打开后另存为 .xlsx",
    WorkbookFault.TWO_PARTS: "压缩包里有两个同名的部分（重复），不知道该信哪一个，用 Excel 打开后另存为 .xlsx",
    WorkbookFault.STRANGE_NAMES: "压缩包里有指向别处的文件名，不像正常的表格，没有打开它",
    WorkbookFault.TOO_MANY_PARTS: "压缩包里的文件太多，不像正常的表格，没有打开它",
    WorkbookFault.MACROS: "里面有宏（VBA），另存为不带宏的“Excel 工作簿（.xlsx）”再导入",
    WorkbookFault.LINKS: "里面有指向其他文件的外部链接，在 Excel 里断开链接（数据—编辑链接）再导入",
    WorkbookFault.TOO_MANY_CELLS: "表格太大（最多 99,999 行、256 列），或最远的单元格在很远的地方，删掉多余的行列，或分成几个文件",
    WorkbookFault.NO_SHEET: "里面没有工作表",
    WorkbookFault.NO_HEAD: "没有找到列名，第一行要有 商品代码、期初数量、期初单价，可以先下载模板",
    WorkbookFault.COLUMN_MISSING: "这一列没有找到，补上列名再导入，可以先下载模板",
    WorkbookFault.COLUMN_TWICE: "这一列有两个，不知道用哪一个，给其中一列改名",
    WorkbookFault.NO_ROWS: "里面没有数据",
}

#: reason, and what to do. `{codes}`, `{like}` … are the hints of the problem; a part in brackets needs all of its own.
ROW_FAULTS: dict[RowFault, tuple[str, str]] = {
    RowFault.EMPTY: ("没有填", "填上再导入"),
    RowFault.NOT_A_NUMBER: ("不是数字", "只写数字，例如 31"),
    RowFault.TOO_MANY_PLACES: ("小数超过 {places} 位", "在 Excel 里用 ROUND 保留 {places} 位"),
    RowFault.NEGATIVE: ("不能小于 0", "改成 0 或正数"),
    RowFault.TOO_LARGE: ("数太大", "看看是不是多打了几位"),
    RowFault.DATE: ("是日期，不是要的内容", "把这一列设为“文本”或“常规”，重新填写"),
    RowFault.TRUTH: ("是逻辑值 TRUE/FALSE", "重新填写"),
    RowFault.ERROR: ("单元格是错误值（例如 #N/A）", "改好公式，或直接填写"),
    RowFault.NO_RESULT: ("公式还没有算出结果", "用 Excel 打开保存一次，或直接填写"),
    RowFault.MERGED: ("是合并单元格，不知道算哪一行", "取消合并，每一行都填上"),
    RowFault.LONG_NUMBER: ("数字超过 15 位，Excel 已丢掉后面几位", "把这一列设为“文本”，重新填写代码"),
    RowFault.FRACTION: ("代码是小数", "把这一列设为“文本”，重新填写代码"),
    RowFault.UNKNOWN_GOODS: ("没有这个商品", "[是不是 {like}？]先在商品中心新增，或改成已有的代码"),
    RowFault.UNKNOWN_SKU: ("没有这个 SKU", "[是不是 {like}？][{product} 只有 {codes}。]选一个已有的 SKU"),
    RowFault.OTHER_GOODS: ("这个 SKU 不属于这个商品", "它是 {product} 的，核对两个代码"),
    RowFault.NEEDS_SKU: ("商品有几个 SKU，不知道是哪一个", "写 SKU代码：{codes}"),
    RowFault.SEVERAL_GOODS: ("商品代码和别的 SKU 代码相同", "填 SKU代码 那一列"),
    RowFault.RESTING: ("这个商品已停用", "先启用它，或删掉这一行"),
    RowFault.UNKNOWN_WAREHOUSE: ("没有这个仓库", "先在资料里新增，或改成 {codes}"),
    RowFault.NEEDS_WAREHOUSE: ("没有填仓库", "有几个仓库，填上仓库名称"),
    RowFault.REPEATED: ("和[ {sheet} 表]第 {other} 行是同一个商品、同一个仓库", "合成一行"),
    RowFault.STOCK_SHORT: ("已经卖出的比这个数多", "最少填 {sold}"),
    RowFault.REPLACES: ("已经有期初 {stored}，没有替换", "要替换就加 --replace，或在“期初录入”里导入"),
}


def row_reason(problem: RowProblem) -> str:
    """Why the row stays out."""
    if problem.fault is RowFault.EMPTY and problem.key == "unit_cost":
        return "没有填单价"
    return filled(ROW_FAULTS[problem.fault][0], _hints(problem))


def row_cure(problem: RowProblem) -> str:
    """What to write instead."""
    if problem.fault is RowFault.EMPTY and problem.key == "unit_cost":
        return "不要成本就填 0"
    return filled(ROW_FAULTS[problem.fault][1], _hints(problem))


def row_words(problem: RowProblem) -> str:
    """Both, for a line of text: 不能小于 0，改成 0 或正数。"""
    return f"{row_reason(problem)}，{row_cure(problem)}。"


def file_reason(error: WorkbookRefused) -> str:
    """Why the file is refused, without the sentence around it."""
    params = {"sheet": error.params.get("sheet"), "columns": error.params.get("columns")}
    words = FILE_FAULTS[error.params["reason"]]
    return filled("[“{sheet}”表：][{columns}，]", params) + words


def _hints(problem: RowProblem) -> dict[str, str]:
    return {name: value for name, value in problem.hints.items() if value}
