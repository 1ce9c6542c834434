"""Filled books for the measurements, written with bare statements: filling is never what is measured."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jdy_desktop.services.machine.db import Database

THEN = datetime(2026, 1, 1, tzinfo=UTC)


class SkuFacts(Protocol):
    """`price` in 1/100 yuan."""

    @property
    def code(self) -> str: ...
    @property
    def spec(self) -> str: ...
    @property
    def price(self) -> int: ...


class ProductFacts(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def skus(self) -> Sequence[SkuFacts]: ...


def new_book(path: Path) -> Database:
    """An account set that starts on the first of this month."""
    from jdy_desktop.models.states import Industry
    from jdy_desktop.services.book.account_sets import CreateAccountSet, create_account_set
    from jdy_desktop.services.machine.context import Context

    ctx = Context(operator="王姐")
    start = ctx.clock.today().replace(day=1)
    return create_account_set(path, CreateAccountSet("量一量", start, Industry.CLOTHES), ctx)


def close_and_settle(db: Database) -> None:
    """Everything into the one file, with the figures its query planner wants, so that the file can be copied."""
    with db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("ANALYZE")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def copy_of(template: Path, target: Path) -> Database:
    from jdy_desktop.services.machine import schema

    shutil.copyfile(template, target)
    return schema.open_book(target)


def insert_goods(connection: Connection, products: Iterable[ProductFacts]) -> None:
    """Products with variants; ids count from 1 in the order given, SKUs likewise."""
    from sqlalchemy import insert, select

    from jdy_desktop.models.catalog import Product, Sku, SkuPrice, Unit
    from jdy_desktop.models.rules.codes import normalise_code
    from jdy_desktop.models.states import PriceGrade
    from jdy_desktop.services.book.bulk import table_of

    unit_id = connection.execute(select(Unit.id).limit(1)).scalar_one()
    heads: list[dict[str, Any]] = []
    skus: list[dict[str, Any]] = []
    prices: list[dict[str, Any]] = []
    for number, product in enumerate(products, 1):
        heads.append(
            {
                "id": number,
                "code": product.code,
                "code_key": normalise_code(product.code),
                "name": product.name,
                "unit_id": unit_id,
                "has_variants": True,
                "created_at": THEN,
                "updated_at": THEN,
            }
        )
        for position, sku in enumerate(product.skus):
            sku_id = len(skus) + 1
            words = f"{sku.code}\n{product.name}\n{sku.spec}".casefold()
            skus.append(
                {
                    "id": sku_id,
                    "product_id": number,
                    "position": position,
                    "code": sku.code,
                    "code_key": normalise_code(sku.code),
                    "name": sku.spec,
                    "search_text": words,
                }
            )
            price = Decimal(sku.price).scaleb(-2)
            prices.append({"sku_id": sku_id, "grade": PriceGrade.RETAIL.value, "price": price})
    connection.execute(insert(table_of(Product)), heads)
    connection.execute(insert(table_of(Sku)), skus)
    connection.execute(insert(table_of(SkuPrice)), prices)


def insert_shop(connection: Connection, login: str = "bench") -> int:
    from sqlalchemy import insert

    from jdy_desktop.models.channel import Shop
    from jdy_desktop.services.book.bulk import table_of

    values = {"login_id": login, "member_id": f"b2b-{login}", "name": login, "created_at": THEN}
    key = connection.execute(insert(table_of(Shop)), values).inserted_primary_key
    assert key is not None
    return int(key[0])


def insert_offers(connection: Connection, shop_id: int, rows: Iterable[tuple[str, str, list[tuple[str, str]]]]) -> None:
    """`rows`: (title, 货号, [(单品货号, attribute values joined)]) each; ids count from 1 in the order given."""
    from sqlalchemy import insert

    from jdy_desktop.models.channel import Offer, OfferSku
    from jdy_desktop.models.rules.codes import normalise_code
    from jdy_desktop.services.book.bulk import table_of

    offers: list[dict[str, Any]] = []
    skus: list[dict[str, Any]] = []
    for number, (title, item_number, variants) in enumerate(rows, 1):
        offer_id = str(600_000_000_000 + number)
        offers.append(
            {
                "id": number,
                "shop_id": shop_id,
                "offer_id": offer_id,
                "title": title,
                "item_number": item_number,
                "status": "on_shelf",
                "unit": "件",
                "has_skus": True,
                "downloaded_at": THEN,
            }
        )
        for position, (code, name) in enumerate(variants):
            skus.append(
                {
                    "offer_pk": number,
                    "position": position,
                    "platform_sku_id": f"{number}{position:02d}",
                    "item_number": code,
                    "code_key": normalise_code(code),
                    "name": name,
                    "spec_values": json.dumps([["颜色", name]]),
                    "search_text": f"{title}\n{item_number}\n{code}\n{name}\n{offer_id}".casefold(),
                }
            )
    connection.execute(insert(table_of(Offer)), offers)
    connection.execute(insert(table_of(OfferSku)), skus)
