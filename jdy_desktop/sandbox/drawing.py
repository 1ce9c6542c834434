"""Draws the pictures of the practice catalogue: `python -m jdy_desktop.sandbox.drawing` writes resources/practice/pictures.

Flat things on a pale ground of their own colour; drawn four times as large and reduced, so edges are smooth.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from jdy_desktop.sandbox.catalogue import resources

SIZE = 320
_SCALE = 4
_COLOURS = {
    "pink": ("#E5A9AE", "#B8626B", "#F9E4E4"),
    "white": ("#FFFFFF", "#B9BFCB", "#E7E9EF"),
    "red": ("#D1503F", "#8E2B1E", "#FADFDA"),
    "yellow": ("#E8B93B", "#A67C12", "#FBF0D2"),
    "green": ("#4E9A6A", "#2A6342", "#DFF0E4"),
    "blue": ("#5B9BD5", "#2C639A", "#DFECF8"),
    "teal": ("#3F8F94", "#1F5E63", "#DDEFF1"),
    "grey": ("#A3A9B5", "#6B7280", "#E8EAEE"),
    "brown": ("#A8713F", "#6E4620", "#F2E6D9"),
    "black": ("#3B4049", "#15181D", "#E3E5E8"),
}
_TEE = [
    (112, 80),
    (60, 104),
    (40, 152),
    (80, 172),
    (92, 148),
    (92, 250),
    (228, 250),
    (228, 148),
    (240, 172),
    (280, 152),
    (260, 104),
    (208, 80),
    (190, 98),
    (160, 106),
    (130, 98),
]
_SLEEVES = [
    (118, 78),
    (76, 96),
    (44, 220),
    (84, 230),
    (102, 160),
    (102, 256),
    (218, 256),
    (218, 160),
    (236, 230),
    (276, 220),
    (244, 96),
    (202, 78),
    (160, 104),
]
_DRESS = [
    (124, 60),
    (112, 120),
    (130, 152),
    (80, 268),
    (240, 268),
    (190, 152),
    (208, 120),
    (196, 60),
    (178, 92),
    (142, 92),
]
_LEGS = [(104, 64), (216, 64), (240, 262), (180, 262), (160, 132), (140, 262), (80, 262)]


def draw(kind: str, colour: str) -> Any:
    """A picture of 320 × 320 pixels."""
    from PIL import Image, ImageDraw

    fill, edge, ground = _COLOURS[colour]
    image = Image.new("RGB", (SIZE * _SCALE, SIZE * _SCALE), ground)
    pen = _Pen(ImageDraw.Draw(image), fill, edge, ground)
    _SHAPES[kind](pen)
    return image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).quantize(48)


class _Pen:
    """Draws in a field of 320 × 320."""

    def __init__(self, canvas: Any, fill: str, edge: str, ground: str) -> None:
        self._canvas = canvas
        self.fill, self.edge, self.ground = fill, edge, ground

    def _big(self, points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x * _SCALE, y * _SCALE) for x, y in points]

    def shape(self, points: list[tuple[int, int]], fill: str | None = None) -> None:
        self._canvas.polygon(self._big(points), fill=fill or self.fill)
        self.line([*points, points[0], points[1]])

    def line(self, points: list[tuple[int, int]], width: int = 7) -> None:
        self._canvas.line(self._big(points), fill=self.edge, width=width * _SCALE, joint="curve")

    def disc(self, x: int, y: int, r: int, fill: str | None = None, width: int = 7) -> None:
        box = self._big([(x - r, y - r), (x + r, y + r)])
        self._canvas.ellipse(box, fill=fill or self.fill, outline=self.edge, width=width * _SCALE)

    def box(self, a: tuple[int, int], b: tuple[int, int], radius: int = 14, fill: str | None = None) -> None:
        box = self._big([a, b])
        self._canvas.rounded_rectangle(
            box, radius * _SCALE, fill=fill or self.fill, outline=self.edge, width=7 * _SCALE
        )

    def arc(self, a: tuple[int, int], b: tuple[int, int], start: int, end: int) -> None:
        self._canvas.arc(self._big([a, b]), start, end, fill=self.edge, width=9 * _SCALE)


def _tee(pen: _Pen) -> None:
    pen.shape(_TEE)
    pen.disc(160, 178, 26, pen.edge)
    pen.shape([(138, 168), (142, 140), (158, 156)], pen.edge)
    pen.shape([(182, 168), (178, 140), (162, 156)], pen.edge)


def _shirt(pen: _Pen) -> None:
    pen.shape(_SLEEVES)
    pen.line([(160, 104), (160, 256)], 5)
    pen.line([(118, 78), (140, 122), (160, 104), (180, 122), (202, 78)], 5)
    for y in (140, 176, 212):
        pen.disc(172, y, 5, pen.edge, 1)


def _knit(pen: _Pen) -> None:
    pen.shape(_SLEEVES)
    for y in (150, 180, 210, 240):
        pen.line([(108, y), (134, y + 10), (160, y), (186, y + 10), (212, y)], 4)


def _trousers(pen: _Pen) -> None:
    pen.shape(_LEGS)
    pen.line([(102, 92), (218, 92)], 5)


def _dress(pen: _Pen) -> None:
    pen.shape(_DRESS)
    pen.line([(130, 152), (190, 152)], 6)


def _kids(pen: _Pen) -> None:
    pen.shape([(x, int(y * 0.62) + 20) for x, y in _TEE])
    pen.shape([(int(x * 0.7) + 48, int(y * 0.5) + 158) for x, y in _LEGS])


def _bag(pen: _Pen) -> None:
    pen.arc((110, 60), (210, 190), 180, 360)
    pen.shape([(84, 126), (236, 126), (268, 254), (52, 254)])
    pen.line([(70, 176), (250, 176)], 5)
    pen.disc(160, 178, 11, pen.ground, 5)


def _backpack(pen: _Pen) -> None:
    pen.arc((128, 44), (192, 110), 180, 360)
    pen.box((88, 76), (232, 264), 46)
    pen.box((110, 176), (210, 240), 16, pen.ground)


def _tape(pen: _Pen) -> None:
    pen.shape([(160, 224), (270, 206), (278, 236), (166, 254)])
    pen.disc(152, 160, 94)
    pen.disc(152, 160, 40, pen.ground)


def _sleeve(pen: _Pen) -> None:
    for y in (76, 136, 196):
        pen.box((56, y), (264, y + 46), 22)
        pen.disc(244, y + 23, 12, pen.ground, 5)


def _shell(pen: _Pen) -> None:
    pen.shape([(160, 262), (52, 140), (84, 92), (124, 72), (160, 66), (196, 72), (236, 92), (268, 140)])
    for x, y in ((84, 92), (124, 72), (160, 66), (196, 72), (236, 92)):
        pen.line([(160, 256), (x, y)], 5)
    pen.shape([(136, 250), (184, 250), (196, 272), (124, 272)])


def _towel(pen: _Pen) -> None:
    pen.box((84, 60), (236, 260), 18)
    for y in (214, 232):
        pen.line([(88, y), (232, y)], 5)


_SHAPES = {
    "tee": _tee,
    "shirt": _shirt,
    "knit": _knit,
    "trousers": _trousers,
    "dress": _dress,
    "kids": _kids,
    "bag": _bag,
    "backpack": _backpack,
    "tape": _tape,
    "sleeve": _sleeve,
    "shell": _shell,
    "towel": _towel,
}


def wanted() -> set[str]:
    """Names of all pictures that offers use."""
    rows = json.loads((resources() / "catalogue.json").read_text("utf-8"))["offers"]
    named = {row["picture"] for row in rows}
    named |= {sku["picture"] for row in rows for sku in row.get("skus", ()) if "picture" in sku}
    generated = ("dress", "tee", "trousers", "shirt", "bag", "tape")
    return named | {f"{kind}_{colour}" for kind in generated for colour in ("red", "green", "blue", "yellow")}


def main() -> None:
    folder = resources() / "pictures"
    folder.mkdir(exist_ok=True)
    for name in sorted(wanted()):
        kind, _, colour = name.partition("_")
        draw(kind, colour).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
