"""Fetching a picture that a foreign answer points to (T9)."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from jdy_desktop.services.ali1688.addresses import may_load_picture
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.errors import BadAnswer, Offline

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.transport import Transport

LIMIT = 5 * 1024 * 1024
TOTAL_S = 10.0
MAX_REDIRECTS = 3

_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM")


def fetch(
    url: str, settings: GatewaySettings, transport: Transport, resolve: Callable[[str], Iterable[str]] | None = None
) -> bytes:
    """The bytes of a jpg, png, gif, bmp or webp of at most 5 MB; BadAnswer for everything else.

    Every redirect is judged like the first address. Nothing is decoded here: whoever does must bound the
    pixels.
    """
    for _ in range(MAX_REDIRECTS + 1):
        _check(url, settings, resolve or _addresses)
        reply = transport.get(url, limit=LIMIT, total_s=TOTAL_S)
        if reply.status in (301, 302, 303, 307, 308) and reply.location:
            url = urljoin(url, reply.location)
            continue
        if reply.status != 200:
            raise BadAnswer(str(reply.status), reason="http_status")
        if not (reply.body.startswith(_MAGIC) or (reply.body[:4] == b"RIFF" and reply.body[8:12] == b"WEBP")):
            raise BadAnswer(reason="not_a_picture")
        return reply.body
    raise BadAnswer(reason="too_many_redirects")


def _check(url: str, settings: GatewaySettings, resolve: Callable[[str], Iterable[str]]) -> None:
    if not may_load_picture(url, settings):
        raise BadAnswer(reason="picture_address")
    host = urlsplit(url).hostname or ""
    if host == "127.0.0.1":
        return  # may_load_picture lets it pass for the configured picture server only
    # A name of the allowed list that points into the market's own network is an attack on some device there.
    if not all(ipaddress.ip_address(address.split("%")[0]).is_global for address in resolve(host)):
        raise BadAnswer(reason="picture_host_not_public")


def _addresses(host: str) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]
    except OSError as exc:
        raise Offline(outcome_unknown=False) from exc
