"""Decorators that say which event types a method of a projection handles, and how:

- `creates`: the event creates a subject; the method returns the row's columns.
- `moves`: the event changes a subject; the method takes the previous row and returns the columns that change.
- `adds`: the event is a row of its own, at its position; the method returns the row's columns.
- `enters`: the event creates a row for each of its keys; the method takes a key and returns its row.
- `on`: anything else; the method takes the previous row (or None) and returns the new row (or None).
- `on_each`: the same for each of several rows; the method also takes the row's key.

Types are given by their class or their name: `@on(HelpGiven)` is `@on("help.given")`. Each decorator raises ValueError
if a type does not exist, when the class is defined.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, overload

from events.vocabulary.catalogue import VOCABULARY, CatalogueError
from events.vocabulary.types import EventType
from projections.folding.step import Step
from projections.folding.tables import Key, Row

TypeOrName = type[EventType] | str
EVERY_TYPE: Final = "*"
E = TypeVar("E", bound=EventType)
F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]


@overload
def creates(type_: type[E], /) -> Decorator[Callable[[Any, Step[E]], Row]]: ...
@overload
def creates(name: str, /, *more: TypeOrName) -> Callable[[F], F]: ...
@overload
def creates(one: TypeOrName, other: TypeOrName, /, *more: TypeOrName) -> Callable[[F], F]: ...
def creates(*types: TypeOrName) -> Callable[[F], F]:
    """Mark the method that returns the row of a subject that the event creates."""
    return _handling("creates", types)


@overload
def moves(type_: type[E], /) -> Decorator[Callable[[Any, Row, Step[E]], Row]]: ...
@overload
def moves(name: str, /, *more: TypeOrName) -> Callable[[F], F]: ...
@overload
def moves(one: TypeOrName, other: TypeOrName, /, *more: TypeOrName) -> Callable[[F], F]: ...
def moves(*types: TypeOrName) -> Callable[[F], F]:
    """Mark the method that returns the columns of a subject that the event changes."""
    return _handling("moves", types)


@overload
def adds(type_: type[E], /) -> Decorator[Callable[[Any, Step[E]], Row]]: ...
@overload
def adds(name: str, /, *more: TypeOrName) -> Callable[[F], F]: ...
@overload
def adds(one: TypeOrName, other: TypeOrName, /, *more: TypeOrName) -> Callable[[F], F]: ...
def adds(*types: TypeOrName) -> Callable[[F], F]:
    """Mark the method that returns the row for the event itself."""
    return _handling("adds", types)


@overload
def enters(type_: type[E], /) -> Decorator[Callable[[Any, Step[E], Key], Row]]: ...
@overload
def enters(name: str, /, *more: TypeOrName) -> Callable[[F], F]: ...
@overload
def enters(one: TypeOrName, other: TypeOrName, /, *more: TypeOrName) -> Callable[[F], F]: ...
def enters(*types: TypeOrName) -> Callable[[F], F]:
    """Mark the method that returns the new row for one of an event's keys (`EVERY_TYPE` means all types)."""
    return _handling("enters", types)


@overload
def on(type_: type[E], /) -> Decorator[Callable[[Any, Row | None, Step[E]], Row | None]]: ...
@overload
def on(name: str, /, *more: TypeOrName) -> Callable[[F], F]: ...
@overload
def on(one: TypeOrName, other: TypeOrName, /, *more: TypeOrName) -> Callable[[F], F]: ...
def on(*types: TypeOrName) -> Callable[[F], F]:
    """Mark the method that returns the new row after an event of these types."""
    return _handling("on", types)


@overload
def on_each(
    type_: type[E], /
) -> Decorator[Callable[[Any, Row | None, Step[E], Key], Row | None]]: ...
@overload
def on_each(name: str, /, *more: TypeOrName) -> Callable[[F], F]: ...
@overload
def on_each(one: TypeOrName, other: TypeOrName, /, *more: TypeOrName) -> Callable[[F], F]: ...
def on_each(*types: TypeOrName) -> Callable[[F], F]:
    """Mark the method that returns the new row with a key after an event of these types, which touch several rows."""
    return _handling("on_each", types)


def _handling(how: str, types: tuple[TypeOrName, ...]) -> Callable[[F], F]:
    names = tuple(EVERY_TYPE if given == EVERY_TYPE else _name_of(given) for given in types)

    def register(method: F) -> F:
        method._handles = (how, names)  # type: ignore[attr-defined]  # read once, when the projection is made
        return method

    return register


def _name_of(given: TypeOrName) -> str:
    try:
        return VOCABULARY.name_of(given)
    except CatalogueError as error:
        raise ValueError(str(error)) from None
