"""Answers of plans: PostgreSQL writes them, for whoever asks."""

from collections.abc import Mapping
from typing import Any

import orjson

from projections.narrowing import Narrowed
from service.graphql.compiled.plan import Plan
from service.graphql.context import Context
from service.graphql.reads_after_writes import wait_for
from service.graphql.turns import Turns


async def answer(
    plan: Plan, values: Mapping[str, Any], context: Context, turns: Turns
) -> dict[str, orjson.Fragment | None]:
    """Return the fields that the plan's statement has, of one moment: nothing that was hidden before.

    Raises a GraphQL error where the read models do not take in in time what hides something.
    """
    read_models = context.served.read_models

    async def ask(unhidden: bool) -> Mapping[str, Any]:
        async with turns.taken(context.asker):
            return await read_models.answer(
                context.viewer, plan.prepared, values, unhidden=unhidden
            )

    try:
        row = await ask(True)
    except Narrowed as narrowed:
        await wait_for(context, narrowed.position)
        # What is hidden from now on is hidden after the question.
        row = await ask(False)
    texts = plan.texts(row)
    if plan.marks is not None:
        texts = await plan.marks.replaced(texts, context)
    return {name: None if text is None else orjson.Fragment(text) for name, text in texts.items()}
