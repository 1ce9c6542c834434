"""Command line. Everything heavy is imported only by the command that needs it."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from jdy_desktop import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of the program: 0 done, 1 the tour, a check or an import found a fault, 2 refused."""
    options = _parser().parse_args(argv)
    command = options.command
    if command:
        from jdy_desktop import commands

        return commands.run(command, options)
    tour = Path(options.tour) if options.tour else None
    if tour is None and not _has_display():
        print("没有可用的显示器，改为自动演示一遍主要流程，图片和报告写到 build/tour。", flush=True)
        tour = Path("build/tour")
    if tour is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from jdy_desktop.tour import play_tour

        return play_tour(tour)
    # While modules are loaded there is nothing to collect; the window, once it stands, turns it on again.
    gc.disable()
    from jdy_desktop.app import run

    return run(data=options.data, practice=options.practice)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jdy-desktop", description="批发档口的进销存和 1688 预订单")
    parser.add_argument("--version", action="version", version=f"jdy-desktop {__version__}")
    parser.add_argument("--data", metavar="DIR", help="数据文件夹")
    parser.add_argument("--practice", action="store_true", help="连同练习市场一起打开")
    parser.add_argument("--tour", metavar="DIR", help="在真窗口里自动演示主要流程，写出图片和 report.json")
    commands = parser.add_subparsers(dest="command", metavar="命令")
    commands.add_parser("check", help="检查账套：文件、库存、金额、操作日志")
    backup = commands.add_parser("backup", help="备份账套到文件")
    backup.add_argument("file", type=Path)
    commands.add_parser("reset-owner", help="店主忘了密码：设一个新的，记入操作日志")
    restore = commands.add_parser("restore", help="从备份恢复账套；原账套另存")
    restore.add_argument("file", type=Path)
    stock = commands.add_parser("import-stock", help="从 Excel 工作簿导入商品期初")
    stock.add_argument("file", type=Path)
    stock.add_argument("--json", action="store_true", help="结果写成 JSON")
    stock.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    stock.add_argument("--replace", action="store_true", help="已有期初的行也用文件里的数替换")
    return parser


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    if any(os.environ.get(name) for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return True
    display = os.environ.get("DISPLAY", "")
    return bool(display) and _answers(display)


def _answers(display: str) -> bool:
    """Whether an X server listens there. One named but gone (su, cron, a closed session) would make Qt abort."""
    if not display.startswith(":"):
        return True
    import socket

    path = "/tmp/.X11-unix/X" + display[1:].partition(".")[0]  # where X puts it, not ours
    for address in (path, "\0" + path):
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            try:
                line.connect(address)
            except OSError:
                continue
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
