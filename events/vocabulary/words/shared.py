"""The words of fields that ask the same in every type that has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from events.vocabulary.fields.field_types import (
    Address,
    CohortKey,
    EvidenceLevel,
    Links,
    Text,
    Themes,
)
from events.vocabulary.stream import KINDS, Kind
from events.vocabulary.words.wording import FieldWords, line, lines

_NOUNS: Final[Mapping[Kind, str]] = {"ask": "request for help"}

NEW: Final[Mapping[Kind, FieldWords]] = {
    kind: line(
        f"Key of the new {_NOUNS.get(kind, kind)}",
        f"Which key should this {_NOUNS.get(kind, kind)} have?",
        "A form makes one up; a program uses its own id or a UUID.",
    )
    for kind in KINDS
}
"""The words of a field that creates a subject, by the subject's kind."""


@dataclass(frozen=True, slots=True)
class SharedWords:
    """The words of fields with one name, as long as their type is this one: the same name can mean something else."""

    type: Any
    words: FieldWords


SHARED: Final[Mapping[str, SharedWords]] = {
    "cohort": SharedWords(
        CohortKey,
        line(
            "Cohort",
            "Which cohort is this part of?",
            "Leave it out for work outside any cohort.",
        ),
    ),
    "themes": SharedWords(
        Themes,
        line(
            "Themes",
            "Which few words would help others to find this?",
            "Up to 12, in lower case.",
        ),
    ),
    "evidence_level": SharedWords(
        EvidenceLevel,
        line(
            "How strong is the evidence?",
            "How do you know?",
            "Choose the last of these that is true.",
        ),
    ),
    "intended": SharedWords(
        Text, lines("What was intended", "What did you hope or plan would happen?")
    ),
    "actual": SharedWords(Text, lines("What happened", "What actually happened?")),
    "why": SharedWords(
        Text,
        lines("Why it happened", "What explains the difference, as far as you know?"),
    ),
    "links": SharedWords(
        Links,
        line(
            "Links",
            "Where on the web are pictures, minutes or other things that belong to it?",
            "Up to 10 addresses.",
        ),
    ),
    "url": SharedWords(Address, line("Address on the web", "Where on the web can it be found?")),
}
"""The words of fields by their names. A type that asks something else has words of its own."""
