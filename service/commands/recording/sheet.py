"""`howcanwe sheet`: writes the workbook that people fill in, and that `howcanwe record` reads."""

from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from service.client.client import Client
from service.commands.console.options import fail, report, sentences
from service.pages.sheets.subjects import entries_of, subjects_query
from service.pages.sheets.template import Entries, kinds_named, template

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
    key: Annotated[
        str | None,
        typer.Option(
            help="Key for the server. Others on this machine can read it in the list of processes; the variable is "
            "safer. [env: HOWCANWE_KEY]"
        ),
    ] = None,
    cohort: Annotated[
        str | None, typer.Option(help="Offer only subjects of the cohort with this key.")
    ] = None,
) -> None:
    """Write a workbook to fill in: a sheet for each common type of events, with titles, help and drop-downs."""
    for name, given in (("--key", key), ("--cohort", cohort)):
        if to is None and given is not None:
            raise typer.BadParameter("needs --to, the URL of a server", param_hint=name)
    with sentences():
        entries = {} if to is None else _entries(to, key, cohort)
        content = template(entries, lambda: str(uuid4()))
        try:
            with out.open("xb") as file:
                file.write(content)
        except OSError as error:
            fail(f"{out} cannot be written: {error.strerror}")
    report(f"{out} is written; fill it in, then run: howcanwe record {out}")


def _entries(to: str, key: str | None, cohort: str | None) -> Entries:
    with Client(to, key) as client:
        return {
            kind: entries_of(client.query(*subjects_query(kind, cohort))) for kind in kinds_named()
        }
