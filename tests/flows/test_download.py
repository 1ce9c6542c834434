"""Manual 4.2: 下载 in the real window against the practice market over HTTP."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QRadioButton, QWidget

from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.states import DownloadMode, DownloadRange
from jdy_desktop.services.channel.downloads import DownloadReport, DownloadRequest, Downloads
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views.dialogs.download_dialog import DownloadDialog
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import NoteRow, ProgressBand
from jdy_desktop.views.widgets.fields import FilterCombo
from tests.support.match_desk import CTRL, MatchDesk, texts
from tests.support.program import Driver

SHIRT, PET, OFF_SHELF = "588616757513", "588708880891", "588720100013"


def _open(match: MatchDesk) -> DownloadDialog:
    match.page.table.setFocus()
    match.press(Qt.Key.Key_D, CTRL)
    return match.desk.find(DownloadDialog, "download_dialog")


def _choose(desk: Driver, *, mode: DownloadMode | None = None, ids: str | None = None) -> None:
    if mode is not None:
        desk.find(QRadioButton, f"download_dialog.mode_{mode.value}").click()
    if ids is not None:
        desk.find(QRadioButton, f"download_dialog.range_{DownloadRange.SOME.value}").click()
        desk.find(QPlainTextEdit, "download_dialog.ids_edit").setPlainText(ids)


def _run(desk: Driver) -> None:
    desk.find(KeyButton, "download_dialog.ok_button").click()
    assert desk.absent("download_dialog")
    desk.idle()


@pytest.mark.manual("M53", "M54", "M55", "M56", "M57")
def test_the_dialog_has_the_manuals_words(desk: Driver) -> None:
    desk.authorize(0)
    match = MatchDesk(desk)
    dialog = _open(match)
    words = texts(dialog)
    for word in ("下载", "店铺", "下载方式", "下载范围"):
        assert word in words.split("\n")
    buttons = [button.text() for button in dialog.findChildren(QAbstractButton) if button.isVisible()]
    for word in (
        "下载后自动在系统创建相同商品",
        "仅下载线上商品信息",
        "全部",
        "部分",
        "操作指引",
        "播放视频",
        "取消",
        "确定",
    ):
        assert word in buttons
    shop = desk.find(FilterCombo, "download_dialog.shop_combo")
    assert (shop.currentText(), shop.isEnabled()) == ("AOP对外测试账号02", False)
    QTest.keyClick(dialog, Qt.Key.Key_F1)
    guide = desk.find(QWidget, "message_dialog")
    assert "offer/ 后面的那一串数字" in texts(guide)
    desk.find(KeyButton, "message_dialog.ok_button").click()
    desk.find(KeyButton, "download_dialog.cancel_button").click()
    assert match.rows() == []


@pytest.mark.manual("M54")
def test_with_two_shops_the_filtered_one_is_preset(desk: Driver) -> None:
    desk.authorize(0)
    second = desk.authorize(1)
    match = MatchDesk(desk)
    assert match.page.filters.shop.value() is None
    match.page.filters.shop.set_value(second)
    desk.idle()
    _open(match)
    shop = desk.find(FilterCombo, "download_dialog.shop_combo")
    assert (shop.value(), shop.isEnabled()) == (second, True)
    name = shop.currentText()
    _run(desk)
    assert {row.shop for row in match.rows()} == {name}
    assert "589100200001" in {row.offer_id for row in match.rows()}


@pytest.mark.manual("M56", "M57", "M58", "M59", "M60", "M62", "M90")
@pytest.mark.parametrize("ids", [None, f"{SHIRT}，{PET}"])
@pytest.mark.parametrize("mode", list(DownloadMode))
def test_the_four_combinations(desk: Driver, mode: DownloadMode, ids: str | None) -> None:
    desk.authorize(0)
    match = MatchDesk(desk)
    _open(match)
    _choose(desk, mode=mode, ids=ids)
    _run(desk)
    rows = match.rows()
    offers = {row.offer_id for row in rows}
    on_shelf = {str(one["productID"]) for one in match.desk.market.world.catalogue.by_id("alitestforisv02")} - {
        OFF_SHELF
    }
    assert offers == (on_shelf if ids is None else {SHIRT, PET})
    creates = mode is DownloadMode.CREATE
    assert {row.is_matched for row in rows} == {creates}
    assert len(match.product_ids()) == (len(offers) if creates else 0)
    assert match.counts() == ((str(len(rows)), "0") if creates else ("0", str(len(rows))))
    assert desk.absent("match_page.download_band")


@pytest.mark.manual("M59", "M61")
def test_what_was_understood_of_the_text_is_told(desk: Driver) -> None:
    desk.authorize(0)
    match = MatchDesk(desk)
    _open(match)
    _choose(desk, ids="")
    desk.find(KeyButton, "download_dialog.ok_button").click()
    told = desk.find(QLabel, "download_dialog.understood")
    assert "没有认出 offerid" in told.text()
    for text, words in (
        (f"{SHIRT},{PET}", "认出 2 个 offerid。"),
        (f"https://detail.1688.com/offer/{SHIRT}.html?spm=a2", "认出 1 个 offerid。"),
        (f"{SHIRT}，{PET}\nhttps://detail.1688.com/offer/{SHIRT}.html", "认出 2 个 offerid，去掉 1 个重复。"),
        (f"{SHIRT} 男士衬衫", "认出 1 个 offerid，看不懂 1 处：男士衬衫。"),
    ):
        desk.find(QPlainTextEdit, "download_dialog.ids_edit").setPlainText(text)
        assert told.text().startswith(words)
    _run(desk)
    assert {row.offer_id for row in match.rows()} == {SHIRT}


@pytest.mark.manual("M59")
def test_an_unknown_id_is_named_in_the_result(desk: Driver) -> None:
    desk.authorize(0)
    match = MatchDesk(desk)
    _open(match)
    _choose(desk, ids=f"{SHIRT},999999999999")
    _run(desk)
    report = desk.find(QWidget, "download_report")
    text = desk.find(QPlainTextEdit, "download_report.text").toPlainText()
    assert "1688 上没有这些 offerid" in text
    assert "999999999999" in text
    assert SHIRT not in text
    assert "下载了 1 个宝贝" in texts(report)
    desk.find(KeyButton, "download_report.copy_button").click()
    assert "999999999999" in QGuiApplication.clipboard().text()
    desk.find(KeyButton, "download_report.ok_button").click()
    assert desk.absent("match_page.download_result")


def test_code_clashes_are_named_as_text(desk: Driver) -> None:
    desk.authorize(0)
    match = MatchDesk(desk)
    _open(match)
    _run(desk)
    text = desk.find(QPlainTextEdit, "download_report.text").toPlainText()
    assert "588720100033 贝壳工艺香薰摆件 礼盒装：货号 SP18811，商品代码 SP18811-0033" in text
    assert "“天蓝色”" in text
    assert "“色调”" in text
    assert "“颜色”" in text
    desk.find(KeyButton, "download_report.ok_button").click()


@pytest.mark.manual("M26", "M53")
def test_option_two_of_the_authorization_downloads_at_once(desk: Driver) -> None:
    shop_id = desk.authorize(0)
    page = desk.open_page("match", download_all=shop_id)
    desk.until(lambda: page.table.rows_model().rowCount() > 0)
    desk.idle()
    match = MatchDesk(desk)
    assert match.counts()[1] == "0"
    assert int(match.counts()[0]) > 100
    desk.find(KeyButton, "download_report.ok_button").click()


@pytest.mark.manual("M86", "M87")
def test_new_titles_come_into_the_list_and_leave_the_goods_alone(desk: Driver) -> None:
    desk.authorize(0)
    match = MatchDesk(desk)
    _open(match)
    _choose(desk, ids="588640312701")
    _run(desk)
    old = match.rows()[0].product_name
    assert old.startswith("2018夏季新款")
    offer = desk.market.world.catalogue.keep(588640312701)
    offer["subject"] = "2019年夏季新款T恤大批发小猫图案"
    _open(match)
    _choose(desk, mode=DownloadMode.INFO_ONLY, ids="588640312701")
    _run(desk)
    rows = match.rows()
    assert [(row.title, row.product_name, row.is_matched) for row in rows] == [
        ("2019年夏季新款T恤大批发小猫图案", old, True)
    ] * 3
    assert {row[2] for row in match.shown()} == {"2019年夏季新款T恤大批发小猫图案"}
    assert "更新 1 个" in match.toast()


def _held_download(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], object]:
    """Downloads stop after the first page until the event is set: the clerk has time to look."""
    import threading

    go, seen = threading.Event(), []
    step = JobContext.step

    def slow(self: JobContext, done: int, total: int, note: str = "") -> None:
        step(self, done, total, note)
        if note == "offers":
            seen.append(done)
            while not go.wait(0.01):
                self.check()

    monkeypatch.setattr(JobContext, "step", slow)
    return seen, go


def test_the_band_shows_and_cancel_keeps_what_came(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.authorize(0)
    match = MatchDesk(desk)
    seen, go = _held_download(desk, monkeypatch)
    _open(match)
    desk.find(KeyButton, "download_dialog.ok_button").click()
    band = desk.find(ProgressBand, "match_page.download_band")
    desk.until(lambda: seen and "个宝贝" in texts(band) and match.shown())
    assert "正在下载 AOP对外测试账号02" in texts(band)
    # Work goes on beside it: the list can be searched while the download waits.
    match.page.filters.search.setText("sp32501")
    desk.until(lambda: match.shown() and all(row[1] == "sp32501" for row in match.shown()))
    match.page.filters.search.setText("")
    desk.find(KeyButton, "match_page.download_band_cancel_button").click()
    desk.idle()
    assert desk.absent("match_page.download_band")
    assert "下载已停下" in desk.find(QWidget, "notice_card").accessibleName()
    kept = len({row.offer_id for row in match.rows()})
    assert 0 < kept < 29
    # And it is offered to go on where it stopped.
    go.set()  # type: ignore[attr-defined]
    _open(match)
    note = desk.find(NoteRow, "download_dialog.resume_note")
    assert f"已下载 {kept} 个宝贝" in texts(note)
    note.repaired.emit()
    desk.idle()
    assert len({row.offer_id for row in match.rows()}) == 29
    assert desk.program.ready.downloads.unfinished(match.page.filters.shop.value()) is None
    desk.find(KeyButton, "download_report.ok_button").click()


def test_closing_the_tab_does_not_stop_a_download(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.authorize(0)
    match = MatchDesk(desk)
    seen, go = _held_download(desk, monkeypatch)
    _open(match)
    desk.find(KeyButton, "download_dialog.ok_button").click()
    desk.until(lambda: seen)
    assert desk.program.window is not None
    desk.program.window.close_page("match")
    page = desk.program.open_page("match")
    desk.until(lambda: page.band.isVisible())
    go.set()  # type: ignore[attr-defined]
    desk.idle()
    assert len(page.table.rows_model().ids) == 20
    assert "29 个宝贝" in texts(desk.find(QWidget, "download_report"))
    desk.find(KeyButton, "download_report.ok_button").click()


def test_a_line_that_breaks_is_told_and_loses_nothing(desk: Driver) -> None:
    shop_id = desk.authorize(0)
    match = MatchDesk(desk)
    desk.market.world.faults.add("no_permission")
    _open(match)
    _run(desk)
    card = desk.find(QWidget, "notice_card").accessibleName()
    assert "下载没有做完" in card
    assert "没有权限" in card
    assert desk.absent("match_page.download_band")
    desk.market.world.faults.clear("no_permission")
    assert desk.program.ready.downloads.unfinished(ShopId(shop_id)) is not None


def test_failed_offers_are_named_with_their_reason(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.authorize(0)
    match = MatchDesk(desk)
    report = DownloadReport(
        run_id=1, offers=3, created=2, linked=0, added=3, updated=0, unchanged=0,
        failed=(("588<b>1</b>", "bad_price"),), unknown_ids=(), clashes=(), code_clashes=(), missed=2, is_complete=False,
    )  # fmt: skip

    def run(self: Downloads, job: JobContext, request: DownloadRequest, resume_id: int | None = None) -> DownloadReport:
        return report

    monkeypatch.setattr(Downloads, "run", run)
    _open(match)
    _run(desk)
    text = desk.find(QPlainTextEdit, "download_report.text").toPlainText()
    assert "588<b>1</b>：1688 给的资料看不懂（bad_price）" in text
    assert "1688 的列表里少了宝贝" in text
    assert "2 个" in text
    desk.find(KeyButton, "download_report.ok_button").click()
