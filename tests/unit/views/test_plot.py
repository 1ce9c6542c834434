"""Plots: round numbers beside them, bars chosen with mouse and keys, colours of today's theme."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import jdy_desktop
from jdy_desktop.views import theme
from jdy_desktop.views.widgets.plot import Bar, BarPlot, LinePlot, ShareBar, tick_text, ticks

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

D = Decimal
BARS = [Bar(one, f"{one}日", D(value)) for one, value in ((1, 100), (2, -40), (3, 2650))]


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (0, 2650, [0, 1000, 2000, 3000]),
        (0, 0, [0]),
        (-400, 0, [-400, -300, -200, -100, 0]),
        (0, 3, [0, 1, 2, 3]),
        (-400, 900, [-500, 0, 500, 1000]),
        (0, 40_136, [0, 20_000, 40_000, 60_000]),
    ],
)
def test_ticks_are_round_and_hold_all_values(low: float, high: float, wanted: list[float]) -> None:
    assert ticks(low, high) == wanted


@pytest.mark.parametrize("high", [0.01, 1, 7, 9.99, 10, 99, 101, 12_345, 7e6, 3e9])
def test_ticks_reach_over_any_value(high: float) -> None:
    found = ticks(0, high)
    assert found[0] == 0
    assert found[-1] >= high
    assert 2 <= len(found) <= 6


def test_large_figures_are_told_in_wan() -> None:
    assert [tick_text(one) for one in (0, 3000, 10_000, 15_000, -20_000, 200_000_000)] == [
        *("0", "3000", "1万", "1.5万", "-2万", "2亿"),
    ]


def test_bars_are_chosen_with_keys_and_mouse(qtbot: QtBot) -> None:
    plot = BarPlot(name="plot", label="每天")
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.set_bars(BARS)
    plot.show()
    told: list[object] = []
    opened: list[object] = []
    plot.chosen.connect(told.append)
    plot.activated.connect(opened.append)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Left)  # the first stays
    QTest.keyClick(plot, Qt.Key.Key_Return)
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert (told, opened) == ([1, 2, 1, 1, None], [1])
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.bar_center(2).toPoint())
    assert plot.chosen_key() == 3
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.bar_center(2).toPoint())
    assert plot.chosen_key() is None


def test_a_chosen_bar_stays_chosen_when_figures_change(qtbot: QtBot) -> None:
    plot = LinePlot(name="plot", label="每天")
    qtbot.addWidget(plot)
    plot.set_bars(BARS)
    plot.choose(2)
    plot.set_bars(BARS[1:])
    assert plot.chosen_key() == 3
    plot.set_bars(BARS[:2])
    assert plot.chosen_key() is None
    plot.set_bars([])
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.chosen_key() is None


@pytest.mark.parametrize("kind", [BarPlot, LinePlot])
def test_a_plot_of_nothing_but_zeros_has_one_line_and_no_other_figure(
    qtbot: QtBot, kind: type[BarPlot | LinePlot]
) -> None:
    plot = kind(name="plot", label="每天")
    qtbot.addWidget(plot)
    plot.set_bars([Bar(one, f"{one}日", D(0)) for one in range(7)])
    assert plot.getAxis("left")._tickLevels == [[(0.0, "0")]]
    (low, high) = plot.getViewBox().viewRange()[1]
    assert low < 0 < high, "the line lies at the bottom, whole"
    plot.set_bars(BARS)
    assert [word for _, word in plot.getAxis("left")._tickLevels[0]] == ["-1000", "0", "1000", "2000", "3000"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_plots_are_painted_in_colours_of_the_theme(qtbot: QtBot, mode: theme.Mode) -> None:
    theme.set_mode(mode)
    try:
        plot, shares = BarPlot(name="plot", label="每天"), ShareBar(name="shares", label="收款方式")
        for one in (plot, shares):
            qtbot.addWidget(one)
        plot.resize(400, 300)
        shares.resize(400, 10)
        plot.set_bars([Bar(1, "1日", D(100))])
        plot.choose(0)
        shares.set_shares([("ok", D(3)), ("scan", D(1)), ("bad", D(-1))])
        picture, strip = plot.grab().toImage(), shares.grab().toImage()
        ratio = picture.devicePixelRatio()
        assert picture.pixelColor(int(4 * ratio), int(4 * ratio)) == theme.color("page")
        middle = plot.bar_center(0) * ratio
        assert picture.pixelColor(int(middle.x()), int(middle.y())) == theme.color("accent")
        assert strip.pixelColor(int(100 * ratio), int(5 * ratio)) == theme.color("ok")
        assert strip.pixelColor(int(350 * ratio), int(5 * ratio)) == theme.color("scan")
    finally:
        theme.set_mode("light")


def test_pyqtgraph_is_known_to_the_plots_alone() -> None:
    from tests.support.imports import is_of, read_package

    modules = read_package(Path(jdy_desktop.__file__).parent)
    who = [one.name for one in modules if any(is_of(line.module, ("pyqtgraph",)) for line in one.imports)]
    assert who == ["views.widgets.plot"]
