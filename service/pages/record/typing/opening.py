"""How questions begin: what a form offers, and which opening it shows apart from the rest of a text."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple

from babel import Locale

from events.vocabulary.values.language_tags import main_language
from events.vocabulary.values.question_form import ENGLISH, OPENINGS, split_question
from service.pages.record.reading import opening_value

WHOLE: Final = ""
"""The value with which the whole question is written, as in languages without an opening here."""


class Opening(NamedTuple):
    """An opening that can be chosen: its value, its words, and its language's tag and own name."""

    value: str
    words: str
    language: str
    name: str


@cache
def offered() -> Sequence[Opening]:
    """Return all openings."""
    return [
        Opening(
            opening_value(language, words),
            words,
            language,
            str(Locale.parse(language).display_name),
        )
        for language, openings in OPENINGS.items()
        for words in openings
    ]


def usual(languages: Iterable[str | None]) -> str:
    """Return the value of the opening in the first of the languages that has one, else the English one."""
    known = (main_language(one) for one in languages if one)
    language = next((one for one in known if one in OPENINGS), ENGLISH)
    return opening_value(language, OPENINGS[language][0])


def shown(text: str, chosen: str | None) -> tuple[str, str]:
    """Return the value of the opening and the rest of a text, as a form shows them.

    `chosen` is the opening that was chosen for the text, None for a text that was recorded so.
    """
    words, rest = split_question(text)
    if words:
        fitting = [one.value for one in offered() if one.words == words]
        return (chosen if chosen in fitting else fitting[0]), rest
    return (WHOLE if chosen is None else chosen), text
