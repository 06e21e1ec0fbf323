"""Fields that are asked of the service itself: a function answers each."""

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
    """A field that a function answers, or follows."""

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


def asked(
    answer: Callable[..., Any],
    description: str,
    arguments: Sequence[StrawberryArgument] | None = None,
) -> Any:
    """Declare a field that a function answers; its parameters are the field's arguments, if none are given."""
    return AnsweredField(answer, description, arguments)


def followed(
    answer: Callable[..., Any],
    description: str,
    arguments: Sequence[StrawberryArgument] | None = None,
) -> Any:
    """Declare a field whose values a function yields; its parameters are the field's arguments, if none are given."""
    return AnsweredField(answer, description, arguments, is_subscription=True)


def arguments_of(answer: Callable[..., Any]) -> list[StrawberryArgument]:
    """Return the arguments that a function's parameters stand for."""
    arguments = Resolver(answer).arguments
    for argument in arguments:
        if argument.default is None:
            # What is left out is null: said as a default, it would stand in the schema.
            argument.default = UNSET
    return arguments


def _itself(value: Any, info: Any, **arguments: Any) -> Any:
    return value
