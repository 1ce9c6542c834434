"""Start of the window, and the only place where parts are wired together.

The frame is shown first; the database library, the book and the services are loaded behind it (a start within a second).
"""

from __future__ import annotations

import gc
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from jdy_desktop import __version__
from jdy_desktop.services.errors import JdyError, JobCancelled, LocalError
from jdy_desktop.services.machine.context import SHANGHAI, Context
from jdy_desktop.services.machine.folders import Folders, data_folder
from jdy_desktop.services.machine.instance import InstanceLock
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.views import keys, scanner, theme
from jdy_desktop.views.first_paint import after_first_paint
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.main_window import MainWindow
from jdy_desktop.views.telling import Teller, sentence_of

if TYPE_CHECKING:
    from jdy_desktop.services.bundle import Books, OpenedBook, Services
    from jdy_desktop.services.machine.jobs import JobContext
    from jdy_desktop.services.machine.market_process import MarketInfo, MarketProcess
    from jdy_desktop.views.background import Background
    from jdy_desktop.views.book_desk import BookDesk
    from jdy_desktop.views.guard import Guard
    from jdy_desktop.views.pictures import PictureStore
    from jdy_desktop.views.start_wizard import StartWizard, WizardAnswers

log = logging.getLogger(__name__)

SWITCH_S = 0.0005


class Program(QObject):
    """One running program: the window, the open book, the practice market, and what goes on in the background."""

    book_opened = Signal()

    def __init__(self, folders: Folders, settings: LocalSettings, ctx: Context, *, practice: bool = False) -> None:
        super().__init__()
        self.folders, self.settings, self.ctx = folders, settings, ctx
        self._practice = practice
        self.window: MainWindow | None = None
        self.wizard: StartWizard | None = None
        self.services: Services | None = None
        self.background: Background | None = None
        self.guard: Guard | None = None
        self.market_info: MarketInfo | None = None
        self.book: Path | None = None
        self._pictures: PictureStore | None = None
        self._market: MarketProcess | None = None
        #: made for the wizard and not on the screen yet
        self._made: list[OpenedBook] = []
        self.teller = Teller(lambda: self.host, self)
        self.runner = JobRunner(self, crash_handler=self.tell_error)

    @property
    def host(self) -> MainWindow | StartWizard | None:
        """What is on the screen: the window, or the wizard before there is one."""
        return self.window or self.wizard

    @property
    def ready(self) -> Services:
        """The services of the open book. RuntimeError before a book is open: the navigation is locked until then."""
        if self.services is None:
            raise RuntimeError("no book is open")
        return self.services

    @property
    def pictures(self) -> PictureStore:
        """Pictures of goods, shared by all pages."""
        if self._pictures is None:
            from jdy_desktop.views.pictures import PictureStore

            self._pictures = PictureStore(self.ready.pictures, self.runner, self)
        return self._pictures

    # ---- start
    def start(self) -> None:
        """Show the last book, or the wizard when there is none (M2)."""
        book = self.settings.last_book
        if book is not None and book.exists():
            self.open_book(book)
            return
        if (wizard := self.show_wizard()) and book is not None:
            wizard.tell_failure(sentence_of(LocalError("book_missing", path=book)))

    def show_wizard(self) -> StartWizard:
        from jdy_desktop.views.start_wizard import StartWizard

        wizard = StartWizard(self.ctx.clock.today())
        wizard.help_wanted.connect(self._show_help)
        wizard.completed.connect(self._create_book)
        wizard.open_other.connect(self.choose_book)
        wizard.restore_backup.connect(lambda: self._book_desk().restore(wizard))
        wizard.show()
        _collect_again()
        self.wizard = wizard
        return wizard

    @Slot()
    def come_forward(self) -> None:
        """The program was started a second time: here it is (F21)."""
        if (host := self.host) is not None:
            host.setWindowState(host.windowState() & ~Qt.WindowState.WindowMinimized)
            host.raise_()
            host.activateWindow()

    def open_book(self, path: Path) -> None:
        """Show the frame at once and open the book behind it."""
        window = self._make_window()
        window.navigation.setEnabled(False)
        # A first painted frame is worth more than a busy one: what loads now would take the interpreter from it.
        after_first_paint(window, lambda: self._load(path))
        window.show()

    def _load(self, path: Path) -> None:
        self.runner.submit(
            lambda _job: self.books().open(path), owner=self, on_done=self._on_opened, on_error=self._on_open_failed
        )

    def _make_window(self) -> MainWindow:
        from jdy_desktop.views.page_specs import page_specs

        window = MainWindow(page_specs(self), clock=self._clock_text)
        window.setWindowTitle("进销存 · 1688 预订单")
        window.setWindowIcon(theme.icon("app_icon", "text", 64))
        window.new_sale_wanted.connect(lambda: self.open_page("sale", new=True))
        window.scale_changed.connect(lambda percent: self.settings.set("view.scale", str(percent)))
        window.help_wanted.connect(self._show_help)
        window.status_clicked.connect(self._on_status)
        window.about_to_close.connect(self.close)
        self.window = window
        return window

    @Slot(str)
    def _show_help(self, topic: str) -> None:
        from jdy_desktop.views.help_desk import show_help

        if host := self.host:
            show_help(host, topic, (self.window and self.window.current_id) or "")

    @Slot(str)
    def _on_status(self, key: str) -> None:
        """A state in the status bar leads to the page where it can be mended."""
        pages = {"shops": "shops", "outbox": "pre_orders"}
        if key in pages:
            self.open_page(pages[key])
        elif key == "backup":
            self.open_page("settings", section="备份")

    def _clock_text(self) -> str:
        return self.ctx.clock.now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")

    # ---- the book (worker thread)
    def books(self) -> Books:
        """Loads the database library: only on a worker thread."""
        from jdy_desktop.services.bundle import Books

        return Books(self.ctx, self.settings, self.folders, self.runner.announce)

    def _create(self, answers: WizardAnswers) -> OpenedBook:
        from jdy_desktop.services.book.account_sets import CreateAccountSet

        request = CreateAccountSet(
            company=answers.company,
            start_date=answers.start_date,
            industry=answers.industry,
            cost_per_warehouse=answers.cost_per_warehouse,
            needs_review=answers.needs_review,
            computes_tax=answers.computes_tax,
            is_practice=answers.is_practice,
            wants_month=answers.wants_month,
        )
        return self.books().create(request)

    # ---- the book (main thread)
    def _create_book(self, answers: WizardAnswers) -> None:
        asked = self.wizard

        def work(job: JobContext) -> OpenedBook:
            opened = self._create(answers)
            if job.is_cancelled:  # the program has ended without it
                self.books().discard(opened)
                raise JobCancelled
            self._made.append(opened)
            return opened

        def done(opened: OpenedBook) -> None:
            self._made.remove(opened)
            if self.wizard is None or self.wizard is not asked:  # another book was opened meanwhile
                self.runner.submit(lambda _job: self.books().discard(opened), owner=self, on_done=lambda _none: None)
                return
            if answers.app_key:
                self.settings.set("gateway.app_key", answers.app_key)
                self.settings.set("gateway.callback", answers.callback or None)
                opened.services.connection.keep_secret(answers.app_secret)
            wizard, self.wizard = self.wizard, None
            window = self._make_window()
            window.resize(wizard.size())
            window.show()
            wizard.close()
            wizard.deleteLater()
            self._on_opened(opened)

        def failed(error: BaseException) -> None:
            if self.wizard is not None and isinstance(error, JdyError):
                self.wizard.tell_failure(sentence_of(error))

        def ended() -> None:
            if self.wizard is not None:
                self.wizard.set_ready()

        self.runner.submit(work, owner=self, on_done=done, on_error=failed, on_end=ended)

    def _on_opened(self, opened: OpenedBook) -> None:
        from jdy_desktop.services.machine.known_books import KnownBooks
        from jdy_desktop.views.guard import Guard

        assert self.window is not None
        self.services = opened.services
        self.book = opened.path
        self.window.setWindowIcon(theme.icon("app_icon", "text", 64))
        info = opened.info
        KnownBooks(self.settings).opened(
            opened.path, info.company, info.start_date, self.ctx.clock.now(), is_practice=info.is_practice
        )
        self.guard = Guard(self, info.company, is_practice=info.is_practice, start_page=self._show_start_page)
        self.guard.admit(opened.needs_login, lambda: self._enter(opened))

    def _enter(self, opened: OpenedBook) -> None:
        """Somebody may work: the pages, and what goes on behind them."""
        from jdy_desktop.views import start_banners
        from jdy_desktop.views.background import Background

        assert self.window is not None
        self.window.set_status("period", f"启用期间 {opened.info.start_date.isoformat()}")
        self.window.set_module_visible(opened.info.channel_enabled)
        self.window.navigation.setEnabled(True)
        if not opened.info.channel_enabled:
            start_banners.offer_module(self)
        self.background = Background(self, opened.path, self)
        if opened.info.is_practice:
            self._start_market()
        else:
            self.background.start()
            if self._practice:
                start_banners.tell_no_practice(self.window)
        self._show_start_page()
        _collect_again()
        self.book_opened.emit()

    @Slot()
    def lock_now(self) -> None:
        if self.guard is not None:
            self.guard.lock_now()

    def _show_start_page(self) -> None:
        shops_first = self.ready.account_sets.info().channel_enabled and not self.ready.shops.rows()
        self.open_page("shops" if shops_first else "sale")

    def _on_open_failed(self, error: BaseException) -> None:
        """A book that cannot be opened is left as it is; the wizard's links offer another one or a backup."""
        window, self.window = self.window, None
        self.show_wizard()
        if window is not None:
            window.hide()
            window.deleteLater()
        if self.wizard is not None and isinstance(error, JdyError):
            self.wizard.tell_failure(sentence_of(error))

    def _start_market(self) -> None:
        from jdy_desktop.services.machine.market_process import MarketProcess, use_market

        def ready(info: MarketInfo) -> None:
            self.market_info = info
            use_market(self.settings, info)
            if self.background is not None:
                self.background.start()

        self._market = MarketProcess(self.folders.practice_market)
        self.runner.submit(self._market.start, owner=self, lane="net", on_done=ready, on_error=self.tell_error)

    @Slot()
    def choose_book(self) -> None:
        """账套: the ones this PC knows, over whatever is shown."""
        if host := self.host:
            self._book_desk().choose(host, wizard=host is self.wizard)

    def _book_desk(self) -> BookDesk:
        from jdy_desktop.views.book_desk import BookDesk

        return BookDesk(self, self, self)

    @Slot(object)
    def go_to_book(self, path: Path) -> None:
        """Open another book in place of the wizard or of the one that is open."""
        wizard, self.wizard = self.wizard, None
        if wizard is not None:
            wizard.close()
            wizard.deleteLater()
        if self._close_window():
            self.open_book(path)

    # ---- Shell: what pages ask of the window
    def open_page(self, page_id: str, /, **arguments: Any) -> Any:
        assert self.window is not None
        return self.window.open_page(page_id, **arguments)

    def toast(self, text: str, undo: Any = None) -> None:
        assert self.window is not None
        self.window.toast(text, undo)

    def notice(self, tone: str, title: str, text: str, *, link: str = "", on_link: Any = None) -> None:
        assert self.window is not None
        sound = self.settings.flag("notice.sound", default=True)
        self.window.notice(tone, title, text, link=link, on_click=on_link, sound=sound)

    def tell_error(self, error: BaseException) -> None:
        """A known failure is one sentence; anything else is our bug and opens the calm window."""
        self.teller.tell(error)

    # ---- end
    @Slot()
    def leave_book(self) -> None:
        """创建账套 from an open one: the window closes as at the end of the day, and the wizard asks."""
        if self._close_window():
            self.show_wizard()

    def _close_window(self) -> bool:
        """Everything of the open book is put away; False when a page wants the clerk to stay."""
        window = self.window
        if window is None:
            return True
        if not window.close():
            return False
        window.deleteLater()
        self.window = self.services = self.guard = self.background = self.market_info = self._pictures = (
            self._market
        ) = None
        self.settings.forget_run()
        self.runner = JobRunner(self, crash_handler=self.tell_error)
        return True

    @Slot()
    def close(self) -> None:
        """Stop the background, back up, wait for the jobs, close the book."""
        try:
            if self.background is not None:
                self.background.stop()
        except JdyError as error:
            # The clerk is leaving and the book is whole; the age of the backup is told at the next start.
            log.error("last backup not made: %s", error)
        finally:
            # What would look again in a few seconds must not ask a runner that is gone.
            for host in (self.window, self.wizard):
                for timer in host.findChildren(QTimer) if host is not None else ():
                    timer.stop()
            self.runner.shutdown()
            while self._made:
                self.books().discard(self._made.pop())
            if self.services is not None:
                self.services.db.close()
            if self._market is not None:
                self._market.stop()


def _collect_again() -> None:
    """What was loaded for the window and the book stays for good: looking through it again and again, as the collector does
    when a download makes many objects, would hold up the window for 0.15 s each time."""
    gc.freeze()
    gc.enable()


def make_program(folders: Folders, ctx: Context, *, practice: bool = False) -> Program:
    """Settings, theme and keys applied; nothing shown yet. The QApplication must exist."""
    # A painting window asks for the interpreter hundreds of times; with the usual 5 ms it would wait that long each time.
    sys.setswitchinterval(SWITCH_S)
    settings = LocalSettings(folders.settings_file)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    mode: Any = settings.get("view.theme")
    mode = mode if mode in ("system", "light", "dark") else "system"
    theme.apply(app, mode=mode, scale=settings.number("view.scale", 100))
    keys.use(keys.KeyMap(settings))
    scanner.use(scanner.Scanner(settings))
    return Program(folders, settings, ctx, practice=practice)


def run(*, data: str | None, practice: bool) -> int:
    """Open the window and stay until it is closed; the exit code of the program."""
    app = theme.make_application(sys.argv[0])
    app.setApplicationName("jdy-desktop")
    folders = data_folder(data)
    lock = InstanceLock(folders.lock_file)
    try:
        folders.make()
        if not lock.acquire():
            from jdy_desktop.views.second_start import show_the_first

            return show_the_first(folders.lock_file)
        program = make_program(folders, Context(), practice=practice)
    except OSError as error:
        from jdy_desktop.views.second_start import say

        say(
            f"数据文件夹 {folders.data} 不能用（{error.strerror or error}），程序没有打开，数据没有变。检查文件夹权限和磁盘，再打开一次。"
        )
        return 2
    program.teller.hear_all()
    QTimer.singleShot(0, program, lambda: _start_log(folders))
    program.start()
    QTimer.singleShot(300, program, lambda: _open_door(program))
    code = app.exec()
    if program.window is None:  # the wizard was closed; a window closes the program itself
        program.close()
    lock.release()
    return code


def _open_door(program: Program) -> None:
    from jdy_desktop.views.second_start import Door

    Door(program.folders.lock_file, program.come_forward, program)


def _start_log(folders: Folders) -> None:
    from jdy_desktop.services.ali1688.redaction import RedactionFilter
    from jdy_desktop.services.machine.logs import start_log

    start_log(folders.logs, RedactionFilter(), __version__)
