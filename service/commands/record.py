"""`howcanwe record` and `howcanwe generate`: records events of a file, and writes invented ones."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
import typer

from service.access.signing_in.transport import is_loopback
from service.client.client import Client
from service.client.plans.retries import Retries
from service.commands.console.options import Data, DatabaseUrl, Key, sentences, settings_from
from service.commands.console.standard_output import quiet_pipe
from service.commands.recording.event_texts import opened
from service.commands.recording.local import LocalDryRun, Recording
from service.commands.recording.remote import RemoteDryRun, RemoteRecording
from service.commands.recording.write_back import SUFFIXES, write_ids
from service.database import database
from service.pages.sheets.names import Query
from service.pages.sheets.rows import SOURCE, SheetOptions
from service.samples.generator import generate as generated


def record(
    file: Annotated[
        Path,
        typer.Argument(
            help="A file of events: one per line (NDJSON), a JSON array, or sheets (.xlsx, .csv); .gz and .zst, too; "
            "- for standard input."
        ),
    ],
    *,
    to: Annotated[
        str | None,
        typer.Option(help="The URL of a server to record at. [default: the settings' log]"),
    ] = None,
    key: Key = None,
    lenient: Annotated[
        bool,
        typer.Option(
            "--lenient", help="Record the valid events, and put the others into quarantine."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the events; record nothing.")
    ] = False,
    retry_seconds: Annotated[
        float, typer.Option(min=0, help="How long a request to the server is tried again.")
    ] = 60.0,
    type_: Annotated[
        str | None,
        typer.Option("--type", help="Type of the rows of sheets, such as failure.recorded."),
    ] = None,
    id_: Annotated[
        str | None,
        typer.Option(
            "--id", help="Title of the column of sheets that has a key of its own for each row."
        ),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(help="Zone of times in sheets, such as Europe/London or +01:00."),
    ] = None,
    sheet_source: Annotated[
        str,
        typer.Option(
            "--source", help="Source of the events of sheets, a URI; ids are unique within it."
        ),
    ] = SOURCE,
    write_back: Annotated[
        bool,
        typer.Option(
            "--write-back",
            help="Afterwards, write the ids and keys that were made for rows of a sheet into its file: for those rows "
            "that are recorded.",
        ),
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Record the events of a file: in the log here, as an unrestricted facilitator, or at a server under a key.

    Rerun the command to resume after an interruption: events that are in the log already are recognised. The command
    stops at the first batch with a fault, reports all faults of that batch, and ends with exit code 1; earlier batches
    stay recorded. Of sheets, all faults of form are reported before anything is recorded. With --lenient it records
    what it can, and ends with exit code 1 if anything was refused.
    """
    _check(to, key, lenient, dry_run, data, database_url)
    if write_back:
        _check_write_back(file, dry_run)
    sheets = SheetOptions(type_, id_, None if zone is None else _zone(zone), sheet_source)
    settings = settings_from(data=data, database_url=database_url)
    ids: set[str] | None = set() if write_back else None
    if to is not None:
        remote = RemoteDryRun(sheets) if dry_run else RemoteRecording(sheets, ids, lenient=lenient)
        retries = Retries(seconds_max=retry_seconds)
        sheets.names.use(partial(_answers_there, to, key, retries))
        try:
            with sentences(), opened(file) as source, Client(to, key, retries=retries) as client:
                done = remote.run(source, client)
        finally:
            remote.report()
        if isinstance(remote, RemoteRecording):
            is_here = is_loopback(urlsplit(to).hostname or "")
            own = [] if to.rstrip("/") == settings.address else ["--public-url", to.rstrip("/")]
            remote.pages.report(to, key, keys_at=own if is_here else None)
    else:
        local = LocalDryRun(sheets) if dry_run else Recording(sheets, ids)
        try:
            with sentences(), opened(file) as source, database(settings) as (url, _):
                done = asyncio.run(local.run(source, url, settings))
        finally:
            local.report()
        if isinstance(local, Recording):
            # The address of a database may contain a password.
            there = ["--database-url", "URL"] if database_url else []
            folder = ["--data", str(data)] if data else []
            local.pages.report(settings.address, keys_at=there or folder)
    if ids is not None:
        with sentences():
            write_ids(file, sheets, None if done else ids)
    raise typer.Exit(0 if done else 1)


def _answers_there(
    to: str, key: str | None, retries: Retries, queries: Sequence[Query]
) -> Sequence[Mapping[str, Any]]:
    """Return the answers of a server to queries."""
    with Client(to, key, retries=retries) as client:
        return [client.query(document, variables) for document, variables in queries]


def _zone(text: str) -> tzinfo:
    """Return a time zone, by its name or its distance to UTC. Another one ends the command with exit code 2."""
    try:
        if text[:1] in "+-":
            return datetime.strptime(text, "%z").tzinfo or UTC
        return ZoneInfo(text)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise typer.BadParameter(
            f"{text} is no time zone, such as Europe/London or +01:00", param_hint="--zone"
        ) from None


def _check(
    to: str | None,
    key: str | None,
    lenient: bool,
    dry_run: bool,
    data: Path | None,
    database_url: str | None,
) -> None:
    """Refuse options that exclude each other, with exit code 2."""
    if to is not None:
        given: dict[str, object] = {"--data": data, "--database-url": database_url}
        wrong = "cannot be combined with --to, which names a server"
    else:
        given = {"--key": key, "--lenient": lenient}
        wrong = "needs --to, the URL of a server"
    for name, value in given.items():
        if value:
            raise typer.BadParameter(wrong, param_hint=name)
    if lenient and dry_run:
        raise typer.BadParameter(
            "records nothing, so --lenient has no effect", param_hint="--dry-run"
        )


def _check_write_back(file: Path, dry_run: bool) -> None:
    """Refuse a file that cannot be written back, with exit code 2."""
    wrong = None
    if file.suffix.lower() not in SUFFIXES:
        wrong = "needs a file of sheets (.xlsx or .csv), not compressed"
    elif dry_run:
        wrong = "is for what was recorded; a dry run records nothing"
    if wrong:
        raise typer.BadParameter(wrong, param_hint="--write-back")


def generate(
    cohorts: Annotated[int, typer.Option(min=1, help="The number of cohorts.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed gives the same events.")] = 1,
    scale: Annotated[
        float, typer.Option(min=0.01, help="Multiplies the events of each cohort (about 300).")
    ] = 1.0,
    positions: Annotated[
        bool,
        typer.Option(
            help="Include events that refer to others by position; only valid in an empty log."
        ),
    ] = True,
) -> None:
    """Write events of invented cohorts to standard output, as NDJSON. All of them are valid."""
    with quiet_pipe():
        for event in generated(cohorts=cohorts, seed=seed, scale=scale, positions=positions):
            sys.stdout.buffer.write(orjson.dumps(event) + b"\n")
