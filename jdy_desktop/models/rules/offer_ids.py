"""Offer ids out of what a clerk pastes (manual 4.2, 4.2.2; M59, M61)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jdy_desktop.models.ids import OfferId
from jdy_desktop.models.rules.rounding import fold_width

_SEPARATORS = re.compile(r"[,;、|\s]+")
# offer/588616757513.html on detail.1688.com and m.1688.com, and the ?offerId= of the mobile page.
_LINK = re.compile(r"(?:offer/|[?&](?:offerid|id)=)([1-9][0-9]{0,18})(?![0-9])", re.IGNORECASE)
# The manual's own example has 11 digits beside 12: the length is not checked beyond 64 bits.
_ID = re.compile(r"[1-9][0-9]{0,18}")
_QUOTES = "\"'“”‘’()[]<>【】《》.:"


@dataclass(frozen=True, slots=True)
class OfferIds:
    """`ids` in the order given, each once; `not_understood` the pieces in which no id was found, as typed.

    `repeated`: how many ids were given again and left out."""

    ids: tuple[OfferId, ...]
    not_understood: tuple[str, ...]
    repeated: int = 0


def parse_offer_ids(text: str) -> OfferIds:
    """Ids from a list separated by commas, 、, semicolons, blanks or new lines; links and full-width digits too."""
    ids: dict[OfferId, None] = {}
    given = 0
    bad: dict[str, None] = {}
    for piece in _SEPARATORS.split(fold_width(text)):
        bare = piece.strip(_QUOTES)
        if not bare:
            continue
        found = _LINK.findall(bare) or ([bare] if _ID.fullmatch(bare) else [])
        ids.update((OfferId(one), None) for one in found)
        given += len(found)
        if not found:
            bad[piece] = None
    return OfferIds(tuple(ids), tuple(bad), given - len(ids))
