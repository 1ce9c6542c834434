"""The frame of the program (look.md §5): navigation, tabs, banners, pages, status bar.

The window knows no services. The application registers pages::

    window = MainWindow([PageSpec("goods", "商品中心", "goods", "商品", lambda: GoodsPage(products, runner)), …],
                        account_set="禾木服饰商行", operator="王姐 · 店主")
    window.open_page("goods")

A page is any QWidget. What it has of the following is used: signal ``tab_title_changed(str)``, signal
``unsaved_changed(bool)``, ``open_with(**kw)`` (arguments of open_page, also when it is open already), ``may_close() -> bool`` (asks
about unsaved work), ``activated()`` (it came to the front).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from . import keys, theme
from .widgets.base import Surface, column, row
from .widgets.feedback import Banner, NoticeCard, Toast
from .widgets.navigation import BOTTOM, Navigation
from .widgets.status_bar import StatusBar
from .widgets.tab_strip import TabStrip

GROUP_GOODS, GROUP_BOOK, GROUP_1688, GROUP_BOTTOM = "商品", "进销存", "1688E经营", BOTTOM
FOLD_BELOW = 1200  # logical px
_BANNER_ORDER = {"bad": 0, "warn": 1, "info": 2, "ok": 3}


class PageSpec(NamedTuple):
    """A page the window can open; ``group`` "" stands at the bottom, ``listed=False`` has no place in the navigation."""

    id: str
    title: str
    icon: str
    group: str
    factory: Callable[[], QWidget]
    listed: bool = True


class _PageScroll(QScrollArea):
    """Holds one page; scrolls as a whole only when scale and window leave less than its least size, so nothing is cut."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.setWidget(page)
        page.setAutoFillBackground(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().wheelEvent(event)


class MainWindow(QWidget):
    """See the module docstring. Signals tell the application what the clerk wants of the frame."""

    page_opened = Signal(str)
    page_closed = Signal(str)
    new_sale_wanted = Signal()
    help_wanted = Signal(str)
    undo_wanted = Signal()
    status_clicked = Signal(str)
    scale_changed = Signal(int)
    about_to_close = Signal()

    def __init__(
        self,
        pages: Sequence[PageSpec],
        *,
        account_set: str = "",
        operator: str = "",
        clock: Callable[[], str] | None = None,
    ) -> None:
        """``clock()`` gives the words of the clock (2019-03-27 21:00), asked every few seconds."""
        super().__init__()
        self.setObjectName("main_window")
        self.setAccessibleName("jdy-desktop")
        self._specs = {page.id: page for page in pages}
        self._open: dict[str, QWidget] = {}
        self._holders: dict[str, _PageScroll] = {}
        self._banners: dict[str, Banner] = {}
        self._cards: list[NoticeCard] = []
        self._clock = clock
        self._build([page for page in pages if page.listed], account_set, operator)
        self._toast = Toast(self.area)
        self._clock_timer = QTimer(self)
        self._clock_timer.timeout.connect(self._tick)
        if clock is not None:
            self._clock_timer.start(5000)
            self._tick()
        theme.notifier().changed.connect(self._on_theme)
        self._on_theme()
        self.setMinimumSize(800, 560)
        self.resize(1366, 768)

    def _build(self, listed: list[PageSpec], account_set: str, operator: str) -> None:
        self.navigation = Navigation(listed, account_set, operator)
        self.tab_strip = TabStrip()
        self.status_bar = StatusBar()
        self.stack = QStackedWidget()
        self.area = Surface("page")
        self._slot: QVBoxLayout = column(spacing=0)
        body = column(self._slot, self.stack, spacing=0, parent=self.area)
        body.setStretch(1, 1)
        right = column(self.tab_strip, self.area, spacing=0)
        right.setStretch(1, 1)
        middle = row(self.navigation, right, spacing=0)
        middle.setStretch(1, 1)
        ground = Surface("window")
        whole = column(middle, self.status_bar, spacing=0, parent=ground)
        whole.setStretch(0, 1)
        column(ground, spacing=0, parent=self)
        self.navigation.chosen.connect(self.open_page)
        self.tab_strip.chosen.connect(self._show)
        self.tab_strip.close_wanted.connect(self.close_page)
        self.tab_strip.new_sale_wanted.connect(self.new_sale_wanted)
        self.tab_strip.help_wanted.connect(self._help_menu)
        self.status_bar.clicked.connect(self._on_status)

    # ---- pages
    @property
    def current_id(self) -> str | None:
        """Id of the page shown, None while none is open."""
        shown = self.stack.currentWidget()
        return next((key for key, holder in self._holders.items() if holder is shown), None)

    @property
    def open_ids(self) -> list[str]:
        """Ids of the open pages in tab order."""
        return self.tab_strip.ids()

    def page(self, page_id: str) -> QWidget | None:
        """The open page, None when it is not open."""
        return self._open.get(page_id)

    def open_page(self, page_id: str, **kw: object) -> QWidget:
        """Bring a page to the front, building it when it is not open; ``kw`` goes to its ``open_with``. KeyError when unknown."""
        page = self._open.get(page_id)
        if page is None:
            spec = self._specs[page_id]
            page = spec.factory()
            if not page.objectName():
                page.setObjectName(f"{page_id}_page")
            if not page.accessibleName():
                page.setAccessibleName(spec.title)
            self._open[page_id] = page
            self._holders[page_id] = _PageScroll(page)
            self.stack.addWidget(self._holders[page_id])
            self.tab_strip.add(page_id, spec.title)
            self._listen(page_id, page)
            self.page_opened.emit(page_id)
        self._show(page_id)
        open_with = getattr(page, "open_with", None)
        if kw and open_with is not None:
            open_with(**kw)
        return page

    def _listen(self, page_id: str, page: QWidget) -> None:
        title_changed, unsaved_changed = (
            getattr(page, "tab_title_changed", None),
            getattr(page, "unsaved_changed", None),
        )
        if title_changed is not None:
            title_changed.connect(lambda title: self.tab_strip.set_title(page_id, title))
        if unsaved_changed is not None:
            unsaved_changed.connect(lambda unsaved: self.tab_strip.set_unsaved(page_id, unsaved))

    @Slot(str)
    def _show(self, page_id: str) -> None:
        page = self._open.get(page_id)
        if page is None:
            return
        self.stack.setCurrentWidget(self._holders[page_id])
        self.tab_strip.choose(page_id)
        self.navigation.set_current(page_id)
        activated = getattr(page, "activated", None)
        if activated is not None:
            activated()
        if not page.isAncestorOf(QApplication.focusWidget() or self):
            page.setFocus()

    @Slot(str)
    def close_page(self, page_id: str) -> bool:
        """Close a tab; False when the page has unsaved work and the clerk stays."""
        page = self._open.get(page_id)
        if page is None:
            return True
        may_close = getattr(page, "may_close", None)
        if may_close is not None and not may_close():
            return False
        ids = self.open_ids
        place = ids.index(page_id)
        was_current = self.current_id == page_id
        del self._open[page_id]
        # The answer to an undo goes to the page that offered it: with the page gone it would be done without a word.
        self.withdraw_undo()
        self.tab_strip.tabs.blockSignals(True)
        self.tab_strip.remove(page_id)
        self.tab_strip.tabs.blockSignals(False)
        holder = self._holders.pop(page_id)
        self.stack.removeWidget(holder)
        holder.deleteLater()
        left = self.open_ids
        if was_current and left:
            self._show(left[min(place, len(left) - 1)])
        elif not left:
            self.navigation.set_current(None)
        self.page_closed.emit(page_id)
        return True

    def close_current(self) -> None:
        """Ctrl+W."""
        if self.current_id is not None:
            self.close_page(self.current_id)

    def _turn(self, step: int) -> None:
        ids = self.open_ids
        if self.current_id in ids:
            self._show(ids[(ids.index(self.current_id) + step) % len(ids)])

    def set_module_visible(self, visible: bool, group: str = GROUP_1688) -> None:
        """Show or hide the 1688 module at once (M17); its open pages close, its data stays."""
        self.navigation.set_group_visible(group, visible)
        if not visible:
            for page_id in self.open_ids:
                if self._specs[page_id].group == group:
                    self.close_page(page_id)

    # ---- frame
    def set_who(self, account_set: str, operator: str) -> None:
        """Account set and operator at the top left."""
        self.navigation.set_who(account_set, operator)

    def set_badge(self, page_id: str, count: int, tone: str = "warn") -> None:
        """Number beside a page: bad = failed, warn = to do; zero is not shown."""
        self.navigation.set_badge(page_id, count, tone)

    def set_status(self, key: str, text: str, tone: str = "ok", tip: str = "") -> None:
        """``key``: shops outbox backup period clock. ``tone="bad"`` turns the item red; empty text hides it."""
        self.status_bar.set_text(key, text, tone, tip)

    def show_banner(self, key: str, tone: str, bold: str, sentence: str = "", *, icon: str = "", button: str = "",
                    action: str | None = None, button_icon: str = "", on_click: Callable[[], None] | None = None,
                    closable: bool = False) -> Banner:  # fmt: skip
        """Strip under the tabs until ``hide_banner(key)``; the same key replaces its words. Red ones stand above amber ones."""
        self.hide_banner(key)
        banner = Banner(tone, bold, sentence, icon=icon, button=button, action=action, button_icon=button_icon,
                        closable=closable, name=f"banner.{key}")  # fmt: skip
        banner.setProperty("order", _BANNER_ORDER.get(tone, 3))
        if on_click is not None:
            banner.acted.connect(on_click)
        banner.closed.connect(lambda: self.hide_banner(key))
        place = sum(1 for other in self._banners.values() if other.property("order") <= banner.property("order"))
        self._banners[key] = banner
        self._slot.insertWidget(place, banner)
        return banner

    def hide_banner(self, key: str) -> None:
        """The cause is gone."""
        banner = self._banners.pop(key, None)
        if banner is not None:
            self._slot.removeWidget(banner)
            banner.hide()
            banner.deleteLater()

    def add_band(self, band: QWidget) -> None:
        """A band of progress that belongs to no page, below the banners; it shows and hides itself."""
        self._slot.addWidget(band)

    def banner(self, key: str) -> Banner | None:
        """The banner shown for a cause."""
        return self._banners.get(key)

    def toast(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Something has succeeded; ``undo`` is offered as 撤销 for 5 s (also by its key), until a page closes or somebody
        else may stand at the counter."""
        self._toast.tell(text, undo)

    def withdraw_undo(self) -> None:
        """Nothing told so far can be taken back from its toast any more."""
        self._toast.withdraw()

    def notice(self, tone: str, title: str, text: str, *, link: str = "", action: str | None = None, icon: str = "",
               on_click: Callable[[], None] | None = None, sound: bool = True) -> NoticeCard:  # fmt: skip
        """Card at the bottom right for 10 s, with a sound: paid, saved, failed in the background."""
        for card in self._cards:
            card.hide()
            card.deleteLater()
        card = NoticeCard(self.area, tone, title, text, link=link, action=action, icon=icon)
        if on_click is not None:
            card.acted.connect(on_click)
        self._cards = [card]
        if sound:
            QApplication.beep()
        return card

    # ---- keys, scale, size
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the window come last, so a page may use Ctrl+N or Ctrl+Z for its own work."""
        pressed = QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
        handlers: dict[str, Callable[[], object]] = {
            "help": self._help,
            "new_sale": self.new_sale_wanted.emit,
            "day_report": self._open_day_report,
            "close_tab": self.close_current,
            "next_tab": lambda: self._turn(1),
            "previous_tab": lambda: self._turn(-1),
            "undo": self._on_undo,
            "zoom_in": lambda: self._zoom(10),
            "zoom_out": lambda: self._zoom(-10),
            "zoom_reset": lambda: self.set_scale(100),
        }
        for action_id, handler in handlers.items():
            if pressed and pressed == keys.current().sequence(action_id):
                handler()
                return
        super().keyPressEvent(event)

    def _open_day_report(self) -> None:
        # Before a book is open the navigation is locked, and so is its key.
        if "reports" in self._specs and self.navigation.isEnabled():
            self.open_page("reports", kind="day")

    def _on_undo(self) -> None:
        if not self._toast.take_back():
            self.undo_wanted.emit()

    @Slot()
    def _help(self) -> None:
        self.help_wanted.emit(self.current_id or "")

    @Slot()
    def _help_menu(self) -> None:
        from .help_desk import open_help_menu

        open_help_menu(self, self.tab_strip.help, self.current_id or "")

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(10 if event.angleDelta().y() > 0 else -10)
            event.accept()
        else:
            super().wheelEvent(event)

    def _zoom(self, step: int) -> None:
        self.set_scale(theme.scale() + step)

    def set_scale(self, percent: int) -> None:
        """100 to 200 %; emits ``scale_changed`` so that the application remembers it."""
        theme.set_scale(percent)
        self.scale_changed.emit(theme.scale())

    @Slot()
    def _on_theme(self) -> None:
        self.status_bar.set_text("scale", f"Ctrl+滚轮 调整字号 {theme.scale()}%")
        self._fold()

    def _fold(self) -> None:
        self.navigation.set_folded(self.width() * 100 / theme.scale() < FOLD_BELOW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    @Slot()
    def _tick(self) -> None:
        if self._clock is not None:
            self.status_bar.set_text("clock", self._clock())

    @Slot(str)
    def _on_status(self, key: str) -> None:
        if key == "scale":
            self.set_scale(100)
        else:
            self.status_clicked.emit(key)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Every page is asked about unsaved work; one no keeps the window."""
        for page_id in self.open_ids:
            may_close = getattr(self._open[page_id], "may_close", None)
            if may_close is not None and not may_close():
                self._show(page_id)
                event.ignore()
                return
        self.about_to_close.emit()
        event.accept()
