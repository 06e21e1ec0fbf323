"""Where a log is folded if nothing is asked for: by its size, the processors and the free memory, with the reason."""

from pathlib import Path

import pytest

from events.log import EventLog
from service.replay.cluster.engine import LOCAL_EVENTS_MAX, Engine, Machine, chosen
from service.replay.cluster.partitions import LINE_BYTES, events_of
from tests.processes import run
from tests.service.replay.logs import chained

GIB = 1 << 30
LARGE = 1_000_000


@pytest.mark.parametrize(
    ("events", "machine", "workers", "engine", "why"),
    [
        (0, Machine(8, 8 * GIB, True), None, Engine.LOCAL, "pay from 20,000 events"),
        (LOCAL_EVENTS_MAX, Machine(8, 8 * GIB, True), None, Engine.LOCAL, "20,000 events"),
        (LOCAL_EVENTS_MAX + 1, Machine(2, 8 * GIB, True), None, Engine.PROCESSES, "2 processes"),
        (LARGE, Machine(1, 8 * GIB, True), None, Engine.LOCAL, "one processor"),
        (LARGE, Machine(8, 8 * GIB, True), 1, Engine.LOCAL, "--workers is 1"),
        (10, Machine(1, 8 * GIB, True), 3, Engine.PROCESSES, "3 processes"),
        (LARGE, Machine(2, 3 * GIB, True), None, Engine.PROCESSES, "2 processes"),
        (LARGE, Machine(4, 3 * GIB, True), None, Engine.DASK, "3.0 GiB are free"),
        (LARGE, Machine(2, GIB, True), None, Engine.DASK, "1.0 GiB are free"),
        (LARGE, Machine(2, GIB, False), None, Engine.PROCESSES, "extra cluster"),
    ],
)
def test_the_engine_is_chosen_with_a_reason(
    events: int, machine: Machine, workers: int | None, engine: Engine, why: str
) -> None:
    found, reason = chosen(events, machine, workers)
    assert found is engine
    assert why in reason


def test_this_machine_has_a_processor_and_memory() -> None:
    machine = Machine.this()
    assert machine.processors
    assert machine.free_bytes


async def test_the_number_of_events_is_known_without_reading_them(
    log: EventLog, filled_url: str, tmp_path: Path
) -> None:
    lines = chained(2, 0.5)
    file, export = tmp_path / "log.ndjson", tmp_path / "log.parquet"
    file.write_bytes(lines)
    assert run("replay", file, "--out", export).returncode == 0
    assert events_of(str(export)) == events_of(f"file://{export}") == lines.count(b"\n")
    assert events_of(str(file)) == len(lines) // LINE_BYTES
    described = tmp_path / "described.ndjson.zst"
    assert run("replay", file, "--out", described).returncode == 0
    assert events_of(str(described)) == lines.count(b"\n")
    assert events_of(log.url) == 0
    assert events_of(filled_url) > 0


def test_the_command_reports_what_it_has_chosen(tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    file.write_bytes(chained(1, 0.3))
    ran = run("replay", file, "--fold", "journeys", "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr.decode()
    assert "--engine local: about" in ran.stderr.decode()
