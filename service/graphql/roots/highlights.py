"""Excerpts of texts around the words of a search, with the ranges that match. The field `search` returns them."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from projections.models.words import Word, unaccented, words
from projections.queries.search import SearchTerm

CHARACTERS_MAX: Final = 240
BEFORE_MAX: Final = 60

_CLUSTER: Final = re.compile(
    ".[\u0300-\u036f\u0483-\u0487\u0591-\u06ed\u1160-\u11ff\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\u3099\u309a\ufe00-\ufe2f]*",
    re.DOTALL,
)
"""A character with its combining marks: they are compared together."""


def fragment(text: str, terms: Sequence[SearchTerm]) -> dict[str, Any]:
    """Return the excerpt of a text around the first match, with the ranges that match, in UTF-16 code units."""
    found = _merged(sorted(_found(text, terms)))
    begin, end = _part(text, found[0][0] if found else 0)
    shown = text[begin:end]
    return {
        "text": shown,
        "highlights": [
            {
                "start": _units(text[begin:first]),
                "end": _units(text[begin:last]),
            }
            for first, last in found
            if begin <= first and last <= end
        ],
    }


def _found(text: str, terms: Sequence[SearchTerm]) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each match in the original text."""
    plain, origin = _traced(text)
    for word in words(plain):
        for start, end in _marked(word, plain, terms):
            yield origin[start], origin[end]


def _traced(text: str) -> tuple[str, Sequence[int]]:
    """Return the text in the form that is searched, and for each index in it the index in the original text."""
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    pieces, origin = [], []
    for cluster in _CLUSTER.finditer(text):
        piece = _unaccented(cluster[0])
        pieces.append(piece)
        origin += [cluster.start()] * len(piece)
    return "".join(pieces), [*origin, len(text)]


@lru_cache(maxsize=4096)
def _unaccented(cluster: str) -> str:
    return " " if cluster.isspace() else unaccented(cluster)


def _marked(word: Word, plain: str, terms: Sequence[SearchTerm]) -> Iterator[tuple[int, int]]:
    for term in terms:
        for query_word in term.words:
            if word.is_dense and query_word.is_dense:
                at = word.text.find(query_word.text)
                while at >= 0:
                    yield word.start + at, word.start + at + len(query_word.text)
                    at = word.text.find(query_word.text, at + 1)
            elif word.is_dense or query_word.is_dense:
                continue
            elif _meets(word.text, query_word.text, term):
                yield word.start, word.end
            else:
                yield from _parts(word, plain, query_word, term)


def _parts(word: Word, plain: str, query_word: Word, term: SearchTerm) -> Iterator[tuple[int, int]]:
    at = word.start
    for part in word.parts:
        at = plain.index(part, at)
        if any(_meets(part, found, term) for found in query_word.parts or (query_word.text,)):
            yield at, at + len(part)
        at += len(part)


def _meets(word: str, query_word: str, term: SearchTerm) -> bool:
    return word == query_word if term.is_quoted else word.startswith(query_word)


def _merged(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def _part(text: str, first: int) -> tuple[int, int]:
    """Return the start and end of the excerpt around an index: the whole text, or from one space to another."""
    if len(text) <= CHARACTERS_MAX:
        return 0, len(text)
    begin = max(0, min(first - BEFORE_MAX, len(text) - CHARACTERS_MAX))
    if begin:
        begin = 1 + next((at for at in range(begin, first) if text[at].isspace()), begin - 1)
    end = min(len(text), begin + CHARACTERS_MAX)
    if end < len(text):
        end = next(
            (at for at in range(end, max(begin, end - BEFORE_MAX), -1) if text[at].isspace()), end
        )
    return begin, end


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
