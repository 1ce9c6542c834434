"""Attribute values and their combinations (M46, M49, M51)."""

from __future__ import annotations

import pytest

from jdy_desktop.models.rules.combinations import combinations, split_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("红色 蓝色", ("红色", "蓝色")),
        ("红色，蓝色、黄色;绿色；白色/黑色,灰色", ("红色", "蓝色", "黄色", "绿色", "白色", "黑色", "灰色")),
        ("  S\u3000M  S ", ("S", "M")),
        (" ，、 ", ()),
    ],
)
def test_values_are_split_and_come_once(text: str, values: tuple[str, ...]) -> None:
    assert split_values(text) == values


def test_every_colour_goes_with_every_size() -> None:
    assert combinations([("红色", "蓝色"), ("S", "M")]) == (("红色", "S"), ("红色", "M"), ("蓝色", "S"), ("蓝色", "M"))
    assert combinations([]) == ()
    assert combinations([("红色",), ()]) == ()
