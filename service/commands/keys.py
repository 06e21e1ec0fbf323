"""`howcanwe keys`."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Final, TypeVar

import asyncpg
import orjson
import typer

from events.access.principal import Role
from events.log import EventLog
from events.store.connections import asyncpg_url, connect
from events.store.schema import prepare
from events.store.timestamps import teach
from events.vocabulary.times import as_datetime, moment
from service.access.grant import Grant
from service.access.keys import Keys
from service.commands.console.options import Data, DatabaseUrl, sentences, settings_from, tell
from service.database import database
from service.errors import GrantError
from service.store.schema import SERVICE

T = TypeVar("T")

GRANTED_BY: Final = "howcanwe keys"
"""Who is noted beside a grant that this command made."""

Id = Annotated[str, typer.Argument(help="The key's id, as `howcanwe keys list` tells it.")]

commands = typer.Typer(help="Keys: who may do what.", no_args_is_help=True)


@commands.callback()
def group() -> None:
    """Keys: who may do what."""


@commands.command()
def create(
    role: Annotated[Role, typer.Option(help="What the key is for.")],
    cohort: Annotated[
        list[str] | None,
        typer.Option(
            help="A cohort of the facilitator, who needs one; may be repeated ('*': all). Of an organisation: one of"
            " all that it may ever have joined; the key ends when it joins another."
        ),
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
    with sentences():
        grant = Grant(
            role, tuple(cohort or ()), organisation, tuple(source or ()), _expiry(expires)
        )
        typer.echo(_done(data, database_url, partial(_created, grant)))


async def _created(grant: Grant, keys: Keys, log: EventLog) -> str:
    if grant.organisation and not await log.memberships([grant.organisation]):
        tell(f"there is no organisation {grant.organisation} yet")
    return await keys.create(grant, granted_by=GRANTED_BY)


@commands.command("list")
def list_(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Print every key there ever was, oldest first, a JSON object a line: what it allows, its granter, its last use."""
    with sentences():
        for key in _done(data, database_url, lambda keys, log: keys.all()):
            typer.echo(orjson.dumps(key).decode())


@commands.command()
def rotate(key_id: Id, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Give a key a new secret and print it; it is shown only now. The old one is no longer good."""
    with sentences():
        key = _done(
            data, database_url, lambda keys, log: keys.rotate(key_id, granted_by=GRANTED_BY)
        )
        typer.echo(key)


@commands.command()
def revoke(key_id: Id, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Revoke a key: it lets nobody in any more, and what it had open ends."""
    with sentences():
        _done(data, database_url, lambda keys, log: keys.revoke(key_id, granted_by=GRANTED_BY))


def _expiry(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return as_datetime(moment(text))
    except ValueError:
        raise GrantError(
            "--expires takes a time as in RFC 3339 with its offset, such as 2027-01-31T12:00:00Z"
        ) from None


def _done(
    data: Data, database_url: DatabaseUrl, what: Callable[[Keys, EventLog], Awaitable[T]]
) -> T:
    """Do something with the keys of the database that the options name."""
    settings = settings_from(data=data, database_url=database_url)

    async def on(url: str) -> T:
        connection = await connect(url)
        try:
            await prepare(connection, url, SERVICE)
        finally:
            await connection.close()
        async with (
            await EventLog.open(url) as log,
            asyncpg.create_pool(asyncpg_url(url), init=teach, min_size=0, max_size=1) as pool,
        ):
            return await what(Keys(pool, log.memberships, cache_seconds=0), log)

    with database(settings) as (url, _):
        return asyncio.run(on(url))
