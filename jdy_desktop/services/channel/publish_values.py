"""What 商品发布 shows and answers (manual 4.4). Frozen values; no table row leaves the services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto

from jdy_desktop.models.ids import OfferId
from jdy_desktop.models.rules.publishing import Finding, PublishKey
from jdy_desktop.models.states import PublishState

#: `log` begins so when it holds a code of ours; anything else in it is 1688's own text.
OUR_CODE = "code:"


@dataclass(frozen=True, slots=True)
class PublishView:
    """All the pane shows. `price` is what the offer asks for a piece (批发价, else 零售价), the largest of the SKUs.

    `category_name` is the path, levels joined with " > ". `n_pictures` counts all, also those that are not sent."""

    key: PublishKey
    shop: str
    code: str
    name: str
    specification: str
    picture: str
    n_pictures: int
    has_variants: bool
    unit: str
    price: Decimal | None
    retail_price: Decimal | None
    stock: int
    state: PublishState
    category_id: str
    category_name: str
    is_private: bool
    offer_id: str
    log: str
    sent_at: datetime | None
    published_at: datetime | None
    findings: tuple[Finding, ...]


class OutcomeKind(Enum):
    """NOT_READY: a condition is not met. POSTPONED: nothing was made, it can be published again later."""

    PUBLISHED = auto()
    NOT_READY = auto()
    REFUSED = auto()
    UNCLEAR = auto()
    POSTPONED = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one publishing. `text`: 1688's words, or a code of ours after OUR_CODE.

    `stops`: it is no use to go on with other goods now (offline, throttled, not authorized)."""

    key: PublishKey
    name: str
    kind: OutcomeKind
    text: str = ""
    findings: tuple[Finding, ...] = ()
    offer_id: OfferId | None = None
    stops: bool = False


@dataclass(frozen=True, slots=True)
class PublishReport:
    """Of several goods; `left`: how many were not tried as the line to 1688 stood against it."""

    outcomes: tuple[Outcome, ...]
    left: int = 0

    @property
    def counts(self) -> Mapping[OutcomeKind, int]:
        return Counter(one.kind for one in self.outcomes)


@dataclass(frozen=True, slots=True)
class BoundCategory:
    """A leaf category of 1688; `name` is its path."""

    category_id: str
    name: str
