"""`jdy-desktop import-stock`: exit codes, JSON and Chinese lines; what is refused leaves the book as it was (M117, M118)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jdy_desktop.__main__ import main
from jdy_desktop.models.states import Industry
from jdy_desktop.services.book.account_sets import CreateAccountSet, create_account_set
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.opening import OpeningStock
from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.book.products import Products, SaveProduct, SaveSku
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.settings import LocalSettings
from tests.support.clock import FrozenClock
from tests.unit.services.excel.workbooks import workbook

D = Decimal
START = date(2019, 3, 1)


@dataclass
class Shell:
    folder: Path
    book: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: object) -> tuple[int, str]:
        code = main(["--data", str(self.folder), "import-stock", *map(str, words)])
        said = self.capsys.readouterr()
        assert said.err == ""
        return code, said.out

    def json(self, *words: object) -> tuple[int, dict[str, Any]]:
        code, said = self.run(*words, "--json")
        answer = json.loads(said)
        assert list(answer) == ["imported", "rows_with_errors", "refused"]
        return code, answer

    def stored(self) -> dict[str, tuple[Decimal, Decimal]]:
        db = schema.open_book(self.book)
        try:
            assert check_book(db, JobContext()).problems == ()
            rows = OpeningStock(db, Context()).rows()
            assert {row.day for row in rows} <= {START}
            return {f"{row.code}@{row.warehouse}": (row.quantity, row.unit_cost) for row in rows}
        finally:
            db.close()


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    folders = Folders(tmp_path / "data")
    folders.make()
    book, ctx = folders.books / "书.jdy", Context(clock=FrozenClock())
    db = create_account_set(book, CreateAccountSet("奔腾照明", START, Industry.CLOTHES), ctx)
    products = Products(db, ctx)
    for code in ("sp32701", "00123", "6901234567892"):
        products.save(SaveProduct(code=code, name=code, skus=(SaveSku(barcodes=(f"77{code}",)),)))
    shirt = (SaveSku(("红色",)), SaveSku(("白色",)))
    products.save(SaveProduct(code="sp32501", name="衬衫", attributes=("颜色",), skus=shirt))
    db.close()
    LocalSettings(folders.settings_file).remember_book(book)
    return Shell(folders.data, book, capsys)


def test_all_in(shell: Shell, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ("SP32701", None, "档口仓", 12, 3.5),
            ("00123", None, None, "１，２３４", "¥6.5"),
            (6901234567892, None, None, 1.5, 0),
            ("sp32501", "sp32501_001", None, 3, 39.25),
            (None, "sp32501_002", None, 0, 1),
            (None, None, None, None, None),
        ],
    )
    assert shell.json(path, "--dry-run") == (0, {"imported": 4, "rows_with_errors": [], "refused": None})
    assert shell.stored() == {}
    assert shell.json(path) == (0, {"imported": 4, "rows_with_errors": [], "refused": None})
    assert shell.stored() == {
        "sp32701@档口仓": (D(12), D("3.5")),
        "00123@档口仓": (D(1234), D("6.5")),
        "6901234567892@档口仓": (D("1.5"), D(0)),
        "sp32501_001@档口仓": (D(3), D("39.25")),
    }


@pytest.mark.manual("M117")
def test_three_bad_rows_of_four(shell: Shell, tmp_path: Path) -> None:
    rows = [
        ("sp32701", None, None, 12, 3.5),
        ("sp3270l", None, None, 1, 1),
        ("00123", None, None, -5, 1),
        ("sp32501", None, None, 1, "NaN"),
    ]
    path = workbook(tmp_path / "a.xlsx", rows, sheet="三月")
    code, answer = shell.json(path)
    assert (code, answer["imported"], answer["refused"]) == (1, 1, None)
    assert all(list(one) == ["sheet", "row", "column", "value", "reason"] for one in answer["rows_with_errors"])
    assert [tuple(one.values()) for one in answer["rows_with_errors"]] == [
        ("三月", 3, "商品代码", "sp3270l", "没有这个商品，是不是 sp32701？先在商品中心新增，或改成已有的代码。"),
        ("三月", 4, "期初数量", "-5", "不能小于 0，改成 0 或正数。"),
        ("三月", 5, "SKU代码", "", "商品有几个 SKU，不知道是哪一个，写 SKU代码：sp32501_001、sp32501_002。"),
        ("三月", 5, "期初单价", "NaN", "不是数字，只写数字，例如 31。"),
    ]
    assert shell.stored() == {"sp32701@档口仓": (D(12), D("3.5"))}
    code, said = shell.run(path)
    assert code == 1
    assert "“三月”表第 4 行 期初数量“-5”：不能小于 0，改成 0 或正数。" in said.splitlines()
    assert said.splitlines()[-1] == "已导入 0 行期初，1 行和账套里一样，不用改，3 行没有导入。"


@pytest.mark.manual("M118")
def test_again_changes_nothing_and_other_figures_need_a_word(shell: Shell, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [("sp32701", None, None, 12, 3.5), ("00123", None, None, 1, 1)])
    assert shell.json(path)[0] == 0
    before = shell.book.read_bytes()
    assert shell.json(path) == (0, {"imported": 0, "rows_with_errors": [], "refused": None})
    assert shell.book.read_bytes() == before
    later = workbook(tmp_path / "b.xlsx", [("sp32701", None, None, 7, 4), ("6901234567892", None, None, 2, 2)])
    code, answer = shell.json(later)
    assert (code, answer["imported"]) == (1, 1)
    (problem,) = answer["rows_with_errors"]
    assert (problem["row"], problem["column"], problem["value"]) == (2, "期初数量", "7")
    assert "已经有期初 12" in problem["reason"]
    assert shell.stored()["sp32701@档口仓"] == (D(12), D("3.5"))
    assert shell.json(later, "--replace") == (0, {"imported": 1, "rows_with_errors": [], "refused": None})
    assert shell.stored()["sp32701@档口仓"] == (D(7), D(4))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "97-2003"),
        (b"a,b\n1,2\n", "CSV"),
        (b"<html></html>", "HTML"),
        (b"PK\x03\x04 cut", "损坏"),
        (b"", "0 字节"),
        (None, "找不到"),
    ],
)
def test_a_refused_file_stores_nothing(shell: Shell, tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "a.xlsx"
    if content is not None:
        path.write_bytes(content)
    before = shell.book.read_bytes()
    code, answer = shell.json(path)
    assert (code, answer["imported"], answer["rows_with_errors"]) == (2, 0, [])
    assert words in answer["refused"]
    code, said = shell.run(path)
    assert code == 2
    assert said.startswith("没有导入，账套没有改动：")
    assert shell.book.read_bytes() == before


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (("甲", "乙", "丙"), "没有找到列名"),
        (("货号", "数量", "备注"), "期初单价"),
        (("货号", "数量", "数量"), "期初数量"),
        (("货号", "成本价", "备注"), "期初数量"),
    ],
)
def test_a_file_without_its_columns_is_refused(shell: Shell, tmp_path: Path, head: tuple[str, ...], words: str) -> None:
    code, answer = shell.json(workbook(tmp_path / "a.xlsx", [("sp32701", 1, 1)], head=head))
    assert code == 2
    assert words in answer["refused"]
    assert re.search("[一-鿿]", answer["refused"])


def test_several_warehouses_are_never_guessed(shell: Shell, tmp_path: Path) -> None:
    db = schema.open_book(shell.book)
    Parties(db, Context()).add_warehouse("二楼仓库")
    db.close()
    rows = [("sp32701", None, " 二楼仓库", 1, 1), ("sp32701", None, None, 1, 1), ("sp32701", None, "三楼", 1, 1)]
    code, answer = shell.json(workbook(tmp_path / "a.xlsx", rows))
    assert (code, answer["imported"]) == (1, 1)
    assert [(one["row"], one["column"]) for one in answer["rows_with_errors"]] == [(3, "仓库"), (4, "仓库")]
    assert list(shell.stored()) == ["sp32701@二楼仓库"]


def test_one_code_twice_and_codes_of_other_goods(shell: Shell, tmp_path: Path) -> None:
    rows = [
        ("sp32701", None, None, 1, 1),
        ("SP 32701", None, None, 2, 1),
        ("sp32701", "sp32501_001", None, 2, 1),
        (692000000000123456, None, None, 2, 1),
        (None, None, None, 2, 1),
    ]
    code, answer = shell.json(workbook(tmp_path / "a.xlsx", rows))
    assert (code, answer["imported"]) == (1, 1)
    told = [(one["row"], one["reason"].partition("，")[0]) for one in answer["rows_with_errors"]]
    assert told == [
        (3, "和第 2 行是同一个商品、同一个仓库"), (4, "这个 SKU 不属于这个商品"), (5, "数字超过 15 位"), (6, "没有填"),
    ]  # fmt: skip


def test_a_column_of_barcodes(shell: Shell, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", [("77sp32701", 5, 1), ("7700123", 6, 2), ("1", 1, 1)], head=("条形码", "库存", "成本")
    )
    code, answer = shell.json(path)
    assert (code, answer["imported"], len(answer["rows_with_errors"])) == (1, 2, 1)
    assert shell.stored() == {"sp32701@档口仓": (D(5), D(1)), "00123@档口仓": (D(6), D(2))}


def test_without_a_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path / "none"), "import-stock", str(tmp_path / "a.xlsx"), "--json"]) == 2
    assert "还没有账套" in json.loads(capsys.readouterr().out)["refused"]
