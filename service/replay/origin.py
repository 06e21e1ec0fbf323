"""Where an export comes from: which log, and for whom it was read. Journals and manifests keep it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from events.lines.chain import line_hash
from events.store.reading import Selection
from service.replay.errors import ReplayError
from service.replay.line_pages import last_line, position_of

EVERYTHING: Final = "everything"
"""The viewer of a database: nothing is hidden from it."""


@dataclass(frozen=True, slots=True)
class LogMark:
    """An event that a log is recognised by: its position and its line's hash."""

    position: int
    hash: str

    @classmethod
    def of(cls, line: bytes) -> Self:
        """Return that of a line, given without its newline."""
        return cls(position_of(line), line_hash(line))

    @classmethod
    def last_of(cls, page: bytes) -> Self:
        """Return that of the last of some lines."""
        return cls.of(last_line(page))


@dataclass(frozen=True, slots=True)
class Origin:
    """A log, by the first event that is shown of it, and who asked for it: two that differ do not go into one file.

    `first` is None of an empty log. `viewer` is `everything` for a database, a key's id for a server (never the key),
    and None for lines of which nobody can tell for whom they were read.
    """

    first: LogMark | None
    viewer: str | None

    @classmethod
    def parsed(cls, content: Mapping[str, Any] | None) -> Self | None:
        """Return the origin that JSON gives, None where it gives none."""
        if content is None:
            return None
        first = content["first"]
        return cls(first and LogMark(**first), content["viewer"])


def narrowed(held: Selection, asked: Selection) -> Selection:
    """Return what is left of `asked` where a source holds no more than `held`. Raises ReplayError for nothing."""
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
