"""Plans: one statement an answer, the same for every viewer; what becomes of them when something goes wrong."""

import gc
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from events.access.principal import PUBLIC, RECORD
from events.log import EventLog
from projections.queries.lists import InColumn, InList
from projections.updating.runner import Runner
from service.cli import app
from service.event_files import batches
from service.graphql.compiler.plan import Plan
from service.graphql.documents.documents import PLANS_MAX
from service.graphql.fields.field import SOURCE
from service.graphql.limits.query_size import Limits
from service.graphql.lists.connections import ToMany
from service.graphql.schema import Schema
from service.samples import demo
from tests.databases import execute
from tests.service.graphql.client import Asker
from tests.service.graphql.compiler.test_compiled import DEMO_VIEWERS, MUSEUM
from tests.service.graphql.documents.test_documents import hash_of
from tests.service.statements import counting

PAGE = """query($key: String!, $first: Int = 9, $after: String, $more: Boolean = true) {
  organisation(key: $key) { name
    timeline(first: $first, after: $after) { nodes { ... on TimelineEntry { position
      ... on LearningCaptured { statement sources { stream } } } } pageInfo { endCursor hasNextPage } }
    questions(first: 2) @include(if: $more) { totalCount nodes { text iterations(first: 3) { nodes {
      title observations(first: 2) { nodes { text } } } } } } }
  cohorts(first: 2) { nodes { title } } }"""


@pytest.fixture
async def asker(log: EventLog) -> AsyncIterator[Asker]:
    """Asks for the demo."""
    async with demonstrated(log) as found:
        yield found


class demonstrated:
    """The demo's record, asked within limits."""

    def __init__(self, log: EventLog, **limits: Any) -> None:
        self._log, self._limits = log, limits
        self._runner = Runner(log)

    async def __aenter__(self) -> Asker:
        for batch in batches((orjson.loads(line) for line in demo.lines()), 100):
            await self._log.append(batch)
        await self._runner.__aenter__()
        await self._runner.catch_up()
        return Asker(self._log, self._runner, catches_up=False, limits=Limits(**self._limits))

    async def __aexit__(self, *error: Any) -> None:
        await self._runner.__aexit__(*error)


def plans(asker: Asker, query: str) -> list[Plan | None]:
    return list(asker.schema.documents.document(query).plans.values())


async def test_an_answer_takes_one_statement_for_every_viewer(asker: Asker) -> None:
    texts = set()
    for viewer in DEMO_VIEWERS:
        asker.viewer = viewer
        await asker.ask(PAGE, key=MUSEUM, first=5)
        with counting(asker) as sent:
            data = await asker.ask(PAGE, key=MUSEUM, first=5)
        assert len(data["organisation"]["timeline"]["nodes"]) == 5
        [text] = sent
        texts.add(text)
    assert len(texts) == 1
    assert len(plans(asker, PAGE)) == 1


async def test_values_share_a_plan_and_forms_do_not(asker: Asker) -> None:
    for first in (1, 2, 3):
        await asker.ask(PAGE, key=MUSEUM, first=first)
    assert len(plans(asker, PAGE)) == 1
    data = await asker.ask(PAGE, key=MUSEUM, first=1, more=False)
    assert "questions" not in data["organisation"]
    assert len(plans(asker, PAGE)) == 2
    by_state = (
        "query($where: QuestionFilter) { questions(first: 9, where: $where) { filteredCount } }"
    )
    for number in range(2 * PLANS_MAX):
        some = {"state": ["OPEN"], **({"text": "how"} if number % 2 else {})}
        where = {"and": [some] * (number + 1)}
        await asker.ask(by_state, where=where)
    assert len(plans(asker, by_state)) == PLANS_MAX


async def test_pages_follow_each_other_below_what_is_asked_for_by_its_key(asker: Asker) -> None:
    whole = await asker.ask(PAGE, key=MUSEUM, first=100)
    found: list[Any] = []
    after, has_more = None, True
    while has_more:
        data = await asker.ask(PAGE, key=MUSEUM, first=7, after=after)
        page = data["organisation"]["timeline"]
        found += page["nodes"]
        after, has_more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert found == whole["organisation"]["timeline"]["nodes"] and len(found) > 20
    assert None not in plans(asker, PAGE)


@pytest.mark.parametrize("is_compiled", [True, False])
async def test_a_timeline_is_ordered_by_when_its_events_were_recorded(
    asker: Asker, monkeypatch: pytest.MonkeyPatch, is_compiled: bool
) -> None:
    async def no_plan(*args: Any) -> None:
        return None

    if not is_compiled:
        monkeypatch.setattr(asker.schema.documents, "plan", no_plan)
    query = """query($order: TimelineOrder, $last: Int, $before: String) { organisation(key: "mill-museum") {
      timeline(last: $last, before: $before, order: $order) { nodes { ... on TimelineEntry { position } }
        pageInfo { startCursor hasPreviousPage } } } }"""

    async def page(**given: Any) -> tuple[list[int], dict[str, Any]]:
        found = (await asker.ask(query, **given))["organisation"]["timeline"]
        return [one["position"] for one in found["nodes"]], found["pageInfo"]

    by_time, _ = await page(last=100)
    by_position, _ = await page(last=100, order="POSITION")
    assert by_time != sorted(by_time)
    assert by_position == sorted(by_time)
    found: list[int] = []
    before, has_more = None, True
    while has_more:
        part, info = await page(last=7, before=before, order="POSITION")
        found = part + found
        before, has_more = info["startCursor"], info["hasPreviousPage"]
    assert found[-100:] == by_position


async def test_a_wrong_argument_is_reported_though_a_plan_is_there(asker: Asker) -> None:
    await asker.ask(PAGE, key=MUSEUM, first=1)
    for wrong, code in (
        ({"first": 0}, "argument.out_of_range"),
        ({"key": "no key"}, "argument.malformed"),
        ({"first": 1, "after": "nonsense"}, "cursor.malformed"),
    ):
        error = await asker.refused(PAGE, **{"key": MUSEUM, "first": 1, **wrong})
        assert error["code"] == code


NAMES = {
    "a row": """{ organisation(key: "mill-museum") { %s: key %s: name } }""",
    "a list": "{ questions(first: 2) { %s: totalCount %s: filteredCount } }",
    "an edge": "{ questions(first: 2) { edges { %s: cursor %s: node { key } } } }",
    "a page": "{ questions(first: 2) { pageInfo { %s: startCursor %s: endCursor } } }",
    "streams": """{ subjects(streams: ["organisation/mill-museum"]) { %s: stream %s: key } }""",
    "parts": """{ timeline: organisation(key: "mill-museum") { timeline(first: 2) { nodes {
      ... on LearningCaptured { sources { stream %s: __typename } } %s: time } } } }""",
}


@pytest.mark.parametrize("where", NAMES)
async def test_names_in_the_answer_are_what_one_likes(asker: Asker, where: str) -> None:
    query = NAMES[where]
    expected = orjson.dumps(await asker.ask(query % ("aa", "bb")))
    long = "n" * 70
    # Names that the statement may have for its own, too.
    own = (f"{of}{number}" for number in range(1, 15) for of in ("object", "row", "page", "part"))
    for one, other in ((f"{long}1", f"{long}2"), *((name, "bb") for name in own)):
        found = orjson.dumps(await asker.ask(query % (one, other)))
        assert found.replace(one.encode(), b"aa").replace(other.encode(), b"bb") == expected


async def test_a_connection_that_was_lost_is_replaced(asker: Asker) -> None:
    before = await asker.ask(PAGE, key=MUSEUM, first=5)
    await execute(
        asker.log.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'howcanwe reading' AND datname = current_database()",
    )
    assert await asker.ask(PAGE, key=MUSEUM, first=5) == before


async def test_rows_that_are_fetched_are_bounded_not_those_asked_for(log: EventLog) -> None:
    query = """{ organisations(first: 100) { nodes { questions(first: 100) { nodes { key
      iterations(first: 100) { nodes { key } } } } } } }"""
    async with demonstrated(log, rows_max=1_000, cost_max=10_000_000) as asker:
        # It asks for a million rows, and there are a few.
        asker.viewer = RECORD
        rows = len(orjson.dumps(await asker.ask(query)).split(b'"key"'))
        assert 20 < rows < 1_000
        assert plans(asker, query) == []
        asker.schema.limits = asker.limits = Limits(rows_max=10, cost_max=10_000_000)
        assert (await asker.refused(query))["code"] == "answer.too_many_rows"


async def test_rows_that_are_shown_count_and_none_that_is_hidden(log: EventLog) -> None:
    query = """{ organisations(first: 5) { nodes { key learnings(first: 2) { nodes { key } }
      timeline(last: 1) { nodes { ... on TimelineEntry { key: id } } } } } }"""
    # It asks for more rows than an answer may have, so they are counted.
    async with demonstrated(log, rows_max=12) as asker:
        for asker.viewer, most in ((RECORD, 20), (PUBLIC, 15)):
            asker.schema.limits = Limits(rows_max=most)
            found = orjson.dumps(await asker.ask(query))
            assert found.count(b'"key"') == most
            asker.schema.limits = Limits(rows_max=most - 1)
            assert (await asker.refused(query))["code"] == "answer.too_many_rows"


async def test_trusted_documents_are_planned_at_the_start(log: EventLog) -> None:
    async with demonstrated(log, trusted_documents={hash_of(PAGE): PAGE}) as asker:
        [plan] = plans(asker, PAGE)
        assert plan is not None and plan.rest is None


async def test_filters_are_compiled_while_the_statement_is_short(asker: Asker) -> None:
    some = "query($w: QuestionFilter) { %s }"
    lists = (f"a{n}: questions(where: $w) {{ filteredCount nodes {{ key }} }}" for n in range(20))
    where = {"or": [{"or": [{"text": f"{n}.{m}"} for m in range(40)]} for n in range(15)]}
    many, few = some % " ".join(lists), some % "a0: questions(where: $w) { filteredCount }"
    # As many values as all these lists have together, PostgreSQL does not take.
    assert (await asker.ask(many, w=where))["a19"] == {"filteredCount": 0, "nodes": []}
    await asker.ask(few, w=where)
    [[of_many], [of_few]] = plans(asker, many), plans(asker, few)
    assert of_many is None or of_many.prepared.characters < 200_000
    assert of_few is not None and of_few.rest is None


async def test_what_plans_take_in_memory_is_counted(asker: Asker) -> None:
    documents = asker.schema.documents
    await asker.ask(PAGE, key=MUSEUM)
    document = documents.document(PAGE)
    operation = documents.operation(document, None, {"key": MUSEUM})
    assert operation.variables is not None
    gc.collect()
    tracemalloc.start()
    try:
        plan = documents.planned(document, operation.node, operation.variables)
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert plan is not None and taken < 2 * plan.bytes


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (["{ cohorts(first: 3) { totalCount } }"], "# one statement: cohorts\nSELECT "),
        (["query($k: String!) { cohort(key: $k) { key } insights { funnel { questions } } }"], "resolvers: insights"),
        (["{ __schema { types { name } } }"], "# executed by resolvers"),
        (["tests/data/queries/cohort-list.graphql"], "at most 140 rows"),
    ],
)  # fmt: skip
def test_a_plan_can_be_looked_at(given: list[str], shown: str) -> None:
    found = CliRunner().invoke(app, ["graphql", "plan", *given])
    assert found.exit_code == 0 and shown in found.output, found.output


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (["{ nothing }"], "Cannot query field 'nothing'"),
        (["none.graphql"], "none.graphql: No such file"),
        (["{ __typename }", "--variables", "[]"], "not a JSON object"),
        (["{ __typename }", "--variables", "{"], "not JSON:"),
        (
            ["{ __typename }", "--operation", "Other"],
            "expected the name of an operation of the document",
        ),
    ],
)
def test_a_query_that_cannot_be_planned_is_refused_in_a_sentence(
    given: list[str], shown: str
) -> None:
    found = CliRunner().invoke(app, ["graphql", "plan", *given])
    assert found.exit_code == 1 and shown in found.stderr


def test_the_rows_of_a_list_below_rows_are_found_by_an_index() -> None:
    graph = Schema().graph
    found = 0
    for type_ in graph.type_map.values():
        for field in getattr(type_, "fields", {}).values():
            source = field.extensions.get(SOURCE)
            if not isinstance(source, ToMany):
                continue
            table, belongs = graph.extensions["shapes"][source.shape].table, source.belongs
            if isinstance(belongs, InColumn | InList):
                firsts = {next(iter(index.columns)).name for index in table.indexes}
                firsts.add(next(iter(table.primary_key)).name)
                assert belongs.name in firsts, (table.name, belongs.name)
                found += 1
    assert found > 50


async def test_a_query_that_would_take_long_to_plan_is_executed_as_usual(asker: Asker) -> None:
    adoptions = "adoptions(first: 1) { nodes { adaptation } }"
    below = f"sources {{ ... on Question {{ text }} ... on Iteration {{ title }} }} {adoptions}"
    fields = " ".join(
        f'o{number}: organisation(key: "{MUSEUM}") {{ learnings(first: 1) {{ nodes {{ {below} }} }} }}'
        for number in range(30)
    )
    few, many = f"{{ {fields.partition(' o1:')[0]} }}", f"{{ {fields} }}"
    one = await asker.ask(few)
    assert list((await asker.ask(many)).values()) == [one["o0"]] * 30
    assert plans(asker, many) == [None] and None not in plans(asker, few)


async def test_a_statement_that_is_refused_is_given_up(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = f'{{ __typename organisation(key: "{MUSEUM}") {{ name }} }}'
    answer = await asker.ask(query)
    assert answer == {"__typename": "Query", "organisation": answer["organisation"]}
    [plan] = plans(asker, query)
    assert plan is not None and plan.rest is None
    text = plan.prepared.text
    monkeypatch.setattr(
        plan.prepared,
        "text",
        lambda schema: text(schema).replace("SELECT guard", "SELECT 1 / 0, guard", 1),
    )
    with capture_logs() as logs:
        assert (await asker.post(query)).json()["data"] == answer
    [entry] = logs
    assert entry["event"] == "plan refused" and entry["error"] == "division by zero"
    assert len(asker.given_up) == 1
    asker.given_up.clear()
    assert plans(asker, query) == [None]
    assert await asker.ask(query) == answer


async def test_the_plans_that_were_used_last_are_kept(asker: Asker) -> None:
    query = "query($where: QuestionFilter) { questions(first: 9, where: $where) { filteredCount } }"
    await asker.ask(query, where={"text": "how"})
    [first] = plans(asker, query)
    for number in range(2 * PLANS_MAX):
        await asker.ask(query, where={"and": [{"state": ["OPEN"]}] * (number + 1)})
        await asker.ask(query, where={"text": "how"})
    assert first in plans(asker, query)
