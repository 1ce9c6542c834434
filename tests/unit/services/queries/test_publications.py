"""The list of 商品发布 (manual 4.4.2)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jdy_desktop.models.rules.publishing import PublishKey
from jdy_desktop.models.states import PublishState
from jdy_desktop.services.queries.publications import PublicationFilter, PublicationList, PublicationRow
from tests.support.channel import add_offer
from tests.support.publishing import TOWEL, Press
from tests.support.stall import SECOND, Stall, open_stall


@pytest.fixture
def stall(book: Any, memory_keyring: Any) -> Iterator[Stall]:
    with open_stall(book) as opened:
        yield opened


@pytest.fixture
def press(stall: Stall, tmp_path: Path) -> Press:
    return Press(stall, tmp_path)


def shown(press: Press, text: str = "", **filter: Any) -> list[PublicationRow]:
    found = PublicationList(press.db)
    ids = found.ids(PublicationFilter(text, **filter))
    rows = found.rows(ids)
    return [rows[one] for one in ids]


@pytest.mark.manual("M109")
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ZB7", ["ZB77"]),
        ("zb77", ["ZB77"]),
        ("浴巾", ["mj2"]),
        ("加厚 浴", ["mj2"]),
        ("70X140", ["mj3"]),
        ("_", []),
        ("%", []),
        ("", ["mj3", "mj2", "ZB77"]),
    ],
)
def test_words_are_looked_for_in_code_name_and_specification(press: Press, text: str, codes: list[str]) -> None:
    press.goods("ZB77", "毛巾")
    press.goods("mj2", "大浴巾 加厚")
    press.goods("mj3", "方巾", specification="70x140cm")
    assert [row.code for row in shown(press, text)] == codes


@pytest.mark.manual("M109")
def test_state_and_shop_are_filtered_together_with_the_words(press: Press) -> None:
    second = press.stall.authorize(SECOND).shop_id
    keys = [press.goods(f"mj{n}", f"毛巾{n}") for n in range(3)]
    press.publish(keys[0])
    press.world.faults.add("publish_refused")
    press.publish(keys[1])
    by_state = {state: [row.code for row in shown(press, shop_id=press.shop_id, state=state)] for state in PublishState}
    assert by_state == {
        PublishState.DRAFT: ["mj2"],
        PublishState.SENDING: [],
        PublishState.UNCLEAR: [],
        PublishState.PUBLISHED: ["mj0"],
        PublishState.FAILED: ["mj1"],
    }
    assert len(shown(press)) == 6
    assert [row.state for row in shown(press, "mj0", shop_id=second)] == [PublishState.DRAFT]
    assert shown(press, "mj1", shop_id=press.shop_id, state=PublishState.PUBLISHED) == []
    counts = PublicationList(press.db).counts(PublicationFilter(shop_id=press.shop_id))
    assert counts == {PublishState.PUBLISHED: 1, PublishState.FAILED: 1, PublishState.DRAFT: 1}


@pytest.mark.manual("M112")
def test_a_row_says_all_the_list_shows(press: Press) -> None:
    key = press.goods("mj1", "毛巾", pictures=3, price="5.5", retail="8", specification="34x74cm")
    press.publish(key)
    [row] = shown(press)
    assert (row.code, row.name, row.specification, row.n_pictures) == ("mj1", "毛巾", "34x74cm", 3)
    assert (str(row.price), row.category_name, row.is_private) == ("5.500000", TOWEL.name, True)
    assert (row.offer_id, row.is_in_shop, row.key) == (press.row(key).offer_id, False, key)


def test_goods_that_are_in_the_shop_are_told_apart(press: Press) -> None:
    inside, outside = press.goods("mj1", "毛巾", category=None), press.goods("mj2", "浴巾")
    with press.db.write() as session:
        from jdy_desktop.models.catalog import Product
        from jdy_desktop.models.channel import Shop

        offer = add_offer(session, session.get_one(Shop, press.shop_id), "588000000001", "毛巾")
        offer.skus[0].sku_id = session.get_one(Product, inside.product_id).skus[0].id
    assert [row.key for row in shown(press, in_shop=True)] == [inside]
    assert [row.key for row in shown(press, state=PublishState.DRAFT)] == [outside]
    assert {row.code: row.is_in_shop for row in shown(press)} == {"mj1": True, "mj2": False}


def test_rows_of_deleted_goods_are_left_out(press: Press) -> None:
    key = press.goods()
    gone = PublishKey(type(key.product_id)(key.product_id + 1), key.shop_id)
    assert PublicationList(press.db).rows([key.row_id, gone.row_id]).keys() == {key.row_id}


def test_pairs_of_goods_and_shop_are_found_once_and_not_row_by_row(press: Press) -> None:
    """2,000 downloaded goods: asked for row by row it took eight seconds, with 10,000 three minutes."""
    from sqlalchemy import insert

    from jdy_desktop.models.catalog import Product, Sku, Unit
    from jdy_desktop.models.channel import Offer, OfferSku
    from tests.support.channel import THEN

    press.goods("first", "毛巾")
    many = range(1001, 3001)
    with press.db.write() as session:
        unit = session.query(Unit).first()
        assert unit is not None
        made = {"unit_id": unit.id, "has_variants": False, "created_at": THEN, "updated_at": THEN}
        names = {n: {"id": n, "code": f"g{n}", "code_key": f"g{n}", "name": f"毛巾{n}"} for n in many}
        session.execute(insert(Product), [row | made for row in names.values()])
        skus = [{"id": n, "product_id": n, "position": 0, "code": f"g{n}", "code_key": f"g{n}"} for n in many]
        session.execute(insert(Sku), skus)
        shown_at = {"shop_id": press.shop_id, "title": "", "status": "on_shelf", "unit": "件", "has_skus": False}
        offers = [{"id": n, "offer_id": str(10**11 + n), "downloaded_at": THEN, **shown_at} for n in many]
        session.execute(insert(Offer), offers)
        session.execute(insert(OfferSku), [{"id": n, "offer_pk": n, "position": 0, "sku_id": n} for n in many])
    start = time.perf_counter()
    assert len(PublicationList(press.db).ids(PublicationFilter(in_shop=True))) == 2000
    assert len(PublicationList(press.db).ids(PublicationFilter(state=PublishState.DRAFT))) == 1
    assert time.perf_counter() - start < 3
