"""Pager: 共 n 条 · 20 条/页 · ‹ 1 › · 前往 n 页, and the sums at the right (look.md §5 List page)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIntValidator, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from jdy_desktop.views import theme
from .base import STRETCH, Surface, Text, layout_of, named, repolish, row, sized
from .buttons import IconButton, KeyButton
from .fields import Field, FilterCombo

Id = TypeVar("Id", bound=Hashable)
PAGE_SIZES = (20, 50, 100, 200)


class Pager(Surface):
    """Footer of a list. ``pager.set_total(len(ids))``; ``page_changed`` → ``model.set_ids(pager.part(ids))``.

    ``set_sums([("未支付", "16", ""), ("未上传", "4", "bad"), ("合计", "158,621.94", "")])`` at the right, or
    ``set_hints(["F4 选择商品", "Ctrl+C 复制所选行"])``. ``all_rows=True`` offers the line 全部 for tables that scroll through all.
    """

    page_changed = Signal()

    def __init__(self, *, size: int = 20, unit: str = "条", name: str = "pager", simple: bool = False) -> None:
        super().__init__("page", edge="top", height=44)
        self.setObjectName(name)
        self._total, self._page, self._unit = 0, 1, unit
        self._count = Text("", "label")
        options = [(f"{n} 条/页", n) for n in PAGE_SIZES] + [("全部", 0)]
        self._size = FilterCombo("每页", options, name=f"{name}.size_combo", inside=False, width=96)
        self._size.set_value(size)
        self._size.changed.connect(self._on_size)
        self._back = IconButton("chevron_left", "上一页", name=f"{name}.back_button")
        self._forth = IconButton("chevron_right", "下一页", name=f"{name}.forth_button")
        self._back.clicked.connect(lambda: self.go(self._page - 1))
        self._forth.clicked.connect(lambda: self.go(self._page + 1))
        self._here = named(Text("1", "link"), f"{name}.page_label", "当前页")
        self._here.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._here.setProperty("chip", "page")
        sized(self._here, height=28, min_width=28)
        self._goto = sized(Field("1", name=f"{name}.goto_field", label="前往页"), width=48)
        self._goto.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._goto.setProperty("form", "small")
        self._goto.setValidator(QIntValidator(1, 999_999, self))
        self._goto.returnPressed.connect(self._on_goto)
        self._right: QHBoxLayout = row(spacing=4)
        self._goto_part = QWidget()
        row(Text("前往", "label"), self._goto, Text("页", "label"), parent=self._goto_part)
        paging: list[QWidget | int] = (
            [] if simple else [4, self._size, 4, self._back, self._here, self._forth, 6, self._goto_part]
        )
        if simple:
            self._goto_part.hide()
        self._simple = simple
        row(self._count, *paging, STRETCH, self._right, margins=(16, 0, 16, 0), parent=self)
        self._show()

    @property
    def page(self) -> int:
        """Number of the page shown, from 1."""
        return self._page

    @property
    def size(self) -> int:  # type: ignore[override]
        """Rows per page; 0 = all."""
        return int(self._size.value() or 0)

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self._total // self.size)) if self.size else 1

    def set_total(self, total: int, *, keep_page: bool = True) -> None:
        """How many rows the filter found; the page number stays when it still exists. No signal."""
        self._total = total
        self._page = min(self._page, self.pages) if keep_page else 1
        self._show()

    def part(self, ids: Sequence[Id]) -> Sequence[Id]:
        """The ids of the page shown."""
        start, stop = self.cut()
        return ids[start:stop]

    def cut(self, *, keep_page: bool = True) -> tuple[int, int | None]:
        """First and last place of the page shown (or of the first page), as a slice."""
        page = self._page if keep_page else 1
        return ((page - 1) * self.size, page * self.size) if self.size else (0, None)

    def go(self, page: int) -> None:
        """Show another page, as far as there is one."""
        wanted = max(1, min(page, self.pages))
        self._goto.setText(str(wanted))
        if wanted != self._page:
            self._page = wanted
            self._show()
            self.page_changed.emit()

    @Slot()
    def _on_size(self) -> None:
        self._page = 1
        self._show()
        self.page_changed.emit()

    @Slot()
    def _on_goto(self) -> None:
        self.go(int(self._goto.text() or 1))

    def _show(self) -> None:
        self._count.setText(f"共 {self._total:,} {self._unit}")
        self._here.setText(str(self._page))
        self._goto.setText(str(self._page))
        self._back.setEnabled(self._page > 1)
        self._forth.setEnabled(self._page < self.pages)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """前往 gives way when the sums would be cut."""
        if self._simple:
            return
        rest = self._goto_part.sizeHint().width() if self._goto_part.isHidden() else 0
        self._goto_part.setVisible(layout_of(self).sizeHint().width() + rest <= self.width())

    # ---- right side
    def _clear_right(self) -> None:
        while (item := self._right.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def set_sums(self, sums: Sequence[tuple[str, str, str]]) -> None:
        """Label, figure and tone ("" or bad/warn) of each sum."""
        self._clear_right()
        for number, (label, figure, tone) in enumerate(sums):
            if number:
                self._right.addSpacing(theme.px(8))
            self._right.addWidget(Text(label, "label"))
            value = Text(figure, "strong")
            value.setProperty("tone", tone)
            repolish(value)
            self._right.addWidget(value)
        self._fit()

    def set_hints(self, hints: Sequence[str]) -> None:
        """Keys worth knowing here, in small grey."""
        self._clear_right()
        for number, hint in enumerate(hints):
            if number:
                self._right.addWidget(Text(" · ", "hint"))
            self._right.addWidget(Text(hint, "hint"))

    def set_right(self, *buttons: KeyButton) -> None:
        """Put own buttons at the right."""
        self._clear_right()
        for button in buttons:
            self._right.addWidget(button)
