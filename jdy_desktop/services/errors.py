"""One tree of errors for the whole program.

An error carries a code and parameters, never a sentence: the Chinese text is looked up in `views/texts/` by `code`.
`field` and `row` say where the clerk can mend it (row counts from 1, as shown on the screen).
"""

from __future__ import annotations

from typing import Any


class JdyError(Exception):
    """Base of all errors that are told to the clerk. `code` is the key of its sentence."""

    code = "error"

    def __init__(self, code: str | None = None, *, field: str | None = None, row: int | None = None, **params: Any):
        self.code = code or type(self).code
        self.field = field
        self.row = row
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        where = "".join(f" {k}={v}" for k, v in (("field", self.field), ("row", self.row)) if v is not None)
        return f"{self.code}{where} {self.params}" if self.params else f"{self.code}{where}"


class UserError(JdyError):
    """The clerk can mend it: nothing was stored."""

    code = "user_error"


class StockShort(UserError):
    """Local stock does not suffice and the goods may not go negative (M137). `shortages` names each line."""

    code = "stock_short"


class NotMatched(UserError):
    code = "not_matched"


class MarketMissing(UserError):
    """The shop has no market yet; 1688 requires one for a pre-order (M38)."""

    code = "market_missing"


class BeforeStartPeriod(UserError):
    """A document may not be dated before the start period (M15)."""

    code = "before_start_period"


class Stale(UserError):
    """Somebody else saved this record first; nothing was overwritten. Reload and look at both."""

    code = "stale"


class Refused(UserError):
    """The one who works now may not do this, it needs 店主; nothing was changed. `right` says what was wanted."""

    code = "right_refused"


class ExcelRows(UserError):
    """Rows of a workbook were refused; `rows` holds (sheet, row, column, value, reason)."""

    code = "excel_rows"


class PlatformError(JdyError):
    """1688 answered no. `their_code` and `their_text` are verbatim."""

    code = "platform_refused"

    def __init__(self, their_code: str = "", their_text: str = "", *, code: str | None = None, **params: Any):
        super().__init__(code, **params)
        self.their_code = their_code
        self.their_text = their_text

    def __str__(self) -> str:
        return f"{super().__str__()} [{self.their_code}] {self.their_text}"


class TokenExpired(PlatformError):
    """The access token is missing, wrong or expired, and refreshing did not help: authorize the shop again."""

    code = "token_expired"


class RateLimited(PlatformError):
    """The gateway throttles this application; nothing was done, safe to repeat."""

    code = "rate_limited"


class NoPermission(PlatformError):
    """The App Key may not call this API, or its quota is used up: repeating does not help."""

    code = "no_permission"


class BadAnswer(PlatformError):
    """The answer cannot be understood or exceeds the size cap."""

    code = "bad_answer"


class LinkError(JdyError):
    """No (complete) answer. `outcome_unknown`: the call may have been carried out."""

    code = "offline"

    def __init__(self, code: str | None = None, *, outcome_unknown: bool = False, **params: Any):
        super().__init__(code, **params)
        self.outcome_unknown = outcome_unknown


class Offline(LinkError):
    code = "offline"


class TimedOut(LinkError):
    code = "timed_out"


class LocalError(JdyError):
    """This PC: disk, file, database, printer, key store. The clerk's input is kept."""

    code = "local_error"


class DatabaseBusy(LocalError):
    code = "database_busy"


class DatabaseTooNew(LocalError):
    """The file was written by a newer release; it was not touched."""

    code = "database_too_new"


class NotOurDatabase(LocalError):
    """The file is not an account set of this program; it was not touched."""

    code = "not_our_database"


class DatabaseCorrupt(LocalError):
    code = "database_corrupt"


class DatabaseReadOnly(LocalError):
    code = "database_read_only"


class DiskFull(LocalError):
    code = "disk_full"


class PrinterMissing(LocalError):
    code = "printer_missing"


class SecretStoreMissing(LocalError):
    """The system has no key store: tokens live in memory only until the program ends."""

    code = "secret_store_missing"


class JobCancelled(Exception):  # never shown, not a failure
    """Raised at a cancel point after the clerk pressed 取消."""
