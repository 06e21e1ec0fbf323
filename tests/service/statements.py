"""The statements that a question takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event as hooks

from projections.queries.prepared import Prepared
from tests.service.graphql.client import Asker


@contextmanager
def counting(asker: Asker) -> Iterator[list[str]]:
    """Collect the statements that go to the read models, and a word for each question to the log."""
    sent: list[str] = []
    engine = asker.runner.read_models._engine.sync_engine
    log = asker.log
    reader = log._reader

    def before_execute(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        sent.append(text)

    def counted_reader() -> Any:
        sent.append("log")
        return reader()

    async def row(prepared: Prepared, connection: Any, values: Any) -> Any:
        sent.append(prepared.text(""))
        return await prepared_row(prepared, connection, values)

    prepared_row = Prepared.row
    Prepared.row = row  # type: ignore[method-assign,assignment]
    hooks.listen(engine, "before_cursor_execute", before_execute)
    log._reader = counted_reader  # type: ignore[method-assign]  # given back below
    try:
        yield sent
    finally:
        Prepared.row = prepared_row  # type: ignore[method-assign]
        log._reader = reader  # type: ignore[method-assign]
        hooks.remove(engine, "before_cursor_execute", before_execute)
