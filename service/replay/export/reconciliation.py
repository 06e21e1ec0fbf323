"""Brings a copy up to date with what its key may read now: lines that came are fetched, lines that went are dropped.

`howcanwe replay --reconcile` uses it. Levels change later, in both directions, and a copy keeps what it was given.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import Final

from events.lines.chain import line_hash
from events.store.reading import Selection
from service.replay.errors import Diverged, NotWhole, ReplayError
from service.replay.export.resumption import check_options, check_viewer
from service.replay.export_format import ExportFormat
from service.replay.line_pages import position_of
from service.replay.manifests.journal import PART, Journal
from service.replay.manifests.manifest import Manifest
from service.replay.origin import Origin
from service.replay.positions import Positions
from service.replay.source import Source, line_at
from service.replay.sources.file import FileSource
from service.replay.sources.server import ServerSource

GAP_MAX: Final = 200
"""Lines that are this near are fetched in one request, and those between them again."""

OnChanged = Callable[[int, int], None]
"""Called with how many lines came and how many went, before the file is written again."""

_Numbered = tuple[int, bytes]
"""A position and its line, with its newline."""


class Reconciled:
    """A server's log, whose lines up to a position are read from a copy, except for those that came."""

    def __init__(
        self, server: ServerSource, copy: FileSource, through: int, came: Positions, went: Positions
    ) -> None:
        self._server = server
        self._copy = copy
        self._through = through
        self._came = came
        self._went = went

    def head(self) -> int:
        """Return the position of the server's last event, 0 if there is none."""
        return self._server.head()

    def origin(self) -> Origin:
        """Return the origin of the server's log."""
        return self._server.origin()

    def within(self, selection: Selection) -> Selection:
        """Return the selection unchanged."""
        return selection

    def has_all(self, through: int) -> bool:
        """Return whether the key may read every event up to a position now."""
        return self._server.has_all(through)

    def chunks(self, selection: Selection) -> Generator[bytes]:
        """Yield the lines of the selection, which must be that of the copy, from a position on."""
        parts = merge(self._kept(selection), self._fetched(selection), key=itemgetter(0))
        yield from (line for _, line in parts)
        rest = replace(selection, after=max(selection.after, self._through))
        yield from self._server.chunks(rest)

    def follow(self, selection: Selection) -> Generator[bytes | int]:
        """Follow the server."""
        return self._server.follow(selection)

    def close(self) -> None:
        """Close the server's connections."""
        self._server.close()

    def _kept(self, selection: Selection) -> Iterator[_Numbered]:
        for numbered in _numbered(self._copy.chunks(Selection(after=selection.after))):
            if numbered[0] not in self._went:
                yield numbered

    def _fetched(self, selection: Selection) -> Iterator[_Numbered]:
        for first, last in self._came.joined(GAP_MAX).ranges:
            wanted = selection.between(max(first - 1, selection.after), last)
            for numbered in _numbered(self._server.chunks(wanted)):
                if numbered[0] in self._came:
                    yield numbered


def check_reconcilable(source: Source) -> ServerSource:
    """Return the source if a copy of it can be reconciled; else raise ReplayError."""
    if not isinstance(source, ServerSource):
        raise ReplayError(
            "--reconcile needs a server, which knows what a key may read now; name its URL as the source"
        )
    return source


def reconciled(server: ServerSource, out: Path, asked: Selection, on_changed: OnChanged) -> Source:
    """Return the source from which an export to `out` gets all lines that the key may read now, and no others.

    If lines came or went since the copy was written, its journal says afterwards that it is to be written again, with
    what it has as a source. After an interruption, everything is read from the server. What is not a whole export yet
    is left to the export. Raises ReplayError if `out` has another selection or viewer, NotWhole if it has been changed,
    and Diverged if it is of another log.
    """
    whole = Manifest.beside(out) if out.exists() else None
    if whole is None:
        return server
    found = Journal.of_whole(whole, out)
    form = ExportFormat(found.form)
    check_options(found, out, form, asked, is_whole=True)
    origin = server.origin()
    check_viewer(found, out, origin)
    if wrong := list(whole.faults(out)):
        raise NotWhole("; ".join(wrong))
    head, through = server.head(), found.selection.through or found.reached
    visible = server.visible(found.selection.between(found.selection.after, through))
    copy = FileSource(out)
    held, kept = Positions(), None
    for position, line in _numbered(copy.chunks(Selection())):
        held.add(position)
        if position in visible:
            kept = position, line
    if through > head or (kept is not None and not _is_of(server, kept)):
        raise Diverged(
            f"{out} is of another log (log.diverged): the source does not have its line at position "
            f"{kept[0] if kept is not None and through <= head else through}"
        )
    came, went = visible - held, held - visible
    if not len(came) and not len(went) and found.origin == origin:
        return server
    on_changed(len(came), len(went))
    asked_through = head if asked.through is None else asked.through
    rewritten = Journal(form.value, replace(found.selection, through=asked_through), origin)
    rewritten.begin(out)
    # Its existence keeps the export from writing over the copy, which is read meanwhile.
    out.with_name(out.name + PART).write_bytes(b"")
    return Reconciled(server, copy, through, came, went)


def _is_of(server: ServerSource, kept: _Numbered) -> bool:
    position, line = kept
    there = line_at(server, position)
    return there is not None and line_hash(there) == line_hash(line[:-1])


def _numbered(chunks: Iterator[bytes]) -> Iterator[_Numbered]:
    for chunk in chunks:
        for line in chunk.splitlines(keepends=True):
            yield position_of(line), line
