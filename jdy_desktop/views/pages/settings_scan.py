"""设置—扫描枪与声音: what the scanner sends, tried out on the spot (features W4, W5), and what makes a sound."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from jdy_desktop.views import scanner
from jdy_desktop.views.scanner import ScanEnd
from jdy_desktop.views.widgets.base import column, sized
from jdy_desktop.views.widgets.fields import Field, FilterCombo, Switch
from jdy_desktop.views.widgets.setting_card import Line, SettingCard

_ENDS = (("Enter（一般都是）", ScanEnd.ENTER), ("Tab", ScanEnd.TAB), ("什么都不发", ScanEnd.NOTHING))
_KEYS = {Qt.Key.Key_Return: ScanEnd.ENTER, Qt.Key.Key_Enter: ScanEnd.ENTER, Qt.Key.Key_Tab: ScanEnd.TAB}
_TRY = "把光标放在右边，扫任意一个条码，这里会告诉扫描枪发了什么"
#: Behind a code that ends with nothing comes nothing for this long.
_SILENCE_MS = 250
#: A key every 50 ms is faster than a hand.
_SCANNER_GAP_S = 0.05


class TryField(Field):
    """Takes one scan: `scanned(code, end)`. Tab stays inside while something stands in it."""

    scanned = Signal(str, object)

    def __init__(self) -> None:
        super().__init__(name="settings_page.scan_try_field", label="试扫", placeholder="在这里扫一下")
        self.clock = time.monotonic
        self._times: list[float] = []
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(_SILENCE_MS)
        self._silence.timeout.connect(lambda: self._end(ScanEnd.NOTHING))
        self.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        end = _KEYS.get(Qt.Key(event.key()))
        if end is not None and self.text():
            self._end(end)
            return True
        if event.text().isprintable() and event.text():
            self._times.append(self.clock())
            self._silence.start()
        return False

    def _end(self, end: ScanEnd) -> None:
        self._silence.stop()
        text, times = self.text(), self._times
        self._times = []
        by_hand = len(times) < 2 or (times[-1] - times[0]) / (len(times) - 1) > _SCANNER_GAP_S
        if end is ScanEnd.NOTHING and by_hand:
            return  # somebody is typing
        self.clear()
        self.scanned.emit(text, end)


class ScanCards(QWidget):
    """Everything works at once, also in pages that are open."""

    def __init__(self) -> None:
        super().__init__()
        column(self._scanner_card(), self._sound_card(), spacing=24, parent=self)
        self._show()

    def reset(self) -> None:
        """恢复默认."""
        scanner.current().reset()
        self._show()

    # ---- cards
    def _scanner_card(self) -> SettingCard:
        self.end = FilterCombo("条码后面发", list(_ENDS), name="settings_page.scan_end_combo", inside=False, width=200)
        self.end.changed.connect(lambda end: scanner.current().set_end(ScanEnd(end)))
        self.prefix = sized(Field(name="settings_page.scan_prefix_field", label="条码前缀"), width=120)
        self.suffix = sized(Field(name="settings_page.scan_suffix_field", label="条码后缀"), width=120)
        for one in (self.prefix, self.suffix):
            one.setMaxLength(8)
            one.editingFinished.connect(self._set_around)
        self.tried = sized(TryField(), width=200)
        self.tried.scanned.connect(self._on_scanned)
        lines: list[Line] = [
            ("试扫", _TRY, self.tried),
            ("条码后面发", "扫描枪说明书里叫“结束符”或“后缀”", self.end),
            ("条码前缀", "扫描枪在每个条码前面加的字，例如 ]C1；没有就空着", self.prefix),
            ("条码后缀", "扫描枪在每个条码后面加的字；没有就空着", self.suffix),
        ]
        self._card = SettingCard("扫描枪", lines)
        return self._card

    def _sound_card(self) -> SettingCard:
        self.wrong = Switch("扫错时响一声", name="settings_page.sound_wrong_switch")
        self.wrong.toggled.connect(lambda on: scanner.current().set_sounds(on))
        words = "没有这个商品、这一行不能加：响一声，不用看屏幕。客户付款的声音在“1688E经营”"
        return SettingCard("声音", [("扫错时响一声", words, self.wrong)])

    # ---- acting
    def _show(self) -> None:
        now = scanner.current()
        self.end.blockSignals(True)
        self.end.set_value(now.end)
        self.end.blockSignals(False)
        self.prefix.setText(now.prefix)
        self.suffix.setText(now.suffix)
        self.wrong.setChecked(now.sounds)

    @Slot()
    def _set_around(self) -> None:
        scanner.current().set_around(self.prefix.text().strip(), self.suffix.text().strip())

    @Slot(str, object)
    def _on_scanned(self, text: str, end: ScanEnd) -> None:
        """What arrived, and whether the settings fit it; a wrong end is put right by the scan itself."""
        now = scanner.current()
        words = {ScanEnd.ENTER: "Enter", ScanEnd.TAB: "Tab", ScanEnd.NOTHING: "什么都没有"}[end]
        fits = end is now.end or end is ScanEnd.ENTER
        told = f"收到 {text}，后面是 {words}"
        bare = now.code(text)
        if bare != text:
            told += f"；去掉前后缀是 {bare}"
        if not fits:
            now.set_end(end)
            self._show()
            told += "，已照此设好"
        line = self._card.explanation(0)
        line.setText(f"{told}。")
        line.set_role("ok")
