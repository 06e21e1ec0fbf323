"""`howcanwe hooks`: checks mappings, and manages the hooks that form tools send to."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Table
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, NoReturn, TypeVar

import orjson
import typer

from events.access.principal import Principal, Role
from events.log import EventLog
from events.recording.envelope import Envelopes, Malformed
from events.recording.request import RequestOutcome
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.faults import Fault, Refused
from events.vocabulary.values.strict_json import JsonError
from service.access.keys import Keys
from service.commands.access.store import Store, done
from service.commands.console.options import (
    Data,
    DatabaseUrl,
    fail,
    report,
    sentences,
    settings_from,
)
from service.database import place
from service.errors import MappingRefused, NoSuchHook
from service.hooks.hook import Hook
from service.hooks.hooks import Hooks
from service.settings import Settings
from service.submissions.events import Made, events_of, submission_of
from service.submissions.expressions import Steps
from service.submissions.mapping import Mapping
from service.submissions.mapping_file import mapping_of
from service.submissions.recording import record
from service.submissions.submission import Submission, Unreadable, parsed

T = TypeVar("T")

GRANTED_BY: Final = "howcanwe hooks"
"""Recorded as `granted_by` for the keys of hooks."""

File = Annotated[
    Path, typer.Argument(help="The mapping, a TOML file.", exists=True, dir_okay=False)
]
Name = Annotated[str, typer.Argument(help="The hook's name.")]

commands = typer.Typer(
    help="Check, try, add, replace, list, rotate and remove hooks, to which form tools send what people fill in.",
    no_args_is_help=True,
)


class Opened(NamedTuple):
    """What the commands work with."""

    hooks: Hooks
    keys: Keys
    log: EventLog


@commands.callback()
def group() -> None:
    """Check, try, add, replace, list, rotate and remove hooks, to which form tools send what people fill in."""


@commands.command()
def check(
    file: File,
    sample: Annotated[
        Path | None,
        typer.Option(
            help="What the tool sends for one submission, a JSON file: print the events that it would become.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Check a mapping, and try it with a sample. Nothing is recorded, and no service or database is needed."""
    with sentences():
        mapping, _ = _mapping(file)
        if sample is None:
            report(f"the mapping is valid: {_sizes(mapping)}")
            return
        steps = Steps(settings_from().hooks_steps_max)
        try:
            submission = submission_of(mapping, _sample(sample), steps)
            found = events_of(mapping, submission, steps)
        except Unreadable as unreadable:
            _fail_with(_reported(fault) for fault in unreadable.faults)
        for note in _notes(mapping, submission):
            report(note)
        for id_ in found.left_out:
            report(f"not recorded, since its condition does not hold: {id_}")
        faults = []
        for event in found.events:
            typer.echo(orjson.dumps(event.content).decode())
            faults += [
                f"{event.content['id']}: {_reported(event.explained(fault.at(None)))}"
                for fault in _faults_of(event, mapping)
            ]
        if faults:
            _fail_with(faults)


@commands.command()
def add(file: File, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Add a hook, and print its path and its secret as JSON. The secret is shown only now."""
    with sentences():
        mapping, text = _mapping(file)
        settings = settings_from(data=data, database_url=database_url)
        secret = _done(settings, partial(_added, mapping, text))
        if data is None and database_url is None:
            report(f"the hook is for the record in {place(settings)}")
        shown = {"name": mapping.name, "path": f"/hooks/{mapping.name}", "secret": secret}
        typer.echo(orjson.dumps(shown).decode())


async def _added(mapping: Mapping, text: str, opened: Opened) -> str:
    if not await opened.log.memberships([mapping.organisation]):
        report(f"there is no organisation {mapping.organisation} yet")
    return await opened.hooks.add(
        mapping.name, text, mapping.tool, mapping.grant, granted_by=GRANTED_BY
    )


@commands.command()
def replace(file: File, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Replace the mapping of the hook with this name. Its secret, tool, organisation and source stay the same."""
    with sentences():
        mapping, text = _mapping(file)
        settings = settings_from(data=data, database_url=database_url)
        _done(
            settings,
            lambda opened: opened.hooks.replace(
                mapping.name, text, mapping.tool, mapping.grant, granted_by=GRANTED_BY
            ),
        )


@commands.command("try")
def try_(
    name: Name,
    sample: Annotated[
        Path,
        typer.Argument(
            help="What the tool sends for one submission, a JSON file.", exists=True, dir_okay=False
        ),
    ],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Judge a sample as the hook would, by the present record, and print what would become of each event.

    Nothing is recorded.
    """
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        content = _sample(sample)
        try:
            outcome = _done(settings, partial(_tried, name, content, settings.hooks_steps_max))
        except Unreadable as unreadable:
            _fail_with(_reported(fault) for fault in unreadable.faults)
        except Refused as refused:
            _fail_with(_reported(fault) for fault in refused.faults)
        for receipt in outcome.would:
            would = {
                "id": receipt.id,
                "would": "repeated" if receipt.repeated else "recorded",
                "warnings": [{"rule": one.rule, "detail": one.detail} for one in receipt.warnings],
            }
            typer.echo(orjson.dumps(would).decode())


async def _tried(name: str, content: Any, steps_max: int, opened: Opened) -> RequestOutcome:
    hook = await opened.hooks.find(name)
    sender = None if hook is None else await opened.keys.present(hook.key_id)
    if hook is None or sender is None:
        raise NoSuchHook(name)
    mapping, steps = mapping_of(hook.mapping), Steps(steps_max)
    made = events_of(mapping, submission_of(mapping, content, steps), steps)
    return await record(opened.log, mapping, made, sender, dry=True)


@commands.command("list")
def list_(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Print the hooks, a JSON object per line: name, tool, key, how much it recorded and when, and the mapping."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        hooks, recorded = _done(settings, _listed)
        for hook in hooks:
            typer.echo(orjson.dumps(_shown(hook, recorded.get(hook.name, 0))).decode())


async def _listed(opened: Opened) -> tuple[Sequence[Hook], Table[str, int]]:
    return await opened.hooks.all(), await opened.hooks.recorded()


@commands.command()
def rotate(name: Name, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Give a hook a new secret and print it. It is shown only now; the old one stops working."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        typer.echo(_done(settings, lambda opened: opened.hooks.rotate(name)))


@commands.command()
def remove(name: Name, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Remove a hook, and revoke its key. What it recorded stays."""
    with sentences():
        settings = settings_from(data=data, database_url=database_url)
        _done(settings, lambda opened: opened.hooks.remove(name, removed_by=GRANTED_BY))


def _mapping(file: Path) -> tuple[Mapping, str]:
    """Return the mapping in a file, and its text; report doubts about it. Every fault of it ends the command."""
    try:
        text = file.read_text()
    except UnicodeDecodeError:
        fail(f"{file} is not UTF-8 text")
    try:
        mapping = mapping_of(text)
    except MappingRefused as refused:
        _fail_with(f"{file.name}: {fault}" for fault in refused.faults)
    for doubt in mapping.doubts:
        report(f"{file.name}: {doubt}")
    return mapping, text


def _fail_with(faults: Iterable[str]) -> NoReturn:
    """Report each fault in a line of its own, and end with exit code 1."""
    for fault in faults:
        report(fault)
    raise typer.Exit(1)


def _sample(file: Path) -> Any:
    try:
        return parsed(file.read_bytes())
    except JsonError as error:
        fail(f"{file.name}: {error}")


def _sizes(mapping: Mapping) -> str:
    types = ", ".join(event.kind.name for event in mapping.events)
    return f"it records {types} for {mapping.organisation}, under {mapping.source}"


def _notes(mapping: Mapping, submission: Submission) -> Iterator[str]:
    missing = [one for one in mapping.questions if not submission.has(one)]
    for question in missing:
        yield f"the sample has no answer to {question!r}"
    if missing:
        yield f"the sample has answers to: {', '.join(map(repr, submission.answers))}"


def _faults_of(event: Made, mapping: Mapping) -> list[Fault]:
    """Return the faults of an event that show without the record."""
    if event.faults:
        return [*event.faults]
    sender = Principal("hook", Role.ORGANISATION, organisation=mapping.organisation)
    try:
        Envelopes(VOCABULARY).read(event.content, sender)
    except Malformed as malformed:
        return [*malformed.faults]
    return []


def _reported(fault: Fault) -> str:
    event = "" if fault.index is None else f"event {fault.index + 1}: "
    return event + f"{fault.rule} at {fault.pointer or '/'}: {fault.detail}"


def _shown(hook: Hook, recorded: int) -> dict[str, Any]:
    return {
        "name": hook.name,
        "path": f"/hooks/{hook.name}",
        "tool": hook.tool,
        "key": hook.key_id,
        "created": hook.created,
        "changed": hook.changed,
        "last_recorded": hook.last_recorded,
        "events": recorded,
        "mapping": hook.mapping,
    }


def _done(settings: Settings, what: Callable[[Opened], Awaitable[T]]) -> T:
    """Return the result of `what` with the hooks of the database that the settings name."""

    async def with_hooks(store: Store) -> T:
        hooks = Hooks(store.pool, store.keys, await store.master_key())
        return await what(Opened(hooks, store.keys, store.log))

    return done(settings, with_hooks)
