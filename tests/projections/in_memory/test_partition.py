"""Parts of a log, folded by themselves, are together the whole."""

import pytest

from events.log import EventLog
from projections.folding.step import Step, linked
from projections.in_memory.partition import NOBODY, fold_part, parts_of
from projections.in_memory.rows import fold
from projections.updating.digest import TableSum, digest_of, table_sums
from tests.projections.generated import record_generated


@pytest.mark.parametrize("seed", range(5))
async def test_the_parts_make_the_whole_without_anything_twice(log: EventLog, seed: int) -> None:
    await record_generated(log, seed)
    recorded = [event async for event in log.read()]
    parts: dict[str, list[int]] = {}
    for step in linked(recorded, log.catalogue):
        for part in parts_of(step.streams):
            parts.setdefault(part, []).append(step.position)
    sums: dict[str, TableSum] = {}
    for part, positions in parts.items():
        # Read again, as on another machine: nothing is known but the part's own events.
        steps: list[Step] = linked([recorded[at - 1] for at in positions], log.catalogue)
        for table, one in table_sums(fold_part(steps, part)).items():
            sums.setdefault(table, TableSum()).merge(one)
    whole = table_sums(fold(linked(recorded, log.catalogue)))
    assert sums == whole
    assert digest_of(sums) == digest_of(whole)
    assert NOBODY in parts
    assert len(parts) > 5
