"""Does the book agree with itself? Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.catalog import Sku
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.models.stock import StockBalance, StockMove
from jdy_desktop.services.book import audit, cost_checks, debt_checks
from jdy_desktop.services.book.debt_checks import Problem
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext


@dataclass(frozen=True, slots=True)
class CheckReport:
    problems: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        return not self.problems


def check_book(db: Database, job: JobContext) -> CheckReport:
    """Engine check; balances = moves, costs = averages, documents = their lines, debts = documents and payments; audit.

    May be cancelled."""
    steps: tuple[Callable[[Session], Iterable[Problem]], ...] = (
        _engine_problems,
        _balance_problems,
        cost_checks.cost_problems,
        _document_problems,
        _line_problems,
        debt_checks.party_problems,
        debt_checks.settling_problems,
        _audit_problems,
    )
    problems: list[Problem] = []
    for done, step in enumerate(steps):
        job.step(done, len(steps), "check")
        with db.read() as session:
            problems += step(session)
    job.step(len(steps), len(steps), "check")
    return CheckReport(tuple(problems))


def _engine_problems(session: Session) -> Iterable[Problem]:
    if session.connection().dialect.name != "sqlite":
        return
    for (message,) in session.execute(text("PRAGMA quick_check(20)")):
        if message != "ok":
            yield Problem("file_damaged", "", message)
    for row in session.execute(text("PRAGMA foreign_key_check")):
        yield Problem("reference_broken", str(row[0]), str(tuple(row)))


def _balance_problems(session: Session) -> Iterable[Problem]:
    """A balance that is not the sum of its moves, either way round."""
    moves = (
        select(
            StockMove.sku_id,
            StockMove.warehouse_id,
            func.sum(StockMove.quantity).label("quantity"),
            func.sum(StockMove.cost).label("cost"),
        )
        .group_by(StockMove.sku_id, StockMove.warehouse_id)
        .subquery()
    )
    same_place = and_(StockBalance.sku_id == moves.c.sku_id, StockBalance.warehouse_id == moves.c.warehouse_id)
    differs = or_(
        func.coalesce(StockBalance.quantity, 0) != func.coalesce(moves.c.quantity, 0),
        func.coalesce(StockBalance.cost, 0) != func.coalesce(moves.c.cost, 0),
    )
    found = (StockBalance.quantity, moves.c.quantity, StockBalance.cost, moves.c.cost)
    query = select(Sku.code, *found).select_from(moves).outerjoin(StockBalance, same_place)
    for code, *numbers in session.execute(query.join(Sku, Sku.id == moves.c.sku_id).where(differs)):
        yield Problem("balance_differs", code, f"balance/moves quantity, cost: {[str(one) for one in numbers]}")
    orphan = select(Sku.code).join(StockBalance, StockBalance.sku_id == Sku.id).outerjoin(moves, same_place)
    unmoved = or_(StockBalance.quantity != 0, StockBalance.cost != 0)
    for (code,) in session.execute(orphan.where(moves.c.sku_id.is_(None), unmoved)):
        yield Problem("balance_differs", code, "a balance without moves")


def _document_problems(session: Session) -> Iterable[Problem]:
    """Goods amount = sum of lines; settlement = goods − discount + freight (M130)."""
    lines = (
        select(DocumentLine.document_id, func.sum(DocumentLine.gross_amount).label("gross"))
        .group_by(DocumentLine.document_id)
        .subquery()
    )
    wrong = or_(
        Document.goods_amount != func.coalesce(lines.c.gross, 0),
        Document.amount_after_discount != Document.goods_amount - Document.discount_amount,
        Document.settlement_amount != Document.amount_after_discount + Document.customer_freight,
    )
    query = select(Document.number, Document.goods_amount, lines.c.gross)
    query = query.outerjoin(lines, lines.c.document_id == Document.id)
    has_lines = Document.kind != DocumentKind.OPENING_DEBT.value
    for number, goods, gross in session.execute(query.where(wrong, has_lines)):
        yield Problem("document_sum_differs", number, f"head {goods} lines {gross}")


def _line_problems(session: Session) -> Iterable[Problem]:
    """The moves of a document are its lines when it counts, and nothing when it is voided or not reviewed yet."""
    needs_review = bool(session.scalar(select(AccountSet.needs_review)))
    moved = (
        select(StockMove.document_id, func.sum(StockMove.quantity).label("quantity"))
        .group_by(StockMove.document_id)
        .subquery()
    )
    listed = (
        select(DocumentLine.document_id, func.sum(DocumentLine.quantity).label("quantity"))
        .group_by(DocumentLine.document_id)
        .subquery()
    )
    query = (
        select(Document.number, Document.kind, Document.state, moved.c.quantity, listed.c.quantity)
        .outerjoin(moved, moved.c.document_id == Document.id)
        .outerjoin(listed, listed.c.document_id == Document.id)
    )
    for number, kind, state, found, wanted in session.execute(query):
        spec = DOCUMENT_KINDS.get(DocumentKind(kind))
        if spec is None:
            continue
        counts = state == DocumentState.REVIEWED or (state == DocumentState.SAVED and not needs_review)
        if (found or 0) != (spec.direction * (wanted or 0) if counts else 0):
            yield Problem("document_moves_differ", number, f"moved {found} lines {wanted} state {state}")


def _audit_problems(session: Session) -> Iterable[Problem]:
    if not audit.verify(session):
        yield Problem("audit_broken", "")
