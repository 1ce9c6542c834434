"""Documents of every kind: save, change, review, void. One call = one transaction = all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from jdy_desktop.models.ids import DocumentId, PreOrderId
from jdy_desktop.models.rules.logistics import default_logistics
from jdy_desktop.models.rules.phones import masked_phone
from jdy_desktop.models.rules.rounding import ZERO, to_amount
from jdy_desktop.models.rules.tax import DocumentMoney
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book import (
    audit,
    bills,
    counting,
    document_links,
    document_money,
    document_reading,
    document_states,
    sale_channel,
)
from jdy_desktop.services.book.bulk import insert_row
from jdy_desktop.services.book.document_checks import check_request
from jdy_desktop.services.book.document_states import saved_document, state_lock, stored_head
from jdy_desktop.services.book.document_values import (
    DocumentView,
    LineTotals,
    LineView,
    SavedDocument,
    SaveDocument,
    SaveLine,
    Shortfall,
    TaxRules,
    Totals,
)
from jdy_desktop.services.book.document_writing import (
    DOCUMENT,
    TWIN,
    Goods,
    book_rules,
    change_head,
    check_day,
    check_goods,
    check_party,
    coming_number,
    department_of,
    goods_of,
    keep_last_prices,
    line_rows,
    line_warehouses,
    move_lines,
    post_party,
    refuse_short,
    reverse_party,
    take_number,
    write_lines,
)
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS
from jdy_desktop.services.book.low_price import low_row, require_price
from jdy_desktop.services.book.posting import Ledger, MoveLine
from jdy_desktop.services.book.return_costs import returned_costs
from jdy_desktop.services.book.sale_channel import ChannelSide, LivePreOrder
from jdy_desktop.services.errors import Stale, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right

__all__ = [
    "DocumentView",
    "Documents",
    "LineTotals",
    "LineView",
    "SaveDocument",
    "SaveLine",
    "SavedDocument",
    "Shortfall",
    "TaxRules",
    "Totals",
]

_POSTED_STATES = (DocumentState.SAVED, DocumentState.REVIEWED)


class Documents:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def new_client_key(self) -> str:
        """A key for a form just opened; saving that form twice stores it once."""
        return self._ctx.random.token(18)

    def save(self, request: SaveDocument) -> SavedDocument:
        """Store a new document or change a saved one; stock moves now unless a reviewer is wanted (M10).

        Raises, and nothing is stored: StockShort, BeforeStartPeriod, MarketMissing, Stale, UserError with field and row.
        """
        check_request(request)
        with self._db.write() as session:
            return save_in(session, self._ctx, request)

    def preview_number(self, kind: DocumentKind, day: date) -> str:
        """The number the next document of that day will probably get; given for good only while saving."""
        with self._db.read() as session:
            return coming_number(session.connection(), kind, DOCUMENT_KINDS[kind].prefix, day)

    def document(self, document_id: DocumentId) -> DocumentView:
        """Raises UserError("document_unknown"). What a count wrote stands at the average: a 店员 sees it without money,
        and no whole telephone number."""
        with self._db.read() as session:
            found = document_reading.view(session.connection(), document_id)
        if not self._ctx.may(Right.SEE_PHONES):
            found = replace(found, customer_phone=masked_phone(found.customer_phone))
        is_average = found.kind is DocumentKind.OTHER_RECEIPT and found.source_id is not None
        return document_reading.without_money(found) if is_average and not self._ctx.may(Right.SEE_COST) else found

    def find(self, number: str) -> DocumentId | None:
        """A document by the number on its slip."""
        with self._db.read() as session:
            return document_reading.find(session.connection(), number)

    def newest_of(self, kind: DocumentKind, party_id: int) -> DocumentId | None:
        """照上一张: the last document of that kind with this customer or supplier."""
        with self._db.read() as session:
            return document_reading.newest_of(session.connection(), kind, party_id)

    def returnable(self, document_id: DocumentId, but: DocumentId | None = None) -> dict[int, Decimal]:
        """What may still be returned of each line (by line id); `but`: a return whose own pieces count as not returned."""
        with self._db.read() as session:
            return document_links.returnable(session.connection(), document_id, but)

    def neighbour(self, kind: DocumentKind, document_id: DocumentId | None, step: int) -> DocumentId | None:
        """上一张 (step −1) / 下一张 (+1) of the order of entry; without a document: the newest (−1). None at the end."""
        with self._db.read() as session:
            return document_reading.neighbour(session.connection(), kind, document_id, step)

    def void(self, document_id: DocumentId, version: int) -> SavedDocument:
        """Take a document back with reversing moves; its number stays used.

        A warning "code_stays_payable" says that 1688 still shows the code until it expires. Raises Stale, StockShort,
        UserError pre_order_paid, pre_order_pending, document_voided,
        and Refused: it needs 店主.
        """
        self._ctx.require(Right.VOID_DOCUMENT)
        with self._db.write() as session:
            return document_states.void(session, self._ctx, document_id, version)

    def review(self, document_id: DocumentId, version: int) -> SavedDocument:
        """审核: stock and debts move now, and the pre-order is queued. Raises Stale, StockShort, UserError, and Refused: it
        needs 店主."""
        self._ctx.require(Right.REVIEW)
        with self._db.write() as session:
            return document_states.review(session, self._ctx, document_id, version)

    def unreview(self, document_id: DocumentId, version: int) -> SavedDocument:
        """反审核: takes the moves back; refused once 1688 holds the pre-order. Raises Stale, StockShort, UserError, and
        Refused: it needs 店主."""
        self._ctx.require(Right.REVIEW)
        with self._db.write() as session:
            return document_states.unreview(session, self._ctx, document_id, version)

    def mark_printed(self, document_id: DocumentId) -> None:
        """One more print: the next paper says 补打 (M134). No new version: nothing of the document changed."""
        with self._db.write() as session:
            counted = {"print_count": DOCUMENT.c.print_count + 1}
            session.connection().execute(update(DOCUMENT).where(DOCUMENT.c.id == document_id).values(counted))

    def tax_rules(self) -> TaxRules:
        with self._db.read() as session:
            return book_rules(session.connection()).tax

    def may_sell_low(self) -> bool:
        """Whether who works now may sell under the lowest price: a form offers no price that saving would refuse."""
        return self._ctx.may(Right.LOW_PRICE)

    def low_row(
        self, request: SaveDocument, totals: Totals, rules: TaxRules, floors: Mapping[int, Decimal]
    ) -> int | None:
        """Which row of a sale saving would refuse as sold too low: from 1, 0 for the discount of the whole bill, None for
        none, as for the owner. `floors`: the lowest price of each SKU, yuan. Pure: call it on each key."""
        if request.kind is not DocumentKind.SALE or self.may_sell_low():
            return None
        tax = document_money.rules_for(request, rules)
        return low_row(request, totals.lines, totals.goods_amount, totals.amount_after_discount, tax, floors)

    def may_review(self) -> bool:
        """Whether who works now may review documents and take reviews back."""
        return self._ctx.may(Right.REVIEW)

    def totals(self, request: SaveDocument, rules: TaxRules) -> Totals:
        """Foot of the form while typing; pure, no database: call it on each key."""
        return document_money.totals(request, rules)


def save_in(session: Session, ctx: Context, request: SaveDocument) -> SavedDocument:
    """`Documents.save` inside a transaction that the caller holds; `check_request` has been passed."""
    connection = session.connection()
    if request.document_id is None:
        twin = TWIN.scalar(connection, key=request.client_key)
        if twin is not None:
            return saved_document(connection, DocumentId(twin), already=True)
        return _Saving(session, ctx, request, None).run()
    before = stored_head(connection, request.document_id)
    if before["kind"] != request.kind:
        raise UserError("kind_fixed", field="kind")
    return _Saving(session, ctx, _as_stored(request, before), before).run()


def _as_stored(request: SaveDocument, before: Mapping[str, Any]) -> SaveDocument:
    """The correction of a stored document: its prices are meant as they were; what was paid with it stays unless named, and
    so does the department while the shop is the same."""
    stays: dict[str, Any] = {"prices_include_tax": before["prices_include_tax"]}
    if request.paid_amount is None:
        stays |= {"paid_amount": before["paid_amount"], "account_id": before["account_id"]}
    if request.department_id is None and request.shop_id == before["shop_id"]:
        stays["department_id"] = before["department_id"]
    return replace(request, **stays)


class _Saving:
    """One save, new or changed. Steps share the facts read once."""

    def __init__(self, session: Session, ctx: Context, request: SaveDocument, before: Mapping[str, Any] | None) -> None:
        self.session, self.ctx, self.request, self.before = session, ctx, request, before
        self.connection = session.connection()
        self.spec = DOCUMENT_KINDS[request.kind]
        self.now = ctx.clock.now()
        self.rules = book_rules(self.connection)
        self.live: LivePreOrder | None = None

    def run(self) -> SavedDocument:
        request, connection = self.request, self.connection
        check_day(request.day, self.rules)
        if self.before is not None:
            self._check_may_change(self.before)
        former_lines = [] if self.before is None else document_reading.line_dicts(connection, self.before["id"])
        goods = goods_of(connection, [line.sku_id for line in (*request.lines,)])
        check_goods(request, goods)
        goods |= goods_of(connection, [line["sku_id"] for line in former_lines]) if former_lines else {}
        check_party(connection, request, self.spec)
        places = line_warehouses(connection, request)
        tax = document_money.rules_for(request, self.rules.tax)
        money, foot = document_money.compute(request, tax, _tax_rates(request, tax, goods))
        require_price(connection, self.ctx, request, money, foot, tax)
        document_links.check_sources(connection, request, needs_review=self.rules.needs_review)
        side = sale_channel.resolve(connection, request, foot.after_discount)
        head = self._head(foot, tax, side)
        document_id, number, version = self._write_head(head)
        rows = line_rows(document_id, request, goods, money, places, side)
        if self.before is not None:
            document_links.forget_voided_returns(connection, document_id)
        write_lines(connection, document_id, rows, anew=self.before is not None)
        self._move(document_id, head, rows, goods)
        pre_order_id = self._pre_order(document_id, side)
        sale_channel.remember_choices(connection, side.shop_id, request, former_lines)
        self._record(document_id, number, head, rows, former_lines)
        if request.kind is DocumentKind.COUNT:
            for one in counting.differences(connection, request, document_id, rows, self.rules):
                save_in(self.session, self.ctx, one)
        return SavedDocument(
            DocumentId(document_id), number, version, head["settlement_amount"], pre_order_id, side.warnings
        )

    def _check_may_change(self, before: Mapping[str, Any]) -> None:
        if before["version"] != self.request.version:
            raise Stale(entity="document", number=before["number"])
        reason = state_lock(before["state"])
        if reason is None:
            self.live = sale_channel.live_pre_order(self.connection, before["id"])
            reason = sale_channel.edit_lock(self.live) or document_links.edit_lock(self.connection, before)
        if reason is not None:
            raise UserError(reason, number=before["number"])

    def _head(self, foot: DocumentMoney, tax: TaxRules, side: ChannelSide) -> dict[str, Any]:
        request = self.request
        logistics = request.logistics
        if logistics is None and request.kind is DocumentKind.SALE:
            logistics = default_logistics(request.customer_freight)
        return {
            "day": request.day,
            "customer_id": request.customer_id if self.spec.party == "customer" else None,
            "supplier_id": request.supplier_id if self.spec.party == "supplier" else None,
            "shop_id": side.shop_id,
            "department_id": department_of(self.connection, request, side.shop_id),
            "warehouse_id": request.warehouse_id,
            "to_warehouse_id": request.to_warehouse_id,
            "source_id": request.source_id,
            "category": request.category,
            "logistics": logistics.value if logistics else None,
            "remark": request.remark,
            "prices_include_tax": tax.prices_include_tax,
            "goods_amount": foot.gross,
            "discount_rate": foot.discount_rate,
            "discount_amount": foot.discount,
            "amount_after_discount": foot.after_discount,
            "customer_freight": foot.freight,
            "settlement_amount": foot.settlement,
            "paid_amount": to_amount(request.paid_amount or ZERO),
            "account_id": request.account_id,
            "makes_pre_order": request.makes_pre_order,
            "operator": self.ctx.operator,
            "updated_at": self.now,
        }

    def _write_head(self, head: dict[str, Any]) -> tuple[int, str, int]:
        if self.before is not None:
            version = self.before["version"]
            if not change_head(self.connection, self.before["id"], version, head):
                raise Stale(entity="document", number=self.before["number"])
            return self.before["id"], self.before["number"], version + 1
        number = take_number(self.connection, self.request.kind, self.spec.prefix, self.request.day)
        fixed = {
            "kind": self.request.kind.value,
            "number": number,
            "state": DocumentState.SAVED.value,
            "client_key": self.request.client_key,
            "created_at": self.now,
            "print_count": 0,
            "reviewer": "",
            "version": 1,
        }
        return insert_row(self.connection, DOCUMENT, head | fixed), number, 1

    def _move(
        self, document_id: int, head: dict[str, Any], rows: Sequence[dict[str, Any]], goods: dict[int, Goods]
    ) -> None:
        """Take back what the former version moved, then check and post the new one; with a reviewer, check only."""
        ledger = Ledger(self.connection, list(goods), cost_per_warehouse=self.rules.cost_per_warehouse)
        returned = returned_costs(self.connection, self.request.kind, document_id, rows)
        lines = move_lines(self.spec, rows, head, returned)
        former: list[MoveLine] = []
        if self.before is not None:
            former = ledger.stored_moves(document_id)
            reverse_party(self.connection, document_id, self.before["day"], self.now)
        if self.spec.direction < 0:
            ledger.reverse(document_id, head["day"], self.now, former)
            # The goods a count misses may stand in documents that wait for their review, like its own do.
            if not (
                self.rules.needs_review and document_links.is_of_count(self.connection, head | {"kind": self.spec.kind})
            ):
                refuse_short(ledger, lines, goods)
        else:
            refuse_short(ledger, [*former, *lines], goods)
            ledger.reverse(document_id, head["day"], self.now, former)
        if not self.rules.needs_review:
            ledger.post(document_id, head["day"], self.now, lines)
            self._post_party(document_id, head, rows)
        ledger.flush()
        if self.before is not None:
            bills.keep_within(self.session, self.ctx, document_id)

    def _post_party(self, document_id: int, head: dict[str, Any], rows: Sequence[dict[str, Any]]) -> None:
        post_party(self.connection, self.spec, head, document_id, self.now)
        if self.request.kind is DocumentKind.SALE and head["customer_id"] is not None:
            keep_last_prices(self.connection, self.rules.tax, head, rows)

    def _pre_order(self, document_id: int, side: ChannelSide) -> PreOrderId | None:
        if self.request.kind is not DocumentKind.SALE:
            return None
        if not self.request.makes_pre_order:
            sale_channel.forget_unsent(self.connection, self.live)
            return None
        if self.rules.needs_review:
            return self.live.id if self.live else None
        return sale_channel.queue(self.connection, self.ctx, document_id, side)

    def _record(
        self,
        document_id: int,
        number: str,
        head: dict[str, Any],
        rows: Sequence[dict[str, Any]],
        former_lines: Sequence[Mapping[str, Any]],
    ) -> None:
        before = None if self.before is None else _audit_values(number, self.before, former_lines)
        action = "save" if before is None else "change"
        after = _audit_values(number, head, rows)
        audit.record(self.session, self.ctx, action, self.request.kind.value, document_id, before, after)


def _audit_values(number: str, head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = (
        "day",
        "customer_id",
        "supplier_id",
        "discount_amount",
        "customer_freight",
        "settlement_amount",
        "paid_amount",
    )
    values = {name: head[name] for name in names if head[name]}
    lines = [[row["sku_code"], row["warehouse_id"], row["quantity"], row["gross_price"]] for row in rows]
    return values | {"number": number, "lines": lines}


def _tax_rates(request: SaveDocument, tax: TaxRules, goods: dict[int, Goods]) -> list[Decimal]:
    """Percent per line: of the form, else of the goods, else of the account set; 0 when tax is not computed."""
    if not tax.computes_tax:
        return [Decimal(0)] * len(request.lines)
    rates = []
    for line in request.lines:
        of_goods = goods[line.sku_id].tax_rate
        rates.append(next(rate for rate in (line.tax_rate, of_goods, tax.tax_rate) if rate is not None))
    return rates
