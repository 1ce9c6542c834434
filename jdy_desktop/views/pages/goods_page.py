"""商品中心 (manual 2.3, 4.1, 4.2.3; M19, M43–M51, M62–M74, M119, M120): all goods, downloaded ones too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import ProductId
from jdy_desktop.services.book.catalog_upkeep import CatalogUpkeep
from jdy_desktop.services.book.product_batch import ProductBatch
from jdy_desktop.services.book.product_pictures import ProductPictures
from jdy_desktop.services.book.product_values import CategoryNode, ProductDetail
from jdy_desktop.services.book.products import Products
from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.excel.goods_import import GoodsImport
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.goods import NO_CATEGORY, GoodsFilter, GoodsList
from jdy_desktop.services.queries.goods_card import GoodsCard, GoodsTree
from jdy_desktop.views.figures import plain
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pages.goods_actions import GoodsActions
from jdy_desktop.views.pages.goods_files import GoodsFiles
from jdy_desktop.views.pages.goods_pane import GoodsPane
from jdy_desktop.views.pages.goods_parts import GoodsOrder, GoodsTools, columns, nothing_found, nothing_yet
from jdy_desktop.views.pages.goods_tree import CategoryTree
from jdy_desktop.views.pages.lists import begin_search, make_current
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import Surface, column, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.flow import SideSplit
from jdy_desktop.views.widgets.menu import MenuPopup
from jdy_desktop.views.widgets.pager import Pager

_AREAS = {"goods", "stock", "matches", "offers", "documents"}


class GoodsPage(QWidget):
    """Categories, the list, and at the right all about the current product."""

    def __init__(
        self,
        *,
        goods_list: GoodsList,
        products: Products,
        batch: ProductBatch,
        upkeep: CatalogUpkeep,
        importing: GoodsImport,
        own_pictures: ProductPictures,
        frame: PageFrame,
    ) -> None:
        super().__init__()
        self.setObjectName("goods_page")
        self._goods, self._products, self._pictures = goods_list, products, frame.pictures
        self._upkeep, self._own_pictures = upkeep, own_pictures
        self._runner, self._shell = frame.runner, frame.shell
        self._wanted: ProductId | None = None
        self.actions_ = GoodsActions(self, products=products, batch=batch, runner=frame.runner, shell=frame.shell)
        self.files = GoodsFiles(self, goods_list=goods_list, service=importing, runner=frame.runner, shell=frame.shell)
        self._model = PagedTableModel(columns(frame.pictures), goods_list.rows, checkable=True)
        self.table = DataTable(self._model, name="goods_page.table", store=frame.store, row_height=44, label="商品")
        self.pager = Pager(size=20, name="goods_page.pager")
        self._order = GoodsOrder(frame.store)
        self.table.set_sort(*self._order.value)
        self._feed = Feed(
            frame.runner,
            self._model,
            ids=goods_list.ids,
            also=goods_list.stock_total,
            areas=_AREAS,
            pager=self.pager,
            parent=self,
        )
        self.tools, self.tree, self.pane = GoodsTools(), CategoryTree(), GoodsPane(frame.pictures, frame.clock)
        self._lay_out()
        self._connect()
        self._bind_keys()
        self._on_choice()
        self._load_tree()
        self.query()

    def _lay_out(self) -> None:
        side = Surface("page", edge="right", width=200)
        column(self.tree, margins=(8, 8, 2, 8), parent=side)
        middle = QWidget()
        line = row(side, self.table, spacing=0, parent=middle)
        line.setStretch(1, 1)
        self._split = SideSplit(middle, self.pane)
        layout = column(self.tools.strip, self._split, self.pager, spacing=0, parent=self)
        layout.setStretch(1, 1)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        tools = self.tools
        tools.search.searched.connect(self.query)
        tools.match.changed.connect(self.query)
        tools.stock.changed.connect(self.query)
        tools.new.clicked.connect(self.new_product)
        tools.batch.clicked.connect(self.batch)
        tools.delete.clicked.connect(self.delete)
        tools.traits.clicked.connect(self._open_traits)
        tools.export.clicked.connect(self._open_files)
        tools.columns.clicked.connect(self.table.open_columns_dialog)
        self.tree.chosen.connect(self.query)
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(self._shell.tell_error)
        self._feed.ended.connect(lambda: self.table.set_loading(False))
        self._model.ticks_changed.connect(self._on_choice)
        self.table.selection_changed.connect(self._on_choice)
        self.table.current_changed.connect(self._load_card)
        self.table.row_activated.connect(self.edit)
        self.table.sort_requested.connect(self._on_sort)
        self.pane.acted.connect(self._on_acted)
        self.actions_.deleted.connect(lambda ids: self._model.set_ticked(ids, False))
        self._runner.data_changed.connect(self._on_data_changed)
        self._pictures.arrived.connect(lambda _url: self.table.viewport().update())

    def _bind_keys(self) -> None:
        KeyShortcut("search", self, partial(begin_search, self.tools.search))
        KeyShortcut("new", self, self.new_product)
        KeyShortcut("refresh", self, self.query)
        KeyShortcut("undo", self, self.actions_.undo)
        KeyShortcut("delete", self.table, self.delete)

    # ---- list
    def open_with(
        self, *, text: str | None = None, product_id: ProductId | None = None, new_code: str | None = None
    ) -> None:
        """`text`: search. `product_id`: make this product the current one, whatever was filtered.

        `new_code`: a code or barcode nobody knew at the counter; the form for a new product opens with it (W13).
        """
        if new_code is not None:
            self._open_form(None, code=new_code)
        if product_id is not None:
            self._wanted = product_id
            self.clear()
        if text is not None:
            self.tools.search.setText(text)
            self.query()

    @Slot()
    def query(self) -> None:
        """Show what the fields and the tree say, from the first page."""
        self.table.set_loading(True, "正在读取…")
        self._feed.show(self.tools.filter(self.tree.category_id, self._order.value))

    @Slot(str, bool)
    def _on_sort(self, key: str, descending: bool) -> None:
        self._order.click(key, descending)
        self.table.set_sort(*self._order.value)
        self.query()

    @Slot()
    def clear(self) -> None:
        """清除筛选."""
        self.tools.clear()
        self.tree.choose(None)
        self.query()

    def _on_loaded(self, ids: Sequence[int], total: Decimal) -> None:
        self.table.set_loading(False)
        self.pager.set_sums([("库存合计", plain(total), "")])
        self.table.set_empty(None if ids else self._empty())
        wanted, self._wanted = self._wanted, None
        make_current(wanted, self._feed, self.pager, self.table)
        self._load_card()
        self._on_choice()

    def _empty(self) -> QWidget:
        wanted = self._feed.filter
        if not wanted.is_everything:
            clear = KeyButton("清除筛选", "clear_filter", name="goods_page.clear_button")
            clear.clicked.connect(self.clear)
            return nothing_found(wanted, self.tree.name_of(wanted.category_id), clear)
        new = KeyButton("新增", "new", size="large", icon="plus", name="goods_page.first_new_button")
        new.clicked.connect(self.new_product)
        download = KeyButton("去下载", kind="primary", size="large", icon="download", name="goods_page.first_button")
        download.clicked.connect(lambda: self._shell.open_page("match"))
        return nothing_yet(new, download)

    @Slot(object)
    def _on_data_changed(self, areas: frozenset[str]) -> None:
        if areas & _AREAS:
            self._load_tree()

    def _load_tree(self) -> None:
        def done(tree: GoodsTree) -> None:
            self.tree.show_tree(tree)

        self._runner.submit(
            lambda _job: self._goods.tree(), owner=self, key="tree", on_done=done, on_error=self._shell.tell_error
        )

    # ---- the current product
    def _current(self) -> ProductId | None:
        current = self.table.current_id()
        return ProductId(current) if isinstance(current, int) else None

    @Slot()
    def _load_card(self) -> None:
        current = self._current()
        if current is None:
            self.pane.show_none()
            return

        def done(card: GoodsCard) -> None:
            if card.id == self._current():
                self.pane.show_card(card)

        # Gone meanwhile: the list reads itself again and takes the row away.
        self._runner.submit(
            lambda _job: self._goods.card(current),
            owner=self,
            key="card",
            on_done=done,
            on_error=lambda _error: self.pane.show_none(),
        )

    @Slot(str)
    def _on_acted(self, what: str) -> None:
        card = self.pane.card
        if card is None:
            return
        if what == "edit":
            self.edit(card.id)
        elif what == "skus":
            self.edit_skus(card.id)
        elif what == "sale":
            self.pane.choose_sku(card, lambda sku_id: self._shell.open_page("sale", sku_id=sku_id))
        elif what == "match":
            self._shell.open_page("match", text=card.code)
        elif what == "copy":
            QGuiApplication.clipboard().setText(card.code)
            self._shell.toast(f"已复制商品代码 {card.code}")
        elif what == "toggle":
            self.actions_.set_allow_negative([card.id], not card.allow_negative)

    # ---- one product
    @Slot()
    def new_product(self) -> None:
        """新增."""
        self._open_form(None)

    @Slot(object)
    def edit(self, product_id: ProductId) -> None:
        """编辑."""
        self._open_form(product_id)

    @Slot(object)
    def edit_skus(self, product_id: ProductId) -> None:
        """属性组合 (M45, M46, M51)."""
        self._open_form(product_id, skus_only=True)

    def _open_form(self, product_id: ProductId | None, *, skus_only: bool = False, code: str = "") -> None:
        def job(_ctx: JobContext) -> tuple[ProductDetail | None, tuple[CategoryNode, ...], bool]:
            detail = self._products.product(product_id) if product_id is not None else None
            return detail, self._products.category_tree(), self._products.uses_attributes()

        def done(answer: tuple[ProductDetail | None, tuple[CategoryNode, ...], bool]) -> None:
            detail, categories, with_attributes = answer
            if skus_only and detail is not None:
                self._open_skus(detail)
            else:
                self._open_product(detail, categories, code, with_attributes)

        self._runner.submit(job, owner=self, key="form", on_done=done, on_error=self._on_form_error)

    def _on_form_error(self, error: BaseException) -> None:
        self._shell.tell_error(error)
        if isinstance(error, JdyError):
            self._feed.reload()

    def _open_product(
        self, detail: ProductDetail | None, categories: tuple[CategoryNode, ...], code: str, with_attributes: bool
    ) -> None:
        from jdy_desktop.views.dialogs.product_dialog import ProductDialog

        category = self.tree.category_id or None
        dialog = ProductDialog(
            self,
            self._products,
            self._runner,
            detail,
            categories,
            category_id=category,
            pictures=self._pictures,
            own_pictures=self._own_pictures,
            with_attributes=with_attributes,
        )
        dialog.saved.connect(self._on_saved)
        if code:
            dialog.fields["code"].setText(code)
            dialog.fields["barcodes"].setText(code if code.isdigit() else "")
        dialog.open()

    def _open_skus(self, detail: ProductDetail) -> None:
        from jdy_desktop.views.dialogs.sku_dialog import SkuDialog

        dialog = SkuDialog(self, self._products, self._runner, detail, self._pictures)
        dialog.saved.connect(self._on_saved)
        dialog.open()

    @Slot(object, bool)
    def _on_saved(self, product_id: ProductId, is_new: bool) -> None:
        if is_new:
            self._wanted = product_id
            if self.tree.category_id not in (None, NO_CATEGORY) or self._feed.filter.text:
                self.clear()
        self._shell.toast("商品已新增" if is_new else "商品已保存")
        self._feed.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- many
    def _ticked(self) -> list[int]:
        return [one for one in self._model.ticked if isinstance(one, int)]

    @Slot()
    def _on_choice(self) -> None:
        self.tools.show_chosen(len(self.table.chosen_ids()), len(self._ticked()))

    @Slot()
    def batch(self) -> None:
        """批量设置 of the ticked goods, else of the selected ones."""
        self.actions_.ask_batch([one for one in self.table.chosen_ids() if isinstance(one, int)])

    @Slot()
    def delete(self) -> None:
        """删除 of the ticked goods."""
        self.actions_.ask_delete(self._ticked())

    @Slot()
    def _open_files(self) -> None:
        """导入导出: a workbook in, the goods of the filter out."""
        files = self.files
        items: list[tuple[str, Callable[[], object]]] = [
            ("导入商品…", files.ask_import),
            ("下载导入模板…", files.ask_template),
            ("导出商品资料…", lambda: files.ask_export_all(list(self._feed.ids))),
            ("导出货号–商品列表…", self.export),
        ]
        MenuPopup(self.tools.export, items, name="goods_page.files_menu").open()

    @Slot()
    def export(self) -> None:
        """导出 of what the filter shows."""
        self.files.ask_export(self._feed.filter or GoodsFilter())

    # ---- what goods are filed under
    @Slot()
    def _open_traits(self) -> None:
        """商品特性: 辅助属性管理, 计量单位, 商品类别 (the manual's way to the SKU codes, 4.1.1)."""
        items: list[tuple[str, Callable[[], object]]] = [
            ("商品类别…", self.open_categories),
            ("计量单位…", self.open_units),
            ("辅助属性管理…", self.open_attributes),
        ]
        MenuPopup(self.tools.traits, items, name="goods_page.traits_menu").open()

    @Slot()
    def open_categories(self) -> None:
        """商品类别: add, rename, move, delete."""
        from jdy_desktop.views.dialogs.category_dialog import CategoryDialog

        CategoryDialog(self, self._upkeep, self._runner, self.tree.category_id or None).open()

    @Slot()
    def open_units(self) -> None:
        """计量单位 and their groups."""
        from jdy_desktop.views.dialogs.unit_dialog import UnitDialog

        UnitDialog(self, self._upkeep, self._runner).open()

    @Slot()
    def open_attributes(self) -> None:
        """辅助属性管理: attributes and their values."""
        from jdy_desktop.views.dialogs.attribute_dialog import AttributeDialog

        AttributeDialog(self, self._upkeep, self._runner).open()

    # ---- window
    def activated(self) -> Any:
        """The tab came to the front."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
