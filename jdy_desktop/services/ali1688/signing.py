"""The signature of the open platform: UPPER(HEX(HMAC_SHA1(secret, path + sorted key+value strings)))."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

SIGNATURE = "_aop_signature"


def text_to_sign(url_path: str, params: Mapping[str, str]) -> str:
    """`url_path` runs from the protocol on (`param2/1/…/APPKEY`), or is "" for the old signed authorize address.

    The joined key+value strings are sorted, not the keys: `orderId1` comes before `orderx`. Python compares by code
    point, the platform by UTF-16 unit; they differ only above U+FFFF, which no parameter *name* reaches.
    """
    return url_path + "".join(sorted(key + value for key, value in params.items() if key != SIGNATURE))


def signature(secret: str, url_path: str, params: Mapping[str, str]) -> str:
    """Sign exactly the texts that will be sent, raw and not URL-encoded; leave nulls and uploaded bytes out before."""
    message = text_to_sign(url_path, params).encode()
    return hmac.new(secret.encode(), message, hashlib.sha1).hexdigest().upper()
