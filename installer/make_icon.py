"""Draws the application icon for Windows (build/icon.ico) and the desktop (build/icon.png) from its SVG."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw(source: Path, target: Path) -> None:
    """Writes `icon.ico` with all sizes and `icon.png` with the largest into `target`."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtCore import QBuffer, QIODevice, Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    app = QGuiApplication.instance() or QGuiApplication([])
    svg = QSvgRenderer(str(source))
    images = []
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        svg.render(painter)
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        picture.save(buffer, "PNG")  # type: ignore[call-overload]
        images.append(Image.open(BytesIO(bytes(buffer.data().data()))))
    target.mkdir(parents=True, exist_ok=True)
    images[-1].save(target / "icon.png")
    images[-1].save(target / "icon.ico", append_images=images[:-1], sizes=[(size, size) for size in SIZES])
    del app


if __name__ == "__main__":
    draw(ROOT / "resources" / "icons" / "app_icon.svg", ROOT / "build")
