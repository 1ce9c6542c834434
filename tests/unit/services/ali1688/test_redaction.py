"""Canary secrets through every way a log line can take: none comes out (T6, G11)."""

from __future__ import annotations

import io
import json
import logging
import sys
import traceback
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from jdy_desktop.services.ali1688.redaction import RedactionFilter, redact
from jdy_desktop.services.errors import LinkError, PlatformError
from tests.unit.services.ali1688.conftest import Start
from tests.unit.services.ali1688.fake import Answer, Tokens, ok, scripted

TOKEN = "f14da3b8-b0b1-4f73-a5de-9bed637e0188"
OPAQUE = "CANARYopaque_Tok.en~123+/="
SECRET = "CANARYSecretZ9"
SIGNATURE = "33E54F4F7B989E3E0E912D3FBD2F1A03CA7CCE88"
PHONE = "13812345678"
CODE = "CANARYcode-77"
CANARIES = (TOKEN, OPAQUE, "CANARY", SECRET, SIGNATURE, PHONE, "12345678", CODE)

LEAKS = [
    f"access_token={OPAQUE}", f"access_token = '{OPAQUE}'", f"&access_token={OPAQUE}&pageNo=1", f"?access_token={OPAQUE}",
    f'{{"access_token": "{OPAQUE}", "x": 1}}', f'{{"access_token":"{OPAQUE}"}}', str({"access_token": OPAQUE}),
    str({"access_token": OPAQUE.encode()}), str([("access_token", OPAQUE)]), str(f"access_token={SECRET}".encode()),
    json.dumps({"outer": json.dumps({"access_token": SECRET, "b": 1})}), urlencode({"access_token": OPAQUE}),
    quote(urlencode({"access_token": SECRET})), f"refresh_token: {OPAQUE}", f"refreshToken={OPAQUE}",
    f"refresh-token: {OPAQUE}", f"accessToken: '{OPAQUE}'", f"ACCESS_TOKEN={OPAQUE}", f"client_secret={SECRET}",
    f"app_secret={SECRET}", f"appSecret='{SECRET}'", f"GatewaySettings(app_secret='{SECRET}')", f"secret={SECRET}",
    f"JDY_1688_APP_SECRET={SECRET}", f"_aop_signature={SIGNATURE}", f"signature: {SIGNATURE.lower()}", f"signed {SIGNATURE}",
    f"token {TOKEN} rejected", f"Authorization: Bearer {OPAQUE} qqqCANARY", f"authorization: Basic Q0FOQVJZ {OPAQUE}",
    f"'Authorization': 'Bearer {OPAQUE}', 'x': 'CANARY'", f"Proxy-Authorization: {OPAQUE} CANARY", f"Bearer {OPAQUE}",
    f"Cookie: sid={OPAQUE}; other=CANARY", f"Set-Cookie: a={OPAQUE}; Path=/CANARY", f"X-Auth-Token: {OPAQUE} CANARY",
    f"password={SECRET}", f'"password": "{SECRET} with CANARY blanks"', f"pwd={SECRET}", f"api_key={SECRET}",
    f"http://127.0.0.1/cb?code={CODE}&state={OPAQUE}", f"GET /cb?state={OPAQUE}&code={CODE} HTTP/1.1",
    quote(f"http://127.0.0.1/cb?code={CODE}"), f"grant_type=authorization_code&code={CODE}",
    str({"grant_type": "authorization_code", "code": CODE}), f"phone {PHONE}", f"tel:+86{PHONE}", f"+86 {PHONE}",
    f"0086{PHONE}", "电话13812345678。", "138 1234 5678", "138-1234-5678", "buyer 0571-12345678", f'"mobile":"{PHONE}"',
    f"session_id={SECRET}", f"private_key={SECRET}", f"token={OPAQUE}", f"{TOKEN.upper()}", f"auth_code={CODE}",
]  # fmt: skip


@pytest.mark.parametrize("text", LEAKS)
def test_no_canary_survives(text: str) -> None:
    cleaned = redact(f"before {text}")
    assert not [one for one in CANARIES if one.lower() in cleaned.lower()]
    assert cleaned.startswith("before ")
    assert redact(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "offer 588616757513 sku 3935963888522 pre-order 55070119811 shop 3",
        "call alibaba.product.list.get -> 200 in 81 ms",
        "order XH20190327001 key #K7Q2M9X4TB at 2019-03-27 21:06:30",
        "2026-11-23 10:40:15,123 INFO version 0.1.0 of 2026-11-23",
        "code=platform_refused error_code=gw.QosAppFrequencyLimit",
        "price 13812.50, total 1381234567.89, 20190327210014000+0800",
        "timestamp 1553691614000",
        "token_expired for shop 3",
        "state waiting -> uploaded",
        "spec b265340beb52182c6bcfbff1fad02f01",
    ],
)
def test_the_control_ordinary_lines_stay(text: str) -> None:
    assert redact(text) == text


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        logging.Formatter("%(levelname)s %(name)s %(message)s %(extra_part)s", defaults={"extra_part": ""})
    )
    handler.addFilter(RedactionFilter())
    root = logging.getLogger()
    old = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield logging.getLogger("jdy.canary"), stream
    root.setLevel(old)
    root.removeHandler(handler)


def hits(stream: io.StringIO) -> list[str]:
    text = stream.getvalue()
    assert text
    return [one for one in CANARIES if one in text]


@pytest.mark.expect_log(".*")
def test_all_levels_arguments_tracebacks_stacks_and_extras(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        logger.log(level, "asked with %s and %s", {"access_token": OPAQUE}, f"client_secret={SECRET}")
    try:
        try:
            raise ValueError(f"access_token={OPAQUE}")
        except ValueError as exc:
            raise LinkError("offline", url=f"http://x/?code={CODE}&state=1", phone=PHONE) from exc
    except LinkError:
        logger.exception("failed with %s", TOKEN, stack_info=True)
    logger.error("refused", exc_info=PlatformError("x", f"Authorization: Bearer {OPAQUE}"))
    logger.info("with extra", extra={"extra_part": {"refresh_token": OPAQUE}})
    logger.info("wrong arguments %s %s", f"access_token={OPAQUE}")
    assert hits(stream) == []
    assert "Traceback" in stream.getvalue()
    assert "LinkError" in stream.getvalue()


@pytest.mark.expect_log(".*")
def test_the_control_without_the_filter_they_show(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    for handler in logging.getLogger().handlers:
        handler.filters.clear()
    logger.warning("access_token=%s", OPAQUE)
    assert hits(stream)


@pytest.mark.expect_log(".*")
def test_real_calls_with_urllib3_at_debug(log: tuple[logging.Logger, io.StringIO], start: Start) -> None:
    _, stream = log

    class Canary(Tokens):
        def access_token(self) -> str:
            return OPAQUE

    answers = (
        ok({"access_token": TOKEN, "refresh_token": OPAQUE, "expires_in": "x"}),
        Answer(f'{{"error":"x","error_description":"client_secret={SECRET}"}}'.encode(), 400),
        Answer(b"", cut=0),
        Answer(b"", 502),
    )
    fake, gateway = start(scripted(*answers), backoff_s=())
    calls = (
        lambda: gateway.exchange_code(CODE, "http://127.0.0.1/cb"),
        lambda: gateway.refresh_token(OPAQUE),
        lambda: gateway.exchange_code(CODE, "http://127.0.0.1/cb"),
        lambda: gateway.offer_page(Canary(), 1),
    )
    for call in calls:
        try:
            call()
        except Exception:
            logging.getLogger("jdy.canary").exception("call failed")
    fake.__exit__()
    try:
        gateway.offer_page(Canary(), 1)
    except LinkError:
        logging.getLogger("jdy.canary").exception("no server")
    assert hits(stream) == []
    assert "urllib3" in stream.getvalue()


def test_a_crash_text_with_local_values() -> None:
    try:
        raise PlatformError("c", f"access_token={OPAQUE}", request={"client_secret": SECRET, "phone": PHONE})
    except PlatformError:
        text = "".join(traceback.format_exception(*sys.exc_info()))
    assert any(one in text for one in CANARIES)
    assert not [one for one in CANARIES if one in redact(text)]


def test_a_long_text_is_quick() -> None:
    """No pattern may need more than linear time: a log line can hold a whole answer."""
    import time

    for text in ("a" * 200_000, "token=" * 20_000, '"' * 100_000, "1" * 100_000, "0571-" * 20_000, "\\" * 100_000):
        started = time.monotonic()
        redact(text)
        assert time.monotonic() - started < 2
