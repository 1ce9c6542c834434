"""Words of 商品发布: the conditions with their reasons, what mends them, and advice beside 1688's own words (manual 4.4)."""

from __future__ import annotations

from jdy_desktop.models.rules.publishing import Condition, Finding
from jdy_desktop.models.states import PublishState
from jdy_desktop.services.channel.publish_values import OUR_CODE, Outcome, OutcomeKind
from jdy_desktop.views.texts.asides import REASONS
from jdy_desktop.views.texts.filling import filled

#: goods of a shop that came there by a download or a match
IN_SHOP = "店铺已有"
PRIVATE = "私密商品"

#: code of a finding → sentence, without a full stop: it stands in a list
CONDITIONS: dict[str, str] = {
    "main_picture_good": "有主图片",
    "main_picture_refused": "没有主图片：必须维护一张主图片，建议为 750*750 以上的图片",
    "main_picture_refused_unreadable": "第 {places} 张图片打不开，不能发布",
    "picture_bytes_good": "图片的大小没有超过 2M",
    "picture_bytes_ask": "第 {places} 张图片超过 2M，1688 不收；可以缩小后再发布，原图不变",
    "picture_pixels_good": "图片都在 750*750 以上",
    "picture_pixels_advice": "第 {places} 张图片只有 {size}，建议为 750*750 以上；不换也能发布",
    "picture_count_good": "{n} 张图片，最多 5 张",
    "picture_count_advice": "有 {n} 张图片，上传至店铺后台的最多只有 5 张：只传前 5 张",
    "category_good": "已绑定类目",
    "category_refused": "还没有绑定类目，发布商品前必须要绑定类目",
    "title_good": "商品名称 {places}/{limit}",
    "title_refused": "商品名称 {places}/{limit}，1688 的标题放不下（一个汉字算两个）",
    "title_refused_empty": "没有商品名称",
    "price_good": "价格 {price} 元",
    "price_refused": "没有批发价，也没有零售价",
    "price_refused_places": "价格 {price} 元比分还细，1688 只收到分",
    "stock_good": "可售数量 {stock}",
    "stock_refused": "没有库存，1688 上没有可售数量",
    "unit_good": "单位 {unit}",
    "unit_advice": "单位是“{unit}”，简易商品没有单位一栏，1688 上显示为“件”",
    "skus_ask": "有 {n} 个 SKU：发布后不带 SKU 属性，也不能和 SKU 匹配，不建议使用这个功能",
    "in_shop_refused": "店铺里已有匹配的宝贝 {offer_id}，不用再发布",
    "restored_refused": "恢复过备份，备份以后可能已经发布过：先到“商品匹配”按 Ctrl+D 下载这个店铺的全部宝贝，再发布",
    "restored_refused_title": "恢复过备份，店铺里已有同名的宝贝 {offer_id}：在商品匹配里和这个商品匹配，不用再发布",
    "restored_advice": "恢复过备份，已下载没有同名的；简易商品 1688 可能不列出，发布前到店铺里看一眼",
}

#: condition → the link beside it
REPAIRS: dict[Condition, str] = {
    Condition.MAIN_PICTURE: "去加图片",
    Condition.PICTURE_BYTES: "缩小后发布",
    Condition.CATEGORY: "选择类目",
    Condition.TITLE: "修改商品名称",
    Condition.PRICE: "填写价格",
    Condition.STOCK: "期初录入",
    Condition.IN_SHOP: "在商品匹配里看",
    Condition.RESTORED: "去商品匹配",
}

#: code of ours in the log of what was not published → why, for the list
LOGS: dict[str, str] = {
    "offline": "连不上 1688，没有发布",
    "timed_out": "1688 没有回答，没有发布",
    "rate_limited": "1688 说调用太快，没有发布",
    "too_late_to_send": "等了太久，没有发布",
    "token_expired": "店铺授权已过期，没有发布",
    "shop_not_authorized": "店铺还没有授权，没有发布",
    "no_permission": "这个 AppKey 没有权限发布",
    "bad_answer": "1688 的回答看不懂，没有发布",
    "platform_down": "1688 正在维护或出错，没有发布",
    "offer_gone": "1688 上已没有这个宝贝，可以再发布",
    "sender_died": "发布时程序被关掉，没有发布",
}
_OTHER_LOG = "没有发布"

#: state → what to do next
_ADVICE: dict[PublishState, str] = {
    PublishState.DRAFT: "没有发给 1688，商品资料没有丢。情况恢复后再点“发布”。",
    PublishState.FAILED: "以上是 1688 的原话，没有发布，商品资料没有丢。按它说的改好，再点“发布”。",
    PublishState.UNCLEAR: "不知道 1688 收到没有，没有再发一次，不会重复发布。点“核对”。",
    PublishState.SENDING: "正在发布，等一会儿。",
    PublishState.PUBLISHED: "默认发布的商品为私密商品，但支持在线交易。",
}
_BY_THEIR_WORDS = (
    (("类目",), "1688 不认这个类目：点“选择类目”另选一个最末级类目，再点“发布”。没有发布，商品资料没有丢。"),
    (("标题",), "1688 不收这个标题：到“商品中心”改商品名称，再点“发布”。没有发布，商品资料没有丢。"),
    (("图片", "相册"), "1688 不收图片：换图片，或到 1688 后台清理图片空间，再点“发布”。没有发布，商品资料没有丢。"),
    (("上限", "已达", "频繁"), "1688 今天不再收了，明天再点“发布”。没有发布，商品资料没有丢。"),
    (("价格", "金额"), "1688 不收这个价格：到“商品中心”改批发价，再点“发布”。没有发布，商品资料没有丢。"),
)


def condition_sentence(found: Finding) -> str:
    return filled(CONDITIONS[found.code], found.facts)


def log_words(state: PublishState, log: str) -> str:
    """1688's text unchanged, or a few words of ours for a code."""
    if not log.startswith(OUR_CODE):
        return log
    code = log.removeprefix(OUR_CODE)
    if state is PublishState.UNCLEAR:
        return REASONS.get(code, REASONS["bad_answer"])
    return LOGS.get(code, _OTHER_LOG)


def publish_advice(state: PublishState, log: str) -> str:
    """What the clerk does next; beside, never instead of, 1688's words."""
    if state is PublishState.FAILED and not log.startswith(OUR_CODE):
        for words, sentence in _BY_THEIR_WORDS:
            if any(word in log for word in words):
                return sentence
    if state is PublishState.FAILED and log.startswith(OUR_CODE):
        return "没有发布，商品资料没有丢。到“店铺设置”点“店铺验权”，再点“发布”。"
    if state is PublishState.DRAFT and log in ("", OUR_CODE + "offer_gone"):
        return ""
    if state is PublishState.UNCLEAR and log == OUR_CODE + "offer_missing":
        return "以前发布过，不知道现在还在不在，没有再发一次。点“核对”，到 1688 后台看一眼再决定。"
    return _ADVICE[state]


def outcome_words(outcome: Outcome) -> str:
    """What became of one of several goods."""
    if outcome.kind is OutcomeKind.PUBLISHED:
        return "已发布"
    if outcome.kind is OutcomeKind.NOT_READY:
        return "；".join(condition_sentence(one) for one in outcome.findings)
    if outcome.kind is OutcomeKind.UNCLEAR:
        return "不知道 1688 收到没有，待核对"
    state = PublishState.FAILED if outcome.kind is OutcomeKind.REFUSED else PublishState.DRAFT
    return log_words(state, outcome.text)
