"""Goods: categories, units, attributes, products and their SKUs. The SKU is the unit of price, stock, match and line."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jdy_desktop.models.base import Base
from jdy_desktop.models.types import Instant, Quantity, Rate, UnitPrice


class Category(Base):
    """商品类别; the first level of downloaded goods is named like the shop (M64, M65)."""

    __tablename__ = "category"
    area = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    name: Mapped[str] = mapped_column(String(100))

    __table_args__ = (UniqueConstraint("parent_id", "name"),)


class UnitGroup(Base):
    """计量单位组 (M68)."""

    __tablename__ = "unit_group"
    area = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)


class Unit(Base):
    """A unit of a group; `ratio` base units make one of it."""

    __tablename__ = "unit"
    area = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("unit_group.id"))
    name: Mapped[str] = mapped_column(String(20))
    ratio: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(1))
    is_base: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("group_id", "name"),)


class Attribute(Base):
    """辅助属性组, e.g. 颜色."""

    __tablename__ = "attribute"
    area = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)


class AttributeValue(Base):
    """辅助属性值, e.g. 红色: unique within its attribute only, so 4.1.3's clash cannot hurt (M50)."""

    __tablename__ = "attribute_value"
    area = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    attribute_id: Mapped[int] = mapped_column(ForeignKey("attribute.id"))
    name: Mapped[str] = mapped_column(String(60))

    __table_args__ = (UniqueConstraint("attribute_id", "name"),)


class Product(Base):
    """商品. Without variants it has exactly one SKU whose code is the product code."""

    __tablename__ = "product"
    area = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(80))
    code_key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(500))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="ordinary")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    specification: Mapped[str] = mapped_column(String(200), default="")
    has_variants: Mapped[bool]
    allow_negative: Mapped[bool] = mapped_column(default=False)
    tax_rate: Mapped[Decimal | None] = mapped_column(Rate)
    picture: Mapped[str] = mapped_column(String(500), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    pinyin: Mapped[str] = mapped_column(Text, default="")
    is_downloaded: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()
    category: Mapped[Category | None] = relationship()
    skus: Mapped[list[Sku]] = relationship(
        back_populates="product", order_by="Sku.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class ProductPicture(Base):
    """Further pictures, at most 5 reach a shop (M107). `path` is a file name in the data folder or an https address."""

    __tablename__ = "product_picture"
    area = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    path: Mapped[str] = mapped_column(String(500))


class Sku(Base):
    """属性组合. `name` joins the values with a slash (红色/XS), empty without variants."""

    __tablename__ = "sku"
    area = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(90))
    code_key: Mapped[str] = mapped_column(String(90), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    picture: Mapped[str] = mapped_column(String(500), default="")
    minimum_stock: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    #: code, names, barcodes, pinyin of product and SKU, case-folded: what the pickers search.
    search_text: Mapped[str] = mapped_column(Text, default="")
    is_active: Mapped[bool] = mapped_column(default=True)

    product: Mapped[Product] = relationship(back_populates="skus")
    prices: Mapped[list[SkuPrice]] = relationship(cascade="all, delete-orphan")
    barcodes: Mapped[list[Barcode]] = relationship(cascade="all, delete-orphan")


class SkuValue(Base):
    """Which attribute values make this SKU, in the order of its attributes."""

    __tablename__ = "sku_value"
    area = "goods"

    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    attribute_value_id: Mapped[int] = mapped_column(ForeignKey("attribute_value.id"), index=True)


class SkuPrice(Base):
    """One price per grade; a missing grade falls back to 零售价."""

    __tablename__ = "sku_price"
    area = "goods"

    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"), primary_key=True)
    grade: Mapped[str] = mapped_column(String(12), primary_key=True)
    price: Mapped[Decimal] = mapped_column(UnitPrice)

    __table_args__ = (CheckConstraint("price >= 0", name="price_not_negative"),)


class Barcode(Base):
    __tablename__ = "barcode"
    area = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
