"""The parts of 商品发布 that only show: its columns, its two rows of tools, and what stands in an empty list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.publishing import MOST_PICTURES
from jdy_desktop.models.states import PublishState
from jdy_desktop.services.channel.shops import ShopRow
from jdy_desktop.services.queries.publications import PublicationFilter, PublicationRow
from jdy_desktop.views.figures import money_or_dash
from jdy_desktop.views.pages.goods_parts import PICTURE_PX
from jdy_desktop.views.pages.lists import shop_choices
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.texts import label
from jdy_desktop.views.texts.publishing import IN_SHOP, PRIVATE, log_words
from jdy_desktop.views.widgets.base import STRETCH, Text, named, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton, LinkButton
from jdy_desktop.views.widgets.feedback import Chip, EmptyState
from jdy_desktop.views.widgets.fields import FilterCombo, SearchField, labelled
from jdy_desktop.views.widgets.flow import tool_row

#: 4.4.3, word for word (M111)
PRIORITY = "商品建档优先级：商品下载>商品匹配>商品发布"
#: 4.4 (M104)
RARELY = "选看，目前很少用"


def state_word(row: PublicationRow) -> str:
    """发布状态; goods that came to the shop by a download or a match say so."""
    return IN_SHOP if row.is_in_shop and row.state is PublishState.DRAFT else label(row.state)


def _pictures(row: PublicationRow) -> str:
    return f"{row.n_pictures}/{MOST_PICTURES}"


def _pictures_tone(row: PublicationRow) -> str | None:
    if not row.n_pictures:
        return "bad"
    return "warn" if row.n_pictures > MOST_PICTURES else None


def _log_tone(row: PublicationRow) -> str | None:
    return "bad" if row.state is PublishState.FAILED else "text2"


def leaf(category: str) -> str:
    """The last level of a path."""
    return category.rpartition(" > ")[2]


def columns(pictures: PictureStore) -> list[Column[PublicationRow]]:
    def picture(row: PublicationRow) -> QPixmap | None:
        return pictures.pixmap(row.picture, PICTURE_PX)

    return [
        Column("picture", "", lambda _r: "", width=48, kind="picture", picture=picture),
        Column("code", "商品代码", lambda r: r.code, width=84),
        Column("name", "商品名称", lambda r: r.name, width=128, stretch=True),
        Column("specification", "规格型号", lambda r: r.specification, width=72),
        Column("category", "类目", lambda r: leaf(r.category_name), width=72),
        Column("price", "价格", lambda r: money_or_dash(r.price), width=60, kind="money"),
        Column("pictures", "图片", _pictures, width=44, align="center", tone=_pictures_tone),
        Column("state", "发布状态", state_word, width=98, kind="state"),
        Column("private", "类型", lambda r: PRIVATE if r.offer_id and r.is_private else "", width=72),
        Column("log", "日志", lambda r: log_words(r.state, r.log), width=136, kind="wrap", tone=_log_tone),
        Column("shop", "店铺", lambda r: r.shop, width=150, hidden=True),
        Column("offer_id", "宝贝编号", lambda r: r.offer_id, width=120, hidden=True),
    ]


class FilterRow:
    """商品代码 / 商品名称 / 规格型号, 发布状态, 店铺, 查询 (M109). `strip` is the row."""

    def __init__(self) -> None:
        words = "商品代码 / 商品名称 / 规格型号"
        self.search = sized(SearchField(words, name="publish_page.search_field"), width=280)
        states = [("全部", ""), *((label(one), one.value) for one in PublishState), (IN_SHOP, IN_SHOP)]
        self.state = FilterCombo("发布状态", states, name="publish_page.state_combo", inside=False, width=112)
        self.shop = FilterCombo("店铺", [("全部店铺", None)], name="publish_page.shop_combo", inside=False, width=188)
        self.query = KeyButton("查询", "query", name="publish_page.query_button")
        self.refresh = KeyButton("刷新", "refresh", icon="refresh", name="publish_page.refresh_button")
        self.columns = KeyButton("列设置", kind="quiet", icon="columns", name="publish_page.columns_button")
        self.strip = tool_row(
            self.search,
            labelled("发布状态", self.state),
            labelled("店铺", self.shop),
            self.query,
            STRETCH,
            self.refresh,
            self.columns,
            spacing=12,
            name="publish_page.filters",
        )

    def filter(self) -> PublicationFilter:
        """What the fields say now."""
        state = str(self.state.value() or "")
        return PublicationFilter(
            text=self.search.text().strip(),
            state=PublishState(state) if state not in ("", IN_SHOP) else None,
            shop_id=self.shop.value(),
            in_shop=state == IN_SHOP,
        )

    def show_shops(self, shops: Sequence[ShopRow]) -> None:
        """One shop needs no choice."""
        self.shop.set_options(shop_choices(shops))

    def clear(self) -> None:
        """清除筛选."""
        self.search.clear()
        self.state.set_value("")
        self.shop.set_value(None)


class ToolRow:
    """发布, 绑定类目, how many are ticked; at the right what the manual says of this page. `strip` is the row."""

    def __init__(self) -> None:
        self.publish = KeyButton("发布", kind="primary", icon="publish", name="publish_page.publish_button")
        self.bind = KeyButton("绑定类目", name="publish_page.bind_button")
        self.ticked = named(Chip("", "info"), "publish_page.ticked_chip", "已勾选")
        rarely = named(Text(RARELY, "hint"), "publish_page.rarely_text", "商品发布")
        self.strip = tool_row(
            self.publish,
            self.bind,
            self.ticked,
            STRETCH,
            rarely,
            margins=(16, 0, 16, 8),
            name="publish_page.tools",
        )
        self.show_chosen(0, 0)

    def show_chosen(self, ticked: int, chosen: int) -> None:
        """The buttons work on ticked rows, else on the current one."""
        self.ticked.setVisible(ticked > 0)
        self.ticked.set_look(f"已勾选 {ticked:,} 行", "info")
        why = None if chosen else "先在列表里选商品"
        self.publish.set_blocked(why)
        self.bind.set_blocked(why)


class PriorityBand(QWidget):
    """商品建档优先级, always to be seen (M111), with the way to what should come first. `wanted` = 去下载."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = named(Text(PRIORITY, "strong"), "publish_page.priority_text", "商品建档优先级")
        more = Text("简易商品不带 SKU 属性，SKU 商品不建议使用这个功能。", "label")
        link = LinkButton("去下载", name="publish_page.download_link")
        link.clicked.connect(self.wanted)
        row(self.words, 8, more, STRETCH, link, margins=(16, 0, 16, 8), parent=self)


def nothing_found(clear: KeyButton) -> EmptyState:
    return EmptyState("search", "没有符合条件的商品", "换个词，或清除筛选。", [clear], esc=clear)


def no_goods(button: KeyButton) -> EmptyState:
    return EmptyState(
        "publish", "还没有可以发布的商品", f"{PRIORITY}。先下载宝贝，店铺里没有的商品才用发布。", [button]
    )


def no_shop(button: KeyButton) -> EmptyState:
    return EmptyState("shop", "还没有店铺", "授权 1688 店铺后，才能把商品发布上去。", [button])
