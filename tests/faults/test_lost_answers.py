"""Answers lost, connections cut, proxies failing, programs dying, a list that lags: no sale may end with two
pre-orders or without one, and no row may show another's code (reliability F2, G, §4.6).

The control sends again on every error, as a client without key and look-up does; it must show surplus pre-orders,
else this test would prove nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from jdy_desktop.models.channel import PreOrder
from jdy_desktop.models.states import UploadState
from jdy_desktop.sandbox.faults import FaultList
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.ali1688 import client
from jdy_desktop.services.ali1688.client import Gateway
from jdy_desktop.services.channel.outbox import Claim, Outbox
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.clock import FrozenClock
from tests.support.outbox import SHIRT, Stall

SALES = 135
CREATE = "alibaba.preOrder.create"
LIST = "alibaba.preOrder.getList"
DONE_BUT_UNHEARD = ("answer_lost", "half_json", "garbage")
NOT_DONE = ("cut_before", "http_502", "throttle")

pytestmark = pytest.mark.expect_log(
    "ali1688.client: (throttled|answer to)", "outcome unknown", "sender died", "late answer", "several pre-orders"
)


class PowerCut(BaseException):
    """The program is gone; what is committed stays."""


class BadLine(Gateway):
    """The way to the market with a fault on most sendings and some look-ups. `lost`: done, but nobody heard."""

    chance = random.Random(1688)
    faults: FaultList
    lost = 0

    def create_pre_order(self, *args: Any, **more: Any) -> Any:
        dice = self.chance.random()
        if dice < 0.7:
            self.lost += 1
            return self._with(self.chance.choice(DONE_BUT_UNHEARD), CREATE, super().create_pre_order, *args, **more)
        if dice < 0.85:
            return self._with(self.chance.choice(NOT_DONE), CREATE, super().create_pre_order, *args, **more)
        return super().create_pre_order(*args, **more)

    def pre_orders(self, *args: Any, **more: Any) -> Any:
        dice = self.chance.random()
        if dice < 0.15:
            return self._with(
                self.chance.choice(("http_502", "answer_lost", "half_json")), LIST, super().pre_orders, *args, **more
            )
        if dice < 0.35:
            return self._with("list_lag", LIST, super().pre_orders, *args, **more)
        if dice < 0.6:
            return self._with("remark_altered", LIST, super().pre_orders, *args, **more)
        return super().pre_orders(*args, **more)

    def _with(self, fault: str, api: str, call: Callable[..., Any], *args: Any, **more: Any) -> Any:
        seconds, mode = self.chance.choice((5, 20)), self.chance.choice(("prefix", "trim", "spaces"))
        self.faults.add(fault, count=1, api=api, seconds=seconds, mode=mode)
        try:
            return call(*args, **more)
        finally:
            self.faults.clear(fault)


@pytest.fixture
def stall(
    book: Database, market: PracticeMarket, frozen_clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stall]:
    monkeypatch.setattr(client, "READ_PAUSE_S", 0.01)
    stall = Stall(book, market, frozen_clock)
    yield stall
    stall.gateway.close()


def _bad_line(stall: Stall) -> BadLine:
    """The stall's only way to the market from now on."""
    stall.gateway.close()
    line = BadLine(stall.settings, stall.ctx, backoff_s=())
    line.chance, line.faults = random.Random(1688), stall.market.world.faults
    stall.gateway = line
    stall.pre_orders = stall.another_counter()
    return line


def _sell(stall: Stall, sku: int, chance: random.Random, sales: int = SALES) -> None:
    for _ in range(sales):
        stall.sale([(sku, chance.randint(2, 6), SHIRT[2])])


def test_no_surplus_none_missing_no_wrong_link(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1688)
    _sell(stall, stall.shirts(), chance)
    line = _bad_line(stall)
    crashes = Counter[str]()

    def dying(name: str) -> None:
        """Before or after this step is committed, the power goes in one of ten cases."""
        real = getattr(Outbox, name)

        def step(self: Outbox, *args: object) -> object:
            dice = chance.random()
            if dice < 0.05:
                crashes[f"before {name}"] += 1
                raise PowerCut
            result = real(self, *args)
            if dice > 0.95:
                crashes[f"after {name}"] += 1
                raise PowerCut
            return result

        monkeypatch.setattr(Outbox, name, step)

    for name in ("claim", "uploaded", "refused", "unclear", "found"):
        dying(name)
    for _ in range(3000):
        if stall.pre_orders.waiting().count == 0:
            break
        try:
            stall.work()
        except PowerCut:
            stall.pre_orders = stall.another_counter()
        stall.pass_time(seconds=chance.choice((11, 31, 61, 121)))

    per_key = Counter(one.remark[1:11] for one in stall.remote)
    assert line.lost >= 100
    assert sum(crashes.values()) >= 20
    assert len(crashes) >= 6
    with stall.book.read() as s:
        rows = list(s.scalars(select(PreOrder)))
        assert len(rows) == SALES
        assert {row.upload_state for row in rows} == {UploadState.UPLOADED}
        links = {row.key: row.number for row in rows}
    assert max(per_key.values()) == 1, "surplus"
    assert set(per_key) == set(links), "missing"
    assert {one.remark[1:11]: str(one.number) for one in stall.remote} == links, "wrong link"


def test_control_sending_again_on_error_makes_surplus(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same faults with the guard off: what is unclear simply waits to be sent again."""
    chance = random.Random(1688)
    _sell(stall, stall.shirts(), chance, sales=30)
    _bad_line(stall)

    def send_again(self: Outbox, claim: Claim, reason: str) -> None:
        self.put_back(claim, reason, "", 1)

    monkeypatch.setattr(Outbox, "unclear", send_again)
    for _ in range(400):
        if stall.pre_orders.waiting().count == 0:
            break
        stall.work()
        stall.pass_time(seconds=121)
    per_key = Counter(one.remark[1:11] for one in stall.remote)
    assert sum(per_key.values()) - len(per_key) > 10


def test_two_pcs_and_a_list_slower_than_the_quiet_time_of_one(stall: Stall) -> None:
    """The list shows a pre-order 25 s late: within the quiet time of 30 s nothing is judged."""
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.market.world.faults.add("answer_lost", count=1, api=CREATE)
    stall.market.world.faults.add("list_lag", seconds=25)
    counters = [stall.another_counter(), stall.another_counter()]
    for _ in range(20):
        for one in counters:
            one.work(JobContext())
            one.look_up(JobContext(), id)
        stall.pass_time(seconds=13)
    assert stall.state(id) == "uploaded"
    assert len(stall.remote) == 1
