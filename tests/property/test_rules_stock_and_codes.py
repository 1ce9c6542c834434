"""Costs lose no money, matching settles at once, numbers have no gaps, codes fold once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from jdy_desktop.models.ids import OfferSkuId, SkuId
from jdy_desktop.models.rules import codes, costing, matching, numbering, offer_ids, search
from jdy_desktop.models.states import DocumentKind
from tests.support.cases import cases

moves = st.lists(
    st.tuples(
        st.booleans(),
        st.decimals(Decimal("0.0001"), Decimal("500"), places=4),
        st.decimals(Decimal(0), Decimal("100000"), places=2),
    ),
    max_size=40,
)


@given(moves)
@settings(max_examples=cases(10_000))
def test_receipts_less_costs_less_adjustments_are_the_value_of_the_stock(history):
    state, received, spent = costing.CostState(), Decimal(0), Decimal(0)
    for is_receipt, quantity, amount in history:
        step = costing.receive(state, quantity, amount) if is_receipt else costing.issue(state, quantity)
        received += amount if is_receipt else 0
        spent += step.cost + step.adjustment
        state = step.state
        assert state.amount == received - spent
        assert state.quantity or not state.amount  # no stock, no value
        assert state.amount * state.quantity >= 0  # value and quantity have one sign
        assert costing.unit_cost(state) >= 0


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 10**7), st.integers(1, 60)), max_size=40))
def test_the_integer_core_and_the_decimal_face_agree(history):
    """Quantities are whole here and amounts 1/10000 yuan; issues never exceed the stock."""
    state, held, expected, integers = costing.CostState(), 0, [], []
    for number, (quantity, amount, wanted) in enumerate(history):
        state = costing.receive(state, Decimal(quantity), Decimal(amount).scaleb(-4)).state
        integers.append((2 * number, 1, quantity, amount))
        out = min(wanted, held + quantity)
        step = costing.issue(state, Decimal(out))
        state, held = step.state, held + quantity - out
        integers.append((2 * number + 1, 1, -out, 0))
        expected.append((2 * number + 1, int(step.cost.scaleb(4))))
    assert costing.issue_costs(integers) == expected


some_codes = st.sampled_from(["", " ", "sp1", "SP1", "ｓｐ１", "sp1_001", "SP1_001", "sp1_002", "x"])


@st.composite
def match_rows(draw):
    rows = draw(
        st.lists(st.tuples(st.integers(1, 4), some_codes, some_codes, st.none() | st.integers(1, 6)), max_size=8)
    )
    has_skus = {offer: draw(st.booleans()) for offer in range(1, 5)}
    return [
        matching.OfferSkuFacts(
            OfferSkuId(number), offer, has_skus[offer], code, sku_code, created_sku_id=created and SkuId(created)
        )
        for number, (offer, code, sku_code, created) in enumerate(rows)
    ]


match_skus = st.lists(st.tuples(some_codes, st.booleans()), max_size=6).map(
    lambda found: [matching.SkuFacts(SkuId(n), code, variants) for n, (code, variants) in enumerate(found, 1)]
)


@given(match_rows(), match_skus)
@settings(max_examples=cases(10_000))
def test_matching_settles_at_once_and_never_guesses(rows, skus):
    decisions = matching.auto_match(rows, skus)
    assert [one.offer_sku_id for one in decisions] == [row.id for row in rows]
    by_id = {sku.id: sku for sku in skus}
    for row, decision in zip(rows, decisions, strict=True):
        if decision.sku_id is None:
            continue
        target = by_id[decision.sku_id]
        assert row.has_skus == target.has_variants
        if decision.reason is not matching.MatchReason.CREATED:
            code = matching.match_code(row)
            same = [sku for sku in skus if codes.normalise_code(sku.code) == code and sku.has_variants == row.has_skus]
            assert code
            assert same == [target]
            assert [one for one in rows if (one.offer_key, matching.match_code(one)) == (row.offer_key, code)] == [row]
    matched = [replace(row, sku_id=one.sku_id) for row, one in zip(rows, decisions, strict=True)]
    again = matching.auto_match(matched, skus)
    assert all(one.sku_id is None for one in again)
    assert [one.reason for one in again if one.reason is not matching.MatchReason.ALREADY_MATCHED] == [
        one.reason for one in decisions if one.sku_id is None
    ]
    backwards = matching.auto_match(rows[::-1], skus[::-1])
    assert backwards[::-1] == decisions


@given(st.lists(st.sampled_from([DocumentKind.SALE, DocumentKind.SALE_RETURN, DocumentKind.PURCHASE]), max_size=60))
def test_numbers_have_no_gap_and_no_double(kinds):
    day, used = date(2019, 3, 27), ["XH20190326007", "whatever"]
    foreign = len(used)
    for kind in kinds:
        used.append(numbering.next_number(kind, day, used))
    given_out = used[foreign:]
    assert len(set(given_out)) == len(given_out)
    for kind in set(kinds):
        counters = sorted(filter(None, (numbering.counter_of(number, kind, day) for number in given_out)))
        assert counters == list(range(1, kinds.count(kind) + 1))


@given(st.text(max_size=40))
def test_folding_a_code_twice_changes_nothing(text):
    once = codes.normalise_code(text)
    assert codes.normalise_code(once) == once
    assert codes.normalise_code(f" {text}\u3000") == once


@given(st.lists(st.sampled_from(["sp1", "SP1", "x", "", "588"]), max_size=12), st.data())
def test_every_new_product_gets_a_code_of_its_own(numbers, data):
    taken: set[str] = set()
    for number in numbers:
        offer = str(data.draw(st.integers(1, 10**12)))
        made = codes.product_code(number, offer, taken)
        key = codes.normalise_code(made.code)
        assert key
        assert key not in taken
        assert made.is_changed == (codes.normalise_code(number or offer) in taken)
        taken.add(key)


@given(st.lists(st.integers(1, 10**18), max_size=20), st.sampled_from([",", "，", " ", "\n", "、", "; "]))
def test_ids_come_back_in_order_without_doubles(numbers, separator):
    wanted = tuple(dict.fromkeys(map(str, numbers)))
    for form in ("{}", "https://detail.1688.com/offer/{}.html", "offer/{}"):
        parsed = offer_ids.parse_offer_ids(separator.join(form.format(one) for one in numbers))
        assert (parsed.ids, parsed.not_understood) == (wanted, ())


@given(st.text(max_size=60))
def test_any_pasted_text_is_answered(text):
    parsed = offer_ids.parse_offer_ids(text)
    assert all(one.isascii() and one.isdigit() for one in parsed.ids)
    assert len(set(parsed.not_understood)) == len(parsed.not_understood)


texts = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["男士秋季衬衫", "3M胶带", "香夹白/L", "İß①"]
)


@given(texts)
def test_every_text_is_found_by_its_own_words(text):
    key = search.search_key(text)
    assert search.has_all_words(search.split_words(text), key)
    assert search.fold(search.fold(text)) == search.fold(text)


@given(texts, st.lists(texts, max_size=4))
def test_marks_lie_inside_the_text_in_order(text, words):
    spans = search.highlight(text, words)
    flat = [edge for span in spans for edge in span]
    assert flat == sorted(set(flat))
    assert all(0 <= start < end <= len(text) for start, end in spans)
