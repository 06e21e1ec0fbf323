"""What the words of types, fields and terms consist of. The modules of this room have them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from events.vocabulary.types.event_type import EventType


@dataclass(frozen=True, slots=True)
class FieldWords:
    """What a form or a page says about a field."""

    title: str
    """The field in people's words."""
    question: str
    """The question that the field answers, and after it what else one needs to know."""
    hint: str = ""
    """What to do in a form. Where the value is only read, it is not shown."""
    many_lines: bool = False
    """Whether the value, or each item of a list, usually needs more than one line."""


def line(title: str, question: str, hint: str = "") -> FieldWords:
    """Return the words of a field whose value takes one line."""
    return FieldWords(title, question, hint)


def lines(title: str, question: str, hint: str = "") -> FieldWords:
    """Return the words of a field whose value takes many lines."""
    return FieldWords(title, question, hint, many_lines=True)


@dataclass(frozen=True, slots=True)
class TypeWords:
    """When to use an event type, what usually comes next, an example, and the words of fields that ask something of
    their own.

    Every other field has the words that `shared` has for its name and type.
    """

    model: type[EventType]
    use_when: str
    then: tuple[type[EventType], ...]
    """The types that usually come next. What usually comes before a type is derived from them."""
    fields: Mapping[str, FieldWords]
    example: Mapping[str, Any]
    """The data of an event of the demo."""
    others: Mapping[str, Any] = field(default_factory=dict)
    """Examples of the fields that this event lacks. Added to it, they make another valid example."""

    def example_of(self, name: str) -> Any:
        """Return the example of a field, or of a field of an object, such as `cost.amount`.

        Raises KeyError if there is none.
        """
        whole = {**self.example, **self.others}
        if name in whole:
            return whole[name]
        outer, _, inner = name.partition(".")
        return whole[outer][inner]


@dataclass(frozen=True, slots=True)
class TermWords:
    """What a form or a page shows for one value of a closed list."""

    value: str | int
    title: str
    meaning: str
    """One sentence that says what it means."""


@dataclass(frozen=True, slots=True)
class ClosedList:
    """The values of which a field takes one, with their words."""

    name: str
    description: str
    terms: tuple[TermWords, ...]

    @property
    def is_of_numbers(self) -> bool:
        """Whether its values are integers."""
        return isinstance(self.terms[0].value, int)
