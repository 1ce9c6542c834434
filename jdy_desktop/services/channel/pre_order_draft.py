"""From a saved sale to what 1688 is sent, and from 1688's refusal to advice about our own lines (manual 6.1.3, 6.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.channel import Market, Offer, OfferChoice, OfferSku, PreOrder, Shop
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import OfferId, PlatformSkuId
from jdy_desktop.models.rules.logistics import default_logistics
from jdy_desktop.models.rules.preorder_advice import AdviceCode, advise
from jdy_desktop.models.rules.pricing import pre_order_money, unsendable_rows
from jdy_desktop.models.states import DocumentState, Logistics
from jdy_desktop.services.ali1688.values import PreOrderDraft, PreOrderLine
from jdy_desktop.services.book.sale_channel import UNREVIEWED, VOIDED
from jdy_desktop.services.errors import UserError

#: The service's own words for a line without an offer (M151); we say it before 1688 is called.
NO_OFFER_TEXT = "第 [{row}] 行没有对应的offer,请先上传offer模板。"


class NotSendable(UserError):
    """The row stays 未上传: `text` stands in 上传日志, `advice` and `facts` beside it. Nothing was sent."""

    code = "pre_order_not_sendable"

    def __init__(self, text: str, advice: str, facts: Mapping[str, str] | None = None, row: int | None = None):
        super().__init__(row=row)
        self.text = text
        self.advice = advice
        self.facts = dict(facts or {})


@dataclass(frozen=True, slots=True)
class _SoldThrough:
    """A line and the offer it is sold through; None when it has none in this shop."""

    line: DocumentLine
    offer_sku: OfferSku | None
    offer: Offer | None


def compose(session: Session, order: PreOrder) -> PreOrderDraft:
    """What is sent for this row. Raises NotSendable."""
    sale = session.get_one(Document, order.sale_id)
    resting = why_it_rests(session, sale)
    if resting is not None:
        raise NotSendable("", resting)
    sold = _sold_through(session, sale, order.shop_id)
    _refuse_unmatched(sold)
    unsendable = unsendable_rows([line.quantity for line in sale.lines])
    if unsendable:
        raise NotSendable("", "quantity_not_whole", _line_facts(sale.lines[unsendable[0] - 1], unsendable[0]))
    money = pre_order_money([(line.quantity, line.gross_amount) for line in sale.lines], sale.amount_after_discount)
    return PreOrderDraft(
        market_name=_market_name(session, order),
        freight=sale.customer_freight,
        total=money.total,
        remark=f"#{order.key} {sale.number}",
        logistics=Logistics(sale.logistics) if sale.logistics else default_logistics(sale.customer_freight),
        lines=tuple(
            PreOrderLine(
                OfferId(one.offer.offer_id),
                PlatformSkuId(one.offer_sku.platform_sku_id) if one.offer_sku.platform_sku_id else None,
                int(priced.quantity),
                priced.auction_price,
            )
            for one, priced in zip(sold, money.lines, strict=True)
            if one.offer is not None and one.offer_sku is not None
        ),
    )


def why_it_rests(session: Session, sale: Document) -> str | None:
    """Why nothing of this sale may go to 1688, as a code; None when it may. Where somebody must review (control question
    2), the review is what makes it a sale."""
    if sale.state == DocumentState.VOIDED:
        return VOIDED
    if sale.state != DocumentState.REVIEWED and session.scalar(select(AccountSet.needs_review)):
        return UNREVIEWED
    return None


def body_hash(draft: PreOrderDraft) -> str:
    """Fingerprint of what was sent, so that a later attempt can be told from a changed sale."""
    return hashlib.sha256(repr(draft).encode()).hexdigest()


def refusal_advice(session: Session, order: PreOrder, text: str) -> tuple[str, dict[str, str]]:
    """Code and facts that make 1688's text mean something at the counter: which goods, how many are needed.

    The row counts from 1 as in 1688's text; an offer id becomes the goods' name (M138–M141, M151–M153)."""
    advice = advise(text)
    sale = session.get_one(Document, order.sale_id)
    sold = _sold_through(session, sale, order.shop_id)
    facts: dict[str, str] = {}
    hit = next(
        (
            (row, one)
            for row, one in enumerate(sold, 1)
            if row == advice.row or (advice.offer_id and one.offer and one.offer.offer_id == advice.offer_id)
        ),
        None,
    )
    if hit is None:
        return advice.code, {"offer_id": advice.offer_id} if advice.offer_id else {}
    row, found = hit
    facts = _line_facts(found.line, row)
    if found.offer is not None and found.offer_sku is not None:
        same = [one.line.quantity for one in sold if one.offer is not None and one.offer.id == found.offer.id]
        facts |= {
            "offer_id": found.offer.offer_id,
            "offer_sku_id": str(found.offer_sku.id),
            "title": found.offer.title,
            "minimum": _plain(found.offer.minimum_quantity),
            "quantity": _plain(sum(same, Decimal(0))),
            "online_stock": _plain(found.offer_sku.online_stock),
        }
    if advice.code is AdviceCode.OVER_ONLINE_STOCK:
        facts["quantity"] = _plain(found.line.quantity)
    return advice.code, facts


def _refuse_unmatched(sold: Sequence[_SoldThrough]) -> None:
    for row, one in enumerate(sold, 1):
        if one.offer is None:
            raise NotSendable(NO_OFFER_TEXT.format(row=row), AdviceCode.NO_OFFER, _line_facts(one.line, row), row)


def _sold_through(session: Session, sale: Document, shop_id: int) -> list[_SoldThrough]:
    """Each line with its offer in this shop: the one chosen at the sale while it still matches, else the match as it is
    now."""
    found = []
    for line in sale.lines:
        pair = _chosen(session, line, shop_id) or _matched(session, line.sku_id, shop_id)
        found.append(_SoldThrough(line, *(pair or (None, None))))
    return found


def _chosen(session: Session, line: DocumentLine, shop_id: int) -> tuple[OfferSku, Offer] | None:
    offer_sku = session.get(OfferSku, line.offer_sku_id) if line.offer_sku_id else None
    if offer_sku is None or offer_sku.sku_id != line.sku_id or offer_sku.offer.shop_id != shop_id:
        return None
    return offer_sku, offer_sku.offer


def _matched(session: Session, sku_id: int, shop_id: int) -> tuple[OfferSku, Offer] | None:
    """Of several offers the remembered one, else the first that 1688 still lists."""
    candidates = list(
        session.scalars(
            select(OfferSku)
            .join(Offer, Offer.id == OfferSku.offer_pk)
            .where(OfferSku.sku_id == sku_id, Offer.shop_id == shop_id)
            .order_by(OfferSku.is_gone, OfferSku.id)
        )
    )
    if not candidates:
        return None
    choice = session.get(OfferChoice, (shop_id, sku_id))
    best = next((one for one in candidates if choice and one.id == choice.offer_sku_id), candidates[0])
    return best, best.offer


def _market_name(session: Session, order: PreOrder) -> str:
    """The market as the shop has it now: its code where 1688 has one, else its name. Raises NotSendable."""
    shop = session.get_one(Shop, order.shop_id)
    market: Any = session.get(Market, shop.market_id) if shop.market_id else None
    name = (market.code or market.name) if market else order.market_name
    if not name:
        raise NotSendable("", "market_missing", {"shop": shop.name})
    return name


def line_name(line: DocumentLine) -> str:
    """大批发真皮女包 红色: product and variant as they read on the sale."""
    return " ".join(part for part in (line.product_name, line.sku_name) if part)


def _line_facts(line: DocumentLine, row: int) -> dict[str, str]:
    return {
        "row": str(row),
        "sku_id": str(line.sku_id),
        "sku_code": line.sku_code,
        "name": line_name(line),
        "unit": line.unit,
        "quantity": _plain(line.quantity),
    }


def _plain(value: Decimal) -> str:
    """Without useless decimals: 2, 0.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
