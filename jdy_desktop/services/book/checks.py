"""Does the book agree with itself? Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` for texts.py; `where` names the record (a number, a SKU code); `detail` for the log."""

    code: str
    where: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CheckReport:
    problems: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        return not self.problems


def check_book(db: Database, job: JobContext) -> CheckReport:
    raise NotImplementedError
