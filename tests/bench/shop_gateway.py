"""A gateway that fetches the comparison's own pages: our transport, our reading of answers, another address and shape."""

from __future__ import annotations

from typing import Any

from jdy_desktop.services.ali1688 import wire
from jdy_desktop.services.ali1688.client import Gateway
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.envelope import read_answer
from jdy_desktop.services.ali1688.transport import Transport
from jdy_desktop.services.ali1688.values import OfferPage, TokenSource
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.jobs import JobContext


class ShopGateway(Gateway):
    """`work` is the comparison's job: `url`, and `payload(page)` already signed."""

    def __init__(self, work: Any, ctx: Context) -> None:
        settings = GatewaySettings(gateway="http://127.0.0.1:1", app_key="bench", app_secret="bench")
        self._posts = Transport()
        super().__init__(settings, ctx, transport=self._posts)
        self._work = work

    def offer_page(self, tokens: TokenSource, page_no: int, job: JobContext | None = None, **_: Any) -> OfferPage:
        reply = self._posts.post(self._work.url, self._work.payload(page_no))
        answer = read_answer(reply.status, reply.body, needs="offers")
        products = [
            {
                "productID": offer["offerId"],
                "subject": offer["subject"],
                "productCargoNumber": offer["cargoNumber"],
                "status": offer["status"],
                "saleInfo": {"unit": offer["unit"]},
                # 0 is no id at 1688, and the comparison counts from it
                "skuInfos": [{**sku, "skuId": sku["skuId"] + 1} for sku in offer["skuInfos"]],
            }
            for offer in answer["offers"]
        ]
        page = {"result": {"pageResult": {"resultList": products, "totalRecords": answer["total"]}}}
        return wire.offer_page(page, self.settings)
