"""店铺设置 (manual 3; M22–M42): authorized shops, their market and department, whether 1688 still accepts them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.states import AuthState
from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.channel.markets import MarketHit
from jdy_desktop.services.channel.shops import AuthorizedShop, ShopRow, Shops, VerifyResult
from jdy_desktop.services.queries.shops import ShopFilter, ShopList
from jdy_desktop.views.dialogs.shop_prompt import ShopPrompt
from jdy_desktop.views.figures import minute
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import Column, Note, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, Surface, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState, NoteRow
from jdy_desktop.views.widgets.fields import SearchField
from jdy_desktop.views.widgets.pager import Pager
from jdy_desktop.views.widgets.popup_list import PopupItem, PopupList

OTHER = "其他"
NO_MARKET = "请选择市场"
NO_DEPARTMENT = "未设置"
MARKET_HELP = "市场是商家档口所属的市场名称，如果不知道可以咨询市场管理方。"


def _log_text(shop: ShopRow) -> str:
    at = minute(shop.log_at)
    return f"{shop.log}  {at}".strip()


def _market_tone(shop: ShopRow) -> str | None:
    return None if shop.market else "bad"


def _note(shop: ShopRow) -> Note | None:
    if shop.auth_state is not AuthState.VALID:
        return Note("bad", "授权已失效，暂时不能下载和上传；已存的单据都在。", repair="店铺验权", key="")
    if not shop.market:
        return Note("warn", "还没有选市场，1688 要求必填，选好才能创建预订单。", repair="选择市场", key="")
    return None


COLUMNS: list[Column[ShopRow]] = [
    Column("login_id", "登录账户", lambda s: s.login_id, width=164),
    Column("name", "店铺名称", lambda s: s.name, width=196, kind="strong"),
    Column(
        "market",
        "*市场名称",
        lambda s: s.market or NO_MARKET,
        width=232,
        tone=_market_tone,
        editable=lambda _s: True,
        edit_text=lambda s: s.market,
    ),
    Column(
        "department",
        "部门",
        lambda s: s.department or NO_DEPARTMENT,
        width=140,
        editable=lambda _s: True,
        edit_text=lambda s: s.department,
    ),
    Column("auth", "授权是否过期", lambda s: label(s.auth_state), width=132, kind="state"),
    Column("log", "日志", _log_text, width=240, stretch=True),
]


class ShopsPage(QWidget):
    """A list of few rows; the market and department cells are edited in place with suggestions."""

    def __init__(
        self,
        *,
        shops: Shops,
        shop_list: ShopList,
        parties: Parties,
        frame: PageFrame,
    ) -> None:
        super().__init__()
        self.setObjectName("shops_page")
        self._shops, self._parties, self._runner, self._shell = shops, parties, frame.runner, frame.shell
        self._model = PagedTableModel(COLUMNS, shop_list.rows, checkable=True, note=_note)
        self.table = DataTable(self._model, name="shops_page.table", store=frame.store, label="店铺")
        self._pager = Pager(size=0, unit="个店铺", name="shops_page.pager", simple=True)
        self._pager.set_hints(["授权失效时点“店铺验权”，重新验证一次就好了"])
        self._feed = Feed(
            frame.runner,
            self._model,
            ids=lambda f: shop_list.ids(f),
            areas={"shops", "parties"},
            pager=self._pager,
            parent=self,
        )
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(frame.shell.tell_error)
        help_row = NoteRow("mute", "可以打字或用拼音首字母搜索；搜不到或者实在不清楚，可以填“其他”。", bold=MARKET_HELP)
        help_row.setObjectName("shops_page.market_help")
        help_area = column(help_row, margins=(16, 8, 16, 8))
        layout = column(self._tools(), self.table, help_area, self._pager, spacing=0, parent=self)
        layout.setStretch(1, 1)
        self._popup = PopupList(self, hints=("打字或拼音首字母", "Enter 选定"), min_width=320, name="shops_page.popup")
        self._popup.picked.connect(self._on_picked)
        self._editing: tuple[ShopId, str] | None = None
        self._typed = False
        self.table.editor_opened.connect(self._on_editor)
        self.table.repair_clicked.connect(self._repair)
        self._model.edited.connect(self._on_edited)
        self._bind_keys()
        self.reload()

    def _tools(self) -> QWidget:
        strip = Surface("page", edge="bottom", height=49)
        self.search = sized(SearchField(name="shops_page.search_field"), width=264)
        self.search.searched.connect(self._on_search)
        authorize = KeyButton("店铺授权", "authorize", kind="primary", icon="key", name="shops_page.authorize_button")
        verify = KeyButton("店铺验权", icon="shield_check", name="shops_page.verify_button")
        refresh = KeyButton("刷新", "refresh", icon="refresh", name="shops_page.refresh_button")
        authorize.clicked.connect(lambda: self.authorize())
        verify.clicked.connect(self.verify)
        refresh.clicked.connect(self.reload)
        row(self.search, STRETCH, authorize, verify, refresh, margins=(16, 0, 16, 0), parent=strip)
        return strip

    def _bind_keys(self) -> None:
        KeyShortcut("authorize", self, self.authorize)
        KeyShortcut("verify_shop", self, self.verify)
        KeyShortcut("refresh", self, self.reload)
        KeyShortcut("search", self, self.search.setFocus)

    # ---- list
    def open_with(self, *, shop_id: ShopId | None = None, edit: str = "") -> None:
        """Jump to a shop; `edit="market"` opens its market cell (M38)."""
        if shop_id is not None and self.table.select_id(shop_id) and edit:
            self.table.edit_cell(shop_id, edit)

    @Slot()
    def reload(self) -> None:
        """刷新 (M30)."""
        self._feed.show(ShopFilter(self.search.text().strip()))

    @Slot(str)
    def _on_search(self, text: str) -> None:
        self._feed.show(ShopFilter(text))

    def _on_loaded(self, ids: list[int], _extra: Any) -> None:
        if ids:
            self.table.set_empty(None)
        elif self.search.text().strip():
            clear = KeyButton("清除筛选", "clear_filter", name="shops_page.clear_button")
            clear.clicked.connect(self.search.clear)
            words = f"按“{self.search.text().strip()}”没有找到店铺。"
            self.table.set_empty(EmptyState("search", "没有找到", words, [clear]))
        else:
            button = KeyButton(
                "店铺授权", "authorize", kind="primary", icon="key", size="large", name="shops_page.first_button"
            )
            button.clicked.connect(lambda: self.authorize())
            words = "授权一个 1688 店铺后，就能下载宝贝、用销货单创建预订单。"
            self.table.set_empty(EmptyState("shop", "还没有授权店铺", words, [button]))

    # ---- authorize and verify
    @Slot()
    def authorize(self, shop_id: ShopId | None = None) -> None:
        """Ask option 1 or 2, then open the 1688 page."""
        prompt = ShopPrompt(self)
        prompt.chosen.connect(lambda download: self._open_login(download, shop_id))
        prompt.open()

    def _open_login(self, download: bool, shop_id: ShopId | None) -> None:
        # The browser engine is loaded here, when it is first needed.
        from jdy_desktop.views.dialogs.authorize_dialog import AuthorizeDialog

        dialog = AuthorizeDialog(self, self._shops, self._runner, shop_id)
        dialog.authorized.connect(lambda shop: self._on_authorized(shop, download))
        dialog.open()

    def _on_authorized(self, shop: AuthorizedShop, download: bool) -> None:
        self.reload()
        kept = "" if self._shops.keeps_tokens else "这台电脑没有密钥库，授权只在本次运行有效。"
        self._shell.toast(f"获取授权成功：{shop.name}。{kept}")
        if download:
            self._shell.open_page("match", download_all=shop.shop_id)

    @Slot()
    def verify(self) -> None:
        """店铺验权 of the ticked shops, else the current one, else the only one (M42)."""
        ids = [ShopId(int(str(i))) for i in self.table.chosen_ids()] or [ShopId(i) for i in self._feed.ids[:1]]
        if not ids:
            self.authorize()
        for shop_id in ids:
            self._verify_one(shop_id)

    def _verify_one(self, shop_id: ShopId) -> None:
        def done(result: VerifyResult) -> None:
            if result.needs_login and self.window().findChild(QWidget, "authorize_dialog") is None:
                self._open_login(False, shop_id)
            elif result.needs_login:
                # One login at a time; the row says 已过期 and its link opens the next one.
                self.reload()
            else:
                self._shell.toast("验权成功，授权有效。")

        self._runner.submit(
            lambda job: self._shops.verify(job, shop_id),
            owner=self,
            lane="net",
            on_done=done,
            on_error=self._shell.tell_error,
        )

    def _repair(self, shop_id: ShopId) -> None:
        row_value = self._model.row_at(self._model.row_of(shop_id))
        if row_value is not None and row_value.auth_state is AuthState.VALID:
            self.table.edit_cell(shop_id, "market")
        else:
            self._verify_one(shop_id)

    # ---- market and department cells
    def _on_editor(self, editor: QLineEdit, shop_id: ShopId, key: str) -> None:
        self._editing = (shop_id, key)
        editor.selectAll()
        self._popup.attach(editor)
        editor.textEdited.connect(self._suggest)
        self._typed = False
        self._suggest("")

    @Slot(str)
    def _suggest(self, text: str) -> None:
        if self._editing is None:
            return
        self._typed = bool(text.strip())
        if self._editing[1] == "market":
            # Reading a few hundred names; `markets` may add 其他 to a book that lost it, hence the desk lane.
            self._ask(lambda: self._market_items(text), "suggest")
        else:
            self._ask(lambda: self._department_items(text), "suggest")

    def _ask(self, items: Callable[[], list[PopupItem]], key: str) -> None:
        self._runner.submit(
            lambda _job: items(), owner=self, key=key, on_done=self._show_suggestions, on_error=self._shell.tell_error
        )

    def _show_suggestions(self, items: list[PopupItem]) -> None:
        # Nothing is chosen before something was typed, and a new name only with ↓: Enter or Tab must not change a shop's
        # market to the first of the list, nor make one of a slip of the finger.
        typed = self._editing is not None and self._typed
        is_known = bool(items) and not str(items[0].value[0]).startswith("new")
        self._popup.show_items(items, first=typed and is_known)

    def _market_items(self, text: str) -> list[PopupItem]:
        hits = self._shops.markets(text)
        shown = (*hits[:6], hits[-1]) if len(hits) > 7 else hits
        items = [_market_item(hit) for hit in shown]
        if text.strip() and all(hit.name != text.strip() for hit in hits):
            items.insert(
                len(items) - 1, PopupItem(("new", text.strip()), f"新增市场“{text.strip()}”", right="列表里没有时")
            )
        return items

    def _department_items(self, text: str) -> list[PopupItem]:
        known = self._parties.departments()
        items = [PopupItem(("department", one.id), one.name) for one in known if text.strip() in one.name][:6]
        if text.strip() and all(one.name != text.strip() for one in known):
            items.append(PopupItem(("new_department", text.strip()), f"新增部门“{text.strip()}”"))
        items.append(PopupItem(("department", None), NO_DEPARTMENT, rule_above=True))
        return items

    def _on_picked(self, value: tuple[str, Any]) -> None:
        if self._editing is None:
            return
        shop_id, _key = self._editing
        self._editing = None
        self.table.close_editor(commit=False)
        what, which = value
        work: dict[str, Callable[[], None]] = {
            "market": lambda: self._shops.set_market(shop_id, which),
            "new": lambda: self._shops.set_market(shop_id, self._shops.add_market(which)),
            "department": lambda: self._shops.set_department(shop_id, which),
            "new_department": lambda: self._shops.set_department(shop_id, self._parties.add_department(which)),
        }

        def done(_none: object) -> None:
            if what in ("market", "new"):
                self._shell.toast("市场已选好。还没有下载宝贝的话，下一步到“商品匹配”下载。")

        self._runner.submit(lambda _job: work[what](), owner=self, on_done=done, on_error=self._shell.tell_error)

    def _on_edited(self, shop_id: ShopId, key: str, text: str) -> None:
        """Leaving the cell without choosing: a name in full or one that only one market fits counts, else nothing changes."""
        self._editing = None
        wanted = text.strip()
        if not wanted:
            return

        def work(_job: object) -> bool:
            if key == "market":
                found = [m for m in self._shops.markets(wanted) if m.name != OTHER or wanted == OTHER]
                # Whoever types faster than the list opens is understood when only one market can be meant.
                hit = next((m for m in found if m.name == wanted), found[0] if len(found) == 1 else None)
                if hit is not None:
                    self._shops.set_market(shop_id, hit.id)
                return hit is not None
            known = next((d for d in self._parties.departments() if d.name == wanted), None)
            if known is not None:
                self._shops.set_department(shop_id, known.id)
            return known is not None

        def done(found: bool) -> None:
            if not found:
                self._shell.toast(f"“{wanted}”不在列表里，没有改动。打字后按 ↓ 选“新增”就能加进去。")

        self._runner.submit(work, owner=self, on_done=done, on_error=self._shell.tell_error)


def _market_item(hit: MarketHit) -> PopupItem:
    is_other = hit.name == OTHER
    return PopupItem(
        ("market", hit.id), hit.name, right="搜不到或者不清楚时" if is_other else hit.city, rule_above=is_other
    )
