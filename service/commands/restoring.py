"""`howcanwe restore`."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from events.log import EventLog
from events.restore import Restorer
from events.store.connections import connect
from events.store.reading import Selection
from events.verify import Broken, Verifier
from service.commands.options import Data, DatabaseUrl, fail, sentences, settings_from, tell
from service.database import database
from service.replay import manifest
from service.replay.checking import checked
from service.replay.files import file_source

_STEP: Final = 500


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
            with _Progress("restoring", events) as on_event:
                restorer = Restorer(connection, log.catalogue, on_event)
                head = await restorer.run(file_source(file).chunks(Selection()))
        finally:
            await connection.close()
        with _Progress("verifying", head.position) as on_event:
            result = await Verifier(log, on_event).run()
    if isinstance(result, Broken):
        fail(f"restored, but position {result.position} does not hold: {result.reason}")
    if restorer.persons:
        tell(
            f"the keys of {restorer.persons} persons are in no export: their names stay unreadable"
            " until a backup of the keys is put back, and forgotten persons stay forgotten"
        )
    tell("every event holds: chain, versions and rules")
    typer.echo(f"{result.events} {result.hash}")


class _Progress:
    """Shows on a terminal how far it is."""

    def __init__(self, what: str, total: int | None) -> None:
        console = Console(stderr=True)
        columns = (
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self._bar = Progress(
            *columns, console=console, disable=not console.is_terminal, transient=True
        )
        self._task = self._bar.add_task(what, total=total)

    def __enter__(self) -> "_Progress":
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def __call__(self, position: int) -> None:
        if position % _STEP == 0:
            self._bar.update(self._task, completed=position)
