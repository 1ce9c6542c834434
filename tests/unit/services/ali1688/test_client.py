"""The client over real HTTP: what is sent, what is repeated, and what never is."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jdy_desktop.models.ids import OfferId, PlatformSkuId, PreOrderNumber
from jdy_desktop.models.states import Logistics
from jdy_desktop.services.ali1688.envelope import SignatureRefused
from jdy_desktop.services.ali1688.signing import signature
from jdy_desktop.services.ali1688.tokens import SharedTokens
from jdy_desktop.services.ali1688.transport import Transport
from jdy_desktop.services.ali1688.values import PreOrderDraft, PreOrderLine, SimpleOffer
from jdy_desktop.services.errors import (
    BadAnswer,
    JobCancelled,
    LinkError,
    NoPermission,
    Offline,
    PlatformError,
    RateLimited,
    TimedOut,
    TokenExpired,
    UserError,
)
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.clock import FrozenClock
from tests.unit.services.ali1688.conftest import Start, settings_for
from tests.unit.services.ali1688.fake import SAMPLES, Answer, Asked, Tokens, ok, scripted

pytestmark = pytest.mark.expect_log("throttled", "asking again")

PAGE = ok(SAMPLES["product_list_get"]["response"])
CREATED = ok({"orderId": 55070119811, "success": True})
THROTTLED = ok(SAMPLES["errors_and_push"]["gateway_throttled"], 400)
REJECTED = ok(SAMPLES["errors_and_push"]["gateway_token_bad_http401"], 401)
BAD_SIGNATURE = ok({"error_code": "gw.SignatureInvalid", "error_message": "Invalid signature"}, 400)
DRAFT = PreOrderDraft(
    "dxc", Decimal("8.00"), Decimal("84.00"), "#K7Q2M9X4TB XH20190327001", Logistics.EXPRESS,
    (PreOrderLine(OfferId("588616757513"), PlatformSkuId("3935963888522"), 2, Decimal("42.00")),),
)  # fmt: skip


def test_a_page_is_asked_for_as_documented(start: Start) -> None:
    fake, gateway = start(scripted(PAGE))
    found = gateway.offer_page(Tokens(), 3, JobContext())
    assert [offer.offer_id for offer in found.offers] == ["588616757513", "588708880891"]
    [asked] = fake.asked
    assert asked.path == "/openapi/param2/1/com.alibaba.product/alibaba.product.list.get/1000000"
    form = dict(asked.form)
    sent = form.pop("_aop_signature")
    assert sent == signature("test123", asked.path.removeprefix("/openapi/"), form)
    assert abs(int(form.pop("_aop_timestamp")) / 1000 - time.time()) < 60
    assert form == {
        "pageNo": "3", "pageSize": "20", "statusList": '["published"]', "orderByCondition": "ID",
        "orderByType": "ASC", "needDetail": "true", "access_token": "token-1",
    }  # fmt: skip


def test_pages_narrowed_to_some_offers(start: Start) -> None:
    fake, gateway = start(scripted(PAGE))
    gateway.offer_page(Tokens(), 1, offer_ids=[OfferId("588616757513")], statuses=())
    assert gateway.offer_page(Tokens(), 1, offer_ids=[]).is_empty
    [asked] = fake.asked
    assert asked.form["productIds"] == "[588616757513]"
    assert "statusList" not in asked.form


def test_offers_by_ids_go_in_batches_of_twenty(start: Start) -> None:
    rows = SAMPLES["product_list_get"]["response"]["result"]["pageResult"]["resultList"]
    fake, gateway = start(scripted(ok({"productList": rows, "success": True})))
    found = gateway.offers_by_ids(Tokens(), [OfferId(str(n)) for n in range(1, 42)])
    assert [len(json.loads(asked.form["productIdList"])) for asked in fake.asked] == [20, 20, 1]
    assert len(found.offers) == 6
    assert gateway.offers_by_ids(Tokens(), []).is_empty


def test_account_categories_and_albums(start: Start) -> None:
    by_api: dict[str, Any] = {
        "alibaba.account.basic": {"success": True, "result": {"loginId": "奔腾照明", "memberId": "b2b-1",
                                  "companyName": "奔腾照明有限公司", "userId": 7}},
        "alibaba.category.get": {"succes": "true", "categoryInfo": [{"categoryID": 0, "childCategorys": [
            {"id": 1, "name": "女装", "isLeaf": False}, {"id": "x", "name": "坏"}, None]}]},
        "alibaba.photobank.album.getList": {"success": True, "albumInfos": [{"id": 5, "name": "默认相册"}]},
    }  # fmt: skip
    fake, gateway = start(lambda asked: ok(by_api[asked.api]))
    account = gateway.account(Tokens(), JobContext())
    assert (account.login_id, account.member_id, account.user_id) == ("奔腾照明", "b2b-1", "7")
    assert account.shop_name == "奔腾照明有限公司"
    [category] = gateway.categories()
    assert (category.category_id, category.name, category.is_leaf) == ("1", "女装", False)
    assert "access_token" not in fake.asked[1].form
    assert gateway.albums(Tokens())[0].album_id == "5"


# ------------------------------------------------------------ tokens


def test_the_code_is_exchanged_as_documented(start: Start, frozen_clock: FrozenClock) -> None:
    fake, gateway = start(scripted(ok(SAMPLES["oauth_getToken"]["response"])), ctx=Context(clock=frozen_clock))
    found = gateway.exchange_code("CODE-1", "http://127.0.0.1/cb")
    assert found.expires_at == frozen_clock.now() + timedelta(hours=10)
    [asked] = fake.asked
    assert asked.path == "/openapi/http/1/system.oauth2/getToken/1000000"
    assert asked.form == {
        "grant_type": "authorization_code", "need_refresh_token": "true", "client_id": "1000000",
        "client_secret": "test123", "redirect_uri": "http://127.0.0.1/cb", "code": "CODE-1",
    }  # fmt: skip


def test_refresh_and_postpone(start: Start) -> None:
    fake, gateway = start(scripted(ok(SAMPLES["oauth_getToken"]["response_on_refresh_grant"])))
    assert gateway.refresh_token("R").access_token.startswith("0c9a1f5e")
    gateway.postpone("R", "A")
    refresh, postpone = fake.asked
    assert refresh.form["refresh_token"] == "R"
    assert refresh.form["grant_type"] == "refresh_token"
    assert postpone.path == "/openapi/param2/1/system.oauth2/postponeToken/1000000"
    assert (postpone.form["refresh_token"], postpone.form["access_token"]) == ("R", "A")


def test_a_refused_refresh_means_authorize_again(start: Start) -> None:
    _, gateway = start(scripted(ok({"error": "invalid_grant", "error_description": "refresh token expired"}, 400)))
    with pytest.raises(TokenExpired) as caught:
        gateway.refresh_token("R")
    assert caught.value.their_text == "refresh token expired"
    with pytest.raises(PlatformError) as refused:
        gateway.exchange_code("C", "http://127.0.0.1/cb")
    assert type(refused.value) is PlatformError


def test_a_lost_code_exchange_is_not_sent_again(start: Start) -> None:
    fake, gateway = start(scripted(Answer(b"", cut=0), ok(SAMPLES["oauth_getToken"]["response"])))
    with pytest.raises(LinkError) as caught:
        gateway.exchange_code("C", "http://127.0.0.1/cb")
    assert caught.value.outcome_unknown
    assert len(fake.asked) == 1


def expiring_gateway(dead: str, page: Answer = PAGE) -> Any:
    """Answers 401 to the dead token and the page to any other."""
    return lambda asked: REJECTED if asked.form.get("access_token") == dead else page


def test_a_token_that_expires_in_mid_download_is_refreshed_once_for_all_threads(start: Start) -> None:
    rejected = threading.Barrier(6)

    def script(asked: Asked) -> Answer:
        if asked.form.get("access_token") == "old":
            rejected.wait(5)  # all six threads hold the old token before the first hears no
            return REJECTED
        return PAGE

    fake, gateway = start(script)
    renewals: list[str] = []

    def renew() -> str:
        renewals.append("new")
        time.sleep(0.05)
        return "new"

    tokens = SharedTokens("old", renew)
    with ThreadPoolExecutor(6) as pool:
        pages = list(pool.map(lambda page_no: gateway.offer_page(tokens, page_no, JobContext()), range(1, 7)))
    assert renewals == ["new"]
    assert all(len(page.offers) == 2 for page in pages)
    served = [asked.form["pageNo"] for asked in fake.asked if asked.form["access_token"] == "new"]
    assert sorted(served) == ["1", "2", "3", "4", "5", "6"]


def test_a_careless_token_source_is_asked_once_too(start: Start) -> None:
    """The gateway's own lock: a source without any lock sees one refresh."""
    rejected = threading.Barrier(4)

    def script(asked: Asked) -> Answer:
        if asked.form.get("access_token") == "token-1":
            rejected.wait(5)
            return REJECTED
        return PAGE

    _, gateway = start(script)
    tokens = Tokens()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda page_no: gateway.offer_page(tokens, page_no, JobContext()), range(4)))
    assert tokens.refreshes == 1


def test_a_rejected_fresh_token_needs_the_owner(start: Start) -> None:
    fake, gateway = start(scripted(REJECTED))
    tokens = Tokens()
    with pytest.raises(TokenExpired):
        gateway.offer_page(tokens, 1)
    assert (tokens.refreshes, len(fake.asked)) == (1, 2)


def test_a_rejected_token_is_a_safe_reason_to_send_a_pre_order_again(start: Start) -> None:
    fake, gateway = start(expiring_gateway("token-1", CREATED))
    assert gateway.create_pre_order(Tokens(), DRAFT) == "55070119811"
    assert [asked.form["access_token"] for asked in fake.asked] == ["token-1", "token-2"]


# ------------------------------------------------------------ throttling


@pytest.mark.parametrize("status", [200, 400])
def test_throttling_is_waited_out(start: Start, status: int) -> None:
    throttled = ok(SAMPLES["errors_and_push"]["gateway_throttled"], status)
    fake, gateway = start(scripted(throttled, throttled, PAGE))
    assert len(gateway.offer_page(Tokens(), 1).offers) == 2
    assert len(fake.asked) == 3


def test_a_throttled_pre_order_is_sent_again_because_nothing_was_done(start: Start) -> None:
    fake, gateway = start(scripted(THROTTLED, CREATED))
    assert gateway.create_pre_order(Tokens(), DRAFT) == "55070119811"
    assert len(fake.asked) == 2


def test_endless_throttling_ends_with_a_time_to_wait(start: Start) -> None:
    fake, gateway = start(scripted(THROTTLED))
    with pytest.raises(RateLimited) as caught:
        gateway.offer_page(Tokens(), 1)
    assert caught.value.params["retry_after_s"] == 0.01
    assert len(fake.asked) == 3


def test_the_pauses_grow_and_jitter(start: Start) -> None:
    class Patience(JobContext):
        slept = 0.0

        def sleep(self, seconds: float) -> None:
            self.slept += seconds

    left: list[float] = []
    job = Patience()
    _, gateway = start(scripted(*[THROTTLED] * 5, PAGE), backoff_s=(10, 20, 40, 80, 120), on_wait=left.append)
    gateway.offer_page(Tokens(), 1, job)
    assert 0.8 * 270 <= job.slept <= 1.2 * 270
    assert job.slept != 270  # jitter
    assert 8 <= left[0] <= 12
    assert left[0] - left[1] == pytest.approx(1)


class PausingJob(JobContext):
    """Tells when it has begun to pause."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses = threading.Event()

    def sleep(self, seconds: float) -> None:
        self.pauses.set()
        super().sleep(seconds)


def test_cancel_ends_a_throttling_pause_within_a_second(start: Start) -> None:
    _, gateway = start(scripted(THROTTLED), backoff_s=(120,))
    job = PausingJob()
    ended: list[float] = []

    def download() -> None:
        with pytest.raises(JobCancelled):
            gateway.offer_page(Tokens(), 1, job)
        ended.append(time.monotonic())

    thread = threading.Thread(target=download)
    thread.start()
    assert job.pauses.wait(5)
    assert not ended
    pressed = time.monotonic()
    job.cancel()
    thread.join(5)
    assert ended[0] - pressed < 1


def test_cancel_reaches_the_pause_of_a_refresh(start: Start) -> None:
    """The refresh is asked for by the token source, which hands no job on: its pause must end all the same."""

    def script(asked: Asked) -> Answer:
        return THROTTLED if asked.api == "getToken" else REJECTED

    fake, gateway = start(script, backoff_s=(120,))
    tokens = SharedTokens("old", lambda: gateway.refresh_token("R").access_token)
    jobs = [PausingJob(), PausingJob()]

    def download(job: PausingJob) -> None:
        with pytest.raises(JobCancelled):
            gateway.offer_page(tokens, 1, job)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(download, job) for job in jobs]
        while not any(job.pauses.wait(0.01) for job in jobs):
            assert not any(one.done() for one in done)
        assert any(asked.api == "getToken" for asked in fake.asked)
        pressed = time.monotonic()
        for job in jobs:
            job.cancel()
        for one in done:
            one.result(5)
    assert time.monotonic() - pressed < 1


def test_nothing_is_sent_after_cancel(start: Start) -> None:
    fake, gateway = start(scripted(CREATED))
    job = JobContext()
    job.cancel()
    with pytest.raises(JobCancelled):
        gateway.create_pre_order(Tokens(), DRAFT, job)
    assert fake.asked == []


def test_what_repeating_cannot_mend_is_not_repeated(start: Start) -> None:
    fake, gateway = start(scripted(ok({"error_code": "gw.NoUsageLeftError"}, 400)))
    with pytest.raises(NoPermission):
        gateway.offer_page(Tokens(), 1)
    assert len(fake.asked) == 1


# ------------------------------------------------------------ lost answers


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(Answer(b"", cut=0), id="cut before the answer"),
        pytest.param(Answer(CREATED.body, cut=10), id="cut within the answer"),
        pytest.param(Answer(CREATED.body[:10]), id="half a JSON"),
        pytest.param(Answer(b"<html>Bad Gateway</html>", 502), id="502"),
        pytest.param(ok({"error_code": "500", "error_message": "system error"}, 500), id="500 with words"),
        pytest.param(Answer(CREATED.body, 503), id="503 with an answer"),
        pytest.param(Answer(b"", 302, headers={"Location": "/elsewhere"}), id="redirect"),
        pytest.param(Answer(b" " * (10 * 1024 * 1024)), id="10 MB"),
        pytest.param(Answer(b"not gzip", headers={"Content-Encoding": "gzip"}), id="broken gzip"),
        pytest.param(ok({"success": True}), id="success without a number"),
        pytest.param(ok({}), id="nothing"),
    ],
)
def test_a_lost_answer_to_a_pre_order_is_unclear_and_never_repeated(start: Start, lost: Answer) -> None:
    fake, gateway = start(scripted(lost, CREATED))
    with pytest.raises((LinkError, BadAnswer)) as caught:
        gateway.create_pre_order(Tokens(), DRAFT)
    error = caught.value
    assert error.outcome_unknown if isinstance(error, LinkError) else error.params["outcome_unknown"]
    assert len(fake.asked) == 1


def test_a_silent_server_is_a_time_out_with_unknown_outcome(start: Start) -> None:
    never = threading.Event()
    fake, gateway = start(scripted(Answer(b"", wait_for=never)), transport=Transport(read_s=0.3))
    with pytest.raises(TimedOut) as caught:
        gateway.create_pre_order(Tokens(), DRAFT)
    never.set()
    assert caught.value.outcome_unknown
    assert len(fake.asked) == 1


def test_no_server_at_all_means_nothing_was_sent(start: Start) -> None:
    fake, gateway = start(scripted(CREATED))
    fake.__exit__()
    with pytest.raises(Offline) as caught:
        gateway.create_pre_order(Tokens(), DRAFT)
    assert not caught.value.outcome_unknown


def test_the_control_a_plain_create(start: Start) -> None:
    fake, gateway = start(scripted(CREATED))
    assert gateway.create_pre_order(Tokens(), DRAFT) == PreOrderNumber("55070119811")
    assert fake.asked[0].form["remark"].startswith("#K7Q2M9X4TB ")


def test_a_refusal_keeps_1688s_words(start: Start) -> None:
    fake, gateway = start(scripted(ok(SAMPLES["preOrder_create"]["response_refused"])))
    with pytest.raises(PlatformError) as caught:
        gateway.create_pre_order(Tokens(), DRAFT)
    assert caught.value.their_text == "商品[588708880891]的购买数量或者价格不满足最低限购限制。"
    assert len(fake.asked) == 1


def test_what_cannot_be_said_in_fen_is_never_sent(start: Start) -> None:
    fake, gateway = start(scripted(CREATED))
    with pytest.raises(UserError):
        gateway.create_pre_order(
            Tokens(), PreOrderDraft("dxc", Decimal(0), Decimal("1.005"), "", Logistics.EXPRESS, DRAFT.lines)
        )
    assert fake.asked == []


@pytest.mark.parametrize("lost", [Answer(b"", cut=0), Answer(PAGE.body, cut=99), Answer(b"", 502), Answer(b"{")])
def test_a_lost_page_is_asked_for_again(start: Start, lost: Answer) -> None:
    fake, gateway = start(scripted(lost, PAGE))
    assert len(gateway.offer_page(Tokens(), 1).offers) == 2
    assert len(fake.asked) == 2


def test_a_page_that_stays_lost_ends(start: Start) -> None:
    fake, gateway = start(scripted(Answer(b"", 502)))
    with pytest.raises(LinkError):
        gateway.offer_page(Tokens(), 1)
    assert len(fake.asked) == 3


def test_an_answer_of_10_mb_is_refused(start: Start) -> None:
    body = json.dumps({"success": True, "result": "x" * (10 * 1024 * 1024)}).encode()
    _, gateway = start(scripted(Answer(body)))
    with pytest.raises(BadAnswer) as caught:
        gateway.offer_page(Tokens(), 1)
    assert caught.value.params["reason"] == "too_large"


def test_an_answer_of_7_mb_is_read(start: Start) -> None:
    """The control of the cap."""
    rows = json.loads(PAGE.body) | {"padding": "x" * (7 * 1024 * 1024)}
    _, gateway = start(scripted(ok(rows)))
    assert len(gateway.offer_page(Tokens(), 1).offers) == 2


# ------------------------------------------------------------ time


def test_the_server_clock_is_measured_and_used(start: Start) -> None:
    def script(asked: Asked) -> Answer:
        return ok("20190327210014000+0800") if asked.api == "currentTime" else PAGE

    clock = FrozenClock(datetime(2019, 3, 26, 13, 0, 14, tzinfo=UTC))  # a day behind
    fake, gateway = start(script, ctx=Context(clock=clock))
    assert gateway.server_offset() == timedelta(days=1)
    gateway.offer_page(Tokens(), 1)
    assert "_aop_timestamp" not in fake.asked[0].form
    assert fake.asked[1].form["_aop_timestamp"] == str(
        int(datetime(2019, 3, 27, 13, 0, 14, tzinfo=UTC).timestamp() * 1000)
    )
    assert gateway.server_now() == datetime(2019, 3, 27, 13, 0, 14, tzinfo=UTC)


def test_a_refused_signature_asks_the_time_and_signs_again(start: Start) -> None:
    right_ms = int(datetime(2019, 3, 27, 13, 0, 14, tzinfo=UTC).timestamp() * 1000)

    def script(asked: Asked) -> Answer:
        if asked.api == "currentTime":
            return ok("20190327210014000+0800")
        return CREATED if abs(int(asked.form["_aop_timestamp"]) - right_ms) < 60_000 else BAD_SIGNATURE

    clock = FrozenClock(datetime(2019, 3, 28, 13, 0, 14, tzinfo=UTC))  # a day ahead
    fake, gateway = start(script, ctx=Context(clock=clock))
    assert gateway.create_pre_order(Tokens(), DRAFT) == "55070119811"
    assert [asked.api for asked in fake.asked] == ["alibaba.preOrder.create", "currentTime", "alibaba.preOrder.create"]


def test_a_wrong_secret_is_said_and_not_tried_for_ever(start: Start) -> None:
    fake, gateway = start(scripted(BAD_SIGNATURE))
    with pytest.raises(SignatureRefused):
        gateway.offer_page(Tokens(), 1)
    assert len(fake.asked) == 2


@pytest.mark.parametrize("answer", ["soon", {"a": 1}, None, -5])
def test_a_time_that_is_none(start: Start, answer: object) -> None:
    _, gateway = start(scripted(ok(answer)))
    with pytest.raises(BadAnswer):
        gateway.server_offset()


# ------------------------------------------------------------ publishing, settings


def test_a_picture_goes_as_multipart_and_is_not_signed(start: Start) -> None:
    fake, gateway = start(scripted(ok({"success": True, "image": {"id": 1, "url": "img/ibank/a.jpg"}})))
    found = gateway.upload_picture(Tokens(), "5", "衬衫", b"\xff\xd8\xff123")
    assert (found.path, found.url) == ("img/ibank/a.jpg", f"{fake.url}/img/img/ibank/a.jpg")
    [asked] = fake.asked
    assert asked.headers["Content-Type"].startswith("multipart/form-data")
    assert b"\xff\xd8\xff123" in asked.body
    for size in (0, 2 * 1024 * 1024 + 1):
        with pytest.raises(UserError):
            gateway.upload_picture(Tokens(), "5", "衬衫", b"x" * size)


def test_a_simple_offer(start: Start) -> None:
    offer = SimpleOffer("PET胶带", "126552002", ("img/a.jpg",), "好", Decimal("13.92"), Decimal("20"), 100)
    model = "simpleProductCreateResultModel"
    fake, gateway = start(
        scripted(
            ok({model: {"success": True, "result": {"offerId": "588708880891"}}}),
            ok({model: {"success": False, "code": "C", "message": "类目不能为空", "result": None}}),
        )
    )
    assert gateway.add_simple_offer(Tokens(), offer) == "588708880891"
    assert fake.asked[0].form["images"] == '["img/a.jpg"]'
    assert fake.asked[0].form["categoryId"] == "126552002"
    with pytest.raises(PlatformError) as caught:
        gateway.add_simple_offer(Tokens(), offer)
    assert caught.value.their_text == "类目不能为空"


GOOD_ADDRESSES = ["https://gw.open.1688.com", "http://127.0.0.1:8080", "https://gw.open.1688.com:443/x"]
BAD_ADDRESSES = [
    "", "gw.open.1688.com", "http://gw.open.1688.com", "http://localhost:80", "http://127.0.0.1.evil.example",
    "http://127.1", "http://[::1]/", "ftp://127.0.0.1", "https://", "https://a b", "https://u:p@gw.open.1688.com",
    "https://gw.open.1688.com#x", "https://gw.open.1688.com?x=1", "https://gw.open.1688.com:0", "https://x:99999",
    "https://gw.open.1688.com:", "https://例子.cn", "file:///etc", "javascript:1", "https://a\\b", "https://-a.com",
    "HTTP://127.0.0.1", "https://a..b", "https://%31/", "\thttps://a.b",
]  # fmt: skip


def test_addresses_of_the_settings(tmp_path: Path) -> None:
    for address in GOOD_ADDRESSES:
        assert settings_for("http://127.0.0.1:1", gateway=address).gateway == address
    for address in BAD_ADDRESSES:
        if address == "HTTP://127.0.0.1":  # the scheme is read without regard to case, as everywhere
            continue
        with pytest.raises(UserError) as caught:
            settings_for("http://127.0.0.1:1", gateway=address)
        assert caught.value.field == "gateway"


def test_keys_of_the_settings() -> None:
    for more in ({"app_key": ""}, {"app_key": "1/2"}, {"app_secret": ""}, {"app_secret": "密"}, {"app_key": "a b"}):
        with pytest.raises(UserError):
            settings_for("http://127.0.0.1:1", **more)
    made = settings_for("http://127.0.0.1:1/", images="http://127.0.0.1:1/img")
    assert (made.gateway, made.images, made.is_loopback) == ("http://127.0.0.1:1", "http://127.0.0.1:1/img/", True)
    assert "test123" not in repr(made)


def test_one_connection_per_thread_is_kept(start: Start) -> None:
    fake, gateway = start(scripted(PAGE))
    for page_no in range(5):
        gateway.offer_page(Tokens(), page_no)
    assert fake.connections == 1
