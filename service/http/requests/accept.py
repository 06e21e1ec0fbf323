"""`Accept`: which of the forms that can be served a client prefers (RFC 9110)."""

import re
from collections.abc import Sequence
from typing import Final

from service.problems import problem

_QUALITY: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def accepted(headers: Sequence[str], forms: Sequence[str]) -> str:
    """Return the best of `forms` for the `Accept` headers.

    Of those that a client likes as much, one that it names comes before one that it takes by a pattern, the one named
    first before others, and then the first of `forms`. Raises Problem (406) where none is accepted.
    """
    ranges = [_range(part) for part in ",".join(headers).split(",") if part.strip()]
    if not ranges:
        return forms[0]
    best = max(forms, key=lambda form: _preference(form, ranges))
    if _preference(best, ranges)[0] <= 0:
        raise problem(406, "accept", f"one of: {', '.join(forms)}")
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
    """Return the quality that the most specific matching range gives the form, how specific it is, and its place."""
    kind = form.partition("/")[0]
    for stars, wanted in enumerate((form, f"{kind}/*", "*/*")):
        found = [
            (quality, -place) for place, (media, quality) in enumerate(ranges) if media == wanted
        ]
        if found:
            quality, place = max(found)
            return quality, -stars, place
    return 0.0, 0, 0
