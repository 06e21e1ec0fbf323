"""Analysts' tables have the rows of the graph's lists, for every viewer, however they are read."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
from graphql import GraphQLObjectType, get_named_type

from events.access.principal import PUBLIC, Principal, Role
from events.log import EventLog
from events.state.streams_from_lines import recorded_in
from events.vocabulary.catalogue import VOCABULARY
from projections.folding.step import Step, linked
from projections.insights.perspective.viewer import FigureViewer
from projections.tables.rows import rows_of_tables
from projections.tables.statement import rows_of, rows_seen
from projections.tables.tables import MEMBERSHIPS, STAYS, TABLES
from projections.updating.runner import Runner
from service.graphql.limits.query_size import Limits
from service.graphql.schema import Schema
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
    steps = await _steps(log)
    async with Runner(log) as runner:
        await runner.catch_up()
        asker = Asker(log, runner)
        whole = rows_of_tables(steps)
        for viewer in _viewers(steps):
            asker.viewer = viewer
            folded = rows_of_tables(steps, FigureViewer.of(viewer))
            for name, table in TABLES.items():
                place = "joined_position" if table in (MEMBERSHIPS, STAYS) else "position"
                among = whole["stays" if table is MEMBERSHIPS else name]
                expected = await rows(asker, table, [row[place] for row in among])
                if table in (MEMBERSHIPS, STAYS):
                    # A member that joined several times is one node, and its stays belong together.
                    expected = _sorted(expected)
                    assert _sorted(folded[name]) == expected, (viewer, name)
                else:
                    assert list(folded[name]) == expected, (viewer, name)
                read = await runner.read_models.seen(viewer, rows_seen(table))
                stored = [row for one in read for row in rows_of(table, one)]
                assert stored == list(folded[name]), (viewer, name)
                if table.kind is not None:
                    assert len(set(await ids(asker, table))) == len(expected)


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
