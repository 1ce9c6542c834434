"""The 13 vectors of the platform's signature, and the traps they stand for."""

from __future__ import annotations

import pytest

from jdy_desktop.services.ali1688.signing import SIGNATURE, signature, text_to_sign
from tests.unit.services.ali1688.fake import VECTORS


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_signature_vector(vector: dict) -> None:
    assert text_to_sign(vector["url_path"], vector["params"]) == vector["string_to_sign"]
    assert signature(vector["secret"], vector["url_path"], vector["params"]) == vector["expected"]


def test_all_thirteen_vectors_are_there() -> None:
    assert len(VECTORS) == 13


def test_sorting_by_key_only_is_wrong() -> None:
    """The control: the tempting shortcut gives the other value of the vector."""
    [vector] = [one for one in VECTORS if one["id"] == "sort-by-concatenation"]
    by_key = vector["url_path"] + "".join(key + value for key, value in sorted(vector["params"].items()))
    assert by_key != vector["string_to_sign"]
    assert signature(vector["secret"], by_key, {}) == vector["wrong_if_sorted_by_key_only"]


def test_a_signature_does_not_sign_itself() -> None:
    assert signature("s", "p", {"a": "1", SIGNATURE: "OLD"}) == signature("s", "p", {"a": "1"})
