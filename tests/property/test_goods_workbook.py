"""Goods written to a workbook and read again are the same goods, whatever their names, codes and figures."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jdy_desktop.models.ids import ProductId, SkuId
from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_values import ProductDetail, SkuDetail, as_request
from jdy_desktop.services.excel.goods_reading import read_goods
from jdy_desktop.services.excel.goods_rows import plan
from jdy_desktop.services.excel.goods_table import write_goods
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.cases import cases

CODES = st.text("abcXYZ019_-.=+@'中款#/", min_size=1, max_size=12).filter(lambda text: text.strip("' ") == text)
WORDS = st.text("男士衬衫红白/·=+-@ '\"&<>é😀XL019,，。", min_size=1, max_size=12).map(
    lambda text: " ".join(text.split())
)
NAMES = WORDS.filter(lambda text: bool(text.strip()))
PRICES = st.decimals(0, 999_999_999_999, places=6, allow_nan=False)
PIECES = st.decimals(0, 99_999_999, places=4, allow_nan=False)
PATHS = {1: "服装", 2: "服装 / 衬衫", 3: "家居/家装 / 灯"}


@st.composite
def details(draw: Any) -> list[ProductDetail]:
    """A few products with different codes, with and without attributes."""
    codes = draw(st.lists(CODES, min_size=1, max_size=4, unique_by=normalise_code))
    return [draw(product(number, code)) for number, code in enumerate(codes, 1)]


@st.composite
def product(draw: Any, number: int, code: str) -> ProductDetail:
    attributes = tuple(draw(st.lists(NAMES, max_size=3, unique=True)))
    combinations = st.tuples(*(NAMES for _ in attributes))
    values = draw(st.lists(combinations, min_size=1, max_size=4, unique=True)) if attributes else [()]
    skus = tuple(draw(sku(number * 100 + place, f"{code}_{place:03d}" if attributes else code, one))
                 for place, one in enumerate(values, 1))  # fmt: skip
    return ProductDetail(
        id=ProductId(number), version=1, code=code, name=draw(NAMES), category_id=draw(st.sampled_from([None, 1, 2, 3])),
        category="", unit=draw(NAMES), specification=draw(WORDS), has_variants=bool(attributes),
        allow_negative=draw(st.booleans()), tax_rate=draw(st.none() | st.decimals(0, 100, places=4, allow_nan=False)),
        remark=draw(WORDS), picture="", pictures=(), attributes=attributes, is_downloaded=False, skus=skus,
    )  # fmt: skip


@st.composite
def sku(draw: Any, number: int, code: str, values: tuple[str, ...]) -> SkuDetail:
    prices = draw(st.dictionaries(st.sampled_from(list(PriceGrade)), PRICES))
    barcodes = tuple(draw(st.lists(st.text("0123456789AB-", min_size=1, max_size=14), max_size=3, unique=True)))
    minimum = draw(PIECES)
    return SkuDetail(
        SkuId(number), code, "/".join(values), values, prices, barcodes, minimum, "", Decimal(0), True, False
    )


@settings(max_examples=cases(10_000, 50), deadline=None)
@given(details())
def test_out_and_in_again_is_the_identity(goods: list[ProductDetail]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "goods.xlsx"
        write_goods(path, goods, lambda key: PATHS.get(key or 0, ""))
        sheet = read_goods(JobContext(), path)
    assert (sheet.troubles, sheet.bad) == ((), ())
    known = {normalise_code(one.code): one for one in goods}
    stored = plan(sheet.lines, known, PATHS)
    assert stored.troubles == ()
    assert [one.request.product_id for one in stored.goods if one.is_changed] == []
    assert len(stored.goods) == len(goods)
    fresh = plan(sheet.lines, {}, PATHS)
    assert fresh.troubles == ()
    for one, detail in zip(fresh.goods, goods, strict=True):
        assert one.category == (PATHS.get(detail.category_id or 0) or None)
        assert _plain(one.request) == _plain(as_request(detail))


def _plain(request: Any) -> Any:
    head = (request.code, request.name, request.unit, request.specification, request.remark, request.tax_rate)
    skus = [(one.values, one.code or request.code, one.prices, one.barcodes, one.minimum_stock) for one in request.skus]
    return (head, request.allow_negative, request.attributes, skus)
