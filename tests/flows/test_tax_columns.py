"""Control question 3: tax on a purchase, with prices that include it (rule A) and that do not (rule B) — M11, M125."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from jdy_desktop.models.states import DocumentKind
from tests.support.program import Driver, running_program
from tests.support.receiving import Receiver

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from jdy_desktop.sandbox.server import PracticeMarket

D = Decimal
K = Qt.Key


@pytest.fixture
def taxed(qtbot: QtBot, tmp_path: Path, market: PracticeMarket) -> Iterator[Driver]:
    """A book that computes tax, 13 % unless the goods have a rate of their own."""
    with running_program(qtbot, tmp_path, market, computes_tax=True) as driver:
        yield driver


def _clerk(driver: Driver, *, inclusive: bool, page: str = "purchase") -> Receiver:
    """`low`, the last of the goods, has 9 % of its own."""
    driver.program.ready.account_sets.set_tax(inclusive, D(13))
    clerk = Receiver(driver, page)
    clerk.skus.append(clerk.make("low", tax_rate=D(9)))
    driver.idle()
    return clerk


def _cells(clerk: Receiver, key: str) -> list[str]:
    model = clerk.page.table.rows_model()
    shown = next(one for one in model.columns if one.key == key)
    return [shown.text(line) for line in clerk.page.form.lines]


@pytest.mark.manual("M11", "M125")
@pytest.mark.parametrize(
    ("inclusive", "label", "prices"), [(True, "含税单价", ("113", "109")), (False, "购货单价", ("100", "100"))]
)
def test_a_purchase_counts_tax_by_both_rules(
    taxed: Driver, inclusive: bool, label: str, prices: tuple[str, str]
) -> None:
    """2 at 13 %: 200 + 26 = 226. 1 of the goods with 9 % of their own: 100 + 9 = 109. Together 335, tax 35, cost 300."""
    clerk = _clerk(taxed, inclusive=inclusive)
    clerk.choose_supplier()
    clerk.scan("sp001")
    clerk.type("2*")
    clerk.type(f"{prices[0]}/")
    clerk.scan("low")
    clerk.type(f"{prices[1]}/")
    clerk.settle()
    titles = [one.title for one in clerk.page.table.rows_model().columns]
    start = titles.index(label)
    assert titles[start:-1] == [label, "折扣率(%)", "折扣额", "购货金额", "税率(%)", "税额", "价税合计"]
    assert _cells(clerk, "amount") == ["200.00", "100.00"]
    assert _cells(clerk, "tax_rate") == ["13", "9"]
    assert _cells(clerk, "tax") == ["26.00", "9.00"]
    assert _cells(clerk, "gross") == ["226.00", "109.00"]
    assert clerk.page.side._tax.isVisible()
    assert clerk.page.side._tax.value() == "35.00"
    assert clerk.page.side.owed.amount() == "335.00"
    clerk.key(K.Key_F9)
    taxed.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert clerk.owed() == D(335)
    value = taxed.program.ready.stock_list.rows([clerk.skus[0], clerk.skus[-1]])
    assert [value[sku].value for sku in (clerk.skus[0], clerk.skus[-1])] == [D(200), D(100)]


@pytest.mark.parametrize("inclusive", [True, False])
def test_a_rate_typed_on_a_line_comes_back_with_the_document(taxed: Driver, inclusive: bool) -> None:
    """6 % typed over 13 %: 106 with tax, 100 without, also when the document is opened again."""
    clerk = _clerk(taxed, inclusive=inclusive)
    clerk.choose_supplier()
    clerk.scan("sp001")
    clerk.type("106/" if inclusive else "100/")
    clerk.settle()
    clerk.page.hand.change(clerk.page.form.lines[0].id, "tax_rate", D(6))
    clerk.settle()
    clerk.key(K.Key_F9)
    taxed.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    document = clerk.page.form.document_id
    clerk.page.new_document()
    clerk.settle()
    clerk.open("purchase", document_id=document)
    taxed.until(lambda: clerk.page.form.document_id == document)
    clerk.settle()
    assert (_cells(clerk, "tax_rate"), _cells(clerk, "tax"), _cells(clerk, "gross")) == (["6"], ["6.00"], ["106.00"])
    assert clerk.page.form.totals.settlement_amount == D(106)


def test_goods_with_a_rate_of_their_own_cost_on_the_screen_what_is_stored(taxed: Driver) -> None:
    """A sale of the goods with 9 %, price without tax 100: 109 on the screen, in the book and in the code to come."""
    clerk = _clerk(taxed, inclusive=False)
    taxed.program.ready.parties.customers("零售", 1)
    sale = taxed.open_page("sale")
    taxed.until(lambda: sale.desk.around is not None)
    sale.scan.submit_sku(clerk.skus[-1])
    taxed.until(lambda: len(sale.form.lines) == 1)
    sale.hand.change(sale.form.lines[0].id, "price", D(100))
    taxed.idle()
    assert sale.side.amount.amount() == "109.00"


def test_receipts_without_a_debt_have_no_tax(taxed: Driver) -> None:
    """Tax belongs to purchases and sales; a gift that comes in has none, whatever question 3 says."""
    clerk = _clerk(taxed, inclusive=True, page="other_receipt")
    titles = [one.title for one in clerk.page.table.rows_model().columns]
    assert "入库单价" in titles
    assert not {"税率(%)", "税额", "价税合计", "含税单价"} & set(titles)
    assert not clerk.page.side._tax.isVisible()


@pytest.mark.manual("M125")
def test_a_stored_sale_keeps_the_rate_it_was_sold_at(taxed: Driver) -> None:
    """1 at 100 without tax and 9 %: 109. The goods are taxed with 6 % since; the paper in the customer's hand says 109."""
    from jdy_desktop.models.catalog import Product, Sku

    clerk = _clerk(taxed, inclusive=False)
    clerk.store(DocumentKind.PURCHASE, (3, "5", "50"))
    saved = clerk.store(DocumentKind.SALE, (3, "1", "100"))
    with taxed.program.ready.db.write() as session:
        session.get_one(Product, session.get_one(Sku, clerk.skus[3]).product_id).tax_rate = D(6)
    taxed.idle()
    page = taxed.open_page("sale", document_id=saved.id)
    taxed.until(lambda: page.form.document_id == saved.id)
    assert page.form.totals.settlement_amount == D(109)
    assert page.form.lines[0].money.tax_rate == D(9)
    assert page.form.lines[0].card.tax_rate == D(6)


@pytest.mark.manual("M125")
def test_a_document_keeps_the_title_its_prices_were_typed_under(taxed: Driver) -> None:
    """Bought at 113 with tax; prices are typed without tax since: the old one still says 含税单价 113, a new one does not."""
    clerk = _clerk(taxed, inclusive=True)
    old = clerk.store(DocumentKind.PURCHASE, (0, "1", "113"))

    def title() -> str:
        return next(one.title for one in clerk.page.table.rows_model().columns if one.key == "price")

    assert title() == "含税单价"
    taxed.program.ready.account_sets.set_tax(False, D(13))
    taxed.until(lambda: title() == "购货单价")
    new = clerk.store(DocumentKind.PURCHASE, (0, "1", "100"))
    for stored, wanted, price in ((old, "含税单价", "113.00"), (new, "购货单价", "100.00")):
        clerk.open("purchase", document_id=stored.id)
        clerk.settle()
        assert clerk.page.form.document_id == stored.id
        assert (title(), _cells(clerk, "price"), _cells(clerk, "gross")) == (wanted, [price], ["113.00"])
    clerk.page.new_document()
    clerk.settle()
    assert title() == "购货单价"
