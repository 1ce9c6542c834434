"""A line and a platform that misbehave on demand; each with the same call going well without the fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from jdy_desktop.sandbox.faults import FAULTS, FaultList, UnknownFault
from jdy_desktop.sandbox.server import PracticeMarket
from tests.support.waiting import go_offline, until
from .conftest import PRODUCT, TRADE, Caller

LIST = PRODUCT + "product.list.get"


@pytest.mark.parametrize(("fault", "made"), [("answer_lost", 1), ("cut_before", 0)])
def test_a_cut_line_after_and_before_the_work(shop: Caller, fault: str, made: int) -> None:
    shop.world.faults.add(fault, count=1, api="preOrder.create")
    with pytest.raises(requests.ConnectionError):
        shop.order()
    assert len(shop.world.pre_orders) == made
    assert shop.order()["success"] is True
    assert len(shop.world.pre_orders) == made + 1


@pytest.mark.parametrize(("fault", "made"), [("half_json", 1), ("garbage", 1), ("http_502", 0)])
def test_an_answer_that_is_no_json(shop: Caller, fault: str, made: int) -> None:
    shop.world.faults.add(fault, count=1, api="preOrder.create")
    answer = shop.send(
        TRADE + "preOrder.create",
        marketName="dxc",
        itemList=[{"offerId": 588720100012, "buyAmount": 20, "auctionPrice": 320}],
    )
    with pytest.raises(ValueError):
        answer.json()
    assert (answer.status_code == 502) is (fault == "http_502")
    assert len(shop.world.pre_orders) == made


def test_an_answer_of_ten_megabytes(shop: Caller) -> None:
    shop.world.faults.add("huge", count=1)
    assert len(shop.send(LIST).content) > 10_000_000
    assert len(shop.send(LIST).content) < 200_000


def test_a_slow_answer(shop: Caller) -> None:
    shop.world.faults.add("slow", count=1, seconds=0.3)
    start = time.monotonic()
    assert shop.send(LIST).status_code == 200
    assert time.monotonic() - start >= 0.3


def test_the_latency_is_felt_by_every_signed_call() -> None:
    with PracticeMarket(latency_s=0.2) as market:
        caller = Caller(market).authorize()
        start = time.monotonic()
        assert caller.send(LIST).status_code == 200
        assert time.monotonic() - start >= 0.2
        caller.http.close()


def test_a_token_that_is_suddenly_refused_stays_refused(shop: Caller) -> None:
    shop.world.faults.add("token_expired", count=1)
    assert [shop.send(LIST).status_code for _ in range(2)] == [401, 401]
    shop.authorize()
    assert shop.send(LIST).status_code == 200


def test_login_refused(caller: Caller) -> None:
    caller.world.faults.add("login_refused", count=1)
    assert "密码错误" in caller.log_in().text
    assert caller.log_in().status_code == 302


def test_a_strict_clock(shop: Caller) -> None:
    shop.world.faults.add("strict_clock")
    now = int(shop.world.now().timestamp() * 1000)
    assert shop.send(LIST, _aop_timestamp=str(now)).status_code == 200
    assert shop.send(LIST, _aop_timestamp=str(now - 3_600_000)).json()["error_code"] == "gw.SignatureInvalid"


def test_offline_nothing_listens_and_then_it_does_again(market: PracticeMarket, shop: Caller) -> None:
    shop.world.faults.add("offline", seconds=0)
    shop.world.faults.clear()
    go_offline(market)
    with pytest.raises(requests.ConnectionError, match="refused"):
        shop.send(LIST)
    shop.world.faults.clear("offline")
    until(lambda: market.is_listening)
    assert shop.send(LIST).status_code == 200


def test_a_fault_can_wait_for_its_turn() -> None:
    faults = FaultList()
    faults.add("throttle", skip=1, count=1, api="list.get")
    assert faults.take("throttle", "alibaba.preOrder.create") is None
    assert [faults.take("throttle", LIST) is not None for _ in range(3)] == [False, True, False]
    assert faults.active() == []


def test_unknown_faults_are_told() -> None:
    for name, options in (("nonsense", {}), ("slow", {"count": "x"}), ("remark_altered", {"mode": "x"})):
        with pytest.raises(UnknownFault):
            FaultList().add(name, **options)


def test_faults_of_the_line_leave_the_clock_alone(shop: Caller) -> None:
    for name in set(FAULTS) - {"offline"}:
        shop.world.faults.add(name)
    assert isinstance(shop.call("system/currentTime"), str)


def test_the_control_pages(shop: Caller) -> None:
    base = shop.ready["gateway"] + "/_market"

    def tell(path: str, **body: object) -> requests.Response:
        return shop.http.post(base + path, json=body, timeout=20)

    assert tell("/faults", name="throttle", count=5).status_code == 200
    assert shop.send(LIST).status_code == 400
    state = shop.http.get(base + "/state", timeout=20).json()
    assert state["faults"][0]["hits"] == 1
    assert shop.http.delete(base + "/faults/throttle", timeout=20).json() == {"faults": []}
    assert tell("/faults", name="nonsense").status_code == 400
    number = shop.order()["orderId"]
    assert tell(f"/preorders/{number}/scan").json()["status"] == 1
    assert tell(f"/preorders/{number}/pay").json()["status"] == 2
    assert tell("/preorders/7/pay").status_code == 409
    assert tell("/offers/588616757513", subject="新标题", stock=3).status_code == 200
    [row] = shop.page(productIds=[588616757513])["resultList"]
    assert (row["subject"], row["skuInfos"][0]["amountOnSale"]) == ("新标题", 3)
    assert tell("/offers/7", subject="x").status_code == 404
    assert tell("/tokens/expire").status_code == 200
    assert shop.send(LIST).status_code == 401
    tell("/clock", seconds=86400)
    assert shop.world.clock_offset.days == 1
    tell("/tokens/revoke", account="alitestforisv02")
    assert not shop.world.refresh


def test_the_control_pages_hear_no_web_page(caller: Caller) -> None:
    base = caller.ready["gateway"] + "/_market/state"
    assert caller.http.get(base, headers={"Origin": "https://evil.example"}, timeout=20).status_code == 403
    assert caller.http.get(base, headers={"Host": "evil.example"}, timeout=20).status_code == 403


# ---------------------------------------------------------------- the process


def start(folder: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], Path]:
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "jdy_desktop.sandbox", "--ready-file", str(ready), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE), ready


@pytest.mark.parametrize("way", ["terminate", "end of input"])
def test_the_process_tells_where_it_is_and_ends(tmp_path: Path, way: str) -> None:
    process, file = start(tmp_path, "--offers", "7", "--fault", "throttle", "--stop-at-eof")
    try:
        until(file.exists, 30)
        ready = json.loads(file.read_text("utf-8"))
        assert set(ready) == {"gateway", "auth", "images", "app_key", "app_secret", "accounts"}
        assert [one["account"] for one in ready["accounts"]] == ["alitestforisv02", "alitestforisv04"]
        with requests.Session() as http:
            state = http.get(ready["gateway"] + "/_market/state", timeout=20).json()
        assert state["faults"][0]["name"] == "throttle"
        if way == "terminate":
            process.terminate()
        else:
            assert process.stdin is not None
            process.stdin.close()
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdin:
            process.stdin.close()


def test_the_process_does_not_outlive_its_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    process, file = start(tmp_path, "--parent-pid", str(parent.pid))
    try:
        until(file.exists, 30)
        assert process.poll() is None
        parent.kill()
        assert process.wait(10) == 0
    finally:
        for one in (parent, process):
            one.kill()
            one.wait()
            if one.stdin:
                one.stdin.close()
    assert os.getpid() != parent.pid
