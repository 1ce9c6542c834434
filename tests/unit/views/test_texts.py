"""Every code has its sentence, every closed list its labels; what a sentence asks for, its error brings."""

from __future__ import annotations

import ast
import errno
import importlib
import os
import re
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from jdy_desktop.models.rules.preorder_advice import AdviceCode
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.document_values import Shortfall
from jdy_desktop.services.errors import JdyError, LocalError, PlatformError, StockShort, UserError
from jdy_desktop.services.excel.faults import CellFault, RowFault, WorkbookFault
from jdy_desktop.views.texts import (
    ADVICE,
    LABELS,
    NOTES,
    PRICE_LABELS,
    REASONS,
    SENTENCES,
    WARNINGS,
    advice,
    reason,
    sentence,
)
from jdy_desktop.views.texts.filling import names
from jdy_desktop.views.texts.workbooks import FILE_FAULTS, ROW_FAULTS
from tests.support.codes import Raised, closed_lists, constants, error_classes, raised, string_arguments, trees

MODULES = list(trees())
RAISED = raised(MODULES)

# Codes that reach an error through a variable: what `edit_lock`, `void_lock` and `_state_lock` return.
FROM_VARIABLES = {
    "document_reviewed", "document_voided", "pre_order_uploaded", "pre_order_paid", "pre_order_pending", "sale_voided",
    "sale_unreviewed",
}  # fmt: skip
#: what f-strings with a code in them can become
FROM_F_STRINGS = {
    "customer_missing", "supplier_missing", "customer_unknown", "supplier_unknown", "sku_unknown", "warehouse_unknown",
    "product_code_missing", "product_name_missing", "warehouse_name_missing", "department_name_missing",
    "warehouse_name_taken", "department_name_taken", "account_name_missing", "account_name_taken",
}  # fmt: skip
#: what `filling` makes from row and field, or says when nobody knows
ALWAYS = {"where", "place", "field", "their_text"}
#: where advice comes from: function → position of its code
ADVICE_FROM = {"NotSendable": 1, "_say": 2, "_fail": 2, "tell_waiting": 2, "_now_refused": 2}
#: never shown: how the outbox judges what a look-up found
NOT_SHOWN = {"Found"}

#: what is wrong with a workbook has its words beside what to do about it
FAULTS: dict[Any, Any] = {WorkbookFault: FILE_FAULTS, RowFault: ROW_FAULTS, CellFault: ROW_FAULTS}

ENGLISH = {
    "SKU",
    "AppKey",
    "AppSecret",
    "offerid",
    "offer",
    "https",
    "http",
    "MB",
    "VIP",
    "Excel",
    "Esc",
    "Del",
    "Enter",
}
SAFE = re.compile(r"没有|没丢|不变|已保存|照常|还在|会自动|不用")


def missing(found: list[Raised], known: dict[str, str]) -> list[str]:
    """Places whose code has no sentence; an f-string's code needs at least one that fits."""
    return [
        f"{one.place} {one.code}"
        for one in found
        if one.code is not None and not any(fnmatchcase(code, one.code) for code in known)
    ]


def wanted_but_not_brought(code: str, template: str, found: list[Raised]) -> set[str]:
    """Parameters the sentence needs that some place does not bring, or asks for in brackets and none brings."""
    fits = (one for one in found if one.code == code or (code in FROM_F_STRINGS and fnmatchcase(code, one.code or "")))
    sites = [one.params for one in fits]
    if code in FROM_VARIABLES:
        sites += [
            one.params
            for one in found
            if one.code is None and one.place.startswith(("documents.py", "document_states.py"))
        ]
    if not sites:
        return set()
    outside = names(re.sub(r"\[[^\]]*\]", "", template))
    always = frozenset.intersection(*sites)
    ever = frozenset.union(*sites)
    return (outside - always - ALWAYS) | (names(template) - ever - ALWAYS)


def faults_of_style(template: str) -> list[str]:
    plain = re.sub(r"\{[a-z_]+\}|JDY_[A-Z]+", "", template)  # variables of the environment are typed as they stand
    words = re.findall(r"[A-Za-z]{2,}", plain)
    return [
        *(["does not end with 。"] if not template.endswith("。") else []),
        *(
            f"says {word}"
            for word in ("哎呀", "操作失败", "！", "!", "您", "你", "请重试", "未知错误")
            if word in plain
        ),
        *(f"English: {word}" for word in words if word not in ENGLISH),
        *(["half-width punctuation"] if re.search(r"[\u4e00-\u9fff][,;:?]", plain) else []),
    ]


def test_every_error_code_has_its_sentence() -> None:
    assert missing(RAISED, SENTENCES) == []
    classes = error_classes(MODULES)
    assert {code for _, code in classes.values()} - SENTENCES.keys() == set()
    assert (FROM_VARIABLES | FROM_F_STRINGS) - SENTENCES.keys() == set()


def test_the_walk_finds_a_code_without_a_sentence(tmp_path: Path) -> None:
    """Control: without it a walk that finds nothing would pass."""
    page = tmp_path / "page.py"
    page.write_text(
        "class Odd(UserError):\n    code = 'odd_one'\n"
        "def f(kind):\n    raise LocalError('never_heard_of', path=1)\n"
        "def g(kind):\n    raise UserError(f'{kind}_is_odd', row=3)\n"
        "def h():\n    raise Odd\n",
        encoding="utf-8",
    )
    found = raised([*MODULES, (page, ast.parse(page.read_text(encoding="utf-8")))])
    of_page = [one for one in missing(found, SENTENCES) if one.startswith("page.py")]
    assert sorted(of_page) == ["page.py:4 never_heard_of", "page.py:6 *_is_odd", "page.py:8 odd_one"]
    assert len(RAISED) > 150


def test_codes_made_from_variables_are_known() -> None:
    """A new `UserError(variable)` must be looked at: which codes can it be?"""
    places = {one.place.partition(":")[0] for one in RAISED if one.code is None}
    assert places <= {
        "commands.py",
        "control_answers.py",
        "document_states.py",
        "documents.py",
        "download_report.py",
        "pre_order_desk.py",
        "product_bulk.py",
        "product_form.py",
    }


def test_what_check_finds_has_its_sentence() -> None:
    codes = string_arguments(MODULES, {"Problem": 0})
    assert "balance_differs" in codes
    assert codes - SENTENCES.keys() == set()
    assert sentence(JdyError("balance_differs", where="sp19011")).startswith("sp19011 的库存和流水对不上")


def test_no_sentence_is_left_over() -> None:
    own = [(path, tree) for path, tree in MODULES if "texts" not in path.parts]
    known = constants(own) | {code for _, code in error_classes(own).values()} | FROM_F_STRINGS
    assert {code for code in (*SENTENCES, *ADVICE, *WARNINGS) if code not in known} == set()


@pytest.mark.parametrize("code", SENTENCES)
def test_sentence_gets_what_it_asks_for(code: str) -> None:
    assert wanted_but_not_brought(code, SENTENCES[code], RAISED) == set()


def test_a_parameter_nobody_brings_is_found() -> None:
    """Control."""
    sites = [Raised("x", frozenset({"name"}), "a"), Raised("x", frozenset({"name", "limit"}), "b")]
    assert wanted_but_not_brought("x", "{where}“{name}”最多 {limit} 个字[，{nobody}]。", sites) == {"limit", "nobody"}


@pytest.mark.parametrize("code", [*SENTENCES, *ADVICE, *WARNINGS, *NOTES])
def test_sentence_is_in_the_house_style(code: str) -> None:
    for table in (SENTENCES, ADVICE, WARNINGS, NOTES):
        if code in table:
            assert faults_of_style(table[code]) == []


@pytest.mark.parametrize("code", SENTENCES)
def test_sentence_says_what_is_lost_and_what_next(code: str) -> None:
    assert SAFE.search(SENTENCES[code])
    assert len(re.findall(r"[，。；：]", SENTENCES[code])) >= 2


def test_bad_style_is_found() -> None:
    """Control."""
    assert faults_of_style("哎呀，操作失败！Error") == [
        "does not end with 。",
        "says 哎呀",
        "says 操作失败",
        "says ！",
        "English: Error",
    ]


def test_every_closed_list_has_its_labels() -> None:
    told = {path: tree for path, tree in MODULES if "views" not in path.parts}
    for name, module in closed_lists(list(told.items())).items():
        enum: Any = getattr(importlib.import_module(module), name)
        if enum is AdviceCode:
            assert set(AdviceCode) <= ADVICE.keys()
        elif enum in FAULTS:
            assert set(enum) <= FAULTS[enum].keys()
        elif name not in NOT_SHOWN:
            assert set(LABELS[enum]) == set(enum), name
            assert all(isinstance(word, str) for word in LABELS[enum].values())
    assert set(PRICE_LABELS) == set(LABELS[type(next(iter(PRICE_LABELS)))])


def test_every_advice_has_its_sentence() -> None:
    codes = string_arguments(MODULES, ADVICE_FROM)
    assert {"market_missing", "checking", "ask", "made_twice", "token_expired"} <= codes
    assert codes - ADVICE.keys() - SENTENCES.keys() == set()
    assert {"sale_voided", "sale_unreviewed", "former_paid"} <= ADVICE.keys()


def test_advice_asks_only_for_the_facts_of_its_line() -> None:
    facts = {"row", "sku_id", "sku_code", "name", "unit", "quantity"}
    offer = {"offer_id", "offer_sku_id", "title", "minimum", "online_stock"}
    own = {
        "market_missing": {"shop"},
        "checking": {"reason"},
        "ask": {"numbers"},
        "made_twice": {"numbers"},
        "former_paid": {"number"},
    }
    for code, template in ADVICE.items():
        assert names(template) <= own.get(code, facts | offer | {"place"}), code


def test_reasons_of_services_have_words() -> None:
    own = [(path, tree) for path, tree in MODULES if "texts" not in path.parts]
    known = constants(own) | {code for _, code in error_classes(own).values()}
    assert {code for code in REASONS if re.fullmatch(r"[a-z_]+", code)} <= known
    assert sentence(UserError("code_not_printable", reason="expired")).startswith("二维码现在不能给买家看（已过期），")
    assert advice("checking", {"reason": "restored"}).startswith("不知道 1688 收到没有（账套是从备份恢复的），")
    assert reason("磁盘已满") == "磁盘已满"


def test_the_systems_own_words_are_told_in_chinese_or_not_at_all() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert "（磁盘已满）" in sentence(LocalError("backup_failed", reason=full.strerror))
    assert sentence(LocalError("backup_failed", reason="Invalid cross-device link")).startswith("备份没有做成，")


def test_row_and_field_tell_where() -> None:
    error = UserError("number_negative", field="quantity", row=3)
    assert sentence(error) == "第 3 行的数量不能小于 0，没有保存。退货请开退货单。"
    assert sentence(UserError("number_negative", field="customer_freight")).startswith("客户承担费用不能小于 0")
    assert sentence(UserError("number_negative")).startswith("这里不能小于 0")


def test_parameters_read_as_at_the_counter() -> None:
    short = Shortfall(row=2, code="SP1", name="女包 红色", stock=Decimal("3.0000"), wanted=Decimal("5"))
    assert "第 2 行 女包 红色 只有 3，要 5。" in sentence(StockShort(shortages=(short,)))
    assert "第 1、3 行" in sentence(UserError("quantity_not_whole", rows=(1, 3), row=1))
    day = sentence(UserError("before_start_period", day=date(2019, 2, 28), start=date(2019, 3, 1)))
    assert "单据日期 2019-02-28 早于启用期间 2019-03-01" in day
    assert sentence(UserError("kind_not_editable", kind=DocumentKind.OPENING)).startswith("期初不在这里录入")


def test_what_is_unknown_is_left_out() -> None:
    assert "优惠比商品金额还多" in sentence(UserError("discount_too_large"))
    assert "优惠 9.5 元比商品金额 8 元还多" in sentence(
        UserError("discount_too_large", goods_amount=Decimal(8), discount=Decimal("9.50"))
    )
    assert sentence(PlatformError("500001", "")).startswith("1688 没有接受：500001。")
    assert sentence(PlatformError("", "")).startswith("1688 没有接受。")
    assert advice("below_minimum", {"offer_id": "1"}).startswith("这件商品没有达到起订量。")
    told = advice("below_minimum", {"row": "2", "name": "女包", "minimum": "5", "quantity": "3", "unit": "件"})
    assert told.startswith("第 2 行 女包没有达到起订量：1688 最少 5 件，这单是 3 件。")


def test_braces_of_strangers_stay_text() -> None:
    """1688's words and names of goods may hold anything; they are not templates."""
    assert "{where}[x]<b>" in sentence(PlatformError("1", "{where}[x]<b>"))


def test_unknown_codes_still_say_something() -> None:
    assert sentence(JdyError("never_heard_of")) == SENTENCES["error"]
    assert advice("never_heard_of") == ADVICE["unknown"]
    assert advice("") == ""
    assert advice("code_stays_payable") == WARNINGS["code_stays_payable"]
    assert advice("offline") == SENTENCES["offline"]


@pytest.mark.parametrize("one", [one for one in RAISED if one.code in SENTENCES], ids=lambda one: one.place)
def test_nothing_of_the_template_is_left_over(one: Raised) -> None:
    words = sentence(JdyError(one.code, row=3, field="quantity", **dict.fromkeys(one.params, "甲")))
    assert not re.search(r"[\[\]{}]|None", words)
