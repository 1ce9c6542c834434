"""Makes the filled book of this release for the museum: `python -m tests.museum.make`. Run once per release.

A file that stands in the museum is never made anew: it is what a stall of that release has on its disk. Only while the
release is not out yet, `--again` replaces it.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from jdy_desktop import __version__
from jdy_desktop.models.channel import RemotePreOrder
from jdy_desktop.models.states import DocumentKind, PayState, PriceGrade
from jdy_desktop.services.book.drafts import Drafts
from jdy_desktop.services.book.opening import OpeningLine, OpeningStock
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.services.channel.matching import Matching
from jdy_desktop.services.machine import schema
from tests.support.clock import FrozenClock
from tests.support.counter import Counter, open_counter

HERE = Path(__file__).resolve().parent


def fill(counter: Counter) -> None:
    """Something in every corner: variants, opening, purchase, sales of all states, offers, matches, pre-orders, drafts."""
    prices = {PriceGrade.RETAIL: Decimal(64), PriceGrade.WHOLESALE: Decimal("58.5")}
    skus = tuple(SaveSku(values=("白色", size), prices=prices) for size in ("S", "M", "L"))
    attributes = ("颜色", "尺码")
    product = counter.products.save(SaveProduct(code="sp32501", name="男士秋季衬衫", attributes=attributes, skus=skus))
    shirts = [one.id for one in counter.products.product(product).skus]
    towel = counter.goods("sp19005", price="8.8", stock="40", cost="3.2", allow_negative=True)
    opening = tuple(OpeningLine(sku, counter.warehouse, Decimal(100), Decimal("32.5")) for sku in shirts)
    OpeningStock(counter.db, counter.ctx).save(opening)
    second = counter.parties.add_warehouse("二号仓")
    line = counter.line(shirts[0], "20", "31", warehouse_id=second)
    counter.documents.save(counter.request(DocumentKind.PURCHASE, line))
    shop = counter.shop("AOP对外测试账号02")
    counter.offer(shop, "588616757513", None, item_number="sp19005", status="on_shelf")
    with counter.db.write() as session:
        session.execute(text("UPDATE offer_sku SET code_key = 'sp19005'"))
    Matching(counter.db, counter.ctx).auto_match()
    with counter.db.write() as session:
        session.add(
            RemotePreOrder(
                shop_id=shop, number="55070119811", created_at=counter.ctx.clock.now(), amount=Decimal("890.88"),
                freight=Decimal(10), remark="手机开的", pay_state=PayState.UNPAID, seen_at=counter.ctx.clock.now(),
            )
        )  # fmt: skip
    counter.sale(counter.line(towel, "6", "8.8"), shop_id=shop, makes_pre_order=True, customer_freight=Decimal(12))
    request = counter.request(DocumentKind.SALE, counter.line(shirts[1], "3", "64"), customer_id=counter.wholesale)
    changed = counter.edit(request, counter.documents.save(request), discount_amount=Decimal(2))
    voided = counter.sale(counter.line(shirts[2], "2", "64"))
    counter.documents.void(voided.id, voided.version)
    counter.documents.save(counter.request(DocumentKind.SALE_RETURN, counter.line(shirts[1], "1", "64")))
    Drafts(counter.db, counter.ctx).save("sale", {"lines": []}, is_held=True, note="张姐", summary=changed.number)


def main(*options: str) -> int:
    target = HERE / f"{__version__}.jdy.gz"
    if target.exists() and "--again" not in options:
        print(f"{target.name} is there already; a piece of the museum is never made anew")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.jdy"
        counter = open_counter(schema.create_book(book), FrozenClock())
        fill(counter)
        counter.db.close()
        target.write_bytes(gzip.compress(book.read_bytes(), mtime=0))
    print(f"{target.name}: {target.stat().st_size:,} bytes")
    return 0


def unpack(piece: Path, target: Path) -> None:
    target.write_bytes(gzip.decompress(piece.read_bytes()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
