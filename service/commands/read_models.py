"""`howcanwe rebuild`, `howcanwe digest` and `howcanwe read-models`: manage the read models."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from events.log import EventLog
from projections.folding.step import linked
from projections.in_memory.rows import fold
from projections.store import statements
from projections.store.progress import ReadModelState
from projections.updating import builds
from projections.updating.builds import Build
from projections.updating.digest import rows_digest
from projections.updating.runner import Runner
from service.commands.console.options import Data, DatabaseUrl, report, sentences, settings_from
from service.commands.console.progress import Bar
from service.database import database

REBUILD_BATCH_EVENTS: Final = 5_000

commands = typer.Typer(help="List and prune the read models of this build and of others.")


def rebuild(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Build the read models of this version beside those that are being served, and print their schema and position.

    Run it with a new release before you start that release, which then serves without a delay. Rerun the command to
    resume after an interruption.
    """
    settings = settings_from(data=data, database_url=database_url)
    with sentences(), database(settings, begin=False) as (url, _):
        schema, position = asyncio.run(_rebuilt(url))
    typer.echo(f"{schema} {position}")


async def _rebuilt(url: str) -> tuple[str, int]:
    async with (
        await EventLog.open(url) as log,
        Runner(log, batch_events_max=REBUILD_BATCH_EVENTS) as runner,
    ):
        await _caught_up(runner)
        return str(runner.schema), runner.position


async def _caught_up(runner: Runner) -> None:
    """Bring the read models to the log's head, with a progress bar in a terminal."""
    with Bar("rebuilding") as bar:
        # A resumed rebuild does not count earlier events in its rate.
        begun = runner.position

        def moved(state: ReadModelState) -> None:
            bar.show(state.position, events=state.position - begun, total=state.head)

        await runner.catch_up(moved)


def digest(
    beside: Annotated[
        bool,
        typer.Option(
            "--rebuild", help="Rebuild the read models beside the live ones, and remove them again."
        ),
    ] = False,
    memory: Annotated[
        bool, typer.Option("--memory", help="Fold the log in memory, without read models.")
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print a hash of all rows of the read models, once they have caught up with the log.

    The same log gives the same hash, whether the read models are live, rebuilt, or folded in memory.
    """
    settings = settings_from(data=data, database_url=database_url)
    if beside and memory:
        report("--rebuild and --memory exclude each other")
        raise typer.Exit(2)
    way = _digest_beside if beside else _digest_in_memory if memory else _digest_live
    with sentences(), database(settings, begin=False) as (url, _):
        typer.echo(asyncio.run(way(url)))


async def _digest_live(url: str) -> str:
    async with (
        await EventLog.open(url) as log,
        Runner(log, batch_events_max=REBUILD_BATCH_EVENTS) as runner,
    ):
        await _caught_up(runner)
        return (await runner.digest())[1]


async def _digest_beside(url: str) -> str:
    schema = builds.scratch_name()
    try:
        async with (
            await EventLog.open(url) as log,
            Runner(log, schema=schema, batch_events_max=REBUILD_BATCH_EVENTS) as runner,
        ):
            await _caught_up(runner)
            return (await runner.digest())[1]
    finally:
        async with _engine(url) as engine, engine.begin() as connection:
            await builds.remove(connection, schema)


async def _digest_in_memory(url: str) -> str:
    async with await EventLog.open(url) as log:
        steps = linked([recorded async for recorded in log.read()], log.catalogue)
    return rows_digest(fold(steps))


@asynccontextmanager
async def _engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = statements.engine(url, connections_max=1, application_name="howcanwe read-models")
    try:
        yield engine
    finally:
        await engine.dispose()


@commands.callback(invoke_without_command=True)
def listing(context: typer.Context, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the read models of every build: how far they are behind the log, their size, and whether they are in use."""
    if context.invoked_subcommand is not None:
        return
    settings = settings_from(data=data, database_url=database_url)
    with sentences(), database(settings, begin=False) as (url, _):
        head, found = asyncio.run(_builds(url))
    _show(head, found)


async def _builds(url: str) -> tuple[int, list[Build]]:
    async with await EventLog.open(url) as log:
        head = await log.head()
    async with _engine(url) as engine, engine.begin() as connection:
        return head, await builds.builds(connection)


def _show(head: int, found: list[Build]) -> None:
    rows = [("schema", "build", "position", "behind", "size", "used")]
    for build in found:
        position = build.position or 0
        rows.append(
            (
                build.schema,
                "this one" if build.is_own else "another",
                str(position),
                str(head - position),
                decimal(build.size_bytes),
                "yes" if build.in_use else "no",
            )
        )
    console = Console()
    if not console.is_terminal:
        for row in rows:
            typer.echo("\t".join(row))
        return
    table = Table(*rows[0], box=None)
    for row in rows[1:]:
        table.add_row(*row)
    console.print(table)


@commands.command()
def prune(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Remove the read models of other builds that no process uses, and print their schemas."""
    settings = settings_from(data=data, database_url=database_url)
    with sentences(), database(settings, begin=False) as (url, _):
        removed = asyncio.run(_pruned(url))
    for schema in removed:
        typer.echo(schema)
    report(f"{len(removed)} removed")


async def _pruned(url: str) -> list[str]:
    _, found = await _builds(url)
    removed = []
    async with _engine(url) as engine:
        for build in found:
            if build.is_own or build.in_use:
                continue
            async with engine.begin() as connection:
                if await builds.remove(connection, build.schema):
                    removed.append(build.schema)
    return removed
