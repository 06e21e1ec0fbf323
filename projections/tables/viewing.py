"""What a viewer sees of folded rows: the same conditions in Python that `projections.queries` has in SQL."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.access.audience import Audience, ViewerTokens, everybodys, organisation, tokens
from events.access.policy import Role
from events.vocabulary.stream import Stream
from events.vocabulary.terms import Visibility
from projections.folding.tables import Row
from projections.in_memory.rows import Tables
from projections.insights.perspective.viewer import FigureViewer
from projections.models import SUBJECTS
from projections.models.cohorts import Cohorts, Memberships, Pairings
from projections.models.questions import Framings
from projections.models.subjects import SubjectAudiences
from projections.queries.lists import EVERY_JOINING_SEEN, LEAVING_SEEN
from projections.tables.tables import AnalystTable

EVERYTHING: Final = FigureViewer(Role.FACILITATOR)
"""A facilitator of everything, from whom nothing is hidden."""

_NOBODY: Final[Collection[str]] = ()


class _Subject(NamedTuple):
    """Where a subject was created, who sees it, and who sees what happens to it later."""

    position: int
    audience: Collection[str]
    below: Collection[str]


class Viewing:
    """What a viewer sees of the rows of a log, by the tokens that follow from these rows."""

    def __init__(self, tables: Tables, viewer: FigureViewer = EVERYTHING) -> None:
        self._viewer = ViewerTokens(_tokens(viewer, tables))
        self._sees_everything = self._viewer.sees_everything
        self._subjects = self._of_each(tables)
        self._levels: Mapping[str | None, Audience] = {
            None: self._viewer.tokens,
            **{level.value: self._viewer.at(level) for level in Visibility},
        }
        self.streams: Collection[str] = (
            self._subjects.keys()
            if self._sees_everything
            else {stream for stream, one in self._subjects.items() if self._overlaps(one.audience)}
        )
        """The streams of the subjects that the viewer sees."""

    def of(self, table: AnalystTable, rows: Sequence[Row]) -> Iterator[Row]:
        """Yield those rows of a table that the viewer sees; memberships with what depends on the viewer."""
        if table.projection.table is Memberships.table:
            yield from self._memberships(rows)
        elif table.about is not None:
            source, prefix = table.about.source, table.about.prefix
            is_framing = table.projection.table is Framings.table
            for row in rows:
                if self._sees_fact(row, f"{prefix}{row[source]}", is_framing):
                    yield row
        elif self._sees_everything:
            yield from rows
        else:
            yield from (row for row in rows if self._overlaps(row["audience"]))

    def _memberships(self, rows: Sequence[Row]) -> Iterator[Row]:
        every = self._overlaps(everybodys(Visibility.PRIVATE))
        for row in rows:
            if self._overlaps(row["audience"]):
                yield {
                    **row,
                    EVERY_JOINING_SEEN: every,
                    LEAVING_SEEN: self._overlaps(row["leaving"]),
                }

    def _sees_fact(self, row: Row, stream: str, is_framing: bool) -> bool:
        """Return whether the viewer sees an event. It may outlive its subject, whose key may have been used again."""
        subject = self._subjects.get(stream)
        if subject is None or subject.position > row["position"]:
            return False
        if self._sees_everything:
            return True
        if is_framing and subject.position == row["position"]:
            return self._overlaps(subject.audience)
        acting = row["organisation"]
        if acting is not None and self._viewer.holds(organisation(acting)):
            return True
        if row["audience"] is not None:
            return self._overlaps(row["audience"])
        return not self._levels[row["level"]].isdisjoint(subject.below)

    def _overlaps(self, audience: Collection[str]) -> bool:
        return self._sees_everything or not self._viewer.tokens.isdisjoint(audience)

    def _of_each(self, tables: Tables) -> Mapping[str, _Subject]:
        if not self._sees_everything:
            return {
                row["stream"]: _Subject(row["position"], row["audience"], row["below"])
                for row in tables[SubjectAudiences.table.name]
            }
        return {
            Stream(f"{kind}/{row['key']}"): _Subject(row["position"], _NOBODY, _NOBODY)
            for kind, table in SUBJECTS.items()
            for row in tables[table.name]
        }


def _tokens(viewer: FigureViewer, tables: Tables) -> Audience:
    memberships = tables[Memberships.table.name]
    own = viewer.organisation
    ever = [row["cohort"] for row in memberships if row["organisation"] == own]
    return tokens(
        viewer.role,
        of=own,
        cohorts=viewer.cohorts,
        ever=ever,
        peers=() if own is None else [*_peers(own, set(ever), tables)],
        members=[row["organisation"] for row in memberships if row["cohort"] in viewer.cohorts],
    )


def _peers(own: str, ever: Collection[str], tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield the organisations that are paired with this one, each with the cohort of the pairing.

    A pairing also ends when its cohort is closed or one of its organisations leaves the cohort.
    """
    is_open = {row["key"] for row in tables[Cohorts.table.name] if row["closed_at"] is None}
    stays: dict[tuple[str, str], Sequence[Mapping[str, Any]]] = {
        (row["organisation"], row["cohort"]): row["stays"] for row in tables[Memberships.table.name]
    }
    for row in tables[Pairings.table.name]:
        cohort, paired = row["cohort"], row["organisations"]
        if own not in paired or cohort not in ever or cohort not in is_open or row["ended_at"]:
            continue
        has_left = any(
            stay["left_position"] is not None
            and stay["joined_position"] < row["position"] < stay["left_position"]
            for one in paired
            for stay in stays.get((one, cohort), ())
        )
        if not has_left:
            yield from ((cohort, peer) for peer in paired)
