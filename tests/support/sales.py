"""A stall ready to sell: a shop with its goods downloaded, stock for all of them, the empty sale in front."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from jdy_desktop.models.ids import SkuId
from jdy_desktop.services.book.opening import OpeningLine
from tests.support.clerk import Clerk
from tests.support.program import Driver

if TYPE_CHECKING:
    from jdy_desktop.services.queries.picker import SkuCard
    from jdy_desktop.views.pages.sale_page import SalePage


class Counter(Clerk):
    """The clerk at the sale page: keys and scans only."""

    def __init__(self, driver: Driver, *, stock: int = 100, shops: int = 1) -> None:
        super().__init__(driver)
        self.shop_ids = [driver.authorize(number) for number in range(shops)]
        for shop_id in self.shop_ids:
            driver.download(shop_id)
        self.fill(stock)
        self.page: SalePage = driver.open_page("sale")
        driver.until(lambda: self.page.desk.around is not None)
        driver.idle()
        window = driver.program.window
        assert window is not None
        window.activateWindow()
        self.page.focus_scan()
        driver.until(lambda: QApplication.focusWidget() is self.page.head.scan)

    def fill(self, stock: int) -> None:
        services = self.driver.program.ready
        skus: dict[int, None] = {}
        for hit in services.picker.search("", limit=500):
            skus[hit.sku_id] = None
        house = next(one.id for one in services.parties.warehouses() if one.is_default)
        if stock:
            services.opening.save(tuple(OpeningLine(SkuId(one), house, Decimal(stock), Decimal(1)) for one in skus))

    def sku(self, code: str) -> SkuCard:
        hit = self.driver.program.ready.picker.exact(code)
        assert hit is not None, code
        return self.driver.program.ready.picker.card(hit.sku_id)

    def lines(self) -> list[tuple[str, str]]:
        return [(one.card.code, f"{one.quantity:f}") for one in self.page.form.lines]

    def sold(self) -> list[tuple[str, Decimal]]:
        """Code and quantity of each line."""
        return [(one.card.code, one.quantity) for one in self.page.form.lines]
