"""The words of the vocabulary: when to use a type, what a field asks. JSON Schemas, documentation and forms show them.

The words of terms are in `events.vocabulary.terms`. A type's module here has the name of its module in `types`.
"""

from collections.abc import Mapping
from typing import Final

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
from events.vocabulary.words.shared import NEW, SHARED
from events.vocabulary.words.wording import FieldWords, TypeWords

WORDS: Final[Mapping[type[EventType], TypeWords]] = {
    words.model: words
    for module in (cohorts, sessions, questions, iterations, learnings, exchange, results, record)
    for words in module.WORDS
}
"""The words of every type, by its class."""


def words_of(kind: EventKind) -> TypeWords | None:
    """Return the words of an event type, None if it has none."""
    return WORDS.get(kind.model)


def field_words(kind: EventKind, field: str) -> FieldWords | None:
    """Return the words of a field of an event's data, None if it has none.

    They are the type's own for this field, else those of what it creates, else those that all types share.
    """
    own = words_of(kind)
    if own is not None and field in own.fields:
        return own.fields[field]
    created = next((one.creates for one in kind.references if one.field == field), None)
    return NEW[created] if created else SHARED.get(field)


def types_before(kind: EventKind) -> list[type[EventType]]:
    """Return the types that usually come before a type, in the order of the vocabulary."""
    return [words.model for words in WORDS.values() if kind.model in words.then]


__all__ = [
    "NEW",
    "SHARED",
    "WORDS",
    "FieldWords",
    "TypeWords",
    "field_words",
    "types_before",
    "words_of",
]
