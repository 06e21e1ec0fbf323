"""Things lead to each other: what one came from, and what came of it."""

import re

import pytest

from tests.events.samples import sample_event
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.reading import PageReader
from tests.service.pages.things.everything import things

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_link_between_two_things_stands_on_both_pages(site: Api) -> None:
    links = {}
    everything = await things(site)
    for path in everything:
        # What was recorded while a session ran need not have to do with it.
        text = re.sub(r'(?s)<ol class="[^"]* during">.*?</ol>', "", (await site.get(path)).text)
        page = PageReader(text)
        links[path] = {link for link in page.links if link in everything and link != path}
    assert sum(map(len, links.values())) > 200
    missing = [(a, b) for a, found in links.items() for b in found if a not in links[b]]
    assert missing == []


async def test_every_link_leads_to_a_page_that_the_visitor_sees(site: Api) -> None:
    for who in ("library-trust", None):
        seen = await things(site, who)
        for path in seen:
            page = PageReader((await site.get(path, who)).text)
            inside = [
                link.partition("#")[0]
                for link in page.links
                if re.match(r"/(?!search|queries|events)\w+s/[^/]+$", link)
            ]
            known = [
                one for one in inside if not re.match(r"/(cohorts|organisations)/|.*language=", one)
            ]
            assert [link for link in known if link not in seen] == []


async def test_a_question_shows_its_family_and_its_trials_with_results(site: Api) -> None:
    page = PageReader((await site.get("/questions/keepers-shared", accept_language="en")).text)
    assert "Sut gallwn ni fod yn gymdogion" in page.text, "a grandchild"
    assert {"/questions/mill-labels", "/questions/theatre-barn"} & set(page.links)
    below = PageReader((await site.get("/questions/mill-labels", accept_language="en")).text)
    assert "/questions/keepers-shared" in below.links
    trials = [link for link in below.links if link.startswith("/iterations/")]
    assert trials == [f"/iterations/label-wall-{number}" for number in (1, 2, 3, 4)]
    for words in ("Refuted", "Supported", "Inconclusive", "Six labels from 216 visitors"):
        assert words in below.text


async def test_a_link_to_the_web_gives_nothing_away_and_nothing_is_fetched(site: Api) -> None:
    page = PageReader((await site.get("/publications/snags-volume-one-again")).text)
    [outside] = [
        given for tag, given in page.elements if (given.get("href") or "").startswith("http")
    ]
    assert outside["href"] == "https://keepers.example/snags-1b"
    assert outside["rel"] == "noopener noreferrer nofollow"


async def test_a_learning_of_peers_elsewhere_is_linked_and_kept_there(site: Api) -> None:
    address = "https://elsewhere.example/learnings/ask-first"
    shared = sample_event(
        "inspiration.shared",
        {},
        inspiration="from-elsewhere",
        cohort="heritage-2024",
        kind="peer_practice",
        title="Ask first, then build",
        url=address,
    )
    answer = await site.post({**shared, "time": "2024-09-01T10:00:00Z"})
    assert answer.status_code == 201, answer.text
    await caught_up(site.service)
    page = PageReader((await site.get("/inspirations/from-elsewhere", accept_language="en")).text)
    assert address in page.links
    assert "This is what peers elsewhere found out. It is kept there, not here." in page.text
    assert "Nobody has used it yet, as far as you may see." in page.text


async def test_a_failure_that_another_organisation_could_have_spared_says_so_on_all_three_pages(
    site: Api,
) -> None:
    again, earlier = "/failures/library-cards-desk", "/failures/mill-coats-on"
    learning = "/learnings/ask-at-the-object"
    words_on = {
        again: "Brackwater Mill Museum had failed in a similar way before: “",
        earlier: "Market Hatherley Library Trust failed in a similar way later, on ",
        learning: "This could be read before Market Hatherley Library Trust failed on ",
    }
    for path, words in words_on.items():
        page = PageReader((await site.get(path, accept_language="en")).text)
        assert words in page.text
        assert {again, earlier, learning} - {path} <= set(page.links)
    for who in ("library-trust", None):
        answer = await site.get(earlier, who, accept_language="en")
        assert "similar way" not in answer.text, "nobody can say so who sees only a part"
