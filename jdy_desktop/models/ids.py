"""Ids that cannot be mixed. A module of its own, since the window needs it before the database library is loaded."""

from __future__ import annotations

from typing import NewType

# Ids of 1688 are text (they exceed 2^53 and Qt's int); ours are integers. Mixing them must not type-check.
OfferId = NewType("OfferId", str)
PlatformSkuId = NewType("PlatformSkuId", str)
PreOrderNumber = NewType("PreOrderNumber", str)
ShopId = NewType("ShopId", int)
ProductId = NewType("ProductId", int)
SkuId = NewType("SkuId", int)
OfferSkuId = NewType("OfferSkuId", int)
CustomerId = NewType("CustomerId", int)
WarehouseId = NewType("WarehouseId", int)
DocumentId = NewType("DocumentId", int)
PreOrderId = NewType("PreOrderId", int)
