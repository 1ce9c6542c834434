"""设置—常规: how the window looks on this PC."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.views import theme
from jdy_desktop.views.widgets.base import column
from jdy_desktop.views.widgets.fields import FilterCombo
from jdy_desktop.views.widgets.setting_card import SettingCard


class GeneralCards(QWidget):
    """Both lines work at once."""

    def __init__(self, settings: LocalSettings) -> None:
        super().__init__()
        self._settings = settings
        modes = [("跟随系统", "system"), ("浅色", "light"), ("深色", "dark")]
        self.theme_combo = FilterCombo("外观", modes, name="settings_page.theme_combo", inside=False, width=160)
        self.theme_combo.set_value(theme.mode())
        self.theme_combo.changed.connect(self._set_theme)
        scales = [(f"{n}%", n) for n in (100, 125, 150, 175, 200)]
        self.scale_combo = FilterCombo("字号", scales, name="settings_page.scale_combo", inside=False, width=160)
        self.scale_combo.set_value(theme.scale())
        self.scale_combo.changed.connect(self._set_scale)
        card = SettingCard(
            "常规",
            [
                ("外观", "深色适合灯光暗的档口", self.theme_combo),
                ("字号", "也可以用 Ctrl+滚轮", self.scale_combo),
            ],
        )
        column(card, spacing=0, parent=self)

    def reset(self) -> None:
        """恢复默认."""
        self.theme_combo.set_value("system")
        self.scale_combo.set_value(100)

    @Slot(object)
    def _set_theme(self, mode: Any) -> None:
        self._settings.set("view.theme", mode)
        theme.set_mode(mode)

    @Slot(object)
    def _set_scale(self, percent: int) -> None:
        self._settings.set("view.scale", str(percent))
        theme.set_scale(percent)
