"""Who may what: the seat at the counter."""

from __future__ import annotations

import pytest

from jdy_desktop.models.states import Role
from jdy_desktop.services.errors import Refused
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.views.texts import sentence


@pytest.mark.parametrize("right", Right)
def test_without_operators_everything_is_allowed_and_a_clerk_needs_the_owner(right: Right) -> None:
    ctx = Context()
    ctx.require(right)
    ctx.seat.take("王姐", Role.OWNER)
    ctx.require(right)
    ctx.seat.take("小王", Role.CLERK)
    assert not ctx.may(right)
    with pytest.raises(Refused) as refused:
        ctx.require(right)
    assert "店主" in sentence(refused.value)


def test_before_anybody_has_logged_in_nothing_of_it_is_allowed() -> None:
    ctx = Context(operator="王姐")
    assert ctx.may(Right.RESTORE)
    ctx.seat.leave()
    assert ctx.operator == ""
    assert not ctx.may(Right.RESTORE)
