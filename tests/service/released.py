"""The GraphQL schema against the last released one: what would break others, and whether that is said."""

import re
from collections.abc import Iterator
from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_breaking_changes

KEPT = Path(__file__).parents[1] / "data" / "releases"
HEADING = "### Breaking"


def released(kept: Path = KEPT) -> str | None:
    """Return the schema of the newest release whose writings are kept, None where there is none."""
    versions = {
        tuple(map(int, folder.name.split("."))): folder
        for folder in kept.iterdir()
        if folder.is_dir()
    }
    return (versions[max(versions)] / "schema.graphql").read_text() if versions else None


def unannounced(before: str, after: str, changelog: str) -> list[str]:
    """Return the breaking changes that the changelog's Unreleased section does not name under `### Breaking`.

    A change is named by the type, the field or the value that it is about, in backticks.
    """
    announced = set(re.findall(r"`([^`]+)`", _breaking_section(changelog)))
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


def _breaking_section(changelog: str) -> str:
    unreleased = changelog.partition("## Unreleased")[2].partition("\n## ")[0]
    return unreleased.partition(HEADING)[2].partition("\n### ")[0]
