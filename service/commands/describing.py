"""`howcanwe schema` and `howcanwe openapi`: what the doors offer, as files."""

import orjson
import typer


def schema() -> None:
    """Print the GraphQL schema as served."""
    from service.graphql.schema import sdl

    typer.echo(sdl(), nl=False)


def openapi() -> None:
    """Print the OpenAPI description of the HTTP door."""
    from service.app import create_app

    typer.echo(orjson.dumps(create_app(None).openapi(), option=orjson.OPT_INDENT_2).decode())
