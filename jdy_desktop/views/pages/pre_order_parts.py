"""The parts of 预订单 that only show: its eleven columns, the note below a failed row, filters, and the empty list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum, auto

from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.rules.preorder_advice import AdviceCode
from jdy_desktop.models.rules.preorder_state import Countdown, RowAction, countdown, plain_amount
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.channel.shops import ShopRow
from jdy_desktop.services.queries.pre_orders import PreOrderFilter, PreOrderRow, PreOrderSums
from jdy_desktop.views.figures import grouped, moment
from jdy_desktop.views.tables.model import Column, Note
from jdy_desktop.views.texts import NOTES, label, note_sentence
from jdy_desktop.views.texts.pre_order_notes import BELOW_PRICE, ON_THE_WAY
from jdy_desktop.views.widgets.base import STRETCH, Text, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import DateField, FilterCombo, SearchField
from jdy_desktop.views.widgets.flow import tool_row

ACTIONS = {
    RowAction.PAY: "支付",
    RowAction.UPLOAD: "上传",
    RowAction.CHECK: "核对",
    RowAction.RECREATE: "重新创建",
    RowAction.NONE: "",
}
AUTOMATIC = "自动"
#: the key of its look; the cell reads 已过期
EXPIRED = "已过期(预订单)"
_ON_THE_WAY = (UploadState.WAITING, UploadState.UPLOADING, UploadState.UNCLEAR)
_TALL, _NORMAL = 48, 36


class Repair(Enum):
    """What the link of a note row does."""

    NONE = auto()
    MATCH = auto()
    LINE = auto()
    SALE = auto()
    MARKET = auto()
    VERIFY = auto()
    DECIDE = auto()


@dataclass(frozen=True, slots=True)
class Cure:
    """The repair of a row: its words, what it does, and the quantity that would be accepted (None: nobody knows)."""

    words: str
    repair: Repair
    quantity: Decimal | None = None


_NO_CURE = Cure("", Repair.NONE)
_PLAIN_CURES = {
    AdviceCode.NO_OFFER: Cure("去商品匹配", Repair.MATCH),
    AdviceCode.OFF_SHELF: Cure("修改这一行", Repair.LINE),
    AdviceCode.UNKNOWN: Cure("打开销货单", Repair.SALE),
    "quantity_not_whole": Cure("修改数量", Repair.LINE),
    BELOW_PRICE: Cure("修改这一行", Repair.LINE),
    "sale_unreviewed": Cure("去审核", Repair.SALE),
    "market_missing": Cure("选择市场", Repair.MARKET),
    "token_expired": Cure("店铺验权", Repair.VERIFY),
    "ask": Cure("核对", Repair.DECIDE),
}


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def advice_code(row: PreOrderRow) -> str:
    """The row's advice; 1688's one text for quantity *or* price is told apart by what the line says."""
    facts = row.advice_params
    minimum, quantity = _number(facts.get("minimum")), _number(facts.get("quantity"))
    if row.advice == AdviceCode.BELOW_MINIMUM_OR_PRICE and minimum is not None and quantity is not None:
        return row.advice if quantity < minimum else BELOW_PRICE
    return row.advice


def cure(row: PreOrderRow) -> Cure:
    """What mends the row: a link with words that say what it will do."""
    code, facts = advice_code(row), row.advice_params
    if not is_loud(row):
        return _NO_CURE
    if not facts.get("row") and code in _LINE_CURES:
        return _PLAIN_CURES[AdviceCode.UNKNOWN]
    wanted = None
    if code in (AdviceCode.BELOW_MINIMUM, AdviceCode.BELOW_MINIMUM_OR_PRICE):
        wanted = _number(facts.get("minimum"))
    elif code == AdviceCode.OVER_ONLINE_STOCK:
        online, ours = _number(facts.get("online_stock")), _number(facts.get("quantity"))
        # What was downloaded last may be older than what 1688 refused by: then it offers no quantity.
        wanted = online if online and ours and online < ours else None
    if code in _QUANTITY_CURES:
        unit = f" {facts['unit']}" if facts.get("unit") else ""
        words = f"改成 {plain_amount(wanted)}{unit}再上传" if wanted else "修改数量"
        return Cure(words, Repair.LINE, wanted)
    if code in _PLAIN_CURES:
        return _PLAIN_CURES[code]
    return _NO_CURE if code in NOTES else _PLAIN_CURES[AdviceCode.UNKNOWN]


_QUANTITY_CURES = (AdviceCode.BELOW_MINIMUM, AdviceCode.BELOW_MINIMUM_OR_PRICE, AdviceCode.OVER_ONLINE_STOCK)
_LINE_CURES = (*_QUANTITY_CURES, AdviceCode.OFF_SHELF, "quantity_not_whole", BELOW_PRICE)


def is_loud(row: PreOrderRow) -> bool:
    """Whether the clerk has to do something about the row, so that a sentence stands below it."""
    if not row.advice:
        return False
    if row.upload_state is UploadState.UNCLEAR:
        return row.advice == "ask"
    if row.upload_state in _ON_THE_WAY:
        return row.advice in ("token_expired", "no_permission", "signature_refused")
    return True


def note(row: PreOrderRow) -> Note | None:
    """One sentence with our advice; 1688's own words stand unchanged in 上传日志."""
    if not is_loud(row):
        return None
    tone = "bad" if row.upload_state in (UploadState.FAILED, UploadState.UPLOADED) else "warn"
    found = cure(row)
    return Note(tone, note_sentence(advice_code(row), row.advice_params), repair=found.words)


def _log(row: PreOrderRow) -> str:
    if row.upload_log or row.upload_state not in _ON_THE_WAY:
        return row.upload_log or ("没有发给 1688" if row.upload_state is UploadState.FAILED else "")
    if row.upload_state is UploadState.UPLOADING:
        return "正在上传"
    return ON_THE_WAY.get(row.advice) or ON_THE_WAY["checking" if row.upload_state is UploadState.UNCLEAR else ""]


def _log_tone(row: PreOrderRow) -> str:
    return "bad" if row.upload_state is UploadState.FAILED else "text2"


def _pay(row: PreOrderRow) -> str:
    return EXPIRED if row.is_expired else label(row.pay_state)


def _is_automatic(row: PreOrderRow) -> bool:
    return row.upload_state in (UploadState.WAITING, UploadState.UPLOADING)


def _action(row: PreOrderRow) -> str:
    return AUTOMATIC if _is_automatic(row) else ACTIONS[row.action]


#: M146: these eleven, in this order.
COLUMNS: list[Column[PreOrderRow]] = [
    Column("shop", "店铺", lambda r: r.shop, width=152),
    Column("day", "预单日期", lambda r: moment(r.remote_created_at), width=146),
    Column("number", "预单编号", lambda r: r.number, width=98, tone=lambda r: "hint" if r.number == "0" else None),
    Column("sale_number", "原销售单号", lambda r: r.sale_number, width=116),
    Column("customer", "客户", lambda r: r.customer, width=124),
    Column("amount", "结算金额", lambda r: plain_amount(r.settlement_amount), width=82, kind="money", bold=True),
    Column("remark", "备注", lambda r: r.remark, width=44),
    Column("upload", "上传状态", lambda r: label(r.upload_state), width=90, kind="state"),
    Column("log", "上传日志", _log, width=194, kind="wrap", stretch=True, tone=_log_tone),
    Column("pay", "支付状态", _pay, width=80, kind="state"),
    Column("action", "操作", _action, width=60, kind="link", tone=lambda r: "hint" if _is_automatic(r) else None),
]


def columns(now: Callable[[], datetime]) -> list[Column[PreOrderRow]]:
    """The manual's eleven, and behind 列设置 the time left to pay by 1688's clock (M135)."""

    def left(row: PreOrderRow) -> str:
        if row.upload_state is not UploadState.UPLOADED or row.pay_state is PayState.PAID or not row.remote_created_at:
            return ""
        return left_words(countdown(row.remote_created_at, now()))

    return [*COLUMNS, Column("left", "付款剩余时间", left, width=150, hidden=True)]


def left_words(left: Countdown) -> str:
    """4 天 23 小时 59 分 (look.md §7)."""
    if left.is_expired:
        return "已过期"
    days = f"{left.days} 天 " if left.days else ""
    hours = f"{left.hours} 小时 " if left.days or left.hours else ""
    return f"{days}{hours}{left.minutes} 分"


def tall(row: PreOrderRow) -> int:
    """1688's text is shown whole, in two lines."""
    return _TALL if row.upload_state is UploadState.FAILED else _NORMAL


def sums(found: PreOrderSums) -> list[tuple[str, str, str]]:
    """未支付 · 未上传 · 合计 for the footer."""
    return [
        ("未支付", f"{found.unpaid:,}", ""),
        ("未上传", f"{found.failed:,}", "bad" if found.failed else ""),
        ("合计", grouped(found.amount), ""),
    ]


class FilterRow(QWidget):
    """Search, day range, shop, upload state, pay state (M156)."""

    def __init__(self) -> None:
        super().__init__()
        self.search = sized(SearchField("销货单号 / 客户", action=None, name="pre_orders_page.search_field"), width=152)
        self.first = sized(DateField(name="pre_orders_page.first_day_field", label="开始日期", hint="开始"), width=108)
        self.last = sized(DateField(name="pre_orders_page.last_day_field", label="结束日期", hint="结束"), width=108)
        self.shop = FilterCombo(
            "店铺", [("全部店铺", None)], name="pre_orders_page.shop_combo", inside=False, width=118
        )
        uploads = [("全部", None), (label(UploadState.UPLOADED), UploadState.UPLOADED), ("未上传", UploadState.FAILED)]
        self.upload = FilterCombo("上传状态", uploads, name="pre_orders_page.upload_combo", width=140)
        pays = [("全部", None), *((label(one), one) for one in PayState)]
        self.pay = FilterCombo("支付状态", pays, name="pre_orders_page.pay_combo", width=140)
        self.query = KeyButton("查询", "query", name="pre_orders_page.query_button")
        self.refresh = KeyButton("刷新", "refresh", icon="refresh", name="pre_orders_page.refresh_button")
        self.details = KeyButton(
            "详情", "details", kind="quiet", icon="info", size="small", name="pre_orders_page.details_button"
        )
        self.columns = KeyButton("列设置", kind="quiet", icon="columns", name="pre_orders_page.columns_button")

    def strip(self) -> QWidget:
        """The filter row of the page."""
        return tool_row(
            self.search, Text("日期", "label"), self.first, Text("至", "label"), self.last, self.shop, self.upload,
            self.pay, self.query, STRETCH, self.refresh, self.columns,
            edge="bottom",
        )  # fmt: skip

    def filter(self) -> PreOrderFilter:
        """What the fields say now."""
        upload, pay = self.upload.value(), self.pay.value()  # Qt keeps a StrEnum as its text
        return PreOrderFilter(
            text=self.search.text().strip(),
            first_day=self.first.value(),
            last_day=self.last.value(),
            shop_id=self.shop.value(),
            upload=UploadState(upload) if upload else None,
            pay=PayState(pay) if pay else None,
        )

    def show_shops(self, shops: Sequence[ShopRow]) -> None:
        choices: list[tuple[str, ShopId | None]] = [(shop.name, shop.id) for shop in shops]
        self.shop.set_options([("全部店铺", None), *choices])

    def clear(self) -> None:
        """清除筛选."""
        self.search.clear()
        for day in (self.first, self.last):
            day.set_value(None)
        for combo in (self.shop, self.upload, self.pay):
            combo.set_value(None)

    def words(self) -> str:
        """The filters that are on, for an empty list."""
        filter = self.filter()
        parts = [f"搜索“{filter.text}”"] if filter.text else []
        if filter.first_day or filter.last_day:
            parts.append(f"日期 {filter.first_day or ''} 至 {filter.last_day or ''}".rstrip())
        if filter.shop_id is not None:
            parts.append(f"店铺“{self.shop.currentText()}”")
        if filter.upload is not None:
            parts.append(f"上传状态“{label(filter.upload)}”")
        if filter.pay is not None:
            parts.append(f"支付状态“{label(filter.pay)}”")
        return "，".join(parts)


def nothing_yet(button: KeyButton) -> EmptyState:
    return EmptyState(
        "pre_order",
        "还没有预订单",
        "开销货单时勾选“创建预订单”，完成后这里会列出来，客户扫码支付后状态自动变。",
        [button],
    )


def nothing_found(words: str, clear: KeyButton) -> EmptyState:
    return EmptyState("search", "没有符合条件的预订单", f"条件：{words}。", [clear], esc=clear)
