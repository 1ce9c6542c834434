"""What purchases, receipts, issues, returns, transfers and counts add to the desk of any document: prices paid, slips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from jdy_desktop.models.ids import CustomerId, DocumentId, SkuId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.document_values import DocumentView
from jdy_desktop.services.book.parties import AccountInfo, CustomerHit, SupplierHit, SupplierId
from jdy_desktop.services.machine.context import Clock
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.services.queries.purchase_prices import BoughtPrices, PurchasePrices
from jdy_desktop.services.queries.stock import StockFilter, StockList
from jdy_desktop.views.entry.desk import EntryDesk, EntryServices, Facts, Surroundings
from jdy_desktop.views.entry.draft_slot import DraftSlot
from jdy_desktop.views.entry.scan import Question
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.pages.document_form import DocForm, copy_of, return_of
from jdy_desktop.views.pages.document_kinds import DocumentSpec

Hit = CustomerHit | SupplierHit


@dataclass(frozen=True, slots=True)
class DocServices(EntryServices):
    """What these kinds need besides: what was paid before, and what lies in a warehouse."""

    bought: BoughtPrices
    stock: StockList


@dataclass(frozen=True, slots=True)
class DocSurroundings(Surroundings):
    """`accounts`: where money paid at once may go."""

    accounts: tuple[AccountInfo, ...]


class DocDesk(EntryDesk[DocForm, DocSurroundings]):
    """`no_source(text)`: no slip of this number, or none that can be returned here."""

    no_source = Signal(str)

    def __init__(
        self, spec: DocumentSpec, services: DocServices, runner: JobRunner, clock: Clock, parent: QObject
    ) -> None:
        super().__init__(spec.kind, services, runner, clock, parent)
        self.spec, self._s = spec, services
        self.form = self.fresh_form()

    # ---- what a document of this kind is
    def fresh_form(self) -> DocForm:
        form = DocForm(self._s.documents.new_client_key(), self._clock.today(), spec=self.spec)
        form.category = self.spec.categories[0] if self.spec.categories else ""
        if self.around is not None:
            form.warehouse_id = self.around.warehouse_id
            form.account_id = self.around.accounts[0].id if self.around.accounts else None
        return form

    def look_around(self) -> DocSurroundings:
        s = self._s
        return DocSurroundings(
            s.account_sets.info(), s.documents.tax_rules(), s.parties.warehouses(), s.parties.accounts()
        )

    def question(self) -> Question:
        return Question(PriceGrade.RETAIL, None, None)

    def stored_form(self, document: DocumentView, facts: Facts) -> DocForm:
        form = self.fresh_form().of_stored(document, facts.cards)
        form.stored_owed = document.owed_amount
        return form

    def show_form(self, form: DocForm, document: DocumentView | None = None, slot: DraftSlot | None = None) -> None:
        super().show_form(form, document, slot)
        self._learn_party()
        for line in form.lines:
            self.learn_prices(line.sku_id)

    # ---- party and prices
    def set_party(self, hit: Hit) -> None:
        form = self.form
        form.party_id, form.party, form.balance = hit.id, hit.name, hit.balance
        form.bought.clear()
        self.touch()
        for line in form.lines:
            self.learn_prices(line.sku_id)

    def _learn_party(self) -> None:
        """The balance of the party of a stored form, as it is now."""
        form, party_id = self.form, self.form.party_id
        if party_id is None:
            return

        def done(balance: Any) -> None:
            if self.form is form:
                form.balance = balance
                self.form_changed.emit()

        if self.spec.party == "customer":
            self.ask(lambda: self._s.parties.customer(CustomerId(party_id)).balance, done)
        else:
            self.ask(lambda: self._s.parties.supplier(SupplierId(party_id)).balance, done)

    def learn_prices(self, sku_id: SkuId) -> None:
        """What was paid for the goods before (W21)."""
        form = self.form
        if not self.spec.asks_bought_price or sku_id in form.bought:
            return
        supplier = form.party_id

        def done(found: PurchasePrices) -> None:
            if self.form is form and form.party_id == supplier:
                form.learn(sku_id, found)
                self._tell()

        self.ask(lambda: self._s.bought.of(sku_id, supplier), done)

    def load_book(self, on_done: Callable[[list[SkuCard]], None]) -> None:
        """盘点: everything that lies in the warehouse."""
        place = self.form.warehouse_id

        def read() -> list[SkuCard]:
            return list(self.cards(self._s.stock.ids(StockFilter(warehouse_id=place, stock="in"))).values())

        self.ask(read, on_done)

    # ---- documents that follow another one
    @property
    def _includes_tax(self) -> bool:
        return self.around is not None and self.around.rules.prices_include_tax

    def copy(self, document_id: DocumentId) -> None:
        """复制: a new document like that one; what is in hand is held first."""

        def show(document: DocumentView, facts: Facts) -> None:
            self.show_form(copy_of(document, facts.cards, self.fresh_form(), includes_tax=self._includes_tax))
            self.touch()

        self.read_stored(document_id, show)

    def same_as_last(self, on_none: Callable[[], None]) -> None:
        """照上一张 of the party; without a party, the last of the kind."""
        party_id, kind, s = self.form.party_id, self.spec.kind, self._s

        def look() -> DocumentId | None:
            return (
                s.documents.newest_of(kind, party_id) if party_id is not None else s.documents.neighbour(kind, None, -1)
            )

        def done(found: DocumentId | None) -> None:
            if found is None:
                on_none()
            else:
                self.copy(found)

        self.ask(look, done)

    def return_from(self, document_id: DocumentId, then: Callable[[], None]) -> None:
        """Begin a return with the lines of a slip, none taken yet; what is in hand is held first."""

        def read() -> tuple[DocumentView, Facts, dict[int, Any]]:
            documents = self._s.documents
            document = documents.document(document_id)
            return document, self.facts_of(document), documents.returnable(document_id)

        def done(answer: tuple[DocumentView, Facts, dict[int, Any]]) -> None:
            document, facts, left = answer
            if document.kind is not self.spec.source:
                self.no_source.emit(document.number)
                return

            def show(_held: bool) -> None:
                form = self.fresh_form()
                self.show_form(return_of(document, facts.cards, left, form, includes_tax=self._includes_tax))
                then()

            self.put_aside(show)

        self.ask(read, done)

    def find_source(self, text: str, then: Callable[[], None]) -> None:
        """A slip's number scanned into a return; `no_source` when there is none."""

        def done(found: DocumentId | None) -> None:
            if found is None:
                self.no_source.emit(text)
            else:
                self.return_from(found, then)

        self.ask(lambda: self._s.documents.find(text), done)
