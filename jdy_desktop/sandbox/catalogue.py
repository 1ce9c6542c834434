"""The offers of the practice shops, as ProductInfo of 1688: the hand-made ones and as many generated ones as wanted."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from jdy_desktop.sandbox.dates import CHINA, write

Offer = dict[str, Any]

ATTRIBUTE_IDS = {"颜色": 3216, "尺码": 450, "货号": 1398, "品牌": 2176, "型号": 3151, "规格": 7869, "色调": 100019421}
FIRST_GENERATED = 700_000_000_000
_STEP = 7  # ids of 1688 are not consecutive either
_BIG_SKU = 9_007_199_254_740_993  # 2^53 + 1: the first whole number a JavaScript or float reader gets wrong
_MADE = datetime(2018, 12, 13, 20, 16, 38, tzinfo=CHINA)
_TITLES = (
    ("夏季新款连衣裙", 1031912, "件", "dress"),
    ("宽松短袖T恤", 1031910, "件", "tee"),
    ("休闲长裤", 1048186, "条", "trousers"),
    ("纯棉衬衫", 1048182, "件", "shirt"),
    ("真皮手提包", 1045110, "个", "bag"),
    ("电气绝缘胶带", 126552002, "卷", "tape"),
)
_COLOURS = (("红色", "red"), ("绿色", "green"), ("蓝色", "blue"), ("黄色", "yellow"), ("白色", "white"))
_SIZES = ("S", "M", "L")


def resources() -> Path:
    """The folder `resources/practice`, in a checkout or in the installed package."""
    here = Path(__file__).resolve().parent.parent
    for root in (here.parent, here):
        if (root / "resources" / "practice").is_dir():
            return root / "resources" / "practice"
    raise FileNotFoundError("resources/practice")


def picture_path(name: str) -> str:
    """The relative path under which 1688 would name a picture."""
    return f"img/ibank/2018/practice/{name}.png"


def attribute(name: str, value: str) -> dict[str, Any]:
    number = ATTRIBUTE_IDS.get(name) or 200_000_000 + int(hashlib.md5(name.encode()).hexdigest()[:6], 16)
    return {"attributeID": number, "attributeName": name, "value": value, "isCustom": name not in ATTRIBUTE_IDS}


def spec(name: str, value: str, picture: str = "") -> dict[str, Any]:
    found = attribute(name, value)
    row = {
        "attributeID": found["attributeID"],
        "attributeValue": value,
        "attributeDisplayName": name,
        "attributeName": name,
    }
    return row | ({"skuImageUrl": picture_path(picture)} if picture else {})


class Catalogue:
    """Categories and offers by shop. Generated offers belong to the first shop and are made when asked for."""

    def __init__(self, generated: int = 0, seed: int = 1, folder: Path | None = None) -> None:
        source = json.loads(((folder or resources()) / "catalogue.json").read_text("utf-8"))
        self.categories: dict[int, dict[str, Any]] = {row["id"]: row for row in source["categories"]}
        self.generated = generated
        self._seed = seed
        self._shops: dict[str, list[Offer]] = {}
        self._owner: dict[int, tuple[str, Offer]] = {}
        self._kept: dict[int, Offer] = {}  # generated offers that were changed
        for row in source["offers"]:
            self.add(row["shop"], self._expand(row))
        self.main_shop = next(iter(self._shops), "")
        self._make = lru_cache(maxsize=4096)(self._generate)

    def is_leaf(self, category_id: int) -> bool:
        known = category_id in self.categories
        return known and all(row["parent"] != category_id for row in self.categories.values())

    def add(self, shop: str, offer: Offer) -> None:
        """Put an offer into a shop, in the order of ids."""
        offers = self._shops.setdefault(shop, [])
        offers.append(offer)
        offers.sort(key=lambda one: int(one["productID"]))
        self._owner[offer["productID"]] = (shop, offer)

    def remove(self, offer_id: int) -> None:
        shop, offer = self._owner.pop(offer_id)
        self._shops[shop].remove(offer)

    def simple_offers(self) -> list[tuple[str, Offer]]:
        """(shop, offer) of everything that was published through the simple-offer interface."""
        return [(shop, offer) for shop, offer in self._owner.values() if offer.get("_simple")]

    def find(self, offer_id: int) -> tuple[str, Offer] | None:
        """The owning shop's login and the offer; None for an unknown id."""
        number, rest = divmod(offer_id - FIRST_GENERATED, _STEP)
        if rest == 0 and 0 <= number < self.generated:
            return self.main_shop, self._made(number)
        return self._owner.get(offer_id)

    def keep(self, offer_id: int) -> Offer:
        """The offer as an object that may be changed for good. Raises KeyError for an unknown id."""
        found = self.find(offer_id)
        if found is None:
            raise KeyError(offer_id)
        self._kept[offer_id] = found[1]
        return found[1]

    def size(self, shop: str) -> int:
        return len(self._shops.get(shop, ())) + (self.generated if shop == self.main_shop else 0)

    def by_id(self, shop: str) -> OfferRow:
        """All offers of a shop in the order of their ids, made as they are looked at."""
        generated = self.generated if shop == self.main_shop else 0
        changed = [(number - FIRST_GENERATED) // _STEP for number in sorted(self._kept) if number >= FIRST_GENERATED]
        return OfferRow(self._shops.get(shop, []), generated, self._made, changed if generated else [])

    def _made(self, number: int) -> Offer:
        return self._kept.get(FIRST_GENERATED + number * _STEP) or self._make(number)

    def _expand(self, row: Mapping[str, Any]) -> Offer:
        """ProductInfo of a line in catalogue.json."""
        skus = list(row.get("skus", ())) or list(_sku_rows(row))
        infos = [self._sku(row, sku, place) for place, sku in enumerate(skus, start=1)]
        attributes = [attribute("货号", row["code"])] if row["code"] else []
        attributes.append(attribute("品牌", "其他"))
        stock = sum(info["amountOnSale"] for info in infos) if infos else row["stock"]
        changed = _MADE + timedelta(days=90, minutes=row["id"] % 5000)
        sale: dict[str, Any] = {
            "supportOnlineTrade": True,
            "mixWholeSale": "mix" in row,
            "priceAuth": False,
            "priceRanges": [{"startQuantity": start, "price": float(price)} for start, price in row["tiers"]],
            "amountOnSale": float(stock),
            "unit": row["unit"],
            "minOrderQuantity": row["min"],
            "quoteType": row.get("quote", 2 if infos else 0),
        }
        if not infos:
            sale["retailprice"] = float(row["retail"])
        offer: Offer = {
            "productID": row["id"],
            "productType": "wholesale",
            "categoryID": row["category"],
            "categoryName": self.categories[row["category"]]["name"],
            "status": row.get("status", "published"),
            "subject": row["title"],
            "language": "CHINESE",
            "productCargoNumber": row["code"],
            "attributes": attributes,
            "image": {"images": [picture_path(row["picture"])]},
            "skuInfos": infos,
            "saleInfo": sale,
            "createTime": write(_MADE + timedelta(minutes=row["id"] % 500)),
            "lastUpdateTime": write(changed),
            "expireTime": write(changed + timedelta(days=3650)),
        }
        if not row["code"]:
            del offer["productCargoNumber"]
        for name in row.get("null_lists", ()):
            offer[name] = None
        if "floor" in row:
            offer["_floor_fen"] = round(row["floor"] * 100)
        return offer

    def _sku(self, row: Mapping[str, Any], sku: Mapping[str, Any], place: int) -> dict[str, Any]:
        number = sku.get("sku_id") or 3_940_000_000_000 + (row["id"] % 10**9) * 1000 + place
        if row.get("big_sku"):
            number = _BIG_SKU + place * 2
        price = row["sku_prices"][place - 1] if "sku_prices" in row else row["tiers"][0][1]
        picture = sku.get("picture", row["picture"])
        values = sku["values"].items()
        return {
            "attributes": [
                spec(name, value, picture if at == 0 and len(row.get("skus", ())) != 1 else "")
                for at, (name, value) in enumerate(values)
            ],
            "cargoNumber": sku["code"],
            "amountOnSale": sku["stock"],
            "retailPrice": float(sku.get("retail", row["retail"])),
            "price": float(price),
            "skuId": number,
            "specId": hashlib.md5(str(number).encode()).hexdigest(),
        }

    def _generate(self, number: int) -> Offer:
        """Offer `number` of the generator; the same seed gives the same offer on every PC."""
        chance = random.Random(self._seed * 1_000_003 + number)
        words, category, unit, picture = _TITLES[number % len(_TITLES)]
        code = f"gen{number + 1:06d}"
        price = chance.randrange(500, 20000) / 100
        row: dict[str, Any] = {
            "id": FIRST_GENERATED + number * _STEP,
            "code": code,
            "title": f"{words} 厂家直销 {chance.choice(('2018', '2019'))}款 第{number + 1}号",
            "category": category,
            "unit": unit,
            "picture": f"{picture}_{_COLOURS[number % 4][1]}",
            "min": chance.choice((1, 2, 3, 5)),
            "tiers": [[1, price], [100, round(price * 0.9, 2)]],
            "retail": round(price * 1.6, 2),
            "stock": chance.randrange(20, 2000),
        }
        row["tiers"][0][0] = row["min"]
        if number % 5:
            colour = _COLOURS[chance.randrange(4)]
            row["skus"] = [
                {
                    "values": {"颜色": colour[0], "尺码": size},
                    "code": f"{code}_{at:03d}",
                    "stock": row["stock"],
                    "sku_id": 5_000_000_000_000 + number * 10 + at,
                }
                for at, size in enumerate(_SIZES, start=1)
            ]
        return self._expand(row)


class OfferRow:
    """A long row of offers of which only the looked-at ones exist."""

    def __init__(self, known: list[Offer], generated: int, make: Callable[[int], Offer], changed: list[int]) -> None:
        self._known = known
        self._generated = generated
        self._make = make
        self._changed = changed

    def __len__(self) -> int:
        return len(self._known) + self._generated

    def __getitem__(self, place: int) -> Offer:
        if place < 0 or place >= len(self):
            raise IndexError(place)
        return self._known[place] if place < len(self._known) else self._make(place - len(self._known))

    def __iter__(self) -> Iterator[Offer]:
        return (self[place] for place in range(len(self)))

    def not_as_generated(self) -> list[int]:
        """Places, rising, of the offers that may be anything: hand-made, or generated and changed since."""
        return [*range(len(self._known)), *(len(self._known) + number for number in self._changed)]


def _sku_rows(row: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Every combination of a line's `specs`, numbered as the manual advises (4.1.4)."""
    specs: Mapping[str, list[str]] = row.get("specs", {})
    if not specs:
        return
    for at, values in enumerate(product(*specs.values()), start=1):
        pairs = dict(zip(specs, values, strict=True))
        yield {"values": pairs, "code": f"{row['code']}_{at:03d}", "stock": row["stock"]}
