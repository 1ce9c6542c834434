"""自动匹配 runs as SQL over the tables; the rules say in Python what it must do. Both must agree on anything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from jdy_desktop.models.catalog import Product, Sku
from jdy_desktop.models.channel import MatchHistory, Offer, OfferSku, Shop
from jdy_desktop.models.ids import OfferSkuId, SkuId
from jdy_desktop.models.rules import matching as rules
from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.services.channel.matching import Matching
from jdy_desktop.services.machine.context import Context
from tests.support.cases import cases
from tests.support.channel import add_offer, add_product, add_shop

# Few codes, so that equal, doubled, empty and differently written ones meet often.
CODES = st.sampled_from(["", "sp1", "SP1", "ｓｐ１", "sp1_001", "sp 1_001", "sp1_002", "sp2", "sp3"])
SKUS = st.lists(CODES, min_size=0, max_size=3)
OFFERS = st.lists(st.tuples(CODES, SKUS), min_size=1, max_size=5)
PRODUCTS = st.lists(st.tuples(st.booleans(), st.lists(CODES.filter(bool), min_size=1, max_size=3)), max_size=4)


@pytest.fixture
def _small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jdy_desktop.services.channel.matching.RANGE", 3)


@pytest.mark.manual("M94", "M95", "M96", "M97", "M98", "M99")
@pytest.mark.usefixtures("_small_ranges")
def test_sql_and_rules_decide_alike(book: Any) -> None:
    """Also matched rows, rows that 1688 dropped, and goods that a download made."""

    @settings(max_examples=cases(10_000, 120))
    @given(OFFERS, PRODUCTS, st.data())
    def agrees(offers: Any, products: Any, data: st.DataObject) -> None:
        with book.write() as session:
            for table in (MatchHistory, OfferSku, Offer, Sku, Product, Shop):
                session.execute(delete(table))
            skus = _make_products(session, products)
            _make_offers(session, offers, skus, data)
        with book.read() as session:
            expected = _expected(session)
        report = Matching(book, Context()).auto_match()
        with book.read() as session:
            found = {row.id: row.sku_id for row in session.scalars(select(OfferSku))}
            history = {one.offer_sku_id for one in session.scalars(select(MatchHistory))}
        assert found == expected["after"]
        assert report.matched == expected["matched"] == len(history)
        assert (report.left, report.ambiguous) == (expected["left"], expected["ambiguous"])
        assert Matching(book, Context()).auto_match().matched == 0
        if report.matched:
            assert Matching(book, Context()).undo_last() == report.matched
            with book.read() as session:
                assert {row.id: row.sku_id for row in session.scalars(select(OfferSku))} == expected["before"]

    agrees()


def _make_products(session: Any, products: Any) -> list[Sku]:
    taken: set[str] = set()
    made: list[Sku] = []
    for has_variants, codes in products:
        free = list({normalise_code(code): code for code in codes if normalise_code(code) not in taken}.values())
        taken.update(map(normalise_code, free))
        if free:
            variants = [(code, str(place)) for place, code in enumerate(free)] if has_variants else ()
            code = f"p{len(made)}" if has_variants else free[0]
            made += add_product(session, code, "货", variants).skus
    return made


def _make_offers(session: Any, offers: Any, skus: list[Sku], data: st.DataObject) -> None:
    shop = add_shop(session)
    for place, (item_number, codes) in enumerate(offers):
        variants = [(code, f"v{number}") for number, code in enumerate(codes)]
        for row in add_offer(session, shop, str(1000 + place), "宝贝", item_number, variants).skus:
            what = data.draw(st.sampled_from(["open", "open", "open", "gone", "matched", "created"]))
            row.is_gone = what == "gone"
            if skus and what in ("matched", "created"):
                sku = data.draw(st.sampled_from(skus))
                if what == "matched":
                    row.sku_id, row.match_origin = sku.id, "manual"
                else:
                    row.created_sku_id = sku.id


def _expected(session: Any) -> dict[str, Any]:
    everything = list(session.scalars(select(OfferSku)))
    rows = [
        rules.OfferSkuFacts(
            id=OfferSkuId(row.id),
            offer_key=row.offer_pk,
            has_skus=row.offer.has_skus,
            cargo_number=row.offer.item_number,
            sku_cargo_number=row.item_number,
            sku_id=None if row.sku_id is None else SkuId(row.sku_id),
            created_sku_id=None if row.created_sku_id is None else SkuId(row.created_sku_id),
        )
        for row in everything
        if not row.is_gone
    ]
    skus = [
        rules.SkuFacts(SkuId(sku.id), sku.code, sku.product.has_variants, sku.product.code)
        for sku in session.scalars(select(Sku))
    ]
    decisions = rules.auto_match(rows, skus)
    matched = {one.offer_sku_id: one.sku_id for one in decisions if one.sku_id is not None}
    before = {row.id: row.sku_id for row in everything}
    reasons = [one.reason for one in decisions if one.sku_id is None]
    return {
        "before": before,
        "after": before | matched,
        "matched": len(matched),
        "left": sum(reason is not rules.MatchReason.ALREADY_MATCHED for reason in reasons),
        "ambiguous": reasons.count(rules.MatchReason.SEVERAL_CANDIDATES),
    }
