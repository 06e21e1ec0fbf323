"""Reads from a function's annotations for which event types it is. Rules, folds and projections are registered so.

A fold or a rule is a function of an event. Its types are written once, in the annotation that the type checker reads
too: `event: Event[LearningCaptured | LearningRevised]`.
"""

from collections.abc import Callable
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from events.vocabulary.catalogue import VOCABULARY, CatalogueError, EventKind


def kinds_of(function: Callable[..., object], parameter: str) -> tuple[EventKind, ...]:
    """Return the types that the annotation of the function's parameter names; it may name none.

    Raises CatalogueError if there is no such parameter or no such type.
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
