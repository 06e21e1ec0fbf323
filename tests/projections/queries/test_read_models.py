"""What is remembered of the read models: never of others."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from events.access.principal import PUBLIC
from events.log import EventLog
from projections.models.cohorts import Cohorts
from projections.queries import read_models as read_models_module
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


class Noting(Prepared):
    """A statement that notes the values that it is given, and answers with `ROW`."""

    def __init__(self) -> None:
        super().__init__(select(Cohorts.table.c.key))
        self.given: list[Mapping[str, Any]] = []

    async def row(self, connection: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Note the values."""
        self.given.append(values)
        return ROW


async def test_a_moment_of_a_former_schema_tells_the_present_one_nothing(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Runner(log) as runner:
        await runner.catch_up()
        read_models = runner.read_models
        begin = read_models_module.at_one_moment

        @asynccontextmanager
        async def replaced_meanwhile(connection: AsyncConnection) -> AsyncIterator[None]:
            async with begin(connection):
                read_models.use("another")
                yield

        monkeypatch.setattr(read_models_module, "at_one_moment", replaced_meanwhile)
        statement = Noting()
        async with read_models.moment() as moment:
            assert await moment.rows(select(Cohorts.table.c.key)) == []
            for _ in range(2):
                await moment.answer(PUBLIC, statement, {})
        assert [values[CLEAR] for values in statement.given] == [0, 9]
        await read_models.answer(PUBLIC, statement, {})
        assert statement.given[-1][CLEAR] == 0


async def test_a_schema_that_is_replaced_while_it_connects_is_not_read(log: EventLog) -> None:
    async with Runner(log) as runner:
        await runner.catch_up()
        read_models, former = runner.read_models, runner.read_models.schema
        assert former is not None
        read_models.use("another")
        engine, times = read_models.engine.sync_engine, 0

        def replace(*connection: Any) -> None:
            nonlocal times
            times += 1
            if times == 1:
                read_models.use(former)

        hooks.listen(engine, "checkout", replace)
        try:
            async with read_models.moment() as moment:
                # The schema `another` does not exist.
                assert await moment.rows(select(Cohorts.table.c.key)) == []
        finally:
            hooks.remove(engine, "checkout", replace)
        assert times == 2
