"""The goods behind a publication, and their pictures made fit to be sent (manual 4.4.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import Setting
from jdy_desktop.models.catalog import Product, ProductPicture, SkuPrice, Unit
from jdy_desktop.models.channel import DownloadRun, Offer, OfferSku, Publication, Shop
from jdy_desktop.models.rules.publishing import (
    MOST_BYTES,
    MOST_PICTURES,
    TAKEN_KINDS,
    AfterRestore,
    GoodsFacts,
    PictureFacts,
    PublishKey,
    conditions,
    whole_stock,
)
from jdy_desktop.models.states import DownloadRange, OfferStatus, PriceGrade, PublishState
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.channel.publish_values import PublishView
from jdy_desktop.services.errors import BadAnswer, LinkError, LocalError, UserError
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.channel.pictures import Pictures

#: when this book was put back from a backup; whatever was published between the two is not known here
RESTORED_AT = "publish.restored_at"


@dataclass(frozen=True, slots=True)
class Goods:
    """What the book says. `pictures` are names or addresses, the main one first; `only_sku_id` of goods without SKUs."""

    code: str
    name: str
    specification: str
    remark: str
    unit: str
    has_variants: bool
    n_skus: int
    only_sku_id: int | None
    price: Decimal | None
    retail_price: Decimal | None
    stock: Decimal
    pictures: tuple[str, ...]
    shop: str
    offer_in_shop: str
    restored: AfterRestore | None


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture on this PC, or why there is none (`facts.problem`)."""

    facts: PictureFacts
    path: Path | None = None


def read_goods(session: Session, key: PublishKey) -> Goods:
    """Raises UserError("product_unknown"), UserError("shop_unknown")."""
    product, shop = session.get(Product, key.product_id), session.get(Shop, key.shop_id)
    if product is None or shop is None:
        raise UserError("product_unknown" if product is None else "shop_unknown")
    skus = [sku.id for sku in product.skus if sku.is_active]
    wholesale, retail = (_highest(session, skus, grade) for grade in (PriceGrade.WHOLESALE, PriceGrade.RETAIL))
    return Goods(
        code=product.code,
        name=product.name,
        specification=product.specification,
        remark=product.remark,
        unit=session.get_one(Unit, product.unit_id).name,
        has_variants=product.has_variants,
        n_skus=len(skus),
        only_sku_id=None if product.has_variants or not skus else skus[0],
        price=wholesale or retail,
        retail_price=retail,
        stock=_stock(session, skus),
        pictures=_picture_names(session, product),
        shop=shop.name,
        offer_in_shop=_offer_in_shop(session, skus, key.shop_id),
        restored=_after_restore(session, product, key.shop_id),
    )


def _after_restore(session: Session, product: Product, shop_id: int) -> AfterRestore | None:
    """None where no backup was restored, or the goods were made since: then this book knows all their publishing."""
    stored = session.scalar(select(Setting.value).where(Setting.key == RESTORED_AT))
    at = datetime.fromisoformat(stored) if stored else None
    if at is None or product.created_at >= at:
        return None
    whole = (DownloadRun.shop_id == shop_id, DownloadRun.range == DownloadRange.ALL.value, DownloadRun.state == "done")
    is_downloaded = session.scalar(select(DownloadRun.id).where(*whole, DownloadRun.started_at >= at).limit(1))
    twin = (
        select(Offer.offer_id)
        .where(Offer.shop_id == shop_id, Offer.title == product.name.strip(), Offer.status != OfferStatus.GONE)
        .where(~select(OfferSku.id).where(OfferSku.offer_pk == Offer.id, OfferSku.sku_id.is_not(None)).exists())
        .where(Offer.offer_id.not_in(select(Publication.offer_id).where(Publication.shop_id == shop_id)))
    )
    return AfterRestore(is_downloaded is not None, session.scalars(twin.order_by(Offer.id).limit(1)).first() or "")


def _highest(session: Session, skus: Sequence[int], grade: PriceGrade) -> Decimal | None:
    """One price stands for all SKUs: the highest, so that no piece goes below its own."""
    wanted = select(func.max(SkuPrice.price)).where(SkuPrice.sku_id.in_(skus), SkuPrice.grade == grade)
    return session.scalar(wanted)


def _stock(session: Session, skus: Sequence[int]) -> Decimal:
    wanted = select(func.sum(StockBalance.quantity)).where(StockBalance.sku_id.in_(skus))
    return session.scalar(wanted) or Decimal(0)


def _picture_names(session: Session, product: Product) -> tuple[str, ...]:
    more = session.scalars(
        select(ProductPicture.path).where(ProductPicture.product_id == product.id).order_by(ProductPicture.position)
    )
    return tuple(dict.fromkeys(name for name in (product.picture, *more) if name))


def _offer_in_shop(session: Session, skus: Sequence[int], shop_id: int) -> str:
    wanted = (
        select(Offer.offer_id)
        .join(OfferSku, OfferSku.offer_pk == Offer.id)
        .where(Offer.shop_id == shop_id, Offer.status != OfferStatus.GONE)
        .where(OfferSku.sku_id.in_(skus), OfferSku.is_gone.is_(False))
        .order_by(Offer.id)
    )
    return session.scalars(wanted.limit(1)).first() or ""


def picture_files(job: JobContext, pictures: Pictures, names: Sequence[str]) -> list[PictureFile]:
    """Fetch what is not on this PC yet and measure it. Only the first five are opened; the others are only counted.

    One that cannot be had or read says why and stops nobody. Raises JobCancelled."""
    found = []
    for place, name in enumerate(names, 1):
        if place > MOST_PICTURES:
            found.append(PictureFile(PictureFacts(place)))
            continue
        try:
            path = pictures.fetch(job, name, thumbnail=False)
            found.append(PictureFile(_measured(place, path), path))
        except (LocalError, LinkError, BadAnswer) as exc:
            problem = str(exc.params.get("reason") or exc.code)
            found.append(PictureFile(PictureFacts(place, problem=problem)))
    return found


def _measured(place: int, path: Path) -> PictureFacts:
    from jdy_desktop.services.book.product_pictures import ProductPictures

    seen = ProductPictures(path.parent).look(path)
    return PictureFacts(place, seen.width, seen.height, seen.size_bytes)


def bytes_to_send(file: PictureFile) -> bytes:
    """As it is, or as a smaller JPEG: over 2 MB, or a kind of picture that 1688 does not take."""
    from jdy_desktop.services.book.product_pictures import shrunk

    assert file.path is not None, "obstacles() lets no broken picture through"
    try:
        data = file.path.read_bytes()
    except OSError as exc:
        raise LocalError("picture_not_read", path=file.path.name) from exc
    if len(data) > MOST_BYTES or file.path.suffix.lower() not in TAKEN_KINDS:
        return shrunk(data)
    return data


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def view_of(key: PublishKey, goods: Goods, row: Publication | None, files: Sequence[PictureFile]) -> PublishView:
    """The pane's value; the conditions are judged here."""
    state = PublishState(row.state) if row else PublishState.DRAFT
    facts = GoodsFacts(
        title=goods.name,
        pictures=[one.facts for one in files],
        category_id=row.category_id if row else "",
        price=goods.price,
        stock=goods.stock,
        unit=goods.unit,
        n_skus=goods.n_skus,
        has_variants=goods.has_variants,
        offer_in_shop="" if row and goods.offer_in_shop == row.offer_id else goods.offer_in_shop,
        restored=goods.restored if state in (PublishState.DRAFT, PublishState.FAILED) else None,
    )
    return PublishView(
        key=key,
        shop=goods.shop,
        code=goods.code,
        name=goods.name,
        specification=goods.specification,
        picture=goods.pictures[0] if goods.pictures else "",
        n_pictures=len(goods.pictures),
        has_variants=goods.has_variants,
        unit=goods.unit,
        price=goods.price,
        retail_price=goods.retail_price,
        stock=whole_stock(goods.stock),
        state=state,
        category_id=row.category_id if row else "",
        category_name=row.category_name if row else "",
        is_private=row.is_private if row else True,
        offer_id=row.offer_id if row else "",
        log=row.log if row else "",
        sent_at=row.sent_at if row else None,
        published_at=row.published_at if row else None,
        findings=conditions(facts),
    )
