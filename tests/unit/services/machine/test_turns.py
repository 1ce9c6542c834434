"""The lock of the writers: one at a time, in the order of asking."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from jdy_desktop.services.machine.turns import Turns
from tests.support.waiting import until


def test_one_at_a_time() -> None:
    turns, inside, most = Turns(), [0], [0]

    def work() -> None:
        for _ in range(200):
            with turns:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most[0], turns.waiting) == (1, 0)


def test_who_asked_first_is_served_first() -> None:
    turns, served = Turns(), list[int]()

    def ask(number: int) -> None:
        with turns:
            served.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    with turns:
        for place, thread in enumerate(threads, 1):
            thread.start()
            until(partial(lambda n: turns.waiting == n, place))
    for thread in threads:
        thread.join()
    assert served == [0, 1, 2, 3, 4]


def test_a_download_does_not_overtake_the_waiting_sale() -> None:
    """The writer lets go and asks again at once, as a download does between its pages."""
    turns, story = Turns(), list[str]()
    is_sale_served = threading.Event()

    def sale() -> None:
        with turns:
            story.append("sale")
        is_sale_served.set()

    thread = threading.Thread(target=sale)
    with turns:
        thread.start()
        until(lambda: turns.waiting == 1)
        story.append("page 1")
    with turns:
        story.append("page 2")
    thread.join()
    assert story == ["page 1", "sale", "page 2"]


def test_an_error_inside_lets_go() -> None:
    turns = Turns()

    def fail() -> None:
        with turns:
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    with turns:
        pass
