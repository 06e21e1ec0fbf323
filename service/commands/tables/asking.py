"""`howcanwe sql`: answers a query over the tables of a log."""

import csv
import sys
from contextlib import ExitStack, closing
from datetime import time
from decimal import Decimal
from math import isfinite
from typing import Annotated, Any, Final

import orjson
import typer
from rich.console import Console
from rich.table import Table

from service.commands.console.options import (
    AnswerFormat,
    Data,
    DatabaseUrl,
    Format,
    Key,
    refuse,
    sentences,
    settings_from,
)
from service.commands.console.source import AsOf, TablesAddress, Viewer, source_at
from service.commands.console.standard_output import quiet_pipe
from service.replay.tables.cells import cell
from service.replay.tables.querying import Answer, TablesToAsk
from service.replay.tables.reading import tables_of

_ORJSON_BITS: Final = 64
"""An integer of so many bits is too long for orjson, as sums of integers may be."""


def sql(
    query: Annotated[str, typer.Argument(help="One query in the SQL of DuckDB.")],
    source: TablesAddress = None,
    *,
    format: Format = AnswerFormat.TABLE,
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
            asked = stack.enter_context(closing(written))
            if (key, viewer, as_of) != (None, None, None):
                refuse(f"{source} has tables already: leave out --key, --viewer and --as-of")
        else:
            opened = stack.enter_context(source_at(source, key, settings, viewer))
            asked = stack.enter_context(closing(TablesToAsk.of(tables_of(opened, viewer, as_of))))
        answer = asked.answer(query)
        with quiet_pipe():
            _print(answer, format)


def _print(answer: Answer, format: AnswerFormat) -> None:
    match format:
        case AnswerFormat.JSON:
            for row in answer.rows:
                print(_json(dict(zip(answer.columns, row, strict=True))))
        case AnswerFormat.CSV:
            _print_csv(answer)
        case AnswerFormat.TABLE:
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
        case Decimal():
            return f"{value:f}"
        case list() | tuple() | dict():
            return _json(value)
    try:
        return cell(value)
    except TypeError:
        # Intervals and other types that only a query makes.
        return str(value)


def _json(value: Any) -> str:
    return orjson.dumps(_exact(value), default=str).decode()


def _exact(value: Any) -> Any:
    """Return a value for orjson: numbers with all their digits, and the keys of maps as texts."""
    match value:
        case dict():
            return {_text(key): _exact(one) for key, one in value.items()}
        case list() | tuple():
            return [_exact(one) for one in value]
        case Decimal():
            return orjson.Fragment(f"{value:f}")
        case int() if value.bit_length() >= _ORJSON_BITS:
            return orjson.Fragment(str(value))
    return value
