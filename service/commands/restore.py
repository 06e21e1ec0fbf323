"""`howcanwe restore`: restores a log from an export."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from events.integrity.restore import Restorer
from events.integrity.verify import Broken, Verifier
from events.log import EventLog
from events.store.connections import connect
from events.store.reading import Selection
from service.commands.console.options import (
    Data,
    DatabaseUrl,
    fail,
    report,
    sentences,
    settings_from,
)
from service.commands.console.progress import Bar
from service.database import database
from service.replay.export.check import checked
from service.replay.manifests import manifest
from service.replay.sources.file import file_source


def restore(
    file: Annotated[
        Path,
        typer.Argument(
            help="An export of the whole log: NDJSON (.gz, .zst), Arrow, or a Parquet folder."
        ),
    ],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Restore an export into an empty log, in one transaction, with the same positions, recorded times and hashes.

    An export does not contain person keys: names and e-mail addresses stay unreadable until a backup of the keys is
    restored, and those of forgotten persons permanently.
    """
    settings = settings_from(data=data, database_url=database_url)
    with sentences():
        events = None
        if manifest.place(file).exists():
            events = checked(file).events
        else:
            report(
                f"{file} has no manifest, so it is unknown whether events are missing at its end"
            )
        with database(settings) as (url, _):
            asyncio.run(_restored(url, file, events))


async def _restored(url: str, file: Path, events: int | None) -> None:
    async with await EventLog.open(url) as log:
        connection = await connect(url)
        try:
            with Bar("restoring", events) as bar:
                restorer = Restorer(connection, log.catalogue, bar.reach)
                head = await restorer.run(file_source(file).chunks(Selection()))
        finally:
            await connection.close()
        with Bar("verifying", head.position) as bar:
            result = await Verifier(log, bar.reach).run()
    if isinstance(result, Broken):
        fail(f"the log is restored, but position {result.position} is invalid: {result.reason}")
    if restorer.persons:
        report(
            f"the export does not contain the keys of {restorer.persons} persons: their names stay unreadable"
            " until a backup of the keys is restored, and forgotten persons stay forgotten"
        )
    report("every event is valid: chain, versions and rules")
    typer.echo(f"{result.events} {result.hash}")
