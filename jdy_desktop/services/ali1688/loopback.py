"""The second way to authorize: the system's browser and a one-shot listener on this PC (RFC 8252)."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING, Any

from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.oauth import LOGIN_S, CallbackRefused, LoginDenied, LoginExpired, PendingLogin
from jdy_desktop.services.errors import JobCancelled
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from http.server import ThreadingHTTPServer

log = logging.getLogger(__name__)

PATH = "/callback"
_POLL_S = 0.2
_CONNECTION_S = 2.0
_PAGE = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>1688 授权</title>'
    '<body style="font-family:sans-serif;text-align:center;margin-top:18vh"><h2>{title}</h2><p>{text}</p></body></html>'
)
_DONE = _PAGE.format(title="授权已收到", text="可以关闭此页，回到进销存程序继续。")
_DENIED = _PAGE.format(title="没有获得授权", text="可以关闭此页，回到进销存程序查看原因。")
_WRONG = _PAGE.format(title="地址无效", text="这不是本次授权的返回地址。请回到进销存程序重新点击“店铺授权”。")


class LoopbackLogin:
    """Listens from the moment it is made; open `login.url` in the browser, then `wait`. Use it in a `with`."""

    def __init__(self, settings: GatewaySettings, ctx: Context) -> None:
        self._answers: queue.Queue[str | LoginDenied] = queue.Queue()
        self._clock = ctx.clock
        self._server = _listen(self._receive)
        self._origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.login = PendingLogin(settings, ctx, self._origin + PATH)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="oauth-loopback", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> LoopbackLogin:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def wait(self, job: JobContext, timeout_s: float = LOGIN_S) -> str:
        """The code. JobCancelled within a second of 取消; LoginExpired after the time; LoginDenied as 1688 says."""
        ends_at = self._clock.monotonic() + timeout_s
        while self._clock.monotonic() < ends_at:
            if job.is_cancelled:
                raise JobCancelled
            try:
                answer = self._answers.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if isinstance(answer, LoginDenied):
                raise answer
            return answer
        raise LoginExpired

    def close(self) -> None:
        """Stop listening. May be called twice."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(2.0)

    def _receive(self, host: str, target: str) -> tuple[int, str]:
        """Judge one request: status and page. Runs on a listener thread; a forged one changes nothing."""
        if f"http://{host}" != self._origin or not target.startswith("/"):
            return 400, _WRONG
        try:
            self._answers.put(self.login.accept(self._origin + target))
        except LoginDenied as exc:
            self._answers.put(exc)
            return 200, _DENIED
        except (CallbackRefused, LoginExpired) as exc:
            # Not a warning: every browser asks for /favicon.ico as well.
            log.info("loopback callback refused: %s", exc.code)
            return 400, _WRONG
        return 200, _DONE


def _listen(receive: Any) -> ThreadingHTTPServer:
    """A server on a free port of 127.0.0.1. One thread per connection: browsers open spare ones that stay silent."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        timeout = _CONNECTION_S
        server_version, sys_version = "jdy", ""

        def do_GET(self) -> None:  # http.server's name
            hosts = self.headers.get_all("Host") or []
            # Not self.path: http.server mends a doubled slash there, and we compare what was really asked.
            target = self.requestline.split()[1]
            status, page = receive(hosts[0] if len(hosts) == 1 else "", target)
            body = page.encode()
            self.send_response(status)
            for name, value in (
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                ("Referrer-Policy", "no-referrer"),
                ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
                ("Connection", "close"),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent: the request line holds the code."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        allow_reuse_address = False

        def handle_error(self, *_: Any) -> None:
            """A browser that hangs up is no event."""

    return Server(("127.0.0.1", 0), Handler)
