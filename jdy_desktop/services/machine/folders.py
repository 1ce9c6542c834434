"""Where this PC keeps our files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class Folders(NamedTuple):
    """All under one data folder, so that it can be moved, backed up and thrown away as one."""

    data: Path

    @property
    def books(self) -> Path:
        return self.data / "books"

    @property
    def pictures(self) -> Path:
        return self.data / "pictures"

    @property
    def goods_pictures(self) -> Path:
        """Pictures of goods added on this PC: not a cache, nobody else has them."""
        return self.data / "goods-pictures"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def settings_file(self) -> Path:
        return self.data / "settings.json"

    @property
    def practice_market(self) -> Path:
        """What the practice market remembers."""
        return self.data / "practice-market.json"

    @property
    def lock_file(self) -> Path:
        return self.data / "running.lock"

    def make(self) -> None:
        for folder in (self.books, self.pictures, self.backups, self.logs):
            folder.mkdir(parents=True, exist_ok=True)


def data_folder(asked: str | None = None) -> Folders:
    """`--data`, else JDY_DATA_DIR, else the system's place for a user's program data."""
    chosen = asked or os.environ.get("JDY_DATA_DIR")
    if chosen:
        return Folders(Path(chosen).expanduser().resolve())
    from platformdirs import user_data_path

    return Folders(user_data_path("jdy-desktop", appauthor=False))


def resource(*parts: str) -> Path:
    """A file of the package's `resources/` folder: beside the package in a checkout, inside it when installed."""
    here = Path(__file__).resolve().parents[2]
    for root in (here.parent / "resources", here / "resources"):
        if root.is_dir():
            return root.joinpath(*parts)
    raise FileNotFoundError("resources")
