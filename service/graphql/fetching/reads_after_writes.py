"""Reads after writes: a request can wait until the read models have reached the position in a receipt."""

from collections.abc import Mapping
from typing import Any, Final

from events.vocabulary.fields.field_types import INTEGER_MAX
from service.graphql.context import Context
from service.graphql.errors import NOT_REACHED, argument_refusal, refusal

HEADER: Final = "Min-Position"
EXTENSION: Final = "min_position"


async def wait_for_positions(context: Context, extensions: Mapping[str, Any] | None) -> None:
    """Wait for the position in the header `Min-Position` or in the request's `extensions.min_position`.

    Raises a GraphQL error if the read models do not reach it in time.
    """
    for position in _wanted(context, extensions or {}):
        await wait_for(context, position)


async def wait_for(context: Context, position: int) -> None:
    """Wait for the position. Raises a GraphQL error with the lag if the read models do not reach it in time."""
    if not await context.served.wait_for(position, context.limits.min_position_seconds):
        at = context.served.position
        raise refusal(
            NOT_REACHED,
            f"The read models are at position {at}, not yet at {position}; try again.",
            position=at,
            lag=max(0, position - at),
        )


def _wanted(context: Context, extensions: Mapping[str, Any]) -> list[int]:
    header = context.min_position
    extension = extensions.get(EXTENSION)
    wanted = []
    if header is not None:
        digits = header.isascii() and header.isdigit() and len(header) <= 16
        wanted.append(_position(int(header) if digits else None, HEADER))
    if extension is not None:
        wanted.append(_position(extension, f"extensions.{EXTENSION}"))
    return wanted


def _position(value: Any, argument: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= INTEGER_MAX:
        raise argument_refusal("argument.malformed", argument, "a position in the log", value)
    return value
