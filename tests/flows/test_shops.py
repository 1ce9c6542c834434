"""Manual 3: authorize a shop in the real window, choose its market, verify it again."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.states import AuthState
from jdy_desktop.services.channel.downloads import DownloadRequest
from jdy_desktop.services.queries.goods import GoodsFilter
from jdy_desktop.services.queries.matches import MatchFilter
from jdy_desktop.views.dialogs.authorize_dialog import AuthorizeDialog
from jdy_desktop.views.dialogs.oauth_view import OAuthPage, may_open
from jdy_desktop.views.pages.shops_page import ShopsPage
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.choice_card import ChoiceCard
from jdy_desktop.views.widgets.fields import SearchField
from tests.support.program import Driver, callback_after_login

COLUMNS = ["登录账户", "店铺名称", "*市场名称", "部门", "授权是否过期", "日志"]


def _page(desk: Driver, **arguments: Any) -> ShopsPage:
    page = desk.open_page("shops", **arguments)
    assert isinstance(page, ShopsPage)
    return page


def _words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def _cell(page: ShopsPage, row: int, title: str) -> str:
    model = page.table.rows_model()
    column = next(i for i, c in enumerate(model.columns) if c.title == title)
    return model.cell_text(row, column)


def _open_login(desk: Driver, option: int = 1) -> AuthorizeDialog:
    desk.find(KeyButton, "shops_page.authorize_button").click()
    desk.find(ChoiceCard, f"shop_prompt.option_{option}").click()
    desk.find(KeyButton, "shop_prompt.ok_button").click()
    return desk.find(AuthorizeDialog, "authorize_dialog")


def _type_into_login(desk: Driver, dialog: AuthorizeDialog, account: str, password: str, agree: bool = True) -> None:
    view = dialog.view
    assert view is not None
    _wait_for_form(desk, dialog)
    script = (
        f"document.querySelector('[name=account]').value={account!r};"
        f"document.querySelector('[name=password]').value={password!r};"
        f"document.querySelector('[name=agree]').checked={'true' if agree else 'false'};"
        "document.querySelector('[name=authorize]').click()"
    )
    view.page().runJavaScript(script)


def _wait_for_form(desk: Driver, dialog: AuthorizeDialog) -> None:
    desk.until(lambda: "授权并登录" in _page_text(desk, dialog), timeout=20_000)


def _page_text(desk: Driver, dialog: AuthorizeDialog) -> str:
    heard: list[str] = []
    assert dialog.view is not None
    dialog.view.page().runJavaScript("document.body ? document.body.innerText : ''", heard.append)
    desk.until(lambda: heard)
    return heard[0]


@pytest.mark.manual("M22", "M32", "M35")
def test_page_has_the_manuals_columns_and_buttons(desk: Driver) -> None:
    page = _page(desk)
    titles = [c.title for c in page.table.rows_model().columns if c.title]
    assert titles == COLUMNS
    texts = [desk.find(KeyButton, f"shops_page.{b}_button").text() for b in ("authorize", "verify", "refresh")]
    assert texts == ["店铺授权", "店铺验权", "刷新"]


@pytest.mark.manual("M24", "M25", "M26", "M31")
def test_prompt_offers_two_options_and_the_reminder(desk: Driver) -> None:
    _page(desk)
    desk.find(KeyButton, "shops_page.authorize_button").click()
    first, second = (desk.find(ChoiceCard, f"shop_prompt.option_{n}") for n in (1, 2))
    assert first.isChecked()
    assert not second.isChecked()
    assert second.text() == "授权成功后，请帮我下载全部商品并自动创建到精斗云系统中"
    prompt = desk.find(QWidget, "shop_prompt")
    assert "购买成功后请到精斗云1688E经营模块授权店铺" in _words(prompt)
    assert "每授权一个店铺之前，都需要去 1688 应用市场 (fuwu.1688.com) 订购应用" in _words(prompt)


@pytest.mark.manual("M25", "M27", "M28", "M29", "M30", "M33", "M34")
def test_authorize_in_the_embedded_page(desk: Driver) -> None:
    page = _page(desk)
    dialog = _open_login(desk, option=1)
    assert "输入 1688 主账号" in _words(dialog)
    assert "先订购应用" in _words(dialog)
    assert dialog.view is not None
    view = dialog.view
    desk.until(lambda: "site=1688" in view.url().toString())
    url = view.url().toString()
    assert "redirect_uri=" in url
    assert "state=" in url
    who = desk.market.ready["accounts"][0]
    _type_into_login(desk, dialog, who["account"], who["password"])
    desk.until(lambda: desk.absent("authorize_dialog"))
    desk.until(lambda: page.table.rows_model().rowCount() == 1)
    assert _cell(page, 0, "登录账户") == who["account"]
    assert _cell(page, 0, "授权是否过期") == "有效"
    assert _cell(page, 0, "日志").startswith("获取授权成功")
    desk.idle()
    assert desk.program.ready.goods_list.ids(GoodsFilter()) == []
    assert desk.program.ready.match_list.ids(MatchFilter()) == []


@pytest.mark.manual("M28")
@pytest.mark.parametrize(
    ("account", "password", "agree", "said"),
    [
        ("alitestforisv02", "wrong", True, "密码"),
        ("alitestforisv02", "practice02", False, "同意"),
        ("alitestforisv02:xiaomei", "practice02", True, "主账号"),
    ],
)
def test_a_refused_login_leaves_everything_as_it_was(
    desk: Driver, account: str, password: str, agree: bool, said: str
) -> None:
    _page(desk)
    dialog = _open_login(desk)
    _type_into_login(desk, dialog, account, password, agree)
    desk.until(lambda: said in _page_text(desk, dialog))
    assert desk.program.ready.shops.rows() == ()
    desk.find(KeyButton, "authorize_dialog.cancel_button").click()
    desk.until(lambda: desk.absent("authorize_dialog"))


@pytest.mark.manual("M27")
def test_a_callback_with_a_wrong_state_is_refused(desk: Driver) -> None:
    _page(desk)
    dialog = _open_login(desk)
    view = dialog.view
    assert view is not None
    _wait_for_form(desk, dialog)
    redirect = dict(p.split("=", 1) for p in view.url().query().split("&"))["redirect_uri"]
    view.load(QUrl(QUrl.fromPercentEncoding(redirect.encode()) + "?code=abc&state=forged"))
    desk.until(
        lambda: (
            "没有" in _words(dialog) and "重新打开登录页" in [b.text() for b in dialog.findChildren(QAbstractButton)]
        )
    )
    assert desk.program.ready.shops.rows() == ()
    desk.find(KeyButton, "authorize_dialog.cancel_button").click()


def test_the_login_page_may_lead_only_to_the_platform() -> None:
    good = ("https://auth.1688.com/x", "https://login.taobao.com/x", "https://login.1688.com/")
    bad = (
        "http://auth.1688.com/",
        "https://1688.com.evil.example/",
        "https://evil1688.com/",
        "https://user@auth.1688.com/",
        "file:///etc/passwd",
        "data:text/html,x",
        "javascript:alert(1)",
        "https://127.0.0.1/",
    )
    assert all(may_open(QUrl(u), "auth.1688.com") for u in good)
    assert not any(may_open(QUrl(u), "auth.1688.com") for u in bad)
    assert may_open(QUrl("http://127.0.0.1:8000/x"), "127.0.0.1")


def test_the_web_view_is_closed_in(desk: Driver) -> None:
    from PySide6.QtWebEngineCore import QWebEngineSettings

    _page(desk)
    dialog = _open_login(desk)
    view = dialog.view
    assert view is not None
    page = view.page()
    assert isinstance(page, OAuthPage)
    assert page.profile().isOffTheRecord()
    off = QWebEngineSettings.WebAttribute
    for attribute in (
        off.JavascriptCanOpenWindows,
        off.LocalStorageEnabled,
        off.LocalContentCanAccessFileUrls,
        off.WebGLEnabled,
    ):
        assert not page.settings().testAttribute(attribute)
    policy = page.settings().unknownUrlSchemePolicy()
    assert policy == QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
    desk.find(KeyButton, "authorize_dialog.cancel_button").click()


@pytest.mark.manual("M26", "M53")
def test_option_2_downloads_and_creates_what_is_on_the_shelf(desk: Driver) -> None:
    _page(desk)
    dialog = _open_login(desk, option=2)
    who = desk.market.ready["accounts"][1]
    _type_into_login(desk, dialog, who["account"], who["password"])
    desk.until(lambda: len(desk.program.ready.shops.rows()) == 1)
    on_shelf = sum(1 for o in desk.market.world.catalogue.by_id(who["account"]) if o["status"] == "published")
    desk.until(lambda: len(desk.program.ready.goods_list.ids(GoodsFilter())) == on_shelf, timeout=40_000)
    desk.idle()


@pytest.mark.manual("M27")
def test_the_system_browser_is_the_second_way(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    import requests
    from PySide6.QtGui import QDesktopServices

    def browse(url: QUrl) -> bool:
        # The browser of the test: logs in and follows the redirect to the listener on this PC.
        callback = callback_after_login(desk.market, url.toString(), 0)
        assert requests.get(callback, timeout=10).status_code == 200
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", browse)
    _page(desk)
    _open_login(desk)
    desk.find(KeyButton, "authorize_dialog.browser_button").click()
    desk.until(lambda: len(desk.program.ready.shops.rows()) == 1)
    desk.until(lambda: desk.absent("authorize_dialog"))


@pytest.mark.manual("M38", "M39", "M40", "M41")
def test_market_is_chosen_by_pinyin_initials(desk: Driver) -> None:
    shop_id = desk.authorize(market_name=None)
    page = _page(desk)
    desk.until(lambda: page.table.rows_model().rowCount() == 1)
    assert _cell(page, 0, "*市场名称") == "请选择市场"
    assert "市场是商家档口所属的市场名称，如果不知道可以咨询市场管理方" in _words(page)
    page.open_with(shop_id=ShopId(shop_id), edit="market")
    editor = page.table.findChild(QLineEdit)
    assert editor is not None
    popup = desk.find(QWidget, "shops_page.popup")
    QTest.keyClicks(editor, "sjqfz")
    desk.until(lambda: "新增市场“sjqfz”" in [i.title for i in popup.items])  # type: ignore[attr-defined]
    assert popup.items[0].title == "四季青服装市场"  # type: ignore[attr-defined]
    assert popup.items[-1].title == "其他"  # type: ignore[attr-defined]
    QTest.keyClick(editor, Qt.Key.Key_Return)
    desk.until(lambda: desk.program.ready.shops.rows()[0].market == "四季青服装市场")
    window = desk.program.window
    assert window is not None
    toast = window.findChild(QWidget, "toast")
    assert toast is not None
    desk.until(lambda: "下一步到“商品匹配”" in toast.accessibleName())
    desk.until(lambda: _cell(page, 0, "*市场名称") == "四季青服装市场")


@pytest.mark.manual("M23")
def test_department_is_set_in_the_row(desk: Driver) -> None:
    shop_id = desk.authorize()
    desk.program.ready.parties.add_department("批发一部")
    page = _page(desk)
    desk.until(lambda: page.table.rows_model().rowCount() == 1)
    assert page.table.edit_cell(shop_id, "department")
    editor = page.table.findChild(QLineEdit)
    assert editor is not None
    popup = desk.find(QWidget, "shops_page.popup")
    desk.type(editor, "批发")
    desk.until(lambda: [i.title for i in popup.items][:2] == ["批发一部", "新增部门“批发”"])  # type: ignore[attr-defined]
    QTest.keyClick(editor, Qt.Key.Key_Return)
    desk.until(lambda: desk.program.ready.shops.rows()[0].department == "批发一部")


@pytest.mark.manual("M36", "M37")
def test_two_shops_and_the_search(desk: Driver) -> None:
    desk.authorize(0)
    desk.authorize(1)
    page = _page(desk)
    desk.until(lambda: page.table.rows_model().rowCount() == 2)
    QTest.keyClicks(desk.find(SearchField, "shops_page.search_field"), "isv04")
    desk.until(lambda: page.table.rows_model().rowCount() == 1)
    assert _cell(page, 0, "登录账户") == "alitestforisv04"


@pytest.mark.manual("M33", "M42")
def test_an_expired_shop_is_shown_and_verified_again(desk: Driver) -> None:
    shop_id = desk.authorize()
    desk.market.world.expire_access_tokens()
    with desk.program.ready.db.write() as session:
        from jdy_desktop.models.channel import Shop

        shop = session.get(Shop, shop_id)
        assert shop is not None
        shop.is_revoked = True
    page = _page(desk)
    desk.until(lambda: page.table.rows_model().rowCount() == 1)
    desk.until(lambda: _cell(page, 0, "授权是否过期") == "已过期")
    window = desk.program.window
    assert window is not None
    desk.until(lambda: window.banner("expired") is not None)
    desk.find(KeyButton, "shops_page.verify_button").click()
    desk.until(lambda: desk.program.ready.shops.rows()[0].auth_state is AuthState.VALID)
    desk.until(lambda: _cell(page, 0, "授权是否过期") == "有效")
    desk.until(lambda: window.banner("expired") is None)


@pytest.mark.manual("M54")
def test_data_of_two_shops_is_kept_apart(desk: Driver) -> None:
    from jdy_desktop.models.states import DownloadMode, DownloadRange
    from jdy_desktop.services.machine.jobs import JobContext

    first, second = desk.authorize(0), desk.authorize(1)
    request = DownloadRequest(ShopId(second), DownloadMode.INFO_ONLY, DownloadRange.ALL)
    desk.program.ready.downloads.run(JobContext(), request)
    matches = desk.program.ready.match_list
    assert matches.ids(MatchFilter(shop_id=ShopId(first))) == []
    assert len(matches.ids(MatchFilter(shop_id=ShopId(second)))) > 0


def test_esc_in_the_login_page_closes_it(desk: Driver) -> None:
    _page(desk)
    dialog = _open_login(desk)
    _wait_for_form(desk, dialog)
    desk.until(lambda: QApplication.focusWidget() is not None)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    desk.until(lambda: desk.absent("authorize_dialog"), timeout=3_000)


def test_the_login_page_has_the_cursor_and_goes_with_the_window(desk: Driver) -> None:
    page = _page(desk)
    dialog = _open_login(desk)
    view = dialog.view
    assert view is not None
    _wait_for_form(desk, dialog)
    desk.until(lambda: (has := QApplication.focusWidget()) is not None and view.isAncestorOf(has))
    window = desk.program.window
    assert window is not None
    assert window.close()
    assert dialog.view is None
    assert desk.program.runner.running == 0
    assert page is not None


@pytest.mark.manual("M42")
@pytest.mark.expect_log("authorized again")
def test_shops_that_refreshing_does_not_help_get_one_login_page(desk: Driver) -> None:
    for account in (0, 1):
        desk.authorize(account)
        desk.market.world.revoke(desk.market.ready["accounts"][account]["account"])
    page = _page(desk)
    desk.until(lambda: page.table.rows_model().rowCount() == 2)
    page.table.rows_model().tick_all(True)
    desk.find(KeyButton, "shops_page.verify_button").click()
    desk.find(AuthorizeDialog, "authorize_dialog")
    desk.idle()
    assert len([d for d in desk.program.window.findChildren(AuthorizeDialog) if d.isVisible()]) == 1  # type: ignore[union-attr]
    desk.until(lambda: {_cell(page, 0, "授权是否过期"), _cell(page, 1, "授权是否过期")} == {"已过期"})
    desk.find(KeyButton, "authorize_dialog.cancel_button").click()
    desk.until(lambda: desk.absent("authorize_dialog"))


@pytest.mark.manual("M38", "M39")
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
@pytest.mark.parametrize("typed", ["", "zzzz"])
def test_leaving_the_market_cell_changes_nothing_by_itself(desk: Driver, key: Qt.Key, typed: str) -> None:
    shop_id = desk.authorize(market_name="四季青童装市场")
    before = len(desk.program.ready.shops.markets("zzzz"))
    page = _page(desk)
    desk.until(lambda: page.table.rows_model().rowCount() == 1)
    page.open_with(shop_id=ShopId(shop_id), edit="market")
    editor = page.table.findChild(QLineEdit)
    assert editor is not None
    popup = desk.find(QWidget, "shops_page.popup")
    if typed:
        QTest.keyClicks(editor, typed)
        desk.until(lambda: popup.items[0].title == "新增市场“zzzz”")  # type: ignore[attr-defined]
    desk.idle()
    QTest.keyClick(editor, key)
    desk.idle()
    assert desk.program.ready.shops.rows()[0].market == "四季青童装市场"
    assert len(desk.program.ready.shops.markets("zzzz")) == before


@pytest.mark.manual("M40")
def test_a_market_of_ones_own_is_added_with_the_arrow(desk: Driver) -> None:
    shop_id = desk.authorize(market_name=None)
    page = _page(desk)
    desk.until(lambda: page.table.rows_model().rowCount() == 1)
    page.open_with(shop_id=ShopId(shop_id), edit="market")
    editor = page.table.findChild(QLineEdit)
    assert editor is not None
    popup = desk.find(QWidget, "shops_page.popup")
    desk.type(editor, "河边早市")
    desk.until(lambda: popup.items[0].title == "新增市场“河边早市”")  # type: ignore[attr-defined]
    QTest.keyClick(editor, Qt.Key.Key_Down)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    desk.until(lambda: desk.program.ready.shops.rows()[0].market == "河边早市")
