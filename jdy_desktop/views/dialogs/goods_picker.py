"""选择商品 for a row of 商品匹配 (manual 4.3.4, M100, M101; picture 06): the likely goods first, then what a search finds."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.channel.matching import Matching, Suggestion
from jdy_desktop.services.queries.matches import MatchRow
from jdy_desktop.views import keys, theme
from jdy_desktop.views.figures import plain
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.model import Column, RowsModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import STRETCH, ElidedText, Surface, Text, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import Chip, EmptyState
from jdy_desktop.views.widgets.fields import SearchField

Index = QModelIndex | QPersistentModelIndex
_LIMIT = 50
#: why goods are suggested → words and tone (F8: only equal codes are certain)
_REASONS = {
    "equal_product_code": ("商品代码 = 货号", "ok"),
    "similar_name": ("名称相近", "mute"),
    "equal_attributes": ("规格相同", "mute"),
    "search": ("", "mute"),
}


def reason_chip(one: Suggestion) -> tuple[str, str]:
    """Words and tone of the chip behind goods: what warns comes before what speaks for them."""
    if one.is_taken and not one.is_sure:
        return "已匹配别的宝贝", "warn"
    if one.reason == "equal_code":
        same = "SKU代码 = 单品货号" if one.sku_name else "商品代码 = 货号"
        return (same, "ok") if one.is_sure else (f"{same}，不止一个", "warn")
    return _REASONS.get(one.reason, ("", "mute"))


def facts_line(one: Suggestion) -> str:
    """Stock and price below the name; every SKU says which one it is."""
    price = f"零售价 {plain(one.price)}" if one.price is not None else ""
    stock = f"库存 {plain(one.stock)} {one.unit}"
    taken = "已匹配别的宝贝" if one.is_taken and one.is_sure else ""
    return " · ".join(part for part in (one.sku_name, stock, price, taken) if part)


@dataclass(frozen=True, slots=True)
class Section:
    """A grey line between goods."""

    words: str


Line = Suggestion | Section


class _PickerModel(RowsModel[Line]):
    """Suggestions and hits with grey lines between; short, so it holds all of its rows."""

    def __init__(self, columns: Sequence[Column[Line]]) -> None:
        super().__init__(columns)
        self._lines: list[Line] = []
        self.tall = lambda line: 28 if isinstance(line, Section) else 36

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show another list."""
        self.beginResetModel()
        self._lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._lines)

    def row_at(self, row: int) -> Line | None:
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def id_at(self, row: int) -> Hashable | None:
        line = self.row_at(row)
        return line.sku_id if isinstance(line, Suggestion) else (f"section {row}" if line is not None else None)

    def row_of(self, row_id: Hashable) -> int:
        return next((place for place in range(len(self._lines)) if self.id_at(place) == row_id), -1)

    def section_at(self, row: int) -> str | None:
        line = self.row_at(row)
        return line.words if isinstance(line, Section) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self.row_at(index.row()), Section):
            return Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index)

    def step(self, row: int, by: int) -> int:
        """The next row with goods in that direction, -1 when there is none."""
        row += by
        while 0 <= row < len(self._lines) and isinstance(self._lines[row], Section):
            row += by
        return row if 0 <= row < len(self._lines) else -1


class GoodsPicker(DialogFrame):
    """Lists only goods of the fitting kind (M94). `chosen(sku_id)`; `offer_chosen(product_id)`: all rows of the offer.

    The focus stays in the search field; ↑ ↓ move through the list, Enter or a double click chooses."""

    chosen = Signal(object)
    offer_chosen = Signal(object)

    def __init__(
        self,
        window: QWidget,
        offer: MatchRow,
        matching: Matching,
        pictures: PictureStore,
        runner: JobRunner,
        shell: Shell,
        *,
        text: str = "",
    ) -> None:
        super().__init__(window, "选择商品", width=968, height=560, padding=0, name="goods_picker")
        self._offer, self._matching, self._pictures = offer, matching, pictures
        self._runner, self._shell = runner, shell
        self._likely: tuple[Suggestion, ...] = ()
        self._hits: tuple[Suggestion, ...] = ()
        self._shown_text = ""
        self._is_eager = self._has_moved = False
        self._model = _PickerModel(self._columns())
        self.table = DataTable(self._model, name="goods_picker.table", label="商品", ring=False)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.table.row_activated.connect(lambda _id: self._choose())
        pictures.arrived.connect(self.table.viewport().update)
        self.body.setContentsMargins(0, theme.px(12), 0, 0)
        self.body.setSpacing(theme.px(8))
        self.body.addLayout(column(self._offer_card(), self._search_row(), spacing=8, margins=(20, 0, 20, 4)))
        self.body.addWidget(self.table, 1)
        self._foot()
        self.search.setText(text)
        self._ask("")
        if text:
            self._ask(text)

    def _columns(self) -> list[Column[Line]]:
        def cell(words: Callable[[Suggestion], str]) -> Callable[[Line], str]:
            return lambda line: words(line) if isinstance(line, Suggestion) else ""

        def picture(line: Line) -> QPixmap | None:
            return self._pictures.pixmap(line.picture, 28) if isinstance(line, Suggestion) else None

        return [
            Column("picture", "", cell(lambda _one: ""), width=52, kind="picture", picture=picture),
            Column("product_code", "系统商品代码", cell(lambda one: one.product_code), width=108, kind="strong"),
            Column("product_name", "系统商品名称", cell(lambda one: one.product_name), width=250, stretch=True),
            Column("code", "系统SKU代码", cell(lambda one: one.code), width=112),
            Column("sku_name", "系统SKU名称", cell(lambda one: one.sku_name), width=104),
            Column("price", "零售价", cell(lambda one: plain(one.price)), width=84, kind="money"),
            Column("stock", "库存", cell(lambda one: f"{plain(one.stock)} {one.unit}"), width=80, kind="number"),
            Column(
                "why",
                "说明",
                cell(lambda one: reason_chip(one)[0]),
                width=164,
                kind="chip",
                tone=cell(lambda one: reason_chip(one)[1]),
            ),
        ]

    def _offer_card(self) -> QWidget:
        offer = self._offer
        card = Surface("subtle_card", height=44)
        facts = [f"货号 {offer.item_number or '空'}", f"平台SKU名称 {offer.platform_sku_name or '空'}"]
        if offer.has_skus:
            facts.append(f"单品货号 {offer.sku_item_number or '空'}")
        title = ElidedText(offer.title, "strong")
        words = Text("   ·   ".join(facts), "label")
        row(Text("为这个宝贝选择", "label"), title, words, STRETCH, margins=(12, 0, 12, 0), parent=card)
        return card

    def _search_row(self) -> QWidget:
        holder = QWidget()
        self.search = sized(
            SearchField("", action=None, hint="代码 / 名称 / 拼音首字母 / 1688 链接", name="goods_picker.search_field"),
            width=360,
        )
        self.search.searched.connect(self._ask)
        self.search.textEdited.connect(self._forget_move)
        self.search.installEventFilter(self)
        kind = "此宝贝有 SKU，只列出有 SKU 的商品" if self._offer.has_skus else "此宝贝无 SKU，只列出无 SKU 的商品"
        row(self.search, STRETCH, Chip(kind, "mute"), parent=holder)
        return holder

    def _foot(self) -> None:
        self.add_left(Text(f"↑ ↓ 移动   ·   匹配后可用 {keys.current().hint('undo')} 撤销", "label"))
        self.offer_button = KeyButton("匹配整个宝贝", "accept_offer", name="goods_picker.offer_button")
        self.add_button(self.offer_button, self._choose_offer)
        self.offer_button.setVisible(
            self._offer.has_skus
        )  # once it has a parent: before, it would be a window of its own
        self.add_button(KeyButton("取消", "cancel", name="goods_picker.cancel_button"), self.reject)
        self.ok_button = KeyButton("选定", "ok", kind="primary", icon="check", name="goods_picker.ok_button")
        self.add_button(self.ok_button, self._choose, default=True)
        self._show_choice()
        if self._offer.has_skus:
            KeyShortcut("accept_offer", self, self._choose_offer)
        self.table.current_changed.connect(lambda _id: self._show_choice())

    # ---- list
    @Slot(str)
    def _ask(self, text: str) -> None:
        offer_id, limit = self._offer.id, _LIMIT if text else 8

        def done(found: tuple[Suggestion, ...]) -> None:
            if text:
                self._hits = found
            else:
                self._likely = found if not self._likely else self._likely
                self._hits = ()
            if text == self.search.text().strip() or not text:
                self._fill(self.search.text().strip())
                self._answer_enter(found)

        self._runner.submit(
            lambda _job: self._matching.suggestions(offer_id, text, limit),
            owner=self,
            key="search" if text else "likely",
            on_done=done,
            on_error=self._shell.tell_error,
        )

    def _answer_enter(self, found: tuple[Suggestion, ...]) -> None:
        """Enter came before its list: taken at its word only where there is nothing to choose between."""
        if self._is_eager:
            self._is_eager = False
            if len(found) == 1:
                self._choose()

    def _fill(self, text: str) -> None:
        """The likely ones keep their place while the clerk types."""
        kept = self.table.current_id()
        self._shown_text = text
        known = {one.sku_id for one in self._likely}
        others = [one for one in self._hits if one.sku_id not in known]
        lines: list[Line] = []
        if self._likely:
            lines += [Section("建议    排在前面，打字时不再换位置"), *self._likely]
        if text:
            lines += [Section(f"全部符合“{text}”的商品"), *others] if others else []
        self._model.set_lines(lines)
        words = f"没有找到“{text}”。" if text else "没有代码或名称相近的商品，打字搜索。"
        self.table.set_empty(EmptyState("search", "没有合适的商品", words) if not lines else None)
        hit = next((one.sku_id for one in self._hits), None)
        # With words typed the best hit is meant, wherever it stands; without, the first suggestion.
        # A line gone to by hand stays chosen, whatever the search brings later.
        wanted = hit if text and hit is not None and not self._has_moved else kept
        place = self._model.row_of(wanted) if wanted is not None else -1
        self._go(place if place >= 0 else self._model.step(-1, 1))

    @Slot()
    def _forget_move(self) -> None:
        self._has_moved = False

    def _go(self, place: int) -> None:
        if place >= 0:
            index = self._model.index(place, 1)
            self.table.setCurrentIndex(index)
            self.table.scrollTo(self._model.index(max(0, place - 1), 1))
            self.table.scrollTo(index)
        self._show_choice()

    def _current(self) -> Suggestion | None:
        line = self._model.row_at(self.table.currentIndex().row())
        return line if isinstance(line, Suggestion) else None

    def _show_choice(self) -> None:
        reason = None if self._current() is not None else "先在列表里选一个商品"
        self.ok_button.set_blocked(reason)
        self.offer_button.set_blocked(reason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            by = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if by is not None:
                self._has_moved = True
                self._go(self._model.step(self.table.currentIndex().row(), by))
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.reject()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
                text = self.search.text().strip()
                if text == self._shown_text or self._has_moved:
                    self._choose()
                else:
                    self._is_eager = True
                    self._ask(text)
                return True
        return super().eventFilter(watched, event)

    # ---- choice
    @Slot()
    def _choose(self) -> None:
        one = self._current()
        if one is not None:
            self.chosen.emit(one.sku_id)
            self.accept()

    @Slot()
    def _choose_offer(self) -> None:
        one = self._current()
        if one is not None:
            self.offer_chosen.emit(one.product_id)
            self.accept()
