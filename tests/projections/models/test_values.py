"""What the values of rows are."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from events.state.streams_from_lines import recorded_in
from events.vocabulary.catalogue import VOCABULARY
from projections.folding.step import linked
from projections.in_memory.rows import fold

LOG = Path(__file__).parents[2] / "data" / "releases" / "0.1.0" / "whole" / "log.ndjson"
PLAIN = {type(None), bool, int, float, str, date, datetime, list, dict}


def values_in(value: Any) -> Iterator[Any]:
    yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from values_in(part)


def test_rows_have_plain_values_and_no_terms_or_models() -> None:
    tables = fold(linked(recorded_in(LOG.read_bytes().splitlines()), VOCABULARY))
    found = {
        f"{table}.{column}: {type(value).__name__}"
        for table, rows in tables.items()
        for row in rows
        for column, cell in row.items()
        for value in values_in(cell)
        if type(value) not in PLAIN
    }
    assert not found
