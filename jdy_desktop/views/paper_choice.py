"""Which printer and which paper each kind of form uses on this PC. The print library is slow to load and stays away."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jdy_desktop.services.paper.form_kinds import FormKind
from jdy_desktop.views.keys import SettingsStore

#: the values of `printing.Paper`
PAPERS = (("80 毫米小票", "roll_80"), ("58 毫米小票", "roll_58"), ("241×140 三联单", "form_241"), ("A4", "a4"))
_SHEETS = ("form_241", "a4")
_DIRECT, _WHEN_PAID = "print.direct", "print.when_paid"


class PaperUse(StrEnum):
    """What is printed: for customers, of the warehouse, of the day, an account. The value ends the key in the settings."""

    SALE = ""
    DOCUMENT = ".document"
    DAY = ".day"
    STATEMENT = ".statement"


@dataclass(frozen=True, slots=True)
class PaperChoice:
    """`printer` "" is the system's own; `paper` one of `PAPERS`."""

    printer: str
    paper: str


def chosen(store: SettingsStore, use: PaperUse) -> PaperChoice:
    """What 设置—打印 says; a form without a choice of its own goes where sales go. Accounts are sheets: never to a roll."""
    sale = PaperChoice(store.get(_key("printer")) or "", _known(store.get(_key("paper"))) or PAPERS[0][1])
    if use is PaperUse.STATEMENT:
        own = store.get(_key("printer", use))
        shared = sale.printer if sale.paper in _SHEETS else ""
        return PaperChoice(shared if own is None else own, "a4")
    printer = store.get(_key("printer", use))
    return PaperChoice(
        sale.printer if printer is None else printer, _known(store.get(_key("paper", use))) or sale.paper
    )


def choose(store: SettingsStore, use: PaperUse, *, printer: str | None = None, paper: str | None = None) -> None:
    """Remember one or both."""
    if printer is not None:
        store.set(_key("printer", use), printer)
    if paper is not None:
        store.set(_key("paper", use), paper)


def use_of(form: FormKind) -> PaperUse:
    """Sales and returns of customers are slips; what belongs to suppliers and the warehouse has its own paper."""
    return PaperUse.SALE if form.pay and form.sign > 0 else PaperUse.DOCUMENT


def is_direct(store: SettingsStore) -> bool:
    """Print at once (the usual way), or ask for printer and paper each time."""
    return store.get(_DIRECT) != "0"


def set_direct(store: SettingsStore, on: bool) -> None:
    store.set(_DIRECT, "1" if on else "0")


def prints_when_paid(store: SettingsStore) -> bool:
    """The slip comes by itself when the buyer has paid the code on the screen (features A3)."""
    return store.get(_WHEN_PAID) == "1"


def set_when_paid(store: SettingsStore, on: bool) -> None:
    store.set(_WHEN_PAID, "1" if on else "0")


def _key(what: str, use: PaperUse = PaperUse.SALE) -> str:
    return f"print.{what}{use.value}"


def _known(paper: str | None) -> str | None:
    """None for what is no paper of ours: the settings are a file that anybody may have written in."""
    return paper if paper in dict(PAPERS).values() else None


def forget(store: SettingsStore) -> None:
    """恢复默认: every form on 80 mm at the system's own printer, at once."""
    for use in PaperUse:
        choose(store, use, printer="", paper=PAPERS[0][1])
    set_direct(store, True)
    set_when_paid(store, False)
