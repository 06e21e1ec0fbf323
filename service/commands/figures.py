"""Figures on standard output: as JSON, as CSV, or as tables for people."""

import csv
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

Figures = Mapping[str, Mapping[str, Any] | None]

_NOTHING: Final = "-"
_WITHHELD: Final = "only for the facilitator of all cohorts in scope, or an organisation that asks for itself alone"


def as_json(figures: Figures) -> None:
    """Print one object: figure name → figure."""
    typer.echo(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode())


def as_csv(figures: Figures) -> None:
    """Print a line per number: the figure, the row of its list (0, 1, …; nested as 0/1), the field, the value."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("figure", "row", "field", "value"))
    for name, figure in figures.items():
        if figure is None:
            writer.writerow((name, "", "", ""))
            continue
        for row, field, value in _cells(figure):
            writer.writerow((name, row, field, "" if value is None else value))


def _cells(
    value: Mapping[str, Any], row: str = "", under: str = ""
) -> Iterator[tuple[str, str, Any]]:
    for field, content in value.items():
        path = f"{under}{field}"
        if not isinstance(content, list):
            yield row, path, content
            continue
        for index, item in enumerate(content):
            place = f"{row}/{index}" if row else str(index)
            if isinstance(item, dict):
                yield from _cells(item, place, f"{path}.")
            else:
                yield place, path, item


def as_tables(figures: Figures) -> None:
    """Print a table of the single numbers of each figure, and one of each of its lists; `items` are left out."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200
    for name, figure in figures.items():
        console.print(Text(name, style="bold"))
        if figure is None:
            console.print(Text(f"  {_WITHHELD}", style="dim"))
        else:
            for table in _tables(figure):
                console.print(table)
        console.print()


def _tables(figure: Mapping[str, Any]) -> Iterator[Table | Text]:
    single = {
        field: value for field, value in figure.items() if field != "items" and not _is_rows(value)
    }
    if single:
        yield _table([single])
    for field, value in figure.items():
        if field != "items" and _is_rows(value):
            if value:
                yield Text(f"  {field}", style="dim")
                yield _table(value)
            else:
                yield Text(f"  {field}: none", style="dim")


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _table(rows: list[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=True, header_style="dim")
    for field in rows[0]:
        table.add_column(field, overflow="fold")
    for row in rows:
        table.add_row(*(_told(value) for value in row.values()))
    return table


def _told(value: Any) -> Text:
    if value is None:
        return Text(_NOTHING)
    if isinstance(value, float):
        return Text(f"{value:.4f}".rstrip("0").rstrip("."))
    if isinstance(value, dict):
        return Text(
            " ".join(_told(item).plain for item in value.values() if item not in (None, []))
        )
    if isinstance(value, list):
        return Text("; ".join(_told(item).plain for item in value))
    return Text(str(value))
