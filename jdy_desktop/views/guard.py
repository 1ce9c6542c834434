"""Who may see the window: login before the pages, a cover over them when nobody is there, pages anew for somebody else (M1)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from jdy_desktop.models.states import Role
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.known_books import KnownBooks
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.views.keys import KeyShortcut

if TYPE_CHECKING:
    from jdy_desktop.services.book.operators import OperatorRow, OperatorsState
    from jdy_desktop.views.login_cover import LoginCover
    from jdy_desktop.views.shell import Host

log = logging.getLogger(__name__)

LOOK_MS = 1_000
#: How soon a PC notices that operators were switched on, off or changed at another one.
FOLLOW_MS = 30_000
_LAST_ACCOUNT = "login.account"
_ACTS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)
#: pages that are about nothing but what goods cost
COST_PAGES = ("opening",)


class Guard(QObject):
    """One per open window. `admit` runs its call at once where no password is asked for."""

    def __init__(self, program: Host, company: str, *, is_practice: bool, start_page: Callable[[], None]) -> None:
        assert program.window is not None
        super().__init__(program.window)
        self._program, self._company, self._is_practice, self._start_page = program, company, is_practice, start_page
        self._window: QWidget = program.window
        self.cover: LoginCover | None = None
        self._focus_before: QWidget | None = None
        self._is_on, self._minutes = False, 0
        self._sees_cost: bool | None = None
        self._last_act = program.ctx.clock.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._follower = QTimer(self)
        self._follower.setInterval(FOLLOW_MS)
        self._follower.timeout.connect(self.follow)
        self._follower.start()
        KeyShortcut("lock", program.window, self.lock_now, window=True)
        program.runner.data_changed.connect(self._on_changed)

    # ---- in
    def admit(self, needs_login: bool, then: Callable[[], None]) -> None:
        """Ask who it is where the book wants to know, then go on."""
        self._read()
        if not needs_login:
            self._show_who()
            then()
            return
        self._raise_cover(locked=False, done=lambda _row: self._go_on(then))

    def _go_on(self, then: Callable[[], None]) -> None:
        self._show_who()
        then()

    # ---- the cover
    @Slot()
    def lock_now(self) -> None:
        """The key, the button, or nobody at the counter for a while. Work stays as it is below."""
        if self.cover is not None:
            return
        if not self._program.ctx.seat.operator_id:
            self._program.toast("还没有启用操作员，没有密码可问。到“设置—操作员”里启用后就能锁定。")
            return
        self._focus_before = QApplication.focusWidget()
        before = self._program.ctx.seat.operator_id
        self._raise_cover(locked=True, done=lambda row: self._unlocked(before, row))

    def _raise_cover(self, *, locked: bool, done: Callable[[OperatorRow], None]) -> None:
        from jdy_desktop.views.login_cover import LoginCover

        program = self._program
        assert program.window is not None
        program.window.withdraw_undo()
        cover = LoginCover(
            self._window,
            company=self._company,
            account=program.settings.get(_LAST_ACCOUNT) or "",
            books=KnownBooks(program.settings).rows(),
            book=program.book,
            now=program.ctx.clock.now(),
            locked=locked,
        )
        cover.log_in.connect(lambda account, password: self._try(account, password, done))
        cover.open_book.connect(program.go_to_book)
        cover.new_book.connect(program.leave_book)
        cover.restore_book.connect(self._tell_restore)
        self.cover = cover

    def _try(self, account: str, password: str, done: Callable[[OperatorRow], None]) -> None:
        operators = self._program.ready.operators
        self._program.runner.submit(
            lambda _job: operators.log_in(account, password),
            owner=self,
            on_done=lambda row: self._let_in(row, done),
            on_error=self._refuse,
        )

    def _let_in(self, row: OperatorRow, done: Callable[[OperatorRow], None]) -> None:
        cover, self.cover = self.cover, None
        self._program.settings.set(_LAST_ACCOUNT, row.account)
        self._last_act = self._program.ctx.clock.monotonic()
        if cover is not None:
            cover.close_for_good()
        done(row)

    def _refuse(self, error: BaseException) -> None:
        from jdy_desktop.views.texts import sentence

        if self.cover is not None and isinstance(error, UserError):
            self.cover.refuse(sentence(error))
        else:
            if self.cover is not None:
                self.cover.button.set_blocked(None)
            self._program.tell_error(error)

    @Slot()
    def _tell_restore(self) -> None:
        if self.cover is not None:
            self.cover.refuse("从备份恢复要店主先登录，再到“设置—账套—换账套”里做。")

    def _unlocked(self, before: int, row: OperatorRow) -> None:
        """The same one goes on where he was; for somebody else the pages are made anew, what was typed stays as drafts."""
        if self._show_who() or row.id != before:
            self.change_hands()
        elif self._focus_before is not None:
            from shiboken6 import isValid

            if isValid(self._focus_before) and self._focus_before.isVisible():
                self._focus_before.setFocus()

    def change_hands(self) -> None:
        """Close the dialogs and pages of the former operator and begin as after a start."""
        from jdy_desktop.views.widgets.dialog import DialogFrame

        window = self._program.window
        assert window is not None
        window.withdraw_undo()
        # Dialogs belong to the window, not to their page: costs and forms of the owner would stay on the screen. They are
        # not asked: the question about unsaved words is not the next operator's to answer.
        for dialog in reversed(window.findChildren(DialogFrame)):
            DialogFrame.reject(dialog)
        for page_id in window.open_ids:
            window.close_page(page_id)
        if not window.open_ids:
            self._start_page()

    # ---- who
    def _show_who(self) -> bool:
        """Name and role at the top left; True when what may be seen is another than before."""
        window, seat = self._program.window, self._program.ctx.seat
        assert window is not None
        role = "店员" if seat.role is Role.CLERK else "店主"
        words = f"{seat.operator} · {role}" if seat.operator_id else "练习账套" if self._is_practice else "店主"
        window.set_who(self._company, words)
        sees = self._program.ctx.may(Right.SEE_COST)
        for page_id in COST_PAGES:
            window.navigation.item(page_id).setVisible(sees)
        before, self._sees_cost = self._sees_cost, sees
        return before is not None and before != sees

    # ---- other PCs
    @Slot()
    def follow(self) -> None:
        """Ask the book who may be here; somebody who may not any more has to log in, his work stays below."""
        if self.cover is not None or self._program.services is None:
            return
        operators = self._program.services.operators
        self._program.runner.submit(
            lambda _job: operators.follow(),
            owner=self,
            key="follow",
            on_done=self._on_followed,
            # A server that is away for a moment is told where the clerk needs it.
            on_error=lambda error: log.info("operators not asked for: %s", error),
        )

    def _on_followed(self, needs_login: bool) -> None:
        if needs_login and self.cover is None:
            self._focus_before = None
            self._raise_cover(locked=True, done=lambda row: self._unlocked(0, row))
        elif self.cover is None and self._show_who():
            self.change_hands()
        self._read()

    # ---- watching
    def _read(self) -> None:
        services = self._program.ready
        self._program.runner.submit(
            lambda _job: (services.operators.state(), services.account_sets.info().company),
            owner=self,
            on_done=self._on_state,
            on_error=self._program.tell_error,
        )

    @Slot(object)
    def _on_changed(self, areas: frozenset[str]) -> None:
        if areas & {"operators", "settings", "account"} and self._program.services is not None:
            self._read()

    def _on_state(self, found: tuple[OperatorsState, str]) -> None:
        state, self._company = found
        self._is_on, self._minutes = state.is_on, state.lock_minutes
        if self.cover is None and self._show_who():
            self.change_hands()
        handle = self._window.windowHandle()
        if self._is_on and self._minutes and not self._timer.isActive():
            self._last_act = self._program.ctx.clock.monotonic()
            if handle is not None:
                # The window alone, not the application: keys and mouse come by here, a thousand paint events do not.
                handle.installEventFilter(self)
            self._timer.start()
        elif not (self._is_on and self._minutes):
            self._timer.stop()
            if handle is not None:
                handle.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ACTS:
            self._last_act = self._program.ctx.clock.monotonic()
        return False

    @Slot()
    def look(self) -> None:
        """Nobody touched anything for the minutes of the settings."""
        if self.cover is None and self._program.ctx.clock.monotonic() - self._last_act >= self._minutes * 60:
            self.lock_now()
