"""Frequent statements, compiled once and run without SQLAlchemy, which would compile them each time.

The graph and search use them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from projections.folding.tables import READ_MODELS
from projections.queries.freshness import guarded

_SCHEMA: Final = "{schema}"
"""The placeholder for the schema of the read models. No name contains such characters."""

_DIALECT: Final[Any] = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # it is not typed


REFUSED: Final = (
    asyncpg.DataError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.PostgresSyntaxError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFunctionError,
    asyncpg.DatatypeMismatchError,
)
"""Raised by PostgreSQL for an invalid statement or invalid parameters. A retry would not help."""


class StatementRefused(Exception):
    """PostgreSQL refused a statement or its parameters."""


class Prepared:
    """A statement that returns one row, with the columns of `freshness` beside its own. Only its text is kept."""

    def __init__(self, statement: Select[Any]) -> None:
        written = guarded(statement).compile(
            dialect=_DIALECT,
            schema_translate_map={READ_MODELS: _SCHEMA},
            render_schema_translate=True,
        )
        self._text = str(written)
        self._names: Sequence[str] = tuple(written.positiontup or ())
        self._constants: Mapping[str, Any] = {
            name: value for name, value in written.params.items() if value is not None
        }
        self._within = ("", "")
        self.names = frozenset(self._names)

    @property
    def characters(self) -> int:
        """The length of its text."""
        return len(self._text)

    def text(self, schema: str) -> str:
        """Return the SQL text for the read models in this schema."""
        if self._within[0] != schema:
            quoted = _DIALECT.identifier_preparer.quote(schema)
            self._within = schema, self._text.replace(f'"{_SCHEMA}"', quoted)
        return self._within[1]

    async def row(
        self, connection: AsyncConnection, values: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return the row from the read models in the connection's schema; `values` are the statement's parameters.

        Raises StatementRefused, and other errors of asyncpg.
        """
        assert connection.sync_connection is not None
        options = connection.sync_connection.get_execution_options()
        schema = options["schema_translate_map"][READ_MODELS]
        driver: Any = (await connection.get_raw_connection()).driver_connection
        parameters = {**self._constants, **values}
        try:
            found: Mapping[str, Any] = await driver.fetchrow(
                self.text(schema), *map(parameters.__getitem__, self._names)
            )
        except REFUSED as error:
            raise StatementRefused(str(error)) from error
        finally:
            if driver.is_closed():
                # The pool does not notice that the connection is closed.
                await connection.invalidate()
        return found
