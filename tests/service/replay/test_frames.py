"""`open_log`: events in a notebook, as objects and as frames; DuckDB and Polars over the Parquet folder."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, date
from pathlib import Path
from typing import Any

import duckdb
import orjson
import polars
import pyarrow
import pyarrow.parquet
import pytest

from events.lines.chain import line_hash
from events.lines.recorded import UnknownType
from events.vocabulary.catalogue import VOCABULARY
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.errors import PackageMissing, ReplayError
from service.replay.event import ReplayedEvent, decoded
from service.replay.formats.columns import Columns, data_columns
from service.replay.line_pages import pages
from service.replay.log import open_log
from tests.processes import run
from tests.service.replay.logs import CHAIN, chained, table


@pytest.fixture
async def folder(filled_url: str, tmp_path: Path) -> Path:
    """A log as a folder of Parquet files."""
    out = tmp_path / "log.parquet"
    done = await asyncio.to_thread(run, "replay", filled_url, "--out", out)
    assert done.returncode == 0, done.stderr
    return out


async def lines(url: str) -> list[Any]:
    return [orjson.loads(text) for (text,) in await table(url, CHAIN)]


async def test_events_come_typed_and_in_order(filled_url: str) -> None:
    recorded = await lines(filled_url)
    # A plain loop, also where an event loop runs, as in a notebook.
    with open_log(filled_url) as log:
        events: list[ReplayedEvent] = list(log)
        assert log.head() == len(recorded)
    assert [event.position for event in events] == [line["position"] for line in recorded]
    assert [event.data for event in events] == [line["data"] for line in recorded]
    planned = next(event for event in events if event.type == "iteration.planned")
    assert planned.time.tzinfo is UTC
    assert planned.subject == planned.subjects[0] == f"iteration/{planned.data['iteration']}"
    assert [line_hash(event.line) for event in events[:-1]] == [
        event.content["previoushash"] for event in events[1:]
    ]


async def test_a_selection_is_narrowed_step_by_step(filled_url: str) -> None:
    with open_log(filled_url) as log:
        planned = log.select(type="iteration.planned")
        assert {event.type for event in planned} == {"iteration.planned"}
        first = next(iter(planned))
        later = planned.select(after=first.position)
        assert next(iter(later)).position > first.position
        assert {event.type for event in later} == {"iteration.planned"}
        assert first.subject is not None
        stream = log.select(stream=first.subject)
        assert next(iter(stream)).line == first.line
        with pytest.raises(ReplayError, match="no event type"):
            log.select(type="iteration.planed")  # codespell:ignore planed
        for name in ("mill-museum", "museum/mill-museum", "organisation/", "organisation/\0"):
            with pytest.raises(ReplayError, match="no stream"):
                log.select(stream=name)


async def test_columns_say_what_the_lines_say(filled_url: str) -> None:
    recorded = await lines(filled_url)
    with open_log(filled_url) as log:
        arrow: pyarrow.Table = log.to_arrow()
    assert arrow.num_rows == len(recorded)
    assert set(data_columns(VOCABULARY)) == {
        name.removeprefix("data_") for name in arrow.column_names if name.startswith("data_")
    }
    for row, line in zip(arrow.to_pylist(), recorded, strict=True):
        assert orjson.loads(row["line"]) == line
        columns = {
            name.removeprefix("data_"): value.isoformat() if type(value) is date else value
            for name, value in row.items()
            if name.startswith("data_") and value is not None
        }
        if "fields" in columns:
            columns["fields"] = orjson.loads(columns["fields"])
        assert columns == line["data"]
        assert row["type"] == line["type"].removeprefix("org.howcanwe.").rpartition(".")[0]
        assert row["month"] == row["time"].strftime("%Y-%m")


def test_lines_of_any_spelling_have_the_same_columns() -> None:
    written = chained(1, 0.3)
    lines = [orjson.loads(line) for line in written.splitlines()]
    another = {"type": "org.howcanwe.cohort.formed.v1"}
    aside = [
        orjson.dumps({"aside": another, **line} if at % 7 else line)
        for at, line in enumerate(lines)
    ]
    spaced = [json.dumps(line).encode() for line in lines]
    expected = _columns(written)
    for page in (aside, spaced, [*aside[:50], *spaced[50:]]):
        assert _columns(b"\n".join(page) + b"\n") == expected


def _columns(page: bytes) -> Any:
    """Return the columns of a page but the lines themselves."""
    columns = Columns(VOCABULARY, CohortIndex(VOCABULARY), Amendments())
    return columns.table(page).drop_columns("line")


async def test_an_event_s_cohort_is_that_of_what_it_is_about(filled_url: str) -> None:
    with open_log(filled_url) as log:
        rows = log.to_arrow().to_pylist()
    cohorts = {row["cohort"] for row in rows}
    assert None in cohorts
    assert len(cohorts) == 3
    plans = {row["data_iteration"]: row for row in rows if row["type"] == "iteration.planned"}
    observed = [row for row in rows if row["type"] == "observation.recorded"]
    assert observed
    for row in observed:
        assert row["data_cohort"] is None
        plan = plans[row["data_iteration"]]
        assert row["cohort"] == plan["cohort"]
    assert any(row["cohort"] for row in observed)


async def test_cohorts_are_the_same_from_the_middle_of_a_log_and_beyond_memory(
    filled_url: str,
) -> None:
    with open_log(filled_url) as log:
        whole = log.to_arrow()
        part = log.select(after=200).to_arrow()
        assert part.equals(whole.slice(200))
        small = CohortIndex(VOCABULARY, kept_max=3)
        found = [small.of(event) for event in log]
    assert found == whole.column("cohort").to_pylist()


async def test_frames_of_pandas_and_polars_hold_the_same(filled_url: str) -> None:
    with open_log(filled_url) as log:
        arrow, pandas, frame = log.to_arrow(), log.to_pandas(), log.to_polars()
    assert list(pandas.columns) == frame.columns == arrow.column_names
    assert list(pandas["position"]) == list(frame["position"]) == arrow["position"].to_pylist()
    assert frame.schema["data_themes"] == polars.List(polars.String)
    assert pandas.groupby("type").size().to_dict() == Counter(arrow["type"].to_pylist())


async def test_a_file_is_the_same_log(filled_url: str, folder: Path) -> None:
    with open_log(filled_url) as log:
        expected = log.to_arrow()
    assert open_log(folder).to_arrow().equals(expected)


FAILURES = """
select cohort, count(*) as failures, count(distinct data_organisation) as organisations
from read_parquet({place}) where type = 'failure.recorded' and list_contains(data_for_whom, 'participants')
group by cohort order by cohort
"""


async def failures(url: str) -> int:
    """Return how many failures for participants the log has."""
    found = [
        line
        for line in await lines(url)
        if ".failure.recorded." in line["type"] and "participants" in line["data"]["for_whom"]
    ]
    assert found
    return len(found)


async def counted(url: str) -> Counter[str]:
    """Return how many events of each type the log has."""
    types = [line["type"] for line in await lines(url)]
    return Counter(name.removeprefix("org.howcanwe.").rpartition(".")[0] for name in types)


@pytest.mark.parametrize("place", ["{folder}/*.parquet", "{folder}"])
async def test_duckdb_queries_the_folder(filled_url: str, folder: Path, place: str) -> None:
    relation = duckdb.sql(FAILURES.format(place=repr(place.format(folder=folder))))
    assert relation is not None
    assert sum(row[1] for row in relation.fetchall()) == await failures(filled_url)


async def test_polars_pandas_and_pyarrow_read_the_folder_as_it_is(
    filled_url: str, folder: Path
) -> None:
    frame = polars.scan_parquet(folder)
    found = frame.group_by("type").len().collect()
    expected = await counted(filled_url)
    assert dict(found.iter_rows()) == expected
    assert frame.filter(polars.col("cohort") == "c0000").collect().height > 3
    pandas = pytest.importorskip("pandas")
    read = pandas.read_parquet(folder)
    assert read.groupby("type").size().to_dict() == expected
    assert list(read["position"]) == list(range(1, len(read) + 1))
    with open_log(filled_url) as log:
        columns = log.to_arrow()
    table: Any = pyarrow.parquet.read_table(folder)
    assert table.to_pylist() == columns.to_pylist()


async def test_partitions_are_read_by_all_of_them(filled_url: str, tmp_path: Path) -> None:
    out = tmp_path / "log.parquet"
    done = await asyncio.to_thread(
        run, "replay", filled_url, "--out", out, "--partition", "cohort,month"
    )
    assert done.returncode == 0, done.stderr
    assert (out / "cohort=c0000").is_dir()
    place = repr(f"{out}/**/*.parquet")
    relation = duckdb.sql(FAILURES.format(place=f"{place}, hive_partitioning = true"))
    assert relation is not None
    assert sum(row[1] for row in relation.fetchall()) == await failures(filled_url)
    frame = polars.scan_parquet(f"{out}/**/*.parquet", hive_partitioning=True)
    assert dict(frame.group_by("type").len().collect().iter_rows()) == await counted(filled_url)
    assert pyarrow.parquet.read_table(out).num_rows == len(await lines(filled_url))
    with open_log(filled_url) as log:
        expected = log.to_arrow()
    assert open_log(out).to_arrow().equals(expected)


async def test_row_groups_are_skipped_by_position_cohort_and_month(folder: Path) -> None:
    [path] = folder.iterdir()
    file = pyarrow.parquet.ParquetFile(path)
    group = file.metadata.row_group(0)
    columns = {group.column(at).path_in_schema: group.column(at) for at in range(group.num_columns)}
    for name in ("position", "time_utc", "cohort", "month", "type", "subject", "data_iteration"):
        assert columns[name].statistics.has_min_max, name
        assert columns[name].has_offset_index, name
    assert columns["cohort"].bloom_filter_offset is not None
    assert columns["cohort"].compression == "ZSTD"
    assert columns["line"].statistics is None
    [sorting] = group.sorting_columns
    assert file.schema.column(sorting.column_index).name == "position"


def test_pages_have_the_same_lines_however_they_come() -> None:
    text = b"".join(b"%d\n" % number for number in range(23))
    expected = [text.splitlines(keepends=True)[at : at + 5] for at in range(0, 23, 5)]
    for chunk_lines in (1, 2, 5, 7, 23):
        kept = text.splitlines(keepends=True)
        chunks = [b"".join(kept[at : at + chunk_lines]) for at in range(0, 23, chunk_lines)]
        assert [page.splitlines(keepends=True) for page in pages(chunks, 5)] == expected


def test_a_type_of_a_later_release_is_reported() -> None:
    line = b'{"type":"org.howcanwe.cohort.dreamt.v1","position":3}\n'
    with pytest.raises(
        UnknownType, match=r"position 3 is of the type org.howcanwe.cohort.dreamt.v1"
    ):
        list(decoded(line))


def test_a_text_with_other_ends_of_lines_is_one_line() -> None:
    content = {
        "type": "org.howcanwe.note.added.v1",
        "position": 1,
        "data": {"text": "a\u2028b\x85c"},
    }
    [event] = decoded(orjson.dumps(content) + b"\n")
    assert event.data["text"] == "a\u2028b\x85c"


def test_without_the_extra_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from service.replay.log import ReplayLog\n"
        "from service.replay.errors import PackageMissing\n"
        "try:\n    ReplayLog(None).to_arrow()\nexcept PackageMissing as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "scripts/install analysts" in done.stdout
    assert PackageMissing("x", "arrow").extra == "arrow"


def test_an_invalid_source_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="no such file"):
        open_log(tmp_path / "nothing.ndjson")
    with pytest.raises(ReplayError, match="ftp:// is not a source"):
        open_log("ftp://example.org/log")
    (tmp_path / "log.csv").touch()
    with pytest.raises(ReplayError, match="does not contain the events' lines"):
        open_log(tmp_path / "log.csv")
    (tmp_path / "cut.ndjson").write_bytes(b'{"position":1')
    with pytest.raises(ReplayError, match="in the middle of a line"):
        list(open_log(tmp_path / "cut.ndjson"))


@pytest.mark.parametrize("name", ["tables.duckdb", "tables.xlsx"])
def test_a_file_of_tables_is_refused_as_such(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(bytes(range(256)))
    with pytest.raises(ReplayError, match="contains tables, not the events' lines"):
        open_log(tmp_path / name)
