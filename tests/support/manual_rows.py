"""Which rows of the manual have a test, and which still wait for one.

    .venv/bin/python -m tests.support.manual_rows

A test names its rows with `@pytest.mark.manual("M42", "M43")`. `tests/manual_rows_required.txt` lists the rows that
must have one, as numbers and ranges (`M2-M12`); everything after # is a comment.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
REQUIRED = TESTS / "manual_rows_required.txt"
ALL_ROWS = tuple(f"M{number}" for number in range(1, 162))


def rows_of(text: str) -> list[str]:
    """The rows a list names, ranges spelled out, in the order given."""
    rows = []
    for line in text.splitlines():
        for first, last in re.findall(r"M(\d+)(?:\s*[-–]\s*M(\d+))?", line.partition("#")[0]):
            rows += [f"M{number}" for number in range(int(first), int(last or first) + 1)]
    return rows


def marked_rows(folder: Path = TESTS) -> dict[str, list[str]]:
    """For each row the places (`file:line`) where a test is marked with it, on whatever the mark stands."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.manual")):
                continue
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    places[argument.value].append(f"{path.relative_to(folder)}:{node.lineno}")
    return dict(places)


def missing_rows(required: list[str], marked: dict[str, list[str]]) -> list[str]:
    return [row for row in required if row not in marked]


def main() -> int:
    """Prints the rows without a test; exit 1 when a required one is among them."""
    marked = marked_rows()
    missing = missing_rows(rows_of(REQUIRED.read_text(encoding="utf-8")), marked)
    others = [row for row in ALL_ROWS if row not in marked and row not in missing]
    print(f"{len(marked)} of {len(ALL_ROWS)} rows of the manual have a test.")
    print("required, without a test:", " ".join(missing) or "none")
    print("others without a test:", " ".join(others) or "none")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
