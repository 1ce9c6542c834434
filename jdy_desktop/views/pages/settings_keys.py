"""设置—快捷键: every key of the map, with the place where it is heard."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.views import keys
from jdy_desktop.views.widgets.base import column, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field
from jdy_desktop.views.widgets.setting_card import Line, SettingCard

_SCOPES = {"window": "到处", "list": "列表", "document": "单据", "code": "二维码窗口", "dialog": "对话框"}


class KeyCards(QWidget):
    """A key that is taken or does not exist is refused in its field."""

    def __init__(self) -> None:
        super().__init__()
        self._fields: dict[str, Field] = {}
        reset = KeyButton("恢复默认", icon="undo", kind="secondary", name="settings_page.reset_keys_button")
        reset.clicked.connect(self.reset)
        lines: list[Line] = [("全部恢复默认", "按钮上印的键会跟着变", reset)]
        for action in keys.current():
            field = sized(
                Field(keys.current().hint(action.id), name=f"settings_page.key_{action.id}", label=action.text),
                width=140,
            )
            field.editingFinished.connect(lambda a=action.id, f=field: self._set_key(a, f))
            self._fields[action.id] = field
            lines.append((action.text, _SCOPES[action.scope], field))
        column(SettingCard("快捷键", lines), spacing=0, parent=self)

    @Slot()
    def reset(self) -> None:
        """恢复默认."""
        keys.current().reset()
        for action_id, field in self._fields.items():
            field.set_tone(None)
            field.setText(keys.current().hint(action_id))

    def _set_key(self, action_id: str, field: Field) -> None:
        wanted = keys.normal(field.text())
        if wanted is None:
            field.set_tone("bad", "没有这个键，没有改动。写成 F9、Ctrl+S 这样")
            field.setText(keys.current().hint(action_id))
            return
        clash = keys.current().clash(action_id, wanted)
        if clash is not None:
            field.set_tone("bad", f"“{clash.text}”已经用了这个键，没有改动")
            field.setText(keys.current().hint(action_id))
            return
        field.set_tone(None)
        if wanted != keys.current().sequence(action_id):
            keys.current().set_sequence(action_id, wanted)
        field.setText(keys.current().hint(action_id))
