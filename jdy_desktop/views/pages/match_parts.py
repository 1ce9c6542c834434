"""The parts of 商品匹配 that only show: its nine columns, the two rows of tools, and what stands in an empty list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.matching import MatchReason
from jdy_desktop.models.states import OfferStatus
from jdy_desktop.services.channel.shops import ShopRow
from jdy_desktop.services.queries.matches import MatchFilter, MatchRow
from jdy_desktop.views.pages.lists import shop_choices
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, Rule, Text, named, repolish, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import Chip, EmptyState
from jdy_desktop.views.widgets.fields import FilterCombo, SearchField, labelled
from jdy_desktop.views.widgets.flow import tool_row

#: The cell in which a match is made by hand (4.3.4).
GOODS_CELL = "product_name"
MATCHED, UNMATCHED = "已匹配", "未匹配"
#: 4.4.3: what the manual advises first (M111).
PRIORITY = "商品建档优先级：商品下载 > 商品匹配 > 商品发布"


#: Why the automatic match leaves a row open (F8): said below the list for the row in hand.
REASONS = {
    MatchReason.NO_CANDIDATE: "没有代码相同的商品",
    MatchReason.SEVERAL_CANDIDATES: "代码重复，有多个候选",
    MatchReason.KIND_MISMATCH: "代码相同的商品不同类（一个有 SKU，一个没有）",
    MatchReason.EMPTY_CODE: "1688 上没有填货号",
    MatchReason.RULE_1: "符合规则，可以自动匹配",
    MatchReason.RULE_2: "符合规则，可以自动匹配",
    MatchReason.CREATED: "符合规则，可以自动匹配",
}


def _title(row: MatchRow) -> str:
    """The platform's name; what 1688 no longer has says so before it."""
    if row.is_gone or row.status is OfferStatus.GONE:
        return f"（{label(OfferStatus.GONE)}）{row.title}"
    return f"（{label(row.status)}）{row.title}" if row.status is OfferStatus.OFF_SHELF else row.title


#: M75: these nine, in this order; the rest only after 列设置.
COLUMNS: list[Column[MatchRow]] = [
    Column("state", "匹配关系", lambda r: MATCHED if r.is_matched else UNMATCHED, width=92, kind="state"),
    Column("item_number", "货号", lambda r: r.item_number, width=76, repeats=True),
    Column("title", "平台商品名称", _title, width=222, repeats=True, stretch=True),
    Column("sku_item_number", "单品货号", lambda r: r.sku_item_number, width=104),
    Column("platform_sku_name", "平台SKU名称", lambda r: r.platform_sku_name, width=96),
    Column("product_code", "系统商品代码", lambda r: r.product_code, width=112, repeats=True),
    Column(
        GOODS_CELL,
        "系统商品名称",
        lambda r: r.product_name,
        width=222,
        repeats=True,
        stretch=True,
        editable=lambda _r: True,
        edit_text=lambda _r: "",
        button=True,
    ),
    Column("sku_code", "系统SKU代码", lambda r: r.sku_code, width=112),
    Column("sku_name", "系统SKU名称", lambda r: r.sku_name, width=96),
    Column("offer_id", "offerid", lambda r: r.offer_id, width=120, hidden=True, repeats=True),
    Column("shop", "店铺", lambda r: r.shop, width=150, hidden=True, repeats=True),
    Column("status", "宝贝状态", lambda r: label(r.status), width=96, hidden=True, repeats=True),
    Column("origin", "匹配方式", lambda r: label(r.origin) if r.origin else "", width=96, hidden=True),
]


class FilterRow:
    """搜索关键字, 匹配关系, 店铺, 查询, and at the right how many rows are matched (M102, M103). `strip` is the row."""

    def __init__(self) -> None:
        self.search = sized(SearchField(name="match_page.search_field"), width=264)
        states = [("全部", None), (MATCHED, True), (UNMATCHED, False)]
        self.state = FilterCombo("匹配关系", states, name="match_page.state_combo", inside=False, width=104)
        self.shop = FilterCombo("店铺", [("全部", None)], name="match_page.shop_combo", inside=False, width=188)
        self.query = KeyButton("查询", "query", name="match_page.query_button")
        self._matched = named(Text("0", "strong"), "match_page.matched_count", MATCHED)
        self._open = named(Text("0", "strong"), "match_page.unmatched_count", UNMATCHED)
        counts, words = QWidget(), (Text(MATCHED, "label"), Text("·", "label"), Text(UNMATCHED, "label"))
        row(words[0], self._matched, words[1], words[2], self._open, spacing=4, parent=counts)
        state, shop = labelled("匹配关系", self.state), labelled("店铺", self.shop)
        self.strip = tool_row(
            self.search, state, shop, self.query, STRETCH, counts, spacing=12, name="match_page.filters"
        )

    def filter(self) -> MatchFilter:
        """What the fields say now."""
        return MatchFilter(self.search.text().strip(), self.state.value(), self.shop.value())

    def show_counts(self, matched: int, unmatched: int) -> None:
        """Figures at the right; what is left to do stands out."""
        self._matched.setText(f"{matched:,}")
        self._open.setText(f"{unmatched:,}")
        self._open.setProperty("tone", "warn" if unmatched else "")
        repolish(self._open)

    def show_shops(self, shops: Sequence[ShopRow]) -> None:
        """One shop needs no choice (M54)."""
        self.shop.set_options(shop_choices(shops))

    def clear(self) -> None:
        """清除筛选."""
        self.search.clear()
        self.state.set_value(None)
        self.shop.set_value(None)


class ToolRow:
    """下载, 自动匹配, the two ways to delete, 撤销, 列设置 (M79). `strip` is the row."""

    def __init__(self) -> None:
        self.download = KeyButton("下载", "download", icon="download", name="match_page.download_button")
        self.auto = KeyButton(
            "自动匹配", "auto_match", kind="primary", icon="auto_match", name="match_page.auto_button"
        )
        self.unmatch = KeyButton("删除商品匹配", icon="unlink", name="match_page.unmatch_button")
        self.delete = KeyButton("删除平台下载信息", icon="trash", name="match_page.delete_button")
        self.undo = KeyButton("撤销", "undo", kind="quiet", icon="undo", name="match_page.undo_button")
        self.columns = KeyButton("列设置", kind="quiet", icon="columns", name="match_page.columns_button")
        self.ticked = named(Chip("", "info"), "match_page.ticked_chip", "已勾选")
        left = (self.download, self.auto, Rule(vertical=True, length=20), self.unmatch, self.delete, self.ticked)
        self.strip = tool_row(
            *left, STRETCH, self.undo, self.columns, edge="bottom", margins=(16, 0, 16, 8), name="match_page.tools"
        )
        self.show_ticked(0)

    def show_ticked(self, count: int) -> None:
        """The two delete buttons work on ticked rows; without any they say so."""
        self.ticked.setVisible(count > 0)
        self.ticked.set_look(f"已勾选 {count:,} 行", "info")
        for button in (self.unmatch, self.delete):
            button.set_blocked(None if count else "先在左边勾选要处理的行（可以跨页勾选）")

    def show_rows(self, has_rows: bool) -> None:
        """Before the first download the one step to take is 下载 in the middle of the page."""
        self.auto.set_blocked(None if has_rows else "还没有下载宝贝")


def nothing_yet(download: KeyButton) -> EmptyState:
    """No offers at all."""
    return EmptyState(
        "match",
        "还没有下载宝贝",
        "下载 1688 的宝贝后，这里会列出它们和系统商品的对应关系。",
        [download],
        more=f"{PRIORITY}\n已经手工建好商品？下载时选“仅下载线上商品信息”，再点“自动匹配”。",
    )


def nothing_found(filter: MatchFilter, shop_name: str, clear: KeyButton) -> EmptyState:
    """Says what was searched and which filters are on."""
    if filter.is_matched is False and not filter.text:
        return EmptyState("match", "全部已匹配", "筛选“未匹配”里没有剩下的行。", [clear], tone="ok", esc=clear)
    parts = [f"搜索“{filter.text}”"] if filter.text else []
    if filter.is_matched is not None:
        parts.append(f"匹配关系“{MATCHED if filter.is_matched else UNMATCHED}”")
    if filter.shop_id is not None and shop_name:
        parts.append(f"店铺“{shop_name}”")
    return EmptyState("search", "没有符合条件的行", f"条件：{'，'.join(parts)}。", [clear], esc=clear)
