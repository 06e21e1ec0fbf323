"""Exports of sessions, commitments, revised cohorts and renamed organisations, in every format."""

import asyncio
import csv
from pathlib import Path
from typing import Any

import orjson
import pytest

from events.log import EventLog
from tests.events import samples as sample
from tests.events.record import Record
from tests.processes import run

parquet = pytest.importorskip("pyarrow.parquet", reason="exports with columns need `arrow`")

SHOWN = ("type", "cohort", "timeprecision", "data_session", "data_hosts", "data_attended")


@pytest.fixture
async def url(log: EventLog, database_url: str) -> str:
    """A log with the new types, of which one time is known as a year."""
    record = Record(log)
    await record.begin()
    await record.add(
        sample.cohort_revised(hosts=["library"]),
        sample.renamed(),
        sample.held(attended=["mill", "archive"], timeprecision="year"),
        sample.committed(session="session", due_on="2024-05-01"),
        sample.settled(),
    )
    return database_url


async def exported(url: str, out: Path) -> Path:
    done = await asyncio.to_thread(run, "replay", url, "--out", out, "--after", "6")
    assert done.returncode == 0, done.stderr
    return out


async def test_tables_have_their_cohorts_and_their_columns(url: str, tmp_path: Path) -> None:
    folder = await exported(url, tmp_path / "log.parquet")
    rows: list[Any] = sorted(
        parquet.read_table(folder).to_pylist(), key=lambda row: row["position"]
    )
    found = [tuple(row[name] for name in SHOWN) for row in rows]
    assert found == [
        ("cohort.revised", "heritage", None, None, ["library"], None),
        ("organisation.renamed", None, None, None, None, None),
        ("session.held", "heritage", "year", "session", None, ["mill", "archive"]),
        ("commitment.made", "heritage", None, "session", None, None),
        ("commitment.settled", "heritage", None, None, None, None),
    ]
    assert [str(row["data_due_on"]) for row in rows] == ["None"] * 3 + ["2024-05-01", "None"]


async def test_csv_has_them_too(url: str, tmp_path: Path) -> None:
    text = (await exported(url, tmp_path / "log.csv")).read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["cohort"] for row in rows] == ["heritage", "", *["heritage"] * 3]
    assert [row["timeprecision"] for row in rows] == ["", "", "year", "", ""]
    assert orjson.loads(rows[2]["data_attended"]) == ["mill", "archive"]


async def test_sessions_and_commitments_are_objects_for_process_mining(
    url: str, tmp_path: Path
) -> None:
    ocel = orjson.loads((await exported(url, tmp_path / "log.json")).read_bytes())
    objects = {found["id"]: found for found in ocel["objects"]}
    assert objects["session/session"]["type"] == "session"
    assert {"objectId": "session/session", "qualifier": "session"} in (
        objects["commitment/commitment"]["relationships"]
    )
    names = {
        attribute["name"]: attribute["value"]
        for attribute in objects["organisation/mill"]["attributes"]
    }
    assert names["name"] == "The Mill"
    held = next(event for event in ocel["events"] if event["type"] == "session.held")
    assert {"name": "timeprecision", "value": "year"} in held["attributes"]
