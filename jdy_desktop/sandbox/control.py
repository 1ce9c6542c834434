"""Pages under /_market/ by which a person or a test moves the market from outside; this PC only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, request

from jdy_desktop.sandbox.dates import write
from jdy_desktop.sandbox.faults import Fault, UnknownFault
from jdy_desktop.sandbox.world import BuyerRefused, World


def control_pages(world: World) -> Blueprint:
    pages = Blueprint("control", __name__, url_prefix="/_market")

    @pages.before_request
    def _only_this_pc() -> None:
        # A web page in the clerk's browser could reach 127.0.0.1 too: it always says where it comes from.
        if (
            request.remote_addr != "127.0.0.1"
            or request.host.split(":")[0] != "127.0.0.1"
            or "Origin" in request.headers
        ):
            abort(403)

    @pages.get("/state")
    def _state() -> Any:
        rows = [
            {
                "id": str(one.number),
                "shop": one.shop,
                "status": one.status,
                "remark": one.remark,
                "fen": one.due_fen,
                "detailUrl": one.detail_url,
            }
            for one in world.pre_orders.values()
        ]
        faults = [_shown(one) for one in world.faults.active()]
        return jsonify(faults=faults, calls=dict(world.calls), pre_orders=rows, now=write(world.now()))

    @pages.post("/faults")
    def _add_fault() -> Any:
        wanted = request.get_json()
        try:
            return jsonify(_shown(world.faults.add(wanted.pop("name", ""), **wanted)))
        except UnknownFault as exc:
            return jsonify(error=f"unknown fault: {exc}"), 400

    @pages.delete("/faults")
    @pages.delete("/faults/<name>")
    def _clear_faults(name: str | None = None) -> Any:
        world.faults.clear(name)
        return jsonify(faults=[_shown(one) for one in world.faults.active()])

    @pages.post("/clock")
    def _clock() -> Any:
        world.advance(seconds=float(request.get_json()["seconds"]))
        return jsonify(now=write(world.now()))

    @pages.post("/tokens/expire")
    def _expire() -> Any:
        world.expire_access_tokens()
        return jsonify(ok=True)

    @pages.post("/tokens/revoke")
    def _revoke() -> Any:
        world.revoke(request.get_json()["account"])
        return jsonify(ok=True)

    @pages.post("/preorders/<int:number>/<any(scan, pay):what>")
    def _buyer(number: int, what: str) -> Any:
        try:
            order = world.scan(number) if what == "scan" else world.pay(number)
        except BuyerRefused as exc:
            return jsonify(error=str(exc)), 409
        return jsonify(id=str(order.number), status=order.status)

    @pages.post("/offers/<int:number>")
    def _offer(number: int) -> Any:
        changes = request.get_json()
        try:
            if "stock" in changes:
                world.set_stock(number, int(changes.pop("stock")), changes.pop("skuId", None))
            world.set_offer(number, **changes)
        except KeyError:
            return jsonify(error="no such offer"), 404
        return jsonify(ok=True)

    return pages


def _shown(fault: Fault) -> dict[str, Any]:
    return {"name": fault.name, "count": fault.count, "api": fault.api, "hits": fault.hits, "seconds": fault.seconds}
