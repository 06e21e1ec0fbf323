"""Fields whose values come from a function. The root types have them."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLField
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.fields.resolver import ReservedName, StrawberryResolver
from strawberry.types.unset import UNSET

from service.graphql.fields.field import Completing


class Resolver(StrawberryResolver[Any]):
    """The arguments of a function `(root, info, ...)`, as graphql-core calls it."""

    RESERVED_PARAMSPEC = (ReservedName("root"), ReservedName("info"))


class AnsweredField(Completing):
    """A field whose value a function returns, or whose values it yields."""

    def __init__(
        self,
        answer: Callable[..., Any],
        description: str,
        arguments: Sequence[StrawberryArgument] | None = None,
        *,
        is_subscription: bool = False,
    ) -> None:
        super().__init__(description=description, is_subscription=is_subscription)
        self.answer = answer
        self.arguments = list(arguments_of(answer) if arguments is None else arguments)

    def complete(self, field: GraphQLField, owner: type) -> None:
        """Let the schema's field call the function, with the arguments as graphql-core reads them."""
        if self.is_subscription:
            field.subscribe = self.answer
            field.resolve = _itself
        else:
            field.resolve = self.answer


def resolved_by(
    answer: Callable[..., Any],
    description: str,
    arguments: Sequence[StrawberryArgument] | None = None,
) -> Any:
    """Declare a field whose value a function returns. By default, its arguments are the function's parameters."""
    return AnsweredField(answer, description, arguments)


def streamed_by(
    answer: Callable[..., Any],
    description: str,
    arguments: Sequence[StrawberryArgument] | None = None,
) -> Any:
    """Declare a field whose values a function yields. By default, its arguments are the function's parameters."""
    return AnsweredField(answer, description, arguments, is_subscription=True)


def arguments_of(answer: Callable[..., Any]) -> list[StrawberryArgument]:
    """Return the arguments of a field that correspond to a function's parameters."""
    arguments = Resolver(answer).arguments
    for argument in arguments:
        if argument.default is None:
            # Without this, the schema would show the default null.
            argument.default = UNSET
    return arguments


def _itself(value: Any, info: Any, **arguments: Any) -> Any:
    return value
