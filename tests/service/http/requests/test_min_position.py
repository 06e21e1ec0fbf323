"""`min_position`: an answer waits until the log, as it is read here, has what a receipt promised."""

import asyncio

import pytest

from events.log import EventLog
from tests.events.samples import registered
from tests.service.app import SSE, Api, complete, faults_in, open_api, problem

PATHS = ("/events", "/events/1", "/streams/organisation/mill")


@pytest.mark.parametrize("path", PATHS)
async def test_what_the_log_has_is_answered_at_once(story: Api, path: str) -> None:
    for position in (0, 6):
        response = await story.get(f"{path}?min_position={position}")
        assert response.status_code == 200
        assert response.content == (await story.get(path)).content


@pytest.mark.parametrize("path", PATHS)
async def test_an_answer_waits_for_what_another_process_records(
    story: Api, database_url: str, path: str
) -> None:
    asked = asyncio.create_task(story.get(f"{path}?min_position=7"))
    async with await EventLog.open(database_url) as other:
        await asyncio.wait([asked], timeout=0.1)
        assert not asked.done()
        [receipt] = await other.append([complete(registered("tower"))])
    assert receipt.position == 7
    response = await asked
    assert response.status_code == 200
    if path == "/events":
        assert len(response.content.splitlines()) == 7


@pytest.mark.parametrize("path", PATHS)
async def test_a_position_that_does_not_come_in_time_is_refused_with_the_lag(
    database_url: str, path: str
) -> None:
    async with open_api(database_url, min_position_seconds=0.05, retry_after_seconds=3) as api:
        await api.begin()
        for accept in ("*/*", SSE):
            response = await api.get(f"{path}?min_position=10", accept=accept)
            assert faults_in(problem(response, 503)) == [(None, "position.not_reached", "")]
            assert response.headers["retry-after"] == "3"
            body = response.json()
            assert (body["position"], body["lag"]) == (6, 4)
            assert "database" not in body["title"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "query",
    [
        "min_position=",
        "min_position=-1",
        "min_position=x",
        "min_position=1&min_position=1",
        "min=1",
    ],
)
async def test_anything_else_is_malformed(story: Api, path: str, query: str) -> None:
    assert faults_in(problem(await story.get(f"{path}?{query}"), 400)) == [(None, "query", "")]
