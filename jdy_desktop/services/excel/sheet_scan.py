"""The XML of a sheet looked through: how far its cells reach, which hold errors or formulas that were never worked out.

The reader shows both as empty cells; an empty cell may mean something, so they must be told apart here. Plain sheets are
judged with a few searches over the bytes; anything unusual is walked through element by element.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from jdy_desktop.services.excel.faults import CellFault

MAX_ROWS = 99_999
MAX_COLUMNS = 256
#: the reader lays the whole rectangle out in memory.
MAX_AREA = 3_000_000

#: read at one go: a few hundredths of a second
_BLOCK = 1 << 18

#: a cell beyond column Z or row 99,999. Cells say themselves where they stand; the row around them may lie.
_FAR_CELL = re.compile(rb'<c r="[A-Z](?:[A-Z]|\d{6})')
#: any of them, and the sheet is walked through: formulas, errors, prefixes, quotes of the other kind.
_UNUSUAL = (b"<f", b'"e"', b":row", b"='", b"<c>", b"<row>")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_HIDDEN = ("hidden", "veryHidden")


class TooLarge(Exception):
    """The cells reach further than any stock list does."""


class Malformed(Exception):
    """Not the XML of a workbook."""


def unheard() -> None:
    """Where nobody can press 取消."""


@dataclass(slots=True)
class SheetFacts:
    """`rows`, `columns`: at most how far cells with content reach, from 1. `faults` by (row, column) from 0."""

    rows: int = 0
    columns: int = 0
    faults: dict[tuple[int, int], CellFault] = field(default_factory=dict)
    has_merges: bool = False


def scan_sheet(text: bytes, check: Callable[[], None] = unheard) -> SheetFacts:
    """Raises TooLarge, Malformed. `check` is called between the blocks of a sheet that is walked through, and may raise."""
    facts = _plain(text) or _Walk().of(text, check)
    facts.has_merges = b"mergeCell" in text
    _check_size(facts.rows, facts.columns)
    return facts


def _check_size(rows: int, columns: int) -> None:
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_AREA:
        raise TooLarge


def _plain(text: bytes) -> SheetFacts | None:
    """A sheet as programs write it: every cell numbered, no formulas, no errors, inside Z99999. Else None."""
    cells = text.count(b"<c ")
    if text.count(b"<row ") > 4 * MAX_ROWS:
        raise TooLarge
    if cells != text.count(b'<c r="') or any(one in text for one in _UNUSUAL) or _FAR_CELL.search(text):
        return None
    return SheetFacts(MAX_ROWS if cells else 0, 26)


class _Walk:
    """One pass with expat. Entities and document types are refused before any of them is worked out."""

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self._row = self._column = -1
        self._is_error = self._is_text = self._has_formula = self._has_value = self._in_value = False

    def of(self, text: bytes, check: Callable[[], None]) -> SheetFacts:
        _parse(text, self._start, self._end, self._text, check)
        return self.facts

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            given = attributes.get("r", "")
            self._row = int(given) - 1 if given.isdecimal() else self._row + 1
            self._column = -1
        elif name == "v":
            self._in_value = True
        elif name == "is":
            self._has_value = True
        elif name == "f":
            self._has_formula = True

    def _text(self, _words: str) -> None:
        self._has_value = self._has_value or self._in_value

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._column += 1
        self._is_error, self._is_text = attributes.get("t") == "e", attributes.get("t") == "str"
        self._has_formula = self._has_value = self._in_value = False
        found = _REFERENCE.fullmatch(attributes.get("r", ""))
        if found:
            self._column = column_number(found[1])
            self._row = int(found[2]) - 1
        elif "r" in attributes:
            raise Malformed("cell reference")

    def _end(self, name: str) -> None:
        name = name.rpartition(" ")[2]
        if name == "v":
            self._in_value = False
        if name != "c":
            return
        if self._is_error:
            self.facts.faults[self._row, self._column] = CellFault.ERROR
        elif self._has_formula and not self._has_value and not self._is_text:  # a text may be worked out to nothing
            self.facts.faults[self._row, self._column] = CellFault.NO_RESULT
        elif not self._has_value:
            return
        self.facts.rows = max(self.facts.rows, self._row + 1)
        self.facts.columns = max(self.facts.columns, self._column + 1)
        _check_size(self.facts.rows, self.facts.columns)


def column_number(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet_parts(workbook: bytes, relations: bytes) -> list[tuple[str, bool, str]]:
    """Name, whether hidden, and part of each sheet in the order of the workbook. Raises Malformed."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, bool, str]] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == "Relationship":
            target = attributes.get("Target", "")
            base = PurePosixPath("/") if target.startswith("/") else PurePosixPath("/xl")
            targets[attributes.get("Id", "")] = str(base / target).lstrip("/")

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == "sheet":
            key = attributes.get(f"{_OFFICE} id") or attributes.get(f"{_STRICT} id") or ""
            hidden = attributes.get("state") in _HIDDEN
            sheets.append((attributes.get("name", ""), hidden, targets.get(key, "")))

    if relations:
        _parse(relations, relation, lambda _name: None)
    _parse(workbook, sheet, lambda _name: None)
    return sheets


def _parse(text: bytes, start: Any, end: Any, words: Any = None, check: Callable[[], None] = unheard) -> None:
    from xml.parsers import expat

    def refuse(*_: object) -> None:
        raise Malformed("document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    if words is not None:
        parser.CharacterDataHandler = words
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        for place in range(0, len(text), _BLOCK):
            check()
            parser.Parse(text[place : place + _BLOCK], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Malformed(str(error)) from error
