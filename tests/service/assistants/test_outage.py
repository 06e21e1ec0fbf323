"""While the database is away, a tool is refused in words and the session of the client continues; then it answers."""

import asyncio

import orjson
import pytest

from tests.projections.outage import accept_connections, refuse_connections
from tests.service.app import open_api
from tests.service.assistants.calling import assistant, text
from tests.service.conftest import Messages


@pytest.mark.parametrize("who", ["mill", None])
@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_tool_is_refused_while_the_database_is_away_and_answers_when_it_is_back(
    database_url: str, messages: Messages, who: str | None, mode: str
) -> None:
    async with open_api(
        database_url, lives=True, key_cache_seconds=600, database_seconds_max=2
    ) as api:
        await api.begin()
        async with assistant(api, who, mode) as client:
            assert not (await client.call_tool("cohorts", {})).is_error
            await refuse_connections(database_url)
            try:
                found = await client.call_tool("cohorts", {})
            finally:
                await accept_connections(database_url)
            assert found.is_error
            problem = orjson.loads(text(found))
            assert problem["status"] == 503
            assert "Traceback" not in text(found)
            [error] = problem["errors"]
            assert error["detail"]
            async with asyncio.timeout(60):
                while (await client.call_tool("cohorts", {})).is_error:
                    await asyncio.sleep(0.05)
        assert "Traceback" not in "".join(messages.lines)
