"""Statements that go to the driver with nothing between: same rows, same refusals, same word of what changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from jdy_desktop.models.parties import LastPrice, Warehouse
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.book.bulk import insert_many, insert_row, table_of, update_many
from jdy_desktop.services.book.prepared import CHUNK, Prepared
from jdy_desktop.services.errors import UserError
from tests.support.counter import Counter

D = Decimal
_WAREHOUSE, _PRICE, _BALANCE = table_of(Warehouse), table_of(LastPrice), table_of(StockBalance)
_NAMES = Prepared(
    select(_WAREHOUSE.c.id, _WAREHOUSE.c.name, _WAREHOUSE.c.is_default).where(
        _WAREHOUSE.c.id.in_(bindparam("places", expanding=True))
    )
)
_NAMED = Prepared(select(_WAREHOUSE.c.id).where(_WAREHOUSE.c.name == bindparam("called")))


def _add(connection: Any, name: str) -> int:
    return insert_row(connection, _WAREHOUSE, {"name": name, "is_default": False, "is_active": True})


def test_rows_of_ids_come_once_each(stall: Counter) -> None:
    """Five ids are asked for with eight marks; more than a chunk with two statements."""
    with stall.db.write() as session:
        connection = session.connection()
        added = [_add(connection, f"{number}号仓") for number in range(4)]
        wanted = [stall.warehouse, *added]
        found = list(_NAMES.of_ids(connection, [*wanted, added[0]]))
        assert sorted(row[0] for row in found) == sorted(wanted)
        assert {row[0]: row[2] for row in found} == {one: one == stall.warehouse for one in wanted}
        assert all(type(row[2]) is bool for row in found)
        assert len(list(_NAMES.of_ids(connection, range(1, CHUNK + 2)))) == len(wanted)
        assert list(_NAMES.of_ids(connection, [])) == []
        assert _NAMED.scalar(connection, called="2号仓") == added[2]
        assert _NAMED.first(connection, called="无") is None


@pytest.mark.parametrize(("price", "error"), [(1.0, TypeError), (D("0.0000001"), ValueError), (D("NaN"), TypeError)])
def test_a_number_that_does_not_fit_is_refused_beside_one_that_does(
    stall: Counter, price: Any, error: type[Exception]
) -> None:
    """1.0 equals Decimal(1): it must not pass because its neighbour did."""
    sku = stall.goods("sp1")
    other = stall.goods("sp2")
    rows = [(stall.retail, sku, D(1), stall.ctx.clock.today()), (stall.retail, other, price, stall.ctx.clock.today())]
    with pytest.raises(error), stall.db.write() as session:
        insert_many(session.connection(), _PRICE, ("customer_id", "sku_id", "price", "day"), rows)
    with stall.db.read() as session:
        assert session.connection().execute(select(_PRICE)).all() == []


def test_surplus_digits_beyond_what_decimals_usually_keep(stall: Counter) -> None:
    """Rounded to 28 digits this price would look whole."""
    row = (stall.retail, stall.goods("sp1"), D("1.00000000000000000000000000000001"), stall.ctx.clock.today())
    with pytest.raises(ValueError, match="decimal places"), stall.db.write() as session:
        insert_many(session.connection(), _PRICE, ("customer_id", "sku_id", "price", "day"), [row])


@pytest.mark.parametrize(("name", "code"), [("二楼", "constraint"), ("\ud83d仓", "text_not_storable")])
def test_the_drivers_refusals_are_ours_and_nothing_is_stored(stall: Counter, name: str, code: str) -> None:
    def add_two() -> None:
        with stall.db.write() as session:
            _add(session.connection(), "二楼")
            _add(session.connection(), name)

    with pytest.raises(UserError) as told:
        add_two()
    assert told.value.code == code
    with stall.db.read() as session:
        assert _NAMED.scalar(session.connection(), called="二楼") is None


def test_open_lists_hear_of_it(stall: Counter) -> None:
    heard: list[frozenset[str]] = []
    stall.db.on_change(heard.append)
    with stall.db.write() as session:
        _NAMED.first(session.connection(), called="二楼")
    with stall.db.write() as session:
        _add(session.connection(), "二楼")
    sku = stall.goods("sp1", stock="3")
    heard_of_goods = len(heard)
    with stall.db.write() as session:
        changed = update_many(session.connection(), _BALANCE, ["quantity"], ["sku_id"], [(D(2), sku)])
    assert changed == 1
    assert (heard[0], heard[heard_of_goods:]) == ({"parties"}, [{"stock"}])


def test_not_outside_a_transaction(stall: Counter) -> None:
    """There the driver would commit each row by itself. Core begins a transaction, after which it goes: the control."""
    with stall.db.engine.connect() as connection:
        with pytest.raises(AssertionError):
            _NAMED.scalar(connection, called="二楼")
        connection.execute(select(_WAREHOUSE.c.id))
        assert _NAMED.scalar(connection, called="二楼") is None
