from tests.service.test_scratch_compiled import *
from tests.service.scratch_fuzz import fuzz
async def test_it(asker: Asker):
    from service.graphql.schema import Schema
    await fuzz(asker, WHO, Schema(asker.limits), 300)
