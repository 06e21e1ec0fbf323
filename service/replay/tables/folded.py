"""Folds the events of a source into tables."""

from collections.abc import Iterable, Iterator
from typing import Final

from events.state.streams_from_lines import events_in
from events.store.reading import Selection
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.event import Event
from projections.folding.fold import Undigested
from projections.folding.garbage_collector import collector_paused
from projections.folding.step import linked_events
from projections.insights.perspective.viewer import FigureViewer
from projections.tables.rows import rows_of_tables
from service.replay.errors import PartOfLog, PastEnd, ReplayError
from service.replay.source import Source
from service.replay.tables.log_tables import LogTables

UNRESTRICTED: Final = "facilitator"
"""The viewer from whom nothing is hidden, as people write it."""


def viewer_of(text: str | None) -> FigureViewer:
    """Return the viewer that people write in this way; `UNRESTRICTED`, if none is given. Raises ReplayError."""
    try:
        return FigureViewer.named(UNRESTRICTED if text is None else text)
    except ValueError as error:
        raise ReplayError(f"viewer {error}") from None


def folded(source: Source, viewer: str, as_of: int | None, catalogue: Catalogue) -> LogTables:
    """Return the tables of a whole log at a position, as a viewer may see them.

    Raises PartOfLog if events are missing, and ReplayError for an unknown viewer or a position after the last one.
    """
    who = viewer_of(viewer)
    # What a viewer may see is judged at the end of the log, so that it is needed up to there.
    selection = Selection(through=as_of if who.facilitates_everything else None)
    within = source.within(selection)
    if within.types or within.streams or within.after or within.from_us or within.to_us:
        raise PartOfLog("tables")
    with collector_paused():
        steps = linked_events(_whole(events_in(_lines(source.chunks(selection)), catalogue)))
        last = steps[-1].position if steps else 0
        if as_of is not None and as_of > last:
            raise PastEnd(as_of, last)
        try:
            rows = rows_of_tables(steps, who, as_of)
        except Undigested as error:
            raise ReplayError(str(error)) from None
    return LogTables(rows, last if as_of is None else as_of, viewer)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield from chunk[:-1].split(b"\n")


def _whole(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events, whose positions have no gaps. Raises PartOfLog."""
    before = 0
    for event in events:
        if event.position != before + 1:
            raise PartOfLog("tables", (before, event.position))
        before = event.position
        yield event
