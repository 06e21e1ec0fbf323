"""`howcanwe sheet`: writes the workbook that people fill in, and that `howcanwe record` reads."""

import asyncio
import os
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from service.client.client import Client
from service.commands.console.options import (
    Data,
    DatabaseUrl,
    Key,
    fail,
    report,
    sentences,
    settings_from,
)
from service.commands.console.program import printed
from service.commands.recording.graph_here import answers_here
from service.database import database
from service.errors import NoSuchCohort
from service.pages.sheets.subjects import entries_of, subjects_query
from service.pages.sheets.template import Entries, kinds_named, template
from service.settings import PREFIX, Settings

commands = typer.Typer(help="Work with sheets of events.", no_args_is_help=True)


@commands.callback()
def group() -> None:
    """Work with sheets of events."""


@commands.command(name="template")
def write_template(
    out: Annotated[
        Path, typer.Option(help="The workbook to write (.xlsx). It must not exist yet.")
    ],
    *,
    to: Annotated[
        str | None,
        typer.Option(help="The URL of a server, whose subjects are offered in drop-downs."),
    ] = None,
    key: Key = None,
    cohort: Annotated[
        str | None,
        typer.Option(
            help="Offer only subjects of the cohort with this key, which is recorded. Leave it out to begin one."
        ),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write a workbook to fill in: a sheet for each common type of events, with titles, help and drop-downs.

    Without --cohort, it begins with the sheets for a new cohort and its organisations.

    With --to, --data or --database-url, it offers what is recorded there; without them, it offers no subjects.
    """
    is_here = data is not None or database_url is not None
    if to is None and key is not None:
        raise typer.BadParameter("needs --to, the URL of a server", param_hint="--key")
    if to is None and cohort is not None and not is_here:
        raise typer.BadParameter("needs --to, --data or --database-url", param_hint="--cohort")
    if to is not None and is_here:
        raise typer.BadParameter(
            "cannot be combined with --data and --database-url", param_hint="--to"
        )
    with sentences():
        entries: Entries = {}
        try:
            if to is not None:
                entries = _of_server(to, key, cohort)
            elif is_here:
                entries = _of_log(settings_from(data=data, database_url=database_url), cohort)
        except NoSuchCohort as error:
            fail(f"{error}; leave out --cohort to begin one")
        content = template(entries, lambda: str(uuid4()), begins=cohort is None)
        try:
            with out.open("xb") as file:
                file.write(content)
        except OSError as error:
            fail(f"{out} cannot be written: {error.strerror}")
    report(f"{out} is written; fill it in, then run: {_next(str(out), to, data, database_url)}")


def _next(file: str, to: str | None, data: Path | None, database_url: str | None) -> str:
    """Return what records the file where its subjects are from; if they are from nowhere, at the service here."""
    if to is not None:
        return printed("record", file, "--to", to)
    if data is not None:
        return printed("record", file, "--data", str(data))
    if database_url is not None:
        # It may contain a password.
        return printed("record", file, "--database-url", "URL")
    there = printed("record", file, "--to", settings_from().address)
    if f"{PREFIX}KEY" in os.environ:
        return there
    return f"{there} (with a key in {PREFIX}KEY), or without a service: {printed('record', file)}"


def _of_server(to: str, key: str | None, cohort: str | None) -> Entries:
    with Client(to, key) as client:
        return {
            kind: entries_of(client.query(*subjects_query(kind, cohort)), cohort)
            for kind in kinds_named()
        }


def _of_log(settings: Settings, cohort: str | None) -> Entries:
    """Return the subjects of the log in a database, as an unrestricted facilitator sees them."""
    kinds = kinds_named()
    queries = [subjects_query(kind, cohort) for kind in kinds]
    with database(settings, begin=False) as (url, _):
        answers = asyncio.run(answers_here(settings, url, queries))
    return {kind: entries_of(answer, cohort) for kind, answer in zip(kinds, answers, strict=True)}
