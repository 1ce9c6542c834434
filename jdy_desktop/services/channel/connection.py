"""The way to 1688 as this PC's settings describe it."""

from __future__ import annotations

from jdy_desktop.services.ali1688.client import Gateway
from jdy_desktop.services.ali1688.config import CALLBACK, GatewaySettings
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.settings import LocalSettings


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


class Connection:
    """Hands out one Gateway as long as the settings stay the same: it keeps the server-time offset and sessions."""

    def __init__(self, settings: LocalSettings, ctx: Context) -> None:
        self._settings = settings
        self._ctx = ctx
        self._made: tuple[GatewaySettings, Gateway] | None = None

    def gateway(self) -> Gateway:
        wanted = gateway_settings(self._settings)
        if self._made is None or self._made[0] != wanted:
            self._made = (wanted, Gateway(wanted, self._ctx))
        return self._made[1]
