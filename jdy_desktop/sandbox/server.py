"""The practice market as a server on 127.0.0.1, in a thread of a test or in a process of its own."""

from __future__ import annotations

import logging
import socket
import threading
from types import TracebackType
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from jdy_desktop.sandbox.faults import Fault
from jdy_desktop.sandbox.web import make_app
from jdy_desktop.sandbox.world import World

log = logging.getLogger(__name__)

HOST = "127.0.0.1"


class _Handler(WSGIRequestHandler):
    """Quiet, and without the 40 ms that small answers lose to Nagle's algorithm."""

    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        log.debug("%s %s", self.address_string(), message % args if args else message)


class _Server(ThreadedWSGIServer):
    """Knows its open connections, so that stopping leaves no thread waiting for a client."""

    request_queue_size = 128

    def __init__(self, port: int, app: Any) -> None:
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(HOST, port, app, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("connection to %s ended early", client_address)

    def cut_all(self) -> None:
        with self._open_lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    log.debug("already closed")


class PracticeMarket:
    """`with PracticeMarket() as market:` — `market.ready` says where it is, `market.world` moves it.

    `offers`: so many generated offers are added to the first shop. `latency_s`: every signed call takes so much longer.
    `callbacks`: more addresses whose host counts as registered for the application.
    """

    def __init__(
        self,
        offers: int = 0,
        latency_s: float = 0.0,
        seed: int = 1,
        port: int = 0,
        callbacks: tuple[str, ...] = (),
    ) -> None:
        self.world = World(offers, seed, callbacks)
        self._app = make_app(self.world, latency_s)
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._watch: threading.Thread | None = None

    @property
    def ready(self) -> dict[str, Any]:
        """What the settings of the program take, and who may log in."""
        base, world = self.world.base, self.world
        return {
            "gateway": base,
            "auth": f"{base}/oauth/authorize",
            "images": f"{base}/images/",
            "app_key": world.app_key,
            "app_secret": world.app_secret,
            "accounts": [
                {"account": one.login, "password": world.passwords[one.login]}
                for one in world.accounts.values()
                if not one.main and one.has_ordered
            ],
        }

    def start(self) -> PracticeMarket:
        """Listen; raises OSError when the port is taken."""
        self.world.stopping.clear()
        self._listen()
        self._watch = threading.Thread(target=self._watch_line, name="practice-market-line", daemon=True)
        self._watch.start()
        return self

    def stop(self) -> None:
        """Stop listening, cut what is open, end all threads. May be called twice."""
        self.world.stopping.set()
        if self._watch is not None:
            self._watch.join()
            self._watch = None
        self._hang_up()

    def __enter__(self) -> PracticeMarket:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def is_listening(self) -> bool:
        return self._server is not None

    def _listen(self) -> None:
        self._server = _Server(self._port, self._app)
        self._port = int(self._server.server_address[1])
        self.world.base = f"http://{HOST}:{self._port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="practice-market", daemon=True
        )
        self._thread.start()

    def _hang_up(self) -> None:
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return
        server.shutdown()
        thread.join()
        server.server_close()
        server.cut_all()
        self._server = self._thread = None  # only now nothing listens any more

    def _watch_line(self) -> None:
        """While the fault `offline` is on, nothing listens; it ends after its `seconds` or when it is cleared."""
        since = 0.0
        while not self.world.stopping.wait(0.05):
            fault: Fault | None = next((one for one in self.world.faults.active() if one.name == "offline"), None)
            if fault is None:
                since = 0.0
                if not self.is_listening:
                    self._listen()
                continue
            if self.is_listening:
                self._hang_up()
            since += 0.05
            if fault.seconds and since >= fault.seconds:
                self.world.faults.clear("offline")
