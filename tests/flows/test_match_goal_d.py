"""Goal D of features.md: 50 unmatched SKUs of 8 offers, 2 doubled codes, 1 empty one; keys counted, no wrong link."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.support.channel import add_offer, add_product, add_shop
from tests.support.match_desk import CTRL, MatchDesk
from tests.support.program import Driver

COLOURS = ("红色", "绿色", "蓝色", "白色", "黑色", "黄色", "灰色")
SIZES = [7, 6, 6, 6, 6, 6, 6, 7]  # rows per offer: 50


def _names(count: int) -> list[str]:
    return [f"{colour}/均码" for colour in COLOURS[:count]]


def _goods(desk: Driver, *, codes: str) -> None:
    """`codes`: "equal" on both sides, "other" SKU codes with the same 货号, "none" of the codes shared."""
    with desk.program.ready.db.write() as session:
        shop = add_shop(session)
        for number, count in enumerate(SIZES, 1):
            code, title = f"sp4{number:02d}", f"{'甲乙丙丁戊己庚辛'[number - 1] * 4}款第{number}号上衣"
            ours = [(f"{code}_{at:03d}", name) for at, name in enumerate(_names(count), 1)]
            add_product(session, code, title, ours)
            theirs = list(ours)
            if codes == "equal" and number == 1:
                theirs[1] = (theirs[0][0], theirs[1][1])  # doubled
            if codes == "equal" and number == 2:
                theirs[0] = ("", theirs[0][1])  # empty
            if codes != "equal":
                theirs = [(f"x{number}-{at}", name) for at, name in enumerate(_names(count), 1)]
            item_number = code if codes != "none" else f"y{number}"
            add_offer(session, shop, f"60000000{number:04d}", f"{title} 2019新款", item_number, theirs)
    desk.idle()


def _wrong(match: MatchDesk) -> list[str]:
    """Rows whose goods are not the same colour of the same product."""
    return [
        f"{row.platform_sku_name} {row.sku_name}"
        for row in match.rows()
        if row.is_matched
        and (row.sku_name.replace("/", "") != row.platform_sku_name or row.product_name not in row.title)
    ]


def _until_left(match: MatchDesk, left: int) -> None:
    match.desk.until(lambda: match.counts()[1] == str(left))


@pytest.mark.manual("M95", "M99")
def test_all_by_rule_takes_one_key_and_one_takes_it_back(desk: Driver) -> None:
    _goods(desk, codes="equal")
    match = MatchDesk(desk)
    assert match.page.filters.shop.value() is not None
    assert match.counts() == ("0", "50")
    match.press(Qt.Key.Key_M, CTRL)
    desk.until(lambda: match.counts() == ("47", "3"))
    assert match.keys <= 2
    assert "匹配了 47 行，还有 3 行未匹配" in match.toast()
    assert "2 行货号重复" in match.toast()
    assert _wrong(match) == []
    left = [(row.sku_item_number, row.platform_sku_name) for row in match.rows(matched=False)]
    assert left == [("sp401_001", "红色均码"), ("sp401_001", "绿色均码"), ("", "红色均码")]
    match.press(Qt.Key.Key_Z, CTRL)
    desk.until(lambda: match.counts() == ("0", "50"))
    assert "47 行" in match.toast()


def test_offer_by_offer_takes_a_key_each(desk: Driver) -> None:
    _goods(desk, codes="other")
    match = MatchDesk(desk)
    _ = match.page
    for left in (43, 37, 31, 25, 19, 13, 7, 0):
        match.press(Qt.Key.Key_Return, CTRL)
        _until_left(match, left)
    assert match.keys <= 20
    assert _wrong(match) == []
    match.press(Qt.Key.Key_Z, CTRL)
    desk.until(lambda: match.counts() == ("43", "7"))


def test_one_by_one_takes_two_keys_a_row_at_most(desk: Driver) -> None:
    _goods(desk, codes="none")
    match = MatchDesk(desk)
    _ = match.page
    match.press(Qt.Key.Key_Return)
    for done in range(1, 51):
        row = match.rows(matched=False)[0]
        items = match.popup().items
        fitting = next(n for n, item in enumerate(items) if item.detail.startswith(row.platform_sku_name[:2]))
        for _ in range(fitting):
            match.press(Qt.Key.Key_Down)
        match.press(Qt.Key.Key_Return)
        _until_left(match, 50 - done)
    assert match.keys <= 100
    assert _wrong(match) == []
    # Nothing in such a list was called certain: no code is equal.
    assert match.page.pager.page in (2, 3)


def test_a_doubled_or_empty_code_is_never_called_certain(desk: Driver) -> None:
    _goods(desk, codes="equal")
    match = MatchDesk(desk)
    for row in match.rows():
        found = desk.program.ready.matching.suggestions(row.id)
        certain = [one for one in found if one.is_sure]
        assert len(certain) <= 1
        if not row.sku_item_number:
            assert certain == []
