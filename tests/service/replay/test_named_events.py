"""Replays of voids that name their event by source and id: nothing of a line is lost, and columns give a position."""

import csv
from pathlib import Path
from typing import Any

import orjson
import pytest

from events.log import EventLog
from service.replay.log import open_log
from tests.projections.generated import record_generated
from tests.service.replay.logs import parsed, whole
from tests.service.replay.test_export import LOSSLESS, done, stored


@pytest.fixture
async def named_url(log: EventLog) -> str:
    """The URL of a log in which voids and corrections name their events in both ways."""
    await record_generated(log, 4, meddled=40)
    return log.url


NAMING = ("event.voided", "event.corrected")


async def voids(url: str) -> dict[int, dict[str, Any]]:
    """Return the lines of voids and corrections, by position; some name by position, some by source and id."""
    found = [
        line
        for line in parsed(await stored(url))
        if any(f".{name}." in line["type"] for name in NAMING)
    ]
    assert {line["type"].split(".")[-2] for line in found} == {"voided", "corrected"}
    assert {type(line["data"]["event"]) for line in found} == {int, dict}
    return {line["position"]: line for line in found}


@pytest.mark.parametrize("name", LOSSLESS)
async def test_it_goes_through_every_lossless_form_into_an_empty_log(
    named_url: str, empty_database_url: str, tmp_path: Path, name: str
) -> None:
    await done("replay", named_url, "--out", tmp_path / name)
    reported = await done("verify", tmp_path / name)
    assert reported == await done("restore", tmp_path / name, "--database-url", empty_database_url)
    assert await whole(empty_database_url) == await whole(named_url)
    await done("verify", "--database-url", empty_database_url)


async def test_columns_of_every_form_hold_the_position(named_url: str, tmp_path: Path) -> None:
    about_of = {position: line["about"] for position, line in (await voids(named_url)).items()}
    with open_log(named_url) as log:
        rows = log.to_arrow().to_pylist()
        assert {
            event.position: event.data["event"] for event in log.select(type=NAMING)
        } == about_of
    voided = {row["position"]: row for row in rows if row["type"] in NAMING}
    assert {position: row["data_event"] for position, row in voided.items()} == about_of
    for row in rows:
        fields = orjson.loads(row["line"])["data"].get("fields")
        assert row["data_fields"] == (None if fields is None else orjson.dumps(fields).decode())
    cohorts = {row["position"]: row["cohort"] for row in rows}
    assert all(row["cohort"] == cohorts[about_of[position]] for position, row in voided.items())
    assert [orjson.loads(row["line"]) for row in rows] == parsed(await stored(named_url))
    await done("replay", named_url, "--out", tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(newline="") as file:
        found = [row for row in csv.DictReader(file) if row["type"] in NAMING]
    assert {int(row["position"]): int(row["data_event"]) for row in found} == about_of
    await done("replay", named_url, "--out", tmp_path / "log.json")
    events = orjson.loads((tmp_path / "log.json").read_bytes())["events"]
    related = {
        event["id"]: attribute["value"]
        for event in events
        for attribute in event["attributes"]
        if attribute["name"] == "event"
    }
    assert related == {f"event/{position}": str(about) for position, about in about_of.items()}
