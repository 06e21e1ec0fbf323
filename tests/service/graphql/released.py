"""The GraphQL schema against the last released one: breaking changes, and whether they are announced."""

import re
from collections.abc import Iterator
from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_breaking_changes

KEPT = Path(__file__).parents[2] / "data" / "releases"
_BREAKING = re.compile(r"^### Breaking$(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)


def released(kept: Path = KEPT) -> tuple[str, str] | None:
    """Return the newest release whose writings are kept, and its schema, None where there is none."""
    versions = {
        tuple(map(int, folder.name.split("."))): folder
        for folder in kept.iterdir()
        if folder.is_dir()
    }
    if not versions:
        return None
    newest = versions[max(versions)]
    return newest.name, (newest / "schema.graphql").read_text()


def unannounced(before: str, after: str, changelog: str, release: str) -> list[str]:
    """Return the breaking changes since a release that the changelog does not name under `### Breaking` since then.

    A change is named by the type, the field or the value that it is about, in backticks.
    """
    since, heading, _ = changelog.partition(f"\n## {release} (")
    assert heading, f"the changelog has no heading of {release}"
    announced = {
        name for section in _BREAKING.findall(since) for name in re.findall(r"`([^`]+)`", section)
    }
    changes = find_breaking_changes(build_schema(before), build_schema(after))
    return [
        change.description
        for change in changes
        if not announced.intersection(_names(change.description))
    ]


def _names(description: str) -> Iterator[str]:
    """Yield the names in a change's description: `Type.field` whole, and its parts."""
    for word in re.findall(r"[A-Za-z_][\w.]*\w", description):
        yield word
        yield from word.split(".")
