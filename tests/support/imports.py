"""Reads the import lines of the package and names those that break the house rules (docs/architecture.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "jdy_desktop"

# Which wing of services/ may know which other. Everybody may know what stands under "".
WINGS: dict[str, set[str]] = {
    "channel": {"book", "excel", "queries", "ali1688", "machine", "paper"},
    "book": {"excel", "queries", "machine", "paper"},
    "excel": {"book", "queries", "machine", "paper"},
    "queries": {"book", "machine", "paper"},
    "ali1688": {"machine"},
    "machine": set(),
    "paper": set(),
}
# Where the tables stand. Views get values, never rows.
TABLE_MODULES = {"base", "tables", "account", "catalog", "channel", "parties", "documents", "stock", "migrations"}
SESSION_MODULES = {"machine.db", "machine.schema"}
NETWORK = ("requests", "urllib3", "urllib.request", "http.client", "socket", "ssl")
# Slow to import: first needed inside a function, never on the way to the first window.
HEAVY = (
    "PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets", "openpyxl", "python_calamine", "requests", "PIL", "qrcode",
    "zxingcpp", "numpy", "pyqtgraph", "cryptography", "keyring", "flask", "werkzeug", "alembic", "pypinyin", "argon2",
    "psycopg",
)  # fmt: skip
START = ("__main__", "app", "views.main_window")


@dataclass(frozen=True)
class Import:
    """One import line. `module` is the full name of what is imported, `late` says it stands inside a function."""

    module: str
    line: int
    late: bool


@dataclass(frozen=True)
class Module:
    """One file of the package. `name` is dotted and relative to the package; `imports` keep the order of the file."""

    name: str
    path: Path
    imports: tuple[Import, ...]
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    @property
    def wing(self) -> str:
        parts = self.name.split(".")
        return parts[1] if parts[0] == "services" and len(parts) > 1 else ""


def is_of(module: str, names: tuple[str, ...] | set[str]) -> bool:
    """Whether `module` is one of the names or lies inside one."""
    return any(module == n or module.startswith(n + ".") for n in names)


def _typing_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _walk(node: ast.AST, late: bool, package: str) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, late) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            start = child.module or ""
            if child.level:
                base = package.split(".")[: len(package.split(".")) - child.level + 1]
                start = ".".join([*base, *([child.module] if child.module else [])])
            yield from (Import(f"{start}.{alias.name}", child.lineno, late) for alias in child.names)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _typing_only(child)
            yield from _walk(child, late or inside, package)


def read_package(folder: Path) -> list[Module]:
    """Every file of the package at `folder`, ordered by name."""
    modules = []
    for path in sorted(folder.rglob("*.py")):
        parts = list(path.relative_to(folder).with_suffix("").parts)
        package = ".".join([PACKAGE, *parts[:-1]])
        if parts[-1] == "__init__":
            parts.pop()
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        modules.append(Module(".".join(parts), path, tuple(_walk(tree, False, package)), tree))
    return modules


def _why_not(module: Module, imported: str) -> str | None:
    """The rule an import breaks, or None."""
    ours = imported.removeprefix(PACKAGE + ".") if imported.startswith(PACKAGE + ".") else ""
    target = ours.split(".")
    if module.room not in ("views", "app") and is_of(imported, ("PySide6", "shiboken6")):
        return "only views/ and app.py may import Qt"
    if is_of(imported, ("requests",)) and module.name != "services.ali1688.transport":
        return "only ali1688/transport.py may import requests"
    if is_of(imported, NETWORK) and module.room in ("models", "services", "views") and module.wing != "ali1688":
        return "only ali1688/ may use the network"
    if module.room in ("models", "services", "views") and target[0] == "sandbox":
        return "the practice market stands apart"
    if module.room == "sandbox" and ours and target[0] != "sandbox":
        return "the practice market stands apart"
    if module.room == "models":
        if ours and target[0] != "models":
            return "models know nobody"
        if ours and module.name.startswith("models.migrations.versions"):
            return "a migration imports none of our code"
        if imported == "time" or imported.startswith("time."):
            return "models know no clock"
    if module.room == "services":
        if target[0] in ("views", "app"):
            return "services do not know views"
        other = target[1] if target[0] == "services" and len(target) > 1 else ""
        if module.wing in WINGS and other in WINGS and other not in WINGS[module.wing] | {module.wing}:
            return f"{module.wing}/ does not know {other}/"
    if module.room == "views":
        if is_of(imported, ("sqlalchemy", "pysqlite3", "sqlite3", "psycopg", "alembic")):
            return "views know no database"
        if target[0] == "models" and len(target) > 1 and target[1] in TABLE_MODULES:
            return "views know no tables"
        if target[0] == "services" and is_of(".".join(target[1:]), SESSION_MODULES):
            return "views know no sessions"
        if target[0] == "app":
            return "views do not know app.py"
        if target[:2] == ["views", "pages"] and module.name.startswith(
            ("views.entry", "views.tables", "views.widgets")
        ):
            return "what pages are made of knows no page"
    return None


def broken_rules(modules: list[Module]) -> list[str]:
    """`file:line: import — rule` for every import that goes the wrong way, late ones included."""
    return [
        f"{module.path}:{found.line}: {found.module} — {rule}"
        for module in modules
        for found in module.imports
        if (rule := _why_not(module, found.module))
    ]


def heavy_at_start(modules: list[Module]) -> list[str]:
    """`file:line: import` for every slow library that is imported on the way to the first window."""
    by_name = {module.name: module for module in modules}
    queue, seen, found = [name for name in START if name in by_name], set[str](), []
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        queue += [".".join(name.split(".")[:n]) for n in range(name.count(".") + 1)]  # the packages above it
        for line in by_name[name].imports if name in by_name else ():
            if line.late:
                continue
            if is_of(line.module, HEAVY):
                found.append(f"{by_name[name].path}:{line.line}: {line.module} — slow, and imported at start")
            if line.module.startswith(PACKAGE):
                inner = line.module.removeprefix(PACKAGE).lstrip(".")
                queue.append(inner if inner in by_name else inner.rpartition(".")[0])
    return sorted(found)


def clock_reads(modules: list[Module]) -> list[str]:
    """`file:line` where models or services ask the PC for the time instead of the clock they are handed."""
    return [
        f"{module.path}:{node.lineno}: {ast.unparse(node.func)}() — take the time from ctx.clock"
        for module in modules
        if module.room in ("models", "services") and module.name != "services.machine.context"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "today", "utcnow")
        and ast.unparse(node.func.value) in ("datetime", "date", "datetime.datetime", "datetime.date")
    ]
