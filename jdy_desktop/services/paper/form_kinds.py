"""How the paper of each kind of document differs: its party, its columns, what its foot says and who signs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from jdy_desktop.models.states import DocumentKind


@dataclass(frozen=True, slots=True)
class FormColumn:
    """`value`: the field of a `PrintableLine`, "" for the running number; `share` of the width."""

    title: str
    share: float
    align: Literal["left", "center", "right"]
    value: str = ""


@dataclass(frozen=True)
class FormKind:
    """`party`: its word, "" without one. `price`, `amount`: titles of the money columns, "" without money.

    `pay`: word of what was paid at once, "" for papers without a debt. `sign`: of the party's balance as the screen
    shows it. `is_sale`: freight, parcel and code stand on it. `signers`: who signs below.
    """

    party: str = ""
    price: str = ""
    amount: str = ""
    pay: str = ""
    sign: int = 1
    signers: tuple[str, ...] = ("经手人签字",)
    is_sale: bool = False

    @cached_property
    def columns(self) -> tuple[FormColumn, ...]:
        """Of a sheet, from the left. A sale names no warehouse: the customer has no use for it."""
        place = () if self.is_sale else (FormColumn("仓库", 9.4, "left", "warehouse"),)
        if self is TRANSFER:
            place = (FormColumn("调出 → 调入", 18.0, "left", "warehouse"),)
        quantity: tuple[FormColumn, ...] = (FormColumn("数量", 5.6, "right", "quantity"),)
        if self is COUNT:
            quantity = (
                FormColumn("账面数量", 8.1, "right", "book"),
                FormColumn("实盘数量", 8.1, "right", "quantity"),
                FormColumn("差异", 6.5, "right", "difference"),
            )
        sums = (
            FormColumn(self.price, 8.1, "right", "price"),
            FormColumn(self.amount, 9.1, "right", "amount"),
        )
        return (
            FormColumn("序号", 4.4, "center"),
            FormColumn("商品代码", 9.8, "left", "code"),
            FormColumn("商品名称", 39.7 if self.is_sale else 30.3, "left", "name"),
            FormColumn("属性", 9.2, "left", "variant"),
            FormColumn("单位", 4.4, "center", "unit"),
            *place,
            *quantity,
            *(sums if self.price else ()),
            FormColumn("备注", 9.7, "left", "remark"),
        )


SALE = FormKind("客户", "销售单价", "销售金额", "本次收款", signers=("发货人签字", "客户签字"), is_sale=True)
COUNT = FormKind(signers=("盘点人签字", "复核人签字"))
TRANSFER = FormKind(signers=("调出人签字", "调入人签字"))
_KINDS = {
    DocumentKind.SALE: SALE,
    DocumentKind.SALE_RETURN: FormKind(
        "客户", "退货单价", "退货金额", "本次退款", signers=("收货人签字", "客户签字")
    ),
    DocumentKind.PURCHASE: FormKind(
        "供应商", "购货单价", "购货金额", "本次付款", -1, ("收货人签字", "供应商签字")
    ),
    DocumentKind.PURCHASE_RETURN: FormKind(
        "供应商", "退货单价", "退货金额", "本次退款", -1, ("发货人签字", "供应商签字")
    ),
    DocumentKind.OTHER_RECEIPT: FormKind("供应商", "入库单价", "入库金额", signers=("入库人签字", "仓管签字")),
    DocumentKind.OTHER_ISSUE: FormKind("客户", signers=("领用人签字", "仓管签字")),
    DocumentKind.TRANSFER: TRANSFER,
    DocumentKind.COUNT: COUNT,
}  # fmt: skip


def form_of(kind: DocumentKind) -> FormKind:
    """The paper of a kind; what has none of its own is printed as a receipt."""
    return _KINDS.get(kind, _KINDS[DocumentKind.OTHER_RECEIPT])
