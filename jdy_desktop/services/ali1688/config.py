"""Where 1688 is and who we are there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jdy_desktop.services.errors import UserError

GATEWAY = "https://gw.open.1688.com"
AUTH = "https://auth.1688.com/oauth/authorize"
IMAGES = "https://cbu01.alicdn.com/"
# The embedded page stops at this address before it is loaded, so nothing needs to listen there; a real application
# enters the callback that is registered for its App Key.
CALLBACK = "http://127.0.0.1/jdy-desktop/callback"

_KEY = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class BadAddress(UserError):
    """An address of the settings is not https (http is for 127.0.0.1 only) or is not a plain address."""

    code = "gateway_address"


class BadKey(UserError):
    """App Key or App Secret is empty or holds characters that no key has."""

    code = "gateway_key"


def checked_address(text: str, name: str, *, may_have_query: bool = False) -> str:
    """The address unchanged, or BadAddress. Plain ASCII, no user, no fragment, https, or http at 127.0.0.1."""
    if not text or len(text) > 500 or not text.isascii() or re.search(r"[\x00-\x20\x7f\\<>\"'`{}|^]", text):
        raise BadAddress(field=name, address=text[:80])
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise BadAddress(field=name, address=text[:80]) from exc
    is_loopback = host == "127.0.0.1"
    good = (
        _HOST.fullmatch(host) is not None
        and "@" not in parts.netloc
        and "%" not in parts.netloc
        and not parts.netloc.endswith(":")
        and (port is None or port > 0)
        and "#" not in text
        and (may_have_query or "?" not in text)
        and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback))
    )
    if not good:
        raise BadAddress(field=name, address=text[:80])
    return text


def checked_key(text: str) -> str:
    """The App Key unchanged, or BadKey."""
    if not _KEY.fullmatch(text):
        raise BadKey(field="app_key")
    return text


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Raises BadAddress or BadKey when made of anything the program must not talk to (T10)."""

    gateway: str = GATEWAY
    auth: str = AUTH
    images: str = IMAGES
    app_key: str = ""
    app_secret: str = field(default="", repr=False)
    callback: str = CALLBACK

    def __post_init__(self) -> None:
        checked_address(self.gateway, "gateway")
        checked_address(self.auth, "auth")
        checked_address(self.images, "images")
        checked_address(self.callback, "callback", may_have_query=True)
        checked_key(self.app_key)
        if not self.app_secret or not self.app_secret.isascii() or not self.app_secret.isprintable():
            raise BadKey(field="app_secret")
        object.__setattr__(self, "gateway", self.gateway.rstrip("/"))
        object.__setattr__(self, "images", self.images.rstrip("/") + "/")

    @property
    def is_loopback(self) -> bool:
        """True when we talk to the practice market on this PC."""
        return urlsplit(self.gateway).hostname == "127.0.0.1"
