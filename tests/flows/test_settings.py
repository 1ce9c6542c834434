"""设置: nonsense is refused in place, what is promised in the wizard can be done, nothing is written in the clear."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit, QWidget

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.machine import backup
from jdy_desktop.services.machine.backup import BackupFile, check_file
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.kept_backups import free_name, last_elsewhere, note_elsewhere
from jdy_desktop.views import keys, scanner
from jdy_desktop.views.pages.settings_print import PrintCards
from jdy_desktop.views.pages.settings_scan import ScanCards
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, FilterCombo, SearchField, Switch
from jdy_desktop.views.widgets.setting_card import SettingCard
from tests.support.program import Driver


def _enter(desk: Driver, name: str, text: str) -> Field:
    field = desk.find(Field, f"settings_page.{name}")
    field.selectAll()
    desk.type(field, text)
    field.editingFinished.emit()
    return field


@pytest.mark.parametrize(
    ("name", "key", "nonsense"),
    [
        ("gateway_field", "gateway.address", "ftp://x"),
        ("gateway_field", "gateway.address", "http://gw.open.1688.com"),
        ("auth_field", "gateway.auth", "javascript:alert(1)"),
        ("callback_field", "gateway.callback", "nonsense"),
        ("app_key_field", "gateway.app_key", "12 34"),
    ],
)
def test_an_address_or_key_that_cannot_work_is_not_stored(desk: Driver, name: str, key: str, nonsense: str) -> None:
    desk.open_page("settings", section="1688E经营")
    before = desk.program.settings.get(key)
    field = _enter(desk, name, nonsense)
    assert desk.program.settings.get(key) == before
    assert "没有保存" in field.toolTip()
    assert nonsense not in desk.program.folders.settings_file.read_text("utf-8")


def test_a_wrong_address_is_refused_even_when_another_line_is_wrong_too(desk: Driver) -> None:
    desk.program.settings.use("gateway.app_key", "")
    desk.open_page("settings", section="1688E经营")
    field = _enter(desk, "callback_field", "nonsense")
    assert "没有保存" in field.toolTip()


@pytest.mark.parametrize(("written", "stored"), [("abc", "F5"), ("Ctrl+X, Ctrl+Y", "F5"), ("ctrl+alt+r", "Ctrl+Alt+R")])
def test_a_key_that_does_not_exist_is_refused(desk: Driver, written: str, stored: str) -> None:
    desk.open_page("settings", section="快捷键")
    _enter(desk, "key_refresh", written)
    assert keys.current().sequence("refresh") == stored


def test_a_backup_may_replace_last_weeks_but_not_the_book(
    desk: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick.jdy"
    stick.write_bytes(b"last week's")
    book = desk.program.book
    assert book is not None
    desk.open_page("settings", section="备份")
    chosen = [stick, book]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(chosen.pop(0)), ""))
    desk.find(KeyButton, "settings_page.backup_to_button").click()
    desk.idle()
    check_file(stick)
    assert last_elsewhere(desk.program.settings, book) is not None
    assert desk.absent("crash_dialog")
    desk.find(KeyButton, "settings_page.backup_to_button").click()
    desk.find(KeyButton, "message_dialog.ok_button").click()


def test_a_backup_keeps_no_scan_waiting_and_waits_for_no_download(
    desk: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, began = threading.Event(), threading.Event()
    made: list[BackupFile] = []
    real = backup.back_up_now

    def slow(book: Path, folder: Path, ctx: Context, job: JobContext | None = None) -> BackupFile:
        began.set()
        go.wait(20)
        made.append(real(book, folder, ctx, job))
        return made[-1]

    monkeypatch.setattr(backup, "back_up_now", slow)
    background, runner = desk.program.background, desk.program.runner
    assert background is not None
    page = desk.open_page("sale")
    try:
        for _ in range(3):  # downloads on every thread of the net lane
            runner.submit(lambda _job: go.wait(20), owner=None, lane="net", on_done=lambda _none: None)
        for way in ("button", "half hour"):
            began.clear()
            if way == "button":
                desk.program.open_page("settings", section="备份")
                desk.find(KeyButton, "settings_page.backup_button").click()
            else:
                background._changed_since_backup = True
                background.back_up()
            desk.program.open_page("sale")
            scan = desk.find(Field, "sale_page.scan_field")
            QTest.keyClicks(scan, "6901234567892")
            QTest.keyClick(scan, Qt.Key.Key_Return)
            desk.until(lambda: "6901234567892" in page.head.note.accessibleName(), timeout=5_000)
            assert not go.is_set()
            if way == "button":
                desk.until(began.is_set, timeout=5_000)
            page.untell()
    finally:
        go.set()
    desk.until(lambda: len(made) == 2)
    desk.idle()


def test_a_week_with_all_copies_on_one_drive_colours_the_status(desk: Driver) -> None:
    book, folder, now = desk.program.book, desk.program.folders.backups, desk.program.ctx.clock.now()
    assert book is not None
    for days in (0, 8):
        made = free_name(folder, book, now - timedelta(days=days))
        made.parent.mkdir(exist_ok=True)
        made.write_bytes(b"")
    assert desk.program.window is not None
    background, status = desk.program.background, desk.find(QAbstractButton, "status_bar.backup_item")
    assert background is not None
    background.look_round()
    desk.until(lambda: "都在这块硬盘上" in status.text())
    note_elsewhere(desk.program.settings, book, now)
    background.look_round()
    desk.until(lambda: "都在这块硬盘上" not in status.text())


def test_the_account_set_can_be_changed(desk: Driver) -> None:
    first = desk.program.book
    desk.open_page("settings", section="账套")
    desk.find(KeyButton, "settings_page.other_book_button").click()
    desk.find(KeyButton, "book_chooser.new_button").click()
    desk.until(lambda: desk.program.wizard is not None)
    assert desk.program.window is None
    assert desk.program.services is None
    company = "start_wizard.company_field"
    desk.find(QAbstractButton, "start_wizard.real_tile").click()
    desk.find(KeyButton, "start_wizard.next_button").click()
    QTest.keyClicks(desk.find(QLineEdit, company), "zweite")
    for _ in range(3):
        desk.find(KeyButton, "start_wizard.next_button").click()
    desk.until(lambda: desk.program.services is not None)
    desk.idle()
    assert desk.program.ready.account_sets.info().company == "zweite"
    assert desk.program.book != first
    assert desk.program.settings.known_books()[1] == first
    assert desk.program.settings.get("gateway.address") == "https://gw.open.1688.com"


def test_a_secret_that_cannot_be_opened_any_more_is_asked_for_again(desk: Driver) -> None:
    from jdy_desktop.services.channel.connection import Connection
    from jdy_desktop.services.errors import UserError
    from jdy_desktop.services.machine.context import Context
    from jdy_desktop.services.machine.vault import Vault
    from tests.support.memory_keyring import MemoryKeyring

    settings = desk.program.settings
    settings.forget_run()
    Connection(settings, Context(), Vault(MemoryKeyring())).keep_secret("s3cret")
    assert "s3cret" not in desk.program.folders.settings_file.read_text("utf-8")
    settings.forget_run()
    MemoryKeyring.entries.clear()
    for damaged in (None, "%%%"):
        if damaged:
            settings.set("gateway.sealed_secret", damaged)
        with pytest.raises(UserError, match="gateway_key"):
            Connection(settings, Context(), Vault(MemoryKeyring())).gateway()


def test_every_kind_of_form_has_its_printer_and_paper(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two printers at the counter: slips on the roll, purchases on the form. The second is unplugged then."""
    from PySide6.QtPrintSupport import QPrinterInfo

    from jdy_desktop.services.paper.form_kinds import SALE, form_of
    from jdy_desktop.views.paper_choice import PAPERS, PaperUse, chosen, use_of
    from jdy_desktop.views.printing import Paper

    there = ["roll", "form"]
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", lambda: list(there))
    monkeypatch.setattr(QPrinterInfo, "defaultPrinterName", lambda: "roll")
    assert {value for _words, value in PAPERS} == {paper.value for paper in Paper}
    store = desk.program.settings
    page = desk.open_page("settings", section="打印")
    sale = desk.find(FilterCombo, "settings_page.sale_paper_combo")
    printer = desk.find(FilterCombo, "settings_page.document_printer_combo")
    paper = desk.find(FilterCombo, "settings_page.document_paper_combo")
    desk.until(lambda: [printer.itemData(at) for at in range(printer.count())] == ["", "roll", "form"])
    sale.setCurrentIndex(1)
    assert paper.value() == Paper.ROLL_58  # nothing of its own yet: it follows the sale
    printer.setCurrentIndex(2)
    paper.setCurrentIndex(2)
    purchase = use_of(form_of(DocumentKind.PURCHASE))
    assert (chosen(store, purchase).printer, chosen(store, purchase).paper) == ("form", Paper.FORM_241)
    assert (chosen(store, use_of(SALE)).printer, chosen(store, use_of(SALE)).paper) == ("", Paper.ROLL_58)
    assert chosen(store, PaperUse.STATEMENT).printer == ""
    there.remove("form")
    page.findChild(PrintCards).look()
    assert "没有找到“form”" in page.findChild(PrintCards).findChild(SettingCard).explanation(1).text()
    assert printer.currentText() == "form（没有找到）"
    assert chosen(store, purchase).printer == "form"


def test_asked_each_time_the_slip_goes_where_the_clerk_says(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    from jdy_desktop.views import printing
    from jdy_desktop.views.dialogs.print_ask import PrintAskDialog, with_choice
    from jdy_desktop.views.paper_choice import PaperChoice, PaperUse

    monkeypatch.setattr(printing, "printers", lambda: ("roll", "form"))
    sent: list[PaperChoice] = []
    store, window = desk.program.settings, desk.program.window
    assert window is not None
    with_choice(window, store, PaperUse.SALE, sent.append)
    assert sent == [PaperChoice("", "roll_80")]
    desk.open_page("settings", section="打印")
    desk.find(Switch, "settings_page.print_direct_switch").click()
    with_choice(window, store, PaperUse.SALE, sent.append)
    assert len(sent) == 1
    dialog = desk.find(PrintAskDialog, "print_ask_dialog")
    dialog.printer.setCurrentIndex(2)
    desk.find(KeyButton, "print_ask_dialog.print_button").click()
    assert sent[1] == PaperChoice("form", "roll_80")
    with_choice(window, store, PaperUse.SALE, sent.append)
    desk.find(KeyButton, "print_ask_dialog.cancel_button").click()
    assert len(sent) == 2


def test_a_test_page_without_a_printer_says_so(desk: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from jdy_desktop.views import printing

    page = desk.open_page("settings", section="打印")
    button = desk.find(KeyButton, "settings_page.test_page_button")
    button.click()
    desk.find(KeyButton, "message_dialog.ok_button").click()
    real = printing.print_day
    monkeypatch.setattr(printing, "print_day", lambda day, paper, _to: real(day, paper, tmp_path / "page.pdf"))
    button.click()
    assert (tmp_path / "page.pdf").stat().st_size > 1000
    assert page.findChild(PrintCards) is not None


def test_searching_keeps_the_lines_that_fit(desk: Driver) -> None:
    page = desk.open_page("settings", section="常规")

    def shown() -> set[str]:
        return {
            one.accessibleName()
            for one in page.findChildren(QWidget)
            if one.objectName().startswith("settings_page.") and one.isVisible() and one.accessibleName()
        }

    search = desk.find(SearchField, "settings_page.search_field")
    everything = shown()
    desk.type(search, "wgdz")  # 网关地址 by its initials
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert shown() == {"网关地址", "搜索设置", "设置分类"} | {n for n in shown() if n.startswith("恢复默认")}
    assert [one for one in range(page.sections.count()) if not page.sections.item(one).isHidden()] == [2]
    search.clear()
    desk.type(search, "这个词哪里都没有")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert page._empty.isVisible()
    QTest.keyClick(search, Qt.Key.Key_Escape)
    desk.until(lambda: shown() >= everything)  # cards that read their lines meanwhile may show more


def test_the_defaults_come_back_and_the_book_stays(desk: Driver) -> None:
    desk.open_page("settings", section="快捷键")
    _enter(desk, "key_refresh", "Ctrl+Alt+R")
    desk.open_page("settings", section="1688E经营")
    desk.find(Switch, "settings_page.sale_makes_pre_order_switch").click()
    _enter(desk, "scan_prefix_field", "]C1")
    gateway = desk.program.settings.get("gateway.address")
    desk.find(KeyButton, "settings_page.reset_button").click()
    desk.find(KeyButton, "reset_settings_dialog.no_button").click()
    assert keys.current().sequence("refresh") == "Ctrl+Alt+R"
    desk.find(KeyButton, "settings_page.reset_button").click()
    desk.find(KeyButton, "reset_settings_dialog.yes_button").click()
    assert keys.current().sequence("refresh") == "F5"
    assert desk.program.settings.flag("sale.makes_pre_order", True)
    assert scanner.current().prefix == ""
    assert desk.program.settings.get("gateway.address") == gateway
    assert desk.program.ready.account_sets.info().channel_enabled


def test_the_scanner_is_tried_out_and_its_end_taken_over(desk: Driver) -> None:
    page = desk.open_page("settings", section="扫描枪与声音")
    _enter(desk, "scan_prefix_field", "]C1")
    tried = desk.find(Field, "settings_page.scan_try_field")
    tried.clock = lambda: 0.0  # type: ignore[attr-defined]
    tried.setFocus()
    QTest.keyClicks(tried, "]C16901234567892")
    QTest.keyClick(tried, Qt.Key.Key_Tab)
    said = page.findChild(ScanCards).findChild(SettingCard).explanation(0).text()
    assert "后面是 Tab" in said
    assert "6901234567892" in said
    assert scanner.current().end is scanner.ScanEnd.TAB
    QTest.keyClicks(tried, "6901234567892")  # and then nothing
    desk.until(lambda: scanner.current().end is scanner.ScanEnd.NOTHING)


@pytest.mark.parametrize(("end", "key"), [("enter", Qt.Key.Key_Return), ("tab", Qt.Key.Key_Tab), ("nothing", None)])
def test_a_scan_ends_as_the_settings_say(desk: Driver, end: str, key: Qt.Key | None) -> None:
    scanner.current().set_end(scanner.ScanEnd(end))
    scanner.current().set_around("]C1", "*")
    page = desk.open_page("sale")
    unknown: list[str] = []
    page.scan.unknown.connect(unknown.append)
    page.scan.clock = lambda: 0.0  # as fast as a scanner, however slow this PC is
    field = page.head.scan
    field.setFocus()
    QTest.keyClicks(field, "]C16901234567892*")
    if key is not None:
        QTest.keyClick(field, key)
    desk.until(lambda: unknown == ["6901234567892"])
    assert field.text() == ""


def test_online_stock_is_read_at_the_start_when_wished(desk: Driver) -> None:
    """Everything 1688 says of the offers, no goods: the book stays as it is."""
    from sqlalchemy import func, select

    from jdy_desktop.models.catalog import Product
    from jdy_desktop.models.channel import Offer

    def counts() -> tuple[int, int]:
        with desk.program.ready.db.read() as session:
            return tuple(session.scalar(select(func.count()).select_from(one)) or 0 for one in (Offer, Product))  # type: ignore[return-value]

    desk.authorize()
    desk.open_page("settings", section="1688E经营")
    background = desk.program.background
    assert background is not None
    background.start()
    desk.idle()
    assert counts() == (0, 0)
    desk.find(Switch, "settings_page.download_at_start_switch").click()
    background.start()
    desk.until(lambda: counts()[0] > 0)
    desk.idle()
    assert counts()[1] == 0


def test_a_scanner_that_ends_with_nothing_leaves_no_digits_in_a_quantity(desk: Driver) -> None:
    from jdy_desktop.views.entry.scan import BurstGuard

    scanner.current().set_end(scanner.ScanEnd.NOTHING)
    field = Field()
    field.setParent(desk.open_page("sale"))
    field.show()
    guard = BurstGuard(field, clock=lambda: 0.0)
    scanned: list[str] = []
    guard.scanned.connect(scanned.append)
    field.setText("12")
    field.setFocus()
    QTest.keyClicks(field, "6901234567892")
    desk.until(lambda: scanned == ["6901234567892"])
    assert field.text() == "12"
    QTest.keyClicks(field, "345")  # a hand, however fast
    assert field.text() == "12345"
