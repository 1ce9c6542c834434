"""Authorized 1688 shops: authorize, verify, renew, market and department (manual 3; M22–M42, T3, T5)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import Department
from jdy_desktop.models.channel import Market, Offer, PreOrder, Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.states import AuthState, UploadState
from jdy_desktop.services.book import audit
from jdy_desktop.services.channel import markets
from jdy_desktop.services.channel.markets import MarketHit
from jdy_desktop.services.channel.shop_tokens import ShopTokens, store
from jdy_desktop.services.errors import LinkError, NoPermission, PlatformError, TokenExpired, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.machine.vault import Vault
from jdy_desktop.services.queries.shops import ShopRow, shop_rows

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway
    from jdy_desktop.services.ali1688.oauth import PendingLogin
    from jdy_desktop.services.ali1688.values import AccountInfo, TokenAnswer, TokenSource

__all__ = ["AUTHORIZED", "AuthorizationRequest", "AuthorizedShop", "ShopRow", "Shops", "VerifyResult"]

log = logging.getLogger(__name__)

#: What the 日志 column shows after success; the manual's own words, stored like 1688's (M29, M34).
AUTHORIZED = "获取授权成功"

_OPEN_UPLOADS = (UploadState.WAITING, UploadState.UPLOADING, UploadState.UNCLEAR)


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One try to authorize, good once and for 10 minutes. `is_callback` tells the web view where to stop.

    `shop_id` is set when a known shop is authorized again: no other shop is accepted then (T3)."""

    url: str
    redirect_uri: str
    state: str = field(repr=False)
    shop_id: ShopId | None
    login: PendingLogin = field(repr=False)

    def is_callback(self, url: str) -> bool:
        return self.login.is_callback(url)


@dataclass(frozen=True, slots=True)
class AuthorizedShop:
    shop_id: ShopId
    name: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """`needs_login`: refreshing did not help, the 1688 page has to be opened (M42)."""

    state: AuthState
    needs_login: bool


class Shops:
    """Reads and changes shops. Tokens never leave this class except through `tokens`. Thread-safe."""

    def __init__(self, db: Database, ctx: Context, gateway: Callable[[], Gateway], vault: Vault) -> None:
        self._db = db
        self._ctx = ctx
        self._gateway = gateway
        self._vault = vault
        self._tokens: dict[ShopId, ShopTokens] = {}
        self._tokens_lock = threading.Lock()

    @property
    def keeps_tokens(self) -> bool:
        """False: this PC has no key store, every shop must be authorized again after a restart (tell the clerk)."""
        return self._vault.is_persistent

    # ------------------------------------------------------------ reading

    def rows(self) -> tuple[ShopRow, ...]:
        """All shops in the order they were authorized."""
        with self._db.read() as session:
            return shop_rows(session, self._ctx.clock.now())

    def tokens(self, shop_id: ShopId) -> TokenSource:
        """The one token source of a shop: all jobs share it, so that a rejected token is refreshed once (F3)."""
        with self._tokens_lock:
            if shop_id not in self._tokens:
                self._tokens[shop_id] = ShopTokens(self._db, self._ctx, self._gateway, self._vault, shop_id)
            return self._tokens[shop_id]

    # ------------------------------------------------------------ authorizing

    def begin(self, shop_id: ShopId | None = None, redirect_uri: str | None = None) -> AuthorizationRequest:
        """A fresh address of 1688's login page (M27); no network. `shop_id`: that shop is to be authorized again.

        `redirect_uri`: the loopback listener's when the system browser is used, else the registered callback."""
        self._ctx.require(Right.SHOPS)
        login = self._gateway().begin_login(redirect_uri)
        return AuthorizationRequest(login.url, login.redirect_uri, login.state, shop_id, login)

    def finish(self, job: JobContext, callback_url: str, request: AuthorizationRequest) -> AuthorizedShop:
        """Exchange the code of the address that came back for tokens and store the shop; nothing is downloaded (M25).

        Raises CallbackRefused, LoginExpired, LoginDenied (nothing was asked of 1688), PlatformError (their words
        stand in 日志 when the shop is known), LinkError, UserError("shop_differs") when another member logged in."""
        self._ctx.require(Right.SHOPS)
        code = request.login.accept(callback_url)
        return self._exchange(job, code, request.redirect_uri, request.shop_id)

    def authorize_in_browser(
        self, job: JobContext, open_browser: Callable[[str], None], shop_id: ShopId | None = None
    ) -> AuthorizedShop:
        """The second way: the system's browser comes back to a one-shot listener on this PC (RFC 8252).

        `open_browser` is called once with the address, on this thread. Raises as `finish`, and JobCancelled."""
        self._ctx.require(Right.SHOPS)
        from jdy_desktop.services.ali1688.loopback import LoopbackLogin

        with LoopbackLogin(self._gateway().settings, self._ctx) as listener:
            open_browser(listener.login.url)
            code = listener.wait(job)
            return self._exchange(job, code, listener.login.redirect_uri, shop_id)

    def verify(self, job: JobContext, shop_id: ShopId) -> VerifyResult:
        """店铺验权: fetch a new access token and ask 1688 whose it is (M42).

        Raises LinkError when 1688 cannot be reached; the state stays as it was then."""
        job.check()
        tokens = self.tokens(shop_id)
        try:
            self._reopen(shop_id)
            tokens.refresh(tokens.access_token())
            try:
                info: AccountInfo | None = self._gateway().account(tokens, job)
            except NoPermission:
                info = None
        except TokenExpired as exc:
            self._log_failure(shop_id, exc)
            return VerifyResult(self._row(shop_id).auth_state, needs_login=True)
        self._log_success(shop_id, info)
        if self._row(shop_id).renew_due:
            self._renew(shop_id)
        return VerifyResult(self._row(shop_id).auth_state, needs_login=False)

    def renew_due(self, job: JobContext) -> int:
        """Renew the shops in the last 30 days of their half year; how many were. One that fails is logged and left."""
        renewed = 0
        for row in self.rows():
            job.check()
            if row.renew_due and row.auth_state is AuthState.VALID:
                renewed += self._renew(row.id)
        return renewed

    def forget(self, shop_id: ShopId) -> None:
        """Throw the tokens away; a shop without offers, sales and pre-orders goes altogether.

        Raises UserError("shop_has_uploads") while pre-orders of it still wait to be sent."""
        self._ctx.require(Right.SHOPS)
        with self._db.write() as session:
            shop = _get(session, shop_id)
            waiting = session.scalar(
                select(PreOrder.id)
                .where(PreOrder.shop_id == shop_id, PreOrder.upload_state.in_(_OPEN_UPLOADS))
                .limit(1)
            )
            if waiting is not None:
                raise UserError("shop_has_uploads", shop=shop.name)
            self._audit(session, "shop_forgotten", shop, {"login_id": shop.login_id}, None)
            if any(session.scalar(select(one.id).where(one.shop_id == shop_id).limit(1)) for one in (Offer, Document)):
                shop.sealed_tokens = shop.access_expires_at = shop.refresh_expires_at = None
                shop.is_revoked = False
            else:
                session.delete(shop)
        self._drop_tokens(shop_id)

    # ------------------------------------------------------------ market and department

    def markets(self, text: str = "") -> tuple[MarketHit, ...]:
        """Markets for the picker (M39); 其他 ends every list and is made when the book has none (M40)."""
        with self._db.read() as session:
            hits = markets.search(session, text)
        if hits and hits[-1].name == markets.OTHER:
            return hits
        with self._db.write() as session:
            markets.add(session, markets.OTHER)
            return markets.search(session, text)

    def add_market(self, name: str, city: str = "") -> int:
        """A market that our list lacks; its id, also when the name was known already."""
        self._ctx.require(Right.SHOPS)
        with self._db.write() as session:
            return markets.add(session, name, city)

    def set_market(self, shop_id: ShopId, market_id: int) -> None:
        """A pre-order cannot be made without it (M38), so it can be changed but not emptied."""
        self._ctx.require(Right.SHOPS)
        with self._db.write() as session:
            shop = _get(session, shop_id)
            market = session.get(Market, market_id)
            if market is None:
                raise UserError("market_unknown", field="market")
            before = session.get(Market, shop.market_id) if shop.market_id else None
            shop.market_id = market.id
            self._audit(
                session, "shop_market", shop, {"market": before.name if before else ""}, {"market": market.name}
            )

    def set_department(self, shop_id: ShopId, department_id: int | None) -> None:
        """核算部门 of the shop; its later sales carry it (M23). None: no department."""
        self._ctx.require(Right.SHOPS)
        with self._db.write() as session:
            shop = _get(session, shop_id)
            if department_id is not None and session.get(Department, department_id) is None:
                raise UserError("department_unknown", field="department")
            change = {"department_id": shop.department_id}, {"department_id": department_id}
            shop.department_id = department_id
            self._audit(session, "shop_department", shop, *change)

    # ------------------------------------------------------------ inside

    def _exchange(self, job: JobContext, code: str, redirect_uri: str, shop_id: ShopId | None) -> AuthorizedShop:
        try:
            gateway = self._gateway()
            answer = gateway.exchange_code(code, redirect_uri, job)
            info = self._account(gateway, answer, job)
        except PlatformError as exc:
            self._log_failure(shop_id, exc)
            raise
        return self._store(answer, info, shop_id)

    def _account(self, gateway: Gateway, answer: TokenAnswer, job: JobContext) -> AccountInfo | None:
        """Who that is; None when our App Key may not ask (the token answer names the member as well)."""
        try:
            return gateway.account(_FreshToken(answer.access_token), job)
        except NoPermission:
            log.warning("account.basic not permitted, shop is named by its login")
            return None

    def _store(self, answer: TokenAnswer, info: AccountInfo | None, shop_id: ShopId | None) -> AuthorizedShop:
        known_ids = {one for one in (answer.member_id, info.member_id if info else "") if one}
        if len(known_ids) != 1:
            raise UserError("shop_member_unclear")
        member_id = known_ids.pop()
        login_id = (info.login_id if info else "") or answer.login_id or member_id
        with self._db.write() as session:
            shop = session.scalar(select(Shop).where(Shop.member_id == member_id))
            if shop_id is not None and (shop is None or shop.id != shop_id):
                raise UserError("shop_differs", shop=_get(session, shop_id).login_id, found=login_id)
            is_new = shop is None
            now = self._ctx.clock.now()
            if shop is None:
                shop = Shop(member_id=member_id, login_id=login_id, name=login_id, created_at=now)
                session.add(shop)
            shop.login_id = login_id
            shop.name = (info.shop_name if info else "") or shop.name
            # A new authorization begins a new half year; what the former one left must not outlive it.
            shop.refresh_expires_at = None
            store(shop, answer, self._vault)
            shop.log, shop.log_at = AUTHORIZED, now
            session.flush()
            self._audit(session, "shop_authorized", shop, None, {"login_id": login_id, "name": shop.name})
            done = AuthorizedShop(ShopId(shop.id), shop.name, is_new)
        self._drop_tokens(done.shop_id)
        log.info("shop authorized shop=%s new=%s", done.shop_id, is_new)
        return done

    def _renew(self, shop_id: ShopId) -> bool:
        tokens = self.tokens(shop_id)
        assert isinstance(tokens, ShopTokens)
        try:
            tokens.access_token()
            tokens.postpone()
        except (PlatformError, LinkError) as exc:
            # The old refresh token still works: nothing is lost, the next start tries again.
            log.warning("authorization not renewed shop=%s: %s", shop_id, exc.code)
            return False
        return True

    def _reopen(self, shop_id: ShopId) -> None:
        """A refusal of last week may be over: the clerk asked, so 1688 is asked again."""
        with self._db.write() as session:
            shop = _get(session, shop_id)
            if shop.is_revoked:
                shop.is_revoked = False

    def _log_success(self, shop_id: ShopId, info: AccountInfo | None) -> None:
        with self._db.write() as session:
            shop = _get(session, shop_id)
            if info is not None and info.member_id and info.member_id != shop.member_id:
                raise UserError("shop_differs", shop=shop.login_id, found=info.login_id)
            if info is not None:
                shop.name = info.shop_name or shop.name
            shop.log, shop.log_at = AUTHORIZED, self._ctx.clock.now()
            self._audit(session, "shop_verified", shop, None, {"log": AUTHORIZED})

    def _log_failure(self, shop_id: ShopId | None, exc: PlatformError) -> None:
        """1688's reason stands in 日志, word for word (M34)."""
        if shop_id is None or not exc.their_text:
            return
        with self._db.write() as session:
            shop = _get(session, shop_id)
            shop.log, shop.log_at = exc.their_text, self._ctx.clock.now()

    def _row(self, shop_id: ShopId) -> ShopRow:
        return next(row for row in self.rows() if row.id == shop_id)

    def _drop_tokens(self, shop_id: ShopId) -> None:
        """Whoever holds the token source goes on with what stands in the row now."""
        with self._tokens_lock:
            tokens = self._tokens.get(shop_id)
        if tokens is not None:
            tokens.reset()

    def _audit(self, session: Session, action: str, shop: Shop, before: Any, after: Any) -> None:
        audit.record(session, self._ctx, action, "shop", str(shop.id), before, after)


class _FreshToken:
    """The token source of a shop that has no row yet: a rejected token is the end of it."""

    def __init__(self, access_token: str) -> None:
        self._access_token = access_token

    def access_token(self) -> str:
        return self._access_token

    def refresh(self, rejected_token: str) -> str:
        raise TokenExpired


def _get(session: Session, shop_id: ShopId) -> Shop:
    shop = session.get(Shop, shop_id)
    if shop is None:
        raise UserError("shop_unknown", shop_id=shop_id)
    return shop
