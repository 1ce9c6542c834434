"""A gateway client that talks to a scripted server on this PC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from jdy_desktop.services.ali1688.client import Gateway
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.transport import Transport
from jdy_desktop.services.machine.context import Context
from tests.unit.services.ali1688.fake import Answer, Asked, FakeGateway

Start = Callable[..., tuple[FakeGateway, Gateway]]


def settings_for(url: str, **more: str) -> GatewaySettings:
    values = {
        "gateway": url,
        "auth": f"{url}/oauth/authorize",
        "images": f"{url}/img/",
        "app_key": "1000000",
        "app_secret": "test123",
    }
    return GatewaySettings(**(values | more))


@pytest.fixture
def start() -> Iterator[Start]:
    """`start(script, **options)` runs a server with that script and a client on it."""
    with ExitStack() as stack:

        def begin(script: Callable[[Asked], Answer], **options: Any) -> tuple[FakeGateway, Gateway]:
            fake = stack.enter_context(FakeGateway(script))
            options.setdefault("transport", Transport(connect_s=2, read_s=2, total_s=5))
            options.setdefault("backoff_s", (0.01, 0.01))
            gateway = Gateway(settings_for(fake.url), options.pop("ctx", Context()), **options)
            stack.callback(gateway.close)
            return fake, gateway

        yield begin
