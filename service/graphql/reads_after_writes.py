"""Reads after writes: a request may wait for the read models to have a position, as a receipt told it."""

from collections.abc import AsyncIterator
from typing import Any, Final

from strawberry.extensions import SchemaExtension

from events.fields import INTEGER_MAX
from service.graphql.context import Context
from service.graphql.errors import NOT_REACHED, argument_refusal, refusal

HEADER: Final = "Min-Position"
EXTENSION: Final = "min_position"


class ReadsAfterWrites(SchemaExtension):
    """Waits for the position in the header `Min-Position` or in the request's `extensions.min_position`."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Hold the execution back until the read models have the position, or refuse it in time."""
        context: Context = self.execution_context.context
        for position in self._wanted(context):
            if not await context.runner.wait_for(position, context.min_position_seconds):
                at = context.runner.position
                raise refusal(
                    NOT_REACHED,
                    f"The read models are at {at}, not yet at {position}; try again.",
                    position=at,
                )
        yield

    def _wanted(self, context: Context) -> list[int]:
        header = context.request.headers.get(HEADER) if context.request is not None else None
        extension = (self.execution_context.operation_extensions or {}).get(EXTENSION)
        wanted = []
        if header is not None:
            digits = header.isascii() and header.isdigit() and len(header) <= 16
            wanted.append(_position(int(header) if digits else None, HEADER))
        if extension is not None:
            wanted.append(_position(extension, f"extensions.{EXTENSION}"))
        return wanted


def _position(value: Any, argument: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= INTEGER_MAX:
        raise argument_refusal("argument.malformed", argument, "a position in the log")
    return value
