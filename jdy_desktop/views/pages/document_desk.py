"""What a document asks of the services: facts of its goods, drafts, stored documents, saving. The page only shows `form`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from jdy_desktop.models.ids import CustomerId, DocumentId, ProductId, SkuId, WarehouseId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.account_sets import AccountSetInfo, AccountSets
from jdy_desktop.services.book.document_values import DocumentView, SavedDocument, TaxRules
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.book.drafts import DraftRow, Drafts
from jdy_desktop.services.book.parties import (
    AccountInfo,
    CustomerHit,
    Parties,
    SupplierHit,
    SupplierId,
    WarehouseInfo,
)
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Clock
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.picker import SkuCard, SkuPicker
from jdy_desktop.services.queries.purchase_prices import BoughtPrices, PurchasePrices
from jdy_desktop.services.queries.stock import StockFilter, StockList
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.pages.document_form import DocForm, copy_of, from_document, from_payload, payload_of, return_of
from jdy_desktop.views.pages.document_kinds import DocumentSpec
from jdy_desktop.views.pages.draft_slot import AUTOSAVE_MS, DraftSlot
from jdy_desktop.views.pages.sale_scan import Question

Cards = dict[int, SkuCard]
Hit = CustomerHit | SupplierHit


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What does not change while a document is typed."""

    info: AccountSetInfo
    rules: TaxRules
    houses: tuple[WarehouseInfo, ...]
    accounts: tuple[AccountInfo, ...]

    @property
    def warehouse_id(self) -> WarehouseId | None:
        return next((one.id for one in self.houses if one.is_default), self.houses[0].id if self.houses else None)

    def warehouse(self, place: int | None) -> str:
        return next((one.name for one in self.houses if one.id == place), "")


@dataclass(frozen=True, slots=True)
class DocServices:
    documents: Documents
    drafts: Drafts
    picker: SkuPicker
    parties: Parties
    account_sets: AccountSets
    bought: BoughtPrices
    stock: StockList


class DocDesk(QObject):
    form_changed = Signal()
    surroundings_changed = Signal()
    draft_saved = Signal(object)
    held_changed = Signal(int)
    saving_changed = Signal(bool)
    saved = Signal(object, object)
    refused = Signal(object)
    failed = Signal(object)
    no_source = Signal(str)

    def __init__(
        self, spec: DocumentSpec, services: DocServices, runner: JobRunner, clock: Clock, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.spec, self._s, self._runner, self._clock = spec, services, runner, clock
        self._kind = spec.kind.value
        self.around: Surroundings | None = None
        self.form = self._fresh()
        self.document: DocumentView | None = None
        self.is_saving = False
        self._slot = DraftSlot(self._s.drafts, self._kind)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.save_draft)

    def ask(self, work: Callable[[], Any], done: Callable[[Any], None], key: str | None = None) -> None:
        """A look into the book beside the window."""
        self._runner.submit(lambda _job: work(), owner=self, key=key, on_done=done, on_error=self.failed.emit)

    # ---- beginning
    def start(self) -> None:
        """Read the surroundings, and what was being typed when the program ended."""

        def read() -> tuple[Surroundings, int, dict[str, Any], Cards, int]:
            row = self._s.drafts.latest_autosave(self._kind)
            payload = self._s.drafts.load(row.id) if row is not None else {}
            cards = self._cards(one["sku_id"] for one in payload.get("lines", ()))
            return self._look_around(), row.id if row else 0, payload, cards, len(self._s.drafts.held(self._kind))

        def done(answer: tuple[Surroundings, int, dict[str, Any], Cards, int]) -> None:
            self.around, draft_id, payload, cards, held = answer
            self.surroundings_changed.emit()
            self.held_changed.emit(held)
            if self.form.is_empty and self.form.document_id is None:
                self.form = self._fresh()
                if payload.get("lines"):
                    self._take_payload(draft_id, payload, cards)
            self.refresh_number()
            self._tell()

        self.ask(read, done)

    def _look_around(self) -> Surroundings:
        s = self._s
        return Surroundings(
            s.account_sets.info(), s.documents.tax_rules(), s.parties.warehouses(), s.parties.accounts()
        )

    def read_surroundings(self) -> None:
        def done(around: Surroundings) -> None:
            self.around = around
            self.surroundings_changed.emit()
            self._tell()

        self.ask(self._look_around, done, "around")

    def _fresh(self) -> DocForm:
        form = DocForm(self.spec, self._s.documents.new_client_key(), self._clock.today())
        form.category = self.spec.categories[0] if self.spec.categories else ""
        if self.around is not None:
            form.warehouse_id = self.around.warehouse_id
            form.account_id = self.around.accounts[0].id if self.around.accounts else None
        return form

    def new(self) -> None:
        """An empty document; the former form's draft is not touched."""
        self._show_form(self._fresh(), None)

    def _show_form(self, form: DocForm, document: DocumentView | None, slot: DraftSlot | None = None) -> None:
        self._timer.stop()
        self._slot = slot or DraftSlot(self._s.drafts, self._kind)
        self.form, self.document = form, document
        self.refresh_number()
        self._tell()
        self._learn_party()
        for line in form.lines:
            self.learn_prices(line.sku_id)

    def refresh_number(self) -> None:
        """The number this document will probably get (M158)."""
        form = self.form
        if form.document_id is None:
            day = form.day

            def done(number: str) -> None:
                if self.form is form:
                    form.number = number
                    self.form_changed.emit()

            self.ask(lambda: self._s.documents.preview_number(self.spec.kind, day), done, "number")

    # ---- changes
    def question(self) -> Question:
        return Question(PriceGrade.RETAIL, None, None)

    def touch(self) -> None:
        """The form was changed by the clerk: count anew, keep a draft."""
        self._timer.start()
        self._tell()

    def _tell(self) -> None:
        rules = self.around.rules if self.around else TaxRules()
        self.form.set_totals(self._s.documents.totals(self.form.request(), rules))
        self.form_changed.emit()

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

    def refresh_cards(self) -> None:
        form = self.form
        skus = [one.sku_id for one in form.lines]

        def done(cards: Cards) -> None:
            if self.form is form:
                form.set_cards(cards.values())
                self._tell()

        if skus:
            self.ask(lambda: self._cards(skus), done, "cards")

    def matrix(self, product_id: ProductId, on_done: Callable[[tuple[SkuCard, ...]], None]) -> None:
        self.ask(lambda: self._s.picker.of_product(product_id), on_done)

    def load_book(self, on_done: Callable[[list[SkuCard]], None]) -> None:
        """盘点: everything that lies in the warehouse."""
        place = self.form.warehouse_id

        def read() -> list[SkuCard]:
            ids = self._s.stock.ids(StockFilter(warehouse_id=place, stock="in"))
            return list(self._cards(ids).values())

        self.ask(read, on_done)

    def _cards(self, ids: Iterable[Any]) -> Cards:
        found: Cards = {}
        for sku_id in dict.fromkeys(ids):
            try:
                found[sku_id] = self._s.picker.card(SkuId(sku_id))
            except UserError:
                continue
        return found

    # ---- drafts
    @Slot()
    def save_draft(self) -> None:
        """Keep what is typed; an emptied form throws its draft away."""
        if self._runner.is_closed:
            return
        form, slot = self.form, self._slot
        payload, summary, empty = payload_of(form), form.summary(), form.is_empty

        def done(_none: None) -> None:
            if slot is self._slot:
                self.draft_saved.emit(None if empty else self._clock.now())

        self.ask(lambda: slot.write(payload, summary, is_empty=empty), done)

    def save_draft_now(self) -> None:
        """The page or the program is being closed: write it here and now."""
        if self._timer.isActive():
            self._timer.stop()
            self._slot.write(payload_of(self.form), self.form.summary(), is_empty=self.form.is_empty)

    @property
    def is_changed(self) -> bool:
        """A stored document counts when something was typed into it since it was shown."""
        if self.form.is_empty or self._slot.is_closed:
            return False
        return self.document is None or self._timer.isActive() or self._slot.id is not None

    def hold(self) -> bool:
        """挂单: put the document aside and begin another. False when there is nothing to hold."""
        if not self.is_changed or self.is_saving:
            return False
        form, slot = self.form, self._slot
        payload, summary, note = payload_of(form), form.summary(), form.remark
        self.ask(lambda: slot.hold(payload, summary, note), self.held_changed.emit)
        self.new()
        return True

    def held(self, on_done: Callable[[tuple[DraftRow, ...]], None]) -> None:
        self.ask(lambda: self._s.drafts.held(self._kind), on_done)

    def resume(self, draft_id: int) -> None:
        """取单: what is in hand is held first."""
        self.hold()

        def read() -> tuple[dict[str, Any], Cards, int]:
            payload = self._s.drafts.load(draft_id)
            self._s.drafts.save(self._kind, payload, draft_id, summary="")
            return payload, self._cards(one["sku_id"] for one in payload["lines"]), len(self._s.drafts.held(self._kind))

        def done(answer: tuple[dict[str, Any], Cards, int]) -> None:
            self._take_payload(draft_id, answer[0], answer[1])
            self.held_changed.emit(answer[2])

        self.ask(read, done)

    def discard_held(self, draft_id: int, on_done: Callable[[], None]) -> None:
        def work() -> int:
            self._s.drafts.discard(draft_id)
            return len(self._s.drafts.held(self._kind))

        def done(count: int) -> None:
            self.held_changed.emit(count)
            on_done()

        self.ask(work, done)

    def _take_payload(self, draft_id: int, payload: dict[str, Any], cards: Cards) -> None:
        self._show_form(
            from_payload(payload, cards, self._fresh()), None, DraftSlot(self._s.drafts, self._kind, draft_id)
        )

    # ---- stored documents
    def open(self, document_id: DocumentId, then: Callable[[], None] | None = None) -> None:
        """Show a stored document; what is in hand is held first."""
        self.hold()

        def done(answer: tuple[DocumentView, Cards]) -> None:
            document, cards = answer
            form = from_document(document, cards, self._fresh())
            form.stored_owed = document.owed_amount
            self._show_form(form, document)
            if then is not None:
                then()

        self._read(document_id, done)

    def _read(self, document_id: DocumentId, done: Callable[[tuple[DocumentView, Cards]], None]) -> None:
        def read() -> tuple[DocumentView, Cards]:
            document = self._s.documents.document(document_id)
            return document, self._cards(line.sku_id for line in document.lines)

        self.ask(read, done)

    def copy(self, document_id: DocumentId) -> None:
        """复制: a new document like that one."""
        self.hold()
        self._read(document_id, lambda answer: self._begin(copy_of(*answer, self._fresh())))

    def same_as_last(self, on_none: Callable[[], None]) -> None:
        """照上一张 of the party; without a party, the last of the kind."""
        party_id, kind, s = self.form.party_id, self.spec.kind, self._s

        def look() -> DocumentId | None:
            found = s.documents.newest_of(kind, party_id) if party_id is not None else None
            return found if party_id is not None else s.documents.neighbour(kind, None, -1)

        def done(found: DocumentId | None) -> None:
            if found is None:
                on_none()
            else:
                self.copy(found)

        self.ask(look, done)

    def _begin(self, form: DocForm) -> None:
        self._show_form(form, None)
        self._timer.start()

    def return_from(self, document_id: DocumentId, then: Callable[[], None]) -> None:
        """Begin a return with the lines of a slip, none taken yet."""
        self.hold()

        def read() -> tuple[DocumentView, Cards, dict[int, Any]]:
            document = self._s.documents.document(document_id)
            return (
                document,
                self._cards(line.sku_id for line in document.lines),
                self._s.documents.returnable(document_id),
            )

        def done(answer: tuple[DocumentView, Cards, dict[int, Any]]) -> None:
            document, cards, left = answer
            if document.kind is not self.spec.source:
                self.no_source.emit(document.number)
                return
            self._show_form(return_of(document, cards, left, self._fresh()), None)
            then()

        self.ask(read, done)

    def find_source(self, text: str, then: Callable[[], None]) -> None:
        """A slip's number scanned into a return; `no_source` when there is none."""

        def done(found: DocumentId | None) -> None:
            if found is None:
                self.no_source.emit(text)
            else:
                self.return_from(found, then)

        self.ask(lambda: self._s.documents.find(text), done)

    def turn(self, step: int, on_end: Callable[[], None]) -> None:
        """上一张 (−1) / 下一张 (+1)."""
        at = self.form.document_id

        def done(found: DocumentId | None) -> None:
            if found is not None:
                self.open(found)
            else:
                on_end()

        if at is None and step > 0:
            on_end()
        else:
            self.ask(lambda: self._s.documents.neighbour(self.spec.kind, at, step), done, "turn")

    # ---- saving
    def save(self) -> None:
        """保存: one transaction on the desk lane. The same form saved again is stored once."""
        if self.is_saving:
            return
        self._set_saving(True)
        self._timer.stop()
        form, slot = self.form, self._slot
        request = form.request()

        def work(_job: JobContext) -> SavedDocument:
            saved = self._s.documents.save(request)
            slot.close()
            return saved

        def done(saved: SavedDocument) -> None:
            self._set_saving(False)
            self.saved.emit(saved, form)

        def failed(error: BaseException) -> None:
            self._set_saving(False)
            self._timer.start()  # what could not be saved stays a draft
            self.refused.emit(error)

        self._runner.submit(work, owner=self, on_done=done, on_error=failed)

    def _set_saving(self, on: bool) -> None:
        self.is_saving = on
        self.saving_changed.emit(on)

    def act(self, work: Callable[[DocumentId, int], SavedDocument], done: Callable[[SavedDocument], None]) -> None:
        """审核, 反审核, 作废 of the document shown; it is read anew afterwards."""
        document = self.document
        if document is None:
            return

        def after(saved: SavedDocument) -> None:
            self.open(saved.id, lambda: done(saved))

        self.ask(lambda: work(document.id, document.version), after)
