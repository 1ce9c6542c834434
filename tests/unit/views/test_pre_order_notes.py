"""Short sentences below refused rows: none is missing, none asks for a fact nobody brings."""

from __future__ import annotations

from jdy_desktop.models.rules.preorder_advice import AdviceCode
from jdy_desktop.views.texts import ADVICE, NOTES, note_sentence
from jdy_desktop.views.texts.filling import names


def test_every_advice_has_its_note() -> None:
    assert set(ADVICE) - {"checking"} <= set(NOTES)


def test_notes_ask_only_for_what_the_line_brings() -> None:
    line = {"goods", "unit", "quantity", "minimum", "online_stock"}
    for code, template in NOTES.items():
        assert names(template) <= line | {"shop", "number", "numbers"}, code


def test_without_a_line_the_general_note_is_said() -> None:
    assert note_sentence(AdviceCode.BELOW_MINIMUM, {"offer_id": "1"}) == NOTES["unknown"]
    assert note_sentence("never_heard_of", {}) == NOTES["unknown"]


def test_words_of_strangers_stay_text() -> None:
    told = note_sentence(AdviceCode.NO_OFFER, {"sku_code": "{goods}", "name": "[x]"})
    assert told == "{goods} [x] 还没有匹配 1688 的宝贝。"
