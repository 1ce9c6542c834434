"""Head of a document: party, date, number, kind of business, warehouses, its state, and the scan row (look/17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import DocumentState
from jdy_desktop.services.book.document_values import DocumentView
from jdy_desktop.services.book.parties import Parties, WarehouseInfo
from jdy_desktop.views import keys
from jdy_desktop.views.entry.head import EntryHead
from jdy_desktop.views.entry.party_field import CustomerField, SupplierField
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.pages.document_form import DocForm
from jdy_desktop.views.pages.document_kinds import DocumentSpec
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import Chip
from jdy_desktop.views.widgets.fields import FilterCombo, FormRow
from jdy_desktop.views.widgets.flow import flow

NO_WAREHOUSE = "请选择仓库"
_TONES = {DocumentState.SAVED: "mute", DocumentState.REVIEWED: "ok", DocumentState.VOIDED: "bad"}


class DocHead(EntryHead):
    """Only the widgets; the page connects them."""

    def __init__(self, spec: DocumentSpec, parties: Parties, runner: JobRunner, today: date) -> None:
        page = f"{spec.page_id}_page"
        words = (
            "扫原单编号，或输入商品 代码 / 名称 / 拼音首字母"
            if spec.source
            else "扫码，或输入 代码 / 名称 / 拼音首字母"
        )
        super().__init__(page, today, words=words, hint="F2", widths=(124, 140))
        self._spec = spec
        kind = CustomerField if spec.party == "customer" else SupplierField
        self.party = sized(kind(parties, runner, name=f"{page}.party_field"), width=220)
        self.party_row = FormRow(f"{kind.PARTY} F3", self.party)
        if spec.party is None:
            self.party_row.hide()
        self.category = FilterCombo(
            "业务类别", [(one, one) for one in spec.categories], inside=False, width=120, name=f"{page}.category_combo"
        )
        self.category_row = FormRow("业务类别", self.category)
        if not spec.categories:
            self.category_row.hide()
        self.warehouse, self.warehouse_row = self._house("调出仓库" if spec.is_transfer else "仓库", "warehouse_combo")
        self.to_warehouse, self.to_row = self._house("调入仓库", "to_warehouse_combo")
        if not spec.is_transfer:
            self.to_row.hide()
        self.state = Chip("", "mute")
        self.state.setObjectName(f"{page}.state_chip")
        self.previous = KeyButton("上一张", kind="quiet", icon="chevron_left", name=f"{page}.previous_button")
        self.next = KeyButton("下一张", kind="quiet", icon="chevron_right", name=f"{page}.next_button")
        for button, action in ((self.previous, "previous_document"), (self.next, "following_document")):
            button.setToolTip(keys.current().hint(action))
        head = flow(
            self.party_row, FormRow("单据日期", self.day), FormRow("单据编号", self.number), self.category_row,
            self.warehouse_row, self.to_row, STRETCH, self.state, self.previous, self.next, spacing=12,
        )  # fmt: skip
        self.same = KeyButton("照上一张", "same_as_last", icon="copy", size="large", name=f"{page}.same_button")
        self.load = KeyButton("载入账面", icon="stock", size="large", name=f"{page}.load_button")
        if not spec.has_discount or spec.source is not None:
            self.same.hide()
        if not spec.is_count:
            self.load.hide()
        self.lay_out(head, self.same, self.load)

    def _house(self, words: str, name: str) -> tuple[FilterCombo, FormRow]:
        combo = FilterCombo(words, [], inside=False, width=132, name=f"{self._spec.page_id}_page.{name}")
        return combo, FormRow(words, combo)

    def set_warehouses(self, houses: Sequence[WarehouseInfo]) -> None:
        """Where there is one warehouse only, nothing is asked, except by a transfer."""
        lines = [(one.name, one.id) for one in houses]
        self.warehouse.set_options(lines)
        self.to_warehouse.set_options([(NO_WAREHOUSE, None), *lines])
        self.warehouse_row.setVisible(len(lines) > 1 or self._spec.is_transfer)

    def show_form(self, form: DocForm, document: DocumentView | None, *, needs_review: bool) -> None:
        for combo, value in (
            (self.warehouse, form.warehouse_id), (self.to_warehouse, form.to_warehouse_id), (self.category, form.category),
        ):  # fmt: skip
            combo.blockSignals(True)
            combo.set_value(value)
            combo.blockSignals(False)
        self.show_day(form.day)
        self.number.setText(form.number)
        state = document.state if document is not None else None
        if state is DocumentState.SAVED and needs_review:
            self.state.set_look("未审核", "warn")
        elif state is not None:
            self.state.set_look(label(state), _TONES.get(state, "mute"))
        self.state.setVisible(state is not None)

    def set_read_only(self, on: bool) -> None:
        parts: list[QWidget] = [
            self.party, self.day, self.category, self.warehouse, self.to_warehouse, self.scan, self.matrix, self.same,
            self.load,
        ]  # fmt: skip
        for one in parts:
            one.setEnabled(not on)
