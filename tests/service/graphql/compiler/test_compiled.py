"""Execution that is compiled: equal to execution as usual, in one statement, for every kind of viewer."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from graphql import parse, validate

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog, now_us
from events.vocabulary.catalogue import VOCABULARY
from projections.updating.runner import Runner
from service.event_files import batches
from service.graphql.compiler.plan import Plan
from service.graphql.limits.query_size import Limits
from service.graphql.node_ids import opaque
from service.samples import demo
from tests.projections.queries.viewers.test_audience_sql import recorded, viewers
from tests.service.graphql.client import Asker
from tests.service.graphql.random_queries import Queries, Query

pytestmark = pytest.mark.generated

COHORT, MUSEUM = "heritage-2024", "mill-museum"
DEMO_VIEWERS = (
    RECORD,
    PUBLIC,
    Principal("admin", Role.ADMIN),
    Principal("analyst", Role.ANALYST),
    Principal("museum", Role.ORGANISATION, organisation=MUSEUM),
    Principal("guest", Role.GUEST, frozenset([COHORT]), MUSEUM),
    Principal("facilitator", Role.FACILITATOR, frozenset([COHORT])),
    Principal("evaluator", Role.EVALUATOR, frozenset([COHORT])),
)
KINDS = [
    "organisation",
    "cohort",
    "question",
    "iteration",
    "failure",
    "learning",
    "inspiration",
    "ask",
    "outcome",
    "publication",
    "pairing",
    "session",
    "commitment",
    "person",
]


class Two:
    """The same questions asked twice: of plans, and executed as usual."""

    def __init__(self, log: EventLog, runner: Runner) -> None:
        # On a busy machine, some take as long to be checked as others may take in all.
        limits = Limits(seconds_max=120)
        self.planned = Asker(log, runner, catches_up=False, limits=limits)
        self.usual = Asker(log, runner, catches_up=False, limits=limits)
        self.how: Counter[str] = Counter()
        documents = self.planned.schema.documents
        plan_of = documents.plan

        async def noted(*args: Any) -> Plan | None:
            plan = await plan_of(*args)
            how = "usual" if plan is None else "compiled" if plan.rest is None else "both"
            self.how[how] += 1
            return plan

        async def none(*args: Any) -> None:
            return None

        documents.plan = noted  # type: ignore[method-assign,assignment]
        self.usual.schema.documents.plan = none  # type: ignore[method-assign,assignment]

    async def ask(self, viewer: Principal, query: Query) -> tuple[Any, Any]:
        """Return both answers."""
        found = []
        for asker in (self.planned, self.usual):
            asker.viewer = viewer
            response = await asker.post(query.text, variables=query.variables, operationName="Q")
            answer = response.json()
            # Fields of a query are executed at once, so the order of errors is not defined.
            answer.get("errors", []).sort(key=orjson.dumps)
            found.append((response.status_code, answer))
        return found[0], found[1]


@pytest.fixture
async def two(log: EventLog) -> AsyncIterator[Two]:
    """The demo, asked in both ways."""
    for batch in batches((orjson.loads(line) for line in demo.lines()), 100):
        await log.append(batch)
    async with Runner(log) as runner:
        await runner.catch_up()
        yield Two(log, runner)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass: some figures have another value at every moment."""
    now = now_us()
    for module in ("projections.insights.follower", "service.graphql.insights.figures"):
        monkeypatch.setattr(f"{module}.now_us", lambda: now)


async def keys_of(asker: Asker) -> dict[str, list[str]]:
    found = {}
    for kind in KINDS:
        asked = await asker.ask(f"{{ {kind}s(first: 20) {{ nodes {{ key }} }} }}")
        found[kind] = [node["key"] for node in asked[f"{kind}s"]["nodes"]] or ["none"]
    return found


async def compare(two: Two, who: list[Principal], queries: int, seed: int) -> None:
    """Compare both ways with this many queries."""
    two.planned.viewer = RECORD
    schema = two.planned.schema.graph
    keys = await keys_of(two.planned)
    made = Queries(schema, keys, seed)
    made.given = {
        "id": [opaque(f"{kind}/{key}") for kind in keys for key in keys[kind][:3]],
        "stream": [f"{kind}/{keys[kind][0]}" for kind in keys],
        "type": list(VOCABULARY.kinds[0].wire_names),
    }
    answers: Counter[str] = Counter()
    for number in range(queries):
        query = made.one()
        if validate(schema, parse(query.text)):
            answers["invalid"] += 1
            continue
        viewer = who[number % len(who)]
        planned, usual = await two.ask(viewer, query)
        if len(usual[1].get("errors", ())) > 1 and usual[1].get("data") is None:
            answers["raced"] += 1
            continue
        assert planned == usual, (difference(planned, usual), viewer, query)
        answers["refused" if "errors" in usual[1] else "answered"] += 1
        cursors = [text for text in texts_of(usual[1].get("data")) if text.startswith("WyJ")]
        for name in ("after", "before") if cursors else ():
            made.given[name] = [*made.given.get(name, [])[-50:], *cursors[:5]]
    assert two.how["compiled"] > queries / 3, two.how
    assert answers["answered"] > queries / 3, answers
    assert answers["refused"] > queries / 50, answers


def difference(one: Any, other: Any, path: str = "") -> str:
    """Return where two answers differ first."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(f"{path}.{name}", one[name], other[name]) for name in one]
    elif (
        isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other)
    ):
        pairs = [(f"{path}[{at}]", *both) for at, both in enumerate(zip(one, other, strict=True))]
    else:
        return "" if one == other else f"{path}: {one!r} is not {other!r}"
    return next((found for at, a, b in pairs if (found := difference(a, b, at))), "")


def texts_of(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for one in value for text in texts_of(one)]
        case dict():
            return [text for one in value.values() for text in texts_of(one)]
    return []


@pytest.mark.parametrize(
    ("queries", "seed"), [(120, 1), pytest.param(1_000, 2, marks=pytest.mark.long)]
)
async def test_plans_answer_as_execution_does(two: Two, queries: int, seed: int) -> None:
    await compare(two, list(DEMO_VIEWERS), queries, seed)


@pytest.mark.parametrize(
    ("queries", "seed"), [(120, 5), pytest.param(1_000, 7, marks=pytest.mark.long)]
)
async def test_plans_answer_as_execution_does_where_levels_are_at_random(
    log: EventLog, queries: int, seed: int
) -> None:
    await recorded(log, seed)
    async with Runner(log) as runner:
        await runner.catch_up()
        await compare(Two(log, runner), await viewers(runner), queries, seed)
