"""The command `howcanwe`.

Results go to standard output, messages and progress to standard error. Exit codes: 0 done, 1 the thing asked for does
not hold or was refused, 2 wrong usage.
"""

from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from service.commands import (
    describing,
    insights,
    keys,
    persons,
    read_models,
    recording,
    replaying,
    restoring,
    serving,
    verifying,
)

app = typer.Typer(
    name="howcanwe",
    help="The record of collaborative innovation: what organisations asked, tried, failed at and learned.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(installed_version("howcanwe"))
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The record of collaborative innovation."""


for command in (
    serving.serve,
    recording.record,
    recording.generate,
    replaying.replay,
    restoring.restore,
    verifying.verify,
    verifying.checkpoint,
    read_models.rebuild,
    read_models.digest,
    insights.insights,
    describing.schema,
    describing.openapi,
):
    app.command()(command)
app.add_typer(keys.commands, name="keys")
app.add_typer(read_models.commands, name="read-models")
app.add_typer(persons.commands, name="person")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
