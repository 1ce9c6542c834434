"""What 1688's refusal means for the clerk (manual 6.1.3, 6.3; M138–M141, M151–M153). The text is never changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from jdy_desktop.models.ids import OfferId


class AdviceCode(StrEnum):
    """Our advice beside 1688's text; its sentence stands in `views/texts/`."""

    NO_OFFER = "no_offer"
    BELOW_MINIMUM = "below_minimum"
    BELOW_MINIMUM_OR_PRICE = "below_minimum_or_price"
    OFF_SHELF = "off_shelf"
    OVER_ONLINE_STOCK = "over_online_stock"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Advice:
    """`text` is 1688's, verbatim. `row` counts from 1 as 1688 does, `offer_id` is the one named; both may lack."""

    code: AdviceCode
    text: str
    row: int | None = None
    offer_id: OfferId | None = None


# First hit wins: the two minimum texts differ by 或者价格 only, and "库存" alone also stands in other sentences.
_PATTERNS = (
    (AdviceCode.BELOW_MINIMUM_OR_PRICE, re.compile(r"数量或者?价格.*限购")),
    (AdviceCode.BELOW_MINIMUM, re.compile(r"最低限购|最小起订|起批量|起订量")),
    (AdviceCode.NO_OFFER, re.compile(r"没有对应的\s*offer|(?:商品|offer).*不存在", re.IGNORECASE)),
    (AdviceCode.OFF_SHELF, re.compile(r"下架")),
    (AdviceCode.OVER_ONLINE_STOCK, re.compile(r"(?:库存|可售数量).*(?:不足|不够)|(?:超过|大于|超出).*库存")),
)
_ROW = re.compile(r"第\s*[\[【]?\s*([0-9]+)\s*[\]】]?\s*行")
_OFFER = re.compile(r"(?:商品|offer)\s*[\[【]\s*([0-9]+)\s*[\]】]", re.IGNORECASE)


def advise(text: str) -> Advice:
    """Advice for the text 1688 refused a pre-order with; UNKNOWN when we have not seen such a text."""
    code = next((one for one, pattern in _PATTERNS if pattern.search(text)), AdviceCode.UNKNOWN)
    row, offer = _ROW.search(text), _OFFER.search(text)
    return Advice(code, text, int(row[1]) if row else None, OfferId(offer[1]) if offer else None)
