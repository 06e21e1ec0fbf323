"""The words of an event type and of its fields. The modules of this room make them, and JSON Schemas publish them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.vocabulary.types.event_type import EventType


@dataclass(frozen=True, slots=True)
class FieldWords:
    """What a form or a page says about a field."""

    title: str
    """The field in people's words."""
    question: str
    """The question that the field answers, and after it what else one needs to know."""
    example: Any
    """A value from the demo."""
    many_lines: bool = False
    """Whether the value, or each item of a list, usually needs more than one line."""


def one(title: str, question: str, example: Any) -> FieldWords:
    """Return the words of a field that takes one line."""
    return FieldWords(title, question, example)


def many(title: str, question: str, example: Any) -> FieldWords:
    """Return the words of a field that takes many lines."""
    return FieldWords(title, question, example, many_lines=True)


@dataclass(frozen=True, slots=True)
class TypeWords:
    """When to use an event type, what usually comes next, and the words of those fields that ask something of its own.

    Every other field has the words that `shared` has for its name.
    """

    model: type[EventType]
    use_when: str
    then: tuple[type[EventType], ...]
    """The types that usually come next. What usually comes before a type is derived from them."""
    fields: Mapping[str, FieldWords]
