"""Authorizing a shop: the login address, the way back, and when the refresh token is renewed (T1, T3; manual 3.1)."""

from __future__ import annotations

import hmac
import threading
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from jdy_desktop.services.ali1688.config import BadAddress, GatewaySettings, checked_address
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context

STATE_BYTES = 32
LOGIN_S = 600.0
RENEWAL_WINDOW = timedelta(days=30)
_MAX_CODE = 500


class CallbackRefused(UserError):
    """The address that came back is not the answer to our question. `reason` in params; nothing was exchanged."""

    code = "callback_refused"


class LoginExpired(UserError):
    """More than 10 minutes passed, or this login was already used: start again."""

    code = "login_expired"


class LoginDenied(UserError):
    """The owner pressed 拒绝, or 1688 refused the account (a sub-account, or the application is not ordered)."""

    code = "login_denied"


def authorize_url(settings: GatewaySettings, state: str, redirect_uri: str) -> str:
    """The page where the owner authorizes (M27). Unsigned, as 1688 wants it today."""
    query = {"client_id": settings.app_key, "site": "1688", "redirect_uri": redirect_uri, "state": state}
    return f"{settings.auth}?{urlencode(query)}"


class PendingLogin:
    """One try to authorize: its secret state of 256 bits works once and for 10 minutes. Lives in memory only."""

    def __init__(self, settings: GatewaySettings, ctx: Context, redirect_uri: str | None = None) -> None:
        self.redirect_uri = checked_address(redirect_uri or settings.callback, "redirect_uri", may_have_query=True)
        self._state = ctx.random.token(STATE_BYTES)
        self._clock = ctx.clock
        # Monotonic: putting the PC's clock back must not make an old login valid again.
        self._ends_at = ctx.clock.monotonic() + LOGIN_S
        self._is_used = False
        self._lock = threading.Lock()
        self.url = authorize_url(settings, self._state, self.redirect_uri)

    def __repr__(self) -> str:
        return f"PendingLogin({self.redirect_uri})"

    @property
    def state(self) -> str:
        return self._state

    def is_callback(self, url: str) -> bool:
        """True for the address where the embedded page must stop, whatever its parameters are."""
        return _same_place(url, self.redirect_uri)

    def accept(self, url: str) -> str:
        """The code, once. A forged callback raises and leaves the login open for the real one."""
        with self._lock:
            if self._is_used or self._clock.monotonic() > self._ends_at:
                raise LoginExpired
            try:
                code = check_callback(url, self)
            except LoginDenied:
                self._is_used = True
                raise
            self._is_used = True
            return code


def check_callback(url: str, expected: PendingLogin) -> str:
    """The code of a callback whose scheme, host, port, path and state are exactly ours, with no parameter doubled.

    Raises CallbackRefused for anything else and LoginDenied when 1688 says so. Does not use the login up: see `accept`.
    """
    if not _same_place(url, expected.redirect_uri):
        raise CallbackRefused(reason="address")
    try:
        query = urlsplit(url).query
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=20)
    except ValueError as exc:
        raise CallbackRefused(reason="query") from exc
    params = dict(pairs)
    if len(params) != len(pairs) or len({name.lower() for name in params}) != len(pairs):
        raise CallbackRefused(reason="doubled")
    if not hmac.compare_digest(params.get("state", "").encode(), expected.state.encode()):
        raise CallbackRefused(reason="state")
    own = dict(parse_qsl(urlsplit(expected.redirect_uri).query, keep_blank_values=True))
    if any(params.get(name) != value for name, value in own.items()):
        raise CallbackRefused(reason="query")
    if "error" in params:
        raise LoginDenied(reason=params["error"][:80], detail=params.get("error_description", "")[:200])
    code = params.get("code", "")
    if not code or len(code) > _MAX_CODE or not code.isascii() or not code.isprintable() or " " in code:
        raise CallbackRefused(reason="code")
    return code


def _same_place(url: str, redirect_uri: str) -> bool:
    """Compared as written, not as a lenient reader would mend it: `HTTP://`, `@`, `%2f`, a fragment do not pass."""
    try:
        checked_address(url, "url", may_have_query=True)
        theirs, ours = urlsplit(url), urlsplit(redirect_uri)
        return (theirs.scheme, theirs.netloc, theirs.path) == (ours.scheme, ours.netloc, ours.path) and url.startswith(
            f"{ours.scheme}://{ours.netloc}{ours.path}"
        )
    except (BadAddress, ValueError):
        return False


def is_in_renewal_window(refresh_expires_at: datetime | None, now: datetime) -> bool:
    """1688 renews a refresh token only in its last 30 days, and not after its end."""
    return refresh_expires_at is not None and refresh_expires_at - RENEWAL_WINDOW <= now < refresh_expires_at
