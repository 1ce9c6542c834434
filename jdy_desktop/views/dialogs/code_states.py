"""What the code window says in each of its states (look/11): one word, one sentence, one next step. No widget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jdy_desktop.models.rules.preorder_advice import AdviceCode
from jdy_desktop.models.rules.preorder_state import countdown
from jdy_desktop.models.states import Logistics, PayState, UploadState
from jdy_desktop.services.channel.pre_orders import CodeView
from jdy_desktop.views.figures import money, time_of_day
from jdy_desktop.views.texts import advice


class CodeState(StrEnum):
    QUEUED = "queued"
    CREATING = "creating"
    UNCLEAR = "unclear"
    NO_ADDRESS = "no_address"
    FAILED = "failed"
    READY = "ready"
    SCANNED = "scanned"
    PAID = "paid"
    EXPIRED = "expired"
    UNAUTHORIZED = "unauthorized"


#: States in which the program itself goes on; the window may be put away.
BACKGROUND = (CodeState.QUEUED, CodeState.CREATING, CodeState.UNCLEAR, CodeState.NO_ADDRESS)


@dataclass(frozen=True, slots=True)
class Look:
    """Chip (word, tone, icon), title and lines in the middle; `quote` is 1688's own text, in red."""

    chip: str
    tone: str
    icon: str
    title: str
    lines: tuple[str, ...] = ()
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """The next step after a refusal: label of the button, page to open and with what."""

    label: str
    page: str
    row: int | None = None
    quantity: str | None = None
    text: str = ""


def state_of(view: CodeView) -> CodeState:
    if view.pay_state is PayState.PAID:
        return CodeState.PAID
    if view.upload_state is UploadState.WAITING:
        return CodeState.UNAUTHORIZED if view.advice == "token_expired" else CodeState.QUEUED
    if view.upload_state is UploadState.UPLOADING:
        return CodeState.CREATING
    if view.upload_state is UploadState.UNCLEAR:
        return CodeState.UNCLEAR
    if view.upload_state is UploadState.FAILED:
        return CodeState.FAILED
    if view.is_expired:
        return CodeState.EXPIRED
    if view.pay_state is PayState.SCANNED:
        return CodeState.SCANNED
    return CodeState.READY if view.url else CodeState.NO_ADDRESS


def look_of(state: CodeState, view: CodeView, now: datetime, *, ahead: int = 0, seconds: float = 0.0) -> Look:
    """`ahead`: which in the queue it is; `seconds`: how long the window has been waiting."""
    if state is CodeState.QUEUED:
        place = f"第 {ahead} 个 · " if ahead else ""
        return Look(
            "排队中", "info", "cloud_up", "销货单已保存，正在排队上传", (f"{place}可以关掉窗口接着开单，传好会提醒",)
        )
    if state is CodeState.CREATING:
        return Look("创建中", "info", "cloud_up", "正在创建 1688 预订单", (f"一般不到 2 秒 · 已用 {seconds:.1f} 秒",))
    if state is CodeState.UNCLEAR:
        lines = ("可能已经创建成功，所以不会马上重传。", "正按备注里的编号去 1688 查找，查两次都没有才会重传。")
        return Look("待核对", "info", "lookup", "1688 没有回答，正在核对", lines)
    if state is CodeState.NO_ADDRESS:
        lines = (
            f"预单编号 {view.number}，1688 还没给出付款地址，稍后再取。",
            "两分钟还没有，可以到 1688 后台打开这张订单。",
        )
        return Look("已上传", "ok", "qr", "预订单已创建，正在取二维码", lines)
    if state is CodeState.FAILED:
        return Look(
            "失败", "bad", "error", "1688 没有接受", (advice_line(view), "销货单已保存。"), quote=view.upload_log
        )
    if state is CodeState.SCANNED:
        left = f"剩余 {left_words(view, now)}"
        return Look(
            "已扫码", "scan", "lock", "客户已扫码，这个码已锁定", ("不要再给别人扫。付款完成后这里会自己变。", left)
        )
    if state is CodeState.PAID:
        return Look("已支付", "ok", "paid", f"已支付 {money(view.amount)}", (paid_line(view),))
    if state is CodeState.EXPIRED:
        words = f"原单 {view.sale_number} 不变；重新创建会得到新的预单编号和新码。"
        if not view.sale_number:
            words = "这张不是本程序开的，请在原来的地方（如手机 App）重新创建。"
        return Look("已过期", "bad", "clock", "超过 5 天没有付款，这个码作废了", (words,))
    if state is CodeState.UNAUTHORIZED:
        words = "销货单已保存，预订单在排队。重新验证一次就好了。"
        return Look("授权已过期", "bad", "shield_expired", f"店铺 {view.shop} 的授权已过期", (words,))
    return Look("等待客户扫码", "mute", "hourglass", "")


def advice_line(view: CodeView) -> str:
    """Which line, what 1688 wants, what we have (M138–M141)."""
    facts = view.advice_params
    name, unit = facts.get("name", ""), facts.get("unit", "")
    if view.advice in (AdviceCode.BELOW_MINIMUM, AdviceCode.BELOW_MINIMUM_OR_PRICE) and facts.get("minimum"):
        return f"{name}：1688 起订量 {facts['minimum']} {unit}，本单 {facts.get('quantity', '')} {unit}。"
    if view.advice == AdviceCode.OVER_ONLINE_STOCK and facts.get("online_stock"):
        return f"{name}：线上库存 {facts['online_stock']} {unit}，本单 {facts.get('quantity', '')} {unit}。"
    words = {
        AdviceCode.NO_OFFER: f"{name or '有一行商品'}还没有匹配 1688 的宝贝：先维护宝贝，然后只下载线上信息，最后到商品匹配选好。",
        AdviceCode.OFF_SHELF: f"{name or '有一行商品'}在 1688 已下架：不用该商品来做预订单，或者重新上架后再上传。",
        AdviceCode.BELOW_MINIMUM: "数量不满足 1688 的最小起订量：改数量后再上传。",
        AdviceCode.BELOW_MINIMUM_OR_PRICE: "数量或价格不满足 1688 的限购限制：改数量或单价后再上传。",
        AdviceCode.OVER_ONLINE_STOCK: "数量大于 1688 后台的库存：减少数量，或者把线上库存调大。",
    }
    known: dict[str, str] = {str(code): text for code, text in words.items()}
    known["market_missing"] = f"店铺“{facts.get('shop', view.shop)}”还没有选市场，1688 要求必填。"
    known["quantity_not_whole"] = f"{name}：1688 只收整数。"
    known["sale_voided"] = "销货单已作废，没有发给 1688。"
    known["sale_unreviewed"] = "销货单还没有审核，审核后自动上传。"
    return known.get(view.advice) or advice(view.advice or AdviceCode.UNKNOWN, facts)


def repair_of(view: CodeView) -> Repair:
    """What the main button of a refused one does (goal G)."""
    facts = view.advice_params
    row = int(facts["row"]) if facts.get("row", "").isdigit() else None
    unit = facts.get("unit", "")
    if view.advice in (AdviceCode.BELOW_MINIMUM, AdviceCode.BELOW_MINIMUM_OR_PRICE) and facts.get("minimum"):
        return Repair(f"改成 {facts['minimum']} {unit}再上传", "sale", row, facts["minimum"])
    if view.advice == AdviceCode.OVER_ONLINE_STOCK and facts.get("online_stock"):
        return Repair(f"改成 {facts['online_stock']} {unit}再上传", "sale", row, facts["online_stock"])
    if view.advice == AdviceCode.NO_OFFER:
        return Repair("去商品匹配", "match", text=facts.get("sku_code", ""))
    if view.advice == "market_missing":
        return Repair("去选市场", "shops")
    return Repair("打开销货单", "sale", row)


def paid_line(view: CodeView) -> str:
    at = f"{time_of_day(view.paid_at)} · " if view.paid_at else ""
    way = "快递" if view.logistics is Logistics.EXPRESS else "自提"
    return f"{at}{way}：买家确认收货后立即到账，\n否则发货起第 10 天自动到账"


def left_words(view: CodeView, now: datetime) -> str:
    """Countdown: 4 天 23 小时 59 分."""
    if view.created_at is None:
        return "—"
    left = countdown(view.created_at, now)
    if left.is_expired:
        return "已过期"
    days = f"{left.days} 天 " if left.days else ""
    hours = f"{left.hours} 小时 " if left.days or left.hours else ""
    return f"{days}{hours}{left.minutes} 分"


def sum_words(view: CodeView) -> str:
    return f"{money(view.amount_after_discount)} + {money(view.freight)}"
