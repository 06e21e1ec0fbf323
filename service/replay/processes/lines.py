"""The lines of a log, which each process reads for itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol, Self

from events.store.reading import Selection
from service.replay.source import Source
from service.replay.sources.file import FileSource


class Lines(Protocol):
    """A log that can be sent to another process and is read there. Iterating gives its lines without newlines."""

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None:
        """Close what it has opened."""


@dataclass(frozen=True, slots=True)
class SourceLines:
    """The lines of a source."""

    source: Source
    selection: Selection

    @classmethod
    def of(cls, source: Source, selection: Selection) -> Self:
        """Return the lines of a source as it is now, so that all processes read the same lines."""
        if selection.through is None and not isinstance(source, FileSource):
            selection = replace(selection, through=source.head())
        return cls(source, selection)

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.source.chunks(self.selection):
            yield from chunk[:-1].split(b"\n")

    def close(self) -> None:
        """Close the source."""
        self.source.close()
