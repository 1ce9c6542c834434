"""The table of document kinds: what each does to stock and to whom it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jdy_desktop.models.rules.numbering import PREFIXES
from jdy_desktop.models.states import DocumentKind


@dataclass(frozen=True, slots=True)
class KindSpec:
    """`direction` +1 goods come in, −1 go out, 0: a transfer moves twice, a count through others.

    `debt` +1: the party owes us the settlement, −1: we owe it.

    `is_cost`: the lines' money is what the goods cost us (purchase, receipts); else they move at the average.
    """

    kind: DocumentKind
    direction: int
    party: Literal["customer", "supplier"] | None
    needs_party: bool
    debt: int
    is_cost: bool
    has_tax: bool

    @property
    def prefix(self) -> str:
        return PREFIXES[self.kind]


def _spec(
    kind: DocumentKind,
    direction: int,
    party: Literal["customer", "supplier"] | None = None,
    *,
    needs_party: bool = False,
    debt: int = 0,
    is_cost: bool = False,
    has_tax: bool = False,
) -> KindSpec:
    return KindSpec(kind, direction, party, needs_party, debt, is_cost, has_tax)


#: 业务类别 of an other receipt or issue that a count wrote
SURPLUS, LOSS = "盘盈", "盘亏"
#: a return → what it returns from
RETURN_OF = {
    DocumentKind.PURCHASE_RETURN: DocumentKind.PURCHASE,
    DocumentKind.SALE_RETURN: DocumentKind.SALE,
}

DOCUMENT_KINDS: dict[DocumentKind, KindSpec] = {
    spec.kind: spec
    for spec in (
        _spec(DocumentKind.PURCHASE, +1, "supplier", needs_party=True, debt=-1, is_cost=True, has_tax=True),
        _spec(DocumentKind.PURCHASE_RETURN, -1, "supplier", needs_party=True, debt=+1, has_tax=True),
        _spec(DocumentKind.OTHER_RECEIPT, +1, "supplier", is_cost=True),
        _spec(DocumentKind.OTHER_ISSUE, -1, "customer"),
        _spec(DocumentKind.OPENING, +1, is_cost=True),
        _spec(DocumentKind.SALE, -1, "customer", needs_party=True, debt=+1, has_tax=True),
        _spec(DocumentKind.SALE_RETURN, +1, "customer", needs_party=True, debt=-1, has_tax=True),
        _spec(DocumentKind.TRANSFER, 0),
        _spec(DocumentKind.COUNT, 0),
    )
}
