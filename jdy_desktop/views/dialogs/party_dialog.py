"""Form of a customer or a supplier (manual 6.1.1: 客户等级; M124)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.parties import CustomerDetail, SaveCustomer, SaveSupplier, SupplierDetail
from jdy_desktop.services.errors import UserError
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.texts import label, sentence
from jdy_desktop.views.widgets.base import column
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow
from jdy_desktop.views.widgets.fields import Field, FilterCombo, FormRow, Tick

Detail = CustomerDetail | SupplierDetail
Save = SaveCustomer | SaveSupplier


class PartyDialog(DialogFrame):
    """`saved(id)`. A refusal stands at its field; what was typed stays."""

    saved = Signal(int)

    def __init__(
        self,
        window: QWidget,
        *,
        customer: bool,
        detail: Detail | None,
        save: Callable[[Any], int],
        runner: JobRunner,
        tell_error: Callable[[BaseException], None],
    ) -> None:
        word = "客户" if customer else "供应商"
        super().__init__(window, f"{'编辑' if detail else '新增'}{word}", width=520, name="party_dialog")
        self._customer, self._detail, self._save, self._runner, self._tell = customer, detail, save, runner, tell_error
        known = detail
        self.name = Field(known.name if known else "", name="party_dialog.name_field")
        self.contact = Field(known.contact if known else "", name="party_dialog.contact_field")
        self.phone = Field(known.phone if known else "", name="party_dialog.phone_field")
        self.address = Field(known.address if known else "", name="party_dialog.address_field")
        self.remark = Field(known.remark if known else "", name="party_dialog.remark_field")
        self.grade = FilterCombo(
            "客户等级", [(label(g), g) for g in PriceGrade], name="party_dialog.grade_combo", inside=False, width=376
        )
        if isinstance(known, CustomerDetail):
            self.grade.set_value(known.grade)
        self.active = Tick("在用", checked=known.is_active if known else True, name="party_dialog.active_tick")
        self._name_row = FormRow(f"{word}名称", self.name, required=True, left=True)
        grade_row = FormRow("客户等级", self.grade, left=True, hint="等级决定销货单带出哪种价格")
        self._note = NoteRow("bad", "")
        self._note.hide()
        rows = [self._name_row, *([grade_row] if customer else [])]
        rows += [FormRow(title, field, left=True) for title, field in (
            ("联系人", self.contact), ("电话", self.phone), ("地址", self.address), ("备注", self.remark),
        )]  # fmt: skip
        if not customer:
            grade_row.hide()
            grade_row.setParent(self)
        self.body.addLayout(column(*rows, self.active, self._note, spacing=10))
        self.add_button(KeyButton("取消", "cancel", name="party_dialog.cancel_button"), self.reject)
        self._ok = self.add_button(
            KeyButton("保存", "ok", kind="primary", name="party_dialog.save_button"), self._on_save, default=True
        )
        KeyShortcut("save", self, self._on_save)

    def _request(self) -> Save:
        common: dict[str, Any] = {
            "name": self.name.text().strip(),
            "contact": self.contact.text().strip(),
            "phone": self.phone.text().strip(),
            "address": self.address.text().strip(),
            "remark": self.remark.text().strip(),
            "is_active": self.active.isChecked(),
            "version": self._detail.version if self._detail else None,
        }
        if self._customer:
            known = self._detail.id if isinstance(self._detail, CustomerDetail) else None
            return SaveCustomer(grade=PriceGrade(self.grade.value()), customer_id=known, **common)
        supplier = self._detail.id if isinstance(self._detail, SupplierDetail) else None
        return SaveSupplier(supplier_id=supplier, **common)

    def _on_save(self) -> None:
        request = self._request()
        self._ok.set_blocked("正在保存")
        self._runner.submit(
            lambda _job: self._save(request),
            owner=self,
            on_done=self._on_saved,
            on_error=self._on_refused,
            on_end=lambda: self._ok.set_blocked(None),
        )

    def _on_saved(self, party_id: int) -> None:
        self.saved.emit(int(party_id))
        self.accept()

    def _on_refused(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self._tell(error)
        elif error.code.startswith("party_name"):
            self._name_row.set_error(sentence(error))
            self.name.setFocus()
        else:
            self._note.set_note("bad", sentence(error))
            self._note.show()
        self.refit()
