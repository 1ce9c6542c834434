"""kill -9 in the middle of saving: what was acknowledged is there, whole; what was not is there whole or not at all (F1, G1).

A child sells through the program's own service and prints each number after `save` has returned; it is killed after a
random 5 … 120 ms of selling, and the next child goes on with the file as it was left. `FAULTS_KILLS` sets how often (default
30; a release: 1,000). A kill keeps the system's page cache: this proves transactions and recovery, not the disk.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from jdy_desktop.models.channel import PreOrder
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.states import DocumentKind, UploadState
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.jobs import JobContext
from tests.faults.child import SKUS
from tests.support.counter import open_counter

KILLS = int(os.environ.get("FAULTS_KILLS", "30"))
CONTROL_KILLS = 12
#: Starting a program takes longer than the selling that is cut off; so each start serves several kills of a fork.
FORKS = 6


@pytest.fixture
def stocked(book: Any, frozen_clock: Any) -> Path:
    """A closed book with goods that never run out and one shop."""
    counter = open_counter(book, frozen_clock)
    for number in range(SKUS):
        counter.goods(f"sp{number}", stock="1000000")
    counter.shop("AOP对外测试账号02")
    counter.sale(counter.line(1))  # type: ignore[arg-type]
    book.close()
    return Path(book.path)


def kills(path: Path, act: str, times: int, chance: random.Random) -> Iterator[list[str]]:
    """The numbers acknowledged by each killed child."""
    for number in range(-(-times // FORKS)):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.child", act, str(path), str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        with child:
            for _ in range(min(FORKS, times - number * FORKS)):
                child.stdin.write(f"{chance.uniform(0.005, 0.12)}\n")
                child.stdin.flush()
                acknowledged = []
                while (line := child.stdout.readline().strip()) != "killed":
                    assert line, "the child ended by itself"
                    acknowledged.append(line)
                yield acknowledged
            child.stdin.close()


def wrong(path: Path, promised: list[str]) -> list[str]:
    """What a clerk would call lost or half, in a book reopened after a kill."""
    database = schema.open_book(path)
    try:
        found = [f"{one.code} {one.where} {one.detail}" for one in check_book(database, JobContext()).problems]
        with database.read() as session:
            stored = set(session.scalars(select(Document.number)))
            found += [f"lost {number}" for number in promised if number not in stored]
            sale = Document.kind == DocumentKind.SALE.value
            lineless = select(Document.number).where(sale, ~Document.lines.any())
            found += [f"no lines {number}" for number in session.scalars(lineless)]
            has_order = select(PreOrder.id).where(PreOrder.sale_id == Document.id).exists()
            orderless = select(Document.number).where(Document.makes_pre_order, ~has_order)
            found += [f"no pre-order {number}" for number in session.scalars(orderless)]
            states = set(session.scalars(select(PreOrder.upload_state)))
            found += [f"state {state}" for state in states - {UploadState.WAITING.value}]
            sales = session.scalar(select(func.count()).select_from(Document).where(sale)) or 0
            numbers = [f"XH20190327{n:03d}" for n in range(1, sales + 1)]
            ours = {number for number in stored if number.startswith("XH")}
            if not any(number.startswith("ZZ") for number in stored) and ours != set(numbers):
                found.append(f"numbers {sorted(ours ^ set(numbers))}")
            assert session.scalar(select(func.count()).select_from(DocumentLine))
    finally:
        database.close()
    return found


@pytest.mark.timeout(max(180, 3 * KILLS))
def test_nothing_acknowledged_is_lost_and_nothing_is_half(stocked: Path) -> None:
    promised: list[str] = []
    busy = 0
    for acknowledged in kills(stocked, "sell", KILLS, random.Random(1688)):
        promised += acknowledged
        busy += len(acknowledged) > 1
        assert wrong(stocked, promised) == []
    assert len(set(promised)) == len(promised)
    assert busy >= KILLS / 3, "too few kills hit a selling program to prove anything"


def test_two_commits_leave_halves(stocked: Path) -> None:
    """The control: head and lines in transactions of their own. The same kills must find half documents."""
    started = time.monotonic()
    chance = random.Random(8)
    while time.monotonic() - started < 60:
        for _ in kills(stocked, "sell-halves", CONTROL_KILLS, chance):
            pass
        if any(one.startswith(("no lines", "document_sum_differs ZZ")) for one in wrong(stocked, [])):
            return
    pytest.fail("the kills saw nothing: they prove nothing")
