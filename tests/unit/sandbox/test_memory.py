"""A practice market opened again tomorrow still knows its shop and its pre-orders."""

from __future__ import annotations

from pathlib import Path

from jdy_desktop.sandbox import memory
from jdy_desktop.sandbox.orders import PAID, Line
from jdy_desktop.sandbox.world import World


def _world() -> World:
    world = World(0, 1)
    world.base = "http://127.0.0.1:9"
    return world


def test_tokens_and_pre_orders_outlive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "market.json"
    first = _world()
    account = first.accounts["alitestforisv02"]
    access, refresh = first.issue_access(account), first.issue_refresh(account)
    _, offer = first.catalogue.find(588616757513) or ("", {})
    line = Line(offer, offer["skuInfos"][0], 4, 4200, "")
    made = first.make_pre_order(
        account, [line], market="dxc", remark="#KEY XH1", total_fen=16800, post_fee_fen=1000, logistics=2
    )
    first.pay(made.number)
    memory.save(first, 4711, file)

    second = _world()
    memory.restore(second, memory.read(file))
    assert second.grant(second.access, access) is not None
    assert second.grant(second.refresh, refresh) is not None
    order = second.pre_orders[made.number]
    assert (order.status, order.remark, order.due_fen, order.lines[0].amount) == (PAID, "#KEY XH1", 17800, 4)
    assert order.detail_url == f"http://127.0.0.1:9/buyer/preorder?id={made.number}"
    assert memory.read(file)["port"] == 4711
    assert second.new_token() not in (access, refresh)


def test_a_damaged_memory_starts_practice_anew(tmp_path: Path) -> None:
    file = tmp_path / "market.json"
    file.write_text("{half", encoding="utf-8")
    assert memory.read(file) == {}
    assert memory.read(tmp_path / "none.json") == {}


def test_published_offers_outlive_a_restart_and_can_still_be_ordered(tmp_path: Path) -> None:
    file = tmp_path / "market.json"
    first = _world()
    account = first.accounts["alitestforisv02"]
    offer = {"productID": 650_000_000_013, "subject": "毛巾", "_simple": True, "skuInfos": [], "status": "published"}
    first.catalogue.add(account.login, offer)
    made = first.make_pre_order(
        account, [Line(offer, None, 2, 550, "")], market="dxc", remark="", total_fen=1100, post_fee_fen=0, logistics=1
    )
    memory.save(first, 4711, file)

    second = _world()
    memory.restore(second, memory.read(file))
    assert second.catalogue.simple_offers() == [(account.login, offer)]
    assert second.pre_orders[made.number].lines[0].offer["subject"] == "毛巾"
