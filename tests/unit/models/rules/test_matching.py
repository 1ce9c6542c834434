from __future__ import annotations

import pytest

from jdy_desktop.models.ids import OfferSkuId, SkuId
from jdy_desktop.models.rules.matching import (
    MatchDecision,
    MatchReason,
    OfferSkuFacts,
    SkuFacts,
    attribute_key,
    auto_match,
    may_match,
    name_similarity,
    platform_sku_name,
    suggestions,
    system_sku_name,
)


def row(code="", *, id=1, offer="A", product_code="sp1", has_skus=True, **more):
    return OfferSkuFacts(OfferSkuId(id), offer, has_skus, product_code, code, **more)


def sku(code, *, id=1, has_variants=True, **more):
    return SkuFacts(SkuId(id), code, has_variants, **more)


def decide(rows, skus):
    return [(one.reason, one.sku_id) for one in auto_match(rows, skus)]


@pytest.mark.manual("M95")
def test_rule_1_equal_sku_codes():
    assert decide([row("sp1_001")], [sku("sp1_001", id=7), sku("sp1_002", id=8)]) == [(MatchReason.RULE_1, 7)]


@pytest.mark.manual("M96")
def test_rule_2_equal_product_codes_without_skus():
    plain = row(has_skus=False, product_code="492ZGD01ZWG")
    assert decide([plain], [sku("492ZGD01ZWG", id=7, has_variants=False)]) == [(MatchReason.RULE_2, 7)]


def test_without_skus_the_single_item_number_does_not_count():
    plain = row("sp1_001", has_skus=False, product_code="other")
    assert decide([plain], [sku("sp1_001", has_variants=False)]) == [(MatchReason.NO_CANDIDATE, None)]


@pytest.mark.manual("M97")
def test_rule_3_an_equal_product_code_alone_does_not_match():
    hand_made = sku("sp1_001", id=7, product_code="sp1")
    assert decide([row("red-x")], [hand_made]) == [(MatchReason.NO_CANDIDATE, None)]


@pytest.mark.manual("M97", "M72")
def test_rule_3_goods_that_the_download_created_are_excepted():
    created = sku("sp1_001", id=7, product_code="sp1")
    assert decide([row("red-x", created_sku_id=SkuId(7))], [created]) == [(MatchReason.CREATED, 7)]
    assert decide([row("", created_sku_id=SkuId(7))], [created]) == [(MatchReason.CREATED, 7)]


def test_what_the_download_made_comes_before_an_equal_code():
    # 1688 lists L (sp32701_003) first, so the download's _001 is L and its _003 is S.
    made = [sku("sp32701_001", id=1), sku("sp32701_003", id=3)]
    large = row("sp32701_003", id=1, created_sku_id=SkuId(1))
    assert decide([large], made) == [(MatchReason.CREATED, 1)]


def test_created_goods_that_were_deleted_match_nothing():
    assert decide([row("red-x", created_sku_id=SkuId(7))], [sku("sp1_001", id=8)]) == [(MatchReason.NO_CANDIDATE, None)]


def test_created_goods_that_lost_their_variants_do_not_match():
    turned = sku("sp1", id=7, has_variants=False)
    assert decide([row("red-x", created_sku_id=SkuId(7))], [turned]) == [(MatchReason.NO_CANDIDATE, None)]


@pytest.mark.manual("M98")
def test_rule_4_a_matched_row_is_left_alone_until_its_match_is_deleted():
    skus = [sku("sp1_001", id=7), sku("other", id=8)]
    assert auto_match([row("sp1_001", sku_id=SkuId(8))], skus) == (
        MatchDecision(OfferSkuId(1), MatchReason.ALREADY_MATCHED),
    )
    assert decide([row("sp1_001")], skus) == [(MatchReason.RULE_1, 7)]


@pytest.mark.manual("M94")
def test_kinds_do_not_mix():
    assert decide([row("sp1")], [sku("sp1", has_variants=False)]) == [(MatchReason.KIND_MISMATCH, None)]
    plain = row(has_skus=False, product_code="sp1")
    assert decide([plain], [sku("sp1", has_variants=True)]) == [(MatchReason.KIND_MISMATCH, None)]
    assert may_match(True, True)
    assert may_match(False, False)
    assert not may_match(True, False)
    assert not may_match(False, True)


def test_a_candidate_of_the_wrong_kind_does_not_hide_the_right_one():
    skus = [sku("sp1", id=7, has_variants=False), sku("SP1", id=8)]
    assert decide([row("sp1")], skus) == [(MatchReason.RULE_1, 8)]


@pytest.mark.manual("M99")
def test_only_fitting_rows_change():
    rows = [row("sp1_001", id=1), row("sp1_009", id=2), row("", id=3)]
    decisions = auto_match(rows, [sku("sp1_001", id=7)])
    assert [(one.offer_sku_id, one.sku_id) for one in decisions] == [(1, 7), (2, None), (3, None)]
    assert decisions[2].reason is MatchReason.EMPTY_CODE


@pytest.mark.parametrize("code", ["SP1_001", "ｓｐ１＿００１", " sp1_001 ", "sp1 _001"])
def test_case_width_and_blanks_do_not_count(code):
    assert decide([row(code)], [sku("sp1_001", id=7)]) == [(MatchReason.RULE_1, 7)]


def test_empty_codes_never_match_each_other():
    assert decide([row(" "), row("", id=2, offer="B")], [sku("", id=7)]) == [(MatchReason.EMPTY_CODE, None)] * 2


def test_two_skus_with_one_code_are_not_guessed():
    (decision,) = auto_match([row("sp1_001")], [sku("sp1_001", id=7), sku("SP1_001", id=8)])
    assert (decision.reason, decision.candidates, decision.sku_id) == (MatchReason.SEVERAL_CANDIDATES, 2, None)


def test_two_rows_of_one_offer_with_one_code_are_not_guessed():
    doubled = [row("sp1_001", id=1), row("SP1_001", id=2)]
    assert decide(doubled, [sku("sp1_001")]) == [(MatchReason.SEVERAL_CANDIDATES, None)] * 2
    one_is_matched = [row("sp1_001", id=1, sku_id=SkuId(1)), row("sp1_001", id=2)]
    assert decide(one_is_matched, [sku("sp1_001")])[1] == (MatchReason.SEVERAL_CANDIDATES, None)


def test_two_offers_may_sell_the_same_sku():
    offers = [row("sp1_001", id=1, offer="A"), row("sp1_001", id=2, offer="B")]
    assert decide(offers, [sku("sp1_001", id=7)]) == [(MatchReason.RULE_1, 7)] * 2


def test_a_doubled_code_does_not_hide_what_the_download_created():
    rows = [row("x", id=1, created_sku_id=SkuId(7)), row("x", id=2, created_sku_id=SkuId(8))]
    skus = [sku("sp1_001", id=7), sku("sp1_002", id=8)]
    assert decide(rows, skus) == [(MatchReason.CREATED, 7), (MatchReason.CREATED, 8)]


@pytest.mark.manual("M78")
def test_the_manuals_table():
    rows = [
        row("sp32701_003", id=1, offer=1, product_code="sp32701"),
        row("sp32602_002", id=2, offer=2, product_code="sp32602"),
        row("", id=3, offer=3, product_code="sp19005"),
        row("", id=4, offer=4, product_code="", sku_id=SkuId(9)),
    ]
    skus = [sku("sp32701_003", id=1), sku("sp32602_002", id=2), sku("492ZGD01ZWG", id=9)]
    assert decide(rows, skus) == [
        (MatchReason.RULE_1, 1),
        (MatchReason.RULE_1, 2),
        (MatchReason.EMPTY_CODE, None),
        (MatchReason.ALREADY_MATCHED, None),
    ]


@pytest.mark.manual("M77")
def test_names_of_skus():
    assert platform_sku_name(["香夹白", " L "]) == "香夹白L"
    assert system_sku_name(["香夹白", "L"]) == "香夹白/L"
    assert (platform_sku_name(["红色"]), system_sku_name(["红色"])) == ("红色", "红色")
    assert (platform_sku_name([]), system_sku_name([])) == ("", "")


def test_attribute_values_compare_without_blank_and_slash():
    assert attribute_key(["香夹白/L"]) == attribute_key(["香夹白", " l"]) == attribute_key(["香夹白 Ｌ"])


def test_similar_names():
    assert name_similarity("休闲运动棉", "休闲运动棉") == 1.0
    assert name_similarity("", "休闲") == name_similarity("休闲", " ") == 0.0
    assert name_similarity("A", "a") == 1.0
    assert name_similarity("大批发真皮女包", "真皮女包") == pytest.approx(6 / 9)
    assert name_similarity("大批发", "女包") == 0.0


def named(code, name, values=(), *, id, product_code="p", **more):
    return sku(code, id=id, product_code=product_code, product_name=name, attribute_values=values, **more)


def test_suggestions_code_then_item_number_then_name_then_attributes():
    asked = row("sp1_001", title="休闲运动棉衬衫", attribute_values=("红色", "XS"))
    skus = [
        named("a", "毫不相干", ("红色", "XS"), id=1),
        named("b", "休闲运动棉衬衫", ("绿色", "XS"), id=2),
        named("c", "休闲运动棉衬衫", ("红色/XS",), id=3),
        named("d", "毫不相干", id=4, product_code="SP1"),
        named("sp1_001", "毫不相干", id=5),
        named("e", "毫不相干", ("绿色", "XS"), id=6),
        named("sp1_001", "休闲运动棉衬衫", ("红色", "XS"), id=7, has_variants=False),
    ]
    found = suggestions(asked, skus)
    assert [one.sku_id for one in found] == [5, 4, 3, 2, 1]
    assert [one.is_sure for one in found] == [True, False, False, False, False]
    assert [one.sku_id for one in suggestions(asked, skus, limit=2)] == [5, 4]


def test_a_doubled_or_empty_code_is_never_suggested_as_sure():
    doubled = suggestions(row("x"), [named("x", "", id=1), named("X", "", id=2)])
    assert [(one.sku_id, one.is_sure) for one in doubled] == [(2, False), (1, False)]
    assert suggestions(row("", product_code=""), [named("", "", id=1, product_code="")]) == ()
