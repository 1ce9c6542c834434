"""The story of the tour: from the first start to a paid code, by the same widgets, keys and clicks as a clerk."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.queries.goods import GoodsFilter
from jdy_desktop.services.queries.matches import MatchFilter
from jdy_desktop.services.queries.pre_orders import PreOrderFilter
from jdy_desktop.views.tour.player import Player, TourFailed

if TYPE_CHECKING:
    from jdy_desktop.services.channel.pre_orders import CodeView
    from jdy_desktop.views.shell import Host

log = logging.getLogger(__name__)

OPENING = (("sp32501_001", "90", "26"), ("sp32701_001", "42", "28"), ("sp32301_001", "64", "19"))
SOLD = ("sp32501_001", "sp32701_001", "sp32301_001")


class Tour:
    """`account` and `password` are the practice market's."""

    def __init__(self, player: Player, host: Host, account: str, password: str) -> None:
        self._p, self._host = player, host
        self._account, self._password = account, password

    def play(self) -> int:
        """All steps; 0 when the code was paid and read back from paper, else 1 with the reason in the report."""
        try:
            for act in (
                self.module, self.authorize, self.market, self.download, self.match, self.goods, self.opening,
                self.sell, self.code, self.paper, self.paid, self.pre_orders,
            ):  # fmt: skip
                act()
        except (TourFailed, JdyError, OSError, AssertionError) as problem:
            log.exception("tour stopped")
            self._p.picture("stopped")
            print(f"没有走完：{problem}", flush=True)
            return self._p.finish(str(problem) or type(problem).__name__)
        return self._p.finish()

    # ---- 1688E经营
    def module(self) -> None:
        p = self._p
        with p.step("启用 1688E 经营模块") as step:
            p.click("banner.module_button")
            p.click("settings_page.module_switch")
            p.wait(lambda: p.shown("nav.shops_item"), "1688E经营 in the navigation")
            p.picture("settings_module", step)

    def authorize(self) -> None:
        from jdy_desktop.views.dialogs.authorize_dialog import AuthorizeDialog

        p = self._p
        with p.step("店铺授权") as step:
            p.click("nav.shops_item")
            p.click("shops_page.authorize_button")
            p.find(QWidget, "shop_prompt.option_1")
            p.picture("shop_prompt")
            p.click("shop_prompt.ok_button")
            dialog = p.find(AuthorizeDialog, "authorize_dialog")
            self._wait_for_form(dialog)
            fill = (
                f"document.querySelector('[name=account]').value={self._account!r};"
                f"document.querySelector('[name=password]').value={self._password!r};"
                "document.querySelector('[name=agree]').checked=true;"
            )
            p.run_script(dialog.view, fill)
            p.settle(0.5)
            p.picture("shop_login", step)
            p.run_script(dialog.view, "document.querySelector('[name=authorize]').click()")
            p.wait(lambda: not p.shown("authorize_dialog"), "the login window to close")
            p.wait(lambda: self._host.ready.shops.rows(), "the shop in the list")

    def _wait_for_form(self, dialog: object) -> None:
        heard: list[str] = []
        view = dialog.view  # type: ignore[attr-defined]

        def there() -> bool:
            view.page().runJavaScript("document.body ? document.body.innerText : ''", heard.append)
            return any("授权并登录" in text for text in heard)

        self._p.wait(there, "the login page")

    def market(self) -> None:
        p = self._p
        with p.step("选择市场") as step:
            shop = self._host.ready.shops.rows()[0]
            page = self._host.open_page("shops")
            p.wait(lambda: page.table.rows_model().rowCount() == 1, "the shop's row")  # type: ignore[union-attr]
            page.table.edit_cell(shop.id, "market")  # type: ignore[union-attr]
            p.type("sjqfz")
            p.wait(lambda: p.shown("shops_page.popup"), "markets to choose from")
            p.picture("shop_market", step)
            p.key(Qt.Key.Key_Return)
            p.wait(lambda: self._host.ready.shops.rows()[0].market == "四季青服装市场", "the market to be stored")

    def download(self) -> None:
        p, services = self._p, self._host.ready
        with p.step("下载商品") as step:
            p.click("nav.match_item")
            p.wait(lambda: self._host.runner.running == 0, "the match page")
            p.click("match_page.download_button")
            p.find(QWidget, "download_dialog")
            p.picture("download", step)
            p.click("download_dialog.ok_button")
            p.wait(lambda: len(services.match_list.ids(MatchFilter())) >= 50, "the offers")
            p.wait(lambda: not p.shown("match_page.download_band"), "the download to end")
            p.wait(lambda: self._host.runner.running == 0, "the lists to settle")
            if p.shown("download_report"):
                p.picture("download_report")
                p.click("download_report.ok_button")

    def match(self) -> None:
        p, services = self._p, self._host.ready
        with p.step("自动匹配") as step:
            page = self._host.open_page("match", text="sp32701")
            p.wait(lambda: page.table.rows_model().rowCount() == 3, "the three SKUs of sp32701")  # type: ignore[union-attr]
            model = page.table.rows_model()  # type: ignore[union-attr]
            model.set_ticked([model.id_at(row) for row in range(3)], True)
            p.click("match_page.unmatch_button")
            p.click("unmatch_dialog.yes_button")
            unmatched = MatchFilter(text="sp32701", is_matched=False)
            p.wait(lambda: len(services.match_list.ids(unmatched)) == 3, "three unmatched rows")
            p.wait(lambda: self._host.runner.running == 0, "the list to settle")
            p.click("match_page.auto_button")
            p.wait(lambda: not services.match_list.ids(unmatched), "the three rows matched again")
            self._host.open_page("match", text="")
            p.wait(lambda: self._host.runner.running == 0, "the list to settle")
            p.picture("match", step)

    # ---- goods and stock
    def goods(self) -> None:
        p = self._p
        with p.step("商品中心") as step:
            p.click("nav.goods_item")
            p.wait(lambda: self._host.ready.goods_list.ids(GoodsFilter()), "goods")
            p.wait(lambda: self._host.runner.running == 0, "the pictures")
            p.picture("goods", step)

    def opening(self) -> None:
        p, services = self._p, self._host.ready
        with p.step("期初录入") as step:
            p.click("nav.opening_item")
            p.wait(lambda: self._host.runner.running == 0, "the grid")
            QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in OPENING))
            p.click("opening_page.paste_button")
            p.wait(lambda: self._host.runner.running == 0, "the pasted rows")
            p.picture("opening", step)
            p.click("opening_page.save_button")
            p.wait(lambda: len(services.opening.rows()) == len(OPENING), "the opening stock")

    # ---- selling
    def sell(self) -> None:
        p = self._p
        with p.step("销货单") as step:
            p.click("nav.sale_item")
            p.wait(lambda: self._host.runner.running == 0, "the sale page")
            scan = p.find(QLineEdit, "sale_page.scan_field")
            for code, quantity in zip(SOLD, ("4", "2", "2"), strict=True):
                scan.setFocus()
                p.type(code, scan)
                p.key(Qt.Key.Key_Return)
                p.wait(lambda: not scan.text() and self._host.runner.running == 0, f"the line of {code}")
                p.type(f"{quantity}*", scan)
                p.wait(lambda: not scan.text(), "the quantity")
            p.write("sale_page.freight_field", "10")
            p.key(Qt.Key.Key_Return)
            p.wait(lambda: self._host.runner.running == 0, "the sums")
            p.picture("sale", step)
            p.click("sale_page.finish_button")
            p.wait(lambda: p.shown("code_window"), "the code window")

    def code(self) -> None:
        p = self._p
        with p.step("预订单二维码") as step:
            p.wait(lambda: self._newest().url, "1688's answer")
            seen = self._newest()
            p.wait(lambda: p.shown("code_window.qr_card"), "the code on screen")
            p.wait(lambda: self._newest().shown_at is not None, "the code to be noted as shown")
            # Lists and windows hear of a change at most twice a second.
            p.settle(0.8)
            picture = p.picture("code", step)
            report = p.report
            report.sale_number, report.pre_order_number, report.detail_url = seen.sale_number, seen.number, seen.url
            report.qr_text = _decode(picture)
            if report.qr_text != seen.url:
                raise TourFailed(f"the code on screen reads {report.qr_text!r}")

    def paper(self) -> None:
        from jdy_desktop.services.paper.forms import printable_code
        from jdy_desktop.views.printing import print_code_to_pdf

        p = self._p
        with p.step("打印二维码") as step:
            pdf = p.folder / "code_80mm.pdf"
            print_code_to_pdf(printable_code(self._newest()), pdf)
            raster = p.folder / "code_80mm.png"
            _raster(pdf, raster)
            step.picture = raster.name
            p.report.pdf = pdf.name
            p.report.pdf_qr_text = _decode(raster)
            if p.report.pdf_qr_text != self._newest().url:
                raise TourFailed(f"the printed code reads {p.report.pdf_qr_text!r}")

    def paid(self) -> None:
        from jdy_desktop.views.tour.buyer import Buyer

        p = self._p
        with p.step("客户扫码付款") as step:
            seen = self._newest()
            buyer = Buyer(p, seen.url)
            try:
                asked = buyer.scan()
                if asked != f"{seen.amount:.2f}":
                    raise TourFailed(f"the buyer is asked for {asked}, not {seen.amount}")
                p.wait(lambda: self._newest().pay_state is not PayState.UNPAID, "已扫码")
                buyer.pay()
            finally:
                buyer.end()
            p.wait(lambda: self._newest().pay_state is PayState.PAID, "已支付")
            p.wait(lambda: self._host.runner.running == 0, "the window to show it")
            p.report.pay_state = self._newest().pay_state.value
            p.picture("paid", step)

    def pre_orders(self) -> None:
        p = self._p
        with p.step("预订单列表") as step:
            p.key(Qt.Key.Key_Escape)
            p.wait(lambda: not p.shown("code_window"), "the code window to close")
            p.click("nav.pre_orders_item")
            p.wait(lambda: self._host.runner.running == 0, "the list")
            p.picture("pre_orders", step)

    def _newest(self) -> CodeView:
        services = self._host.ready
        ids = services.pre_order_list.ids(PreOrderFilter())
        if not ids:
            raise TourFailed("there is no pre-order")
        row = services.pre_order_list.rows(ids[:1])[ids[0]]
        if row.upload_state is UploadState.FAILED:
            raise TourFailed(f"1688 refused: {row.upload_log}")
        return services.pre_orders.code(row.id)


def _decode(picture: Path) -> str:
    from jdy_desktop.services.paper.qr import decode

    return decode(picture.read_bytes())


def _raster(pdf: Path, picture: Path) -> None:
    """The first page at 203 dpi, as a receipt printer would put it on paper."""
    from PySide6.QtCore import QSize
    from PySide6.QtPdf import QPdfDocument

    document = QPdfDocument()
    document.load(str(pdf))
    points = document.pagePointSize(0)
    size = QSize(round(points.width() * 203 / 72), round(points.height() * 203 / 72))
    image = document.render(0, size)
    document.close()
    from PySide6.QtGui import QImage, QPainter

    white = QImage(image.size(), QImage.Format.Format_RGB32)
    white.fill(Qt.GlobalColor.white)
    painter = QPainter(white)
    painter.drawImage(0, 0, image)
    painter.end()
    white.save(str(picture))
