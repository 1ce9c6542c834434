"""What the code window is handed, and how its picture gets into a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.channel.pre_orders import PreOrders
from jdy_desktop.services.errors import LocalError
from jdy_desktop.services.machine.context import Clock
from jdy_desktop.services.paper.qr import QrPicture
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.shell import Shell


@dataclass(frozen=True, slots=True)
class CodeTools:
    """What the window needs besides the number of its pre-order."""

    pre_orders: PreOrders
    documents: Documents
    runner: JobRunner
    shell: Shell
    clock: Clock
    store: SettingsStore
    company: str = ""
    buyer: Callable[[], Any] | None = None


def write_picture(path: str, picture: QrPicture, shell: Shell) -> None:
    """The picture as it was read back; a folder that takes no file is told."""
    try:
        Path(path).write_bytes(picture.png)
    except OSError as error:
        shell.tell_error(LocalError("file_not_written", path=path, reason=error.strerror or ""))
        return
    shell.toast(f"图片已保存到 {path}")
