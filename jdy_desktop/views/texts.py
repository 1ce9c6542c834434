"""Every sentence and label the clerk reads that is chosen by a code: errors, states, reasons.

A sentence says what happened, where, whether anything is lost, and what to press next. `{name}` takes a parameter of the
error; `{row}` the line, counted from 1 as on the screen. Texts of 1688 are shown verbatim beside ours, never instead.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from jdy_desktop.models import states
from jdy_desktop.services.errors import JdyError, PlatformError

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
    states.MoveKind: {states.MoveKind.DOCUMENT: "单据", states.MoveKind.VOID: "作废"},
    states.Role: {states.Role.OWNER: "店主", states.Role.CLERK: "店员"},
}

#: price kinds as column heads, where the grade names a price and not a customer
PRICE_LABELS = {
    states.PriceGrade.RETAIL: "零售价",
    states.PriceGrade.WHOLESALE: "批发价",
    states.PriceGrade.VIP: "VIP价",
    states.PriceGrade.DISCOUNT1: "折扣价一",
    states.PriceGrade.DISCOUNT2: "折扣价二",
}

#: error code → sentence
SENTENCES: dict[str, str] = {
    # the base classes
    "error": "这一步没有做成，数据没有丢。请再试一次；还不行就复制报告发给我们。",
    "user_error": "这里填的内容不能用，什么都没有保存。改好后再按一次。",
    # documents
    "stock_short": "库存不足，单据没有保存，也没有发给 1688：{shortages}。减少数量，或先入库再保存。",
    "not_matched": "第 {row} 行 {name} 还没有匹配 1688 的宝贝，没有发出去。到“商品匹配”里选好再上传。",
    "market_missing": "店铺“{shop}”还没有选市场，1688 要求必填，没有发出去。到“店铺设置”选好市场再试。",
    "before_start_period": "单据日期 {day} 早于启用期间 {start}，没有保存。改成 {start} 或以后的日期。",
    "stale": "这张单据刚被别人改过，你的改动还在屏幕上，没有保存。按 F5 看新的内容，再改一次。",
    "excel_rows": "表格里有 {count} 行不能导入，其余照常。按“下载错误数据文件”看原因。",
    "constraint": "数据互相冲突，没有保存，原来的内容不变。请复制报告发给我们。",
    # goods and 1688 offers
    "kind_mismatch": "有 SKU 的宝贝只能匹配有 SKU 的系统商品，无 SKU 的宝贝只能匹配无 SKU 的系统商品。没有改动，请另选一个商品。",
    "nothing_fits": "这个商品的 SKU 和宝贝的规格对不上，没有改动。请逐行选择。",
    "sku_unknown": "这个商品刚被删除或停用，没有改动。请另选一个商品。",
    "product_unknown": "这个商品刚被删除，没有改动。请另选一个商品。",
    "offer_unknown": "这一行平台信息刚被删除，没有改动。按 F5 看新的列表。",
    "offer_has_uploads": "有预订单还没有发给 1688，正用着这些宝贝，没有删除。等预订单上传后再删。",
    "download_running": "这个店铺正在下载，没有再开始一次。等它完成，或先取消它。",
    "offer_ids_missing": "没有认出 offerid，还没有开始下载。填宝贝链接里 offer/ 后面的数字。",
    "download_not_resumable": "上次的下载已经做完，不用接着下载。需要新信息就重新下载一次，数据没有丢。",
    # the product form: shown beside the field
    "product_code_missing": "商品代码不能为空，还没有保存。",
    "product_name_missing": "商品名称不能为空，还没有保存。",
    "code_taken": "代码 {taken} 已经有别的商品在用（大小写、全半角、空格不算区别），还没有保存。换一个代码。",
    "barcode_taken": "条码 {barcode} 已经属于 {owner}，还没有保存。一个条码只能给一个 SKU。",
    "text_too_long": "太长了，最多 {limit} 个字，还没有保存。",
    "not_a_number": "这里要填数字，还没有保存。",
    "number_negative": "不能小于 0，还没有保存。",
    "number_too_large": "数字太大，还没有保存。检查是不是多打了几位。",
    "too_many_places": "最多 {places} 位小数，还没有保存。",
    "tax_rate_out_of_range": "税率在 0 到 100 之间，还没有保存。",
    "attribute_repeated": "两个辅助属性同名，还没有保存。改一个名字。",
    "attribute_name_missing": "辅助属性还没有名字（例如颜色、尺码），还没有保存。",
    "attribute_value_missing": "这一行要给每个辅助属性一个值，例如 红色/S，还没有保存。",
    "attributes_missing": "有几个 SKU 就要有辅助属性来区分，还没有保存。",
    "values_repeated": "和第 {other} 行的属性组合相同，还没有保存。",
    "too_many_values": "一个辅助属性最多 {limit} 个值（1688 的限制），没有生成。",
    "skus_empty": "还没有属性组合。填好颜色、尺码后按“生成 SKU 代码”。",
    "category_unknown": "这个商品类别刚被删除，还没有保存。另选一个。",
    "category_name_missing": "类别名称不能为空，还没有保存。",
    "export_failed": "没有导出到 {path}（{reason}），原来的文件没有动。如果它正在 Excel 里打开，关掉再试。",
    # 1688
    "platform_refused": "1688 没有接受：{their_text}。本地数据没有变；改好后再试。",
    "token_expired": "店铺授权已过期，1688 不再接受，本地数据没有丢。点“店铺验权”重新授权一次。",
    "rate_limited": "1688 说调用太快，正在等待后自动再试，数据没有丢。不想等就按 Esc 取消。",
    "no_permission": "这个 App Key 没有权限或用量已用完（1688：{their_text}），数据没有丢。请到 1688 开放平台查看应用。",
    "bad_answer": "1688 的回答看不懂，已放在一边，本地数据没有丢。稍后按 F5 再试。",
    "offline": "连不上 1688，数据都在本机，没有丢。网络恢复后会自动继续，也可以按 F5 再试。",
    "timed_out": "1688 很久没有回答，数据都在本机，没有丢。稍后会自动核对，不要重复开单。",
    "gateway_address": "“{field}”的地址不能用：只接受 https 地址（本机 127.0.0.1 可用 http）。到“设置—1688E经营”改好。",
    "gateway_key": "还没有填 AppKey 或 AppSecret，没有连接 1688。到“设置—1688E经营”填好再试。",
    # this PC
    "local_error": "这台电脑上的一步没有做成，数据没有丢。请再试一次。",
    "database_busy": "账套正被别的窗口写入，这次没有保存，内容还在屏幕上。稍等几秒再按一次。",
    "database_too_new": "账套 {path} 是更新版本的程序写的，没有打开，也没有改动。请先升级程序。",
    "not_our_database": "{path} 不是本程序的账套，没有打开，也没有改动。请选另一个文件。",
    "database_corrupt": "账套文件有损坏，没有打开。原文件没有动；请用“从备份恢复”选最近的备份。",
    "database_read_only": "账套文件是只读的，这次没有保存，内容还在屏幕上。检查文件夹权限后再按一次。",
    "database_cannot_open": "打不开账套文件，没有改动任何内容。检查文件是否还在、磁盘是否接好，再试一次。",
    "disk_full": "磁盘已满，单据没有保存，内容还在屏幕上。腾出空间后再按一次。",
    "disk_write_failed": "磁盘写入失败，单据没有保存，内容还在屏幕上。检查磁盘后再按一次。",
    "sqlite_too_old": "数据库组件版本 {found} 太旧，可能损坏账套，没有打开。请重新安装程序。",
    "pragma_refused": "数据库不接受安全设置 {name}，没有打开账套。请把账套放在本机硬盘上再试。",
    "printer_missing": "没有找到打印机，单据和预订单都已保存。接好打印机再按 F8。",
    "secret_store_missing": "这台电脑没有密钥库，授权只在本次运行有效，不会写到磁盘。下次打开要重新授权。",
    "backup_failed": "备份没有做成（{reason}），账套本身没有事。检查磁盘空间，到“设置—备份”再试一次。",
    "seal_broken": "店铺授权是在另一台电脑上保存的，这里打不开。数据没有丢，点“店铺验权”重新授权一次。",
    "market_not_started": "练习市场没有启动，没有影响任何数据。关掉程序重新打开再试。",
}


def label(member: StrEnum) -> str:
    """The manual's word for a state or choice."""
    return LABELS[type(member)][member]


def sentence(error: JdyError) -> str:
    """One Chinese sentence for an error; every code has one (a test keeps the table complete)."""
    params: dict[str, Any] = {"row": error.row, "field": error.field, **error.params}
    if isinstance(error, PlatformError):
        params["their_text"] = error.their_text or error.their_code
    template = SENTENCES.get(error.code) or SENTENCES["error"]
    return template.format_map(_Lenient(params))


class _Lenient(dict[str, Any]):
    """A missing parameter reads as nothing rather than breaking the sentence that explains a failure."""

    def __missing__(self, key: str) -> str:
        return ""
