"""Masked telephone numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jdy_desktop.models.rules.phones import masked_phone


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138 **** 5678"),
        ("0571-87654321", "057*-****4321"),
        ("110", "*10"),
        ("8765432", "*****32"),
        ("88", "88"),
        ("", ""),
        ("微信 hemu", "微信 hemu"),
    ],
)
def test_what_is_shown(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown


@given(st.text(alphabet="0123456789 -+()", max_size=30))
def test_never_more_than_seven_digits_are_left_and_nothing_is_added(phone: str) -> None:
    shown = masked_phone(phone)
    assert len(shown) == len(phone)
    assert sum(sign.isdigit() for sign in shown) <= 7
    assert all(now in (sign, "*") for now, sign in zip(shown, phone, strict=True))
