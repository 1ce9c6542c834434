"""Do the costs of the book hold? Goods that are gone are worth nothing, and every issue took the average it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, literal_column, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet, Setting
from jdy_desktop.models.catalog import Sku
from jdy_desktop.models.rules.cost_replay import Replay
from jdy_desktop.models.states import MoveKind
from jdy_desktop.models.stock import StockMove
from jdy_desktop.services.book.bulk import chunks, table_of
from jdy_desktop.services.book.debt_checks import Problem

_MOVE, _SETTING = table_of(StockMove), table_of(Setting)
#: The newest move there was when costs were last recomputed: what was booked before it follows the order of days now.
_RECOMPUTED_TO = "cost.recomputed_to"


def cost_problems(session: Session) -> Iterable[Problem]:
    """A problem per SKU."""
    per_warehouse = bool(session.scalar(select(AccountSet.cost_per_warehouse)))
    connection = session.connection()
    wrong = {*_wrong_issues(connection, per_warehouse), *_left_overs(connection, per_warehouse)}
    for part in chunks(sorted(wrong)):
        for code in connection.execute(select(Sku.code).where(Sku.id.in_(part)).order_by(Sku.id)).scalars():
            yield Problem("cost_differs", code)


def remember_recomputed(connection: Connection) -> None:
    """All moves there are now have been costed in the order of their days."""
    last = connection.execute(select(func.max(_MOVE.c.id))).scalar() or 0
    connection.execute(delete(_SETTING).where(_SETTING.c.key == _RECOMPUTED_TO))
    connection.execute(insert(_SETTING).values(key=_RECOMPUTED_TO, value=str(last)))


def _recomputed_to(connection: Connection) -> int:
    return int(connection.execute(select(_SETTING.c.value).where(_SETTING.c.key == _RECOMPUTED_TO)).scalar() or 0)


def _left_overs(connection: Connection, per_warehouse: bool) -> Iterator[int]:
    """SKUs of which nothing is left but value."""
    unit = (_MOVE.c.sku_id, _MOVE.c.warehouse_id) if per_warehouse else (_MOVE.c.sku_id,)
    gone = func.sum(_MOVE.c.quantity) == 0, func.sum(_MOVE.c.cost) != 0
    yield from connection.execute(select(_MOVE.c.sku_id).group_by(*unit).having(*gone)).scalars()


def _wrong_issues(connection: Connection, per_warehouse: bool) -> Iterator[int]:
    """SKUs of which a move out does not carry the cost that posting gives it. What came before a recomputation is taken as
    it stands: those moves were costed in another order."""
    known, replay = _recomputed_to(connection), Replay()
    for move_id, sku_id, place, kind, quantity, cost in _rows(connection):
        unit: Any = (sku_id, place) if per_warehouse else sku_id
        is_issue = quantity < 0 and kind == MoveKind.DOCUMENT.value
        if is_issue and move_id > known and replay.issue(unit, -quantity) != -cost:
            yield sku_id
        replay.book(unit, quantity, cost)


def _rows(connection: Connection) -> Iterable[Sequence[Any]]:
    """In the order they were booked; quantities and costs as the integers that are stored."""
    names = ("id", "sku_id", "warehouse_id", "kind", "quantity", "cost")
    query: Any = select(*(literal_column(name) for name in names)).select_from(_MOVE).order_by(_MOVE.c.id)
    return connection.execution_options(yield_per=5000).execute(query)
