"""Paper, looked at as a scanner and an eye do: printed to PDF, rasterised at the printer's 203 dpi (M129–M135, F17)."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from jdy_desktop.services.errors import LocalError, PrinterMissing
from jdy_desktop.services.paper.forms import PrintableCode, PrintableLine, PrintableSale, in_words
from jdy_desktop.services.paper.qr import make_qr
from jdy_desktop.views.printing import Paper, print_code, print_sale

URL = "https://trade.1688.com/order/preorder.htm?id=55070119811"
CODE = PrintableCode(
    make_qr(URL).matrix, URL, "55070119811", "AOP对外测试账号02", "XH20190327001", "890.88", "2019-04-01 21:00"
)
LONG = "2018夏季新款宽松拼接撞色上衣女 时尚小猫刺绣打底棉T恤厂家直"
LINES = (
    PrintableLine("sp32501", "男士秋季衬衫量大可批发", "白色/S", "件", "4", "64.00", "256.00"),
    PrintableLine("sp32701", LONG, "香夹白/S", "件", "2", "59.00", "118.00"),
    PrintableLine("sp32701", LONG, "香夹白/M", "件", "3", "59.00", "177.00"),
    PrintableLine("sp32602", "大批发真皮女包", "红色", "个", "1", "188.00", "188.00"),
    PrintableLine("sp19005", "PET电气绝缘胶带 黄色", "1350FY-1", "卷", "4", "13.92", "55.68"),
    PrintableLine("sp32301", "休闲运动棉量大可批发", "红色/XS", "件", "2", "44.00", "88.00"),
)
SALE = PrintableSale(
    "禾木服饰商行", "销货单", "XH20190327001", "2019-03-27", "2019-03-27 21:00", "零售", "零售客户", LINES, "16", "882.68",
    "1.80", "880.88", "10.00", "快递", "890.88", in_words(Decimal("890.88")), "王姐", debt="0.00", code=CODE,
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("qapp")


def raster(pdf: Path, dpi: int = 203, page: int = 1) -> Image.Image:
    out = pdf.with_suffix(f".{page}")
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-gray", "-png", "-singlefile", "-f", str(page), str(pdf), str(out)], check=True
    )
    with Image.open(f"{out}.png") as image:
        return image.convert("L")


def size_mm(pdf: Path) -> tuple[float, float]:
    box = PdfReader(pdf).pages[0].mediabox
    return round(float(box.width) / 72 * 25.4, 1), round(float(box.height) / 72 * 25.4, 1)


def read(image: Image.Image) -> dict[str, str]:
    return {found.format.name: found.text for found in zxingcpp.read_barcodes(image)}


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """Margins without ink: left, top, right, bottom, in pixels."""
    box = image.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert box is not None
    return box[0], box[1], image.width - box[2], image.height - box[3]


@pytest.mark.manual("M129", "M131")
@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("what", ["sale", "code"])
@pytest.mark.parametrize("dpi", [203, 144])
def test_the_code_reads_back_from_every_paper(tmp_path: Path, paper: Paper, what: str, dpi: int) -> None:
    pdf = tmp_path / "paper.pdf"
    pages = print_sale(SALE, paper, pdf) if what == "sale" else print_code(CODE, paper, pdf)
    assert pages == len(PdfReader(pdf).pages) == 1
    image = raster(pdf, dpi)
    codes = read(image)
    assert codes["QRCode"] == URL
    if what == "sale" and dpi == 203 and paper in (Paper.ROLL_58, Paper.ROLL_80):
        assert codes["Code128"] == "XH20190327001"
    assert min(ink(image)) > 0.02 * dpi
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("paper", "width", "height"),
    [(Paper.ROLL_58, 58, None), (Paper.ROLL_80, 80, None), (Paper.FORM_241, 241, 140), (Paper.A4, 210, 297)],
)
def test_sizes_of_paper(tmp_path: Path, paper: Paper, width: float, height: float | None) -> None:
    """To half a millimetre; a roll is as long as its text, with room to tear it off."""
    pdf = tmp_path / "paper.pdf"
    print_sale(SALE, paper, pdf)
    found_width, found_height = size_mm(pdf)
    assert abs(found_width - width) <= 0.5
    if height is not None:
        assert abs(found_height - height) <= 0.5
    else:
        *_, bottom = ink(raster(pdf))
        assert 3 <= bottom / 203 * 25.4 <= 8


def test_codes_are_black_and_white_in_whole_dots(tmp_path: Path) -> None:
    """No grey specks as of JPEG, every module the same number of printer dots."""
    pdf = tmp_path / "code.pdf"
    print_code(CODE, Paper.ROLL_80, pdf)
    image = raster(pdf)
    [found] = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    corner = found.position
    box = (corner.top_left.x, corner.top_left.y, corner.bottom_right.x, corner.bottom_right.y)
    cut = image.crop((box[0] + 2, box[1] + 2, box[2] - 2, box[3] - 2))
    grey = sum(count for value, count in enumerate(cut.histogram()) if 0 < value < 255)
    assert grey == 0
    side = round((box[2] - box[0]) / len(CODE.matrix), 1)
    assert abs(side - round(side)) < 0.15


def test_look_22_the_receipt_has_everything(tmp_path: Path) -> None:
    pdf = tmp_path / "r.pdf"
    print_sale(SALE, Paper.ROLL_80, pdf)
    left, top, right, _ = (round(edge / 203 * 25.4, 1) for edge in ink(raster(pdf)))
    assert left >= 3.5
    assert right >= 3.5
    assert top >= 4


def test_a_long_sale_takes_pages_and_the_money_stands_on_the_last(tmp_path: Path) -> None:
    sale = replace(SALE, lines=LINES * 3 + LINES[:1])
    pdf = tmp_path / "long.pdf"
    assert print_sale(sale, Paper.FORM_241, pdf) == len(PdfReader(pdf).pages) == 3
    assert "QRCode" not in read(raster(pdf, page=1))
    assert read(raster(pdf, page=3))["QRCode"] == URL
    full = replace(SALE, lines=(LINES * 5)[:25])
    assert print_sale(full, Paper.A4, pdf) == 1
    image = raster(pdf)
    assert read(image)["QRCode"] == URL
    assert min(ink(image)) / 203 * 25.4 > 5


@pytest.mark.manual("M134")
def test_a_reprint_says_so(tmp_path: Path) -> None:
    """Same code; only the words differ, so the paper grows by a line."""
    first, again = tmp_path / "first.pdf", tmp_path / "again.pdf"
    print_code(CODE, Paper.ROLL_80, first)
    print_code(replace(CODE, reprint=1), Paper.ROLL_80, again)
    assert read(raster(first)) == read(raster(again))
    assert size_mm(again)[1] - size_mm(first)[1] == pytest.approx(4, abs=1.1)
    assert "补打 1" in _words(again)
    assert "补打" not in _words(first)


def _words(pdf: Path) -> str:
    import unicodedata

    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True)
    return unicodedata.normalize("NFKC", done.stdout)


def test_html_in_a_title_is_painted_as_text(tmp_path: Path) -> None:
    line = replace(LINES[0], name="儿童套装 <b>纯棉</b> & <img src=x>\n第二行")
    pdf = tmp_path / "html.pdf"
    for paper in (Paper.ROLL_80, Paper.FORM_241):
        print_sale(replace(SALE, lines=(line,)), paper, pdf)
        assert "<b>" in _words(pdf)


def test_large_figures_are_never_cut(tmp_path: Path) -> None:
    line = replace(
        LINES[0], quantity="99999.5", price="9999999.99", amount="99999999999.99", variant="很长的颜色名/" * 4
    )
    sale = replace(SALE, lines=(line,), amount="99999999999.99", goods_amount="99999999999.99", pieces="99999.5")
    pdf = tmp_path / "large.pdf"
    for paper in Paper:
        print_sale(sale, paper, pdf)
        assert _words(pdf).count("99999999999.99") >= 3, paper
        assert min(ink(raster(pdf))) > 4, paper


def test_without_a_printer_nothing_is_lost_and_one_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PrinterMissing):
        print_sale(SALE, Paper.ROLL_80, "no such printer")
    monkeypatch.setattr("jdy_desktop.views.printing.QPrinterInfo.defaultPrinterName", lambda: "")
    with pytest.raises(PrinterMissing):
        print_code(CODE, Paper.ROLL_58, "")
    with pytest.raises(LocalError):
        print_code(CODE, Paper.A4, tmp_path / "no such folder" / "code.pdf")


def test_a_failed_print_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jdy_desktop.views import print_roll

    pdf = tmp_path / "code.pdf"
    pdf.write_bytes(b"the former one")

    def jam(self: object) -> None:
        raise LocalError("print_failed")

    monkeypatch.setattr(print_roll.Receipt, "paint", jam)
    with pytest.raises(LocalError, match="print_failed"):
        print_code(CODE, Paper.ROLL_80, pdf)
    assert pdf.read_bytes() == b"the former one"
    assert list(tmp_path.glob(".*")) == []
