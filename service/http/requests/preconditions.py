"""The headers `If-Match` (expected versions of streams) and `Prefer` (lenient handling)."""

import re
from collections.abc import Sequence
from typing import Final

from events.vocabulary.stream import KEY_PATTERN, KINDS
from service.problems import malformed

LENIENT: Final = "handling=lenient"
_TAG: Final = re.compile(rf'"((?:{"|".join(KINDS)})/{KEY_PATTERN}):(0|[1-9][0-9]{{0,14}})"')
_SEPARATOR: Final = re.compile(r"\s*(?:,\s*)+")


def etag(stream: str, version: int) -> str:
    """Return a stream's version as an entity tag, in the form that `If-Match` takes."""
    return f'"{stream}:{version}"'


def expected_versions(values: Sequence[str]) -> dict[str, int]:
    """Return the versions that the `If-Match` headers expect, by stream.

    Raises Problem (400) for `*`, weak tags, any other form, and two versions for one stream.
    """
    versions: dict[str, int] = {}
    for value in values:
        for tag in filter(None, _SEPARATOR.split(value.strip())):
            match = _TAG.fullmatch(tag)
            if match is None:
                raise malformed(
                    "The If-Match header is malformed",
                    "if_match",
                    expected='If-Match as a list of "<kind>/<key>:<version>" with quotes; neither * nor weak tags',
                )
            stream, version = match.group(1), int(match.group(2))
            if versions.setdefault(stream, version) != version:
                raise malformed(
                    f"If-Match has two versions for {stream}",
                    "if_match",
                    expected=f"one version for {stream} in If-Match",
                )
    return versions


def is_lenient(values: Sequence[str]) -> bool:
    """Return whether the `Prefer` headers ask for lenient handling: record valid events, quarantine the others.

    If the preference is given more than once, the first one counts (RFC 7240).
    """
    for preference in ",".join(values).split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "handling":
            return value.strip().strip('"').lower() == "lenient"
    return False
