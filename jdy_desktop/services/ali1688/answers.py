"""The answers without money: tokens, account, categories, pictures. Same border rules as in `wire.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from jdy_desktop.models.ids import OfferId
from jdy_desktop.services.ali1688.fields import BadField, Row, flag, identifier, instant, part, rows, text, whole
from jdy_desktop.services.ali1688.values import AccountInfo, Album, Category, TokenAnswer
from jdy_desktop.services.errors import BadAnswer

DEFAULT_TOKEN_S = 36_000  # 10 hours, when the answer does not say


def token_answer(answer: Row, now: datetime) -> TokenAnswer:
    """`expires_in` is a text of seconds; the refresh token's end comes as a date in two forms, or as seconds."""
    try:
        access_token = _secret(answer, "access_token")
        if not access_token:
            raise BadField("access_token")
        seconds = whole(answer, "expires_in", high=10**9, default=DEFAULT_TOKEN_S) or 0
        return TokenAnswer(
            access_token=access_token,
            expires_at=now + timedelta(seconds=seconds),
            refresh_token=_secret(answer, "refresh_token") or None,
            refresh_expires_at=instant(answer, "refresh_token_timeout"),
            member_id=text(answer, "memberId", limit=100),
            login_id=text(answer, "resource_owner", limit=100),
            ali_id=text(answer, "aliId", limit=100),
        )
    except BadField as exc:
        raise BadAnswer(reason="field", field_name=exc.name, outcome_unknown=True) from None


def _secret(answer: Row, name: str) -> str:
    """A token: printable ASCII. The value never enters an error."""
    value = answer.get(name)
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or len(value) > 2000:
        raise BadField(name)
    return value


def account(answer: Row) -> AccountInfo:
    try:
        found = part(answer, "result") or answer
        login_id, company = text(found, "loginId"), text(found, "companyName")
        return AccountInfo(
            login_id=login_id,
            member_id=text(found, "memberId"),
            company_name=company,
            shop_name=text(found, "shopName") or text(found, "supplierName") or company or login_id,
            shop_url=text(found, "shopUrl"),
            user_id=text(found, "userId"),
        )
    except BadField as exc:
        raise BadAnswer(reason="field", field_name=exc.name) from exc


def categories(answer: Row) -> tuple[Category, ...]:
    """Children of the asked category; unreadable ones are left out."""
    found = answer.get("categoryInfo")
    parents = [found] if isinstance(found, dict) else found if isinstance(found, list) else []
    children = (child for one in parents if isinstance(one, dict) for child in _children(one))
    return tuple(_good(children))


def found_categories(answer: Row) -> tuple[Category, ...]:
    """The asked-for categories themselves; unreadable ones are left out."""
    found = answer.get("categoryInfo")
    rows_found = [found] if isinstance(found, dict) else found if isinstance(found, list) else []
    return tuple(_good(_category(one) for one in rows_found if isinstance(one, dict)))


def _category(row: Row) -> Category | None:
    parents = row.get("parentIDs")
    parent = parents[0] if isinstance(parents, list) and parents else None
    try:
        return Category(
            identifier(row, "categoryID", "id"),
            text(row, "name"),
            flag(row, "isLeaf") or False,
            "" if parent in (None, 0, "0") else identifier({"id": parent}, "id"),
        )
    except BadField:
        return None


def _children(row: Row) -> Iterable[Category | None]:
    below = row.get("childCategorys")
    for one in below if isinstance(below, list) else []:
        try:
            yield Category(identifier(one, "id", "categoryID"), text(one, "name"), flag(one, "isLeaf") or False)
        except (BadField, AttributeError):
            yield None


def _good(found: Iterable[Category | None]) -> Iterable[Category]:
    return (one for one in found if one is not None and one.name)


def albums(answer: Row) -> tuple[Album, ...]:
    try:
        return tuple(Album(identifier(one, "id", "albumID"), text(one, "name")) for one in rows(answer, "albumInfos"))
    except BadField as exc:
        raise BadAnswer(reason="field", field_name=exc.name) from exc


def uploaded_path(answer: Row) -> str:
    """Where the uploaded picture lies, relative or absolute."""
    try:
        if path := text(part(answer, "image"), "url"):
            return path
        raise BadField("image.url")
    except BadField as exc:
        raise BadAnswer(reason="field", field_name=exc.name, outcome_unknown=True) from exc


def new_offer_id(answer: Row) -> OfferId:
    try:
        return OfferId(identifier(part(part(answer, "simpleProductCreateResultModel"), "result"), "offerId"))
    except BadField as exc:
        raise BadAnswer(reason="field", field_name=exc.name, outcome_unknown=True) from exc
