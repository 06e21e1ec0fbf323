"""`Accept`: which of the forms that can be served a client prefers (RFC 9110)."""

import re
from collections.abc import Sequence
from typing import Final

from events.faults import Fault
from service.problems import Problem

_QUALITY: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def accepted(headers: Sequence[str], forms: Sequence[str]) -> str:
    """Return the best of `forms` for the `Accept` headers; the first of them where all are the same to the client.

    Raises Problem (406) where none is accepted.
    """
    ranges = [_range(part) for part in ",".join(headers).split(",") if part.strip()]
    if not ranges:
        return forms[0]
    best = max(forms, key=lambda form: (_quality(form, ranges), -forms.index(form)))
    if _quality(best, ranges) <= 0:
        detail = f"one of: {', '.join(forms)}"
        raise Problem(406, detail, (Fault("accept", "", detail, None),))
    return best


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            quality = float(value) if _QUALITY.fullmatch(value) else 0.0
    return media, quality


def _quality(form: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the quality that the most specific matching range gives the form."""
    kind = form.partition("/")[0]
    for wanted in (form, f"{kind}/*", "*/*"):
        found = [quality for media, quality in ranges if media == wanted]
        if found:
            return max(found)
    return 0.0
