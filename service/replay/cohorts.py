"""Which cohort an event belongs to, as the lines before it tell."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Final

from events.catalogue import Catalogue, JsonObject
from events.store.reading import Selection
from events.types.event_type import TYPE_PREFIX, Mark
from service.replay.event import decoded
from service.replay.source import Source

SUBJECTS_KEPT_MAX: Final = 500_000
"""Subjects remembered in memory; those beyond are kept in a temporary file."""

LOOKED_AT: Final = ("cohort", "iteration", "question")
"""The fields that tell an event's cohort."""


class Cohorts:
    """Remembers the cohort of every subject that was created, so that the events about it can be told apart by it.

    An event's cohort is the one it names, else its iteration's, else its question's, else its first subject's, else
    none. Of subjects whose creation was not read, nothing is known.
    """

    def __init__(self, catalogue: Catalogue, kept_max: int = SUBJECTS_KEPT_MAX) -> None:
        self._catalogue = catalogue
        self._creates = {kind.name: kind.creates for kind in catalogue.kinds if kind.creates}
        self._kept_max = kept_max
        self._known: dict[str, str | None] = {}
        self._disk: sqlite3.Connection | None = None

    def catch_up(self, source: Source, through: int) -> None:
        """Learn what the events up to a position created."""
        if not through:
            return
        for chunk in source.chunks(Selection(through=through, types=self.creating)):
            self.learn(chunk)

    @property
    def creating(self) -> tuple[str, ...]:
        """The full names of the types that create subjects."""
        return tuple(
            f"{TYPE_PREFIX}{kind.name}.v{version}"
            for kind in self._catalogue.kinds
            if kind.mark is Mark.CREATES
            for version in range(1, kind.model.version + 1)
        )

    def learn(self, lines: bytes) -> None:
        """Learn what the events of these lines created."""
        for event in decoded(lines, self._catalogue):
            self.of(event.type, event.subject, event.data)

    def of(self, type_: str, subject: str | None, data: JsonObject) -> str | None:
        """Return the event's cohort, and remember it of what the event creates."""
        named = [data.get(name) for name in LOOKED_AT]
        return self._of(type_, subject, *named)

    def of_page(
        self,
        types: Sequence[str],
        subjects: Sequence[str | None],
        data: Mapping[str, Sequence[str | None]],
    ) -> list[str | None]:
        """Return the cohorts of a page of events; `data` gives their fields by name."""
        named: list[Iterable[str | None]] = [data.get(name, repeat(None)) for name in LOOKED_AT]
        return [self._of(*row) for row in zip(types, subjects, *named, strict=False)]

    def _of(
        self,
        type_: str,
        subject: str | None,
        cohort: str | None,
        iteration: str | None,
        question: str | None,
    ) -> str | None:
        created = self._creates.get(type_, ())
        # What an event creates tells nothing of itself: a key that is free again after a void is not what it was.
        found = (
            cohort
            or (
                self._find(f"iteration/{iteration}")
                if iteration and "iteration" not in created
                else None
            )
            or (
                self._find(f"question/{question}")
                if question and "question" not in created
                else None
            )
            or (self._find(subject) if subject and not created else None)
        )
        if created and subject:
            self._keep(subject, found)
            if "question" in created and question:
                self._keep(f"question/{question}", found)
        return found

    def _find(self, stream: str) -> str | None:
        if stream in self._known:
            return self._known[stream]
        if self._disk is None:
            return None
        row = self._disk.execute(
            "select cohort from cohorts where stream = ?", (stream,)
        ).fetchone()
        self._keep(stream, row[0] if row else None)
        return row[0] if row else None

    def _keep(self, stream: str, cohort: str | None) -> None:
        if len(self._known) >= self._kept_max:
            self._spill()
        self._known[stream] = cohort

    def _spill(self) -> None:
        if self._disk is None:
            # An empty name: a file of its own in the temporary folder, gone with the process.
            self._disk = sqlite3.connect("", isolation_level=None)
            self._disk.execute("create table cohorts (stream text primary key, cohort text)")
        self._disk.execute("begin")
        self._disk.executemany("insert or replace into cohorts values (?, ?)", self._known.items())
        self._disk.execute("commit")
        self._known.clear()
