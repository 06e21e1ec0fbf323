"""`howcanwe schema`, `openapi`, `asyncapi` and `graphiql`: the descriptions of the interfaces, as files."""

from typing import Any

import orjson
import typer

from service.commands.console.options import sentences


def schema() -> None:
    """Print the GraphQL schema."""
    from service.graphql.schema import sdl

    typer.echo(sdl(), nl=False)


def openapi() -> None:
    """Print the OpenAPI description of the HTTP interface."""
    from service.app import create_app

    _print(create_app(None).openapi())


def asyncapi() -> None:
    """Print the AsyncAPI description of the streams and the webhooks."""
    from service.http.asyncapi.document import asyncapi as described

    _print(described())


def graphiql() -> None:
    """Fetch GraphiQL, which browsers get at /graphql, once with npm; print the folder that contains it."""
    from service.graphql.transport.graphiql import FOLDER, fetch

    with sentences():
        fetch()
    typer.echo(FOLDER)


def _print(document: dict[str, Any]) -> None:
    typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
