"""登录: what covers the window until somebody has logged in (M1). The same cover stands over a window that was left alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLayout, QLineEdit, QWidget

from jdy_desktop.services.machine.known_books import KnownBook
from jdy_desktop.views import theme
from jdy_desktop.views.widgets.base import STRETCH, IconLabel, Surface, Text, column, row
from jdy_desktop.views.widgets.book_tile import BookTile, facts_words
from jdy_desktop.views.widgets.buttons import KeyButton, LinkButton
from jdy_desktop.views.widgets.fields import Field, FormRow

FORGOTTEN = (
    "请另一位店主在“设置—操作员”里重设。只有一位店主：关掉程序，运行 jdy-desktop reset-owner 设新密码，会记入操作日志。"
    "密码只挡住柜台前的人，账套文件没有加密，请看好这台电脑。"
)


class PasswordField(Field):
    """Dots; notices when letters come out the other way round than Shift says."""

    def __init__(self, *, name: str, label: str = "密码", size: str = "") -> None:
        super().__init__(name=name, label=label, size=size)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.has_caps_lock = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if len(text) == 1 and text.isascii() and text.isalpha():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.has_caps_lock = text.isupper() != shift
        super().keyPressEvent(event)


class LoginCover(Surface):
    """Lies over the whole window and lets nothing through. `log_in(account, password)`; the others lead to other account sets."""

    log_in = Signal(str, str)
    open_book = Signal(object)
    new_book = Signal()
    restore_book = Signal()

    def __init__(
        self, window: QWidget, *, company: str, account: str, books: Sequence[KnownBook], book: Path | None, now: datetime,
        locked: bool,
    ) -> None:  # fmt: skip
        """`locked`: somebody's work lies below; only logging in is offered then."""
        super().__init__("window", parent=window)
        self.setObjectName("login_cover")
        self.setAccessibleName("已锁定" if locked else "登录")
        self._window, self._books, self._book, self._now = window, books, book, now
        self._locked = locked
        card = Surface("window_card", parent=self)
        row(self._left(), self._right(company, account), spacing=0, margins=(1, 1, 1, 1), parent=card).setStretch(1, 1)
        self._card = card
        whole = column(STRETCH, row(STRETCH, card, STRETCH), STRETCH, parent=self)
        whole.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        theme.notifier().changed.connect(self._fit)
        window.installEventFilter(self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)
        self._fit()
        self.show()
        self.raise_()
        self.take_focus()

    # ---- the two halves
    def _left(self) -> QWidget:
        half = Surface("subtle", edge="right", width=358)
        names = column(Text("jdy-desktop", "dialog_title"), Text("1688E经营 柜台版", "hint"), spacing=2)
        head = row(IconLabel("app_icon", "text", 40), names, STRETCH, spacing=12, margins=(12, 0, 0, 0))
        shown = [one for one in self._books if not one.is_away and (not self._locked or one.path == self._book)]
        tiles = [self._tile(one) for one in shown[:5]]
        create = LinkButton("创建账套", icon="plus", name="login_cover.new_button")
        create.clicked.connect(self.new_book)
        restore = LinkButton("从备份恢复", icon="backup", name="login_cover.restore_button")
        restore.clicked.connect(self.restore_book)
        if self._locked:
            create.hide()
            restore.hide()
        column(
            head, 14, row(12, Text("账套", "hint"), STRETCH, spacing=0), 4, *tiles, STRETCH,
            row(create, restore, STRETCH, spacing=28, margins=(16, 0, 0, 0)),
            spacing=0, margins=(16, 24, 16, 16), parent=half,
        )  # fmt: skip
        return half

    def _tile(self, book: KnownBook) -> BookTile:
        here = book.path == self._book
        tile = BookTile(book, facts_words(book, self._now), name=f"login_cover.book_{book.path.stem}", tick=here)
        tile.setChecked(here)
        tile.setFocusPolicy(Qt.FocusPolicy.NoFocus if here else Qt.FocusPolicy.StrongFocus)

        def chosen() -> None:
            tile.setChecked(here)
            if not here:
                self.open_book.emit(book.path)

        tile.clicked.connect(chosen)
        tile.opened.connect(chosen)
        return tile

    def _right(self, company: str, account: str) -> QWidget:
        half = QWidget()
        self.account = Field(account, name="login_cover.account_field", label="账号", size="large")
        self.password = PasswordField(name="login_cover.password_field", size="large")
        self._password_row = FormRow("密码", self.password)
        self.password.textEdited.connect(lambda: self._password_row.set_error(None))
        self.account.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self._submit)
        self.button = KeyButton("登录", "ok", kind="primary", size="large", wide=True, name="login_cover.login_button")
        self.button.clicked.connect(self._submit)
        self._forgot = LinkButton("忘记密码？", name="login_cover.forgotten_button")
        self._forgot.clicked.connect(self._tell_forgotten)
        self._foot = Text("一个人看档口？可在“设置—操作员”里去掉密码。", "hint", wrap=True)
        self._foot.setObjectName("login_cover.foot")
        column(
            Text("已锁定" if self._locked else "登录", "page_title"),
            Text(f"{company} · 单据和挂单都还在" if self._locked else company, "label"), 20,
            FormRow("账号", self.account), 16, self._password_row, 20, self.button, 12, row(self._forgot, STRETCH), STRETCH,
            self._foot, spacing=2, margins=(48, 44, 48, 24), parent=half,
        )  # fmt: skip
        return half

    # ---- acting
    @Slot()
    def _submit(self) -> None:
        if not self.account.text().strip():
            self.account.setFocus()
        elif self.button.isEnabled():
            self.button.set_blocked("正在登录")
            self.log_in.emit(self.account.text(), self.password.text())

    def refuse(self, sentence: str) -> None:
        """Say why not; the focus is in 密码 again, what stands there is overwritten by the next key (M1)."""
        caps = "大写锁定好像打开了。" if self.password.has_caps_lock else ""
        self._password_row.set_error(f"{sentence}{caps}")
        self.button.set_blocked(None)
        self.password.setFocus()
        self.password.selectAll()

    @Slot()
    def _tell_forgotten(self) -> None:
        self._forgot.hide()
        self._password_row.set_error(None)
        self._foot.setText(FORGOTTEN)
        self.password.setFocus()

    def take_focus(self) -> None:
        """Into 密码, or 账号 while nobody is named."""
        (self.password if self.account.text() else self.account).setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- nothing gets through
    @Slot()
    def _fit(self) -> None:
        self.setGeometry(self._window.rect())
        self._card.setFixedSize(QSize(theme.px(800), theme.px(448)).boundedTo(self.size() - QSize(16, 16)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """A message that opened below takes the focus: it waits until somebody has logged in."""
        if now is not None and now.window() is self._window and not (now is self or self.isAncestorOf(now)):
            self.raise_()
            self.take_focus()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside."""
        fields: list[QWidget] = [self.account, self.password, self.button]
        here = QApplication.focusWidget()
        index = fields.index(here) if here in fields else -1
        fields[(index + (1 if forward else -1)) % len(fields)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()

    def close_for_good(self) -> None:
        """Somebody has logged in."""
        self._window.removeEventFilter(self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.disconnect(self._on_focus)
        self.hide()
        self.deleteLater()
