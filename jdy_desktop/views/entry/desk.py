"""What a document asks of the services while it is typed: facts of its goods, drafts, stored documents, saving."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from jdy_desktop.models.ids import CustomerId, DocumentId, ProductId, ShopId, SkuId, WarehouseId
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.account_sets import AccountSetInfo, AccountSets
from jdy_desktop.services.book.document_values import DocumentView, SavedDocument, SaveDocument, TaxRules
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.book.drafts import DraftRow, Drafts
from jdy_desktop.services.book.parties import CustomerHit, Parties, WarehouseInfo
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Clock
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.picker import SkuCard, SkuPicker
from jdy_desktop.views.entry.draft_slot import AUTOSAVE_MS, DraftSlot
from jdy_desktop.views.entry.form import Cards, EntryForm
from jdy_desktop.views.entry.scan import Question
from jdy_desktop.views.jobs import JobRunner


@dataclass(frozen=True, slots=True)
class EntryServices:
    """What every kind of document needs of the book; a kind adds its own."""

    documents: Documents
    drafts: Drafts
    picker: SkuPicker
    parties: Parties
    account_sets: AccountSets


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What does not change while a document is typed; read once, and again when settings change."""

    info: AccountSetInfo
    rules: TaxRules
    houses: tuple[WarehouseInfo, ...]

    @property
    def warehouse_id(self) -> WarehouseId | None:
        """The one that is taken where none is chosen."""
        return next((one.id for one in self.houses if one.is_default), self.houses[0].id if self.houses else None)

    def warehouse(self, warehouse_id: int | None) -> str:
        """Its name; empty when there is none such."""
        return next((one.name for one in self.houses if one.id == warehouse_id), "")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the book knows of the goods of a draft or document, and of its customer where the kind asks for him."""

    cards: Cards
    customer: CustomerHit | None = None


@dataclass(frozen=True, slots=True)
class FoundDraft:
    """A draft with the facts of its goods. `id`: under which it is kept on."""

    id: int
    payload: Mapping[str, Any]
    facts: Facts


Form = TypeVar("Form", bound=EntryForm[Any])
Around = TypeVar("Around", bound=Surroundings)
_Then = Callable[[], None] | None
_Show = Callable[[DocumentView, Facts], None]


class EntryDesk(QObject, Generic[Form, Around]):
    """Owns the form in hand; the page only shows `form`. Signals come on the main thread.

    `leaving`: another form is about to come, what still stands in a field belongs to this one; `form_replaced`: it came.
    `not_saved`: a save has ended and the form is still to be saved, whatever was to blame.
    A kind says what an empty form is (`fresh_form`), what stands around it, and what it knows of goods and customer.
    (Abstract by its decorators only: a QObject has a metaclass already.)
    """

    form_changed = Signal()
    form_replaced = Signal()
    leaving = Signal()
    surroundings_changed = Signal()
    draft_saved = Signal(object)
    held_changed = Signal(int)
    saving_changed = Signal(bool)
    saved = Signal(object, object)
    not_saved = Signal()
    refused = Signal(object)
    lines_left_out = Signal(object)
    failed = Signal(object)

    form: Form  # set by the kind, as soon as it can make one

    def __init__(
        self, kind: DocumentKind, services: EntryServices, runner: JobRunner, clock: Clock, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._services, self._runner, self._clock = services, runner, clock
        self._document_kind, self._draft_kind = kind, kind.value
        self.around: Around | None = None
        self.document: DocumentView | None = None
        self.is_saving = False
        #: something was typed that no draft holds yet
        self.is_dirty = False
        self._slot = DraftSlot(services.drafts, self._draft_kind)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.save_draft)

    # ---- what each kind says
    @abstractmethod
    def fresh_form(self) -> Form:
        """An empty form with what the surroundings suggest."""

    @abstractmethod
    def look_around(self) -> Around:
        """The surroundings as they are now (worker thread)."""

    @abstractmethod
    def stored_form(self, document: DocumentView, facts: Facts) -> Form:
        """The form of a stored document, for correcting or reading."""

    @abstractmethod
    def question(self) -> Question:
        """For whom goods are looked up."""

    def facts(self, sku_ids: Iterable[int], _customer_id: CustomerId | None, _shop_id: ShopId | None) -> Facts:
        """What the book knows of the goods of a draft or document (worker thread)."""
        return Facts(self.cards(sku_ids))

    def draft_form(self, draft: FoundDraft) -> Form:
        """The form of a draft."""
        return self.fresh_form().resumed(draft.payload, draft.facts.cards)

    def store(self, request: SaveDocument, _former: DocumentView | None) -> SavedDocument:
        """Save it, over its former state when there is one (worker thread)."""
        return self._services.documents.save(request)

    def begins_anew(self, _former: Around, _around: Around) -> bool:
        """Whether an empty form no longer fits what changed around it."""
        return False

    # ---- asking
    def ask(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        key: str | None = None,
        *,
        on_error: Callable[[Any], None] | None = None,
        on_end: _Then = None,
    ) -> None:
        """A look into the book, or a small write, beside the window."""
        self._runner.submit(
            lambda _job: work(), owner=self, key=key, on_done=done, on_error=on_error or self.failed.emit, on_end=on_end
        )

    def cards(
        self,
        sku_ids: Iterable[int],
        customer_id: CustomerId | None = None,
        shop_id: ShopId | None = None,
        job: JobContext | None = None,
    ) -> Cards:
        """What the book knows of goods; what was deleted meanwhile is left out (worker thread)."""
        found: dict[int, SkuCard] = {}
        for sku_id in dict.fromkeys(sku_ids):
            if job is not None:
                job.check()
            try:
                found[sku_id] = self._services.picker.card(SkuId(sku_id), customer_id=customer_id, shop_id=shop_id)
            except UserError:
                continue
        return found

    # ---- beginning
    def start(self) -> None:
        """Read the surroundings, and what was being typed when the program ended."""

        def read() -> tuple[Around, FoundDraft | None, int]:
            row = self._services.drafts.latest_autosave(self._draft_kind)
            draft = self._read_draft(row.id) if row is not None else None
            return self.look_around(), draft, len(self._services.drafts.held(self._draft_kind))

        def done(answer: tuple[Around, FoundDraft | None, int]) -> None:
            self.around, draft, held = answer
            self.surroundings_changed.emit()
            self.held_changed.emit(held)
            if not self._is_untouched:
                self.refresh_number()
                self._tell()
            elif draft is not None and draft.payload.get("lines"):
                self._show_draft(draft)
            else:
                self.new()

        self.ask(read, done)

    def read_surroundings(self) -> None:
        """Settings, warehouses or shops may have changed on another page."""

        def done(around: Around) -> None:
            former, self.around = self.around, around
            self.surroundings_changed.emit()
            if former is not None and self.begins_anew(former, around) and self._is_untouched:
                self.new()
            else:
                self._tell()

        self.ask(self.look_around, done, "around")

    @property
    def _is_untouched(self) -> bool:
        return self.form.is_empty and self.form.document_id is None

    def new(self) -> None:
        """An empty document; the former form's draft is not touched."""
        self.show_form(self.fresh_form())

    def show_form(self, form: Form, document: DocumentView | None = None, slot: DraftSlot | None = None) -> None:
        """Take another form in hand: new, of a stored document, or of the draft in a slot."""
        self._timer.stop()
        self._slot = slot or DraftSlot(self._services.drafts, self._draft_kind)
        self.form, self.document, self.is_dirty = form, document, False
        self.form_replaced.emit()
        self.refresh_number()
        self._tell()

    def refresh_number(self) -> None:
        """The number this document will probably get (M158)."""
        form, day = self.form, self.form.day
        if form.document_id is not None:
            return

        def done(number: str) -> None:
            if self.form is form:
                form.number = number
                self.form_changed.emit()

        documents, kind = self._services.documents, self._document_kind
        self.ask(lambda: documents.preview_number(kind, day), done, "number", on_error=_unheard)

    # ---- changes
    def touch(self) -> None:
        """The form was changed by the clerk: count anew, keep a draft."""
        if not self.is_dirty and self._slot.id is None:
            self.renew_day()
        self.is_dirty = True
        self._timer.start()
        self._tell()

    def renew_day(self) -> None:
        """A new form that nothing was typed into yet is of today, however long it has stood open."""
        form, today = self.form, self._clock.today()
        if form.document_id is not None or form.day_by_hand or form.day == today:
            return
        form.day = today
        self.refresh_number()
        self._tell()

    def refresh_day(self) -> None:
        """The page is shown again, perhaps the next morning."""
        if self._is_untouched:
            self.renew_day()

    def _tell(self) -> None:
        rules = self.around.rules if self.around else TaxRules()
        self.form.set_totals(self._services.documents.totals(self.form.request(), rules))
        self.form_changed.emit()

    def refresh_cards(self) -> None:
        """Stock, prices and offers of the lines read anew (another customer or shop, a download, a sale elsewhere)."""
        form, asked = self.form, self.question()
        skus = [one.sku_id for one in form.lines]
        if not skus:
            return

        def done(cards: Cards) -> None:
            if self.form is form:
                form.set_cards(cards.values())
                self._tell()

        self._runner.submit(
            lambda job: self.cards(skus, asked.customer_id, asked.shop_id, job),
            owner=self, key="cards", on_done=done, on_error=_unheard,
        )  # fmt: skip

    def matrix(self, product_id: ProductId, on_done: Callable[[tuple[SkuCard, ...]], None]) -> None:
        """All SKUs of a product, for the grid."""
        asked, picker = self.question(), self._services.picker
        self.ask(lambda: picker.of_product(product_id, customer_id=asked.customer_id, shop_id=asked.shop_id), on_done)

    # ---- drafts
    @property
    def takes_more(self) -> bool:
        """Whether goods may still come into the form in hand: it is not held or stored already, nor only to be looked at."""
        return not self._slot.is_closed and (self.document is None or self.document.may_edit)

    @Slot()
    def save_draft(self) -> None:
        """Keep what is typed; an emptied form throws its draft away."""
        if self._runner.is_closed:
            return
        form, slot = self.form, self._slot
        payload, summary, empty = form.payload(), form.summary(), form.is_empty

        def done(_none: None) -> None:
            if slot is self._slot:
                self.is_dirty = self._timer.isActive()
                self.draft_saved.emit(None if empty else self._clock.now())

        self.ask(lambda: slot.write(payload, summary, is_empty=empty), done)

    def save_draft_now(self) -> None:
        """The page or the program is being closed within the moment that autosaving waits: write it here and now."""
        if self._timer.isActive():
            self._timer.stop()
            self._slot.write(self.form.payload(), self.form.summary(), is_empty=self.form.is_empty)

    @property
    def is_changed(self) -> bool:
        """There is something to lose. A stored document counts when something was typed into it since it was shown."""
        if self.form.is_empty or self._slot.is_closed:
            return False
        return self.document is None or self.is_dirty or self._slot.id is not None

    def put_aside(self, then: Callable[[bool], None]) -> None:
        """挂单 of what is in hand, then `then(whether there was anything)`, which shows another form.

        It stays in hand until it is written: on a full disk it is still there, and `then` is not called."""
        if self.is_saving:  # asked again behind it
            self.ask(lambda: None, lambda _none: self.put_aside(then))
            return
        self.leaving.emit()
        if not self.is_changed:
            then(False)
            return
        form, slot = self.form, self._slot
        payload, summary, note = form.payload(), form.summary(), form.remark

        def done(count: int) -> None:
            self.held_changed.emit(count)
            if self.form is form and form.payload() == payload:
                then(True)
                return
            slot.is_closed = self.form is not form  # something was scanned meanwhile: it belongs to it
            self.put_aside(then)

        def ended() -> None:
            if not slot.is_closed:
                self._timer.start()

        self._timer.stop()
        self.ask(lambda: slot.hold(payload, summary, note), done, on_end=ended)

    def held(self, on_done: Callable[[tuple[DraftRow, ...]], None]) -> None:
        """Those put aside."""
        self.ask(lambda: self._services.drafts.held(self._draft_kind), on_done)

    def resume(self, draft_id: int) -> None:
        """取单: what is in hand is held first, so nothing is lost."""
        drafts, kind = self._services.drafts, self._draft_kind

        def take(draft: FoundDraft) -> int:
            # From now on it is the form in hand: an autosave, no held bill.
            drafts.save(kind, dict(draft.payload), draft_id, summary="")
            return len(drafts.held(kind))

        def show(draft: FoundDraft) -> None:
            self._show_draft(draft)
            self.ask(lambda: take(draft), self.held_changed.emit)

        self.ask(lambda: self._read_draft(draft_id), lambda draft: self.put_aside(lambda _held: show(draft)))

    def discard_held(self, draft_id: int, on_done: Callable[[], None]) -> None:
        """Throw away one of those put aside."""

        def work() -> int:
            self._services.drafts.discard(draft_id)
            return len(self._services.drafts.held(self._draft_kind))

        def done(count: int) -> None:
            self.held_changed.emit(count)
            on_done()

        self.ask(work, done)

    def _read_draft(self, draft_id: int) -> FoundDraft:
        payload = self._services.drafts.load(draft_id)
        skus = [one["sku_id"] for one in payload.get("lines", ())]
        return FoundDraft(draft_id, payload, self.facts(skus, payload.get("customer_id"), payload.get("shop_id")))

    def _show_draft(self, draft: FoundDraft) -> None:
        form = self.draft_form(draft)
        self.show_form(form, slot=DraftSlot(self._services.drafts, self._draft_kind, draft.id))
        if form.left_out:
            self.lines_left_out.emit(form.left_out)

    # ---- stored documents
    def open(self, document_id: DocumentId, then: _Then = None, *, on_end: _Then = None) -> None:
        """Show a stored document; what is in hand is held first. `on_end`: also when it could not be read."""

        def show(document: DocumentView, facts: Facts) -> None:
            self.show_form(self.stored_form(document, facts), document)
            if then is not None:
                then()

        self.read_stored(document_id, show, on_end)

    def read_stored(self, document_id: DocumentId, show: _Show, on_end: _Then = None) -> None:
        """A stored document with the facts of its goods, for a form that takes the place of the one in hand, which is
        held first: also what came into it while the document was read, a draft found at the start among it."""

        def read() -> tuple[DocumentView, Facts]:
            document = self._services.documents.document(document_id)
            return document, self.facts_of(document)

        self.ask(read, lambda answer: self.put_aside(lambda _held: show(*answer)), on_end=on_end)

    def facts_of(self, document: DocumentView) -> Facts:
        """Of the goods and the customer of a stored document (worker thread)."""
        return self.facts([line.sku_id for line in document.lines], document.customer_id, document.shop_id)

    def turn(self, step: int, on_end: Callable[[], None], then: _Then = None) -> None:
        """上一张 (−1) / 下一张 (+1) in the order of entry; `on_end` when there is none."""
        at, documents, kind = self.form.document_id, self._services.documents, self._document_kind

        def done(found: DocumentId | None) -> None:
            if found is not None:
                self.open(found, then)
            else:
                on_end()

        if at is None and step > 0:
            on_end()
        else:
            self.ask(lambda: documents.neighbour(kind, at, step), done, "turn")

    # ---- saving
    def save(self) -> None:
        """One transaction on the desk lane. The same form saved again (a double F9, a retry) is stored once."""
        if self.is_saving:
            return
        self._set_saving(True)
        self._timer.stop()
        form, slot, former, request = self.form, self._slot, self.document, self.form.request()

        def work() -> SavedDocument:
            saved = self.store(request, former)
            slot.close()
            return saved

        stored = False

        def done(saved: SavedDocument) -> None:
            nonlocal stored
            stored = True
            self._set_saving(False)
            self.is_dirty = False
            self.saved.emit(saved, form)

        def ended() -> None:
            """Also after a fault of ours, of which only the crash window tells."""
            if not stored:
                self._set_saving(False)
                self._timer.start()  # what could not be saved stays a draft
                self.not_saved.emit()

        self.ask(work, done, on_error=self.refused.emit, on_end=ended)

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


def _unheard(_error: BaseException) -> None:
    """Nobody asked for it: what could not be refreshed stays as it was."""
