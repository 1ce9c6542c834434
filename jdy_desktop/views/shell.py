"""What a page may ask of the window it stands in. Pages get it in their constructor; `app.py` hands them the main window.

A page is a QWidget. It may have, and the window then uses:
`open_with(**arguments)` — called each time the page is opened with arguments (jump to a shop, show a document);
`may_close() -> bool` — False keeps the tab (the page has asked the clerk);
`tab_title_changed = Signal(str)` and `unsaved_changed = Signal(bool)` — tab title and the dot before it;
`activated()` — called when its tab comes to the front.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from jdy_desktop.services.bundle import Services
    from jdy_desktop.services.machine.context import Clock, Context
    from jdy_desktop.services.machine.folders import Folders
    from jdy_desktop.services.machine.settings import LocalSettings
    from jdy_desktop.views.jobs import JobRunner
    from jdy_desktop.views.keys import SettingsStore
    from jdy_desktop.views.main_window import MainWindow
    from jdy_desktop.views.pictures import PictureStore


class Shell(Protocol):
    """Page ids: goods, sale, opening, stock, customers, suppliers, shops, match, pre_orders, publish, settings."""

    def open_page(self, page_id: str, /, **arguments: Any) -> QWidget | None:
        """Open (or bring to the front) a page; arguments reach its `open_with`."""

    def toast(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """A success, told for 5 seconds at the bottom, with 撤销 when `undo` is given."""

    def notice(
        self, tone: str, title: str, text: str, *, link: str = "", on_link: Callable[[], None] | None = None
    ) -> None:
        """Something happened in the background (paid, failed): a card at the bottom right with a sound."""

    def tell_error(self, error: BaseException) -> None:
        """Say what went wrong in one sentence; a bug of ours opens the calm window with 复制报告."""

    def leave_book(self) -> None:
        """Close this account set (pages with unsaved work are asked) and show the wizard, to make or open another."""

    def choose_book(self) -> None:
        """换账套: the chooser over the window; nothing is closed before one is chosen."""


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What a page works with besides its services: the window it stands in, and what all pages share."""

    shell: Shell
    runner: JobRunner
    store: SettingsStore
    clock: Clock
    pictures: PictureStore


class Host(Shell, Protocol):
    """The running program as the parts that serve all pages see it (`page_specs`, `background`); pages see a `Shell`."""

    window: MainWindow | None
    services: Services | None
    book: Path | None
    runner: JobRunner
    settings: LocalSettings
    folders: Folders
    ctx: Context

    def go_to_book(self, path: Path) -> None:
        """Close this account set and open another one."""

    def lock_now(self) -> None:
        """Cover the window until somebody logs in; says so when operators are off."""

    @property
    def ready(self) -> Services:
        """The services of the open book; RuntimeError before one is open."""

    @property
    def pictures(self) -> PictureStore:
        """Pictures of goods, shared by all pages."""
