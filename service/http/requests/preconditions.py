"""`If-Match` and `Prefer`: what a sender asks to hold."""

import re
from collections.abc import Sequence
from typing import Final

from events.vocabulary.stream import KEY_PATTERN, KINDS
from service.problems import malformed

LENIENT: Final = "handling=lenient"
_TAG: Final = re.compile(rf'"((?:{"|".join(KINDS)})/{KEY_PATTERN}):(0|[1-9][0-9]{{0,14}})"')
_SEPARATOR: Final = re.compile(r"\s*(?:,\s*)+")


def etag(stream: str, version: int) -> str:
    """Return a stream's version as an entity tag, in the form `If-Match` takes."""
    return f'"{stream}:{version}"'


def expected_versions(values: Sequence[str]) -> dict[str, int]:
    """Return the versions that `If-Match` headers guard, by stream.

    Raises Problem (400) for `*`, weak tags, another form, and two versions for one stream.
    """
    versions: dict[str, int] = {}
    for value in values:
        for tag in filter(None, _SEPARATOR.split(value.strip())):
            match = _TAG.fullmatch(tag)
            if match is None:
                raise malformed(
                    'If-Match as a list of "<kind>/<key>:<version>" with quotes; neither * nor weak tags',
                    "if_match",
                )
            stream, version = match.group(1), int(match.group(2))
            if versions.setdefault(stream, version) != version:
                raise malformed(f"one version for {stream} in If-Match", "if_match")
    return versions


def is_lenient(values: Sequence[str]) -> bool:
    """Say whether `Prefer` headers ask for lenient handling: keep what is good, put the rest aside.

    Of a preference given more than once, the first counts (RFC 7240).
    """
    for preference in ",".join(values).split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "handling":
            return value.strip().strip('"').lower() == "lenient"
    return False
