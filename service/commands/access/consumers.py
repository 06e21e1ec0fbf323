"""`howcanwe consumers`: lists and removes the consumers of a key, on a server."""

from contextlib import closing
from typing import Annotated

import orjson
import typer

from service.commands.console.options import Key, report, sentences
from service.replay.sources.server import ServerSource

Url = Annotated[str, typer.Argument(help="The server's URL.")]

commands = typer.Typer(
    help="List and remove the consumers of a key, by whose names `howcanwe replay` resumes.",
    no_args_is_help=True,
)


@commands.callback()
def group() -> None:
    """List and remove the consumers of a key, by whose names `howcanwe replay` resumes."""


@commands.command("list")
def list_(url: Url, key: Key = None) -> None:
    """Print the key's consumers, by name, as a JSON object per line: how far each has read, and its lag.

    The lag is how many positions the last event that the key may read is ahead.
    """
    with sentences(), closing(ServerSource(url, key)) as server:
        found = server.consumers()
        for consumer in found:
            typer.echo(orjson.dumps(consumer).decode())
        if not found:
            report("this key has no consumers")


@commands.command()
def remove(
    url: Url,
    name: Annotated[str, typer.Argument(help="The consumer's name.")],
    key: Key = None,
) -> None:
    """Remove a consumer of the key; a replay with its name begins from the start."""
    with sentences(), closing(ServerSource(url, key)) as server:
        server.remove_consumer(name)
    report(f"{name} is removed; a replay with this name begins from the start")
