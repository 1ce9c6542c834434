"""How long a sale of 20 lines takes to be on disk, alone and while offers come in.

`python -m tests.bench.measure_save --sales 200 --offers 2000 --pause 20` (milliseconds between sales: a busy counter).
"""

from __future__ import annotations

import random
import tempfile
import threading
import time
from decimal import Decimal
from pathlib import Path

from tests.bench import figures
from tests.bench.app_adapter import Goods, SaleDesk, stocked_book

TARGET_S = 0.2
LINES = 20


def main() -> None:
    from jdy_desktop.models.states import DownloadMode, DownloadRange
    from jdy_desktop.services.bundle import build_services
    from jdy_desktop.services.channel.downloads import DownloadReport, DownloadRequest
    from jdy_desktop.services.machine.context import Context
    from jdy_desktop.services.machine.courtesy import join_background
    from jdy_desktop.services.machine.folders import Folders
    from jdy_desktop.services.machine.jobs import JobContext
    from jdy_desktop.services.machine.settings import LocalSettings
    from jdy_desktop.services.machine.vault import Vault
    from tests.support.memory_keyring import MemoryKeyring

    options = figures.arguments(__doc__ or "", sales=200, offers=2000, goods=1000, pause=20)
    figures.machine()
    with tempfile.TemporaryDirectory(prefix="jdy-bench-") as place:
        folders = Folders(Path(place))
        folders.make()
        settings = LocalSettings(folders.settings_file)
        goods = [Goods.numbered(900_000 + n) for n in range(options.goods)]
        db = stocked_book(folders.books / "book.jdy", goods)
        services = build_services(db, Context(operator="王姐"), settings, folders, Vault(MemoryKeyring()))
        desk = SaleDesk(db, [Decimal("39.90")] * (3 * options.goods))
        rng = random.Random(1)
        numbers = iter(range(10**9))

        def sale() -> float:
            lines = [(sku, rng.randrange(1, 4)) for sku in rng.sample(range(1, 3 * options.goods + 1), LINES)]
            start = time.perf_counter()
            desk.order(next(numbers), lines)
            return time.perf_counter() - start

        def sales(running: threading.Thread | None) -> list[float]:
            times: list[float] = []
            while len(times) < options.sales and (running is None or running.is_alive()):
                times.append(sale())
                time.sleep(options.pause / 1000)
            return times

        sale()
        figures.tell("sale of 20 lines, alone", sales(None), TARGET_S)
        with figures.market_process(settings, options.offers) as market:
            shop_id = market.authorize(services)
            reports: list[DownloadReport] = []

            def download(request: DownloadRequest) -> None:
                join_background()  # as the program's lane "net" does
                reports[:] = [services.downloads.run(JobContext(), request)]

            for mode in (DownloadMode.INFO_ONLY, DownloadMode.CREATE):
                request = DownloadRequest(shop_id, mode, DownloadRange.ALL)
                thread = threading.Thread(target=download, args=(request,))
                begin = time.perf_counter()
                thread.start()
                during = sales(thread)
                thread.join()
                took = time.perf_counter() - begin
                figures.tell(f"while {reports[0].offers} offers come in ({mode.value}, {took:.1f} s)", during, TARGET_S)
        db.close()


if __name__ == "__main__":
    main()
