"""Two PCs on one PostgreSQL book: a sale is sent by one of them, a lost answer is found by either."""

from __future__ import annotations

import threading

import pytest

from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.channel.pre_orders import PreOrders
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.clock import FrozenClock
from tests.support.outbox import SHIRT, Stall

pytestmark = pytest.mark.expect_log("outcome unknown", "ali1688.client: (throttled|answer to)")


def test_each_sale_goes_once(postgres_url: str, market: PracticeMarket, frozen_clock: FrozenClock) -> None:
    first, second = schema.open_shared_book(postgres_url), schema.open_shared_book(postgres_url)
    stall = Stall(first, market, frozen_clock)
    try:
        sku = stall.shirts()
        ids = [stall.sale([(sku, 2, SHIRT[2])]) for _ in range(10)]
        pcs = [stall.pre_orders, PreOrders(second, stall.ctx, stall, lambda: stall.gateway)]
        market.world.faults.add("answer_lost", count=3, skip=2, api="alibaba.preOrder.create")
        for _ in range(12):
            start = threading.Barrier(2)

            def work(pc: PreOrders, start: threading.Barrier = start) -> None:
                start.wait()
                pc.work(JobContext())

            threads = [threading.Thread(target=work, args=(pc,)) for pc in pcs]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            stall.pass_time(seconds=41)
        assert [stall.state(one) for one in ids] == ["uploaded"] * 10
        assert sorted(one.remark[1:11] for one in stall.remote) == sorted(stall.row(one).key for one in ids)
    finally:
        stall.gateway.close()
        first.close()
        second.close()
