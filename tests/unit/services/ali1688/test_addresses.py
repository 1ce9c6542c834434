"""Addresses out of foreign answers: at least 100 hostile ones, none opened, none drawn as a code (T9, T14)."""

from __future__ import annotations

import pytest

from jdy_desktop.services.ali1688 import pictures
from jdy_desktop.services.ali1688.addresses import may_load_picture, may_pay_at, picture_address
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.transport import Reply
from jdy_desktop.services.errors import BadAnswer, Offline
from tests.unit.services.ali1688.conftest import Start, settings_for
from tests.unit.services.ali1688.fake import Answer, scripted

REAL = GatewaySettings(app_key="1", app_secret="s")

HOSTS = [
    "127.0.0.1", "127.1", "0.0.0.0", "0", "2130706433", "0x7f000001", "017700000001", "0x7f.1", "10.0.0.1", "192.168.1.1",
    "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fe80::1%25eth0]", "localhost", "router.lan", "1.1.1.1",
    "evil.example", "alicdn.com.evil.example", "cbu01.alicdn.com.evil.example", "evilalicdn.com", "evil1688.com",
    "alicdn.com-evil.example", "cbu01.alicdn.com@evil.example", "user:pw@cbu01.alicdn.com", "@cbu01.alicdn.com",
    "cbu01.alicdn.com:8080", "cbu01.alicdn.com:443", "cbu01.alicdn.com:", "cbu01.alicdn.com:x", "cbu01.alicdn.com.",
    "cbu01..alicdn.com", ".alicdn.com", "-.alicdn.com", "cbu01.alicdn.com%00.evil.example", "cbu01.alicdn.com%2eevil",
    "cbu01.alicdn.com\\.evil.example", "cbu01.alicdn.com;evil.example", "cbu01.alicdn.com,evil.example",
    "evil.example#.alicdn.com", "evil.example?.alicdn.com", "evil.example/.alicdn.com", "alicdn.cоm",  # Cyrillic о
    "ａlicdn.com", "cbu01。alicdn.com", "xn--alicdn-com.example", "cbu01.alicdn.com evil.example", "",
]  # fmt: skip
SCHEMES = [
    "http://cbu01.alicdn.com", "HTTPS://cbu01.alicdn.com", "ftp://cbu01.alicdn.com", "file:///etc/passwd", "file://c:/x",
    "javascript:alert(1)//cbu01.alicdn.com", "data:image/png;base64,AAAA", "blob:https://cbu01.alicdn.com/x",
    "//cbu01.alicdn.com", "https:cbu01.alicdn.com", "https:/cbu01.alicdn.com", "https:///cbu01.alicdn.com",
    "https:\\\\cbu01.alicdn.com", "\\\\cbu01.alicdn.com\\share", "qrc:/x.png", "gopher://cbu01.alicdn.com",
    "view-source:https://cbu01.alicdn.com", "jar:https://cbu01.alicdn.com!/x", "mailto:a@alicdn.com", "tel:10086",
    "wss://cbu01.alicdn.com", "ws://cbu01.alicdn.com", "chrome://settings", "x", "..", "/etc/passwd", "C:\\x.png",
    " https://cbu01.alicdn.com", "\nhttps://cbu01.alicdn.com", "\x00https://cbu01.alicdn.com",
]  # fmt: skip
PATHS = [
    "/../x.png", "/a/../../x.png", "/a/./b.png", "/%2e%2e/x.png", "/a/%2E./x.png", "/a%2f..%2fx.png", "/x.png#frag",
    "/x.png\r\nHost: evil", "/x\ty.png", "/x y.png", "/x\x00.png", "/图.png", "/<svg>.png", '/".png', "/x|y", "/`id`",
    "/{x}", "/x\\..\\y", "/" + "x" * 600,
]  # fmt: skip
PICTURE_PATHS = ["/x.svg", "/x.SVG", "/x.svgz", "/x.html", "/x.js", "/x.exe"]
HOSTILE = [f"https://{host}/x.png" for host in HOSTS] + [f"{one}/x.png" for one in SCHEMES] + [""]
HOSTILE += [f"https://cbu01.alicdn.com{path}" for path in PATHS]


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) >= 95
    assert len(set(HOSTILE + [f"https://cbu01.alicdn.com{path}" for path in PICTURE_PATHS])) >= 100


@pytest.mark.parametrize("url", HOSTILE + [f"https://cbu01.alicdn.com{path}" for path in PICTURE_PATHS])
def test_no_hostile_picture_is_loaded(url: str) -> None:
    assert not may_load_picture(url, REAL)


@pytest.mark.parametrize("url", [one.replace("cbu01.alicdn.com", "qr.1688.com") for one in HOSTILE])
def test_no_hostile_address_becomes_a_code(url: str) -> None:
    assert not may_pay_at(url, REAL)


@pytest.mark.parametrize(
    "url",
    ["https://cbu01.alicdn.com/img/ibank/2018/852/384/9326483258_1660977857.jpg", "https://img.alicdn.com/a.png?x=1",
     "https://cbu01.alicdn.com/img/a.400x400.jpg", "https://alicdn.com/a", "https://img.china.1688.com/a..b.jpg"],
)  # fmt: skip
def test_the_control_good_pictures(url: str) -> None:
    assert may_load_picture(url, REAL)


def test_relative_pictures_stand_below_the_picture_server() -> None:
    assert picture_address("img/a.jpg", REAL) == "https://cbu01.alicdn.com/img/a.jpg"
    assert picture_address("/img/a.jpg", REAL) == "https://cbu01.alicdn.com/img/a.jpg"
    assert picture_address("//img.alicdn.com/a.jpg", REAL) == "https://img.alicdn.com/a.jpg"
    assert picture_address("https://img.alicdn.com/a.jpg", REAL) == "https://img.alicdn.com/a.jpg"


def test_the_practice_pictures_are_those_of_its_own_server_only() -> None:
    practice = settings_for("http://127.0.0.1:5000", images="http://127.0.0.1:5000/img/")
    assert may_load_picture("http://127.0.0.1:5000/img/a.jpg", practice)
    for url in ("http://127.0.0.1:5001/img/a.jpg", "http://127.0.0.1/a.jpg", "https://127.0.0.1:5000/a.jpg"):
        assert not may_load_picture(url, practice)


PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


def test_a_picture_is_fetched(start: Start) -> None:
    fake, gateway = start(scripted(Answer(PNG)))
    assert gateway.picture(f"{fake.url}/img/a.png") == PNG


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"<svg xmlns='x'/>"), "not_a_picture"),
        (Answer(b"<html>"), "not_a_picture"),
        (Answer(b""), "not_a_picture"),
        (Answer(PNG, 404), "http_status"),
        (Answer(PNG + b"0" * (5 * 1024 * 1024)), "too_large"),
        (Answer(b"", 302, headers={"Location": "http://127.0.0.1:1/secret"}), "picture_address"),
        (Answer(b"", 302, headers={"Location": "https://evil.example/a.png"}), "picture_address"),
        (Answer(b"", 302, headers={"Location": "file:///etc/passwd"}), "picture_address"),
        (Answer(b"", 302, headers={"Location": "/img/loop.png"}), "too_many_redirects"),
    ],
)
def test_what_is_no_picture_is_refused(start: Start, answer: Answer, reason: str) -> None:
    fake, gateway = start(scripted(answer))
    with pytest.raises(BadAnswer) as caught:
        gateway.picture(f"{fake.url}/img/a.png")
    assert caught.value.params["reason"] == reason
    assert len(fake.asked) <= 4


def test_three_redirects_are_followed(start: Start) -> None:
    hop = Answer(b"", 302, headers={"Location": "b.png"})
    fake, gateway = start(scripted(hop, hop, hop, Answer(PNG)))
    assert gateway.picture(f"{fake.url}/img/a.png") == PNG


class OneReply:
    """Stands for the network where a public host would be needed."""

    def get(self, url: str, **_: object) -> Reply:
        return Reply(200, PNG)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "::1", "fe80::1%eth0"])
def test_a_good_name_that_points_into_the_market_is_refused(address: str) -> None:
    url = "https://cbu01.alicdn.com/a.png"
    with pytest.raises(BadAnswer) as caught:
        pictures.fetch(url, REAL, OneReply(), lambda host: ["47.246.1.1", address])  # type: ignore[arg-type]
    assert caught.value.params["reason"] == "picture_host_not_public"
    assert pictures.fetch(url, REAL, OneReply(), lambda host: ["47.246.1.1"]) == PNG  # type: ignore[arg-type]


def test_a_picture_host_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise OSError("no such host")

    monkeypatch.setattr("socket.getaddrinfo", nowhere)
    with pytest.raises(Offline):
        pictures.fetch("https://cbu01.alicdn.com/a.png", REAL, OneReply())  # type: ignore[arg-type]
