"""GraphQL's errors: each with a code and, where there is one, the argument's name; never more than is permitted."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from structlog.testing import capture_logs

from events.access.principal import PUBLIC, RECORD, Principal
from events.log import EventLog
from projections.queries.read_models import ReadModels
from projections.updating.runner import Runner
from service.graphql.limits.query_size import Limits
from tests.projections.outage import accept_connections, refuse_connections
from tests.projections.stories import cohort, event_maker
from tests.service.graphql.client import Asker

DEPTH_MAX = Limits().depth_max
ALIASES_MAX = Limits().aliases_max
MILL = '{ organisation(key: "mill") { timeline(%s) { pageInfo { endCursor } } } }'
EVENTS = "{ events(%s) { pageInfo { endCursor } } }"


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


@pytest.fixture
async def asker(log: EventLog) -> AsyncIterator[Asker]:
    """A GraphQL client over a log that knows a small cohort."""
    await log.append(cohort(event_maker()))
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            yield asker


@pytest.mark.parametrize(
    ("query", "code", "argument"),
    [
        (MILL % "first: 0", "argument.out_of_range", "first"),
        (MILL % "first: 101", "argument.out_of_range", "first"),
        (MILL % "first: -1", "argument.out_of_range", "first"),
        (EVENTS % "first: 0", "argument.out_of_range", "first"),
        (EVENTS % 'first: 1, stream: "mill"', "argument.malformed", "stream"),
        (EVENTS % 'first: 1, stream: "mill/x"', "argument.malformed", "stream"),
        (EVENTS % 'first: 1, type: "cohort.formd"', "argument.malformed", "type"),
        (EVENTS % 'first: 1, after: ""', "cursor.malformed", "after"),
        ('{ organisation(key: "a b") { key } }', "argument.malformed", "key"),
        ('{ organisation(key: "\\u0000") { key } }', "argument.malformed", "key"),
    ],
)
async def test_an_argument_that_will_not_do_is_named(
    asker: Asker, query: str, code: str, argument: str
) -> None:
    assert await asker.refused(query) == {"code": code, "argument": argument}


@pytest.mark.parametrize(
    "cursor",
    [
        "?",
        "é",
        "abc",
        encoded("null"),
        encoded("[]"),
        encoded("[1,2]"),
        encoded('["events",null,null]'),
        encoded('["events",null,null,"1"]'),
        encoded('["events",null,null,1.5]'),
        encoded('["events",null,null,true]'),
        encoded('["events",null,null,-1]'),
        encoded('["events",null,null,99999999999999999999]'),
        encoded("[" * 5000),
    ],
)
async def test_an_invalid_cursor_is_reported(asker: Asker, cursor: str) -> None:
    query = "query($after: String) { events(first: 1, after: $after) { nodes { id } } }"
    refused = await asker.refused(query, after=cursor)
    assert refused["code"] in ("cursor.malformed", "cursor.foreign")
    assert refused["argument"] == "after"


@pytest.mark.parametrize("place", ["1,-1", "1,0", "4611686018427387903,1", "1.5,1", "null,1"])
async def test_a_place_that_cannot_be_is_no_cursor(asker: Asker, place: str) -> None:
    cursor = encoded(f'["timeline","organisation/mill",{place}]')
    assert (await asker.refused(MILL % f'first: 1, after: "{cursor}"'))[
        "code"
    ] == "cursor.malformed"


async def test_a_cursor_of_another_list_is_refused(asker: Asker) -> None:
    mill = (await asker.ask(MILL % "first: 1"))["organisation"]["timeline"]["pageInfo"]["endCursor"]
    log = (await asker.ask(EVENTS % "first: 1"))["events"]["pageInfo"]["endCursor"]
    farm = MILL.replace("mill", "farm")
    for query in (
        farm % f'first: 1, after: "{mill}"',
        MILL % f'first: 1, after: "{log}"',
        EVENTS % f'first: 1, after: "{mill}"',
        EVENTS % f'first: 1, stream: "cohort/valley", after: "{log}"',
    ):
        assert await asker.refused(query) == {"code": "cursor.foreign", "argument": "after"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "query.syntax"),
        ("{ nothing }", "query.invalid"),
        ("{ event(position: 1.5) { id } }", None),
        ('{ event(position: "1") { id } }', None),
        ("{ event(position: 9007199254740992) { id } }", None),
        ("{ event(position: -1) { id } }", None),
        ("{ events(first: 99999999999) { nodes { id } } }", "query.invalid"),
        ("{ cohorts(first: 1, last: 1) { totalCount } }", "argument.contradicts"),
        ('{ node(id: "x") { id } }', "argument.malformed"),
        ("{ a: __typename " + "x " * 2_000 + "}", "query.too_long"),
        ("{ organisation" * 240 + " x " + "}" * 240, None),
    ],
)
async def test_a_query_that_will_not_do_is_refused(
    asker: Asker, query: str, code: str | None
) -> None:
    response = await asker.post(query)
    assert response.status_code == 200
    for error in response.json()["errors"]:
        found = error["extensions"]["code"]
        assert found.startswith(("query.", "argument."))
        assert code in (None, found)


@pytest.mark.parametrize(
    "query",
    [
        "{ event(position: -1) { id } }",
        '{ insights(at: "May") { partial } }',
        '{ learnings(where: { time: { from: "2025" } }) { totalCount } }',
    ],
)
async def test_a_value_that_will_not_do_is_shown_in_the_query(asker: Asker, query: str) -> None:
    [error] = (await asker.post(query)).json()["errors"]
    assert error["extensions"] == {"code": "argument.malformed"}
    [place] = error["locations"]
    assert query[place["column"] - 1 :].startswith(("-1", '"May"', '"2025"'))


@pytest.mark.parametrize("position", [1.5, "1", -1, True, None, 2**53, 2**70])
async def test_a_variable_that_is_no_position_is_refused(asker: Asker, position: Any) -> None:
    query = "query($at: Position!) { event(position: $at) { id } }"
    refused = await asker.refused(query, at=position)
    assert refused["code"] in ("query.invalid", "argument.malformed")


# How large a query may be


async def test_a_query_may_not_be_too_deep(asker: Asker) -> None:
    def nested(depth: int) -> str:
        return (
            '{ question(key: "shared") '
            + "{ parent " * (depth - 2)
            + "{ key }"
            + " }" * (depth - 1)
        )

    await asker.ask(nested(DEPTH_MAX))
    refused = await asker.refused(nested(DEPTH_MAX + 1))
    assert refused == {"code": "query.too_deep", "depth": DEPTH_MAX + 1}


async def test_a_query_may_not_cost_too_much_and_every_answer_says_what_it_costs(
    asker: Asker,
) -> None:
    query = """query($n: Int = 100) {
      cohorts(first: $n) { nodes { iterations(first: 100) { nodes { observations(first: %d) { nodes { text } } } } } }
    }"""
    answer = (await asker.post(query % 1, variables={"n": 2})).json()
    assert answer["extensions"]["cost"] == {"requested": 805, "max": 250_000}
    [error] = (await asker.post(query % 100)).json()["errors"]
    refused = error["extensions"]
    assert refused["code"] == "query.too_costly"
    assert refused["cost"]["requested"] > refused["cost"]["max"]
    # Without any number in the query, the error names the one that counts.
    assert error["message"].endswith("A list without `first` and `last` counts as 50 rows.")


@pytest.mark.parametrize("hundred", [100, 100.0])
async def test_a_query_costs_the_same_however_the_number_of_rows_is_written(
    asker: Asker, hundred: float
) -> None:
    query = """query($n: Int) {
      organisations(first: $n) { nodes { questions(first: $n) { nodes { notes(first: $n) { totalCount } } } } }
    }"""
    few = (await asker.post(query, variables={"n": type(hundred)(2)})).json()
    assert few["extensions"]["cost"]["requested"] == 21
    assert (await asker.refused(query, n=hundred))["code"] == "query.too_costly"


async def test_a_query_may_not_have_too_many_aliases(asker: Asker) -> None:
    def aliased(number: int) -> str:
        return "{" + " ".join(f"a{n}: __typename" for n in range(number)) + "}"

    def asked(number: int) -> str:
        return "{" + " ".join(f"a{n}: event(position: 1) {{ id }}" for n in range(number)) + "}"

    await asker.ask(asked(ALIASES_MAX))
    assert (await asker.refused(asked(ALIASES_MAX + 1)))["code"] == "query.too_many_aliases"


async def test_fragments_that_spread_each_other_are_measured_in_no_time(asker: Asker) -> None:
    names = [f"f{n}" for n in range(40)]
    fragments = " ".join(
        f"fragment {one} on Query {{ a: __typename ...{other} ...{other} }}"
        for one, other in pairwise(names)
    )
    query = f"{{ ...f0 }} {fragments} fragment {names[-1]} on Query {{ x: event(position: 1) {{ id }} }}"
    refused = await asyncio.wait_for(asker.post(query), 10)
    assert refused.json()["errors"]
    cycle = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"
    assert (await asker.refused(cycle))["code"] == "query.invalid"


async def test_introspection_is_answered(asker: Asker) -> None:
    from graphql import get_introspection_query

    assert (await asker.ask(get_introspection_query()))["__schema"]


# Reads after writes


async def test_a_request_waits_for_the_position_it_names(log: EventLog, asker: Asker) -> None:
    asker.catches_up, asker.min_position_seconds = False, 10
    asking = asyncio.create_task(
        asker.post('{ organisation(key: "mill") { key } }', {"Min-Position": "6"})
    )
    running = asyncio.create_task(asker.runner.run())
    try:
        answer = (await asking).json()
        assert answer["data"] == {"organisation": {"key": "mill"}}
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.mark.parametrize("in_header", [True, False])
async def test_a_position_not_reached_in_time_is_reported(asker: Asker, in_header: bool) -> None:
    wanted: dict[str, Any] = (
        {"headers": {"Min-Position": "7"}} if in_header else {"extensions": {"min_position": 7}}
    )
    response = await asker.post("{ __typename }", **wanted)
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "position.not_reached", "position": 6, "lag": 1}


@pytest.mark.parametrize("wanted", ["-1", "x", "1.5", "²", "9" * 40, ""])
async def test_a_position_that_is_none_is_refused(asker: Asker, wanted: str) -> None:
    header = {b"Min-Position": wanted.encode()}
    response = await asker.http.post("/graphql", json={"query": "{ __typename }"}, headers=header)
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "argument.malformed", "argument": "Min-Position"}
    response = await asker.post("{ __typename }", extensions={"min_position": wanted})
    [error] = response.json()["errors"]
    assert error["extensions"]["argument"] == "extensions.min_position"


# What was not foreseen


async def test_an_unforeseen_error_is_masked_and_logged_once(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*args: Any, **options: Any) -> None:
        raise RuntimeError("the cellar is flooded")

    await asker.runner.catch_up()
    asker.catches_up = False
    monkeypatch.setattr(ReadModels, "answer", broken)
    with capture_logs() as logs:
        response = await asker.post('{ organisation(key: "mill") { key } }')
    assert response.json() == {
        "data": {"organisation": None},
        "errors": [
            {
                "message": "Internal error. It has been logged.",
                "locations": [{"line": 1, "column": 3}],
                "path": ["organisation"],
                "extensions": {"code": "internal"},
            }
        ],
        "extensions": {"cost": {"requested": 2, "max": 250_000}},
    }
    [entry] = logs
    assert entry["trace"].startswith("RuntimeError")
    assert "cellar" not in str(entry)
    assert "mill" not in str(entry)


@pytest.mark.parametrize("viewer", [RECORD, PUBLIC], ids=["facilitator", "public"])
async def test_a_database_that_is_away_is_reported_and_may_come_back(
    asker: Asker, viewer: Principal
) -> None:
    query = """{
      organisation(key: "mill") { timeline(first: 1) { totalCount } }
      events(first: 100) { nodes { position } }
    }"""
    asker.viewer = viewer
    before = await asker.ask(query)
    asker.catches_up = False
    await refuse_connections(asker.log.url)
    try:
        with capture_logs() as logs:
            response = await asker.post(query)
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        codes = [error["extensions"] for error in response.json()["errors"]]
        assert codes[0] == {"code": "unavailable"}
        assert logs == []
    finally:
        await accept_connections(asker.log.url)
    assert await asker.ask(query) == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"1",
        b"[]",
        b"[" * 100_000,
        b'{"query": 1}',
        b'{"query": "\xff"}',
        b'{"query": "{ __typename \\ud800 }"}',
        b'{"query": "{ __typename }", "variables": [1]}',
        b'{"query": "{ __typename }", "operationName": {}}',
        b'{"query": "{ __typename }", "extensions": "min_position"}',
        b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 2_000 + b"]" * 2_000 + b"}}",
    ],
    ids=lambda body: body[:40],
)
async def test_a_body_that_is_no_request_is_refused(asker: Asker, body: bytes) -> None:
    response = await asker.http.post(
        "/graphql", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 400


@pytest.mark.parametrize("number", ["9" * 5_000, "1e400", "-0.0", "NaN"])
async def test_a_number_out_of_all_bounds_is_refused(asker: Asker, number: str) -> None:
    query = "query($at: Position!) { event(position: $at) { id } }"
    body = f'{{"query": "{query}", "variables": {{"at": {number}}}}}'
    response = await asker.http.post(
        "/graphql", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 400 or response.json()["errors"]
