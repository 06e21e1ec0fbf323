"""Where a replay comes from: a server, a database or a file, all read alike."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import orjson

from events.moments import moment
from events.store.reading import Selection
from service.replay.errors import ReplayError


class Source(Protocol):
    """A log to be read. Chunks are whole lines, oldest first, each line with its newline.

    Methods raise SourceLost where it is away for longer than a moment.
    """

    def head(self) -> int:
        """Return the position of the last event, 0 where there is none."""

    def chunks(self, selection: Selection) -> Iterator[bytes]:
        """Yield the lines of the selection that are there now."""

    def follow(self, selection: Selection) -> Iterator[bytes | int]:
        """Yield the lines of the selection, then each new one, without end.

        A number between them says that the log's end is reached, at this position, for now.
        """

    def close(self) -> None:
        """Let go of it."""


def source_of(address: str | Path, key: str | None = None) -> Source:
    """Return the source at the address: http(s)://…, postgresql://…, or the path of an exported file or folder.

    `key` is sent to a server. Raises ReplayError where there is no such source.
    """
    # Each kind of source is imported only when it is meant: a notebook starts faster.
    scheme = str(address).partition("://")[0] if "://" in str(address) else ""
    match scheme:
        case "http" | "https":
            from service.replay.server import ServerSource

            return ServerSource(str(address), key)
        case "postgres" | "postgresql" | "postgresql+asyncpg":
            from service.replay.database import DatabaseSource

            return DatabaseSource(str(address))
        case "":
            from service.replay.files import file_source

            return file_source(Path(address))
        case _:
            raise ReplayError(
                f"{scheme}:// is no source: a server is http(s)://…, a database postgresql://…"
            )


def position_of(line: bytes) -> int:
    """Return the position that a line tells."""
    position: int = orjson.loads(line)["position"]
    return position


def matches(selection: Selection, line: bytes) -> bool:
    """Say whether a line belongs to a selection, as far as lines tell (its streams they do not)."""
    if selection.is_everything and not selection.after and selection.through is None:
        return True
    content = orjson.loads(line)
    position = content["position"]
    if position <= selection.after:
        return False
    if selection.through is not None and position > selection.through:
        return False
    if selection.identity not in (None, (content["source"], content["id"])):
        return False
    if selection.types and content["type"] not in selection.types:
        return False
    if selection.from_us is None and selection.to_us is None:
        return True
    time_us = moment(content["time"])
    return (selection.from_us is None or time_us >= selection.from_us) and (
        selection.to_us is None or time_us < selection.to_us
    )
