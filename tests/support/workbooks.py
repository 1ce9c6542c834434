"""Workbooks as a clerk brings them."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def workbook(path: Path, *rows: list[Any]) -> Path:
    """One sheet with these rows; the path it stands at."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path
