"""Answers of plans: PostgreSQL writes them, for whoever asks."""

from collections.abc import Mapping
from typing import Any

import orjson

from service.graphql.compiled.plan import Plan
from service.graphql.context import Context
from service.graphql.fetching.rows import Reading


async def answer(
    plan: Plan, values: Mapping[str, Any], reading: Reading, context: Context
) -> dict[str, orjson.Fragment | None]:
    """Return the fields that the plan's statement has.

    Raises what the reading raises, and StatementRefused where PostgreSQL does not run the statement.
    """
    texts = plan.texts(await reading.row(plan.prepared, values))
    if plan.marks is not None:
        texts = await plan.marks.replaced(texts, context)
    return {name: None if text is None else orjson.Fragment(text) for name, text in texts.items()}
