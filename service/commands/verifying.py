"""`howcanwe verify`."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from events.chain import GENESIS
from events.log import EventLog
from events.verify import Broken, Verifier, Whole
from service.commands.options import Data, DatabaseUrl, fail, sentences, settings_from, tell
from service.database import database
from service.replay.checking import checked

_STEP: Final = 500


def verify(
    file: Annotated[
        Path | None, typer.Argument(help="An export with its manifest, instead of the log.")
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Walk the log's chain, versions and rules, and name the first position that does not hold.

    Of a FILE that was exported, say whether it is whole.
    """
    if file is not None:
        with sentences():
            found = checked(file)
        tell("the export is whole")
        typer.echo(f"{found.events} {found.last.hash if found.last else GENESIS}")
        return
    settings = settings_from(data=data, database_url=database_url)
    with sentences(), database(settings) as (url, _):
        result = asyncio.run(_verified(url))
    match result:
        case Broken():
            fail(f"position {result.position} does not hold: {result.reason}")
        case Whole():
            tell("every event holds: chain, versions and rules")
            typer.echo(f"{result.events} {result.hash}")


async def _verified(url: str) -> Whole | Broken:
    console = Console(stderr=True)
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with await EventLog.open(url) as log:
        with Progress(
            *columns, console=console, disable=not console.is_terminal, transient=True
        ) as progress:
            task = progress.add_task("verifying", total=await log.head())

            def on_event(position: int) -> None:
                if position % _STEP == 0:
                    progress.update(task, completed=position)

            return await Verifier(log, on_event).run()
