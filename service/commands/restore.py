"""`howcanwe restore`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from events.integrity.restore import Restorer
from events.integrity.verify import Broken, Verifier
from events.log import EventLog
from events.store.connections import connect
from events.store.reading import Selection
from service.commands.console.options import Data, DatabaseUrl, fail, sentences, settings_from, tell
from service.commands.console.progress import Bar
from service.database import database
from service.replay.export.check import checked
from service.replay.manifests import manifest
from service.replay.sources.file import file_source


def restore(
    file: Annotated[
        Path, typer.Argument(help="A full export: NDJSON (.gz, .zst), Arrow, or a Parquet folder.")
    ],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Take a full export into an empty log: the same positions, recorded times and hashes, all or nothing.

    An export holds no keys of persons: names and e-mail addresses stay unreadable until a backup of the keys is put
    back, and those of forgotten persons for good.
    """
    settings = settings_from(data=data, database_url=database_url)
    with sentences():
        events = None
        if manifest.place(file).exists():
            events = checked(file).events
        else:
            tell(f"{file} has no manifest: whether events are missing at its end cannot be told")
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
        fail(f"restored, but position {result.position} does not hold: {result.reason}")
    if restorer.persons:
        tell(
            f"the keys of {restorer.persons} persons are in no export: their names stay unreadable"
            " until a backup of the keys is put back, and forgotten persons stay forgotten"
        )
    tell("every event holds: chain, versions and rules")
    typer.echo(f"{result.events} {result.hash}")
