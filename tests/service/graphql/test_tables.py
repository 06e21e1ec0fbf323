"""Analysts' tables have the rows of the graph's lists, for every viewer, however they are read."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
from graphql import GraphQLObjectType, get_named_type

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from events.state.streams_from_lines import recorded_in
from events.vocabulary.catalogue import VOCABULARY
from projections.folding.step import Step, linked
from projections.insights.perspective.viewer import FigureViewer
from projections.tables.rows import TableRows, rows_of_tables
from projections.tables.statement import AFTER, page, rows_of, rows_seen
from projections.tables.tables import MEMBERSHIPS, STAYS, TABLES, AnalystTable
from projections.updating.runner import Runner
from service.graphql.limits.query_size import Limits
from service.graphql.schema import Schema
from tests.events.samples import (
    EventJson,
    adopted,
    asked,
    at,
    begun,
    captured,
    challenged,
    failed,
    framed,
    helped,
    introduced,
    joined,
    left,
    met,
    noted,
    paired,
    reclassified,
    reframed,
    shown,
    voided,
)
from tests.projections.generated import record_generated
from tests.service.graphql.client import Asker
from tests.service.graphql.tabled import SHAPE_OF, covered, ids, rows

FEW: Final = range(3)
MANY: Final = range(3, 20)
_NOT_IN_TABLES: Final = {"id", "stream", "corrections", "evaluators", "name", "email"}
"""Fields that tables do not have: ids of the graph, corrections, who evaluates, and names of persons."""


async def _steps(log: EventLog) -> list[Step]:
    lines = b"".join([chunk async for chunk in log.lines()]).splitlines()
    return linked(recorded_in(lines), VOCABULARY)


def _viewers(steps: Sequence[Step]) -> list[Principal]:
    """Return a viewer of every kind, in a log of two cohorts."""
    cohorts = [step.cohort for step in steps if step.type == "cohort.formed"]
    members = [
        step.organisation
        for step in steps
        if step.type == "organisation.joined" and step.organisation
    ]
    last = frozenset({cohorts[-1] or ""})
    return [
        Principal("everything", Role.FACILITATOR),
        Principal("facilitator", Role.FACILITATOR, cohorts=last),
        Principal("first", Role.ORGANISATION, organisation=members[0]),
        Principal("last", Role.ORGANISATION, organisation=members[-1]),
        Principal("evaluator", Role.EVALUATOR, cohorts=last),
        Principal("analyst", Role.ANALYST),
        PUBLIC,
    ]


@pytest.mark.parametrize(
    "seed", [*FEW, *(pytest.param(seed, marks=pytest.mark.generated) for seed in MANY)]
)
async def test_tables_have_the_rows_of_the_graphs_lists_for_every_viewer(
    log: EventLog, seed: int
) -> None:
    await record_generated(log, seed)
    await _compare(log, _viewers(await _steps(log)))


def _numbered(events: Sequence[EventJson]) -> list[EventJson]:
    source = "https://example.org/tables"
    return [
        {"id": f"event-{number}", "source": source, "time": at(2 + number / 60), **event}
        for number, event in enumerate(events, 1)
    ]


async def test_tables_have_the_rows_of_the_graphs_lists_where_much_happened_to_one_thing(
    log: EventLog,
) -> None:
    question = framed()
    events = _numbered(
        [
            *begun(),
            reframed("heritage-question"),
            paired(),
            met(),
            question,
            noted("question/question", text="Of the first question."),
            noted("question/question", text="For the pair.", visibility="pair"),
            captured(visibility="public"),
            adopted(),
            challenged(),
            shown("learning/learning", "private"),
            captured("another", visibility="cohort"),
            adopted("another", visibility="private"),
            failed(visibility="private", failure_cause="deviance"),
            reclassified(failure_cause="uncertainty"),
            asked(),
            helped(),
            left("archive"),
            joined("archive", visibility="public"),
            introduced(),
            voided({"source": "https://example.org/tables", "id": "event-10"}),
            framed(text="How can we begin again?"),
            noted("question/question", text="Of the second question."),
        ]
    )
    for event in events:
        await log.append([event])
    of = [
        Principal("facilitator", Role.FACILITATOR, cohorts=frozenset({"heritage"})),
        *(
            Principal(key, Role.ORGANISATION, organisation=key)
            for key in ("mill", "archive", "library")
        ),
        Principal("evaluator", Role.EVALUATOR, cohorts=frozenset({"heritage"})),
        Principal("analyst", Role.ANALYST),
        RECORD,
        PUBLIC,
    ]
    folded = await _compare(log, of)
    assert {row["text"] for row in folded["record"]["notes"]} == {"Of the second question."}
    assert [row["learning"] for row in folded["archive"]["adoptions"]] == [None, None]
    assert [row["question"] for row in folded["library"]["framings"]] == ["heritage-question"]


@pytest.mark.generated
async def test_pages_of_any_size_have_the_whole_for_viewers_who_do_not_see_everything(
    log: EventLog,
) -> None:
    await record_generated(log, 5, scale=0.1, meddled=20)
    narrow = {"first", "evaluator", "analyst", PUBLIC.id}
    viewers = [one for one in _viewers(await _steps(log)) if one.id in narrow]
    assert len(viewers) == len(narrow)
    async with Runner(log) as runner:
        await runner.catch_up()
        asker = Asker(log, runner, catches_up=False)
        for viewer in viewers:
            asker.viewer = viewer
            for table in TABLES.values():
                whole = await runner.read_models.seen(viewer, rows_seen(table))
                for size in (1, 2):
                    assert await _paged(runner, viewer, table, size) == whole, (viewer, table.name)
                if table.kind is not None:
                    listed = await ids(asker, table)
                    assert len(listed) == len(whole), (viewer, table.name)
                    for size in (1, 2):
                        assert await ids(asker, table, size) == listed, (viewer, table.name)


async def _paged(
    runner: Runner, viewer: Principal, table: AnalystTable, size: int
) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    after = 0
    while rows := await runner.read_models.seen(viewer, page(table, after, size)):
        assert len(rows) <= size
        found += rows
        after = rows[-1][AFTER]
    return found


Found = Mapping[str, Mapping[str, TableRows]]


async def _compare(log: EventLog, viewers: Sequence[Principal]) -> Found:
    """Return the folded tables of each viewer, which are those of the graph and of the read models."""
    steps = await _steps(log)
    found: dict[str, Mapping[str, TableRows]] = {}
    async with Runner(log) as runner:
        await runner.catch_up()
        asker = Asker(log, runner, catches_up=False)
        whole = rows_of_tables(steps)
        for viewer in viewers:
            asker.viewer = viewer
            folded = found[viewer.id] = rows_of_tables(steps, FigureViewer.of(viewer))
            for name, table in TABLES.items():
                place = "joined_position" if table in (MEMBERSHIPS, STAYS) else "position"
                among = whole["stays" if table is MEMBERSHIPS else name]
                expected = await rows(asker, table, [row[place] for row in among])
                if table in (MEMBERSHIPS, STAYS):
                    # As nodes they come by the positions of stays, not by the first one of each member.
                    assert _sorted(folded[name]) == _sorted(expected), (viewer, name)
                else:
                    assert list(folded[name]) == expected, (viewer, name)
                read = await runner.read_models.seen(viewer, rows_seen(table))
                stored = [row for one in read for row in rows_of(table, one)]
                assert stored == list(folded[name]), (viewer, name)
                if table.kind is not None:
                    assert len(set(await ids(asker, table))) == len(expected)
    return found


def _sorted(given: Any) -> list[Mapping[str, Any]]:
    return sorted(given, key=lambda row: [str(value) for value in row.values()])


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table is not STAYS])
def test_a_table_has_every_field_of_the_graph(name: str) -> None:
    type_ = Schema(Limits()).graph.type_map[SHAPE_OF[name].name]
    assert isinstance(type_, GraphQLObjectType)
    fields = {
        field
        for field, one in type_.fields.items()
        if not one.args and get_named_type(one.type).name != "Person"
    }
    left_out = _NOT_IN_TABLES - ({"name"} if name == "organisations" else set())
    assert fields - left_out == covered(TABLES[name])
