"""Where a command reads the log: the options that name its source, and the source itself.

`replay`, `tables`, `sql`, `insights` and `report` use it.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from service.commands.console.options import refuse, report
from service.replay.export.check import lacks_manifest
from service.replay.source import Source
from service.replay.sources.address import is_server, source_of
from service.settings import Settings


def _known(viewer: str | None) -> str | None:
    """Return the viewer unchanged. An unknown one ends the command with exit code 2."""
    if viewer is not None:
        from projections.insights.perspective.viewer import FigureViewer

        try:
            FigureViewer.named(viewer)
        except ValueError as error:
            refuse(f"--viewer {error}")
    return viewer


SourceAddress = Annotated[
    str | None,
    typer.Argument(
        help="A server's URL, a database's (postgresql://…), or an exported file. [default: the settings' log]"
    ),
]
TablesAddress = Annotated[
    str | None,
    typer.Argument(
        help="A server's URL, a database's (postgresql://…), an exported file, or what `howcanwe tables` wrote."
        " [default: the settings' log]"
    ),
]
Viewer = Annotated[
    str | None,
    typer.Option(
        help="For a database or a file, the viewer: facilitator (unrestricted), facilitator:C1,C2,"
        " organisation:KEY, evaluator:C1,C2, analyst or public. [default: facilitator]",
        metavar="ROLE[:KEY]",
        callback=_known,
    ),
]
AsOf = Annotated[
    int | None, typer.Option(min=0, help="As of this position of the log. [default: the last]")
]


@contextmanager
def address_of(given: str | None, key: str | None, settings: Settings) -> Iterator[str]:
    """Yield the address of the source: the given one, else that of the settings' log, which runs inside the block.

    Warns if it is an exported file without a manifest. A key for anything but a server ends the command with exit
    code 2.
    """
    if key is not None and (given is None or not is_server(given)):
        refuse("--key is for a server; a database or a file is read without a key")
    if given is None:
        from service.database import database

        with database(settings, begin=False) as (url, _):
            yield url
        return
    if "://" not in given and lacks_manifest(Path(given)):
        report(f"{given} has no manifest, so it is unknown whether events are missing")
    yield given


@contextmanager
def source_at(
    given: str | None, key: str | None, settings: Settings, viewer: str | None = None
) -> Iterator[Source]:
    """Yield the source, open inside the block; see `address_of`.

    A viewer for a server ends the command with exit code 2. Raises ReplayError if there is no such source.
    """
    if viewer is not None and given is not None and is_server(given):
        refuse("--viewer is for a database or a file; on a server, the key is the viewer")
    with address_of(given, key, settings) as address, closing(source_of(address, key)) as source:
        yield source
