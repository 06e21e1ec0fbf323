"""An organisation's learning journey: at present, or at an earlier time. Programs and notebooks use it.

Both have the same rows by table: the organisation's own subjects and pairings, and everything that was recorded in its
stream; and, as its setting, the cohorts that it ever joined, their shared questions and their other members. The
present rows are read from the live read models. Those of an earlier time are folded in memory from the events of that
time, by the same projections.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence, Set
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, exists, or_, select

from events.log import EventLog
from events.store.reading import Selection
from events.vocabulary.stream import stream_of
from events.vocabulary.types.cohorts import (
    CohortClosed,
    CohortFormed,
    CohortRevised,
    OrganisationJoined,
    OrganisationLeft,
)
from events.vocabulary.types.questions import QuestionClosed, QuestionReframed
from events.vocabulary.types.record import EventCorrected, EventVoided, VisibilityChanged
from events.vocabulary.values.times import moment_of
from projections.folding.garbage_collector import collector_paused
from projections.folding.histories import wire_names
from projections.folding.projection import Subjects
from projections.folding.step import Step, link, readings_in
from projections.folding.tables import Row
from projections.in_memory.rows import Tables, fold
from projections.models import PROJECTIONS
from projections.models.cohorts import Cohorts, Memberships, Pairings
from projections.models.questions import Framings, Questions
from projections.models.record import Entries, Timeline, Voids
from projections.models.sessions import Sessions
from projections.models.subjects import FormerSubjects, SubjectAudiences
from projections.models.wordings import Wordings
from projections.queries.read_models import ReadModels

Unseen = Callable[[Collection[int]], Awaitable[Collection[int]]]
"""Returns those of these positions of corrected events whose earlier wordings a viewer may not see."""

_SETTING_TYPES: Final = (
    CohortFormed.name,
    CohortRevised.name,
    CohortClosed.name,
    OrganisationJoined.name,
    OrganisationLeft.name,
    QuestionReframed.name,
    QuestionClosed.name,
    VisibilityChanged.name,
    EventVoided.name,
    EventCorrected.name,
)
"""The types of events that change the rows of a cohort, its shared question and its members."""

_PARTS: Final = tuple(
    found
    for found in PROJECTIONS
    if not isinstance(found, Entries | FormerSubjects | SubjectAudiences | Wordings)
)
"""The projections of a journey: all except those for the search and for permissions."""

_OWNED: Final = frozenset(
    found.table
    for found in _PARTS
    if isinstance(found, Subjects) and not isinstance(found, Pairings | Sessions)
)
"""The tables of what belongs to one organisation; all others have what was recorded in its stream."""


async def journey(read_models: ReadModels, organisation: str) -> Tables:
    """Return the organisation's present journey. Raises Unavailable."""
    found: dict[str, list[Row]] = {}
    for projection in _PARTS:
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
    without_voided_since: bool = False,
    unseen_wordings: Unseen | None = None,
) -> Tables:
    """Return the organisation's journey at an earlier time.

    It is that of the log up to a position, of the events recorded by a time, or of the events that happened by a time,
    no matter when they were recorded. If several are given, all of them apply. Voids and corrections that were recorded
    by then count, no matter what their time is. With `without_voided_since`, events that were voided later are left
    out, too. Events that were corrected later and that `unseen_wordings` returns are as they read now. Raises
    Unavailable.
    """
    through = await log.head() if position is None else position
    if recorded_at is not None:
        through = min(through, await log.position_at(moment_of(recorded_at)))
    with collector_paused():
        return await _as_of(
            log, organisation, through, occurred_at, without_voided_since, unseen_wordings
        )


async def _as_of(
    log: EventLog,
    organisation: str,
    through: int,
    occurred_at: datetime | None,
    without_voided_since: bool,
    unseen_wordings: Unseen | None,
) -> Tables:
    own = await _steps(
        log, Selection(through=through, streams=(stream_of("organisation", organisation),))
    )
    joined = (step.cohort for step in own if step.type == OrganisationJoined.name)
    cohorts = {stream_of("cohort", cohort) for cohort in joined if cohort is not None}
    types = wire_names(log.catalogue, _SETTING_TYPES)
    setting = await _steps(
        log, Selection(through=through, streams=tuple(sorted(cohorts)), types=types)
    )
    found = {step.position: step for step in (*setting, *own)}
    steps = [found[place] for place in sorted(found)]
    link(steps)
    streams = (stream_of("organisation", organisation), *sorted(cohorts))
    later: Sequence[Step] = ()
    if without_voided_since or unseen_wordings is not None:
        types = wire_names(log.catalogue, (EventVoided.name, EventCorrected.name))
        later = await _steps(log, Selection(after=through, streams=streams, types=types))
    if without_voided_since:
        voided = readings_in(later).voided
        steps = [step for step in steps if step.position not in voided]
    if occurred_at is not None:
        steps = [step for step in steps if _had_happened(step, occurred_at)]
    readings = readings_in(steps)
    if unseen_wordings is not None:
        for step in await _of_unseen(later, unseen_wordings):
            readings.take(step.event)
    tables = fold(steps, _PARTS, readings=readings)
    rows = _Rows(organisation, frozenset(step.position for step in own), occurred_at, tables)
    return {
        projection.name: [
            row for row in tables[projection.name] if rows.belongs(projection.table, row)
        ]
        for projection in _PARTS
    }


async def _of_unseen(later: Sequence[Step], unseen_wordings: Unseen) -> list[Step]:
    """Return those of the later voids and corrections that decide how events with unseen wordings read now."""
    corrections = {
        step.position: step.about_position
        for step in later
        if step.type == EventCorrected.name and step.about_position is not None
    }
    unseen = await unseen_wordings(set(corrections.values())) if corrections else ()
    made = {position for position, about in corrections.items() if about in unseen}
    return [step for step in later if step.position in made or step.about_position in made]


def _had_happened(step: Step, by: datetime) -> bool:
    """Return whether the event counts as having happened by then; voids and corrections do if their event does."""
    if step.type in (EventVoided.name, EventCorrected.name):
        return step.about is None or _had_happened(step.about, by)
    return step.occurred_at <= by


async def _steps(log: EventLog, selection: Selection) -> list[Step]:
    if not selection.streams:
        return []
    return [Step.read(found, log.catalogue) async for found in log.read(selection=selection)]


class _Rows:
    """Which rows of a fold belong to the journey: the same condition in Python as `_belongs` in SQL."""

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
            is_own = row["stream"] == stream_of("organisation", self._organisation)
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
    stream = stream_of("organisation", organisation)
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
