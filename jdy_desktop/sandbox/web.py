"""The addresses of the practice market."""

from __future__ import annotations

import json
import mimetypes
import socket
import time
import uuid
from pathlib import PurePosixPath
from typing import Any

from flask import Flask, Response, redirect, request

from jdy_desktop.sandbox import login, pages
from jdy_desktop.sandbox.catalogue import resources
from jdy_desktop.sandbox.control import control_pages
from jdy_desktop.sandbox.gateway import Gateway, Refused
from jdy_desktop.sandbox.world import BuyerRefused, World

_COOKIE = "buyer_device"
_PREFIX = "img/ibank/2018/practice/"


def make_app(world: World, latency_s: float) -> Flask:
    app = Flask("practice_market", static_folder=None, template_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024
    gateway = Gateway(world)

    @app.get("/")
    def home() -> Response:
        return _html(pages.page("练习市场", "<p>这是本机上的练习市场，不是真正的 1688。</p>"))

    @app.route("/oauth/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        form = request.form.to_dict() if request.method == "POST" else None
        page, status, address = login.authorize(world, request.args.to_dict(), form)
        return redirect(address) if address else _html(page, status)

    @app.post("/openapi/<protocol>/1/system.oauth2/<name>/<app_key>")
    def token(protocol: str, name: str, app_key: str) -> Response:
        api = f"system.oauth2/{name}"
        return _faulty(world, api, lambda: login.token_call(world, name, app_key, request.form.to_dict()))

    @app.route("/openapi/<path:path>", methods=["GET", "POST"])
    def call(path: str) -> Response:
        api = "/".join(path.split("/")[2:4])
        started = time.monotonic()
        params = request.values.to_dict()
        files = {name: part.read() for name, part in request.files.items()}
        answer = _faulty(world, api, lambda: gateway.call(path, params, files))
        if latency_s and not api.startswith("system"):
            # the market's own work is part of the latency, so that measuring against it is fair
            world.stopping.wait(max(0.0, started + latency_s - time.monotonic()))
        return answer

    @app.get("/images/<path:path>")
    def picture(path: str) -> Response:
        world.calls["images"] += 1
        return _picture(world, path)

    _buyer_pages(app, world)
    app.register_blueprint(control_pages(world))
    return app


def _html(text: str, status: int = 200) -> Response:
    answer = Response(text, status, content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json; charset=utf-8")


def _refusal(no: Refused) -> Response:
    row = {"error_code": no.code, "error_message": no.text, "exception": no.text, "request_id": uuid.uuid4().hex}
    return _json(row, no.status)


# ---------------------------------------------------------------- faults of the line


def _cut() -> Response:
    """Close the connection without a byte of an answer."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response(b"")


def _faulty(world: World, api: str, work: Any) -> Response:
    """The answer to a call, spoilt on its way as the fault list wants it."""
    faults = world.faults
    if fault := faults.take("slow", api):
        world.stopping.wait(fault.seconds)
    if faults.take("cut_before", api):
        return _cut()
    if faults.take("http_502", api):
        return _html("<html><h1>502 Bad Gateway</h1><p>Tengine</p></html>", 502)
    try:
        answer = _json(work())
    except Refused as no:
        answer = _refusal(no)
    if faults.take("answer_lost", api):
        return _cut()
    body = answer.get_data()
    if faults.take("half_json", api):
        answer.set_data(body[: len(body) // 2])
    elif faults.take("garbage", api):
        answer.set_data(b"\xff\xfe<<< not json \x00 >>>")
    elif faults.take("huge", api):
        answer.set_data(body[:-1] + b', "padding": "' + b"x" * 10 * 1024 * 1024 + b'"}')
    return answer


# ---------------------------------------------------------------- pictures and the buyer


def _picture(world: World, path: str) -> Response:
    data = world.photos.get(path)
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if data is None:
        name = PurePosixPath(path).name
        file = resources() / "pictures" / name
        if path != _PREFIX + name or not file.is_file():
            return Response("404", 404, content_type="text/plain")
        data = file.read_bytes()
    answer = Response(data, content_type=kind)
    answer.headers["Cache-Control"] = "max-age=86400"
    return answer


def _buyer_pages(app: Flask, world: World) -> None:
    def shown(work: Any, number: str, device: str) -> Response:
        world.calls["buyer"] += 1
        try:
            order = work(int(number), device)
        except BuyerRefused as no:
            return _html(pages.told("预订单", str(no)), 403)
        except ValueError:
            return _html(pages.told("预订单", "地址不完整。"), 400)
        answer = _html(pages.pre_order(order, world.accounts[order.shop].shop))
        answer.set_cookie(_COOKIE, device, max_age=10 * 86400, httponly=True, samesite="Lax")
        return answer

    @app.get("/buyer/preorder")
    def buyer() -> Response:
        device = request.cookies.get(_COOKIE) or uuid.uuid4().hex
        # a preview of the link (HEAD) is no scan
        if request.method == "HEAD":
            return _html("")
        return shown(world.scan, request.args.get("id", ""), device)

    @app.post("/buyer/pay")
    def pay() -> Response:
        device = request.cookies.get(_COOKIE) or uuid.uuid4().hex
        return shown(world.pay, request.form.get("id", ""), device)
