"""`howcanwe keys`."""

import asyncio
from datetime import datetime
from typing import Annotated

import asyncpg
import typer

from events.moments import as_datetime, moment
from events.senders import Role
from events.store.connections import asyncpg_url, connect
from events.store.schema import prepare
from service.commands.options import Data, DatabaseUrl, sentences, settings_from
from service.database import database
from service.errors import GrantError
from service.keys import Grant, Keys
from service.store.schema import SERVICE

commands = typer.Typer(help="Keys: who may do what.", no_args_is_help=True)


@commands.callback()
def group() -> None:
    """Keys: who may do what."""


@commands.command()
def create(
    role: Annotated[Role, typer.Option(help="What the key is for.")],
    cohort: Annotated[
        list[str] | None, typer.Option(help="Limit a facilitator to this cohort; may be repeated.")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(help="The organisation that the key speaks for.")
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="Bind the key to sources with this prefix, and the prefix to it; may be repeated."
        ),
    ] = None,
    expires: Annotated[str | None, typer.Option(help="When it ends, as in RFC 3339.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a key and print it; it is shown only now."""
    settings = settings_from(data=data, database_url=database_url)
    with sentences():
        grant = Grant(
            role, tuple(cohort or ()), organisation, tuple(source or ()), _expiry(expires)
        )
        with database(settings) as (url, _):
            typer.echo(asyncio.run(_create(url, grant)))


def _expiry(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return as_datetime(moment(text))
    except ValueError:
        raise GrantError(
            "--expires takes a time as in RFC 3339 with its offset, such as 2027-01-31T12:00:00Z"
        ) from None


async def _create(url: str, grant: Grant) -> str:
    connection = await connect(url)
    try:
        await prepare(connection, url, SERVICE)
    finally:
        await connection.close()
    async with asyncpg.create_pool(asyncpg_url(url), min_size=0, max_size=1) as pool:
        return await Keys(pool, cache_seconds=0).create(grant)
