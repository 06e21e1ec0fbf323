"""The read models of the log of release 0.1.0: what that release computed is computed again, but for what is listed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pytest

from events.state.streams_from_lines import recorded_in
from events.vocabulary.catalogue import VOCABULARY
from projections.folding.step import linked
from projections.folding.tables import Row
from projections.in_memory.rows import fold
from projections.models import PROJECTIONS
from projections.updating.digest import TableSum
from tests.releases import RELEASES

WHOLE: Final = RELEASES / "0.1.0" / "whole"

ADDED_TABLES: Final = {
    "commitments",
    "corrections",
    "entries",
    "former_subjects",
    "sessions",
    "subjects",
    "wordings",
}

_EVENT: Final = ("time_precision", "audience")
_SUBJECT: Final = (*_EVENT, "updated_at", "updated_position")

ADDED_COLUMNS: Final[Mapping[str, set[str]]] = {
    "cohorts": {*_SUBJECT, "sector_folded", "hosts", "language", "themes_folded", "wording"},
    "organisations": {*_SUBJECT, "sector_folded", "wording"},
    "memberships": {"audience", "leaving"},
    "pairings": {*_SUBJECT, "wording"},
    "meetings": {*_EVENT, "links", "wording"},
    "mindsets": {*_EVENT, "wording"},
    "questions": {*_SUBJECT, "language", "themes_folded", "wording"},
    "framings": {*_EVENT, "language", "wording"},
    "iterations": {*_SUBJECT, "themes_folded", "wording"},
    "revisions": {*_EVENT, "wording"},
    "observations": {*_EVENT, "links", "wording"},
    "participations": {*_EVENT},
    "reviews": {*_EVENT, "links", "wording"},
    "failures": {*_SUBJECT, "links", "themes_folded", "wording"},
    "reclassifications": {*_EVENT, "wording"},
    "learnings": {*_SUBJECT, "themes_folded", "wording"},
    "learning_revisions": {*_EVENT, "wording"},
    "challenges": {*_EVENT, "wording"},
    "adoptions": {*_EVENT, "wording"},
    "inspirations": {*_SUBJECT, "wording"},
    "uses": {*_EVENT, "wording"},
    "asks": {*_SUBJECT, "themes_folded", "wording"},
    "helps": {*_EVENT, "wording"},
    "outcomes": {*_SUBJECT, "links", "wording"},
    "substantiations": {*_EVENT, "wording"},
    "checkins": {*_EVENT, "wording"},
    "publications": {*_SUBJECT, "language", "wording"},
    "notes": {*_EVENT, "links", "wording"},
    "persons": {*_SUBJECT},
    "levels": {*_EVENT},
    "timeline": {"stream", "creates", "apart"},
}

CHANGED_COLUMNS: Final = {
    # A wording is seen like its question: it has a level only if its event gave one of its own.
    ("framings", "level"),
}

GONE_COLUMNS: Final = {
    # The table `entries` has them, once for each event.
    ("timeline", "acts"),
    ("timeline", "cohort"),
    ("timeline", "recorded_at"),
}

Sums = dict[tuple[str, str], tuple[int, int]]
"""For each table and column, the number of rows and the sum of the hashes of the values, each with its row's key."""


def then() -> Sums:
    """Return what release 0.1.0 computed."""
    rows = (line.split() for line in (WHOLE / "digest.columns").read_text().splitlines())
    return {(table, column): (int(rows), int(sum_, 16)) for table, column, rows, sum_ in rows}


def sums(tables: Mapping[str, Iterable[Row]], keys: Mapping[str, tuple[str, ...]]) -> Sums:
    """Return the sums of the columns of these rows. `keys` has the columns of the tables' primary keys."""
    found: dict[tuple[str, str], TableSum] = {}
    for table, rows in tables.items():
        for row in rows:
            key = [row[column] for column in keys[table]]
            for column, value in row.items():
                found.setdefault((table, column), TableSum()).add([*key, value])
    return {where: (one.rows, one.sum) for where, one in found.items()}


def as_it_was(timeline: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows of organisations, each with the organisation's key instead of its stream.

    Release 0.1.0 had no others; now there are those of every stream.
    """
    for row in timeline:
        kind, _, key = row["stream"].partition("/")
        if kind == "organisation":
            yield {**row, "organisation": key}


@pytest.fixture(scope="module")
def now() -> Sums:
    """What the same log gives now, under the keys of release 0.1.0."""
    lines = (WHOLE / "log.ndjson").read_bytes().splitlines()
    tables = dict(fold(linked(recorded_in(lines), VOCABULARY)))
    keys = {one.name: tuple(one.table.primary_key.columns.keys()) for one in PROJECTIONS}
    keys["timeline"] = ("organisation", "occurred_at", "position")
    return sums({**tables, "timeline": list(as_it_was(tables["timeline"]))}, keys)


def test_every_value_that_release_0_1_0_computed_is_the_same_but_for_what_is_listed(
    now: Sums,
) -> None:
    before = then()
    assert len(before) > 250
    gone = {where for where in before if where not in now}
    changed = {where for where in before.keys() & now.keys() if before[where] != now[where]}
    assert gone == GONE_COLUMNS
    assert changed == CHANGED_COLUMNS


def test_what_was_added_to_the_tables_of_release_0_1_0_is_listed() -> None:
    before = then()
    tables = {table for table, _ in before}
    present = {one.name: {*one.table.columns.keys()} for one in PROJECTIONS}
    assert present.keys() - tables == ADDED_TABLES
    added = {
        table: columns
        for table in tables
        if (columns := {name for name in present[table] if (table, name) not in before})
    }
    assert added == ADDED_COLUMNS
