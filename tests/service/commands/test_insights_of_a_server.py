"""`howcanwe insights URL`: the figures that a server gives to a key are those of its GraphQL, for every kind of key."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from events.access.principal import Role
from events.log import EventLog
from service.event_files import batches
from service.graphql.figure_documents import GENERATIONS_MAX
from service.samples import demo
from tests.processes import run
from tests.service.graphql.client import caught_up
from tests.service.serving import Served, serving

ASKED = [
    *("--format", "json", "--at", "2025-03-01T00:00:00Z"),
    *("--of-organisation", "mill-museum", "--of-theme", "labels", "--question", "mill-labels"),
]
VIEWERS: dict[str, tuple[Role, dict[str, Any]]] = {
    "facilitator": (Role.FACILITATOR, {}),
    "facilitator:heritage-2024": (Role.FACILITATOR, {"cohorts": ("heritage-2024",)}),
    "organisation:mill-museum": (Role.ORGANISATION, {"organisation": "mill-museum"}),
    "evaluator:heritage-2024": (Role.EVALUATOR, {"cohorts": ("heritage-2024",)}),
    "analyst": (Role.ANALYST, {}),
}


@pytest.fixture
async def served(log: EventLog) -> AsyncIterator[Served]:
    """A server over the demo's log."""
    for batch in batches((orjson.loads(line) for line in demo.lines()), 100):
        await log.append(batch)
    async with serving(log.url) as served:
        await caught_up(served.api.service)
        yield served


async def insights(source: str, *options: str, key: str | None = None) -> Any:
    """Run `howcanwe insights` on a source."""
    settings = {} if key is None else {"HOWCANWE_KEY": key}
    return await asyncio.to_thread(run, "insights", source, *options, settings=settings)


def address(served: Served) -> str:
    return f"http://127.0.0.1:{served.port}"


@pytest.mark.parametrize("viewer", [*VIEWERS, "public"])
async def test_a_server_gives_the_same_figures_as_its_log_to_that_viewer(
    served: Served, log: EventLog, viewer: str
) -> None:
    key = None
    if viewer in VIEWERS:
        role, limits = VIEWERS[viewer]
        key = await served.api.key(role, **limits)
    for scope in ([], ["--cohort", "heritage-2024", "--as-of", "250"]):
        given = await insights(address(served), *ASKED, *scope, key=key)
        assert given.returncode == 0, given.stderr
        expected = await insights(log.url, *ASKED, *scope, "--viewer", viewer)
        # In the same order, too: else tables and CSV of the same figures differ.
        assert given.stdout.splitlines() == expected.stdout.splitlines()
        assert (b"hidden from this viewer" in given.stderr) is (
            b"hidden from this viewer" in expected.stderr
        )


async def test_a_servers_refusal_is_reported(served: Served, tmp_path: Path) -> None:
    beyond = await insights(address(served), "--as-of", "9999", key=served.api.keys["analyst"])
    assert (beyond.returncode, beyond.stdout) == (1, b"")
    assert b"position 9999 is after the end of the log, which is at 287" in beyond.stderr
    unknown = await insights(address(served), key="hcw_0123456789abcdef_" + "a" * 43)
    assert (unknown.returncode, unknown.stdout) == (1, b"")
    assert b"401" in unknown.stderr


async def test_families_come_as_deep_as_a_query_goes_and_deeper_ones_are_refused(
    served: Served, log: EventLog
) -> None:
    asked = [address(served), *ASKED[:4], "--figure", "questionFamilies"]
    *whole, deeper = [generation(number) for number in range(GENERATIONS_MAX + 1)]
    await log.append(whole)
    await caught_up(served.api.service)
    key = served.api.keys["facilitator"]
    given = await insights(*asked, key=key)
    assert given.returncode == 0, given.stderr
    assert f'"generation-{GENERATIONS_MAX - 1}"'.encode() in given.stdout
    await log.append([deeper])
    await caught_up(served.api.service)
    refused = await insights(*asked, key=key)
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert b"deeper than one query can be; choose fewer with --cohort" in refused.stderr


def generation(number: int) -> dict[str, Any]:
    """A question that comes from the one before it."""
    return {
        "specversion": "1.0",
        "id": f"generation-{number}",
        "source": "urn:test",
        "type": "org.howcanwe.question.framed.v1",
        "time": "2024-06-01T00:00:00Z",
        "data": {
            "question": f"generation-{number}",
            "organisation": "mill-museum",
            "text": "How can we label with our neighbours?",
            **({"parent": f"generation-{number - 1}"} if number else {}),
        },
    }
