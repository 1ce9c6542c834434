"""Which pages there are, where they stand in the navigation, and what each is handed. A page's module is loaded when first opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from jdy_desktop.views.main_window import GROUP_1688, GROUP_BOOK, GROUP_BOTTOM, GROUP_GOODS, PageSpec
from jdy_desktop.views.shell import Host, PageFrame

if TYPE_CHECKING:
    from jdy_desktop.views.pages.party_actions import MoneyServices


#: reached from 单据查询, from 库存 and from the documents they belong to
_OTHER_DOCUMENTS = (
    ("purchase_return", "购货退货单", "return"),
    ("sale_return", "销货退货单", "return"),
    ("other_issue", "其他出库单", "send"),
    ("transfer", "调拨单", "refresh"),
    ("count", "盘点单", "opening"),
)


def page_specs(program: Host) -> list[PageSpec]:
    """In the order of the navigation (M18, M21)."""
    build = _Builder(program)
    return [
        PageSpec("goods", "商品中心", "goods", GROUP_GOODS, build.goods),
        PageSpec("sale", "销货单", "sale", GROUP_BOOK, build.sale),
        PageSpec("purchase", "购货单", "purchase", GROUP_BOOK, build.document("purchase")),
        PageSpec("other_receipt", "其他入库单", "other_in", GROUP_BOOK, build.document("other_receipt")),
        PageSpec("documents", "单据查询", "search", GROUP_BOOK, build.documents),
        PageSpec("opening", "期初录入", "opening", GROUP_BOOK, build.opening),
        PageSpec("stock", "库存", "stock", GROUP_BOOK, build.stock),
        PageSpec("customers", "客户", "customer", GROUP_BOOK, build.customers),
        PageSpec("suppliers", "供应商", "supplier", GROUP_BOOK, build.suppliers),
        PageSpec("payments", "收付款", "wallet", GROUP_BOOK, build.payments),
        PageSpec("shops", "店铺设置", "shop", GROUP_1688, build.shops),
        PageSpec("match", "商品匹配", "match", GROUP_1688, build.match),
        PageSpec("pre_orders", "预订单", "pre_order", GROUP_1688, build.pre_orders),
        PageSpec("publish", "商品发布", "publish", GROUP_1688, build.publish),
        PageSpec("reports", "报表", "report", GROUP_BOTTOM, build.reports),
        PageSpec("settings", "设置", "settings", GROUP_BOTTOM, build.settings),
        *(
            PageSpec(kind, title, icon, GROUP_BOOK, build.document(kind), listed=False)
            for kind, title, icon in _OTHER_DOCUMENTS
        ),
    ]


class _Builder:
    """One method per page: the two or three services it uses, and the frame it stands in."""

    def __init__(self, program: Host) -> None:
        self._p = program

    def _frame(self) -> PageFrame:
        p = self._p
        return PageFrame(shell=p, runner=p.runner, store=p.settings, clock=p.ctx.clock, pictures=p.pictures)

    def goods(self) -> QWidget:
        from jdy_desktop.views.pages.goods_page import GoodsPage

        s = self._p.ready
        return GoodsPage(
            goods_list=s.goods_list,
            products=s.products,
            batch=s.product_batch,
            upkeep=s.catalog_upkeep,
            importing=s.goods_import,
            own_pictures=s.own_pictures,
            frame=self._frame(),
        )

    def sale(self) -> QWidget:
        from jdy_desktop.views.pages.sale_desk import SaleServices
        from jdy_desktop.views.pages.sale_page import SalePage

        s = self._p.ready
        services = SaleServices(s.documents, s.drafts, s.picker, s.parties, s.account_sets, s.shops, s.pre_orders)
        return SalePage(services, self._frame())

    def document(self, kind: str) -> Callable[[], QWidget]:
        """The one editor, for a kind."""

        def make() -> QWidget:
            from jdy_desktop.models.states import DocumentKind
            from jdy_desktop.views.pages.document_desk import DocServices
            from jdy_desktop.views.pages.document_kinds import SPECS
            from jdy_desktop.views.pages.document_page import DocPage

            s = self._p.ready
            services = DocServices(
                s.documents, s.drafts, s.picker, s.parties, s.account_sets, s.bought_prices, s.stock_list
            )
            return DocPage(SPECS[DocumentKind(kind)], services, self._frame())

        return make

    def documents(self) -> QWidget:
        from jdy_desktop.views.pages.documents_page import DocumentsPage

        s = self._p.ready
        return DocumentsPage(
            document_list=s.document_list,
            documents=s.documents,
            account_sets=s.account_sets,
            frame=self._frame(),
        )

    def opening(self) -> QWidget:
        from jdy_desktop.services.machine.rights import Right

        if not self._p.ctx.may(Right.SEE_COST):
            from jdy_desktop.views.pages.owners_page import OwnersPage

            return OwnersPage("opening_page", "期初要店主登录才能录入", "期初里有商品的成本。", self._p.lock_now)
        from jdy_desktop.views.pages.opening_page import OpeningPage

        s = self._p.ready
        return OpeningPage(
            opening=s.opening,
            importer=s.opening_import,
            picker=s.picker,
            parties=s.parties,
            account_sets=s.account_sets,
            drafts=s.drafts,
            frame=self._frame(),
        )

    def stock(self) -> QWidget:
        from jdy_desktop.views.pages.stock_page import StockPage

        s = self._p.ready
        return StockPage(
            stock_list=s.stock_list,
            history=s.stock_history,
            recompute=s.cost_recompute,
            parties=s.parties,
            frame=self._frame(),
        )

    def customers(self) -> QWidget:
        from jdy_desktop.views.pages.parties_page import PartiesPage, customer_kind

        s = self._p.ready
        kind = customer_kind(s.customer_list, s.parties)
        return PartiesPage(kind, self._money(), frame=self._frame())

    def suppliers(self) -> QWidget:
        from jdy_desktop.views.pages.parties_page import PartiesPage, supplier_kind

        s = self._p.ready
        kind = supplier_kind(s.supplier_list, s.parties)
        return PartiesPage(kind, self._money(), frame=self._frame())

    def payments(self) -> QWidget:
        from jdy_desktop.views.pages.payments_page import PaymentsPage

        s = self._p.ready
        return PaymentsPage(self._money(), payment_list=s.payment_list, frame=self._frame())

    def _money(self) -> MoneyServices:
        from jdy_desktop.views.pages.party_actions import MoneyServices

        s = self._p.ready
        return MoneyServices(s.payments, s.parties, s.statements, s.documents, s.account_sets, self._p.ctx.clock)

    def shops(self) -> QWidget:
        from jdy_desktop.views.pages.shops_page import ShopsPage

        s = self._p.ready
        return ShopsPage(
            shops=s.shops,
            shop_list=s.shop_list,
            parties=s.parties,
            frame=self._frame(),
        )

    def match(self) -> QWidget:
        from jdy_desktop.views.pages.match_page import MatchPage

        s = self._p.ready
        return MatchPage(
            match_list=s.match_list,
            matching=s.matching,
            downloads=s.downloads,
            shops=s.shops,
            picker=s.picker,
            frame=self._frame(),
        )

    def pre_orders(self) -> QWidget:
        from jdy_desktop.views.pages.pre_orders_page import PreOrdersPage

        s = self._p.ready
        return PreOrdersPage(
            pre_order_list=s.pre_order_list,
            pre_orders=s.pre_orders,
            documents=s.documents,
            shops=s.shops,
            frame=self._frame(),
        )

    def reports(self) -> QWidget:
        from jdy_desktop.views.pages.reports_page import ReportsPage

        s = self._p.ready
        return ReportsPage(
            reports=s.reports,
            cash_counts=s.cash_counts,
            shops=s.shops.rows,
            company=lambda: s.account_sets.info().company,
            pictures=self._p.pictures,
            runner=self._p.runner,
            shell=self._p,
            store=self._p.settings,
            ctx=self._p.ctx,
        )

    def publish(self) -> QWidget:
        from jdy_desktop.views.pages.publish_page import PublishPage

        s = self._p.ready
        return PublishPage(
            publication_list=s.publication_list,
            publishing=s.publishing,
            shops=s.shops,
            frame=self._frame(),
        )

    def settings(self) -> QWidget:
        from jdy_desktop.views.pages.settings_page import SettingsPage

        s = self._p.ready
        return SettingsPage(
            account_sets=s.account_sets,
            operators=s.operators,
            connection=s.connection,
            settings=self._p.settings,
            folders=self._p.folders,
            book=self._p.book,
            runner=self._p.runner,
            shell=self._p,
            ctx=self._p.ctx,
            lock=self._p.lock_now,
            practice=self._practice_card,
        )

    def _practice_card(self) -> QWidget:
        from jdy_desktop.views.pages.settings_practice import PracticeCards
        from jdy_desktop.views.practice_fill import practice_fill

        fill = practice_fill(self._p)
        return PracticeCards(self._p.ready.practice_month, fill, runner=self._p.runner, shell=self._p)
