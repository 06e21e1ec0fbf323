"""The origin of an export: its log, and the viewer that it was read for. Journals and manifests contain it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from events.lines.chain import line_hash
from events.store.reading import Selection
from service.replay.errors import ReplayError
from service.replay.line_pages import last_line, position_of

EVERYTHING: Final = "everything"
"""The viewer of a database, who may see everything."""


@dataclass(frozen=True, slots=True)
class LogMark:
    """An event that identifies a log, by its position and the hash of its line."""

    position: int
    hash: str

    @classmethod
    def of(cls, line: bytes) -> Self:
        """Return the mark of a line, given without its newline."""
        return cls(position_of(line), line_hash(line))

    @classmethod
    def last_of(cls, page: bytes) -> Self:
        """Return the mark of the last line of a page."""
        return cls.of(last_line(page))


@dataclass(frozen=True, slots=True)
class Origin:
    """A log, by its first visible event, and a viewer. Exports of different origins cannot share a file.

    `first` is None for an empty log. `viewer` is `everything` for a database, a key's id for a server (never the key),
    and None for lines whose viewer is unknown.
    """

    first: LogMark | None
    viewer: str | None

    @classmethod
    def parsed(cls, content: Mapping[str, Any] | None) -> Self | None:
        """Return the origin in a JSON object, or None if there is none."""
        if content is None:
            return None
        first = content["first"]
        return cls(first and LogMark(**first), content["viewer"])


def narrowed(held: Selection, asked: Selection) -> Selection:
    """Return the part of `asked` that a source with the selection `held` can have. Raises ReplayError if none."""
    types = asked.types or held.types
    if asked.types and held.types:
        types = tuple(name for name in asked.types if name in held.types)
        if not types:
            raise ReplayError("the source is an export of other event types")
    after = max(held.after, asked.after)
    return replace(
        asked,
        after=after,
        through=_narrower(min, held.through, asked.through),
        streams=asked.streams or held.streams,
        types=types,
        from_us=_narrower(max, held.from_us, asked.from_us),
        to_us=_narrower(min, held.to_us, asked.to_us),
    )


def _narrower(choose: Any, held: int | None, asked: int | None) -> int | None:
    given = [bound for bound in (held, asked) if bound is not None]
    bound: int | None = choose(given) if given else None
    return bound
