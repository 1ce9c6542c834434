"""Which codes the program can tell the clerk, and with which parameters: read from its syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "jdy_desktop"
#: who takes its code as `code=` and 1688's code and text first
_THEIRS = "PlatformError"
#: makes itself from other things than a code
_OWN_MAKING = {"NotSendable"}
_NOT_PARAMS = {"code", "field", "row", "outcome_unknown", "their_code", "their_text"}


@dataclass(frozen=True, slots=True)
class Raised:
    """One place that makes an error. `code` None: made from a variable. `*` in an f-string's code stands for anything."""

    code: str | None
    params: frozenset[str]
    place: str


def trees(root: Path = PACKAGE) -> Iterator[tuple[Path, ast.Module]]:
    """Every module but the practice market, which has errors of its own."""
    for path in sorted(root.rglob("*.py")):
        if "sandbox" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def error_classes(modules: Iterable[tuple[Path, ast.Module]]) -> dict[str, tuple[str, str]]:
    """Class name → (base, code) of JdyError and all that come from it; a class without a code has its base's."""
    classes = [node for _, tree in modules for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = {"JdyError": ("", "error")}
    while True:
        new = {one.name: base for one in classes if (base := _base_in(one, found)) and one.name not in found}
        if not new:
            return found
        by_name = {one.name: one for one in classes}
        found |= {name: (base, _own_code(by_name[name]) or found[base][1]) for name, base in new.items()}


def raised(modules: list[tuple[Path, ast.Module]]) -> list[Raised]:
    """Every call of an error class, and every class's own code (it may be raised without a call)."""
    classes = error_classes(modules)
    found = []
    for path, tree in modules:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in classes:
                found += _of_call(node, classes, f"{path.name}:{node.lineno}")
            elif isinstance(node, ast.Raise) and node.exc is not None and _name(node.exc) in classes:
                found.append(Raised(classes[_name(node.exc)][1], frozenset(), f"{path.name}:{node.lineno}"))
    return found


def string_arguments(modules: list[tuple[Path, ast.Module]], functions: dict[str, int]) -> set[str]:
    """Text constants that stand at the given position in calls of these functions."""
    found = set()
    for _, tree in modules:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and len(node.args) > functions.get(_name(node.func), 99):
                found |= set(_texts(node.args[functions[_name(node.func)]]))
    return found - {""}


def closed_lists(modules: list[tuple[Path, ast.Module]]) -> dict[str, str]:
    """StrEnum classes: name → dotted module."""
    return {
        node.name: ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for path, tree in modules
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(_name(base) == "StrEnum" for base in node.bases)
    }


def constants(modules: list[tuple[Path, ast.Module]]) -> set[str]:
    """Every text constant, f-strings with `*` for what is filled in."""
    return {text for _, tree in modules for node in ast.walk(tree) for text in _texts(node)}


def _of_call(node: ast.Call, classes: dict[str, tuple[str, str]], place: str) -> list[Raised]:
    name = _name(node.func)
    params = frozenset(one.arg for one in node.keywords if one.arg) - _NOT_PARAMS
    # A parameter of ours that is called `code` by mistake would become the error's code: it is read as one here too.
    code = next((one.value for one in node.keywords if one.arg == "code"), None)
    if code is None and node.args and name not in _OWN_MAKING and not _comes_from(name, _THEIRS, classes):
        code = node.args[0]
    if code is None:
        return [Raised(classes[name][1], params, place)]
    return [Raised(text, params, place) for text in _texts(code)] or [Raised(None, params, place)]


def _comes_from(name: str, base: str, classes: dict[str, tuple[str, str]]) -> bool:
    while name:
        if name == base:
            return True
        name = classes[name][0]
    return False


def _texts(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)]  # type: ignore[misc]
    return []


def _base_in(node: ast.ClassDef, known: dict[str, tuple[str, str]]) -> str:
    return next((_name(base) for base in node.bases if _name(base) in known), "")


def _own_code(node: ast.ClassDef) -> str:
    for one in node.body:
        if isinstance(one, ast.Assign) and _name(one.targets[0]) == "code" and isinstance(one.value, ast.Constant):
            return str(one.value.value)
    return ""


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
