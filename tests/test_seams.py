"""Tests use what everybody may use: no test names a private member of another module."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
TESTS: Final = ROOT / "tests"

DOCUMENTED: Final = frozenset({"_asdict", "_replace", "_insert_tracking"})
"""Names of others that are documented for use: of named tuples (the underscore keeps the fields' names free), and what
eventsourcing's read models call when they take an event in."""


def is_private(name: str) -> bool:
    """Say whether a name, or a part of a dotted one, is private."""
    return any(
        part.startswith("_") and not part.endswith("__") and part not in DOCUMENTED
        for part in name.split(".")
    )


def reaches(code: str) -> Iterator[tuple[int, str]]:
    """Yield the private members that a module names of others, each with its line; also within code that it quotes."""
    tree = ast.parse(code)
    own = set(_own_names(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                # A class of the tests may have private members, but not use those of a class that it extends.
                if is_private(name) and name not in own:
                    yield node.lineno, name
            case ast.Attribute(attr=name) if is_private(name):
                yield node.lineno, name
            case ast.ImportFrom(module=module, names=names):
                for alias in names:
                    if is_private(f"{module}.{alias.name}"):
                        yield node.lineno, f"{module}.{alias.name}"
            case ast.Import(names=names):
                for alias in names:
                    if is_private(alias.name):
                        yield node.lineno, alias.name
            case ast.Call(func=function, args=arguments) if _names_an_attribute(function):
                for argument in arguments[:2]:
                    text = argument.value if isinstance(argument, ast.Constant) else None
                    if isinstance(text, str) and is_private(text):
                        yield node.lineno, text
            case ast.Constant(value=str(text)) if "import " in text:
                yield from ((node.lineno, name) for name in _reaches_quoted(text))


def _own_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names that the module defines: functions, attributes of `self`, names in classes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def _names_an_attribute(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in ("getattr", "hasattr", "setattr", "delattr", "object", "patch")
    return False


def _reaches_quoted(text: str) -> Iterator[str]:
    try:
        ast.parse(text)
    except SyntaxError:
        return
    yield from (name for _, name in reaches(text))


def test_no_test_reaches_into_private_members() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sorted(TESTS.rglob("*.py"))
        if path != Path(__file__)  # It quotes reaches, below.
        for line, name in reaches(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "log._pool",
        "self.log._pool.close()",
        "class Ours(Theirs):\n    def run(self): return self._pool",
        "from events.log import _nothing",
        "import events._private",
        "monkeypatch.setattr(Keys, '_look_up', counted)",
        "monkeypatch.setattr('events.log._nothing', counted)",
        "getattr(keys, '_look_up')",
        "SCRIPT = 'from events import log\\nlog._nothing()'",
    ],
)
def test_a_reach_is_found(code: str) -> None:
    assert list(reaches(code))


@pytest.mark.parametrize(
    "code",
    [
        "class Ours:\n    def __init__(self): self._own = 1\n    def run(self): return self._own",
        "row._asdict()",
        "PooledConnection.__aenter__",
        "text.split('_')",
    ],
)
def test_what_is_no_reach_is_let_pass(code: str) -> None:
    assert not list(reaches(code))
