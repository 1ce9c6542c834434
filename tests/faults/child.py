"""What the child processes of fault tests do. Run as `python -m tests.faults.child ACT BOOK …`; they may be killed.

Everything acknowledged is printed after the service has returned, so what the parent reads was promised to a clerk.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from jdy_desktop.models.channel import Shop
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import SkuId
from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.machine.db import open_sqlite
from tests.support.counter import Counter, reopened

SKUS = 6


def sell_one(counter: Counter, chance: random.Random, shop: int | None) -> str:
    """A sale of 1 to 12 lines, with its pre-order; the number once it is safe."""
    lines = tuple(
        counter.line(SkuId(chance.randint(1, SKUS)), str(chance.randint(1, 4)), str(chance.randint(1, 90)))
        for _ in range(chance.randint(1, 12))
    )
    return counter.sale(*lines, shop_id=shop, makes_pre_order=shop is not None).number


def sell_in_two_commits(counter: Counter, chance: random.Random) -> str:
    """The control: head first, lines in a transaction of their own, as a careless program would."""
    with counter.db.write() as session:
        head = session.scalars(select(Document).limit(1)).one()
        number = f"ZZ{chance.randrange(10**12):012d}"
        values = {c.name: getattr(head, c.name) for c in Document.__table__.columns if c.name != "id"}
        new = Document(**values | {"number": number, "client_key": number, "goods_amount": Decimal(90)})
        session.add(new)
        session.flush()
        new_id = new.id
        one = session.scalars(select(DocumentLine).limit(1)).one()
        line = {c.name: getattr(one, c.name) for c in DocumentLine.__table__.columns if c.name != "id"}
    for position in range(1, 7):
        with counter.db.write() as session:
            session.add(DocumentLine(**line | {"document_id": new_id, "position": position}))
    return number


def _sell_until_killed(path: str, seed: str, *, halves: bool) -> None:
    """For each line on stdin (seconds), a fork that sells, from its first sale on for so long, and is then killed without warning."""
    for round_, line in enumerate(sys.stdin):
        killed_after_s = float(line)
        ready, go = os.pipe()
        seller = os.fork()
        if seller == 0:
            os.close(ready)
            _sell_for_ever(path, f"{seed}-{round_}", go, halves=halves)
        os.close(go)
        os.read(ready, 1)
        time.sleep(killed_after_s)
        os.kill(seller, signal.SIGKILL)
        os.waitpid(seller, 0)
        os.close(ready)
        os.write(1, b"killed\n")


def _sell_for_ever(path: str, seed: str, go: int, *, halves: bool) -> None:
    """In a fork that opened nothing before: a connection must never cross a fork."""
    counter, chance = reopened(open_sqlite(Path(path))), random.Random(seed)
    with counter.db.read() as session:
        shop = session.scalar(select(Shop.id))
    is_warm = False
    while True:
        number = sell_in_two_commits(counter, chance) if halves else sell_one(counter, chance, shop)
        os.write(1, number.encode() + b"\n")  # one write, so that a kill leaves no half line
        if not is_warm:
            is_warm = os.write(go, b"x") == 1


def _fill_disk(path: str, limit: str) -> None:
    """Sell until no file may grow beyond `limit` bytes; tell the error; make room; sell the refused sale again."""
    import resource

    counter, chance = reopened(open_sqlite(Path(path))), random.Random(1)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), hard))
    while True:
        lines = tuple(counter.line(SkuId(chance.randint(1, SKUS))) for _ in range(8))
        try:
            print(counter.sale(*lines).number, flush=True)
        except JdyError as error:
            print("error", type(error).__name__, error.code, flush=True)
            break
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    print("after", counter.sale(*lines).number, flush=True)


def _hold_write(path: str) -> None:
    """Keep the write lock until a line comes in."""
    counter = reopened(open_sqlite(Path(path)))
    with counter.db.write() as session:
        session.execute(select(Document.id))
        print("held", flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    act, *rest = sys.argv[1:]
    if act == "sell":
        _sell_until_killed(*rest, halves=False)
    elif act == "sell-halves":
        _sell_until_killed(*rest, halves=True)
    elif act == "fill-disk":
        _fill_disk(*rest)
    elif act == "hold":
        _hold_write(*rest)
