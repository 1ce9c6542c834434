"""Codes of products and SKUs (manual 4.1.4, 4.2.3; M51, M66, M72)."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from itertools import count

_TAIL_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ProductCode:
    """The code for a new product; `is_changed` when another product has the wanted one: worth a warning row."""

    code: str
    is_changed: bool


def normalise_code(text: str | None) -> str:
    """Key under which codes are the same: case, width and blanks do not count (SP1 = sp1 = ｓｐ１ = "sp 1")."""
    key = text or ""
    if key.isascii():  # most codes: nothing to normalise
        return "".join(key.lower().split())
    # Twice, because folding can make a character that normalises further; the second round finds nothing new.
    for _ in range(2):
        key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold())
    return "".join(key.split()).replace("\u200b", "").replace("\ufeff", "")


def sku_code(product_code: str, number: int) -> str:
    """SKU code of a product's `number`-th SKU, from 1: sp1 → sp1_001 (4.2.3 rule 7). Raises ValueError below 1."""
    if number < 1:
        raise ValueError(f"SKU numbers start at 1, not {number}")
    return f"{product_code}_{number:03d}"


def sku_codes(product_code: str, wanted: int, taken: Container[str] = frozenset()) -> tuple[str, ...]:
    """The next `wanted` SKU codes of a product whose keys are not in `taken` (normalised codes)."""
    free = (code for number in count(1) if normalise_code(code := sku_code(product_code, number)) not in taken)
    return tuple(code for code, _ in zip(free, range(wanted), strict=False))


def product_code(cargo_number: str | None, offer_id: str, taken: Container[str] = frozenset()) -> ProductCode:
    """Product code for an offer: its 货号, else the offer id (rule 2, M66).

    When `taken` (normalised codes) has it, the tail of the offer id is added, as long as needed: sp1-7513, sp1-57513 …
    Two offers with one 货号 stay two products, never a silent merge.
    """
    wanted = (cargo_number or "").strip() or offer_id
    if normalise_code(wanted) not in taken:
        return ProductCode(wanted, is_changed=False)
    return ProductCode(_with_tail(wanted, offer_id, taken), is_changed=True)


def _with_tail(wanted: str, offer_id: str, taken: Container[str]) -> str:
    for digits in range(_TAIL_DIGITS, len(offer_id) + 1):
        code = f"{wanted}-{offer_id[-digits:]}"
        if normalise_code(code) not in taken:
            return code
    numbered = (f"{wanted}-{offer_id}-{number}" for number in count(2))
    return next(code for code in numbered if normalise_code(code) not in taken)
