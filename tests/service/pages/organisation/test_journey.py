"""The journeys of the sample cohort, as every kind of visitor reads them."""

import pytest

from tests.service.app import Api
from tests.service.pages.conftest import ORGANISATIONS, VISITORS
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/organisations/mill-museum"


async def read(site: Api, path: str = PATH, who: str | None = "facilitator") -> PageReader:
    """Return the page as `who` gets it."""
    answer = await site.get(path, who, accept_language="en")
    assert answer.status_code == 200, answer.text
    return PageReader(answer.text)


async def test_the_mill_tells_which_question_changed_and_why(site: Api) -> None:
    text = (await read(site)).text
    _, _, story = text.partition("Question by question")
    parts = [
        "How can we get the people who worked here to tell the mill's story in their own words?",
        "Trial: Blank labels by the way out",
        "Refuted · Pivot",
        "We put the table where we had room for a table.",
        "The question was reworded",
        "How can we share the say over what the mill's walls tell?",
        "Why: Getting the stories was the easy part. We ran out of wall,",
        "Because of: We kept asking how to get better labels.",
        "Answered",
        "Six yards at a time, to people who aren't us, with the dusting.",
    ]
    for part in parts:
        before, found, story = story.partition(part)
        assert found, (part, before[:500])


async def test_the_mill_tells_who_took_what_up_and_what_it_took_up(site: Api) -> None:
    text = (await read(site)).text
    assert "Aldermere City Archive took it up: Indexing in pairs, beside the volume" in text
    assert "Aldermere City Archive challenged it" in text
    assert "Taken up from Market Hatherley Library Trust: A contribution that is answered" in text
    assert "Please stop laminating." in text
    assert "A year later · 9 Oct 2025 · Holding" in text
    assert "Two years later · not recorded" in text


async def test_what_happened_a_year_later_is_said_on_top(site: Api) -> None:
    found = await read(site)
    assert "A year after the close, holding" in found.text


async def test_words_of_a_later_day_say_so(site: Api) -> None:
    found = await read(site)
    assert "in today's words, revised on 4 Jul 2024" in found.text
    assert any(link.startswith("/learnings/") and link.endswith("#history") for link in found.links)


async def test_a_past_day_names_peers_as_they_are_called_today(site: Api) -> None:
    found = await read(site, f"{PATH}?as-of=2024-07-01")
    assert "Taken up from Aldermere City Archive:" in found.text
    assert "another organisation" not in found.text


async def test_who_hosts_a_cohort_has_its_sessions_in_its_journey(site: Api) -> None:
    found = await read(site, "/organisations/county-heritage")
    assert "First day, in the mill's canteen" in found.text


async def test_new_entries_are_announced_but_not_in_the_past(site: Api) -> None:
    [address] = (await read(site)).attributes("p", "data-live")
    assert address.startswith("/live?organisation=mill-museum")
    assert not (await read(site, f"{PATH}?as-of=2024-07-01")).attributes("p", "data-live")


async def test_the_counts_lead_to_what_they_count(site: Api) -> None:
    found = await read(site)
    assert "2 questions, 1 of them reworded" in found.text
    assert "5 trials, 2 supported, 2 refuted, 1 inconclusive" in found.text
    assert {"#question-mill-labels", "#iteration-label-wall-1"} <= set(found.links)


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("organisation", ORGANISATIONS)
async def test_every_mark_leads_to_words_in_the_page(
    site: Api, organisation: str, who: str | None
) -> None:
    found = await read(site, f"/organisations/{organisation}", who)
    within = {link[1:] for link in found.links if link.startswith("#")}
    # The skip link of the frame.
    assert within <= {*found.ids, "content"}


async def test_a_private_failure_is_shown_to_its_organisation_only(site: Api) -> None:
    own = await site.get("/organisations/village-theatre", "village-theatre")
    [*keys] = {
        one.removeprefix("failure-") for one in PageReader(own.text).ids if "failure-" in one
    }
    theirs = await site.get("/organisations/village-theatre", "mill-museum")
    hidden = {key for key in keys if f"failure-{key}" not in PageReader(theirs.text).ids}
    assert hidden
    answer = await site.client.post(
        "/graphql",
        json={
            "query": "query ($keys: [String!]) { failures(where: {key: $keys})"
            " { nodes { key intended actual why } } }",
            "variables": {"keys": sorted(hidden)},
        },
        headers=site.headers("village-theatre"),
    )
    nodes = answer.json()["data"]["failures"]["nodes"]
    assert {one["key"] for one in nodes} == hidden
    public = await site.get("/organisations/village-theatre", None)
    for source in (theirs.text, public.text):
        for one in nodes:
            assert not any(text in source for text in one.values())


async def test_a_past_day_shows_what_had_happened_by_then(site: Api) -> None:
    found = await read(site, f"{PATH}?as-of=2024-07-01")
    assert "as it was at the end of 1 Jul 2024" in found.text
    assert "How can we get the people who worked here" in found.text
    assert "How can we share the say" not in found.text
    assert "Twelve labels to stay" in found.text
    assert "Six yards of wall" not in found.text
    assert PATH in found.links


async def test_a_past_position_shows_what_had_been_recorded_by_then(site: Api) -> None:
    found = await read(site, f"{PATH}?as-of=60")
    assert "as it was at position 60 of the log" in found.text
    assert "Blank labels by the way out" in found.text
    assert "Six yards of wall" not in found.text


async def test_a_past_state_hides_what_is_hidden_now(site: Api) -> None:
    own = await read(site, "/organisations/village-theatre?as-of=9999-12-31", "village-theatre")
    peer = await read(site, "/organisations/village-theatre?as-of=9999-12-31", "mill-museum")
    public = await read(site, "/organisations/village-theatre?as-of=9999-12-31", None)
    failures = [
        {one for one in found.ids if one.startswith("failure-")} for found in (own, peer, public)
    ]
    assert failures[0] > failures[1] >= failures[2]


async def test_the_same_journey_is_shown_by_cohort_and_from_a_day(site: Api) -> None:
    of_cohort = await read(site, f"{PATH}?cohort=heritage-2024")
    assert "Six yards of wall" in of_cohort.text
    of_another = await read(site, f"{PATH}?cohort=another")
    assert "Nothing of its journey is shown to you here." in of_another.text
    late = await read(site, f"{PATH}?from=2024-07-01")
    assert "Only what came from 1 Jul 2024 on is shown." in late.text
    assert "Six yards of wall" in late.text
    assert "Trial: Blank labels by the way out" not in late.text


async def test_an_organisation_that_is_not_there_is_not_found(site: Api) -> None:
    for who in ("facilitator", None):
        assert (await site.get("/organisations/nobody", who)).status_code == 404
