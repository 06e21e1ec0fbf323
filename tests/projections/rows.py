"""What the read models hold, for comparing."""

from typing import Any

from sqlalchemy import select

from projections.folding.tables import checkpoint, metadata
from projections.store import statements
from projections.updating.runner import Runner


async def rows_of(runner: Runner) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every read model, and the checkpoint's position."""
    assert runner.schema is not None
    engine = statements.within(
        statements.engine(runner.read_models.url, connections_max=1), runner.schema
    )
    try:
        async with engine.connect() as connection:
            return {
                table.name: [
                    tuple(row)
                    for row in await connection.execute(select(table).order_by(*table.primary_key))
                ]
                for table in metadata.sorted_tables
            }
    finally:
        await engine.dispose()


def position_in(rows: dict[str, list[tuple[Any, ...]]]) -> int:
    """Return the checkpoint's position among the rows."""
    return int(rows[checkpoint.name][0][1])
