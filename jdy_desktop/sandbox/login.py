"""The authorize page and the token calls (OAuth)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from jdy_desktop.sandbox import pages
from jdy_desktop.sandbox.accounts import Account
from jdy_desktop.sandbox.dates import write
from jdy_desktop.sandbox.gateway import Refused, param_missing
from jdy_desktop.sandbox.world import ACCESS_LIFE, POSTPONE_WINDOW, World

REGISTERED = ("https://1688.jdy.com/",)
WRONG_PASSWORD = "账号或密码错误，请重新输入"
NOT_AGREED = "请先勾选同意授权协议"
SUB_ACCOUNT = "请使用1688主账号授权，子账号不能授权"
NOT_ORDERED = "该店铺还没有订购应用“金蝶精斗云”，请先到 1688 应用市场（fuwu.1688.com）订购"


def may_return_to(address: str, registered: tuple[str, ...]) -> bool:
    """Whether the address is on the host of a registered callback, or on this PC (a program's own listener)."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or parts.fragment:
        return False
    if parts.scheme == "http" and host in ("127.0.0.1", "localhost"):
        return True
    return any((parts.scheme, parts.netloc) == (known.scheme, known.netloc) for known in map(urlsplit, registered))


def problem_of_request(world: World, query: Mapping[str, str]) -> str:
    """Why the page must not even be shown; "" when all is well."""
    for name in ("client_id", "site", "redirect_uri"):
        if not query.get(name):
            return f"缺少必要参数：{name}"
    if query["client_id"] != world.app_key:
        return "非法请求：应用不存在（client_id）"
    if query["site"] != "1688":
        return "非法请求：site 必须是 1688"
    if not may_return_to(query["redirect_uri"], REGISTERED + world.callbacks):
        return "非法请求：回调地址（redirect_uri）与应用登记的不一致"
    return ""


def judge_login(world: World, form: Mapping[str, str]) -> Account | str:
    """The account that authorizes, or why not."""
    login, password = form.get("account", "").strip(), form.get("password", "")
    if not form.get("agree"):
        return NOT_AGREED
    account = world.accounts.get(login)
    is_right = account is not None and hmac.compare_digest(world.passwords[login].encode(), password.encode())
    if account is None or not is_right or world.faults.take("login_refused", "login"):
        return WRONG_PASSWORD
    if account.main:
        return SUB_ACCOUNT
    return account if account.has_ordered else NOT_ORDERED


def practice_accounts(world: World) -> str:
    """Who may log in, in words: the main accounts that ordered the application, one shop each."""
    usable = [one.login for one in world.accounts.values() if one.has_ordered and not one.main]
    return "练习账号：" + "；".join(f"{login}，密码 {world.passwords[login]}" for login in usable) + "。"


def authorize(world: World, query: Mapping[str, str], form: Mapping[str, str] | None) -> tuple[str, int, str]:
    """(page, status, address to go to). `form` is None when the page is only opened."""
    world.calls["authorize"] += 1
    if problem := problem_of_request(world, query):
        return pages.told("应用授权", problem), 400, ""
    if form is None:
        return pages.authorize(practice_accounts(world)), 200, ""
    found = judge_login(world, form)
    if isinstance(found, str):
        told = pages.authorize(practice_accounts(world), found, form.get("account", ""), bool(form.get("agree")))
        return told, 200, ""
    answer = {"code": world.issue_code(found, query["client_id"], query["redirect_uri"])}
    if "state" in query:
        answer["state"] = query["state"]
    return "", 302, with_query(query["redirect_uri"], answer)


def with_query(address: str, more: Mapping[str, str]) -> str:
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True) + list(more.items())
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))


# ---------------------------------------------------------------- tokens


def token_call(world: World, name: str, app_key: str, form: Mapping[str, str]) -> dict[str, Any]:
    """getToken and postponeToken: not signed, the secret travels in the body. Raises Refused."""
    world.calls[f"system.oauth2/{name}"] += 1
    if app_key != world.app_key or form.get("client_id") != world.app_key:
        raise Refused("gw.AppKeyNotFound", "AppKey is not found")
    if not hmac.compare_digest(form.get("client_secret", "").encode(), world.app_secret.encode()):
        raise Refused("gw.SignatureInvalid", "client_secret is invalid")
    if world.faults.take("throttle", f"system.oauth2/{name}"):
        raise Refused("gw.QosAppFrequencyLimit", "App call exceeds limited frequency")
    if name == "postponeToken":
        return _postponed(world, form)
    if name != "getToken":
        raise Refused("gw.APIUnsupported", f"Unsupported API [system.oauth2/{name}]")
    if form.get("grant_type") == "authorization_code":
        return _from_code(world, form)
    if form.get("grant_type") == "refresh_token":
        return _refreshed(world, form)
    raise Refused("unsupported_grant_type", "grant_type is not supported")


def _from_code(world: World, form: Mapping[str, str]) -> dict[str, Any]:
    if not form.get("code"):
        raise param_missing("code")
    found = world.use_code(form["code"])
    if found is None:
        raise Refused("invalid_grant", "authorization code is invalid, used or expired")
    # The platform's own SDK sends the word "default" here.
    if form.get("redirect_uri") not in (found.redirect_uri, "default"):
        raise Refused("invalid_grant", "redirect_uri does not match the authorization request")
    answer = _answer(world, found.account)
    if form.get("need_refresh_token") == "true":
        answer |= _refresh_part(world, found.account)
    return answer


def _refreshed(world: World, form: Mapping[str, str]) -> dict[str, Any]:
    """A new access token; no new refresh token comes with it."""
    grant = world.grant(world.refresh, form.get("refresh_token", ""))
    if grant is None:
        raise Refused("invalid_grant", "refresh token is invalid or expired")
    return _answer(world, grant.account)


def _postponed(world: World, form: Mapping[str, str]) -> dict[str, Any]:
    old = form.get("refresh_token", "")
    grant = world.grant(world.refresh, old)
    if grant is None or world.grant(world.access, form.get("access_token", "")) is None:
        raise Refused("invalid_grant", "refresh token or access token is invalid or expired")
    if grant.until - world.now() > POSTPONE_WINDOW:
        raise Refused("invalid_request", "refresh token can be postponed only in its last 30 days")
    with world.lock:
        del world.refresh[old]
    return _answer(world, grant.account) | _refresh_part(world, grant.account)


def _answer(world: World, account: Account) -> dict[str, Any]:
    return {
        "aliId": str(8_888_000_000 + account.user_id % 1_000_000),
        "resource_owner": account.login,
        "memberId": account.member_id,
        "expires_in": str(int(ACCESS_LIFE.total_seconds())),
        "access_token": world.issue_access(account),
    }


def _refresh_part(world: World, account: Account) -> dict[str, str]:
    token = world.issue_refresh(account)
    return {"refresh_token": token, "refresh_token_timeout": write(world.refresh[token].until)}
