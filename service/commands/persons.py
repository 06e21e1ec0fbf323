"""`howcanwe person`: personal data and its keys."""

import asyncio
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer

from events.log import EventLog
from projections.store import statements
from projections.updating import builds
from service.commands.console.options import (
    Data,
    DatabaseUrl,
    fail,
    report,
    sentences,
    settings_from,
)
from service.database import database
from service.errors import AlreadyServed, MasterKeyError
from service.privacy import persons
from service.secrets.installation import checked_master_key
from service.secrets.master_key import KEY_BYTES, master_key, master_key_path, read_master_key
from service.secrets.secret_file import made_secret
from service.server import folder_taken

commands = typer.Typer(
    help="Export what is held about a person; back up, restore and rewrap person keys.",
    no_args_is_help=True,
)

_NEXT: Final = ".next"


@commands.callback()
def group() -> None:
    """Export what is held about a person; back up, restore and rewrap person keys."""


@commands.command()
def export(
    key: Annotated[str, typer.Argument(help="The person's key.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print what is held about a person, as JSON: name and e-mail address, and every event about or by them.

    If their person key is missing, as after a restore, name and address cannot be read; the command then says so.
    """
    settings = settings_from(data=data, database_url=database_url)

    async def held(url: str) -> dict[str, Any]:
        async with persons.prepared(url) as connection:
            own = await checked_master_key(connection, settings)
        async with await EventLog.open(url, master_key=own) as log:
            return await persons.held_about(log, key)

    with sentences(), database(settings, begin=False) as (url, _):
        found = asyncio.run(held(url))
    typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    if not found["readable"] and not found["forgotten"]:
        report(
            "the person's key is missing, so name and address cannot be read; restore a backup of the keys"
            " with howcanwe person restore"
        )


@commands.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to create, with mode 0600.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write the person keys to a file, still wrapped by the master key.

    Store it separately from the log's backups, and delete it soon: restoring a key undoes a forgetting.
    """
    settings = settings_from(data=data, database_url=database_url)

    async def kept(url: str) -> list[bytes]:
        async with persons.prepared(url) as connection:
            return await persons.backup(connection, await checked_master_key(connection, settings))

    with sentences(), database(settings, begin=False) as (url, _):
        lines = asyncio.run(kept(url))
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise ValueError(f"{file} cannot be written: {error.strerror}") from None
        with os.fdopen(descriptor, "wb") as out:
            out.writelines(lines)
            out.flush()
            os.fsync(descriptor)
        report(f"{len(lines)} person keys written")


@commands.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that howcanwe person backup wrote.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Restore person keys from a file. Persons whom the log has forgotten stay forgotten.

    Keys wrapped with another master key are reported and left out; the exit code is then 1.
    """
    settings = settings_from(data=data, database_url=database_url)

    async def put_back(url: str, lines: list[bytes]) -> persons.Restored:
        async with persons.prepared(url) as connection:
            own = await checked_master_key(connection, settings)
            if own is None:
                raise MasterKeyError(
                    "there is no master key; name the file of the one that wrapped these keys"
                    " with HOWCANWE_MASTER_KEY_FILE"
                )
            return await persons.restore(connection, lines, own)

    with sentences():
        try:
            lines = file.read_bytes().splitlines()
        except OSError as error:
            raise ValueError(f"{file} cannot be read: {error.strerror}") from None
        with database(settings) as (url, _):
            done = asyncio.run(put_back(url, lines))
    report(f"{done.back} person keys restored")
    if done.left_out:
        report(
            f"{done.left_out} were left out: their persons have a key, are forgotten, or are not in the log"
        )
    if done.foreign:
        fail(
            f"keys that are wrapped with another master key were left out, of these persons: {', '.join(done.foreign)}"
        )


@commands.command()
def rewrap(
    new_key_file: Annotated[
        Path | None,
        typer.Option(help="A file with the new master key. [default: a new key in the usual file]"),
    ] = None,
    old_key_file: Annotated[
        list[Path] | None,
        typer.Option(
            help="A file with another master key that wrapped some person keys. Can be repeated."
        ),
    ] = None,
    drop_unreadable: Annotated[
        bool,
        typer.Option(
            help="Remove the person keys that no given master key opens; those names stay unreadable."
        ),
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Wrap every person key with a new master key. No event changes.

    Stop every service process first. Rerun the command to resume after an interruption. If your settings name the
    key or its file, set them to the new key afterwards, for all processes.
    """
    settings = settings_from(data=data, database_url=database_url)

    async def rewrapped(url: str, old: list[bytes], new: bytes) -> persons.Rewrapped:
        async with persons.prepared(url) as connection:
            await _check_unserved(url)
            return await persons.rewrap(connection, old, new, drop=drop_unreadable)

    with ExitStack() as stack:
        stack.enter_context(sentences())
        stack.enter_context(folder_taken(settings.data))
        url, _ = stack.enter_context(database(settings, begin=False))
        present = master_key(settings)
        old = [*([present] if present else []), *map(_key_in, old_key_file or ())]
        path = master_key_path(settings)
        following = path.with_name(path.name + _NEXT)
        if new_key_file is not None:
            new = _key_in(new_key_file)
        elif settings.master_key is None:
            made_secret(following, os.urandom(KEY_BYTES).hex().encode() + b"\n")
            new = _key_in(following)
        else:
            raise MasterKeyError(
                "HOWCANWE_MASTER_KEY is set, so name the new key with --new-key-file"
            )
        done = asyncio.run(rewrapped(url, old, new))
        if new_key_file is None:
            following.replace(path)
        report(f"{done.kept} person keys are wrapped with the new master key")
        if done.dropped:
            report(f"the names of these persons can no longer be read: {', '.join(done.dropped)}")


async def _check_unserved(url: str) -> None:
    """Raise AlreadyServed if a process is serving the database: it would continue with the old key."""
    engine = statements.engine(url, connections_max=1)
    try:
        async with engine.connect() as connection:
            if any(build.in_use for build in await builds.builds(connection)):
                raise AlreadyServed
    finally:
        await engine.dispose()


def _key_in(path: Path) -> bytes:
    try:
        return read_master_key(path)
    except FileNotFoundError:
        raise MasterKeyError(f"there is no master key file {path}") from None
