"""The headers `Accept` and `Accept-Encoding`: which of what is available a client prefers (RFC 9110)."""

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
    ranges = _ranges(headers)
    if not ranges:
        return forms[0]
    best = max(forms, key=lambda form: _preference(form, ranges))
    if _preference(best, ranges)[0] <= 0:
        expected = f"one of: {', '.join(forms)}"
        detail = "None of the accepted media types is available here"
        raise problem(406, "accept", detail, expected=expected)
    return best


def accepted_coding(headers: Sequence[str], codings: Sequence[str]) -> str | None:
    """Return the one of `codings` that the `Accept-Encoding` headers prefer, or None for content as it is.

    Among codings of equal quality, the first of `codings` precedes. A coding that is not named is not chosen, since a
    client that sends `*` may not know it. Content as it is can always be had.
    """
    qualities = dict(reversed(_ranges(headers)))
    best = max(codings, key=lambda coding: qualities.get(coding, 0.0))
    quality = qualities.get(best, 0.0)
    return best if quality > 0 and quality >= qualities.get("identity", 0.0) else None


def _ranges(headers: Sequence[str]) -> list[tuple[str, float]]:
    """Return what the headers name, with the quality of each."""
    return [_range(part) for part in ",".join(headers).split(",") if part.strip()]


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
