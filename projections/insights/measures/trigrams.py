"""The similarity of two wordings by their trigrams, as in PostgreSQL's pg_trgm."""

import re
from functools import lru_cache
from typing import Final

from events.vocabulary.values.question_form import opening_words
from events.vocabulary.values.text_folding import folded

_WORD: Final = re.compile(r"[^\W_]+")


@lru_cache(maxsize=65_536)
def trigrams(text: str, language: str) -> frozenset[str]:
    """Return the trigrams of the folded words, each padded with two spaces before and one after it.

    The words with which questions in the language open, such as how, can and we, are left out.
    """
    found: set[str] = set()
    left_out = opening_words(language)
    for word in _WORD.findall(folded(text)):
        if word not in left_out:
            padded = f"  {word} "
            found.update(padded[start : start + 3] for start in range(len(padded) - 2))
    return frozenset(found)


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return common ÷ all trigrams, 0 if there are none."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0
