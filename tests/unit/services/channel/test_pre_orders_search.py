"""When a look-up proves that nothing was made, and which of several is ours (F2, §4.6, §6.4)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from jdy_desktop.models.ids import OfferId, PreOrderNumber
from jdy_desktop.services.ali1688.values import PreOrderPage, RemoteLine, RemotePreOrder
from jdy_desktop.services.channel.pre_order_search import Found, Wanted, judge, read_listing

NOW = datetime(2019, 3, 27, 13, 0, tzinfo=UTC)
LINE = RemoteLine(OfferId("588616757513"), None, 2, Decimal(64))
WANTED = Wanted("K7Q2M9X4TB", "XH20190327001", NOW, Decimal(128), Decimal(10), ((OfferId("588616757513"), None, 2),))


def order(number: int, minutes: float = 0, remark: str = "", **changes: object) -> RemotePreOrder:
    one = RemotePreOrder(
        PreOrderNumber(str(number)), 0, "https://trade.1688.com/x", Decimal(128), Decimal(10), Decimal(138), remark,
        NOW + timedelta(minutes=minutes), lines=(LINE,),
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def paged(orders: Sequence[RemotePreOrder], page: int, total: int | None = None, bad: int = 0) -> PreOrderPage:
    return PreOrderPage(tuple(orders[(page - 1) * 20 : page * 20]), len(orders) if total is None else total, bad)


NEWEST_FIRST = [order(n, -n) for n in range(95)]


def test_newest_first_is_read_until_older_than_the_sending() -> None:
    asked = []

    def page(number: int) -> PreOrderPage:
        asked.append(number)
        return paged(NEWEST_FIRST, number)

    assert read_listing(page, NOW).is_complete
    assert asked == [1]  # 20 minutes back is past the ten of the margin
    assert read_listing(page, NOW - timedelta(minutes=60)).is_complete
    assert asked[1:] == [1, 2, 3, 4]


def test_an_order_that_changes_is_read_until_all_were_seen() -> None:
    chance = random.Random(7)
    complete = 0
    for _ in range(40):
        listing = read_listing(lambda n: paged(chance.sample(NEWEST_FIRST[:30], 30), n), NOW)
        assert not listing.is_complete or len(listing.orders) == 30
        complete += listing.is_complete
    assert complete > 20


@pytest.mark.parametrize("hidden", [{"total": 96}, {"bad": 1}])
def test_a_list_with_something_hidden_proves_nothing(hidden: dict[str, int]) -> None:
    shuffled = random.Random(1).sample(NEWEST_FIRST, 95)
    assert not read_listing(lambda n: paged(shuffled, n, **hidden), NOW).is_complete


def test_an_unreadable_entry_spoils_even_a_sorted_list() -> None:
    assert not read_listing(lambda n: paged(NEWEST_FIRST, n, bad=1), NOW).is_complete
    assert not read_listing(lambda n: paged(NEWEST_FIRST[:5], n, bad=1), NOW).is_complete


def test_an_unknown_total_of_a_shuffled_list_proves_nothing() -> None:
    shuffled = random.Random(1).sample(NEWEST_FIRST, 95)
    assert not read_listing(lambda n: paged(shuffled, n, total=15), NOW).is_complete


def test_new_ones_coming_in_while_reading_hide_nothing() -> None:
    rows = list(NEWEST_FIRST)

    def page(number: int) -> PreOrderPage:
        found = paged(rows, number)
        rows.insert(0, order(1000 + len(rows), 1 + len(rows)))
        return found

    listing = read_listing(page, NOW - timedelta(minutes=80))
    assert listing.is_complete
    assert {str(n) for n in range(80)} <= {one.number for one in listing.orders}


def test_an_empty_list_is_complete() -> None:
    assert read_listing(lambda _n: PreOrderPage(()), NOW).is_complete


# ---------------------------------------------------------------- whose is it

OUR = "#K7Q2M9X4TB XH20190327001"


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([order(1, remark=OUR)], Found.KEY),
        ([order(1, remark=f"【买家留言】{OUR}")], Found.KEY),
        ([order(1, remark="#k7q2m9x4tb")], Found.KEY),
        ([order(1, remark="#K7Q2 M9X4TB")], Found.KEY),
        ([order(1, remark="")], Found.ALIKE),
        ([order(1, remark="XH20190327001")], Found.ALIKE),
        ([order(1), order(2)], Found.ASK),
        ([order(1, remark="张三明天来拿")], Found.ASK),
        ([order(1, remark="XH20190327001", total=Decimal(1))], Found.ASK),
        ([order(1, remark="#ABCDEFGHJK XH20190327001")], Found.ALIKE),
        ([order(1, remark="#ZZZZZZZZZZ XH20190320001")], Found.NONE),
        ([order(1, minutes=-11)], Found.NONE),
        ([order(1, total=Decimal(127))], Found.NONE),
        ([order(1, freight=Decimal(0))], Found.NONE),
        ([order(1, lines=(replace(LINE, quantity=3),))], Found.NONE),
        ([order(7)], Found.NONE),
        ([], Found.NONE),
    ],
)
def test_verdicts(listed: list[RemotePreOrder], found: Found) -> None:
    """7 is linked to another row; ZZZZZZZZZZ is the key of another row."""
    assert judge(WANTED, listed, {"7"}, {"ZZZZZZZZZZ"}).found is found


def test_two_with_our_key_are_both_told_the_older_first() -> None:
    verdict = judge(WANTED, [order(2, 1, OUR), order(1, 0, OUR)], set(), set())
    assert [one.number for one in verdict.orders] == ["1", "2"]
