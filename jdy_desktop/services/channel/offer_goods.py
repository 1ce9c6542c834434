"""下载后自动在系统创建相同商品: goods for offers that have none yet (manual 4.2.3; M56, M62, M64–M74, M88, M97)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from jdy_desktop.models.catalog import Product, Sku
from jdy_desktop.models.channel import Offer, OfferSku
from jdy_desktop.models.states import MatchOrigin, OfferStatus
from jdy_desktop.services.book import catalog
from jdy_desktop.services.book.products import create_from_offer
from jdy_desktop.services.channel.match_log import MatchLog
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import translated_errors

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an offer: `created` goods, `linked` to goods made by hand, given back to its own, or `failed`.

    `code` differs from `wanted` when other goods had the 货号 (F7)."""

    offer_id: str
    title: str
    outcome: str
    wanted: str = ""
    code: str = ""
    reason: str = ""


class GoodsMaker:
    """Works in the caller's transaction; each offer is all or nothing, one that cannot be made spoils no other."""

    def __init__(self, session: Session, ctx: Context, shop_name: str, matches: MatchLog) -> None:
        self._session = session
        self._ctx = ctx
        self._shop_name = shop_name
        self._matches = matches

    def make(self, offer_pks: Sequence[int]) -> list[Made]:
        """One entry per offer that had no goods. Offers with goods, matched in whatever way, are left alone (M86)."""
        offers = self._session.scalars(select(Offer).where(Offer.id.in_(offer_pks)).order_by(Offer.id)).unique()
        made = []
        for offer in offers:
            rows = [row for row in offer.skus if not row.is_gone]
            if offer.status == OfferStatus.GONE or not rows or any(row.sku_id is not None for row in rows):
                continue
            made.append(self._give_back(offer, rows) or self._link(offer, rows) or self._create(offer, rows))
        return made

    def _give_back(self, offer: Offer, rows: Sequence[OfferSku]) -> Made | None:
        """Goods that an earlier download made and that still live are not made twice; their match comes back."""
        if all(row.created_sku_id is None for row in rows):
            return None
        for row in rows:
            if row.created_sku_id is not None:
                self._matches.set(row, row.created_sku_id, MatchOrigin.CREATED)
        return Made(offer.offer_id, offer.title, "linked")

    def _link(self, offer: Offer, rows: Sequence[OfferSku]) -> Made | None:
        """Goods made by hand whose codes fit every row by the rules of 4.3.3 are linked, not made again (W41).

        Only when no other offer has them: two offers with one 货号 must not melt into one product (F7)."""
        keys = [row.code_key for row in rows]
        if "" in keys or len(set(keys)) < len(keys):
            return None
        other = aliased(OfferSku)
        found = self._session.execute(
            select(Sku.code_key, Sku.id, Product.id)
            .join(Product, Product.id == Sku.product_id)
            .where(Sku.code_key.in_(keys), Sku.is_active, Product.has_variants == offer.has_skus)
            .where(~Product.is_downloaded)
            .where(~select(other.id).where(other.sku_id == Sku.id).exists())
        ).all()
        if len(found) < len(keys) or len({product_id for _, _, product_id in found}) != 1:
            return None
        sku_by_key = {key: sku_id for key, sku_id, _ in found}
        for row in rows:
            self._matches.set(row, sku_by_key[row.code_key], MatchOrigin.AUTO)
        return Made(offer.offer_id, offer.title, "linked")

    def _create(self, offer: Offer, rows: Sequence[OfferSku]) -> Made:
        try:
            with translated_errors(), self._session.begin_nested():
                product = create_from_offer(self._session, self._ctx, self._shop_name, offer)
                self._session.flush()
        except UserError as exc:
            # What the savepoint took back may stand in the look-ups of this session: units, categories, values.
            catalog.forget_cache(self._session)
            log.warning("no goods made for offer=%s: %s", offer.offer_id, exc)
            return Made(offer.offer_id, offer.title, "failed", reason=exc.code)
        for row, sku in zip(rows, product.skus, strict=True):
            row.created_sku_id = sku.id
            self._matches.set(row, sku.id, MatchOrigin.CREATED)
        wanted = offer.item_number.strip() or offer.offer_id
        return Made(offer.offer_id, offer.title, "created", wanted=wanted, code=product.code)
