"""日报 (look/18): figures, hours, the last seven days, ways of payment, what sold most. Each figure opens its documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.periods import Period, one_day
from jdy_desktop.models.rules.rounding import ratio, round_half_up
from jdy_desktop.services.queries.report_values import Behind, DayReport, Measure
from jdy_desktop.views import theme
from jdy_desktop.views.figures import grouped, plain
from jdy_desktop.views.pages.report_parts import Card, Tile, percent, way_name, way_token, yuan
from jdy_desktop.views.pages.report_rows import FigureRow, FigureRows
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.widgets.base import STRETCH, Text, VScroll, column, row
from jdy_desktop.views.widgets.plot import Bar, BarPlot, LinePlot, ShareBar

_HIDDEN = "¥ ••••"


class DayPanel(QWidget):
    """`show_report(report)`; tells `followed(behind)` and, when a day of the week is chosen, `day_chosen(date)`."""

    followed = Signal(object)
    day_chosen = Signal(object)

    def __init__(self, pictures: PictureStore | None = None) -> None:
        super().__init__()
        self.setObjectName("reports_page.day_panel")
        self.report: DayReport | None = None
        self._revealed = False
        self.sales = Tile("销售额", name="reports_page.sales_tile", size=28)
        self.profit = Tile("毛利", name="reports_page.profit_tile")
        self.cash = Tile("抽屉里应有现金", name="reports_page.cash_tile")
        self.due = Tile("预计到账", name="reports_page.due_tile", edge=False)
        self.hours = BarPlot(name="reports_page.hours_plot", label="每小时销售额", marks_highest=True)
        self.week = LinePlot(name="reports_page.week_plot", label="最近 7 天")
        self._bar = QWidget()  # without a sale there is nothing to divide, and it goes
        self.shares = ShareBar(name="reports_page.ways_bar", label="收款方式")
        self.ways = FigureRows((72, 110, 72), name="reports_page.ways_list", label="收款方式")
        self.best = FigureRows((64, 104), name="reports_page.best_list", label="卖得最多", pictures=pictures)
        self._lay_out()
        for part in (self.sales, self.profit, self.cash, self.due, self.ways, self.best):
            part.followed.connect(self.followed)
        self.hours.activated.connect(self._follow_hour)
        self.week.activated.connect(self.day_chosen)

    def _lay_out(self) -> None:
        tiles = Card()
        line = row(self.sales, self.profit, self.cash, self.due, spacing=0, margins=(1, 1, 1, 1), parent=tiles)
        for place, share in enumerate((40, 28, 28, 28)):
            line.setStretch(place, share)
        hours, week = _plot_card("每小时销售额", self.hours), _plot_card("最近 7 天", self.week)
        plots = row(hours, week, spacing=12)
        plots.setStretch(0, 23)
        plots.setStretch(1, 12)
        row(self.shares, margins=(16, 0, 16, 8), parent=self._bar)
        ways = _list_card("收款方式", self._bar, self.ways)
        best = _list_card("卖得最多", None, self.best)
        lists = row(ways, best, spacing=12)
        lists.setStretch(0, 1)
        lists.setStretch(1, 1)
        whole = column(tiles, plots, lists, spacing=12, margins=(16, 16, 16, 16), parent=self)
        whole.setStretch(1, 28)
        whole.setStretch(2, 21)

    @property
    def day(self) -> date | None:
        return self.report.day if self.report else None

    def show_report(self, report: DayReport) -> None:
        """All figures of one day."""
        self.report = report
        here = one_day(report.day)
        self.sales.show_figure(
            yuan(report.sales), _sales_note(report), self._behind(Measure.SETTLEMENT, here, "销售额")
        )
        self._show_profit(report, here)
        self.cash.show_figure(
            yuan(report.expected_cash),
            _cash_note(report),
            Behind(Measure.CASH, here, "现金收支", account_id=report.cash_flow.account_id),
            "" if report.counted is None or not report.counted.difference else "bad",
        )
        self.due.setVisible(report.channel)
        self.due.show_figure(yuan(report.due_amount), _due_note(report), self._behind(Measure.DUE, here, "预计到账"))
        self.hours.set_bars([Bar(hour, str(hour), amount, f"{hour} 点") for hour, amount in report.hours])
        self.week.set_bars([Bar(day, f"{day.day}日", amount, day.isoformat()) for day, amount in report.week])
        self._show_ways(report, here)
        self._show_best(report, here)

    def reveal(self, on: bool) -> None:
        """Profit is shown while Alt is held: buyers look at this screen too (W22)."""
        self._revealed = on
        if self.report is not None:
            self._show_profit(self.report, one_day(self.report.day))

    def _behind(self, measure: Measure, here: Period, title: str, **more: Any) -> Behind:
        """The documents of a figure, of the shop that is shown."""
        return Behind(measure, here, title, shop_id=self.report.shop_id if self.report else None, **more)

    def _show_profit(self, report: DayReport, here: Period) -> None:
        self.profit.setVisible(report.profit is not None)
        if report.profit is None:
            return
        behind = self._behind(Measure.PROFIT, here, "毛利")
        if not self._revealed:
            self.profit.show_figure(_HIDDEN, "按住 Alt 显示", behind)
            return
        note = f"毛利率 {percent(report.margin)}" if report.margin is not None else "这一天还没有销售"
        self.profit.show_figure(yuan(report.profit), note, behind)

    def _show_ways(self, report: DayReport, here: Period) -> None:
        tokens = [way_token(line, place) for place, line in enumerate(report.ways)]
        self.shares.set_shares([(token, line.amount) for token, line in zip(tokens, report.ways, strict=True)])
        self._bar.setVisible(bool(report.ways))
        rows = []
        for token, line in zip(tokens, report.ways, strict=True):
            name = way_name(line)
            behind = self._behind(Measure.WAY, here, name, way=line.way, account_id=line.account_id)
            cells = (
                (f"{line.count} 单", False),
                (grouped(line.amount), True),
                (_share(line.amount, report.sales), False),
            )
            rows.append(FigureRow(name, cells, behind, token=token))
        rows += self._other_flows(report, here)
        self.ways.set_rows(rows or [FigureRow("这一天还没有销售", (("", False), ("", False), ("", False)), None)])

    def _other_flows(self, report: DayReport, here: Period) -> list[FigureRow]:
        """What went through an account apart from the day's sales: debts received, suppliers paid."""
        rows = []
        for flow in report.flows:
            behind = Behind(Measure.CASH, here, f"{flow.name}收支", account_id=flow.account_id)
            for words, amount in (("收欠款", flow.receipts), ("付货款", flow.payments + flow.purchases)):
                if amount:
                    cells = (("", False), (grouped(amount), True), ("", False))
                    rows.append(FigureRow(f"{words} · {flow.name or '未选账户'}", cells, behind))
        return rows

    def _show_best(self, report: DayReport, here: Period) -> None:
        rows = [
            FigureRow(
                one.name,
                ((plain(one.quantity), False), (grouped(one.amount), False)),
                self._behind(Measure.GOODS, here, one.code, sku_id=one.id),
                strong=one.code,
                picture=one.picture,
            )
            for one in report.best
        ]
        self.best.set_rows(rows or [FigureRow("这一天还没有销售", (("", False), ("", False)), None)])

    @Slot(object)
    def _follow_hour(self, hour: Any) -> None:
        if self.report is not None:
            title = f"{hour} 点到 {hour + 1} 点"
            self.followed.emit(self._behind(Measure.SETTLEMENT, one_day(self.report.day), title, hour=hour))


def _sales_note(report: DayReport) -> str:
    parts = [f"{report.count} 单，{plain(report.pieces)} 件"]
    if report.returns:
        parts.append(f"退货 {report.returns} 单")
    if report.usual:
        change = round_half_up(ratio((report.sales - report.usual) * 100, abs(report.usual)), 1)
        parts.insert(0, f"比前 6 天平均{'多' if change >= 0 else '少'} {abs(change)}%")
    return " · ".join(parts)


def _cash_note(report: DayReport) -> str:
    """How the drawer's figure comes about; after the count what was found."""
    if report.counted is not None:
        found, gap = report.counted.counted, report.counted.counted - report.expected_cash
        return f"实点 {grouped(found)}，" + ("相符" if not gap else f"{'多' if gap > 0 else '少'} {grouped(abs(gap))}")
    flow = report.cash_flow
    income = flow.sales + flow.returns + flow.receipts
    spent = -(flow.purchases + flow.payments)
    words = (
        f"{'' if report.shop_id is None else '全部店铺 · '}备用金 {grouped(report.start_cash)} + 收入 {grouped(income)}"
    )
    return words + (f" - 付出 {grouped(spent)}" if spent > 0 else "")


def _due_note(report: DayReport) -> str:
    if report.due_last is None:
        return "1688 没有在路上的货款"
    return f"1688 已支付 {report.due_count} 单，最晚 {report.due_last.month} 月 {report.due_last.day} 日"


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{round_half_up(ratio(part * 100, whole), 1)}%" if whole > 0 and part >= 0 else ""


def _plot_card(title: str, plot: QWidget) -> Card:
    card = Card()
    head = row(Text(title, "strong"), STRETCH, Text("元", "label"))
    box = column(head, plot, spacing=4, margins=(16, 12, 16, 8), parent=card)
    box.setStretch(1, 1)
    plot.setMinimumHeight(theme.px(120))
    return card


def _list_card(title: str, above: QWidget | None, rows: FigureRows) -> Card:
    card = Card()
    head = row(Text(title, "strong"), margins=(16, 12, 16, 8))
    scroll = VScroll(rows)
    rows.setAutoFillBackground(False)
    box = column(head, above, scroll, spacing=0, margins=(1, 0, 1, 1), parent=card)
    box.setStretch(box.count() - 1, 1)
    return card
