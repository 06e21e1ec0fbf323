"""The `Accept` header: which of the available media types a client prefers (RFC 9110)."""

import re
from collections.abc import Sequence
from typing import Final

from service.problems import problem

_QUALITY: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def accepted(headers: Sequence[str], forms: Sequence[str]) -> str:
    """Return the one of `forms` that the `Accept` headers prefer.

    Among forms of equal quality, one that the client names precedes one that matches a pattern, then the one named
    first, then the first of `forms`. Raises Problem (406) if none is acceptable.
    """
    ranges = [_range(part) for part in ",".join(headers).split(",") if part.strip()]
    if not ranges:
        return forms[0]
    best = max(forms, key=lambda form: _preference(form, ranges))
    if _preference(best, ranges)[0] <= 0:
        expected = f"one of: {', '.join(forms)}"
        detail = "None of the accepted media types is available here"
        raise problem(406, "accept", detail, expected=expected)
    return best


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            quality = float(value) if _QUALITY.fullmatch(value) else 0.0
    return media, quality


def _preference(form: str, ranges: Sequence[tuple[str, float]]) -> tuple[float, int, int]:
    """Return the quality of the most specific range that matches the form, its specificity, and its place."""
    kind = form.partition("/")[0]
    for stars, pattern in enumerate((form, f"{kind}/*", "*/*")):
        found = [
            (quality, -place) for place, (media, quality) in enumerate(ranges) if media == pattern
        ]
        if found:
            quality, place = max(found)
            return quality, -stars, place
    return 0.0, 0, 0
