"""What the practice market remembers from one start to the next: a practice book opened tomorrow still has its shop."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from jdy_desktop.sandbox.orders import Line, PreOrder
from jdy_desktop.sandbox.world import Grant, World

_TIMES = ("made", "scanned", "paid", "changed")


def save(world: World, port: int, file: Path) -> None:
    """Write tokens, published offers and pre-orders as one whole file.

    Codes, faults, changed offers and uploaded pictures are forgotten on purpose."""
    with world.lock:
        state = {
            "port": port,
            "numbers": world.next_number(),
            "access": {token: _grant(one) for token, one in world.access.items()},
            "refresh": {token: _grant(one) for token, one in world.refresh.items()},
            "simple_offers": world.catalogue.simple_offers(),
            "pre_orders": [_order(one) for one in world.pre_orders.values()],
        }
    part = file.with_name(file.name + ".part")
    part.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    os.replace(part, file)


def read(file: Path) -> dict[str, Any]:
    """The state of the last run; {} when there is none or it cannot be read (practice starts anew then)."""
    try:
        state: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return state


def restore(world: World, state: dict[str, Any]) -> None:
    """Give a fresh world the tokens, published offers and pre-orders of `state`; its own address must be known."""
    while world.next_number() < state.get("numbers", 0):
        pass
    for name, tokens in (("access", world.access), ("refresh", world.refresh)):
        for token, (login, until) in state.get(name, {}).items():
            if login in world.accounts:
                tokens[token] = Grant(world.accounts[login], datetime.fromisoformat(until))
    for login, offer in state.get("simple_offers", []):
        if login in world.accounts:
            world.catalogue.add(login, offer)
    for row in state.get("pre_orders", []):
        order = _read_order(world, dict(row))
        if order is not None:
            world.pre_orders[order.number] = order


def _grant(one: Grant) -> list[str]:
    return [one.account.login, one.until.isoformat()]


def _order(order: PreOrder) -> dict[str, Any]:
    row = {name: value for name, value in asdict(order).items() if name not in ("lines", "detail_url")}
    for name in _TIMES:
        row[name] = row[name].isoformat() if row[name] else None
    row["lines"] = [
        [line.offer["productID"], line.sku["skuId"] if line.sku else None, line.amount, line.price_fen, line.remark]
        for line in order.lines
    ]
    return row


def _read_order(world: World, row: dict[str, Any]) -> PreOrder | None:
    lines = []
    for offer_id, sku_id, amount, price_fen, remark in row.pop("lines"):
        known = world.catalogue.find(offer_id)
        if known is None:
            return None
        sku = next((s for s in known[1]["skuInfos"] or [] if s["skuId"] == sku_id), None)
        lines.append(Line(known[1], sku, amount, price_fen, remark))
    times: dict[str, Any] = {
        name: datetime.fromisoformat(row.pop(name)) if row[name] else row.pop(name) for name in _TIMES
    }
    changed = times.pop("changed")
    url = f"{world.base}/buyer/preorder?id={row['number']}"
    order = PreOrder(lines=lines, detail_url=url, **row, **times)
    order.changed = changed
    return order
