"""`howcanwe sql`: answers a query over the tables of a log."""

import csv
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import time
from enum import StrEnum
from math import isfinite
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from service.commands.console.options import (
    Data,
    DatabaseUrl,
    report_missing_manifest,
    sentences,
    settings_from,
)
from service.commands.tables.options import AsOf, Key, Viewer
from service.database import database
from service.replay.errors import ReplayError
from service.replay.sources.address import source_of
from service.replay.tables.cells import cell
from service.replay.tables.querying import Answer, TablesToAsk
from service.replay.tables.reading import tables_of


class Format(StrEnum):
    """The output formats."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def sql(
    query: Annotated[str, typer.Argument(help="One query in the SQL of DuckDB.")],
    source: Annotated[
        str | None,
        typer.Argument(
            help="A server's URL, a database's (postgresql://…), an exported file, or what `howcanwe tables` wrote."
            " [default: the settings' log]"
        ),
    ] = None,
    *,
    format: Annotated[Format, typer.Option(help="The output format.")] = Format.TABLE,
    key: Key = None,
    viewer: Viewer = None,
    as_of: AsOf = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Answer a query over the tables that `howcanwe tables` writes, such as `select * from failures`.

    `show tables` lists them, and `describe failures` lists the columns of one. A view beside each table, such as
    `failures_with_titles`, has the titles of what its keys name. The query reads only these.
    """
    settings = settings_from(data=data, database_url=database_url)
    with sentences(), ExitStack() as stack:
        written = TablesToAsk.written(source)
        if written is not None:
            if (key, viewer, as_of) != (None, None, None):
                raise ReplayError(f"{source} has tables already: leave out the viewer and --as-of")
            asked = stack.enter_context(closing(written))
        else:
            if source is None:
                source, _ = stack.enter_context(database(settings, begin=False))
            report_missing_manifest(source)
            opened = stack.enter_context(closing(source_of(source, key)))
            asked = stack.enter_context(closing(TablesToAsk.of(tables_of(opened, viewer, as_of))))
        answer = asked.answer(query)
        with _quiet_pipe():
            _print(answer, format)


@contextmanager
def _quiet_pipe() -> Iterator[None]:
    """End with exit code 0 if the reader closes the pipe."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(0) from None


def _print(answer: Answer, format: Format) -> None:
    match format:
        case Format.JSON:
            for row in answer.rows:
                print(
                    orjson.dumps(dict(zip(answer.columns, row, strict=True)), default=str).decode()
                )
        case Format.CSV:
            _print_csv(answer)
        case Format.TABLE:
            console = Console()
            if console.is_terminal:
                shown = Table(*answer.columns, box=None)
                for row in answer.rows:
                    shown.add_row(*map(_text, row))
                console.print(shown)
            else:
                _print_columns(answer)


def _print_csv(answer: Answer) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_text(value) for value in row] for row in answer.rows)


def _print_columns(answer: Answer) -> None:
    for row in (answer.columns, *answer.rows):
        print("\t".join(" ".join(_text(value).split()) for value in row))


def _text(value: Any) -> str:
    match value:
        case float() if not isfinite(value):
            # JSON has no such numbers.
            return str(value)
        case time():
            return value.isoformat()
    try:
        return cell(value)
    except TypeError:
        # Intervals, decimals and other types that only a query makes.
        return str(value)
