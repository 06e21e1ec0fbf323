"""References: the fields in which an event creates or names subjects, read from the marks in their types.

The catalogue uses them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from events.vocabulary.fields.marks import (
    Correctable,
    Creates,
    HowCanWe,
    Names,
    NamesEvent,
    OwnWords,
    PersonalData,
)
from events.vocabulary.stream import Kind, Stream, key_of, kind_of, stream_of

Mark = Creates | Names | NamesEvent | PersonalData | HowCanWe | OwnWords | Correctable


class Mention(NamedTuple):
    """One subject that an event creates or names: in which field, and whether that has a single value or a list."""

    stream: Stream
    field: str
    pointer: str
    creates: bool
    single: bool

    @property
    def kind(self) -> str:
        """The subject's kind."""
        return kind_of(self.stream)

    @property
    def key(self) -> str:
        """The subject's key."""
        return key_of(self.stream)


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that creates or names subjects."""

    field: str
    creates: Kind | None
    kinds: tuple[Kind, ...]
    many: bool

    def stream(self, value: str) -> Stream:
        """Return the stream of the subject that `value` names in this field."""
        return stream_of(self.kinds[0], value) if len(self.kinds) == 1 else Stream(value)


def reference_of(field: str, marks: Iterable[tuple[Mark, bool]]) -> Reference | None:
    """Return the reference that a field with these marks is; None if it neither creates nor names a subject."""
    for mark, many in marks:
        if isinstance(mark, Creates):
            return Reference(field, mark.kind, (mark.kind,), many)
        if isinstance(mark, Names):
            return Reference(field, None, mark.kinds, many)
    return None


def may_name_event(marks: Iterable[tuple[Mark, bool]]) -> bool:
    """Return whether a field with these marks may name an event."""
    return any(
        isinstance(mark, NamesEvent) or (isinstance(mark, Names) and mark.or_event)
        for mark, _ in marks
    )


def marks_of(parts: Iterable[Any], many: bool = False) -> Iterator[tuple[Mark, bool]]:
    """Yield every mark in the annotations, and whether it is inside a list."""
    for part in parts:
        origin = get_origin(part)
        if origin is Annotated:
            yield from marks_of(get_args(part), many)
        elif origin is list:
            yield from marks_of(get_args(part), True)
        elif origin in (Union, UnionType):
            yield from marks_of(get_args(part), many)
        elif isinstance(part, Mark):
            yield part, many
