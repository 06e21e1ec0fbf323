"""`howcanwe graphql`: how GraphQL queries are answered."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from service.commands.console.options import sentences
from service.errors import QueryRefused

commands = typer.Typer(help="Show how GraphQL queries are answered.", no_args_is_help=True)


@commands.callback()
def group() -> None:
    """Show how GraphQL queries are answered."""


@commands.command()
def plan(
    query: Annotated[
        str, typer.Argument(help="The query, or the path of a file that contains it.")
    ],
    variables: Annotated[
        str | None,
        typer.Option(
            help="The query's variables, as JSON. Without them, the plan is for any variables."
        ),
    ] = None,
    operation: Annotated[
        str | None, typer.Option(help="The name of the operation, if the document has several.")
    ] = None,
) -> None:
    """Print the SQL statement that answers a query, for any viewer, and the query's cost."""
    from projections.folding.tables import READ_MODELS
    from service.graphql.explain import explained

    with sentences():
        given = None if variables is None else _variables(variables)
        text = query if "{" in query else _read(Path(query))
        typer.echo(explained(text, given, operation, READ_MODELS))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise QueryRefused(f"{path}: {error.strerror}") from None


def _variables(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise QueryRefused(f"its variables are not JSON: {error}") from None
    if not isinstance(found, dict):
        raise QueryRefused("its variables are not a JSON object")
    return found
