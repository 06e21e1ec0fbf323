"""Answers from plans. `Schema` asks for them."""

from collections.abc import Mapping
from typing import Any

import orjson

from service.graphql.compiler.plan import Plan
from service.graphql.context import Context
from service.graphql.fetching.rows import Fetched, Reading
from service.graphql.sql_values.statement_context import NotCompiled


async def answer(
    plan: Plan, values: Mapping[str, Any], reading: Reading, context: Context, rows_max: int
) -> dict[str, orjson.Fragment | None]:
    """Return the fields of the plan's statement, for the viewer of the context.

    Raises the errors of the reading, StatementRefused if PostgreSQL refuses the statement, and NotCompiled if its lists
    without pages have more than `rows_max` rows. The executor counts all rows of an answer.
    """
    texts = plan.texts(await reading.row(plan.prepared, values))
    if plan.marks is not None:
        rows = plan.marks.rows(texts)
        if rows > rows_max:
            raise NotCompiled("more rows than an answer may have")
        if isinstance(reading, Fetched):
            # The executor adds the rows of the other fields.
            reading.count(rows)
        texts = await plan.marks.replaced(texts, context)
    return {name: None if text is None else orjson.Fragment(text) for name, text in texts.items()}
