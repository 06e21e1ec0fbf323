"""`howcanwe graphql`."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from service.commands.console.options import sentences
from service.errors import QueryRefused

commands = typer.Typer(help="The graph: how queries are answered.", no_args_is_help=True)


@commands.callback()
def group() -> None:
    """The graph: how queries are answered."""


@commands.command()
def plan(
    query: Annotated[str, typer.Argument(help="The query, or the path of a file with it.")],
    variables: Annotated[
        str | None, typer.Option(help="Its variables, as JSON. Without them, any will do.")
    ] = None,
    operation: Annotated[
        str | None, typer.Option(help="Which operation of the document is meant.")
    ] = None,
) -> None:
    """Print the statement that answers a query, whoever asks, and what the query costs."""
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
        raise QueryRefused(f"its variables are no JSON: {error}") from None
    if not isinstance(found, dict):
        raise QueryRefused("its variables are no JSON object")
    return found
