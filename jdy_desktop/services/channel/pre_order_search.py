"""Looking for a pre-order whose answer was lost (reliability F2, §6.4). No database and no decision: pages in, facts out.

1688's list has no filter for our key and promises no order. So a look-up counts as empty only when every pre-order of
the list was seen (as many different numbers as 1688 says there are), or when the list runs newest first and is older
than the sending.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from jdy_desktop.models.ids import OfferId, PlatformSkuId
from jdy_desktop.services.ali1688.values import PreOrderPage, RemotePreOrder

#: How far the clocks of 1688's machines may lie apart.
MARGIN = timedelta(minutes=10)
#: A list whose order changes between pages is read again until nothing new can hide.
_ROUNDS = 6
_MAX_PAGES = 1000
_PAGE = 20
_KEY = re.compile(r"#([A-HJ-NP-Z2-9]{10})")


@dataclass(frozen=True, slots=True)
class Listing:
    """Pre-orders 1688 listed, each once. `is_complete`: none made after the wanted instant can be missing."""

    orders: tuple[RemotePreOrder, ...]
    is_complete: bool


def read_listing(page: Callable[[int], PreOrderPage], since: datetime) -> Listing:
    """All pre-orders made since `since`, page by page. `page(n)` counts from 1 and may raise."""
    seen: dict[str, RemotePreOrder] = {}
    for _ in range(_ROUNDS):
        walk = _Walk()
        for number in range(1, _MAX_PAGES + 1):
            answer = page(number)
            walk.add(answer)
            seen.update((order.number, order) for order in answer.orders)
            if answer.is_empty or len(answer.orders) + answer.bad < _PAGE:
                walk.is_finished = True
                break
            if walk.is_newest_first and walk.oldest is not None and walk.oldest < since - MARGIN:
                return Listing(tuple(seen.values()), is_complete=walk.bad == 0)
        if walk.bad:
            break
        if walk.is_finished and (walk.is_newest_first or len(walk.numbers) <= walk.total <= len(seen)):
            return Listing(tuple(seen.values()), is_complete=True)
    return Listing(tuple(seen.values()), is_complete=False)


class _Walk:
    """One walk over all pages and how far it can be trusted."""

    def __init__(self) -> None:
        self.numbers: set[str] = set()
        self.bad = 0
        self.total = 0
        self.oldest: datetime | None = None
        self.is_newest_first = True
        self.is_finished = False

    def add(self, page: PreOrderPage) -> None:
        self.bad += page.bad
        self.total = page.total
        for order in page.orders:
            made = order.created_at
            is_next = made is not None and (self.oldest is None or made <= self.oldest)
            # A number met again was pushed on by a newer one; anything else out of order breaks the promise.
            if not is_next and order.number not in self.numbers:
                self.is_newest_first = False
            self.numbers.add(order.number)
            self.oldest = made if self.oldest is None or made is None else min(made, self.oldest)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What we sent and have no answer for."""

    key: str
    sale_number: str
    sent_at: datetime
    total: Decimal
    freight: Decimal
    lines: tuple[tuple[OfferId, PlatformSkuId | None, int], ...]


class Found(StrEnum):
    """KEY: ours beyond doubt. ALIKE: the only one with our money and goods, its remark altered. ASK: the clerk must look."""

    KEY = "key"
    ALIKE = "alike"
    ASK = "ask"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Verdict:
    found: Found
    orders: tuple[RemotePreOrder, ...] = ()


def judge(
    wanted: Wanted, listed: Sequence[RemotePreOrder], linked: Collection[str], foreign_keys: Collection[str]
) -> Verdict:
    """Which of the listed ones is the wanted. `linked`: numbers our rows have; `foreign_keys`: keys of our other rows."""
    ours = sorted((one for one in listed if wanted.key in _bare(one.remark)), key=_age)
    if ours:
        return Verdict(Found.KEY, tuple(ours))
    free = [
        one
        for one in listed
        if one.number not in linked
        and (one.created_at is None or one.created_at >= wanted.sent_at - MARGIN)
        and key_of(one.remark) not in foreign_keys
    ]
    named = [one for one in free if wanted.sale_number in _bare(one.remark)]
    alike = [
        one for one in free if _content(one) == (wanted.total, wanted.freight, tuple(sorted(map(str, wanted.lines))))
    ]
    both = {one.number: one for one in (*named, *alike)}
    if not both:
        return Verdict(Found.NONE)
    [first, *others] = sorted(both.values(), key=_age)
    is_ours = not others and first in alike and _may_be_altered(first.remark, wanted)
    return Verdict(Found.ALIKE if is_ours else Found.ASK, (first, *others))


def _may_be_altered(remark: str, wanted: Wanted) -> bool:
    """Cut, emptied or with our sale number left: a remark somebody else wrote is not ours with changes."""
    bare, sent = _bare(remark), _bare(f"#{wanted.key} {wanted.sale_number}")
    return bare in sent or wanted.sale_number in bare


def _content(order: RemotePreOrder) -> tuple[Decimal, Decimal, tuple[str, ...]]:
    lines = ((line.offer_id, line.platform_sku_id, line.quantity) for line in order.lines)
    return order.total, order.freight, tuple(sorted(map(str, lines)))


def key_of(remark: str) -> str:
    """The key a remark begins with, also when its blanks are gone; "" without one."""
    found = _KEY.search(_bare(remark))
    return found[1] if found else ""


def _bare(remark: str) -> str:
    return "".join(remark.split()).upper()


def _age(order: RemotePreOrder) -> tuple[bool, datetime | str, str]:
    return (order.created_at is None, order.created_at or "", order.number)
