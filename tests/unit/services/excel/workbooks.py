"""Workbooks for tests: ordinary ones, and their XML changed by hand into hostile ones."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HEAD = ("商品代码", "SKU代码", "仓库", "期初数量", "期初单价")
SHEET_PART = "xl/worksheets/sheet1.xml"


def workbook(path: Path, rows: Sequence[Sequence[Any]], *, head: Sequence[Any] = HEAD, sheet: str = "Sheet1") -> Path:
    """As a spreadsheet program writes it."""
    import openpyxl

    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = sheet
    for row in (head, *rows):
        page.append(list(row))
    book.save(path)
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repack(path: Path, content: dict[str, bytes] | list[tuple[str, bytes]]) -> Path:
    """Write the parts again; a list may hold a name twice."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items() if isinstance(content, dict) else content:
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    path.write_bytes(stream.getvalue())
    return path


def change(path: Path, part: str, edit: Callable[[bytes], bytes]) -> Path:
    """One part edited, all else as it was."""
    content = parts(path)
    before = content[part]
    content[part] = edit(before)
    assert content[part] != before
    return repack(path, content)


def with_doctype(text: bytes, declaration: str) -> bytes:
    """A document type put where XML allows it."""
    body = re.sub(rb"^<\?xml[^>]*\?>\s*", b"", text)
    return b'<?xml version="1.0" encoding="UTF-8"?>' + declaration.encode() + body
