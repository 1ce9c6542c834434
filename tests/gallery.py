"""Grabs a page of components and a sample window in both themes, to be laid beside the design pictures.

``QT_QPA_PLATFORM=offscreen python tests/gallery.py OUT_DIR [scale]``
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication, QButtonGroup, QRadioButton, QWidget

from jdy_desktop.views import theme
from jdy_desktop.views.main_window import GROUP_1688, GROUP_BOOK, GROUP_GOODS, MainWindow, PageSpec
from jdy_desktop.views.tables.lines import LinesModel, LinesTable
from jdy_desktop.views.tables.model import Column, Note, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import STRETCH, Rule, Surface, Text, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.feedback import AmountLabel, Banner, Chip, EmptyState, NoteRow, ProgressBand, Toast
from jdy_desktop.views.widgets.fields import (
    DateField,
    Field,
    FilterCombo,
    FormRow,
    SearchField,
    SegmentedChoice,
    Switch,
    Tick,
    labelled,
)
from jdy_desktop.views.widgets.flow import SideSplit, flow, tool_row
from jdy_desktop.views.widgets.pager import Pager
from jdy_desktop.views.widgets.panels import SidePanel, ValueRow
from jdy_desktop.views.widgets.popup_list import PopupItem, PopupList


@dataclass(frozen=True)
class Match:
    id: int
    state: str
    code: str
    title: str
    sku: str
    sku_name: str
    goods_code: str
    goods_name: str
    system_sku: str
    system_name: str


_MATCHES = [
    Match(
        1,
        "已匹配",
        "sp32701",
        "2019年夏季新款T恤大批发小猫图案",
        "sp32701_003",
        "香夹白L",
        "sp32701",
        "2018夏季新款宽松拼接撞色上衣女 时尚小猫刺绣打底棉T恤厂家直",
        "sp32701_003",
        "香夹白/L",
    ),
    Match(
        2,
        "已匹配",
        "sp32701",
        "2019年夏季新款T恤大批发小猫图案",
        "sp32701_002",
        "香夹白M",
        "sp32701",
        "2018夏季新款宽松拼接撞色上衣女 时尚小猫刺绣打底棉T恤厂家直",
        "sp32701_002",
        "香夹白/M",
    ),
    Match(
        3,
        "已匹配",
        "sp32701",
        "2019年夏季新款T恤大批发小猫图案",
        "sp32701_001",
        "香夹白S",
        "sp32701",
        "2018夏季新款宽松拼接撞色上衣女 时尚小猫刺绣打底棉T恤厂家直",
        "sp32701_001",
        "香夹白/S",
    ),
    Match(4, "未匹配", "sp19005", "PET电气绝缘胶带3M1350FY-1黄色", "", "1350FY-1", "", "", "", ""),
    Match(
        5,
        "已匹配",
        "sp32301",
        "休闲运动棉量大可批发",
        "sp32301_001",
        "红色XS",
        "sp32301",
        "休闲运动棉量大可批发",
        "sp32301_001",
        "红色/XS",
    ),
    Match(
        6,
        "已匹配",
        "sp32301",
        "休闲运动棉量大可批发",
        "sp32301_002",
        "绿色XS",
        "sp32301",
        "休闲运动棉量大可批发",
        "sp32301_002",
        "绿色/XS",
    ),
    Match(
        7,
        "已匹配",
        "sp32602",
        "大批发真皮女包",
        "sp32602_002",
        "红色",
        "sp32602",
        "大批发真皮女包",
        "sp32602_002",
        "红色",
    ),
    Match(
        8,
        "已匹配",
        "sp32602",
        "大批发真皮女包",
        "sp32602_001",
        "黄色",
        "sp32602",
        "大批发真皮女包",
        "sp32602_001",
        "黄色",
    ),
]
MATCH_COLUMNS: list[Column[Match]] = [
    Column("state", "匹配关系", lambda r: r.state, 92, kind="state"),
    Column("code", "货号", lambda r: r.code, 76, repeats=True),
    Column("title", "平台商品名称", lambda r: r.title, 235, repeats=True, stretch=True),
    Column("sku", "单品货号", lambda r: r.sku, 104),
    Column("sku_name", "平台SKU名称", lambda r: r.sku_name, 96),
    Column("goods_code", "系统商品代码", lambda r: r.goods_code, 112, repeats=True),
    Column(
        "goods_name",
        "系统商品名称",
        lambda r: r.goods_name,
        235,
        repeats=True,
        editable=lambda r: r.state == "未匹配",
        button=True,
    ),
    Column("system_sku", "系统SKU代码", lambda r: r.system_sku, 112),
    Column("system_name", "系统SKU名称", lambda r: r.system_name, 96),
]


def match_page(window: MainWindow) -> QWidget:
    page = Surface("page")
    tools = Surface("page", edge="bottom")
    column(
        flow(
            sized(SearchField(), width=264),
            labelled(
                "匹配关系", sized(FilterCombo("匹配关系", [("全部", None), ("未匹配", 0)], inside=False), width=104)
            ),
            labelled("店铺", sized(FilterCombo("店铺", [("AOP对外测试账号02", 2)], inside=False), width=188)),
            KeyButton("查询", "query"),
            STRETCH,
            Text("已匹配", "label"),
            Text("11", "strong"),
            Text("· 未匹配", "label"),
            Text("1", "strong"),
            spacing=8,
        ),
        flow(
            KeyButton("下载", "download", icon="download"),
            KeyButton("自动匹配", "auto_match", kind="primary", icon="auto_match"),
            Rule(vertical=True, length=20),
            KeyButton("删除商品匹配", icon="unlink"),
            KeyButton("删除平台下载信息", icon="trash"),
            Chip("已勾选 3 行", "info"),
            STRETCH,
            KeyButton("撤销", "undo", kind="quiet", icon="undo"),
            KeyButton("列设置", kind="quiet", icon="columns"),
            spacing=8,
        ),
        spacing=8,
        margins=(16, 8, 16, 8),
        parent=tools,
    )
    band = ProgressBand()
    model = PagedTableModel(
        MATCH_COLUMNS, lambda ids: {r.id: r for r in _MATCHES if r.id in ids}, checkable=True, group=lambda r: r.code
    )
    model.set_ids([r.id for r in _MATCHES])
    model.set_ticked([5, 6, 7], True)
    table = DataTable(model, name="match_table")
    pager = Pager()
    pager.set_total(12)
    pager.set_hints(["F4 选择商品", "Enter 匹配并到下一行", "Ctrl+C 复制所选行"])
    box = column(tools, band, table, pager, spacing=0, parent=page)
    box.setStretch(2, 1)
    band.begin("正在下载 AOP对外测试账号02", unit="个宝贝")
    band.step(47, 152, "新建 44 · 更新 3")
    page.table = table  # type: ignore[attr-defined]
    return page


@dataclass(frozen=True)
class PreOrder:
    id: int
    shop: str
    when: str
    number: str
    sale: str
    amount: str
    state: str
    log: str
    pay: str
    advice: str = ""


_ORDERS = [
    PreOrder(
        1,
        "AOP对外测试账号02",
        "2019-03-27 21:00:14",
        "55070119811",
        "XH20190327001",
        "890.88",
        "已上传",
        "上传成功",
        "未支付",
    ),
    PreOrder(
        2,
        "AOP对外测试账号02",
        "2019-03-26 20:00:20",
        "54669249811",
        "XH20190326001",
        "24800",
        "已上传",
        "上传成功",
        "已支付",
    ),
    PreOrder(
        3,
        "AOP对外测试账号04",
        "2019-03-23 16:00:19",
        "54290997370",
        "XH20190323002",
        "13.92",
        "已上传",
        "上传成功",
        "未支付",
    ),
    PreOrder(
        4,
        "AOP对外测试账号02",
        "",
        "0",
        "XH20190321014",
        "216",
        "未上传",
        "第 [1] 行没有对应的offer,请先上传offer模板。",
        "未支付",
        "sp19011 高压绝缘胶带 23号 还没有匹配 1688 的宝贝。",
    ),
    PreOrder(
        5,
        "AOP对外测试账号02",
        "2019-03-21 13:00:57",
        "53900069811",
        "XH20190321011",
        "5002.2",
        "已上传",
        "上传成功",
        "未支付",
    ),
    PreOrder(
        6, "AOP对外测试账号02", "", "0", "XH20190321009", "656.8", "待核对", "断网前已发出，恢复后先核对", "未支付"
    ),
]
ORDER_COLUMNS: list[Column[PreOrder]] = [
    Column("shop", "店铺", lambda r: r.shop, 144),
    Column("when", "预单日期", lambda r: r.when, 146),
    Column("number", "预单编号", lambda r: r.number, 98, tone=lambda r: "hint" if r.number == "0" else None),
    Column("sale", "原销售单号", lambda r: r.sale, 122),
    Column("amount", "结算金额", lambda r: r.amount, 110, kind="money", bold=True, sort="amount"),
    Column("state", "上传状态", lambda r: r.state, 90, kind="state"),
    Column(
        "log",
        "上传日志",
        lambda r: r.log,
        260,
        kind="wrap",
        stretch=True,
        tone=lambda r: "bad" if r.state == "未上传" else "text2",
    ),
    Column("pay", "支付状态", lambda r: r.pay, 80, kind="state"),
    Column(
        "act",
        "操作",
        lambda r: "上传" if r.state == "未上传" else "自动" if r.state == "待核对" else "支付",
        52,
        kind="link",
        tone=lambda r: "hint" if r.state == "待核对" else None,
    ),
]


def order_page(window: MainWindow) -> QWidget:
    page = Surface("page")
    tools = tool_row(
        sized(SearchField("销货单号 / 客户", action=None), width=184),
        Text("日期", "label"),
        sized(DateField(date(2019, 3, 21)), width=128),
        FilterCombo("上传状态", [("全部", None)]),
        FilterCombo("支付状态", [("全部", None)]),
        KeyButton("查询", "query"),
        STRETCH,
        KeyButton("刷新", "refresh", icon="refresh"),
        KeyButton("列设置", kind="quiet", icon="columns"),
    )
    model = PagedTableModel(
        ORDER_COLUMNS,
        lambda ids: {r.id: r for r in _ORDERS if r.id in ids},
        note=lambda r: Note("bad", r.advice, repair="去商品匹配") if r.advice else None,
        tall=lambda r: 48 if r.state == "未上传" else 36,
    )
    model.set_ids([r.id for r in _ORDERS])
    table = DataTable(model, name="preorder_table")
    pager = Pager()
    pager.set_total(16)
    pager.set_sums([("未支付", "16", ""), ("未上传", "4", "bad"), ("合计", "158,621.94", "")])
    column(tools, table, pager, spacing=0, parent=page).setStretch(1, 1)
    page.table = table  # type: ignore[attr-defined]
    return page


@dataclass(frozen=True)
class Line:
    id: int
    name: str
    code: str
    spec: str
    unit: str
    count: str
    price: str
    amount: str


_LINES = [
    Line(1, "男士秋季衬衫量大可批发", "sp32501_001", "白色/S", "件", "4", "64.00", "256.00"),
    Line(
        2,
        "2018夏季新款宽松拼接撞色上衣女 时尚小猫刺绣打底棉T恤厂家直",
        "sp32701_001",
        "香夹白/S",
        "件",
        "2",
        "59.00",
        "118.00",
    ),
    Line(6, "休闲运动棉量大可批发", "sp32301_001", "红色/XS", "件", "1", "44.00", "44.00"),
]


def _swatch() -> QPixmap:
    result = QPixmap(64, 64)
    result.fill(QColor("#F8DFDC"))
    return result


def sale_page(window: MainWindow) -> QWidget:
    page = Surface("page")
    head = Surface("page")
    column(
        flow(
            FormRow("客户 F3", sized(FilterCombo("客户", [("零售", 1)], inside=False), width=224)),
            FormRow("店铺", sized(FilterCombo("店铺", [("AOP对外测试账号02", 1)], inside=False), width=188)),
            FormRow("单据日期", sized(DateField(date(2019, 3, 27)), width=120)),
            FormRow("单据编号", _read_only("XH20190327001")),
            FormRow("物流方式", SegmentedChoice([("自提", 1), ("快递", 2)])),
            STRETCH,
            spacing=12,
        ),
        row(
            SearchField(
                "扫码，或输入 代码 / 名称 / 拼音首字母 / 粘贴 1688 链接",
                action=None,
                hint="F2 · 12* 改数量 · / 改单价",
                icon="scan",
                size="large",
            ),
            KeyButton("颜色尺码", "matrix", icon="grid", size="large"),
        ),
        margins=(16, 8, 16, 8),
        parent=head,
    )
    columns: list[Column[Line]] = [
        Column(
            "goods",
            "商品",
            lambda r: r.name,
            350,
            kind="goods",
            second=lambda r: r.code,
            picture=lambda r: _swatch() if r.id == 6 else None,
            stretch=True,
            editable=lambda r: False,
        ),
        Column("spec", "属性", lambda r: r.spec, 96),
        Column("unit", "单位", lambda r: r.unit, 48, align="center", kind="hint"),
        Column("count", "数量", lambda r: r.count, 96, kind="number", bold=True, editable=lambda r: True),
        Column("price", "销售单价", lambda r: r.price, 84, kind="number", editable=lambda r: True),
        Column("amount", "销售金额", lambda r: r.amount, 92, kind="number"),
    ]
    model = LinesModel(
        columns,
        id_of=lambda r: r.id,
        ghost="扫下一个商品",
        ghost_key="goods",
        note=lambda r: (
            Note(
                "warn",
                "照样可以保存，但 1688 会拒绝这张预订单。",
                bold="起订量 2 件，现在 1 件。",
                repair="改成 2 件",
                key="Alt+Enter",
            )
            if r.id == 6
            else None
        ),
    )
    model.set_rows(_LINES)
    table = LinesTable(model, name="sale_lines")
    foot = tool_row(
        KeyButton("挂单", "hold", icon="hold"),
        KeyButton("取单", "resume"),
        KeyButton("折扣抹零", "discount"),
        KeyButton("打印", "print", icon="print"),
        KeyButton("退换", "return", icon="return"),
        STRETCH,
        Text("草稿已自动保存 21:00:12", "hint"),
        edge="top",
    )
    side = SidePanel()
    side.add_row("零售价", "44.00", strong=True)
    side.add_row("起订量").set_value("2 件", tone="warn", strong=True)
    side.section()
    side.add_row("上次欠款", "0.00")
    side.add(ValueRow("备注", control=sized(Field(), width=184)))
    side.section()
    side.add_row("合计 15 件 · 6 行", "838.68")
    side.stretch()
    pay = row(Text("结算金额", "label"), AmountLabel("848.68"))
    pay.setStretch(1, 1)
    side.body.addLayout(pay)
    side.add(Tick("创建 1688 预订单", checked=True))
    finish = KeyButton("完成", "finish", kind="primary", size="finish", wide=True)
    side.add(finish)
    left = QWidget()
    column(head, table, foot, spacing=0, parent=left).setStretch(1, 1)
    column(SideSplit(left, side), spacing=0, parent=page)
    page.table = table  # type: ignore[attr-defined]
    return page


def _read_only(text: str) -> Field:
    field = sized(Field(text), width=132)
    field.setReadOnly(True)
    return field


def components() -> QWidget:
    page = Surface("window")
    states = Surface("card")
    column(
        Text("状态：正常的安静（无底），要处理的有底色；永远 图标 + 文字", "hint"),
        row(
            *[
                Chip.state(w)
                for w in (
                    "已匹配",
                    "未匹配",
                    "有效",
                    "已过期",
                    "已上传",
                    "未上传",
                    "待上传",
                    "待核对",
                    "未支付",
                    "已支付",
                    "已扫码",
                )
            ],
            STRETCH,
            spacing=10,
        ),
        margins=(16, 12, 16, 12),
        parent=states,
    )
    buttons = Surface("card")
    review = KeyButton("审核", "review", icon="check")
    review.set_blocked("先保存")
    shop = KeyButton("店铺授权", kind="primary", icon="key")
    column(
        Text("按钮：一屏一个主按钮，按键写在按钮上", "hint"),
        row(
            KeyButton("完成", "finish", kind="primary"),
            KeyButton("打印", "print", icon="print"),
            KeyButton("列设置", kind="quiet", icon="columns"),
            KeyButton("删除商品匹配", kind="danger", icon="unlink"),
            review,
            shop,
            STRETCH,
        ),
        margins=(16, 12, 16, 12),
        parent=buttons,
    )
    inputs = Surface("card")
    bad = FormRow("单据日期", sized(DateField(date(2019, 2, 28)), width=136))
    bad.set_error("早于启用期间 2019-03-01")
    half = Tick("")
    half.setTristate(True)
    half.setCheckState(half.checkState().PartiallyChecked)
    radio_on, radio_off = QRadioButton("全部"), QRadioButton("部分")
    group = QButtonGroup(page)
    group.addButton(radio_on)
    group.addButton(radio_off)
    radio_on.setChecked(True)
    choice = SegmentedChoice([("自提", 1), ("快递", 2)])
    choice.set_value(2)
    focused = sized(Field("sp32701"), width=120)
    column(
        Text("输入", "hint"),
        row(
            sized(SearchField(action=None), width=150),
            focused,
            sized(FilterCombo("店铺", [("全部店铺", None)], inside=False), width=120),
            _read_only("XH20190327001"),
            bad,
            STRETCH,
        ),
        row(
            Tick("", checked=True),
            Tick(""),
            half,
            radio_on,
            radio_off,
            Switch("a", checked=True),
            Switch("b"),
            choice,
            STRETCH,
            spacing=12,
        ),
        margins=(16, 12, 16, 12),
        parent=inputs,
    )
    banners = Surface("card")
    column(
        Text("横幅：停留到原因消失", "hint"),
        Banner(
            "warn",
            "连不上 1688，已经 3 分钟。",
            "照常开单；2 张预订单排队。",
            icon="offline",
            button="立即重试",
            action="retry",
        ),
        Banner("bad", "授权已过期。", "重新验证一次就好了。", icon="shield_expired", button="店铺验权"),
        Banner("info", "", "正在下载 47 / 152 个宝贝", button="取消"),
        NoteRow(
            "warn",
            "库存不足时这张单不能保存；请改数量，或到商品中心允许负库存。",
            bold="红色/L 只有 4 件，要 6 件。",
            repair="改成 4 件",
        ),
        spacing=4,
        margins=(16, 12, 16, 12),
        parent=banners,
    )
    empty = Surface("card")
    column(
        EmptyState(
            "match",
            "还没有下载宝贝",
            "下载后，这里列出宝贝和系统商品的对应关系。",
            [KeyButton("下载", "download", kind="primary", icon="download")],
        ),
        parent=empty,
    )
    right = column(
        AmountLabel("890.88", right=False),
        Text("选择对应的业务控制要求", "page_title"),
        Text("下载", "dialog_title"),
        Text("单据行，男士秋季衬衫量大可批发", "line"),
        Text("列表、按钮、输入框 sp32701_003"),
        Text("表头、说明、按键提示 Ctrl+Enter", "hint"),
        empty,
        STRETCH,
    )
    left = column(states, buttons, inputs, banners, STRETCH, spacing=12)
    line = row(left, right, spacing=12, margins=(24, 16, 24, 16), parent=page)
    line.setStretch(0, 3)
    line.setStretch(1, 2)
    page.focused = shop  # type: ignore[attr-defined]
    page.resize(1366, 768)
    return page


def frame() -> MainWindow:
    holder: list[MainWindow] = []

    def blank() -> QWidget:
        return Surface("page")

    specs = [
        PageSpec("goods", "商品中心", "goods", GROUP_GOODS, blank),
        PageSpec("sale", "销货单", "sale", GROUP_BOOK, lambda: sale_page(holder[0])),
        PageSpec("purchase", "购货单", "purchase", GROUP_BOOK, blank),
        PageSpec("other_in", "其他入库单", "other_in", GROUP_BOOK, blank),
        PageSpec("opening", "期初录入", "opening", GROUP_BOOK, blank),
        PageSpec("stock", "库存", "stock", GROUP_BOOK, blank),
        PageSpec("customers", "客户", "customer", GROUP_BOOK, blank),
        PageSpec("suppliers", "供应商", "supplier", GROUP_BOOK, blank),
        PageSpec("shops", "店铺设置", "shop", GROUP_1688, blank),
        PageSpec("match", "商品匹配", "match", GROUP_1688, lambda: match_page(holder[0])),
        PageSpec("preorders", "预订单", "pre_order", GROUP_1688, lambda: order_page(holder[0])),
        PageSpec("publish", "商品发布", "publish", GROUP_1688, blank),
        PageSpec("report", "报表", "report", "", blank),
        PageSpec("settings", "设置", "settings", "", blank),
    ]
    window = MainWindow(specs, account_set="禾木服饰商行", operator="王姐 · 店主", clock=lambda: "2019-03-27 21:00")
    holder.append(window)
    window.set_badge("match", 1, "warn")
    window.set_badge("preorders", 4, "bad")
    window.set_status("shops", "店铺 2 个有效")
    window.set_status("outbox", "待上传 0")
    window.set_status("backup", "备份 12 分钟前")
    window.set_status("period", "启用期间 2019-03-01")
    return window


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    scale = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    app = QApplication([])
    for mode in ("light", "dark"):
        theme.apply(app, mode=mode, scale=scale)
        page = components()
        page.show()
        page.focused.setFocus()  # type: ignore[attr-defined]
        app.processEvents()
        page.grab().save(str(out / f"components_{mode}.png"))
        page.hide()
        window = frame()
        window.open_page("shops")
        match = window.open_page("match")
        window.open_page("sale")
        window.tab_strip.set_title("sale", "销货单 XH20190327001")
        window.tab_strip.set_unsaved("sale", True)
        window.open_page("match")
        window.show()
        app.processEvents()
        match.table.edit_cell(4, "goods_name")  # type: ignore[attr-defined]
        app.processEvents()
        popup = PopupList(window, hints=("Enter 匹配并到下一行", "F4 打开选择商品"), min_width=424)
        popup.attach(match.table._editor)  # type: ignore[attr-defined]
        popup.show_items(
            [
                PopupItem(
                    1,
                    "PET电气绝缘胶带 黄色",
                    code="sp19005_001",
                    detail="1350FY-1 · 库存 36 卷 · 零售价 13.92",
                    chip="商品代码 = 货号",
                    chip_tone="ok",
                    picture=_swatch(),
                ),
                PopupItem(
                    2,
                    "PET电气绝缘胶带 透明",
                    code="sp19004_001",
                    detail="1350FT-1 · 库存 12 卷 · 零售价 13.92",
                    chip="名称相近",
                    picture=_swatch(),
                ),
            ]
        )
        app.processEvents()
        window.grab().save(str(out / f"match_{mode}.png"))
        popup.close_popup()
        match.table.close_editor(commit=False)  # type: ignore[attr-defined]
        orders = window.open_page("preorders")
        window.show_banner(
            "offline",
            "warn",
            "连不上 1688，已经 3 分钟。",
            "照常开单和打印；2 张预订单在排队，网络恢复后自动上传。",
            icon="offline",
            button="立即重试",
            button_icon="refresh",
            closable=True,
        )
        window.show_banner(
            "expired",
            "bad",
            "店铺 AOP对外测试账号04 的授权已过期。",
            "这个店铺的预订单先排队，不会丢；重新验证一次就好了。",
            icon="shield_expired",
            button="店铺验权",
            action="verify_shop",
            button_icon="shield_check",
        )
        window.notice(
            "ok",
            "已保存 XH20190327003，¥128.00",
            "网络恢复后自动上传，二维码到时再出示",
            link="打印欠款单",
            action="print",
            sound=False,
        )
        orders.table.select_id(4)  # type: ignore[attr-defined]
        for _ in range(5):
            app.processEvents()
        window.grab().save(str(out / f"preorders_{mode}.png"))
        window.hide_banner("offline")
        window.hide_banner("expired")
        sale = window.open_page("sale")
        window.toast("已匹配 11 行，1 行没有匹配", lambda: None)
        app.processEvents()
        sale.table.edit_cell(6, "count")  # type: ignore[attr-defined]
        for _ in range(5):
            app.processEvents()
        window.grab().save(str(out / f"sale_{mode}.png"))
        dialog = ConfirmDialog(
            window,
            "删除平台下载信息",
            "要删除 3 行平台信息吗？",
            goes="这 3 行会从商品匹配里消失，匹配关系也一起删除。",
            stays="商品中心的商品会保留。可以用 Ctrl+Z 撤销。",
            yes="删除 3 行",
        )
        dialog.open()
        for _ in range(5):
            app.processEvents()
        window.grab().save(str(out / f"dialog_{mode}.png"))
        dialog.reject()
        window.hide()
    _ = Toast


if __name__ == "__main__":
    main()
