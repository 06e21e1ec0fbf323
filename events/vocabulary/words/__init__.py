"""The words of the vocabulary: when to use a type, what a field asks. JSON Schemas, documentation and forms show them.

A type's module here has the name of its module in `types`.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from textwrap import fill, shorten
from typing import Any, Final, get_type_hints

from events.vocabulary.catalogue import EventKind
from events.vocabulary.types.event_type import EventType
from events.vocabulary.words import (
    cohorts,
    exchange,
    iterations,
    learnings,
    questions,
    record,
    results,
    sessions,
)
from events.vocabulary.words.shared import NEW, SHARED, SharedWords
from events.vocabulary.words.terms import LISTS
from events.vocabulary.words.wording import ClosedList, FieldWords, TypeWords

WORDS: Final[Mapping[type[EventType], TypeWords]] = {
    words.model: words
    for module in (cohorts, sessions, questions, iterations, learnings, exchange, results, record)
    for words in module.WORDS
}
"""The words of every type, by its class."""


_LINE_CHARACTERS_MAX: Final = 88
_EXAMPLE_CHARACTERS_MAX: Final = 160

_NUMBERS: Final = {2: "two", 4: "four", 5: "five"}


def words_of(kind: EventKind) -> TypeWords | None:
    """Return the words of an event type, None if it has none."""
    return WORDS.get(kind.model)


def field_words(kind: EventKind, field: str) -> FieldWords | None:
    """Return the words of a field of an event's data, None if it has none.

    They are the type's own for this field, else those of what it creates, else those that all types share in which
    the field has the same type.
    """
    own = words_of(kind)
    if own is not None and field in own.fields:
        found: FieldWords | None = own.fields[field]
    elif created := next((one.creates for one in kind.references if one.field == field), None):
        found = NEW[created]
    else:
        found = shared_words(kind, field)
    at_least = kind.model.at_least_one_of
    if found is None or field not in at_least:
        return found
    needed = f"At least one of the {_NUMBERS[len(at_least)]} has to be given."
    return replace(found, hint=f"{found.hint} {needed}".lstrip())


def shared_words(
    kind: EventKind, field: str, shared: Mapping[str, SharedWords] = SHARED
) -> FieldWords | None:
    """Return the words that all types share for a field of this name and type, None if there are none."""
    found = shared.get(field)
    annotation = _annotations(kind.model).get(field)
    is_same = found is not None and annotation in (found.type, found.type | None)
    return found.words if found is not None and is_same else None


@cache
def _annotations(model: type[EventType]) -> Mapping[str, Any]:
    """Return the types of a model's fields, by their names in events."""
    annotations = get_type_hints(model, include_extras=True)
    return {one.alias or name: annotations[name] for name, one in model.model_fields.items()}


def docstring(kind: EventKind) -> str:
    """Return the docstring of an event type: what it says, when to use it, and each field with an example."""
    words = words_of(kind)
    if words is None:
        return kind.model.meaning
    fields = [
        _field_docstring(kind, words, name, one.alias or name)
        for name, one in kind.model.model_fields.items()
    ]
    return "\n\n".join((kind.model.meaning, words.use_when, "\n".join(("Fields:", *fields))))


def _field_docstring(kind: EventKind, words: TypeWords, name: str, field: str) -> str:
    asked = field_words(kind, field)
    assert asked is not None
    text = " ".join(filter(None, (asked.question, asked.hint)))
    optional = "" if field in kind.required else " (optional)"
    example = shorten(repr(words.example_of(field)), _EXAMPLE_CHARACTERS_MAX, placeholder=" …")
    return fill(
        f"{name}{optional}: {text} Example: {example}",
        _LINE_CHARACTERS_MAX,
        initial_indent=" " * 4,
        subsequent_indent=" " * 8,
        break_long_words=False,
        break_on_hyphens=False,
    )


def types_before(kind: EventKind) -> list[type[EventType]]:
    """Return the types that usually come before a type, in the order of the vocabulary."""
    return [words.model for words in WORDS.values() if kind.model in words.then]


__all__ = [
    "LISTS",
    "NEW",
    "SHARED",
    "WORDS",
    "ClosedList",
    "FieldWords",
    "SharedWords",
    "TypeWords",
    "docstring",
    "field_words",
    "shared_words",
    "types_before",
    "words_of",
]
