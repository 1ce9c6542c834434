"""Fetches numbered pages with several threads and hands them on in order; knows nothing of what stands in them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Protocol, TypeVar

from jdy_desktop.services.machine.courtesy import join_background
from jdy_desktop.services.machine.jobs import JobContext

_POLL_S = 0.1
# Pages asked for before they are needed, as a multiple of the threads: enough to keep all busy while one page is slow.
_AHEAD = 3


class Page(Protocol):
    """`total`: how many things 1688 says there are; a hint only (F6)."""

    @property
    def total(self) -> int: ...

    @property
    def is_empty(self) -> bool: ...


P = TypeVar("P", bound=Page)


def pages_in_order(
    fetch: Callable[[int, JobContext], P],
    job: JobContext,
    *,
    first: int = 1,
    page_size: int = 20,
    workers: int = 8,
    last: int | None = None,
) -> Iterator[tuple[int, P, bool]]:
    """(number, page, is the next one here already) from `first` on, until an empty page or through `last`.

    `fetch` runs on worker threads with a job of its own, which is cancelled as soon as the caller stops iterating.
    An error of a page is raised when its turn comes: all pages before it have been handed on by then.
    """
    inner = JobContext()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="offer-page", initializer=join_background)
    waiting: deque[tuple[int, Future[P]]] = deque()
    # Without a word from 1688 as many pages are tried as there are threads; one more than its word is asked for, since
    # only an empty page is the end.
    limit = last if last is not None else first + workers - 1
    next_number = first
    try:
        while True:
            while next_number <= limit and len(waiting) < workers * _AHEAD:
                waiting.append((next_number, pool.submit(fetch, next_number, inner)))
                next_number += 1
            if not waiting:
                return
            number, future = waiting.popleft()
            page = _result(future, job)
            if last is None:
                if page.is_empty:
                    return
                limit = max(limit, number + 1, math.ceil(page.total / page_size) + 1)
            yield number, page, bool(waiting) and waiting[0][1].done()
    finally:
        inner.cancel()
        # Not waited for: a call that hangs must not hold up 取消. Its answer is thrown away.
        pool.shutdown(wait=False, cancel_futures=True)


def _result(future: Future[P], job: JobContext) -> P:
    while True:
        job.check()
        try:
            return future.result(timeout=_POLL_S)
        except NotYet:
            if future.done():
                return future.result()
