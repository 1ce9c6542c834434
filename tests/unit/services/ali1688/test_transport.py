"""TLS, caps and time limits at the socket (T10)."""

from __future__ import annotations

import gzip
import ipaddress
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jdy_desktop.services.ali1688.transport import Transport
from jdy_desktop.services.errors import BadAnswer, LinkError, Offline, TimedOut
from tests.unit.services.ali1688.fake import Answer, FakeGateway, scripted

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    "url", ["http://gw.open.1688.com/x", "http://localhost/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "//x", "x"]
)
def test_plain_http_is_for_this_pc_only(url: str) -> None:
    transport = Transport()
    with pytest.raises(ValueError):
        transport.post(url, {})
    transport.close()


def test_a_small_gzip_that_unpacks_to_much_is_refused() -> None:
    bomb = gzip.compress(b"0" * (64 * 1024 * 1024))
    assert len(bomb) < 100_000
    with FakeGateway(scripted(Answer(bomb, headers={"Content-Encoding": "gzip"}))) as fake:
        transport = Transport()
        with pytest.raises(BadAnswer, match="too_large"):
            transport.post(fake.url, {"a": "1"})
        transport.close()


def test_a_small_gzip_is_unpacked() -> None:
    with FakeGateway(scripted(Answer(gzip.compress("好".encode()), headers={"Content-Encoding": "gzip"}))) as fake:
        transport = Transport()
        assert transport.post(fake.url, {}).body.decode() == "好"
        transport.close()


def test_a_server_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, so the read time-out alone would wait for ever."""
    import socketserver

    stop = threading.Event()

    class Drip(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try:
                while not stop.wait(0.05):
                    self.wfile.write(b"1\r\n \r\n")
            except OSError:
                pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Drip) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        transport = Transport(read_s=1, total_s=0.5)
        started = time.monotonic()
        with pytest.raises(TimedOut) as caught:
            transport.post(f"http://127.0.0.1:{server.server_address[1]}/", {})
        stop.set()
        transport.close()
        server.shutdown()
        thread.join()
    assert caught.value.outcome_unknown
    assert time.monotonic() - started < 3


def test_nobody_listens() -> None:
    with FakeGateway(scripted(Answer(b""))) as fake:
        url = fake.url
    transport = Transport()
    with pytest.raises(Offline) as caught:
        transport.post(url, {})
    transport.close()
    assert not caught.value.outcome_unknown


def test_no_cookie_comes_back() -> None:
    with FakeGateway(scripted(Answer(b"{}", headers={"Set-Cookie": "sid=1; Path=/"}))) as fake:
        transport = Transport()
        transport.post(fake.url, {})
        transport.post(fake.url, {})
        transport.close()
        assert all("Cookie" not in asked.headers for asked in fake.asked)


def test_each_thread_has_its_own_connection() -> None:
    with FakeGateway(scripted(Answer(b"{}"))) as fake:
        transport = Transport()

        def twice() -> None:
            transport.post(fake.url, {})
            transport.post(fake.url, {})

        threads = [threading.Thread(target=twice) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        transport.close()
        assert (len(fake.asked), fake.connections) == (6, 3)


# ------------------------------------------------------------ certificates


def make_certificates(folder: Path, *, host: str, days: tuple[int, int], own_root: bool) -> tuple[Path, Path]:
    """A root in `root.pem` and a server certificate; `own_root` False signs it with a root nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())

    def certificate(name: str, issuer: str, signer: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey,
                    is_root: bool) -> x509.Certificate:  # fmt: skip
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=400) if is_root else NOW + timedelta(days=days[0]))
            .not_valid_after(NOW + timedelta(days=400) if is_root else NOW + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        )
        if not is_root:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(signer, hashes.SHA256())

    root_key, other_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("root", "root", root_key, root_key.public_key(), True)
    server = certificate("server", "root", root_key if own_root else other_key, key.public_key(), False)
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    (folder / "server.pem").write_bytes(
        server.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "root.pem", folder / "server.pem"


@pytest.mark.parametrize(
    ("host", "days", "own_root", "is_good"),
    [
        pytest.param("127.0.0.1", (-1, 1), True, True, id="good"),
        pytest.param("127.0.0.2", (-1, 1), True, False, id="another host"),
        pytest.param("127.0.0.1", (-9, -2), True, False, id="expired"),
        pytest.param("127.0.0.1", (-1, 1), False, False, id="foreign root"),
    ],
)
def test_certificates(tmp_path: Path, host: str, days: tuple[int, int], own_root: bool, is_good: bool) -> None:
    root, server = make_certificates(tmp_path, host=host, days=days, own_root=own_root)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(server)
    with FakeGateway(scripted(Answer(b'{"a":1}'))) as fake:
        listener: ThreadingHTTPServer = fake._server
        listener.socket = tls.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
        url = fake.url.replace("http:", "https:")
        transport = Transport(ca_file=root, connect_s=2, read_s=2)
        ask: Callable[[], object] = lambda: transport.post(url, {"access_token": "canary"})  # noqa: E731
        if is_good:
            assert ask()
        else:
            with pytest.raises(LinkError) as caught:
                ask()
            assert (caught.value.code, caught.value.outcome_unknown) == ("tls_refused", False)
            assert fake.asked == []
        transport.close()


def test_a_foreign_bundle_by_environment_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control is the good case above: the same root, given by the program itself, is believed."""
    root, server = make_certificates(tmp_path, host="127.0.0.1", days=(-1, 1), own_root=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(root))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(root))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(server)
    with FakeGateway(scripted(Answer(b"{}"))) as fake:
        fake._server.socket = tls.wrap_socket(fake._server.socket, server_side=True, do_handshake_on_connect=False)
        transport = Transport(connect_s=2, read_s=2)
        with pytest.raises(LinkError) as caught:
            transport.post(fake.url.replace("http:", "https:"), {})
        transport.close()
    assert caught.value.code == "tls_refused"
