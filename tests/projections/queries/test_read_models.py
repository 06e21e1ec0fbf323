"""What is remembered of the read models: never of others."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from events.access.principal import PUBLIC
from events.log import EventLog
from projections.models.cohorts import Cohorts
from projections.queries.freshness import CLEAR, HEAD, MOVED, NARROWED, POSITION
from projections.queries.prepared import Prepared
from projections.updating.runner import Runner

ROW = {NARROWED: None, MOVED: None, POSITION: 5, HEAD: 9}


@pytest.mark.parametrize("becomes_another", ["server", "schema"])
async def test_what_is_remembered_of_read_models_is_not_taken_for_what_others_have(
    log: EventLog, becomes_another: str
) -> None:
    async with Runner(log) as runner:
        await runner.catch_up()
        read_models = runner.read_models
        given: list[Mapping[str, Any]] = []

        class Answered(Prepared):
            async def row(self, connection: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
                given.append(values)
                if len(given) == 2:
                    if becomes_another == "server":
                        raise ConnectionResetError
                    read_models.use("another")
                return ROW

        statement = Answered(select(Cohorts.table.c.key))
        for _ in range(3):
            await read_models.answer(PUBLIC, statement, {})
        clear = [values[CLEAR] for values in given]
        # Where the second question was answered by the former schema, nothing of the answer is remembered.
        assert clear == ([0, 9, 0, 9] if becomes_another == "server" else [0, 9, 0])
