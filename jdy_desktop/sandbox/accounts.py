"""Who has an account at the practice market. The passwords are printed in the ready file; nothing here is secret."""

from __future__ import annotations

from dataclasses import dataclass

APP_KEY = "1000000"


@dataclass(frozen=True)
class Account:
    """`main`: login of the main account when this is a sub-account. `has_ordered`: the shop ordered the application."""

    login: str
    password: str
    shop: str = ""
    company: str = ""
    member_id: str = ""
    user_id: int = 0
    main: str = ""
    has_ordered: bool = True


ACCOUNTS = (
    Account("alitestforisv02", "practice02", "AOP对外测试账号02", "杭州禾木服饰有限公司", "b2b-1624961198", 1624961198),
    Account("alitestforisv04", "practice04", "AOP对外测试账号04", "杭州禾木绝缘材料商行", "b2b-1624961737", 1624961737),
    Account("alitestforisv02:xiaomei", "practice02", main="alitestforisv02"),
    Account(
        "alitestforisv05",
        "practice05",
        "AOP对外测试账号05",
        "未订购应用的店铺",
        "b2b-1624962005",
        1624962005,
        has_ordered=False,
    ),
)
BUYER_LOGIN = "alitestforisv01"
