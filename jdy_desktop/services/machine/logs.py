"""The log file: rotating, English, one event per line, without secrets."""

from __future__ import annotations

import logging
import logging.handlers
import platform
import sys
from pathlib import Path

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def start_log(folder: Path, redaction: logging.Filter, version: str) -> logging.Handler:
    """Log to `folder`; `redaction` removes tokens, signatures and phones before a line is written (T6)."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "jdy-desktop.log", maxBytes=2_000_000, backupCount=5, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(redaction)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    logging.getLogger(__name__).info(
        "started version=%s python=%s system=%s", version, sys.version.split()[0], platform.platform()
    )
    return handler
