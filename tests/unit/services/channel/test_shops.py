"""店铺设置 against the practice market (manual 3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from jdy_desktop.models.account import AuditEntry, Department
from jdy_desktop.models.catalog import Product
from jdy_desktop.models.channel import Market, OfferSku, Shop
from jdy_desktop.models.states import AuthState, DownloadMode
from jdy_desktop.services.ali1688.oauth import CallbackRefused, LoginExpired
from jdy_desktop.services.channel.shops import AUTHORIZED
from jdy_desktop.services.errors import PlatformError, TokenExpired, UserError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.shops import ShopFilter, ShopList
from tests.support.clock import FrozenClock
from tests.support.stall import FIRST, SECOND, Stall, open_stall


@pytest.mark.manual("M25", "M29", "M33", "M34")
def test_authorizing_adds_a_row_and_downloads_nothing(stall: Stall) -> None:
    done = stall.authorize()
    assert (done.name, done.is_new) == ("AOP对外测试账号02", True)
    (row,) = stall.shops.rows()
    assert (row.login_id, row.name, row.market, row.department) == (FIRST, "AOP对外测试账号02", "", "")
    assert (row.auth_state, row.log) == (AuthState.VALID, "获取授权成功")
    with stall.db.read() as session:
        assert session.scalar(select(OfferSku.id)) is None
        assert session.scalar(select(Product.id)) is None
        assert session.scalar(select(AuditEntry.action)) == "shop_authorized"


@pytest.mark.manual("M27")
def test_login_address_and_state(stall: Stall) -> None:
    one, other = stall.shops.begin(), stall.shops.begin()
    query = parse_qs(urlsplit(one.url).query)
    assert one.url.startswith(stall.market.ready["auth"])
    assert query["site"] == ["1688"]
    assert query["redirect_uri"] == [one.redirect_uri]
    assert query["state"] == [one.state]
    assert one.state != other.state
    back = stall.login_page(one, FIRST)
    assert one.is_callback(back)
    with pytest.raises(CallbackRefused):
        stall.shops.finish(JobContext(), back.replace(one.state, other.state), one)
    assert stall.shops.rows() == ()
    stall.shops.finish(JobContext(), back, one)
    with pytest.raises(LoginExpired):
        stall.shops.finish(JobContext(), back, one)


@pytest.mark.manual("M37")
def test_two_shops(stall: Stall) -> None:
    first, second = stall.authorize(FIRST), stall.authorize(SECOND)
    assert first.shop_id != second.shop_id
    assert [row.login_id for row in stall.shops.rows()] == [FIRST, SECOND]
    again = stall.authorize(FIRST)
    assert (again.shop_id, again.is_new) == (first.shop_id, False)


def test_another_member_is_not_taken_for_a_known_shop(stall: Stall) -> None:
    first = stall.authorize(FIRST)
    with pytest.raises(UserError) as caught:
        stall.authorize(SECOND, first.shop_id)
    assert caught.value.code == "shop_differs"
    assert caught.value.params == {"shop": FIRST, "found": SECOND}
    (row,) = stall.shops.rows()
    assert row.login_id == FIRST


@pytest.mark.manual("M36")
def test_list_is_searched_in_its_columns(stall: Stall) -> None:
    first, second = stall.authorize(FIRST), stall.authorize(SECOND)
    shops = ShopList(stall.db, stall.ctx)
    assert shops.ids(ShopFilter("isv04")) == [second.shop_id]
    assert shops.ids(ShopFilter("测试 02")) == [first.shop_id]
    assert shops.ids(ShopFilter("cszh")) == [first.shop_id, second.shop_id]
    assert shops.ids(ShopFilter("%")) == []
    assert shops.rows([second.shop_id])[second.shop_id].login_id == SECOND


@pytest.mark.manual("M42", "M34")
@pytest.mark.expect_log("authorized again", "throttled")
def test_verify(stall: Stall) -> None:
    shop_id = stall.authorize().shop_id
    before = stall.shops.tokens(shop_id).access_token()
    stall.world.expire_access_tokens()
    result = stall.shops.verify(JobContext(), shop_id)
    assert (result.state, result.needs_login) == (AuthState.VALID, False)
    assert stall.shops.tokens(shop_id).access_token() != before

    stall.world.revoke(FIRST)
    result = stall.shops.verify(JobContext(), shop_id)
    assert (result.state, result.needs_login) == (AuthState.EXPIRED, True)
    (row,) = stall.shops.rows()
    assert row.auth_state is AuthState.EXPIRED
    assert row.log not in ("", AUTHORIZED)
    with pytest.raises(TokenExpired):
        stall.shops.tokens(shop_id).access_token()

    stall.authorize(FIRST, shop_id)
    (row,) = stall.shops.rows()
    assert (row.auth_state, row.log) == (AuthState.VALID, AUTHORIZED)
    assert stall.shops.tokens(shop_id).access_token()


@pytest.mark.manual("M33")
def test_state_follows_the_clock(book: Any, memory_keyring: Any) -> None:
    clock = FrozenClock()
    with open_stall(book, clock) as stall:
        offset = clock.now() - stall.world.now()
        stall.world.clock_offset += offset
        shop_id = stall.authorize().shop_id
        assert stall.shops.rows()[0].auth_state is AuthState.VALID
        clock.advance(days=1)
        assert stall.shops.rows()[0].auth_state is AuthState.VALID, "a new access token needs nobody"
        assert not stall.shops.rows()[0].renew_due
        clock.advance(days=160)
        assert stall.shops.rows()[0].renew_due
        stall.world.advance(days=161)
        assert stall.shops.renew_due(JobContext()) == 1
        assert not stall.shops.rows()[0].renew_due
        clock.advance(days=190)
        assert stall.shops.rows()[0].auth_state is AuthState.EXPIRED
        assert shop_id == stall.shops.rows()[0].id


def test_failed_code_leaves_the_servers_reason(stall: Stall) -> None:
    shop_id = stall.authorize().shop_id
    request = stall.shops.begin(shop_id)
    back = stall.login_page(request, FIRST)
    stall.world.codes.clear()
    with pytest.raises(PlatformError) as caught:
        stall.shops.finish(JobContext(), back, request)
    assert stall.shops.rows()[0].log == caught.value.their_text != ""


@pytest.mark.manual("M38", "M39", "M40")
def test_market(stall: Stall) -> None:
    shop_id = stall.authorize().shop_id
    assert [hit.name for hit in stall.shops.markets("没有这样的市场")] == ["其他"]
    wanted = stall.shops.add_market("杭州四季青服装市场", "杭州")
    stall.shops.add_market("义乌国际商贸城", "义乌")
    assert [hit.name for hit in stall.shops.markets("季青")] == ["杭州四季青服装市场", "其他"]
    assert [hit.name for hit in stall.shops.markets("ywgj")] == ["义乌国际商贸城", "其他"]
    assert stall.shops.markets()[-1].name == "其他"
    assert stall.shops.add_market(" 杭州四季青服装市场 ") == wanted
    stall.shops.set_market(shop_id, wanted)
    assert stall.shops.rows()[0].market == "杭州四季青服装市场"
    stall.shops.set_market(shop_id, stall.shops.markets()[-1].id)
    assert stall.shops.rows()[0].market == "其他"
    with pytest.raises(UserError):
        stall.shops.set_market(shop_id, 999_999)
    for name in ("", "  ", "长" * 61):
        with pytest.raises(UserError):
            stall.shops.add_market(name)
    with stall.db.read() as session:
        assert session.scalar(select(Market.is_custom).where(Market.id == wanted)) is True


@pytest.mark.manual("M23")
def test_department(stall: Stall) -> None:
    shop_id = stall.authorize().shop_id
    with stall.db.write() as session:
        session.add(Department(id=7, name="批发部"))
    stall.shops.set_department(shop_id, 7)
    assert stall.shops.rows()[0].department == "批发部"
    stall.shops.set_department(shop_id, None)
    assert stall.shops.rows()[0].department_id is None
    with pytest.raises(UserError):
        stall.shops.set_department(shop_id, 8)


def test_forget(stall: Stall) -> None:
    first, second = stall.authorize(FIRST), stall.authorize(SECOND)
    stall.shops.forget(first.shop_id)
    assert [row.login_id for row in stall.shops.rows()] == [SECOND]
    stall.download(second.shop_id, mode=DownloadMode.INFO_ONLY)
    stall.shops.forget(second.shop_id)
    (row,) = stall.shops.rows()
    assert row.auth_state is AuthState.NEVER
    with pytest.raises(TokenExpired):
        stall.shops.tokens(second.shop_id).access_token()


def test_tokens_lie_sealed(stall: Stall) -> None:
    """T5: neither token stands anywhere in the file."""
    shop_id = stall.authorize().shop_id
    tokens = [*stall.world.access, *stall.world.refresh]
    assert tokens
    stall.db.close()
    assert stall.db.path is not None
    content = b"".join(path.read_bytes() for path in stall.db.path.parent.glob("book.sqlite*"))
    assert not [token for token in tokens if token.encode() in content]
    with stall.db.read() as session:
        shop = session.get_one(Shop, shop_id)
        assert shop.refresh_expires_at is not None
        assert shop.refresh_expires_at - stall.ctx.clock.now() > timedelta(days=150)


@pytest.mark.expect_log("authorized again")
def test_tokens_of_another_pc_ask_for_a_login(stall: Stall, memory_keyring: Any) -> None:
    """A backup opened elsewhere: the key is not there."""
    shop_id = stall.authorize().shop_id
    memory_keyring.entries.clear()
    elsewhere = Stall(stall.market, stall.db)
    with pytest.raises(TokenExpired) as caught:
        elsewhere.shops.tokens(shop_id).access_token()
    assert caught.value.code == "tokens_unreadable"
    assert elsewhere.shops.rows()[0].auth_state is AuthState.EXPIRED
