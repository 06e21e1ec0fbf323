"""What a report is made from: the figures and the tables of a log, as one viewer sees them at one position."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final

from events.access.principal import Role
from projections.folding.tables import Row
from projections.tables.tables import TABLES
from service.graphql.figure_documents import of_events, with_subjects
from service.pages.figures.document.period import Period
from service.pages.parts.records import NAMES
from service.replay.tables.log_tables import LogTables

_OF_KIND: Final = {table.kind: name for name, table in TABLES.items() if table.kind is not None}

Answers = Mapping[str, Mapping[str, Any] | None]
"""Figures by name, in the words of events; None if the viewer may not have it."""


@dataclass(frozen=True)
class Viewer:
    """Who sees the log so: a role, with the keys of its cohorts or its organisation."""

    role: Role
    cohorts: frozenset[str] = frozenset()
    organisation: str | None = None


@dataclass(frozen=True)
class Evidence:
    """A log for one viewer. `ask` computes figures of some names over a period, and whether something is hidden.

    `server` is the address at which the records have pages, if it is known.
    """

    tables: LogTables
    viewer: Viewer
    ask: Callable[[Collection[str], Period, datetime], tuple[Answers, bool]]
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

    def figures(self, names: Collection[str], period: Period, at: datetime) -> tuple[Answers, bool]:
        """Return figures as the graph gives them to pages, and whether something is hidden from the viewer."""
        found, is_partial = self.ask(names, period, at)
        given = {
            name: None
            if answer is None
            else with_subjects(name, of_events(name, answer), self.subject)
            for name, answer in found.items()
        }
        return given, is_partial

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
            members = (self.rows.get(f"organisation/{key}") for key in row["organisations"])
            found["organisations"] = [{"name": one["name"]} for one in members if one is not None]
        return found

    def cohort_name(self, key: str) -> str:
        """Return the title of a cohort; its key if the viewer does not see it."""
        found = self.rows.get(f"cohort/{key}")
        return key if found is None else str(found["title"])

    def address(self, href: str) -> str | None:
        """Return where an address of the pages is from outside; None if no server is known."""
        if href.startswith("#"):
            return href
        return None if self.server is None else f"{self.server}{href}"
