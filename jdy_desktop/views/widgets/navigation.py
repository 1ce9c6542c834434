"""The navigation at the left: account set and operator, groups of pages with badges, two pages at the bottom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from jdy_desktop.views import theme
from .base import ElidedText, IconLabel, Surface, Text, column, row, sized
from .buttons import _ButtonBase

FOLDED = 56
BOTTOM = ""


class NavPage(Protocol):
    """What the navigation needs of a PageSpec."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def icon(self) -> str: ...
    @property
    def group(self) -> str: ...


class NavItem(_ButtonBase):
    """One page of the navigation; folded it is its icon with a tooltip."""

    def __init__(self, page_id: str, title: str, icon: str) -> None:
        super().__init__()
        self.page_id, self._title, self._icon = page_id, title, icon
        self._badge, self._tone, self._folded = 0, "warn", False
        self.setObjectName(f"nav.{page_id}_item")
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_badge(self, count: int, tone: str) -> None:
        """Number at the right: bad = failed, warn = to do; zero is not shown."""
        self._badge, self._tone = count, tone
        self.setAccessibleName(f"{self._title} {count}" if count else self._title)
        self.update()

    def set_folded(self, folded: bool) -> None:
        """Only the icon, the title as tooltip."""
        self._folded = folded
        self.setToolTip(self._title if folded else "")
        self.update()

    def badge(self) -> int:
        """The number shown."""
        return self._badge

    def sizeHint(self) -> QSize:
        return QSize(theme.px(40), theme.height("nav_item"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def nextCheckState(self) -> None:
        """The window says which page is current; a click alone does not."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self.isChecked()
        if here or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected" if here else "hover"))
            painter.drawRoundedRect(QRectF(self.rect()), theme.radius("control"), theme.radius("control"))
        side = theme.px(18)
        left = (self.width() - side) // 2 if self._folded else theme.px(8)
        token = "link" if here else "text2"
        painter.drawPixmap(left, (self.height() - side) // 2, theme.pixmap(self._icon, token, 18))
        if not self._folded:
            painter.setFont(theme.font(13, bold=here))
            painter.setPen(theme.color("link" if here else "text2"))
            painter.drawText(
                self.rect().adjusted(left + side + theme.px(8), 0, 0, 0),
                int(Qt.AlignmentFlag.AlignVCenter),
                self._title,
            )
        if self._badge:
            self._paint_badge(painter)

    def _paint_badge(self, painter: QPainter) -> None:
        text = str(self._badge) if self._badge < 100 else "99+"
        font = theme.font(12)
        high = theme.px(16 if self._folded else 18)
        wide = max(high, QFontMetrics(font).horizontalAdvance(text) + theme.px(8))
        x = self.width() - wide - (0 if self._folded else theme.px(8))
        box = QRectF(x, 0 if self._folded else (self.height() - high) / 2, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(f"{self._tone}_bg"))
        painter.drawRoundedRect(box, high / 2, high / 2)
        painter.setFont(font)
        painter.setPen(theme.color(self._tone))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


class Navigation(Surface):
    """Built by MainWindow. ``chosen(page_id)``; ``set_current``, ``set_badge``, ``set_group_visible``, ``set_folded``, ``set_who``."""

    chosen = Signal(str)

    def __init__(self, pages: Iterable[NavPage], account_set: str, operator: str) -> None:
        super().__init__("window", edge="right")
        self.setObjectName("navigation")
        self.setAccessibleName("导航")
        self._items: dict[str, NavItem] = {}
        self._groups: dict[str, list[QWidget]] = {}
        self._labels: list[QWidget] = []
        self._folded = False
        self._name, self._who = ElidedText(account_set, "section"), ElidedText(operator, "hint")
        self._words = QWidget()
        column(sized(self._name, height=19), sized(self._who, height=16), spacing=0, parent=self._words)
        head = row(IconLabel("app_icon", "text", 28), self._words, spacing=9, margins=(12, 11, 4, 10))
        head.setStretch(1, 1)
        upper, lower = QWidget(), QWidget()
        top = column(spacing=1, margins=(8, 0, 8, 8), parent=upper)
        bottom = column(spacing=1, margins=(8, 4, 8, 9), parent=lower)
        for page in pages:
            self._add(page, bottom if page.group == BOTTOM else top)
        top.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # A viewport of our own: asking Qt for its one makes PySide build every widget class there is (35 ms of the start).
        ground = QWidget()
        ground.setAutoFillBackground(False)
        scroll.setViewport(ground)
        upper.setAutoFillBackground(False)
        scroll.setWidget(upper)
        whole = column(head, scroll, lower, spacing=0, parent=self)
        whole.setStretch(1, 1)
        theme.notifier().changed.connect(self._fit)
        self._fit()

    def _add(self, page: NavPage, layout: QVBoxLayout) -> None:
        if page.group and page.group not in self._groups:
            label = sized(Text(page.group, "hint"), height=27)
            layout.addWidget(label)
            self._labels.append(label)
            self._groups[page.group] = [label]
        item = NavItem(page.id, page.title, page.icon)
        item.clicked.connect(lambda: self.chosen.emit(page.id))
        layout.addWidget(item)
        self._items[page.id] = item
        self._groups.setdefault(page.group, []).append(item)

    def item(self, page_id: str) -> NavItem:
        """The item of a page."""
        return self._items[page_id]

    def set_current(self, page_id: str | None) -> None:
        """Mark the page shown."""
        for key, item in self._items.items():
            item.setChecked(key == page_id)

    def set_badge(self, page_id: str, count: int, tone: str = "warn") -> None:
        """See NavItem.set_badge."""
        self._items[page_id].set_badge(count, tone)

    def set_group_visible(self, group: str, visible: bool) -> None:
        """Show or hide a group with its heading."""
        for widget in self._groups.get(group, []):
            widget.setVisible(visible and not (self._folded and widget in self._labels))
            widget.setProperty("group_off", not visible)

    def set_folded(self, folded: bool) -> None:
        """56 px of icons, or 168 px with words."""
        if folded == self._folded:
            return
        self._folded = folded
        self._words.setVisible(not folded)
        for label in self._labels:
            label.setVisible(not folded and not label.property("group_off"))
        for item in self._items.values():
            item.set_folded(folded)
        self._fit()

    @property
    def is_folded(self) -> bool:
        """Whether only icons are shown."""
        return self._folded

    def set_who(self, account_set: str, operator: str) -> None:
        """Name of the account set, operator and role."""
        self._name.setText(account_set)
        self._who.setText(operator)

    @Slot()
    def _fit(self) -> None:
        for label in self._labels:
            label.setContentsMargins(theme.px(8), theme.px(9), 0, 0)
        self.setFixedWidth(theme.px(FOLDED) if self._folded else theme.width("nav"))
