"""What a download left to look at: each offer named, nothing of it in rich text (M59, M60, F6, F7, F9)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from jdy_desktop.models.states import DownloadMode
from jdy_desktop.services.channel.downloads import DownloadReport
from jdy_desktop.services.errors import UserError
from jdy_desktop.views.texts import SENTENCES, sentence
from jdy_desktop.views.widgets.base import Text, named
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of trouble with the offers it touches."""

    title: str
    lines: tuple[str, ...]


def summary(report: DownloadReport, mode: DownloadMode) -> str:
    """One sentence with the counts (M62)."""
    if report.offers == 0:
        return "没有下载到宝贝"
    parts = [f"新下载 {report.added} 个"] if report.added else []
    if mode is DownloadMode.CREATE:
        parts += [f"新建商品 {report.created} 个"] if report.created else []
        parts += [f"匹配已有商品 {report.linked} 个"] if report.linked else []
    parts += [f"更新 {report.updated} 个"] if report.updated else []
    parts += [f"没有变化 {report.unchanged} 个"] if report.unchanged else []
    return f"下载了 {report.offers} 个宝贝：{'，'.join(parts)}"


def findings(report: DownloadReport) -> list[Finding]:
    """What to look at, worst first; empty when all went well."""
    found = [
        Finding(
            "没有下载成功，再下载一次；还不行请在 1688 后台查看这些宝贝", tuple(_failed(*one) for one in report.failed)
        ),
        Finding("1688 上没有这些 offerid（可能已删除，或不是这个店铺的）", report.unknown_ids),
        Finding(
            "1688 的列表里少了宝贝，数据没有丢，过一会儿再下载一次", (f"{report.missed} 个",) if report.missed else ()
        ),
        Finding(
            "货号已经有别的商品在用，新商品用了另一个商品代码，没有合并",
            tuple(f"{one.offer_id} {one.title}：货号 {one.wanted}，商品代码 {one.code}" for one in report.code_clashes),
        ),
        Finding(
            "同一个规格值用在两个规格名下，两边都已下载；怕混淆可以在 1688 后台改其中一个",
            tuple(
                f"“{one.value}”：{one.offer_id} 的“{one.attribute}”，"
                f"{one.other_offer_id or '系统商品'} 的“{one.other_attribute}”"
                for one in report.clashes
            ),
        ),
    ]
    return [one for one in found if one.lines]


def _failed(offer_id: str, reason: str) -> str:
    if reason in SENTENCES:
        return f"{offer_id}：{sentence(UserError(reason))}"
    return f"{offer_id}：1688 给的资料看不懂（{reason}）"


def report_text(report: DownloadReport) -> str:
    """All findings as plain text, for the dialog and for 复制."""
    blocks = [
        f"{one.title}（{len(one.lines)}）\n" + "\n".join(f"  {line}" for line in one.lines) for one in findings(report)
    ]
    return "\n\n".join(blocks)


class DownloadReportDialog(DialogFrame):
    """Counts above, the findings below as text that can be copied."""

    def __init__(self, window: QWidget, shop: str, report: DownloadReport, mode: DownloadMode) -> None:
        super().__init__(window, "下载结果", width=640, height=440, subtitle=shop, name="download_report")
        self.words = report_text(report)
        self.body.addWidget(Text(f"{summary(report, mode)}。下面这些要看一眼，其余都已存好。", "strong", wrap=True))
        self.list = named(QPlainTextEdit(), "download_report.text", "要看一眼的宝贝")
        self.list.setPlainText(self.words)
        self.list.setReadOnly(True)
        self.list.setTabChangesFocus(True)
        self.body.addWidget(self.list, 1)
        copy = KeyButton("复制", icon="copy", kind="quiet", name="download_report.copy_button")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.words))
        self.add_left(copy)
        self.add_button(
            KeyButton("知道了", "ok", kind="primary", name="download_report.ok_button"), self.accept, default=True
        )
