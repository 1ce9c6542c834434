"""Pictures of goods for lists and panels: from the cache on disk at once, from 1688 in the background."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QBrush, QPainter, QPixmap

from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views import theme
from jdy_desktop.views.jobs import JobRunner


class PictureSource(Protocol):
    def cached(self, url: str, *, thumbnail: bool = True) -> Path | None: ...

    def fetch(self, job: JobContext, url: str, *, thumbnail: bool = True) -> Path: ...


class PictureStore(QObject):
    """`pixmap(url, 32)` answers at once: the picture, or None while it is on its way; `arrived(url)` says to paint again."""

    arrived = Signal(str)
    KEEP = 600

    def __init__(self, source: PictureSource, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._runner = runner
        self._pixmaps: dict[tuple[str, int, bool], QPixmap] = {}
        self._asked: set[str] = set()

    def pixmap(self, url: str, side: int, *, thumbnail: bool = True) -> QPixmap | None:
        """A square picture of `side` px at 100 %. A picture that cannot be had stays None: the delegate draws its frame."""
        if not url:
            return None
        key = (url, theme.px(side), thumbnail)
        found = self._pixmaps.get(key)
        if found is None:
            path = self._source.cached(url, thumbnail=thumbnail)
            if path is None:
                self._ask(url, thumbnail)
                return None
            found = self._load(path, key[1])
            if len(self._pixmaps) > self.KEEP:
                self._pixmaps.clear()
            self._pixmaps[key] = found
        return found

    def _load(self, path: Path, side: int) -> QPixmap:
        loaded = QPixmap(str(path))
        if loaded.isNull():
            return QPixmap(side, side)
        mode = Qt.TransformationMode.SmoothTransformation
        return _rounded(loaded.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding, mode), side)

    def _ask(self, url: str, thumbnail: bool) -> None:
        if url in self._asked:
            return
        self._asked.add(url)
        self._runner.submit(
            lambda job: self._source.fetch(job, url, thumbnail=thumbnail),
            owner=self,
            lane="net",
            on_done=lambda _path: self.arrived.emit(url),
            on_error=lambda _error: None,  # a missing picture is no news for the clerk; the frame stays empty
        )


def _rounded(filling: QPixmap, side: int) -> QPixmap:
    """The middle of a picture as a square of `side` px; its corners are round (look/08), the larger the picture the more."""
    shown = QPixmap(side, side)
    shown.fill(Qt.GlobalColor.transparent)
    painter = QPainter(shown)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(filling))
    painter.setBrushOrigin((side - filling.width()) // 2, (side - filling.height()) // 2)
    corner = min(side / 8, theme.radius("panel"))
    painter.drawRoundedRect(0, 0, side, side, corner, corner)
    painter.end()
    return shown
