"""What a source of a replay is: a server, a database or a file, all read alike."""

from collections.abc import Generator
from contextlib import closing
from typing import Protocol

import orjson

from events.store.reading import Selection
from events.vocabulary.times import moment
from service.replay.errors import ReplayError
from service.replay.line_pages import first_line
from service.replay.origin import Origin


class Source(Protocol):
    """A log to be read. Chunks are whole lines, oldest first, each line with its newline.

    Methods raise SourceLost where it is away for longer than a moment.
    """

    def head(self) -> int:
        """Return the position of the last event, 0 where there is none."""

    def origin(self) -> Origin:
        """Return which log it is, and for whom it is read."""

    def within(self, selection: Selection) -> Selection:
        """Return what of a selection the source can hold: an export holds no more than its own selection."""

    def chunks(self, selection: Selection) -> Generator[bytes]:
        """Yield the lines of the selection that are there now."""

    def follow(self, selection: Selection) -> Generator[bytes | int]:
        """Yield the lines of the selection, then each new one, without end.

        A number between them says that the log's end is reached, at this position, for now.
        """

    def close(self) -> None:
        """Let go of it."""


def check_endless(selection: Selection) -> None:
    """Raise ReplayError where a selection ends: it cannot be followed."""
    if selection.through is not None:
        raise ReplayError("what is followed has no end: leave out the last position")


def line_at(source: Source, position: int) -> bytes | None:
    """Return the line at a position, without its newline; None where the source shows none there."""
    chunk = first_chunk(source, Selection(after=position - 1, through=position))
    return None if chunk is None else first_line(chunk)


def first_chunk(source: Source, selection: Selection) -> bytes | None:
    """Return the first lines of a selection, None where the source has none of it."""
    with closing(source.chunks(selection)) as chunks:
        return next(chunks, None)


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
