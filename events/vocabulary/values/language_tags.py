"""The tags of languages, as BCP 47 (RFC 5646) defines them. Fields, rules and figures use them."""

import re
from typing import Final

LANGUAGE_LENGTH_MAX: Final = 100

_ALPHANUM: Final = "[A-Za-z0-9]"
_LANGTAG: Final = (
    "([A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})"  # Language, with extended language subtags
    "(-[A-Za-z]{4})?"  # Script
    "(-([A-Za-z]{2}|[0-9]{3}))?"  # Region
    f"(-({_ALPHANUM}{{5,8}}|[0-9]{_ALPHANUM}{{3}}))*"  # Variants
    f"(-[0-9A-WY-Za-wy-z](-{_ALPHANUM}{{2,8}})+)*"  # Extensions
)
_PRIVATE_USE: Final = f"[Xx](-{_ALPHANUM}{{1,8}})+"

# The tags that RFC 5646 lists because its other rules do not cover them.
_IRREGULAR: Final = (
    *("en-GB-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux"),
    *("i-mingo", "i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-BE-FR", "sgn-BE-NL"),
    "sgn-CH-DE",
)


def _in_any_case(tag: str) -> str:
    return "".join(
        f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter for letter in tag
    )


LANGUAGE_PATTERN: Final = (
    f"^({_LANGTAG}(-{_PRIVATE_USE})?|{_PRIVATE_USE}|{'|'.join(map(_in_any_case, _IRREGULAR))})$"
)
"""Matches the well-formed tags (RFC 5646, section 2.1), in every dialect of regular expressions."""

_LANGUAGE: Final = re.compile(LANGUAGE_PATTERN)


def is_language(tag: str) -> bool:
    """Return whether the tag is well-formed and has at most `LANGUAGE_LENGTH_MAX` characters."""
    return len(tag) <= LANGUAGE_LENGTH_MAX and _LANGUAGE.fullmatch(tag) is not None


def main_language(tag: str) -> str:
    """Return the first subtag in lower case, by which languages are compared: de for de-AT."""
    return tag.partition("-")[0].lower()
