"""自动匹配, 手动匹配 and taking both back (manual 4.3)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from jdy_desktop.models.account import AuditEntry
from jdy_desktop.models.catalog import Product
from jdy_desktop.models.channel import MatchHistory, Offer, OfferSku
from jdy_desktop.models.ids import OfferSkuId, ProductId, SkuId
from jdy_desktop.models.rules.matching import MatchReason
from jdy_desktop.models.states import MatchOrigin
from jdy_desktop.services.channel.matching import Matching
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from tests.support.channel import add_offer, add_product, add_shop
from tests.support.clock import FrozenClock


class Stand:
    """A book with one shop; `offer` and `product` give the ids of their rows."""

    def __init__(self, db: Any) -> None:
        self.db = db
        self.matching = Matching(db, Context(clock=FrozenClock(), operator="王姐"))
        with db.write() as session:
            self.shop_id = add_shop(session).id

    def offer(self, offer_id: str, item_number: str, *skus: tuple[str, str], title: str = "宝贝") -> list[OfferSkuId]:
        from jdy_desktop.models.channel import Shop

        with self.db.write() as session:
            made = add_offer(session, session.get_one(Shop, self.shop_id), offer_id, title, item_number, skus)
            return [OfferSkuId(row.id) for row in made.skus]

    def product(self, code: str, *skus: tuple[str, str], name: str = "货", **more: Any) -> list[SkuId]:
        with self.db.write() as session:
            return [SkuId(sku.id) for sku in add_product(session, code, name, skus, **more).skus]

    def matched(self) -> dict[int, int | None]:
        with self.db.read() as session:
            return {row.id: row.sku_id for row in session.scalars(select(OfferSku))}

    def count(self, table: Any) -> int:
        with self.db.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def stand(book: Any) -> Stand:
    return Stand(book)


@pytest.mark.manual("M95", "M96", "M97", "M99")
def test_automatic_match_in_numbers(stand: Stand) -> None:
    one, two = stand.offer("1001", "sp1", ("sp1_001", "红色"), ("SP1_002 ", "绿色"))
    plain = stand.offer("1002", "sp2")[0]
    rule_3 = stand.offer("1003", "sp3", ("other", "红色"))[0]
    empty = stand.offer("1004", "sp4", ("", "红色"), ("", "绿色"))
    sku_1, sku_2 = stand.product("sp1", ("sp1_001", "红色"), ("sp1_002", "绿色"))
    (sku_plain,) = stand.product("sp2")
    stand.product("sp3", ("sp3_001", "红色"))
    report = stand.matching.auto_match()
    assert (report.matched, report.left, report.ambiguous) == (3, 3, 0)
    assert stand.matched() == {one: sku_1, two: sku_2, plain: sku_plain, rule_3: None, empty[0]: None, empty[1]: None}
    again = stand.matching.auto_match()
    assert (again.matched, again.left, again.batch) == (0, 3, 0)


@pytest.mark.manual("M94")
def test_kinds_never_mix(stand: Stand) -> None:
    with_skus = stand.offer("1001", "sp1", ("sp1", "红色"))[0]
    without = stand.offer("1002", "sp2_001")[0]
    (plain,) = stand.product("sp1")
    (variant,) = stand.product("p2", ("sp2_001", "红色"))
    assert stand.matching.auto_match().matched == 0
    assert stand.matching.reason(with_skus) is MatchReason.KIND_MISMATCH
    for row, sku in ((with_skus, plain), (without, variant)):
        with pytest.raises(UserError) as caught:
            stand.matching.match(row, sku)
        assert caught.value.code == "kind_mismatch"
    assert [one.sku_id for one in stand.matching.suggestions(with_skus, "sp")] == [variant]
    assert [one.sku_id for one in stand.matching.suggestions(without, "sp")] == [plain]


def test_doubled_code_is_not_guessed(stand: Stand) -> None:
    """F8: two rows of one offer claim the same SKU."""
    one, two = stand.offer("1001", "sp1", ("sp1_001", "红色"), ("sp1_001", "绿色"))
    stand.product("sp1", ("sp1_001", "红色"), ("sp1_002", "绿色"))
    report = stand.matching.auto_match()
    assert (report.matched, report.left, report.ambiguous) == (0, 2, 2)
    assert stand.matching.reason(one) is stand.matching.reason(two) is MatchReason.SEVERAL_CANDIDATES


@pytest.mark.manual("M98", "M101")
def test_matches_by_hand_survive_and_can_be_changed(stand: Stand) -> None:
    (row,) = stand.offer("1001", "sp1")
    (by_rule,) = stand.product("sp1")
    (chosen,) = stand.product("sp9")
    stand.matching.match(row, chosen)
    stand.matching.auto_match()
    assert stand.matched() == {row: chosen}
    stand.matching.match(row, by_rule)
    stand.matching.match(row, chosen)
    with stand.db.read() as session:
        story = session.execute(
            select(MatchHistory.before_sku_id, MatchHistory.after_sku_id, MatchHistory.operator).order_by(
                MatchHistory.id
            )
        ).all()
        assert story == [(None, chosen, "王姐"), (chosen, by_rule, "王姐"), (by_rule, chosen, "王姐")]
        assert session.scalars(select(AuditEntry.action)).all() == ["manual_match"] * 3
    assert stand.matching.unmatch([row]) == 1
    assert stand.matching.auto_match().matched == 1
    assert stand.matched() == {row: by_rule}


@pytest.mark.manual("M83", "M84")
def test_deleting_matches_keeps_the_goods(stand: Stand) -> None:
    rows = stand.offer("1001", "sp1", *((f"sp1_00{number}", f"色{number}") for number in range(1, 6)))
    stand.product("sp1", *((f"sp1_00{number}", f"色{number}") for number in range(1, 6)))
    stand.matching.auto_match()
    assert stand.matching.unmatch(rows[:3]) == 3
    assert [stand.matched()[row] is None for row in rows] == [True, True, True, False, False]
    assert stand.count(Product) == 1
    assert stand.matching.unmatch(rows[:3]) == 0


@pytest.mark.manual("M83", "M85")
def test_deleting_platform_information_keeps_the_goods(stand: Stand) -> None:
    rows = stand.offer("1001", "sp1", ("sp1_001", "红"), ("sp1_002", "绿"))
    other = stand.offer("1002", "sp2")
    stand.product("sp1", ("sp1_001", "红"), ("sp1_002", "绿"))
    stand.matching.auto_match()
    report = stand.matching.delete_offers(rows[:1])
    assert (report.offers, report.rows, report.kept_goods) == (0, 1, 1)
    report = stand.matching.delete_offers([rows[1], *other])
    assert (report.offers, report.rows, report.kept_goods) == (2, 2, 1)
    assert (stand.count(Offer), stand.count(OfferSku), stand.count(Product)) == (0, 0, 1)
    assert stand.matching.undo_last() == 0


def test_undo_takes_back_one_act_after_the_other(stand: Stand) -> None:
    one, two = stand.offer("1001", "sp1", ("sp1_001", "红"), ("sp1_002", "绿"))
    sku_1, sku_2 = stand.product("sp1", ("sp1_001", "红"), ("sp1_002", "绿"))
    stand.matching.auto_match()
    stand.matching.match(one, sku_2)
    stand.matching.unmatch([one, two])
    assert stand.matching.undo_last() == 2
    assert stand.matched() == {one: sku_2, two: sku_2}
    assert stand.matching.undo_last() == 1
    assert stand.matched() == {one: sku_1, two: sku_2}
    assert stand.matching.undo_last() == 2
    assert stand.matched() == {one: None, two: None}
    assert stand.matching.undo_last() == 0
    with stand.db.read() as session:
        assert {row.match_origin for row in session.scalars(select(OfferSku))} == {None}


def test_undo_leaves_what_changed_since(stand: Stand) -> None:
    (one,), (two,) = stand.offer("1001", "sp1"), stand.offer("1002", "sp2")
    (sku_1,), (sku_2,) = stand.product("sp1"), stand.product("sp2")
    stand.matching.auto_match()
    with stand.db.write() as session:
        session.get_one(OfferSku, one).sku_id = sku_2
    assert stand.matching.undo_last() == 1
    assert stand.matched() == {one: sku_2, two: None}
    assert sku_1


def test_undo_does_not_bring_back_goods_that_are_gone(stand: Stand) -> None:
    """SQLite gives the id of a deleted SKU to the next one: that is another product."""
    (row,) = stand.offer("1001", "sp1")
    stand.product("sp1")
    stand.matching.auto_match()
    stand.matching.unmatch([row])
    with stand.db.write() as session:
        session.delete(session.scalars(select(Product)).one())
    late = FrozenClock()
    late.advance(days=1)
    stand.product("zz", created_at=late.now())
    assert stand.matching.undo_last() == 0
    assert stand.matched() == {row: None}


def test_a_whole_offer_by_hand(stand: Stand) -> None:
    """By code where codes agree, else by attribute values: 香夹白L = 香夹白/L."""
    rows = stand.offer("1001", "", ("c1", "香夹白/L"), ("", "香夹白/M"), ("", "黑/XL"))
    skus = stand.product("p1", ("x_001", "香夹白/M"), ("C1", "别的/L"))
    with stand.db.read() as session:
        offer_pk, product_id = session.scalars(select(Offer.id)).one(), session.scalars(select(Product.id)).one()
    stand.matching.match_offer(offer_pk, ProductId(product_id))
    assert stand.matched() == {rows[0]: skus[1], rows[1]: skus[0], rows[2]: None}
    with stand.db.read() as session:
        assert session.get_one(OfferSku, rows[0]).match_origin == MatchOrigin.MANUAL
    (plain,) = stand.product("p2")
    with stand.db.read() as session:
        other = session.scalars(select(Product.id).where(Product.code == "p2")).one()
    with pytest.raises(UserError, match="kind_mismatch"):
        stand.matching.match_offer(offer_pk, ProductId(other))
    assert plain


@pytest.mark.manual("M91", "M92")
def test_goods_made_by_hand_before(stand: Stand) -> None:
    """Use case 1 of 4.3.1: goods first, 1688 later; only the button matches."""
    stand.product("sp1", ("sp1_001", "红色"), name="男士衬衫")
    (row,) = stand.offer("1001", "sp1", ("sp1_001", "红色"), title="换过标题的衬衫")
    assert stand.matched() == {row: None}
    assert stand.matching.auto_match().matched == 1


@pytest.mark.manual("M100")
def test_suggestions_best_first(stand: Stand) -> None:
    (row,) = stand.offer("1001", "sp1", ("", "红色/L"), title="夏季新款宽松短袖连衣裙女")
    similar = stand.product("k7", ("k7_1", "红色/L"), ("k7_2", "红色/M"), name="夏季新款宽松短袖连衣裙")
    by_number = stand.product("SP1", ("a_1", "红色/L"), name="别的")
    stand.product("zz", ("zz_1", "蓝"), name="电工胶带")
    found = stand.matching.suggestions(row)
    assert [one.sku_id for one in found] == [*by_number, *similar]
    assert [one.reason for one in found] == ["equal_product_code", "similar_name", "similar_name"]
    assert not any(one.is_sure for one in found)
    assert (found[0].product_name, found[0].sku_name, found[0].price) == ("别的", "红色/L", None)
    assert [one.code for one in stand.matching.suggestions(row, "胶带 zz")] == ["zz_1"]
    assert len(stand.matching.suggestions(row, limit=1)) == 1


def test_auto_match_of_one_shop(stand: Stand) -> None:
    (mine,) = stand.offer("1001", "sp1")
    with stand.db.write() as session:
        other = add_shop(session, "别的店", "isv04")
        theirs = add_offer(session, other, "2001", "宝贝", "sp1").skus[0].id
        other_id = other.id
    (sku,) = stand.product("sp1")
    from jdy_desktop.models.ids import ShopId

    report = stand.matching.auto_match(ShopId(other_id))
    assert (report.matched, report.left) == (1, 0)
    assert stand.matched() == {mine: None, theirs: sku}
