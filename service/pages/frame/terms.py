"""The words of closed lists, as the graph writes their values.

The titles are those of the vocabulary. They are English messages, which the catalogues translate like all others.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from events.vocabulary.words.terms import LISTS
from events.vocabulary.words.wording import TermWords

_OURS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "Kind": {
        "COHORT": ("Cohort", "Organisations that work on one shared question for some months."),
        "ORGANISATION": ("Organisation", "One of those who take part."),
        "QUESTION": ("Question", "What an organisation, or the whole cohort, wants to find out."),
        "ITERATION": ("Trial", "Something that an organisation tries, to see what comes of it."),
        "FAILURE": ("Failure", "Something that did not go as intended, and why."),
        "LEARNING": ("Learning", "What an organisation found out, for itself and for others."),
        "INSPIRATION": ("Inspiration", "Something from elsewhere that may help."),
        "ASK": ("Request for help", "What an organisation needs from others."),
        "OUTCOME": ("Outcome", "A change in people, groups or organisations."),
        "PUBLICATION": ("Publication", "What was made of it for others to use."),
        "SESSION": ("Session", "An occasion on which the cohort came together."),
        "COMMITMENT": ("Commitment", "What an organisation promised to do."),
        "PAIRING": ("Pairing", "Organisations that were put together to help each other."),
    },
    "QuestionState": {
        "OPEN": ("Open", "It is being worked on."),
        "ANSWERED": ("Answered", "It was closed with an answer."),
        "PARKED": ("Parked", "It was closed without an answer, for now."),
    },
    "IterationState": {
        "PLANNED": ("Planned", "It has not been started."),
        "STARTED": ("Under way", "It has been started, and is not concluded."),
        "CONCLUDED": ("Concluded", "It has ended, and what came of it was recorded."),
    },
    "Role": {
        "facilitator": ("Facilitator", "Sees and records everything of their cohorts."),
        "organisation": ("Organisation", "Sees and records its own, and sees what peers share."),
        "guest": ("Guest", "Takes part in a workshop for an organisation."),
        "evaluator": ("Evaluator", "Sees all of their cohorts but persons, and records nothing."),
        "analyst": ("Analyst", "Sees what is visible to cohorts, and records nothing."),
        "admin": ("Administrator", "Manages keys."),
        "public": ("Public", "Sees what is public."),
    },
}
"""The words of what is not in the vocabulary: kinds, states, which are computed, and roles."""


def has_words(list_: str) -> bool:
    """Return whether a list of the graph has words."""
    return list_ in _OURS or list_ in LISTS


@cache
def words(list_: str) -> Mapping[str, TermWords]:
    """Return the words of the terms of a closed list by their names in the graph, such as "OUTRIGHT_FAILURE".

    The list is given by its name in the graph. Its terms are in the order of the vocabulary.
    """
    if list_ in _OURS:
        return {name: TermWords(name, *pair) for name, pair in _OURS[list_].items()}
    return {str(term.value).upper(): term for term in LISTS[list_].terms}


def messages() -> Iterator[str]:
    """Yield the titles and meanings of all terms, for the catalogues."""
    for list_ in (*LISTS, *_OURS):
        for term in words(list_).values():
            yield from (term.title, term.meaning)


def title(list_: str, name: str | int) -> str:
    """Return the title of a term, in English."""
    return words(list_)[str(name)].title


def meaning(list_: str, name: str | int) -> str:
    """Return the sentence that says what a term means, in English."""
    return words(list_)[str(name)].meaning
