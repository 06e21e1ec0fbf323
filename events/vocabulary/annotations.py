"""The event types that a function is for, as its annotations say.

A fold or a rule is a function of an event. Which types it is for is written once, where the type checker reads it too:
`event: Event[LearningCaptured | LearningRevised]`.
"""

from collections.abc import Callable
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from events.vocabulary.catalogue import VOCABULARY, CatalogueError, EventKind


def kinds_of(function: Callable[..., object], parameter: str) -> tuple[EventKind, ...]:
    """Return the types for which the function's parameter is annotated; none where the annotation names none.

    Raises CatalogueError where there is no such parameter, or no such type.
    """
    annotation = get_type_hints(function).get(parameter)
    if annotation is None:
        raise CatalogueError(f"{function.__qualname__} has no annotated parameter {parameter!r}.")
    return tuple(VOCABULARY.of(model) for model in _models(annotation))


def _models(annotation: Any) -> tuple[Any, ...]:
    """Return the classes A and B of an annotation such as `Event[A | B]`."""
    arguments = get_args(annotation)
    if not arguments:
        return ()
    (argument,) = arguments
    return get_args(argument) if get_origin(argument) in (Union, UnionType) else (argument,)
