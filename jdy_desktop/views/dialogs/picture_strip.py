"""图片 of a product in its form: at most 5, at most 2 MB, 750 × 750 advised; large ones are offered to be shrunk (4.4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QWidget

from jdy_desktop.services.book.product_pictures import ADVISED_PX, MOST_PICTURES, PictureFacts, ProductPictures
from jdy_desktop.services.errors import JdyError
from jdy_desktop.views import theme
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import STRETCH, Text, column, named, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog, DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow

_SIDE, _GAP = 64, 8
RULE = f"最多 {MOST_PICTURES} 张，每张 2 MB 以内，建议 {ADVISED_PX}×{ADVISED_PX} 以上；第一张是主图。"


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a choice of files holds: pictures that can be taken, and sentences about the others."""

    fine: tuple[PictureFacts, ...]
    refused: tuple[str, ...]


class PictureStrip(QWidget):
    """`names()`: the pictures in their order, the first is the main one. `told` after it needs more or less room."""

    told = Signal()

    def __init__(
        self, form: DialogFrame, own: ProductPictures, store: PictureStore, runner: JobRunner, names: Sequence[str]
    ) -> None:
        super().__init__()
        named(self, "picture_strip", "图片")
        self._form, self._own, self._runner = form, own, runner
        self.tiles = _Tiles(store, list(names))
        self.add = KeyButton("添加图片…", icon="picture", size="small", name="picture_strip.add_button")
        self.forward = KeyButton("前移", kind="quiet", size="small", name="picture_strip.forward_button")
        self.remove = KeyButton("移除", kind="quiet", size="small", name="picture_strip.remove_button")
        self.note = NoteRow("warn", "")
        self.note.hide()
        words = column(row(self.add, self.forward, self.remove, STRETCH), Text(RULE, "hint"), spacing=6)
        column(row(self.tiles, 12, words, STRETCH, spacing=0), self.note, parent=self)
        self.add.clicked.connect(self._choose)
        self.forward.clicked.connect(self.tiles.move_forward)
        self.remove.clicked.connect(self.tiles.remove_current)
        self.tiles.changed.connect(self._on_changed)
        self.tiles.chosen.connect(self._show_state)
        self.tiles.dropped.connect(self.take)
        self._show_state()

    def names(self) -> tuple[str, ...]:
        return tuple(self.tiles.names)

    @Slot()
    def _on_changed(self) -> None:
        self.note.hide()
        self._show_state()
        self.told.emit()

    @Slot()
    def _show_state(self) -> None:
        count, current = len(self.tiles.names), self.tiles.current
        full = count >= MOST_PICTURES
        self.add.set_blocked(f"已经有 {MOST_PICTURES} 张；先移除一张" if full else None)
        self.forward.set_blocked(None if current > 0 else "先点一张后面的图片")
        self.remove.set_blocked(None if 0 <= current < count else "先点一张图片")

    # ---- adding
    @Slot()
    def _choose(self) -> None:
        dialog = QFileDialog(self, "添加图片", "", "图片 (*.jpg *.jpeg *.png *.gif *.bmp *.webp)")
        dialog.setObjectName("picture_strip.file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.take([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take(self, paths: Sequence[Path]) -> None:
        """Look at the files and add what can be added; a large one is asked for first."""
        room = MOST_PICTURES - len(self.tiles.names)
        wanted, over = list(paths[:room]), len(paths) - room

        def job(_ctx: object) -> _Looked:
            fine: list[PictureFacts] = []
            refused: list[str] = []
            for path in wanted:
                try:
                    fine.append(self._own.look(path))
                except JdyError as error:
                    refused.append(f"{path.name}：{sentence(error)}")
            if over > 0:
                refused.append(f"最多 {MOST_PICTURES} 张，后面 {over} 张没有添加。")
            return _Looked(tuple(fine), tuple(refused))

        self._runner.submit(job, owner=self, lane="net", on_done=self._ask, on_error=self._on_error)

    def _ask(self, looked: _Looked) -> None:
        large = [one for one in looked.fine if one.is_too_large]
        if not large:
            self._keep(looked, looked.fine)
            return
        names = "、".join(f"{one.path.name}（{one.size_bytes / 1024 / 1024:.1f} MB）" for one in large)
        dialog = ConfirmDialog(
            self._form,
            "图片超过 2 MB",
            f"{names} 超过 2 MB，1688 不收。",
            goes="缩小后添加：存一张小的（JPEG，最长边 1600），原来的文件不动。",
            yes="缩小后添加",
            no="不添加",
            danger=False,
            name="shrink_dialog",
        )
        fine = tuple(one for one in looked.fine if not one.is_too_large)
        dialog.accepted.connect(lambda: self._keep(looked, looked.fine))
        dialog.rejected.connect(lambda: self._keep(looked, fine))
        dialog.open()

    def _keep(self, looked: _Looked, chosen: Sequence[PictureFacts]) -> None:
        def job(_ctx: object) -> list[str]:
            return [self._own.keep(one.path, shrink=True) for one in chosen]

        def done(names: list[str]) -> None:
            known = self.tiles.names
            fresh = [one for one in dict.fromkeys(names) if one not in known]
            self.tiles.set_names([*known, *fresh])
            self._tell(looked, chosen, len(names) - len(fresh))

        self._runner.submit(job, owner=self, lane="net", on_done=done, on_error=self._on_error)

    def _tell(self, looked: _Looked, chosen: Sequence[PictureFacts], repeated: int) -> None:
        words = list(looked.refused)
        small = [f"{one.path.name}（{one.width}×{one.height}）" for one in chosen if one.is_small]
        if small:
            words.append(f"{'、'.join(small)} 小于 {ADVISED_PX}×{ADVISED_PX}，可以用，放大看会不清楚。")
        if repeated:
            words.append("同一张图片只留一张。")
        if words:
            self.note.set_note("warn", " ".join(words))
            self.note.show()
            self.told.emit()

    def _on_error(self, error: BaseException) -> None:
        if isinstance(error, JdyError):
            self.note.set_note("bad", sentence(error))
            self.note.show()
            self.told.emit()


class _Tiles(QWidget):
    """Five places for pictures: click or ← → chooses, Ctrl+← moves to the front, Del removes, files can be dropped here."""

    changed = Signal()
    chosen = Signal()
    dropped = Signal(object)

    def __init__(self, store: PictureStore, names: list[str]) -> None:
        super().__init__()
        named(self, "picture_strip.tiles", "图片")
        self._store, self.names, self.current = store, names, -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAcceptDrops(True)
        store.arrived.connect(self._on_picture)
        theme.notifier().changed.connect(self.updateGeometry)

    def set_names(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self.current = min(self.current, len(self.names) - 1)
        self.update()
        self.changed.emit()

    @Slot()
    def _on_picture(self) -> None:
        self.update()

    @Slot()
    def move_forward(self) -> None:
        """The chosen picture one place to the front."""
        at = self.current
        if 0 < at < len(self.names):
            self.names[at - 1], self.names[at] = self.names[at], self.names[at - 1]
            self.current = at - 1
            self.set_names(self.names)

    @Slot()
    def remove_current(self) -> None:
        """Off the product; the file stays in its folder, other goods may show it."""
        if 0 <= self.current < len(self.names):
            self.set_names([one for place, one in enumerate(self.names) if place != self.current])

    def choose(self, place: int) -> None:
        self.current = place if 0 <= place < len(self.names) else -1
        self.update()
        self.chosen.emit()

    def sizeHint(self) -> QSize:
        wide = theme.px(_SIDE) * MOST_PICTURES + theme.px(_GAP) * (MOST_PICTURES - 1)
        return QSize(wide, theme.px(_SIDE))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _box(self, place: int) -> QRectF:
        side = theme.px(_SIDE)
        return QRectF(place * (side + theme.px(_GAP)), 0, side, side).adjusted(1, 1, -1, -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.choose(next((place for place in range(MOST_PICTURES) if self._box(place).contains(at)), -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_Left and control:
            self.move_forward()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = -1 if key == Qt.Key.Key_Left else 1
            self.choose(max(0, min(len(self.names) - 1, self.current + step)))
        elif key == Qt.Key.Key_Delete:
            self.remove_current()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place in range(MOST_PICTURES):
            self._paint_tile(painter, place)

    def _paint_tile(self, painter: QPainter, place: int) -> None:
        box, path = self._box(place), QPainterPath()
        path.addRoundedRect(box, theme.radius("control"), theme.radius("control"))
        name = self.names[place] if place < len(self.names) else ""
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(box, theme.color("subtle" if not name else "hover"))
        pixmap = self._store.pixmap(name, _SIDE) if name else None
        if pixmap is not None and not pixmap.isNull():
            painter.drawPixmap(box.toRect(), pixmap)
        elif not name:
            mark = theme.px(20)
            at = box.center().toPoint()
            painter.drawPixmap(at.x() - mark // 2, at.y() - mark // 2, theme.pixmap("picture", "hint", 20))
        painter.restore()
        is_current = place == self.current and bool(name)
        pen = painter.pen()
        pen.setColor(theme.color("link" if is_current else "line_strong"))
        pen.setWidth(2 if is_current and self.hasFocus() else 1)
        painter.setPen(pen)
        painter.drawPath(path)
