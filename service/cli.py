"""The command line `howcanwe`.

Results go to standard output; messages and progress go to standard error. Exit codes: 0 success, 1 the check failed or
the request was refused, 2 wrong usage.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version as installed_version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

# The module and attribute of each command in service.commands; a group's module holds its commands too.
COMMANDS = {
    "serve": "serve:serve",
    "record": "record:record",
    "sheet": "recording.sheet:commands",
    "generate": "record:generate",
    "replay": "replay:replay",
    "tables": "tables.writing:tables",
    "sql": "tables.asking:sql",
    "restore": "restore:restore",
    "verify": "verify:verify",
    "checkpoint": "verify:checkpoint",
    "rebuild": "read_models:rebuild",
    "digest": "read_models:digest",
    "insights": "insights:insights",
    "report": "reporting.writing:write",
    "schema": "schema:schema",
    "openapi": "schema:openapi",
    "asyncapi": "schema:asyncapi",
    "graphiql": "schema:graphiql",
    "graphql": "graphql:commands",
    "keys": "access.keys:commands",
    "webhooks": "access.webhooks:commands",
    "hooks": "access.hooks:commands",
    "consumers": "access.consumers:commands",
    "read-models": "read_models:commands",
    "person": "persons:commands",
}


class LazyCommands(Mapping[str, Any]):
    """The commands by name. A command's module is imported on first use: importing all of them takes over a second."""

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names in the order of `--help`."""
        return iter(COMMANDS)

    def __len__(self) -> int:
        """Return the number of commands."""
        return len(COMMANDS)

    def __getitem__(self, name: str) -> Any:
        """Return the command or group with this name. Raises KeyError."""
        module, _, attribute = COMMANDS[name].partition(":")
        found = getattr(import_module(f"service.commands.{module}"), attribute)
        # The default mode would read text in brackets, such as [env: …], as the name of a style.
        single = typer.Typer(add_completion=False, rich_markup_mode="markdown")
        if isinstance(found, typer.Typer):
            single.add_typer(found, name=name)
        else:
            single.command(name)(found)
        return get_group(single).commands[name]


class Commands(TyperGroup):
    """The group of all commands."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = LazyCommands()  # type: ignore[assignment]  # nothing is ever added


app = typer.Typer(
    name="howcanwe",
    cls=Commands,
    help="The record of collaborative innovation: what organisations asked, tried, failed at and learned.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(requested: bool) -> None:
    if requested:
        typer.echo(installed_version("howcanwe"))
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The record of collaborative innovation."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
