"""The reference: pages that are written from the code whenever the documentation is built.

`benchmarks.md` is the exception: it is committed, since it is measured and does not follow from the code. So that
links to the others lead somewhere in a checkout, each has a file there that says how to see it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from docs.reference import (
    code,
    commands,
    envelope,
    errors,
    figures,
    graphql,
    http,
    permissions,
    python,
    rules,
    settings,
    vocabulary,
)

PAGES: Final[dict[str, Callable[[], str]]] = {
    "vocabulary": vocabulary.written,
    "envelope": envelope.written,
    "rules": rules.written,
    "figures": figures.written,
    "permissions": permissions.written,
    "http": http.written,
    "graphql": graphql.written,
    "errors": errors.written,
    "commands": commands.written,
    "settings": settings.written,
    "python": python.written,
    "code": code.written,
}
"""What writes each page, by the page's name."""


def write(folder: Path) -> None:
    """Write the pages into a folder, which need not exist. A page that has not changed keeps its time."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, written in PAGES.items():
        text, path = written(), folder / f"{name}.md"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


_TITLES: Final = {"http": "HTTP", "graphql": "GraphQL"}
_MEANWHILE: Final = {
    "vocabulary": "A running service lists the types at `/event-types`, and describes the fields of "
    "each, with examples, at `/event-types/failure.recorded` and the like.",
    "http": "A running service shows every call at `/docs`.",
    "graphql": "A running service shows its schema at `/graphql`.",
    "commands": "`howcanwe --help` lists the commands, and `howcanwe replay --help` the options of one.",
}


def stand_in(name: str) -> str:
    """Return what a checkout has in the place of a page: how to make it, and where else its content is."""
    meanwhile = f"\n{_MEANWHILE[name]}\n" if name in _MEANWHILE else ""
    return (
        f"# {_TITLES.get(name, name.capitalize())}\n\n"
        "This page is written from the code whenever the documentation is built. `scripts/docs serve` shows it with "
        f"all others;\n`scripts/docs` leaves its text in `build/docs/reference/{name}.md`.\n{meanwhile}"
    )
