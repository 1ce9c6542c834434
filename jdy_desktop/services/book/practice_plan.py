"""A month of a practice stall as a story: what was bought, sold, returned, paid and counted on each of its days.

Pure and seeded: the same goods give the same story, piece by piece, so that it can be taught from. The story keeps its own
stock, so nothing is sold that is not there (but for goods that may go below zero).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from jdy_desktop.models.states import PriceGrade

DAYS = 30
_SEED = "a month of trade"
_CENT = Decimal("0.01")
_RETURN_DAYS = (4, 9, 13, 18, 22, 27)
_FAILED_DAYS = (26, 28)
#: A code is good for five days; what is still unpaid of later ones would not be over yet, and 1688 knows none of them.
_LAST_UNPAID_DAY = 22
_WAITING = 4
#: What brings goods comes before the first sale of the day, so the stock the story counts is there at every hour.
_EARLY = 8 * 60


class Way(StrEnum):
    """How a sale is paid. CHANNEL_* became a pre-order: paid, never paid, refused by 1688, not sent yet."""

    CASH = "现金"
    WECHAT = "微信"
    ALIPAY = "支付宝"
    BANK = "银行"
    OWED = "owed"
    PART = "part"
    CHANNEL_PAID = "channel_paid"
    CHANNEL_UNPAID = "channel_unpaid"
    CHANNEL_FAILED = "channel_failed"
    CHANNEL_WAITING = "channel_waiting"

    @property
    def is_channel(self) -> bool:
        return self.name.startswith("CHANNEL")

    @property
    def account(self) -> str:
        """The settlement account the money went to, "" when it did not (yet)."""
        return "" if self.is_channel or self in (Way.OWED, Way.PART) else self.value


@dataclass(frozen=True, slots=True)
class Ware:
    """A SKU of the story. `minimum`: fewest pieces 1688 sells of it, 0 when it is not there. `cost` yuan per piece."""

    product: int
    prices: Mapping[PriceGrade, Decimal]
    cost: Decimal
    minimum: int = 0
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer by his place in the list; `owes`: buys on credit."""

    grade: PriceGrade
    owes: bool = False
    is_walk_in: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of the story: which ware, how many, at what price (yuan)."""

    ware: int
    quantity: int
    price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Event:
    """`minute` of the day. What the fields mean follows from the class below it."""

    minute: int


@dataclass(frozen=True, slots=True)
class Bought(Event):
    """`share` of the bill paid at once."""

    supplier: int
    pieces: tuple[Piece, ...]
    share: Decimal


@dataclass(frozen=True, slots=True)
class SentBack(Event):
    """Pieces of the purchase told as (day, place in the day)."""

    source: tuple[int, int]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Sold(Event):
    """`paid_after` minutes a buyer takes to pay the code."""

    customer: int
    pieces: tuple[Piece, ...]
    way: Way
    freight: int = 0
    discount: Decimal = Decimal(0)
    paid_after: int = 0


@dataclass(frozen=True, slots=True)
class CameBack(Event):
    """A customer brings pieces of the sale (day, place in the day) and has his money back from the drawer."""

    source: tuple[int, int]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Received(Event):
    """A customer pays a share of what he owes."""

    customer: int
    share: Decimal
    account: str


@dataclass(frozen=True, slots=True)
class PaidOut(Event):
    supplier: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class Counted(Event):
    """`pieces`: the difference that was found, 0 for most."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Moved(Event):
    """To the second warehouse."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Given(Event):
    """样品."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """`opening` pieces per ware; `days` in their order, the events of each by the clock."""

    opening: tuple[int, ...]
    days: tuple[tuple[Event, ...], ...]


def month_story(wares: Sequence[Ware], buyers: Sequence[Buyer], suppliers: int) -> Story:
    """The story for these goods. The first two buyers are the walk-in ones, 零售 and 批发."""
    return _Teller(wares, buyers, suppliers).tell()


class _Teller:
    def __init__(self, wares: Sequence[Ware], buyers: Sequence[Buyer], suppliers: int) -> None:
        # Not a matter of safety: the same month every time is what is wanted.
        self._dice = random.Random(_SEED)
        self._wares, self._buyers, self._suppliers = wares, buyers, suppliers
        self._of_product: dict[int, list[int]] = {}
        for index, ware in enumerate(wares):
            self._of_product.setdefault(ware.product, []).append(index)
        opening = [self._first_stock(ware) for ware in wares]
        self._opening, self._stock = tuple(opening), list(opening)
        self._days: list[tuple[Event, ...]] = []

    def tell(self) -> Story:
        for day in range(DAYS):
            self._days.append(tuple(self._day(day)))
        return Story(self._opening, tuple(self._days))

    def _first_stock(self, ware: Ware) -> int:
        pieces = self._dice.choice((16, 24, 24, 36, 48, 60))
        return pieces * (5 if ware.cost < 10 else 1)

    def _day(self, day: int) -> list[Event]:
        events: list[Event] = []
        if day % 3 == 1:
            events.append(self._purchase(day))
        if day == 20:
            events += self._send_back()
        if day == 8:
            events.append(Moved(_EARLY + 10, self._some(6, 6)))
        if day == 11:
            events.append(Given(_EARLY + 15, self._some(3, 1)))
        if day in _RETURN_DAYS:
            events += self._come_back(day)
        count = self._dice.randint(8, 20)
        minutes = sorted(self._dice.sample(range(8 * 60 + 30, 18 * 60 + 30), count))
        events += [self._sale(day, minute) for minute in minutes]
        if day == DAYS - 1:
            for minute in range(18 * 60 + 31, 18 * 60 + 31 + _WAITING):
                events += self._waiting(minute)
        if day in _FAILED_DAYS:
            events += self._refused(day)
        if day % 4 == 3:
            events += self._receipts()
        if day % 7 == 5:
            events += [PaidOut(1120 + one, one, self._share(40, 80)) for one in range(self._suppliers)]
        if day == 15:
            events.append(self._count())
        return sorted(events, key=lambda one: one.minute)

    def _share(self, least: int, most: int) -> Decimal:
        return Decimal(self._dice.randrange(least, most, 5)) / 100

    def _take(self, ware: int, wanted: int) -> int:
        """As many as there are, at most `wanted`; they leave the stock."""
        taken = wanted if self._wares[ware].is_free else max(0, min(wanted, self._stock[ware]))
        self._stock[ware] -= taken
        return taken

    def _some(self, lines: int, each: int) -> tuple[Piece, ...]:
        wares = [index for index in range(len(self._wares)) if self._stock[index] > 3 * each]
        chosen = self._dice.sample(wares, min(lines, len(wares)))
        return tuple(Piece(one, self._take(one, each)) for one in sorted(chosen))

    # ---- buying
    def _purchase(self, day: int) -> Bought:
        supplier = (day // 3) % self._suppliers
        mine = [index for index, ware in enumerate(self._wares) if ware.product % self._suppliers == supplier]
        low = sorted(mine, key=lambda index: self._stock[index])[: self._dice.randint(12, 18)]
        pieces = []
        for index in sorted(low):
            ware = self._wares[index]
            quantity = self._dice.choice((20, 30, 40, 60)) * (5 if ware.cost < 10 else 1)
            price = max(_CENT, (ware.cost * self._dice.randint(96, 104) / 100).quantize(_CENT))
            self._stock[index] += quantity
            pieces.append(Piece(index, quantity, price))
        return Bought(
            _EARLY, supplier, tuple(pieces), self._dice.choice((Decimal(0), Decimal(0), Decimal("0.5"), Decimal(1)))
        )

    def _send_back(self) -> list[Event]:
        """Two lines of the last purchase, three pieces each, as far as they are still there."""
        for day in range(19, -1, -1):
            for place, event in enumerate(self._days[day]):
                if isinstance(event, Bought):
                    there = [one for one in event.pieces if self._stock[one.ware] >= 3][:2]
                    pieces = tuple(Piece(one.ware, self._take(one.ware, 3), one.price) for one in there)
                    return [SentBack(_EARLY + 5, (day, place), pieces)] if pieces else []
        return []

    # ---- selling
    def _sale(self, day: int, minute: int) -> Event:
        roll = self._dice.random()
        customer = 0 if roll < 0.45 else 1 if roll < 0.55 else self._dice.randrange(2, len(self._buyers))
        buyer = self._buyers[customer]
        pieces = self._basket(buyer)
        way = self._way(day, buyer, pieces)
        total = sum((one.price * one.quantity for one in pieces), Decimal(0))
        discount = total % 1 if way is Way.CASH and total >= 20 and self._dice.random() < 0.5 else Decimal(0)
        freight = (
            self._dice.choice((12, 18)) if way.is_channel and not buyer.is_walk_in and self._dice.random() < 0.3 else 0
        )
        return Sold(minute, customer, pieces, way, freight, discount, self._dice.randint(1, 90))

    def _basket(self, buyer: Buyer) -> tuple[Piece, ...]:
        is_retail = buyer.grade is PriceGrade.RETAIL
        wanted = self._dice.randint(1, 3) if is_retail else self._dice.randint(2, 5)
        products = self._dice.sample(sorted(self._of_product), len(self._of_product))
        pieces: list[Piece] = []
        for product in products:
            skus = self._of_product[product]
            for index in self._dice.sample(skus, min(len(skus), 1 if is_retail else 2)):
                ware = self._wares[index]
                quantity = self._dice.randint(1, 3) if is_retail else self._dice.choice((2, 3, 4, 6, 6, 8, 10, 12))
                quantity = self._take(index, quantity * (5 if ware.cost < 2 else 1))
                if quantity:
                    pieces.append(Piece(index, quantity, ware.prices[buyer.grade]))
            if len(pieces) >= wanted:
                break
        return tuple(pieces)

    def _way(self, day: int, buyer: Buyer, pieces: tuple[Piece, ...]) -> Way:
        fits = all(0 < self._wares[one.ware].minimum <= one.quantity for one in pieces)
        if fits and self._dice.random() < 0.7:
            unpaid = day <= _LAST_UNPAID_DAY and self._dice.random() < 0.12
            return Way.CHANNEL_UNPAID if unpaid else Way.CHANNEL_PAID
        roll = self._dice.random()
        if buyer.owes:
            return Way.OWED if roll < 0.6 else Way.PART if roll < 0.8 else Way.BANK
        return Way.CASH if roll < 0.45 else Way.WECHAT if roll < 0.75 else Way.ALIPAY

    def _online(self, *, least: int) -> int | None:
        """A ware that 1688 sells from at least `least` pieces on, and of which enough is there; None: no such one."""
        wares = [
            index
            for index, ware in enumerate(self._wares)
            if ware.minimum >= least and self._stock[index] >= 2 * ware.minimum
        ]
        return self._dice.choice(wares) if wares else None

    def _waiting(self, minute: int) -> list[Event]:
        """Made after the last paid one of the month: sent as soon as the shop is authorized."""
        customer = self._dice.randrange(2, len(self._buyers))
        ware = self._online(least=1)
        if ware is None:
            return []
        quantity = self._take(ware, 2 * self._wares[ware].minimum)
        price = self._wares[ware].prices[PriceGrade.RETAIL]
        return [Sold(minute, customer, (Piece(ware, quantity, price),), Way.CHANNEL_WAITING)]

    def _refused(self, day: int) -> list[Event]:
        """One piece of what 1688 sells from two on: the manual's own example of a refusal (6.1.3)."""
        ware = self._online(least=2)
        if ware is None:
            return []
        piece = Piece(ware, self._take(ware, 1), self._wares[ware].prices[PriceGrade.RETAIL])
        return [Sold(700 + day, 0, (piece,), Way.CHANNEL_FAILED)]

    def _come_back(self, day: int) -> list[Event]:
        """One or two pieces of a sale of the last days that was paid over the counter."""
        for former in range(day - 1, max(day - 4, -1), -1):
            for place, event in enumerate(self._days[former]):
                if isinstance(event, Sold) and event.way.account and not event.discount:
                    first = event.pieces[0]
                    back = min(2, first.quantity)
                    self._stock[first.ware] += back
                    return [CameBack(_EARLY + 20, (former, place), (Piece(first.ware, back, first.price),))]
        return []

    # ---- money and counting
    def _receipts(self) -> list[Event]:
        return [
            Received(1110, index, self._share(50, 105), self._dice.choice(("银行", "微信", "现金")))
            for index, buyer in enumerate(self._buyers)
            if buyer.owes and self._dice.random() < 0.6
        ]

    def _count(self) -> Counted:
        wares = [index for index in range(len(self._wares)) if self._stock[index] >= 5]
        pieces = []
        for index in sorted(self._dice.sample(wares, min(12, len(wares)))):
            difference = self._dice.choice((0, 0, 0, 0, -1, -1, 1, -2))
            self._stock[index] += difference
            pieces.append(Piece(index, difference))
        return Counted(1145, tuple(pieces))
