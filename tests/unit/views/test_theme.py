"""Colours, measures and icons (look.md §2, §3). Contrast is recomputed with the WCAG 2 formula, not taken from the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from jdy_desktop.views import theme
from tests.draw_controls import drawn

VIEWS = Path(theme.__file__).parent
GROUNDS = ("page", "window", "subtle", "hover", "selected", "raised")
# look.md §2, columns page · window · subtle · hover · selected · raised; 0 = not used there
TABLE = {
    "light": {
        "text": (16.1, 14.6, 15.2, 14.2, 13.6, 16.1), "text2": (7.3, 6.6, 6.9, 6.5, 6.2, 7.3), "hint": (5.6, 5.1, 5.3, 5.0, 4.7, 5.6),
        "link": (7.2, 6.5, 6.7, 6.3, 6.0, 7.2), "ok": (7.1, 0, 6.7, 6.3, 6.0, 7.1), "warn": (7.2, 0, 6.8, 6.4, 6.1, 7.2),
        "bad": (6.9, 0, 6.5, 6.1, 5.8, 6.9), "scan": (8.5, 0, 8.0, 7.5, 7.1, 8.5),
    },
    "dark": {
        "text": (14.0, 15.2, 13.0, 11.9, 10.2, 12.7), "text2": (8.6, 9.4, 8.0, 7.3, 6.3, 7.8), "hint": (6.4, 7.0, 6.0, 5.4, 4.7, 5.8),
        "link": (7.7, 8.4, 7.2, 6.6, 5.6, 7.0), "ok": (9.3, 0, 8.7, 7.9, 6.8, 8.5), "warn": (9.6, 0, 9.0, 8.2, 7.0, 8.7),
        "bad": (8.2, 0, 7.6, 7.0, 6.0, 7.4), "scan": (8.5, 0, 7.9, 7.3, 6.2, 7.7),
    },
}  # fmt: skip
PAIRS = {
    "light": {("ok", "ok_bg"): 6.2, ("warn", "warn_bg"): 6.5, ("bad", "bad_bg"): 5.9, ("info", "info_bg"): 6.0, ("scan", "scan_bg"): 7.1,
              ("mute", "mute_bg"): 6.4, ("text", "warn_bg"): 14.4, ("text2", "warn_bg"): 6.5, ("link", "warn_bg"): 6.4,
              ("text", "bad_bg"): 13.7, ("link", "bad_bg"): 6.1, ("on_accent", "accent"): 7.2, ("on_accent2", "accent"): 5.4,
              ("on_accent", "accent_hover"): 8.8, ("on_accent2", "accent_press"): 8.2, ("page", "bad"): 6.9, ("page", "text"): 16.1,
              ("toast_link", "text"): 10.0},
    "dark": {("ok", "ok_bg"): 7.5, ("warn", "warn_bg"): 7.9, ("bad", "bad_bg"): 7.1, ("info", "info_bg"): 6.2, ("scan", "scan_bg"): 7.3,
             ("mute", "mute_bg"): 6.9, ("text", "warn_bg"): 11.4, ("text2", "warn_bg"): 7.1, ("link", "warn_bg"): 6.3,
             ("text", "bad_bg"): 12.1, ("link", "bad_bg"): 6.7, ("on_accent", "accent"): 5.7, ("on_accent2", "accent"): 5.2,
             ("on_accent", "accent_hover"): 5.0, ("on_accent2", "accent_press"): 6.6, ("page", "bad"): 8.2, ("page", "text"): 14.0,
             ("toast_link", "text"): 7.5},
}  # fmt: skip


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula_itself() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)  # the well-known grey that just fails


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_contrast_table(mode: str) -> None:
    tokens = theme.tokens()[mode]
    for ink, wanted in TABLE[mode].items():
        for ground, value in zip(GROUNDS, wanted, strict=True):
            if value:
                assert contrast(tokens[ink], tokens[ground]) >= max(4.5, value - 0.06), (ink, ground)
    for (ink, ground), value in PAIRS[mode].items():
        assert contrast(tokens[ink], tokens[ground]) >= max(4.5, value - 0.06), (ink, ground)
    for ground in ("page", "field", "raised", "window"):
        assert contrast(tokens["control"], tokens[ground]) >= 3, ground


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("scale", [100, 150, 200])
def test_style_sheet_is_filled_and_scaled(look: QApplication, mode: theme.Mode, scale: int) -> None:
    theme.apply(look, mode=mode, scale=scale)
    sheet = theme.style_sheet()
    assert "$" not in sheet
    assert f"font-size: {round(12 * scale / 100)}px" in sheet
    assert theme.height("list_row") == round(36 * scale / 100)
    assert look.font().pixelSize() == round(13 * scale / 100)


def test_scale_stays_between_100_and_200(look: QApplication) -> None:
    theme.set_scale(20)
    assert theme.scale() == 100
    theme.set_scale(900)
    assert theme.scale() == 200


def test_no_text_under_12(look: QApplication) -> None:
    assert theme.font(8).pixelSize() == 12


def test_icon_takes_the_token_colour(look: QApplication) -> None:
    bad = theme.color("bad")
    image = theme.pixmap("error", "bad", 24, dpr=2.0).toImage()
    assert image.width() == 48
    inks = {
        image.pixelColor(x, y).name() for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() == 255
    }
    assert inks == {bad.name()}


def test_icon_changes_with_the_theme(look: QApplication) -> None:
    light = theme.pixmap("search", "text2", 16).toImage()
    theme.set_mode("dark")
    assert theme.pixmap("search", "text2", 16).toImage() != light
    assert theme.is_dark()


def test_every_state_word_has_an_icon_file() -> None:
    for word in theme.tokens()["states"]:
        assert (theme.RESOURCES / "icons" / f"{theme.state_look(word).icon}.svg").exists(), word


def test_changed_is_told(look: QApplication) -> None:
    heard: list[int] = []
    theme.notifier().changed.connect(lambda: heard.append(theme.scale()))
    theme.set_scale(130)
    assert heard == [130]


def test_scrim_is_translucent(look: QApplication) -> None:
    assert theme.color("scrim").alpha() == round(255 * 0.38)
    assert theme.color("scrim") == QColor(22, 28, 40, round(255 * 0.38))


def test_nothing_else_names_a_colour() -> None:
    hexes = re.compile(r"""["'(\s]#[0-9A-Fa-f]{6}\b|QColor\(\d|Qt\.GlobalColor\.(?!transparent|white|black)""")
    found = [
        f"{path.relative_to(VIEWS)}:{number}"
        for path in sorted(VIEWS.rglob("*.py"))
        if path.name not in ("theme.py", "print_parts.py")  # paper is black on white in every theme
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if hexes.search(line)
    ]
    assert found == []


def test_drawn_controls_have_todays_colours() -> None:
    """After a change of tokens.json or of a template: `python -m tests.draw_controls`."""
    for path, wanted in drawn():
        assert path.read_text(encoding="utf-8") == wanted, path.name
        assert "$" not in wanted


def test_style_sheet_names_pictures_that_exist() -> None:
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        pictures = re.findall(r'url\("([^"]+)"\)', theme.style_sheet())
        assert len(pictures) >= 10
        assert {Path(one).parent.name for one in pictures} == {mode}
        assert all(Path(one).is_file() for one in pictures)
    theme.set_mode("light")
