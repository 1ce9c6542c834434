from __future__ import annotations

from decimal import Decimal as D

import pytest

from jdy_desktop.models.rules import costing
from jdy_desktop.models.rules.costing import CostState, issue, receive, unit_cost


def start(quantity, amount):
    return receive(CostState(), D(quantity), D(amount)).state


def test_receipts_mix_into_one_average():
    state = receive(start(10, 100), D(30), D(420)).state
    assert (state.quantity, state.amount, unit_cost(state)) == (D(40), D(520), D("13.000000"))


def test_an_issue_takes_its_part_of_the_value():
    step = issue(start(3, 100), D(1))
    assert (step.cost, step.state.quantity, step.state.amount) == (D("33.3333"), D(2), D("66.6667"))
    assert step.adjustment == 0


def test_the_last_piece_takes_what_is_left():
    state, costs = start(3, 100), []
    for _ in range(3):
        step = issue(state, D(1))
        costs.append(step.cost)
        state = step.state
    assert costs == [D("33.3333"), D("33.3334"), D("33.3333")]
    assert (state.quantity, state.amount) == (0, 0)
    assert sum(costs) == 100


@pytest.mark.manual("M115")
def test_goods_may_come_in_for_nothing():
    assert unit_cost(start(5, 0)) == 0
    assert unit_cost(receive(start(5, 50), D(5), D(0)).state) == D(5)


def test_without_stock_the_last_cost_is_remembered():
    assert unit_cost(CostState()) == 0
    assert unit_cost(issue(start(5, 50), D(5)).state) == D(10)


@pytest.mark.manual("M119")
def test_below_zero_the_last_cost_stands_in():
    step = issue(start(2, 20), D(5))
    assert (step.cost, step.state.quantity, step.state.amount) == (D(50), D(-3), D(-30))
    again = issue(step.state, D(1))
    assert (again.cost, again.state.amount) == (D(10), D(-40))


def test_a_receipt_into_the_hole_puts_the_assumed_cost_right():
    hole = issue(start(2, 20), D(5)).state  # -3 pieces, booked at 10 each
    step = receive(hole, D(10), D(120))
    assert (step.state.quantity, step.state.amount, step.adjustment) == (D(7), D(84), D(6))
    assert unit_cost(step.state) == D(12)


def test_a_cheap_receipt_never_makes_a_negative_average():
    hole = issue(start(5, 50), D(10)).state
    step = receive(hole, D(6), D(6))
    assert (step.state.quantity, step.state.amount, step.adjustment) == (D(1), D(1), D(-45))


def test_a_receipt_that_fills_the_hole_exactly_leaves_nothing():
    step = receive(issue(start(5, 50), D(8)).state, D(3), D(100))
    assert (step.state.quantity, step.state.amount, step.adjustment) == (D(0), D(0), D(70))
    assert step.state.last_unit_cost == D("33.333333")


def test_a_receipt_smaller_than_the_hole_fills_a_part_of_it():
    step = receive(issue(start(5, 50), D(10)).state, D(3), D(36))
    assert (step.state.quantity, step.state.amount, step.adjustment) == (D(-2), D(-20), D(6))
    assert unit_cost(step.state) == D(12)


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_directions_are_not_mixed_up(quantity):
    with pytest.raises(ValueError, match="receipt"):
        receive(CostState(), D(quantity), D(1))
    with pytest.raises(ValueError, match="issue"):
        issue(CostState(), D(quantity))


def test_the_full_recomputation_on_integers():
    moves = [(1, 7, 3, 1_000_000), (2, 8, 1, 5), (3, 7, -1, 0), (4, 7, -2, 0), (5, 8, -1, 0), (6, 7, 1, 9)]
    assert costing.issue_costs(moves) == [(3, 333_333), (4, 666_667), (5, 5)]
