"""Short sentences of the list of 预订单: below a row that waits for the clerk, and 上传日志 of one that is on its way.

A note is one line on the screen, so it is shorter than the advice of the code window; it takes the same facts.
"""

from jdy_desktop.models.rules.preorder_advice import AdviceCode

#: quantity would do, so it must be the price (1688's text does not say which)
BELOW_PRICE = "below_price"

#: code in `pre_orders.advice` → what is wrong with which goods (M138–M141, M151–M153)
NOTES: dict[str, str] = {
    AdviceCode.NO_OFFER: "{goods} 还没有匹配 1688 的宝贝。",
    AdviceCode.BELOW_MINIMUM: "{goods}：1688 起订量[ {minimum} {unit}]，本单[ {quantity} {unit}]。",
    AdviceCode.BELOW_MINIMUM_OR_PRICE: "{goods}：1688 起订量[ {minimum} {unit}]，本单[ {quantity} {unit}]，价格没有问题。",
    BELOW_PRICE: "{goods}：数量[ {quantity} {unit}]够了，单价低于 1688 的限制。改单价，或在 1688 后台改。",
    AdviceCode.OFF_SHELF: "{goods} 在 1688 已下架。在 1688 后台重新上架再上传，或改用别的商品。",
    AdviceCode.OVER_ONLINE_STOCK: "{goods}：1688 线上[只有 {online_stock} {unit}]库存不够，本单[ {quantity} {unit}]。减少数量，或在 1688 后台调大库存。",
    AdviceCode.UNKNOWN: "1688 没有接受，原因见上传日志。销货单没有丢，改好后点“上传”。",
    "quantity_not_whole": "{goods}：数量[ {quantity} ]不是整数，1688 只收整数，没有发出去。",
    "market_missing": "店铺“{shop}”还没有选市场，1688 要求必填，没有发出去。",
    "sale_voided": "销货单已作废，不会上传到 1688。",
    "sale_unreviewed": "销货单已反审核，没有发给 1688。审核后自动上传。",
    "ask": "1688 上有很像的预订单[（{numbers}）]，不能确定是不是这一张，没有再发。",
    "made_twice": "1688 上有重复的预订单[（{numbers}）]，不要让客户付另一张，五天后它会过期。",
    "former_paid": "原来的预订单[ {number} ]客户已经支付，没有再上传新的，不用再收款。",
    "token_expired": "店铺授权已失效，这张预订单在排队，没有丢。",
    "no_permission": "这个 AppKey 没有权限或用量已用完，这张预订单在排队，没有丢。",
    "signature_refused": "1688 不认 AppSecret，这张预订单在排队，没有丢。到“设置—1688E经营”检查。",
}

#: upload log of a row that is on its way; "" = its turn has simply not come yet
ON_THE_WAY: dict[str, str] = {
    "": "排队中，自动上传",
    "token_expired": "等店铺验权，排队中",
    "offline": "连不上 1688，恢复后自动上传",
    "timed_out": "1688 没有回答，稍后自动再试",
    "rate_limited": "1688 说太快，稍后自动上传",
    "no_permission": "1688 没有给权限，排队中",
    "signature_refused": "1688 不认 AppSecret，排队中",
    "checking": "已发出，没收到回答，先核对",
    "ask": "1688 上有很像的，等确认",
}
