"""`howcanwe serve`."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from service.commands.console.options import Data, DatabaseUrl, sentences, settings_from, tell
from service.database import database


def serve(
    *,
    demonstrate: Annotated[
        bool,
        typer.Option(
            "--demo", help="Record the sample cohort, and print a key and three things to try."
        ),
    ] = False,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on. [env: HOWCANWE_HOST] [default: 127.0.0.1]"),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on. [env: HOWCANWE_PORT] [default: 8000]")
    ] = None,
    trusted_documents: Annotated[
        Path | None,
        typer.Option(
            help="File with the only GraphQL documents that run. [env: HOWCANWE_TRUSTED_DOCUMENTS]"
        ),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Serve the record: events over HTTP, GraphQL, health and documentation."""
    # Only here: other commands need none of it, and start faster.
    from service.samples import demo
    from service.server import folder_taken, run
    from service.services import Service

    settings = settings_from(
        host=host,
        port=port,
        trusted_documents=trusted_documents,
        data=data,
        database_url=database_url,
    )

    def ready(service: Service, address: str) -> "asyncio.Future[None] | None":
        tell(f"serving on {address} (documentation: {address}/docs); Ctrl-C stops it")
        if settings.database_url is None:
            tell(f"the database, for tools on this machine: {url}")
        return asyncio.ensure_future(demo.record(service, address)) if demonstrate else None

    with ExitStack() as stack:
        stack.enter_context(sentences())
        if settings.database_url is None:
            stack.enter_context(folder_taken(settings.data))
        url, embedded = stack.enter_context(database(settings))
        run(settings, url, embedded, ready)
