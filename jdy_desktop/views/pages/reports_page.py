"""报表: 日报 and the lists, with a plot each (look/18). Every figure leads to its documents with one key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from jdy_desktop.models.rules.periods import Period, one_day
from jdy_desktop.services.book.cash_counts import CashCounts
from jdy_desktop.services.channel.shops import ShopRow
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.queries.report_values import Behind, BehindRow, DayReport
from jdy_desktop.services.queries.reports import Reports
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.pages.report_day import DayPanel
from jdy_desktop.views.pages.report_list import ListPanel
from jdy_desktop.views.pages.report_parts import PeriodBar
from jdy_desktop.views.pages.report_specs import LISTS, ReportSpec
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.base import STRETCH, column, row, sized
from jdy_desktop.views.widgets.buttons import IconButton, KeyButton
from jdy_desktop.views.widgets.fields import DateField, FilterCombo, SegmentedChoice
from jdy_desktop.views.widgets.flow import tool_row

DAY, ALL_SHOPS = "day", "全部店铺"
_AREAS = {"documents", "stock", "parties", "payments", "pre_orders", "goods", "settings"}
#: Several changes that come close together are one new reading.
_SETTLE_MS = 300


class _Stack(QStackedWidget):
    """Takes what is left: plots wish for more than a small screen has."""

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()


class ReportsPage(QWidget):
    def __init__(
        self,
        *,
        reports: Reports,
        cash_counts: CashCounts,
        shops: Callable[[], tuple[ShopRow, ...]],
        company: Callable[[], str],
        pictures: PictureStore,
        runner: JobRunner,
        shell: Shell,
        store: SettingsStore,
        ctx: Context,
    ) -> None:
        super().__init__()
        self.setObjectName("reports_page")
        self._reports, self._cash, self._shops, self._company = reports, cash_counts, shops, company
        self._runner, self._shell, self._store, self._ctx = runner, shell, store, ctx
        self.day_panel = DayPanel(pictures)
        self._panels: dict[str, ListPanel] = {}
        self._stale = True
        self.stack = _Stack()
        self.stack.addWidget(self.day_panel)
        layout = column(self._head(), self.stack, spacing=0, parent=self)
        layout.setStretch(1, 1)
        self._connect()
        self._show_kind()

    # ---- head
    def _head(self) -> QWidget:
        kinds = [("日报", DAY), *((spec.title, spec.id) for spec in self._lists())]
        self.kind = SegmentedChoice(kinds, name="reports_page.kind_choice", label="报表", tick=False)
        today = self._ctx.clock.today()
        self.previous = IconButton("chevron_left", "前一天", name="reports_page.previous_button")
        self.next = IconButton("chevron_right", "后一天", name="reports_page.next_button")
        self.day = sized(DateField(today, name="reports_page.day_field", label="日期"), width=124)
        self.day_bar = QWidget()
        self.shop = FilterCombo("店铺", [(ALL_SHOPS, None)], name="reports_page.shop_combo", inside=False, width=112)
        self.shop.hide()
        row(self.previous, self.day, self.next, 4, self.shop, spacing=4, parent=self.day_bar)
        self.period = PeriodBar(self._ctx.clock.today, name="reports_page.period")
        self.count_button = KeyButton(
            "点钱交班", "day_report", kind="primary", icon="wallet", name="reports_page.count_button"
        )
        self.print_button = KeyButton("打印", "print", icon="print", name="reports_page.print_button")
        self.export_button = KeyButton("导出", icon="export", name="reports_page.export_button")
        self.columns_button = KeyButton("列设置", icon="columns", kind="quiet", name="reports_page.columns_button")
        right = (self.count_button, self.print_button, self.columns_button, self.export_button)
        return tool_row(self.kind, self.day_bar, self.period, STRETCH, *right, edge="bottom")

    def _lists(self) -> list[ReportSpec]:
        return [spec for spec in LISTS if not spec.needs_cost or self._ctx.may(Right.SEE_COST)]

    def _connect(self) -> None:
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(_SETTLE_MS)
        self._due.timeout.connect(self._reload_if_shown)
        self.kind.chosen.connect(lambda _kind: self._show_kind())
        self.day.date_changed.connect(lambda _day: self.reload())
        self.previous.clicked.connect(lambda: self._step(-1))
        self.next.clicked.connect(lambda: self._step(1))
        self.shop.changed.connect(lambda _shop: self.reload())
        self.period.changed.connect(self.reload)
        self.count_button.clicked.connect(self.count_cash)
        self.print_button.clicked.connect(self.print_day)
        self.export_button.clicked.connect(self._choose_export)
        self.columns_button.clicked.connect(self._open_columns)
        self.day_panel.followed.connect(self.follow)
        self.day_panel.day_chosen.connect(self._go_to_day)
        self._runner.data_changed.connect(self._on_changed)
        KeyShortcut("refresh", self, self.reload)
        KeyShortcut("print", self, self.print_day)
        KeyShortcut("day_report", self, self._on_day_key)

    # ---- what is shown
    def open_with(self, *, kind: str | None = None, day: date | None = None) -> None:
        """Show one of the reports; `day` for the day report."""
        if kind is not None:
            self.kind.set_value(kind)
        if day is not None:
            self.day.set_value(day)
        self._show_kind()

    def activated(self) -> None:
        """The tab comes to the front: past midnight 今天 is another day, and what changed meanwhile is read."""
        if self.kind.hasFocus():  # where Qt puts it when the page is first shown
            self.setFocus()
        self._reload_if_shown()

    @property
    def panel(self) -> ListPanel | None:
        """The list shown, None while it is the day report."""
        return self._panels.get(self.kind.value())

    @Slot()
    def _show_kind(self) -> None:
        spec = next((one for one in LISTS if one.id == self.kind.value()), None)
        if spec is not None and spec.id not in self._panels:
            panel = ListPanel(spec, self._store, with_cost=self._ctx.may(Right.SEE_COST))
            panel.followed.connect(self.follow)
            panel.stock_followed.connect(lambda sku_id: self._shell.open_page("stock", sku_id=sku_id))
            self._panels[spec.id] = panel
            self.stack.addWidget(panel)
        self.day_bar.setVisible(spec is None)
        self.period.setVisible(spec is not None and spec.has_period)
        for button in (self.count_button, self.print_button):
            button.setVisible(spec is None)
        self.columns_button.setVisible(spec is not None)
        self.stack.setCurrentWidget(self.day_panel if spec is None else self._panels[spec.id])
        self.setFocusProxy(self.day_panel.sales if spec is None else self._panels[spec.id])
        if self.isVisible() and not self.kind.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Read the report in front again."""
        self._stale = False
        panel = self.panel
        if panel is None:
            day, shop_id = self.day.value() or self._ctx.clock.today(), self.shop.value()
            self._read(lambda: (self._reports.day(day, shop_id), self._shops()), self._show_day)
            return
        period, spec = self._period(panel), panel.spec
        self._read(lambda: spec.load(self._reports, period), lambda rows: panel.show_rows(rows, period))

    def _show_day(self, found: tuple[DayReport, tuple[ShopRow, ...]]) -> None:
        """Where there is a shop, its sales can be looked at apart from those of the counter."""
        report, shops = found
        self.shop.set_options([(ALL_SHOPS, None), *((one.name, int(one.id)) for one in shops), ("不经店铺", 0)])
        self.shop.setVisible(bool(shops) and report.channel)
        self.day_panel.show_report(report)

    def _period(self, panel: ListPanel) -> Period:
        return self.period.period() if panel.spec.has_period else one_day(self._ctx.clock.today())

    def _read(self, query: Callable[[], Any], show: Callable[[Any], None]) -> None:
        self._runner.submit(
            lambda _job: query(),
            owner=self,
            key="report",
            lane="net",  # a year is read for seconds; a save at the counter must not stand behind it
            on_done=show,
            on_error=self._shell.tell_error,
        )

    @Slot(object)
    def _on_changed(self, areas: frozenset[str]) -> None:
        if areas & _AREAS:
            self._stale = True
            self._due.start()

    @Slot()
    def _reload_if_shown(self) -> None:
        """A report nobody looks at is read when its tab comes to the front."""
        renewed = self.period.renew()
        if (self._stale or renewed) and self.isVisible():
            self.reload()

    def _step(self, days: int) -> None:
        here = self.day.value() or self._ctx.clock.today()
        self._go_to_day(here + timedelta(days=days))

    @Slot(object)
    def _go_to_day(self, day: date) -> None:
        self.day.set_value(day)
        self.reload()

    def _open_columns(self) -> None:
        if self.panel is not None:
            self.panel.table.open_columns_dialog()

    # ---- following figures
    @Slot(object)
    def follow(self, figure: Behind) -> None:
        """The documents behind a figure, in a list with their sum."""

        def show(rows: tuple[BehindRow, ...]) -> None:
            from jdy_desktop.views.dialogs.behind_dialog import BehindDialog

            BehindDialog(self, figure.title, rows, self._shell, self._store).open()

        self._runner.submit(
            lambda _job: self._reports.behind(figure),
            owner=self,
            key="behind",
            lane="net",
            on_done=show,
            on_error=self._shell.tell_error,
        )

    # ---- cash, paper, workbook
    @Slot()
    def _on_day_key(self) -> None:
        """F12: the day report; on it, the count."""
        if self.kind.value() == DAY:
            self.count_cash()
        else:
            self.open_with(kind=DAY)

    @Slot()
    def count_cash(self) -> None:
        """点钱交班 of the day shown."""
        from jdy_desktop.views.dialogs.cash_dialog import CashDialog

        report = self.day_panel.report
        if report is None or self.kind.value() != DAY:
            return
        dialog = CashDialog(self, report)
        dialog.saved.connect(lambda *values: self._keep_count(report, *values))
        dialog.open()

    def _keep_count(self, report: DayReport, start: Any, counted: Any, expected: Any, remark: str) -> None:
        self._runner.submit(
            lambda _job: self._cash.save(report.day, start=start, counted=counted, expected=expected, remark=remark),
            owner=self,
            on_done=lambda _count: self._on_counted(),
            on_error=self._shell.tell_error,
        )

    def _on_counted(self) -> None:
        self._shell.toast("点钱结果已保存。")
        self.reload()

    @Slot()
    def print_day(self) -> None:
        """F8: the day report on the paper of 设置, or as a PDF where there is no printer."""
        from jdy_desktop.views.pages.report_paper import put_day_on_paper

        report = self.day_panel.report
        if report is not None and self.kind.value() == DAY:
            put_day_on_paper(self, report, self._company(), self._ctx, self._shell, self._store)

    @Slot()
    def _choose_export(self) -> None:
        name = f"{self.kind_title()} {self._ctx.clock.today().isoformat()}.xlsx"
        path, _ = QFileDialog.getSaveFileName(self, "导出", name, "Excel (*.xlsx)")
        if path:
            self.export_to(Path(path))

    def kind_title(self) -> str:
        return "日报" if self.panel is None else self.panel.spec.title

    def export_to(self, path: Path) -> None:
        """What is shown, as a workbook whose cells are never formulas."""
        from jdy_desktop.views.pages.report_paper import day_sheet, list_sheet

        panel, report = self.panel, self.day_panel.report
        if panel is None and report is None:
            return
        sheet = list_sheet(panel, self._period(panel)) if panel is not None else day_sheet(report)
        self._runner.submit(
            lambda _job: sheet(path),
            owner=self,
            lane="net",  # writes no book; a save at the counter must not wait for it
            on_done=lambda _none: self._shell.toast(f"已导出到 {path}"),
            on_error=self._shell.tell_error,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Alt:
            self.day_panel.reveal(True)
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Alt:
            self.day_panel.reveal(False)
        super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Alt let go in another window is not told to us."""
        if event.type() == QEvent.Type.ActivationChange:
            self.day_panel.reveal(False)
        super().changeEvent(event)
