"""日报 on paper: what was sold, how it is paid, what should lie in the drawer and what lay there (W47)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from jdy_desktop.services.paper.forms import money


@dataclass(frozen=True, slots=True)
class PrintablePair:
    """A word and its value; `strong` for sums."""

    word: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class PrintableDay:
    """Blocks stand below each other with a line between; `foot`: who printed it and when."""

    company: str
    title: str
    day: str
    blocks: tuple[tuple[PrintablePair, ...], ...]
    foot: str


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What the form says, in the words of the screen; amounts in yuan."""

    day: date
    sales: tuple[tuple[str, str], ...]
    ways: tuple[tuple[str, Decimal], ...]
    total: Decimal
    drawer: tuple[tuple[str, Decimal], ...]
    expected: Decimal
    counted: Decimal | None


def printable_day(company: str, figures: DayFigures, printed_at: datetime, operator: str) -> PrintableDay:
    """`printed_at` in the time of the stall."""
    ways = (*_pairs(figures.ways), PrintablePair("销售额", money(figures.total), True))
    drawer = [*_pairs(figures.drawer), PrintablePair("应有现金", money(figures.expected), True)]
    if figures.counted is not None:
        drawer.append(PrintablePair("实点现金", money(figures.counted), True))
        drawer.append(PrintablePair("差额", money(figures.counted - figures.expected)))
    else:
        drawer.append(PrintablePair("实点现金", "____________"))
    sales = tuple(PrintablePair(word, value) for word, value in figures.sales)
    foot = f"{operator} {printed_at:%Y-%m-%d %H:%M} 打印".strip()
    return PrintableDay(company, "日报", figures.day.isoformat(), (sales, ways, tuple(drawer)), foot)


def _pairs(lines: tuple[tuple[str, Decimal], ...]) -> tuple[PrintablePair, ...]:
    return tuple(PrintablePair(word, money(amount)) for word, amount in lines)
