"""What a 销货单 asks of the services: facts of its goods, drafts, held bills, saving. The page only shows `form`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from jdy_desktop.models.ids import CustomerId, DocumentId, ProductId, ShopId, WarehouseId
from jdy_desktop.models.states import DocumentKind, UploadState
from jdy_desktop.services.book.account_sets import AccountSetInfo, AccountSets
from jdy_desktop.services.book.document_values import DocumentView, SavedDocument, TaxRules
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.book.drafts import DraftRow, Drafts
from jdy_desktop.services.book.parties import CustomerHit, Parties
from jdy_desktop.services.channel.pre_orders import PreOrders
from jdy_desktop.services.channel.shops import ShopRow, Shops
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Clock
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.picker import SkuCard, SkuPicker
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.pages.draft_slot import AUTOSAVE_MS, DraftSlot
from jdy_desktop.views.pages.sale_form import MAKES_PRE_ORDER, SaleForm, from_document, from_payload
from jdy_desktop.views.pages.sale_scan import Question

KIND = DocumentKind.SALE.value


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What does not change while a sale is typed; read once and again when settings or shops change."""

    info: AccountSetInfo
    rules: TaxRules
    shops: tuple[ShopRow, ...]
    warehouse_id: WarehouseId | None
    warehouses: dict[int, str]
    walk_in: CustomerHit | None

    @property
    def has_channel(self) -> bool:
        return self.info.channel_enabled and bool(self.shops)

    @property
    def only_shop(self) -> ShopId | None:
        """With one shop there is nothing to choose (M128)."""
        return self.shops[0].id if len(self.shops) == 1 and self.info.channel_enabled else None


#: a stored sale, the cards of its goods, its customer
Stored = tuple[DocumentView, dict[int, SkuCard], CustomerHit | None]


class SaleDesk(QObject):
    """Owns the form in hand. Signals come on the main thread."""

    form_changed = Signal()
    surroundings_changed = Signal()
    draft_saved = Signal(object)
    held_changed = Signal(int)
    saving_changed = Signal(bool)
    saved = Signal(object, object)
    refused = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        *,
        documents: Documents,
        drafts: Drafts,
        picker: SkuPicker,
        parties: Parties,
        shops: Shops,
        account_sets: AccountSets,
        pre_orders: PreOrders,
        runner: JobRunner,
        clock: Clock,
        store: SettingsStore,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._documents, self._drafts, self._picker, self._parties = documents, drafts, picker, parties
        self._shops, self._account_sets, self._pre_orders = shops, account_sets, pre_orders
        self._runner, self._clock, self._store = runner, clock, store
        self.around: Surroundings | None = None
        self.form = SaleForm(documents.new_client_key(), clock.today(), makes_pre_order=False)
        self.document: DocumentView | None = None
        self.is_saving = False
        self.is_dirty = False
        self._slot = DraftSlot(self._drafts, KIND)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.save_draft)

    # ---- beginning
    def start(self, *, restore: bool) -> None:
        """Read the surroundings and, when wanted, what was being typed when the program ended."""

        def read(_job: JobContext) -> tuple[Surroundings, tuple[int, dict[str, Any]] | None, dict[int, SkuCard], int]:
            around = self._read_surroundings()
            row = self._drafts.latest_autosave(KIND) if restore else None
            payload = None if row is None else (row.id, self._drafts.load(row.id))
            cards = self._cards(payload[1]) if payload else {}
            return around, payload, cards, len(self._drafts.held(KIND))

        def done(
            answer: tuple[Surroundings, tuple[int, dict[str, Any]] | None, dict[int, SkuCard], int],
        ) -> None:
            around, payload, cards, held = answer
            first = self.around is None
            # The module or the first shop may be switched on while an empty sale stands open.
            is_new_way = self.around is not None and self.around.has_channel != around.has_channel
            self.around = around
            self.surroundings_changed.emit()
            self.held_changed.emit(held)
            if (first or is_new_way) and self.form.is_empty and self.form.document_id is None:
                self.form = self._fresh()
                if first and payload is not None and payload[1].get("lines"):
                    self._take_payload(payload[0], payload[1], cards)
            self.refresh_number()
            self._tell()

        self._runner.submit(read, owner=self, on_done=done, on_error=self.failed.emit)

    def _read_surroundings(self) -> Surroundings:
        info = self._account_sets.info()
        houses = self._parties.warehouses()
        default = next((one.id for one in houses if one.is_default), houses[0].id if houses else None)
        customers = self._parties.customers("零售", 1) or self._parties.customers("", 1)
        return Surroundings(
            info=info,
            rules=self._documents.tax_rules(),
            shops=self._shops.rows() if info.channel_enabled else (),
            warehouse_id=default,
            warehouses={one.id: one.name for one in houses},
            walk_in=customers[0] if customers else None,
        )

    def _fresh(self) -> SaleForm:
        form = SaleForm(self._documents.new_client_key(), self._clock.today())
        around = self.around
        if around is not None:
            form.shop_id = around.only_shop
            form.makes_pre_order = around.has_channel and self._store.get(MAKES_PRE_ORDER) != "0"
            if around.walk_in is not None:
                _set_customer(form, around.walk_in)
        return form

    def new(self) -> None:
        """An empty sale; the former form's draft is not touched."""
        self._timer.stop()
        self._slot = DraftSlot(self._drafts, KIND)
        self.form, self.document, self.is_dirty = self._fresh(), None, False
        self.refresh_number()
        self._tell()

    def refresh_number(self) -> None:
        """The number this sale will probably get (M158)."""
        form = self.form
        if form.document_id is not None:
            return

        def done(number: str) -> None:
            if self.form is form:
                form.number = number
                self.form_changed.emit()

        day = form.day
        self._runner.submit(
            lambda _job: self._documents.preview_number(DocumentKind.SALE, day),
            owner=self,
            key="number",
            on_done=done,
            on_error=lambda _e: None,
        )

    # ---- changes
    def question(self) -> Question:
        return Question(self.form.grade, self.form.customer_id, self.form.shop_id)

    def touch(self) -> None:
        """The form was changed by the clerk: count anew, keep a draft."""
        self.is_dirty = True
        self._timer.start()
        self._tell()

    def _tell(self) -> None:
        rules = self.around.rules if self.around else TaxRules()
        self.form.set_totals(self._documents.totals(self.form.request(), rules))
        self.form_changed.emit()

    def set_customer(self, hit: CustomerHit, *, reprice: bool) -> None:
        _set_customer(self.form, hit)
        if reprice:
            self.form.reprice()
        self.touch()
        self.refresh_cards()

    def refresh_cards(self) -> None:
        """Stock, prices and offers of the lines read anew (another customer or shop, a download, a sale elsewhere)."""
        form, asked = self.form, self.question()
        skus = list(dict.fromkeys(one.sku_id for one in form.lines))
        if not skus:
            return

        def read(job: JobContext) -> list[SkuCard]:
            found = []
            for sku_id in skus:
                job.check()
                try:
                    found.append(self._picker.card(sku_id, customer_id=asked.customer_id, shop_id=asked.shop_id))
                except UserError:  # deleted meanwhile: the line keeps what it knew
                    continue
            return found

        def done(cards: list[SkuCard]) -> None:
            if self.form is form:
                form.set_cards(cards)
                self._tell()

        self._runner.submit(read, owner=self, key="cards", on_done=done, on_error=lambda _e: None)

    def matrix(self, product_id: ProductId, on_done: Callable[[tuple[SkuCard, ...]], None]) -> None:
        """All SKUs of a product, for the grid."""
        asked = self.question()
        self._runner.submit(
            lambda _job: self._picker.of_product(product_id, customer_id=asked.customer_id, shop_id=asked.shop_id),
            owner=self,
            on_done=on_done,
            on_error=self.failed.emit,
        )

    # ---- drafts
    @Slot()
    def save_draft(self) -> None:
        """Keep what is typed; an emptied form throws its draft away."""
        if self._runner.is_closed:
            return
        form, slot = self.form, self._slot
        payload, summary, empty = form.payload(), form.summary(), form.is_empty

        def work(_job: JobContext) -> None:
            slot.write(payload, summary, is_empty=empty)

        def done(_none: None) -> None:
            if slot is self._slot:
                self.is_dirty = self._timer.isActive()
                self.draft_saved.emit(None if empty else self._clock.now())

        self._runner.submit(work, owner=self, on_done=done, on_error=self.failed.emit)

    def save_draft_now(self) -> None:
        """The page or the program is being closed within the moment that autosaving waits: write it here and now."""
        if self._timer.isActive():
            self._timer.stop()
            self._slot.write(self.form.payload(), self.form.summary(), is_empty=self.form.is_empty)

    def hold(self, then: Callable[[], None] | None = None) -> bool:
        """挂单: put the sale aside and begin another. False when there is nothing to hold."""
        is_untouched = self.document is not None and not self.is_dirty and self._slot.id is None
        if self.form.is_empty or self.is_saving or is_untouched:
            return False
        form, slot = self.form, self._slot
        payload, summary, note = form.payload(), form.summary(), form.remark

        def work(_job: JobContext) -> int:
            return slot.hold(payload, summary, note)

        def done(count: int) -> None:
            self.held_changed.emit(count)
            if then is not None:
                then()

        self._runner.submit(work, owner=self, on_done=done, on_error=self.failed.emit)
        self.new()
        return True

    def held(self, on_done: Callable[[tuple[DraftRow, ...]], None]) -> None:
        self._runner.submit(
            lambda _job: self._drafts.held(KIND), owner=self, on_done=on_done, on_error=self.failed.emit
        )

    def resume(self, draft_id: int) -> None:
        """取单: what is in hand is held first, so nothing is lost."""
        self.hold()

        def read(_job: JobContext) -> tuple[dict[str, Any], dict[int, SkuCard], CustomerHit | None, int]:
            payload = self._drafts.load(draft_id)
            cards = self._cards(payload)
            # From now on it is the form in hand: an autosave, no held bill.
            self._drafts.save(KIND, payload, draft_id, summary="")
            return payload, cards, self._customer(payload), len(self._drafts.held(KIND))

        def done(answer: tuple[dict[str, Any], dict[int, SkuCard], CustomerHit | None, int]) -> None:
            payload, cards, customer, held = answer
            self._take_payload(draft_id, payload, cards, customer)
            self.held_changed.emit(held)
            self._tell()

        self._runner.submit(read, owner=self, on_done=done, on_error=self.failed.emit)

    def discard_held(self, draft_id: int, on_done: Callable[[], None]) -> None:
        def work(_job: JobContext) -> int:
            self._drafts.discard(draft_id)
            return len(self._drafts.held(KIND))

        def done(count: int) -> None:
            self.held_changed.emit(count)
            on_done()

        self._runner.submit(work, owner=self, on_done=done, on_error=self.failed.emit)

    def _cards(self, payload: dict[str, Any]) -> dict[int, SkuCard]:
        ids = (one["sku_id"] for one in payload.get("lines", ()))
        return self._read_cards(ids, payload.get("customer_id"), payload.get("shop_id"))

    def _read_cards(self, ids: Iterable[Any], customer_id: Any, shop_id: Any) -> dict[int, SkuCard]:
        found: dict[int, SkuCard] = {}
        for sku_id in dict.fromkeys(ids):
            try:
                found[sku_id] = self._picker.card(sku_id, customer_id=customer_id, shop_id=shop_id)
            except UserError:
                continue
        return found

    def _customer(self, payload: dict[str, Any]) -> CustomerHit | None:
        try:
            one = self._parties.customer(payload["customer_id"])
        except (UserError, KeyError):
            return None
        return CustomerHit(one.id, one.name, one.grade, one.phone, one.balance)

    def _take_payload(
        self, draft_id: int, payload: dict[str, Any], cards: dict[int, SkuCard], customer: CustomerHit | None = None
    ) -> None:
        self._slot = DraftSlot(self._drafts, KIND, draft_id)
        self.form = from_payload(payload, cards, self._fresh())
        if not self._documents.may_sell_low():
            self.form.give_up_low_prices()
        self.document, self.is_dirty = None, False
        if customer is not None:
            _set_customer(self.form, customer)
        elif payload.get("customer_id"):
            self._later_customer(payload)
        if self.form.document_id is None:
            self.refresh_number()

    def _later_customer(self, payload: dict[str, Any]) -> None:
        form = self.form

        def done(hit: CustomerHit | None) -> None:
            if hit is not None and self.form is form:
                _set_customer(form, hit)
                self._tell()

        self._runner.submit(lambda _job: self._customer(payload), owner=self, on_done=done, on_error=lambda _e: None)

    # ---- stored documents
    def open(self, document_id: DocumentId, then: Callable[[], None]) -> None:
        """Show a stored sale; what is in hand is held first."""
        self.hold()

        def done(answer: Stored) -> None:
            document, cards, customer = answer
            self._slot = DraftSlot(self._drafts, KIND)
            self.form, self.document, self.is_dirty = from_document(document, cards, self._fresh()), document, False
            if customer is not None:
                _set_customer(self.form, customer)
                self.form.balance = document.balance - document.open_amount
            self._tell()
            then()

        self._read_stored(document_id, done)

    def _read_stored(self, document_id: DocumentId, done: Callable[[Stored], None]) -> None:
        def read(_job: JobContext) -> Stored:
            document = self._documents.document(document_id)
            cards = self._read_cards((line.sku_id for line in document.lines), document.customer_id, document.shop_id)
            return document, cards, self._customer({"customer_id": document.customer_id})

        self._runner.submit(read, owner=self, on_done=done, on_error=self.failed.emit)

    def copy(self, document_id: DocumentId, then: Callable[[], None]) -> None:
        """复制: a new sale of the same goods to the same customer, at today's prices; what is in hand is held first."""
        self.hold()

        def done(answer: Stored) -> None:
            document, cards, customer = answer
            self.new()
            if customer is not None:
                _set_customer(self.form, customer)
            self.form.shop_id = document.shop_id or self.form.shop_id
            self.form.take_lines(document, cards)
            self.touch()
            then()

        self._read_stored(document_id, done)

    def new_for(self, customer_id: CustomerId, then: Callable[[], None]) -> None:
        """An empty sale for a customer; what is in hand is held first."""
        self.hold()

        def done(hit: CustomerHit | None) -> None:
            self.new()
            if hit is not None:
                _set_customer(self.form, hit)
                self._tell()
            then()

        self._ask_customer(customer_id, done)

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
        self._runner.submit(
            lambda _job: self._customer({"customer_id": customer_id}),
            owner=self, on_done=done, on_error=self.failed.emit,
        )  # fmt: skip

    # ---- saving
    def finish(self) -> None:
        """完成: one transaction on the desk lane. The same form saved again (a double F9, a retry) is stored once."""
        if self.is_saving:
            return
        self._set_saving(True)
        self._timer.stop()
        form, slot, document = self.form, self._slot, self.document
        request = form.request()

        def work(_job: JobContext) -> SavedDocument:
            saved = self._documents.save(request)
            slot.close()
            is_failed = document is not None and document.upload_state is UploadState.FAILED
            if is_failed and request.makes_pre_order and saved.pre_order_id is not None:
                self._pre_orders.upload_again(saved.pre_order_id)
            return saved

        def done(saved: SavedDocument) -> None:
            self._set_saving(False)
            self.is_dirty = False
            self.saved.emit(saved, form)

        def failed(error: BaseException) -> None:
            self._set_saving(False)
            self._timer.start()  # what could not be saved stays a draft
            self.refused.emit(error)

        self._runner.submit(work, owner=self, on_done=done, on_error=failed)

    def _set_saving(self, on: bool) -> None:
        self.is_saving = on
        self.saving_changed.emit(on)

    def now(self) -> datetime:
        return self._clock.now()


def _set_customer(form: SaleForm, hit: CustomerHit) -> None:
    form.customer_id, form.customer, form.grade, form.balance = hit.id, hit.name, hit.grade, hit.balance
