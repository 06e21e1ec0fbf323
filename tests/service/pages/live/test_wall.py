"""The wall of a cohort: what every member may see, for each kind of viewer who opens it."""

from collections.abc import AsyncIterator, Mapping, Sequence

import pytest
import pytest_asyncio

from service.pages.frame.language import languages
from service.pages.live.wall.view import imported_on
from tests.events.samples import asked, at, corrected, voided
from tests.service.app import Api, open_api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT, ORGANISATIONS
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

WALL = f"/cohorts/{COHORT}/wall"
TIMELINE = """query ($key: String!, $after: String) {
  cohort(key: $key) { timeline(first: 100, after: $after) {
    nodes { position } pageInfo { endCursor hasNextPage }
  } }
}"""
VIEWERS = ("facilitator", *ORGANISATIONS, "evaluator", "analyst")


def positions(html: str) -> list[int]:
    """Return the positions of the entries on a wall."""
    return [int(value) for value in PageReader(html).attributes("li", "data-position")]


async def test_a_wall_shows_the_same_whoever_of_the_cohort_opens_it(site: Api) -> None:
    walls = {who: (await site.get(WALL, who)).text for who in VIEWERS}
    assert len({tuple(positions(html)) for html in walls.values()}) == 1
    assert positions(walls["facilitator"])
    for html in walls.values():
        assert "what every member of the cohort may see" in PageReader(html).text


async def timeline(site: Api, who: str | None) -> set[int]:
    """Return the positions of all entries of the cohort that the graph shows to somebody."""
    found: set[int] = set()
    after = None
    while True:
        answer = await site.client.post(
            "/graphql",
            json={"query": TIMELINE, "variables": {"key": COHORT, "after": after}},
            headers=site.headers(who),
        )
        page = answer.json()["data"]["cohort"]["timeline"]
        found |= {node["position"] for node in page["nodes"]}
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def test_nothing_private_is_on_a_wall(site: Api) -> None:
    shown = set(positions((await site.get(WALL, "facilitator")).text))
    seen: list[set[int]] = [await timeline(site, one) for one in ORGANISATIONS]
    by_all = seen[0].intersection(*seen)
    assert shown <= by_all
    everything = set(positions((await site.get(f"{WALL}?level=private", "facilitator")).text))
    assert everything - by_all


async def test_who_is_not_of_the_cohort_sees_the_public_part(site: Api) -> None:
    public = await timeline(site, None)
    for who in ("admin", None):
        answer = await site.get(WALL, who)
        assert set(positions(answer.text)) <= public
        assert positions(answer.text)
        assert "what is public" in answer.text


async def test_a_facilitator_may_ask_for_all_and_the_page_says_so(site: Api) -> None:
    wall = PageReader((await site.get(WALL, "facilitator")).text)
    assert f"{WALL}?level=private" in wall.links
    everything = PageReader((await site.get(f"{WALL}?level=private", "facilitator")).text)
    assert "also what is private" in everything.text
    assert WALL in everything.links
    for who in ("mill-museum", "analyst"):
        own = PageReader((await site.get(f"{WALL}?level=private", who)).text)
        assert "what every member of the cohort may see" in own.text
        assert not any("level=private" in link for link in own.links if "language" not in link)


async def test_the_stream_of_a_wall_shows_no_more_than_the_wall(site: Api) -> None:
    for query, is_member in (("", True), ("?level=private", False)):
        page = PageReader((await site.get(f"{WALL}{query}", "facilitator")).text)
        [address] = page.attributes("p", "data-live")
        assert ("as=member" in address) is is_member
        assert "signed-in=yes" in address
        [after] = page.attributes("p", "data-after")
        assert int(after) == await site.head()


async def test_an_unknown_cohort_has_no_wall(site: Api) -> None:
    assert (await site.get("/cohorts/there-is-none/wall")).status_code == 404


@pytest_asyncio.fixture(loop_scope="module")
async def begun(database_url: str) -> AsyncIterator[Api]:
    """A cohort in which nothing has happened yet but its beginning."""
    async with open_api(database_url, lives=True) as api:
        await api.begin()
        yield api


async def test_the_last_recorded_is_on_top_with_the_day_on_which_it_happened(begun: Api) -> None:
    await begun.post(asked("today", cohort="heritage"))
    await begun.post(asked("notes", cohort="heritage", time=at(1.5)))
    await caught_up(begun.service)
    wall = PageReader((await begun.get("/cohorts/heritage/wall")).text)
    head = await begun.head()
    assert wall.attributes("li", "data-position")[:2] == [str(head), str(head - 1)]
    assert "Happened: 1 Mar 2024" in wall.text


def recorded(*days: str) -> Sequence[Mapping[str, str]]:
    """Return entries that were recorded on these days."""
    return [{"recordedTime": f"2024-03-{day}T12:00:00Z"} for day in days]


async def test_the_day_on_which_most_entries_were_recorded_is_not_repeated_beside_each() -> None:
    assert imported_on(recorded("01", "01", "02"), languages()["en"]) == "1 Mar 2024"
    assert imported_on(recorded("01", "01", "02", "03"), languages()["en"]) is None
    assert imported_on([], languages()["en"]) is None


async def test_entries_that_were_recorded_together_do_not_say_when(site: Api) -> None:
    wall = PageReader((await site.get(WALL, "facilitator")).text)
    assert "Happened: " in wall.text
    assert "recorded: " not in wall.text


async def test_a_wall_says_why_an_entry_was_undone_and_has_the_way_to_the_cohort(
    begun: Api,
) -> None:
    await begun.post(asked("mistaken", cohort="heritage"))
    await begun.post(voided(await begun.head()))
    await caught_up(begun.service)
    wall = PageReader((await begun.get("/cohorts/heritage/wall")).text)
    assert "An entry was undone: “" in wall.text
    assert "at position" not in wall.text
    assert "/cohorts/heritage/learnings" in wall.links


async def test_what_only_changed_the_record_stands_apart(begun: Api) -> None:
    await begun.post(asked("first", cohort="heritage"))
    first = await begun.head()
    await begun.post(corrected(first, text="Whom to ask?"))
    correction = await begun.head()
    await begun.post(asked("second", cohort="heritage"))
    second = await begun.head()
    await begun.post(voided(second))
    await caught_up(begun.service)
    html = (await begun.get("/cohorts/heritage/wall")).text
    wall, _, changes = html.partition("<details>")
    assert positions(wall)[0] == first
    assert positions(changes)[:2] == [second + 1, correction]
    assert second not in positions(html)
