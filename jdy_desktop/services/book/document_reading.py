"""Stored documents as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from jdy_desktop.models.account import AccountSet, Department
from jdy_desktop.models.catalog import Product, Sku
from jdy_desktop.models.channel import Shop
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import CustomerId, DocumentId, OfferSkuId, ShopId, SkuId, WarehouseId
from jdy_desktop.models.parties import Customer, PartyMove, SettlementAccount, Supplier, Warehouse
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind, DocumentState, Logistics
from jdy_desktop.services.book import bills, document_links, sale_channel
from jdy_desktop.services.book.bulk import table_of
from jdy_desktop.services.book.counting import differences_found
from jdy_desktop.services.book.document_values import DocumentView, LineView, SaveDocument, SaveLine
from jdy_desktop.services.errors import UserError

_DOCUMENT, _LINE = table_of(Document), table_of(DocumentLine)
_PARTY_MOVE = table_of(PartyMove)
_SKU, _PRODUCT, _WAREHOUSE = table_of(Sku), table_of(Product), table_of(Warehouse)
_NAMED = {
    "customer": table_of(Customer),
    "supplier": table_of(Supplier),
    "shop": table_of(Shop),
    "department": table_of(Department),
    "account": table_of(SettlementAccount),
}


def line_dicts(connection: Connection, document_id: int) -> list[dict[str, Any]]:
    """The lines' columns by name, in order."""
    query = select(_LINE).where(_LINE.c.document_id == document_id).order_by(_LINE.c.position)
    return [dict(row) for row in connection.execute(query).mappings()]


def as_request(head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> SaveDocument:
    """A stored sale as the form that would save it, as far as its 1688 side needs it."""
    return SaveDocument(
        kind=DocumentKind(head["kind"]),
        client_key=head["client_key"],
        day=head["day"],
        shop_id=head["shop_id"],
        makes_pre_order=head["makes_pre_order"],
        lines=tuple(
            SaveLine(SkuId(row["sku_id"]), row["quantity"], row["net_price"], offer_sku_id=row["offer_sku_id"])
            for row in rows
        ),
    )


def party_balance(connection: Connection, column: str, party_id: int | None) -> Decimal:
    """What a customer (`customer_id`) or supplier (`supplier_id`) owes us in all, yuan; minus: we owe."""
    if party_id is None:
        return ZERO
    query = select(func.sum(_PARTY_MOVE.c.amount)).where(_PARTY_MOVE.c[column] == party_id)
    return connection.execute(query).scalar() or ZERO


def neighbour(
    connection: Connection, kind: DocumentKind, document_id: DocumentId | None, step: int
) -> DocumentId | None:
    query = select(_DOCUMENT.c.id).where(_DOCUMENT.c.kind == kind.value).limit(1)
    if step < 0:
        query = query.order_by(_DOCUMENT.c.id.desc())
    else:
        query = query.order_by(_DOCUMENT.c.id)
    if document_id is not None:
        query = query.where(_DOCUMENT.c.id < document_id if step < 0 else _DOCUMENT.c.id > document_id)
    found = connection.execute(query).scalar()
    return None if found is None else DocumentId(found)


def find(connection: Connection, number: str) -> DocumentId | None:
    """By the number on the slip; case and blanks around it do not count."""
    query = select(_DOCUMENT.c.id).where(_DOCUMENT.c.number == number.strip().upper())
    found = connection.execute(query).scalar()
    return None if found is None else DocumentId(found)


def newest_of(connection: Connection, kind: DocumentKind, party_id: int) -> DocumentId | None:
    """The last document of a kind with a party that was not voided."""
    party = func.coalesce(_DOCUMENT.c.supplier_id, _DOCUMENT.c.customer_id)
    query = select(_DOCUMENT.c.id).where(_DOCUMENT.c.kind == kind.value, party == party_id)
    query = query.where(_DOCUMENT.c.state != DocumentState.VOIDED.value).order_by(_DOCUMENT.c.id.desc()).limit(1)
    found = connection.execute(query).scalar()
    return None if found is None else DocumentId(found)


def view(connection: Connection, document_id: DocumentId) -> DocumentView:
    """Raises UserError("document_unknown")."""
    query = select(_DOCUMENT, *(table.c.name.label(f"{name}_name") for name, table in _NAMED.items()))
    joined: Any = _DOCUMENT
    for name, table in _NAMED.items():
        joined = joined.outerjoin(table, _DOCUMENT.c[f"{name}_id"] == table.c.id)
    query = query.add_columns(_NAMED["customer"].c.phone.label("customer_phone")).select_from(joined)
    row = connection.execute(query.where(_DOCUMENT.c.id == document_id)).mappings().first()
    if row is None:
        raise UserError("document_unknown", id=document_id)
    return _view(connection, dict(row))


def _view(connection: Connection, row: dict[str, Any]) -> DocumentView:
    live = sale_channel.live_pre_order(connection, row["id"])
    state = DocumentState(row["state"])
    locked = {DocumentState.REVIEWED: "document_reviewed", DocumentState.VOIDED: "document_voided"}.get(state)
    party = "supplier_id" if row["supplier_id"] is not None else "customer_id"
    computes_tax = connection.execute(select(table_of(AccountSet).c.computes_tax)).scalar_one()
    return DocumentView(
        id=DocumentId(row["id"]),
        kind=DocumentKind(row["kind"]),
        number=row["number"],
        state=state,
        version=row["version"],
        day=row["day"],
        client_key=row["client_key"],
        customer_id=row["customer_id"] and CustomerId(row["customer_id"]),
        customer=row["customer_name"] or "",
        customer_phone=row["customer_phone"] or "",
        supplier_id=row["supplier_id"],
        supplier=row["supplier_name"] or "",
        shop_id=row["shop_id"] and ShopId(row["shop_id"]),
        shop=row["shop_name"] or "",
        department_id=row["department_id"],
        department=row["department_name"] or "",
        warehouse_id=row["warehouse_id"] and WarehouseId(row["warehouse_id"]),
        logistics=Logistics(row["logistics"]) if row["logistics"] else None,
        category=row["category"],
        remark=row["remark"],
        prices_include_tax=row["prices_include_tax"],
        computes_tax=computes_tax,
        goods_amount=row["goods_amount"],
        discount_rate=row["discount_rate"],
        discount_amount=row["discount_amount"],
        amount_after_discount=row["amount_after_discount"],
        customer_freight=row["customer_freight"],
        settlement_amount=row["settlement_amount"],
        paid_amount=row["paid_amount"],
        owed_amount=row["settlement_amount"] - row["paid_amount"],
        balance=party_balance(connection, party, row[party]),
        account_id=row["account_id"],
        account=row["account_name"] or "",
        makes_pre_order=row["makes_pre_order"],
        pre_order_id=live.id if live else None,
        upload_state=live.upload_state if live else None,
        pay_state=live.pay_state if live else None,
        print_count=row["print_count"],
        operator=row["operator"],
        reviewer=row["reviewer"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        locked_by=locked or sale_channel.edit_lock(live) or document_links.edit_lock(connection, row),
        lines=_lines(connection, row),
        open_amount=bills.open_amount(connection, row["id"]),
        source_id=row["source_id"] and DocumentId(row["source_id"]),
        source=document_links.number_of(connection, row["source_id"]),
        to_warehouse_id=row["to_warehouse_id"] and WarehouseId(row["to_warehouse_id"]),
        to_warehouse=_warehouse_name(connection, row["to_warehouse_id"]),
    )


def without_money(view: DocumentView) -> DocumentView:
    """The same document with all its amounts 0, for eyes that costs are not meant for."""
    heads = ("goods_amount", "discount_amount", "amount_after_discount", "settlement_amount", "owed_amount")
    money = ("price", "net_price", "gross_price", "discount_amount", "net_amount", "tax_amount", "gross_amount")
    nothing: dict[str, Any] = dict.fromkeys(heads, ZERO)
    of_line: dict[str, Any] = dict.fromkeys(money, ZERO)
    lines = tuple(replace(line, **of_line) for line in view.lines)
    return replace(view, lines=lines, **nothing)


def _warehouse_name(connection: Connection, warehouse_id: int | None) -> str:
    if warehouse_id is None:
        return ""
    return connection.execute(select(_WAREHOUSE.c.name).where(_WAREHOUSE.c.id == warehouse_id)).scalar() or ""


def _lines(connection: Connection, head: Mapping[str, Any]) -> tuple[LineView, ...]:
    document_id, prices_include_tax = head["id"], head["prices_include_tax"]
    found = differences_found(connection, document_id) if head["kind"] == DocumentKind.COUNT.value else None
    sku, product = _SKU.c, _PRODUCT.c
    picture = func.coalesce(func.nullif(sku.picture, ""), product.picture).label("picture")
    query = (
        select(_LINE, sku.product_id, picture, _WAREHOUSE.c.name.label("warehouse"))
        .join_from(_LINE, _SKU, _LINE.c.sku_id == sku.id)
        .join(_PRODUCT, product.id == sku.product_id)
        .join(_WAREHOUSE, _WAREHOUSE.c.id == _LINE.c.warehouse_id)
        .where(_LINE.c.document_id == document_id)
        .order_by(_LINE.c.position)
    )
    return tuple(
        LineView(
            id=row["id"],
            position=row["position"],
            sku_id=SkuId(row["sku_id"]),
            product_id=row["product_id"],
            sku_code=row["sku_code"],
            product_name=row["product_name"],
            sku_name=row["sku_name"],
            unit=row["unit"],
            picture=row["picture"],
            warehouse_id=WarehouseId(row["warehouse_id"]),
            warehouse=row["warehouse"],
            quantity=row["quantity"],
            price=row["gross_price"] if prices_include_tax else row["net_price"],
            net_price=row["net_price"],
            gross_price=row["gross_price"],
            discount_rate=row["discount_rate"],
            discount_amount=row["discount_amount"],
            tax_rate=row["tax_rate"],
            net_amount=row["net_amount"],
            tax_amount=row["tax_amount"],
            gross_amount=row["gross_amount"],
            remark=row["remark"],
            offer_sku_id=row["offer_sku_id"] and OfferSkuId(row["offer_sku_id"]),
            source_line_id=row["source_line_id"],
            book_quantity=None if found is None else row["quantity"] - found.get(row["id"], ZERO),
        )
        for row in connection.execute(query).mappings()
    )
