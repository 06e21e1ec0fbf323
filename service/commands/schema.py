"""`howcanwe schema`, `howcanwe openapi` and `howcanwe graphiql`: what the doors offer, as files."""

import orjson
import typer

from service.commands.console.options import sentences


def schema() -> None:
    """Print the GraphQL schema as served."""
    from service.graphql.schema import sdl

    typer.echo(sdl(), nl=False)


def openapi() -> None:
    """Print the OpenAPI description of the HTTP door."""
    from service.app import create_app

    typer.echo(orjson.dumps(create_app(None).openapi(), option=orjson.OPT_INDENT_2).decode())


def graphiql() -> None:
    """Fetch GraphiQL for browsers at /graphql, once and by way of npm; print the folder that it is in."""
    from service.graphql.transport.graphiql import FOLDER, fetch

    with sentences():
        fetch()
    typer.echo(FOLDER)
