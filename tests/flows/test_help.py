"""帮助: F1 opens the guide at the page or dialog in front; the guide names what is there (M13, M47, M111, M145, M160, M161)."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

import jdy_desktop
from jdy_desktop.services.machine.folders import resource
from jdy_desktop.views import keys
from jdy_desktop.views.help_book import FAQ, GUARANTEED_TRADE, LARGE_PAYMENTS, LINKS, HelpBook, plain_text, shown_text
from jdy_desktop.views.help_window import HelpWindow
from jdy_desktop.views.page_specs import page_specs
from jdy_desktop.views.widgets.buttons import IconButton, KeyButton, LinkButton
from jdy_desktop.views.widgets.fields import Field
from jdy_desktop.views.widgets.menu import MenuPopup
from tests.support.program import Driver

VIEWS = Path(jdy_desktop.__file__).parent / "views"
ROOT = Path(jdy_desktop.__file__).parent.parent
#: Dialogs of no page of their own: F1 in them explains the page below.
GENERAL = {
    *("message_dialog", "confirm_dialog", "crash_dialog", "columns_dialog", "help_window", "link_dialog", "dialog"),
}


@pytest.fixture(scope="module")
def book() -> HelpBook:
    return HelpBook()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses the system's browser was asked for."""
    asked: list[str] = []

    def open_url(url: QUrl) -> bool:
        asked.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return asked


def guide_of(desk: Driver) -> HelpWindow:
    window = desk.program.window
    assert window is not None
    desk.until(lambda: window.findChild(HelpWindow, "help_window") is not None)
    found = window.findChild(HelpWindow, "help_window")
    assert isinstance(found, HelpWindow)
    desk.until(found.isVisible)
    return found


def in_guide(guide: HelpWindow, kind: type[Any], name: str) -> Any:
    found = guide.findChild(kind, name)
    assert found is not None, name
    return found


# ---- what the files hold
def test_every_page_has_its_chapter(book: HelpBook) -> None:
    missing = [spec.id for spec in page_specs(None) if not book.knows(spec.id)]  # type: ignore[arg-type]
    assert missing == []


def dialog_names() -> set[str]:
    """Object names given to dialogs anywhere in the views."""
    found = set()
    for path in VIEWS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                for word in node.keywords:
                    if word.arg == "name" and isinstance(word.value, ast.Constant):
                        name = str(word.value.value)
                        if name.endswith(("_dialog", "_window", "_prompt", "_chooser", "_picker")):
                            found.add(name)
    return found


def test_every_dialog_leads_to_a_chapter(book: HelpBook) -> None:
    """One that is named in the contents to its own; the others to the page below them."""
    names = dialog_names()
    assert {"code_window", "goods_picker", "payment_dialog"} <= names
    own = {name for name in names if book.knows(name)}
    assert len(own) > 20
    for name in names:
        assert book.chapter_of(name, "sale").file == (book.chapter_of(name).file if name in own else "sale")


def test_every_link_and_picture_is_there(book: HelpBook) -> None:
    links = 0
    for chapter in book.chapters:
        for target in re.findall(r"\]\(([^)]+)\)", chapter.text):
            if target.startswith("http"):
                assert target in {url for _name, url in LINKS}, target
                continue
            links += 1
            address, _, heading = target.partition("#")
            if address.endswith(".md"):
                other = book.chapter(address)
                assert other is not None, f"{chapter.file}: {target}"
                assert not heading or re.search(rf"^#+ {re.escape(heading)}$", other.text, re.MULTILINE), target
            else:
                assert (book.folder / address).stat().st_size < 100_000, target
    assert links > 30
    pictures = {path.name for path in (book.folder / "pictures").iterdir()}
    used = set(re.findall(r"pictures/([\w.]+)", " ".join(chapter.text for chapter in book.chapters)))
    assert pictures == used


def test_every_chapter_is_in_the_contents(book: HelpBook) -> None:
    assert {path.stem for path in book.folder.glob("*.md")} == {chapter.file for chapter in book.chapters}
    topics = [topic for chapter in book.chapters for topic in chapter.topics]
    assert len(topics) == len(set(topics))


def screen_words() -> str:
    """Every text literal of the program but what explains the code."""
    found = []
    for path in (Path(jdy_desktop.__file__).parent).rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        notes = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, holders)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in notes:
                found.append(node.value)
    return "\n".join(found)


#: Quoted in the guide, but not words of this program: 1688's pages, examples of the manual, the phone program, signs.
ELSEWHERE = {
    *(
        "红色",
        "X",
        "天蓝",
        "天蓝色",
        "颜色",
        "色调",
        "男士秋季衬衫量大可批发",
        "我的—更多设置—关于精斗云",
        "融易收",
        "?",
    ),
}


def test_labels_in_quotes_are_words_of_the_program(book: HelpBook) -> None:
    words = screen_words()
    missing = []
    for chapter in book.chapters:
        for label in re.findall(r"“([^”]+)”", chapter.text):
            missing += [
                f"{chapter.file}: {part}"
                for part in re.split("、", label)
                if part not in words and part not in ELSEWHERE
            ]
    assert missing == []


def test_the_guide_of_docs_is_the_same_text(book: HelpBook) -> None:
    listed = (ROOT / "docs" / "user-guide.md").read_text("utf-8")
    for chapter in book.chapters:
        assert f"[{chapter.title}](../resources/help/{chapter.address})" in listed


def test_the_list_of_keys_is_the_key_map(book: HelpBook) -> None:
    chapter = book.chapter("keys.md")
    assert chapter is not None
    shown = shown_text(chapter)
    for action in keys.ACTIONS:
        assert f"| {action.text} | `{keys.current().hint(action.id)}` |" in shown


def test_search_finds_words_in_any_order(book: HelpBook) -> None:
    hits = book.search("扫码 锁定")
    assert book.chapter("code.md") in [hit.chapter for hit in hits]
    assert book.search("匹配")[0].chapter.file == "match"
    assert book.search("没有这样的词") == ()
    assert book.search("  ") == ()


# ---- rows of the manual
@pytest.mark.manual("M13")
def test_the_guide_says_why_the_two_codes_are_left_out(book: HelpBook) -> None:
    text = book.chapter_of("start_wizard").text
    assert "精斗云app下载、精斗云微信公众号" in text
    assert "特意不放" in text
    assert (ROOT / "docs" / "decisions" / "0004-no-advertising-codes.md").exists()


@pytest.mark.manual("M47", "M48")
def test_the_guide_keeps_a_scheme_of_codes(book: HelpBook) -> None:
    text = plain_text(book.chapter_of("match").text)
    assert "宝贝“男士秋季衬衫量大可批发”的货号是 sp32501" in text
    assert "sp32501_001、sp32501_002、sp32501_003" in text
    assert "导出货号–商品列表…" in text
    assert "后面更改了关键字，也要同步到表里" in text


@pytest.mark.manual("M104", "M111")
def test_the_guide_tells_the_order_of_preference(book: HelpBook) -> None:
    for topic in ("match", "publish"):
        assert "商品建档优先级：商品下载>商品匹配>商品发布" in book.chapter_of(topic).text
    assert "选看，目前很少用" in book.chapter_of("publish").text


# ---- acting
def press_f1(desk: Driver, target: QWidget | None = None) -> None:
    aim = target or desk.program.window
    assert aim is not None
    QTest.keyClick(aim, Qt.Key.Key_F1)


def test_f1_opens_the_chapter_of_the_page_in_front(desk: Driver) -> None:
    for page_id, title in (("sale", "销货单"), ("match", "商品匹配和下载"), ("settings", "设置"), ("reports", "报表")):
        desk.open_page(page_id)
        press_f1(desk)
        guide = guide_of(desk)
        assert guide.title.text() == title
        guide.close()


def test_f1_in_a_dialog_opens_its_chapter_and_the_dialog_stays(desk: Driver) -> None:
    desk.open_page("customers")
    desk.find(KeyButton, "customers_page.new_button").click()
    dialog = desk.find(QWidget, "party_dialog")
    press_f1(desk, desk.find(Field, "party_dialog.name_field"))
    guide = guide_of(desk)
    assert guide.title.text() == "客户、供应商、收付款与对账"
    QTest.keyClick(guide, Qt.Key.Key_Escape)
    desk.until(lambda: not guide.isVisible())
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_general_dialog_leads_to_the_page_below_it(desk: Driver) -> None:
    from jdy_desktop.services.errors import UserError

    desk.open_page("stock")
    desk.program.tell_error(UserError("lines_empty"))
    press_f1(desk, desk.find(QWidget, "message_dialog"))
    assert guide_of(desk).title.text() == "库存与成本"
    QTest.keyClick(desk.find(QWidget, "message_dialog"), Qt.Key.Key_Escape)


def test_the_guide_goes_with_the_window(desk: Driver) -> None:
    press_f1(desk)
    guide = guide_of(desk)
    window = desk.program.window
    assert window is not None
    window.hide()
    assert not guide.isVisible()
    window.show()


def test_contents_links_back_and_forward(desk: Driver) -> None:
    desk.open_page("match")
    press_f1(desk)
    guide = guide_of(desk)
    assert not guide.back.isEnabled()
    guide.pages.follow(QUrl("publish.md"))
    assert guide.title.text() == "商品发布"
    assert guide.list.currentItem().text() == "商品发布"
    in_guide(guide, IconButton, "help_window.back_button").click()
    assert guide.title.text() == "商品匹配和下载"
    in_guide(guide, IconButton, "help_window.forward_button").click()
    assert guide.title.text() == "商品发布"
    guide.list.setFocus()
    QTest.keyClick(guide.list, Qt.Key.Key_Down)
    assert guide.title.text() == "报表"
    guide.pages.follow(QUrl("faq.md#大额支付"))
    assert guide.pages.textCursor().block().text() == "大额支付"
    guide.close()


def test_searching_in_the_guide(desk: Driver) -> None:
    desk.open_page("sale")
    press_f1(desk)
    guide = guide_of(desk)
    guide.search.setFocus()
    desk.type(guide.search, "抹零")
    desk.until(lambda: guide.list.count() < len(guide.book.chapters))
    assert guide.list.item(0).text().startswith("销货单\n")
    assert guide.pages.textCursor().selectedText() == "抹零"
    desk.type(guide.search, "没有的词")
    desk.until(lambda: guide.list.item(0).text().startswith("没有找到"))
    guide.search.clear()
    desk.until(lambda: guide.list.count() == len(guide.book.chapters))
    guide.close()


def test_nothing_outside_the_guide_is_read(desk: Driver) -> None:
    press_f1(desk)
    guide = guide_of(desk)
    assert guide.pages.loadResource(2, QUrl("pictures/sale.png")) is not None
    assert guide.pages.loadResource(2, QUrl("../practice/catalogue.json")) is None
    assert guide.pages.loadResource(2, QUrl("https://cs.jdy.com/x.png")) is None
    guide.close()


@pytest.fixture
def menu(desk: Driver) -> MenuPopup:
    desk.open_page("sale")
    desk.find(IconButton, "tab_strip.help_button").click()
    return desk.find(MenuPopup, "help_menu")


@pytest.mark.manual("M160", "M161", "M145")
@pytest.mark.parametrize("link", [FAQ, LARGE_PAYMENTS, GUARANTEED_TRADE])
def test_the_help_menu_opens_the_platforms_pages(
    desk: Driver, menu: MenuPopup, browser: list[str], link: tuple[str, str]
) -> None:
    """The address is shown first; nothing is opened when the clerk does not want it."""
    name, address = link
    menu.choose(menu.words().index(name))
    guide = guide_of(desk)
    assert guide.title.text() == "常见问题"
    dialog = in_guide(guide, QWidget, "link_dialog")
    assert any(address in label.text() for label in dialog.findChildren(QWidget) if hasattr(label, "text"))
    assert browser == []
    in_guide(guide, KeyButton, "link_dialog.no_button").click()
    assert browser == []
    guide.open_web(address)
    desk.until(lambda: guide.findChild(KeyButton, "link_dialog.yes_button") is not None)
    guide.findChildren(KeyButton, "link_dialog.yes_button")[-1].click()
    assert [QUrl(one) for one in browser] == [QUrl(address)]
    guide.close()


@pytest.mark.manual("M161")
def test_the_code_window_names_large_payments() -> None:
    from jdy_desktop.views.dialogs import code_window

    assert code_window.LARGE_PAYMENTS == LARGE_PAYMENTS[1] == "https://cs.jdy.com/article/1552618821953"


def test_a_link_in_the_text_asks_too(desk: Driver, browser: list[str]) -> None:
    press_f1(desk)
    guide = guide_of(desk)
    in_guide(guide, LinkButton, "help_window.link_1").click()
    in_guide(guide, KeyButton, "link_dialog.yes_button").click()
    assert browser == [LARGE_PAYMENTS[1]]
    guide.pages.follow(QUrl(GUARANTEED_TRADE[1]))
    assert len(browser) == 1
    guide.findChildren(KeyButton, "link_dialog.yes_button")[-1].click()
    assert browser[-1] == GUARANTEED_TRADE[1]
    guide.close()


def test_the_wizard_has_help(first_start: Driver) -> None:
    wizard = first_start.program.wizard
    assert wizard is not None
    QTest.keyClick(wizard, Qt.Key.Key_F1)
    first_start.until(lambda: wizard.findChild(HelpWindow, "help_window") is not None)
    guide = wizard.findChild(HelpWindow, "help_window")
    assert isinstance(guide, HelpWindow)
    assert guide.title.text() == "开始使用"
    guide.close()


def test_a_change_of_keys_shows_in_the_guide(desk: Driver) -> None:
    chapter = HelpBook().chapter("keys.md")
    assert chapter is not None
    keys.current().set_sequence("finish", "F10")
    try:
        assert "| 完成 | `F10` |" in shown_text(chapter)
    finally:
        keys.current().reset()


def test_the_guide_lies_with_the_program() -> None:
    assert resource("help", "contents.json").exists()
