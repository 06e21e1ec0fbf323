"""The statements that a question takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event as hooks

from tests.service.graphql_client import Asker


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

    hooks.listen(engine, "before_cursor_execute", before_execute)
    log._reader = counted_reader  # type: ignore[method-assign]  # given back below
    try:
        yield sent
    finally:
        log._reader = reader  # type: ignore[method-assign]
        hooks.remove(engine, "before_cursor_execute", before_execute)
