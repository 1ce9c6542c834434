"""Every row of the manual that the list names has a test that says so."""

from __future__ import annotations

from pathlib import Path

from tests.support.manual_rows import ALL_ROWS, REQUIRED, marked_rows, missing_rows, rows_of


def test_every_required_row_has_a_test() -> None:
    assert missing_rows(rows_of(REQUIRED.read_text(encoding="utf-8")), marked_rows()) == []


def test_no_test_names_a_row_the_manual_does_not_have() -> None:
    assert {row: places for row, places in marked_rows().items() if row not in ALL_ROWS} == {}


def test_ranges_and_comments_are_read() -> None:
    assert rows_of("M2-M4 M14 # M99\n# M1\nM16, M17") == ["M2", "M3", "M4", "M14", "M16", "M17"]


def test_marks_on_functions_classes_and_parameters_count(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        '@pytest.mark.manual("M1", "M2")\ndef test_a(): ...\n\n'
        'rows = [pytest.param(1, marks=pytest.mark.manual("M3"))]\n'
        "def test_b(): 'M4'\n",
        encoding="utf-8",
    )
    marked = marked_rows(tmp_path)
    assert set(marked) == {"M1", "M2", "M3"}
    assert missing_rows(["M1", "M4"], marked) == ["M4"]
