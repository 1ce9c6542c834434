"""Writes the days of a practice story into the book, through the same doors as the pages: documents, reviews, payments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import singledispatchmethod
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import CustomerId, DocumentId, ShopId, SkuId, WarehouseId
from jdy_desktop.models.rules.rounding import ZERO, to_amount
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book import bills, document_reading, document_states, documents, payments, posting
from jdy_desktop.services.book.bulk import table_of
from jdy_desktop.services.book.document_checks import check_request
from jdy_desktop.services.book.document_money import totals
from jdy_desktop.services.book.document_values import SavedDocument, SaveDocument, SaveLine
from jdy_desktop.services.book.document_writing import BookRules, book_rules
from jdy_desktop.services.book.payments import Party, SavePayment
from jdy_desktop.services.book.practice_plan import (
    Bought,
    CameBack,
    Counted,
    Event,
    Given,
    Moved,
    PaidOut,
    Piece,
    Received,
    SentBack,
    Sold,
    Way,
)
from jdy_desktop.services.machine.context import SHANGHAI, Context

KEY = "practice-"
_DOCUMENT = table_of(Document)

#: hears every sale that became a pre-order: session, sale, how it was paid, the moment it was made, minutes until paid.
OnChannelSale = Callable[[Session, SavedDocument, Sold, datetime], None]


class StoryClock:
    """The moment of the event that is being written."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.astimezone(SHANGHAI).date()

    def monotonic(self) -> float:
        return self.moment.timestamp()


def moment_of(day: date, minute: int) -> datetime:
    """A minute of a day in the market's own time, as an instant."""
    return (datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what the story's numbers stand for. `accounts` by name."""

    skus: Sequence[SkuId]
    customers: Sequence[CustomerId]
    suppliers: Sequence[int]
    accounts: Mapping[str, int]
    warehouse: WarehouseId
    second_warehouse: WarehouseId
    shop: ShopId | None


class DayWriter:
    """One day, in the transaction of the caller."""

    def __init__(
        self, session: Session, ctx: Context, cast: Cast, number: int, day: date, on_channel: OnChannelSale
    ) -> None:
        self._session, self._cast, self._number, self._day = session, cast, number, day
        self._clock = StoryClock(moment_of(day, 0))
        self._ctx = Context(clock=self._clock, random=ctx.random, seat=ctx.seat)
        self._rules: BookRules = book_rules(session.connection())
        self._on_channel = on_channel
        self.documents = 0

    def write(self, events: Sequence[Event]) -> None:
        for place, event in enumerate(events):
            self._clock.moment = moment_of(self._day, event.minute)
            self._act(event, _key(self._number, place))

    # ---- documents
    def _save(self, request: SaveDocument) -> SavedDocument:
        check_request(request)
        saved = documents.save_in(self._session, self._ctx, request)
        if self._rules.needs_review and not saved.already_saved:
            saved = document_states.review(self._session, self._ctx, saved.id, saved.version)
        self.documents += 1
        return saved

    def _request(self, kind: DocumentKind, key: str, lines: Sequence[SaveLine], **more: Any) -> SaveDocument:
        return SaveDocument(
            kind=kind, client_key=key, day=self._day, lines=tuple(lines), warehouse_id=self._cast.warehouse, **more
        )

    def _lines(self, pieces: Sequence[Piece]) -> list[SaveLine]:
        return [SaveLine(self._cast.skus[one.ware], Decimal(one.quantity), one.price) for one in pieces]

    def _paid(self, request: SaveDocument, share: Decimal, account: str) -> SaveDocument:
        """`share` of what the document asks is paid into an account at once."""
        if not share:
            return request
        amount = to_amount(totals(request, self._rules.tax).settlement_amount * share)
        return replace(request, paid_amount=amount, account_id=self._cast.accounts[account])

    def _source(self, source: tuple[int, int]) -> tuple[DocumentId, dict[int, int]]:
        """The document of a day and place, and its line of each SKU."""
        connection = self._session.connection()
        query = select(_DOCUMENT.c.id).where(_DOCUMENT.c.client_key == _key(*source))
        found = DocumentId(connection.execute(query).scalar_one())
        return found, {row["sku_id"]: row["id"] for row in document_reading.line_dicts(connection, found)}

    def _lines_back(self, pieces: Sequence[Piece], of_sku: Mapping[int, int]) -> list[SaveLine]:
        return [replace(line, source_line_id=of_sku[line.sku_id]) for line in self._lines(pieces)]

    @singledispatchmethod
    def _act(self, event: Event, key: str) -> None:
        raise TypeError(type(event))

    @_act.register
    def _(self, event: Bought, key: str) -> None:
        supplier = self._cast.suppliers[event.supplier]
        request = self._request(DocumentKind.PURCHASE, key, self._lines(event.pieces), supplier_id=supplier)
        self._save(self._paid(request, event.share, "银行"))

    @_act.register
    def _(self, event: SentBack, key: str) -> None:
        source, of_sku = self._source(event.source)
        head = document_states.stored_head(self._session.connection(), source)
        lines = self._lines_back(event.pieces, of_sku)
        more = {"supplier_id": head["supplier_id"], "source_id": source, "remark": "色差，退厂"}
        self._save(self._request(DocumentKind.PURCHASE_RETURN, key, lines, **more))

    @_act.register
    def _(self, event: Sold, key: str) -> None:
        if not event.pieces:
            return
        request = self._request(
            DocumentKind.SALE,
            key,
            self._lines(event.pieces),
            customer_id=self._cast.customers[event.customer],
            customer_freight=Decimal(event.freight),
            discount_amount=event.discount or None,
            makes_pre_order=event.way.is_channel,
            shop_id=self._cast.shop if event.way.is_channel else None,
        )
        if event.way is Way.PART:
            request = self._paid(request, Decimal("0.5"), "现金")
        elif event.way.account:
            request = self._paid(request, Decimal(1), event.way.account)
        saved = self._save(request)
        if event.way.is_channel and not saved.already_saved:
            self._on_channel(self._session, saved, event, self._clock.moment)

    @_act.register
    def _(self, event: CameBack, key: str) -> None:
        source, of_sku = self._source(event.source)
        head = document_states.stored_head(self._session.connection(), source)
        lines = self._lines_back(event.pieces, of_sku)
        more = {"customer_id": head["customer_id"], "source_id": source, "remark": "尺码不合"}
        self._save(self._paid(self._request(DocumentKind.SALE_RETURN, key, lines, **more), Decimal(1), "现金"))

    @_act.register
    def _(self, event: Counted, key: str) -> None:
        connection = self._session.connection()
        per = self._rules.cost_per_warehouse
        skus = [self._cast.skus[one.ware] for one in event.pieces]
        held = posting.Ledger(connection, skus, cost_per_warehouse=per).quantities()
        place = self._cast.warehouse
        lines = [
            SaveLine(sku, held.get((sku, place), ZERO) + one.quantity, ZERO, book_quantity=held.get((sku, place), ZERO))
            for sku, one in zip(skus, event.pieces, strict=True)
        ]
        self._save(self._request(DocumentKind.COUNT, key, lines, remark="月中抽盘"))

    @_act.register
    def _(self, event: Moved, key: str) -> None:
        lines, second = self._lines(event.pieces), self._cast.second_warehouse
        self._save(self._request(DocumentKind.TRANSFER, key, lines, to_warehouse_id=second, remark="放后仓"))

    @_act.register
    def _(self, event: Given, key: str) -> None:
        lines = self._lines(event.pieces)
        self._save(self._request(DocumentKind.OTHER_ISSUE, key, lines, category="其他出库", remark="样品"))

    # ---- money
    @_act.register
    def _(self, event: Received, key: str) -> None:
        self._pay(Party("customer", self._cast.customers[event.customer]), event.share, event.account, key)

    @_act.register
    def _(self, event: PaidOut, key: str) -> None:
        self._pay(Party("supplier", self._cast.suppliers[event.supplier]), event.share, "银行", key)

    def _pay(self, party: Party, share: Decimal, account: str, key: str) -> None:
        """A share of what is open, oldest bills first; nothing when nothing is."""
        owed = bills.balance(self._session.connection(), party)
        amount = to_amount(owed * min(share, Decimal(1)))
        if amount > 0:
            request = SavePayment(key, party, self._day, amount, self._cast.accounts[account])
            payments.save_in(self._session, self._ctx, request)


def _key(number: int, place: int) -> str:
    """The same for the same event, so that a day written twice is stored once."""
    return f"{KEY}{number:02d}-{place:02d}"
