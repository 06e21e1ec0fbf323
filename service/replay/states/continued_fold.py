"""Folds a log from a kept state on, and keeps the state at its end.

Events after the state change rows as they do in PostgreSQL. If one of them voids or corrects another, or is about an
event before the state, the log is read again from its beginning, and the rows that this affects are folded from it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from events.lines.chain import line_hash
from events.state.streams_from_lines import StreamsFromLines
from events.state.subjects import State
from events.store.reading import Selection
from events.vocabulary.stream import Stream
from events.vocabulary.types import Mark
from projections.folding.fold import Fold, HandlersByType, Rows
from projections.folding.garbage_collector import collector_paused
from projections.folding.projection import Projection
from projections.folding.step import Step, link
from projections.folding.tables import Key, Row
from projections.in_memory.rows import Tables, fold
from service.replay.errors import ReplayError
from service.replay.origin import LogMark
from service.replay.source import Source
from service.replay.states.code import fold_fingerprint
from service.replay.states.fold_state import FoldState

_AMENDING: Final = (Mark.VOIDS, Mark.CORRECTS)

_HAS_GAPS: Final = "some events are hidden or missing, and which ones may have changed"

OnRefused = Callable[[str], None]
"""Is given the reason why a kept state is not continued."""


def fold_on_from(
    path: Path,
    source: Source,
    selection: Selection,
    projections: Sequence[Projection],
    on_refused: OnRefused,
) -> tuple[Tables, int]:
    """Return the rows of a log after its last event, and how many events it has; `path` then has the state there.

    A state of other code, of another log or for another viewer is not continued, nor one that was changed, is of a
    later position or lacks events: the log is folded from its beginning, and `on_refused` is given the reason. Raises
    ReplayError, and Undigested; the state is then as it was.
    """
    if not selection.is_everything or selection.after:
        raise ReplayError("a state can only be kept of a fold of all events of a log")
    with FoldState(path) as state, collector_paused():
        continued = _Continued(state, source, selection, projections)
        if (reason := continued.refused() or continued.go()) is not None:
            if not state.is_empty:
                on_refused(
                    f"{path} is not continued, because {reason}; all events are folded again"
                )
            continued.begin()
        events = continued.commit()
        return {one.name: state.rows(one) for one in projections}, events


class _Continued:
    def __init__(
        self,
        state: FoldState,
        source: Source,
        selection: Selection,
        projections: Sequence[Projection],
    ) -> None:
        self._state = state
        self._source = source
        self._selection = selection
        self._projections = projections
        self._code = fold_fingerprint(projections)
        self._viewer = source.origin().viewer or ""
        self._last: LogMark | None = None
        self._events = 0
        self._placing = StreamsFromLines()

    def refused(self) -> str | None:
        """Return why the state cannot be continued, None if it can."""
        if self._state.code != self._code:
            return "it was made by other code"
        if not self._state.is_as_written:
            return "it was changed after it was written"
        if self._state.viewer != self._viewer:
            return "it was made for another viewer"
        last, through = self._state.last, self._selection.through
        if last is None:
            return None
        if last.position != self._state.events:
            return _HAS_GAPS
        if through is not None and last.position > through:
            return f"it is of position {last.position}"
        at = replace(self._selection, after=last.position - 1, through=last.position)
        line = next(self._lines(at), b"")
        if line_hash(line) != last.hash:
            return "the log has another event there, or none that may be read"
        # Rows may follow from an event that was narrowed since: the viewer may not see them any more.
        return None if self._source.has_all(last.position) else _HAS_GAPS

    def begin(self) -> None:
        """Fold the log from its first event."""
        self._state.clear()
        self._last = None
        self._placing = StreamsFromLines()
        steps = self._read(self._selection)
        self._events = len(steps)
        tables = fold(steps, self._projections)
        for projection in self._projections:
            names = projection.table.primary_key.columns.keys()
            rows = tables[projection.name]
            self._state.change(
                projection, ((tuple(row[name] for name in names), row) for row in rows)
            )

    def go(self) -> str | None:
        """Fold the events after the state. Return why this cannot be done, None if it is done."""
        self._last, self._events = self._state.last, self._state.events
        known = self._last.position if self._last else 0
        self._placing = _KnownStreams(self._state)
        later = replace(self._selection, after=known)
        steps = self._read(later)
        if steps and steps[-1].position != known + len(steps):
            return _HAS_GAPS
        plan = HandlersByType(self._projections)
        affected: dict[Projection, set[Key]] = {}
        every: Sequence[Step] = ()
        if any(_looks_back(step, known) for step in steps):
            self._placing = StreamsFromLines()
            every = self._read(self._selection)
            steps = [step for step in every if step.position > known]
            for step in steps:
                for handler, key in (*plan.rows_voided_by(step), *plan.rows_corrected_by(step)):
                    affected.setdefault(handler.projection, set()).add(key)
        self._events += len(steps)
        changes = Fold(plan, self._before(plan, steps), {})
        for step in steps:
            changes.take(step)
        for projection, keys in affected.items():
            # Only now is it known how the events of these rows read, and which of them are voided.
            rows = fold(every, [projection], keys.__contains__)[projection.name]
            names = projection.table.primary_key.columns.keys()
            found: dict[Key, Row] = {tuple(row[name] for name in names): row for row in rows}
            changes.changed[projection].update({key: found.get(key) for key in keys})
        for projection, changed in changes.changed.items():
            self._state.change(projection, changed.items())
        return None

    def commit(self) -> int:
        """Keep the state; return how many events were folded."""
        self._state.commit(
            self._code, self._viewer, self._events, self._last, self._placing.created
        )
        return self._events

    def _before(self, plan: HandlersByType, steps: Sequence[Step]) -> Mapping[Projection, Rows]:
        """Return the rows that the events may change, as the state has them."""
        before: dict[Projection, Rows] = {found: {} for found in self._projections}
        for step in steps:
            for projection, key in plan.rows_changed_by(step):
                if key not in before[projection]:
                    before[projection][key] = self._state.row(projection, key)
        return before

    def _read(self, selection: Selection) -> list[Step]:
        steps = []
        line = b""
        for line in self._lines(selection):
            steps.append(Step(self._placing.placed(line)))
        if steps:
            self._last = LogMark(steps[-1].position, line_hash(line))
        link(steps)
        return steps

    def _lines(self, selection: Selection) -> Iterator[bytes]:
        with closing(self._source.chunks(selection)) as chunks:
            for chunk in chunks:
                yield from chunk[:-1].split(b"\n")


class _KnownStreams(StreamsFromLines):
    """Places events after a state, which knows the subjects that were created before."""

    def __init__(self, known: FoldState) -> None:
        super().__init__()
        self._known = known

    def state(self, stream: Stream) -> State | None:
        """Return the subject as it was created."""
        return super().state(stream) or self._known.subject(stream)


def _looks_back(step: Step, known: int) -> bool:
    """Return whether more than rows of the state is needed to fold an event."""
    about = step.about_position
    return about is not None and (about <= known or step.event.kind.mark in _AMENDING)
