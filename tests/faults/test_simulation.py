"""Random days of a whole stall, power cuts and bad lines included: stock, money and codes are what was done (G5).

A seed tells the same story again: `-k seed7`. `make deep` plays two thousand of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jdy_desktop.sandbox.faults import CREATE
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.ali1688 import client
from jdy_desktop.services.book.document_values import SaveDocument
from jdy_desktop.services.channel.outbox import Claim, Outbox
from jdy_desktop.services.machine.db import Database
from tests.support.cases import cases
from tests.support.simulation import Story

STEPS = 60

pytestmark = [
    pytest.mark.expect_log("WARNING jdy_desktop.*", "ERROR jdy_desktop.*"),
    pytest.mark.usefixtures("memory_keyring"),
]

Begin = Callable[[type[Story], int], Story]


@pytest.fixture
def begin(tmp_path: Path, market: PracticeMarket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """A stall on its first morning, with goods, stock and a shop, at a commit of which the power may go."""
    monkeypatch.setattr(client, "READ_PAUSE_S", 0.001)
    monkeypatch.setattr(client, "BACKOFF_S", (0.001,))
    begun: list[Story] = []

    def begin(kind: type[Story], seed: int) -> Story:
        story = kind(tmp_path / "data", market, seed)
        begun.append(story)
        monkeypatch.setattr(Database, "write", story.under_power(Database.write))
        return story

    yield begin
    for story in begun:
        story.close()


@pytest.mark.parametrize("seed", range(cases(2_000, 5)), ids="seed{}".format)
def test_whatever_happens_nothing_is_lost_and_nothing_doubled(begin: Begin, seed: int) -> None:
    story = begin(Story, seed)
    try:
        for step in range(1, STEPS + 1):
            story.act()
            if step % 20 == 0 and story.writes_left is None:
                story.check()
        story.end_well()
    except AssertionError as failure:
        failure.add_note(f"seed {seed}: {' '.join(story.log)}")
        raise
    assert sum(story.done.values()) + sum(story.told.values()) >= STEPS


class _Forgetful(Story):
    """A form that does not remember its key."""

    def again(self, request: SaveDocument) -> SaveDocument:
        return replace(request, client_key=self.services.documents.new_client_key())


def test_control_pressed_again_without_its_key_a_sale_is_there_twice(begin: Begin) -> None:
    story = begin(_Forgetful, 1)
    story.check()
    story.cut_at(1, before=False)
    story.sell()
    with pytest.raises(AssertionError):
        story.check()


def test_control_sent_again_whatever_happened_a_sale_has_two_codes(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send_again(self: Outbox, claim: Claim, reason: str) -> None:
        self.put_back(claim, reason, "", 1)

    monkeypatch.setattr(Outbox, "unclear", send_again)
    story = begin(Story, 1)
    story.world.faults.add("answer_lost", count=1, api=CREATE)
    story.sell_through_1688()
    story.work()
    with pytest.raises(AssertionError, match="two codes"):
        story.end_well()
