"""`howcanwe webhooks`: manages the webhooks of all keys."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, NamedTuple, TypeVar

import orjson
import typer
from pydantic import ValidationError

from events.access.policy import Action, may_ever
from events.log import EventLog
from events.vocabulary.data_faults import faults_of
from service.access.keys import Keys
from service.commands.access.store import Store, done
from service.commands.console.options import Data, DatabaseUrl, fail, sentences, settings_from
from service.errors import NoSuchKey
from service.http.requests.webhook_bodies import ALLOW_PRIVATE, HEAD, ReplayBody, WebhookBody
from service.settings import Settings
from service.webhooks.messages import of_test
from service.webhooks.sender import Outcome, Sender
from service.webhooks.webhook import Form, Webhook
from service.webhooks.webhooks import Webhooks

T = TypeVar("T")

Id = Annotated[str, typer.Argument(help="The webhook's id, as `howcanwe webhooks list` shows it.")]

commands = typer.Typer(
    help="Create, list, try, replay, rotate and remove the webhooks of any key.",
    no_args_is_help=True,
)


class Opened(NamedTuple):
    """What the commands work with."""

    settings: Settings
    webhooks: Webhooks
    keys: Keys
    log: EventLog


@commands.callback()
def group() -> None:
    """Create, list, try, replay, rotate and remove the webhooks of any key."""


@commands.command()
def create(
    key_id: Annotated[
        str,
        typer.Argument(help="The id of the key whose events it delivers (see `howcanwe keys`)."),
    ],
    url: Annotated[str, typer.Argument(help="Where to deliver: https://…")],
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", help="Deliver only events of this type. Can be repeated."),
    ] = None,
    stream: Annotated[
        list[str] | None,
        typer.Option(help="Deliver only events of this stream (`kind/key`). Can be repeated."),
    ] = None,
    cohort: Annotated[
        list[str] | None,
        typer.Option(help="Deliver only events of this cohort. Can be repeated."),
    ] = None,
    format_: Annotated[
        Form,
        typer.Option(
            "--format", help="An event as a CloudEvent, or one sentence about it for Slack."
        ),
    ] = Form.CLOUDEVENTS,
    after: Annotated[
        int | None,
        typer.Option(help="Deliver the events after this position. [default: new ones only]"),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Create a webhook and print it as JSON, with its secret, which is shown only now."""
    given = {
        "url": url,
        "types": type_ or [],
        "streams": stream or [],
        "cohorts": cohort or [],
        "format": format_,
        "after": after,
    }
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        typer.echo(orjson.dumps(_done(settings, partial(_created, key_id, given))).decode())


async def _created(key_id: str, given: dict[str, Any], opened: Opened) -> dict[str, Any]:
    viewer = await opened.keys.present(key_id)
    if viewer is None:
        raise NoSuchKey(key_id)
    if not may_ever(viewer.role, Action.DELIVER):
        fail(f"a key with the role {viewer.role} cannot have webhooks")
    head = await opened.log.head()
    allow_private = opened.settings.webhooks_allow_private
    try:
        body = WebhookBody.model_validate(given, context={HEAD: head, ALLOW_PRIVATE: allow_private})
    except ValidationError as error:
        fail(_sentence(error))
    after = head if body.after is None else body.after
    webhook_id, secret = await opened.webhooks.create(key_id, body.wanted, after=after)
    created = await opened.webhooks.find(key_id, webhook_id)
    return {**created.as_json(), "secret": secret}


@commands.command("list")
def list_(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Print the webhooks of all keys, oldest first, as a JSON object per line: what they deliver, and how far."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        for webhook in _done(settings, lambda opened: opened.webhooks.all(None)):
            typer.echo(orjson.dumps(webhook.as_json()).decode())


@commands.command("test")
def test_(webhook_id: Id, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Send a message that only tries the webhook, and print the status of the answer; else the exit code is 1."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        outcome = _done(settings, partial(_tried, webhook_id))
        if outcome.status is None:
            fail(f"there was no answer: {outcome.trouble}")
        typer.echo(outcome.status)
        if not outcome.is_success:
            raise typer.Exit(1)


async def _tried(webhook_id: str, opened: Opened) -> Outcome:
    webhook = await opened.webhooks.find(None, webhook_id)
    return await Sender.of(opened.settings).once(webhook, of_test)


@commands.command()
def replay(
    webhook_id: Id,
    after: Annotated[
        int | None,
        typer.Option(
            help="Deliver the events after this position. [default: continue where it stopped]"
        ),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Deliver from a position on, again if need be; a parked webhook starts again."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        _done(settings, partial(_replayed, webhook_id, after))


async def _replayed(webhook_id: str, after: int | None, opened: Opened) -> Webhook:
    try:
        ReplayBody.model_validate({"after": after}, context={HEAD: await opened.log.head()})
    except ValidationError as error:
        fail(_sentence(error))
    return await opened.webhooks.replay(None, webhook_id, after)


@commands.command()
def rotate(webhook_id: Id, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Give a webhook a new secret and print it. It is shown only now; for a day, the old one signs, too."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        typer.echo(_done(settings, lambda opened: opened.webhooks.rotate(None, webhook_id)))


@commands.command()
def remove(webhook_id: Id, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Remove a webhook. Nothing more is delivered."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        _done(settings, lambda opened: opened.webhooks.remove(None, webhook_id))


def _sentence(error: ValidationError) -> str:
    """Return the faults of what was given, in one line."""
    faults = [
        f"{fault.pointer.removeprefix('/data/')}: {fault.detail}" for fault in faults_of(error)
    ]
    return " ".join(faults)


def _done(settings: Settings, what: Callable[[Opened], Awaitable[T]]) -> T:
    """Return the result of `what` with the webhooks of the database that the settings name."""

    async def with_webhooks(store: Store) -> T:
        webhooks = Webhooks(
            store.pool,
            await store.master_key(),
            webhooks_max=settings.webhooks_max,
            overlap=timedelta(hours=settings.webhooks_overlap_hours),
        )
        return await what(Opened(settings, webhooks, store.keys, store.log))

    return done(settings, with_webhooks)
