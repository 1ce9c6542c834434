"""Draws the controls of both themes from their templates: `python -m tests.draw_controls`, after a change of tokens.json.

The templates (resources/theme/controls/*.svg) name tokens; a style sheet wants finished files. Made beforehand, they cost
the start of the window nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from jdy_desktop.views import theme

TEMPLATES = theme.RESOURCES / "theme" / "controls"
_TOKEN = re.compile(r"\$([a-z_0-9]+)")


def drawn() -> Iterator[tuple[Path, str]]:
    """Each finished file and what should stand in it."""
    for name in ("light", "dark"):
        values = theme.tokens()[name]
        for source in sorted(TEMPLATES.glob("*.svg")):
            text = source.read_text(encoding="utf-8")
            target = theme.controls_folder(dark=name == "dark") / source.name
            yield target, _filled(text, values)


def _filled(text: str, values: dict[str, str]) -> str:
    return _TOKEN.sub(lambda found: values[found[1]].lower(), text)


if __name__ == "__main__":
    for path, text in drawn():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
