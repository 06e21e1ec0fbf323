"""The levels of visibility that a form offers, with a sentence about who will see what is recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from events.access.policy import Role
from events.vocabulary.catalogue import EventKind
from events.vocabulary.terms import Visibility
from events.vocabulary.types.cohorts import (
    CohortFormed,
    OrganisationJoined,
    OrganisationRegistered,
)
from events.vocabulary.types.event_type import Mark
from events.vocabulary.words import LISTS

_EVERY_KEY: Final = (CohortFormed, OrganisationRegistered, OrganisationJoined)
"""What everyone with a key sees, at any level."""

AS_SUBJECT: Final = ""
"""The value of the choice that gives no level."""

_AS_SUBJECT: Final = ("As what it is about", "Everyone who sees what it is about sees this.")
_WITH_KEY: Final = ("Everyone with a key", "All who sign in here.")
_FOLLOWS: Final = "Everyone who sees what it is about sees this."
_PERSON: Final = "Only the organisation and its facilitators see a person."
_OF_EVENT: Final = "Everyone who sees the event that it is about sees this."
_WHOLE: Final = {
    Visibility.PAIR: (
        "Its organisation, those that are paired with it in the cohort now, facilitators and evaluators; not evaluators"
        " if the cause is deviance."
    ),
    Visibility.COHORT: (
        "Every organisation that is or was in the cohort, facilitators, evaluators and analysts."
    ),
}
"""Who sees what is at a level whose meaning in the vocabulary begins with another level."""


@dataclass(frozen=True)
class Level:
    """A choice of who may see an event. The title and the meaning are English messages."""

    value: str
    title: str
    meaning: str


@dataclass(frozen=True)
class Levels:
    """The choices of who may see an event of a type, and the usual one. Without choices, `sentence` says who does."""

    choices: Sequence[Level] = ()
    usual: str = AS_SUBJECT
    sentence: str | None = None


def levels_of(kind: EventKind, role: Role) -> Levels:
    """Return the levels that the form of a type offers to a role. What guests record is for their cohort."""
    if "person" in kind.creates:
        return Levels(sentence=_PERSON)
    if kind.mark in (Mark.VOIDS, Mark.CORRECTS):
        return Levels(sentence=_OF_EVENT)
    if kind.model in _EVERY_KEY:
        return Levels((Level(AS_SUBJECT, *_WITH_KEY), *_terms(Visibility.PUBLIC)))
    if kind.mark is Mark.MOVES:
        return Levels(sentence=_FOLLOWS)
    is_apart = kind.mark is Mark.CREATES or kind.references[0].kinds == ("organisation",)
    if role is Role.GUEST:
        if is_apart:
            return Levels(_terms(Visibility.COHORT), Visibility.COHORT.value)
        return Levels((Level(AS_SUBJECT, *_AS_SUBJECT),))
    if is_apart:
        usual = kind.model.default_level({}, kind.model.version)
        return Levels(_terms(*Visibility), usual.value)
    # The narrower of two levels holds: that of its subject, and its own.
    narrower = _terms(Visibility.PRIVATE, Visibility.PAIR)
    return Levels((*narrower, Level(AS_SUBJECT, *_AS_SUBJECT)))


def _terms(*levels: Visibility) -> tuple[Level, ...]:
    terms = {term.value: term for term in LISTS[Visibility.__name__].terms}
    return tuple(
        Level(level.value, terms[level].title, _WHOLE.get(level, terms[level].meaning))
        for level in levels
    )


def messages() -> Iterable[str]:
    """Return the words of this module, for the catalogues."""
    return (*_WHOLE.values(), *_AS_SUBJECT, *_WITH_KEY, _FOLLOWS, _PERSON, _OF_EVENT)
