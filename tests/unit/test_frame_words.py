"""The words: labels of the manual stand in the window, links in our pages lead somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"


def labels_by_page() -> dict[str, list[str]]:
    """The labels of the glossary's second half, by the page they stand on."""
    pages: dict[str, list[str]] = {}
    for section in GLOSSARY.read_text(encoding="utf-8").partition("\n## Labels\n")[2].split("\n### ")[1:]:
        title, _, body = section.partition("\n")
        lines = [line.removeprefix("- ") for line in body.splitlines() if line.startswith("- ")]
        pages[title] = [label.strip() for line in lines for label in line.split(" · ")]
    return pages


def screen_texts() -> str:
    """Every text constant of views/, joined: neighbouring literals and f-string parts are what Python makes of them."""
    constants = []
    for path in sorted((ROOT / "jdy_desktop" / "views").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.append(node.value)
    return "\n".join(constants)


@pytest.mark.parametrize("page", labels_by_page())
def test_labels_are_the_manuals(page: str) -> None:
    texts = screen_texts()
    assert [label for label in labels_by_page()[page] if label not in texts] == []


def test_glossary_is_read() -> None:
    pages = labels_by_page()
    assert len(pages) == 12
    assert pages["Shops (3)"][:2] == ["店铺授权", "店铺验权"]
    assert all(label for labels in pages.values() for label in labels)


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_both_readmes_tell_the_same_commands() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    for word in (
        "make run",
        "make test",
        "make tour",
        "make package",
        "JDY_1688_GATEWAY",
        "build.ps1",
        "--require-hashes",
    ):
        assert word in english
        assert word in chinese
