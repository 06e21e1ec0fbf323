"""`howcanwe tables`: writes the tables of a log as files."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from projections.folding.tables import READ_MODELS
from projections.models.cohorts import Cohorts
from projections.store import statements
from projections.tables.tables import TABLES
from projections.updating import builds, views
from projections.updating.views import READER, SCHEMA, NoRole
from service.commands.console.options import (
    Data,
    DatabaseUrl,
    Key,
    refuse,
    report,
    sentences,
    settings_from,
)
from service.commands.console.source import AsOf, SourceAddress, Viewer, source_at
from service.commands.console.standard_output import STANDARD_OUTPUT
from service.database import database
from service.replay.errors import ReplayError
from service.replay.tables.files import TableFormat, write_tables
from service.replay.tables.reading import tables_of
from service.replay.tables.text_files import CsvFor
from service.replay.tables.viewer import UNRESTRICTED, check_known, viewer_of


def tables(
    source: SourceAddress = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="The folder, the .duckdb file or the workbook (.xlsx) to write."),
    ] = None,
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
    postgres: Annotated[
        bool,
        typer.Option(
            "--postgres",
            help="Instead of files, make views in the settings' database: howcanwe.failures and the others."
            " They stay current, and follow new releases.",
        ),
    ] = False,
    key: Key = None,
    viewer: Viewer = None,
    as_of: AsOf = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write organisations, questions, iterations, failures, learnings and all other tables as they stand.

    Voids, corrections and reclassifications are applied. A folder gets a file for each table, and `tables.json`, a data
    dictionary (Frictionless Data Package). Earlier tables of the same name are replaced once the new ones are complete.

    With --postgres, the role howcanwe_reader may read the views and nothing else; make the roles of your tools members
    of it. The command needs a database whose read models are served; to create the role, its user needs CREATEROLE.
    """
    settings = settings_from(data=data, database_url=database_url)
    if (out is None) is not postgres:
        refuse("expected either --out or --postgres")
    if out is not None and str(out) == STANDARD_OUTPUT:
        refuse("tables are a folder or a file; howcanwe sql prints one of them")
    with sentences():
        if out is None:
            if source is not None or as_of is not None or form is not None or key is not None:
                raise ReplayError("--postgres makes views of the present in the settings' database")
            with database(settings, begin=False) as (url, _):
                schema = asyncio.run(_views(url, UNRESTRICTED if viewer is None else viewer))
            report(f"{len(TABLES)} views in the schema {SCHEMA} show {schema}; {READER} reads them")
            return
        chosen = TableFormat.of(out, form)
        if for_ is CsvFor.EXCEL and chosen is not TableFormat.CSV:
            raise ReplayError("--for excel is for --format csv; a workbook needs it not")
        with source_at(source, key, settings, viewer) as opened:
            found = tables_of(opened, viewer, as_of)
            write_tables(found, out, chosen, for_)
        rows = sum(map(len, found.values()))
        report(f"{len(found)} tables with {rows} rows in {out}, as of position {found.position}")


async def _views(url: str, viewer: str) -> str:
    """Make the views over the build that serves, and return its schema. Raises ReplayError."""
    engine = statements.engine(url, connections_max=1, application_name="howcanwe tables")
    try:
        async with engine.connect() as connection:
            found = await builds.builds(connection)
            served = next(
                (build.schema for build in found if build.is_own and build.position is not None),
                None,
            )
            if served is None:
                raise ReplayError(
                    "this release has no read models there yet; start the service or run howcanwe rebuild"
                )
            await connection.rollback()
            own = await connection.execution_options(schema_translate_map={READ_MODELS: served})
            who = viewer_of(viewer)
            if who.cohorts:
                cohorts = set((await own.execute(select(Cohorts.table.c.key))).scalars())
                check_known(who, {"cohort": cohorts}.__getitem__)
            try:
                await views.create(own, viewer)
            except NoRole:
                await own.commit()
                raise
            await own.commit()
            return served
    except (NoRole, ValueError) as error:
        raise ReplayError(str(error)) from None
    finally:
        await engine.dispose()
