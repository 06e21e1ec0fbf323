"""A figure as a file: its values as CSV, and as JSON with definition, scope and units."""

import csv
import io
from collections.abc import Mapping
from typing import Any, Final

import orjson

from service.graphql.figure_documents import definition, units
from service.graphql.figure_tables import COLUMNS, lines
from service.graphql.insights.glossary import GLOSSARY
from service.pages.figures.scope import Scope, scope_of
from service.pages.frame.page import Answer, File, Visit
from service.replay.formats.cell import harmless

_SUBJECT: Final = ("Subject", "Subjects")


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query, with the moment that the file states. Raises as `scope_of` does."""
    scope = scope_of(visit)
    return {**scope.variables, "at": (scope.at or visit.now).isoformat()}


def as_json(answer: Answer, visit: Visit) -> File | None:
    """Return the figure with its definition, scope and units; None if there is no such cohort for the visitor.

    `answer` is the graph's, and `rows` has each value of it; both are empty if the visitor may not have the figure.
    """
    if (found := _figure(answer, visit)) is None:
        return None
    name, scope, figure = found
    content = {
        "figure": name,
        "cohort": visit.key,
        "definition": definition(name),
        "scope": dict(scope.filter),
        "at": (scope.at or visit.now).isoformat(),
        "position": visit.position,
        "partial": answer["insights"]["partial"],
        "withheld": figure is None,
        "units": units(name),
        "fields": {field: GLOSSARY[field].text for field in units(name)},
        "answer": figure,
        "rows": [
            dict(zip(COLUMNS, line, strict=True)) for line in lines(figure or {}, units(name))
        ],
    }
    return File(
        orjson.dumps(content, option=orjson.OPT_INDENT_2),
        "application/json",
        {"Link": f'<{scope.address(name)}>; rel="alternate"; type="text/html"'},
    )


def as_csv(answer: Answer, visit: Visit) -> File | None:
    """Return a line for each value of the figure; None if there is no such cohort for the visitor.

    There are no lines if the visitor may not have the figure. The JSON describes it.
    """
    if (found := _figure(answer, visit)) is None:
        return None
    name, scope, figure = found
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines(figure or {}, units(name)):
        writer.writerow([harmless(value) for value in line])
    described = f'<{scope.address(f"{name}.json")}>; rel="describedby"; type="application/json"'
    return File(
        text.getvalue().encode(),
        "text/csv; charset=utf-8; header=present",
        {
            "Link": described,
            "Content-Disposition": f'attachment; filename="{_plain(visit.key)}-{name}.csv"',
        },
    )


def _plain(key: str) -> str:
    return "".join(one if one.isascii() and (one.isalnum() or one in "-_.") else "_" for one in key)


def _figure(answer: Answer, visit: Visit) -> tuple[str, Scope, Mapping[str, Any] | None] | None:
    if answer["cohort"] is None or answer["insights"] is None:
        return None
    name = visit.inside["figure"]
    figure = answer["insights"][name]
    return name, scope_of(visit), None if figure is None else _without_subjects(figure)


def _without_subjects(part: Any) -> Any:
    """Return a figure without the subjects beside its keys."""
    if isinstance(part, dict):
        return {
            key: _without_subjects(value)
            for key, value in part.items()
            if not key.endswith(_SUBJECT)
        }
    return [_without_subjects(one) for one in part] if isinstance(part, list) else part
