"""日报: what one day brought, by way of payment, by hour, and what should lie in the drawer (W47, look/18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.channel import Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.rules.periods import Period, one_day
from jdy_desktop.models.rules.rounding import ZERO, ratio, to_amount
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book import cash_counts
from jdy_desktop.services.queries import money_due
from jdy_desktop.services.queries.account_flows import account_flows, account_names, cash_account
from jdy_desktop.services.queries.report_values import AccountFlow, DayReport, SaleFact, Way, WayLine
from jdy_desktop.services.queries.sale_facts import SALE_KINDS, SIGN, counted, in_period, of_shop, sale_facts
from jdy_desktop.services.queries.sales_sums import goods_rows

_WEEK = 7
_BEST = 6
_OPENS, _CLOSES = 8, 18
_NOTHING = Decimal("0.0000")


def day_report(session: Session, day: date, today: date, shop_id: int | None = None) -> DayReport:
    """Money due is what is due today, whichever day is looked at."""
    period, shop = one_day(day), of_shop(shop_id)
    facts, names = sale_facts(session, period, *shop), account_names(session)
    flows, due = account_flows(session, period), money_due.due_rows(session, today, *shop)
    drawer = cash_account(names)
    week = _week(session, day, shop)
    former = [amount for one, amount in week if one != day]
    return DayReport(
        day=day,
        count=sum(fact.kind is DocumentKind.SALE for fact in facts),
        returns=sum(fact.kind is DocumentKind.SALE_RETURN for fact in facts),
        pieces=sum((fact.pieces for fact in facts), _NOTHING),
        sales=sum((fact.settlement for fact in facts), ZERO),
        goods=sum((fact.goods for fact in facts), ZERO),
        tax=sum((fact.tax for fact in facts), ZERO),
        cost=sum((fact.cost for fact in facts), _NOTHING),
        usual=to_amount(ratio(sum(former, ZERO), Decimal(len(former)))) if any(former) else None,
        ways=way_lines(facts, names),
        flows=flows if shop_id is None else (),
        hours=_hours(facts),
        week=week,
        best=goods_rows(session, period, *shop)[:_BEST],
        start_cash=cash_counts.start_of(session, day),
        cash_flow=next(
            (one for one in flows if one.account_id == drawer), AccountFlow(drawer, names.get(drawer or 0, ""))
        ),
        counted=cash_counts.count_of(session, day),
        due_amount=sum((row.amount for row in due), ZERO),
        due_count=len(due),
        due_last=max((row.due for row in due), default=None),
        channel=bool(session.scalar(select(AccountSet.channel_enabled))),
        shop_id=shop_id,
        shop=session.scalar(select(Shop.name).where(Shop.id == shop_id)) or "",
    )


def way_lines(facts: Sequence[SaleFact], names: dict[int, str]) -> tuple[WayLine, ...]:
    """收款方式: the accounts in their order, then 1688 paid, 1688 waiting, owed. Their amounts add up to the sales.

    A sale that is paid in part stands in two lines; `count` says of how many documents a line is made."""
    parts: dict[tuple[Way, int | None], list[Decimal]] = {}
    for fact in facts:
        if fact.paid:
            parts.setdefault((Way.ACCOUNT, fact.account_id), []).append(fact.paid)
        if fact.rest:
            parts.setdefault((fact.rest_way, None), []).append(fact.rest)
    order = [(Way.ACCOUNT, one) for one in (*names, None)]
    order += [(way, None) for way in (Way.CHANNEL_PAID, Way.CHANNEL_WAITING, Way.OWED)]
    return tuple(
        WayLine(way, account, names.get(account or 0, ""), len(parts[way, account]), sum(parts[way, account], ZERO))
        for way, account in order
        if (way, account) in parts
    )


def _hours(facts: Sequence[SaleFact]) -> tuple[tuple[int, Decimal], ...]:
    """The hours of a market day, and those before and after in which something was sold."""
    if not facts:
        return ()
    sums: dict[int, Decimal] = {}
    for fact in facts:
        sums[fact.hour] = sums.get(fact.hour, ZERO) + fact.settlement
    return tuple((hour, sums.get(hour, ZERO)) for hour in range(min(*sums, _OPENS), max(*sums, _CLOSES) + 1))


def _week(session: Session, day: date, shop: Sequence[ColumnElement[bool]]) -> tuple[tuple[date, Decimal], ...]:
    period = Period(day - timedelta(days=_WEEK - 1), day)
    query = (
        select(Document.day, Document.kind, func.sum(Document.settlement_amount))
        .where(Document.kind.in_(SALE_KINDS), counted(session), in_period(period), *shop)
        .group_by(Document.day, Document.kind)
    )
    sums = {period.first + timedelta(days=step): ZERO for step in range(_WEEK)}
    for one, kind, amount in session.connection().execute(query):
        sums[one] += SIGN[kind] * amount
    return tuple(sums.items())
