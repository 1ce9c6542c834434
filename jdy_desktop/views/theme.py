"""Colours, measures, fonts and icons of the whole window (look.md §2, §3, §9).

The theme belongs to the one QApplication, as its palette does; that is why it is a module and is not handed to every widget.
Use: ``theme.apply(app)`` once, then ``theme.color("text2")``, ``theme.px(16)``, ``theme.font(13, bold=True)``,
``theme.icon("search", "hint", 16)``. A widget that caches any of these connects ``theme.notifier().changed`` to a method
that reads them again. Nothing outside this module names a colour.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

Mode = Literal["light", "dark", "system"]
RESOURCES = Path(__file__).resolve().parents[2] / "resources"
FAMILIES = ("Microsoft YaHei UI", "Noto Sans CJK SC", "PingFang SC", "WenQuanYi Micro Hei")
SCALE_MIN, SCALE_MAX = 100, 200
_ICON_GREY = "#515B6B"  # the literal every icon file is drawn in (look.md §3)
# Given by look.md §2 for the toast only and therefore not in tokens.json.
_TOAST_LINK = {"light": "#B8CCF8", "dark": "#1A43A3"}
_PX = re.compile(r"\b(\d+(?:\.\d+)?)px")
_TOKEN = re.compile(r"\$([a-z_0-9]+)")


class StateLook(NamedTuple):
    """How a state word is painted: icon file, tone (``ok warn bad info scan mute``), filled chip or quiet word."""

    word: str
    icon: str
    tone: str
    filled: bool


class _Notifier(QObject):
    changed = Signal()

    @Slot()
    def follow_system(self) -> None:
        """The desktop switched between light and dark."""
        if _state.mode == "system":
            _rebuild()


class _State:
    mode: Mode = "light"
    scale: int = 100
    dark: bool = False
    app: QApplication | None = None
    has_style: bool = False
    notifier: _Notifier | None = None


_state = _State()
_pixmaps: dict[tuple[Any, ...], QPixmap] = {}


@lru_cache(maxsize=1)
def tokens() -> dict[str, Any]:
    """The design values as stored in resources/theme/tokens.json (read once)."""
    loaded: dict[str, Any] = json.loads((RESOURCES / "theme" / "tokens.json").read_text(encoding="utf-8"))
    for name, link in _TOAST_LINK.items():
        loaded[name]["toast_link"] = link
    return loaded


def notifier() -> _Notifier:
    """The object whose signal ``changed`` follows every change of theme or scale."""
    if _state.notifier is None:
        _state.notifier = _Notifier()
    return _state.notifier


# ---------------------------------------------------------------- values
def is_dark() -> bool:
    """Whether the dark colours are shown now."""
    return _state.dark


def mode() -> Mode:
    """What the clerk chose: light, dark, or as the desktop."""
    return _state.mode


def scale() -> int:
    """Scale in percent, 100 to 200."""
    return _state.scale


def color(token: str) -> QColor:
    """Colour of a token, e.g. ``text2`` or ``warn_bg``; KeyError for an unknown one, so a typing error is found at once."""
    return QColor(_parse(tokens()["dark" if _state.dark else "light"][token]))


@lru_cache(maxsize=256)
def _parse(value: str) -> QColor:
    if value.startswith("rgba"):
        red, green, blue, alpha = (float(x) for x in value[5:-1].split(","))
        return QColor(int(red), int(green), int(blue), round(alpha * 255))
    return QColor(value)


def px(value: float) -> int:
    """A measure of look.md (at 100 %) in pixels at the present scale."""
    return round(value * _state.scale / 100)


def height(name: str) -> int:
    """Scaled height of tokens.json, e.g. ``list_row``."""
    return px(tokens()["height"][name])


def width(name: str) -> int:
    """Scaled width of tokens.json, e.g. ``side_panel``."""
    return px(tokens()["width"][name])


def radius(name: str) -> int:
    """Scaled radius of tokens.json: control, cell, panel, chip, window_card."""
    return px(tokens()["radius"][name])


def font(size: float = 13, *, bold: bool = False) -> QFont:
    """Font of ``size`` px at 100 %, never under 12, with tabular figures."""
    return QFont(_font(px(max(size, 12)), bold))


@lru_cache(maxsize=64)
def _font(size_px: int, bold: bool) -> QFont:
    """Made once per size: painting asks for it in every cell."""
    result = QFont()
    result.setFamilies(_families())
    result.setPixelSize(size_px)
    result.setBold(bold)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


@lru_cache(maxsize=1)
def _families() -> list[str]:
    """Those of FAMILIES that this PC has: looking for one that is missing takes longer than loading the one that is there."""
    return [name for name in FAMILIES if QFontDatabase.hasFamily(name)] or list(FAMILIES)


def state_look(word: str) -> StateLook:
    """Look of a state word (look.md §4 States). A word without a look of its own is painted quiet and grey."""
    found = tokens()["states"].get(word)
    if found is None:
        return StateLook(word, "", "mute", False)
    return StateLook(word.split("(")[0], found["icon"], found["tone"], found["style"] == "filled")


# ---------------------------------------------------------------- icons
def pixmap(name: str, token: str = "text2", size: float = 16, dpr: float | None = None) -> QPixmap:
    """Icon ``name`` in the colour of ``token``, ``size`` px at 100 %, at the given device pixel ratio; cached."""
    ratio = dpr if dpr is not None else _dpr()
    side = px(size)
    key = ("icon", name, token, side, ratio, _state.dark)
    if key not in _pixmaps:
        text = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        _pixmaps[key] = _render(text.replace(_ICON_GREY, color(token).name()), side, side, ratio)
    return _pixmaps[key]


def icon(name: str, token: str = "text2", size: float = 16) -> QIcon:
    """QIcon of :func:`pixmap`, with the disabled variant in the ``off`` colour."""
    from PySide6.QtGui import QIcon  # its names of theme icons take 2 ms of a start that shows none of them

    result = QIcon(pixmap(name, token, size))
    result.addPixmap(pixmap(name, "off", size), QIcon.Mode.Disabled)
    return result


def control_pixmap(name: str, width_px: float, height_px: float, dpr: float | None = None) -> QPixmap:
    """Drawn control (``check_on check_off check_mixed radio_on radio_off switch_on switch_off``) in today's colours."""
    ratio = dpr if dpr is not None else _dpr()
    key = ("control", name, px(width_px), px(height_px), ratio, _state.dark)
    if key not in _pixmaps:
        _pixmaps[key] = _render(_control_svg(name), px(width_px), px(height_px), ratio)
    return _pixmaps[key]


def _control_svg(name: str) -> str:
    return (controls_folder(dark=_state.dark) / f"{name}.svg").read_text(encoding="utf-8")


def controls_folder(*, dark: bool) -> Path:
    """Drawn controls in the colours of a theme: QSS takes pictures from files only. Made by `python -m tests.draw_controls`."""
    return RESOURCES / "theme" / "controls" / ("dark" if dark else "light")


def _dpr() -> float:
    app = QGuiApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0


def _render(svg: str, width_px: int, height_px: int, dpr: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    result = QPixmap(QSize(round(width_px * dpr), round(height_px * dpr)))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, result.width(), result.height()))
    painter.end()
    result.setDevicePixelRatio(dpr)
    return result


# ---------------------------------------------------------------- applying
def make_application(name: str) -> QApplication:
    """The one QApplication, in Fusion from the beginning: changing the style afterwards builds it, and its enumerations, twice."""
    _state.has_style = True
    return QApplication([name, "-style", "Fusion"])


def apply(app: QApplication, *, mode: Mode = "system", scale: int = 100) -> None:
    """Put Fusion, palette, font and style sheet on the application; call once at start."""
    _state.app = app
    if not _state.has_style:
        app.setStyle("Fusion")
    app.styleHints().colorSchemeChanged.connect(notifier().follow_system)
    _state.mode = mode
    _state.scale = _clamped(scale)
    _rebuild()


def set_mode(mode: Mode) -> None:
    """Change to light, dark or as the desktop; takes effect at once."""
    _state.mode = mode
    _rebuild()


def set_scale(percent: int) -> None:
    """Scale everything, 100 to 200 %; values outside are moved to the nearest end."""
    if _clamped(percent) != _state.scale:
        _state.scale = _clamped(percent)
        _rebuild()


def _clamped(percent: int) -> int:
    return max(SCALE_MIN, min(SCALE_MAX, percent))


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _rebuild() -> None:
    _state.dark = _state.mode == "dark" or (_state.mode == "system" and _system_is_dark())
    if _state.app is None:
        return
    _state.app.setPalette(_palette())
    _state.app.setFont(font(13))
    _state.app.setStyleSheet(style_sheet())
    notifier().changed.emit()


def style_sheet() -> str:
    """The QSS template with tokens filled in and every length scaled."""
    template = (RESOURCES / "theme" / "app.qss.template").read_text(encoding="utf-8")
    scaled = _PX.sub(lambda m: f"{px(float(m[1]))}px", template)
    return _TOKEN.sub(_qss_value, scaled)


def _qss_value(match: re.Match[str]) -> str:
    if match[1] == "images":
        return controls_folder(dark=_state.dark).as_posix()
    value = color(match[1])
    return (
        value.name() if value.alpha() == 255 else f"rgba({value.red()},{value.green()},{value.blue()},{value.alpha()})"
    )


def _palette() -> QPalette:
    result = QPalette()
    roles = QPalette.ColorRole
    for role, token in (
        (roles.Window, "window"), (roles.WindowText, "text"), (roles.Base, "field"), (roles.AlternateBase, "subtle"),
        (roles.Text, "text"), (roles.Button, "page"), (roles.ButtonText, "text"), (roles.BrightText, "on_accent"),
        (roles.Highlight, "accent"), (roles.HighlightedText, "on_accent"), (roles.Link, "link"),
        (roles.LinkVisited, "link"), (roles.ToolTipBase, "text"), (roles.ToolTipText, "page"),
        (roles.PlaceholderText, "hint"), (roles.Mid, "line_strong"), (roles.Dark, "control"), (roles.Light, "raised"),
        (roles.Midlight, "line"), (roles.Shadow, "line_strong"), (roles.Accent, "accent"),
    ):  # fmt: skip
        result.setColor(role, color(token))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, color("off"))
    return result
