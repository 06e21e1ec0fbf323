"""The reference page of the figures: their definitions, their fields, and their values for the sample cohort."""

from collections.abc import Iterator
from typing import Any, Final

import orjson
from graphql import GraphQLObjectType, get_named_type

from docs import sample
from docs.reference.markdown import block, cell, page, table
from events.access.principal import Role
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.values.times import moment
from projections.insights.answers import ARGUMENTS, ORDER, FigureArguments
from projections.insights.cache.cache import AnswerCache
from projections.insights.figures.definition import FIGURES
from projections.insights.follower import take
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.viewer import FigureViewer
from service.graphql.schema import Schema

ROWS_SHOWN_MAX: Final = 2
AT: Final = "2025-03-01T00:00:00Z"
ASKED: Final = FigureArguments(
    mode="tell_stories", organisation="mill-museum", question="library-shelf"
)
INTRODUCTION: Final = f"""A figure is computed from the events that you are allowed to see, up to a
position and a point in time. The definition under each name is complete, including rounding. The
examples are computed when these pages are built, from the sample cohort, for a facilitator of
everything, at {AT}. Lists with more than {ROWS_SHOWN_MAX} items are shortened, marked by "…".

`howcanwe insights --explain` prints the same definitions; GraphQL has the figures below `insights`.
How they are computed is described in [Figures](../explanation/figures.md)."""


def _index() -> AnswerCache:
    """Return the figures' index over the sample cohort, recorded in its order."""
    ledger = AnswerCache()
    for line in sample.lines():
        take(ledger, line, VOCABULARY)
    return ledger


def _cut(value: Any) -> Any:
    """Return a value with its lists shortened to the rows that are shown."""
    if isinstance(value, dict):
        return {name: _cut(one) for name, one in value.items()}
    if isinstance(value, list) and not all(isinstance(one, float) for one in value):
        shown = [_cut(one) for one in value[:ROWS_SHOWN_MAX]]
        return [*shown, "…"] if len(value) > ROWS_SHOWN_MAX else shown
    return value


def _fields(figure: str, insights: GraphQLObjectType) -> str:
    """Return the table of a figure's fields, with those of its rows."""
    rows: list[tuple[str, str]] = []

    def collect(kind: object, before: str) -> None:
        if not isinstance(kind, GraphQLObjectType) or len(before.split(".")) > 3:
            return
        for name, field in kind.fields.items():
            if name.endswith(("Subject", "Subjects")) or field.args:
                continue
            rows.append((f"`{before}{name}`", cell(field.description or "")))
            collect(get_named_type(field.type), f"{before}{name}.")

    collect(get_named_type(insights.fields[figure].type), "")
    return table(("field", "description"), rows) if rows else ""


def _figures() -> Iterator[str]:
    index = _index()
    view = index.view(FigureViewer(Role.FACILITATOR), Scope(), at_us=moment(AT))
    answers = index.answer(view, None, ASKED)
    insights = Schema().graph.type_map["Insights"]
    assert isinstance(insights, GraphQLObjectType)
    for name in ORDER:
        arguments = ASKED.arguments(name) or {}
        asked = ", ".join(f"`{argument}: {value}`" for argument, value in arguments.items())
        yield f"## {name}"
        yield FIGURES[name].text
        if FIGURES[name].whole:
            yield "The figure is null if a partial view would distort it."
        if name in ARGUMENTS:
            yield f"Arguments: {', '.join(f'`{argument}`' for argument in ARGUMENTS[name])}."
        yield _fields(name, insights)
        yield f"Example, with {asked}:" if asked else "Example:"
        shown = orjson.dumps(_cut(answers[name]), option=orjson.OPT_INDENT_2).decode()
        yield block("json", shown)


def written() -> str:
    """Return the page of the figures."""
    return page("Figures", INTRODUCTION, *_figures())
