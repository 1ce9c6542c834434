"""Workbooks made to hurt, and broken ones: refused with one sentence before any reader sees them (reliability §4.4).

Each kind has its control: the same file without its poison imports, so that a guard that refuses everything fails too; and
for the worst of them it is shown what the reader would do with it.
"""

from __future__ import annotations

import io
import os
import random
import re
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from jdy_desktop.services.book.opening_columns import COLUMN_NAMES, is_enough
from jdy_desktop.services.excel import guard
from jdy_desktop.services.excel.faults import WorkbookFault, WorkbookRefused
from jdy_desktop.services.excel.guard import check_workbook
from jdy_desktop.services.excel.reading import read_tables
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.texts.workbooks import file_reason
from tests.unit.services.excel.workbooks import SHEET_PART, change, parts, repack, with_doctype, workbook

ROWS = [("sp1", None, None, 5, 1.5), ("sp2", None, None, 7, 2)]
BOMB_UNPACKED = 400 * 1024 * 1024
LAUGHS = '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def good(folder: Path, name: str = "期初.xlsx") -> Path:
    return workbook(folder / name, ROWS)


def read(path: Path) -> int:
    """Rows the file gives."""
    _, tables = read_tables(path, COLUMN_NAMES, is_enough)
    return sum(len(one.rows) for one in tables)


def refused(path: Path) -> WorkbookFault:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(WorkbookRefused) as caught:
        read(path)
    for words in (sentence(caught.value), file_reason(caught.value)):
        assert re.search("[一-鿿]{3}", words)
        assert not re.search(r"Error|Traceback|Exception|None", words)
    assert before is None or path.read_bytes() == before
    return WorkbookFault(caught.value.params["reason"])


def raw(folder: Path, content: bytes, name: str = "期初.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def add(folder: Path, name: str, text: bytes = b"x") -> Path:
    path = good(folder)
    return repack(path, {**parts(path), name: text})


def far_cell(reference: bytes) -> Callable[[bytes], bytes]:
    cell = b'<row r="9"><c r="' + reference + b'" t="n"><v>1</v></c></row></sheetData>'
    return lambda text: text.replace(b"</sheetData>", cell)


def bomb(folder: Path) -> Path:
    """A sheet of 400 MB in less than half a megabyte."""
    path = good(folder)
    content = parts(path)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            if name != SHEET_PART:
                archive.writestr(name, text)
        with archive.open(SHEET_PART, "w", force_zip64=True) as out:
            out.write(content[SHEET_PART].replace(b"</worksheet>", b""))
            block = b" " * (1 << 20)
            for _ in range(BOMB_UNPACKED >> 20):
                out.write(block)
            out.write(b"</worksheet>")
    return raw(folder, stream.getvalue())


def lying_bomb(folder: Path) -> Path:
    """The same, and its sizes in the archive say 100 bytes."""
    path = bomb(folder)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo(SHEET_PART).file_size.to_bytes(4, "little")
    place = content.rfind(size)
    content[place : place + 4] = (100).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    return path


def encrypted(folder: Path) -> Path:
    return raw(folder, OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(2000))


def locked_parts(folder: Path) -> Path:
    path = good(folder)
    content = bytearray(path.read_bytes())
    for place in [found.start() for found in re.finditer(b"PK\x01\x02", bytes(content))]:
        content[place + 8] |= 1
    path.write_bytes(bytes(content))
    return path


def twice(folder: Path) -> Path:
    path = good(folder)
    content = list(parts(path).items())
    with pytest.warns(UserWarning, match="Duplicate name"):
        return repack(path, [*content, (SHEET_PART, parts(path)[SHEET_PART].replace(b"<v>5</v>", b"<v>5000</v>"))])


KINDS: dict[str, tuple[Callable[[Path], Path], WorkbookFault]] = {
    "bomb": (bomb, WorkbookFault.BOMB),
    "corner cell": (lambda f: change(good(f), SHEET_PART, far_cell(b"XFD1048576")), WorkbookFault.TOO_MANY_CELLS),
    "far row": (lambda f: change(good(f), SHEET_PART, far_cell(b"A1048576")), WorkbookFault.TOO_MANY_CELLS),
    "far column": (lambda f: change(good(f), SHEET_PART, far_cell(b"XFD9")), WorkbookFault.TOO_MANY_CELLS),
    "beyond any sheet": (lambda f: change(good(f), SHEET_PART, far_cell(b"ZZZZ99999999")), WorkbookFault.DAMAGED),
    "laughs in the sheet": (lambda f: change(good(f), SHEET_PART, lambda t: with_doctype(t, LAUGHS)), WorkbookFault.ENTITIES),
    "entity of a file": (lambda f: change(good(f), SHEET_PART, lambda t: with_doctype(t, XXE)), WorkbookFault.ENTITIES),
    "entity from the web": (
        lambda f: change(good(f), SHEET_PART, lambda t: with_doctype(t, XXE.replace("file:///etc/hostname", "http://127.0.0.1:9/x"))),
        WorkbookFault.ENTITIES,
    ),
    "document type in the workbook": (
        lambda f: change(good(f), "xl/workbook.xml", lambda t: with_doctype(t, "<!DOCTYPE workbook>")), WorkbookFault.ENTITIES,
    ),
    "UTF-16 sheet": (
        lambda f: change(good(f), SHEET_PART, lambda t: with_doctype(t, LAUGHS).decode().replace("UTF-8", "UTF-16").encode("utf-16")),
        WorkbookFault.ENCODING,
    ),
    "other encoding": (
        lambda f: change(good(f), SHEET_PART, lambda t: b'<?xml version="1.0" encoding="GB2312"?>' + re.sub(rb"^<\?xml[^>]*\?>", b"", t)),
        WorkbookFault.ENCODING,
    ),
    "two parts of one name": (twice, WorkbookFault.TWO_PARTS),
    "two names that differ in case": (lambda f: add(f, "xl/worksheets/SHEET1.xml"), WorkbookFault.TWO_PARTS),
    "path outside": (lambda f: add(f, "../../evil.py"), WorkbookFault.STRANGE_NAMES),
    "absolute path": (lambda f: add(f, "/etc/evil"), WorkbookFault.STRANGE_NAMES),
    "drive": (lambda f: add(f, "C:/evil.exe"), WorkbookFault.STRANGE_NAMES),
    "20,000 parts": (
        lambda f: repack(good(f), {**parts(good(f)), **{f"x/{n}": b"" for n in range(20_000)}}), WorkbookFault.TOO_MANY_PARTS,
    ),
    "macros": (lambda f: add(f, "xl/vbaProject.bin"), WorkbookFault.MACROS),
    "macro sheet": (lambda f: add(f, "xl/macrosheets/sheet1.xml"), WorkbookFault.MACROS),
    "macros by type": (
        lambda f: change(good(f), "[Content_Types].xml", lambda t: t.replace(
            PLAIN_TYPE, MACRO_TYPE)),
        WorkbookFault.MACROS,
    ),
    "external links": (lambda f: add(f, "xl/externalLinks/externalLink1.xml"), WorkbookFault.LINKS),
    "encrypted": (encrypted, WorkbookFault.ENCRYPTED),
    "encrypted parts": (locked_parts, WorkbookFault.ENCRYPTED),
    "old Excel": (lambda f: raw(f, OLE + bytes(4000)), WorkbookFault.OLD_EXCEL),
    "CSV": (lambda f: raw(f, "商品代码,数量\nsp1,5\n".encode()), WorkbookFault.PLAIN_TEXT),
    "CSV in GBK": (lambda f: raw(f, "商品代码,数量\nsp1,5\n".encode("gbk")), WorkbookFault.PLAIN_TEXT),
    "HTML": (lambda f: raw(f, b"<html><body><table><tr><td>1</td></tr></table></body></html>"), WorkbookFault.WEB_PAGE),
    "XML table": (lambda f: raw(f, b'<?xml version="1.0"?><Workbook/>'), WorkbookFault.WEB_PAGE),
    "picture": (lambda f: raw(f, b"\x89PNG\r\n\x1a\n" + bytes(300)), WorkbookFault.NOT_A_WORKBOOK),
    "empty": (lambda f: raw(f, b""), WorkbookFault.EMPTY),
    "20 MB": (lambda f: raw(f, b"PK\x03\x04" + bytes(guard.MAX_FILE)), WorkbookFault.TOO_LARGE),
    "missing": (lambda f: f / "没有.xlsx", WorkbookFault.NO_FILE),
    "a folder": (lambda f: f, WorkbookFault.NOT_READABLE),
    "cut": (lambda f: raw(f, good(f).read_bytes()[:-200]), WorkbookFault.DAMAGED),
    "only the beginning": (lambda f: raw(f, good(f).read_bytes()[:100]), WorkbookFault.DAMAGED),
    "cut XML": (lambda f: change(good(f), SHEET_PART, lambda t: t[: len(t) // 2]), WorkbookFault.DAMAGED),
    "empty archive": (lambda f: raw(f, b"PK\x05\x06" + bytes(18)), WorkbookFault.NO_SHEET),
    "another document": (lambda f: repack(f / "a.xlsx", {"word/document.xml": b"<w/>"}), WorkbookFault.OTHER_FORMAT),
    "open document": (
        lambda f: repack(f / "a.xlsx", {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), WorkbookFault.OTHER_FORMAT,
    ),
    "no sheets": (
        lambda f: change(good(f), "xl/workbook.xml", lambda t: re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", t)), WorkbookFault.NO_SHEET,
    ),
    "sheet that is not there": (
        lambda f: repack(good(f), {k: v for k, v in parts(good(f)).items() if k != SHEET_PART}), WorkbookFault.DAMAGED,
    ),
    "nothing in it": (lambda f: workbook(f / "a.xlsx", [], head=()), WorkbookFault.NO_ROWS),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_refused_with_its_reason(tmp_path: Path, kind: str) -> None:
    make, fault = KINDS[kind]
    assert refused(make(tmp_path)) is fault


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    began = time.process_time()
    assert refused(lying_bomb(tmp_path)) in (WorkbookFault.DAMAGED, WorkbookFault.BOMB)
    assert time.process_time() - began < 20  # made in about 3 s, refused in much less; nothing is read to its end


def test_controls_the_same_files_without_their_poison_are_read(tmp_path: Path) -> None:
    assert read(good(tmp_path)) == 2
    for name, text in (
        ("xl/media/image1.png", b"\x89PNG"),
        ("customXml/item1.xml", b"<a/>"),
        ("xl/printerSettings/p.bin", b"x"),
    ):
        assert read(add(tmp_path, name, text)) == 2
    again = change(good(tmp_path), SHEET_PART, far_cell(b"Z99"))
    assert read(again) == 98
    spaced = change(
        good(tmp_path), SHEET_PART, lambda t: t.replace(b"</worksheet>", b" " * (1 << 20) + b"</worksheet>")
    )
    assert read(spaced) == 2
    link = b'<Relationship Id="rId9" TargetMode="External" Target="http://a/b" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"/>'
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + link
        + b"</Relationships>"
    )
    assert read(add(tmp_path, "xl/worksheets/_rels/sheet1.xml.rels", rels)) == 2


def test_a_last_row_that_is_only_formatted_is_no_reason(tmp_path: Path) -> None:
    """Programs leave such rows behind; they hold nothing."""
    tail = b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'
    assert read(change(good(tmp_path), SHEET_PART, lambda t: t.replace(b"</sheetData>", tail))) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are set as Linux does it")
@pytest.mark.parametrize(("is_guarded", "ends_well"), [(True, True), (False, False)])
def test_a_cell_at_the_far_corner_cannot_take_the_memory(tmp_path: Path, is_guarded: bool, ends_well: bool) -> None:
    """Control: without the guard the reader asks for 400 GB and takes the process with it."""
    path = change(good(tmp_path), SHEET_PART, far_cell(b"XFD1048576"))
    call = "from jdy_desktop.services.excel.guard import check_workbook as read" if is_guarded else (
        "import python_calamine\nread = lambda path: python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()"
    )  # fmt: skip
    program = (
        f"import sys\n{call}\ntry:\n    read(__import__('pathlib').Path(sys.argv[1]))\n"
        "except Exception as error:\n    print(getattr(error, 'params', error))"
    )

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=limits,
    )
    assert ("too_many_cells" in done.stdout) is ends_well, (done.stdout, done.stderr[-300:])


def test_without_the_guard_the_hidden_second_sheet_would_be_read(tmp_path: Path) -> None:
    """Control of the doubled part: what the reader makes of it."""
    import python_calamine

    with python_calamine.load_workbook(str(twice(tmp_path))) as book:
        rows = book.get_sheet_by_index(0).to_python()
    assert rows[1][3] in (5.0, 5000.0)  # one of them, and nobody knows which


def test_flipped_bits_never_crash_and_never_change_a_figure(tmp_path: Path) -> None:
    path = good(tmp_path)
    content, chance = path.read_bytes(), random.Random(7)
    _, tables = read_tables(path, COLUMN_NAMES, is_enough)
    wanted, stopped = [list(row) for row in tables[0].rows], 0
    for _ in range(300):
        flipped = bytearray(content)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(flipped))
        try:
            _, found = read_tables(path, COLUMN_NAMES, is_enough)
        except WorkbookRefused:
            stopped += 1
        else:
            assert [list(row) for row in found[0].rows] == wanted
    assert stopped > 200


def test_cut_anywhere(tmp_path: Path) -> None:
    path = good(tmp_path)
    content = path.read_bytes()
    for end in range(1, len(content), 97):
        path.write_bytes(content[:end])
        with pytest.raises(WorkbookRefused):
            check_workbook(path)


def test_a_file_without_permission(tmp_path: Path) -> None:
    path = good(tmp_path)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("the superuser may read everything")
    assert refused(path) is WorkbookFault.NOT_READABLE
