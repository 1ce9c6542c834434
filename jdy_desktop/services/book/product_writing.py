"""Inside the transaction of a product: checks, its row, its SKUs with values, prices and barcodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from operator import is_
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from jdy_desktop.models.catalog import Barcode, Category, Product, ProductPicture, Sku, SkuPrice, SkuValue
from jdy_desktop.models.channel import MatchHistory, OfferSku
from jdy_desktop.models.documents import DocumentLine
from jdy_desktop.models.ids import ProductId
from jdy_desktop.models.rules.codes import normalise_code, sku_codes
from jdy_desktop.models.rules.combinations import MOST_VALUES
from jdy_desktop.models.rules.rounding import HUNDRED
from jdy_desktop.models.rules.search import pinyin_full
from jdy_desktop.models.stock import StockMove
from jdy_desktop.services.book import audit, catalog
from jdy_desktop.services.book.bulk import chunks
from jdy_desktop.services.book.number_checks import check_number
from jdy_desktop.services.book.product_pictures import MOST_PICTURES
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku
from jdy_desktop.services.errors import Stale, UserError
from jdy_desktop.services.machine.context import Context

_LIMITS = {"code": 80, "name": 500, "specification": 200}
_SKU_CODE_LIMIT = 90
_BARCODE_LIMIT = 60
_PRICE_PLACES = 6


def check_product(request: SaveProduct) -> SaveProduct:
    """The request with trimmed texts. Raises UserError naming the field and the SKU's row (from 1)."""
    cleaned = _cleaned(request)
    for field, limit in _LIMITS.items():
        if len(getattr(cleaned, field)) > limit:
            raise UserError("text_too_long", field=field, limit=limit)
    for field in ("code", "name"):
        text = getattr(cleaned, field)
        # Most begin with a letter or digit; the key itself is dear for Chinese.
        if not text[:1].isalnum() and not normalise_code(text):
            raise UserError(f"product_{field}_missing", field=field)
    if cleaned.tax_rate is not None and not 0 <= cleaned.tax_rate <= HUNDRED:
        raise UserError("tax_rate_out_of_range", field="tax_rate")
    if cleaned.pictures is not None and len(cleaned.pictures) >= MOST_PICTURES:
        raise UserError("too_many_pictures", field="picture", limit=MOST_PICTURES)
    _check_variants(cleaned)
    for row, sku in enumerate(cleaned.skus, 1):
        _check_sku(sku, row)
    return cleaned


def _cleaned(request: SaveProduct) -> SaveProduct:
    """Trimmed; the same value when nothing was to trim, for thousands of them pass through here at once."""
    code, name = request.code.strip(), " ".join(request.name.split())
    attributes = tuple([one.strip() for one in request.attributes])
    skus = tuple([_clean_sku(sku) for sku in request.skus])
    if (code, name, attributes) == (request.code, request.name, request.attributes) and all(
        map(is_, skus, request.skus)
    ):
        return request
    return replace(request, code=code, name=name, attributes=attributes, skus=skus)


def _clean_sku(sku: SaveSku) -> SaveSku:
    code = sku.code.strip()
    values = tuple([one.strip() for one in sku.values])
    barcodes = sku.barcodes
    if barcodes:
        barcodes = tuple(dict.fromkeys(one.strip() for one in barcodes if one.strip()))
    if (code, values, barcodes) == (sku.code, sku.values, sku.barcodes):
        return sku
    return replace(sku, code=code, values=values, barcodes=barcodes)


def _check_variants(request: SaveProduct) -> None:
    """No attributes = exactly one SKU; with attributes every SKU has one value of each, and no two are the same."""
    if len(set(request.attributes)) != len(request.attributes):
        raise UserError("attribute_repeated", field="attributes")
    if not request.skus:
        raise UserError("skus_empty", field="skus")
    if not request.attributes and len(request.skus) != 1:
        raise UserError("attributes_missing", field="attributes")
    for place in range(len(request.attributes)) if len(request.skus) > MOST_VALUES else ():
        if len({sku.values[place] for sku in request.skus if len(sku.values) > place}) > MOST_VALUES:
            raise UserError("too_many_values", field="values", limit=MOST_VALUES)
    seen: dict[tuple[str, ...], int] = {}
    for row, sku in enumerate(request.skus, 1):
        if len(sku.values) != len(request.attributes):
            raise UserError("attribute_value_missing", field="values", row=row)
        if request.attributes and seen.setdefault(sku.values, row) != row:
            raise UserError("values_repeated", field="values", row=row, other=seen[sku.values])


def _check_sku(sku: SaveSku, row: int) -> None:
    if len(sku.code) > _SKU_CODE_LIMIT:
        raise UserError("text_too_long", field="code", row=row, limit=_SKU_CODE_LIMIT)
    for barcode in sku.barcodes:
        if len(barcode) > _BARCODE_LIMIT:
            raise UserError("text_too_long", field="barcodes", row=row, limit=_BARCODE_LIMIT)
    for grade, price in sku.prices.items():
        check_number(price, f"price_{grade}", row, _PRICE_PLACES)
    check_number(sku.minimum_stock, "minimum_stock", row, 4)


def save_in(session: Session, ctx: Context, request: SaveProduct) -> ProductId:
    """In the caller's transaction; `check_product` has been passed."""
    product = _product(session, ctx, request)
    before, facts = _prices(product), _facts(product)
    _fill(session, ctx, product, request)
    kept = {sku.id: sku for sku in product.skus}
    wanted = {sku.sku_id for sku in request.skus if sku.sku_id is not None}
    if not wanted <= kept.keys():
        raise UserError("sku_unknown", field="skus")
    codes = _codes(session, product, request)
    _check_barcodes(session, product, request)
    _drop(session, ctx, product, [sku for sku in product.skus if sku.id not in wanted])
    _make_room(session, kept, request, codes)
    shared = catalog.product_search_text(product.name, product.code)
    for position, (one, code) in enumerate(zip(request.skus, codes, strict=True), 1):
        sku = kept[one.sku_id] if one.sku_id is not None else Sku(position=position, code=code, code_key="")
        _fill_sku(sku, one, code, position, shared)
        if one.sku_id is None:
            product.skus.append(sku)
    session.add(product)
    session.flush()
    _write_values(session, product, request, codes)
    _write_pictures(session, product, request)
    _record(session, ctx, product, request, before, facts)
    return ProductId(product.id)


def _record(
    session: Session,
    ctx: Context,
    product: Product,
    request: SaveProduct,
    before: dict[str, Any],
    facts: Mapping[str, Any],
) -> None:
    """One row of the audit trail: prices by SKU code, and what else of the owner's concern was changed."""
    after, now = _prices(product), _facts(product)
    changed = {name for name, value in now.items() if facts[name] != value}
    if request.product_id is None:
        audit.record(session, ctx, "create", "product", product.id, None, after | {"code": product.code})
    elif changed or before != after:
        old, new = before | {name: facts[name] for name in changed}, after | {name: now[name] for name in changed}
        action = "change" if changed else "prices"
        audit.record(session, ctx, action, "product", product.id, old, {"code": product.code} | new)


def _product(session: Session, ctx: Context, request: SaveProduct) -> Product:
    if request.product_id is None:
        return Product(created_at=ctx.clock.now(), is_downloaded=False)
    product = session.get(Product, request.product_id)
    if product is None:
        raise UserError("product_unknown", id=request.product_id)
    if product.version != request.version:
        raise Stale(entity="product", product_code=product.code)
    return product


def _fill(session: Session, ctx: Context, product: Product, request: SaveProduct) -> None:
    if request.category_id is not None and session.get(Category, request.category_id) is None:
        raise UserError("category_unknown", field="category_id")
    product.code, product.code_key = request.code, normalise_code(request.code)
    product.name, product.pinyin = request.name, pinyin_full(request.name)
    product.category_id = request.category_id
    # The same word may be a unit of two groups: goods that keep the word keep their unit.
    if request.product_id is None or product.unit.name != request.unit.strip():
        product.unit_id = catalog.typed_unit_id(session, request.unit)
    product.specification, product.remark = request.specification, request.remark
    product.allow_negative, product.tax_rate = request.allow_negative, request.tax_rate
    product.picture, product.has_variants = request.picture, bool(request.attributes)
    product.updated_at = ctx.clock.now()
    # A change of prices alone must raise the version too, even within one tick of the clock.
    flag_modified(product, "updated_at")


def _codes(session: Session, product: Product, request: SaveProduct) -> list[str]:
    """SKU codes as typed, else by the scheme; refused when other goods have one (case, width and blanks do not count)."""
    with session.no_autoflush:
        # Own SKUs count too: those left out of the form may rest with their code.
        others = catalog.codes_like(session, request.code)
        twin = select(Product.id).where(
            Product.code_key == normalise_code(request.code), Product.id != (product.id or 0)
        )
        if session.scalar(twin) is not None:
            raise UserError("code_taken", field="code", taken=request.code)
        given = [sku.code if request.attributes else request.code for sku in request.skus]
        keys = [normalise_code(code) for code in given if code]
        free = iter(sku_codes(request.code, given.count(""), others | set(keys)))
        codes = [code or next(free) for code in given]
        _check_codes(session, product, request, codes)
    return codes


def _check_codes(session: Session, product: Product, request: SaveProduct, codes: Sequence[str]) -> None:
    kept = {sku.sku_id for sku in request.skus}
    resting = {sku.code_key for sku in product.skus if sku.id not in kept}
    seen: dict[str, int] = {}
    for row, code in enumerate(codes, 1):
        if seen.setdefault(normalise_code(code), row) != row:
            raise UserError("code_taken", field="sku_code", row=row, taken=code)
    query = select(Sku.code_key).where(Sku.code_key.in_(seen), Sku.product_id != (product.id or 0))
    taken = session.scalars(query).first() or next(iter(resting & seen.keys()), None)
    if taken is not None:
        raise UserError("code_taken", field="sku_code", row=seen[taken], taken=codes[seen[taken] - 1])


def _check_barcodes(session: Session, product: Product, request: SaveProduct) -> None:
    seen: dict[str, int] = {}
    for row, sku in enumerate(request.skus, 1):
        for code in sku.barcodes:
            if seen.setdefault(code, row) != row:
                raise UserError("barcode_taken", field="barcodes", row=row, barcode=code)
    with session.no_autoflush:
        query = select(Barcode.code, Sku.code).join(Sku, Sku.id == Barcode.sku_id)
        twin = session.execute(query.where(Barcode.code.in_(seen), Sku.product_id != (product.id or 0))).first()
    if twin is not None:
        raise UserError("barcode_taken", field="barcodes", row=seen[twin[0]], barcode=twin[0], owner=twin[1])


def unmatch(session: Session, ctx: Context, sku_ids: Any) -> int:
    """Take the matches of goods that go off, with their history rows; the platform's own columns stay. How many there were.

    `sku_ids`: what `in_` takes."""
    matched = (OfferSku.id, OfferSku.sku_id, OfferSku.match_origin)
    rows = session.execute(select(*matched).where(OfferSku.sku_id.in_(sku_ids))).all()
    if not rows:
        return 0
    batch = (session.scalar(select(func.max(MatchHistory.batch))) or 0) + 1
    common = {"batch": batch, "action": "goods_deleted", "operator": ctx.operator, "at": ctx.clock.now()}
    session.execute(
        insert(MatchHistory),
        [
            common | {"offer_sku_id": one.id, "before_sku_id": one.sku_id, "before_origin": one.match_origin}
            for one in rows
        ],
    )
    for part in chunks([one.id for one in rows]):
        session.execute(update(OfferSku).where(OfferSku.id.in_(part)).values(sku_id=None, match_origin=None))
    return len(rows)


def _drop(session: Session, ctx: Context, product: Product, skus: Sequence[Sku]) -> None:
    """SKUs left out of the form: gone when no document knows them, else resting (never offered again)."""
    if skus:
        unmatch(session, ctx, [sku.id for sku in skus])
    for sku in skus:
        used = session.scalar(select(DocumentLine.id).where(DocumentLine.sku_id == sku.id).limit(1)) or session.scalar(
            select(StockMove.id).where(StockMove.sku_id == sku.id).limit(1)
        )
        if used:
            sku.is_active = False
        else:
            product.skus.remove(sku)


def _make_room(session: Session, kept: Mapping[int, Sku], request: SaveProduct, codes: Sequence[str]) -> None:
    """Let two SKUs of a product trade codes or barcodes: rows are written one by one, and both are unique."""
    wanted = {one.sku_id: (normalise_code(code), one.barcodes) for one, code in zip(request.skus, codes, strict=True)}
    held = {sku.code_key: sku.id for sku in kept.values()}
    is_moved = False
    for sku_id, (key, barcodes) in wanted.items():
        if sku_id is not None and held.get(key, sku_id) != sku_id:
            kept[held[key]].code_key = f"\x01{held[key]}"
            is_moved = True
        for other in kept.values():
            given = [one for one in other.barcodes if other.id != sku_id and one.code in barcodes]
            is_moved = is_moved or bool(given)
            for one in given:
                other.barcodes.remove(one)
    if is_moved:
        session.flush()


def _fill_sku(sku: Sku, wanted: SaveSku, code: str, position: int, shared: str) -> None:
    sku.position, sku.code, sku.code_key = position, code, normalise_code(code)
    sku.name = "/".join(wanted.values)
    sku.picture, sku.minimum_stock, sku.is_active = wanted.picture, wanted.minimum_stock, True
    sku.search_text = catalog.sku_search_text(shared, code, sku.name, wanted.barcodes)
    _merge_prices(sku, wanted.prices)
    for barcode in [one for one in sku.barcodes if one.code not in wanted.barcodes]:
        sku.barcodes.remove(barcode)
    known = {one.code for one in sku.barcodes}
    sku.barcodes.extend(Barcode(code=one) for one in wanted.barcodes if one not in known)


def _merge_prices(sku: Sku, prices: Mapping[Any, Decimal]) -> None:
    wanted = {grade.value: price for grade, price in prices.items()}
    for kept in [one for one in sku.prices if one.grade not in wanted]:
        sku.prices.remove(kept)
    known = {one.grade: one for one in sku.prices}
    for grade, price in wanted.items():
        if grade in known:
            known[grade].price = price
        else:
            sku.prices.append(SkuPrice(grade=grade, price=price))


def _write_values(session: Session, product: Product, request: SaveProduct, codes: Sequence[str]) -> None:
    by_code = {sku.code_key: sku.id for sku in product.skus}
    attributes = [catalog.attribute_id(session, name) for name in request.attributes]
    ids = [by_code[normalise_code(code)] for code in codes]
    session.execute(delete(SkuValue).where(SkuValue.sku_id.in_(ids)))
    for sku_id, one in zip(ids, request.skus, strict=True):
        for position, (attribute, value) in enumerate(zip(attributes, one.values, strict=True), 1):
            found = catalog.value_id(session, attribute, value)
            session.add(SkuValue(sku_id=sku_id, position=position, attribute_value_id=found))


def _write_pictures(session: Session, product: Product, request: SaveProduct) -> None:
    if request.pictures is not None:
        session.execute(delete(ProductPicture).where(ProductPicture.product_id == product.id))
        for position, path in enumerate(request.pictures, 1):
            session.add(ProductPicture(product_id=product.id, position=position, path=path))


def _facts(product: Product) -> dict[str, Any]:
    """What the audit trail keeps besides: code, flag, tax rate, and the ids of the SKUs that are not resting."""
    skus = sorted(sku.id for sku in product.skus if sku.is_active and sku.id is not None)
    names = ("code", "allow_negative", "tax_rate")
    return {name: getattr(product, name) for name in names} | {"skus": skus}


def _prices(product: Product) -> dict[str, Any]:
    """What the audit trail keeps of a product: its prices by SKU code."""
    return {sku.code: {one.grade: one.price for one in sku.prices} for sku in product.skus if sku.code}
