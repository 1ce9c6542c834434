"""HTTP with 1688: time-outs, size caps, TLS. The only importer of requests; it never repeats anything.

Import it lazily: requests costs the start of the window over 100 ms.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from jdy_desktop.services.errors import BadAnswer, LinkError, Offline, TimedOut

log = logging.getLogger(__name__)

CONNECT_S = 5.0
READ_S = 30.0
TOTAL_S = 60.0
BODY_LIMIT = 8 * 1024 * 1024
_CHUNK = 64 * 1024
# Raised before a single byte of the request has left this PC.
_NEVER_SENT = (
    urllib3.exceptions.NewConnectionError,  # includes a host name that does not resolve
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
    urllib3.exceptions.LocationParseError,
)


_REFUSED = urllib3.exceptions.NewConnectionError
_TIMED_OUT = (urllib3.exceptions.TimeoutError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    location: str = ""


class Transport:
    """One session per thread, so that connections are kept and never shared. Close it at the program's end."""

    def __init__(
        self,
        *,
        connect_s: float = CONNECT_S,
        read_s: float = READ_S,
        total_s: float = TOTAL_S,
        body_limit: int = BODY_LIMIT,
        ca_file: Path | None = None,
    ) -> None:
        self._timeout = (connect_s, read_s)
        self._total_s = total_s
        self._limit = body_limit
        self._verify: bool | str = str(ca_file) if ca_file else True
        self._local = threading.local()
        self._sessions: weakref.WeakSet[requests.Session] = weakref.WeakSet()
        self._lock = threading.Lock()

    def post(self, url: str, params: Mapping[str, str], files: Mapping[str, bytes] | None = None) -> Reply:
        """A form, or with `files` a multipart form. LinkError says whether the call may have been carried out."""
        parts = {name: (name, data, "application/octet-stream") for name, data in (files or {}).items()}
        return self._request("POST", url, data=dict(params), files=parts or None)

    def get(self, url: str, *, limit: int | None = None, total_s: float | None = None) -> Reply:
        """For pictures: no cookies are kept, a redirect is returned and not followed."""
        return self._request("GET", url, limit=limit, total_s=total_s)

    def close(self) -> None:
        with self._lock:
            for session in list(self._sessions):
                # session.close() leaves open what somebody still refers to, such as a kept exception's traceback.
                for adapter in session.adapters.values():
                    if isinstance(adapter, HTTPAdapter):
                        _close_pools(adapter)
                session.close()

    def _request(
        self,
        method: str,
        url: str,
        *,
        data: dict[str, str] | None = None,
        files: dict[str, tuple[str, bytes, str]] | None = None,
        limit: int | None = None,
        total_s: float | None = None,
    ) -> Reply:
        _refuse_plain_http(url)
        started = time.monotonic()
        try:
            with self._session().request(
                method,
                url,
                data=data,
                files=files,
                timeout=self._timeout,
                verify=self._verify,
                proxies=_proxies(url),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read(response, limit or self._limit, started + (total_s or self._total_s))
                log.debug("%s %s %s", method, response.status_code, urlsplit(url).path)
                return Reply(response.status_code, body, response.headers.get("Location", ""))
        except (requests.RequestException, urllib3.exceptions.HTTPError) as exc:
            raise _our_error(exc) from exc

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            # No .netrc passwords and no foreign CA bundle by environment; the system's proxy is asked for in _proxies.
            session.trust_env = False
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            session.headers["User-Agent"] = "jdy-desktop"
            adapter = HTTPAdapter(max_retries=Retry(total=0, read=False, redirect=0, raise_on_status=False))
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            self._local.session = session
            with self._lock:
                self._sessions.add(session)
        return session


def _close_pools(adapter: HTTPAdapter) -> None:
    pools = adapter.poolmanager.pools
    keys = list(pools.keys())  # urllib3's container is no dict: it refuses to be iterated
    for pool in [pools.get(key) for key in keys]:
        if pool is not None:
            pool.close()


def _refuse_plain_http(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname == "127.0.0.1"):
        raise ValueError(f"not an https address: {parts.scheme}://{parts.hostname}")


def _proxies(url: str) -> dict[str, str]:
    if urlsplit(url).hostname == "127.0.0.1":
        return {}
    return {scheme: str(proxy) for scheme, proxy in requests.utils.get_environ_proxies(url).items()}


def _read(response: requests.Response, limit: int, deadline: float) -> bytes:
    """The unpacked body, counted while it streams in: a small gzip may unpack to gigabytes."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > limit:
        raise BadAnswer(reason="too_large", outcome_unknown=True)
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(_CHUNK):
        size += len(piece)
        if size > limit:
            raise BadAnswer(reason="too_large", outcome_unknown=True)
        if time.monotonic() > deadline:
            raise TimedOut(outcome_unknown=True)
        pieces.append(piece)
    return b"".join(pieces)


def _our_error(exc: Exception) -> LinkError | BadAnswer:
    if isinstance(exc, requests.exceptions.ContentDecodingError | urllib3.exceptions.DecodeError):
        return BadAnswer(reason="not_decodable", outcome_unknown=True)
    causes = list(_causes(exc))
    is_unsent = any(isinstance(cause, _NEVER_SENT) for cause in causes)
    if isinstance(exc, requests.exceptions.SSLError) and "certificate" in str(exc).lower():
        # A proxy with a root of its own, or an impostor: shown, never bypassed (T10).
        return LinkError("tls_refused", outcome_unknown=False)
    if isinstance(exc, requests.exceptions.InvalidURL | requests.exceptions.ProxyError):
        return Offline(outcome_unknown=False)
    # urllib3's NewConnectionError is a ConnectTimeoutError by descent only: a refused connection is no time-out.
    if any(isinstance(cause, _TIMED_OUT) and not isinstance(cause, _REFUSED) for cause in causes):
        return TimedOut(outcome_unknown=not is_unsent)
    return Offline(outcome_unknown=not is_unsent)


def _causes(exc: BaseException) -> list[BaseException]:
    """The exception and everything it wraps: requests hides urllib3's in args, urllib3 in `reason`."""
    found: list[BaseException] = []
    waiting: list[object] = [exc]
    while waiting and len(found) < 20:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [*one.args, getattr(one, "reason", None)]
    return found
