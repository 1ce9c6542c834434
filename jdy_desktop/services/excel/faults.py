"""What can be wrong with a workbook that comes in: with the file, with a cell, with a row. Words: views/texts/workbooks.py."""

from __future__ import annotations

from enum import StrEnum

from jdy_desktop.services.errors import UserError


class WorkbookFault(StrEnum):
    """Why a file is not read at all."""

    NO_FILE = "no_file"
    NOT_READABLE = "not_readable"
    EMPTY = "empty_file"
    TOO_LARGE = "file_too_large"
    OLD_EXCEL = "old_excel"
    ENCRYPTED = "encrypted"
    WEB_PAGE = "web_page"
    PLAIN_TEXT = "plain_text"
    NOT_A_WORKBOOK = "not_a_workbook"
    OTHER_FORMAT = "other_format"
    DAMAGED = "damaged"
    BOMB = "unpacks_too_large"
    ENTITIES = "entities"
    ENCODING = "strange_encoding"
    TWO_PARTS = "two_parts_of_one_name"
    STRANGE_NAMES = "strange_part_names"
    TOO_MANY_PARTS = "too_many_parts"
    MACROS = "macros"
    LINKS = "external_links"
    TOO_MANY_CELLS = "too_many_cells"
    NO_SHEET = "no_sheet"
    NO_HEAD = "no_head"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    NO_ROWS = "no_rows"


class WorkbookRefused(UserError):
    """The file as a whole is refused; nothing was stored. `reason` is a WorkbookFault; `sheet`, `columns` where known."""

    code = "workbook_refused"


class CellFault(StrEnum):
    """A cell that the reader shows as empty and that is not."""

    ERROR = "error_cell"
    NO_RESULT = "formula_without_result"


class RowFault(StrEnum):
    """Why a row is not taken. The first half is about one cell, the rest about the book."""

    EMPTY = "cell_empty"
    NOT_A_NUMBER = "cell_not_a_number"
    TOO_MANY_PLACES = "cell_too_many_places"
    NEGATIVE = "cell_negative"
    TOO_LARGE = "cell_too_large"
    DATE = "cell_is_a_date"
    TRUTH = "cell_is_true_or_false"
    ERROR = "error_cell"
    NO_RESULT = "formula_without_result"
    MERGED = "cell_merged"
    LONG_NUMBER = "code_is_a_long_number"
    FRACTION = "code_is_a_fraction"
    UNKNOWN_GOODS = "goods_not_known"
    UNKNOWN_SKU = "sku_not_known"
    OTHER_GOODS = "sku_of_other_goods"
    NEEDS_SKU = "sku_needed"
    SEVERAL_GOODS = "several_goods"
    RESTING = "goods_resting"
    UNKNOWN_WAREHOUSE = "warehouse_not_known"
    NEEDS_WAREHOUSE = "warehouse_needed"
    REPEATED = "row_repeated"
    STOCK_SHORT = "opening_below_sold"
    REPLACES = "opening_there_already"
