"""What stands beside: advice under 1688's own words in 上传日志, warnings after saving, reasons inside sentences.

Advice takes the facts of the line that 1688 refused: row, name, unit, quantity, minimum, online_stock, title, offer_id.
"""

import errno
import os

from jdy_desktop.models.rules.preorder_advice import AdviceCode

#: code in `pre_orders.advice` → what to do; codes of errors fall back to their own sentence
ADVICE: dict[str, str] = {
    AdviceCode.NO_OFFER: "{place}{name}还没有匹配这个店铺的宝贝。到“商品匹配”里匹配好，再点“上传”；销货单没有丢。",
    AdviceCode.BELOW_MINIMUM: "{place}{name}没有达到起订量[：1688 最少 {minimum} {unit}][，这单是 {quantity} {unit}]。"
    "改数量再上传，或在 1688 改小起订量再点“上传”；销货单没有丢。",
    AdviceCode.BELOW_MINIMUM_OR_PRICE: "{place}{name}的数量或价格低于 1688 的限购[：最少 {minimum} {unit}][，这单是 {quantity} {unit}]。"
    "打开销货单改数量或单价，再点“上传”；销货单没有丢。",
    AdviceCode.OFF_SHELF: "{place}{name}在 1688 已下架。到 1688 重新上架，或打开销货单换商品，再点“上传”；销货单没有丢。",
    AdviceCode.OVER_ONLINE_STOCK: "{place}{name}超过了 1688 的可售数量[：线上只有 {online_stock} {unit}][，这单是 {quantity} {unit}]。"
    "打开销货单减少数量，或在 1688 加库存，再点“上传”；销货单没有丢。",
    AdviceCode.UNKNOWN: "1688 没有接受，它的原话在“上传日志”里。改好后点“上传”；销货单没有丢。",
    "quantity_not_whole": "{place}{name}的数量[ {quantity} ]不是整数，1688 只收整数。没有发出去，销货单没有丢；改成整数再上传。",
    "market_missing": "店铺“{shop}”还没有选市场，1688 要求必填。没有发出去，销货单没有丢；到“店铺设置”选好市场，再点“上传”。",
    "sale_voided": "销货单已作废，没有发给 1688。不用处理。",
    "sale_unreviewed": "销货单已反审核，没有发给 1688。审核后会自动上传。",
    "checking": "不知道 1688 收到没有[（{reason}）]，正在核对。没有再发一次，销货单没有丢；核对好会自动更新。",
    "ask": "1688 上有一张很像的预订单[（{numbers}）]，不能确定是不是这一张，没有再发。打开核对，选“就是它”或“重新上传”。",
    "made_twice": "1688 上有两张同样的预订单，另一张是 {numbers}，销货单没有丢。不要让买家付另一张，五天后它会过期。",
    "former_paid": "买家已经付了原来的预订单 {number}，没有再发新的。不用再收款，把货交给买家。",
}

#: code in `SavedDocument.warnings` → said after saving
WARNINGS: dict[str, str] = {
    "not_matched": "已保存，但有商品还没有匹配宝贝，预订单上传不了。到“商品匹配”里匹配好，再点“上传”。",
    "code_stays_payable": "已作废，但 1688 上的二维码在过期前还能付款。请买家不要扫原来的码。",
}

#: a few words, for tables and inside other sentences
REASONS: dict[str, str] = {
    # why no code may be shown
    "not_uploaded": "预订单还没有上传",
    "no_url": "1688 还没有给付款地址",
    "expired": "已过期",
    "paid": "已支付",
    # pictures
    "too_many_pixels": "像素太多",
    "not_a_picture": "打不开",
    "over_2_mb": "超过 2 MB",
    "picture_gone": "文件已经不在这台电脑上",
    # 批量设置
    "no_base_price": "还没有这一级的价",
    "below_zero": "会小于 0",
    "too_large": "会太大",
    # why nobody knows
    "sender_died": "程序在上传时被关掉",
    "restored": "账套是从备份恢复的",
    "timed_out": "1688 没有回答",
    "offline": "网络断开",
    "bad_answer": "1688 的回答看不懂",
    "platform_down": "1688 出错",
    "offer_missing": "1688 的回答里没有这个宝贝",
    "platform_unclear": "1688 没有说做成没有",
    # what the system says of files, in its own language
    os.strerror(errno.ENOSPC): "磁盘已满",
    os.strerror(errno.EACCES): "没有权限",
    os.strerror(errno.EPERM): "没有权限",
    os.strerror(errno.EROFS): "磁盘只读",
    os.strerror(errno.ENOENT): "文件夹不存在",
    os.strerror(errno.ENOTDIR): "文件夹不存在",
    os.strerror(errno.EISDIR): "同名的文件夹已存在",
    os.strerror(errno.EIO): "磁盘读写出错",
}
