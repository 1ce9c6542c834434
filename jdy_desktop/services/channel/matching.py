"""商品匹配: which system SKU a 1688 SKU is (manual 4.3; M84, M85, M93–M101). Every change can be undone by batch."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product, Sku
from jdy_desktop.models.channel import MatchHistory, Offer, OfferSku, PreOrder
from jdy_desktop.models.documents import DocumentLine
from jdy_desktop.models.ids import OfferSkuId, ProductId, ShopId, SkuId
from jdy_desktop.models.rules.matching import MatchReason, attribute_key, may_match
from jdy_desktop.models.states import MatchOrigin, UploadState
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.bulk import chunks
from jdy_desktop.services.channel import auto_match as statements
from jdy_desktop.services.channel import match_suggestions
from jdy_desktop.services.channel.auto_match import HISTORY, OFFER, OFFER_SKU, PRODUCT, RANGE, SKU
from jdy_desktop.services.channel.match_log import MatchLog, next_batch
from jdy_desktop.services.channel.match_suggestions import Suggestion
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.rights import Right

__all__ = ["AutoMatchReport", "DeleteOffersReport", "Matching", "Suggestion"]

log = logging.getLogger(__name__)

#: What Ctrl+Z takes back; matches that came with a download are undone by deleting the match, row by row.
_UNDOABLE = ("auto", "manual", "unmatch")
_OPEN_UPLOADS = (UploadState.WAITING, UploadState.UPLOADING, UploadState.UNCLEAR)


@dataclass(frozen=True, slots=True)
class AutoMatchReport:
    """`left` rows stay 未匹配, `ambiguous` of them as rows of one offer share a code. `batch` 0: nothing matched."""

    matched: int
    left: int
    ambiguous: int
    batch: int


@dataclass(frozen=True, slots=True)
class DeleteOffersReport:
    """删除平台下载信息: `rows` are gone, `offers` with their last row; `kept_goods` stay in the goods centre (M85)."""

    offers: int
    rows: int
    kept_goods: int


class Matching:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def auto_match(self, shop_id: ShopId | None = None, job: JobContext | None = None) -> AutoMatchReport:
        """Look at every open row (of one shop) and match those that fit (M99). 取消 keeps what is matched by then.

        Rows matched before are left alone, whoever did it (M98); running it again matches nothing."""
        job = job or JobContext()
        with self._db.read() as session:
            # Two questions: asked together, the engine would read the whole table.
            first, last = (
                session.scalar(select(func.min(OFFER_SKU.c.id))),
                session.scalar(select(func.max(OFFER_SKU.c.id))),
            )
        batch = matched = 0
        for start in range(first or 0, (-1 if last is None else last) + 1, RANGE):
            job.step(start - (first or 0), (last or 0) - (first or 0) + 1, "rows")
            with self._db.write() as session:
                batch = batch or next_batch(session)
                matched += statements.match_range(session, self._ctx, batch, shop_id, start, start + RANGE - 1)
        if matched:
            with self._db.write() as session:
                audit.record(session, self._ctx, "auto_match", "match", batch, None, {"rows": matched})
        with self._db.read() as session:
            left = statements.left_over(session, shop_id)
        log.info("auto match batch=%s matched=%s left=%s", batch, matched, left.rows)
        return AutoMatchReport(matched, left.rows, left.ambiguous, batch if matched else 0)

    def reason(self, offer_sku_id: OfferSkuId) -> MatchReason:
        """Why the automatic match leaves a row open, or would match it (F8)."""
        with self._db.read() as session:
            return match_suggestions.reason(session, offer_sku_id)

    def match(self, offer_sku_id: OfferSkuId, sku_id: SkuId) -> int:
        """Match by hand, also a row that is matched already (M100, M101); the batch for undoing.

        Raises UserError("kind_mismatch") when only one of both has variants (M94)."""
        with self._db.write() as session:
            row = _row(session, offer_sku_id)
            sku = session.get(Sku, sku_id)
            if sku is None or not sku.is_active:
                raise UserError("sku_unknown", sku_id=sku_id)
            if not may_match(row.offer.has_skus, sku.product.has_variants):
                raise UserError("kind_mismatch", offer_has_skus=row.offer.has_skus, sku_code=sku.code)
            return self._by_hand(session, [(row, sku.id)])

    def match_offer(self, offer_pk: int, product_id: ProductId) -> int:
        """Match all rows of an offer to the SKUs of one product: by code, else by attribute values (香夹白L = 香夹白/L).

        Rows without a sure counterpart stay as they are. Raises UserError("kind_mismatch"), UserError("nothing_fits")."""
        with self._db.write() as session:
            offer, product = session.get(Offer, offer_pk), session.get(Product, product_id)
            if offer is None or product is None:
                raise UserError("offer_unknown" if offer is None else "product_unknown")
            if not may_match(offer.has_skus, product.has_variants):
                raise UserError("kind_mismatch", offer_has_skus=offer.has_skus, product_code=product.code)
            pairs = _counterparts([row for row in offer.skus if not row.is_gone], product)
            if not pairs:
                raise UserError("nothing_fits", product_code=product.code)
            return self._by_hand(session, pairs)

    def unmatch(self, offer_sku_ids: Sequence[OfferSkuId]) -> int:
        """删除商品匹配 (M84): these rows become 未匹配, the goods stay; how many were matched before."""
        count = 0
        with self._db.write() as session:
            batch, connection = next_batch(session), session.connection()
            for ids in chunks(list(offer_sku_ids)):
                is_matched = and_(OFFER_SKU.c.id.in_(ids), OFFER_SKU.c.sku_id.is_not(None))
                values: dict[str, Any] = {
                    "batch": literal(batch),
                    "action": literal("unmatch"),
                    "offer_sku_id": OFFER_SKU.c.id,
                    "before_sku_id": OFFER_SKU.c.sku_id,
                    "before_origin": OFFER_SKU.c.match_origin,
                    "operator": literal(self._ctx.operator),
                    "at": literal(self._ctx.clock.now(), HISTORY.c.at.type),
                    "is_undone": literal(False),
                }
                noted = select(*values.values()).where(is_matched)
                connection.execute(insert(HISTORY).from_select(list(values), noted))
                done = connection.execute(update(OFFER_SKU).values(sku_id=None, match_origin=None).where(is_matched))
                count += done.rowcount
            if count:
                audit.record(session, self._ctx, "unmatch", "match", batch, {"rows": count}, None)
        return count

    def delete_offers(self, offer_sku_ids: Sequence[OfferSkuId]) -> DeleteOffersReport:
        """删除平台下载信息 (M85): these rows and their matches go, an offer with its last row; the goods stay.

        Raises UserError("offer_has_uploads") when a pre-order that still waits to be sent needs one of them."""
        self._ctx.require(Right.DELETE_GOODS)
        with self._db.write() as session:
            rows, goods, offer_pks = 0, set[int](), set[int]()
            for ids in chunks(list(offer_sku_ids)):
                _refuse_open_uploads(session, ids)
                found = session.execute(
                    select(OfferSku.offer_pk, Sku.product_id)
                    .outerjoin(Sku, Sku.id == OfferSku.sku_id)
                    .where(OfferSku.id.in_(ids))
                ).all()
                offer_pks.update(offer_pk for offer_pk, _ in found)
                goods.update(product_id for _, product_id in found if product_id is not None)
                # Ids may be given again to other rows later: what is gone must not be undone.
                session.execute(
                    update(MatchHistory).where(MatchHistory.offer_sku_id.in_(ids)).values(is_undone=True),
                    execution_options={"synchronize_session": False},
                )
                session.execute(
                    delete(OfferSku).where(OfferSku.id.in_(ids)), execution_options={"synchronize_session": False}
                )
                rows += len(found)
            offers = _delete_empty(session, list(offer_pks))
            audit.record(session, self._ctx, "delete_offers", "offer", "", {"rows": rows, "offers": offers}, None)
        return DeleteOffersReport(offers, rows, len(goods))

    def undo_last(self) -> int:
        """Take back the last act (自动匹配, 手动匹配, 删除商品匹配); how many rows changed, 0 when there is none.

        Rows changed again since then, and goods deleted since then, are left as they are."""
        with self._db.write() as session:
            connection = session.connection()
            batch = session.scalar(
                select(func.max(MatchHistory.batch)).where(
                    MatchHistory.action.in_(_UNDOABLE), MatchHistory.is_undone.is_(False)
                )
            )
            if batch is None:
                return 0
            # A deleted SKU's id may have been given to a younger one: that is not the one meant.
            still_lives = exists().where(
                SKU.c.id == HISTORY.c.before_sku_id,
                PRODUCT.c.id == SKU.c.product_id,
                PRODUCT.c.created_at <= HISTORY.c.at,
            )
            done = connection.execute(
                update(OFFER_SKU)
                .values(sku_id=HISTORY.c.before_sku_id, match_origin=HISTORY.c.before_origin)
                .where(HISTORY.c.batch == batch, HISTORY.c.offer_sku_id == OFFER_SKU.c.id, ~HISTORY.c.is_undone)
                .where(OFFER_SKU.c.sku_id.is_not_distinct_from(HISTORY.c.after_sku_id))
                .where(or_(HISTORY.c.before_sku_id.is_(None), still_lives))
            )
            connection.execute(update(HISTORY).where(HISTORY.c.batch == batch).values(is_undone=True))
            audit.record(session, self._ctx, "undo_match", "match", batch, None, {"rows": done.rowcount})
            return done.rowcount

    def suggestions(self, offer_sku_id: OfferSkuId, text: str = "", limit: int = 8) -> tuple[Suggestion, ...]:
        """Goods for the manual match, best first, of the fitting kind only (M94). `text` searches; words in any order."""
        with self._db.read() as session:
            return match_suggestions.suggest(session, offer_sku_id, text, limit)

    def _by_hand(self, session: Session, pairs: Sequence[tuple[OfferSku, int]]) -> int:
        matches = MatchLog(session, self._ctx, "manual")
        before = {str(row.id): row.sku_id for row, _ in pairs}
        for row, sku_id in pairs:
            matches.set(row, sku_id, MatchOrigin.MANUAL)
        matches.write()
        after = {str(row.id): sku_id for row, sku_id in pairs}
        audit.record(session, self._ctx, "manual_match", "match", matches.batch, before, after)
        return matches.batch


def _row(session: Session, offer_sku_id: OfferSkuId) -> OfferSku:
    row = session.get(OfferSku, offer_sku_id)
    if row is None:
        raise UserError("offer_unknown", offer_sku_id=offer_sku_id)
    return row


def _counterparts(rows: Sequence[OfferSku], product: Product) -> list[tuple[OfferSku, int]]:
    """Pairs that leave no doubt; the only row of an offer without SKUs is the only SKU of its product."""
    skus = [sku for sku in product.skus if sku.is_active]
    if not product.has_variants:
        return [(row, skus[0].id) for row in rows[:1] if skus]
    by_code = _unique((sku.code_key, sku.id) for sku in skus)
    by_name = _unique((attribute_key([sku.name]), sku.id) for sku in skus)
    codes = _unique((row.code_key, row.id) for row in rows)
    names = _unique((attribute_key([row.name]), row.id) for row in rows)
    pairs: list[tuple[OfferSku, int]] = []
    taken = set[int]()
    for find, mine in ((by_code, codes), (by_name, names)):
        for row in rows:
            key = row.code_key if mine is codes else attribute_key([row.name])
            sku_id = find.get(key)
            if sku_id is not None and key in mine and sku_id not in taken and all(row is not one for one, _ in pairs):
                taken.add(sku_id)
                pairs.append((row, sku_id))
    return pairs


def _unique(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Keys that stand for one thing only; empty ones stand for none."""
    found: dict[str, int] = {}
    doubled = {""}
    for key, value in pairs:
        if key in found:
            doubled.add(key)
        found[key] = value
    return {key: value for key, value in found.items() if key not in doubled}


def _refuse_open_uploads(session: Session, ids: Sequence[OfferSkuId]) -> None:
    waiting = session.scalar(
        select(PreOrder.id)
        .join(DocumentLine, DocumentLine.document_id == PreOrder.sale_id)
        .where(DocumentLine.offer_sku_id.in_(ids), PreOrder.upload_state.in_(_OPEN_UPLOADS))
        .limit(1)
    )
    if waiting is not None:
        raise UserError("offer_has_uploads")


def _delete_empty(session: Session, offer_pks: Sequence[int]) -> int:
    offers = 0
    for pks in chunks(offer_pks):
        has_rows = exists().where(OFFER_SKU.c.offer_pk == OFFER.c.id)
        done = session.connection().execute(delete(OFFER).where(OFFER.c.id.in_(pks), ~has_rows))
        offers += done.rowcount
    return offers
