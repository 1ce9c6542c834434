"""The three answers of the wizard afterwards: which of them may still be changed, and what changing one does (M9–M11).

Cost and tax decide how figures that are stored already came about, so they stand with the first document that used them.
Reviewing only decides when a document begins to count: it may change at any time, and what counts now goes on counting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.documents import Document
from jdy_desktop.models.states import DocumentState
from jdy_desktop.models.stock import StockMove
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context

_REVIEWED = tuple(kind.value for kind in DOCUMENT_KINDS)
_TAXED = tuple(kind.value for kind, spec in DOCUMENT_KINDS.items() if spec.has_tax)


@dataclass(frozen=True, slots=True)
class ControlAnswers:
    """需要 = True. The start period belongs to them: it too is settled by the first document."""

    start_date: date
    cost_per_warehouse: bool
    needs_review: bool
    computes_tax: bool


@dataclass(frozen=True, slots=True)
class ControlState:
    """`fixed`: field → code of the sentence why it cannot be changed any more; a field that is not in it may be."""

    answers: ControlAnswers
    fixed: dict[str, str]


def control_state(session: Session) -> ControlState:
    """Raises UserError("no_account_set")."""
    row = session.get(AccountSet, 1)
    if row is None:
        raise UserError("no_account_set")
    fixed: dict[str, str] = {}
    if session.scalar(select(Document.id).limit(1)) is not None:
        fixed["start_date"] = "start_date_fixed"
    if session.scalar(select(StockMove.id).limit(1)) is not None:
        fixed["cost_per_warehouse"] = "cost_fixed"
    if session.scalar(select(Document.id).where(Document.kind.in_(_TAXED)).limit(1)) is not None:
        fixed["computes_tax"] = "tax_fixed"
    if row.needs_review and _unreviewed(session):
        fixed["needs_review"] = "documents_unreviewed"
    return ControlState(
        ControlAnswers(row.start_date, row.cost_per_warehouse, row.needs_review, row.computes_tax), fixed
    )


def change_controls(session: Session, ctx: Context, wanted: ControlAnswers) -> None:
    """All of it or nothing. Raises UserError with the code of the first answer that is settled."""
    state = control_state(session)
    for field in ("start_date", "cost_per_warehouse", "computes_tax", "needs_review"):
        if getattr(wanted, field) != getattr(state.answers, field) and field in state.fixed:
            raise UserError(state.fixed[field], field=field, count=_unreviewed(session))
    if wanted.start_date > ctx.clock.today():
        raise UserError("start_date_late", field="start_date")
    if wanted == state.answers:
        return
    row = session.get_one(AccountSet, 1)
    if wanted.needs_review != row.needs_review:
        _turn_review(session, ctx, wanted.needs_review)
    row.start_date, row.cost_per_warehouse = wanted.start_date, wanted.cost_per_warehouse
    row.needs_review, row.computes_tax = wanted.needs_review, wanted.computes_tax
    audit.record(session, ctx, "controls", "account_set", 1, _values(state.answers), _values(wanted))


def _unreviewed(session: Session) -> int:
    """Documents that wait for their review: stock and debts do not know them yet."""
    waiting = (Document.kind.in_(_REVIEWED), Document.state == DocumentState.SAVED.value)
    return session.scalar(select(func.count()).where(*waiting)) or 0


def _turn_review(session: Session, ctx: Context, on: bool) -> None:
    """What counts goes on counting under its other name; a form that is open meanwhile is told by the version."""
    former, now = (DocumentState.SAVED, DocumentState.REVIEWED) if on else (DocumentState.REVIEWED, DocumentState.SAVED)
    at = ctx.clock.now()
    values = {"state": now.value, "reviewer": ctx.operator if on else "", "reviewed_at": at if on else None}
    statement = update(Document).where(Document.kind.in_(_REVIEWED), Document.state == former.value)
    session.execute(
        statement.values(version=Document.version + 1, updated_at=at, **values),
        execution_options={"synchronize_session": False},
    )


def _values(answers: ControlAnswers) -> dict[str, object]:
    return {name: getattr(answers, name) for name in answers.__slots__}
