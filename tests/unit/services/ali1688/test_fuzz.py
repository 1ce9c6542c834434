"""Mutated answers: no crash, nothing stored that breaks a rule, the untouched offers of the page kept (G7)."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jdy_desktop.services.ali1688 import wire
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.envelope import decode, read_answer
from jdy_desktop.services.ali1688.values import Offer
from jdy_desktop.services.errors import BadAnswer, JdyError
from tests.support.cases import cases
from tests.unit.services.ali1688.fake import SAMPLES

SETTINGS = GatewaySettings(app_key="1", app_secret="s")
PRISTINE = SAMPLES["product_list_get"]["response"]["result"]["pageResult"]["resultList"]
ORDER = SAMPLES["preOrder_getList"]["response"]["orderList"][0]

HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(
        ["", " ", "NaN", "Infinity", "-1", "1e400", "9" * 30, "42.00", "<img src=x onerror=alert(1)>", "a\x00b", "\ud800",
         "\u202e", "x" * 3000, "published", "=cmd|' /C calc'!A0", "%", "'; drop table offer; --", 0, -1, 10**7, 2**63]
    ),
    st.text(st.characters(codec=None), max_size=20),
    st.just([]),
    st.just([None]),
    st.just({}),
    st.just([[]]),
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, as a path."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inside for place in places(one, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], new: Any, *, remove: bool) -> None:
    """A copy of `new`: the strategies hand out one and the same list again and again, and a later change may go into it."""
    new = copy.deepcopy(new)
    for key in path[:-1]:
        value = value[key]
    if remove:
        del value[path[-1]]
    else:
        value[path[-1]] = new


OFFER_PLACES = [place for place in places(PRISTINE[0]) if place]
ORDER_PLACES = [place for place in places(ORDER) if place]


def assert_can_be_stored(offer: Offer) -> None:
    assert offer.offer_id.isdigit()
    assert 0 < int(offer.offer_id) < 2**63
    assert 0 < len(offer.title) <= 500
    prices = [tier.price for tier in offer.tiers] + [sku.price for sku in offer.skus]
    prices += [sku.retail_price for sku in offer.skus] + [offer.retail_price, offer.mix_amount]
    for price in prices:
        assert price is None or (type(price) is Decimal and 0 <= price <= Decimal("9999999.99"))
        assert price is None or price * 10**6 == int(price * 10**6)
    stocks = [offer.online_stock, offer.min_quantity, *(sku.online_stock for sku in offer.skus)]
    stocks += [tier.start_quantity for tier in offer.tiers]
    for stock in stocks:
        assert type(stock) is Decimal
        assert 0 <= stock <= 999_999_999
    ids = [sku.platform_sku_id for sku in offer.skus]
    assert len(set(ids)) == len(ids)
    assert all(one.isdigit() and 0 < int(one) < 2**63 for one in ids)
    everything = repr(offer)
    everything.encode()
    texts = [offer.title, offer.item_number, offer.unit, offer.category_name, *offer.pictures]
    texts += [text for sku in offer.skus for v in sku.values for text in (v.name, v.value, v.picture)]
    for text in texts:
        text.encode()
        assert "\x00" not in text
    assert all(url.startswith("https://cbu01.alicdn.com/") or ".alicdn.com" in url for url in offer.pictures)


@settings(max_examples=cases(10_000))
@given(st.lists(st.tuples(st.sampled_from(OFFER_PLACES), HOSTILE, st.booleans()), min_size=1, max_size=4))
def test_mutated_offers(changes: list[tuple[tuple[Any, ...], Any, bool]]) -> None:
    row = copy.deepcopy(PRISTINE[0])
    for path, new, remove in changes:
        try:
            put(row, path, new, remove=remove)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # an earlier change took the place away
    body = json.dumps(
        {"success": True, "result": {"pageResult": {"resultList": [row, PRISTINE[1]], "totalRecords": 2}}}
    )
    found = wire.offer_page(read_answer(200, body.encode(), needs="result"), SETTINGS)
    assert len(found.offers) + len(found.bad) == 2
    assert found.offers[-1].offer_id == "588708880891"
    for offer in found.offers:
        assert_can_be_stored(offer)


@settings(max_examples=cases(10_000))
@given(st.lists(st.tuples(st.sampled_from(ORDER_PLACES), HOSTILE, st.booleans()), min_size=1, max_size=3))
def test_mutated_pre_orders(changes: list[tuple[tuple[Any, ...], Any, bool]]) -> None:
    row = copy.deepcopy(ORDER)
    for path, new, remove in changes:
        try:
            put(row, path, new, remove=remove)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
    body = json.dumps({"success": True, "orderList": [row, ORDER], "totalCount": 2}).encode()
    found = wire.pre_order_page(read_answer(200, body, needs="orderList"), SETTINGS)
    assert len(found.orders) + found.bad == 2
    assert found.orders[-1].number == "55070119811"
    for order in found.orders:
        assert order.status in (0, 1, 2)
        assert order.detail_url == "" or order.detail_url.startswith("https://")
        order.remark.encode()


GOOD_BODY = json.dumps(SAMPLES["product_list_get"]["response"], ensure_ascii=False).encode()


@settings(max_examples=cases(10_000))
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD_BODY) - 1), st.binary(max_size=4)), min_size=1, max_size=5),
    st.integers(0, len(GOOD_BODY)),
    st.sampled_from([200, 200, 200, 400, 401, 500]),
)
def test_damaged_bytes(changes: list[tuple[int, bytes]], end: int, status: int) -> None:
    """Flipped, inserted and cut bytes end in a page or in one error of our tree, never in another exception."""
    body = bytearray(GOOD_BODY)
    for place, new in changes:
        body[place : place + 1] = new
    whole = bytes(body) if end % 3 else bytes(body[:end])
    try:
        found = wire.offer_page(read_answer(status, whole, needs="result"), SETTINGS)
    except JdyError:
        return
    for offer in found.offers:
        assert_can_be_stored(offer)


@settings(max_examples=cases(5_000))
@given(st.binary(max_size=200))
def test_garbage(body: bytes) -> None:
    try:
        decode(body)
    except BadAnswer as exc:
        assert exc.params["outcome_unknown"] is True
