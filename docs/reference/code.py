"""The code, room by room: what each folder and each of its modules is for, by its docstring."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docs.reference.markdown import cell, page, table

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("events", "projections", "service", "howcanwe")

INTRODUCTION: Final = """Every folder of the code is a room: a few modules with one purpose. A room imports only rooms
below it; the contracts in `pyproject.toml` list the order, and every test run checks it. Tests stand in the same rooms,
below `tests/`. [Architecture](../explanation/architecture.md) follows one event through the rooms."""


def rooms(package: str) -> Iterator[Path]:
    """Yield a package's folders of modules, each before those inside it."""
    for folder in sorted({init.parent for init in (ROOT / package).rglob("__init__.py")}):
        yield folder.relative_to(ROOT)


def purpose(file: Path) -> str:
    """Return the first sentence of a module's docstring."""
    text = ast.get_docstring(ast.parse((ROOT / file).read_text())) or ""
    return " ".join(text.split("\n\n")[0].split())


def _section(package: str) -> Iterator[str]:
    for room in rooms(package):
        marks = "##" if room.name == package else "###"
        yield f"{marks} `{room}/`\n\n{purpose(room / '__init__.py')}"
        modules = sorted(file for file in (ROOT / room).glob("*.py") if file.stem != "__init__")
        if modules:
            rows = ((f"`{file.name}`", cell(purpose(file.relative_to(ROOT)))) for file in modules)
            yield table(("module", "what it is for"), rows)


def written() -> str:
    """Return the page of the code."""
    return page("Code", INTRODUCTION, *(part for name in PACKAGES for part in _section(name)))
