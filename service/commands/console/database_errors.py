"""What is wrong with the database, in words. Commands ask it about errors that they do not know."""

from typing import Final

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from events.store.connections import AWAY, trouble_in
from service.postgres import PostgresError

# Not every OSError: the command that reads a file reports that it cannot be read.
_LOST: Final = (
    asyncpg.PostgresError,
    *(error for error in AWAY if error is not OSError),
    SQLAlchemyError,
    ConnectionError,
    TimeoutError,
)


def reason(error: BaseException) -> str | None:
    """Return what is wrong with the database; None if the error is of another kind."""
    if isinstance(error, PostgresError):
        return str(error)
    if not isinstance(error, _LOST):
        return None
    source = getattr(error, "orig", None)
    source = error if source is None else source.__cause__ or source
    text = str(source) or type(source).__name__
    if (trouble := trouble_in(source)) is not None:
        return f"{trouble}: {text}"
    if isinstance(source, asyncpg.PostgresError) and not isinstance(source, AWAY):
        return f"the database refused the statement: {text}"
    return f"the connection to the database was lost: {text}"
