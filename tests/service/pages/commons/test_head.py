"""The heads of pages: what the public's say of themselves, and that those of others say nothing."""

import json
import re
from html import unescape

import pytest

from events.vocabulary.stream import Stream
from service.pages.commons.citations import CITED
from service.pages.commons.head import Head
from service.pages.commons.linked_data import linked_data
from service.pages.commons.works import Work, work_of
from service.pages.frame.addresses import of_stream
from service.pages.frame.site import Licence, Site
from tests.service.app import Api, open_api
from tests.service.graphql.client import caught_up
from tests.service.pages.commons.conftest import ADDRESS, COHORT, narrow
from tests.service.pages.conftest import record_demo
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = f"/cohorts/{COHORT}"
LINKED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
ENDING = re.compile(r'<section[^>]* aria-labelledby="(?:take|cite)">.*</section>', re.S)
LEARNING = Stream("learning/a")
HOSTILE = "</script><script>alert(1)</script><!-- \u2028 & ' \""


def heads(html: str) -> dict[str, str]:
    """Return the values of the `meta` elements of a page, by name or property."""
    return {
        str(given.get("property") or given.get("name")): str(given.get("content"))
        for tag, given in PageReader(html).elements
        if tag == "meta" and (given.get("property") or given.get("name"))
    }


def links(html: str, relation: str) -> list[str]:
    return [
        str(given["href"])
        for tag, given in PageReader(html).elements
        if tag == "link" and given.get("rel") == relation
    ]


async def test_a_public_page_names_its_address_its_feeds_and_its_card(commons: Api) -> None:
    html = (await commons.get(PAGE, None)).text
    assert links(html, "canonical") == [f"{ADDRESS}{PAGE}"]
    assert links(html, "alternate") == [f"/feed.{end}?cohort={COHORT}" for end in ("atom", "json")]
    head = heads(html)
    assert head["og:title"] == "The Valley's Keepers"
    assert head["og:url"] == f"{ADDRESS}{PAGE}"
    assert head["og:image"] == f"{ADDRESS}/cards/cohort/{COHORT}.png"
    assert (head["og:image:width"], head["og:image:height"]) == ("1200", "630")
    assert head["og:description"].startswith("How can we make looking after")
    for address in (*links(html, "alternate"), head["og:image"].removeprefix(ADDRESS)):
        assert (await commons.get(address, None)).status_code == 200


async def test_a_page_of_many_things_is_described_too(commons: Api) -> None:
    html = (await commons.get("/", None)).text
    assert links(html, "canonical") == [f"{ADDRESS}/"]
    assert links(html, "alternate") == ["/feed.atom", "/feed.json"]
    head = heads(html)
    assert head["og:title"] == "What organisations asked, tried, failed at and learned"
    assert "og:image" not in head
    assert not LINKED.search(html)


async def test_the_canonical_address_has_no_language(commons: Api) -> None:
    html = (await commons.get(f"{PAGE}?language=de", None)).text
    # The language that was chosen stays, by a cookie that the other tests must not send.
    commons.client.cookies.clear()
    assert links(html, "canonical") == [f"{ADDRESS}{PAGE}"]
    assert links((await commons.get("/?after=x", None)).text, "canonical") == []


async def test_a_page_has_its_thing_as_linked_data(commons: Api) -> None:
    [linked] = LINKED.findall((await commons.get(PAGE, None)).text)
    found = json.loads(linked)
    assert found["@context"] == "https://schema.org"
    assert found["@type"] == "Dataset"
    assert found["url"] == f"{ADDRESS}{PAGE}"
    assert found["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert found["distribution"]["contentUrl"] == f"{ADDRESS}{PAGE}/data.zip"
    assert found["temporalCoverage"] == "2024-01-11/2024-10-10"
    assert {one["@type"] for one in found["creator"]} == {"Organization"}
    assert "facilitator" not in linked


@pytest.mark.parametrize("path", ["/", PAGE])
@pytest.mark.parametrize("who", ["facilitator", "analyst", "admin"])
async def test_the_head_of_what_somebody_sees_by_being_signed_in_says_nothing(
    commons: Api, path: str, who: str
) -> None:
    html = (await commons.get(path, who)).text
    assert not links(html, "canonical") and not links(html, "alternate")
    assert not any(name.startswith("og:") for name in heads(html))
    assert "ld+json" not in html


def ending(html: str) -> str:
    """Return what a page offers to cite and to download."""
    found = ENDING.search(html)
    return found.group() if found else ""


async def public_of(commons: Api) -> list[str]:
    """Return the addresses of what the public may cite."""
    lists = " ".join(f"{kind}s(first: 3) {{ nodes {{ stream }} }}" for kind in CITED)
    answer = await commons.client.post("/graphql", json={"query": f"{{ {lists} }}"})
    nodes = (one for found in answer.json()["data"].values() for one in found["nodes"])
    return [of_stream(one["stream"]) for one in nodes]


async def test_who_is_signed_in_cites_and_downloads_what_the_public_does(commons: Api) -> None:
    addresses = await public_of(commons)
    assert len({address.split("/")[1] for address in addresses}) == len(CITED)
    for address in addresses:
        public = ending((await commons.get(address, None)).text)
        assert f"{address}/cite.bib" in public
        for who in ("facilitator", "analyst"):
            assert ending((await commons.get(address, who)).text) == public


async def test_what_is_not_public_is_not_cited_by_who_is_signed_in(commons: Api) -> None:
    public = set(await public_of(commons))
    seen = 0
    query = "{ learnings(first: 100) { nodes { stream visibility } } }"
    answer = await commons.client.post(
        "/graphql", json={"query": query}, headers=commons.headers("facilitator")
    )
    for one in answer.json()["data"]["learnings"]["nodes"]:
        if one["visibility"] != "PUBLIC":
            assert of_stream(one["stream"]) not in public
            seen += 1
            assert not ending((await commons.get(of_stream(one["stream"]), "facilitator")).text)
    assert seen


async def test_a_page_below_that_of_a_thing_offers_nothing(commons: Api) -> None:
    for who in (None, "facilitator"):
        assert not ending((await commons.get(f"{PAGE}/questions", who)).text)


async def test_what_is_narrowed_is_no_longer_cited_by_who_is_signed_in(
    database_url: str,
) -> None:
    async with open_api(database_url, lives=True, public_url=ADDRESS) as own:
        await record_demo(own)
        address = next(one for one in await public_of(own) if one.startswith("/learnings/"))
        assert ending((await own.get(address, "facilitator")).text)
        await narrow(own, address[1:].replace("learnings", "learning"))
        await caught_up(own.service)
        assert not ending((await own.get(address, "facilitator")).text)


async def test_a_page_of_nothing_says_nothing(commons: Api) -> None:
    html = (await commons.get("/cohorts/unknown", None)).text
    assert not links(html, "canonical") and "ld+json" not in html and "og:" not in html


async def test_a_public_page_offers_citation_and_download(commons: Api) -> None:
    answer = await commons.get(PAGE, None, accept_language="en")
    page = PageReader(answer.text)
    assert f"(2024): The Valley's Keepers. {ADDRESS}{PAGE}" in page.text
    for address in (f"{PAGE}/cite.bib", f"{PAGE}/cite.json", f"{PAGE}/data.zip"):
        assert address in page.links
        assert (await commons.get(address, None)).status_code == 200


async def test_the_licence_is_on_every_page_if_there_is_one(
    commons: Api, copies: dict[str, object]
) -> None:
    for who in (None, "facilitator"):
        page = PageReader((await commons.get("/", who, accept_language="en")).text)
        assert "Licence of what is public here: CC-BY-4.0" in page.text
        assert "https://spdx.org/licenses/CC-BY-4.0.html" in page.links


async def test_no_licence_is_stated_if_the_operator_names_none() -> None:
    page = linked_data(Work("learning", "a", "A"), Site(ADDRESS))
    assert "license" not in page
    own = linked_data(Work("publication", "a", "A", licence="MIT"), Site(ADDRESS))
    assert own["license"] == "https://spdx.org/licenses/MIT.html"
    assert Licence.of("https://example.org/terms").address == "https://example.org/terms"


async def test_texts_of_people_cannot_leave_the_script_element() -> None:
    one = Work("learning", "a", HOSTILE, [("", HOSTILE)], by=[HOSTILE], language=HOSTILE)
    text = str(Head(Site(ADDRESS), None, [], one.stream, one, True).linked_data)
    assert not set("<>&'") & set(text)
    found = json.loads(text)
    assert (found["name"], found["description"]) == (HOSTILE, HOSTILE)


async def test_a_description_is_the_beginning_of_the_texts() -> None:
    long = Work("learning", "a", "A", [("", "word " * 200)])
    shown = str(Head(Site(ADDRESS), None, [], None, long, True).description)
    assert len(shown) <= 301 and shown.endswith("…")
    assert unescape(shown) == shown


async def test_a_page_without_the_texts_of_its_thing_is_described_without_them() -> None:
    assert work_of(LEARNING, {"learning": {"key": "a"}}) is None
    assert work_of(Stream("pairing/a"), {"pairing": {"key": "a", "purpose": "x"}}) is None
    assert work_of(LEARNING, {}) is None
    little = {"key": "a", "title": "A", "sharedQuestion": {"key": "b"}, "memberships": {}}
    cohort = work_of(Stream("cohort/a"), {"cohort": little})
    assert cohort is not None and (cohort.text, cohort.by) == ("", [])
    found = work_of(LEARNING, {"thing": {"key": "a", "statement": "A"}})
    assert found is not None and found.title == "A"
