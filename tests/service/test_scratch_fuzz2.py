import pytest
from tests.service.scratch_fuzz import fuzz
from tests.projections.test_seeing import recorded, viewers
from tests.service.graphql_client import Asker
from events.log import EventLog
from events.senders import Role, Sender
from projections.runner import Runner
@pytest.fixture
async def asker(database_url: str):
    async with await EventLog.open(database_url, master_key=bytes(32)) as log:
        await recorded(log, 5)
        async with Runner(log) as runner:
            await runner.catch_up()
            found = Asker(log, runner, catches_up=False)
            yield found
            await found.http.aclose()
async def test_it(asker: Asker):
    from service.graphql.schema import Schema
    who=await viewers(asker.runner)
    who.append(Sender("e",Role.EVALUATOR,who[4].cohorts))
    await fuzz(asker, who, Schema(asker.limits), 500, seed=7)
