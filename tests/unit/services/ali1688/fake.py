"""A scripted HTTP server on this PC: the test says what the next answers are and reads what was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

DATA = Path(__file__).parent / "data"
SAMPLES: dict[str, Any] = json.loads((DATA / "samples.json").read_text(encoding="utf-8"))
VECTORS: list[dict[str, Any]] = json.loads((DATA / "vectors.json").read_text(encoding="utf-8"))["vectors"]


@dataclass
class Answer:
    """What goes out. `cut` closes the connection: None not at all, 0 before the status line, n after n bytes of body."""

    body: bytes
    status: int = 200
    cut: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_for: threading.Event | None = None


def ok(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), status)


@dataclass
class Asked:
    path: str
    form: dict[str, str]
    body: bytes
    headers: dict[str, str]

    @property
    def api(self) -> str:
        return self.path.split("/")[-2]


class FakeGateway:
    """`script` takes what was asked and gives an Answer. Use it in a `with`."""

    def __init__(self, script: Callable[[Asked], Answer]) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10

            def setup(self) -> None:
                fake.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                text = body.decode("utf-8", "replace")
                form = dict(parse_qsl(text, keep_blank_values=True)) if "form-data" not in str(self.headers) else {}
                asked = Asked(self.path, form, body, dict(self.headers))
                fake.asked.append(asked)
                self._send(script(asked))

            do_GET = do_POST

            def _send(self, answer: Answer) -> None:
                if answer.wait_for is not None:
                    answer.wait_for.wait(10)
                self.close_connection = self.close_connection or answer.cut is not None
                if answer.cut == 0:
                    return
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(answer.body)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body[: answer.cut])

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> FakeGateway:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def scripted(*answers: Answer) -> Callable[[Asked], Answer]:
    """These answers one after the other; the last one stays."""
    waiting = list(answers)
    lock = threading.Lock()

    def script(_: Asked) -> Answer:
        with lock:
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return script


class Tokens:
    """A TokenSource of a test: token-1, then token-2 … with every refresh."""

    def __init__(self) -> None:
        self.refreshes = 0

    def access_token(self) -> str:
        return f"token-{self.refreshes + 1}"

    def refresh(self, rejected_token: str) -> str:
        self.refreshes += 1
        return self.access_token()
