"""Options that many commands share, and how a failure is told: one sentence on standard error, exit code 1."""

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, NoReturn

import asyncpg
import structlog
import typer
from pydantic import SecretStr, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from events.store.connections import AWAY, trouble_in
from events.vocabulary.faults import EventsError
from service.errors import ServiceError
from service.operations import messages
from service.postgres import PostgresError
from service.replay.export.check import lacks_manifest
from service.settings import PREFIX, Settings

Data = Annotated[
    Path | None, typer.Option(help="Folder of the embedded database. [env: HOWCANWE_DATA]")
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        help="A PostgreSQL server instead of the embedded one. [env: HOWCANWE_DATABASE_URL]"
    ),
]

_TOLD = (EventsError, PostgresError, ServiceError, ValueError)
# Not every OSError here: a file that cannot be read is told by the command that reads it.
_LOST = (
    asyncpg.PostgresError,
    *(error for error in AWAY if error is not OSError),
    SQLAlchemyError,
    ConnectionError,
    TimeoutError,
)
_INTERRUPTED = 130

OTHERS = {f"{PREFIX}KEY", f"{PREFIX}DATABASE_PASSWORD"}
"""Variables that are not the service's: the key that `replay` asks a server with, and what compose.yaml reads."""


def settings_from(**given: Any) -> Settings:
    """Return the settings: what the environment says, and what was given on the command line before that.

    Ends with exit code 2 where a setting has no meaning. From here on, messages go to standard error.
    """
    flags = {name: value for name, value in given.items() if value is not None}
    if "database_url" in flags:
        flags["database_url"] = SecretStr(flags["database_url"])
    try:
        settings = Settings(**flags)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            name = "_".join(str(part) for part in fault["loc"])
            where = f"--{name.replace('_', '-')}" if name in flags else f"{PREFIX}{name.upper()}"
            tell(f"{where}: {fault['msg']}")
        raise typer.Exit(2) from None
    messages.set_up(settings.log_format)
    for name, meant in misspelt(os.environ):
        tell(f"{name} is no setting and changes nothing; did you mean {meant}?")
    return settings


def misspelt(environment: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that look like a setting's and are none's, each with the one that was meant.

    Others that begin alike are passed over: some platforms set such for every service that they run.
    """
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | OTHERS
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            for meant in get_close_matches(name, known, n=1, cutoff=0.85):
                yield name, meant


def tell(message: str) -> None:
    """Say something on standard error: as a message like others where these are JSON."""
    if os.environ.get(f"{PREFIX}LOG_FORMAT") == "json":
        messages.set_up("json")
        structlog.get_logger("service").info(message)
    else:
        print(f"howcanwe: {message}", file=sys.stderr)


def fail(message: str) -> NoReturn:
    """Say why on standard error, and end with exit code 1."""
    tell(message)
    raise typer.Exit(1)


def tell_what_lacks_manifest(source: str) -> None:
    """Say on standard error where a source is an exported file of which nobody can tell whether it is whole."""
    if "://" not in source and lacks_manifest(Path(source)):
        tell(f"{source} has no manifest: whether events are missing cannot be told")


@contextmanager
def sentences() -> Iterator[None]:
    """Turn the errors that people can do something about into one sentence and exit code 1; Ctrl-C into 130."""
    try:
        yield
    except _TOLD as error:
        fail(str(error))
    except _LOST as error:
        fail(_lost(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        tell("interrupted")
        raise typer.Exit(_INTERRUPTED) from None


def _lost(error: BaseException) -> str:
    """Return what became of the database, in words."""
    source = getattr(error, "orig", None)
    source = error if source is None else source.__cause__ or source
    said = str(source) or type(source).__name__
    if (trouble := trouble_in(source)) is not None:
        return f"{trouble}: {said}"
    if isinstance(source, asyncpg.PostgresError) and not isinstance(source, AWAY):
        return f"the database refused this: {said}"
    return f"the database went away: {said}"
