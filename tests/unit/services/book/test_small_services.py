"""Account sets, parties, drafts, audit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from jdy_desktop.models.account import AuditEntry
from jdy_desktop.models.channel import Market
from jdy_desktop.models.rules.industries import INDUSTRY_DEFAULTS
from jdy_desktop.models.states import Industry, PriceGrade
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.account_sets import AccountSets, CreateAccountSet, create_account_set
from jdy_desktop.services.book.drafts import Drafts
from jdy_desktop.services.book.parties import SaveCustomer, SaveSupplier
from jdy_desktop.services.errors import Stale, UserError
from jdy_desktop.services.machine.context import Context
from tests.support.counter import Counter

D = Decimal


@pytest.mark.manual("M5", "M7")
def test_a_new_account_set_has_all_a_stall_needs(tmp_path: Path, frozen_clock: Any) -> None:
    ctx = Context(clock=frozen_clock, operator="店主")
    path = tmp_path / "new" / "book.jdy"
    db = create_account_set(path, CreateAccountSet(" 奔腾照明 ", date(2018, 12, 27), Industry.CLOTHES), ctx)
    sets = AccountSets(db, ctx)
    info = sets.info()
    assert (info.company, info.start_date, info.industry, info.tax_rate) == (
        "奔腾照明",
        date(2018, 12, 27),
        "clothes",
        13,
    )
    assert (sets.setting("uses_attributes"), sets.setting("default_unit")) == ("1", "件")
    with db.read() as session:
        names = session.scalars(select(Market.name).order_by(Market.id)).all()
        assert names[-1] == "其他"
        assert audit.verify(session)
    sets.set_channel_enabled(True)
    sets.set_tax(True, D("9"))
    sets.set_setting("default_unit", "双")
    info = sets.info()
    assert (info.channel_enabled, info.prices_include_tax, info.tax_rate) == (True, True, 9)
    assert sets.setting("default_unit") == "双"
    sets.set_setting("default_unit", None)
    assert sets.setting("default_unit") is None
    with pytest.raises(UserError):
        sets.set_tax(True, D(101))
    db.close()
    with pytest.raises(FileExistsError):
        create_account_set(path, CreateAccountSet("x", date(2019, 1, 1), Industry.FOOD), ctx)


@pytest.mark.manual("M3")
def test_a_company_name_is_required(tmp_path: Path, frozen_clock: Any) -> None:
    path = tmp_path / "book.jdy"
    with pytest.raises(UserError) as caught:
        create_account_set(path, CreateAccountSet("  ", date(2019, 1, 1), Industry.FOOD), Context(clock=frozen_clock))
    assert (caught.value.code, caught.value.field, path.exists()) == ("company_missing", "company", False)


@pytest.mark.manual("M6", "M7")
def test_industries_differ_in_their_defaults() -> None:
    assert list(INDUSTRY_DEFAULTS) == list(Industry)
    assert INDUSTRY_DEFAULTS[Industry.CLOTHES].uses_attributes
    assert not INDUSTRY_DEFAULTS[Industry.FOOD].uses_attributes


@pytest.mark.manual("M124")
def test_customers_have_a_grade(stall: Counter) -> None:
    vip = stall.parties.save_customer(SaveCustomer(name="张三 服饰", grade=PriceGrade.VIP, phone="138"))
    assert [(hit.name, hit.grade) for hit in stall.parties.customers("zhangsan")] == [("张三 服饰", PriceGrade.VIP)]
    assert [hit.name for hit in stall.parties.customers()][:2] == ["零售", "批发"]
    detail = stall.parties.customer(vip)
    with pytest.raises(UserError) as caught:
        stall.parties.save_customer(SaveCustomer(name=" 张三  服饰"))
    assert caught.value.code == "party_name_taken"
    with pytest.raises(UserError):
        stall.parties.save_customer(SaveCustomer(name=" "))
    stall.parties.save_customer(SaveCustomer(name="李四", customer_id=vip, version=detail.version, is_active=False))
    with pytest.raises(Stale):
        stall.parties.save_customer(SaveCustomer(name="李四", customer_id=vip, version=detail.version))
    assert stall.parties.customers("李四") == ()
    assert [hit.name for hit in stall.parties.suppliers("gongchang")] == ["海宁工厂"]
    with pytest.raises(UserError):
        stall.parties.save_supplier(SaveSupplier(name="海宁工厂"))


def test_warehouses_departments_accounts(stall: Counter) -> None:
    stall.parties.add_warehouse("二号仓")
    assert [(one.name, one.is_default) for one in stall.parties.warehouses()] == [("档口仓", True), ("二号仓", False)]
    with pytest.raises(UserError):
        stall.parties.add_warehouse("二号仓")
    assert stall.parties.departments() == ()
    stall.parties.add_department("线上部")
    assert [one.name for one in stall.parties.departments()] == ["线上部"]
    with pytest.raises(UserError):
        stall.parties.add_department(" ")
    assert [one.name for one in stall.parties.accounts()] == ["现金", "银行", "1688", "微信", "支付宝"]


def test_drafts_survive_and_are_taken_once(stall: Counter, frozen_clock: Any) -> None:
    drafts = Drafts(stall.db, stall.ctx)
    auto = drafts.save("sale", {"lines": [{"code": "红色", "quantity": "2"}]})
    assert drafts.save("sale", {"lines": []}, draft_id=auto) == auto
    held = drafts.save("sale", {"customer": 1}, is_held=True, note="张三去吃饭", summary="张三 3 行 ¥30")
    frozen_clock.advance(minutes=1)
    newer = drafts.save("sale", {}, is_held=True)
    assert [row.id for row in drafts.held("sale")] == [newer, held]
    assert drafts.held("purchase") == ()
    assert drafts.held("sale")[1].note == "张三去吃饭"
    latest = drafts.latest_autosave("sale")
    assert latest is not None
    assert (latest.id, drafts.load(auto), drafts.latest_autosave("purchase")) == (auto, {"lines": []}, None)
    drafts.discard(auto)
    drafts.discard(auto)
    with pytest.raises(UserError):
        drafts.load(auto)
    assert drafts.save("sale", {}, draft_id=auto) > 0


@pytest.mark.parametrize("damage", ["change", "remove"])
def test_the_audit_chain_shows_tampering(stall: Counter, damage: str) -> None:
    stall.sale(stall.line(stall.goods("a", stock="5")))
    with stall.db.write() as session:
        assert audit.verify(session)
        second = session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()[1]
        if damage == "change":
            session.execute(update(AuditEntry).where(AuditEntry.id == second).values(after="{}"))
        else:
            session.execute(delete(AuditEntry).where(AuditEntry.id == second))
        assert not audit.verify(session)


def test_money_and_price_changes_leave_audit_rows(stall: Counter) -> None:
    sku = stall.goods("a", stock="5")
    saved = stall.sale(stall.line(sku, "2"))
    stall.documents.void(saved.id, saved.version)
    with stall.db.read() as session:
        rows = session.execute(
            select(AuditEntry.action, AuditEntry.entity, AuditEntry.operator).order_by(AuditEntry.id)
        ).all()
    assert rows[-4:] == [
        ("create", "product", "小王"),
        ("save", "other_receipt", "小王"),
        ("save", "sale", "小王"),
        ("void", "sale", "小王"),
    ]
