"""`GET /events/visible`: exactly the positions of the lines that the same key would get now."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.events.samples import asked, captured, failed, noted, reclassified, shown
from tests.service.app import Api, faults_in, open_api, person, problem

WHO = ("facilitator", "mill", "archive", "library", "guest", "evaluator", "analyst", "admin", None)


@pytest.fixture
async def paged(database_url: str) -> AsyncIterator[Api]:
    """The story's cohort with events of every level, over an API whose pages have three events."""
    async with open_api(database_url, page_events_max=3) as api:
        await api.begin()
        for level in ("private", "pair", "cohort", "public"):
            await api.post(failed(f"failure-{level}", cohort="heritage", visibility=level))
            await api.post(noted("organisation/mill", visibility=level))
            await api.post(noted("organisation/archive", visibility=level))
        await api.post(person())
        await api.post(captured(cohort="heritage", visibility="cohort"))
        await api.post(asked(cohort="heritage", visibility="private"))
        yield api


async def visible(api: Api, who: str | None, query: str = "") -> tuple[set[int], int, int]:
    """Return the positions of all pages, the last page's end, and how many pages there were."""
    address, pages = f"/events/visible{query}", 0
    positions: list[int] = []
    while True:
        response = await api.get(address, who)
        assert response.status_code == 200, response.text
        page: dict[str, Any] = response.json()
        pages += 1
        for first, last in page["ranges"]:
            positions += range(first, last + 1)
        following = response.links.get("next")
        if following is None:
            assert positions == sorted(set(positions))
            return set(positions), page["through"], pages
        address = following["url"]


async def readable(api: Api, who: str | None, query: str = "") -> set[int]:
    return {event["position"] for event in await api.lines(who, query)}


@pytest.mark.parametrize("who", WHO)
async def test_the_positions_are_those_of_the_lines(paged: Api, who: str | None) -> None:
    for query in (
        "",
        "?after=7",
        "?stream=organisation/mill",
        "?type=note.added&type=failure.recorded",
        "?stream=organisation/archive&type=note.added&after=9",
        "?from=2030-01-01T00:00:00Z",
    ):
        seen, through, _ = await visible(paged, who, query)
        assert seen == await readable(paged, who, query), query
        assert through == await paged.head()


async def test_they_come_in_pages_up_to_a_position(paged: Api) -> None:
    head = await paged.head()
    everything = await readable(paged, "mill")
    seen, through, pages = await visible(paged, "mill", "?through=11&after=2")
    assert seen == {position for position in everything if 2 < position <= 11}
    assert (through, pages) == (11, 3)
    # One page is enough for a key that sees everything.
    assert await visible(paged, "facilitator") == ({*range(1, head + 1)}, head, 1)
    for query in (f"?through={head + 5}", "?through=999999999999999"):
        assert await visible(paged, "mill", query) == (everything, head, (head + 2) // 3)
    for query in ("?through=0", "?after=999999999999999", "?after=5&through=5"):
        assert (await visible(paged, "mill", query))[0] == set()


async def test_what_is_recorded_between_two_pages_does_not_come(paged: Api) -> None:
    head = await paged.head()
    first = await paged.get("/events/visible", "mill")
    await paged.post(noted("organisation/mill", visibility="public"))
    following = first.links["next"]["url"]
    assert f"through={head}" in following
    assert (await visible(paged, "mill", following.removeprefix("/events/visible")))[1] == head


async def test_what_is_widened_comes_and_what_is_narrowed_goes(paged: Api) -> None:
    receipt = (await paged.post(noted("organisation/mill", visibility="private"))).json()
    position = receipt["receipts"][0]["position"]
    for level, seen in (("private", False), ("public", True), ("pair", False), ("cohort", True)):
        await paged.post(shown(f"event/{position}", level))
        assert (position in (await visible(paged, "analyst"))[0]) is seen
        assert (await visible(paged, "analyst"))[0] == await readable(paged, "analyst")
    # A failure whose cause is deviance is the organisation's own, also afterwards.
    before = await readable(paged, "evaluator")
    changed = await paged.post(reclassified("failure-pair", failure_cause="deviance"))
    assert changed.status_code == 201
    assert before - await readable(paged, "evaluator")
    assert (await visible(paged, "evaluator"))[0] == await readable(paged, "evaluator")


@pytest.mark.parametrize(
    "query", ["limit=3", "source=a&id=b", "through=x", "through=1&through=2", "after=-1", "nope=1"]
)
async def test_what_it_does_not_take_is_refused(story: Api, query: str) -> None:
    refused = problem(await story.get(f"/events/visible?{query}"), 400)
    assert faults_in(refused) == [(None, "query", "")]


async def test_an_empty_log_has_no_positions(api: Api) -> None:
    for who in ("facilitator", None):
        assert (await api.get("/events/visible", who)).json() == {"through": 0, "ranges": []}


async def test_no_cache_keeps_what_a_key_may_read(story: Api) -> None:
    headers = (await story.get("/events/visible")).headers
    assert headers["vary"] == "Authorization"
    assert headers["cache-control"] == "no-store"
