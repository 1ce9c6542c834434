"""What a 销货单 adds to the desk of any document: customer and shop, what 1688 is sent, the balance after payments elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from jdy_desktop.models.ids import CustomerId, DocumentId, ShopId
from jdy_desktop.models.states import DocumentKind, UploadState
from jdy_desktop.services.book.document_values import DocumentView, SavedDocument, SaveDocument
from jdy_desktop.services.book.parties import CustomerHit
from jdy_desktop.services.channel.pre_orders import PreOrders
from jdy_desktop.services.channel.shops import ShopRow, Shops
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Clock
from jdy_desktop.views.entry.desk import EntryDesk, EntryServices, Facts, FoundDraft, Surroundings
from jdy_desktop.views.entry.scan import Question
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.pages.sale_form import MAKES_PRE_ORDER, SaleForm


@dataclass(frozen=True, slots=True)
class SaleServices(EntryServices):
    """What a sale needs besides: whose goods are where on 1688, and the outbox."""

    shops: Shops
    pre_orders: PreOrders


@dataclass(frozen=True, slots=True)
class SaleSurroundings(Surroundings):
    """`walk_in`: the customer a new sale begins with, 零售."""

    shops: tuple[ShopRow, ...]
    walk_in: CustomerHit | None

    @property
    def has_channel(self) -> bool:
        return self.info.channel_enabled and bool(self.shops)

    @property
    def only_shop(self) -> ShopId | None:
        """With one shop there is nothing to choose (M128)."""
        return self.shops[0].id if len(self.shops) == 1 and self.info.channel_enabled else None


class SaleDesk(EntryDesk[SaleForm, SaleSurroundings]):
    """Adds the customer with his grade and balance, and the shop whose offers are meant."""

    def __init__(
        self, services: SaleServices, runner: JobRunner, clock: Clock, store: SettingsStore, parent: QObject
    ) -> None:
        super().__init__(DocumentKind.SALE, services, runner, clock, parent)
        self._s, self._store = services, store
        self.form = self.fresh_form()

    # ---- what a sale is
    def fresh_form(self) -> SaleForm:
        form = SaleForm(self._s.documents.new_client_key(), self._clock.today(), makes_pre_order=False)
        around = self.around
        if around is not None:
            form.shop_id = around.only_shop
            form.makes_pre_order = around.has_channel and self._store.get(MAKES_PRE_ORDER) != "0"
            if around.walk_in is not None:
                form.set_customer(around.walk_in)
        return form

    def look_around(self) -> SaleSurroundings:
        info, parties = self._s.account_sets.info(), self._s.parties
        customers = parties.customers("零售", 1) or parties.customers("", 1)
        return SaleSurroundings(
            info,
            self._s.documents.tax_rules(),
            parties.warehouses(),
            self._s.shops.rows() if info.channel_enabled else (),
            customers[0] if customers else None,
        )

    def question(self) -> Question:
        return Question(self.form.grade, self.form.customer_id, self.form.shop_id)

    def facts(self, sku_ids: Iterable[int], customer_id: CustomerId | None, shop_id: ShopId | None) -> Facts:
        return Facts(self.cards(sku_ids, customer_id, shop_id), self._customer(customer_id))

    def draft_form(self, draft: FoundDraft) -> SaleForm:
        form = super().draft_form(draft)
        if draft.facts.customer is not None:
            form.set_customer(draft.facts.customer)
        if not self._s.documents.may_sell_low():
            form.give_up_low_prices()
        return form

    def stored_form(self, document: DocumentView, facts: Facts) -> SaleForm:
        form = self.fresh_form().of_stored(document, facts.cards)
        if facts.customer is not None:
            form.set_customer(facts.customer)
            form.balance = document.balance - document.open_amount
        return form

    def store(self, request: SaveDocument, former: DocumentView | None) -> SavedDocument:
        """A sale whose pre-order 1688 refused sends it again once it is corrected, also when it was put aside in between:
        a draft does not know what became of its sale."""
        if former is None and request.document_id is not None:
            former = self._s.documents.document(request.document_id)
        saved = super().store(request, former)
        was_refused = former is not None and former.upload_state is UploadState.FAILED
        if was_refused and request.makes_pre_order and saved.pre_order_id is not None:
            self._s.pre_orders.upload_again(saved.pre_order_id)
        return saved

    def begins_anew(self, former: SaleSurroundings, around: SaleSurroundings) -> bool:
        """The module or the first shop was switched on or off."""
        return former.has_channel != around.has_channel

    def low_row(self) -> int | None:
        """The row that whoever works now may not sell so low, from 1; 0: the discount of the whole bill is too much."""
        if self.around is None or (self.document is not None and not self.document.may_edit):
            return None
        form = self.form
        return self._s.documents.low_row(form.request(), form.totals, self.around.rules, form.floors)

    # ---- customer
    def set_customer(self, hit: CustomerHit, *, reprice: bool) -> None:
        self.form.set_customer(hit)
        if reprice:
            self.form.reprice()
        self.touch()
        self.refresh_cards()

    def refresh_balance(self) -> None:
        """What the customer of a new sale owes may have changed on another page."""
        form = self.form
        if self.document is not None or form.customer_id is None:
            return

        def done(hit: CustomerHit | None) -> None:
            if hit is not None and self.form is form and form.customer_id == hit.id and form.balance != hit.balance:
                form.balance = hit.balance
                self._tell()

        self._ask_customer(form.customer_id, done)

    def _ask_customer(self, customer_id: CustomerId, done: Callable[[CustomerHit | None], None]) -> None:
        self.ask(lambda: self._customer(customer_id), done)

    def _customer(self, customer_id: CustomerId | None) -> CustomerHit | None:
        """None when he was deleted meanwhile (worker thread)."""
        if customer_id is None:
            return None
        try:
            one = self._s.parties.customer(customer_id)
        except UserError:
            return None
        return CustomerHit(one.id, one.name, one.grade, one.phone, one.balance)

    # ---- sales that follow another one
    def copy(self, document_id: DocumentId, then: Callable[[], None]) -> None:
        """复制: a new sale of the same goods to the same customer, at today's prices; what is in hand is held first."""

        def show(document: DocumentView, facts: Facts) -> None:
            self.new()
            if facts.customer is not None:
                self.form.set_customer(facts.customer)
            self.form.shop_id = document.shop_id or self.form.shop_id
            self.form.take_lines(document, facts.cards)
            self.touch()
            then()

        self.read_stored(document_id, show)

    def new_for(self, customer_id: CustomerId, then: Callable[[], None]) -> None:
        """An empty sale for a customer; what is in hand is held first."""

        def show(hit: CustomerHit | None) -> None:
            self.new()
            if hit is not None:
                self.form.set_customer(hit)
                self._tell()
            then()

        self._ask_customer(customer_id, lambda hit: self.put_aside(lambda _held: show(hit)))
