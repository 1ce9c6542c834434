"""A stall with sales waiting for 1688, put straight into the tables, beside a real practice market."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.catalog import Product, Sku, Unit, UnitGroup
from jdy_desktop.models.channel import Market, Offer, OfferSku, PreOrder, Shop
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import PreOrderId, ShopId
from jdy_desktop.models.parties import Customer, Warehouse
from jdy_desktop.models.states import DocumentKind, DocumentState, PayState, UploadState
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.ali1688.client import Gateway
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.tokens import SharedTokens
from jdy_desktop.services.channel.pre_orders import PreOrders, Timing, WorkReport
from jdy_desktop.services.machine.context import Context, SystemRandomness
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.clock import FrozenClock

#: Goods of the practice market that refuse nothing: (offer, SKU, price, unit, minimum).
SHIRT = ("588616757513", "3935963888521", Decimal(64))
BAG = ("588652112602", "", Decimal(188))
TOWEL = ("58932516960", "", Decimal("8.8"))
TAPE_23 = ("588720100011", "", Decimal(18))
OLD_SHIRT = ("588720100013", "", Decimal(69))


class EasyRandom(SystemRandomness):
    """Real keys, no jitter."""

    def uniform(self, low: float, high: float) -> float:
        return 1.0


@dataclass
class Stall:
    """`pass_time` moves the PC's clock and the market's together, as time does."""

    book: Database
    market: PracticeMarket
    clock: FrozenClock
    timing: Timing = field(default_factory=Timing)
    logins: tuple[str, ...] = ("alitestforisv02", "alitestforisv04")

    def __post_init__(self) -> None:
        self.ctx = Context(clock=self.clock, random=EasyRandom(), operator="王姐")
        self.settings = self._settings()
        self.gateway = Gateway(self.settings, self.ctx, backoff_s=())
        self.calls = 0
        self._sales = 0
        self._fill()
        self.pre_orders = self.another_counter()

    def another_counter(self, **changes: Any) -> PreOrders:
        """A second program on the same book."""
        gateway = changes.pop("gateway", self.gateway)
        return PreOrders(self.book, self.ctx, self, lambda: gateway, timing=self.timing, **changes)

    def _settings(self) -> GatewaySettings:
        ready = self.market.ready
        return GatewaySettings(ready["gateway"], ready["auth"], ready["images"], ready["app_key"], ready["app_secret"])

    def tokens(self, shop_id: ShopId) -> SharedTokens:
        """What `Shops.tokens` does, with a token straight from the market."""
        account = self.market.world.accounts[self.logins[int(shop_id) - 1]]
        return SharedTokens(self.market.world.issue_access(account), lambda: self.market.world.issue_access(account))

    # ------------------------------------------------------------ the book

    def _fill(self) -> None:
        now = self.clock.now()
        with self.book.write() as s:
            s.add(
                AccountSet(
                    id=1, company="禾木服饰商行", start_date=self.clock.today().replace(day=1), industry="clothes",
                    cost_per_warehouse=False, needs_review=False, computes_tax=False, channel_enabled=True,
                    created_at=now,
                )
            )  # fmt: skip
            group = UnitGroup(name="件")
            s.add(group)
            s.add(Warehouse(id=1, name="档口仓", is_default=True))
            for id, name, grade in ((1, "零售", "retail"), (2, "批发", "wholesale")):
                s.add(Customer(id=id, name=name, grade=grade, search_text=name, created_at=now))
            s.add(Market(id=1, name="大象城", code="dxc"))
            s.flush()
            self._unit = Unit(group_id=group.id, name="件")
            s.add(self._unit)
            for number, login in enumerate(self.logins, 1):
                account = self.market.world.accounts[login]
                s.add(
                    Shop(
                        id=number, login_id=login, member_id=account.member_id, name=account.shop, market_id=1,
                        sealed_tokens=b"sealed", created_at=now,
                    )
                )  # fmt: skip
            s.flush()
            self._unit_id = self._unit.id

    def goods(self, code: str, title: str, name: str = "") -> int:
        """A product with one SKU; the id of the SKU."""
        now = self.clock.now()
        with self.book.write() as s:
            product = Product(
                code=code, code_key=code.casefold(), name=title, unit_id=self._unit_id, has_variants=bool(name),
                created_at=now, updated_at=now,
            )  # fmt: skip
            sku = Sku(position=1, code=code, code_key=code.casefold(), name=name)
            product.skus.append(sku)
            s.add(product)
            s.flush()
            return sku.id

    def offer(self, sku_id: int | None, offer_id: str, sku: str = "", *, shop: int = 1, minimum: int = 1) -> int:
        """An offer with one SKU, matched; the id of the offer SKU."""
        with self.book.write() as s:
            offer = s.scalar(select(Offer).where(Offer.offer_id == offer_id, Offer.shop_id == shop))
            if offer is None:
                offer = Offer(
                    shop_id=shop, offer_id=offer_id, title=f"宝贝 {offer_id}", status="on_shelf", unit="件",
                    has_skus=bool(sku), minimum_quantity=Decimal(minimum), downloaded_at=self.clock.now(),
                )  # fmt: skip
                s.add(offer)
            one = OfferSku(position=len(offer.skus), platform_sku_id=sku, sku_id=sku_id, online_stock=Decimal(20))
            offer.skus.append(one)
            s.flush()
            return one.id

    def sale(
        self,
        lines: list[tuple[int, int | str, Decimal]],
        *,
        discount: Decimal = Decimal(0),
        freight: Decimal = Decimal(0),
        shop: int = 1,
        customer: int = 1,
        number: str = "",
        key: str = "",
    ) -> PreOrderId:
        """A saved sale of (SKU, pieces, price) lines with its row in the outbox, as `book.documents` leaves them."""
        self._sales += 1
        day, now = self.clock.today(), self.clock.now()
        number = number or f"XH{day:%Y%m%d}{self._sales:03d}"
        with self.book.write() as s:
            goods = sum((Decimal(str(pieces)) * price for _, pieces, price in lines), Decimal(0))
            sale = Document(
                kind=DocumentKind.SALE, number=number, state=DocumentState.SAVED, day=day, client_key=number,
                customer_id=customer, shop_id=shop, goods_amount=goods, discount_amount=discount,
                amount_after_discount=goods - discount, customer_freight=freight,
                settlement_amount=goods - discount + freight, makes_pre_order=True, created_at=now, updated_at=now,
            )  # fmt: skip
            for place, (sku_id, pieces, price) in enumerate(lines, 1):
                sku, amount = s.get_one(Sku, sku_id), Decimal(str(pieces)) * price
                sale.lines.append(
                    DocumentLine(
                        position=place, sku_id=sku_id, warehouse_id=1, sku_code=sku.code, sku_name=sku.name,
                        product_name=sku.product.name, unit="件", quantity=Decimal(str(pieces)), net_price=price,
                        gross_price=price, net_amount=amount, gross_amount=amount,
                    )
                )  # fmt: skip
            s.add(sale)
            s.flush()
            order = PreOrder(
                sale_id=sale.id, shop_id=shop, key=key or self.ctx.random.key(10), upload_state=UploadState.WAITING,
                pay_state=PayState.UNPAID, created_at=now, next_try_at=now,
            )  # fmt: skip
            s.add(order)
            s.flush()
            return PreOrderId(order.id)

    def shirts(self) -> int:
        """The shirt of the manual, matched; its SKU."""
        sku = self.goods("sp32501_001", "男士秋季衬衫量大可批发", "白色/S")
        self.offer(sku, SHIRT[0], SHIRT[1], minimum=2)
        return sku

    # ------------------------------------------------------------ watching

    def row(self, id: PreOrderId) -> PreOrder:
        with self.book.read() as s:
            found = s.get_one(PreOrder, id)
            s.expunge(found)
            return found

    def state(self, id: PreOrderId) -> str:
        return self.row(id).upload_state

    def change(self, id: PreOrderId, **values: Any) -> None:
        with self.book.write() as s:
            order = s.get_one(PreOrder, id)
            for name, value in values.items():
                setattr(order, name, value)

    def work(self) -> WorkReport:
        return self.pre_orders.work(JobContext())

    def pass_time(self, **parts: float) -> None:
        self.clock.advance(**parts)
        self.market.world.advance(**parts)

    def work_until_quiet(self, rounds: int = 60, seconds: float = 31) -> None:
        """Rounds and time until nothing is on its way any more."""
        for _ in range(rounds):
            self.work()
            if self.pre_orders.waiting().count == 0:
                return
            self.pass_time(seconds=seconds)
        raise AssertionError(f"still on the way: {self.pre_orders.waiting()}")

    @property
    def remote(self) -> list[Any]:
        """All pre-orders of the practice market, oldest first."""
        return list(self.market.world.pre_orders.values())
