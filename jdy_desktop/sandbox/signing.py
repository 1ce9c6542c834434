"""The gateway's signature, written a second time on purpose: a slip in the program's own must not pass here."""

from __future__ import annotations

import hmac
from collections.abc import Mapping


def expected_signature(secret: str, url_path: str, params: Mapping[str, str]) -> str:
    """Upper-case hex HMAC-SHA1 over the path and the joined pairs in ordinal order; `_aop_signature` stays out.

    Pairs are compared by UTF-16 code units, as the platform's own Java does.
    """
    pairs = [name + value for name, value in params.items() if name != "_aop_signature"]
    pairs.sort(key=lambda pair: pair.encode("utf-16-be", "surrogatepass"))
    message = url_path + "".join(pairs)
    return hmac.new(secret.encode(), message.encode(), "sha1").hexdigest().upper()


def is_signed(secret: str, url_path: str, params: Mapping[str, str]) -> bool:
    """Whether `_aop_signature` is the right one (compared in constant time)."""
    given = params.get("_aop_signature", "")
    return given.isascii() and hmac.compare_digest(given, expected_signature(secret, url_path, params))
