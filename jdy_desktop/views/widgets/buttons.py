"""Buttons: ``KeyButton`` (label + key of the key map), ``IconButton`` (icon only, with tooltip), ``LinkButton``."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from jdy_desktop.views import keys, theme
from .base import parent_of

Kind = Literal["primary", "secondary", "quiet", "danger", "danger_filled", "link"]
Size = Literal["small", "normal", "large", "finish"]
_HEIGHT = {"small": "control_small", "normal": "control", "large": "control_large", "finish": "finish"}
_FONT = {"small": 13, "normal": 13, "large": 14, "finish": 20}
_PAD = {"small": 10, "normal": 12, "large": 20, "finish": 24}


class FocusRing(QWidget):
    """2 px ring outside the focused button with 1 px gap; one per window, never in the way of the mouse."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("focus_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._target: QWidget | None = None
        self.hide()

    @staticmethod
    def of(widget: QWidget) -> FocusRing:
        """The ring of the window ``widget`` stands in."""
        window = widget.window()
        found = window.findChild(FocusRing, "focus_ring", Qt.FindChildOption.FindDirectChildrenOnly)
        return found if isinstance(found, FocusRing) else FocusRing(window)

    def hold(self, widget: QWidget) -> None:
        """Show the ring round ``widget`` and follow it."""
        self.release(self._target)
        self._target = widget
        widget.installEventFilter(self)
        self._place()

    def release(self, widget: QWidget | None) -> None:
        """Take the ring away when it is round ``widget``."""
        if self._target is not None and widget is self._target:
            self._target.removeEventFilter(self)
            self._target = None
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self._place()
        return False

    def _place(self) -> None:
        target = self._target
        if target is None or not target.isVisible():
            self.hide()
            return
        gap = theme.px(3)
        corner = target.mapTo(parent_of(self), target.rect().topLeft())
        self.setGeometry(corner.x() - gap, corner.y() - gap, target.width() + 2 * gap, target.height() + 2 * gap)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("link"), theme.px(2)))
        half = theme.px(2) / 2
        corner = theme.radius("control") + theme.px(2)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), corner, corner)


class _ButtonBase(QAbstractButton):
    """Hover, focus ring and repaint on theme changes."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.notifier().changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def focusInEvent(self, event: object) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        FocusRing.of(self).hold(self)

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        FocusRing.of(self).release(self)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def keyPressEvent(self, event: object) -> None:
        from PySide6.QtGui import QKeyEvent

        assert isinstance(event, QKeyEvent)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)


class KeyButton(_ButtonBase):
    """A button that carries its key: ``KeyButton("完成", "finish", kind="primary", size="finish")``.

    ``action`` is an id of the key map: its key is printed behind the label (and follows edits); the *page* binds the key
    with ``KeyShortcut``. ``hint`` prints a fixed key instead. ``wide`` takes the whole width (finish button). ``icon`` is a
    file of resources/icons. A disabled button says why: ``button.set_blocked("先保存")``; ``set_blocked(None)`` enables it.
    Never narrower than its words.
    """

    def __init__(
        self, label: str, action: str | None = None, *, kind: Kind = "secondary", icon: str = "", hint: str = "",
        size: Size = "normal", name: str = "", wide: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self._label, self._action, self._kind, self._icon, self._hint, self._size = (
            label,
            action,
            kind,
            icon,
            hint,
            size,
        )
        self._tip = ""
        self.setText(label)
        self.setAccessibleName(label)
        self.setObjectName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor if kind == "link" else Qt.CursorShape.ArrowCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding if wide else QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        keys.current().changed.connect(self._restyle)

    def set_label(self, label: str) -> None:
        """Change the words; the width follows."""
        self._label = label
        self.setText(label)
        self.setAccessibleName(label)
        self._restyle()

    def set_kind(self, kind: Kind) -> None:
        """Change the look, e.g. a primary button that steps back while the empty state shows its own."""
        self._kind = kind
        self._restyle()

    def set_action(self, action: str | None) -> None:
        """Print another action's key."""
        self._action = action or None
        self._restyle()

    def set_icon(self, icon: str) -> None:
        """Change the icon."""
        self._icon = icon
        self._restyle()

    def set_blocked(self, reason: str | None) -> None:
        """Disable with the reason as tooltip, or enable again with None."""
        self.setEnabled(reason is None)
        self.setToolTip(reason or "")

    def key_hint(self) -> str:
        """The key as printed."""
        return self._hint or (keys.current().hint(self._action) if self._action else "")

    # ---- measures
    def _bold(self) -> bool:
        return self._kind in ("primary", "danger_filled")

    def _icon_px(self) -> int:
        return 20 if self._size == "finish" else 16

    def _widths(self) -> tuple[int, int, int, int]:
        """icon, label, hint, whole content incl. gaps of 8."""
        label = QFontMetrics(theme.font(_FONT[self._size], bold=self._bold())).horizontalAdvance(self._label)
        hint_size = 16 if self._size == "finish" else 12
        hint = QFontMetrics(theme.font(hint_size)).horizontalAdvance(self.key_hint()) if self.key_hint() else 0
        icon = theme.px(self._icon_px()) if self._icon else 0
        gaps = theme.px(8) * ((1 if icon and label else 0) + (1 if hint else 0))
        return icon, label, hint, icon + label + hint + gaps

    def sizeHint(self) -> QSize:
        pad = 0 if self._kind == "link" else theme.px(_PAD[self._size])
        return QSize(self._widths()[3] + 2 * pad, theme.height(_HEIGHT[self._size]))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    # ---- painting
    def _colors(self) -> tuple[QColor | None, QColor | None, str, str]:
        """ground, edge, token of label and icon, token of the hint."""
        down, over = self.isDown() or self.isChecked(), self.underMouse()
        if not self.isEnabled():
            edge = None if self._kind in ("quiet", "link") else theme.color("line_strong")
            return None, edge, "off", "off"
        if self._kind == "primary":
            return (
                theme.color("accent_press" if down else "accent_hover" if over else "accent"),
                None,
                "on_accent",
                "on_accent2",
            )
        if self._kind == "danger_filled":
            return theme.color("bad"), None, "page", "page"
        ground = theme.color("selected" if down else "hover") if down or over else None
        if self._kind == "danger":
            return theme.color("bad_bg") if down or over else theme.color("page"), theme.color("bad"), "bad", "bad"
        if self._kind == "quiet":
            return ground, None, "text2", "hint"
        if self._kind == "link":
            return None, None, "link", "hint"
        return ground or theme.color("page"), theme.color("line_strong"), "text", "hint"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, edge, ink, hint_ink = self._colors()
        radius = theme.radius("control")
        if ground is not None or edge is not None:
            painter.setPen(edge if edge is not None else Qt.PenStyle.NoPen)
            painter.setBrush(ground if ground is not None else Qt.BrushStyle.NoBrush)
            inset = 0.5 if edge is not None else 0
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)
        self._paint_words(painter, ink, hint_ink)

    def _paint_words(self, painter: QPainter, ink: str, hint_ink: str) -> None:
        icon, label, hint, whole = self._widths()
        x, gap = (self.width() - whole) // 2, theme.px(8)
        font = theme.font(_FONT[self._size], bold=self._bold())
        metrics = QFontMetrics(font)
        baseline = (self.height() + metrics.ascent() - metrics.descent()) // 2
        if icon:
            painter.drawPixmap(QPointF(x, (self.height() - icon) / 2), theme.pixmap(self._icon, ink, self._icon_px()))
            x += icon + gap
        painter.setFont(font)
        painter.setPen(theme.color(ink))
        if self._kind == "link" and self.underMouse():
            painter.drawLine(x, baseline + 2, x + label, baseline + 2)
        painter.drawText(x, baseline, self._label)
        if hint:
            painter.setFont(theme.font(16 if self._size == "finish" else 12))
            painter.setPen(theme.color(hint_ink))
            painter.drawText(x + label + gap, baseline, self.key_hint())


class LinkButton(KeyButton):
    """Words in link colour without padding: ``LinkButton("去商品匹配")``."""

    def __init__(self, label: str, action: str | None = None, *, icon: str = "", name: str = "") -> None:
        super().__init__(label, action, kind="link", icon=icon, size="small", name=name)


class IconButton(_ButtonBase):
    """× … ‹ › and the help mark only: ``IconButton("close", "关闭")``; the words are tooltip and accessible name."""

    def __init__(
        self, icon: str, words: str, *, side: int = 28, icon_px: int = 16, token: str = "text2", name: str = "",
        framed: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self._icon, self._side, self._icon_px, self._token, self._framed = icon, side, icon_px, token, framed
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._side), theme.px(self._side))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if (self.underMouse() and self.isEnabled()) or self._framed:
            painter.setPen(theme.color("control") if self._framed else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected" if self.isDown() else "hover" if self.underMouse() else "page"))
            inset = 0.5 if self._framed else 0
            corner = theme.radius("control")
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), corner, corner)
        side = theme.px(self._icon_px)
        token = self._token if self.isEnabled() else "off"
        at = QPointF((self.width() - side) / 2, (self.height() - side) / 2)
        painter.drawPixmap(at, theme.pixmap(self._icon, token, self._icon_px))
