"""报表 leaves the screen: the day report on paper, every list as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QWidget

from jdy_desktop.models.rules.periods import Period
from jdy_desktop.models.rules.rounding import ZERO, NumberProblem, parse_decimal
from jdy_desktop.services.errors import JdyError, PrinterMissing
from jdy_desktop.services.machine.context import SHANGHAI, Context
from jdy_desktop.services.paper.day_form import DayFigures, PrintableDay, printable_day
from jdy_desktop.services.queries.report_values import DayReport
from jdy_desktop.views.dialogs.cash_dialog import drawer_lines
from jdy_desktop.views.dialogs.print_ask import with_choice
from jdy_desktop.views.figures import grouped, plain
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.pages.report_list import ListPanel
from jdy_desktop.views.pages.report_parts import percent, way_name
from jdy_desktop.views.paper_choice import PaperChoice, PaperUse
from jdy_desktop.views.shell import Shell

_MONEY = "#,##0.00"
Write = Callable[[Path], None]


# ---------------------------------------------------------------- paper
def day_on_paper(report: DayReport, company: str, ctx: Context) -> PrintableDay:
    """The form of a day, as it is printed now."""
    sales = [("店铺", report.shop or "不经店铺")] if report.shop_id is not None else []
    sales += [("单数", f"{report.count} 单"), ("件数", plain(report.pieces))]
    if report.returns:
        sales.append(("退货", f"{report.returns} 单"))
    if report.profit is not None:
        sales += [("毛利", grouped(report.profit)), ("毛利率", percent(report.margin))]
    figures = DayFigures(
        day=report.day,
        sales=tuple(sales),
        ways=tuple((way_name(line), line.amount) for line in report.ways),
        total=report.sales,
        drawer=tuple(drawer_lines(report)),
        expected=report.expected_cash,
        counted=None if report.counted is None else report.counted.counted,
    )
    return printable_day(company, figures, ctx.clock.now().astimezone(SHANGHAI), ctx.operator)


def put_day_on_paper(
    host: QWidget, report: DayReport, company: str, ctx: Context, shell: Shell, store: SettingsStore
) -> None:
    """Print with what 设置 chose; without a printer the form may become a PDF."""
    day = day_on_paper(report, company, ctx)
    with_choice(host, store, PaperUse.DAY, lambda choice: _print_day(host, day, choice, shell))


def _print_day(host: QWidget, day: PrintableDay, choice: PaperChoice, shell: Shell) -> None:
    from jdy_desktop.views import printing

    try:
        printing.print_day(day, printing.Paper(choice.paper), choice.printer)
    except PrinterMissing:
        path, _ = QFileDialog.getSaveFileName(host, "没有找到打印机，保存为 PDF", f"日报 {day.day}.pdf", "PDF (*.pdf)")
        if path:
            save_day_pdf(day, Path(path), shell, choice)
    except JdyError as error:
        shell.tell_error(error)
    else:
        shell.toast(f"已打印 {day.day} 的日报。")


def save_day_pdf(day: PrintableDay, path: Path, shell: Shell, choice: PaperChoice) -> None:
    from jdy_desktop.views import printing

    try:
        printing.print_day(day, printing.Paper(choice.paper), path)
    except JdyError as error:
        shell.tell_error(error)
    else:
        shell.toast(f"日报已保存到 {path}")


# ---------------------------------------------------------------- workbooks
def list_sheet(panel: ListPanel, period: Period) -> Write:
    """What writes the rows in the table, with the columns that are shown. Values are taken now, written on a worker."""
    header = panel.table.horizontalHeader()
    order = sorted(range(len(panel.model.columns)), key=header.visualIndex)
    columns = [panel.model.columns[place] for place in order if not panel.table.isColumnHidden(place)]
    numbers = ("number", "money")
    rows = [[_value(one.text(row), one.kind in numbers) for one in columns] for row in panel.shown()]
    heads = [(one.title, max(one.width // 8, 10), _MONEY if one.kind == "money" else "") for one in columns]
    words = (
        f"{period.first.isoformat()} 至 {period.last.isoformat()}"
        if panel.spec.has_period
        else f"截至 {period.last.isoformat()}"
    )
    return lambda path: _write(path, panel.spec.title, heads, rows, words)


def day_sheet(report: DayReport | None) -> Write:
    """The day report as word, count, amount."""
    assert report is not None
    rows: list[list[Any]] = [] if report.shop_id is None else [[f"店铺 {report.shop or '不经店铺'}", None, None]]
    rows.append(["销售额", report.count, report.sales])
    if report.profit is not None:
        rows.append(["毛利", None, report.profit])
    rows += [[way_name(line), line.count, line.amount] for line in report.ways]
    rows += [[words, None, amount] for words, amount in drawer_lines(report)]
    rows.append(["应有现金", None, report.expected_cash])
    if report.counted is not None:
        rows.append(["实点现金", None, report.counted.counted])
    rows.append(["预计到账", report.due_count, report.due_amount])
    heads = [("项目", 20, ""), ("单数", 10, ""), ("金额", 16, _MONEY)]
    return lambda path: _write(path, "日报", heads, rows, report.day.isoformat())


def _value(text: str, is_number: bool) -> str | Decimal | None:
    """Figures as numbers, so that the workbook can go on counting with them."""
    if not is_number:
        return text
    found = parse_decimal(text.rstrip("%").lstrip("-") or "0", places=6)
    if isinstance(found, NumberProblem) or not text:
        return text or None
    return (-found if text.startswith("-") else found).normalize() + ZERO


def _write(path: Path, title: str, heads: list[tuple[str, int, str]], rows: list[list[Any]], words: str) -> None:
    from jdy_desktop.services.excel.writing import SheetColumn, write_table

    write_table(path, title, [SheetColumn(*head) for head in heads], rows, above=[f"{title} {words}"])
