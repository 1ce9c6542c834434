"""Paper of every kind of document: the right title, party, columns and foot, on rolls and sheets (features §1.1)."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.document_values import SaveDocument
from jdy_desktop.services.machine import schema
from jdy_desktop.services.paper.forms import PrintableSale, printable_sale
from jdy_desktop.views.printing import Paper, print_sale
from jdy_desktop.views.texts import label
from tests.support.clock import FrozenClock
from tests.support.counter import Counter, open_counter

D = Decimal
K = DocumentKind
pytestmark = pytest.mark.usefixtures("qapp")
_SALE_ONLY = ("客户承担费用", "物流方式", "预单编号", "扫码", "销售单价")


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[DocumentKind, PrintableSale]]:
    """One stored document of each kind: 4 pieces in one line, 2 in another."""
    counter = open_counter(schema.create_book(tmp_path_factory.mktemp("book") / "b.jdy"), FrozenClock())
    sku, two = counter.goods("sp32501", stock="50"), counter.parties.add_warehouse("二号仓")

    def request(kind: DocumentKind, price: str, **more: object) -> SaveDocument:
        lines = (counter.line(sku, "4", price), counter.line(sku, "2", price))
        return counter.request(kind, *lines, **more)

    wanted = (
        # 6 × 26 = 156, 4 off, 100 of 152 paid
        request(K.PURCHASE, "26", discount_amount=D(4), paid_amount=D(100), account_id=counter.cash),
        request(K.PURCHASE_RETURN, "10"),
        request(K.OTHER_RECEIPT, "12", category="其他入库"),
        request(K.OTHER_ISSUE, "0", category="其他出库"),
        request(K.SALE_RETURN, "30"),
        request(K.TRANSFER, "0", to_warehouse_id=two),
        counter.request(K.COUNT, counter.line(sku, "40", "0")),
    )
    yield {one.kind: _slip(counter, one) for one in wanted}
    counter.db.close()


def _slip(counter: Counter, request: SaveDocument) -> PrintableSale:
    document = counter.documents.document(counter.documents.save(request).id)
    return printable_sale(document, "禾木服饰商行", title=label(request.kind))


def words(slip: PrintableSale, paper: Paper, folder: Path) -> str:
    """What stands on the paper, blanks taken out."""
    pdf = folder / "slip.pdf"
    print_sale(slip, paper, pdf)
    found = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    assert _has_ink_inside(pdf)
    # The font's map back to characters gives radicals for some of them.
    return "".join(unicodedata.normalize("NFKC", found).replace("戶", "户").split())


def _has_ink_inside(pdf: Path) -> bool:
    """Nothing is painted over the edge of the paper."""
    subprocess.run(
        ["pdftoppm", "-r", "100", "-gray", "-png", "-singlefile", str(pdf), str(pdf.with_suffix(""))], check=True
    )
    with Image.open(pdf.with_suffix(".png")) as image:
        box = image.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
        return box is not None and min(box[0], box[1], image.width - box[2], image.height - box[3]) > 2


_EXPECTED = {
    K.PURCHASE: ("供应商", "海宁工厂", "26.00", "156.00", "4.00", "152.00", "本次付款", "100.00", "本次欠款", "52.00"),
    K.PURCHASE_RETURN: ("供应商", "海宁工厂", "60.00", "本次退款", "冲减欠款", "累计欠款"),
    K.OTHER_RECEIPT: ("其他入库", "合计金额", "72.00"),
    K.OTHER_ISSUE: ("其他出库", "领用人签字"),
    K.SALE_RETURN: ("客户", "零售", "180.00", "冲减欠款"),
    K.TRANSFER: ("档口仓→二号仓", "调出人签字", "调入人签字"),
    # 50 lay there, 6 came and 6 went with each other kind; 40 were counted
    K.COUNT: ("档口仓", "账面", "50", "40", "差异", "-10", "盘点人签字"),
}
_WITHOUT_MONEY = (K.OTHER_ISSUE, K.TRANSFER, K.COUNT)


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("kind", list(_EXPECTED))
def test_each_kind_says_what_it_is(
    slips: dict[DocumentKind, PrintableSale], kind: DocumentKind, paper: Paper, tmp_path: Path
) -> None:
    seen = words(slips[kind], paper, tmp_path)
    assert label(kind) in seen
    assert [one for one in (*_EXPECTED[kind], "制单人", "小王") if one not in seen] == []
    assert [one for one in _SALE_ONLY if one in seen] == []
    if kind not in (K.SALE_RETURN,):
        assert "客户" not in seen
    if kind in _WITHOUT_MONEY:
        assert "金额" not in seen
        assert "0.00" not in seen


@pytest.mark.parametrize(
    ("kind", "titles"),
    [
        (K.PURCHASE, ("仓库", "数量", "购货单价", "购货金额")),
        (K.PURCHASE_RETURN, ("仓库", "数量", "退货单价", "退货金额")),
        (K.OTHER_RECEIPT, ("仓库", "数量", "入库单价", "入库金额")),
        (K.TRANSFER, ("调出→调入", "数量", "档口仓→二号仓")),
        (K.COUNT, ("仓库", "账面数量", "实盘数量", "差异")),
    ],
)
def test_columns_of_a_sheet(
    slips: dict[DocumentKind, PrintableSale], kind: DocumentKind, titles: tuple[str, ...], tmp_path: Path
) -> None:
    seen = words(slips[kind], Paper.FORM_241, tmp_path)
    assert [one for one in titles if one not in seen] == []


def test_what_we_owe_a_supplier_is_told_from_his_side(slips: dict[DocumentKind, PrintableSale]) -> None:
    """Nothing before; 152 − 100 = 52 owed by this purchase and in all. The return of 60 came later: 52 − 60 = −8."""
    bought, back = slips[K.PURCHASE], slips[K.PURCHASE_RETURN]
    assert (bought.debt, bought.paid, bought.unpaid, bought.in_all) == ("0.00", "100.00", "52.00", "52.00")
    assert (back.debt, back.unpaid, back.in_all) == ("52.00", "60.00", "-8.00")


def test_a_reviewed_document_names_the_reviewer(tmp_path: Path) -> None:
    """Control question 2: who made it and who reviewed it stand on the paper."""
    counter = open_counter(schema.create_book(tmp_path / "b.jdy"), FrozenClock(), needs_review=True)
    sku = counter.goods("sp1")
    saved = counter.documents.save(counter.request(K.PURCHASE, counter.line(sku, "3", "7")))
    counter.documents.review(saved.id, saved.version)
    slip = printable_sale(counter.documents.document(saved.id), "禾木服饰商行", title="购货单")
    counter.db.close()
    assert all("审核人" in words(slip, paper, tmp_path) for paper in Paper)
