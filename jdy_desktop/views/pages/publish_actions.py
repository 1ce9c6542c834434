"""What the clerk does on 商品发布: bind a category, publish as a job with progress and 取消, look up what is unclear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from jdy_desktop.models.rules.publishing import Condition, PublishKey, Verdict
from jdy_desktop.services.channel.publish_values import BoundCategory, Outcome, OutcomeKind, PublishReport
from jdy_desktop.services.channel.publishing import Publishing
from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.machine.jobs import Progress
from jdy_desktop.services.queries.publications import PublicationRow
from jdy_desktop.views.dialogs.publish_dialogs import PublishDecideDialog, PublishReportDialog, names, summary
from jdy_desktop.views.jobs import JobHandle, JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.texts.publishing import condition_sentence, outcome_words
from jdy_desktop.views.widgets.dialog import ConfirmDialog

#: what the clerk can agree to after a refusal
_SHRINK = Condition.PICTURE_BYTES


class PublishActions(QObject):
    """`began(n)`, `moved(Progress)`, `ended()` for the band; `done()` when rows may have changed; `stands_against(Condition)`
    names what a single one lacks, so that the page can jump to it."""

    began = Signal(int)
    moved = Signal(object)
    ended = Signal()
    done = Signal()
    stands_against = Signal(object)

    def __init__(
        self, host: QWidget, *, publishing: Publishing, runner: JobRunner, shell: Shell, store: SettingsStore
    ) -> None:
        super().__init__(host)
        self._host, self._publishing, self._runner = host, publishing, runner
        self._shell, self._store = shell, store
        self._handle: JobHandle | None = None

    @property
    def is_busy(self) -> bool:
        return self._handle is not None

    # ---- category
    def bind(self, rows: Sequence[PublicationRow]) -> None:
        """选择类目 for these goods (M108)."""
        from jdy_desktop.views.dialogs.offer_category_dialog import OfferCategoryDialog

        keys = [one.key for one in rows]

        def show(recent: tuple[BoundCategory, ...]) -> None:
            dialog = OfferCategoryDialog(
                self._host, self._publishing.categories, recent, self._runner, names([one.code for one in rows])
            )
            dialog.chosen.connect(partial(self._bound, keys))
            dialog.open()

        self._desk(self._publishing.recent_categories, show)

    def _bound(self, keys: list[PublishKey], category: BoundCategory) -> None:
        def done(count: int) -> None:
            kept = len(keys) - count
            more = f"；{kept} 个已发布或正在发布，没有改动" if kept else ""
            self._shell.toast(f"{count} 个商品已绑定类目“{category.name}”{more}。")
            self.done.emit()

        self._desk(partial(self._publishing.bind_category, keys, category), done)

    # ---- publishing
    def publish(self, rows: Sequence[PublicationRow], consents: frozenset[Condition] = frozenset()) -> None:
        """发布; asks first about goods with SKUs (M110)."""
        if self.is_busy or not rows:
            return
        with_skus = [one for one in rows if one.has_variants]
        if with_skus and Condition.SKUS not in consents:
            dialog = self._skus_dialog(with_skus, len(rows))
            dialog.accepted.connect(lambda: self._run(list(rows), consents | {Condition.SKUS}))
            dialog.open()
        else:
            self._run(list(rows), consents)

    def _skus_dialog(self, rows: Sequence[PublicationRow], total: int) -> ConfirmDialog:
        whose = "这个商品" if total == 1 else f"选中的 {total} 个商品里，{names([one.code for one in rows])}"
        return ConfirmDialog(
            self._host,
            "SKU 商品不建议发布",
            f"{whose}有 SKU。商品发布调用的是简易商品接口，不带 SKU 属性，SKU 商品不建议使用这个功能。仍然发布吗？",
            goes="发布后颜色、尺码都没有，全部按一个价格卖，也不能和系统里的 SKU 匹配，开单时创建不了预订单。",
            stays="更好的办法：在 1688 后台发布，再回来“下载”。",
            yes="仍然发布",
            no="不发布",
            danger=False,
            name="publish_skus_dialog",
        )

    def _run(self, rows: list[PublicationRow], consents: frozenset[Condition]) -> None:
        keys = [one.key for one in rows]
        answer: list[Callable[[], None]] = []
        self.began.emit(len(keys))

        def end() -> None:
            self._handle = None
            self.ended.emit()
            self.done.emit()
            if answer:
                answer[0]()

        self._handle = self._runner.submit(
            lambda job: self._publishing.publish_many(job, keys, consents),
            owner=self,
            lane="net",
            on_done=lambda report: answer.append(partial(self._tell, rows, consents, report)),
            on_error=lambda error: answer.append(partial(self._shell.tell_error, error)),
            on_progress=self._on_progress,
            on_end=end,
        )

    @Slot()
    def cancel(self) -> None:
        """取消: what is published stays, the rest is left as it was."""
        if self._handle is not None:
            self._handle.cancel()

    def _on_progress(self, progress: Progress) -> None:
        self.moved.emit(progress)

    def _tell(self, rows: list[PublicationRow], consents: frozenset[Condition], report: PublishReport) -> None:
        keys = {one.key for one in report.outcomes if _lacks_only(one, _SHRINK)}
        heavy = [one for one in rows if one.key in keys]
        if heavy:
            dialog = self._shrink_dialog(heavy)
            dialog.accepted.connect(lambda: self._run(heavy, consents | {_SHRINK}))
            dialog.rejected.connect(lambda: self._tell_all(rows, report))
            dialog.open()
        else:
            self._tell_all(rows, report)

    def _tell_all(self, rows: list[PublicationRow], report: PublishReport) -> None:
        if len(report.outcomes) == 1 and not report.left:
            self._tell_one(report.outcomes[0])
        elif report.counts[OutcomeKind.PUBLISHED] == len(rows):
            self._shell.toast(f"{summary(report)}，默认为私密商品，支持在线交易。")
        else:
            codes = {one.id: one.code for one in rows}
            PublishReportDialog(self._host, report, codes, self._store).open()

    def _tell_one(self, outcome: Outcome) -> None:
        if outcome.kind is OutcomeKind.PUBLISHED:
            self._shell.toast(f"“{outcome.name}”已发布，宝贝编号 {outcome.offer_id}；默认为私密商品，支持在线交易。")
        elif outcome.kind is OutcomeKind.NOT_READY:
            self._shell.notice("warn", "没有发布", f"“{outcome.name}”：{condition_sentence(outcome.findings[0])}。")
            self.stands_against.emit(outcome.findings[0].condition)
        elif outcome.kind is OutcomeKind.UNCLEAR:
            self._shell.notice("warn", "待核对", f"不知道 1688 收到“{outcome.name}”没有，没有再发一次。点“核对”。")
        else:
            self._shell.notice("bad", "没有发布", f"“{outcome.name}”：{outcome_words(outcome)}。")

    def _shrink_dialog(self, rows: Sequence[PublicationRow]) -> ConfirmDialog:
        return ConfirmDialog(
            self._host,
            "图片超过 2M",
            f"{names([one.code for one in rows])} 有图片超过 2M，1688 不收，没有发布。缩小后再发布吗？",
            stays="只缩小上传的那一份，商品里的原图不变。",
            yes="缩小后发布",
            danger=False,
            name="publish_shrink_dialog",
        )

    def shrink_and_publish(self, rows: Sequence[PublicationRow]) -> None:
        """The link beside the condition: agreed already."""
        self.publish(rows, frozenset({_SHRINK}))

    # ---- 核对
    def look_up(self, row: PublicationRow) -> None:
        """核对: look for it in the shop; what cannot be seen there the clerk decides. A published one is read again."""

        def done(outcome: Outcome) -> None:
            self.done.emit()
            if outcome.kind is OutcomeKind.PUBLISHED:
                self._shell.toast(f"“{outcome.name}”在店铺里，宝贝编号 {outcome.offer_id}，没有再发一次。")
            elif outcome.kind is OutcomeKind.UNCLEAR:
                self._ask_clerk(row)
            else:
                self._shell.notice("warn", "店铺里没有了", f"“{outcome.name}”：{outcome_words(outcome)}。")

        self._net(lambda job: self._publishing.look_up(job, row.key), done)

    def _ask_clerk(self, row: PublicationRow) -> None:
        dialog = PublishDecideDialog(self._host, row.name)

        def linked(text: str) -> None:
            def done(outcome: Outcome) -> None:
                if isValid(dialog):
                    dialog.accept()
                self._tell_one(outcome)
                self.done.emit()

            def failed(error: BaseException) -> None:
                if isinstance(error, JdyError) and error.field == "offer_id" and isValid(dialog):
                    dialog.tell(sentence(error))
                else:
                    self._shell.tell_error(error)

            self._net(lambda job: self._publishing.link(job, row.key, text), done, failed)

        dialog.linked.connect(linked)
        dialog.send_again.connect(
            lambda: self._desk(partial(self._publishing.again, row.key), lambda _none: self.publish([row]))
        )
        dialog.open()

    # ---- jobs
    def _desk(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._runner.submit(lambda _job: work(), owner=self, on_done=done, on_error=self._shell.tell_error)

    def _net(
        self,
        work: Callable[[Any], Any],
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        self._runner.submit(work, owner=self, lane="net", on_done=done, on_error=failed or self._shell.tell_error)


def _lacks_only(outcome: Outcome, condition: Condition) -> bool:
    """Nothing but this consent stands against it."""
    return outcome.kind is OutcomeKind.NOT_READY and all(
        one.condition is condition and one.verdict is Verdict.ASK for one in outcome.findings
    )
