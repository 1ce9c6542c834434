"""The tokens of one shop: sealed in its row, refreshed once for all threads, stored before they are used (T5, F3)."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from jdy_desktop.models.channel import Shop
from jdy_desktop.models.ids import ShopId
from jdy_desktop.services.errors import TokenExpired, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.vault import SealBroken, Vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from jdy_desktop.services.ali1688.client import Gateway
    from jdy_desktop.services.ali1688.values import TokenAnswer, TokenSource

log = logging.getLogger(__name__)

# Refreshed a little before the end, so that a call under way does not meet it.
_EARLY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, repr=False)
class TokenPair:
    """What is sealed. `expires_at` belongs to the access token."""

    access_token: str
    refresh_token: str
    expires_at: datetime


def store(shop: Shop, answer: TokenAnswer, vault: Vault, refresh_token: str | None = None) -> TokenPair:
    """Seal what 1688 answered into the row. A refresh answer without a refresh token keeps the one given."""
    pair = TokenPair(answer.access_token, answer.refresh_token or refresh_token or "", answer.expires_at)
    plain = json.dumps([pair.access_token, pair.refresh_token]).encode()
    shop.sealed_tokens = vault.seal(plain, shop.member_id.encode())
    shop.access_expires_at = answer.expires_at
    if answer.refresh_expires_at is not None:
        shop.refresh_expires_at = answer.refresh_expires_at
    shop.is_revoked = False
    return pair


def unseal(shop: Shop, vault: Vault) -> TokenPair:
    """Raises TokenExpired when the row holds no tokens, SealBroken when they were sealed on another PC."""
    if shop.sealed_tokens is None:
        raise TokenExpired(code="shop_not_authorized", shop=shop.name)
    access_token, refresh_token = json.loads(vault.open(shop.sealed_tokens, shop.member_id.encode()))
    return TokenPair(access_token, refresh_token, shop.access_expires_at or shop.created_at)


class TokenGiver(Protocol):
    """What is needed of `Shops`."""

    def tokens(self, shop_id: ShopId) -> TokenSource: ...


class ShopTokens:
    """A TokenSource over one row of `shop`. Thread-safe; the lock is held during a refresh, the database's is not."""

    def __init__(
        self, db: Database, ctx: Context, gateway: Callable[[], Gateway], vault: Vault, shop_id: ShopId
    ) -> None:
        self._db = db
        self._ctx = ctx
        self._gateway = gateway
        self._vault = vault
        self._shop_id = shop_id
        self._lock = threading.Lock()
        self._pair: TokenPair | None = None

    def access_token(self) -> str:
        """Raises TokenExpired when the owner has to authorize the shop again."""
        with self._lock:
            pair = self._pair or self._load()
            if pair.expires_at - _EARLY <= self._ctx.clock.now():
                pair = self._renew(pair)
            return pair.access_token

    def refresh(self, rejected_token: str) -> str:
        """Another token than the rejected one: refreshed once, whoever comes later gets what the first one fetched."""
        with self._lock:
            pair = self._pair or self._load()
            if pair.access_token == rejected_token:
                pair = self._renew(pair)
            return pair.access_token

    def reset(self) -> None:
        """The row was authorized anew: what is kept in memory is out of date."""
        with self._lock:
            self._pair = None

    def postpone(self) -> None:
        """Ask for a new refresh token (allowed in the last 30 days of the old one)."""
        with self._lock:
            pair = self._pair or self._load()
            answer = self._gateway().postpone(pair.refresh_token, pair.access_token)
            self._keep(answer, pair)

    def _load(self) -> TokenPair:
        with self._db.read() as session:
            shop = _shop(session, self._shop_id)
            if shop.is_revoked:
                raise TokenExpired("", shop.log, shop=shop.name)
            try:
                self._pair = unseal(shop, self._vault)
            except SealBroken as exc:
                broken = TokenExpired(code="tokens_unreadable", shop=shop.name)
                broken.__cause__ = exc
            else:
                return self._pair
        self._mark_revoked("")
        raise broken

    def _renew(self, pair: TokenPair) -> TokenPair:
        if not pair.refresh_token:
            self._mark_revoked("")
            raise TokenExpired
        try:
            answer = self._gateway().refresh_token(pair.refresh_token)
        except TokenExpired as exc:
            self._mark_revoked(exc.their_text)
            raise
        return self._keep(answer, pair)

    def _keep(self, answer: TokenAnswer, old: TokenPair) -> TokenPair:
        """Commit first, use afterwards: a power cut must not lose a token that 1688 has already replaced."""
        with self._db.write() as session:
            pair = store(_shop(session, self._shop_id), answer, self._vault, old.refresh_token)
        self._pair = replace(pair)
        log.info("tokens renewed shop=%s", self._shop_id)
        return pair

    def _mark_revoked(self, reason: str) -> None:
        self._pair = None
        with self._db.write() as session:
            shop = _shop(session, self._shop_id)
            shop.is_revoked = True
            if reason:
                shop.log, shop.log_at = reason, self._ctx.clock.now()
        log.warning("1688 wants the shop to be authorized again shop=%s", self._shop_id)


def _shop(session: Session, shop_id: ShopId) -> Shop:
    shop = session.get(Shop, shop_id)
    if shop is None:
        raise UserError("shop_unknown", shop_id=shop_id)
    return shop
