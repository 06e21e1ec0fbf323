"""The interface of the sources of a replay: servers, databases and files."""

from collections.abc import Generator
from contextlib import closing
from typing import Protocol

import orjson

from events.store.reading import Selection
from events.vocabulary.values.times import moment
from service.replay.errors import ReplayError
from service.replay.line_pages import first_line
from service.replay.origin import Origin


class Source(Protocol):
    """A log to read. Chunks consist of whole lines, oldest first, each line with its newline.

    A source can be pickled; another process then opens it again.

    Methods raise SourceLost if the source is unavailable for more than a moment.
    """

    def head(self) -> int:
        """Return the position of the last event, 0 if there is none."""

    def origin(self) -> Origin:
        """Return the log's identity and the viewer that it is read for."""

    def within(self, selection: Selection) -> Selection:
        """Return the part of a selection that the source can have: an export has no more than its own selection."""

    def has_all(self, through: int) -> bool:
        """Return whether the viewer may read every event up to a position now."""

    def chunks(self, selection: Selection) -> Generator[bytes]:
        """Yield the lines of the selection so far."""

    def follow(self, selection: Selection) -> Generator[bytes | int]:
        """Yield the lines of the selection so far, then each new one, without end.

        A number among them is a position at which the end of the log has been reached for now.
        """

    def close(self) -> None:
        """Close the source."""


def check_endless(selection: Selection) -> None:
    """Raise ReplayError if a selection has an end, so that it cannot be followed."""
    if selection.through is not None:
        raise ReplayError("a selection with an end cannot be followed; leave out the last position")


def line_at(source: Source, position: int) -> bytes | None:
    """Return the line at a position, without its newline, or None if the source has none there."""
    chunk = first_chunk(source, Selection(after=position - 1, through=position))
    return None if chunk is None else first_line(chunk)


def first_chunk(source: Source, selection: Selection) -> bytes | None:
    """Return the first lines of a selection, or None if the source has none."""
    with closing(source.chunks(selection)) as chunks:
        return next(chunks, None)


def matches(selection: Selection, line: bytes) -> bool:
    """Return whether a line belongs to a selection, apart from its streams, which a line does not contain."""
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
