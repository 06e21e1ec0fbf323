"""The form of a question, "How can we …?", in each language that has one. Rules and figures use it.

A language is given by its tag (see `events.vocabulary.values.language_tags`). Texts are compared in their folded form.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final
from unicodedata import category

from events.vocabulary.values.language_tags import main_language
from events.vocabulary.values.text_folding import TYPOGRAPHIC_QUOTES, UNSEEN_RANGES, folded

ENGLISH: Final = "en"

OPENINGS: Final[Mapping[str, tuple[str, ...]]] = {
    ENGLISH: ("How can we",),
    "cy": ("Sut gallwn ni", "Sut allwn ni"),
    "de": ("Wie können wir",),
    "fr": ("Comment pouvons-nous", "Comment peut-on"),
    "nl": ("Hoe kunnen we", "Hoe kunnen wij"),
    "es": ("Cómo podemos",),
    "ca": ("Com podem",),
    "pt": ("Como podemos",),
    "it": ("Come possiamo",),
    "pl": ("Jak możemy",),
    "cs": ("Jak můžeme",),
    "sv": ("Hur kan vi",),
    "da": ("Hvordan kan vi",),
    "nb": ("Hvordan kan vi",),
    "fi": ("Miten voimme", "Kuinka voimme"),
    "ga": ("Conas is féidir linn",),
    "el": ("Πώς μπορούμε",),
}
"""The openings of questions, by the first subtag of their language."""

# Characters around a question; German quotes are »so«. The folded form has plain quotes instead of typographic ones.
# The last two brackets of each, and the second question mark, are full-width.
_QUOTES: Final = "\"'«»\u2039\u203a"
_BEFORE: Final = f"{_QUOTES}¿([{{⟨〈《「『【\uff08\uff3b "
_AFTER: Final = f"{_QUOTES}!)]}}⟩〉》」』】\uff09\uff3d "
_MARKS: Final = ("?", "\uff1f", "؟")
_GREEK_MARK: Final = ";"  # The folded form of U+037E too.


def _escaped(characters: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in characters)


END_PATTERN: Final = (
    f"[{_escaped(''.join(_MARKS))}{_escaped(_GREEK_MARK)}\\u037e]"
    f"[{_escaped(_AFTER + TYPOGRAPHIC_QUOTES)}{UNSEEN_RANGES}]*$"
)
"""Matches the end of every question, in any language. It is for texts as they are sent."""

_WORD: Final = re.compile(r"[^\W_]+")


def openings(language: str) -> tuple[str, ...]:
    """Return how questions in the language with this tag open. It is empty if the language has no form."""
    return OPENINGS.get(main_language(language), ())


def has_question_form(text: str, language: str) -> bool:
    """Return whether the text opens as questions in its language do, asks something, and ends with a question mark.

    It asks something if a letter or digit follows the opening. It may be in quotes or brackets, and may be followed
    by `!`. In a language without a form, it needs no opening.
    """
    wording = folded(text).lstrip(_BEFORE).rstrip(_AFTER)
    if not wording.endswith(_marks(main_language(language))):
        return False
    possible = _folded_openings(main_language(language))
    if not possible:
        return _has_letter_or_digit(wording)
    return any(
        wording.startswith(opening)
        and not _continues_word(wording[len(opening)])
        and _has_letter_or_digit(wording[len(opening) :])
        for opening in possible
    )


def begins_as_question(text: str) -> bool:
    """Return whether the text begins with an opening, in any language; it may be in quotes or brackets."""
    wording = folded(text).lstrip(_BEFORE)
    return any(
        wording.startswith(opening) and not _continues_word(wording[len(opening) :][:1])
        for language in OPENINGS
        for opening in _folded_openings(language)
    )


def split_question(text: str) -> tuple[str, str]:
    """Return the opening that a text begins with, written as here and with a blank after it, and the rest of the text.

    For any other text, return "" and the text.
    """
    for language in OPENINGS:
        for opening in openings(language):
            if text.startswith(f"{opening} "):
                return opening, text.removeprefix(f"{opening} ")
    return "", text


@cache
def opening_words(language: str) -> frozenset[str]:
    """Return the folded words of all openings of the language with this tag."""
    return frozenset(
        word for opening in openings(language) for word in _WORD.findall(folded(opening))
    )


def _marks(language: str) -> tuple[str, ...]:
    return (*_MARKS, _GREEK_MARK) if language == "el" else _MARKS


@cache
def _folded_openings(language: str) -> tuple[str, ...]:
    return tuple(map(folded, openings(language)))


def _continues_word(character: str) -> bool:
    is_mark = character != "" and category(character).startswith("M")
    return character.isalnum() or character == "_" or is_mark


def _has_letter_or_digit(text: str) -> bool:
    return any(map(str.isalnum, text))
