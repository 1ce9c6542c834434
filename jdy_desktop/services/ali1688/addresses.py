"""Which addresses out of a foreign answer may be opened or printed as a code (T9, T14)."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from jdy_desktop.services.ali1688.config import BadAddress, GatewaySettings, checked_address

PICTURE_HOSTS = ("alicdn.com", "1688.com")
# Where a buyer may be sent to pay. The documented answers do not name the host; these belong to the platform's owner.
PAY_HOSTS = ("1688.com", "alibaba.com", "taobao.com", "tmall.com", "alipay.com")

_RELATIVE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_!.,~@=%+/-]{0,400}")
_DOT_SEGMENT = re.compile(r"(^|/|%2[fF])(\.|%2[eE]){1,2}($|/|\?|%2[fF])")


def _host_is_under(host: str, allowed: tuple[str, ...]) -> bool:
    return any(host == one or host.endswith("." + one) for one in allowed)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _is_plain(url: str) -> bool:
    """An address every reader of URLs understands in the same way."""
    try:
        checked_address(url, "url", may_have_query=True)
    except BadAddress:
        return False
    return url.startswith(("https://", "http://127.0.0.1")) and not _DOT_SEGMENT.search(url.split("//", 1)[1])


def may_load_picture(url: str, settings: GatewaySettings) -> bool:
    """The configured picture server, or https at a known picture host without a port; no SVG (it may hold scripts)."""
    if not _is_plain(url):
        return False
    parts = urlsplit(url)
    if parts.path.lower().endswith((".svg", ".svgz", ".html", ".htm", ".exe", ".js")):
        return False
    if _origin(url) == _origin(settings.images):
        return True
    return parts.scheme == "https" and parts.netloc == parts.hostname and _host_is_under(parts.netloc, PICTURE_HOSTS)


def may_pay_at(url: str, settings: GatewaySettings) -> bool:
    """True for an address that may be drawn as the buyer's code.

    Talking to the practice market, its own pages are fine too, on whatever port of this PC.
    """
    if not _is_plain(url):
        return False
    parts = urlsplit(url)
    if settings.is_loopback and (parts.hostname == "127.0.0.1" or parts.scheme == "https"):
        return True
    return parts.scheme == "https" and parts.netloc == parts.hostname and _host_is_under(parts.netloc, PAY_HOSTS)


@lru_cache(maxsize=2048)
def picture_address(text: str, settings: GatewaySettings) -> str:
    """The absolute address of a picture: relative paths stand below `settings.images`. "" for one we would not load.

    Remembered, because the variants of an offer show the same few pictures.
    """
    text = text.strip()
    if text.startswith("//"):
        text = "https:" + text
    if "://" not in text:
        relative = text.lstrip("/")
        if not _RELATIVE.fullmatch(relative):
            return ""
        text = settings.images + relative
    return text if may_load_picture(text, settings) else ""
