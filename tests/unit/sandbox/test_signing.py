"""The market's own signature against the published and computed vectors of the platform."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jdy_desktop.sandbox.signing import expected_signature, is_signed

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "1688-vectors.json").read_text("utf-8"))["vectors"]


def test_all_thirteen_vectors_are_here() -> None:
    assert len(VECTORS) == 13


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_signature_is_the_expected_one(vector: dict[str, Any]) -> None:
    assert expected_signature(vector["secret"], vector["url_path"], vector["params"]) == vector["expected"]


def test_a_changed_parameter_a_missing_and_a_strange_signature_are_refused() -> None:
    params = {"a": "1", "b": "2"}
    good = expected_signature("test123", "p", params)
    assert is_signed("test123", "p", params | {"_aop_signature": good})
    assert not is_signed("test123", "p", {"a": "1", "b": "3", "_aop_signature": good})
    assert not is_signed("test123", "p", params)
    assert not is_signed("test123", "p", params | {"_aop_signature": "签名"})
