"""Opens the source at an address: a server, a database or a file."""

from pathlib import Path

from service.replay.errors import ReplayError
from service.replay.source import Source


def is_server(address: str) -> bool:
    """Return whether an address is that of a server."""
    return address.startswith(("http://", "https://"))


def source_of(address: str | Path, key: str | None = None) -> Source:
    """Return the source at the address: http(s)://…, postgresql://…, or the path of an exported file or folder.

    `key` is sent to a server. Raises ReplayError if there is no such source.
    """
    # Each kind of source is imported only when it is needed, so that notebooks start faster.
    scheme = str(address).partition("://")[0] if "://" in str(address) else ""
    match scheme:
        case "http" | "https":
            from service.replay.sources.server import ServerSource

            return ServerSource(str(address), key)
        case "postgres" | "postgresql" | "postgresql+asyncpg":
            from service.replay.sources.database import DatabaseSource

            return DatabaseSource(str(address))
        case "":
            from service.replay.sources.file import file_source

            return file_source(Path(address))
        case _:
            raise ReplayError(
                f"{scheme}:// is not a source; expected http(s)://… for a server, postgresql://… for a database"
            )
