"""店铺授权: the 1688 page with a guide beside it; the system browser as the second way (manual 3.1, M27–M29)."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QRectF, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from jdy_desktop.models.ids import ShopId
from jdy_desktop.services.channel.shops import AuthorizationRequest, AuthorizedShop, Shops
from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views import theme
from jdy_desktop.views.dialogs.oauth_view import OAuthView
from jdy_desktop.views.jobs import JobHandle, JobRunner
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import STRETCH, IconLabel, Surface, Text, VScroll, column, named, row
from jdy_desktop.views.widgets.buttons import IconButton, KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow

GUIDE = (
    ("先订购应用", "在 1688 应用市场 (fuwu.1688.com) 为这个店铺订购，每个店铺都要"),
    ("勾选同意授权协议", "右边网页里"),
    ("输入 1688 主账号", "订购应用的那个主账号，子账号不行"),
    ("点“授权并登录”", "成功后本窗口自己关闭，列表自动刷新"),
)


class GuideStep(QWidget):
    """A numbered step; the one in hand stands out."""

    def __init__(self, number: int, title: str, text: str) -> None:
        super().__init__()
        self._number = number
        self.is_current = False
        words = column(Text(title, "strong"), Text(text, "hint", wrap=True), spacing=2)
        row(36, words, spacing=0, margins=(10, 10, 10, 10), parent=self).setStretch(1, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.is_current:
            painter.setBrush(theme.color("selected"))
            painter.drawRoundedRect(QRectF(self.rect()), theme.radius("control"), theme.radius("control"))
        disc = QRectF(theme.px(12), theme.px(10), theme.px(22), theme.px(22))
        painter.setBrush(theme.color("accent" if self.is_current else "mute_bg"))
        painter.drawEllipse(disc)
        painter.setFont(theme.font(12, bold=self.is_current))
        painter.setPen(theme.color("on_accent" if self.is_current else "text2"))
        painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), str(self._number))


class AuthorizeDialog(DialogFrame):
    """`authorized(AuthorizedShop)`. A login that 1688 refuses is told in the dialog and can be tried again."""

    authorized = Signal(object)
    _browser_wanted = Signal(str)
    hears_scanner = False

    def __init__(self, window: QWidget, shops: Shops, runner: JobRunner, shop_id: ShopId | None = None) -> None:
        super().__init__(window, "店铺授权", width=1006, height=616, padding=0, name="authorize_dialog")
        self._shops, self._runner, self._shop_id = shops, runner, shop_id
        self._job: JobHandle | None = None
        self._view: OAuthView | None = None
        self._page_host = QWidget()
        self._page_area = column(spacing=0, parent=self._page_host)
        self._note = NoteRow("bad", "", repair="重新打开登录页")
        self._note.repaired.connect(self.restart)
        self._note.hide()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(self._columns())
        self._lock_line = Text("", "ok")
        self.add_left(IconLabel("shield_check", "ok", 16))
        self.add_left(self._lock_line)
        browser = KeyButton("改用系统浏览器", icon="external", name="authorize_dialog.browser_button")
        self._browser_button = self.add_button(browser, self._use_browser)
        self.add_button(KeyButton("取消", "cancel", name="authorize_dialog.cancel_button"), self.reject)
        # The web page keeps the keys it is given; Esc must close the dialog from there too.
        KeyShortcut("cancel", self, self.reject)
        self.finished.connect(self._end)
        closing = getattr(window.window(), "about_to_close", None)
        if closing is not None:
            # The page must go before its profile, also when the whole window is closed in the middle of a login.
            closing.connect(self._end)
        self._browser_wanted.connect(self._open_browser)
        self.restart()

    def open(self) -> None:
        """Show it with the cursor in the login page: account and password can be typed at once."""
        super().open()
        if self._view is not None:
            self._view.setFocus()

    @property
    def view(self) -> OAuthView | None:
        """The web view while the embedded way is in use."""
        return self._view

    def _columns(self) -> QHBoxLayout:
        guide = Surface("subtle", edge="right", width=248)
        self._steps = [GuideStep(n, *words) for n, words in enumerate(GUIDE, 1)]
        self._steps[2].is_current = True
        promise = Text("密码只交给 1688 的网页，本程序看不到也不保存。", "hint", wrap=True)
        steps = QWidget()
        column(*self._steps, STRETCH, promise, spacing=4, margins=(12, 16, 12, 16), parent=steps)
        scroll = VScroll(steps)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column(scroll, spacing=0, parent=guide)
        self._back = IconButton("chevron_left", "后退", name="authorize_dialog.back_button")
        self._reload = IconButton("refresh", "重新载入", name="authorize_dialog.reload_button")
        self._back.clicked.connect(lambda: self._steer("back"))
        self._reload.clicked.connect(lambda: self._steer("reload"))
        # The one place with markup: the host is bold so that a wrong one stands out; all of it is escaped.
        self._address = named(QLabel(), "authorize_dialog.address_label", "网址")
        self._address.setTextFormat(Qt.TextFormat.RichText)
        field = Surface("field", height=32)
        self._lock_icon = IconLabel("lock", "ok", 14)
        row(self._lock_icon, self._address, margins=(10, 0, 10, 0), parent=field).setStretch(1, 1)
        bar = Surface("subtle", edge="bottom", height=44)
        row(self._back, self._reload, field, spacing=4, margins=(8, 0, 12, 0), parent=bar).setStretch(2, 1)
        right = column(bar, self._note, self._page_host, spacing=0)
        right.setStretch(2, 1)
        whole = row(guide, right, spacing=0)
        whole.setStretch(1, 1)
        return whole

    # ---- the embedded way
    @Slot()
    def restart(self) -> None:
        """A fresh login page with a fresh state; what was typed in the old one is gone."""
        self._drop_view()
        self._note.hide()
        try:
            request = self._shops.begin(self._shop_id)
        except JdyError as error:
            self._tell(sentence(error))
            return
        view = OAuthView(request.url, request.is_callback)
        view.setObjectName("authorize_dialog.web_view")
        view.setAccessibleName("1688 授权登录页")
        view.setZoomFactor(theme.scale() / 100)
        view.urlChanged.connect(self._show_address)
        view.login_page.came_back.connect(lambda url: self._exchange(url, request))
        view.login_page.refused.connect(
            lambda host: self._tell(f"没有打开 {host}：它不是 1688 的登录页。没有授权，数据没有变。")
        )
        self._view = view
        self._page_area.addWidget(view)
        view.setFocus()
        self._show_address(QUrl(request.url))

    @Slot(QUrl)
    def _show_address(self, url: QUrl) -> None:
        host = url.host()
        if not host:
            return
        rest = url.path() + ("?" + url.query() if url.hasQuery() else "")
        port = f":{url.port()}" if url.port() > 0 else ""
        self._address.setText(f"{escape(url.scheme())}://<b>{escape(host)}</b>{escape((port + rest)[:90])}")
        is_safe = url.scheme() == "https"
        self._lock_icon.set_icon("lock" if is_safe else "info", "ok" if is_safe else "text2")
        self._lock_line.setText(
            "证书有效，网址是 1688 的授权登陆页" if is_safe else "练习市场的授权登陆页，只在这台电脑上"
        )

    def _steer(self, which: str) -> None:
        if self._view is not None:
            (self._view.back if which == "back" else self._view.reload)()

    def _exchange(self, url: str, request: AuthorizationRequest) -> None:
        self._start(lambda job: self._shops.finish(job, url, request))

    # ---- the system browser
    @Slot()
    def _use_browser(self) -> None:
        self._drop_view()
        self._page_area.addWidget(
            named(Text("请在浏览器里完成登录，完成后这里会自动继续。", "section"), "authorize_dialog.waiting")
        )
        self._page_area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._browser_button.set_blocked("已经在浏览器里打开")
        shop_id = self._shop_id
        self._start(lambda job: self._shops.authorize_in_browser(job, self._browser_wanted.emit, shop_id))

    @Slot(str)
    def _open_browser(self, url: str) -> None:
        QDesktopServices.openUrl(QUrl(url))

    # ---- both
    def _start(self, work: Callable[[JobContext], AuthorizedShop]) -> None:
        self._job = self._runner.submit(
            work, owner=self, lane="net", on_done=self._on_authorized, on_error=lambda e: self._tell(sentence_of(e))
        )

    def _on_authorized(self, shop: AuthorizedShop) -> None:
        self._job = None
        self.authorized.emit(shop)
        self.accept()

    def _tell(self, words: str) -> None:
        self._note.set_note("bad", words, repair="重新打开登录页")
        self._note.show()
        self._browser_button.set_blocked(None)

    def _drop_view(self) -> None:
        while item := self._page_area.takeAt(0):
            widget = item.widget()
            if isinstance(widget, OAuthView):
                widget.end()
            if widget is not None:
                widget.deleteLater()
        self._view = None

    @Slot()
    def _end(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._drop_view()


def sentence_of(error: BaseException) -> str:
    """Our sentence, and 1688's own words behind it when it said some."""
    return sentence(error) if isinstance(error, JdyError) else sentence(JdyError())
