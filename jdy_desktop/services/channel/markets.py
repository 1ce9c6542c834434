"""专业市场 a shop belongs to: searched by name and pinyin initials, extended by hand, 其他 always last (M38–M41)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from jdy_desktop.models.channel import Market
from jdy_desktop.models.rules.search import fold, has_all_words, search_key, split_words
from jdy_desktop.services.errors import UserError

OTHER = "其他"
_NAME_LIMIT = 60


@dataclass(frozen=True, slots=True)
class MarketHit:
    """`city` may be empty."""

    id: int
    name: str
    city: str


def search(session: Session, text: str) -> tuple[MarketHit, ...]:
    """Markets whose name, city or pinyin hold all words; names beginning with the text first, 其他 always last."""
    words = split_words(text)
    # A few hundred rows: reading them all is faster than a clever statement, and pinyin is compared in one place.
    everything = session.execute(select(Market.id, Market.name, Market.city, Market.pinyin).order_by(Market.id)).all()
    found = [
        MarketHit(id, name, city)
        for id, name, city, pinyin in everything
        if name != OTHER and has_all_words(words, f"{fold(name)}\n{fold(city)}\n{pinyin}")
    ]
    start = fold(text.strip())
    found.sort(key=lambda hit: not fold(hit.name).startswith(start))
    other = [MarketHit(id, name, city) for id, name, city, _ in everything if name == OTHER]
    return tuple(found + other)


def add(session: Session, name: str, city: str = "") -> int:
    """A market made by hand; its name is sent to 1688 as it stands. A known name gives its id.

    Raises UserError("market_name") for an empty or overlong name."""
    name, city = " ".join(name.split()), " ".join(city.split())
    if not name or len(name) > _NAME_LIMIT or len(city) > _NAME_LIMIT:
        raise UserError("market_name", field="name", limit=_NAME_LIMIT)
    known = session.scalar(select(Market.id).where(Market.name == name))
    if known is not None:
        return known
    market = Market(name=name, city=city, code="", pinyin=search_key(name, city), is_custom=name != OTHER)
    session.add(market)
    session.flush()
    return market.id
