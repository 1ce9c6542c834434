"""The sentence under a line of a sale: what 1688 or the stock will say, and the key that mends it (W46, M137–M141)."""

from __future__ import annotations

from decimal import Decimal

from jdy_desktop.models.ids import OfferId, ShopId, SkuId, WarehouseId
from jdy_desktop.models.rules.stock_check import (
    OnlineLine,
    OnlineProblem,
    OnlineSku,
    OnlineWarning,
    OutgoingLine,
    Shortage,
    online_warnings,
    shortages,
)
from jdy_desktop.models.states import OfferStatus
from jdy_desktop.views.entry.notes import KEY, LineNote
from jdy_desktop.views.figures import plain
from jdy_desktop.views.pages.sale_form import SaleForm, SaleLine
from jdy_desktop.views.tables.model import Note

_ANY = ShopId(0)
_REFUSED = "照样可以保存，但 1688 会拒绝这张预订单。"


def notes(form: SaleForm, default_warehouse: WarehouseId | None, low_row: int | None = None) -> dict[int, LineNote]:
    """One note per line at most, by line id; the one that stops the sale comes before those that warn.

    `low_row`: the row sold too low, from 1; 0: the discount of the whole bill, told under the last line."""
    found: dict[int, LineNote] = {}
    lacking = {row: one for one in _lacking(form, default_warehouse) for row in one.rows}
    allowed = {line.sku_id for line in form.lines if line.card.allow_negative}
    short = {row: one for row, one in lacking.items() if one.sku_id not in allowed}
    warnings: dict[int, list[OnlineWarning]] = {}
    if form.makes_pre_order:
        for warning in online_warnings(_online_lines(form), form.shop_id or _ANY):
            warnings.setdefault(warning.row, []).append(warning)
    for row, line in enumerate(form.lines, 1):
        note = _line_note(form, line, short.get(row), warnings.get(row, []))
        if low_row is not None and row == (low_row or len(form.lines)) and (note is None or note.note.tone != "bad"):
            note = _low_note(form.floors.get(line.sku_id), is_bill=not low_row)
        if note is None and row in lacking:
            note = _below_zero_note(line, lacking[row])
        if note is not None:
            found[line.id] = note
    return found


def _lacking(form: SaleForm, default_warehouse: WarehouseId | None) -> tuple[Shortage, ...]:
    """Local stock by warehouse, also of goods that may go below zero; what a stored document took counts as still there."""
    lines: list[OutgoingLine] = []
    balances: dict[tuple[SkuId, WarehouseId], Decimal] = {}
    for row, line in enumerate(form.lines, 1):
        warehouse = line.warehouse_id or form.warehouse_id or default_warehouse or WarehouseId(0)
        key = (line.sku_id, warehouse)
        balances.setdefault(key, line.card.stock_by_warehouse.get(warehouse, Decimal(0)))
        if line.stored:
            balances[key] += line.stored
        lines.append(OutgoingLine(row, line.sku_id, warehouse, line.quantity))
    return shortages(lines, balances)


def _online_lines(form: SaleForm) -> list[OnlineLine]:
    shop = form.shop_id or _ANY
    lines = []
    for row, line in enumerate(form.lines, 1):
        facts = line.card.offer
        online = None
        if facts is not None:
            online = OnlineSku(
                int(facts.offer_sku_id),
                facts.offer_id,
                shop,
                facts.status,
                facts.minimum_quantity or None,
                facts.online_stock,
            )
        elif line.card.other_shop:
            online = OnlineSku(0, OfferId(""), ShopId(-1), OfferStatus.ON_SHELF, None, None)
        lines.append(OnlineLine(row, line.quantity, online))
    return lines


def _line_note(
    form: SaleForm, line: SaleLine, short: Shortage | None, warnings: list[OnlineWarning]
) -> LineNote | None:
    if line.trouble:
        return LineNote(Note("bad", line.trouble, key=""))
    if short is not None:
        return _short_note(line, short)
    facts = line.card.offer
    if form.makes_pre_order and facts is not None and not facts.is_chosen and not line.offer_sku_id:
        words = Note(
            "warn",
            "选一次就会记住。",
            bold=f"这个店铺有 {facts.n_offers} 个宝贝对应这个商品。",
            repair="选宝贝",
            key=KEY,
        )
        return LineNote(words, "offer")
    for warning in warnings:
        return _online_note(line, warning)
    if not line.price:
        return LineNote(Note("warn", "照样可以保存。", bold="单价是 0。", repair="改单价", key=KEY), "price")
    return None


def _low_note(floor: Decimal | None, *, is_bill: bool) -> LineNote:
    """Only the owner sells so low: told while there is still time to talk with the buyer."""
    if is_bill or floor is None:
        words = "这张单不能保存；优惠改小一点，或请店主登录。"
        return LineNote(Note("bad", words, bold="整单优惠以后低于商品的最低价。", key=""))
    words, bold = "这张单不能保存；改单价，或请店主登录。", f"单价低于最低价 {plain(floor)} 元。"
    return LineNote(Note("bad", words, bold=bold, repair="改单价", key=KEY), "price")


def _below_zero_note(line: SaleLine, lacking: Shortage) -> LineNote:
    """是否允许负库存 is on: nothing stops the sale, the stock is told (M119)."""
    unit, left = line.card.unit, plain(lacking.available - lacking.wanted)
    bold = f"库存只有 {plain(lacking.available)} {unit}，要 {plain(lacking.wanted)} {unit}。"
    return LineNote(Note("warn", f"这个商品允许负库存，照样可以保存，库存会变成 {left}。", bold=bold, key=""))


def _short_note(line: SaleLine, short: Shortage) -> LineNote:
    unit = line.card.unit
    bold = f"库存只有 {plain(short.available)} {unit}，要 {plain(short.wanted)} {unit}。"
    if short.available <= 0:
        # Most often nothing was ever received: a new user is led to where stock comes from.
        words = "这张单不能保存；先录期初，或到商品中心允许负库存。"
        return LineNote(Note("bad", words, bold=bold, repair="去期初录入", key=KEY), "opening")
    may_cut = len(short.rows) == 1
    repair = f"改成 {plain(short.available)} {unit}" if may_cut else ""
    sentence = "库存不足，这张单不能保存；请改数量，或到商品中心允许负库存。"
    note = Note("bad", sentence, bold=bold, repair=repair, key=KEY if repair else "")
    return LineNote(note, "quantity" if may_cut else "", short.available if may_cut else None)


def _online_note(line: SaleLine, warning: OnlineWarning) -> LineNote:
    unit = line.card.unit
    wanted, limit = plain(warning.wanted), plain(warning.limit)
    if warning.problem is OnlineProblem.BELOW_MINIMUM:
        assert warning.limit is not None
        assert warning.wanted is not None
        needed = line.quantity + (warning.limit - warning.wanted)
        bold = f"起订量 {limit} {unit}，现在 {wanted} {unit}。"
        return LineNote(
            Note("warn", _REFUSED, bold=bold, repair=f"改成 {plain(needed)} {unit}", key=KEY), "quantity", needed
        )
    if warning.problem is OnlineProblem.OVER_ONLINE_STOCK:
        bold = f"线上库存 {limit} {unit}，现在 {wanted} {unit}。"
        may_cut = warning.limit is not None and warning.limit > 0 and warning.wanted == line.quantity
        repair = f"改成 {limit} {unit}" if may_cut else ""
        note = Note("warn", _REFUSED, bold=bold, repair=repair, key=KEY if repair else "")
        return LineNote(note, "quantity" if may_cut else "", warning.limit if may_cut else None)
    words = {
        OnlineProblem.UNMATCHED: ("还没有匹配 1688 的宝贝。", _REFUSED, "去商品匹配", "match"),
        OnlineProblem.WRONG_SHOP: (
            f"这是店铺“{line.card.other_shop}”的宝贝。",
            "一张销货单只能发给一个店铺：改店铺，或删掉这一行。",
            "改店铺",
            "shop",
        ),
        OnlineProblem.OFFER_GONE: ("1688 上已没有这个宝贝。", _REFUSED, "", ""),
        OnlineProblem.OFF_SHELF: ("1688 上已下架。", _REFUSED + "换一个商品，或先重新上架。", "", ""),
        OnlineProblem.NOT_WHOLE: ("1688 只收整数。", f"现在是 {wanted} {unit}，发不出去。", "改数量", "edit"),
    }
    bold, sentence, repair, what = words[warning.problem]
    tone = "bad" if warning.problem in (OnlineProblem.WRONG_SHOP, OnlineProblem.NOT_WHOLE) else "warn"
    return LineNote(Note(tone, sentence, bold=bold, repair=repair, key=KEY if repair else ""), what)
