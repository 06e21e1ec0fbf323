"""The folded form of a text. Two texts that look the same to a reader have the same folded form.

All comparisons of texts use it: of themes, measures, sectors, repeats in lists, filters and searches. Whether a
reframing changes a question is compared with the case of letters kept.

It is fixed to Unicode 14.0, the version of the oldest supported Python, so that every Python computes the same read
models from the same log. Unicode never changes the case folding or the normalization of an assigned character
(https://www.unicode.org/policies/stability_policy.html). So it is enough to leave every character unchanged that 14.0
did not have, and to list here the characters for which there is no such promise: those that are dropped.
"""

import re
from collections.abc import Iterator
from typing import Final
from unicodedata import normalize

_BLANKS: Final = "9-D 20 85 A0 1680 2000-200A 2028-2029 202F 205F 3000"  # White_Space

# General categories Cc (without the blanks) and Cf, and the variation selectors.
_INVISIBLE: Final = (
    "0-8 E-1F 7F-84 86-9F AD 600-605 61C 6DD 70F 890-891 8E2 180B-180F 200B-200F 202A-202E 2060-2064 2066-206F "
    "FE00-FE0F FEFF FFF9-FFFB 110BD 110CD 13430-13438 1BCA0-1BCA3 1D173-1D17A E0001 E0020-E007F E0100-E01EF"
)

_PLAIN: Final = {
    "'": "\u2018\u2019\u201a\u201b\u02bc",
    '"': "\u201c\u201d\u201e\u201f",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
    "'n": "\u0149",  # One character for an apostrophe and an n; its case folding is these two.
}

# Ranges of characters of Unicode 14.0 that case folding or normalization may change: those with a case, a (canonical or
# compatibility) decomposition or a combining class, and those that compose with another.
_FOLDABLE: Final = """
20-376 37A-37F 384-38A 38C 38E-3A1 3A3-52E 531-556 587 591-5C7 5D0-5EA 5F2 610-6ED 711-74A 7EB-7F3 7FD-82D 859-85B
898-95F 9A1-9A2 9AF 9BC-9BE 9C7 9CB-9CD 9D7 9DC-9DD 9DF 9FE A16-A1C A2B A32-A33 A36 A38 A3C A4D A59-A5B A5E ABC ACD
B21-B22 B3C-B3E B47-B48 B4B-B4D B56-B57 B5C-B5D B92-B94 BBE BC6-BC7 BCA-BCD BD7 C3C C46-C48 C4D C55-C56 CBC-CC2
CC6-CC8 CCA-CCD CD5-CD6 D3B-D3E D46-D47 D4A-D4D D57 DCA DCF DD9-DDF E33-E3A E48-E4B EB3-EBA EC8-ECB EDC-EDD F0C-F43
F4C-F69 F71-F93 F9C-FB9 FC6 1025-10C5 10C7 10CD 10FC-11FF 135D-135F 13F8-13FD 1714-1715 1734 17D2-17DD 18A9
1939-193B 1A17-1A18 1A60-1A7C 1A7F 1AB0-1ACE 1B05-1B44 1B6B-1B73 1BAA-1BF3 1C37 1C80-1C88 1C90-1CBA 1CBD-1CBF
1CD0-1CF9 1D2C-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FC4 1FC6-1FD3
1FD6-1FDB 1FDD-1FEF 1FF2-1FF4 1FF6-1FFE 2000-205F 2070-2071 2074-208E 2090-209C 20A8 20D0-20F0 2100-2189 2190-232A
2460-2ADD 2C00-2CF2 2D6F 2D7F 2DE0-2DFF 2E9F-2EF3 2F00-2FD5 3000-303A 3046-3094 3099-30FF 3131-318E 3192-319F
3200-321E 3220-9F9C A640-A6F1 A722-A7C9 A7D0 A7D6-A7D8 A7F2-A82C A8C4 A8E0-A953 A9B3-A9C0 AAB0-AAC1 AAF6 AB5C-AB69
AB70-ABED AC00-D7A3 F900-FA6D FA70-FAD9 FB00-FB06 FB13-FB17 FB1D-FB36 FB38-FB3C FB3E FB40-FB41 FB43-FB44 FB46-FBB1
FBD3-FD8F FD92-FDC7 FDF0-FE19 FE20-FE52 FE54-FE66 FE68-FE6B FE70-FE74 FE76-FEFC FF01-FFBE FFC2-FFC7 FFCA-FFCF
FFD2-FFD7 FFDA-FFDC FFE0-FFE6 FFE8-FFEE 101FD 102E0 10376-1037A 10400-10427 104B0-104D3 10570-1057A 1057C-1058A
1058C-10592 10594-10595 10781-10785 10787-107B0 107B2-107BA 10A0D-10A0F 10A38-10A3A 10A3F 10AE5-10AE6 10C80-10CB2
10D24-10D27 10EAB-10EAC 10F46-10F50 10F82-10F85 11046 11070 1107F-110BA 11100-11134 11173 111C0-111CA 11235-11236
112E9-112EA 1133B-1133E 11347 1134B-1134D 11357 11366-1136C 11370-11374 11442-11446 1145E 114B0-114C3 115AF
115B8-115C0 1163F 116B6-116B7 1172B 11839-1183A 118A0-118BF 11930-11935 11938 1193D-11943 119E0 11A34-11A47 11A99
11C3F 11D42-11D45 11D97 16AF0-16AF4 16B30-16B36 16E40-16E5F 16FF0-16FF1 1BC9E 1D157-1D1C0 1D242-1D244 1D400-1D454
1D456-1D49C 1D49E-1D49F 1D4A2 1D4A5-1D4A6 1D4A9-1D4AC 1D4AE-1D4B9 1D4BB 1D4BD-1D4C3 1D4C5-1D505 1D507-1D50A
1D50D-1D514 1D516-1D51C 1D51E-1D539 1D53B-1D53E 1D540-1D544 1D546 1D54A-1D550 1D552-1D6A5 1D6A8-1D7CB 1D7CE-1D7FF
1E000-1E006 1E008-1E018 1E01B-1E021 1E023-1E024 1E026-1E02A 1E130-1E136 1E2AE 1E2EC-1E2EF 1E8D0-1E8D6 1E900-1E94A
1EE00-1EE03 1EE05-1EE1F 1EE21-1EE22 1EE24 1EE27 1EE29-1EE32 1EE34-1EE37 1EE39 1EE3B 1EE42 1EE47 1EE49 1EE4B
1EE4D-1EE4F 1EE51-1EE52 1EE54 1EE57 1EE59 1EE5B 1EE5D 1EE5F 1EE61-1EE62 1EE64 1EE67-1EE6A 1EE6C-1EE72 1EE74-1EE77
1EE79-1EE7C 1EE7E 1EE80-1EE89 1EE8B-1EE9B 1EEA1-1EEA3 1EEA5-1EEA9 1EEAB-1EEBB 1F100-1F190 1F200-1F202 1F210-1F23B
1F240-1F248 1F250-1F251 1FBF0-1FBF9 20122-2A600 2F800-2FA1D
"""


def _code_points(ranges: str) -> Iterator[int]:
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def _pattern(ranges: str) -> str:
    parts = (part.partition("-") for part in ranges.split() if len(part.partition("-")[0]) < 5)
    return "".join(f"\\u{a:0>4}-\\u{b:0>4}" if b else f"\\u{a:0>4}" for a, _, b in parts)


def _character_class(ranges: str) -> str:
    parts = (part.partition("-") for part in ranges.split())
    return "".join(f"{chr(int(a, 16))}-{chr(int(b or a, 16))}" for a, _, b in parts)


_PLAINLY: Final = str.maketrans(
    {
        **dict.fromkeys(_code_points(_BLANKS), " "),
        **dict.fromkeys(_code_points(_INVISIBLE), ""),
        **{ord(mark): plain for plain, marks in _PLAIN.items() for mark in marks},
    }
)
FOLDABLE_RUN: Final = re.compile(f"[{_character_class(_FOLDABLE)}]+")
"""A run of characters for which every Python gives the same case folding and normalization."""

_UNSEEN: Final = "".join(map(chr, _code_points(f"{_BLANKS} {_INVISIBLE}")))


UNSEEN_RANGES: Final = _pattern(f"{_BLANKS} {_INVISIBLE}")
"""Blanks and invisible marks, as ranges in a regular expression. It has nothing above U+FFFF, where dialects differ."""


TYPOGRAPHIC_QUOTES: Final = _PLAIN["'"] + _PLAIN['"']
"""The characters whose folded form is a plain quotation mark or apostrophe."""


def folded(text: str, *, case: bool = True) -> str:
    """Return the form of `text` that is used for comparisons; it is empty if no character is visible.

    Runs of blanks become one space, and none at the ends. Invisible marks are dropped. Typographic quotes, apostrophes
    and dashes become plain ones, and canonically equivalent spellings become the same. With `case`, letters are case
    folded (full case folding, which is the same in every language: ß becomes ss, and the Turkish dotless i stays).
    """
    plain = " ".join(filter(None, text.translate(_PLAINLY).split(" ")))
    if plain.isascii():
        return plain.lower() if case else plain
    return FOLDABLE_RUN.sub(_case_folded if case else _composed, plain)


def trimmed(text: str) -> str:
    """Return `text` without the blanks and invisible marks at its ends, otherwise unchanged."""
    return text.strip(_UNSEEN)


def _case_folded(run: re.Match[str]) -> str:
    # Decomposed first, as Unicode defines canonical caseless matching (3.13, D145).
    return normalize("NFC", normalize("NFD", run[0]).casefold())


def _composed(run: re.Match[str]) -> str:
    return normalize("NFC", run[0])
