"""The tables of a log are the same from every source, and as of every position."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from events.access.principal import Role
from events.log import EventLog
from howcanwe import NotWhole, ReplayError, open_log
from service.replay.tables.log_tables import LogTables
from tests.events.samples import (
    at,
    concluded,
    formed,
    framed,
    joined,
    left,
    planned,
    registered,
    started,
    voided,
)
from tests.processes import run
from tests.projections.generated import record_generated
from tests.service.graphql.client import caught_up
from tests.service.replay.logs import chain, chained
from tests.service.serving import Served, serving

KEYS: dict[str, tuple[Role, dict[str, Any]]] = {
    "facilitator": (Role.FACILITATOR, {}),
    "facilitator:c0000": (Role.FACILITATOR, {"cohorts": ("c0000",)}),
    "organisation:c0000-org1": (Role.ORGANISATION, {"organisation": "c0000-org1"}),
    "evaluator:c0001": (Role.EVALUATOR, {"cohorts": ("c0001",)}),
    "analyst": (Role.ANALYST, {}),
}


@pytest.fixture
async def served(log: EventLog) -> AsyncIterator[Served]:
    """A server over a generated log, with much that is voided, corrected, widened and narrowed."""
    await record_generated(log, seed=3)
    async with serving(log.url) as served:
        await caught_up(served.api.service)
        yield served


def contents(tables: LogTables) -> Mapping[str, list[Mapping[str, Any]]]:
    """Return the rows of all tables."""
    return {name: list(table) for name, table in tables.items()}


def read(source: str | Path, key: str | None = None, **options: Any) -> LogTables:
    with open_log(source, key) as log:
        return log.tables(**options)


@pytest.mark.parametrize("viewer", [*KEYS, "public"])
async def test_a_key_has_the_tables_that_its_viewer_has_in_the_database(
    served: Served, log: EventLog, viewer: str
) -> None:
    key = None
    if viewer in KEYS:
        role, limits = KEYS[viewer]
        key = await served.api.key(role, **limits)
    address = f"http://127.0.0.1:{served.port}"
    given = await asyncio.to_thread(read, address, key)
    expected = await asyncio.to_thread(read, log.url, viewer=viewer)
    assert contents(given) == contents(expected)
    assert given.position == expected.position == await log.head()


async def test_on_a_server_the_key_is_the_viewer_and_the_past_needs_all_events(
    served: Served, log: EventLog
) -> None:
    address = f"http://127.0.0.1:{served.port}"
    with pytest.raises(ReplayError, match="the key is the viewer"):
        await asyncio.to_thread(read, address, None, viewer="public")
    with pytest.raises(NotWhole, match="need a key that sees everything"):
        await asyncio.to_thread(read, address, served.api.keys["analyst"], as_of=90)
    key = served.api.keys["facilitator"]
    then = await asyncio.to_thread(read, address, key, as_of=90)
    assert contents(then) == contents(await asyncio.to_thread(read, log.url, as_of=90))


async def test_a_server_says_which_tables_and_parameters_there_are(served: Served) -> None:
    unknown = await served.api.get("/tables/nothing")
    assert (unknown.status_code, unknown.json()["errors"][0]["rule"]) == (404, "table.unknown")
    assert (await served.api.get("/tables/failures?since=4")).status_code == 400
    late = await served.api.get("/tables/failures?min_position=999999")
    assert (late.status_code, late.json()["errors"][0]["rule"]) == (503, "position.not_reached")


@pytest.mark.parametrize("path", ["/tables/failures", "/tables/stays", "/events"])
async def test_a_page_of_no_rows_is_empty_and_has_no_next_one(served: Served, path: str) -> None:
    headers = {"accept": "application/cloudevents-batch+json"} if path == "/events" else {}
    key = served.api.keys["facilitator"]
    page = await served.api.get(f"{path}?limit=0", key, **headers)
    assert (page.status_code, "link" in page.headers) == (200, False)
    assert (page.json() if path == "/events" else page.json()["rows"]) == []


@pytest.mark.parametrize("viewer", [*KEYS, "public"])
async def test_pages_of_a_server_leave_out_and_repeat_nothing(served: Served, viewer: str) -> None:
    role, limits = KEYS.get(viewer, (None, {}))
    key = None if role is None else await served.api.key(role, **limits)
    for name, size in (("stays", 1), ("stays", 2), ("failures", 1), ("learnings", 2)):
        whole = (await served.api.get(f"/tables/{name}?limit=1000", key)).json()["rows"]
        rows, address = [], f"/tables/{name}?limit={size}"
        while address:
            page = await served.api.get(address, key)
            assert page.status_code == 200
            rows += page.json()["rows"]
            address = page.links.get("next", {}).get("url", "")
        assert rows == whole
        assert viewer == "public" or rows


def test_tables_as_of_a_position_are_those_of_the_log_up_to_there(tmp_path: Path) -> None:
    lines = chained(cohorts=1, scale=0.5).splitlines(keepends=True)
    whole, early = tmp_path / "whole.ndjson", tmp_path / "early.ndjson"
    whole.write_bytes(b"".join(lines))
    for position in (0, 1, len(lines) // 2, len(lines)):
        early.write_bytes(b"".join(lines[:position]))
        assert contents(read(whole, as_of=position)) == contents(read(early))
    with pytest.raises(ReplayError, match="after the end of the log"):
        read(whole, as_of=len(lines) + 1)


def test_what_was_narrowed_or_voided_since_is_not_shown_as_of_an_earlier_position(
    tmp_path: Path,
) -> None:
    lines = chained(cohorts=2, scale=1.0)
    path = tmp_path / "log.ndjson"
    path.write_bytes(lines)
    now = contents(read(path, viewer="analyst"))
    then = contents(read(path, viewer="analyst", as_of=lines.count(b"\n") // 2))
    assert then["failures"]
    for name in ("failures", "learnings", "notes", "adoptions"):
        assert {row["position"] for row in then[name]} <= {row["position"] for row in now[name]}


def test_parts_of_a_row_that_were_voided_since_are_not_shown_as_of_an_earlier_position(
    tmp_path: Path,
) -> None:
    events = [
        formed(),
        registered("mill"),
        joined("mill", motivation="A slip."),
        left("mill", note="Another slip."),
        voided(4),
        voided(3),
        joined("mill", motivation="To learn."),
        framed(cohort="heritage"),
        planned(cohort="heritage"),
        started(),
        concluded(summary="Of another trial."),
        voided(11),
    ]
    common = {"source": "urn:test"}
    path = tmp_path / "log.ndjson"
    path.write_bytes(
        chain({**common, **each, "id": str(n), "time": at(n)} for n, each in enumerate(events))
    )

    def then(viewer: str, position: int) -> Any:
        tables = contents(read(path, viewer=viewer, as_of=position))
        stays = [(row["motivation"], row["note"]) for row in tables["stays"]]
        return [row["present"] for row in tables["memberships"]], stays, tables["iterations"]

    assert then("facilitator", 4) == ([False], [("A slip.", "Another slip.")], [])
    for viewer in ("facilitator:heritage", "organisation:mill", "analyst"):
        assert then(viewer, 4) == ([], [], [])
    [iteration] = then("facilitator", 11)[2]
    assert (iteration["state"], iteration["conclusion"]) == ("concluded", "Of another trial.")
    for viewer in ("facilitator:heritage", "organisation:mill", "analyst"):
        present, stays, [iteration] = then(viewer, 11)
        assert (present, stays) == ([True], [("To learn.", None)])
        assert (iteration["state"], iteration["conclusion"]) == ("started", None)


@pytest.mark.parametrize("missing", ["first", "middle"])
def test_a_log_without_some_of_its_events_has_no_tables(tmp_path: Path, missing: str) -> None:
    lines = chained(cohorts=1, scale=0.3).splitlines(keepends=True)
    del lines[0 if missing == "first" else len(lines) // 2]
    path = tmp_path / "cut.ndjson"
    path.write_bytes(b"".join(lines))
    with pytest.raises(NotWhole):
        read(path)


def test_a_selection_has_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "log.ndjson"
    path.write_bytes(chained(cohorts=1, scale=0.1))
    with open_log(path) as log:
        with pytest.raises(ReplayError, match="give `as_of` instead"):
            log.select(type="failure.recorded").table("failures")
        with pytest.raises(
            ReplayError, match="there is no table 'failure'; expected one of cohorts"
        ):
            log.table("failure")
        with pytest.raises(ReplayError, match="viewer nobody: expected facilitator"):
            log.tables(viewer="nobody")
        assert [row["key"] for row in log.table("cohorts")] == ["c0000"]


def test_an_empty_viewer_is_refused_and_is_not_everybody(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(chained(1, 0.3))
    with open_log(path) as log, pytest.raises(ReplayError, match="viewer '': expected facilitator"):
        log.tables(viewer="")
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("tables", path, "--out", tmp_path / "tables"),
        ("sql", "select 1", path),
        ("insights", path),
        ("report", path, "--out", tmp_path / "report.html"),
    )
    for command in commands:
        refused = run(*command, "--viewer", "")
        assert refused.returncode in (1, 2)
        assert b"expected facilitator" in refused.stderr
