"""Logins and their way back: one true callback passes, hostile ones never (T3)."""

from __future__ import annotations

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from jdy_desktop.services.ali1688.loopback import LoopbackLogin
from jdy_desktop.services.ali1688.oauth import (
    CallbackRefused,
    LoginDenied,
    LoginExpired,
    PendingLogin,
    check_callback,
    is_in_renewal_window,
)
from jdy_desktop.services.errors import JobCancelled, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.clock import FrozenClock
from tests.unit.services.ali1688.conftest import settings_for

SETTINGS = settings_for("http://127.0.0.1:9", auth="https://auth.1688.com/oauth/authorize")
BACK = "https://shop.example.cn/jdy/callback"


def begin(redirect_uri: str = BACK, clock: FrozenClock | None = None) -> PendingLogin:
    return PendingLogin(SETTINGS, Context(clock=clock or FrozenClock()), redirect_uri)


@pytest.mark.manual("M27")
def test_the_authorize_address() -> None:
    login = begin()
    parts = urlsplit(login.url)
    assert parts._replace(query="").geturl() == "https://auth.1688.com/oauth/authorize"
    assert parse_qs(parts.query) == {
        "client_id": ["1000000"], "site": ["1688"], "redirect_uri": [BACK], "state": [login.state],
    }  # fmt: skip


def test_states_are_long_and_differ() -> None:
    states = {begin().state for _ in range(50)}
    assert len(states) == 50
    assert all(len(state) >= 43 for state in states)  # 256 bits in base64


def test_the_true_callback_gives_the_code_once() -> None:
    login = begin()
    url = f"{BACK}?code=a-1_B.c&state={login.state}"
    assert login.is_callback(url)
    assert login.accept(url) == "a-1_B.c"
    with pytest.raises(LoginExpired):
        login.accept(url)


def test_other_parameters_do_no_harm() -> None:
    login = begin()
    assert login.accept(f"{BACK}?lang=zh&state={login.state}&code=c") == "c"


def hostile(state: str) -> list[str]:
    """Every way we know to come back wrongly."""
    good = f"?code=c&state={state}"
    return [
        "", "about:blank", "javascript:alert(1)", "data:text/html,x", f"file:///jdy/callback{good}",
        f"http://shop.example.cn/jdy/callback{good}",
        f"HTTPS://shop.example.cn/jdy/callback{good}",
        f"https://SHOP.example.cn/jdy/callback{good}",
        f"https://shop.example.cn:443/jdy/callback{good}",
        f"https://shop.example.cn:8443/jdy/callback{good}",
        f"https://shop.example.cn:/jdy/callback{good}",
        f"https://shop.example.cn./jdy/callback{good}",
        f"https://shop.example.cn.evil.example/jdy/callback{good}",
        f"https://evil.example/jdy/callback{good}",
        f"https://evil.example?https://shop.example.cn/jdy/callback{good}",
        f"https://shop.example.cn@evil.example/jdy/callback{good}",
        f"https://user@shop.example.cn/jdy/callback{good}",
        f"https://user:pw@shop.example.cn/jdy/callback{good}",
        f"https://shop.example.cn\\@evil.example/jdy/callback{good}",
        f"https:\\\\shop.example.cn/jdy/callback{good}",
        f"https:/shop.example.cn/jdy/callback{good}",
        f"//shop.example.cn/jdy/callback{good}",
        f"https://shop.example.cn/jdy/callback/{good}",
        f"https://shop.example.cn/jdy/callbackx{good}",
        f"https://shop.example.cn/jdy/Callback{good}",
        f"https://shop.example.cn/jdy//callback{good}",
        f"https://shop.example.cn/jdy/./callback{good}",
        f"https://shop.example.cn/x/../jdy/callback{good}",
        f"https://shop.example.cn/jdy%2Fcallback{good}",
        f"https://shop.example.cn/jdy/callbac%6B{good}",
        f"https://shop.example.cn/jdy/callback;x{good}",
        f"https://shop.example.cn/{good}",
        f"https://shop.example.cn{good}",
        f"https://shop.example.cn/jdy/callback#{good}",
        f"{BACK}{good}#x", f"{BACK}{good}#",
        f" {BACK}{good}", f"{BACK}{good}\n", f"{BACK}\t{good}", f"{BACK}{good}\x00",
        BACK, f"{BACK}?", f"{BACK}?code=c", f"{BACK}?state={state}", f"{BACK}?code=c&state=",
        f"{BACK}?code=&state={state}",
        f"{BACK}?code=c&state={state[:-1]}", f"{BACK}?code=c&state={state}x", f"{BACK}?code=c&state={state.swapcase()}",
        f"{BACK}?code=c&state=%20{state}",
        f"{BACK}?code=c&state={state}&state={state}", f"{BACK}?code=c&code=c&state={state}",
        f"{BACK}?code=c&code=d&state={state}", f"{BACK}?code=c&state={state}&state=",
        f"{BACK}?code=c&CODE=d&state={state}", f"{BACK}?code=c&State=x&state={state}",
        f"{BACK}?code=c&x=1&x=2&state={state}", f"{BACK}?code=c;state={state}",
        f"{BACK}?code=c&amp;state={state}", f"{BACK}?code=c%0d%0aX: y&state={state}",
        f"{BACK}?code=c%00&state={state}", f"{BACK}?code=c%20d&state={state}", f"{BACK}?code=%E5%AF%86&state={state}",
        f"{BACK}?code=%ff&state={state}", f"{BACK}?code={'c' * 501}&state={state}",
        f"{BACK}?{'&'.join(f'x{n}=1' for n in range(30))}&code=c&state={state}",
        f"{BACK}?error=access_denied&state=wrong", f"{BACK}?error=access_denied",
        f"{BACK}?{'x' * 1000}",
    ]  # fmt: skip


def test_no_hostile_callback_is_accepted_and_the_login_stays_open() -> None:
    login = begin()
    urls = hostile(login.state)
    assert len(urls) >= 60
    for url in urls:
        with pytest.raises(CallbackRefused):
            login.accept(url)
        with pytest.raises(CallbackRefused):
            check_callback(url, login)
    assert login.accept(f"{BACK}?code=c&state={login.state}") == "c"


def test_a_state_of_another_login_is_refused() -> None:
    mine, other = begin(), begin()
    with pytest.raises(CallbackRefused):
        mine.accept(f"{BACK}?code=c&state={other.state}")


def test_ten_minutes_and_no_longer(frozen_clock: FrozenClock) -> None:
    in_time, late = begin(clock=frozen_clock), begin(clock=frozen_clock)
    frozen_clock.advance(seconds=600)
    assert in_time.accept(f"{BACK}?code=c&state={in_time.state}") == "c"
    frozen_clock.advance(seconds=1)
    frozen_clock.set(datetime(2019, 3, 27, tzinfo=UTC))  # putting the clock back does not help
    with pytest.raises(LoginExpired):
        late.accept(f"{BACK}?code=c&state={late.state}")


def test_a_denied_login_ends() -> None:
    login = begin()
    with pytest.raises(LoginDenied) as caught:
        login.accept(f"{BACK}?error=access_denied&error_description=%E6%8B%92%E7%BB%9D&state={login.state}")
    assert caught.value.params == {"reason": "access_denied", "detail": "拒绝"}
    with pytest.raises(LoginExpired):
        login.accept(f"{BACK}?code=c&state={login.state}")


def test_a_callback_with_parameters_of_its_own() -> None:
    login = begin(BACK + "?shop=1")
    assert login.accept(f"{BACK}?shop=1&code=c&state={login.state}") == "c"
    login = begin(BACK + "?shop=1")
    for url in (f"{BACK}?code=c&state={login.state}", f"{BACK}?shop=2&code=c&state={login.state}"):
        with pytest.raises(CallbackRefused):
            login.accept(url)


@pytest.mark.parametrize("redirect_uri", ["http://shop.example.cn/cb", "javascript:1", "https://a b/", "cb"])
def test_a_redirect_address_that_is_none(redirect_uri: str) -> None:
    with pytest.raises(UserError):
        begin(redirect_uri)


def test_a_login_shows_no_secret() -> None:
    login = begin()
    assert login.state not in repr(login)
    with pytest.raises(CallbackRefused) as caught:
        login.accept(f"{BACK}?code=c0de&state=x{login.state}")
    assert login.state not in str(caught.value)
    assert "c0de" not in str(caught.value)


def test_the_renewal_window() -> None:
    end = datetime(2019, 9, 26, tzinfo=UTC)
    day = timedelta(days=1)
    cases = {end - 31 * day: False, end - 30 * day: True, end - day: True, end: False, end + day: False}
    assert {now: is_in_renewal_window(end, now) for now in cases} == cases
    assert not is_in_renewal_window(None, end)


# ------------------------------------------------------------ the browser's way


def browse(url: str, **headers: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, headers=headers, timeout=5)


def test_the_browser_comes_back_with_the_code() -> None:
    with LoopbackLogin(SETTINGS, Context()) as listener, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(listener.wait, JobContext())
        page = browse(f"{listener.login.redirect_uri}?code=c&state={listener.login.state}")
        assert waiting.result(5) == "c"
        assert "可以关闭此页" in page.content.decode()
        assert page.headers["Cache-Control"] == "no-store"
        again = browse(f"{listener.login.redirect_uri}?code=c&state={listener.login.state}")
        assert again.status_code == 400


def test_forged_visits_change_nothing() -> None:
    with LoopbackLogin(SETTINGS, Context()) as listener, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(listener.wait, JobContext())
        home, good = listener.login.redirect_uri, f"?code=c&state={listener.login.state}"
        origin = home.removesuffix("/callback")
        for url in (origin, home, f"{home}/{good}", f"{home}?code=c&state=x", f"{home}{good}&code=d",
                    f"{origin}/favicon.ico", f"{origin}//callback{good}"):  # fmt: skip
            assert browse(url).status_code == 400
        assert browse(home + good, Host="evil.example").status_code == 400  # DNS rebinding
        assert browse(home + good, Host="localhost").status_code == 400
        assert not waiting.done()
        port = urlsplit(home).port
        assert port is not None
        silent = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(3)]
        for one in silent:
            one.connect()  # browsers open spare connections
        assert browse(home + good).status_code == 200
        assert waiting.result(5) == "c"
        for one in silent:
            one.close()


def test_a_denied_login_in_the_browser() -> None:
    with LoopbackLogin(SETTINGS, Context()) as listener, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(listener.wait, JobContext())
        page = browse(f"{listener.login.redirect_uri}?error=access_denied&state={listener.login.state}")
        assert "没有获得授权" in page.content.decode()
        with pytest.raises(LoginDenied):
            waiting.result(5)


def test_cancel_ends_the_waiting_within_a_second() -> None:
    job = JobContext()
    with LoopbackLogin(SETTINGS, Context()) as listener, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(listener.wait, job)
        pressed = time.monotonic()
        job.cancel()
        with pytest.raises(JobCancelled):
            waiting.result(5)
        assert time.monotonic() - pressed < 1


def test_waiting_ends_by_itself_and_the_port_is_free_again() -> None:
    with LoopbackLogin(SETTINGS, Context()) as listener:
        with pytest.raises(LoginExpired):
            listener.wait(JobContext(), timeout_s=0.3)
        url = listener.login.redirect_uri
    with pytest.raises(requests.ConnectionError):
        browse(url)
    assert "oauth-loopback" not in [thread.name for thread in threading.enumerate()]
