"""商品发布 against the practice market (manual 4.4)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from jdy_desktop.models.channel import MatchHistory, Offer, OfferSku, Publication
from jdy_desktop.models.rules.publishing import Condition, PublishKey
from jdy_desktop.models.states import DownloadMode, PublishState
from jdy_desktop.services.channel import publish_store
from jdy_desktop.services.channel.pre_orders import pause_after_restore
from jdy_desktop.services.channel.publishing import BoundCategory, OutcomeKind
from jdy_desktop.services.errors import BadAnswer, JobCancelled, UserError
from jdy_desktop.services.machine.jobs import JobContext, Progress
from tests.support.publishing import PHOTO_ADD, SIMPLE_ADD, TOWEL, Press, picture
from tests.support.stall import SECOND, Stall
from tests.support.waiting import go_offline


@pytest.fixture
def press(stall: Stall, tmp_path: Path) -> Press:
    return Press(stall, tmp_path)


def stop_after(n: int) -> tuple[JobContext, list[Progress]]:
    """A job that is cancelled when it reports its n-th step."""
    seen: list[Progress] = []

    def hear(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) >= n:
            job.cancel()

    job = JobContext(hear)
    job.INTERVAL_S = 0.0
    return job, seen


# ---------------------------------------------------------------- the way through


@pytest.mark.manual("M110", "M112")
def test_goods_become_a_private_simple_offer_that_is_matched_and_can_be_sold(press: Press) -> None:
    key = press.goods(specification="34x74cm", pictures=2)
    outcome = press.publish(key)
    assert outcome.kind is OutcomeKind.PUBLISHED
    [offer] = press.at_1688()
    assert (offer["subject"], offer["privateOffer"], offer["skuInfos"]) == ("纯棉毛巾", True, [])
    assert offer["saleInfo"]["supportOnlineTrade"] is True
    assert offer["saleInfo"]["priceRanges"] == [{"startQuantity": 1, "price": 5.5}]
    assert (offer["saleInfo"]["amountOnSale"], offer["saleInfo"]["retailprice"]) == (10.0, 8.0)
    assert (len(offer["image"]["images"]), offer["categoryID"]) == (2, 1037110)
    assert "货号：mj001" in offer["description"]
    assert "规格型号：34x74cm" in offer["description"]
    assert press.matched(key) == [(str(offer["productID"]), "mj001", "created")]
    row = press.row(key)
    assert (row.state, row.offer_id, row.is_private, row.log) == ("published", str(offer["productID"]), True, "")
    with pytest.raises(UserError, match="publish_done"):
        press.publish(key)
    assert len(press.at_1688()) == 1


@pytest.mark.manual("M112")
def test_the_request_carries_the_private_flag(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    real = press.stall.gateway._http().post

    def spy(url: str, params: Any, files: Any = None) -> Any:
        sent.append(dict(params) | {"_url": url})
        return real(url, params, files)

    monkeypatch.setattr(press.stall.gateway._http(), "post", spy)
    press.publish(press.goods())
    [add] = [one for one in sent if SIMPLE_ADD in one["_url"]]
    assert (add["privateOffer"], add["supportOnlineTrade"]) == ("true", "true")


def test_a_published_offer_stays_matched_after_a_download_that_does_not_list_it(press: Press) -> None:
    key = press.goods()
    press.publish(key)
    before = press.matched(key)
    press.stall.download(press.shop_id)
    press.stall.matching.auto_match(press.shop_id)
    assert press.matched(key) == before


# ---------------------------------------------------------------- conditions


@pytest.mark.manual("M105")
def test_without_a_main_picture_it_is_refused_with_the_reason(press: Press) -> None:
    key = press.goods(pictures=0)
    outcome = press.publish(key)
    assert outcome.kind is OutcomeKind.NOT_READY
    assert [one.code for one in outcome.findings] == ["main_picture_refused"]
    assert press.row(key).state == "draft"
    assert not press.at_1688()


@pytest.mark.manual("M105")
def test_a_picture_below_750_is_warned_of_and_allowed(press: Press) -> None:
    key = press.goods()
    press.keep("mj001-0.jpg", picture(600, 600))
    [found] = [one for one in press.view(key).findings if one.condition is Condition.PICTURE_PIXELS]
    assert (found.code, found.facts["size"]) == ("picture_pixels_advice", "600×600")
    assert press.publish(key).kind is OutcomeKind.PUBLISHED
    press.keep("mj001-0.jpg", picture(750, 750))
    assert press.verdicts(key)["picture_pixels"] == "good"


@pytest.mark.manual("M106")
def test_a_picture_over_two_megabytes_is_refused_and_offered_to_be_shrunk(press: Press) -> None:
    key = press.goods()
    press.keep("mj001-0.jpg", picture(size=2_200_000))
    outcome = press.publish(key)
    assert [one.code for one in outcome.findings] == ["picture_bytes_ask"]
    assert not press.world.photos
    assert press.publish(key, Condition.PICTURE_BYTES).kind is OutcomeKind.PUBLISHED
    [sent] = press.world.photos.values()
    assert sent.startswith(b"\xff\xd8\xff")
    assert len(sent) <= 2 * 1024 * 1024


def test_a_picture_that_cannot_be_read_says_which(press: Press) -> None:
    key = press.goods(pictures=3)
    press.keep("mj001-1.jpg", b"no picture at all")
    (press.folder / "mj001-2.jpg").unlink()
    [found] = press.publish(key).findings
    assert (found.code, found.facts) == ("main_picture_refused_unreadable", {"places": "2、3"})


@pytest.mark.manual("M107")
def test_of_six_pictures_the_first_five_are_sent_and_the_user_is_told(press: Press) -> None:
    key = press.goods(pictures=6)
    [found] = [one for one in press.view(key).findings if one.condition is Condition.PICTURE_COUNT]
    assert (found.code, found.facts["n"]) == ("picture_count_advice", "6")
    press.publish(key)
    [offer] = press.at_1688()
    assert len(offer["image"]["images"]) == 5 == len(press.world.photos)
    first = press.world.photos[offer["image"]["images"][0]]
    assert first == (press.folder / "mj001-0.jpg").read_bytes()


@pytest.mark.manual("M108")
def test_without_a_category_it_is_refused(press: Press) -> None:
    key = press.goods(category=None)
    assert [one.code for one in press.publish(key).findings] == ["category_refused"]
    press.service.bind_category([key], TOWEL)
    assert press.publish(key).kind is OutcomeKind.PUBLISHED


@pytest.mark.manual("M110")
def test_goods_with_skus_need_a_consent_and_are_not_matched(press: Press) -> None:
    key = press.goods("mj009", "毛巾两色", skus=(("mj009_1", "红色"), ("mj009_2", "蓝色")))
    assert [one.code for one in press.publish(key).findings] == ["skus_ask"]
    outcome = press.publish(key, Condition.SKUS)
    assert outcome.kind is OutcomeKind.PUBLISHED
    assert press.at_1688()[0]["skuInfos"] == []
    assert press.matched(key) == []
    with press.db.read() as session:
        offer = session.scalars(select(Offer).where(Offer.offer_id == outcome.offer_id)).one()
        assert offer.has_skus is False


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": None, "retail": None}, "price_refused"),
        ({"price": "5.505"}, "price_refused_places"),
        ({"stock": "0"}, "stock_refused"),
        ({"stock": "0.5"}, "stock_refused"),
        ({"stock": "-3"}, "stock_refused"),
        ({"name": "毛" * 31}, "title_refused"),
    ],
)
def test_what_1688_would_refuse_is_refused_before(press: Press, changes: dict[str, Any], code: str) -> None:
    key = press.goods(**changes)
    assert [one.code for one in press.publish(key).findings] == [code]
    assert press.world.calls["com.alibaba.product/alibaba.product.simple.add"] == 0


def test_the_wholesale_price_is_asked_for_else_the_retail_price(press: Press) -> None:
    press.publish(press.goods(price=None, retail="8.8"))
    assert press.at_1688()[0]["saleInfo"]["priceRanges"][0]["price"] == 8.8


@pytest.mark.manual("M111")
def test_goods_that_are_in_the_shop_already_are_not_published_again(press: Press) -> None:
    press.stall.download(press.shop_id, "588713349312")
    with press.db.read() as session:
        [row] = press.stall.rows()
        assert row.is_matched
        from jdy_desktop.models.catalog import Product
        from jdy_desktop.models.rules.publishing import PublishKey

        key = PublishKey(session.scalars(select(Product.id)).one(), press.shop_id)  # type: ignore[arg-type]
    press.service.bind_category([key], TOWEL)
    found = {one.code: one for one in press.publish(key).findings}
    assert found["in_shop_refused"].facts == {"offer_id": "588713349312"}


# ---------------------------------------------------------------- categories


def test_categories_come_from_the_platform_level_by_level_and_by_name(press: Press) -> None:
    job, categories = JobContext(), press.service.categories
    top = {one.name: one for one in categories.children(job)}
    assert "服饰内衣" in top
    assert not top["服饰内衣"].is_leaf
    men = next(one for one in categories.children(job, top["服饰内衣"].category_id) if one.name == "男装")
    assert next(one.name for one in categories.children(job, men.category_id) if one.is_leaf) == "男式衬衫"
    assert BoundCategory("1048182", "服饰内衣 > 男装 > 男式衬衫") in categories.search(job, "衬衫")
    assert categories.search(job, "  ") == ()


def test_categories_are_asked_for_once(press: Press) -> None:
    job, name = JobContext(), "com.alibaba.product/alibaba.category.get"
    press.service.categories.children(job)
    before = press.world.calls[name]
    press.service.categories.children(job)
    assert press.world.calls[name] == before


def test_the_last_used_category_comes_first(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    other = BoundCategory("1048182", "服饰内衣 > 男装 > 男式衬衫")
    first, second = press.goods("a"), press.goods("b", category=None)
    press.service.bind_category([second], other)
    assert press.service.recent_categories() == (other, TOWEL)
    press.service.bind_category([first], TOWEL)
    assert press.service.recent_categories(1) == (TOWEL,)


def test_a_published_one_keeps_its_category(press: Press) -> None:
    key = press.goods()
    press.publish(key)
    assert press.service.bind_category([key], BoundCategory("1048182", "衬衫")) == 0
    assert press.row(key).category_id == TOWEL.category_id


# ---------------------------------------------------------------- 1688 says no, or nothing


def test_1688s_words_stand_in_the_log_unchanged(press: Press) -> None:
    key = press.goods()
    press.world.faults.add("publish_refused")
    outcome = press.publish(key)
    assert (outcome.kind, outcome.stops) == (OutcomeKind.REFUSED, False)
    assert press.row(key).state == "failed"
    assert press.row(key).log == outcome.text == "发布失败 您的店铺今天发布的商品数量已达上限"
    press.world.faults.clear()
    assert press.publish(key).kind is OutcomeKind.PUBLISHED
    assert press.world.calls["com.alibaba.product/alibaba.photobank.photo.add"] == 1, "the picture was there already"


def test_a_refused_picture_says_so(press: Press) -> None:
    key = press.goods()
    press.world.faults.add("photo_refused")
    assert press.publish(key).text == "相册空间已满"
    assert press.row(key).state == "failed"


@pytest.mark.expect_log("throttled")
def test_throttled_it_waits_and_goes_on(press: Press) -> None:
    press.world.faults.add("throttle", count=1, api=SIMPLE_ADD)
    assert press.publish(press.goods()).kind is OutcomeKind.PUBLISHED
    assert len(press.at_1688()) == 1


@pytest.mark.expect_log("throttled")
def test_throttled_for_long_it_is_put_back_and_the_others_wait(press: Press) -> None:
    keys = [press.goods(f"mj{n}", f"毛巾{n}") for n in range(3)]
    press.world.faults.add("throttle", api=SIMPLE_ADD)
    report = press.service.publish_many(JobContext(), keys)
    assert [one.kind for one in report.outcomes] == [OutcomeKind.POSTPONED]
    assert (report.left, press.row(keys[0]).state, press.row(keys[0]).log) == (2, "draft", "code:rate_limited")
    press.world.faults.clear()
    report = press.service.publish_many(JobContext(), keys)
    assert report.counts[OutcomeKind.PUBLISHED] == 3 == len(press.at_1688())


@pytest.mark.parametrize("fault", ["answer_lost", "half_json", "garbage", "http_502"])
def test_a_lost_answer_makes_it_unclear_and_it_is_not_sent_again(press: Press, fault: str) -> None:
    key = press.goods()
    press.world.faults.add(fault, count=1, api=SIMPLE_ADD)
    outcome = press.publish(key)
    assert (outcome.kind, outcome.stops) == (OutcomeKind.UNCLEAR, True)
    assert press.row(key).state == "unclear"
    assert press.row(key).sent_at is not None
    for _ in range(3):
        assert press.publish(key).kind is OutcomeKind.UNCLEAR
    assert len(press.at_1688()) == (0 if fault == "http_502" else 1)
    assert press.world.calls["com.alibaba.product/alibaba.product.simple.add"] == (0 if fault == "http_502" else 1)


def test_an_unclear_one_that_the_list_shows_is_recognised_by_its_pictures(press: Press) -> None:
    twin = press.goods("mj777", "纯棉毛巾")
    press.publish(twin)
    key = press.goods()
    press.world.faults.add("answer_lost", count=1, api=SIMPLE_ADD)
    press.publish(key)
    press.world.faults.add("simple_listed")
    outcome = press.service.look_up(JobContext(), key)
    assert outcome.kind is OutcomeKind.PUBLISHED
    ours = {press.row(one).offer_id for one in (twin, key)}
    assert ours == {str(one["productID"]) for one in press.at_1688()}
    assert press.matched(key)[0][1] == "mj001"


def test_the_clerk_finds_it_in_the_shop_and_gives_its_link(press: Press) -> None:
    key, other = press.goods(), press.goods("mj002", "浴巾")
    press.world.faults.add("answer_lost", count=1, api=SIMPLE_ADD)
    press.publish(key)
    press.publish(other)
    [remote] = press.at_1688("纯棉毛巾")
    job = JobContext()
    for text, code in [
        ("", "publish_offer_number"),
        ("https://detail.1688.com/offer/588713349312.html", "publish_offer_differs"),
        ("123", "publish_offer_unknown"),
    ]:
        with pytest.raises(UserError, match=code):
            press.service.link(job, key, text)
    with pytest.raises(UserError, match="publish_changed"):
        press.service.link(job, other, str(remote["productID"]))
    outcome = press.service.link(job, key, f"https://detail.1688.com/offer/{remote['productID']}.html")
    assert (outcome.kind, press.row(key).state) == (OutcomeKind.PUBLISHED, "published")
    assert press.matched(key) == [(str(remote["productID"]), "mj001", "created")]
    assert len(press.at_1688()) == 2


def test_an_offer_of_other_goods_is_not_linked(press: Press) -> None:
    first, second = press.goods(), press.goods("mj002", "纯棉毛巾")
    press.publish(first)
    press.world.faults.add("cut_before", count=1, api=SIMPLE_ADD)
    press.publish(second)
    with pytest.raises(UserError, match="publish_offer_taken"):
        press.service.link(JobContext(), second, press.row(first).offer_id)


def test_only_the_clerk_lets_it_be_sent_again(press: Press) -> None:
    key = press.goods()
    with pytest.raises(UserError, match="publish_changed"):
        press.service.again(key)
    press.world.faults.add("cut_before", count=1, api=SIMPLE_ADD)
    assert press.publish(key).kind is OutcomeKind.UNCLEAR
    press.service.again(key)
    assert press.publish(key).kind is OutcomeKind.PUBLISHED
    assert len(press.at_1688()) == 1


def test_a_picture_whose_answer_is_lost_publishes_nothing(press: Press) -> None:
    key = press.goods()
    press.world.faults.add("answer_lost", count=1, api=PHOTO_ADD)
    outcome = press.publish(key)
    assert (outcome.kind, press.row(key).state) == (OutcomeKind.POSTPONED, "draft")
    assert press.publish(key).kind is OutcomeKind.PUBLISHED
    assert len(press.at_1688()) == 1


@pytest.mark.expect_log("token")
def test_without_an_authorization_it_stops_with_the_reason(press: Press) -> None:
    keys = [press.goods(f"mj{n}", f"毛巾{n}") for n in range(2)]
    press.world.revoke("alitestforisv02")
    report = press.service.publish_many(JobContext(), keys)
    assert [one.text for one in report.outcomes] == ["code:token_expired"]
    assert report.left == 1


def test_offline_nothing_is_made_and_it_can_be_published_later(press: Press) -> None:
    key = press.goods()
    go_offline(press.stall.market)
    outcome = press.publish(key)
    assert (outcome.kind, outcome.stops, press.row(key).state) == (OutcomeKind.POSTPONED, True, "draft")


# ---------------------------------------------------------------- 取消, two at once, power cuts


def test_cancelled_between_goods_what_is_published_stays(press: Press) -> None:
    keys = [press.goods(f"mj{n}", f"毛巾{n}") for n in range(4)]
    job, seen = stop_after(3)
    with pytest.raises(JobCancelled):
        press.service.publish_many(job, keys)
    assert [press.row(key).state for key in keys] == ["published", "published", "draft", "draft"]
    assert (seen[0].total, seen[0].note) == (4, "offers")


def test_a_claimed_row_is_not_taken_by_another(press: Press) -> None:
    key = press.goods()
    press.service._store.claim(key)
    with pytest.raises(UserError, match="publish_sending"):
        press.publish(key)
    assert not press.at_1688()


class PowerCut(BaseException):
    """The program is gone; what is committed stays."""


@pytest.mark.expect_log("publisher died")
@pytest.mark.parametrize(("step", "state"), [("about_to_send", "draft"), ("published", "unclear")])
def test_a_publisher_that_died(press: Press, monkeypatch: pytest.MonkeyPatch, step: str, state: str) -> None:
    """Before the offer was sent: nothing was made. After it: nobody knows, it is looked up and not sent again."""
    key = press.goods()

    def cut(*_: Any) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(press.service._store, step, cut)
        with pytest.raises(PowerCut):
            press.publish(key)
    assert press.row(key).state == "sending"
    assert press.service.recover() == 0, "it may still be alive"
    with press.db.write() as session:
        session.execute(
            update(Publication).values(updated_at=press.stall.ctx.clock.now() - publish_store.LEASE - timedelta(1))
        )
    assert press.service.recover() == 1
    assert (press.row(key).state, press.row(key).log) == (state, "code:sender_died")
    press.publish(key)
    assert len(press.at_1688()) == 1


def test_what_was_on_its_way_in_a_restored_backup_is_never_sent_again(press: Press) -> None:
    """The backup was made before the offer went out, the program went on and published it."""
    key = press.goods()
    press.service._store.claim(key)
    pause_after_restore(press.db, press.stall.ctx)
    assert press.row(key).state == "unclear"
    assert press.publish(key).kind is OutcomeKind.UNCLEAR
    assert press.at_1688() == []


def _put_back(press: Press, key: PublishKey) -> None:
    """Yesterday's backup in the place of the book: of what was published since it knows nothing."""
    with press.db.write() as session:
        session.execute(update(Publication).values(state="draft", offer_id="", published_at=None, picture_urls="[]"))
        session.execute(delete(MatchHistory))
        session.execute(delete(OfferSku))
        session.execute(delete(Offer))
    assert press.row(key).offer_id == ""


def test_after_restoring_nothing_old_is_published_before_the_shop_was_downloaded(press: Press) -> None:
    key = press.goods()
    press.publish(key)
    _put_back(press, key)
    pause_after_restore(press.db, press.stall.ctx)
    refused = press.publish(key)
    assert [one.code for one in refused.findings] == ["restored_refused"]
    press.stall.download(press.shop_id, str(press.at_1688()[0]["productID"]), mode=DownloadMode.INFO_ONLY)
    assert press.verdicts(key)["restored"] == "refused"  # some offers are not the shop
    assert press.publish(key).kind is OutcomeKind.NOT_READY
    press.world.faults.add("simple_listed", count=99)
    press.stall.download(press.shop_id, mode=DownloadMode.INFO_ONLY)
    [found] = press.publish(key).findings
    assert (found.code, found.facts) == ("restored_refused_title", {"offer_id": str(press.at_1688()[0]["productID"])})
    assert len(press.at_1688()) == 1
    fresh = press.goods("mj002", "新的毛巾")  # made since: this book knows all of it
    press.change(fresh, created_at=press.stall.ctx.clock.now())
    assert "restored" not in press.verdicts(fresh)
    assert press.publish(fresh).kind is OutcomeKind.PUBLISHED


def test_without_the_guard_a_restored_book_publishes_twice(press: Press) -> None:
    """The control: the same book, restored by somebody who does not say so."""
    key = press.goods()
    press.publish(key)
    _put_back(press, key)
    assert press.publish(key).kind is OutcomeKind.PUBLISHED
    assert len(press.at_1688()) == 2


def test_after_the_download_a_look_into_the_shop_is_advised(press: Press) -> None:
    """1688 lists no simple offers: not finding one there proves nothing, the clerk decides (decision 0005)."""
    key = press.goods()
    pause_after_restore(press.db, press.stall.ctx)
    press.stall.download(press.shop_id, mode=DownloadMode.INFO_ONLY)
    assert press.verdicts(key)["restored"] == "advice"
    assert press.publish(key).kind is OutcomeKind.PUBLISHED
    assert "restored" not in press.verdicts(key)


@pytest.mark.expect_log("late answer")
def test_a_late_refusal_does_not_touch_what_another_has_done(press: Press) -> None:
    key = press.goods()
    store = press.service._store
    claim = store.claim(key)
    with press.db.write() as session:
        session.execute(update(Publication).values(state=PublishState.UNCLEAR.value, version=claim.version + 1))
    store.failed(claim, "发布失败")
    assert press.row(key).state == "unclear"


def test_two_shops_are_two_publications(press: Press) -> None:
    key = press.goods()
    second = Press(press.stall, press.folder.parent, press.stall.authorize(SECOND).shop_id)
    other = type(key)(key.product_id, second.shop_id)
    second.service.bind_category([other], TOWEL)
    assert press.publish(key).kind is OutcomeKind.PUBLISHED
    assert second.publish(other).kind is OutcomeKind.PUBLISHED
    assert press.row(key).offer_id != press.row(other).offer_id
    owners = {login for login, _ in press.world.catalogue.simple_offers()}
    assert owners == {"alitestforisv02", SECOND}


# ---------------------------------------------------------------- afterwards


def test_a_match_that_was_taken_away_comes_back_with_a_check(press: Press) -> None:
    key = press.goods()
    press.publish(key)
    before, day = press.matched(key), press.row(key).published_at
    [row] = press.stall.rows()
    press.stall.matching.delete_offers([row.id])
    assert press.matched(key) == []
    assert press.service.look_up(JobContext(), key).kind is OutcomeKind.PUBLISHED
    assert press.matched(key) == before
    assert press.row(key).published_at == day


@pytest.mark.parametrize("how", ["deleted", "left out"])
def test_what_is_gone_at_1688_can_be_published_anew(press: Press, how: str) -> None:
    """Deleted is 1688's word; that an answer leaves it out proves nothing, and only the clerk sends it again."""
    key = press.goods()
    with pytest.raises(UserError, match="publish_changed"):
        press.service.check(JobContext(), key)
    first = press.publish(key).offer_id
    if how == "deleted":
        press.world.set_offer(int(first), status="deleted")
        outcome = press.service.check(JobContext(), key)
        assert (outcome.kind, outcome.text) == (OutcomeKind.POSTPONED, "code:offer_gone")
    else:
        press.world.catalogue.remove(int(first))
        outcome = press.service.check(JobContext(), key)
        assert (outcome.kind, outcome.text) == (OutcomeKind.UNCLEAR, "code:offer_missing")
        assert (press.row(key).state, press.row(key).offer_id) == ("unclear", first)
        assert press.publish(key).kind is OutcomeKind.UNCLEAR
        assert press.world.catalogue.simple_offers() == []
        press.service.again(key)
    assert press.verdicts(key).get("in_shop") is None
    second = press.publish(key).offer_id
    assert second not in (None, first)
    assert len(press.world.photos) == 2, "pictures are sent anew: by them the new offer can be recognised"
    assert (str(second), "mj001", "created") in press.matched(key)


def test_an_answer_that_cannot_be_read_leaves_a_published_one_as_it_is(press: Press) -> None:
    key = press.goods()
    first = press.publish(key).offer_id
    press.world.set_offer(int(first), saleInfo="?")
    with pytest.raises(BadAnswer):
        press.service.look_up(JobContext(), key)
    assert (press.row(key).state, press.row(key).offer_id) == ("published", first)


@pytest.mark.expect_log("second offer")
def test_an_offer_that_cannot_be_noted_is_told_and_not_called_published(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While 1688 answers, the row got another offer (a second counter linked it): the clerk has to look at 1688."""
    key = press.goods()
    real = press.stall.gateway._http().post

    def meanwhile(url: str, params: Any, files: Any = None) -> Any:
        answer = real(url, params, files)
        if SIMPLE_ADD in url:
            with press.stall.db.write() as session:
                session.execute(update(Publication).values(offer_id="1"))
        return answer

    monkeypatch.setattr(press.stall.gateway._http(), "post", meanwhile)
    with pytest.raises(UserError, match="publish_surplus"):
        press.publish(key)
    assert press.row(key).offer_id == "1"
