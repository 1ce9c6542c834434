"""One list of 报表: a plot above, its table below; a bar narrows the table, Enter opens what stands behind a row."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.periods import Period
from jdy_desktop.services.queries.report_values import Behind
from jdy_desktop.views import theme
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.pages.report_parts import Card
from jdy_desktop.views.pages.report_specs import ReportSpec
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import STRETCH, Text, column, named, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.pager import Pager
from jdy_desktop.views.widgets.plot import BarPlot


class ListPanel(QWidget):
    """`show_rows(rows, period)`; tells `followed(behind)` and, where stock stands behind a row, `stock_followed(sku id)`."""

    followed = Signal(object)
    stock_followed = Signal(object)

    def __init__(self, spec: ReportSpec, store: SettingsStore, *, with_cost: bool) -> None:
        super().__init__()
        name = f"reports_page.{spec.id}"
        self.setObjectName(f"{name}_panel")
        self.spec = spec
        self.rows: tuple[Any, ...] = ()
        self._period: Period | None = None
        self.plot = BarPlot(name=f"{name}_plot", label=spec.plot)
        costly = ("cost", "profit", "margin")
        columns = [one for one in spec.columns if with_cost or one.key not in costly]
        self.model: LinesModel[Any] = LinesModel(columns, id_of=spec.id_of, number=False)
        self.table = DataTable(self.model, name=f"{name}_table", store=store, label=spec.title)
        self.pager = Pager(size=0, name=f"{name}_pager", simple=True)
        self.narrowed = named(Text("", "label"), f"{name}_narrowed", "只看")
        self.all_button = KeyButton("看全部", "clear_filter", kind="quiet", size="small", name=f"{name}_all_button")
        self.all_button.clicked.connect(lambda: self.plot.choose(None))
        card = Card()
        head = row(Text(spec.plot, "strong"), self.narrowed, self.all_button, STRETCH, Text("元", "label"))
        box = column(head, self.plot, spacing=4, margins=(16, 12, 16, 8), parent=card)
        box.setStretch(1, 1)
        card.setFixedHeight(theme.px(236))
        self._card = card
        whole = column(column(card, margins=(16, 16, 16, 12)), self.table, self.pager, spacing=0, parent=self)
        whole.setStretch(1, 1)
        self.setFocusProxy(self.table)
        self.plot.chosen.connect(self._narrow)
        self.plot.activated.connect(lambda _key: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.table.row_activated.connect(self._follow)
        theme.notifier().changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        self._card.setFixedHeight(theme.px(236))

    def show_rows(self, rows: tuple[Any, ...], period: Period) -> None:
        """New rows; a chosen bar stays chosen when it is still there."""
        self.rows, self._period = rows, period
        self.plot.set_bars(self.spec.bars(rows))
        self._narrow()

    def shown(self) -> list[Any]:
        """The rows in the table."""
        key = self.plot.chosen_key()
        return [one for one in self.rows if key is None or key in self.spec.keys_of(one)]

    @Slot()
    def _narrow(self) -> None:
        shown, place = self.shown(), self.plot.current
        self.narrowed.setText(
            "" if place is None else f"只看 {self.plot.bars[place].tip or self.plot.bars[place].label}"
        )
        self.all_button.setVisible(place is not None)
        self.model.set_rows(shown)
        self.pager.set_total(len(shown))
        self.pager.set_sums(self.spec.sums(shown))
        self.table.set_empty(
            None
            if shown
            else EmptyState("report", self.spec.nothing, "换一段时间看看。" if self.spec.has_period else "")
        )
        if shown and self.table.current_id() is None:
            self.table.select_id(self.spec.id_of(shown[0]))

    def _follow(self, row_id: Any) -> None:
        found = next((one for one in self.rows if self.spec.id_of(one) == row_id), None)
        if found is None or self._period is None:
            return
        behind: Behind | None = self.spec.behind(found, self._period, self.plot.chosen_key())
        if behind is None:
            self.stock_followed.emit(row_id)
        else:
            self.followed.emit(behind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.plot.current is not None:
            self.plot.choose(None)
            return
        super().keyPressEvent(event)
