"""A figure as pages show it: in words and drawn, with its tables, its definition and the addresses of its forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.graphql.figure_documents import definition
from service.pages.charts.table import Table
from service.pages.figures import tables
from service.pages.figures.described.describing import Described, Reader
from service.pages.figures.fitting import DESCRIBE, titles
from service.pages.figures.scope import Scope
from service.pages.frame.language import Language


@dataclass(frozen=True)
class Shown:
    """A figure with its title, definition and number of things; `described` is None if the visitor may not have it.

    `href` leads to its own page, `csv` and `json` to its values.
    """

    name: str
    title: str
    definition: str
    n: int | None
    described: Described | None
    tables: Sequence[Table]
    href: str
    csv: str
    json: str


def shown(
    name: str, insights: Mapping[str, Any], scope: Scope, language: Language, records: str
) -> Shown:
    """Return the figure that the graph gave under this name. `records` is where what it counts is listed."""
    figure, reader = insights[name], Reader(language, records, insights["partial"])
    return Shown(
        name,
        titles(language)[name],
        definition(name),
        None if figure is None else figure.get("n"),
        None if figure is None else DESCRIBE[name](figure, reader),
        [] if figure is None else tables.tables(name, figure, language),
        scope.address(name),
        scope.address(f"{name}.csv"),
        scope.address(f"{name}.json"),
    )
