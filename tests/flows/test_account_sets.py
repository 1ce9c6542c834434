"""账套: several books on one PC: the chooser, names, putting away, the wizard's tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QLineEdit, QWidget

from jdy_desktop.models.states import Industry
from jdy_desktop.services.book.account_sets import AccountSets, CreateAccountSet, create_account_set
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.backup import back_up
from jdy_desktop.services.machine.known_books import KnownBooks
from jdy_desktop.views.widgets.book_tile import BookTile
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import SegmentedChoice, Switch, Tick
from tests.support.program import Driver, running_program


def _words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def _second(desk: Driver, name: str = "二号档口") -> Path:
    """Another book that was open on this PC some days ago."""
    ctx = desk.program.ctx
    path = desk.program.folders.books / f"{name}.jdy"
    create_account_set(path, CreateAccountSet(name, date(2019, 3, 1), Industry.FOOD), ctx).close()
    first = desk.program.book
    known = KnownBooks(desk.program.settings)
    known.opened(path, name, date(2019, 3, 1), ctx.clock.now(), is_practice=False)
    assert first is not None
    desk.program.settings.remember_book(first)
    return path


def _choose(desk: Driver) -> QWidget:
    desk.open_page("settings", section="账套")
    desk.find(KeyButton, "settings_page.other_book_button").click()
    return desk.find(QWidget, "book_chooser")


def _tiles(desk: Driver) -> list[BookTile]:
    return [tile for tile in desk.find(QWidget, "book_chooser").findChildren(BookTile) if tile.isVisible()]


def _tile(desk: Driver, company: str) -> BookTile:
    return next(tile for tile in _tiles(desk) if tile.book.company == company)


def _press(desk: Driver, name: str) -> None:
    desk.find(KeyButton, name).click()


def test_the_list_says_company_last_use_place_and_size(desk: Driver) -> None:
    second = _second(desk)
    _choose(desk)
    first, other = _tile(desk, "禾木服饰商行"), _tile(desk, "二号档口")
    assert "启用期间 2019-03-01" in first.accessibleName()
    assert "今天 " in first.accessibleName()
    assert "用过" in first.accessibleName()
    assert other.toolTip() == str(second)
    assert other.book.size == second.stat().st_size > 100_000
    _press(desk, "book_chooser.cancel_button")
    assert desk.program.services is not None


def test_another_book_is_opened_with_arrow_and_enter(desk: Driver) -> None:
    second = _second(desk)
    chooser = _choose(desk)
    assert _tile(desk, "二号档口").isChecked()  # whoever comes here wants another one
    assert desk.find(KeyButton, "book_chooser.open_button").isEnabled()
    QTest.keyClick(chooser, Qt.Key.Key_Up)
    assert _tile(desk, "禾木服饰商行").isChecked()
    assert not desk.find(KeyButton, "book_chooser.open_button").isEnabled()  # it stands open
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    QTest.keyClick(_tile(desk, "二号档口"), Qt.Key.Key_Return)
    desk.until(lambda: desk.program.book == second and desk.program.services is not None)
    desk.idle()
    assert desk.program.ready.account_sets.info().company == "二号档口"
    assert desk.program.wizard is None
    assert [book.company for book in KnownBooks(desk.program.settings).rows()] == ["二号档口", "禾木服饰商行"]


def test_both_books_can_be_renamed_the_open_one_at_once(desk: Driver) -> None:
    second = _second(desk)
    _choose(desk)
    for company in ("禾木服饰商行", "二号档口"):
        _tile(desk, company).click()
        _press(desk, "book_chooser.rename_button")
        field = desk.find(QLineEdit, "rename_dialog.company_field")
        field.clear()
        _press(desk, "rename_dialog.ok_button")
        assert "请填写公司名称" in _words(desk.find(QWidget, "rename_dialog"))
        desk.type(field, f"{company}新")
        _press(desk, "rename_dialog.ok_button")
        desk.idle()
        wanted = f"{company}新"
        desk.until(lambda: wanted in [tile.book.company for tile in _tiles(desk)])  # noqa: B023 — called at once
        assert _tile(desk, f"{company}新").isChecked()
    assert desk.program.ready.account_sets.info().company == "禾木服饰商行新"
    assert desk.program.window is not None
    desk.until(lambda: "禾木服饰商行新" in _words(desk.program.window.navigation if desk.program.window else QWidget()))
    db = schema.open_book(second)
    assert AccountSets(db, desk.program.ctx).info().company == "二号档口新"
    db.close()


def test_a_book_is_put_away_and_fetched_back_and_its_file_stays(desk: Driver) -> None:
    second = _second(desk)
    before = second.read_bytes()
    _choose(desk)
    _tile(desk, "禾木服饰商行").click()
    assert not desk.find(KeyButton, "book_chooser.away_button").isEnabled()  # not the one in use
    _tile(desk, "二号档口").click()
    _press(desk, "book_chooser.away_button")
    desk.until(lambda: "已收起" in _words(desk.find(QWidget, "book_chooser")))
    assert desk.find(KeyButton, "book_chooser.away_button").text() == "取回"
    _press(desk, "book_chooser.away_button")
    desk.until(lambda: "已收起" not in _words(desk.find(QWidget, "book_chooser")) and len(_tiles(desk)) == 2)
    assert second.read_bytes() == before


def test_a_book_taken_off_the_list_is_not_deleted(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    second = _second(desk)
    _choose(desk)
    _tile(desk, "二号档口").click()
    _press(desk, "book_chooser.forget_button")
    assert str(second) in _words(desk.find(QWidget, "forget_book_dialog"))
    _press(desk, "forget_book_dialog.yes_button")
    assert [book.company for book in KnownBooks(desk.program.settings).rows()] == ["禾木服饰商行"]
    assert second.exists()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(second), ""))
    _press(desk, "book_chooser.other_button")
    desk.until(lambda: desk.program.book == second and desk.program.services is not None)
    desk.idle()


def test_a_book_that_is_gone_is_told_and_cannot_be_opened(desk: Driver) -> None:
    second = _second(desk)
    second.rename(second.with_suffix(".moved"))
    _choose(desk)
    tile = _tile(desk, "二号档口")
    assert "文件不在原来的位置" in tile.accessibleName()
    tile.click()
    assert not desk.find(KeyButton, "book_chooser.open_button").isEnabled()


@pytest.mark.parametrize("button", ["restore_button", "other_button"])
def test_a_backup_becomes_a_book_of_its_own(
    desk: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, button: str
) -> None:
    first = desk.program.book
    assert first is not None
    kept = back_up(first, tmp_path / "昨天.jdy").path
    _choose(desk)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(kept), ""))
    _press(desk, f"book_chooser.{button}")
    desk.until(lambda: desk.program.book not in (first, None) and desk.program.services is not None)
    desk.idle()
    assert desk.program.book == desk.program.folders.books / "昨天.jdy"
    assert first.exists()


def test_a_new_one_is_made_from_the_chooser(desk: Driver) -> None:
    _choose(desk)
    _press(desk, "book_chooser.new_button")
    desk.until(lambda: desk.program.wizard is not None)
    desk.find(QAbstractButton, "start_wizard.real_tile")
    assert desk.program.window is None


def test_the_wizards_link_leads_to_the_same_list(first_start: Driver) -> None:
    from tests.support.program import make_book

    path = make_book(first_start.program.folders, first_start.program.ctx)
    KnownBooks(first_start.program.settings).opened(
        path, "禾木服饰商行", date(2019, 3, 1), first_start.program.ctx.clock.now(), is_practice=False
    )
    first_start.find(KeyButton, "start_wizard.open_other_button").click()
    first_start.find(KeyButton, "book_chooser.open_button").click()
    first_start.until(lambda: first_start.program.services is not None)
    first_start.idle()
    assert first_start.program.wizard is None
    assert first_start.program.window is not None


def test_settings_of_an_older_release_or_nonsense_are_read(desk: Driver) -> None:
    settings: Any = desk.program.settings
    for facts in ("{", "[]", '{"x": 3}', f'{{"{desk.program.book}": {{"start": "gestern", "opened": 5}}}}'):
        settings.set("book.facts", facts)
        rows = KnownBooks(settings).rows()
        assert [row.path for row in rows] == [desk.program.book]
        assert rows[0].company == "book"


# ---- what the industry and the answers do


@pytest.fixture
def food(qtbot: Any, tmp_path: Path, market: Any) -> Any:
    with running_program(qtbot, tmp_path, market, industry=Industry.FOOD) as driver:
        yield driver


@pytest.mark.manual("M7")
def test_an_industry_without_colours_is_not_asked_about_them(food: Driver) -> None:
    page = food.open_page("sale")
    assert not page.head.matrix.isVisible()
    food.open_page("goods").new_product()
    food.find(QWidget, "product_dialog")
    assert food.absent("product_dialog.has_variants")
    _press(food, "product_dialog.cancel_button")
    food.open_page("settings", section="进销存参数")
    for name in ("attributes_switch", "matrix_switch"):
        food.idle()
        food.find(Switch, f"settings_page.{name}").click()
    food.until(lambda: food.program.ready.account_sets.info().defaults.matrix_entry)
    food.idle()
    food.open_page("goods").new_product()
    assert food.find(Tick, "product_dialog.has_variants").isVisible()


@pytest.mark.manual("M7")
def test_with_colours_and_sizes_both_are_offered(desk: Driver) -> None:
    assert desk.open_page("sale").head.matrix.isVisible()
    desk.open_page("goods").new_product()
    assert desk.find(Tick, "product_dialog.has_variants").isVisible()


@pytest.mark.manual("M9", "M10", "M11")
def test_an_answer_is_changed_in_the_settings_until_a_figure_rests_on_it(desk: Driver) -> None:
    sets = desk.program.ready.account_sets
    page = desk.open_page("settings", section="账套")
    tax = desk.find(SegmentedChoice, "settings_page.computes_tax_choice")
    desk.until(
        lambda: tax.isEnabled() and "2019-03-01" in page.findChild(QLineEdit, "settings_page.start_date_field").text()
    )
    desk.until(lambda: tax.value() is False)
    QTest.keyClick(tax, Qt.Key.Key_Left)
    desk.until(lambda: sets.info().computes_tax)
    desk.idle()
    _sell_one(desk)
    desk.until(lambda: not tax.isEnabled())
    assert "已经有购货或销货单据，不能再改" in _words(page)
    assert not page.findChild(QWidget, "settings_page.start_date_field").isEnabled()
    review = desk.find(SegmentedChoice, "settings_page.needs_review_choice")
    assert review.isEnabled()
    QTest.keyClick(review, Qt.Key.Key_Left)
    desk.until(lambda: sets.info().needs_review)


def _sell_one(desk: Driver) -> None:
    from decimal import Decimal

    from jdy_desktop.models.states import DocumentKind
    from jdy_desktop.services.book.documents import SaveDocument, SaveLine
    from jdy_desktop.services.book.products import SaveProduct, SaveSku

    services = desk.program.ready
    product = services.products.save(SaveProduct("a", "苹果", (SaveSku(),), allow_negative=True))
    sku = services.products.product(product).skus[0].id
    customer = services.parties.customers("零售")[0].id
    services.documents.save(
        SaveDocument(
            kind=DocumentKind.SALE, client_key=services.documents.new_client_key(), day=desk.program.ctx.clock.today(),
            lines=(SaveLine(sku, Decimal(1), Decimal(2)),), customer_id=customer,
        )
    )  # fmt: skip
