"""专业市场 a shop belongs to: searched by name and pinyin initials, extended by hand, 其他 always last (M38–M41)."""

from __future__ import annotations

from dataclasses import dataclass

OTHER = "其他"


@dataclass(frozen=True, slots=True)
class MarketHit:
    id: int
    name: str
    city: str
