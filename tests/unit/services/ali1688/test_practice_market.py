"""The client against the practice market: an independent reading of the same documents, over real HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
import requests

from jdy_desktop.models.ids import OfferId
from jdy_desktop.models.states import Logistics, PayState
from jdy_desktop.services.ali1688.client import Gateway
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.loopback import LoopbackLogin
from jdy_desktop.services.ali1688.tokens import SharedTokens
from jdy_desktop.services.ali1688.transport import Transport
from jdy_desktop.services.ali1688.values import Offer, PreOrderDraft, PreOrderLine, SimpleOffer, TokenAnswer
from jdy_desktop.services.errors import (
    BadAnswer,
    JobCancelled,
    LinkError,
    NoPermission,
    Offline,
    PlatformError,
    TokenExpired,
)
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.jobs import JobContext

pytestmark = pytest.mark.expect_log("throttled", "asking again")

ACCOUNT = "alitestforisv02"


@pytest.fixture
def gateway(market: Any) -> Iterator[Gateway]:
    ready = {name: value for name, value in market.ready.items() if name != "accounts"}
    made = Gateway(
        GatewaySettings(**ready), Context(), transport=Transport(connect_s=2, read_s=2), backoff_s=(0.01, 0.01)
    )
    yield made
    made.close()


def authorize(market: Any, gateway: Gateway) -> TokenAnswer:
    """As the owner does it in the system's browser."""
    [password] = [one["password"] for one in market.ready["accounts"] if one["account"] == ACCOUNT]
    with LoopbackLogin(gateway.settings, Context()) as listener, requests.Session() as browser:
        browser.trust_env = False
        form = {"account": ACCOUNT, "password": password, "agree": "on", "authorize": "1"}
        page = browser.post(listener.login.url, data=form, timeout=5)
        assert "可以关闭此页" in page.content.decode()
        return gateway.exchange_code(listener.wait(JobContext(), 5), listener.login.redirect_uri)


@pytest.fixture
def tokens(market: Any, gateway: Gateway) -> SharedTokens:
    answer = authorize(market, gateway)
    assert answer.login_id == ACCOUNT
    assert answer.refresh_token
    return SharedTokens(answer.access_token, lambda: gateway.refresh_token(str(answer.refresh_token)).access_token)


def all_offers(gateway: Gateway, tokens: SharedTokens) -> dict[OfferId, Offer]:
    found: dict[OfferId, Offer] = {}
    page_no = 1
    while not (page := gateway.offer_page(tokens, page_no, JobContext())).is_empty:
        found |= {offer.offer_id: offer for offer in page.offers}
        page_no += 1
    return found


def draft_for(offer: Offer, *, quantity: int = 2, key: str = "#K7Q2M9X4TB") -> PreOrderDraft:
    sku = offer.skus[0].platform_sku_id if offer.skus else None
    price = Decimal("42.00")
    line = PreOrderLine(offer.offer_id, sku, quantity, price)
    return PreOrderDraft("dxc", Decimal("8.00"), quantity * price, f"{key} XH20190327001", Logistics.EXPRESS, (line,))


def sellable(gateway: Gateway, tokens: SharedTokens) -> Offer:
    """An offer with variants that two pieces may be ordered of."""
    return next(
        offer for offer in all_offers(gateway, tokens).values()
        if offer.skus and offer.min_quantity <= 2 <= offer.skus[0].online_stock and "刺绣" not in offer.title
    )  # fmt: skip


@pytest.mark.manual("M27", "M129")
def test_from_the_login_to_a_paid_pre_order(market: Any, gateway: Gateway, tokens: SharedTokens) -> None:
    assert abs(gateway.server_offset().total_seconds()) < 3600 * 24 * 366 * 20
    account = gateway.account(tokens, JobContext())
    assert (account.login_id, account.shop_name) == (ACCOUNT, "AOP对外测试账号02")
    offers = all_offers(gateway, tokens)
    assert len(offers) >= 5
    again = gateway.offers_by_ids(tokens, list(offers))
    assert {offer.offer_id: offer for offer in again.offers} == offers
    assert list(offers) == sorted(offers, key=int)

    offer = sellable(gateway, tokens)
    number = gateway.create_pre_order(tokens, draft_for(offer))
    [order] = gateway.pre_orders(tokens, number=number).orders
    assert (order.number, order.pay_state, order.remark) == (number, PayState.UNPAID, "#K7Q2M9X4TB XH20190327001")
    assert (order.total, order.freight, order.actual_total) == (Decimal("84.00"), Decimal("8.00"), Decimal("92.00"))
    assert order.detail_url.startswith(market.ready["gateway"])
    assert order.created_at is not None
    assert [(line.offer_id, line.quantity, line.price) for line in order.lines] == [
        (offer.offer_id, 2, Decimal("42.00"))
    ]
    market.world.scan(int(number))
    [order] = gateway.pre_orders(tokens, number=number).orders
    assert (order.pay_state, order.biz_order_id.isdigit()) == (PayState.SCANNED, True)
    market.world.pay(int(number))
    assert gateway.pre_orders(tokens, number=number).orders[0].pay_state is PayState.PAID
    assert [one.number for one in gateway.pre_orders(tokens).orders] == [number]


def test_pictures_of_the_offers_load(gateway: Gateway, tokens: SharedTokens) -> None:
    urls = {url for offer in all_offers(gateway, tokens).values() for url in offer.pictures}
    assert urls
    for url in sorted(urls)[:3]:
        assert gateway.picture(url)[:3] in (b"\xff\xd8\xff", b"\x89PN", b"GIF")
    with pytest.raises(BadAnswer):
        gateway.picture(gateway.settings.images + "img/none.jpg")


def test_a_code_works_once(market: Any, gateway: Gateway) -> None:
    account = market.world.accounts[ACCOUNT]
    code = market.world.issue_code(account, gateway.settings.app_key, "http://127.0.0.1/cb")
    assert gateway.exchange_code(code, "http://127.0.0.1/cb").login_id == ACCOUNT
    with pytest.raises(PlatformError):
        gateway.exchange_code(code, "http://127.0.0.1/cb")


def test_a_revoked_shop_needs_its_owner(market: Any, gateway: Gateway, tokens: SharedTokens) -> None:
    market.world.revoke(ACCOUNT)
    with pytest.raises(TokenExpired):
        gateway.account(tokens, JobContext())


def test_all_tokens_expire_in_mid_download_and_one_refresh_mends_it(
    market: Any, gateway: Gateway, tokens: SharedTokens
) -> None:
    gateway.offer_page(tokens, 1)
    asked = market.world.calls["system.oauth2/getToken"]
    market.world.expire_access_tokens()
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda page_no: gateway.offer_page(tokens, page_no, JobContext()), [1] * 12))
    assert market.world.calls["system.oauth2/getToken"] == asked + 1
    assert len({page.offers for page in pages}) == 1


@pytest.mark.parametrize("fault", ["answer_lost", "half_json", "garbage", "huge"])
def test_work_done_but_answer_lost_is_found_by_its_key(
    market: Any, gateway: Gateway, tokens: SharedTokens, fault: str
) -> None:
    offer = sellable(gateway, tokens)
    market.world.faults.add(fault, api="preOrder.create", count=1)
    with pytest.raises((LinkError, BadAnswer)) as caught:
        gateway.create_pre_order(tokens, draft_for(offer))
    error = caught.value
    assert error.outcome_unknown if isinstance(error, LinkError) else error.params["outcome_unknown"]
    [found] = gateway.pre_orders(tokens).orders
    assert found.remark.startswith("#K7Q2M9X4TB ")
    assert market.world.count("com.alibaba.trade/alibaba.preOrder.create") == 1


@pytest.mark.parametrize("fault", ["cut_before", "http_502", "answer_lost", "half_json", "garbage"])
def test_a_spoilt_page_is_asked_for_again(market: Any, gateway: Gateway, tokens: SharedTokens, fault: str) -> None:
    market.world.faults.add(fault, api="product.list", count=1)
    assert gateway.offer_page(tokens, 1).offers


def test_throttling(market: Any, gateway: Gateway, tokens: SharedTokens) -> None:
    market.world.faults.add("throttle", count=2)
    assert gateway.offer_page(tokens, 1).offers
    market.world.faults.add("throttle", api="preOrder.create", count=2)
    number = gateway.create_pre_order(tokens, draft_for(sellable(gateway, tokens)))
    assert [one.number for one in gateway.pre_orders(tokens).orders] == [number]


def test_cancel_within_a_second_while_throttled(market: Any, tokens: SharedTokens) -> None:
    ready = {name: value for name, value in market.ready.items() if name != "accounts"}
    patient = Gateway(GatewaySettings(**ready), Context())  # the real pauses of 10 s and more
    market.world.faults.add("throttle")
    job = JobContext()
    threading.Timer(0.2, job.cancel).start()
    started = time.monotonic()
    with pytest.raises(JobCancelled):
        patient.offer_page(tokens, 1, job)
    assert time.monotonic() - started < 1.2
    patient.close()


def test_refusals_in_their_words(market: Any, gateway: Gateway, tokens: SharedTokens) -> None:
    offer = sellable(gateway, tokens)
    for fault, words in (("off_shelf", "已下架"), ("minimum", "最低限购"), ("short_stock", "可售数量不足")):
        market.world.faults.add(fault, count=1)
        with pytest.raises(PlatformError) as caught:
            gateway.create_pre_order(tokens, draft_for(offer))
        assert words in caught.value.their_text
        assert type(caught.value) is PlatformError
    for fault in ("no_permission", "quota_used_up"):
        market.world.faults.add(fault, count=1)
        with pytest.raises(NoPermission):
            gateway.create_pre_order(tokens, draft_for(offer))
    assert gateway.pre_orders(tokens).is_empty


def test_a_clock_that_is_a_day_wrong(market: Any, gateway: Gateway, tokens: SharedTokens) -> None:
    market.world.faults.add("strict_clock")
    market.world.advance(days=1)
    fresh = SharedTokens(market.world.issue_access(market.world.accounts[ACCOUNT]), lambda: "")
    assert gateway.offer_page(fresh, 1).offers
    assert gateway.server_offset().total_seconds() == pytest.approx(86_400, abs=60)


def test_a_wrong_secret(market: Any, tokens: SharedTokens) -> None:
    ready = {name: value for name, value in market.ready.items() if name != "accounts"} | {"app_secret": "wrong"}
    wrong = Gateway(GatewaySettings(**ready), Context(), backoff_s=())
    with pytest.raises(PlatformError) as caught:
        wrong.offer_page(tokens, 1)
    assert caught.value.code == "signature_refused"
    wrong.close()


def test_publishing_a_simple_offer(market: Any, gateway: Gateway, tokens: SharedTokens) -> None:
    parent = gateway.categories()[0]
    leaf = parent
    while not leaf.is_leaf:
        leaf = gateway.categories(leaf.category_id)[0]
    album = gateway.albums(tokens)[0]
    picture = gateway.upload_picture(tokens, album.album_id, "新品", b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    assert gateway.picture(picture.url).startswith(b"\x89PNG")
    made = SimpleOffer("新品衬衫", leaf.category_id, (picture.path,), "好", Decimal("42"), Decimal("64"), 100)
    offer_id = gateway.add_simple_offer(tokens, made)
    [offer] = gateway.offers_by_ids(tokens, [offer_id]).offers
    assert (offer.title, offer.is_private, offer.retail_price) == ("新品衬衫", True, Decimal(64))
    bad = SimpleOffer("新品衬衫", parent.category_id, (picture.path,), "好", Decimal("42"), None, 100)
    with pytest.raises(PlatformError) as caught:
        gateway.add_simple_offer(tokens, bad)
    assert caught.value.their_text == "发布失败 类目不存在或不是叶子类目"


def test_categories_are_found_by_name_with_their_parents(gateway: Gateway) -> None:
    [shirts] = gateway.find_categories("男式衬衫")
    assert (shirts.category_id, shirts.is_leaf) == ("1048182", True)
    parent = gateway.category(shirts.parent_id)
    assert parent is not None
    assert (parent.name, parent.is_leaf) == ("男装", False)
    top = gateway.category(parent.parent_id)
    assert top is not None
    assert (top.name, top.parent_id) == ("服饰内衣", "")
    assert gateway.find_categories("没有这种类目") == ()


def test_the_newest_offers_come_first_when_asked_for(gateway: Gateway, tokens: SharedTokens) -> None:
    ids = [int(one.offer_id) for one in gateway.offer_page(tokens, 1, is_newest_first=True).offers]
    assert ids == sorted(ids, reverse=True)
    assert max(ids) == max(int(one) for one in all_offers(gateway, tokens))


@pytest.mark.manual("M112")
@pytest.mark.parametrize("is_private", [True, False])
def test_a_simple_offer_is_private_when_its_flag_says_so(
    gateway: Gateway, tokens: SharedTokens, is_private: bool
) -> None:
    made = SimpleOffer("毛巾", "1037110", ("img/a.png",), "", Decimal("5.5"), None, 3, is_private=is_private)
    offer_id = gateway.add_simple_offer(tokens, made)
    assert gateway.offers_by_ids(tokens, [offer_id]).offers[0].is_private is is_private


def test_a_refresh_token_is_renewed_in_its_last_days_only(market: Any, gateway: Gateway) -> None:
    answer = authorize(market, gateway)
    assert answer.refresh_token
    with pytest.raises(PlatformError) as caught:
        gateway.postpone(answer.refresh_token, answer.access_token)
    assert not isinstance(caught.value, TokenExpired)
    market.world.advance(days=160)
    access = gateway.refresh_token(answer.refresh_token).access_token
    renewed = gateway.postpone(answer.refresh_token, access)
    assert renewed.refresh_token not in (None, answer.refresh_token)
    assert renewed.refresh_expires_at is not None
    assert answer.refresh_expires_at is not None
    assert renewed.refresh_expires_at > answer.refresh_expires_at


def test_a_stopped_market_is_offline(market: Any, gateway: Gateway, tokens: SharedTokens) -> None:
    offer = sellable(gateway, tokens)
    market.stop()
    gateway.close()
    with pytest.raises(Offline) as caught:
        gateway.create_pre_order(tokens, draft_for(offer))
    assert not caught.value.outcome_unknown
