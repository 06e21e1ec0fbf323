"""The shares of several processes are together the whole, with nothing twice and nothing missing."""

import pytest

from events.state.streams_from_lines import events_in
from projections.folding.step import linked_events
from projections.in_memory.rows import fold
from projections.models import PROJECTIONS
from projections.updating.digest import TableSum, rows_digest, table_sums
from service.replay.processes import share as share_module
from service.replay.processes.share import Folded, Share, fold_share
from tests.service.replay.logs import chained
from tests.service.replay.processes.shares import EveryEvent, HeldLines, LearningsByMonth

OWN = (LearningsByMonth(), EveryEvent())


def folded(lines: HeldLines, of: int) -> list[Folded]:
    """Return what each of these processes would fold; parts are dealt one by one."""
    return [
        fold_share(Share(lines, (*PROJECTIONS, *OWN), number, of, neighbours=1))
        for number in range(of)
    ]


@pytest.mark.parametrize("of", [1, 2, 5])
@pytest.mark.parametrize("seed", [3, 4])
def test_the_shares_are_together_the_whole(
    seed: int, of: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that a process folds its blocks in several turns.
    monkeypatch.setattr(share_module, "FOLDED_EVENTS", 40)
    lines = HeldLines(chained(3, 0.5, seed))
    steps = linked_events(events_in(lines))
    whole = fold(steps, (*PROJECTIONS, *OWN))
    shares = folded(lines, of)
    for name, rows in whole.items():
        found = [row for one in shares for row in one.rows.get(name, ())]
        assert sorted(map(repr, found)) == sorted(map(repr, rows)), name
    assert {one.events for one in shares} == {len(steps)}
    assert sum(one.home for one in shares) == len(steps)
    # Each of them has something to do.
    assert all(one.home for one in shares)
    assert len(whole["learnings_by_month"]) > of


def test_the_sums_of_what_is_written_are_those_of_the_rows() -> None:
    class Counted:
        def __init__(self) -> None:
            self.parts: list[int] = []

        def write(self, part: int, tables: object) -> None:
            self.parts.append(part)

    lines, out = HeldLines(chained(2, 0.5)), Counted()
    whole = table_sums(fold(linked_events(events_in(lines))))
    sums: dict[str, TableSum] = {}
    for number in range(2):
        one = fold_share(Share(lines, PROJECTIONS, number, 2, out, neighbours=1))
        assert not one.rows
        for name, found in one.sums.items():
            sums.setdefault(name, TableSum()).merge(found)
    assert sums == whole
    # No two of them write to the same file.
    assert len(set(out.parts)) == len(out.parts) == 2


def test_an_empty_log_has_no_rows() -> None:
    [one] = folded(HeldLines(b""), 1)
    assert (one.events, one.home) == (0, 0)
    assert not any(one.rows.values())
    assert rows_digest(fold([])) == rows_digest({found.name: [] for found in PROJECTIONS})
