"""The HTML of the market: the authorize page and the buyer's page. No script, nothing from elsewhere."""

from __future__ import annotations

from html import escape

from jdy_desktop.sandbox.orders import LOCKED, PAID, PreOrder

_STYLE = """
*{box-sizing:border-box}
body{margin:0;font:14px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#222;background:#f4f4f4}
header{background:#fff;border-bottom:1px solid #e3e3e3;padding:12px 24px;font-size:16px;font-weight:bold}
header b{color:#c44500;margin-right:16px}
main{background:#fff;border:1px solid #e3e3e3;max-width:520px;margin:20px auto;padding:20px 32px}
.data{background:#f7f7f7;border:1px solid #ececec;padding:8px 12px;margin:8px 0 16px}
label{display:block;color:#666;font-size:12px;margin-top:12px}
label.tick{color:#222;font-size:14px}
input[type=text],input[type=password]{width:100%;height:40px;padding:0 12px;font:inherit;font-size:15px;border:1px solid #bbb}
input:focus{outline:2px solid #c44500;outline-offset:-1px}
button{font:inherit;width:100%;height:42px;margin-top:16px;border:0;background:#c44500;color:#fff;font-size:15px;font-weight:bold}
.error{background:#fdecea;border:1px solid #e7a59d;color:#9c1c10;padding:8px 12px;margin:8px 0}
.good{background:#e9f6ec;border:1px solid #9bcfa8;color:#17693a;padding:8px 12px;margin:8px 0}
.sum{font-size:32px;font-weight:bold;color:#c44500}
.note,a{color:#666;font-size:12px}
table{width:100%;border-collapse:collapse;margin:8px 0}
td{border-bottom:1px solid #eee;padding:6px 0}td:last-child{text-align:right;white-space:nowrap}
"""


def page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<header><b>1688</b>{escape(title)}</header><main>{body}</main></body></html>"
    )


def authorize(practice: str, error: str = "", account: str = "", is_agreed: bool = False) -> str:
    """The form goes back to the address it came from, so nothing of the query has to be repeated in it.

    `practice` names the accounts that may log in here: a new user has no other.
    """
    told = f'<div class="error" id="error" role="alert">{escape(error)}</div>' if error else ""
    ticked = " checked" if is_agreed else ""
    return page(
        "应用授权",
        f"""<div>金蝶精斗云将访问您在阿里巴巴的以下数据</div><div class="data">会员信息</div>{told}
<div class="note" id="practice">练习市场，不是真正的 1688，请不要输入真实的账号和密码。<br>{escape(practice)}</div>
<form method="post" autocomplete="off">
<label class="tick"><input type="checkbox" name="agree" id="agree" value="1"{ticked}>
同意 阿里巴巴开放平台用户应用授权提醒</label>
<label for="account">1688会员</label>
<input type="text" name="account" id="account" value="{escape(account)}" autofocus>
<label for="password">密码</label>
<input type="password" name="password" id="password">
<button type="submit" name="authorize" id="authorize" value="1">授权并登录</button>
</form>""",
    )


def told(title: str, text: str) -> str:
    """A page with one sentence."""
    return page(title, f'<div class="error" id="error" role="alert">{escape(text)}</div>')


def pre_order(order: PreOrder, shop: str) -> str:
    """What the buyer sees after scanning: the goods, the amount, a way to pay."""
    rows = "".join(
        f"<tr><td>{escape(line.offer['subject'])}<br><span class=note>{escape(_spec(line.sku))}</span></td>"
        f"<td>{yuan(line.price_fen)} × {line.amount}</td></tr>"
        for line in order.lines
    )
    way = "自提" if order.logistics == 1 else "快递"
    facts = (
        f'<div>{escape(shop)}　预订单 <span id="number">{order.number}</span></div><table>{rows}'
        f"<tr><td>货品总额</td><td>{yuan(order.total_fen)}</td></tr>"
        f"<tr><td>运费（{way}）</td><td>{yuan(order.post_fee_fen)}</td></tr></table>"
        f'<div>应付总额 <span class="sum">¥<span id="amount">{yuan(order.due_fen)}</span></span></div>'
    )
    if order.status == PAID:
        return page("预订单", facts + '<div class="good" id="state">已支付，等待卖家发货。</div>')
    assert order.status == LOCKED
    return page(
        "预订单",
        f"""{facts}<div class="good" id="state">二维码已锁定给您，请在 5 天内完成付款。</div>
<form method="post" action="/buyer/pay"><input type="hidden" name="id" value="{order.number}">
<label class="tick"><input type="radio" name="way" value="alipay" checked> 支付宝</label>
<label class="tick"><input type="radio" name="way" value="bank"> 银行转账</label>
<label class="tick"><input type="radio" name="way" value="company"> 对公支付</label>
<button type="submit" id="pay">付款</button></form>""",
    )


def _spec(sku: dict[str, object] | None) -> str:
    attributes = sku["attributes"] if sku else []
    assert isinstance(attributes, list)
    return " ".join(one["attributeValue"] for one in attributes)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
