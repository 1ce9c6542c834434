"""What the industry chosen in the wizard sets (manual 2.1, M7): "行业选择同系统默认参数有关"."""

from __future__ import annotations

from dataclasses import dataclass

from jdy_desktop.models.states import Industry


@dataclass(frozen=True, slots=True)
class IndustryDefaults:
    """Defaults of a new account set; each can be changed afterwards.

    `uses_attributes`: 辅助属性 is on. `matrix_entry`: a sale asks colour × size as a grid. `unit`: of new goods.
    """

    uses_attributes: bool
    unit: str
    matrix_entry: bool


INDUSTRY_DEFAULTS: dict[Industry, IndustryDefaults] = {
    Industry.FOOD: IndustryDefaults(uses_attributes=False, unit="箱", matrix_entry=False),
    Industry.CLOTHES: IndustryDefaults(uses_attributes=True, unit="件", matrix_entry=True),
    Industry.HOME: IndustryDefaults(uses_attributes=True, unit="件", matrix_entry=False),
    Industry.BEAUTY: IndustryDefaults(uses_attributes=True, unit="个", matrix_entry=False),
    Industry.STATIONERY: IndustryDefaults(uses_attributes=False, unit="个", matrix_entry=False),
    Industry.DIGITAL: IndustryDefaults(uses_attributes=True, unit="台", matrix_entry=False),
    Industry.MATERIALS: IndustryDefaults(uses_attributes=False, unit="千克", matrix_entry=False),
    Industry.MEDICAL: IndustryDefaults(uses_attributes=False, unit="盒", matrix_entry=False),
    Industry.BABY: IndustryDefaults(uses_attributes=True, unit="件", matrix_entry=True),
    Industry.SECURITY: IndustryDefaults(uses_attributes=False, unit="台", matrix_entry=False),
    Industry.PRINTING: IndustryDefaults(uses_attributes=False, unit="个", matrix_entry=False),
    Industry.OTHER: IndustryDefaults(uses_attributes=False, unit="件", matrix_entry=False),
}
