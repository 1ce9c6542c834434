"""商品类别 at the left of 商品中心: every category with the number of its goods, parents fold."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from jdy_desktop.services.queries.goods import NO_CATEGORY
from jdy_desktop.services.queries.goods_card import GoodsTree, TreeNode
from jdy_desktop.views import theme

ALL_GOODS, LOOSE = "全部商品", "未分类"
_NODE = Qt.ItemDataRole.UserRole
_ROW, _INDENT, _WIDE = 32, 22, 183


class CategoryTree(QListWidget):
    """`chosen(category_id | None)`: None is 全部商品. ← → fold and unfold; the choice stays while counts change."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("goods_page.category_tree")
        self.setAccessibleName("商品类别")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setStyleSheet("QListWidget { background: transparent; border: 0; }")
        self.setItemDelegate(_Painter(self))
        self._tree = GoodsTree(0, 0, ())
        self._folded: set[int] = set()
        self._category: int | None = None
        self._is_filling = False
        self.currentItemChanged.connect(self._on_current)
        theme.notifier().changed.connect(self._fill)
        self._fill()

    @property
    def category_id(self) -> int | None:
        """The chosen category, None for all goods."""
        return self._category

    def name_of(self, category_id: int | None) -> str:
        """Its name, "" for all goods."""
        if category_id == NO_CATEGORY:
            return LOOSE
        return next((node.name for node in self._tree.nodes if node.id == category_id), "")

    def words(self) -> list[tuple[str, int]]:
        """What is shown, top down."""
        nodes = (self.item(row).data(_NODE) for row in range(self.count()))
        return [(node.name, node.count) for node in nodes]

    def show_tree(self, tree: GoodsTree) -> None:
        """Show other counts; a chosen category that is gone gives way to 全部商品."""
        self._tree = tree
        known = {node.id for node in tree.nodes} | ({NO_CATEGORY} if tree.loose else set())
        if self._category is not None and self._category not in known:
            self.choose(None)
        self._fill()

    def choose(self, category_id: int | None) -> None:
        """Choose a category and tell it."""
        if category_id != self._category:
            self._category = category_id
            self._fill()
            self.chosen.emit(category_id)

    @Slot()
    def _fill(self) -> None:
        self._is_filling = True
        place = self.verticalScrollBar().value()
        self.clear()
        hidden: set[int] = set()
        nodes = [TreeNode(-1, None, ALL_GOODS, 0, self._tree.total)]
        for node in self._tree.nodes:
            if node.parent_id in hidden or node.parent_id in self._folded:
                hidden.add(node.id)
            else:
                nodes.append(node)
        if self._tree.loose:
            nodes.append(TreeNode(NO_CATEGORY, None, LOOSE, 0, self._tree.loose))
        for node in nodes:
            item = QListWidgetItem(node.name)
            item.setData(_NODE, node)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{node.name} {node.count}")
            item.setSizeHint(QSize(0, theme.px(_ROW)))
            self.addItem(item)
            if _category(node) == self._category:
                self.setCurrentItem(item)
        self.verticalScrollBar().setValue(place)
        self._is_filling = False

    def has_children(self, node: TreeNode) -> bool:
        return any(one.parent_id == node.id for one in self._tree.nodes)

    def is_folded(self, node: TreeNode) -> bool:
        return node.id in self._folded

    def _fold(self, node: TreeNode, folded: bool) -> None:
        if self.has_children(node) and folded != self.is_folded(node):
            (self._folded.add if folded else self._folded.discard)(node.id)
            if folded and self._is_below(node.id):
                self.choose(node.id)
            self._fill()

    def _is_below(self, category_id: int) -> bool:
        parents = {node.id: node.parent_id for node in self._tree.nodes}
        here = parents.get(self._category) if self._category is not None else None
        while here is not None and here != category_id:
            here = parents.get(here)
        return here == category_id

    @Slot()
    def _on_current(self) -> None:
        item = self.currentItem()
        if item is not None and not self._is_filling:
            category = _category(item.data(_NODE))
            if category != self._category:
                self._category = category
                self.chosen.emit(category)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        item = self.itemAt(event.position().toPoint())
        if item is not None:
            node = item.data(_NODE)
            fold_mark = theme.px(22 + _INDENT * node.depth)
            if self.has_children(node) and event.position().x() < fold_mark:
                self._fold(node, not self.is_folded(node))
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._fold(item.data(_NODE), event.key() == Qt.Key.Key_Left)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self.currentItem() is not None:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = painter.pen()
            pen.setColor(theme.color("link"))
            pen.setWidth(theme.px(2))
            painter.setPen(pen)
            box = QRectF(self.visualItemRect(self.currentItem())).adjusted(1, 1, -1, -1)
            box.setWidth(min(box.width(), theme.px(_WIDE) - 2))
            painter.drawRoundedRect(box, theme.radius("control"), theme.radius("control"))


def _category(node: TreeNode) -> int | None:
    return None if node.id == -1 else node.id


class _Painter(QStyledItemDelegate):
    """A row: fold mark, name, count at the right."""

    def __init__(self, tree: CategoryTree) -> None:
        super().__init__(tree)
        self._tree = tree

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        node = index.data(_NODE)
        if not isinstance(node, TreeNode):
            return
        is_current = _category(node) == self._tree.category_id
        is_hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(option.rect)
        box.setWidth(min(box.width(), theme.px(_WIDE)))  # the rest is the scroll bar's place
        if is_current or is_hover:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected" if is_current else "hover"))
            painter.drawRoundedRect(QRectF(box), theme.radius("control"), theme.radius("control"))
        self._words(painter, box, node, is_current)
        painter.restore()

    def _words(self, painter: QPainter, rect: QRect, node: TreeNode, is_current: bool) -> None:
        box = rect.adjusted(theme.px(12), 0, -theme.px(12), 0)
        count = str(node.count)
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("hint"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), count)
        right = QFontMetrics(painter.font()).horizontalAdvance(count) + theme.px(8)
        left = theme.px(_INDENT) * node.depth
        if self._tree.has_children(node):
            name = "chevron_right" if self._tree.is_folded(node) else "chevron_down"
            mark = theme.px(12)
            painter.drawPixmap(box.left() + left, rect.center().y() - mark // 2 + 1, theme.pixmap(name, "text2", 12))
            left += theme.px(14)
        font = theme.font(13, bold=is_current)
        painter.setFont(font)
        painter.setPen(theme.color("link" if is_current else "text"))
        words = box.adjusted(left, 0, -right, 0)
        shown = QFontMetrics(font).elidedText(node.name, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
