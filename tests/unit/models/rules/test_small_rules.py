"""Logistics, dates, numbers: rules of one or two lines each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from jdy_desktop.models.rules import dates, logistics, numbering
from jdy_desktop.models.states import DocumentKind, Logistics

MANUAL_DAY = date(2019, 3, 27)


@pytest.mark.manual("M127")
@pytest.mark.parametrize("freight", [None, D(0), D("0.00")])
def test_no_freight_means_self_pickup(freight):
    assert logistics.default_logistics(freight) is Logistics.SELF_PICKUP


@pytest.mark.manual("M127")
def test_freight_means_express():
    assert logistics.default_logistics(D(12)) is Logistics.EXPRESS


@pytest.mark.manual("M143", "M144")
def test_money_arrives_when_confirmed_or_on_the_tenth_day():
    assert logistics.expected_money_date(MANUAL_DAY) == date(2019, 4, 6)
    assert logistics.expected_money_date(MANUAL_DAY, date(2019, 3, 30)) == date(2019, 3, 30)
    assert logistics.expected_money_date(MANUAL_DAY, date(2019, 4, 20)) == date(2019, 4, 6)
    assert logistics.expected_money_date(None, date(2019, 3, 30)) == date(2019, 3, 30)
    assert logistics.expected_money_date(None) is None


@pytest.mark.manual("M15")
def test_the_start_day_itself_is_allowed():
    assert dates.is_before_start(date(2019, 2, 28), date(2019, 3, 1))
    assert not dates.is_before_start(date(2019, 3, 1), date(2019, 3, 1))


@pytest.mark.manual("M158")
def test_numbers_count_per_kind_and_day():
    def following(*used):
        return numbering.next_number(DocumentKind.SALE, MANUAL_DAY, used)

    assert following() == "XH20190327001"
    assert following("XH20190327001") == "XH20190327002"
    assert following("XH20190326009", "XT20190327004", "GH20190327004", "手写7") == "XH20190327001"
    assert following("XH20190327001", "XH20190327005") == "XH20190327006"


def test_the_thousandth_sale_of_a_day_has_four_digits_and_sorts_last():
    after = numbering.next_number(DocumentKind.SALE, MANUAL_DAY, ["XH20190327999"])
    assert after == "XH201903271000"
    numbers = [after, "手写7", "XH20190328001", "XH20190327999"]
    assert sorted(numbers, key=numbering.number_sort_key) == ["手写7", "XH20190327999", after, "XH20190328001"]
    assert numbering.next_number(DocumentKind.SALE, MANUAL_DAY, numbers) == "XH201903271001"


def test_every_kind_has_its_own_prefix():
    assert set(numbering.PREFIXES) == set(DocumentKind)
    assert len(set(numbering.PREFIXES.values())) == len(DocumentKind)
    assert numbering.document_number(DocumentKind.OTHER_RECEIPT, MANUAL_DAY, 7) == "QTRK20190327007"


def test_counters_start_at_one():
    with pytest.raises(ValueError, match="start at 1"):
        numbering.document_number(DocumentKind.SALE, MANUAL_DAY, 0)


@pytest.mark.manual("M157")
def test_the_manuals_second_table_is_sorted_by_sale_number_newest_first():
    printed = [
        "XH20190327001",
        "XH20190326001",
        "XH20190321014",
        "XH20190321012",
        "XH20190321011",
        "XH20190321010",
        "XH20190321009",
        "XH20190321008",
        "XH20190321007",
        "XH20190321006",
    ]
    assert sorted(sorted(printed), key=numbering.number_sort_key, reverse=True) == printed
