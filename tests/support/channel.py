"""Goods and offers put straight into a book, for tests of what happens between them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product, Sku, Unit, UnitGroup
from jdy_desktop.models.channel import Offer, OfferSku, Shop
from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.models.rules.search import search_key

THEN = datetime(2019, 3, 20, 2, 0, tzinfo=UTC)


def add_shop(session: Session, name: str = "AOP对外测试账号02", login: str = "alitestforisv02") -> Shop:
    shop = Shop(login_id=login, member_id=f"b2b-{login}", name=name, created_at=THEN)
    session.add(shop)
    session.flush()
    return shop


def add_product(
    session: Session,
    code: str,
    name: str,
    skus: Sequence[tuple[str, str]] = (),
    *,
    is_downloaded: bool = False,
    created_at: datetime = THEN,
) -> Product:
    """`skus`: (code, name) each; none makes a product without variants."""
    unit = session.query(Unit).first()
    if unit is None:
        group = UnitGroup(name="件")
        session.add(group)
        session.flush()
        unit = Unit(group_id=group.id, name="件")
        session.add(unit)
        session.flush()
    product = Product(
        code=code,
        code_key=normalise_code(code),
        name=name,
        unit_id=unit.id,
        has_variants=bool(skus),
        is_downloaded=is_downloaded,
        created_at=created_at,
        updated_at=created_at,
    )
    session.add(product)
    session.flush()
    for position, (sku_code, sku_name) in enumerate(skus or [(code, "")]):
        session.add(
            Sku(
                product_id=product.id,
                position=position,
                code=sku_code,
                code_key=normalise_code(sku_code),
                name=sku_name,
                search_text=search_key(name, code, sku_code, sku_name),
            )
        )
    session.flush()
    session.refresh(product)
    return product


def add_offer(
    session: Session,
    shop: Shop,
    offer_id: str,
    title: str,
    item_number: str = "",
    skus: Sequence[tuple[str, str]] = (),
) -> Offer:
    """`skus`: (单品货号, attribute values joined with a slash) each; none makes an offer without SKUs."""
    offer = Offer(
        shop_id=shop.id,
        offer_id=offer_id,
        title=title,
        item_number=item_number,
        status="on_shelf",
        unit="件",
        minimum_quantity=Decimal(1),
        has_skus=bool(skus),
        downloaded_at=THEN,
    )
    session.add(offer)
    session.flush()
    for position, (code, values) in enumerate(skus or [("", "")]):
        name = values.replace("/", "")
        session.add(
            OfferSku(
                offer_pk=offer.id,
                position=position,
                platform_sku_id=f"{offer_id}{position:03d}" if skus else "",
                item_number=code,
                code_key=normalise_code(code if skus else item_number),
                name=name,
                spec_values=json.dumps([[f"规格{place}", one] for place, one in enumerate(values.split("/")) if one]),
                search_text=search_key(title, item_number, code, name, offer_id),
            )
        )
    session.flush()
    session.refresh(offer)
    return offer
