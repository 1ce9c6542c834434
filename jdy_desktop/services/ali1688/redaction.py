"""Keeps secrets out of logs, crash reports and copied texts (T6).

Put a `RedactionFilter` on every handler (a filter on a logger does not see what its children log), and pass crash
texts through `redact`. It knows nothing of our objects: whatever looks like a token, signature or phone goes.
"""

from __future__ import annotations

import logging
import re
import traceback

HIDDEN = "***"

_NAMES = (
    r"access[_-]?token|refresh[_-]?token|token|client[_-]?secret|app[_-]?secret|secret|_?aop[_-]?signature|signature"
    r"|password|passwd|pwd|session[_-]?id|api[_-]?key|private[_-]?key|auth[_-]?code|authorization[_-]?code"
)
_QUOTES = r"""(?:\\*["']|%22)?"""
_EQUALS = r"(?:\s*(?:=>|[=:])\s*|%3[Aa]|%3[Dd])"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # A header loses everything to the end of its line: cutting one word once leaked the second (`Bearer qqq111`).
    (
        re.compile(r"(?i)\b((?:proxy-)?authorization|x-[\w-]*token|(?:set-)?cookie)(" + _QUOTES + r"\s*[,:=]).*"),
        rf"\1\2 {HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{4,}"), rf"\1 {HIDDEN}"),
    # The login code and state of a callback; `code` alone is an ordinary word.
    (re.compile(r"(?i)((?:[?&]|%26|%3F)(?:code|state)(?:=|%3D))[^\s&\"'<>]+"), rf"\1{HIDDEN}"),
    (
        re.compile(r"(?i)(grant_type[^\n]{0,400}[&,{\s\"']code" + _QUOTES + _EQUALS + _QUOTES + r")[\w.~+/=-]+"),
        rf"\1{HIDDEN}",
    ),
    # name = value, "name": "value", name%3Dvalue, ('name', 'value')
    (
        re.compile(
            rf"(?i)((?:\b|_)(?:{_NAMES}){_QUOTES}(?:{_EQUALS}|\s*,\s*(?=b?[\"']))(?:b(?=[\"']))?{_QUOTES})"
            r"""(?:(?<=\\")(?:[^"\\]|\\(?!"))+|(?<=")(?:[^"\\\n]|\\.)+|(?<=')(?:[^'\\\n]|\\.)+|[^\s&"',;}\])\\]+)"""
        ),
        rf"\1{HIDDEN}",
    ),
    # 1688's tokens are UUIDs, its signatures 40 hexadecimal digits.
    (re.compile(r"(?i)(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])"), HIDDEN),
    (re.compile(r"(?i)(?<![0-9a-f])[0-9a-f]{40,}(?![0-9a-f])"), HIDDEN),
    # Mobile and fixed-line numbers of buyers.
    (re.compile(r"(?<![\d.])(?:\+?86[ -]?|0086[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\d.]\d|\d)"), HIDDEN),
    (re.compile(r"(?<!\d)(?<!\d-)0\d{2,3}[- ]\d{7,8}(?!\d)"), HIDDEN),
)


def redact(text: str) -> str:
    """The text with every secret replaced by `***`. Idempotent; never raises."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


class RedactionFilter(logging.Filter):
    """Rewrites the record itself, message, traceback and extras, so that no formatter can bring a secret back."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  # a wrong format string must not silence the line nor leak its arguments
            message = f"{record.msg} (bad log arguments)"
        record.msg, record.args = redact(message), None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        for name in record.__dict__.keys() - _STANDARD:
            value = record.__dict__[name]
            record.__dict__[name] = value if value is None or isinstance(value, int | float) else redact(str(value))
        return True


_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {"message", "asctime", "taskName"}
