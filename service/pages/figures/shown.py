"""A figure as pages show it: in words and drawn, with its tables, its definition and the addresses of its forms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.graphql.figure_documents import definition
from service.pages.charts.table import Table
from service.pages.figures import tables
from service.pages.figures.described.describing import Described, Reader, described
from service.pages.figures.fitting import DESCRIBE, titles
from service.pages.figures.scope import Scope
from service.pages.frame.language import Language
from service.pages.parts.glossary import Explained, explained
from service.pages.parts.meanings import WORDS, meanings


@dataclass(frozen=True)
class Shown:
    """A figure with its title and its number of things; `described` is None if the visitor may not have it.

    `meaning` says in plain words what it counts, `definition` exactly. `words` are those that it explains. `href` leads
    to its own page, `csv` and `json` to its values.
    """

    name: str
    title: str
    meaning: str
    definition: str
    words: Sequence[Explained]
    n: int | None
    described: Described | None
    tables: Sequence[Table]
    href: str
    csv: str
    json: str


def shown(
    name: str,
    insights: Mapping[str, Any],
    scope: Scope,
    language: Language,
    known: Iterable[str] = (),
    *,
    closed_at: str | None,
    now: datetime,
) -> Shown:
    """Return the figure that the graph gave under this name. The words of the lists that are known stay unexplained.

    `closed_at` is the close of the cohort, None if it is not closed.
    """
    href, figure = scope.address(name), insights[name]
    reader = Reader(
        language,
        f"{href}#records",
        insights["partial"],
        None if closed_at is None else datetime.fromisoformat(closed_at),
        scope.at or now,
    )
    lists = [one for one in WORDS.get(name, ()) if one not in set(known)]
    return Shown(
        name,
        titles(language)[name],
        meanings(language)[name],
        definition(name),
        explained(lists, language),
        None if figure is None else figure.get("n"),
        None if figure is None else described(DESCRIBE[name], figure, reader),
        [] if figure is None else tables.tables(name, figure, language),
        href,
        scope.address(f"{name}.csv"),
        scope.address(f"{name}.json"),
    )
