"""The columns of a sale's lines."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPixmap

from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.pages.sale_form import SaleLine
from jdy_desktop.views.tables.model import Column


def line_columns(
    picture: Callable[[SaleLine], QPixmap | None],
    warehouse: Callable[[SaleLine], str],
    may_edit: Callable[[SaleLine], bool],
    *,
    has_tax: bool,
) -> list[Column[SaleLine]]:
    """Tax columns only where tax is computed (control question 3); the page shows more in a wide window (look.md §5)."""
    columns: list[Column[SaleLine]] = [
        Column(
            "goods", "商品", lambda s: s.card.product_name, 240, kind="goods", second=lambda s: s.card.code,
            picture=picture, stretch=True, fixed=True,
        ),
        Column("spec", "属性", lambda s: s.card.sku_name, 100),
        Column("unit", "单位", lambda s: s.card.unit, 48, align="center", tone=lambda _s: "text2"),
        Column("warehouse", "仓库", warehouse, 96, tone=lambda _s: "text2", hidden=True),
        Column(
            "quantity", "数量", lambda s: plain(s.quantity), 84, kind="number", bold=True, editable=may_edit, fixed=True
        ),
        Column(
            "price", "销售单价", lambda s: money(s.price), 84, kind="number", editable=may_edit, fixed=True,
            edit_text=lambda s: money(s.price),
        ),
        Column(
            "discount", "折扣率(%)", lambda s: plain(s.discount_rate), 92, kind="number", editable=may_edit,
            tone=lambda _s: "text2", hidden=True,
        ),
        Column("amount", "销售金额", lambda s: money(s.money.amount if s.money else None), 92, kind="number", fixed=True),
    ]  # fmt: skip
    if has_tax:
        columns += _tax_columns()
    columns += [
        Column(
            "stock", "库存", lambda s: plain(s.card.stock), 60, kind="number", tone=lambda _s: "text2", hidden=has_tax
        ),
        Column("online", "线上库存", _online, 80, kind="number", tone=lambda _s: "text2", hidden=has_tax),
        Column("minimum", "起订量", _minimum, 72, kind="number", tone=lambda _s: "text2", hidden=True),
        Column("remark", "备注", lambda s: s.remark, 120, editable=may_edit, hidden=True),
    ]
    return columns


def _tax_columns() -> list[Column[SaleLine]]:
    return [
        Column("tax_rate", "税率(%)", lambda s: plain(s.money.tax_rate) if s.money else "", 72, kind="number"),
        Column("gross_price", "含税单价", lambda s: money(s.money.gross_price) if s.money else "", 92, kind="number"),
        Column("tax", "税额", lambda s: money(s.money.tax if s.money else None), 84, kind="number"),
        Column("gross", "价税合计", lambda s: money(s.money.gross if s.money else None), 100, kind="number"),
    ]


def _online(line: SaleLine) -> str:
    return plain(line.card.offer.online_stock) if line.card.offer else "—"


def _minimum(line: SaleLine) -> str:
    return plain(line.card.offer.minimum_quantity) if line.card.offer else "—"
