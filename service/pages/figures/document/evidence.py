"""What a report is made from: the figures and the tables of a log, as one viewer sees them at one position."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final

from events.access.principal import Role
from projections.folding.tables import Row
from projections.tables.tables import TABLES
from service.graphql.figure_documents import of_events, with_subjects
from service.pages.figures.document.period import Counted
from service.pages.parts.records import NAMES
from service.replay.tables.log_tables import LogTables

_OF_KIND: Final = {table.kind: name for name, table in TABLES.items() if table.kind is not None}

Answers = Mapping[str, Mapping[str, Any] | None]
"""Figures by name, in the words of events; None if the viewer may not have it."""

Asked = tuple[Collection[str], Counted]
"""Names of figures, and what they are over."""

Given = tuple[Answers, bool]
"""The figures, and whether something is hidden from the viewer."""

_PLACES: Final = ("question", "iteration", "cohort")
"""What a row names that says in which language it is probably written, the nearest first."""

DEFAULT: Final = "en"
"""The language of a cohort that has none, by the vocabulary."""


@dataclass(frozen=True)
class Viewer:
    """Who sees the log so: a role, with the keys of its cohorts or its organisation."""

    role: Role
    cohorts: frozenset[str] = frozenset()
    organisation: str | None = None


@dataclass(frozen=True)
class Evidence:
    """A log for one viewer. `ask` computes figures. `server` is the address of their pages, if it is known."""

    tables: LogTables
    viewer: Viewer
    ask: Callable[[Sequence[Asked]], Sequence[Given]]
    server: str | None = None

    @property
    def position(self) -> int:
        """The position of the log's last event that is considered."""
        return self.tables.position

    @cached_property
    def last_day(self) -> datetime | None:
        """The end of the last UTC day of which anything in the tables is; None if there is nothing."""
        moments = (
            value
            for table in self.tables.values()
            for values in table.rows.values.values()
            for value in values
            if isinstance(value, datetime)
        )
        last = max(moments, default=None)
        if last is None:
            return None
        day = datetime.combine(last.astimezone(UTC).date(), time(), UTC)
        return day + timedelta(days=1, microseconds=-1)

    def figures(self, asked: Sequence[Asked]) -> Sequence[Given]:
        """Return figures as the graph gives them to pages. Ask for all at once: of a server, that is one query."""
        return [
            ({name: self._named(name, answer) for name, answer in found.items()}, is_partial)
            for found, is_partial in self.ask(asked)
        ]

    def _named(self, name: str, answer: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if answer is None:
            return None
        return with_subjects(name, of_events(name, answer), self.subject)

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """The rows of all subjects by their streams."""
        return {
            f"{kind}/{row['key']}": row
            for kind, name in _OF_KIND.items()
            for row in self.tables[name]
        }

    def subject(self, kind: str, key: str) -> Mapping[str, Any] | None:
        """Return a subject with its stream and what names it; None if the viewer does not see it."""
        return self.of_stream(f"{kind}/{key}")

    def of_stream(self, stream: str) -> Mapping[str, Any] | None:
        """Return a subject with its stream and what names it; None if the viewer does not see it."""
        row = self.rows.get(stream)
        if row is None:
            return None
        named = [name for name in NAMES if row.get(name)][:1]
        found = {"stream": stream, **{name: row[name] for name in named}}
        if stream.startswith("pairing/"):
            # It is called by names, which are in no language.
            members = (self.rows.get(f"organisation/{key}") for key in row["organisations"])
            found["organisations"] = [{"name": one["name"]} for one in members if one is not None]
        elif language := self.language(row):
            found["language"] = language
        return found

    def language(self, row: Row) -> str | None:
        """Return the language of the texts of a row: the one that is given for it, else that of its question, else that
        of its cohort. None if it is unknown.
        """
        if row.get("language"):
            return str(row["language"])
        places = (self.rows.get(f"{kind}/{row.get(kind)}") for kind in _PLACES)
        place = next(filter(None, places), None)
        if place is not None:
            return self.language(place)
        return DEFAULT if "planned_months" in row else None

    def cohort_name(self, key: str) -> str:
        """Return the title of a cohort; its key if the viewer does not see it."""
        found = self.rows.get(f"cohort/{key}")
        return key if found is None else str(found["title"])

    def address(self, href: str) -> str | None:
        """Return where an address of the pages is from outside; None if no server is known."""
        if href.startswith("#"):
            return href
        return None if self.server is None else f"{self.server}{href}"
