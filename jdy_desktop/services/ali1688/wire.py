"""Their JSON to our values and back. The only file that knows which field is fen and which is yuan.

Names here end in `_fen` or `_yuan`; beyond this file money is yuan as Decimal. Offers are read one by one: a bad one is
reported and skipped, the rest of the page is kept (F20).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from jdy_desktop.models.ids import OfferId, PlatformSkuId, PreOrderNumber
from jdy_desktop.models.states import Logistics, OfferStatus
from jdy_desktop.services.ali1688.addresses import may_pay_at, picture_address
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.fields import (
    BadField,
    Row,
    first,
    flag,
    identifier,
    instant,
    number,
    optional_identifier,
    part,
    printable,
    rows,
    text,
    whole,
    write_instant,
)
from jdy_desktop.services.ali1688.values import (
    BadOffer,
    Offer,
    OfferPage,
    OfferSkuInfo,
    PreOrderDraft,
    PreOrderPage,
    PriceTier,
    RemoteLine,
    RemotePreOrder,
    SimpleOffer,
    SpecValue,
)
from jdy_desktop.services.errors import BadAnswer, UserError
from jdy_desktop.services.machine.courtesy import give_way

MAX_PRICE_YUAN: Final = Decimal("9999999.99")
MAX_COUNT: Final = Decimal(999_999_999)
MAX_FEN: Final = 99_999_999_999
MAX_SKUS: Final = 2_000
TITLE_LIMIT: Final = 500

_ITEM_NUMBER_ATTRIBUTE = "1398"  # 货号; 3216 is the colour
_KNOWN_ATTRIBUTES = {"3216": "颜色", "450": "尺码"}
_SHELF_STATES = {"published": OfferStatus.ON_SHELF, "deleted": OfferStatus.GONE, "member deleted": OfferStatus.GONE}
_LOGISTICS = {1: Logistics.SELF_PICKUP, 2: Logistics.EXPRESS}
_LOGISTICS_CODE = {one: code for code, one in _LOGISTICS.items()}


class NotInFen(UserError):
    """An amount or quantity of a pre-order that 1688 has no way to say, in `field` and `row`; nothing was sent."""

    code = "pre_order_not_in_fen"


# ---------------------------------------------------------------- sending


def serialise(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as signed and sent: nulls left out, booleans true/false, lists and objects as one JSON text."""
    return {name: _parameter(value) for name, value in params.items() if value is not None}


def _parameter(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, float):
        raise TypeError("no float goes to 1688")
    return compact(value)


def compact(value: Any) -> str:
    """JSON without blanks, Chinese unescaped: what is signed is exactly what is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def long_id(value: str) -> int:
    """An id as the JSON Long that 1688 wants. Python's integers are exact, so no digit is lost."""
    if not (value.isascii() and value.isdigit() and len(value) <= 19):
        raise UserError("not_a_platform_id", value=value[:40])
    return int(value)


def to_fen(yuan: Decimal, field: str, row: int | None = None) -> int:
    """Whole fen; NotInFen for a negative amount, a fraction of a fen or more than 1688 could hold."""
    fen = yuan * 100
    if not fen.is_finite() or fen != int(fen) or not 0 <= fen <= MAX_FEN:
        raise NotInFen(field=field, row=row, amount=str(yuan))
    return int(fen)


def pre_order_params(draft: PreOrderDraft) -> dict[str, Any]:
    """Parameters of preOrder.create; `totalFee` is always sent, so that whole discounts reach the buyer exactly."""
    items = []
    for row, line in enumerate(draft.lines, start=1):
        if type(line.quantity) is not int or line.quantity < 1:
            raise NotInFen(field="quantity", row=row, amount=str(line.quantity))
        item: dict[str, Any] = {"offerId": long_id(line.offer_id)}
        if line.platform_sku_id:
            item["skuId"] = long_id(line.platform_sku_id)
        item |= {"buyAmount": line.quantity, "auctionPrice": to_fen(line.price, "price", row), "remark": ""}
        items.append(item)
    return {
        "marketName": draft.market_name,
        "postFee": to_fen(draft.freight, "freight"),
        "totalFee": to_fen(draft.total, "total"),
        "remark": draft.remark,
        "logisticsType": _LOGISTICS_CODE[draft.logistics],
        "itemList": items,
    }


def simple_offer_params(offer: SimpleOffer) -> dict[str, Any]:
    return {
        "subject": offer.title,
        "categoryId": long_id(offer.category_id),
        "images": list(offer.pictures),
        "description": offer.description,
        "tradeAmount": offer.stock,
        "price": offer.price,
        "tradeRetailPrice": offer.retail_price,
        "supportOnlineTrade": offer.is_online_trade,
        "privateOffer": offer.is_private,
    }


# ---------------------------------------------------------------- offers


def offer_page(answer: Row, settings: GatewaySettings) -> OfferPage:
    """A page of product.list.get. BadAnswer when there is no list at all."""
    page = _object(_object(answer, "result"), "pageResult")
    found = page.get("resultList")
    if found is None and _count(page, "totalRecords") == 0:
        found = []
    return _offers(found, "resultList", settings, _count(page, "totalRecords"))


def offers_by_ids(answer: Row, settings: GatewaySettings) -> OfferPage:
    """Answer of getByIdList; offers that 1688 does not know are simply missing."""
    found = answer.get("productList")
    if isinstance(found, dict):
        found = [found]
    return _offers(found, "productList", settings, len(found) if isinstance(found, list) else 0)


def _offers(found: object, name: str, settings: GatewaySettings, total: int) -> OfferPage:
    if not isinstance(found, list):
        raise BadAnswer(reason="no_list", missing=name)
    good: list[Offer] = []
    bad: list[BadOffer] = []
    for row in found:
        give_way()
        try:
            good.append(offer(row, settings))
        except BadField as exc:
            bad.append(_bad_offer(row, exc))
    return OfferPage(tuple(good), tuple(bad), total)


def _bad_offer(row: object, exc: BadField) -> BadOffer:
    known = row if isinstance(row, dict) else {}
    return BadOffer(
        offer_id=printable(str(known.get("productID", "")), 40),
        title=printable(str(known.get("subject", "")), 80),
        reason=exc.name,
        found=exc.found,
    )


def offer(row: Row, settings: GatewaySettings) -> Offer:
    """One ProductInfo. Raises BadField for anything that must not be stored."""
    if not isinstance(row, dict):
        raise BadField("product", row)
    sale = part(row, "saleInfo")
    attributes = rows(row, "attributes")
    skus = _skus(row, settings)
    title = text(row, "subject", limit=TITLE_LIMIT)
    if not title:
        raise BadField("subject", row.get("subject"))
    tiers = _tiers(sale)
    in_skus = sum((sku.online_stock for sku in skus), Decimal(0))
    return Offer(
        offer_id=OfferId(identifier(row, "productID", "productId")),
        title=title,
        category_id=optional_identifier(row, "categoryID", "categoryId"),
        category_name=text(row, "categoryName"),
        status=_SHELF_STATES.get(text(row, "status", default="published"), OfferStatus.OFF_SHELF),
        item_number=text(row, "productCargoNumber", "cargoNumber") or _item_number(attributes),
        unit=text(row, "unit") or text(sale, "unit"),
        quote_type=whole(sale, "quoteType", high=3, default=1 if skus and not tiers else 0) or 0,
        min_quantity=_quantity(sale, "minOrderQuantity", default=tiers[0].start_quantity if tiers else Decimal(1)),
        tiers=tiers,
        skus=skus,
        retail_price=_price_yuan(sale, "retailprice", "retailPrice"),
        online_stock=_stock(sale, "amountOnSale", default=in_skus),
        pictures=_pictures(row, settings),
        mix_amount=_price_yuan(sale, "mixAmount"),
        mix_quantity=_quantity(sale, "mixNumber", "mixQuantity", default=None),
        is_private=flag(row, "privateOffer", "isPrivate", "isPrivateOffer") or False,
        modified_at=instant(row, "lastUpdateTime", "modifyTime", "lastRepostTime"),
    )


def _price_yuan(row: Row, *names: str) -> Decimal | None:
    return number(row, *names, high=MAX_PRICE_YUAN, places=6)


def _quantity(row: Row, *names: str, default: Decimal | None) -> Any:
    return number(row, *names, high=MAX_COUNT, places=4, default=default)


def _stock(row: Row, *names: str, default: Decimal = Decimal(0)) -> Decimal:
    """Sellable pieces; an oversold offer shows a negative figure, which is no stock."""
    found = number(row, *names, low=-MAX_COUNT, high=MAX_COUNT, places=4, default=default)
    return max(found if found is not None else default, Decimal(0))


def _tiers(sale: Row) -> tuple[PriceTier, ...]:
    tiers = []
    for row in rows(sale, "priceRanges"):
        price_yuan = _price_yuan(row, "price")
        if price_yuan is None:
            raise BadField("priceRanges.price", row.get("price"))
        tiers.append(PriceTier(_quantity(row, "startQuantity", default=Decimal(1)), price_yuan))
    return tuple(sorted(tiers, key=lambda tier: tier.start_quantity))


def _skus(row: Row, settings: GatewaySettings) -> tuple[OfferSkuInfo, ...]:
    # null is not "no variants": an offer with variants read as one without would be matched to the wrong goods.
    found = rows(row, "skuInfos", may_be_null=False)
    if len(found) > MAX_SKUS:
        raise BadField("skuInfos", f"{len(found)} variants")
    skus = tuple(_sku(one, settings) for one in found)
    if len({sku.platform_sku_id for sku in skus}) != len(skus):
        raise BadField("skuInfos.skuId", "twice the same")
    return skus


def _sku(row: Row, settings: GatewaySettings) -> OfferSkuInfo:
    return OfferSkuInfo(
        platform_sku_id=PlatformSkuId(identifier(row, "skuId")),
        spec_id=text(row, "specId", limit=64),
        item_number=text(row, "cargoNumber"),
        values=tuple(_spec_value(one, place, settings) for place, one in enumerate(rows(row, "attributes"), start=1)),
        price=_price_yuan(row, "price", "consignPrice"),
        retail_price=_price_yuan(row, "retailPrice", "retailprice"),
        online_stock=_stock(row, "amountOnSale"),
    )


def _spec_value(row: Row, place: int, settings: GatewaySettings) -> SpecValue:
    """Real answers often carry id and value only; then the name comes from the known ids."""
    value = text(row, "attributeValue", "value")
    if not value:
        raise BadField("skuInfos.attributeValue", first(row, "attributeValue"))
    name = text(row, "attributeDisplayName") or text(row, "attributeName")
    if not name:
        name = _KNOWN_ATTRIBUTES.get(optional_identifier(row, "attributeID", "attributeId"), f"规格{place}")
    picture = text(row, "skuImageUrl")
    return SpecValue(name, value, picture_address(picture, settings) if picture else "")


def _item_number(attributes: Sequence[Row]) -> str:
    for row in attributes:
        if optional_identifier(row, "attributeID") == _ITEM_NUMBER_ATTRIBUTE or text(row, "attributeName") == "货号":
            return text(row, "value")
    return ""


def _pictures(row: Row, settings: GatewaySettings) -> tuple[str, ...]:
    """Absolute addresses; one we would not load is left out, it must not cost the offer."""
    found = part(row, "image").get("images") or []
    if not isinstance(found, list):
        raise BadField("image.images", found)
    addresses = (picture_address(text({"url": one}, "url"), settings) for one in found[:50] if isinstance(one, str))
    return tuple(address for address in addresses if address)


# ---------------------------------------------------------------- pre-orders


def created_number(answer: Row) -> PreOrderNumber:
    """The number of the new pre-order. BadAnswer when success came without one: unclear, look it up."""
    try:
        return PreOrderNumber(identifier(answer, "orderId"))
    except BadField as exc:
        raise BadAnswer(reason="missing", missing="orderId", outcome_unknown=True) from exc


def pre_order_page(answer: Row, settings: GatewaySettings) -> PreOrderPage:
    """A page of preOrder.getList. A missing list is empty only if the count is 0: empty look-ups permit resending."""
    total = _count(answer, "totalCount", default=-1)
    found = answer.get("orderList")
    if found is None and total == 0:
        found = []
    if not isinstance(found, list):
        raise BadAnswer(reason="no_list", missing="orderList")
    good: list[RemotePreOrder] = []
    bad = 0
    for row in found:
        try:
            good.append(pre_order(row, settings))
        except BadField:
            bad += 1
    return PreOrderPage(tuple(good), max(total, len(found)), bad)


def pre_order(row: Row, settings: GatewaySettings) -> RemotePreOrder:
    if not isinstance(row, dict):
        raise BadField("order", row)
    status = whole(row, "status", high=2)
    if status is None:
        raise BadField("status", row.get("status"))
    detail_url = text(row, "detailUrl", limit=2000)
    return RemotePreOrder(
        number=PreOrderNumber(identifier(row, "id", "orderId")),
        status=status,
        detail_url=detail_url if may_pay_at(detail_url, settings) else "",
        total=_from_fen(row, "totalFee"),
        freight=_from_fen(row, "postFee"),
        actual_total=_from_fen(row, "actualTotalFee"),
        remark=text(row, "remark", limit=2000),
        created_at=instant(row, "gmtCreate"),
        biz_order_id=optional_identifier(row, "bizOrderId"),
        logistics=_LOGISTICS.get(whole(row, "logisticsType", high=99, default=0) or 0),
        lines=tuple(_remote_line(one) for one in rows(row, "itemList")),
    )


def _remote_line(row: Row) -> RemoteLine:
    sku_id = optional_identifier(row, "skuId")
    return RemoteLine(
        offer_id=OfferId(identifier(row, "auctionId", "offerId")),
        platform_sku_id=PlatformSkuId(sku_id) if sku_id else None,
        quantity=whole(row, "buyAmount", high=int(MAX_COUNT), default=0) or 0,
        price=_from_fen(row, "auctionPrice"),
        title=text(row, "auctionTitle", limit=TITLE_LIMIT),
    )


def _from_fen(row: Row, name: str) -> Decimal:
    fen = whole(row, name, low=-MAX_FEN, high=MAX_FEN, default=0) or 0
    return Decimal(fen).scaleb(-2)


def _object(row: Row, name: str) -> Row:
    found = row.get(name)
    if not isinstance(found, dict):
        raise BadAnswer(reason="missing", missing=name)
    return found


def _count(row: Row, name: str, default: int = 0) -> int:
    try:
        found = whole(row, name, high=10**9, default=default)
    except BadField:
        return default
    return default if found is None else found
