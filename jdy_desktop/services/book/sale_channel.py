"""The 1688 side of a sale while it is saved: which shop, which offer of each line, and its row in the outbox.

Nothing here talks to 1688; the outbox (services/channel/pre_orders.py) sends what stands in `pre_order` after the commit.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from jdy_desktop.models.account import Setting
from jdy_desktop.models.channel import Market, Offer, OfferChoice, OfferSku, PreOrder, Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import OfferSkuId, PreOrderId, ShopId
from jdy_desktop.models.rules.preorder_state import had_last_word
from jdy_desktop.models.rules.pricing import unsendable_rows
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.book.bulk import chunks, table_of, upsert
from jdy_desktop.services.book.document_values import SaveDocument
from jdy_desktop.services.book.prepared import Prepared
from jdy_desktop.services.errors import MarketMissing, UserError
from jdy_desktop.services.machine.context import Context

_SHOP = table_of(Shop)
_OFFER = table_of(Offer)
_OFFER_SKU = table_of(OfferSku)
_CHOICE = table_of(OfferChoice)
_PRE_ORDER = table_of(PreOrder)
_MARKET = table_of(Market)
_DOCUMENT = table_of(Document)
_SETTING = table_of(Setting)

#: Setting of a book that was made from a backup: when.
RESTORED = "outbox.restored_at"
_RESTORED = Prepared(select(_SETTING.c.value).where(_SETTING.c.key == RESTORED))

KEY_LENGTH = 10
#: 1688 may hold (or be about to hold) a pre-order with the old lines: the sale stays as it is.
_LOCKING = (UploadState.UPLOADED, UploadState.UPLOADING, UploadState.UNCLEAR)
_NOT_SENT = (UploadState.WAITING, UploadState.FAILED)
#: Why a pre-order that was never sent rests; review or a new save wakes it again.
UNREVIEWED, VOIDED = "sale_unreviewed", "sale_voided"


@dataclass(frozen=True, slots=True)
class ChannelSide:
    """`offers` has one entry per line (None: not matched). `warnings`: codes for the clerk, the sale is saved."""

    shop_id: ShopId | None
    market_name: str
    offers: tuple[OfferSkuId | None, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LivePreOrder:
    """The newest pre-order of a sale, and what is to be known of the earlier ones."""

    id: PreOrderId
    upload_state: UploadState
    pay_state: PayState
    advice: str
    #: any of them.
    is_paid: bool
    #: an earlier one that a buyer may still pay.
    is_earlier_payable: bool

    @property
    def is_payable(self) -> bool:
        """1688 has a code of this sale that a buyer who holds it may pay."""
        return self.upload_state is UploadState.UPLOADED or self.is_earlier_payable


def resolve(connection: Connection, request: SaveDocument, amount_after_discount: Decimal) -> ChannelSide:
    """Shop and offers of a sale that is to become a pre-order (M121, M128).

    Raises UserError: shop_missing, shop_needed, other_shop, offer_choice_needed, quantity_not_whole,
    pre_order_amount_zero; MarketMissing. Without a pre-order nothing is asked and the lines' own choices are kept, as far as
    the offers are still there.
    """
    if not request.makes_pre_order:
        there = _matches(connection, (line.offer_sku_id for line in request.lines))
        kept = tuple(line.offer_sku_id if line.offer_sku_id in there else None for line in request.lines)
        return ChannelSide(request.shop_id, "", kept)
    unsendable = unsendable_rows([line.quantity for line in request.lines])
    if unsendable:
        raise UserError("quantity_not_whole", field="quantity", row=unsendable[0], rows=unsendable)
    if amount_after_discount <= 0:
        raise UserError("pre_order_amount_zero", field="discount_amount")
    shop = _shop(connection, request.shop_id)
    if shop.market_id is None:
        raise MarketMissing(field="shop_id", shop=shop.name, shop_id=shop.id)
    offers = _line_offers(connection, request, shop.id)
    warnings = ("not_matched",) if None in offers else ()
    return ChannelSide(ShopId(shop.id), shop.market, offers, warnings)


def live_pre_order(connection: Connection, sale_id: int) -> LivePreOrder | None:
    columns = _PRE_ORDER.c
    wanted = select(
        columns.id, columns.upload_state, columns.pay_state, columns.advice, columns.number, columns.remote_created_at,
        columns.polled_at,
    )  # fmt: skip
    rows = connection.execute(wanted.where(columns.sale_id == sale_id).order_by(columns.generation.desc())).all()
    if not rows:
        return None
    newest, *earlier = rows
    return LivePreOrder(
        PreOrderId(newest.id),
        UploadState(newest.upload_state),
        PayState(newest.pay_state),
        newest.advice,
        is_paid=any(row.pay_state == PayState.PAID.value for row in rows),
        is_earlier_payable=any(map(_may_be_paid, earlier)),
    )


def _may_be_paid(row: Any) -> bool:
    """Scanned, it is the buyer's; else until 1688 was asked once more after its end."""
    if not row.number or row.pay_state == PayState.PAID.value:
        return False
    return row.pay_state == PayState.SCANNED.value or not had_last_word(row.remote_created_at, row.polled_at)


def edit_lock(live: LivePreOrder | None) -> str | None:
    """Why the lines of this sale may not change (design §5.6), as a code; None when they may."""
    if live is None:
        return None
    if live.is_paid:
        return "pre_order_paid"
    return "pre_order_uploaded" if live.upload_state in _LOCKING or live.is_earlier_payable else None


def void_lock(live: LivePreOrder | None) -> str | None:
    """Why this sale may not be voided: it is paid, or nobody knows yet whether 1688 has a code for it."""
    if live is None:
        return None
    if live.is_paid:
        return "pre_order_paid"
    return "pre_order_pending" if live.upload_state in (UploadState.UPLOADING, UploadState.UNCLEAR) else None


def queue(connection: Connection, ctx: Context, sale_id: int, side: ChannelSide) -> PreOrderId:
    """Make the outbox row, or refresh the one that was not sent yet. A failed one stays failed: the clerk presses 上传.

    Of a sale from before a restored backup 1688 may have a code already: it is looked up before anything is sent."""
    assert side.shop_id is not None
    live = live_pre_order(connection, sale_id)
    if live is not None:
        values: dict[str, Any] = {"shop_id": side.shop_id, "market_name": side.market_name}
        if live.advice in (UNREVIEWED, VOIDED):
            values |= _turn(connection, ctx, sale_id)
        _change(connection, live.id, values)
        return live.id
    now = ctx.clock.now()
    row = connection.execute(
        insert(_PRE_ORDER).values(
            sale_id=sale_id,
            shop_id=side.shop_id,
            key=ctx.random.key(KEY_LENGTH),
            pay_state=PayState.UNPAID.value,
            market_name=side.market_name,
            created_at=now,
            **_turn(connection, ctx, sale_id),
        )
    )
    assert row.inserted_primary_key is not None
    return PreOrderId(row.inserted_primary_key[0])


def _turn(connection: Connection, ctx: Context, sale_id: int) -> dict[str, Any]:
    """The values of a row whose turn has come: to be sent, or to be looked up first."""
    since = doubtful_since(connection, sale_id)
    if since is None:
        return {"upload_state": UploadState.WAITING.value, "advice": "", "next_try_at": ctx.clock.now()}
    return {
        "upload_state": UploadState.UNCLEAR.value,
        "sent_at": since,
        "empty_lookups": 0,
        "last_lookup_at": None,
        "next_try_at": ctx.clock.now(),
        "advice": "checking",
        "advice_params": json.dumps({"reason": "restored"}),
    }


def restored_at(connection: Connection) -> datetime | None:
    """When this book was made from a backup; None: it was not."""
    stored = _RESTORED.scalar(connection)
    return datetime.fromisoformat(stored) if stored else None


def doubtful_since(connection: Connection, sale_id: int) -> datetime | None:
    """When a sale was made whose later life this book may not know, because it comes from a backup; None: all is known."""
    restored = restored_at(connection)
    if restored is None:
        return None
    made: datetime = connection.execute(select(_DOCUMENT.c.created_at).where(_DOCUMENT.c.id == sale_id)).scalar_one()
    return made if made < restored else None


def rest(connection: Connection, live: LivePreOrder | None, reason: str) -> None:
    """Keep a pre-order that was not sent from being sent, because its sale is no longer valid."""
    if live is not None and live.upload_state is UploadState.WAITING:
        _change(connection, live.id, {"upload_state": UploadState.FAILED.value, "advice": reason, "next_try_at": None})


def forget_unsent(connection: Connection, live: LivePreOrder | None) -> None:
    """The clerk took 生成预订单 off again: a row that never reached 1688 goes."""
    if live is not None and live.upload_state in _NOT_SENT:
        connection.execute(delete(_PRE_ORDER).where(_PRE_ORDER.c.id == live.id))


def remember_choices(
    connection: Connection, shop_id: ShopId | None, request: SaveDocument, former: Sequence[Mapping[str, Any]]
) -> None:
    """Which of several offers a SKU is sold through is asked once (design §5.6).

    Only what was chosen for this document counts: not what its `former` lines already had, for the clerk may have chosen
    otherwise since, and no offer of another shop or one that the goods are no longer matched to."""
    if shop_id is None:
        return
    stored = {(line["sku_id"], line["offer_sku_id"]) for line in former}
    chosen = {
        line.sku_id: line.offer_sku_id
        for line in request.lines
        if line.offer_sku_id is not None and (line.sku_id, line.offer_sku_id) not in stored
    }
    matches = _matches(connection, chosen.values())
    rows = [
        {"shop_id": shop_id, "sku_id": sku, "offer_sku_id": offer}
        for sku, offer in chosen.items()
        if matches.get(offer) == (shop_id, sku)
    ]
    upsert(connection, _CHOICE, ["shop_id", "sku_id"], rows)


def _matches(connection: Connection, offers: Iterable[int | None]) -> dict[int, tuple[int, int | None]]:
    """Shop and matched SKU of each row of these that is still there."""
    found: dict[int, tuple[int, int | None]] = {}
    for part in chunks(sorted({one for one in offers if one is not None})):
        query = select(_OFFER_SKU.c.id, _OFFER.c.shop_id, _OFFER_SKU.c.sku_id)
        query = query.join_from(_OFFER_SKU, _OFFER, _OFFER_SKU.c.offer_pk == _OFFER.c.id)
        rows = connection.execute(query.where(_OFFER_SKU.c.id.in_(part)))
        found.update((row.id, (row.shop_id, row.sku_id)) for row in rows)
    return found


def _change(connection: Connection, pre_order_id: PreOrderId, values: dict[str, Any]) -> None:
    connection.execute(
        update(_PRE_ORDER).where(_PRE_ORDER.c.id == pre_order_id).values(version=_PRE_ORDER.c.version + 1, **values)
    )


def _shop(connection: Connection, shop_id: ShopId | None) -> Any:
    """The chosen shop, or the only one there is (M128)."""
    market = _MARKET.c
    query = select(_SHOP.c.id, _SHOP.c.name, _SHOP.c.market_id, market.name.label("market"), market.code)
    shops = connection.execute(query.outerjoin_from(_SHOP, _MARKET, _SHOP.c.market_id == market.id)).all()
    if not shops:
        raise UserError("shop_missing", field="shop_id")
    if shop_id is None:
        if len(shops) > 1:
            raise UserError("shop_needed", field="shop_id")
        return shops[0]
    found = [shop for shop in shops if shop.id == shop_id]
    if not found:
        raise UserError("shop_unknown", field="shop_id")
    return found[0]


def _line_offers(connection: Connection, request: SaveDocument, shop_id: int) -> tuple[OfferSkuId | None, ...]:
    skus = sorted({line.sku_id for line in request.lines})
    here: dict[int, list[Any]] = defaultdict(list)
    elsewhere: dict[int, str] = {}
    for part in chunks(skus):
        for row in connection.execute(
            select(_OFFER_SKU.c.id, _OFFER_SKU.c.sku_id, _OFFER_SKU.c.is_gone, _OFFER.c.shop_id, _SHOP.c.name)
            .join_from(_OFFER_SKU, _OFFER, _OFFER_SKU.c.offer_pk == _OFFER.c.id)
            .join(_SHOP, _SHOP.c.id == _OFFER.c.shop_id)
            .where(_OFFER_SKU.c.sku_id.in_(part))
            .order_by(_OFFER_SKU.c.id)
        ):
            if row.shop_id == shop_id:
                here[row.sku_id].append(row)
            else:
                elsewhere[row.sku_id] = row.name
    remembered = _remembered(connection, shop_id, skus)
    return tuple(
        _offer_of_line(row, line.sku_id, line.offer_sku_id, here, elsewhere, remembered)
        for row, line in enumerate(request.lines, 1)
    )


def _offer_of_line(
    row: int,
    sku_id: int,
    wanted: OfferSkuId | None,
    here: dict[int, list[Any]],
    elsewhere: dict[int, str],
    remembered: dict[int, int],
) -> OfferSkuId | None:
    candidates = here.get(sku_id, [])
    if not candidates:
        if sku_id in elsewhere:
            raise UserError("other_shop", field="sku_id", row=row, shop=elsewhere[sku_id])
        return None
    ids = [one.id for one in candidates]
    # A choice of former days ends with its match: the goods are sold through what they are matched to now.
    if wanted in ids:
        return wanted
    # What 1688 no longer lists is taken only when nothing else is there: its refusal then tells what to do.
    alive = [one.id for one in candidates if not one.is_gone] or ids[:1]
    if len(alive) == 1:
        return OfferSkuId(alive[0])
    if remembered.get(sku_id) in alive:
        return OfferSkuId(remembered[sku_id])
    raise UserError("offer_choice_needed", field="offer_sku_id", row=row, sku_id=sku_id, offer_sku_ids=tuple(alive))


def _remembered(connection: Connection, shop_id: int, skus: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in chunks(skus):
        query = select(_CHOICE.c.sku_id, _CHOICE.c.offer_sku_id)
        rows = connection.execute(query.where(_CHOICE.c.shop_id == shop_id, _CHOICE.c.sku_id.in_(part)))
        found.update((row.sku_id, row.offer_sku_id) for row in rows)
    return found
