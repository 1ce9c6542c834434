"""A SKU with several offers in one shop: through which one is it sold? Asked once, remembered (design §5.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import ShopId
from jdy_desktop.services.queries.picker import OfferFacts, SkuCard, SkuPicker
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame


def _tiers(offer: OfferFacts) -> str:
    return " · ".join(f"≥ {plain(start)} {money(price)}" for start, price in offer.tiers)


COLUMNS: list[Column[OfferFacts]] = [
    Column("title", "平台商品名称", lambda o: o.title, 200, stretch=True),
    Column("offer_id", "offerid", lambda o: str(o.offer_id), 120),
    Column("status", "状态", lambda o: label(o.status), 72),
    Column("online", "线上库存", lambda o: plain(o.online_stock), 80, kind="number"),
    Column("minimum", "起订量", lambda o: plain(o.minimum_quantity), 72, kind="number"),
    Column("tiers", "1688 价格", _tiers, 180),
]


def choose_offer(
    host: QWidget,
    picker: SkuPicker,
    runner: JobRunner,
    card: SkuCard,
    shop_id: ShopId,
    on_chosen: Callable[[Any], None],
    on_error: Callable[[BaseException], None],
) -> None:
    """Ask; `on_chosen(offer_sku_id)` when one was picked."""

    def show(offers: tuple[OfferFacts, ...]) -> None:
        dialog = OfferDialog(host, card, offers, on_chosen)
        dialog.open()

    runner.submit(lambda _job: picker.offers(card.sku_id, shop_id), owner=host, on_done=show, on_error=on_error)


class OfferDialog(DialogFrame):
    def __init__(
        self, host: QWidget, card: SkuCard, offers: tuple[OfferFacts, ...], on_chosen: Callable[[Any], None]
    ) -> None:
        subtitle = f"{card.code}  {card.product_name} {card.sku_name}".strip()
        super().__init__(host, "选宝贝", subtitle=subtitle, width=880, height=360, padding=0, name="offer_dialog")
        self._on_chosen = on_chosen
        model: LinesModel[OfferFacts] = LinesModel(COLUMNS, id_of=lambda one: int(one.offer_sku_id))
        model.set_rows(list(offers))
        self.table = DataTable(model, name="offer_dialog.table", row_height=44, label="宝贝")
        self.table.row_activated.connect(self._take)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(sized(self.table, height=240))
        self.add_button(KeyButton("取消", "cancel", name="offer_dialog.cancel_button"), self.reject)
        self.add_button(
            KeyButton("选定", "ok", kind="primary", name="offer_dialog.ok_button"), self._take_current, default=True
        )
        if offers:
            self.table.select_id(int(offers[0].offer_sku_id))

    def _take_current(self) -> None:
        self._take(self.table.current_id())

    def _take(self, offer_sku_id: object) -> None:
        if offer_sku_id is not None:
            self.accept()
            self._on_chosen(offer_sku_id)
