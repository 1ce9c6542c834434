"""The account set: made once by the wizard, then asked for its rules (manual 2.1)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet, Setting
from jdy_desktop.models.catalog import Unit, UnitGroup
from jdy_desktop.models.channel import Market
from jdy_desktop.models.parties import Customer, SettlementAccount, Warehouse
from jdy_desktop.models.rules.industries import INDUSTRY_DEFAULTS, IndustryDefaults
from jdy_desktop.models.rules.rounding import to_rate
from jdy_desktop.models.rules.search import search_key
from jdy_desktop.models.states import Industry, PriceGrade
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.bulk import table_of, upsert
from jdy_desktop.services.book.control_answers import ControlAnswers, ControlState, change_controls, control_state
from jdy_desktop.services.book.document_writing import turn_last_prices
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.folders import resource
from jdy_desktop.services.machine.rights import Right

_COMPANY_LIMIT = 100
#: setting that says how far the practice month is written; "{}" when the wizard was asked for it
PRACTICE_MONTH = "practice_month"
_UNIT_LIMIT = 20
_OTHER_MARKET = "其他"


@dataclass(frozen=True, slots=True)
class CreateAccountSet:
    """Answers of the wizard: company, start period, industry and the three control questions.

    `wants_month`: a practice book is to be filled with a month of trade when it is opened.
    """

    company: str
    start_date: date
    industry: Industry
    cost_per_warehouse: bool = False
    needs_review: bool = False
    computes_tax: bool = False
    is_practice: bool = False
    wants_month: bool = False


@dataclass(frozen=True, slots=True)
class AccountSetInfo:
    """`defaults`: what the industry set (M7), as it was changed since."""

    company: str
    start_date: date
    industry: Industry
    cost_per_warehouse: bool
    needs_review: bool
    computes_tax: bool
    prices_include_tax: bool
    tax_rate: Decimal
    channel_enabled: bool
    is_practice: bool
    defaults: IndustryDefaults


def create_account_set(path: Path, request: CreateAccountSet, ctx: Context) -> Database:
    """Make the file and everything a stall needs on its first day. A failure leaves no file behind.

    Raises UserError("company_missing") for an empty name, FileExistsError for a file that is already there.
    """
    _check(request)
    database = schema.create_book(path)
    try:
        fill_account_set(database, request, ctx)
    except BaseException:
        database.close()
        path.unlink()
        raise
    return database


def fill_account_set(database: Database, request: CreateAccountSet, ctx: Context) -> None:
    """Write the account set into an empty, migrated book (SQLite or PostgreSQL), in one transaction."""
    _check(request)
    defaults = INDUSTRY_DEFAULTS[request.industry]
    now = ctx.clock.now()
    with database.write() as session:
        session.add(
            AccountSet(
                id=1,
                company=request.company.strip(),
                start_date=request.start_date,
                industry=request.industry,
                cost_per_warehouse=request.cost_per_warehouse,
                needs_review=request.needs_review,
                computes_tax=request.computes_tax,
                is_practice=request.is_practice,
                created_at=now,
            )
        )
        session.add_all(Setting(key=key, value=value) for key, value in _as_settings(defaults).items())
        if request.is_practice and request.wants_month:
            session.add(Setting(key=PRACTICE_MONTH, value="{}"))
        session.add(Warehouse(name="档口仓", is_default=True))
        for name, grade in (("零售", PriceGrade.RETAIL), ("批发", PriceGrade.WHOLESALE)):
            session.add(Customer(name=name, grade=grade, search_text=search_key(name), created_at=now))
        session.add_all(SettlementAccount(name=name) for name in ("现金", "银行", "1688", "微信", "支付宝"))
        _add_units(session, {"件", defaults.unit})
        _add_markets(session)
        after = {"company": request.company.strip(), "start_date": request.start_date, "industry": request.industry}
        audit.record(session, ctx, "create", "account_set", 1, None, after)


def _check(request: CreateAccountSet) -> None:
    _check_company(request.company)


def _check_company(text: str) -> None:
    company = text.strip()
    if not company:
        raise UserError("company_missing", field="company")
    if len(company) > _COMPANY_LIMIT:
        raise UserError("company_too_long", field="company", limit=_COMPANY_LIMIT)


def _add_units(session: Session, names: set[str]) -> None:
    for name in sorted(names):
        group = UnitGroup(name=name)
        session.add(group)
        session.flush()
        session.add(Unit(group_id=group.id, name=name))


def _add_markets(session: Session) -> None:
    """The list that comes with the program; 其他 is always in it, for stalls of no market (manual 3.2)."""
    known = json.loads(resource("markets.json").read_text("utf-8"))
    names = {entry["name"] for entry in known}
    entries = known if _OTHER_MARKET in names else [*known, {"name": _OTHER_MARKET, "city": ""}]
    for entry in entries:
        name, city = entry["name"], entry.get("city", "")
        session.add(Market(name=name, city=city, code=entry.get("code", ""), pinyin=search_key(name, city)))


def _as_settings(defaults: IndustryDefaults) -> dict[str, str]:
    return {
        "uses_attributes": "1" if defaults.uses_attributes else "0",
        "matrix_entry": "1" if defaults.matrix_entry else "0",
        "default_unit": defaults.unit,
    }


def _defaults(session: Session, industry: Industry) -> IndustryDefaults:
    """As they stand in the book; what is not there is as the table of the industries says."""
    found = _as_settings(INDUSTRY_DEFAULTS[industry])
    found |= dict(session.execute(select(Setting.key, Setting.value).where(Setting.key.in_(found))).all())
    return IndustryDefaults(found["uses_attributes"] == "1", found["default_unit"], found["matrix_entry"] == "1")


class AccountSets:
    """What the account set is and how it counts. Settings are shared by all counters of the book."""

    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def info(self) -> AccountSetInfo:
        """Raises UserError("no_account_set") when the wizard has not been finished for this file."""
        with self._db.read() as session:
            row = session.get(AccountSet, 1)
            if row is None:
                raise UserError("no_account_set")
            return AccountSetInfo(
                company=row.company,
                start_date=row.start_date,
                industry=Industry(row.industry),
                cost_per_warehouse=row.cost_per_warehouse,
                needs_review=row.needs_review,
                computes_tax=row.computes_tax,
                prices_include_tax=row.prices_include_tax,
                tax_rate=row.tax_rate,
                channel_enabled=row.channel_enabled,
                is_practice=row.is_practice,
                defaults=_defaults(session, Industry(row.industry)),
            )

    def rename(self, company: str) -> None:
        """Another company name, on papers printed from now on and in the list of account sets."""
        self._ctx.require(Right.ACCOUNT_SET)
        _check_company(company)
        with self._db.write() as session:
            row = session.get_one(AccountSet, 1)
            if row.company != company.strip():
                before, after = {"company": row.company}, {"company": company.strip()}
                audit.record(session, self._ctx, "rename", "account_set", 1, before, after)
                row.company = company.strip()

    def controls(self) -> ControlState:
        """The answers of the wizard, and which of them are settled."""
        with self._db.read() as session:
            return control_state(session)

    def change_controls(self, wanted: ControlAnswers) -> None:
        """Raises UserError start_date_fixed, cost_fixed, tax_fixed, documents_unreviewed, start_date_late; nothing is changed."""
        self._ctx.require(Right.ACCOUNT_SET)
        with self._db.write() as session:
            change_controls(session, self._ctx, wanted)

    def set_channel_enabled(self, enabled: bool) -> None:
        """Switch the 1688E经营 module on or off (manual 2.2)."""
        self._ctx.require(Right.ACCOUNT_SET)
        with self._db.write() as session:
            row = session.get_one(AccountSet, 1)
            if row.channel_enabled != enabled:
                audit.record(session, self._ctx, "channel", "account_set", 1, {"on": not enabled}, {"on": enabled})
                row.channel_enabled = enabled

    def set_defaults(self, defaults: IndustryDefaults) -> None:
        """What new goods and the sale begin with. Raises UserError("unit_missing"); goods already there keep theirs."""
        self._ctx.require(Right.ACCOUNT_SET)
        unit = defaults.unit.strip()
        if not unit or len(unit) > _UNIT_LIMIT:
            raise UserError("unit_missing" if not unit else "text_too_long", field="unit", limit=_UNIT_LIMIT)
        with self._db.write() as session:
            before = _as_settings(_defaults(session, Industry(session.get_one(AccountSet, 1).industry)))
            after = _as_settings(replace(defaults, unit=unit))
            if before != after:
                rows = [{"key": key, "value": value} for key, value in after.items()]
                upsert(session.connection(), table_of(Setting), ["key"], rows)
                audit.record(session, self._ctx, "defaults", "account_set", 1, before, after)

    def set_tax(self, prices_include_tax: bool, tax_rate: Decimal) -> None:
        """商品价格含税 (M125, M126) and the usual rate in percent. Documents already stored keep how they counted, prices
        remembered of them (最近售价) are told the new way."""
        self._ctx.require(Right.ACCOUNT_SET)
        if not 0 <= tax_rate <= 100:
            raise UserError("tax_rate_out_of_range", field="tax_rate", rate=tax_rate)
        with self._db.write() as session:
            row = session.get_one(AccountSet, 1)
            before = {"prices_include_tax": row.prices_include_tax, "tax_rate": row.tax_rate}
            after = {"prices_include_tax": prices_include_tax, "tax_rate": to_rate(tax_rate)}
            audit.record(session, self._ctx, "tax", "account_set", 1, before, after)
            if row.computes_tax and row.prices_include_tax != prices_include_tax:
                turn_last_prices(session.connection(), includes_tax=prices_include_tax)
            row.prices_include_tax, row.tax_rate = prices_include_tax, to_rate(tax_rate)

    def setting(self, key: str) -> str | None:
        with self._db.read() as session:
            return session.scalar(select(Setting.value).where(Setting.key == key))

    def set_setting(self, key: str, value: str | None) -> None:
        """None takes the setting away."""
        self._ctx.require(Right.ACCOUNT_SET)
        with self._db.write() as session:
            if value is None:
                session.execute(delete(Setting).where(Setting.key == key))
            else:
                upsert(session.connection(), table_of(Setting), ["key"], [{"key": key, "value": value}])
