"""Splits a text into words in the form that search compares: folded, without accents, in any language.

Words are separated by blanks and punctuation marks. A word with a hyphen, an apostrophe or a dot inside counts as the
joined word and as each of its parts, so that "co-operative" is found by "cooperative" and by "operative". Scripts
without blanks between words (Chinese, Japanese, Thai and others) and pictographs are compared by pairs of characters.
There are no stop words, since they may be part of a name. The read model of texts and search use this module.

As in `events.vocabulary.values.text_folding`, the result is the same with every version of Python: the classes of
characters are listed here, and only characters of Unicode 14.0 are decomposed.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from unicodedata import normalize

from events.vocabulary.values.text_folding import FOLDABLE_RUN, folded

TOKEN_LENGTH_MAX: Final = 64
"""Longer words are compared by this many characters from their beginning."""

_ACCENTS: Final = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)
_STROKES: Final = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
_ACCENT: Final = re.compile(f"[{_ACCENTS}]+")

_DENSE: Final = (
    "\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17dc-\u17e9\u2600-\u27bf\u3005-\u3007"
    "\u3021-\u302f\u3031-\u303c\u3041-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\U0001f000-\U0001faff\U00020000-\U0003ffff"
)
_MARKS: Final = (
    "\x00-/:-@\\[-`{-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u02c2-\u02df\u037e\u0387\u055a-\u055f"
    "\u0589-\u058a\u05be\u05c0\u05c3\u05c6\u05f3-\u05f4\u0600-\u060f\u061b-\u061f\u066a-\u066d\u06d4\u0700-\u070d"
    "\u0964-\u0965\u0970\u0df4\u0e3f\u0f04-\u0f14\u104a-\u104f\u1360-\u1368\u1400\u166e\u1680\u17d4-\u17db\u1800-\u180e"
    "\u2000-\u206f\u20a0-\u20cf\u2190-\u25ff\u27c0-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f"
    "\u30fb\ufd3e-\ufd3f\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uffe0-\uffff"
)
_JOINER: Final = r"['.\-\u00b7]"
_WORD: Final = re.compile(f"([{_DENSE}]+)|([^{_MARKS}{_DENSE}]+(?:{_JOINER}[^{_MARKS}{_DENSE}]+)*)")
_ASCII_WORD: Final = re.compile(
    "((?!))|([a-z0-9]+(?:['.\\-][a-z0-9]+)*)"
)  # Faster for ASCII, with the same result.
_PARTED: Final = re.compile(_JOINER)


class Word(NamedTuple):
    """A word and its place in the text. `text` is the joined word; `parts` are its parts, empty if it has only one."""

    text: str
    parts: tuple[str, ...]
    is_dense: bool
    start: int
    end: int

    def tokens(self) -> list[str]:
        """Return the tokens that represent the word in an index; each is compared by its beginning."""
        if self.is_dense:
            return _pairs(self.text)
        return [token[:TOKEN_LENGTH_MAX] for token in (self.text, *self.parts)]


class Wording(NamedTuple):
    """The searched form of a text: its words in order, each surrounded by blanks, and the tokens of all of them."""

    plain: str
    tokens: list[str]


def unaccented(text: str) -> str:
    """Return the folded form without accents and other diacritical marks."""
    plain = folded(text)
    return plain if plain.isascii() else FOLDABLE_RUN.sub(_without_accents, plain)


def words(plain: str) -> Iterator[Word]:
    """Yield the words of a text in the form that `unaccented` returns."""
    for found in _pattern(plain).finditer(plain):
        dense, run = found.groups()
        parts = _parts(run or "")
        yield Word(dense or "".join(parts) or run, parts, dense is not None, *found.span())


def wording(text: str) -> Wording:
    """Return the searched form of a text; its tokens are sorted and distinct."""
    plain = unaccented(text)
    joined, tokens = [], set()
    for dense, run in _pattern(plain).findall(plain):
        if dense:
            joined.append(dense)
            tokens.update(_pairs(dense))
        elif parts := _parts(run):
            joined.append("".join(parts))
            tokens.update(part[:TOKEN_LENGTH_MAX] for part in (joined[-1], *parts))
        else:
            joined.append(run)
            tokens.add(run[:TOKEN_LENGTH_MAX])
    return Wording(f" {' '.join(joined)} ", sorted(tokens))


def _pattern(plain: str) -> re.Pattern[str]:
    return _ASCII_WORD if plain.isascii() else _WORD


def _parts(run: str) -> tuple[str, ...]:
    parts = () if run.isalnum() else tuple(_PARTED.split(run))
    return parts if len(parts) > 1 else ()


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run))]


def _without_accents(run: re.Match[str]) -> str:
    # The decomposition of compatibility characters may contain capitals.
    bare = _ACCENT.sub("", normalize("NFKD", run[0])).casefold()
    return normalize("NFC", bare.translate(_STROKES))
