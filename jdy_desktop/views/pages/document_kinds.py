"""What one editor must know of each kind of document: its words, and which parts it shows (features §1.1; M113–M115)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.views.texts import label


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """`price`/`amount`: titles of the money columns, "" without money. `pay`: 本次付款 or 本次退款, "" without a debt.

    `source`: what a return takes goods back from. `sign` of what the document adds to the party's balance as shown.
    `checks_stock`: goods go out, so a line says when there are not enough.
    """

    kind: DocumentKind
    icon: str
    party: Literal["supplier", "customer"] | None = None
    needs_party: bool = False
    price: str = ""
    amount: str = ""
    pay: str = ""
    sign: int = 1
    categories: tuple[str, ...] = ()
    source: DocumentKind | None = None
    checks_stock: bool = False

    @property
    def page_id(self) -> str:
        return self.kind.value

    @property
    def title(self) -> str:
        return label(self.kind)

    @property
    def has_money(self) -> bool:
        return bool(self.price)

    @property
    def has_discount(self) -> bool:
        return bool(self.pay)

    @property
    def is_transfer(self) -> bool:
        return self.kind is DocumentKind.TRANSFER

    @property
    def is_count(self) -> bool:
        return self.kind is DocumentKind.COUNT

    @property
    def asks_bought_price(self) -> bool:
        """The price offered is what was paid last time (W21)."""
        return self.kind in (DocumentKind.PURCHASE, DocumentKind.PURCHASE_RETURN, DocumentKind.OTHER_RECEIPT)


_K = DocumentKind
SPECS: dict[DocumentKind, DocumentSpec] = {
    one.kind: one
    for one in (
        DocumentSpec(_K.PURCHASE, "purchase", "supplier", True, "购货单价", "购货金额", "本次付款"),
        DocumentSpec(
            _K.PURCHASE_RETURN, "return", "supplier", True, "退货单价", "退货金额", "本次退款", -1,
            source=_K.PURCHASE, checks_stock=True,
        ),
        DocumentSpec(
            _K.OTHER_RECEIPT, "other_in", "supplier", False, "入库单价", "入库金额", categories=("其他入库", "盘盈")
        ),
        DocumentSpec(_K.OTHER_ISSUE, "send", "customer", categories=("其他出库", "盘亏"), checks_stock=True),
        DocumentSpec(
            _K.SALE_RETURN, "return", "customer", True, "退货单价", "退货金额", "本次退款", -1, source=_K.SALE
        ),
        DocumentSpec(_K.TRANSFER, "refresh", checks_stock=True),
        DocumentSpec(_K.COUNT, "opening"),
    )
}  # fmt: skip
#: what 单据查询 offers under 新增, in its order
NEW_KINDS = (
    _K.SALE, _K.PURCHASE, _K.SALE_RETURN, _K.PURCHASE_RETURN, _K.OTHER_RECEIPT, _K.OTHER_ISSUE, _K.TRANSFER, _K.COUNT,
)  # fmt: skip
RETURNS = {_K.PURCHASE: _K.PURCHASE_RETURN, _K.SALE: _K.SALE_RETURN}
