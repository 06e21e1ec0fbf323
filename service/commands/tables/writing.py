"""`howcanwe tables`: writes the tables of a log as files."""

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from service.commands.console.options import (
    Data,
    DatabaseUrl,
    report,
    report_missing_manifest,
    sentences,
    settings_from,
)
from service.commands.tables.options import AsOf, Key, Viewer
from service.database import database
from service.replay.errors import ReplayError
from service.replay.sources.address import source_of
from service.replay.tables.files import TableFormat, write_tables
from service.replay.tables.reading import tables_of
from service.replay.tables.text_files import CsvFor


def tables(
    source: Annotated[
        str | None,
        typer.Argument(
            help="A server's URL, a database's (postgresql://…), or an exported file. [default: the settings' log]"
        ),
    ] = None,
    *,
    out: Annotated[
        Path, typer.Option(help="The folder, the .duckdb file or the workbook (.xlsx) to write.")
    ],
    form: Annotated[
        TableFormat | None,
        typer.Option(
            "--format", help="The form of the tables. [default: by the name of --out, else parquet]"
        ),
    ] = None,
    for_: Annotated[
        CsvFor,
        typer.Option(
            "--for",
            help="Whom CSV is for: for Excel, it has a byte order mark, and no cell is taken for a formula.",
        ),
    ] = CsvFor.PROGRAMS,
    key: Key = None,
    viewer: Viewer = None,
    as_of: AsOf = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write organisations, questions, iterations, failures, learnings and all other tables as they stand.

    Voids, corrections and reclassifications are applied. A folder gets a file for each table, and `tables.json`, a data
    dictionary (Frictionless Data Package). Earlier tables of the same name are replaced once the new ones are complete.
    """
    settings = settings_from(data=data, database_url=database_url)
    with sentences(), ExitStack() as stack:
        chosen = TableFormat.of(out, form)
        if for_ is CsvFor.EXCEL and chosen is not TableFormat.CSV:
            raise ReplayError("--for excel is for --format csv; a workbook needs it not")
        if source is None:
            source, _ = stack.enter_context(database(settings, begin=False))
        report_missing_manifest(source)
        opened = stack.enter_context(closing(source_of(source, key)))
        found = tables_of(opened, viewer, as_of)
        write_tables(found, out, chosen, for_)
        rows = sum(map(len, found.values()))
        report(f"{len(found)} tables with {rows} rows in {out}, as of position {found.position}")
