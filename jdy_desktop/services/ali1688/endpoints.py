"""The calls we use, and which of them may be repeated."""

from __future__ import annotations

from dataclasses import dataclass

PAGE_SIZE = 20  # 1688 cuts larger pages to 20


@dataclass(frozen=True, slots=True)
class Api:
    """`is_read`: changes nothing at 1688, so a lost answer may be asked for again. `needs`: a good answer holds it."""

    namespace: str
    name: str
    needs: str = ""
    is_read: bool = True
    version: int = 1

    def path(self, app_key: str) -> str:
        """From the protocol on; this is what is signed and, behind `/openapi/`, called."""
        return "/".join(part for part in ("param2", str(self.version), self.namespace, self.name, app_key) if part)


CURRENT_TIME = Api("system", "currentTime")
ACCOUNT = Api("com.alibaba.account", "alibaba.account.basic", "result")
PRODUCT_LIST = Api("com.alibaba.product", "alibaba.product.list.get", "result")
PRODUCT_GET = Api("com.alibaba.product", "alibaba.product.get", "productInfo")
PRODUCTS_BY_ID = Api("com.alibaba.product", "alibaba.product.getByIdList", "productList")
CATEGORY = Api("com.alibaba.product", "alibaba.category.get", "categoryInfo")
CATEGORY_SEARCH = Api("com.alibaba.product", "alibaba.category.searchByKeyword", "categoryInfo")
ALBUMS = Api("com.alibaba.product", "alibaba.photobank.album.getList", "albumInfos")
PHOTO_ADD = Api("com.alibaba.product", "alibaba.photobank.photo.add", "image", is_read=False)
SIMPLE_ADD = Api("com.alibaba.product", "alibaba.product.simple.add", "simpleProductCreateResultModel", is_read=False)
PRE_ORDER_CREATE = Api("com.alibaba.trade", "alibaba.preOrder.create", "orderId", is_read=False)
PRE_ORDER_LIST = Api("com.alibaba.trade", "alibaba.preOrder.getList", "orderList")
