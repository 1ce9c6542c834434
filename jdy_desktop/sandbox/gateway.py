"""The door of the open platform: application, signature, token, permission, throttle, then the call itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jdy_desktop.sandbox.accounts import Account
from jdy_desktop.sandbox.dates import write
from jdy_desktop.sandbox.signing import is_signed
from jdy_desktop.sandbox.world import World

_STRICT_CLOCK_MS = 15 * 60 * 1000


class Refused(Exception):
    """A gateway error in its documented envelope."""

    def __init__(self, code: str, text: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.text, self.status = code, text, status


def param_missing(name: str) -> Refused:
    return Refused("gw.ParamMissing", f"Required argument {name} is missing")


def bad_param(name: str, value: str) -> Refused:
    return Refused("gw.ParamTypeMismatch", f"Argument {name} has a bad value: {value[:40]}")


@dataclass
class Call:
    """One signed call: its texts as sent and whom the token stands for."""

    world: World
    api: str
    params: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)
    owner: Account | None = None

    @property
    def account(self) -> Account:
        assert self.owner is not None, "the call needs a token, so there is an account"
        return self.owner

    def text(self, name: str, default: str | None = None) -> str:
        """Raises Refused(gw.ParamMissing) when it is missing and has no default."""
        found = self.params.get(name, default)
        if found is None:
            raise param_missing(name)
        return found

    def whole(self, name: str, default: int | None = None) -> int:
        found = self.params.get(name)
        if found is None:
            if default is None:
                raise param_missing(name)
            return default
        try:
            return int(found)
        except ValueError:
            raise bad_param(name, found) from None

    def flag(self, name: str, default: bool = False) -> bool:
        return self.params.get(name, "true" if default else "false") == "true"

    def json(self, name: str, kind: type, default: Any = None) -> Any:
        """A list or object sent as one JSON text."""
        found = self.params.get(name)
        if found is None:
            if default is None:
                raise param_missing(name)
            return default
        try:
            value = json.loads(found)
        except ValueError:
            raise bad_param(name, found) from None
        if not isinstance(value, kind):
            raise bad_param(name, found)
        return value


@dataclass(frozen=True)
class Api:
    work: Callable[[Call], Any]
    needs_token: bool = True
    needs_signature: bool = True


def current_time(call: Call) -> Any:
    return write(call.world.now())


def current_time_millis(call: Call) -> Any:
    return int(call.world.now().timestamp() * 1000)


def all_apis() -> dict[str, Api]:
    """Namespace and name to the work behind it; anything else is gw.APIUnsupported."""
    from jdy_desktop.sandbox import photos, products, trade

    shop, deal = "com.alibaba.product/alibaba.", "com.alibaba.trade/alibaba."
    return {
        "system/currentTime": Api(current_time, needs_token=False),
        "system/currentTimeMillis": Api(current_time_millis, needs_token=False, needs_signature=False),
        "com.alibaba.account/alibaba.account.basic": Api(products.account_basic),
        shop + "product.list.get": Api(products.list_get),
        shop + "product.get": Api(products.get),
        shop + "product.getByIdList": Api(products.get_by_id_list),
        shop + "product.simple.add": Api(products.simple_add),
        shop + "category.get": Api(products.category_get, needs_token=False),
        shop + "category.searchByKeyword": Api(products.category_search, needs_token=False),
        shop + "photobank.photo.add": Api(photos.photo_add),
        shop + "photobank.album.getList": Api(photos.album_list),
        deal + "preOrder.create": Api(trade.pre_order_create),
        deal + "preOrder.getList": Api(trade.pre_order_list),
        deal + "trade.getSellerOrderList": Api(trade.seller_orders),
    }


# Known to the gateway, not bought by this application: they answer gw.APIACLDecline.
NOT_ALLOWED = frozenset(
    f"com.alibaba.{name}"
    for name in (
        "trade/alibaba.trade.cancel",
        "trade/alibaba.trade.fastCreateOrder",
        "trade/alibaba.trade.getBuyerOrderList",
        "product/alibaba.product.add",
        "product/alibaba.product.expire",
        "product/alibaba.product.modifyStock",
    )
)


class Gateway:
    def __init__(self, world: World) -> None:
        self.world = world
        self._apis = all_apis()

    def call(self, path: str, params: Mapping[str, str], files: Mapping[str, bytes]) -> Any:
        """The answer of `param2/1/namespace/name/appKey` as plain JSON values. Raises Refused."""
        name, app_key, api = self._find(path)
        self.world.calls[name] += 1
        self._check_app(app_key)
        if api is None:
            if name in NOT_ALLOWED:
                raise Refused("gw.APIACLDecline", "AppKey is not allowed(acl)")
            raise Refused("gw.APIUnsupported", f"Unsupported API [{name}]")
        call = Call(self.world, name, params, files)
        if api.needs_signature:
            self._check_signature(call, path)
        if api.needs_token:
            call.owner = self._owner(call)
        self._check_limits(name)
        return api.work(call)

    def _find(self, path: str) -> tuple[str, str, Api | None]:
        parts = path.split("/")
        if len(parts) < 4 or parts[0] not in ("param2", "json2", "http") or not parts[1].isdigit():
            raise Refused("gw.ProtocolUnsupported", f"Bad request path {path[:80]}", 404)
        # the clock has no namespace of its own: param2/1/system/currentTime/KEY
        name, app_key = "/".join(parts[2:4]), "/".join(parts[4:])
        return name, app_key, self._apis.get(name) if parts[1] == "1" else None

    def _check_app(self, app_key: str) -> None:
        if not app_key:
            raise Refused("gw.AppKeyMissing", "AppKey is missing")
        if app_key != self.world.app_key:
            raise Refused("gw.AppKeyNotFound", "AppKey is not found")

    def _check_signature(self, call: Call, path: str) -> None:
        if "_aop_signature" not in call.params:
            raise Refused("gw.SignatureMissing", "Signature is missing")
        if not is_signed(self.world.app_secret, path, call.params):
            raise Refused("gw.SignatureInvalid", "Invalid signature")
        if self.world.faults.take("strict_clock", call.api):
            sent = call.params.get("_aop_timestamp", "")
            now = int(self.world.now().timestamp() * 1000)
            if not sent.isdigit() or abs(int(sent) - now) > _STRICT_CLOCK_MS:
                raise Refused("gw.SignatureInvalid", "Invalid signature: timestamp is out of range")

    def _owner(self, call: Call) -> Account:
        token = call.params.get("access_token", "")
        grant = self.world.grant(self.world.access, token)
        if not token:
            raise Refused("401", "Request need user authenticated", 401)
        if grant is None or self.world.faults.take("token_expired", call.api):
            with self.world.lock:
                self.world.access.pop(token, None)
            raise Refused("401", "Request need user authorized", 401)
        return grant.account

    def _check_limits(self, name: str) -> None:
        faults = self.world.faults
        if faults.take("no_permission", name):
            raise Refused("gw.APIACLDecline", "AppKey is not allowed(acl)")
        if faults.take("quota_used_up", name):
            raise Refused("gw.NoUsageLeftError", "SLA bill has no usage left")
        if faults.take("throttle", name):
            raise Refused("gw.QosAppFrequencyLimit", "App call exceeds limited frequency")
