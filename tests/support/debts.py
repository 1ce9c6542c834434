"""A stall with people who owe: customers and a supplier with bills over some weeks, for the pages about debts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from jdy_desktop.models.ids import CustomerId, SkuId
from jdy_desktop.models.states import DocumentKind, PriceGrade
from jdy_desktop.services.book.documents import SavedDocument, SaveDocument, SaveLine
from jdy_desktop.services.book.parties import SaveCustomer, SaveSupplier
from jdy_desktop.services.book.payments import Party
from jdy_desktop.services.book.products import SaveProduct, SaveSku

if TYPE_CHECKING:
    from tests.support.program import Driver


class Debts:
    """`zhang` 张老板 (批发) owes 300 + 500 from two sales, the older one 12 days old; `mill` 海宁工厂 is owed 800."""

    def __init__(self, desk: Driver) -> None:
        self.services = desk.program.ready
        self.today = desk.program.ctx.clock.today()
        products, parties = self.services.products, self.services.parties
        made = products.save(
            SaveProduct(
                code="d1",
                name="女童套装",
                skus=(SaveSku(prices={PriceGrade.RETAIL: Decimal(10)}),),
                allow_negative=True,
            )
        )
        self.sku = products.product(made).skus[0].id
        zhang = parties.save_customer(SaveCustomer("张老板", PriceGrade.WHOLESALE, "张伟", "13800001111"))
        self.zhang = Party("customer", zhang)
        self.mill = Party("supplier", parties.save_supplier(SaveSupplier("海宁工厂", phone="0573-8888")))
        self.old = self.bill("30", self.today - timedelta(days=12))
        self.new = self.bill("50", self.today - timedelta(days=1))
        self.purchase = self.bill("80", self.today - timedelta(days=5), DocumentKind.PURCHASE)

    def bill(
        self, pieces: str, day: date, kind: DocumentKind = DocumentKind.SALE, party: Party | None = None, **more: object
    ) -> SavedDocument:
        """So many pieces at 10 yuan."""
        documents = self.services.documents
        is_sale = kind in (DocumentKind.SALE, DocumentKind.SALE_RETURN)
        party = party or (self.zhang if is_sale else self.mill)
        request = SaveDocument(
            kind=kind,
            client_key=documents.new_client_key(),
            day=day,
            lines=(SaveLine(SkuId(self.sku), Decimal(pieces), Decimal(10)),),
            customer_id=CustomerId(party.id) if is_sale else None,
            supplier_id=None if is_sale else party.id,
            **more,  # type: ignore[arg-type]
        )
        return documents.save(request)


def fill(desk: Driver) -> Debts:
    """The stall above in the open book."""
    return Debts(desk)
