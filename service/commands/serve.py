"""`howcanwe serve`: runs the service."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from service.commands.console.options import Data, DatabaseUrl, report, sentences, settings_from
from service.database import database


def serve(
    *,
    demonstrate: Annotated[
        bool,
        typer.Option(
            "--demo",
            help="Record the sample cohort, and print a link for a browser, a key and three commands to try.",
        ),
    ] = False,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on. [env: HOWCANWE_HOST] [default: 127.0.0.1]"),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on. [env: HOWCANWE_PORT] [default: 8000]")
    ] = None,
    https: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="CERTIFICATE KEY",
            help="Speak https with this certificate and its key, two files in PEM. "
            "[env: HOWCANWE_HTTPS_CERTIFICATE, HOWCANWE_HTTPS_KEY]",
        ),
    ] = None,
    trusted_documents: Annotated[
        Path | None,
        typer.Option(
            help="File with the only GraphQL documents that may run. [env: HOWCANWE_TRUSTED_DOCUMENTS]"
        ),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Serve HTTP and GraphQL, with health checks and documentation."""
    # Imported here because other commands do not need it, and start faster without it.
    from service.connections import tls_context
    from service.samples import demo
    from service.server import folder_taken, run
    from service.services import Service

    certificate, key = https or (None, None)
    settings = settings_from(
        host=host,
        port=port,
        https_certificate=certificate,
        https_key=key,
        trusted_documents=trusted_documents,
        data=data,
        database_url=database_url,
    )

    def ready(service: Service, address: str) -> "asyncio.Future[None] | None":
        report(f"serving on {address} (documentation: {address}/docs); Ctrl-C stops it")
        if settings.database_url is None:
            report(f"the database, for tools on this machine: {url}")
        return asyncio.ensure_future(demo.record(service, address)) if demonstrate else None

    with ExitStack() as stack:
        stack.enter_context(sentences())
        tls = tls_context(settings)
        if settings.database_url is None:
            stack.enter_context(folder_taken(settings.data))
        url, embedded = stack.enter_context(database(settings))
        run(settings, url, embedded, ready, tls)
