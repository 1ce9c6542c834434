"""Codes and barcodes that move from one SKU of a product to another in one save."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jdy_desktop.models.ids import ProductId
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku, SkuDetail
from jdy_desktop.services.errors import UserError
from tests.support.counter import Counter


def _bag(stall: Counter) -> tuple[ProductId, tuple[SkuDetail, ...]]:
    skus = tuple(SaveSku(values=(colour,)) for colour in ("红色", "白色", "黑色"))
    found = stall.products.save(SaveProduct(code="sp7", name="女包", skus=skus, attributes=("颜色",)))
    return found, stall.products.product(found).skus


def _save(stall: Counter, product_id: ProductId, *skus: SaveSku) -> None:
    version = stall.products.product(product_id).version
    request = SaveProduct(
        code="sp7", name="女包", skus=skus, attributes=("颜色",), product_id=product_id, version=version
    )
    stall.products.save(request)


def _kept(sku: SkuDetail, **changes: Any) -> SaveSku:
    return replace(SaveSku(sku.values, sku_id=sku.id, code=sku.code), **changes)


@pytest.mark.manual("M45")
def test_codes_go_round(stall: Counter) -> None:
    product_id, (red, white, black) = _bag(stall)
    _save(stall, product_id, _kept(red, code=white.code), _kept(white, code=black.code), _kept(black, code=red.code))
    after = {sku.id: sku.code for sku in stall.products.product(product_id).skus}
    assert after == {red.id: "sp7_002", white.id: "sp7_003", black.id: "sp7_001"}


def test_a_new_sku_takes_the_code_of_one_that_moves_on(stall: Counter) -> None:
    product_id, (red, white, black) = _bag(stall)
    new = SaveSku(("蓝色",), code=red.code)
    _save(stall, product_id, _kept(red, code="sp7_009"), _kept(white), _kept(black), new)
    assert {sku.name: sku.code for sku in stall.products.product(product_id).skus} == {
        "红色": "sp7_009",
        "白色": "sp7_002",
        "黑色": "sp7_003",
        "蓝色": "sp7_001",
    }


def test_barcodes_are_traded(stall: Counter) -> None:
    product_id, (red, white, black) = _bag(stall)
    _save(stall, product_id, _kept(red, barcodes=("6901",)), _kept(white, barcodes=("6902",)), _kept(black))
    _save(stall, product_id, _kept(red, barcodes=("6902",)), _kept(white, barcodes=("6901",)), _kept(black))
    after = {sku.name: sku.barcodes for sku in stall.products.product(product_id).skus}
    assert after == {"红色": ("6902",), "白色": ("6901",), "黑色": ()}


def test_a_code_that_stays_is_still_refused(stall: Counter) -> None:
    product_id, (red, white, black) = _bag(stall)
    with pytest.raises(UserError) as caught:
        _save(stall, product_id, _kept(red, code="SP7_002"), _kept(white), _kept(black))
    assert (caught.value.code, caught.value.row) == ("code_taken", 2)
