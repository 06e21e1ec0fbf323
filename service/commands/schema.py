"""`howcanwe schema`, `openapi`, `asyncapi` and `graphiql`: the descriptions of the interfaces, as files."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from service.commands.console.options import fail, report, sentences


def schema() -> None:
    """Print the GraphQL schema."""
    from service.graphql.schema import sdl

    typer.echo(sdl(), nl=False)


def openapi(
    bruno: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write the calls into this folder, as a collection for Bruno, and print nothing.",
        ),
    ] = None,
) -> None:
    """Print the OpenAPI description of the HTTP interface, or write it as a collection of requests."""
    from service.app import create_app
    from service.http.openapi.bruno import collection

    document = create_app(None).openapi()
    if bruno is None:
        _print(document)
        return
    try:
        for name, text in collection(document).items():
            file = bruno / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{bruno} cannot be written: {error.strerror}")
    report(f"the collection is in {bruno}; open it in Bruno")


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
