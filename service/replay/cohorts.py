"""The cohort of each replayed event, derived from the lines before it. The formats with columns use it."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from events.state.placement import INFERRED_FROM, cohort_of
from events.store.reading import Selection
from events.vocabulary.catalogue import Catalogue, EventKind, JsonObject
from events.vocabulary.stream import Stream, event_reference
from service.replay.event import ReplayedEvent, decoded
from service.replay.source import Source

SUBJECTS_KEPT_MAX: Final = 500_000
"""The subjects and events that are kept in memory; further ones are kept in a temporary file."""

_UNKNOWN: Final = ""
_PLACING: Final = ("cohort", *INFERRED_FROM)


class CohortIndex:
    """Maps every created subject to its cohort, from which the cohort of later events follows.

    It also maps events whose cohort is not that of their first subject, for the events about them. Nothing is known
    about subjects and events that were not read.
    """

    def __init__(self, catalogue: Catalogue, kept_max: int = SUBJECTS_KEPT_MAX) -> None:
        self._catalogue = catalogue
        self._create_more = {kind.name for kind in catalogue.kinds if _creates_more(kind)}
        self._with_subject = {kind for kind in catalogue.kinds if _is_with_subject(kind)}
        self._kept_max = kept_max
        self._known: dict[str, str | None] = {}
        # For keys that were used again: the cohort and the position until which it applied. There are few, after voids.
        self._earlier: dict[str, list[tuple[int, str | None]]] = {}
        self._disk: sqlite3.Connection | None = None

    def catch_up(self, source: Source, through: int) -> None:
        """Read the events up to a position, so that the cohorts of later ones are known."""
        if not through:
            return
        for chunk in source.chunks(Selection(through=through, types=self.relevant_types)):
            self.learn(chunk)

    @property
    def relevant_types(self) -> tuple[str, ...]:
        """The full names of the types whose events determine the cohort of later events."""
        return tuple(
            wire_name
            for kind in self._catalogue.kinds
            if kind.creates or kind.about_field is not None or _may_differ(kind)
            for wire_name in kind.wire_names
        )

    @cached_property
    def relevant_fields(self) -> tuple[str, ...]:
        """The fields that determine an event's cohort."""
        about = (kind.about_field for kind in self._catalogue.kinds)
        return tuple(dict.fromkeys((*_PLACING, *(field for field in about if field is not None))))

    def learn(self, lines: bytes) -> None:
        """Read the events of these lines, so that the cohorts of later ones are known."""
        for event in decoded(lines, self._catalogue):
            self.of(event)

    def of(self, event: ReplayedEvent) -> str | None:
        """Return the event's cohort. Events must be given in order."""
        return self._of(event.position, event.kind, event.subject, event.data)

    def of_page(
        self,
        positions: Sequence[int],
        kinds: Sequence[EventKind],
        subjects: Sequence[str | None],
        data: Mapping[str, Sequence[Any]],
    ) -> list[str | None]:
        """Return the cohorts of a page of events; `data` has the columns of the `relevant_fields` that occur in it."""
        relevant = {kind: [field for field in data if field in kind.fields] for kind in set(kinds)}
        return [
            self._find(subject)
            if kind in self._with_subject
            else self._of(
                position, kind, subject, {name: data[name][row] for name in relevant[kind]}
            )
            for row, (position, kind, subject) in enumerate(
                zip(positions, kinds, subjects, strict=True)
            )
        ]

    def _of(
        self, position: int, kind: EventKind, subject: str | None, data: JsonObject
    ) -> str | None:
        about = kind.about_event(data)
        if about is None:
            found = cohort_of(kind, data, Stream(subject) if subject else None, self._find)
        else:
            found = self._find(event_reference(about), self._subject(subject, about))
        if kind.creates and subject is not None:
            self._create(subject, position, found)
            if kind.name in self._create_more:
                # The further subjects that it creates are in relevant fields.
                created = {mention.stream for mention in kind.mentions(data) if mention.creates}
                for stream in created - {subject}:
                    self._create(stream, position, found)
        elif found != self._subject(subject, position):
            self._keep(event_reference(position), found)
        return found

    def _create(self, stream: str, position: int, cohort: str | None) -> None:
        earlier = self._find(stream, _UNKNOWN)
        if earlier not in (_UNKNOWN, cohort):
            self._earlier.setdefault(stream, []).append((position, earlier))
        self._keep(stream, cohort)

    def _subject(self, stream: str | None, position: int) -> str | None:
        """Return the cohort of the subject with this stream at a position."""
        if stream is None:
            return None
        for until, cohort in self._earlier.get(stream, ()):
            if position < until:
                return cohort
        return self._find(stream)

    def _find(self, name: str | None, otherwise: str | None = None) -> str | None:
        if name in self._known:
            return self._known[name]
        if name is None or self._disk is None:
            return otherwise
        row = self._disk.execute("select cohort from cohorts where name = ?", (name,)).fetchone()
        if row is None:
            return otherwise
        self._keep(name, row[0])
        return self._known[name]

    def _keep(self, name: str, cohort: str | None) -> None:
        if len(self._known) >= self._kept_max:
            self._spill()
        self._known[name] = cohort

    def _spill(self) -> None:
        if self._disk is None:
            # An empty name makes a private file in the temporary folder, which is removed with the process.
            self._disk = sqlite3.connect("", isolation_level=None)
            self._disk.execute("create table cohorts (name text primary key, cohort text)")
        self._disk.execute("begin")
        self._disk.executemany("insert or replace into cohorts values (?, ?)", self._known.items())
        self._disk.execute("commit")
        self._known.clear()


def _creates_more(kind: EventKind) -> bool:
    """Return whether an event of this type may create further subjects than its first one."""
    creating = [reference for reference in kind.references if reference.creates]
    return creating != [*kind.references[:1]] or any(reference.many for reference in creating)


def _is_with_subject(kind: EventKind) -> bool:
    """Return whether events of this type always have the cohort of their first subject."""
    names = {reference.field for reference in kind.references} & set(_PLACING)
    first = {reference.field for reference in kind.references[:1]} & set(INFERRED_FROM)
    return not kind.creates and kind.about_field is None and names <= first


def _may_differ(kind: EventKind) -> bool:
    """Return whether an event of this type may have another cohort than its first subject."""
    return any(reference.field in _PLACING for reference in kind.references[1:])
