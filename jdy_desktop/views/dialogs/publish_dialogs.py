"""Questions and answers of 商品发布: which goods could not be published and why, and what the clerk found at 1688."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.channel.publish_values import Outcome, OutcomeKind, PublishReport
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts.publishing import outcome_words
from jdy_desktop.views.widgets.base import Text, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow
from jdy_desktop.views.widgets.fields import Field, FormRow

_WORDS = {
    OutcomeKind.PUBLISHED: "已发布",
    OutcomeKind.NOT_READY: "未发布",
    OutcomeKind.REFUSED: "发布失败",
    OutcomeKind.UNCLEAR: "待核对",
    OutcomeKind.POSTPONED: "未发布",
}


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    code: str
    outcome: Outcome


COLUMNS: list[Column[_Row]] = [
    Column("code", "商品代码", lambda r: r.code, width=120),
    Column("name", "商品名称", lambda r: r.outcome.name, width=180),
    Column("state", "结果", lambda r: _WORDS[r.outcome.kind], width=100, kind="state"),
    Column("why", "原因", lambda r: outcome_words(r.outcome), width=260, kind="wrap", stretch=True),
]


def summary(report: PublishReport) -> str:
    """已发布 3 个，2 个没有发布，1 个待核对。"""
    counts = report.counts
    not_done = sum(counts[one] for one in (OutcomeKind.NOT_READY, OutcomeKind.REFUSED, OutcomeKind.POSTPONED))
    parts = [f"已发布 {counts[OutcomeKind.PUBLISHED]} 个"]
    if not_done + report.left:
        parts.append(f"{not_done + report.left} 个没有发布")
    if counts[OutcomeKind.UNCLEAR]:
        parts.append(f"{counts[OutcomeKind.UNCLEAR]} 个待核对")
    return "，".join(parts)


class PublishReportDialog(DialogFrame):
    """What became of several goods; `codes` by row id."""

    def __init__(self, window: QWidget, report: PublishReport, codes: Mapping[int, str], store: SettingsStore) -> None:
        super().__init__(window, "发布结果", width=760, name="publish_report_dialog")
        rows = {place: _Row(place, codes.get(one.key.row_id, ""), one) for place, one in enumerate(report.outcomes)}
        model = PagedTableModel(COLUMNS, lambda ids: {one: rows[one] for one in ids})
        model.tall = lambda _row: 48
        table = DataTable(model, name="publish_report_dialog.table", store=store, label="发布结果")
        self.table = sized(table, height=min(320, 60 + 50 * len(rows)))
        model.set_ids(list(rows))
        self.words = Text(f"{summary(report)}。", "strong", wrap=True)
        self.body.addWidget(self.words)
        self.body.addWidget(self.table)
        if report.left:
            words = f"后面 {report.left} 个没有试：现在发不出去。好了以后再选上它们点“发布”。"
            self.body.addWidget(NoteRow("warn", words))
        self.add_button(
            KeyButton("知道了", "ok", kind="primary", name="publish_report_dialog.ok_button"), self.accept, default=True
        )


class PublishDecideDialog(DialogFrame):
    """`linked(text)`: the number or link of the offer; `send_again()`: it is not in the shop. The clerk has looked."""

    linked = Signal(str)
    send_again = Signal()

    def __init__(self, window: QWidget, name: str) -> None:
        super().__init__(window, "核对发布", width=620, subtitle=name, name="publish_decide_dialog")
        words = (
            "不知道 1688 收到没有，没有再发一次。1688 的宝贝列表不列出简易商品，所以程序看不到它；"
            "请到 1688 后台的商品管理里看一眼。"
        )
        self.body.addWidget(Text(words, "body", wrap=True))
        self.number = Field(
            placeholder="宝贝链接或编号", name="publish_decide_dialog.number_field", label="宝贝链接或编号"
        )
        self.form = FormRow("宝贝", self.number)
        self.body.addWidget(self.form)
        self.body.addWidget(NoteRow("warn", "店铺里已经有了还选“没有，再次发布”，店铺里就会有两个一样的宝贝。"))
        self.add_button(KeyButton("取消", "cancel", name="publish_decide_dialog.cancel_button"), self.reject)
        again = KeyButton("没有，再次发布", kind="danger", name="publish_decide_dialog.again_button")
        self.add_button(again, self._again)
        self.ok = KeyButton("就是它", "ok", kind="primary", name="publish_decide_dialog.link_button")
        self.add_button(self.ok, self._link, default=True)
        self.number.textChanged.connect(self._on_text)
        self._on_text()

    @Slot()
    def _on_text(self) -> None:
        self.form.set_error(None)
        self.ok.set_blocked(None if self.number.text().strip() else "先填宝贝的链接或编号")

    def tell(self, sentence: str) -> None:
        """What was typed is not it; the dialog stays."""
        self.form.set_error(sentence)
        self.refit()

    @Slot()
    def _link(self) -> None:
        self.linked.emit(self.number.text().strip())

    @Slot()
    def _again(self) -> None:
        self.send_again.emit()
        self.accept()


def names(rows: Sequence[str], most: int = 3) -> str:
    """毛巾、浴巾、地垫 等 7 个."""
    shown = "、".join(rows[:most])
    return f"{shown} 等 {len(rows)} 个" if len(rows) > most else shown
