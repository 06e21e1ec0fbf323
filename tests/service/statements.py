"""The statements that a question takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event as hooks

from events.store.pooled_connection import PooledConnection
from projections.queries.prepared import Prepared
from tests.service.graphql.client import Asker


@contextmanager
def counting(asker: Asker) -> Iterator[list[str]]:
    """Collect the statements that go to the read models, and a word for each question to the log."""
    sent: list[str] = []
    engine = asker.runner.read_models.engine.sync_engine

    def before_execute(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        sent.append(text)

    async def entered(reader: PooledConnection) -> Any:
        sent.append("log")
        return await enter(reader)

    async def row(prepared: Prepared, connection: Any, values: Any) -> Any:
        sent.append(prepared.text(""))
        return await prepared_row(prepared, connection, values)

    enter, prepared_row = PooledConnection.__aenter__, Prepared.row
    Prepared.row = row  # type: ignore[method-assign,assignment]
    hooks.listen(engine, "before_cursor_execute", before_execute)
    PooledConnection.__aenter__ = entered  # type: ignore[method-assign,assignment]  # given back below
    try:
        yield sent
    finally:
        Prepared.row = prepared_row  # type: ignore[method-assign]
        PooledConnection.__aenter__ = enter  # type: ignore[method-assign]
        hooks.remove(engine, "before_cursor_execute", before_execute)
