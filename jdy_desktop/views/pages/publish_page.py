"""商品发布 (manual 4.4; M104–M112): the rare way from our goods to a simple offer, last of its group and told so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.publishing import Condition, PublishKey
from jdy_desktop.models.states import PublishState
from jdy_desktop.services.channel.publish_values import PublishView
from jdy_desktop.services.channel.publishing import Publishing
from jdy_desktop.services.channel.shops import ShopRow, Shops
from jdy_desktop.services.machine.jobs import Progress
from jdy_desktop.services.queries.publications import PublicationFilter, PublicationList, PublicationRow
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.pages.lists import EscClears, begin_search, make_current
from jdy_desktop.views.pages.publish_actions import PublishActions
from jdy_desktop.views.pages.publish_pane import PublishPane
from jdy_desktop.views.pages.publish_parts import (
    FilterRow,
    PriorityBand,
    ToolRow,
    columns,
    no_goods,
    no_shop,
    nothing_found,
)
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import column
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import ProgressBand
from jdy_desktop.views.widgets.flow import SideSplit
from jdy_desktop.views.widgets.pager import Pager

_AREAS = {"publications", "goods", "shops", "matches", "offers", "stock"}


class PublishPage(QWidget):
    """The list of goods by shop, and at the right the conditions of the current ones; Enter takes the next step."""

    def __init__(
        self,
        *,
        publication_list: PublicationList,
        publishing: Publishing,
        shops: Shops,
        frame: PageFrame,
    ) -> None:
        super().__init__()
        self.setObjectName("publish_page")
        self._publishing, self._shops, self._list = publishing, shops, publication_list
        self._runner, self._shell, self._pictures = frame.runner, frame.shell, frame.pictures
        self._has_shops = True
        self._wanted: int | None = None
        self.actions_ = PublishActions(
            self, publishing=publishing, runner=frame.runner, shell=frame.shell, store=frame.store
        )
        self._build(frame.store)
        self._connect()
        KeyShortcut("search", self, partial(begin_search, self.filters.search))
        KeyShortcut("refresh", self, self.query)
        self._on_choice()
        self._load_shops()
        frame.runner.submit(
            lambda _job: publishing.recover(), owner=self, on_done=lambda _n: None, on_error=frame.shell.tell_error
        )
        self.query()

    def _build(self, store: SettingsStore) -> None:
        self.filters, self.tools, self.band = FilterRow(), ToolRow(), PriorityBand()
        self.progress = ProgressBand(icon="publish", name="publish_page.progress_band")
        self._model = PagedTableModel(columns(self._pictures), self._list.rows, checkable=True)
        self.table = DataTable(self._model, name="publish_page.table", store=store, row_height=44, label="商品发布")
        self.pager = Pager(size=20, name="publish_page.pager")
        self.pane = PublishPane()
        self._feed = Feed(
            self._runner,
            self._model,
            ids=self._list.ids,
            also=self._list.counts,
            areas=_AREAS,
            pager=self.pager,
            parent=self,
        )
        split = SideSplit(self.table, self.pane)
        parts = (self.filters.strip, self.tools.strip, self.band, self.progress, split, self.pager)
        layout = column(*parts, spacing=0, parent=self)
        layout.setStretch(parts.index(split), 1)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        filters, tools, pane, actions = self.filters, self.tools, self.pane, self.actions_
        filters.search.searched.connect(self.query)
        for combo in (filters.state, filters.shop):
            combo.changed.connect(self.query)
        filters.query.clicked.connect(self.query)
        filters.refresh.clicked.connect(self.query)
        filters.columns.clicked.connect(self.table.open_columns_dialog)
        tools.publish.clicked.connect(lambda: self._with_chosen(actions.publish))
        tools.bind.clicked.connect(lambda: self._with_chosen(actions.bind))
        self.band.wanted.connect(lambda: self._shell.open_page("match"))
        pane.bind.clicked.connect(lambda: self._with_current(lambda row: actions.bind([row])))
        pane.publish.clicked.connect(lambda: self._with_current(lambda row: actions.publish([row])))
        pane.look_up.clicked.connect(lambda: self._with_current(actions.look_up))
        pane.repaired.connect(self._mend)
        actions.began.connect(self._on_began)
        actions.moved.connect(self._on_moved)
        actions.ended.connect(self._on_ended)
        actions.done.connect(self._load_view)
        actions.stands_against.connect(self._jump)
        self.progress.cancelled.connect(actions.cancel)
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(self._shell.tell_error)
        self._feed.ended.connect(lambda: self.table.set_loading(False))
        self._model.ticks_changed.connect(self._on_choice)
        self.table.selection_changed.connect(self._on_choice)
        self.table.current_changed.connect(self._load_view)
        self.table.row_activated.connect(self.go_on)
        EscClears(self.table, self._is_filtered, self.clear_filters)
        self._pictures.arrived.connect(lambda _url: self.table.viewport().update())
        self._runner.data_changed.connect(self._on_data_changed)

    # ---- list
    def open_with(self, *, text: str | None = None, product_id: int | None = None, shop_id: Any = None) -> None:
        """`text`: search. `product_id` in `shop_id`: make these goods the current ones."""
        if text is None and product_id is None:
            return
        self.filters.clear()
        self.filters.search.setText(text or "")
        if product_id is not None and shop_id is not None:
            self._wanted = PublishKey(product_id, shop_id).row_id  # type: ignore[arg-type]
        self.query()

    @Slot()
    def query(self) -> None:
        """查询: what the fields say."""
        self.table.set_loading(True, "正在读取…")
        self._feed.show(self.filters.filter())

    @Slot()
    def clear_filters(self) -> None:
        """清除筛选 Esc."""
        self.filters.clear()
        self.query()

    def _on_loaded(self, ids: Sequence[int], counts: Any) -> None:
        self.table.set_loading(False)
        unclear = counts.get(PublishState.UNCLEAR, 0)
        self.pager.set_sums(
            [
                ("已发布", f"{counts.get(PublishState.PUBLISHED, 0):,}", ""),
                ("待核对", f"{unclear:,}", "warn" if unclear else ""),
            ]
        )
        self.table.set_empty(None if ids else self._empty())
        wanted, self._wanted = self._wanted, None
        make_current(wanted, self._feed, self.pager, self.table)
        self._load_view()
        self._on_choice()

    def _empty(self) -> QWidget:
        if not self._has_shops:
            button = KeyButton("店铺授权", kind="primary", size="large", icon="shop", name="publish_page.shops_button")
            button.clicked.connect(lambda: self._shell.open_page("shops"))
            return no_shop(button)
        if self._is_filtered():
            clear = KeyButton("清除筛选", "clear_filter", name="publish_page.clear_button")
            clear.clicked.connect(self.clear_filters)
            return nothing_found(clear)
        button = KeyButton("去下载", kind="primary", size="large", icon="download", name="publish_page.first_button")
        button.clicked.connect(lambda: self._shell.open_page("match"))
        return no_goods(button)

    def _is_filtered(self) -> bool:
        return bool(self._feed.filter != PublicationFilter(shop_id=self._only_shop()))

    def _only_shop(self) -> Any:
        """With one shop the filter always names it."""
        return self.filters.shop.value() if self.filters.shop.count() == 1 else None

    def _load_shops(self) -> None:
        def show(shops: tuple[ShopRow, ...]) -> None:
            self._has_shops = bool(shops)
            self.filters.show_shops(shops)
            self.query()

        self._runner.submit(
            lambda _job: tuple(self._shops.rows()),
            owner=self,
            key="shops",
            on_done=show,
            on_error=self._shell.tell_error,
        )

    @Slot(object)
    def _on_data_changed(self, areas: frozenset[str]) -> None:
        if "shops" in areas:
            self._load_shops()

    # ---- choice
    def _with_chosen(self, act: Callable[[list[PublicationRow]], None]) -> None:
        """The ticked rows, also those of other pages, else the current one."""
        ids = [int(str(one)) for one in self._model.ticked or self.table.chosen_ids()]

        def take(found: dict[int, PublicationRow]) -> None:
            act([found[one] for one in ids if one in found])

        self._runner.submit(
            lambda _job: self._list.rows(ids), owner=self, on_done=take, on_error=self._shell.tell_error
        )

    def _with_current(self, act: Callable[[PublicationRow], None]) -> None:
        found = self._model.row_at(self._model.row_of(self.table.current_id()))
        if found is not None:
            act(found)

    @Slot()
    def _on_choice(self) -> None:
        ticked = len(self._model.ticked)
        self.tools.show_chosen(ticked, ticked or len(self.table.chosen_ids()))

    @Slot()
    def _load_view(self, *_current: object) -> None:
        """The conditions of the current goods; pictures that are not here yet are fetched first."""
        current = self.table.current_id()
        if not isinstance(current, int):
            self.pane.show_none()
            return
        key = PublishKey.of(current)

        def done(view: PublishView) -> None:
            if self.table.current_id() == view.key.row_id:
                self.pane.show_view(view)

        self._runner.submit(
            lambda job: self._publishing.view(job, key),
            owner=self,
            lane="net",
            key="view",
            on_done=done,
            on_error=lambda _gone: self.pane.show_none(),
        )

    def go_on(self, _row_id: Any) -> None:
        """Enter: the next step of the row."""

        def act(row: PublicationRow) -> None:
            if row.state is PublishState.UNCLEAR:
                self.actions_.look_up(row)
            elif row.state is PublishState.PUBLISHED:
                self._shell.open_page("match", text=row.offer_id)
            elif not row.category_name:
                self.actions_.bind([row])
            else:
                self.pane.publish.setFocus(Qt.FocusReason.OtherFocusReason)

        self._with_current(act)

    # ---- conditions
    @Slot(object)
    def _mend(self, condition: Condition) -> None:
        """The link beside a condition."""
        view = self.pane.view
        if view is None:
            return
        if condition is Condition.CATEGORY:
            self._with_current(lambda row: self.actions_.bind([row]))
        elif condition is Condition.PICTURE_BYTES:
            self._with_current(lambda row: self.actions_.shrink_and_publish([row]))
        elif condition is Condition.STOCK:
            self._shell.open_page("opening")
        elif condition is Condition.RESTORED:
            self._shell.open_page("match", text="", shop_id=view.key.shop_id)
        elif condition is Condition.IN_SHOP:
            self._shell.open_page("match", text=view.code, shop_id=view.key.shop_id)
        else:
            self._shell.open_page("goods", product_id=view.key.product_id)

    @Slot(object)
    def _jump(self, condition: Condition) -> None:
        """Refused: to the field that stands against it (M108)."""
        if condition is Condition.CATEGORY:
            self.pane.focus_category()

    # ---- progress
    @Slot(int)
    def _on_began(self, _count: int) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)  # a blocked button would hand the focus to its neighbour
        self.progress.begin("正在发布", unit="个商品")
        self.tools.publish.set_blocked("正在发布")
        self.pane.publish.set_blocked("正在发布")

    @Slot(object)
    def _on_moved(self, progress: Progress) -> None:
        self.progress.step(progress.done, progress.total)

    @Slot()
    def _on_ended(self) -> None:
        self.progress.finish()
        self.pane.publish.set_blocked(None)
        self._model.clear_ticks()
        self._on_choice()
