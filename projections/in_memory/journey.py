"""An organisation's learning journey: as it is, and as it stood.

Both are the same rows by table: the organisation's own subjects and pairings, and whatever was said in its stream; and,
as what it is set in, the cohorts it ever joined, their shared questions, and who else was there. As it is, rows are
read from the live read models; as it stood, they are folded in memory from the events of that time, by the same
projections.
"""

from collections.abc import Set
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, exists, or_, select

from events.log import EventLog
from events.store.reading import Selection
from events.vocabulary.times import moment_of
from projections.folding import garbage
from projections.folding.histories import wire_names
from projections.folding.projection import Row, Subjects
from projections.folding.step import Step, link
from projections.in_memory.rows import Tables, fold
from projections.models import PROJECTIONS
from projections.models.cohorts import Cohorts, Memberships, Pairings
from projections.models.questions import Framings, Questions
from projections.models.record import Entries, Timeline, Voids
from projections.models.subjects import FormerSubjects, SubjectAudiences
from projections.models.wordings import Wordings
from projections.queries.read_models import ReadModels

_SETTING_TYPES: Final = (
    "cohort.formed",
    "cohort.closed",
    "organisation.joined",
    "organisation.left",
    "question.reframed",
    "question.closed",
    "visibility.changed",
    "event.voided",
)
"""What changes the rows of a cohort, its shared question and its members."""

_TOLD: Final = tuple(
    found
    for found in PROJECTIONS
    if not isinstance(found, Entries | FormerSubjects | SubjectAudiences | Wordings)
)
"""What a journey consists of: everything but what is kept for the search, and to know who sees what."""

_OWNED: Final = frozenset(
    found.table
    for found in _TOLD
    if isinstance(found, Subjects) and not isinstance(found, Pairings)
)
"""The tables of what belongs to one organisation; all others tell what was said in its stream."""


async def journey(read_models: ReadModels, organisation: str) -> Tables:
    """Return the organisation's journey as it is. Raises Unavailable."""
    found: dict[str, list[Row]] = {}
    for projection in _TOLD:
        table = projection.table
        statement = select(table).where(_belongs(table, organisation)).order_by(*table.primary_key)
        found[projection.name] = [row._asdict() for row in await read_models.rows(statement)]
    return found


async def journey_as_of(
    log: EventLog,
    organisation: str,
    *,
    position: int | None = None,
    recorded_at: datetime | None = None,
    occurred_at: datetime | None = None,
) -> Tables:
    """Return the organisation's journey as it stood.

    At a position; when the log had taken in what it had at a moment; or as far as things had happened by a moment,
    whenever they were told. Where several are given, all of them bound what counts. What was taken back by then counts
    for nothing, whatever the time of the void. Raises Unavailable.
    """
    through = await log.head() if position is None else position
    if recorded_at is not None:
        through = min(through, await log.position_at(moment_of(recorded_at)))
    with garbage.still():
        return await _as_of(log, organisation, through, occurred_at)


async def _as_of(
    log: EventLog, organisation: str, through: int, occurred_at: datetime | None
) -> Tables:
    own = await _steps(log, Selection(through=through, streams=(f"organisation/{organisation}",)))
    joined = (step for step in own if step.type == "organisation.joined")
    cohorts = {f"cohort/{step.data['cohort']}" for step in joined}
    types = wire_names(log.catalogue, _SETTING_TYPES)
    setting = await _steps(
        log, Selection(through=through, streams=tuple(sorted(cohorts)), types=types)
    )
    told = {step.position: step for step in (*setting, *own)}
    steps = [told[place] for place in sorted(told)]
    link(steps)
    tables = fold(
        [step for step in steps if occurred_at is None or _had_happened(step, occurred_at)], _TOLD
    )
    rows = _Rows(organisation, frozenset(step.position for step in own), occurred_at, tables)
    return {
        projection.name: [
            row for row in tables[projection.name] if rows.belongs(projection.table, row)
        ]
        for projection in _TOLD
    }


def _had_happened(step: Step, by: datetime) -> bool:
    """Return whether the event counts of what had happened by then: a void does wherever what it takes back does."""
    if step.type == "event.voided":
        return step.about is None or step.about.occurred_at <= by
    return step.occurred_at <= by


async def _steps(log: EventLog, selection: Selection) -> list[Step]:
    if not selection.streams:
        return []
    return [Step.read(found, log.catalogue) async for found in log.read(selection=selection)]


class _Rows:
    """Which rows of a fold belong to the journey: in Python what `_belongs` says in SQL."""

    def __init__(
        self, organisation: str, positions: Set[int], until: datetime | None, tables: Tables
    ) -> None:
        self._organisation = organisation
        self._positions = positions
        self._until = until
        self._cohorts = {
            row["cohort"]
            for row in tables[Memberships.table.name]
            if row["organisation"] == organisation
        }
        self._shared = {
            row["key"]
            for row in tables[Questions.table.name]
            if row["shared"] and row["cohort"] in self._cohorts
        }

    def belongs(self, table: Table, row: Row) -> bool:
        """Return whether the row is part of the journey."""
        if table is Timeline.table:
            is_own = row["stream"] == f"organisation/{self._organisation}"
            return is_own and (self._until is None or row["occurred_at"] <= self._until)
        own: bool = row.get("organisation") == self._organisation
        stands = row["position"] in self._positions
        if table is Voids.table:
            return row["voided_by"] in self._positions
        if table is Memberships.table:
            return row["cohort"] in self._cohorts
        if table is Cohorts.table:
            return row["key"] in self._cohorts
        if table is Questions.table:
            return own or row["key"] in self._shared
        if table is Framings.table:
            return stands or row["question"] in self._shared
        return own if table in _OWNED else stands


def _belongs(table: Table, organisation: str) -> ColumnElement[bool]:
    stream = f"organisation/{organisation}"
    timeline = Timeline.table.c
    memberships = Memberships.table.c
    cohorts = select(memberships.cohort).where(memberships.organisation == organisation)
    columns = table.c
    if table is Timeline.table:
        return columns.stream == stream
    if table is Memberships.table:
        return columns.cohort.in_(cohorts)
    if table is Cohorts.table:
        return columns.key.in_(cohorts)
    position = columns.voided_by if table is Voids.table else columns.position
    stands = exists().where(
        timeline.stream == stream,
        timeline.occurred_at == columns.occurred_at,
        timeline.position == position,
    )
    questions = Questions.table.c
    if table is Questions.table:
        own = columns.organisation == organisation
        return or_(own, and_(columns.shared, columns.cohort.in_(cohorts)))
    if table is Framings.table:
        shared = select(questions.key).where(questions.shared, questions.cohort.in_(cohorts))
        return or_(stands, columns.question.in_(shared))
    return columns.organisation == organisation if table in _OWNED else stands
