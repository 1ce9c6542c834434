"""Every finding has its sentence, every state its advice; 1688's words are never changed (manual 4.4)."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from jdy_desktop.models.ids import ProductId, ShopId
from jdy_desktop.models.rules.publishing import (
    AfterRestore,
    Condition,
    Finding,
    GoodsFacts,
    PictureFacts,
    PublishKey,
    conditions,
)
from jdy_desktop.models.states import PublishState
from jdy_desktop.services.channel.publish_values import OUR_CODE, Outcome, OutcomeKind
from jdy_desktop.views.texts.publishing import (
    CONDITIONS,
    LOGS,
    REPAIRS,
    condition_sentence,
    log_words,
    outcome_words,
    publish_advice,
)

GOOD = GoodsFacts("毛巾", (PictureFacts(1, 800, 800, 9),), "1", Decimal(5), Decimal(9), "件", 1, False)
KEY = PublishKey(ProductId(1), ShopId(1))


def every_finding() -> dict[str, Finding]:
    heavy = PictureFacts(1, 600, 600, 9_000_000)
    cases = [
        GOOD,
        replace(GOOD, pictures=(), category_id="", title="", price=None, stock=Decimal(0), unit="双"),
        replace(
            GOOD, pictures=(heavy,) * 6, title="字" * 40, price=Decimal("0.001"), has_variants=True, offer_in_shop="1"
        ),
        replace(GOOD, pictures=(PictureFacts(1, problem="gone"),), restored=AfterRestore(False)),
        replace(GOOD, restored=AfterRestore(True, "1")),
        replace(GOOD, restored=AfterRestore(True)),
    ]
    return {one.code: one for case in cases for one in conditions(case)}


def test_every_finding_has_its_sentence_and_none_is_left_over() -> None:
    found = every_finding()
    assert found.keys() == CONDITIONS.keys()
    for one in found.values():
        words = condition_sentence(one)
        assert "{" not in words
        assert not words.endswith("。")
        assert re.search(r"[\u4e00-\u9fff]", words)


def test_what_is_refused_has_a_way_out() -> None:
    refused = {one.condition for one in every_finding().values() if one.code.split("_")[-1] != "good"}
    without = {Condition.PICTURE_PIXELS, Condition.PICTURE_COUNT, Condition.UNIT, Condition.SKUS}
    assert refused - REPAIRS.keys() == without


def test_1688s_words_stay_as_they_are() -> None:
    theirs = "发布失败 类目不存在或不是叶子类目 code:x"
    assert log_words(PublishState.FAILED, theirs) == theirs


@pytest.mark.parametrize("code", LOGS)
def test_a_code_of_ours_never_says_that_an_unclear_one_was_not_published(code: str) -> None:
    assert "没有发布" not in log_words(PublishState.UNCLEAR, OUR_CODE + code)
    assert code not in log_words(PublishState.DRAFT, OUR_CODE + code)


@pytest.mark.parametrize(
    ("log", "start"),
    [
        ("发布失败 类目不存在或不是叶子类目", "1688 不认这个类目"),
        ("相册空间已满", "1688 不收图片"),
        ("您的店铺今天发布的商品数量已达上限", "1688 今天不再收了"),
        ("信息标题不能为空，且不能超过60个字符", "1688 不收这个标题"),
        ("系统异常", "以上是 1688 的原话"),
        ("code:token_expired", "没有发布，商品资料没有丢。到“店铺设置”"),
    ],
)
def test_advice_stands_beside_their_words(log: str, start: str) -> None:
    advice = publish_advice(PublishState.FAILED, log)
    assert advice.startswith(start)
    assert advice.endswith("。")


def test_every_outcome_has_words() -> None:
    for kind in OutcomeKind:
        findings = tuple(every_finding().values())[-1:] if kind is OutcomeKind.NOT_READY else ()
        assert outcome_words(Outcome(KEY, "毛巾", kind, "code:offline", findings))
    assert publish_advice(PublishState.DRAFT, "") == ""
