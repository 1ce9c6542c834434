"""From bytes to either a good answer or one error of our tree. The only place that knows the many envelopes of 1688.

refused → PlatformError, throttled → RateLimited, needs authorization → TokenExpired, not allowed → NoPermission,
unclear → LinkError(outcome_unknown=True), broken → BadAnswer(outcome_unknown=True).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NoReturn

from jdy_desktop.services.ali1688.fields import flag, optional_identifier, printable
from jdy_desktop.services.errors import (
    BadAnswer,
    JdyError,
    LinkError,
    NoPermission,
    PlatformError,
    RateLimited,
    TokenExpired,
)

# Spellings as met, including succes, erroMsg (1688-api.md §2).
_FLAGS = ("success", "succes", "result")
_CODES = ("errorCode", "code", "resultCode", "subCode")
_TEXTS = ("errorMessage", "errorMsg", "erroMsg", "message", "errMsg", "resultMsg")
_MORE = ("extErrorMessage", "subMessage")

_NOT_ALLOWED = ("gw.APIACLDecline", "gw.APIUnsupported", "gw.AppKey", "gw.NoUsageLeft")
# Refused by the gateway before the call reached anybody: nothing was done, whatever the HTTP status says.
_KNOWN_REFUSALS = ("gw.Param", "gw.API", "gw.Auth", "gw.Request")
_NEEDS_USER = re.compile(r"need user auth|access.?token.*(invalid|expire)|(invalid|expire).*access.?token", re.I)


class SignatureRefused(PlatformError):
    """Wrong App Secret, or the clock is off: ask the server's time, sign once more, then give up."""

    code = "signature_refused"


def read_answer(status: int, body: bytes, *, needs: str = "", is_read: bool = True) -> Any:
    """The decoded good answer. `needs` names the field that a good answer holds when there is no success flag.

    `is_read` False: a gateway error that is no known refusal becomes LinkError(outcome_unknown=True).
    """
    try:
        answer = decode(body)
    except BadAnswer:
        if status >= 500:
            raise LinkError("platform_down", outcome_unknown=True, status=status) from None
        if status == 401:
            raise TokenExpired("401") from None
        raise
    if isinstance(answer, dict):
        _raise_gateway_error(status, answer, is_read)
    if status >= 500:
        raise LinkError("platform_down", outcome_unknown=True, status=status)
    if isinstance(answer, dict):
        _raise_business_error(answer, needs)
    elif needs:
        raise BadAnswer(reason="no_object", outcome_unknown=True)
    if status >= 300:
        raise BadAnswer(str(status), reason="http_status", outcome_unknown=True)
    return answer


def _raise_gateway_error(status: int, answer: Mapping[str, Any], is_read: bool) -> None:
    code = _word(answer, "error_code", "error")
    text = _word(answer, "error_message", "error_description", "exception")
    if not code and not (text and ("exception" in answer or "error_message" in answer)):
        if status == 401:
            raise TokenExpired("401", text)
        return
    raise gateway_error(status, code, text, is_read)


def gateway_error(status: int, code: str, text: str, is_read: bool) -> JdyError:
    """The class of a gateway error, from its code first and its text second."""
    if code == "401" or status == 401 or _NEEDS_USER.search(text):
        return TokenExpired(code, text)
    if code.startswith("gw.Qos"):
        return RateLimited(code, text)
    if code.startswith(_NOT_ALLOWED):
        return NoPermission(code, text)
    if code.startswith("gw.Signature") or "imestamp" in code:
        return SignatureRefused(code, text)
    if not code.startswith(_KNOWN_REFUSALS):
        if status >= 500:
            return LinkError("platform_down", outcome_unknown=True, status=status, their_code=code, their_text=text)
        if not is_read:
            # A fault behind the gateway may have come after the work was done.
            return LinkError("platform_unclear", outcome_unknown=True, their_code=code, their_text=text)
    return PlatformError(code, text)


def _raise_business_error(answer: Mapping[str, Any], needs: str) -> None:
    success = next((found for name in _FLAGS if (found := flag(answer, name)) is not None), None)
    if success is False:
        if needs == "orderId" and _has_id(answer):
            raise BadAnswer(reason="contradiction", outcome_unknown=True)
        raise_refusal(answer)
    if success is None and needs and answer.get(needs) is None:
        if _word(answer, *_CODES) or _word(answer, *_TEXTS):
            raise_refusal(answer)
        raise BadAnswer(reason="missing", missing=needs, outcome_unknown=True)


def raise_refusal(answer: Mapping[str, Any]) -> NoReturn:
    """1688 said no in a business envelope: PlatformError with its words unchanged, the general ones first."""
    words = dict.fromkeys(filter(None, (_word(answer, *_TEXTS), _word(answer, *_MORE))))
    raise PlatformError(_word(answer, *_CODES), " ".join(words))


def _has_id(answer: Mapping[str, Any]) -> bool:
    try:
        return bool(optional_identifier(answer, "orderId"))
    except ValueError:
        return True


def _word(answer: Mapping[str, Any], *names: str) -> str:
    """The first of the fields that holds a text or a number, as text."""
    for name in names:
        value = answer.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return printable(str(value))
    return ""


def decode(body: bytes) -> Any:
    """JSON with fractions as Decimal. Raises BadAnswer(outcome_unknown=True) for anything that is not whole JSON.

    One broken number or character must cost one offer, not the page: what the strict decoder refuses is read again
    leniently, NaN becoming a value that no field reader accepts and broken UTF-8 becoming lone surrogates.
    """
    import msgspec

    try:
        return _decoder().decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        pass
    try:
        text = body.decode("utf-8-sig", "surrogateescape")
        return json.loads(text, parse_float=Decimal, parse_int=_parse_int, parse_constant=_NotANumber)
    except (ValueError, RecursionError, ArithmeticError) as exc:
        raise BadAnswer(reason="not_json", outcome_unknown=True) from exc


@cache
def _decoder() -> Any:
    import msgspec

    return msgspec.json.Decoder(float_hook=Decimal)


class _NotANumber:
    """NaN or Infinity: legal in no JSON, refused by every field reader."""

    def __init__(self, spelling: str) -> None:
        self.spelling = spelling

    def __repr__(self) -> str:
        return self.spelling


def _parse_int(digits: str) -> Any:
    return int(digits) if len(digits) <= 40 else _NotANumber(digits[:40])
