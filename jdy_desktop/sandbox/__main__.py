"""`python -m jdy_desktop.sandbox --port 0 --ready-file FILE`: the practice market as a process."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jdy_desktop.sandbox import memory
from jdy_desktop.sandbox.faults import FAULTS
from jdy_desktop.sandbox.server import PracticeMarket


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    ended = threading.Event()
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: ended.set())
    state = memory.read(options.state_file) if options.state_file else {}
    port = options.port or usable_port(state.get("port", 0))
    with PracticeMarket(options.offers, options.latency_ms / 1000, options.seed, port) as market:
        memory.restore(market.world, state)
        for name in options.fault:
            market.world.faults.add(name)
        if options.ready_file:
            write_ready(options.ready_file, market.ready)
        else:
            print(json.dumps(market.ready, ensure_ascii=False, indent=1), flush=True)
        if options.stop_at_eof:
            threading.Thread(target=_wait_for_eof, args=(ended,), daemon=True).start()
        while not ended.wait(0.3):
            if options.parent_pid and not is_running(options.parent_pid):
                break
        if options.state_file:
            memory.save(market.world, urlsplit(market.ready["gateway"]).port or 0, options.state_file)
    return 0


def usable_port(wanted: int) -> int:
    """The port of the last run, so that codes already shown still lead somewhere; 0 (any) when it is taken."""
    if not wanted:
        return 0
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted


def _options(arguments: list[str] | None) -> Any:
    parser = argparse.ArgumentParser(prog="python -m jdy_desktop.sandbox", description="A 1688 to practise with.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--ready-file", type=Path, help="where the addresses and accounts are written, as JSON")
    parser.add_argument("--offers", type=int, default=0, help="so many generated offers on top of the catalogue")
    parser.add_argument("--latency-ms", type=float, default=0, help="every signed call takes so much longer")
    parser.add_argument("--state-file", type=Path, help="tokens and pre-orders outlive a restart in this file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", action="append", default=[], choices=sorted(FAULTS), help="on from the start")
    parser.add_argument("--parent-pid", type=int, default=0, help="end when this process has ended")
    parser.add_argument("--stop-at-eof", action="store_true", help="end when standard input is closed")
    return parser.parse_args(arguments)


def write_ready(file: Path, ready: dict[str, Any]) -> None:
    """The whole file appears at once: whoever sees it can read it."""
    part = file.with_name(file.name + ".part")
    part.write_text(json.dumps(ready, ensure_ascii=False), encoding="utf-8")
    os.replace(part, file)


def _wait_for_eof(ended: threading.Event) -> None:
    # not sys.stdin: its lock, held by a waiting thread, aborts the interpreter when it ends
    while os.read(0, 4096):
        pass
    ended.set()


def is_running(pid: int) -> bool:
    """Whether a process lives. os.kill(pid, 0) would end it on Windows, so there the handle is asked."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x00100000, False, pid)  # SYNCHRONIZE
        if not handle:
            return False
        has_ended = kernel.WaitForSingleObject(handle, 0) == 0
        kernel.CloseHandle(handle)
        return not has_ended
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    # A parent that was killed but not yet waited for is a zombie; its children belong to somebody else by then.
    return os.getppid() == pid or not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
