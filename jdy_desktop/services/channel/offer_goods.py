"""下载后自动在系统创建相同商品: goods for offers that have none yet (manual 4.2.3; M56, M62, M64–M74, M88, M97)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, selectinload

from jdy_desktop.models.catalog import Product, Sku
from jdy_desktop.models.channel import Offer, OfferSku
from jdy_desktop.models.states import MatchOrigin, OfferStatus
from jdy_desktop.services.book import catalog
from jdy_desktop.services.book.products import create_from_offer
from jdy_desktop.services.channel.match_log import MatchLog
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.courtesy import give_way
from jdy_desktop.services.machine.db import translated_errors

log = logging.getLogger(__name__)

#: code key → (SKU, its product, has the product variants): goods made by hand that no offer has yet.
_HandMade = dict[str, tuple[int, int, bool]]


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an offer: `created` goods, `linked` to goods that were there, or `failed` with the reason.

    `code` differs from `wanted` when other goods had the 货号 (F7)."""

    offer_id: str
    title: str
    outcome: str
    wanted: str = ""
    code: str = ""
    reason: str = ""


class GoodsMaker:
    """Works in the caller's transaction; each offer is all or nothing, one that cannot be made spoils no other."""

    def __init__(self, session: Session, ctx: Context, shop_name: str, batch: int | None) -> None:
        self._session = session
        self._ctx = ctx
        self._shop_name = shop_name
        self._matches = MatchLog(session, ctx, "created", batch)

    @property
    def batch(self) -> int:
        return self._matches.batch

    def make(self, offer_pks: Sequence[int]) -> list[Made]:
        """One entry per offer that had no goods. Offers with goods, matched in whatever way, are left alone (M86).

        First all in one go; only when one cannot be made, again with a savepoint around each."""
        try:
            with translated_errors(), self._session.begin_nested():
                return self._make(offer_pks, is_careful=False)
        except UserError:
            self._forget()
            self._matches.drop()
            return self._make(offer_pks, is_careful=True)

    def _make(self, offer_pks: Sequence[int], *, is_careful: bool) -> list[Made]:
        is_matched = select(OfferSku.id).where(OfferSku.offer_pk == Offer.id, OfferSku.sku_id.is_not(None)).exists()
        wanted = select(Offer).where(Offer.id.in_(offer_pks), ~is_matched).order_by(Offer.id)
        wanted = wanted.options(selectinload(Offer.skus))
        # Rows of this session may be older than what was just stored.
        offers = self._session.scalars(wanted, execution_options={"populate_existing": True}).all()
        bare = [offer for offer in offers if _has_no_goods(offer)]
        hand_made = self._hand_made({row.code_key for offer in bare for row in _listed(offer)} - {""})
        made = []
        for offer in bare:
            give_way()
            rows = _listed(offer)
            done = self._give_back(offer, rows) or self._link(offer, rows, hand_made)
            made.append(done or self._create(offer, rows, is_careful=is_careful))
        self._matches.write()
        return made

    def _give_back(self, offer: Offer, rows: Sequence[OfferSku]) -> Made | None:
        """Goods that an earlier download made and that still live are not made twice; their match comes back."""
        if all(row.created_sku_id is None for row in rows):
            return None
        for row in rows:
            if row.created_sku_id is not None:
                self._matches.set(row, row.created_sku_id, MatchOrigin.CREATED)
        return Made(offer.offer_id, offer.title, "linked")

    def _hand_made(self, keys: Iterable[str]) -> _HandMade:
        other = aliased(OfferSku)
        found = self._session.execute(
            select(Sku.code_key, Sku.id, Product.id, Product.has_variants)
            .join(Product, Product.id == Sku.product_id)
            .where(Sku.code_key.in_(list(keys)), Sku.is_active, ~Product.is_downloaded)
            .where(~select(other.id).where(other.sku_id == Sku.id).exists())
        )
        return {key: (sku_id, product_id, has_variants) for key, sku_id, product_id, has_variants in found}

    def _link(self, offer: Offer, rows: Sequence[OfferSku], hand_made: _HandMade) -> Made | None:
        """Goods made by hand whose codes fit every row by the rules of 4.3.3 are linked, not made again (W41).

        Each only once: two offers with one 货号 must not melt into one product (F7)."""
        found = [hand_made.get(row.code_key) for row in rows]
        goods = [one for one in found if one is not None and one[2] == offer.has_skus]
        if len(goods) < len(rows) or len({row.code_key for row in rows}) < len(rows):
            return None
        if len({product_id for _, product_id, _ in goods}) != 1:
            return None
        for row, (sku_id, _, _) in zip(rows, goods, strict=True):
            self._matches.set(row, sku_id, MatchOrigin.AUTO)
            del hand_made[row.code_key]
        return Made(offer.offer_id, offer.title, "linked")

    def _create(self, offer: Offer, rows: Sequence[OfferSku], *, is_careful: bool) -> Made:
        try:
            with translated_errors(), self._session.begin_nested() if is_careful else nullcontext():
                product = create_from_offer(self._session, self._ctx, self._shop_name, offer)
        except UserError as exc:
            if not is_careful:
                raise
            self._forget()
            log.warning("no goods made for offer=%s: %s", offer.offer_id, exc)
            return Made(offer.offer_id, offer.title, "failed", reason=exc.code)
        for row, sku_id in zip(rows, product.sku_ids, strict=True):
            self._matches.set(row, sku_id, MatchOrigin.CREATED, is_new=True)
        wanted = offer.item_number.strip() or offer.offer_id
        return Made(offer.offer_id, offer.title, "created", wanted=wanted, code=product.code)

    def _forget(self) -> None:
        """What a savepoint took back may stand in the look-ups of this session: units, categories, values."""
        catalog.forget_cache(self._session)


def _has_no_goods(offer: Offer) -> bool:
    rows = _listed(offer)
    return offer.status != OfferStatus.GONE and bool(rows) and all(row.sku_id is None for row in rows)


def _listed(offer: Offer) -> list[OfferSku]:
    return [row for row in offer.skus if not row.is_gone]
