"""设置—进销存参数: tax (manual 6.1.1; M125) and what the trade brought along."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.industries import IndustryDefaults
from jdy_desktop.models.rules.rounding import NumberProblem, parse_decimal
from jdy_desktop.services.book.account_sets import AccountSetInfo, AccountSets
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.base import column, sized
from jdy_desktop.views.widgets.fields import Field, Switch
from jdy_desktop.views.widgets.setting_card import Line, SettingCard

_TAX = (
    "打开：零售价/批发价是含税单价，再算出销售单价（不含税）。关掉：零售价/批发价是销售单价（不含税），再算出含税单价。"
)


class RuleCards(QWidget):
    """Kept in the book, so every PC of it follows."""

    def __init__(self, account_sets: AccountSets, *, runner: JobRunner, shell: Shell) -> None:
        super().__init__()
        self._account_sets, self._runner, self._shell = account_sets, runner, shell
        self.include_tax = Switch("商品价格含税", name="settings_page.include_tax_switch")
        self.include_tax.clicked.connect(self._set_tax)
        self.tax_rate = sized(Field(name="settings_page.tax_rate_field", label="默认税率(%)", right=True), width=120)
        self.tax_rate.editingFinished.connect(self._set_tax)
        self.attributes = Switch("辅助属性", name="settings_page.attributes_switch")
        self.matrix = Switch("颜色尺码录入", name="settings_page.matrix_switch")
        self.unit = sized(Field(name="settings_page.unit_field", label="默认单位"), width=120)
        for one in (self.attributes, self.matrix):
            one.clicked.connect(self._set_defaults)
        self.unit.editingFinished.connect(self._set_defaults)
        tax: list[Line] = [
            ("商品价格含税", _TAX, self.include_tax),
            ("默认税率(%)", "商品没有自己的税率时用它", self.tax_rate),
        ]
        industry: list[Line] = [
            ("辅助属性", "打开：新增商品时可以填颜色、尺码。关掉：不问；已有的照常", self.attributes),
            ("颜色尺码录入", "打开：销货单上有“颜色尺码”按钮，一次填一张表", self.matrix),
            ("默认单位", "新商品不填单位时用它", self.unit),
        ]
        column(SettingCard("进销存参数", tax), SettingCard("行业默认参数", industry), spacing=24, parent=self)

    def show_info(self, info: AccountSetInfo) -> None:
        """What the book says; a field in hand is left alone."""
        self.include_tax.setChecked(info.prices_include_tax)
        self.attributes.setChecked(info.defaults.uses_attributes)
        self.matrix.setChecked(info.defaults.matrix_entry)
        if not self.unit.hasFocus():
            self.unit.setText(info.defaults.unit)
        if not self.tax_rate.hasFocus():
            self.tax_rate.setText(f"{info.tax_rate.normalize():f}")

    @Slot()
    def _set_tax(self) -> None:
        rate = parse_decimal(self.tax_rate.text(), places=4, minimum=Decimal(0), maximum=Decimal(100))
        if isinstance(rate, NumberProblem):
            self.tax_rate.set_tone("bad", "税率要在 0 到 100 之间，没有保存")
            return
        self.tax_rate.set_tone(None)
        include = self.include_tax.isChecked()
        self._submit(lambda: self._account_sets.set_tax(include, rate))

    @Slot()
    def _set_defaults(self) -> None:
        unit = self.unit.text().strip()
        self.unit.set_tone(None if unit else "bad", "" if unit else "默认单位不能为空，没有保存")
        if unit:
            wanted = IndustryDefaults(self.attributes.isChecked(), unit, self.matrix.isChecked())
            self._submit(lambda: self._account_sets.set_defaults(wanted))

    def _submit(self, work: Callable[[], Any]) -> None:
        self._runner.submit(
            lambda _job: work(), owner=self, on_done=lambda _none: None, on_error=self._shell.tell_error
        )
