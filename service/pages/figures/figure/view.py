"""What the page of one figure shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.graphql.figure_documents import units
from service.graphql.insights.glossary import GLOSSARY
from service.pages.figures import fields
from service.pages.figures.figure.records import Records, records
from service.pages.figures.scope import Scope, scope_of
from service.pages.figures.shown import Shown, shown
from service.pages.frame.page import Answer, Visit


@dataclass(frozen=True)
class Meaning:
    """What a column of the figure means: its title, its name for programs, the words of the graph, and its unit."""

    title: str
    field: str
    text: str
    unit: str | None


@dataclass(frozen=True)
class FigurePage:
    """A figure of a cohort; `records` is None if the visitor may not have it."""

    cohort: Mapping[str, Any]
    scope: Scope
    members: Mapping[str, str]
    partial: bool
    figure: Shown
    meanings: Sequence[Meaning]
    records: Records | None
    path: str


def view(answer: Answer, visit: Visit) -> FigurePage | None:
    """Return what the page shows, None if there is no such cohort for the visitor."""
    cohort, insights = answer["cohort"], answer["insights"]
    if cohort is None or insights is None:
        return None
    if "counted" in answer and answer["counted"] is None:
        return None  # There is no such place in a list.
    name, scope = visit.inside["figure"], scope_of(visit)
    figure = insights[name]
    return FigurePage(
        cohort,
        scope,
        {one["key"]: one["name"] for one in answer["organisations"]["nodes"]},
        insights["partial"],
        shown(
            name,
            insights,
            scope,
            visit.language,
            closed_at=cohort["closedAt"],
            now=visit.now,
        ),
        _meanings(name, visit),
        None if figure is None else records(answer, visit),
        visit.path,
    )


def _meanings(name: str, visit: Visit) -> Sequence[Meaning]:
    titles = fields.titles(visit.language)
    return [
        Meaning(titles[field], field, GLOSSARY[field].text, unit)
        for field, unit in units(name).items()
        if field in titles
    ]
