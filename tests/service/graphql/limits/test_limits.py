"""GraphQL's limits, each a setting: introspection, suggestions, time, trusted documents, catching up."""

import gc
import time
import tracemalloc
from typing import Any

import httpx
import orjson
import pytest

from events.access.principal import PUBLIC
from events.log import EventLog
from projections.updating.runner import Runner
from service.graphql.documents.refused import OperationRefused
from service.graphql.limits.query_size import Limits
from service.graphql.schema import Schema
from tests.projections.stories import cohort, event_maker
from tests.service.app import open_api
from tests.service.graphql.client import Asker

QUERY = "{ cohorts(first: 1) { totalCount } }"


async def codes(response: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


async def test_introspection_and_suggestions_can_be_off(log: EventLog) -> None:
    async with Runner(log) as runner:
        for is_on in (True, False):
            limits = Limits(introspection=is_on, suggestions=is_on)
            asker = Asker(log, runner, limits=limits)
            async with asker.http:
                asked = await asker.post("{ __schema { description } }")
                assert ("errors" not in asked.json()) is is_on
                assert (await asker.post("{ __typename }")).json()["data"]
                [error] = (await asker.post("{ cohorts(first: 1) { totalCout } }")).json()["errors"]
                assert ("Did you mean" in error["message"]) is is_on


async def test_a_query_has_so_much_time(log: EventLog) -> None:
    async with Runner(log) as runner:
        asker = Asker(log, runner, limits=Limits(seconds_max=1e-6))
        async with asker.http:
            assert await codes(await asker.post(QUERY)) == ["query.too_slow"]


async def test_lists_and_tokens_have_their_limits(log: EventLog) -> None:
    async with Runner(log) as runner:
        asker = Asker(log, runner, limits=Limits(list_size_max=5, tokens_max=40))
        async with asker.http:
            assert await codes(await asker.post("{ cohorts(first: 6) { totalCount } }")) == [
                "argument.out_of_range"
            ]
            long = "{" + "__typename " * 50 + "}"
            assert await codes(await asker.post(long)) == ["query.too_long"]


async def test_a_subscription_is_no_query(log: EventLog) -> None:
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            asked = 'subscription { timeline(cohort: "valley") { __typename } }'
            assert await codes(await asker.post(asked)) == ["operation.unsupported"]


async def test_requests_come_one_at_a_time(log: EventLog) -> None:
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            response = await asker.http.post("/graphql", json=[{"query": QUERY}])
            assert response.status_code == 400
            assert await codes(response) == ["request.malformed"]


async def test_files_are_not_taken(log: EventLog) -> None:
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            form = {"operations": '{"query": "{ __typename }"}', "map": "{}"}
            response = await asker.http.post("/graphql", data=form, files={"0": b"a file"})
            assert response.status_code == 415
            assert response.headers["Accept-Post"] == "application/json"


async def test_while_the_read_models_catch_up_the_answer_is_503_with_retry_after(
    log: EventLog, database_url: str
) -> None:
    await log.append(cohort(event_maker()))
    async with open_api(database_url) as api:
        response = await api.client.get(
            "/graphql", params={"query": QUERY}, headers=api.headers("facilitator")
        )
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        [error] = response.json()["errors"]
        assert error["extensions"]["code"] == "read_models.catching_up"
        await api.service.runner.prepare()
        response = await api.client.get(
            "/graphql", params={"query": QUERY}, headers=api.headers("facilitator")
        )
        [error] = response.json()["errors"]
        assert error["extensions"] == {
            "code": "read_models.catching_up",
            "position": 0,
            "head": 6,
        }
        await api.service.runner.catch_up()
        response = await api.client.get(
            "/graphql", params={"query": QUERY}, headers=api.headers("facilitator")
        )
        assert response.json()["data"] == {"cohorts": {"totalCount": 1}}


async def test_a_query_has_so_many_characters(log: EventLog) -> None:
    async with Runner(log) as runner:
        asker = Asker(log, runner, limits=Limits(characters_max=len(QUERY)))
        async with asker.http:
            assert (await asker.post(QUERY)).json()["data"]
            assert await codes(await asker.post(QUERY + "#")) == ["query.too_long"]


@pytest.mark.parametrize(
    "where",
    [
        {"or": [{}] * 300_000},
        {"organisation": ["a"] * 300_000},
        {"text": "é" * 700_000},
        {"é" * 700_000: None},
    ],
    ids=["filters", "keys", "a text", "a name"],
)
async def test_variables_have_the_limits_of_a_query(log: EventLog, where: Any) -> None:
    query = "query($where: LearningFilter) { learnings(first: 1, where: $where) { totalCount } }"
    async with Runner(log) as runner:
        await runner.catch_up()
        asker = Asker(log, runner, viewer=PUBLIC, catches_up=False)
        async with asker.http:
            most = {"organisation": ["a"] * 50, "cohort": ["a"] * 50, "text": "é" * 50_000}
            assert (await asker.post(query, variables={"where": most})).json()["data"]
            body = orjson.dumps({"query": query, "variables": {"where": where}})
            began = time.process_time()
            response = await asker.http.post(
                "/graphql", content=body, headers={"Content-Type": "application/json"}
            )
            assert await codes(response) == ["variables.too_long"]
            # Nobody else is answered meanwhile.
            assert time.process_time() - began < 1
            response = await asker.http.post(
                "/graphql", content=body * 3, headers={"Content-Type": "application/json"}
            )
            assert response.status_code == 413


def test_what_is_remembered_of_documents_takes_no_more_memory_than_it_may() -> None:
    bytes_max = 1024 * 1024
    schema = Schema(Limits(documents_bytes_max=bytes_max))
    costly = "{" + "__typename " * 200 + "} # %d"
    long = "{ nonsense } # %d" + "é" * 60_000
    schema.documents.document(costly % 0)
    tracemalloc.start()
    try:
        for number in range(1, 31):
            schema.documents.document(costly % number)
            with pytest.raises(OperationRefused):
                schema.documents.document(long % number)
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert bytes_max / 4 < taken < bytes_max
    # The last one is still there.
    assert schema.documents.document(costly % 30) is schema.documents.document(costly % 30)


async def test_a_document_is_read_once(log: EventLog) -> None:
    async with Runner(log) as runner:
        asker = Asker(log, runner, limits=Limits(documents_max=1))
        async with asker.http:
            for query in (QUERY, "{ __typename }", QUERY, "{ nonsense }", "{ nonsense }"):
                response = await asker.post(query)
                assert ("errors" in response.json()) is (query == "{ nonsense }")


def test_a_document_that_is_remembered_costs_what_each_request_asks_for() -> None:
    documents = Schema().documents
    document = documents.document(
        "query($first: Int, $ids: [ID!]!) { cohorts(first: $first) { nodes { key } } nodes(ids: $ids) { id } }"
    )

    def cost(**variables: Any) -> int:
        return documents.operation(document, None, variables).cost["requested"]

    once = cost(first=1, ids=["a"])
    assert cost(first=50, ids=["a"]) > once
    assert cost(first=1, ids=["a"] * 20) > once
    assert cost(first=1, ids=["b"]) == once
    assert len({cost(first=number, ids=[]) for number in range(1, 31)}) == 30
