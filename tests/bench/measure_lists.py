"""How long the list of matches takes at 30,000 rows: all ids, one page, the counts, and typing in the search field.

`python -m tests.bench.measure_lists --rows 30000 --rounds 15`.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench import books, figures
from tests.bench.app_adapter import Goods

ID_TARGET_S = 0.1
SEARCH_TARGET_S = 0.003
PAGE = 200
WORDS = ("红色", "sp32", "连衣裙", "红", "sp32501_001", "夏季 红色", "不存在的词", "宝贝77")


def main() -> None:
    from jdy_desktop.services.channel.matching import Matching
    from jdy_desktop.services.machine.context import Context
    from jdy_desktop.services.queries.matches import MatchFilter, MatchList

    options = figures.arguments(__doc__ or "", rows=30_000, rounds=15)
    figures.machine()
    with tempfile.TemporaryDirectory(prefix="jdy-bench-") as place:
        db = books.new_book(Path(place) / "book.jdy")
        with db.write() as session:
            connection = session.connection()
            rng = random.Random(3)
            colours = ("红色", "白色", "黑色", "藏青")
            books.insert_goods(connection, (Goods.numbered(n) for n in range(options.rows // 3)))
            offers = (
                (
                    f"夏季新款{rng.choice(colours)}连衣裙 宝贝{n}",
                    f"sp{32501 + n}",
                    [(f"sp{32501 + n}_{v + 1:03d}", rng.choice(colours)) for v in range(3)],
                )
                for n in range(options.rows // 3)
            )
            books.insert_offers(connection, books.insert_shop(connection), offers)
        ctx = Context(operator="王姐")
        matched = Matching(db, ctx).auto_match().matched
        rows = MatchList(db, ctx)
        print(f"# {options.rows} rows, {matched} matched")

        def measure(what: str, call: Callable[[], object], target_s: float | None = None) -> None:
            call()
            times = []
            for _ in range(options.rounds):
                begin = time.perf_counter()
                call()
                times.append(time.perf_counter() - begin)
            figures.tell(what, times, target_s)

        ids = rows.ids(MatchFilter())
        assert len(ids) == options.rows
        middle = len(ids) // 2
        measure("ids(), no filter", lambda: rows.ids(MatchFilter()), ID_TARGET_S)
        measure("ids(), 未匹配", lambda: rows.ids(MatchFilter(is_matched=False)), ID_TARGET_S)
        measure(f"rows() of {PAGE} ids", lambda: rows.rows(ids[middle : middle + PAGE]))
        measure("counts()", lambda: rows.counts(MatchFilter()))
        for word in WORDS:
            found = len(rows.ids(MatchFilter(word)))
            measure(f"ids(), {word!r} ({found})", partial(rows.ids, MatchFilter(word)), SEARCH_TARGET_S)
        db.close()


if __name__ == "__main__":
    main()
