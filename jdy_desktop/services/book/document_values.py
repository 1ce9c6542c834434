"""What a form hands to `Documents` and what it gets back. Plain values: no session, no table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from jdy_desktop.models.ids import CustomerId, DocumentId, OfferSkuId, PreOrderId, ShopId, SkuId, WarehouseId
from jdy_desktop.models.states import DocumentKind, DocumentState, Logistics, PayState, UploadState

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class SaveLine:
    """One row of a form. `price` is the entered one: tax included when the account set says so (M125).

    `discount_amount` wins over `discount_rate` (percent). `tax_rate` None: of the goods, else of the account set.
    `offer_sku_id`: through which of several offers of the shop the goods are sold; None when there is no choice.
    `source_line_id`: the line a return takes back. `book_quantity`: what the book said when the goods were counted.
    """

    sku_id: SkuId
    quantity: Decimal
    price: Decimal
    warehouse_id: WarehouseId | None = None
    discount_rate: Decimal = _ZERO
    discount_amount: Decimal | None = None
    tax_rate: Decimal | None = None
    remark: str = ""
    offer_sku_id: OfferSkuId | None = None
    source_line_id: int | None = None
    book_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SaveDocument:
    """A filled form of any kind. `client_key` is made once per form, so that saving it twice stores it once.

    With `document_id` and `version` a stored document is changed. Lines without a warehouse take the head's, else the
    default one. `category`: 业务类别 of an other receipt. Amounts in yuan, rates in percent.
    `source_id`: the document a return takes goods back from. `to_warehouse_id`: where a transfer brings them.
    `prices_include_tax` None: as the account set says now; a stored document keeps how its prices were meant.
    `department_id` None: that of the shop. `paid_amount` None: nothing, of a stored document what was paid with it before.
    """

    kind: DocumentKind
    client_key: str
    day: date
    lines: tuple[SaveLine, ...]
    document_id: DocumentId | None = None
    version: int | None = None
    customer_id: CustomerId | None = None
    supplier_id: int | None = None
    shop_id: ShopId | None = None
    department_id: int | None = None
    warehouse_id: WarehouseId | None = None
    logistics: Logistics | None = None
    remark: str = ""
    discount_rate: Decimal = _ZERO
    discount_amount: Decimal | None = None
    customer_freight: Decimal = _ZERO
    paid_amount: Decimal | None = None
    account_id: int | None = None
    makes_pre_order: bool = False
    category: str = ""
    source_id: DocumentId | None = None
    to_warehouse_id: WarehouseId | None = None
    prices_include_tax: bool | None = None


@dataclass(frozen=True, slots=True)
class SavedDocument:
    """What is true after the commit. `warnings` are codes of `views/texts/`; `already_saved`: stored before."""

    id: DocumentId
    number: str
    version: int
    settlement_amount: Decimal
    pre_order_id: PreOrderId | None = None
    warnings: tuple[str, ...] = ()
    already_saved: bool = False


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A line that wants more than there is (M137); `row` from 1; `wanted` by all rows of that SKU."""

    row: int
    code: str
    name: str
    stock: Decimal
    wanted: Decimal


@dataclass(frozen=True, slots=True)
class LineView:
    """A stored line, names as they read on the day of the document. `price` is the entered one.

    `book_quantity`: what the book said when these goods were counted; None on all but counts."""

    id: int
    position: int
    sku_id: SkuId
    product_id: int
    sku_code: str
    product_name: str
    sku_name: str
    unit: str
    picture: str
    warehouse_id: WarehouseId
    warehouse: str
    quantity: Decimal
    price: Decimal
    net_price: Decimal
    gross_price: Decimal
    discount_rate: Decimal
    discount_amount: Decimal
    tax_rate: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal
    remark: str
    offer_sku_id: OfferSkuId | None
    source_line_id: int | None = None
    book_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A stored document. `balance` is what the party owes (plus: to us) in all; `pre_order_*` None without one.

    `may_edit` is False with the reason as a code in `locked_by` (reviewed, voided, pre_order_uploaded …).
    """

    id: DocumentId
    kind: DocumentKind
    number: str
    state: DocumentState
    version: int
    day: date
    client_key: str
    customer_id: CustomerId | None
    customer: str
    customer_phone: str
    supplier_id: int | None
    supplier: str
    shop_id: ShopId | None
    shop: str
    department_id: int | None
    department: str
    warehouse_id: WarehouseId | None
    logistics: Logistics | None
    category: str
    remark: str
    prices_include_tax: bool
    computes_tax: bool
    goods_amount: Decimal
    discount_rate: Decimal
    discount_amount: Decimal
    amount_after_discount: Decimal
    customer_freight: Decimal
    settlement_amount: Decimal
    paid_amount: Decimal
    owed_amount: Decimal
    balance: Decimal
    account_id: int | None
    account: str
    makes_pre_order: bool
    pre_order_id: PreOrderId | None
    upload_state: UploadState | None
    pay_state: PayState | None
    print_count: int
    operator: str
    reviewer: str
    created_at: datetime
    updated_at: datetime
    locked_by: str | None = None
    lines: tuple[LineView, ...] = ()
    #: what receipts have left open of it, in the party's sign: 0 when voided, not reviewed yet, or settled.
    open_amount: Decimal = _ZERO
    source_id: DocumentId | None = None
    source: str = ""
    to_warehouse_id: WarehouseId | None = None
    to_warehouse: str = ""

    @property
    def may_edit(self) -> bool:
        return self.locked_by is None


@dataclass(frozen=True, slots=True)
class LineTotals:
    """One line while typing, yuan. `amount` is the column 销货金额: after discount, without tax."""

    amount: Decimal
    discount_amount: Decimal
    discount_rate: Decimal
    tax_rate: Decimal
    net_price: Decimal
    gross_price: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """Foot of a form while typing, yuan. `problem`: code when the numbers cannot be saved (row counts from 1)."""

    quantity: Decimal = _ZERO
    net: Decimal = _ZERO
    tax: Decimal = _ZERO
    goods_amount: Decimal = _ZERO
    discount_rate: Decimal = _ZERO
    discount_amount: Decimal = _ZERO
    amount_after_discount: Decimal = _ZERO
    customer_freight: Decimal = _ZERO
    settlement_amount: Decimal = _ZERO
    owed_amount: Decimal = _ZERO
    lines: tuple[LineTotals, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxRules:
    """How this account set counts: control question 3, 商品价格含税 and the usual rate in percent."""

    computes_tax: bool = False
    prices_include_tax: bool = False
    tax_rate: Decimal = field(default=_ZERO)
