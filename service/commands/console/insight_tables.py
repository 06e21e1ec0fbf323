"""Prints figures as JSON, as CSV, or as tables for people."""

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.commands.console.insight_answers import Answer
from service.graphql.figure_tables import lines, lists, single
from service.graphql.insights.glossary import COUNT

_NOTHING: Final = "-"
_WITHHELD: Final = (
    "available only to a facilitator or an evaluator of all cohorts in scope,"
    " or to an organisation for itself alone"
)


def as_json(answers: Iterable[Answer], *, explain: bool) -> None:
    """Print one object: for each figure's name, its parameters, the units of its numbers by field, and its answer."""
    found = {}
    for one in answers:
        found[one.name] = {
            "at": one.at,
            "asOf": one.as_of,
            "scope": one.scope,
            **({"arguments": one.arguments} if one.arguments else {}),
            "partial": one.partial,
            "units": one.units,
            **({"definition": one.definition} if explain else {}),
            "answer": one.answer,
        }
    typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())


def as_csv(answers: Iterable[Answer], *, explain: bool) -> None:
    """Print a line per value.

    It has the figure, the row of its list (0, 1, …; nested as 0/1), the field, the value, its unit, and the figure's
    parameters.
    """
    writer = csv.writer(sys.stdout, lineterminator="\n")
    more = ("definition",) if explain else ()
    writer.writerow(("figure", "row", "field", "value", "unit", "at", "as_of", "scope", *more))
    for one in answers:
        asked = (one.at, one.as_of, scope_of(one), *((one.definition,) if explain else ()))
        if one.answer is None:
            writer.writerow((one.name, "", "", "", "", *asked))
            continue
        for row, field, value, unit in lines(one.answer, one.units):
            writer.writerow((one.name, row, field, "" if value is None else value, unit, *asked))


def scope_of(answer: Answer) -> str:
    """Return the scope and the arguments of a figure, in words."""
    parts = [f"{name} {_joined(value)}" for name, value in answer.scope.items()]
    parts += [f"of {name} {_joined(value)}" for name, value in answer.arguments.items()]
    return "; ".join(parts) or "everything that the viewer may see"


def _joined(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def as_tables(answers: Iterable[Answer], *, explain: bool) -> None:
    """Print a table of each figure's single numbers, and one for each of its lists except `items`."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200
    for one in answers:
        console.print(Text(one.name, style="bold"))
        console.print(
            Text(f"  at {one.at}, as of position {one.as_of}; scope: {scope_of(one)}", style="dim")
        )
        if units := one.units:
            named = "; ".join(
                f"{field} in {unit}" for field, unit in units.items() if unit != COUNT
            )
            console.print(Text(f"  units: {named or COUNT}", style="dim"))
        if explain:
            console.print(Text(f"  {one.definition}"))
        if one.answer is None:
            console.print(Text(f"  {_WITHHELD}", style="dim"))
        else:
            for table in _tables(one.answer):
                console.print(table)
        console.print()


def _tables(figure: Mapping[str, Any]) -> Iterator[Table | Text]:
    if values := single(figure):
        yield _table([values])
    for field, rows in lists(figure).items():
        if rows:
            yield Text(f"  {field}", style="dim")
            yield _table(rows)
        else:
            yield Text(f"  {field}: none", style="dim")


def _table(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=True, header_style="dim")
    for field in rows[0]:
        table.add_column(field, overflow="fold")
    for row in rows:
        table.add_row(*(_shown(value) for value in row.values()))
    return table


def _shown(value: Any) -> Text:
    if value is None:
        return Text(_NOTHING)
    if isinstance(value, float):
        return Text(f"{value:.4f}".rstrip("0").rstrip("."))
    if isinstance(value, dict):
        return Text(
            " ".join(_shown(item).plain for item in value.values() if item not in (None, []))
        )
    if isinstance(value, list):
        return Text("; ".join(_shown(item).plain for item in value))
    return Text(str(value))
