"""选择类目: 1688's categories in columns, level by level; a search over all of them; the last used ones first (M108)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from jdy_desktop.services.ali1688.values import Category
from jdy_desktop.services.channel.platform_categories import ARROW, ROOT, PlatformCategories
from jdy_desktop.services.channel.publish_values import BoundCategory
from jdy_desktop.services.errors import JdyError
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import Rule, Text, named, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow
from jdy_desktop.views.widgets.fields import SearchField

_DATA = Qt.ItemDataRole.UserRole
LEVELS = 3


class OfferCategoryDialog(DialogFrame):
    """`chosen(BoundCategory)`; only a category of the last level can be chosen."""

    chosen = Signal(object)

    def __init__(
        self,
        window: QWidget,
        categories: PlatformCategories,
        recent: Sequence[BoundCategory],
        runner: JobRunner,
        subtitle: str,
    ) -> None:
        super().__init__(window, "选择类目", width=760, height=560, subtitle=subtitle, name="offer_category_dialog")
        self._categories, self._runner = categories, runner
        self._choice: BoundCategory | None = None
        self.search = SearchField("搜索类目", name="offer_category_dialog.search_field", delay_ms=250)
        self.search.searched.connect(self._on_search)
        # What was chosen before is not meant by an Enter that comes before the answer.
        self.search.textEdited.connect(lambda _text: self._choose(None))
        self.search.installEventFilter(self)
        KeyShortcut("search", self, self.search.setFocus)
        self.note = NoteRow("bad", "")
        self.note.hide()
        self.levels = [self._list(f"level_{n}", f"第 {n} 级类目") for n in range(1, LEVELS + 1)]
        self.found = self._list("found", "找到的类目")
        self._pages = QStackedWidget()
        holder = QWidget()
        row(self.levels[0], Rule(vertical=True), self.levels[1], Rule(vertical=True), self.levels[2], parent=holder)
        self._pages.addWidget(holder)
        self._pages.addWidget(self.found)
        self.recent = self._list("recent", "最近用过")
        self._fill_recent(recent)
        self.body.addWidget(self.search)
        self.body.addWidget(self.note)
        if recent:
            self.body.addWidget(Text("最近用过", "label"))
            self.body.addWidget(self.recent)
        self.body.addWidget(self._pages, 1)
        self.words = named(Text("选到最末一级", "label", wrap=True), "offer_category_dialog.choice_text", "选中的类目")
        self.add_left(self.words)
        self.add_button(KeyButton("取消", "cancel", name="offer_category_dialog.cancel_button"), self.reject)
        self.ok = KeyButton("绑定", "ok", kind="primary", name="offer_category_dialog.ok_button")
        self.add_button(self.ok, self._take, default=True)
        self._choose(None)
        self._load(0, ROOT)

    def _list(self, name: str, title: str) -> QListWidget:
        made = named(QListWidget(), f"offer_category_dialog.{name}", title)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.currentItemChanged.connect(lambda item, _old, box=made: self._on_current(box, item))
        made.itemActivated.connect(lambda _item: self._take())
        made.installEventFilter(self)
        return made

    def _fill_recent(self, recent: Sequence[BoundCategory]) -> None:
        for one in recent:
            item = QListWidgetItem(one.name)
            item.setData(_DATA, one)
            self.recent.addItem(item)
        sized(self.recent, height=8 + 30 * min(len(recent), 3))

    # ---- levels
    def _load(self, level: int, parent_id: str) -> None:
        for box in self.levels[level:]:
            box.clear()

        def done(found: tuple[Category, ...]) -> None:
            self.note.hide()
            for one in found:
                item = QListWidgetItem(one.name if one.is_leaf else f"{one.name}  ›")
                item.setData(_DATA, one)
                self.levels[level].addItem(item)

        self._runner.submit(
            lambda job: self._categories.children(job, parent_id),
            owner=self,
            lane="net",
            key=f"level {level}",
            on_done=done,
            on_error=self._tell,
        )

    @Slot(object)
    def _tell(self, error: BaseException) -> None:
        """The dialog stays: the last used categories can be taken without the network."""
        self.note.set_note("bad", sentence(error) if isinstance(error, JdyError) else str(error))
        self.note.show()
        self.refit()

    def _on_current(self, box: QListWidget, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        data = item.data(_DATA)
        if isinstance(data, BoundCategory):
            self._choose(data)
            return
        level = self.levels.index(box)
        names = [self._name(one) for one in self.levels[:level]] + [data.name]
        if data.is_leaf:
            for later in self.levels[level + 1 :]:
                later.clear()
            self._choose(BoundCategory(data.category_id, ARROW.join(names)))
        else:
            self._choose(None)
            if level + 1 < LEVELS:
                self._load(level + 1, data.category_id)

    def _name(self, box: QListWidget) -> str:
        item = box.currentItem()
        return str(item.data(_DATA).name) if item is not None else ""

    # ---- search
    @Slot(str)
    def _on_search(self, text: str) -> None:
        words = text.strip()
        if not words:
            self._pages.setCurrentIndex(0)
            return

        def done(found: tuple[BoundCategory, ...]) -> None:
            self.note.hide()
            self.found.clear()
            for one in found:
                item = QListWidgetItem(one.name)
                item.setData(_DATA, one)
                self.found.addItem(item)
            self._pages.setCurrentIndex(1)
            if found:
                self.found.setCurrentRow(0)
            else:
                self._choose(None)
                self.words.setText(f"1688 没有叫“{words}”的类目")

        self._runner.submit(
            lambda job: self._categories.search(job, words),
            owner=self,
            lane="net",
            key="search",
            on_done=done,
            on_error=self._tell,
        )

    # ---- choice
    def _choose(self, choice: BoundCategory | None) -> None:
        self._choice = choice
        self.words.setText(choice.name if choice else "选到最末一级")
        self.ok.set_blocked(None if choice else "先选一个最末一级的类目")

    @Slot()
    def _take(self) -> None:
        if self._choice is not None:
            self.chosen.emit(self._choice)
            self.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """↓ in the search goes into the list found; ← → go between the levels."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.search and event.key() == Qt.Key.Key_Down:
                target = self.found if self._pages.currentIndex() == 1 else self.levels[0]
                target.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if watched in self.levels and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                step = 1 if event.key() == Qt.Key.Key_Right else -1
                self._go(self.levels.index(watched) + step)
                return True
        return super().eventFilter(watched, event)

    def _go(self, level: int) -> None:
        if 0 <= level < LEVELS and self.levels[level].count():
            box = self.levels[level]
            box.setFocus(Qt.FocusReason.OtherFocusReason)
            if box.currentRow() < 0:
                box.setCurrentRow(0)
