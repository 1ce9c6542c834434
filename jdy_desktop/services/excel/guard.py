"""Looks at a workbook before any reader does: a hostile or damaged file is refused with its reason (reliability §4.4).

What the readers do with such files was measured: a file of 5 kB with one cell at the far corner took all memory, entities
were expanded, the second of two parts of one name was read. So every part that will be read is unpacked here, counted,
and looked through; only then the reader sees the very same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from jdy_desktop.services.excel.faults import CellFault, WorkbookFault, WorkbookRefused
from jdy_desktop.services.excel.sheet_scan import (
    Malformed,
    SheetFacts,
    TooLarge,
    scan_sheet,
    sheet_parts,
    unheard,
)

MAX_FILE = 20 * 1024 * 1024
#: unpacked, all parts together that are read: a sheet of 100,000 rows takes about 30 MB.
MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 2_000
_BLOCK = 1 << 20

_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|head|body|meta|style)", re.IGNORECASE)
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_LINK_TYPE = b"/relationships/externalLink"


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """`faults`: cells that hold an error or a formula without a result, by (row, column) from 0."""

    name: str
    is_hidden: bool
    faults: dict[tuple[int, int], CellFault]
    has_merges: bool = False


@dataclass(frozen=True, slots=True)
class CheckedWorkbook:
    """A file that may be read. `content` is what was looked at: the file may change on the disk meanwhile."""

    name: str
    content: bytes
    sheets: tuple[CheckedSheet, ...]


def check_workbook(path: Path, check: Callable[[], None] = unheard) -> CheckedWorkbook:
    """Raises WorkbookRefused with the reason; nothing but the file is touched. `check` is called often and may raise."""
    content = _content(path)
    _check_kind(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return CheckedWorkbook(path.name, content, _checked(archive, check))
    # A cut or flipped file shows in any of these, depending on the byte.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, Malformed, ValueError, KeyError) as error:
        raise _refused(WorkbookFault.DAMAGED) from error
    except TooLarge as error:
        raise _refused(WorkbookFault.TOO_MANY_CELLS) from error


def _refused(fault: WorkbookFault) -> WorkbookRefused:
    return WorkbookRefused(reason=fault.value)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise _refused(WorkbookFault.TOO_LARGE)
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _refused(WorkbookFault.NO_FILE) from error
    except (OSError, ValueError) as error:
        raise _refused(WorkbookFault.NOT_READABLE) from error
    if not content:
        raise _refused(WorkbookFault.EMPTY)
    return content


def _check_kind(content: bytes) -> None:
    """What the first bytes say, whatever the file is called."""
    if content.startswith(_ZIP):
        return
    if content.startswith(_OLE):
        is_locked = _ENCRYPTED_PACKAGE in content
        raise _refused(WorkbookFault.ENCRYPTED if is_locked else WorkbookFault.OLD_EXCEL)
    if content.startswith(_EMPTY_ZIP):
        raise _refused(WorkbookFault.NO_SHEET)
    head = content[:4096]
    text = head.decode("utf-16", "ignore").encode() if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
    if _MARKUP.match(text.removeprefix(b"\xef\xbb\xbf")):
        raise _refused(WorkbookFault.WEB_PAGE)
    is_text = b"\x00" not in text and sum(byte < 32 and byte not in (9, 10, 13, 27) for byte in text) == 0
    raise _refused(WorkbookFault.PLAIN_TEXT if is_text else WorkbookFault.NOT_A_WORKBOOK)


def _checked(archive: zipfile.ZipFile, check: Callable[[], None]) -> tuple[CheckedSheet, ...]:
    parts = archive.infolist()
    _check_names(parts)
    names = {one.filename.lower(): one for one in parts}
    if "xl/workbook.xml" not in names:
        is_other = "mimetype" in names or "xl/workbook.bin" in names or any(n.startswith("word/") for n in names)
        raise _refused(WorkbookFault.OTHER_FORMAT if is_other else WorkbookFault.NO_SHEET)
    xml = _unpack(archive, parts, check)
    main = next(text for name, text in xml.items() if name.lower() == "xl/workbook.xml")
    relations = next((text for name, text in xml.items() if name.lower() == "xl/_rels/workbook.xml.rels"), b"")
    found = []
    for name, is_hidden, target in sheet_parts(main, relations):
        text = next((text for part, text in xml.items() if part.lower() == target.lower()), None)
        if text is None:
            raise _refused(WorkbookFault.DAMAGED)
        facts: SheetFacts = scan_sheet(text, check)
        found.append(CheckedSheet(name, is_hidden, facts.faults, facts.has_merges))
    if not found:
        raise _refused(WorkbookFault.NO_SHEET)
    return tuple(found)


def _check_names(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS:
        raise _refused(WorkbookFault.TOO_MANY_PARTS)
    seen: set[str] = set()
    for part in parts:
        name = part.orig_filename
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or "\\" in name or "\x00" in name or ":" in name:
            raise _refused(WorkbookFault.STRANGE_NAMES)
        key = name.lower()
        if key in seen:
            raise _refused(WorkbookFault.TWO_PARTS)
        seen.add(key)
        if part.flag_bits & 0x1:
            raise _refused(WorkbookFault.ENCRYPTED)
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(WorkbookFault.OTHER_FORMAT)
        if key.endswith("vbaproject.bin") or "/macrosheets/" in key:
            raise _refused(WorkbookFault.MACROS)
        if "/externallinks/" in key:
            raise _refused(WorkbookFault.LINKS)


def _unpack(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], check: Callable[[], None]) -> dict[str, bytes]:
    """The text of all parts that a reader may open, counted while unpacking: the sizes in the file may lie."""
    found: dict[str, bytes] = {}
    room = MAX_UNPACKED
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        check()
        if part.file_size > room:
            raise _refused(WorkbookFault.BOMB)
        with archive.open(part) as stream:
            text = _read(stream, room)
        room -= len(text)
        _check_xml(part.filename.lower(), text)
        found[part.filename] = text
    return found


def _read(stream: Any, room: int) -> bytes:
    blocks = []
    while block := stream.read(_BLOCK):
        room -= len(block)
        if room < 0:
            raise _refused(WorkbookFault.BOMB)
        blocks.append(block)
    return b"".join(blocks)


def _check_xml(name: str, text: bytes) -> None:
    head = text[:200]
    encoding = _ENCODING.search(head)
    if b"\x00" in head or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _refused(WorkbookFault.ENCODING)
    if encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise _refused(WorkbookFault.ENCODING)
    if b"<!DOCTYPE" in text:  # without one there are no entities
        raise _refused(WorkbookFault.ENTITIES)
    if name.endswith(".rels") and _LINK_TYPE in text:
        raise _refused(WorkbookFault.LINKS)
    if name == "[content_types].xml" and b"macroEnabled.main+xml" in text:
        raise _refused(WorkbookFault.MACROS)
