"""Folding replayed events: the service's rows, and those of a projection of your own."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, Table

from events.log import EventLog
from projections.folding.decorators import on
from projections.folding.projection import Projection
from projections.folding.step import Step, linked
from projections.folding.tables import Key, Row, integer, text
from projections.in_memory.rows import fold as fold_steps
from projections.models import PROJECTIONS
from projections.models.iterations import Iterations
from projections.updating.digest import rows_digest
from projections.updating.runner import Runner
from service.replay.errors import ReplayError
from service.replay.folding import fold
from service.replay.log import open_log
from tests.processes import run
from tests.projections.generated import record_generated
from tests.projections.rows import rows_of
from tests.service.replay.logs import chained


class Helped(Projection):
    """How often each organisation gave help."""

    table = Table("helped", MetaData(), text("organisation", primary_key=True), integer("times"))

    def keys(self, step: Step) -> Sequence[Key]:
        return ((step.data["organisation"],),)

    @on("help.given")
    def gave(self, row: Row | None, step: Step) -> Row:
        times = row["times"] if row else 0
        return {"organisation": step.data["organisation"], "times": times + 1}


async def test_from_a_database_and_a_file_the_rows_are_those_of_the_service(
    log: EventLog, tmp_path: Path
) -> None:
    await record_generated(log, 4)
    async with Runner(log) as runner:
        await runner.catch_up()
        _, digest = await runner.digest()
        rows = await rows_of(runner)
    file = tmp_path / "log.ndjson.zst"
    assert (await asyncio.to_thread(run, "replay", log.url, "--out", file)).returncode == 0
    for source in (log.url, file):
        with open_log(source) as opened:
            folded = await asyncio.to_thread(fold, PROJECTIONS, opened)
            one = await asyncio.to_thread(fold, Iterations(), opened)
        assert rows_digest(folded) == digest
        names = Iterations.table.columns.keys()
        assert [tuple(row[name] for name in names) for row in one] == rows["iterations"]
        assert one


async def test_a_projection_of_one_s_own_is_folded_like_any_other(log: EventLog) -> None:
    await record_generated(log, 5, scale=1.0)
    helped = Helped()
    with open_log(log.url) as opened:
        rows = await asyncio.to_thread(fold, helped, opened)
        both = await asyncio.to_thread(fold, [helped, Iterations()], opened)
    steps = linked([event async for event in log.read()], log.catalogue)
    voided = {step.data["event"] for step in steps if step.type == "event.voided"}
    given = [step for step in steps if step.type == "help.given" and step.position not in voided]
    assert given
    assert {row["organisation"]: row["times"] for row in rows} == {
        key: sum(step.data["organisation"] == key for step in given)
        for key in {step.data["organisation"] for step in given}
    }
    assert both["helped"] == rows
    assert both["iterations"] == fold_steps(steps)["iterations"]


def test_an_unknown_event_type_is_reported_when_the_class_is_made() -> None:
    with pytest.raises(ValueError, match=r"no event type 'help\.givn'"):

        class Mistyped(Helped):
            @on("help.givn")
            def gave(self, row: Row | None, step: Step) -> Row:
                raise AssertionError("there is no such event")


@pytest.mark.parametrize("selection", [{"type": "help.given"}, {"after": 9}, {"to": "2025-01-01"}])
@pytest.mark.parametrize("processes", [1, 2])
def test_a_selection_of_events_is_not_folded(
    tmp_path: Path, selection: dict[str, Any], processes: int
) -> None:
    (tmp_path / "log").write_bytes(chained(1, 0.1))
    with open_log(tmp_path / "log") as log, pytest.raises(ReplayError, match="needs all events"):
        fold(PROJECTIONS, log.select(**selection), processes=processes)


def test_no_process_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(chained(1, 0.1))
    with (
        open_log(tmp_path / "log") as log,
        pytest.raises(ReplayError, match="at least one process"),
    ):
        fold(PROJECTIONS, log, processes=0)
