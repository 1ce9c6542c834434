"""The way to 1688 as this PC's settings describe it."""

from __future__ import annotations

import base64
import binascii
import logging

from jdy_desktop.services.ali1688.client import Gateway
from jdy_desktop.services.ali1688.config import CALLBACK, BadKey, GatewaySettings, checked_address, checked_key
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.services.machine.vault import SealBroken, Vault

log = logging.getLogger(__name__)

_SEALED_SECRET = "gateway.sealed_secret"
_SECRET_OWNER = b"app-secret"


def gateway_settings(settings: LocalSettings) -> GatewaySettings:
    """Raises UserError when an address or key is missing or not allowed; nothing is called then."""
    return GatewaySettings(
        gateway=settings.get("gateway.address") or "",
        auth=settings.get("gateway.auth") or "",
        images=settings.get("gateway.images") or "",
        app_key=settings.get("gateway.app_key") or "",
        app_secret=settings.get("gateway.app_secret") or "",
        callback=settings.get("gateway.callback") or CALLBACK,
    )


def check_entry(key: str, value: str) -> None:
    """Whether a line of the settings page may be stored, whatever the other lines hold; empty means the default.

    Raises BadAddress or BadKey."""
    if not value:
        return
    name = {"gateway.address": "gateway"}.get(key, key.removeprefix("gateway."))
    if key == "gateway.app_key":
        checked_key(value)
    else:
        checked_address(value, name, may_have_query=key == "gateway.callback")


class Connection:
    """Hands out one Gateway as long as the settings stay the same: it keeps the server-time offset and sessions."""

    def __init__(self, settings: LocalSettings, ctx: Context, vault: Vault) -> None:
        self._settings = settings
        self._ctx = ctx
        self._vault = vault
        self._made: tuple[GatewaySettings, Gateway] | None = None

    def set_entry(self, key: str, value: str) -> None:
        """Store a line of the settings page; empty means the default. Raises BadAddress, BadKey, Refused."""
        self._ctx.require(Right.SHOPS)
        check_entry(key, value)
        self._settings.set(key, value or None)

    def keep_secret(self, secret: str) -> None:
        """Store the App Secret sealed; the plain text is never written (T5). Without a key store it lasts for this run."""
        self._ctx.require(Right.SHOPS)
        sealed = self._vault.seal(secret.encode(), _SECRET_OWNER)
        self._settings.set(_SEALED_SECRET, base64.b64encode(sealed).decode())
        self._settings.use("gateway.app_secret", secret)

    @property
    def keeps_secret(self) -> bool:
        """False: this PC has no key store, the App Secret must be entered again after a restart (tell the clerk)."""
        return self._vault.is_persistent

    def has_secret(self) -> bool:
        return bool(self._settings.get("gateway.app_secret") or self._settings.get(_SEALED_SECRET))

    def gateway(self) -> Gateway:
        """Raises UserError when an address or key is missing or not allowed."""
        self._unseal_secret()
        wanted = gateway_settings(self._settings)
        if self._made is None or self._made[0] != wanted:
            self._made = (wanted, Gateway(wanted, self._ctx))
        return self._made[1]

    def _unseal_secret(self) -> None:
        sealed = self._settings.get(_SEALED_SECRET)
        if sealed and not self._settings.get("gateway.app_secret"):
            try:
                secret = self._vault.open(base64.b64decode(sealed, validate=True), _SECRET_OWNER)
            except (SealBroken, binascii.Error) as exc:
                # Sealed on another PC, in a run without a key store, or damaged: it has to be entered again.
                log.info("the stored app secret cannot be opened")
                raise BadKey(field="app_secret") from exc
            self._settings.use("gateway.app_secret", secret.decode())
