"""The queries a frontend needs: each is answered, and asks the database no more often when there is more to show."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from events.access.principal import RECORD, Principal, Role
from events.log import EventLog
from projections.models import SUBJECTS
from projections.updating.runner import Runner
from service.graphql.node_ids import opaque
from service.samples.generator import generate
from tests.service.graphql.client import Asker
from tests.service.statements import counting

FOLDER = Path(__file__).parents[2] / "data" / "queries"
QUERIES = sorted(path.stem for path in FOLDER.glob("*.graphql"))


def query(name: str) -> str:
    """Return the text of a query."""
    return (FOLDER / f"{name}.graphql").read_text()


@pytest.fixture
async def asker(log: EventLog) -> AsyncIterator[Asker]:
    """A GraphQL client over a log with two generated cohorts."""
    generated = list(generate(cohorts=2, seed=5, positions=False))
    for start in range(0, len(generated), 200):
        await log.append(generated[start : start + 200])
    async with Runner(log) as runner:
        await runner.catch_up()
        asker = Asker(log, runner, catches_up=False)
        async with asker.http:
            yield asker


async def variables_of(asker: Asker, name: str) -> dict[str, Any]:
    """Return the variables that a query needs: the keys of what has the most to show."""
    given: dict[str, Any] = {"text": "people or members or visitors"}
    for kind in ("cohort", "organisation", "question", "iteration", "learning"):
        table = SUBJECTS[kind]
        rows = await asker.runner.read_models.rows(
            select(table.c.key).order_by(table.c.position).limit(1)
        )
        given[kind] = rows[0].key
    given["id"] = opaque(f"organisation/{given['organisation']}")
    declared = set(re.findall(r"\$(\w+): \w+!", query(name)))
    return {name: value for name, value in given.items() if name in declared}


def test_there_are_twenty_of_them() -> None:
    assert len(QUERIES) == 20


async def test_each_is_answered_to_every_role(asker: Asker) -> None:
    for viewer in (
        RECORD,
        Principal("analyst", Role.ANALYST),
        Principal("nobody", Role.PUBLIC),
        Principal("one", Role.ORGANISATION, organisation="x"),
        Principal("guest", Role.GUEST, frozenset({"x"}), "x"),
        Principal("some", Role.FACILITATOR, cohorts=frozenset({"x"})),
        Principal("evaluator", Role.EVALUATOR, cohorts=frozenset({"x"})),
    ):
        asker.viewer = viewer
        for name in QUERIES:
            data = await asker.ask(query(name), **await variables_of(asker, name))
            if viewer is RECORD:
                assert all(value is not None for value in data.values()), (name, data)


STATEMENTS_MAX = 30


@pytest.mark.parametrize(
    "viewer", [RECORD, Principal("analyst", Role.ANALYST)], ids=["all", "analyst"]
)
async def test_the_statements_of_a_query_depend_on_its_shape_alone(
    asker: Asker, log: EventLog, viewer: Principal
) -> None:
    asker.viewer = viewer
    few: dict[str, int] = {}
    given = {name: await variables_of(asker, name) for name in QUERIES}
    for name in QUERIES:
        with counting(asker) as sent:
            await asker.ask(query(name), **given[name])
        few[name] = len(sent)
        assert len(sent) <= STATEMENTS_MAX, (name, len(sent))
    generated = list(generate(cohorts=6, seed=5, positions=False))[
        len(list(generate(cohorts=2, seed=5, positions=False))) :
    ]
    for start in range(0, len(generated), 200):
        await log.append(generated[start : start + 200])
    await asker.runner.catch_up()
    for name in QUERIES:
        with counting(asker) as sent:
            await asker.ask(query(name), **given[name])
        assert len(sent) == few[name], (name, few[name], len(sent))
