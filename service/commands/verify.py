"""`howcanwe verify` and `howcanwe checkpoint`: verify and sign the log."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Annotated

import typer

from events.integrity.chain_check import Broken, Marks, Whole, check_chain
from events.integrity.checkpoint import (
    Checkpoint,
    CheckpointRefused,
    fingerprint,
    marks_of,
    public_bytes,
)
from events.integrity.verify import Verifier
from events.lines.chain import GENESIS, line_hash
from events.log import EventLog, now_us
from events.vocabulary.values.times import as_text
from service.commands.console.input import lines_of, standard_input
from service.commands.console.options import (
    Data,
    DatabaseUrl,
    fail,
    report,
    sentences,
    settings_from,
)
from service.commands.console.progress import Bar
from service.database import database
from service.privacy.persons import prepared
from service.replay.export.check import checked, is_export
from service.replay.log import ReplayLog
from service.replay.manifests.manifest import named
from service.replay.sources.file import file_source
from service.replay.tables.files import checked as checked_tables
from service.replay.tables.files import checked_file, is_file_of_tables, is_folder_of_tables
from service.secrets.installation import noted_signing_key, own_signing_key
from service.secrets.signing_key import known_public_key, public_pem, read_public_key
from service.settings import Settings


def verify(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="An export with its manifest, tables as a folder or a file, or a log as NDJSON (-: standard input)."
            " [default: the settings' log]"
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="A file of checkpoints, one per line, that must match too.")
    ] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(help="The public key (PEM) that signed them. [default: this installation's]"),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Verify the log's chain, versions and rules, or a file's chain, and report the first invalid position.

    Verifying a file needs neither a service nor a database. If it has a manifest, its completeness is verified too.
    """
    if file is not None and is_folder_of_tables(file):
        with sentences():
            found_tables = checked_tables(file)
        report(f"the tables are whole: {len(found_tables)} files as they were written")
        return
    if file is not None and is_file_of_tables(file):
        with sentences():
            count = checked_file(file)
        report(f"the file is whole: {count} {'sheets' if file.suffix == '.xlsx' else 'tables'}")
        return
    if file is not None:
        file = named(file)
    if file is not None and is_export(file):
        with sentences():
            found = checked(file)
        if checkpoint is None:
            report("the export is whole")
            typer.echo(f"{found.events} {found.last.hash if found.last else GENESIS}")
            return
    settings = settings_from(data=data, database_url=database_url)
    with sentences():
        marks = _marks(settings, checkpoint, public_key)
        if file is None:
            with database(settings, begin=False) as (url, _):
                result = asyncio.run(_verified(url, marks))
        else:
            with _lines(file) as lines:
                result = asyncio.run(check_chain(lines, marks))
    match result:
        case Broken():
            fail(f"position {result.position} is invalid: {result.reason}")
        case Whole():
            report(
                "every event is valid: chain, versions and rules"
                if file is None
                else "every line is valid: the chain from the first event on"
            )
            if (count := len(marks) - 1) > 0:
                report(f"{count} checkpoint{'s match' if count > 1 else ' matches'}")
            typer.echo(f"{result.events} {result.hash}")


def _marks(settings: Settings, file: Path | None, public_key: Path | None) -> Marks:
    if file is None:
        return {}
    try:
        lines = [line for line in file.read_bytes().splitlines() if line.strip()]
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None
    checkpoints = [Checkpoint.read(line) for line in lines]
    if not checkpoints:
        raise CheckpointRefused(f"{file} contains no checkpoint")
    expected = known_public_key(settings) if public_key is None else read_public_key(public_key)
    signers = {found.public_key for found in checkpoints}
    if expected is None:
        # Anyone who can change both the log and the file could also sign the file.
        for signer in sorted(signers):
            report(
                f"signed by {fingerprint(signer)}; name the key that you trust with --public-key"
            )
    elif signers != {expected}:
        raise CheckpointRefused(f"{file} was not signed by the key {fingerprint(expected)}")
    return marks_of(checkpoints)


@contextmanager
def _lines(file: Path) -> Iterator[Iterator[bytes]]:
    """Yield the lines of an export of any form, or of standard input."""
    if str(file) == "-":
        yield _without_ends(standard_input())
    elif is_export(file):
        chunks = ReplayLog(file_source(file)).lines()
        yield (line for chunk in chunks for line in chunk[:-1].split(b"\n"))
    else:
        try:
            source = file.open("rb")
        except OSError as error:
            raise ValueError(f"{file} cannot be read: {error.strerror}") from None
        with source:
            yield _without_ends(source)


def _without_ends(source: BufferedReader) -> Iterator[bytes]:
    for line in lines_of(source, source.name):
        # One newline ends the line; anything else before it was not exported.
        yield line[:-1] if line.endswith(b"\n") else line


async def _verified(url: str, marks: Marks) -> Whole | Broken:
    async with await EventLog.open(url) as log:
        with Bar("verifying", await log.head()) as bar:
            return await Verifier(log, bar.reach, marks).run()


def checkpoint(
    export_public_key: Annotated[
        bool,
        typer.Option(
            "--public-key",
            help="Print the public key (PEM), which is needed for verification, instead.",
        ),
    ] = False,
    change_key: Annotated[
        bool,
        typer.Option(
            "--change-key",
            help="Sign with the key in the file from now on, instead of another key; create it if there is none.",
        ),
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Sign the current state of the log, and print this checkpoint, to be published where nobody can change both.

    A checkpoint is a JSON object on one line: position, hash, time, public key, signature. The first call creates the
    signing key. The database records its public half, and refuses any other key until --change-key replaces it.
    """
    settings = settings_from(data=data, database_url=database_url)
    with sentences(), database(settings, begin=False) as (url, _):
        if export_public_key:
            typer.echo(asyncio.run(_public_pem(url, settings)), nl=False)
        else:
            signed = asyncio.run(_signed(url, settings, change=change_key))
            typer.echo(signed.text().decode())


async def _public_pem(url: str, settings: Settings) -> str:
    async with prepared(url) as connection:
        public = await noted_signing_key(connection)
        if public is None:
            public = public_bytes((await own_signing_key(connection, settings)).public_key())
    return public_pem(public)


async def _signed(url: str, settings: Settings, *, change: bool) -> Checkpoint:
    async with prepared(url) as connection:
        key = await own_signing_key(connection, settings, change=change)
    async with await EventLog.open(url) as log:
        position = await log.head()
        recorded = await log.event(position)
        hash_ = GENESIS if recorded is None else line_hash(recorded.line)
    return Checkpoint.signed(key, position, hash_, as_text(now_us()))
