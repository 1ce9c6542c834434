"""商品发布 (manual 4.4; M104–M112): goods of the book become simple offers of a shop, without SKUs, private by default.

Never two offers for one publishing: a row is claimed and stored before the offer is sent once; an answer that does not come
makes it 待核对. 1688 documents that its list of offers leaves simple offers out, so not finding one there proves nothing:
by itself the program only ever links what it recognises by its pictures, and publishes again only when the clerk says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from jdy_desktop.models.ids import OfferId, ShopId
from jdy_desktop.models.rules.offer_ids import parse_offer_ids
from jdy_desktop.models.rules.publishing import (
    MOST_PICTURES,
    PLATFORM_UNIT,
    Condition,
    PublishKey,
    obstacles,
    whole_stock,
)
from jdy_desktop.models.states import OfferStatus, PublishState
from jdy_desktop.services.channel.platform_categories import ARROW, PlatformCategories
from jdy_desktop.services.channel.publish_goods import (
    Goods,
    PictureFile,
    bytes_to_send,
    digest,
    picture_files,
    read_goods,
    view_of,
)
from jdy_desktop.services.channel.publish_store import LEASE, Claim, PublishStore, find
from jdy_desktop.services.channel.publish_values import (
    OUR_CODE,
    BoundCategory,
    Outcome,
    OutcomeKind,
    PublishReport,
    PublishView,
)
from jdy_desktop.services.channel.server_time import Patience
from jdy_desktop.services.errors import (
    BadAnswer,
    JdyError,
    JobCancelled,
    LinkError,
    LocalError,
    NoPermission,
    PlatformError,
    RateLimited,
    TokenExpired,
    UserError,
)
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway
    from jdy_desktop.services.ali1688.values import Offer, SimpleOffer, TokenSource
    from jdy_desktop.services.channel.pictures import Pictures
    from jdy_desktop.services.channel.shop_tokens import TokenGiver

__all__ = [
    "BoundCategory",
    "Outcome",
    "OutcomeKind",
    "PublishKey",
    "PublishReport",
    "PublishView",
    "Publishing",
]

log = logging.getLogger(__name__)

#: pages of 20 that a look-up reads, newest offers first
_LOOK_PAGES = 5


class _Lease(Patience):
    """Throttling may be waited for, but nothing is sent when the row's lease is about to end."""

    MOST_S = 200.0


class Publishing:
    """Thread-safe; several PCs on one book may publish at once: the database decides who sends."""

    def __init__(
        self, db: Database, ctx: Context, shops: TokenGiver, gateway: Callable[[], Gateway], pictures: Pictures
    ) -> None:
        self._db, self._ctx, self._shops, self._gateway, self._pictures = db, ctx, shops, gateway, pictures
        self._store = PublishStore(db, ctx)
        self.categories = PlatformCategories(gateway)

    # ------------------------------------------------------------ before publishing

    def bind_category(self, keys: Sequence[PublishKey], category: BoundCategory) -> int:
        """绑定类目 (M108); goods on their way or published keep theirs. How many were bound."""
        return self._store.bind_category(keys, category)

    def recent_categories(self, limit: int = 8) -> tuple[BoundCategory, ...]:
        """Categories in use, the last used first."""
        return self._store.recent_categories(limit)

    def view(self, job: JobContext, key: PublishKey) -> PublishView:
        """The goods with every condition and its reason (M105–M108, M110). Fetches pictures that are not here yet.

        Raises UserError("product_unknown"), UserError("shop_unknown"), JobCancelled."""
        return self._examine(job, key)[0]

    def recover(self) -> int:
        """Rows of publishers that died; call it when the page opens. How many."""
        return self._store.recover()

    def _examine(self, job: JobContext, key: PublishKey) -> tuple[PublishView, Goods, list[PictureFile]]:
        with self._db.read() as session:
            goods = read_goods(session, key)
        files = picture_files(job, self._pictures, goods.pictures)
        with self._db.read() as session:
            return view_of(key, goods, find(session, key), files), goods, files

    # ------------------------------------------------------------ publishing

    def publish_many(
        self, job: JobContext, keys: Sequence[PublishKey], consents: frozenset[Condition] = frozenset()
    ) -> PublishReport:
        """One after the other; goods that cannot be published stop no others, a line that is down does.

        取消 works between goods and between pictures. Raises JobCancelled; what was published until then stays."""
        outcomes: list[Outcome] = []
        for done, key in enumerate(keys):
            job.step(done, len(keys), "offers")
            outcomes.append(self.publish(job, key, consents))
            if outcomes[-1].stops:
                break
        job.step(len(keys), len(keys), "offers")
        return PublishReport(tuple(outcomes), len(keys) - len(outcomes))

    def publish(self, job: JobContext, key: PublishKey, consents: frozenset[Condition] = frozenset()) -> Outcome:
        """Publish goods in a shop. `consents`: what the clerk agreed to (shrink pictures, goods with SKUs; M106, M110).

        A row that is 待核对 is looked up, never sent. Raises UserError when it is on its way or published already."""
        self._store.recover()
        view, goods, files = self._examine(job, key)
        if view.state is PublishState.UNCLEAR:
            return self.look_up(job, key)
        against = obstacles(view.findings, consents)
        if against and view.state in (PublishState.DRAFT, PublishState.FAILED):
            return Outcome(key, goods.name, OutcomeKind.NOT_READY, findings=against)
        claim = self._store.claim(key)
        return _Sending(self, claim, goods, files).run(_Lease(job, self._ctx, LEASE.total_seconds() - 90))

    # ------------------------------------------------------------ 待核对

    def look_up(self, job: JobContext, key: PublishKey) -> Outcome:
        """Look for a 待核对 one among the shop's newest offers; only one that shows our own pictures is ours.

        Not found leaves it 待核对: 1688's list has no simple offers. A published one is checked instead (`check`).
        Raises UserError in any other state, LinkError, PlatformError, JobCancelled."""
        with self._db.read() as session:
            goods, row = read_goods(session, key), find(session, key)
            is_published = row is not None and row.state == PublishState.PUBLISHED
        if is_published:
            return self.check(job, key)
        sent = self._store.sent(key)
        if sent is None:
            raise UserError("publish_changed")
        offer = self._recognise(job, key.shop_id, set(map(picture_name, sent.values())))
        if offer is None:
            return Outcome(key, goods.name, OutcomeKind.UNCLEAR)
        self._store.published(key, offer, goods.only_sku_id)
        return Outcome(key, goods.name, OutcomeKind.PUBLISHED, offer_id=offer.offer_id)

    def _recognise(self, job: JobContext, shop_id: ShopId, names: set[str]) -> Offer | None:
        tokens, gateway = self._shops.tokens(shop_id), self._gateway()
        for page_no in range(1, _LOOK_PAGES + 1):
            page = gateway.offer_page(tokens, page_no, job, statuses=(), is_newest_first=True)
            found = next((one for one in page.offers if shows(one, names)), None)
            if found is not None or page.is_empty:
                return found
        return None

    def link(self, job: JobContext, key: PublishKey, text: str) -> Outcome:
        """The clerk found it in the shop: `text` is its number or link. It must be an offer of this shop without SKUs
        that carries our title or pictures. Raises UserError when it does not, or belongs to other goods."""
        ids = parse_offer_ids(text).ids
        if len(ids) != 1:
            raise UserError("publish_offer_number", field="offer_id")
        with self._db.read() as session:
            goods = read_goods(session, key)
        sent = self._store.sent(key)
        if sent is None:
            raise UserError("publish_changed")
        found = self._gateway().offers_by_ids(self._shops.tokens(key.shop_id), ids, job).offers
        if not found:
            raise UserError("publish_offer_unknown", field="offer_id", offer_id=ids[0])
        offer = found[0]
        is_ours = offer.title == goods.name.strip() or shows(offer, set(map(picture_name, sent.values())))
        if offer.skus or not is_ours:
            raise UserError("publish_offer_differs", field="offer_id", title=offer.title)
        if self._store.taken(offer.offer_id, key):
            raise UserError("publish_offer_taken", field="offer_id", offer_id=offer.offer_id)
        self._store.published(key, offer, goods.only_sku_id)
        return Outcome(key, goods.name, OutcomeKind.PUBLISHED, offer_id=offer.offer_id)

    def check(self, job: JobContext, key: PublishKey) -> Outcome:
        """A published one once more: what 1688 says of it now, matched again when the match was taken away.

        Deleted, says 1688: 未发布 again. Not in the answer: 待核对, for a missing offer proves nothing (decision 0005).
        Raises UserError when it is not 已发布, BadAnswer when it cannot be read (the row stays), LinkError, PlatformError."""
        with self._db.read() as session:
            goods, row = read_goods(session, key), find(session, key)
            offer_id = OfferId(row.offer_id) if row is not None and row.state == PublishState.PUBLISHED else None
        if offer_id is None:
            raise UserError("publish_changed")
        page = self._gateway().offers_by_ids(self._shops.tokens(key.shop_id), [offer_id], job)
        found = next((one for one in page.offers if one.offer_id == offer_id), None)
        if found is None and page.bad:
            raise BadAnswer(reason="bad_offer", missing=page.bad[0].reason)
        if found is None:
            self._store.doubt(key)
            return Outcome(key, goods.name, OutcomeKind.UNCLEAR, OUR_CODE + "offer_missing")
        if found.status is OfferStatus.GONE:
            self._store.gone(key)
            return Outcome(key, goods.name, OutcomeKind.POSTPONED, OUR_CODE + "offer_gone")
        self._store.published(key, found, goods.only_sku_id)
        return Outcome(key, goods.name, OutcomeKind.PUBLISHED, offer_id=offer_id)

    def again(self, key: PublishKey) -> None:
        """The clerk has looked at 1688 and it is not there: 未发布 again. Raises UserError when it is not 待核对."""
        self._store.again(key)


class _Sending:
    """One claimed row on its way to 1688."""

    def __init__(self, service: Publishing, claim: Claim, goods: Goods, files: Sequence[PictureFile]) -> None:
        self._service, self._claim, self._goods, self._files = service, claim, goods, files
        self._store = service._store
        #: from here on nobody knows whether the offer exists, unless 1688 says so
        self._is_sent = False

    def run(self, job: JobContext) -> Outcome:
        """Every way out leaves the row in a state that says what is known. Raises JobCancelled, LocalError, UserError."""
        try:
            offer_id, offer = self._send(job)
        except JobCancelled:
            self._store.back(self._claim)
            raise
        except BadAnswer as exc:
            return self._lost(exc)
        except LinkError as exc:
            return self._lost(exc) if exc.outcome_unknown else self._postponed(exc)
        except RateLimited as exc:
            return self._postponed(exc)
        except (TokenExpired, NoPermission) as exc:
            return self._refused(OUR_CODE + exc.code, stops=True)
        except PlatformError as exc:
            return self._refused(exc.their_text or exc.their_code or OUR_CODE + exc.code)
        except (UserError, LocalError) as exc:
            self._store.back(self._claim, exc.code)
            raise
        # Its own transaction, outside: a disk that is full now must not look like an offer that was never made.
        self._store.published(self._claim.key, offer, self._goods.only_sku_id)
        self._refresh(job, offer_id)
        return self._outcome(OutcomeKind.PUBLISHED, offer_id=offer_id)

    def _send(self, job: JobContext) -> tuple[OfferId, Offer]:
        tokens, gateway = self._service._shops.tokens(self._claim.key.shop_id), self._service._gateway()
        paths, addresses = self._upload(job, gateway, tokens)
        draft = self._draft(paths)
        self._store.about_to_send(self._claim)
        self._is_sent = True
        offer_id = gateway.add_simple_offer(tokens, draft, job)
        return offer_id, self._as_offer(offer_id, draft, addresses)

    def _upload(self, job: JobContext, gateway: Gateway, tokens: TokenSource) -> tuple[list[str], list[str]]:
        """Paths for the offer and addresses to show, main picture first; one that 1688 has already is not sent again."""
        from jdy_desktop.services.ali1688.addresses import picture_address

        album_id = ""
        paths = []
        for place, file in enumerate(self._files[:MOST_PICTURES], 1):
            job.check()
            data = bytes_to_send(file)
            mark = digest(data)
            if mark not in self._claim.uploaded:
                album_id = album_id or self._album(job, gateway, tokens)
                name = f"{self._goods.code[:24]} {place}"
                path = gateway.upload_picture(tokens, album_id, name, data, job).path
                self._store.note_picture(self._claim, mark, path)
            paths.append(self._claim.uploaded[mark])
        return paths, [picture_address(path, gateway.settings) for path in paths]

    def _album(self, job: JobContext, gateway: Gateway, tokens: TokenSource) -> str:
        albums = gateway.albums(tokens, job)
        if not albums:
            raise UserError("publish_no_album")
        return albums[0].album_id

    def _draft(self, paths: Sequence[str]) -> SimpleOffer:
        from jdy_desktop.services.ali1688.values import SimpleOffer

        goods = self._goods
        assert goods.price is not None, "obstacles() lets no goods without a price through"
        facts = (("货号", goods.code), ("规格型号", goods.specification), ("", goods.remark))
        lines = [goods.name, *(f"{title}：{text}" if title else text for title, text in facts if text)]
        return SimpleOffer(
            title=goods.name.strip(),
            category_id=self._claim.category_id,
            pictures=tuple(paths),
            description="\n".join(lines)[:2000],
            price=goods.price,
            retail_price=goods.retail_price,
            stock=whole_stock(goods.stock),
            is_private=self._claim.is_private,
        )

    def _as_offer(self, offer_id: OfferId, draft: SimpleOffer, addresses: Sequence[str]) -> Offer:
        """What 1688 will tell of it; taken at once, because the look back may fail and a sale must not wait for it."""
        from jdy_desktop.services.ali1688.values import Offer, PriceTier

        return Offer(
            offer_id=offer_id,
            title=draft.title,
            category_id=draft.category_id,
            category_name=self._claim.category_name.rpartition(ARROW)[2],
            status=OfferStatus.ON_SHELF,
            unit=PLATFORM_UNIT,
            tiers=(PriceTier(Decimal(1), draft.price),),
            retail_price=draft.retail_price,
            online_stock=Decimal(draft.stock),
            pictures=tuple(address for address in addresses if address),
            is_private=draft.is_private,
        )

    def _refresh(self, job: JobContext, offer_id: OfferId) -> None:
        """1688's own words about it, when they can be had: it may round, rename or hold it back for a check."""
        key = self._claim.key
        try:
            tokens = self._service._shops.tokens(key.shop_id)
            found = self._service._gateway().offers_by_ids(tokens, [offer_id], job).offers
            if found:
                self._store.refresh(key.shop_id, found[0])
        except (JdyError, JobCancelled) as exc:
            log.info("offer=%s not read back: %s", offer_id, exc)

    def _lost(self, exc: LinkError | BadAnswer) -> Outcome:
        if not self._is_sent:  # a picture was lost on the way: at worst it lies in the photo bank twice
            return self._postponed(exc)
        self._store.unclear(self._claim, exc.code)
        return self._outcome(OutcomeKind.UNCLEAR, OUR_CODE + exc.code, stops=True)

    def _postponed(self, exc: JdyError) -> Outcome:
        self._store.back(self._claim, exc.code)
        return self._outcome(OutcomeKind.POSTPONED, OUR_CODE + exc.code, stops=True)

    def _refused(self, words: str, *, stops: bool = False) -> Outcome:
        self._store.failed(self._claim, words)
        return self._outcome(OutcomeKind.REFUSED, words, stops=stops)

    def _outcome(
        self, kind: OutcomeKind, text: str = "", *, offer_id: OfferId | None = None, stops: bool = False
    ) -> Outcome:
        return Outcome(self._claim.key, self._goods.name, kind, text, offer_id=offer_id, stops=stops)


def picture_name(path: str) -> str:
    """What 1688 keeps of an uploaded picture's name wherever it shows it: 9326000017_2208 of …/9326000017_2208.jpg."""
    return path.rpartition("/")[2].partition(".")[0]


def shows(offer: Offer, names: set[str]) -> bool:
    """Whether the offer carries one of these pictures. The photo bank gives each upload a number of its own."""
    return any(name and name in names for name in map(picture_name, offer.pictures))
