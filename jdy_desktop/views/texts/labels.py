"""The manual's word for each member of each closed list, and the names of fields as they stand on the screen."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from jdy_desktop.models import states
from jdy_desktop.models.rules.matching import MatchReason
from jdy_desktop.models.rules.periods import PeriodKind
from jdy_desktop.models.rules.preorder_state import RowAction
from jdy_desktop.models.rules.publishing import Condition
from jdy_desktop.models.rules.rounding import NumberProblem
from jdy_desktop.models.rules.stock_check import OnlineProblem
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.queries.report_values import Way

#: enum → member → the manual's word
LABELS: dict[type[StrEnum], dict[Any, str]] = {
    states.Industry: dict(
        zip(
            states.Industry,
            "食品饮料 服装鞋帽 家居装饰 美容配饰 文体用品 数码电器 工业材料 医药器械 母婴用品 安防电子 包装印刷 其他行业".split(),
            strict=True,
        )
    ),
    states.PriceGrade: {
        states.PriceGrade.RETAIL: "零售客户",
        states.PriceGrade.WHOLESALE: "批发客户",
        states.PriceGrade.VIP: "VIP客户",
        states.PriceGrade.DISCOUNT1: "折扣等级一",
        states.PriceGrade.DISCOUNT2: "折扣等级二",
    },
    states.DocumentKind: {
        states.DocumentKind.PURCHASE: "购货单",
        states.DocumentKind.PURCHASE_RETURN: "购货退货单",
        states.DocumentKind.OTHER_RECEIPT: "其他入库单",
        states.DocumentKind.OTHER_ISSUE: "其他出库单",
        states.DocumentKind.OPENING: "期初",
        states.DocumentKind.SALE: "销货单",
        states.DocumentKind.SALE_RETURN: "销货退货单",
        states.DocumentKind.TRANSFER: "调拨单",
        states.DocumentKind.COUNT: "盘点单",
        states.DocumentKind.OPENING_DEBT: "期初欠款",
    },
    states.DocumentState: {
        states.DocumentState.DRAFT: "草稿",
        states.DocumentState.SAVED: "已保存",
        states.DocumentState.REVIEWED: "已审核",
        states.DocumentState.VOIDED: "已作废",
    },
    states.Logistics: {states.Logistics.SELF_PICKUP: "自提", states.Logistics.EXPRESS: "快递"},
    states.AuthState: {
        states.AuthState.VALID: "有效",
        states.AuthState.EXPIRED: "已过期",
        states.AuthState.NEVER: "未授权",
    },
    states.PublishState: {
        states.PublishState.DRAFT: "未发布",
        states.PublishState.SENDING: "发布中",
        states.PublishState.UNCLEAR: "待核对",
        states.PublishState.PUBLISHED: "已发布",
        states.PublishState.FAILED: "发布失败",
    },
    Condition: {
        Condition.MAIN_PICTURE: "主图片",
        Condition.PICTURE_BYTES: "图片大小",
        Condition.PICTURE_PIXELS: "图片尺寸",
        Condition.PICTURE_COUNT: "图片张数",
        Condition.CATEGORY: "类目",
        Condition.TITLE: "商品名称",
        Condition.PRICE: "价格",
        Condition.STOCK: "可售数量",
        Condition.UNIT: "单位",
        Condition.SKUS: "SKU",
        Condition.IN_SHOP: "店铺已有",
        Condition.RESTORED: "恢复备份以后",
    },
    states.MatchOrigin: {
        states.MatchOrigin.CREATED: "下载创建",
        states.MatchOrigin.AUTO: "自动匹配",
        states.MatchOrigin.MANUAL: "手动匹配",
    },
    states.UploadState: {
        states.UploadState.WAITING: "待上传",
        states.UploadState.UPLOADING: "待上传",
        states.UploadState.UNCLEAR: "待核对",
        states.UploadState.UPLOADED: "已上传",
        states.UploadState.FAILED: "未上传",
    },
    states.PayState: {
        states.PayState.UNPAID: "未支付",
        states.PayState.SCANNED: "已扫码",
        states.PayState.PAID: "已支付",
    },
    states.DownloadMode: {
        states.DownloadMode.CREATE: "下载后自动在系统创建相同商品",
        states.DownloadMode.INFO_ONLY: "仅下载线上商品信息",
    },
    states.DownloadRange: {states.DownloadRange.ALL: "全部", states.DownloadRange.SOME: "部分"},
    states.OfferStatus: {
        states.OfferStatus.ON_SHELF: "在架",
        states.OfferStatus.OFF_SHELF: "已下架",
        states.OfferStatus.GONE: "1688 上已没有",
    },
    Right: {
        Right.SEE_COST: "看成本和毛利",
        Right.DELETE_GOODS: "删除商品和平台信息",
        Right.VOID_DOCUMENT: "作废单据",
        Right.NEGATIVE_STOCK: "改是否允许负库存",
        Right.LOW_PRICE: "低于最低价卖",
        Right.CHANGE_PRICES: "改商品价格",
        Right.REVIEW: "审核和反审核",
        Right.SHOPS: "改店铺和连接",
        Right.RESTORE: "从备份恢复",
        Right.SEE_PHONES: "看完整电话",
        Right.EXPORT_CUSTOMERS: "导出客户和备份到别处",
        Right.ACCOUNT_SET: "改账套参数",
        Right.OPERATORS: "管理操作员",
    },
    states.MoveKind: {states.MoveKind.DOCUMENT: "单据", states.MoveKind.VOID: "作废"},
    PeriodKind: {
        PeriodKind.TODAY: "今天",
        PeriodKind.YESTERDAY: "昨天",
        PeriodKind.WEEK: "本周",
        PeriodKind.MONTH: "本月",
        PeriodKind.OWN: "自定",
    },
    Way: {
        Way.ACCOUNT: "未选账户",
        Way.CHANNEL_PAID: "1688 已支付",
        Way.CHANNEL_WAITING: "1688 待支付",
        Way.OWED: "记欠款",
    },
    states.Role: {states.Role.OWNER: "店主", states.Role.CLERK: "店员"},
    MatchReason: {
        MatchReason.RULE_1: "货号相同，单品货号相同",
        MatchReason.RULE_2: "货号相同，都没有 SKU",
        MatchReason.CREATED: "下载时创建",
        MatchReason.ALREADY_MATCHED: "已匹配",
        MatchReason.NO_CANDIDATE: "系统里没有这个货号",
        MatchReason.SEVERAL_CANDIDATES: "有几个商品都对得上，要手动选",
        MatchReason.KIND_MISMATCH: "一边有 SKU，另一边没有",
        MatchReason.EMPTY_CODE: "宝贝没有填货号",
    },
    RowAction: {
        RowAction.PAY: "支付",
        RowAction.UPLOAD: "上传",
        RowAction.CHECK: "核对",
        RowAction.RECREATE: "重新创建",
        RowAction.NONE: "",
    },
    NumberProblem: {
        NumberProblem.EMPTY: "还没有填",
        NumberProblem.NOT_A_NUMBER: "要填数字",
        NumberProblem.TOO_MANY_PLACES: "小数位太多",
        NumberProblem.TOO_SMALL: "数字太小",
        NumberProblem.TOO_LARGE: "数字太大",
    },
    OnlineProblem: {
        OnlineProblem.UNMATCHED: "未匹配宝贝",
        OnlineProblem.WRONG_SHOP: "不在这个店铺上架",
        OnlineProblem.OFFER_GONE: "1688 上已没有",
        OnlineProblem.OFF_SHELF: "已下架",
        OnlineProblem.BELOW_MINIMUM: "低于起订量",
        OnlineProblem.OVER_ONLINE_STOCK: "超过线上库存",
        OnlineProblem.NOT_WHOLE: "数量不是整数",
    },
}

#: price kinds as column heads, where the grade names a price and not a customer
PRICE_LABELS = {
    states.PriceGrade.RETAIL: "零售价",
    states.PriceGrade.WHOLESALE: "批发价",
    states.PriceGrade.VIP: "VIP价",
    states.PriceGrade.DISCOUNT1: "折扣价一",
    states.PriceGrade.DISCOUNT2: "折扣价二",
}

#: `field` of an error → its name on the screen
FIELDS: dict[str, str] = {
    "quantity": "数量",
    "price": "单价",
    "discount_rate": "折扣率",
    "discount_amount": "优惠金额",
    "tax_rate": "税率",
    "customer_freight": "客户承担费用",
    "makes_pre_order": "生成预订单",
    "paid_amount": "收付款金额",
    "account_id": "结算账户",
    "amount": "金额",
    "allocations": "本次结算",
    "unit_cost": "单位成本",
    "day": "日期",
    "remark": "备注",
    "lines": "商品",
    "kind": "单据类型",
    "customer_id": "客户",
    "supplier_id": "供应商",
    "shop_id": "店铺",
    "warehouse_id": "仓库",
    "to_warehouse_id": "调入仓库",
    "sku_id": "商品",
    "offer_sku_id": "宝贝",
    "code": "代码",
    "sku_code": "SKU代码",
    "name": "名称",
    "unit": "计量单位",
    "specification": "规格",
    "category": "商品类别",
    "category_id": "商品类别",
    "attribute": "辅助属性",
    "attributes": "辅助属性",
    "value": "属性值",
    "values": "属性值",
    "skus": "属性组合",
    "barcodes": "条码",
    "picture": "图片",
    "minimum_stock": "最低库存",
    "phone": "电话",
    "address": "地址",
    "contact": "联系人",
    "company": "公司名称",
    "market": "市场",
    "department": "部门",
    "offer_ids": "offerid",
    "gateway": "网关",
    "auth": "授权页",
    "images": "图片",
    "callback": "回调",
    "redirect_uri": "回调",
    "app_key": "AppKey",
    "app_secret": "AppSecret",
    "price_retail": "零售价",
    "price_wholesale": "批发价",
    "price_vip": "VIP价",
    "price_discount1": "折扣价一",
    "price_discount2": "折扣价二",
}
