from __future__ import annotations

import pytest

from jdy_desktop.models.rules.codes import ProductCode, normalise_code, product_code, sku_code, sku_codes


@pytest.mark.parametrize("text", ["sp1", "SP1", "ｓｐ１", " sp1 ", "s p\t1", "sp1\u3000", "\ufeffsp1", "Sp\u200b1"])
def test_case_width_and_blanks_do_not_make_another_code(text):
    assert normalise_code(text) == "sp1"


def test_empty_codes_have_no_key():
    assert [normalise_code(text) for text in (None, "", " \u3000\n")] == ["", "", ""]


@pytest.mark.manual("M51", "M72")
def test_sku_codes_count_from_001():
    assert sku_code("sp1", 1) == "sp1_001"
    assert sku_codes("sp32501", 3) == ("sp32501_001", "sp32501_002", "sp32501_003")
    assert sku_code("sp1", 1000) == "sp1_1000"


def test_a_sku_number_below_one_is_a_bug():
    with pytest.raises(ValueError, match="start at 1"):
        sku_code("sp1", 0)


def test_new_skus_do_not_take_codes_that_exist():
    assert sku_codes("SP1", 2, {"sp1_001", "sp1_003"}) == ("SP1_002", "SP1_004")
    assert sku_codes("sp1", 0) == ()


@pytest.mark.manual("M66")
def test_the_product_code_is_the_item_number_or_the_offer_id():
    assert product_code("sp32501", "588616757513") == ProductCode("sp32501", is_changed=False)
    assert product_code(" ", "588616757513") == ProductCode("588616757513", is_changed=False)
    assert product_code(None, "588616757513") == ProductCode("588616757513", is_changed=False)


def test_a_doubled_item_number_gets_the_offers_tail_and_is_told():
    assert product_code("SP1", "588616757513", {"sp1"}) == ProductCode("SP1-7513", is_changed=True)
    assert product_code("sp1", "588616757513", {"sp1", "sp1-7513"}) == ProductCode("sp1-57513", is_changed=True)


def test_even_the_whole_id_taken_leads_to_a_free_code():
    taken = {"7", "7-7", "7-7-2"}
    assert product_code("7", "7", taken) == ProductCode("7-7-3", is_changed=True)
    tails = {"sp1", *(f"sp1-{'588616757513'[-n:]}" for n in range(4, 13))}
    assert product_code("sp1", "588616757513", tails).code == "sp1-588616757513-2"
