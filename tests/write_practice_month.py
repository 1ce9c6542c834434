"""Writes the offers of `resources/practice/month.json` anew from the practice market's catalogue.

``python -m tests.write_practice_month``; the rest of the file (customers, suppliers, own goods) is edited by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jdy_desktop.sandbox.catalogue import Catalogue

FILE = Path(__file__).resolve().parent.parent / "resources" / "practice" / "month.json"
SHOP = "alitestforisv02"
#: Too many sizes for a list to show, last year's, and names that are there to try the program's patience.
LEFT_OUT = {"sp33040", "sp32599", "sp31107", "SP18811", None}


def offers() -> list[dict[str, Any]]:
    """The offers of the month, as the practice market answers for them."""
    return [one for one in Catalogue().by_id(SHOP) if one.get("productCargoNumber") not in LEFT_OUT]


def main() -> None:
    data = json.loads(FILE.read_text("utf-8"))
    lists = {name: value for name, value in data.items() if name != "offers"} | {"offers": offers()}
    parts = [f" {json.dumps(name)}: {_lines(value)}" for name, value in lists.items()]
    FILE.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")


def _lines(value: Any) -> str:
    """A list has an entry per line."""
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + ",\n".join("  " + json.dumps(one, ensure_ascii=False) for one in value) + "\n ]"


if __name__ == "__main__":
    main()
