"""What goods must fulfil before 1688 takes them as a simple offer (manual 4.4; M105–M108, M110)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from enum import Enum, StrEnum

from jdy_desktop.models.ids import ProductId, ShopId

MOST_PICTURES = 5
MOST_BYTES = 2 * 1024 * 1024
ADVISED_PX = 750
#: a Chinese character takes two places
TITLE_PLACES = 60
#: what an offer made through the simple interface is counted in: it has no field for a unit.
PLATFORM_UNIT = "件"
#: kinds of picture the photo bank takes; others are sent as JPEG.
TAKEN_KINDS = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp"})

_SHOPS = 1 << 20


@dataclass(frozen=True, slots=True, order=True)
class PublishKey:
    """Goods in a shop."""

    product_id: ProductId
    shop_id: ShopId

    @property
    def row_id(self) -> int:
        """One number for lists, which know rows by a number."""
        return self.product_id * _SHOPS + self.shop_id

    @classmethod
    def of(cls, row_id: int) -> PublishKey:
        product_id, shop_id = divmod(row_id, _SHOPS)
        return cls(ProductId(product_id), ShopId(shop_id))


class Condition(StrEnum):
    """In the order in which they are shown and told."""

    MAIN_PICTURE = "main_picture"
    PICTURE_BYTES = "picture_bytes"
    PICTURE_PIXELS = "picture_pixels"
    PICTURE_COUNT = "picture_count"
    CATEGORY = "category"
    TITLE = "title"
    PRICE = "price"
    STOCK = "stock"
    UNIT = "unit"
    SKUS = "skus"
    IN_SHOP = "in_shop"
    RESTORED = "restored"


class Verdict(Enum):
    """ASK: not without the clerk's consent (`consents` of a publishing). ADVICE only warns."""

    GOOD = "good"
    ADVICE = "advice"
    ASK = "ask"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """`place` counts from 1, the main picture first. `problem`: "" or why it cannot be read."""

    place: int
    width: int = 0
    height: int = 0
    size_bytes: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AfterRestore:
    """The goods are as old as the backup: they may have been published since. `is_downloaded`: the whole shop was, after
    the restoring; `same_title`: an offer of the shop that is called so and not matched, "" when there is none."""

    is_downloaded: bool
    same_title: str = ""


@dataclass(frozen=True, slots=True)
class GoodsFacts:
    """What is known of the goods. `price` is the yuan of one piece, `stock` what lies in all warehouses together.

    `offer_in_shop`: an offer of that shop which is matched to these goods already, "" when there is none.
    `restored`: None when no backup was restored since these goods were made."""

    title: str
    pictures: Sequence[PictureFacts]
    category_id: str
    price: Decimal | None
    stock: Decimal
    unit: str
    n_skus: int
    has_variants: bool
    offer_in_shop: str = ""
    restored: AfterRestore | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    condition: Condition
    verdict: Verdict
    facts: Mapping[str, str] = field(default_factory=dict)
    #: which of several reasons of the same condition; the key of its sentence is condition and reason
    reason: str = ""

    @property
    def code(self) -> str:
        """Key of the sentence: `main_picture_refused`, `price_refused_places` …"""
        return "_".join(part for part in (self.condition.value, self.verdict.value, self.reason) if part)


def conditions(goods: GoodsFacts) -> tuple[Finding, ...]:
    """One finding per condition that applies, in the order of `Condition`; all of them, not only the first that fails."""
    found = [*_pictures(goods.pictures), _category(goods.category_id), _title(goods.title), _price(goods.price)]
    found += [_stock(goods.stock), _unit(goods.unit)]
    if goods.has_variants:
        found.append(Finding(Condition.SKUS, Verdict.ASK, {"n": str(goods.n_skus)}))
    if goods.offer_in_shop:
        found.append(Finding(Condition.IN_SHOP, Verdict.REFUSED, {"offer_id": goods.offer_in_shop}))
    if goods.restored is not None:
        found.append(_restored(goods.restored))
    return tuple(found)


def _restored(found: AfterRestore) -> Finding:
    """1688's list may leave simple offers out (decision 0005): after the download a look into the shop is still advised."""
    if not found.is_downloaded:
        return Finding(Condition.RESTORED, Verdict.REFUSED)
    if found.same_title:
        return Finding(Condition.RESTORED, Verdict.REFUSED, {"offer_id": found.same_title}, "title")
    return Finding(Condition.RESTORED, Verdict.ADVICE)


def obstacles(found: Sequence[Finding], consents: frozenset[Condition] = frozenset()) -> tuple[Finding, ...]:
    """What stands against publishing now."""
    return tuple(
        one
        for one in found
        if one.verdict is Verdict.REFUSED or (one.verdict is Verdict.ASK and one.condition not in consents)
    )


def title_places(title: str) -> int:
    return sum(1 if one.isascii() else 2 for one in title)


def whole_stock(stock: Decimal) -> int:
    """Pieces that can be offered: 1688 takes whole ones only, a negative stock offers nothing."""
    return int(max(stock, Decimal(0)).to_integral_value(ROUND_FLOOR))


def _pictures(pictures: Sequence[PictureFacts]) -> list[Finding]:
    """M105–M107. Only the first five are looked at: the others are not sent."""
    if not pictures:
        return [Finding(Condition.MAIN_PICTURE, Verdict.REFUSED)]
    sent = pictures[:MOST_PICTURES]
    broken = [one for one in sent if one.problem]
    if broken:
        facts = {"places": _places(broken)}
        return [Finding(Condition.MAIN_PICTURE, Verdict.REFUSED, facts, "unreadable")]
    found = [Finding(Condition.MAIN_PICTURE, Verdict.GOOD)]
    heavy = [one for one in sent if one.size_bytes > MOST_BYTES]
    verdict = Verdict.ASK if heavy else Verdict.GOOD
    found.append(Finding(Condition.PICTURE_BYTES, verdict, {"places": _places(heavy)} if heavy else {}))
    small = [one for one in sent if min(one.width, one.height) < ADVISED_PX]
    facts = {"places": _places(small), "size": f"{small[0].width}×{small[0].height}"} if small else {}
    found.append(Finding(Condition.PICTURE_PIXELS, Verdict.ADVICE if small else Verdict.GOOD, facts))
    verdict = Verdict.ADVICE if len(pictures) > MOST_PICTURES else Verdict.GOOD
    found.append(Finding(Condition.PICTURE_COUNT, verdict, {"n": str(len(pictures))}))
    return found


def _places(pictures: Sequence[PictureFacts]) -> str:
    return "、".join(str(one.place) for one in pictures)


def _category(category_id: str) -> Finding:
    return Finding(Condition.CATEGORY, Verdict.GOOD if category_id else Verdict.REFUSED)


def _title(title: str) -> Finding:
    places = title_places(title.strip())
    if not places:
        return Finding(Condition.TITLE, Verdict.REFUSED, reason="empty")
    facts = {"places": str(places), "limit": str(TITLE_PLACES)}
    return Finding(Condition.TITLE, Verdict.GOOD if places <= TITLE_PLACES else Verdict.REFUSED, facts)


def _price(price: Decimal | None) -> Finding:
    if not price:
        return Finding(Condition.PRICE, Verdict.REFUSED)
    if price != price.quantize(Decimal("0.01")):
        return Finding(Condition.PRICE, Verdict.REFUSED, {"price": f"{price.normalize():f}"}, "places")
    return Finding(Condition.PRICE, Verdict.GOOD, {"price": f"{price:.2f}"})


def _stock(stock: Decimal) -> Finding:
    whole = whole_stock(stock)
    return Finding(Condition.STOCK, Verdict.GOOD if whole else Verdict.REFUSED, {"stock": str(whole)})


def _unit(unit: str) -> Finding:
    return Finding(Condition.UNIT, Verdict.GOOD if unit == PLATFORM_UNIT else Verdict.ADVICE, {"unit": unit})
