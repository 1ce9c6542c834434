"""设置: nonsense is refused in place, what is promised in the wizard can be done, nothing is written in the clear."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit

from jdy_desktop.services.machine.backup import check_file
from jdy_desktop.views import keys
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, FilterCombo
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
    assert desk.absent("crash_dialog")
    desk.find(KeyButton, "settings_page.backup_to_button").click()
    desk.find(KeyButton, "message_dialog.ok_button").click()


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


def test_the_paper_is_chosen_in_the_settings(desk: Driver) -> None:
    from jdy_desktop.views.dialogs.code_print import PAPER
    from jdy_desktop.views.pages.settings_page import PAPERS
    from jdy_desktop.views.printing import Paper

    assert {value for _words, value in PAPERS} == {paper.value for paper in Paper}
    desk.open_page("settings", section="常规")
    combo = desk.find(FilterCombo, "settings_page.paper_combo")
    assert combo.value() == Paper.ROLL_80
    combo.setCurrentIndex(1)
    combo.activated.emit(1)
    desk.until(lambda: desk.program.settings.get(PAPER) == Paper.ROLL_58)
