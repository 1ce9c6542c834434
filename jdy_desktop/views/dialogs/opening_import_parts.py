"""The parts of 导入期初 that only show: the three steps, where a file is dropped, which column means what, totals, tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from jdy_desktop.services.book.opening_columns import COST, QUANTITY, TITLES
from jdy_desktop.services.book.opening_import import ImportPlan, Totals
from jdy_desktop.services.book.opening_rows import RowProblem
from jdy_desktop.services.excel.cells import shown
from jdy_desktop.services.excel.reading import SheetTable
from jdy_desktop.services.excel.sheet_scan import column_letters
from jdy_desktop.views import theme
from jdy_desktop.views.figures import plain
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.texts.workbooks import row_cure, row_reason
from jdy_desktop.views.widgets.base import (
    STRETCH,
    ElidedText,
    IconLabel,
    Rule,
    Surface,
    Text,
    column,
    named,
    row,
)
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import FilterCombo

STEPS = ("选择文件", "对应列", "预览")
_PER_LINE = 6
_MOST_COLUMNS = 12


def dropped_workbook(urls: Sequence[QUrl]) -> Path | None:
    """The first local file of what is dragged here."""
    return next((Path(one.toLocalFile()) for one in urls if one.isLocalFile()), None)


class StepRow(QWidget):
    """1 选择文件 › 2 对应列 › 3 预览, and at the right which file it is."""

    def __init__(self) -> None:
        super().__init__()
        self._marks = [IconLabel("check", "ok", 16) for _ in STEPS]
        self._words = [Text("", "label") for _ in STEPS]
        parts: list[Any] = []
        for number, (mark, words) in enumerate(zip(self._marks, self._words, strict=True)):
            parts += [*([IconLabel("chevron_right", "hint", 14)] if number else []), mark, words]
        self.file = ElidedText("", "label")
        self.file.setObjectName("opening_import.file_label")
        self.file.setMinimumWidth(theme.px(420))
        self.file.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row(*parts, STRETCH, self.file, spacing=10, margins=(24, 10, 24, 10), parent=self)
        self.show_step(0)

    def show_step(self, now: int) -> None:
        """Steps before `now` are ticked, this one is strong."""
        for number, (mark, words) in enumerate(zip(self._marks, self._words, strict=True)):
            mark.setVisible(number < now)
            words.setText(STEPS[number] if number < now else f"{number + 1}　{STEPS[number]}")
            words.set_role("strong" if number == now else "label")


class DropZone(Surface):
    """Drop a workbook here, or choose one. `chosen(Path)`."""

    chosen = Signal(object)
    ask_wanted = Signal()
    template_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("subtle_card")
        self.setAcceptDrops(True)
        self.setObjectName("opening_import.drop_zone")
        self.choose = KeyButton(
            "选择文件", kind="primary", icon="import", size="large", name="opening_import.choose_button"
        )
        self.template = KeyButton("下载模板", kind="link", icon="download", name="opening_import.template_button")
        self.choose.clicked.connect(self.ask_wanted)
        self.template.clicked.connect(self.template_wanted)
        self.trouble = named(Text("", "bad", wrap=True), "opening_import.refused_label", "没有导入的原因")
        self.trouble.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.trouble.hide()
        hint = Text("按列名找列：商品代码、SKU代码、仓库、期初数量、期初单价，常见的叫法都认得，顺序不要紧。", "label")
        lines = [Text("把 Excel 工作簿（.xlsx）拖到这里", "section"), hint]
        for one in lines:
            one.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole = column(
            STRETCH, row(STRETCH, IconLabel("import", "text2", 32), STRETCH), *lines, self.trouble,
            row(STRETCH, self.choose, self.template, STRETCH, spacing=12), STRETCH,
            spacing=12, margins=(24, 24, 24, 24), parent=self,
        )  # fmt: skip
        whole.setSpacing(theme.px(12))

    def tell(self, sentence: str) -> None:
        """Why the last file was refused; "" for nothing."""
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_workbook(event.mimeData().urls()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        found = dropped_workbook(event.mimeData().urls())
        if found is not None:
            event.acceptProposedAction()
            self.chosen.emit(found)


class ColumnChoices(QWidget):
    """For each column of the sheet what it means, as guessed; `changed()` after it was set by hand."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(6))
        self.combos: dict[int, FilterCombo] = {}
        self._holders: list[QWidget] = []

    def show_table(self, table: SheetTable, columns: Mapping[str, int]) -> None:
        """The columns that mean something first of all, in the order of the sheet, twelve at most."""
        for holder in self._holders:
            holder.deleteLater()
        self.combos, self._holders = {}, []
        titled = [place for place, title in enumerate(table.titles) if title or place in columns.values()]
        ranked = sorted(titled, key=lambda place: place not in columns.values())[:_MOST_COLUMNS]
        by_place = {place: key for key, place in columns.items()}
        for number, place in enumerate(sorted(ranked)):
            holder = self._column(table, place, by_place.get(place))
            self._grid.addWidget(holder, number // _PER_LINE, number % _PER_LINE)
            self._holders.append(holder)
        for number in range(_PER_LINE):
            self._grid.setColumnStretch(number, 1)

    def _column(self, table: SheetTable, place: int, key: str | None) -> QWidget:
        letter, title = column_letters(place), table.titles[place]
        options: list[tuple[str, Any]] = [("不导入", None), *((words, one) for one, words in TITLES.items())]
        combo = FilterCombo(
            f"{letter} {title}", options, name=f"opening_import.column_{letter.lower()}_combo", inside=False
        )
        combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        combo.blockSignals(True)
        combo.set_value(key)
        combo.blockSignals(False)
        combo.changed.connect(lambda chosen, at=place: self._on_chosen(at, chosen))
        self.combos[place] = combo
        holder = QWidget()
        column(ElidedText(f"{letter}　{title}", "label"), combo, spacing=2, parent=holder)
        return holder

    def _on_chosen(self, place: int, key: Any) -> None:
        """One column per meaning: who had it before gives it up."""
        for other, combo in self.combos.items():
            if key is not None and other != place and combo.value() == key:
                combo.blockSignals(True)
                combo.set_value(None)
                combo.blockSignals(False)
                combo.update()
        self.changed.emit()

    def columns(self) -> dict[str, int]:
        """Key → place as the boxes say."""
        return {str(combo.value()): place for place, combo in self.combos.items() if combo.value() is not None}


class TotalsCard(Surface):
    """可以导入, and the sums of all openings before and after."""

    def __init__(self) -> None:
        super().__init__("card")
        self.good = named(Text("", "section"), "opening_import.good_label", "可以导入")
        self.bad = named(Text("", "bad"), "opening_import.bad_label", "有错")
        self.same = Text("", "hint")
        counts = column(Text("可以导入", "label"), row(self.good, self.bad, self.same, STRETCH, spacing=12), spacing=2)
        self.quantity, quantity = self._sum("期初数量", "quantity")
        self.amount, amount = self._sum("期初金额", "amount")
        lines = [Rule(vertical=True), Rule(vertical=True)]
        whole = row(counts, lines[0], quantity, lines[1], amount, spacing=16, margins=(16, 8, 16, 8), parent=self)
        for place in (0, 2, 4):
            whole.setStretch(place, 1)

    def _sum(self, words: str, name: str) -> tuple[tuple[Text, Text, Text], Any]:
        labels = (Text("", "label"), Text("", "section"), Text("", "ok"))
        labels[1].setObjectName(f"opening_import.{name}_after")
        line = row(labels[0], IconLabel("chevron_right", "hint", 12), labels[1], labels[2], STRETCH, spacing=8)
        return labels, column(Text(words, "label"), line, spacing=2)

    def show_plan(self, plan: ImportPlan) -> None:
        self.good.setText(f"{len(plan.lines):,} 行")
        self.bad.setText(f"有错 {plan.bad_rows:,} 行" if plan.bad_rows else "")
        self.same.setText(f"{plan.unchanged:,} 行已在账套里" if plan.unchanged else "")
        figures: tuple[tuple[tuple[Text, Text, Text], Callable[[Totals], Decimal], Callable[[Decimal], str]], ...] = (
            (self.quantity, lambda one: one.quantity, _pieces),
            (self.amount, lambda one: one.amount, lambda value: f"{value:,.2f}"),
        )
        for labels, of, words in figures:
            before, after = of(plan.before), of(plan.after)
            more = after - before
            texts = (words(before), words(after), f"{'+' if more > 0 else ''}{words(more)}" if more else "")
            for label, text in zip(labels, texts, strict=True):
                label.setText(text)
            labels[2].set_role("bad" if more < 0 else "ok")


def _pieces(value: Decimal) -> str:
    whole, _, rest = plain(value).partition(".")
    return f"{int(whole or 0):,}" + (f".{rest}" if rest else "")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of the file as it reads. `words`: what becomes of it."""

    place: str
    cells: Mapping[str, str]
    words: str
    is_bad: bool


def problem_columns(many_sheets: bool) -> list[Column[RowProblem]]:
    return [
        Column("row", "行号", lambda p: f"{p.sheet} {p.row}" if many_sheets else str(p.row), width=130 if many_sheets else 64),
        Column("column", "列", lambda p: f"{p.letter}　{p.column}" if p.letter else p.column, width=136),
        Column("value", "表里写的", lambda p: p.value, width=128, bold=True, tone=lambda _p: "bad"),
        Column("reason", "原因", row_reason, width=200),
        Column("cure", "怎么改", row_cure, width=360, stretch=True, tone=lambda _p: "text2"),
    ]  # fmt: skip


def row_columns(keys: Sequence[str]) -> list[Column[FileRow]]:
    def cell(key: str) -> Column[FileRow]:
        is_number = key in (QUANTITY, COST)
        return Column(
            key, TITLES[key], lambda r: r.cells.get(key, ""), width=110 if is_number else 150,
            kind="number" if is_number else "text",
        )  # fmt: skip

    return [
        Column("row", "行号", lambda r: r.place, width=130),
        *(cell(key) for key in TITLES if key in keys),
        Column("words", "结果", lambda r: r.words, width=120, stretch=True, tone=lambda r: "bad" if r.is_bad else "ok"),
    ]


class FileRows:
    """All filled rows of the plan, made when they are painted."""

    def __init__(self, plan: ImportPlan, columns: Mapping[str, Mapping[str, int]]) -> None:
        self._columns = columns
        self._tables = {one.table.sheet: one.table for one in plan.sheets}
        self._bad = {(one.table.sheet, number) for one in plan.sheets for number in one.bad_rows}
        written = {(line[1], line[2]) for line in plan.lines}
        self._same = {
            (one.table.sheet, line[0]) for one in plan.sheets for line in one.lines if (line[1], line[2]) not in written
        }
        self.ids = sorted(
            {(one.table.sheet, line[0]) for one in plan.sheets for line in one.lines} | self._bad,
            key=lambda one: (list(self._tables).index(one[0]), one[1]),
        )

    def rows(self, ids: Sequence[tuple[str, int]]) -> dict[tuple[str, int], FileRow]:
        return {one: self._row(*one) for one in ids}

    def _row(self, sheet: str, number: int) -> FileRow:
        table = self._tables[sheet]
        cells = table.rows[number - table.head_row - 1]
        columns = self._columns.get(sheet, table.columns)
        texts = {key: shown(cells[place]) for key, place in columns.items() if place < len(cells)}
        is_bad = (sheet, number) in self._bad
        words = "有错，不导入" if is_bad else "已在账套里" if (sheet, number) in self._same else "导入"
        return FileRow(f"{sheet} {number}" if len(self._tables) > 1 else str(number), texts, words, is_bad)
