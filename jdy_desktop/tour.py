"""The program plays its main job by itself: `python -m jdy_desktop --tour DIR`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from jdy_desktop.app import make_program
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.views import theme
from jdy_desktop.views.tour.first_start import create_practice_book
from jdy_desktop.views.tour.player import Player, TourFailed
from jdy_desktop.views.tour.story import Tour


def play_tour(folder: Path) -> int:
    """Play the main job in the real window against the practice market; pictures and report.json in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    app = theme.make_application(sys.argv[0])
    with tempfile.TemporaryDirectory(prefix="jdy-tour-", ignore_cleanup_errors=True) as data:
        folders = Folders(Path(data))
        folders.make()
        program = make_program(folders, Context(operator="王姐"))
        theme.set_mode("light")
        player = Player(folder, lambda: program.window or program.wizard)
        program.start()
        if program.wizard is not None:
            # The size the pictures are drawn in, whatever the screen is.
            program.wizard.resize(1366, 768)
        try:
            create_practice_book(player)
            player.wait(lambda: program.market_info is not None, "the practice market")
            assert program.market_info is not None
            code = Tour(player, program, *program.market_info.accounts[0]).play()
        except TourFailed as problem:
            code = player.finish(str(problem))
        finally:
            for window in (program.window, program.wizard):
                if window is not None:
                    window.hide()
            program.close()
    del app
    print(f"图片和 report.json 在 {folder}", flush=True)
    return code
