"""Options that many commands share, and the report of failures: one sentence on standard error, exit code 1."""

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer
from pydantic import SecretStr, ValidationError

from events.vocabulary.faults import EventsError
from events.vocabulary.values.likeness import closest
from service.errors import ServiceError
from service.operations import messages
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
Key = Annotated[
    str | None,
    typer.Option(
        help="Key for a server. Others on this machine can read it in the list of processes; the variable is safer."
        " [env: HOWCANWE_KEY]"
    ),
]


class AnswerFormat(StrEnum):
    """The forms in which a command prints an answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


Format = Annotated[AnswerFormat, typer.Option(help="The output format.")]

_REPORTED = (EventsError, ServiceError, ValueError)
_INTERRUPTED = 130

OTHERS = {f"{PREFIX}KEY", f"{PREFIX}DATABASE_PASSWORD"}
"""Variables that are not settings: the key that `replay` sends to a server, and the one that compose.yaml reads."""


def settings_from(**given: Any) -> Settings:
    """Return the settings from the command line and the environment; the command line takes precedence.

    An invalid setting ends the process with exit code 2. From then on, messages go to standard error.
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
            report(f"{where}: {fault['msg']}")
        raise typer.Exit(2) from None
    messages.set_up(settings.log_format)
    for name, meant in misspelt(os.environ):
        report(f"{name} is not a setting and has no effect; did you mean {meant}?")
    return settings


def misspelt(environment: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that resemble a setting's variable, each with that variable.

    Other variables with the prefix are ignored: some platforms set such variables for every service.
    """
    known = {name.upper() for name in Settings.model_fields}
    known |= {name.removeprefix(PREFIX) for name in OTHERS}
    for name in sorted(environment):
        # The prefix alone would make all of them alike.
        if name.startswith(PREFIX) and (own := name.removeprefix(PREFIX)) not in known:
            meant = closest(own, known)
            if meant is not None:
                yield name, f"{PREFIX}{meant}"


def report(message: str) -> None:
    """Write a message to standard error, as JSON if log messages are JSON."""
    if os.environ.get(f"{PREFIX}LOG_FORMAT") == "json":
        messages.set_up("json")
        structlog.get_logger("service").info(message)
    else:
        print(f"howcanwe: {message}", file=sys.stderr)


def fail(message: str) -> NoReturn:
    """Write the reason to standard error, and end with exit code 1."""
    report(message)
    raise typer.Exit(1)


def refuse(message: str) -> NoReturn:
    """Report wrong usage, and end with exit code 2."""
    report(message)
    raise typer.Exit(2)


@contextmanager
def sentences() -> Iterator[None]:
    """Turn errors that people can act on into one sentence and exit code 1, and Ctrl-C into exit code 130."""
    try:
        yield
    except _REPORTED as error:
        fail(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        report("interrupted")
        raise typer.Exit(_INTERRUPTED) from None
    except Exception as error:
        # Imported only now, because the drivers of databases take half of the time in which a command starts.
        from service.commands.console.database_errors import reason

        if (known := reason(error)) is None:
            raise
        fail(known)
