"""`howcanwe replay --fold`: on Dask workers and in one process, the same rows as the service."""

import asyncio
import pickle
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from events.log import EventLog
from events.state.streams_from_lines import recorded_in
from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from projections.folding.step import linked
from projections.in_memory.rows import fold
from projections.models import PROJECTIONS
from projections.updating.digest import table_sums
from projections.updating.runner import Runner
from service.replay.cluster.local_fold import fold_alone
from service.replay.cluster.parquet_rows import DIGEST, ParquetRows, schema_of
from service.replay.cluster.partitions import (
    LinePartition,
    Partition,
    PartitionLines,
    lines_of,
    partitions_of,
)
from service.replay.errors import NotWhole, ReplayError
from service.replay.line_pages import pages
from service.replay.manifests.manifest import place
from service.replay.sources.address import source_of
from tests.processes import run
from tests.projections.generated import record_generated
from tests.projections.stories import published
from tests.service.replay.logs import chained
from tests.service.replay.processes.shares import OnceKillingRows

pytest.importorskip("distributed", reason="folding on a cluster needs the extra `cluster`")
parquet = pytest.importorskip("pyarrow.parquet", reason="folding into files needs `cluster`")

PIECE_EVENTS = 60


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def client(request: pytest.FixtureRequest) -> Iterator[Any]:
    from service.replay.cluster.dask_fold import client_at

    with client_at(None, request.param) as found:
        yield found


def small_pieces(url: str) -> Iterator[Partition]:
    """Yield a log in more pieces than there are workers."""
    with closing(source_of(url)) as source:
        yield from map(LinePartition, pages(source.chunks(Selection()), PIECE_EVENTS))


def fold_into(client: Any, url: str, out: Path) -> tuple[int, str]:
    from service.replay.cluster.dask_fold import fold_on

    models = ParquetRows(str(out))
    models.begin()
    return fold_on(client, small_pieces(url), models)


async def service_digest(log: EventLog) -> str:
    """Return what `howcanwe digest` prints."""
    async with Runner(log) as runner:
        await runner.catch_up()
        return (await runner.digest())[1]


def rows(out: Path) -> dict[str, list[Any]]:
    """Return the rows in a folder of read models, by table, in the order of their text."""
    found = {}
    for projection in PROJECTIONS:
        tables = [parquet.read_table(file) for file in sorted((out / projection.name).iterdir())]
        assert all(table.schema.equals(schema_of(projection.table)) for table in tables)
        found[str(projection.name)] = sorted(
            (row for table in tables for row in table.to_pylist()), key=repr
        )
    return found


async def test_workers_fold_the_published_record_to_the_digest_of_the_service(
    client: Any, log: EventLog, tmp_path: Path
) -> None:
    await log.append(published())
    folded = await asyncio.to_thread(fold_into, client, log.url, tmp_path / "out")
    assert folded == (await log.head(), await service_digest(log))


@pytest.mark.parametrize("seed", [11, 12])
async def test_workers_fold_a_generated_log_to_the_rows_of_one_process(
    client: Any, log: EventLog, tmp_path: Path, seed: int
) -> None:
    await record_generated(log, seed, meddled=40)
    folded = await asyncio.to_thread(fold_into, client, log.url, tmp_path / "many")
    assert folded == (await log.head(), await service_digest(log))
    alone = ParquetRows(str(tmp_path / "one"))
    alone.begin()
    pieces = await asyncio.to_thread(lambda: list(small_pieces(log.url)))
    assert fold_alone(PartitionLines(pieces), alone) == folded
    assert rows(tmp_path / "many") == rows(tmp_path / "one")
    assert (tmp_path / "many" / DIGEST).read_bytes() == (tmp_path / "one" / DIGEST).read_bytes()


async def test_an_empty_log_folds_to_empty_tables(
    client: Any, log: EventLog, tmp_path: Path
) -> None:
    folded = await asyncio.to_thread(fold_into, client, log.url, tmp_path / "out")
    assert folded == (0, await service_digest(log))
    assert set(map(len, rows(tmp_path / "out").values())) == {0}


async def test_the_command_folds_an_export_at_any_address_on_a_running_cluster_or_here(
    client: Any, log: EventLog, tmp_path: Path
) -> None:
    await record_generated(log, 13)
    digest = await service_digest(log)
    export = tmp_path / "log.parquet"
    assert (await asyncio.to_thread(run, "replay", log.url, "--out", export)).returncode == 0
    address = client.scheduler_info()["address"]
    dask = ("--engine", "dask", "--scheduler", address)
    ways: list[tuple[str, tuple[str, ...]]] = [
        (str(export), dask),
        (f"file://{export}", dask),
        (log.url, dask),
        (f"file://{export}", ("--engine", "local")),
        (log.url, ()),
    ]
    for number, (source, engine) in enumerate(ways):
        out = ("--out", f"file://{tmp_path}/{number}")
        ran = await asyncio.to_thread(run, "replay", source, "--fold", "journeys", *engine, *out)
        assert ran.stdout.decode() == f"{digest}\n", ran.stderr.decode()
    # Replays leave the cluster running.
    assert client.submit(sum, (1, 2)).result() == 3


async def test_an_incomplete_log_is_refused(filled_url: str, tmp_path: Path) -> None:
    part = tmp_path / "part.parquet"
    await asyncio.to_thread(run, "replay", filled_url, "--out", part, "--after", "10")
    with pytest.raises(NotWhole, match="part of a log"):
        list(partitions_of(str(part)))
    place(part).unlink()
    with pytest.raises(NotWhole, match="manifest"):
        list(partitions_of(str(part)))
    with pytest.raises(ReplayError, match="no such file"):
        list(partitions_of(str(tmp_path / "nowhere.parquet")))


@pytest.mark.parametrize("broken", ["cut", "gone"])
async def test_a_file_that_is_cut_or_gone_is_reported_by_the_worker_that_reads_it(
    client: Any, log: EventLog, tmp_path: Path, broken: str
) -> None:
    from service.replay.cluster.dask_fold import fold_on

    await log.append(published())
    export = tmp_path / "log.parquet"
    await asyncio.to_thread(run, "replay", log.url, "--out", export)
    file = sorted(export.rglob("*.parquet"))[0]
    file.write_bytes(file.read_bytes()[:-9])
    if broken == "gone":
        file.unlink()
    models = ParquetRows(str(tmp_path / "out"))
    models.begin()
    with pytest.raises(NotWhole, match=file.name):
        await asyncio.to_thread(fold_on, client, partitions_of(str(export)), models)
    assert not (tmp_path / "out" / DIGEST).exists()


@pytest.mark.parametrize(
    ("options", "reported"),
    [
        (("--fold", "journeys"), "--out"),
        (("--fold", "journeys", "--out", "x", "--after", "0"), "--after"),
        (("--fold", "journeys", "--out", "x", "--type", "note.added"), "--type"),
        (
            ("--fold", "journeys", "--out", "x", "--engine", "local", "--workers", "2"),
            "--engine processes or --engine dask",
        ),
        (
            ("--fold", "journeys", "--out", "x", "--engine", "processes", "--scheduler", "tcp://x"),
            "--engine dask",
        ),
        (("--engine", "dask"), "--fold"),
    ],
)
async def test_options_that_do_not_go_together_are_refused(
    filled_url: str, options: tuple[str, ...], reported: str
) -> None:
    ran = await asyncio.to_thread(run, "replay", filled_url, *options)
    assert ran.returncode == 1
    assert reported in ran.stderr.decode()
    assert b"Traceback" not in ran.stderr


async def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(ReplayError, match="exists"):
        ParquetRows(str(tmp_path)).begin()


async def test_a_scheduler_that_does_not_answer_is_reported(
    filled_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.replay.cluster import dask_fold
    from service.replay.errors import SourceLost

    monkeypatch.setattr(dask_fold, "SCHEDULER_SECONDS", 0.5)
    with (
        pytest.raises(SourceLost, match="no scheduler answers"),
        dask_fold.client_at("tcp://127.0.0.1:9", 1),
    ):
        pass


async def test_a_relative_folder_is_one_place_for_workers_that_were_started_elsewhere(
    log: EventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.append(published())
    monkeypatch.chdir(tmp_path)
    models = ParquetRows("models")
    models.begin()
    (tmp_path / "elsewhere").mkdir()
    # As a worker gets it: from another process, in another folder.
    monkeypatch.chdir(tmp_path / "elsewhere")
    sent: ParquetRows = pickle.loads(pickle.dumps(models))
    pieces = await asyncio.to_thread(lambda: list(small_pieces(log.url)))
    fold_alone(PartitionLines(pieces), sent)
    assert (tmp_path / "models" / DIGEST).exists()
    assert not list((tmp_path / "elsewhere").iterdir())


async def test_rows_that_were_written_elsewhere_are_missed_before_the_digest(
    log: EventLog, tmp_path: Path
) -> None:
    await log.append(published())
    models = ParquetRows(str(tmp_path / "models"))
    models.begin()
    pieces = await asyncio.to_thread(lambda: list(small_pieces(log.url)))
    steps = linked(recorded_in(line for piece in pieces for line in piece.lines()), VOCABULARY)
    tables = fold(steps)
    models.write(0, {**tables, "timeline": list(tables["timeline"])[1:]})
    with pytest.raises(ReplayError, match=r"timeline has \d+ rows, but \d+ were folded"):
        models.end(len(steps), table_sums(tables))
    assert not (tmp_path / "models" / DIGEST).exists()


@pytest.mark.parametrize("exported", [True, False], ids=["an export", "lines"])
def test_if_a_worker_is_killed_its_work_is_repeated_or_the_fold_fails(
    tmp_path: Path, exported: bool
) -> None:
    from service.replay.cluster.dask_fold import client_at, fold_on

    file, export = tmp_path / "log.ndjson", tmp_path / "log.parquet"
    file.write_bytes(chained(1, 0.3))
    assert run("replay", file, "--out", export).returncode == 0
    alone, out = ParquetRows(str(tmp_path / "one")), OnceKillingRows(str(tmp_path / "out"))
    alone.begin()
    out.begin()
    with client_at(None, 1) as killed:
        if exported:
            folded = fold_on(killed, partitions_of(str(export)), out)
            assert folded == fold_alone(lines_of(str(export)), alone)
        else:
            # Lines that were sent to a worker are lost with it.
            with pytest.raises(ReplayError, match="the cluster failed"):
                fold_on(killed, partitions_of(str(file)), out)
    assert (tmp_path / "out.killed").exists()
    assert (tmp_path / "out" / DIGEST).exists() == exported
