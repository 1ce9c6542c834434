"""The rows of 商品发布 and how they move from state to state. Every move is one transaction.

未发布 → 发布中 → 已发布 | 发布失败 | 待核对. From 发布中 nothing is sent a second time: who does not know what became of
it makes it 待核对, which only a look-up or the clerk leads out of.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import Setting
from jdy_desktop.models.channel import Offer as OfferRow
from jdy_desktop.models.channel import OfferSku, Publication
from jdy_desktop.models.ids import OfferId, ShopId
from jdy_desktop.models.rules.publishing import PublishKey
from jdy_desktop.models.states import MatchOrigin, OfferStatus, PublishState
from jdy_desktop.services.book import audit
from jdy_desktop.services.channel.match_log import MatchLog
from jdy_desktop.services.channel.offer_store import store_offers
from jdy_desktop.services.channel.publish_goods import RESTORED_AT
from jdy_desktop.services.channel.publish_values import OUR_CODE, BoundCategory
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.values import Offer

log = logging.getLogger(__name__)

#: Whoever publishes gives a sign of life at least this often; later it counts as dead.
LEASE = timedelta(minutes=6)
_MAY_BEGIN = (PublishState.DRAFT, PublishState.FAILED)


@dataclass(slots=True)
class Claim:
    """The right to publish one row, as long as nobody else has changed it. `uploaded`: digest → path in the photo bank."""

    key: PublishKey
    version: int
    category_id: str
    category_name: str
    is_private: bool
    uploaded: dict[str, str]


class PublishStore:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db, self._ctx = db, ctx

    # ------------------------------------------------------------ category

    def bind_category(self, keys: Sequence[PublishKey], category: BoundCategory) -> int:
        """Bind it to these goods; those on their way or published keep theirs. How many were bound."""
        count = 0
        with self._db.write() as session:
            for key in keys:
                row = find(session, key) or self._new(session, key)
                if row.state in _MAY_BEGIN:
                    row.category_id, row.category_name = category.category_id, category.name[:200]
                    row.updated_at = self._ctx.clock.now()
                    count += 1
        return count

    def recent_categories(self, limit: int) -> tuple[BoundCategory, ...]:
        """Categories in use, the last used first."""
        last = func.max(Publication.updated_at)
        wanted = (
            select(Publication.category_id, Publication.category_name)
            .where(Publication.category_id != "")
            .group_by(Publication.category_id, Publication.category_name)
            .order_by(last.desc(), Publication.category_id)
        )
        with self._db.read() as session:
            return tuple(BoundCategory(*row) for row in session.execute(wanted.limit(limit)))

    def _new(self, session: Session, key: PublishKey) -> Publication:
        now = self._ctx.clock.now()
        row = Publication(
            product_id=key.product_id, shop_id=key.shop_id, state=PublishState.DRAFT.value, updated_at=now
        )
        session.add(row)
        session.flush()
        return row

    # ------------------------------------------------------------ on the way

    def claim(self, key: PublishKey) -> Claim:
        """Take the row in hand. Raises UserError when it is on its way, unclear or published already."""
        with self._db.write() as session:
            row = find(session, key)
            if row is None or not row.category_id:
                raise UserError("publish_category_missing", field="category")
            if row.state not in _MAY_BEGIN:
                _refuse(row)
            row.state, row.log, row.sent_at = PublishState.SENDING.value, "", None
            row.updated_at = self._ctx.clock.now()
            session.flush()
            known = dict(json.loads(row.picture_urls))
            return Claim(key, row.version, row.category_id, row.category_name, row.is_private, known)

    def note_picture(self, claim: Claim, digest: str, path: str) -> None:
        """1688 has this picture: it is not sent again, and by its path the offer can be recognised."""
        claim.uploaded[digest] = path
        with self._db.write() as session:
            row = self._in_hand(session, claim)
            row.picture_urls = json.dumps(list(claim.uploaded.items()))
            self._alive(session, row, claim)

    def about_to_send(self, claim: Claim) -> None:
        """From here on nobody knows, until 1688 has answered. Raises UserError when the row is no longer in hand."""
        with self._db.write() as session:
            row = self._in_hand(session, claim)
            row.sent_at = self._ctx.clock.now()
            self._alive(session, row, claim)

    def back(self, claim: Claim, code: str = "") -> None:
        """Nothing was made: it can be published again at any time."""
        self._end(claim, PublishState.DRAFT, OUR_CODE + code if code else "")

    def failed(self, claim: Claim, words: str) -> None:
        """1688 said no; its words stand in the log unchanged."""
        self._end(claim, PublishState.FAILED, words)

    def unclear(self, claim: Claim, code: str) -> None:
        """Perhaps made, perhaps not: 待核对."""
        self._end(claim, PublishState.UNCLEAR, OUR_CODE + code)

    def _end(self, claim: Claim, state: PublishState, words: str) -> None:
        with self._db.write() as session:
            row = find(session, claim.key)
            if row is None or row.state != PublishState.SENDING or row.version != claim.version:
                log.warning("late answer left alone product=%s shop=%s", claim.key.product_id, claim.key.shop_id)
                return
            row.state, row.log, row.updated_at = state.value, words, self._ctx.clock.now()

    def _in_hand(self, session: Session, claim: Claim) -> Publication:
        row = find(session, claim.key)
        if row is None or row.state != PublishState.SENDING or row.version != claim.version:
            raise UserError("publish_changed")
        return row

    def _alive(self, session: Session, row: Publication, claim: Claim) -> None:
        row.updated_at = self._ctx.clock.now()
        session.flush()
        claim.version = row.version

    def recover(self) -> int:
        """Publishers that died: with the offer sent 待核对, before that 未发布. How many."""
        dead = (Publication.state == PublishState.SENDING, Publication.updated_at < self._ctx.clock.now() - LEASE)
        with self._db.read() as session:
            if not session.scalar(select(func.count()).where(*dead)):
                return 0
        with self._db.write() as session:
            rows = list(session.scalars(select(Publication).where(*dead)))
            for row in rows:
                log.warning("publisher died product=%s shop=%s sent=%s", row.product_id, row.shop_id, row.sent_at)
                row.state = (PublishState.UNCLEAR if row.sent_at else PublishState.DRAFT).value
                row.log = OUR_CODE + "sender_died"
            return len(rows)

    # ------------------------------------------------------------ at 1688

    def published(self, key: PublishKey, offer: Offer, sku_id: int | None) -> None:
        """1688 made it: state, offer and match in one transaction, so that it can be sold at once.

        `sku_id` None: goods with SKUs, which cannot be matched to an offer without (M94). Raises
        UserError("publish_surplus") when the goods are gone or have another offer: the clerk must look at 1688."""
        with self._db.write() as session:
            row = find(session, key)
            if row is None:
                log.error("published goods are gone product=%s offer=%s", key.product_id, offer.offer_id)
                raise UserError("publish_surplus", offer_id=offer.offer_id)
            is_doubted = row.state == PublishState.UNCLEAR  # the clerk, or our own pictures, say which one it is
            if row.offer_id and row.offer_id != offer.offer_id and not is_doubted:
                log.error("second offer product=%s has=%s new=%s", key.product_id, row.offer_id, offer.offer_id)
                raise UserError("publish_surplus", offer_id=offer.offer_id)
            self._take_in(session, key.shop_id, offer, sku_id)
            if row.state == PublishState.PUBLISHED:
                return
            row.state, row.offer_id, row.log = PublishState.PUBLISHED.value, str(offer.offer_id), ""
            row.published_at = row.updated_at = self._ctx.clock.now()
            after = {"offer_id": str(offer.offer_id), "shop_id": key.shop_id}
            audit.record(session, self._ctx, "publish", "product", key.product_id, None, after)
        log.info("published product=%s shop=%s offer=%s", key.product_id, key.shop_id, offer.offer_id)

    def _take_in(self, session: Session, shop_id: ShopId, offer: Offer, sku_id: int | None) -> None:
        session.flush()
        stored = store_offers(session.connection(), shop_id, [offer], self._ctx.clock.now())
        if sku_id is None:
            return
        pk = stored.pks[str(offer.offer_id)]
        matches = MatchLog(session, self._ctx, "created")
        for row in session.scalars(select(OfferSku).where(OfferSku.offer_pk == pk, OfferSku.sku_id.is_(None))):
            matches.set(row, sku_id, MatchOrigin.CREATED, is_new=True)
        matches.write()

    def refresh(self, shop_id: ShopId, offer: Offer) -> None:
        """The offer as 1688 tells it."""
        with self._db.write() as session:
            store_offers(session.connection(), shop_id, [offer], self._ctx.clock.now())

    def gone(self, key: PublishKey) -> None:
        """1688 has deleted the offer: these goods can be published anew, with pictures sent anew."""
        with self._db.write() as session:
            row = find(session, key)
            if row is None or row.state != PublishState.PUBLISHED:
                raise UserError("publish_changed")
            self._forget_offer(session, row)
            row.state, row.log, row.updated_at = (
                PublishState.DRAFT.value, OUR_CODE + "offer_gone", self._ctx.clock.now(),
            )  # fmt: skip

    def _forget_offer(self, session: Session, row: Publication) -> None:
        old = select(OfferRow).where(OfferRow.shop_id == row.shop_id, OfferRow.offer_id == row.offer_id)
        for offer in session.scalars(old):
            offer.status = OfferStatus.GONE.value
        before = {"offer_id": row.offer_id, "shop_id": row.shop_id}
        row.offer_id, row.picture_urls, row.sent_at, row.published_at = "", "[]", None, None
        audit.record(session, self._ctx, "publish_gone", "product", row.product_id, before, None)

    def doubt(self, key: PublishKey) -> None:
        """1688 left the published offer out of its answer: 待核对, the clerk looks into the shop."""
        with self._db.write() as session:
            row = find(session, key)
            if row is None or row.state != PublishState.PUBLISHED:
                raise UserError("publish_changed")
            row.state, row.log, row.updated_at = (
                PublishState.UNCLEAR.value, OUR_CODE + "offer_missing", self._ctx.clock.now(),
            )  # fmt: skip

    def again(self, key: PublishKey) -> None:
        """The clerk has looked at 1688 and found nothing: it may be published again. Raises UserError when not 待核对."""
        with self._db.write() as session:
            row = find(session, key)
            if row is None or row.state != PublishState.UNCLEAR:
                raise UserError("publish_changed")
            if row.offer_id:
                self._forget_offer(session, row)
            row.state, row.log, row.updated_at = PublishState.DRAFT.value, "", self._ctx.clock.now()
            audit.record(session, self._ctx, "publish_again", "product", key.product_id, None, {"shop_id": key.shop_id})

    def taken(self, offer_id: OfferId, but: PublishKey) -> bool:
        """Whether other goods of ours were published as this offer."""
        with self._db.read() as session:
            rows = session.scalars(select(Publication).where(Publication.offer_id == offer_id))
            return any((row.product_id, row.shop_id) != (but.product_id, but.shop_id) for row in rows)

    def sent(self, key: PublishKey) -> Mapping[str, str] | None:
        """Pictures (digest → path) of a row that is 待核对; None when it is not any more."""
        with self._db.read() as session:
            row = find(session, key)
            if row is None or row.state != PublishState.UNCLEAR:
                return None
            return dict(json.loads(row.picture_urls))


def find(session: Session, key: PublishKey) -> Publication | None:
    wanted = select(Publication).where(Publication.product_id == key.product_id, Publication.shop_id == key.shop_id)
    return session.scalars(wanted).first()


def doubt_after_restore(session: Session, ctx: Context) -> None:
    """What was on its way when the backup was made may be at 1688 by now, sent or not: 待核对. What had not begun may be
    there too: until the shop has been downloaded nothing of it is published."""
    session.merge(Setting(key=RESTORED_AT, value=ctx.clock.now().isoformat()))
    for row in session.scalars(select(Publication).where(Publication.state == PublishState.SENDING)):
        row.state, row.log, row.updated_at = PublishState.UNCLEAR.value, OUR_CODE + "sender_died", ctx.clock.now()


def _refuse(row: Publication) -> None:
    if row.state == PublishState.PUBLISHED:
        raise UserError("publish_done", offer_id=row.offer_id)
    if row.state == PublishState.UNCLEAR:
        raise UserError("publish_unclear")
    raise UserError("publish_sending")
