"""The code window (look/10, look/11): the QR code that was read back, the amount, what the buyer has done so far.

It shows one pre-order from 排队中 to 已支付 and changes by itself; nothing in it waits for the network.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from jdy_desktop.models.ids import PreOrderId
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.channel.pre_orders import CodeView, PreOrders
from jdy_desktop.services.machine.context import Clock
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.paper.qr import QrPicture, make_qr
from jdy_desktop.views import theme
from jdy_desktop.views.dialogs.code_halves import CodeHalf, FactsHalf
from jdy_desktop.views.dialogs.code_states import (
    BACKGROUND,
    CodeState,
    left_words,
    look_of,
    repair_of,
    state_of,
    sum_words,
)
from jdy_desktop.views.dialogs.code_tools import CodeTools, write_picture
from jdy_desktop.views.figures import money
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.paper_choice import prints_when_paid
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.scan_watch import ScanWatch

#: 大额支付 融易收 (manual 7.2).
LARGE_PAYMENTS = "https://cs.jdy.com/article/1552618821953"
POLL_MS = 5_000
MIN_QR_PX = 300


def open_code(
    host: QWidget,
    pre_order_id: PreOrderId,
    *,
    pre_orders: PreOrders,
    documents: Documents,
    runner: JobRunner,
    shell: Shell,
    clock: Clock,
    store: SettingsStore,
    company: str = "",
    buyer: Callable[[], Any] | None = None,
) -> CodeWindow:
    """Show the code of a pre-order over the window of `host`; `finished` comes when it is closed.

    `buyer()` gives the second screen already open (see `views/buyer_screen.py`), None without one.
    """
    tools = CodeTools(pre_orders, documents, runner, shell, clock, store, company, buyer)
    window = CodeWindow(host, pre_order_id, tools)
    window.open()
    return window


class CodeWindow(DialogFrame):
    state_changed = Signal(str)

    def __init__(self, host: QWidget, pre_order_id: PreOrderId, tools: CodeTools) -> None:
        super().__init__(host, "预订单二维码", width=936, height=640, padding=0, name="code_window")
        self._id, self._tools = pre_order_id, tools
        self._host = host
        self.view: CodeView | None = None
        self.state: CodeState | None = None
        self.qr: QrPicture | None = None
        self._is_making = False
        self._is_polling = False
        self._ahead = 0
        self._since = time.monotonic()
        self._full: QWidget | None = None
        self._own_buyer: QWidget | None = None
        self._buttons: dict[str, KeyButton] = {}
        self._build()
        self._bind_keys()
        self._tick = self._timer(1_000, self._on_tick)
        self._poll = self._timer(POLL_MS, self._on_poll)
        tools.runner.data_changed.connect(self._on_data_changed)
        self.finished.connect(self._on_finished)
        self.reload()

    def _timer(self, every_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(every_ms)
        timer.timeout.connect(slot)
        timer.start()
        return timer

    # ---- building
    def _build(self) -> None:
        self.left, self.right = CodeHalf(), FactsHalf()
        self.left.large_payments_wanted.connect(lambda: QDesktopServices.openUrl(QUrl(LARGE_PAYMENTS)))
        self.left.buyer_page_wanted.connect(self._open_buyer_page)
        self.card, self.told = self.left.card, self.left.told
        self.chip, self.amount, self.steps = self.right.chip, self.right.amount, self.right.steps
        halves = row(self.left, self.right, spacing=0)
        halves.setStretch(1, 1)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(halves)
        for name, words, action, icon, slot in (
            ("fullscreen", "全屏", "fullscreen", "fullscreen", self.show_fullscreen),
            ("buyer", "客户屏", "second_screen", "second_screen", self.show_buyer),
            ("copy", "复制图片", "copy_picture", "copy", self.copy_picture),
            ("save", "保存图片", "save_picture", "save", self.save_picture),
            ("print", "打印", "print", "print", self.print_code),
        ):
            button = KeyButton(words, action, icon=icon, name=f"code_window.{name}_button")
            button.clicked.connect(slot)
            self._buttons[name] = button
            self.add_left(button)
        self._left.setSpacing(theme.px(8))
        self.second_button = self.add_button(KeyButton("", name="code_window.second_button"), self._second)
        self.main_button = self.add_button(
            KeyButton("放到后台", "cancel", kind="primary", name="code_window.main_button"), self._main, default=True
        )

    def _bind_keys(self) -> None:
        for action, slot in (
            ("fullscreen", self.show_fullscreen),
            ("second_screen", self.show_buyer),
            ("copy_picture", self.copy_picture),
            ("save_picture", self.save_picture),
            ("print", self.print_code),
        ):
            KeyShortcut(action, self, slot)

    # ---- reading
    @Slot()
    def reload(self) -> None:
        """Read the row; while it waits, also how many are before it."""
        pre_orders, wanted = self._tools.pre_orders, self._id

        def read(_job: JobContext) -> tuple[CodeView, int]:
            view = pre_orders.code(wanted)
            ahead = pre_orders.waiting().count if view.upload_state is UploadState.WAITING else 0
            return view, ahead

        self._tools.runner.submit(
            read, owner=self, key="code", on_done=self._on_read, on_error=self._tools.shell.tell_error
        )

    def _on_read(self, answer: tuple[CodeView, int]) -> None:
        self.view, self._ahead = answer
        state = state_of(self.view)
        if state is CodeState.READY and (self.qr is None or self.qr.text_read_back != self.view.url):
            self._make_code(self.view.url)
            state = CodeState.NO_ADDRESS if self.qr is None else state
        self._show(state)

    def _make_code(self, url: str) -> None:
        """Drawn and read back on a worker; only what was read back right is shown."""
        if self._is_making:
            return
        self._is_making = True
        least = theme.px(MIN_QR_PX)

        def done(picture: QrPicture) -> None:
            self.qr = picture
            self.card.set_picture(picture.png)
            if self.view is not None:
                self._show(state_of(self.view))

        def end() -> None:
            self._is_making = False

        self._tools.runner.submit(
            lambda _job: make_qr(url, least),
            owner=self,
            on_done=done,
            on_error=self._tools.shell.tell_error,
            on_end=end,
        )

    # ---- showing
    def _show(self, state: CodeState) -> None:
        view = self.view
        assert view is not None
        former, self.state = self.state, state
        now = self._tools.pre_orders.server_now()
        look = look_of(state, view, now, ahead=self._ahead, seconds=time.monotonic() - self._since)
        self.chip.set_look(look.chip, look.tone, icon=look.icon)
        self.told.show_look(look, state)
        self.told.chip.hide()
        self.left.set_address(view.url)
        self.left.stack.setCurrentIndex(1 if state is CodeState.READY else 0)
        self.amount.set_amount(money(view.amount))
        self.right.warning.setVisible(state not in (CodeState.PAID, CodeState.FAILED, CodeState.EXPIRED))
        self._show_facts(view, state)
        self._show_steps(view)
        self._show_buttons(state)
        if state is not former:
            self._on_state(state)
            if state is CodeState.PAID and former is not None and prints_when_paid(self._tools.store):
                self.print_code()  # paid under the eyes of the clerk: his hand is free

    def _show_facts(self, view: CodeView, state: CodeState) -> None:
        left = "—" if state is CodeState.PAID else left_words(view, self._tools.pre_orders.server_now())
        values = (
            left,
            view.shop,
            view.number or "—",
            view.sale_number,
            f"{view.customer} · {label(view.logistics)}",
            sum_words(view),
        )
        for line, value in zip(self.right.facts.values(), values, strict=True):
            line.set_value(value)

    def _show_steps(self, view: CodeView) -> None:
        times = (view.created_at, view.shown_at, view.scanned_at, view.paid_at)
        is_up = view.upload_state is UploadState.UPLOADED
        done = 4 if view.pay_state is PayState.PAID else 3 if view.pay_state is PayState.SCANNED else 1 if is_up else 0
        self.steps.set_times(times, max(done, 2) if is_up and view.shown_at else done)

    def _show_buttons(self, state: CodeState) -> None:
        has_code = state is CodeState.READY
        for name, button in self._buttons.items():
            shown = has_code or (name == "print" and state in (CodeState.PAID, CodeState.SCANNED))
            button.setVisible(shown)
        self._buttons["print"].set_label("打印小票" if state is CodeState.PAID else "打印")
        view = self.view
        assert view is not None
        main, key, second, second_key = {
            CodeState.FAILED: (repair_of(view).label, "ok", "稍后处理", "cancel"),
            CodeState.READY: ("下一单", "next_document", "", ""),
            CodeState.SCANNED: ("下一单", "next_document", "客户付不了？重新创建", ""),
            CodeState.PAID: ("下一单", "next_document", "", ""),
            CodeState.EXPIRED: ("重新创建", "ok", "关闭", "cancel"),
            CodeState.UNAUTHORIZED: ("店铺验权", "ok", "稍后", "cancel"),
        }.get(state, ("放到后台", "cancel", "", ""))
        if not view.is_newest and state in (CodeState.EXPIRED, CodeState.SCANNED):
            main, key, second, second_key = "关闭", "cancel", "", ""
        self.main_button.set_label(main)
        self.main_button.set_action(key)
        self.main_button.set_icon({"重新创建": "refresh", "店铺验权": "shield_check"}.get(main, ""))
        self.second_button.set_label(second)
        self.second_button.set_action(second_key)
        self.second_button.setVisible(bool(second))

    def _on_state(self, state: CodeState) -> None:
        self.state_changed.emit(state.value)
        self.setAccessibleDescription(state.value)
        if state is CodeState.READY:
            self._mark_shown()
        elif self._full is not None:
            self._full.close()
        self.main_button.setFocus()
        self._show_to_buyer()

    def _mark_shown(self) -> None:
        view, pre_orders, wanted = self.view, self._tools.pre_orders, self._id
        if view is not None and view.shown_at is None:
            self._tools.runner.submit(
                lambda _job: pre_orders.mark_shown(wanted), owner=self, on_done=lambda _n: None, on_error=_quiet
            )

    @Slot()
    def _on_tick(self) -> None:
        if self.view is None or self.state is None:
            return
        state = self.state
        if state in (CodeState.READY, CodeState.SCANNED):
            expires = self.view.expires_at
            if expires is not None and self._tools.pre_orders.server_now() >= expires:
                self.view = replace(self.view, is_expired=True, code_problem="expired")
                state = CodeState.EXPIRED
        self._show(state)

    @Slot()
    def _on_poll(self) -> None:
        """Every 5 s while the code is on screen: has it been scanned, has it been paid?"""
        is_open = self.state in (CodeState.READY, CodeState.SCANNED, CodeState.NO_ADDRESS)
        if self._is_polling or not is_open or self._tools.runner.is_closed:
            return
        self._is_polling = True
        pre_orders, wanted = self._tools.pre_orders, self._id

        def end() -> None:
            self._is_polling = False

        self._tools.runner.submit(
            lambda job: pre_orders.poll(job, [wanted]), owner=self, lane="net", on_done=lambda _r: None, on_error=_quiet,
            on_end=end,
        )  # fmt: skip

    @Slot(object)
    def _on_data_changed(self, areas: frozenset[str]) -> None:
        if "pre_orders" in areas or "shops" in areas:
            self.reload()

    # ---- the next sale begins
    def take_scan(self, code: str) -> None:
        """The clerk scans on: this one waits in the list, the piece goes to the next sale."""
        self.accept()
        self._tools.shell.open_page("sale", code=code)

    # ---- buttons
    @Slot()
    def _main(self) -> None:
        state, view = self.state, self.view
        if view is not None and not view.is_newest:
            self.accept()
        elif state is CodeState.FAILED:
            self._repair()
        elif state is CodeState.EXPIRED:
            self._recreate()
        elif state is CodeState.UNAUTHORIZED and view is not None:
            self.accept()
            self._tools.shell.open_page("shops", shop_id=view.shop_id)
        else:
            self.accept()

    @Slot()
    def _second(self) -> None:
        if self.state is CodeState.SCANNED:
            self._recreate()
        else:
            self.reject()

    def _repair(self) -> None:
        view = self.view
        assert view is not None
        step = repair_of(view)
        self.accept()
        if step.page == "sale":
            self._tools.shell.open_page("sale", document_id=view.sale_id, line=step.row, quantity=step.quantity)
        elif step.page == "match":
            self._tools.shell.open_page("match", text=step.text)
        else:
            self._tools.shell.open_page(step.page)

    def _recreate(self) -> None:
        pre_orders, wanted = self._tools.pre_orders, self._id

        def done(fresh: PreOrderId) -> None:
            self._id, self.qr, self.view = fresh, None, None
            self._since = time.monotonic()
            self.card.set_picture(None)
            self.reload()

        self._tools.runner.submit(
            lambda _job: pre_orders.recreate(wanted), owner=self, on_done=done, on_error=self._tools.shell.tell_error
        )

    @Slot()
    def _open_buyer_page(self) -> None:
        if self.view is not None and not QDesktopServices.openUrl(QUrl(self.view.url)):
            QGuiApplication.clipboard().setText(self.view.url)
            self._tools.shell.toast("没有找到浏览器。买家页面的地址已复制，粘贴到浏览器里打开。")

    # ---- the picture
    @Slot()
    def copy_picture(self) -> None:
        """复制图片: to be sent to the buyer (M131)."""
        picture = self.card.picture()
        if self.state is CodeState.READY and picture is not None:
            QGuiApplication.clipboard().setPixmap(picture)
            self._tools.shell.toast("二维码图片已复制，可以粘贴给客户。")

    @Slot()
    def save_picture(self) -> None:
        if self.state is not CodeState.READY or self.qr is None or self.view is None:
            return
        name = f"{self.view.sale_number or self.view.number}.png"
        path, _ = QFileDialog.getSaveFileName(self, "保存图片", name, "图片 (*.png)")
        if path:
            self.save_to(path)

    def save_to(self, path: str) -> None:
        """Write the picture that is shown."""
        assert self.qr is not None
        write_picture(path, self.qr, self._tools.shell)

    @Slot()
    def print_code(self) -> None:
        """F8: the slip with the code; a paid one prints the sale alone."""
        if self.state in (CodeState.READY, CodeState.SCANNED, CodeState.PAID) and self.view is not None:
            from jdy_desktop.views.dialogs.code_print import print_slip

            print_slip(self, self.view, self._tools)

    # ---- other screens
    @Slot()
    def show_fullscreen(self) -> None:
        """F11: the code and the amount over the whole screen; Esc comes back."""
        if self.state is CodeState.READY and self.view is not None and self.qr is not None:
            from jdy_desktop.views.buyer_screen import BuyerScreen

            self._full = BuyerScreen(self.window(), self._tools.company or self.view.shop, self._tools.clock)
            self._full.show_code(self.view, self.qr)
            self._full.showFullScreen()
            ScanWatch(self._full, self.take_scan)

    @Slot()
    def show_buyer(self) -> None:
        """Ctrl+2: the buyer's window, on the second screen when there is one."""
        from jdy_desktop.views.buyer_screen import open_buyer_screen

        if self._buyer() is None:
            name = self._tools.company or (self.view.shop if self.view else "")
            self._own_buyer = open_buyer_screen(self._host.window(), name, self._tools.clock)
        self._show_to_buyer()

    def _buyer(self) -> Any:
        from shiboken6 import isValid

        if self._own_buyer is not None and isValid(self._own_buyer) and self._own_buyer.isVisible():
            return self._own_buyer
        return self._tools.buyer() if self._tools.buyer is not None else None

    def _show_to_buyer(self) -> None:
        buyer = self._buyer()
        if buyer is None or self.view is None:
            return
        if self.state is CodeState.READY and self.qr is not None:
            buyer.show_code(self.view, self.qr)
        elif self.state is CodeState.PAID:
            buyer.show_paid(self.view)
        elif self.state is CodeState.SCANNED:
            buyer.show_locked(self.view)

    # ---- end
    def _on_finished(self, _yes: bool) -> None:
        for timer in (self._tick, self._poll):
            timer.stop()
        for extra in (self._full, self._own_buyer):
            from shiboken6 import isValid

            if extra is not None and isValid(extra):
                extra.close()
        if self.view is not None and self.state in BACKGROUND:
            from jdy_desktop.views.dialogs.code_waiting import wait_in_background

            wait_in_background(self._host, self._id, self.view, self._tools)


def _quiet(_error: BaseException) -> None:
    """The row itself tells what is wrong; the next round asks again."""


__all__ = ["LARGE_PAYMENTS", "CodeTools", "CodeWindow", "open_code"]
