"""A pre-order that was put to the background: one card now, one when its code is there (look/21)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import PreOrderId
from jdy_desktop.services.channel.pre_orders import CodeView
from jdy_desktop.views.dialogs import code_window
from jdy_desktop.views.dialogs.code_states import BACKGROUND, CodeState, state_of
from jdy_desktop.views.figures import money


def wait_in_background(host: QWidget, pre_order_id: PreOrderId, view: CodeView, tools: code_window.CodeTools) -> None:
    """Say that the sale is safe, and say again when the code can be shown."""
    tools.shell.notice(
        "ok", f"已保存 {view.sale_number}，¥{money(view.amount)}", "网络恢复后自动上传，二维码到时再出示"
    )
    _Waiter(host, pre_order_id, tools)


class _Waiter(QObject):
    def __init__(self, host: QWidget, pre_order_id: PreOrderId, tools: code_window.CodeTools) -> None:
        super().__init__(host)
        self._host, self._id, self._tools = host, pre_order_id, tools
        tools.runner.data_changed.connect(self._on_changed)

    @Slot(object)
    def _on_changed(self, areas: frozenset[str]) -> None:
        if "pre_orders" in areas:
            pre_orders, wanted = self._tools.pre_orders, self._id
            self._tools.runner.submit(
                lambda _job: pre_orders.code(wanted),
                owner=self,
                key="wait",
                on_done=self._on_read,
                on_error=lambda _e: None,
            )

    def _on_read(self, view: CodeView) -> None:
        state = state_of(view)
        if state in BACKGROUND or state is CodeState.UNAUTHORIZED:
            return
        self._tools.runner.data_changed.disconnect(self._on_changed)
        if state is CodeState.READY:
            words = f"{view.sale_number} · {view.customer} · ¥{money(view.amount)}"
            self._tools.shell.notice("ok", "二维码可以出示了", words, link="出示二维码", on_link=self._open)
        else:
            self.deleteLater()

    def _open(self) -> None:
        code_window.CodeWindow(self._host, self._id, self._tools).open()
        self.deleteLater()
