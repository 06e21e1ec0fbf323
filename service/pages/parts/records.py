"""Subjects of the graph as lines that lead to their pages: what they are called, when they were, and their classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.pages.charts.matrix import Heading
from service.pages.frame import addresses, terms
from service.pages.frame.language import Language

NAMES: Final = (*("name", "title", "text", "statement", "actual", "description", "purpose"),)
"""The fields in which subjects have their words, by precedence."""

_TERMS: Final = {
    "result": "Result",
    "decision": "Decision",
    "degree": "Degree",
    "facet": "Facet",
    "failureType": "FailureType",
    "loop": "Loop",
    "changeType": "ChangeType",
    "sign": "Sign",
    "state": "QuestionState",
    "inspirationKind": "InspirationKind",
    "publicationKind": "PublicationKind",
    "sessionKind": "SessionKind",
}
"""The closed lists of the fields that are shown as classes."""

_NARROW: Final = ("PRIVATE", "PAIR")


@dataclass(frozen=True)
class Record:
    """A record: when it was, whose, its words, its classes, and the address of its page, if it has one.

    `is_narrow` says whether some members of its cohort may not see it.
    """

    time: str | None
    organisation: str
    text: str
    classes: Sequence[str]
    href: str | None
    is_narrow: bool = False


def heading(subject: Mapping[str, Any] | None, key: str) -> Heading:
    """Return the name of a subject, with its address. `key` is shown if there is no subject."""
    if subject is None:
        return Heading(key)
    names = [one["name"] for one in subject.get("organisations", ())]
    words = " & ".join(names) or next((subject[one] for one in NAMES if subject.get(one)), key)
    return Heading(words, addresses.of_subject(subject), subject.get("language"))


def of_subject(subject: Mapping[str, Any], language: Language) -> Record:
    """Return a subject as a record. It was asked for with its stream, time, visibility and words."""
    named = heading(subject, subject["stream"])
    organisation = subject.get("organisation")
    return Record(
        subject["time"],
        organisation["name"] if organisation else "",
        named.text,
        [
            language.gettext(terms.title(list_, subject[field]))
            for field, list_ in _TERMS.items()
            if subject.get(field) is not None
        ],
        named.href,
        subject["visibility"] in _NARROW,
    )
