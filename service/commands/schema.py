"""`howcanwe schema`, `howcanwe openapi` and `howcanwe graphiql`: the descriptions of the interfaces, as files."""

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

    typer.echo(orjson.dumps(create_app(None).openapi(), option=orjson.OPT_INDENT_2).decode())


def graphiql() -> None:
    """Fetch GraphiQL, which browsers get at /graphql, once with npm; print the folder that contains it."""
    from service.graphql.transport.graphiql import FOLDER, fetch

    with sentences():
        fetch()
    typer.echo(FOLDER)
