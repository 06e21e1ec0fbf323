"""`howcanwe keys`: manages keys."""

from datetime import datetime
from functools import partial
from typing import Annotated, Final

import orjson
import typer

from events.access.principal import Role
from events.vocabulary.values.times import as_datetime, moment
from service.access.grant import Grant
from service.access.signing_in.links import Links, link
from service.commands.access.store import Store, done
from service.commands.console.options import Data, DatabaseUrl, report, sentences, settings_from
from service.database import is_begun, place
from service.errors import GrantError
from service.pages.sign_in.destination import destination

GRANTED_BY: Final = "howcanwe keys"
"""Recorded as `granted_by` for keys and links that this command creates."""

Id = Annotated[str, typer.Argument(help="The key's id, as `howcanwe keys list` shows it.")]

commands = typer.Typer(
    help="Create, list, rotate and revoke keys, and make links that sign in with them.",
    no_args_is_help=True,
)


@commands.callback()
def group() -> None:
    """Create, list, rotate and revoke keys, and make links that sign in with them."""


@commands.command()
def create(
    role: Annotated[Role, typer.Option(help="The role of the key.")],
    cohort: Annotated[
        list[str] | None,
        typer.Option(
            help="For a facilitator, who needs at least one: a cohort, or '*' for all. For an evaluator, who needs at"
            " least one: a cohort. For an organisation: a cohort that it may join; the key ends when it joins any"
            " other. Can be repeated."
        ),
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(help="The organisation that the key belongs to.")
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="Limit the key to sources with this prefix, and reserve the prefix for it. Can be repeated."
        ),
    ] = None,
    expires: Annotated[str | None, typer.Option(help="When the key expires (RFC 3339).")] = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="The name of the key's holder: of an organisation rather than a person. An evaluator's is shown to"
            " the members of its cohorts."
        ),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Create a key and print it. It is shown only now."""
    with sentences():
        grant = Grant(
            role, tuple(cohort or ()), organisation, tuple(source or ()), _expiry(expires), name
        )
        settings = settings_from(data=data, database_url=database_url)
        is_new = settings.database_url is None and not is_begun(settings.data)
        key = done(settings, partial(_created, grant))
        begun = ", which was begun just now and is empty" if is_new else ""
        report(f"the key is for the record in {place(settings)}{begun}")
        typer.echo(key)


async def _created(grant: Grant, store: Store) -> str:
    if grant.organisation and not await store.log.memberships([grant.organisation]):
        report(f"there is no organisation {grant.organisation} yet")
    return await store.keys.create(grant, granted_by=GRANTED_BY)


@commands.command("list")
def list_(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Print every key that was ever created, oldest first, as a JSON object per line with its grant and last use."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        for key in done(settings, lambda store: store.keys.all()):
            typer.echo(orjson.dumps(key).decode())


@commands.command()
def rotate(key_id: Id, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Give a key a new secret and print the key. It is shown only now; the old secret stops working."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        typer.echo(done(settings, lambda store: store.keys.rotate(key_id, granted_by=GRANTED_BY)))


@commands.command()
def revoke(key_id: Id, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Revoke a key: it stops working, and its sessions and open streams end."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        done(settings, lambda store: store.keys.revoke(key_id, granted_by=GRANTED_BY))


@commands.command("link")
def link_(
    key_id: Id,
    public_url: Annotated[
        str | None,
        typer.Option(help="The address of the service in the link. [env: HOWCANWE_PUBLIC_URL]"),
    ] = None,
    page: Annotated[
        str | None,
        typer.Option(help="The page to which the link leads, such as /cohorts/heritage-2024."),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print a link that signs a browser in with a key, once, within ten minutes. Give it only to the key's holder."""
    if page is not None and destination(page) != page:
        raise typer.BadParameter("is no path of the service, such as /cohorts", param_hint="--page")
    with sentences():
        settings = settings_from(public_url=public_url, data=data, database_url=database_url)
        code = done(settings, lambda store: Links(store.pool, store.keys).make(key_id, GRANTED_BY))
        typer.echo(link(settings.address, code, page))


def _expiry(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return as_datetime(moment(text))
    except ValueError:
        raise GrantError(
            "--expires must be an RFC 3339 time with its offset, such as 2027-01-31T12:00:00Z"
        ) from None
