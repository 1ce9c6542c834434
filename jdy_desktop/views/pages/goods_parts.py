"""The parts of 商品中心 that only show: its columns, its row of tools, and what stands in an empty list."""

from __future__ import annotations

from typing import cast, get_args

from PySide6.QtGui import QPixmap

from jdy_desktop.services.queries.goods import GoodsFilter, GoodsRow
from jdy_desktop.services.queries.goods_order import GoodsSort
from jdy_desktop.views.figures import plain
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.widgets.base import STRETCH, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import FilterCombo, SearchField
from jdy_desktop.views.widgets.flow import tool_row

#: state words of the column 1688
MATCH_WORDS = {"matched": "已匹配", "partly": "部分匹配", "unmatched": "未匹配"}
PICTURE_PX = 32


def columns(pictures: PictureStore) -> list[Column[GoodsRow]]:
    """The list's columns; unit, category and the number of SKUs only after 列设置."""

    def picture(row: GoodsRow) -> QPixmap | None:
        return pictures.pixmap(row.picture, PICTURE_PX)

    return [
        Column("picture", "", lambda _r: "", width=48, kind="picture", picture=picture),
        Column("code", "商品代码", lambda r: r.code, width=108, sort="code"),
        Column("name", "商品名称", lambda r: r.name, width=150, stretch=True, sort="name"),
        Column("retail", "零售价", lambda r: plain(r.retail_price), width=76, kind="money", sort="retail"),
        Column("wholesale", "批发价", lambda r: plain(r.wholesale_price), width=64, kind="money", sort="wholesale"),
        Column("stock", "库存", lambda r: plain(r.stock), width=60, kind="number", tone=_stock_tone, sort="stock"),
        Column("match", "1688", lambda r: MATCH_WORDS[r.match], width=100, kind="state", sort="match"),
        Column("specification", "规格", lambda r: r.specification, width=100, hidden=True, sort="specification"),
        Column("unit", "单位", lambda r: r.unit, width=64, hidden=True, sort="unit"),
        Column("category", "商品类别", lambda r: r.category, width=120, hidden=True, sort="category"),
        Column("n_skus", "SKU 数", lambda r: str(r.n_skus), width=64, kind="number", hidden=True, sort="n_skus"),
        Column(
            "negative", "负库存", lambda r: "是" if r.allow_negative else "否", width=64, hidden=True, sort="negative"
        ),
    ]


def _stock_tone(row: GoodsRow) -> str | None:
    """Below zero where that is allowed is a warning (M119), nothing left is red."""
    if row.stock < 0 and row.allow_negative:
        return "warn"
    return "bad" if row.stock <= 0 else None


class GoodsOrder:
    """By which head the list is sorted; remembered on this PC. Another click turns it, the third one takes it back."""

    KEY = "sort.goods_page.table"

    def __init__(self, store: SettingsStore) -> None:
        self._store = store
        sort, _, direction = (store.get(self.KEY) or "").partition(":")
        known = sort in get_args(GoodsSort)
        self.sort: GoodsSort | None = cast(GoodsSort, sort) if known else None
        self.descending = known and direction == "down"

    @property
    def value(self) -> tuple[GoodsSort | None, bool]:
        return self.sort, self.descending

    def click(self, key: str, descending: bool) -> None:
        """What the head's click asks for; after descending comes the usual order again."""
        if (key, descending) == (self.sort, False) and self.descending:
            self.sort, self.descending = None, False
        else:
            self.sort, self.descending = cast(GoodsSort, key), descending
        words = f"{self.sort}:{'down' if self.descending else 'up'}" if self.sort else ""
        self._store.set(self.KEY, words)


class GoodsTools:
    """搜索, 匹配, 库存; 新增, 批量设置, 删除, 商品特性, 导入导出, 列设置. `strip` is the row."""

    def __init__(self) -> None:
        self.search = sized(SearchField(name="goods_page.search_field"), width=260)
        match = [("全部", None), ("已匹配", "matched"), ("未匹配", "unmatched")]
        stock = [("全部", None), ("有货", "in"), ("无货", "none"), ("低库存", "low")]
        self.match = FilterCombo("匹配", match, name="goods_page.match_combo")
        self.stock = FilterCombo("库存", stock, name="goods_page.stock_combo")
        self.new = KeyButton("新增", "new", kind="primary", icon="plus", name="goods_page.new_button")
        self.batch = KeyButton("批量设置", name="goods_page.batch_button")
        self.delete = KeyButton("删除", "delete", icon="trash", name="goods_page.delete_button")
        self.traits = KeyButton("商品特性", name="goods_page.traits_button")
        self.export = KeyButton("导入导出", icon="export", name="goods_page.export_button")
        self.columns = KeyButton("列设置", kind="quiet", icon="columns", name="goods_page.columns_button")
        right = (self.new, self.batch, self.delete, self.traits, self.export, self.columns)
        self.strip = tool_row(
            self.search, self.match, self.stock, STRETCH, *right, edge="bottom", name="goods_page.tools"
        )

    def filter(self, category_id: int | None, order: tuple[GoodsSort | None, bool] = (None, False)) -> GoodsFilter:
        """What the fields say now."""
        sort, descending = order
        return GoodsFilter(
            self.search.text().strip(), category_id, self.match.value(), self.stock.value(), sort, descending
        )

    def clear(self) -> None:
        """清除筛选."""
        self.search.clear()
        self.match.set_value(None)
        self.stock.set_value(None)

    def show_chosen(self, count: int, ticked: int) -> None:
        """How many goods 批量设置 and 删除 would work on."""
        self.delete.set_blocked(None if ticked else "先在左边勾选要删除的商品（可以跨页勾选）")
        self.batch.set_blocked(None if count else "先勾选或选中商品")


def nothing_found(filter: GoodsFilter, category: str, clear: KeyButton) -> EmptyState:
    """A filter without hits says what was asked."""
    parts = [f"搜索“{filter.text}”"] if filter.text else []
    parts += [f"商品类别“{category}”"] if category else []
    parts += [f"匹配“{MATCH_WORDS[filter.match]}”"] if filter.match else []
    parts += (
        ["库存“{}”".format({"in": "有货", "none": "无货", "low": "低于最低库存"}[filter.stock])] if filter.stock else []
    )
    return EmptyState("search", "没有找到商品", f"{'、'.join(parts)}，没有符合的商品。", [clear], esc=clear)


def nothing_yet(new: KeyButton, download: KeyButton | None) -> EmptyState:
    """Before the first goods: download them from 1688, or type them."""
    words = "从 1688 下载宝贝会自动建好商品，也可以自己新增。"
    return EmptyState("goods", "还没有商品", words, [new] if download is None else [download, new])
