"""Which system SKU belongs to which 1688 SKU (manual 4.3.2–4.3.4; M77, M94–M101). Facts in, decisions out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jdy_desktop.models.ids import OfferSkuId, SkuId
from jdy_desktop.models.rules.codes import normalise_code

_SIMILAR = 0.5


class MatchReason(StrEnum):
    """Why a row was matched, or why it stays 未匹配."""

    RULE_1 = "rule_1"
    RULE_2 = "rule_2"
    CREATED = "created"
    ALREADY_MATCHED = "already_matched"
    NO_CANDIDATE = "no_candidate"
    SEVERAL_CANDIDATES = "several_candidates"
    KIND_MISMATCH = "kind_mismatch"
    EMPTY_CODE = "empty_code"


@dataclass(frozen=True, slots=True)
class OfferSkuFacts:
    """One row of the match list, platform side.

    `has_skus`: the offer has SKUs. `cargo_number` 货号, `sku_cargo_number` 单品货号. `created_sku_id`: the living
    SKU that the download made for this row, whatever codes say. `offer_key` is the same for the rows of one offer.
    """

    id: OfferSkuId
    offer_key: object
    has_skus: bool
    cargo_number: str = ""
    sku_cargo_number: str = ""
    sku_id: SkuId | None = None
    created_sku_id: SkuId | None = None
    title: str = ""
    attribute_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """One system SKU. A product without variants has one, whose code is the product code."""

    id: SkuId
    code: str
    has_variants: bool
    product_code: str = ""
    product_name: str = ""
    attribute_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """`sku_id` is set exactly when the row is to be matched now. `candidates` = SKUs (or rows) that share the code."""

    offer_sku_id: OfferSkuId
    reason: MatchReason
    sku_id: SkuId | None = None
    candidates: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A SKU offered for a manual match. `is_sure`: the codes are equal, not empty, and no other SKU has them."""

    sku_id: SkuId
    is_sure: bool
    has_equal_code: bool
    has_equal_product_code: bool
    name_similarity: float
    has_equal_attributes: bool


def may_match(offer_has_skus: bool, product_has_variants: bool) -> bool:
    """有 SKU 的宝贝只能匹配有 SKU 的系统商品, and the other way round; by hand and automatically (M94)."""
    return offer_has_skus == product_has_variants


def match_code(row: OfferSkuFacts) -> str:
    """Key that the automatic match compares: 单品货号 for a row of an offer with SKUs (rule 1), else 货号 (rule 2)."""
    return normalise_code(row.sku_cargo_number if row.has_skus else row.cargo_number)


def auto_match(rows: Iterable[OfferSkuFacts], skus: Iterable[SkuFacts]) -> tuple[MatchDecision, ...]:
    """One decision per row, in order: rules 1–4 of manual 4.3.3 under the condition of 4.3.2.

    Codes are compared without case, width and blanks. Never guesses: an empty code, a code that several fitting SKUs
    have, or one that two rows of the same offer have, stays 未匹配. What the download itself made (rule 3's exception,
    kept by id) comes before all codes. Rows matched before are left alone (rule 4). Running it again changes nothing.
    """
    everything = list(rows)
    by_code: dict[str, list[SkuFacts]] = defaultdict(list)
    by_id: dict[SkuId, SkuFacts] = {}
    for sku in skus:
        by_code[normalise_code(sku.code)].append(sku)
        by_id[sku.id] = sku
    claims = Counter((row.offer_key, match_code(row)) for row in everything)
    return tuple(_decide(row, by_code, by_id, claims[row.offer_key, match_code(row)]) for row in everything)


def _decide(
    row: OfferSkuFacts, by_code: dict[str, list[SkuFacts]], by_id: dict[SkuId, SkuFacts], claims: int
) -> MatchDecision:
    if row.sku_id is not None:
        return MatchDecision(row.id, MatchReason.ALREADY_MATCHED)
    # First: a download counts its SKUs from _001 in 1688's order, so one of its codes may well be the 单品货号 of another
    # row of the same offer. Going by the code would hand out the wrong size; what was made for this row is known by id.
    created = by_id.get(row.created_sku_id) if row.created_sku_id is not None else None
    if created is not None and may_match(row.has_skus, created.has_variants):
        return MatchDecision(row.id, MatchReason.CREATED, created.id)
    return _by_code(row, by_code, claims)


def _by_code(row: OfferSkuFacts, by_code: dict[str, list[SkuFacts]], claims: int) -> MatchDecision:
    """Rules 1 and 2 alone."""
    code = match_code(row)
    if not code:
        return MatchDecision(row.id, MatchReason.EMPTY_CODE)
    same_code = by_code.get(code, ())
    fitting = [sku for sku in same_code if may_match(row.has_skus, sku.has_variants)]
    if not fitting:
        reason = MatchReason.KIND_MISMATCH if same_code else MatchReason.NO_CANDIDATE
        return MatchDecision(row.id, reason, candidates=len(same_code))
    if len(fitting) > 1 or claims > 1:
        return MatchDecision(row.id, MatchReason.SEVERAL_CANDIDATES, candidates=max(len(fitting), claims))
    rule = MatchReason.RULE_1 if row.has_skus else MatchReason.RULE_2
    return MatchDecision(row.id, rule, fitting[0].id, candidates=1)


def suggestions(row: OfferSkuFacts, skus: Iterable[SkuFacts], limit: int = 20) -> tuple[Suggestion, ...]:
    """SKUs for the manual match, best first: equal code, then 货号, then similar name, then attribute values.

    Only SKUs of the fitting kind (M94). Those that have nothing in common with the row are left out.
    """
    fitting = [sku for sku in skus if may_match(row.has_skus, sku.has_variants)]
    doubles = Counter(normalise_code(sku.code) for sku in fitting)
    judged = [(_judge(row, sku, doubles), sku.code) for sku in fitting]
    useful = [(one, code) for one, code in judged if _has_something(one)]
    useful.sort(key=lambda pair: (_rank(pair[0]), pair[1], pair[0].sku_id))
    return tuple(one for one, _ in useful[:limit])


def _judge(row: OfferSkuFacts, sku: SkuFacts, doubles: Counter[str]) -> Suggestion:
    code, product_code = match_code(row), normalise_code(row.cargo_number)
    own = normalise_code(sku.code)
    return Suggestion(
        sku_id=sku.id,
        is_sure=bool(code) and code == own and doubles[own] == 1,
        has_equal_code=bool(code) and code == own,
        has_equal_product_code=bool(product_code) and product_code == normalise_code(sku.product_code),
        name_similarity=name_similarity(row.title, sku.product_name),
        has_equal_attributes=attribute_key(row.attribute_values) == attribute_key(sku.attribute_values) != "",
    )


def _has_something(one: Suggestion) -> bool:
    similar = one.name_similarity >= _SIMILAR
    return one.has_equal_code or one.has_equal_product_code or similar or one.has_equal_attributes


def _rank(one: Suggestion) -> tuple[bool, bool, float, bool]:
    """Names count in tenths, so that among the SKUs of equally named products the attribute values decide."""
    return (
        not one.has_equal_code,
        not one.has_equal_product_code,
        -round(one.name_similarity, 1),
        not one.has_equal_attributes,
    )


def name_similarity(left: str, right: str) -> float:
    """0 … 1: share of common letter pairs (Dice), without case, width and blanks. Empty names are unlike anything."""
    pairs_left, pairs_right = _pairs(normalise_code(left)), _pairs(normalise_code(right))
    if not pairs_left or not pairs_right:
        return 0.0
    return 2 * len(pairs_left & pairs_right) / (len(pairs_left) + len(pairs_right))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[index : index + 2] for index in range(max(len(text) - 1, 1))) if text else frozenset()


def attribute_key(values: Sequence[str]) -> str:
    """Attribute values for comparing: 香夹白L, 香夹白/L and 香夹白 L are the same (blank and slash do not count)."""
    return normalise_code("".join(values)).replace("/", "")


def platform_sku_name(values: Sequence[str]) -> str:
    """平台SKU名称: values joined without a separator, 香夹白L (M77)."""
    return "".join(value.strip() for value in values)


def system_sku_name(values: Sequence[str]) -> str:
    """系统SKU名称: values joined with a slash, 香夹白/L (M77)."""
    return "/".join(value.strip() for value in values)
