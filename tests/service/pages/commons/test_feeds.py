"""The feeds: what is in them, in which order, and in valid Atom and JSON Feed."""

from datetime import datetime
from xml.etree import ElementTree

import pytest

from service.pages.commons.feeds.atom import atom
from service.pages.commons.feeds.feed import Feed
from service.pages.commons.feeds.json_feed import json_feed
from service.pages.commons.works import Work
from service.pages.frame.site import Licence, Site
from tests.service.app import Api
from tests.service.pages.commons.conftest import ADDRESS, COHORT, items

pytestmark = pytest.mark.asyncio(loop_scope="module")

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOSTILE = "]]></title><script>alert(1)</script>&lt; \x00\x0b\ufffe \U0001f400"
SITE = Site(ADDRESS, Licence.of("CC-BY-4.0"))


def tree(xml: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(xml)


async def test_an_atom_feed_has_the_elements_that_the_format_requires(commons: Api) -> None:
    answer = await commons.get("/feed.atom", None)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = tree(answer.content)
    assert root.tag == f"{{{ATOM['a']}}}feed"
    entries = root.findall("a:entry", ATOM)
    assert len(entries) > 10
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            [found] = element.findall(f"a:{name}", ATOM)
            assert found.text
        assert datetime.fromisoformat(element.findtext("a:updated", "", ATOM)).tzinfo
    # An entry without an author has that of the feed.
    assert root.findtext("a:author/a:name", None, ATOM)
    assert [link.get("href") for link in root.findall("a:link[@rel='self']", ATOM)] == [
        f"{ADDRESS}/feed.atom"
    ]
    assert len({entry.findtext("a:id", "", ATOM) for entry in entries}) == len(entries)
    for entry in entries:
        [link] = entry.findall("a:link", ATOM)
        assert str(link.get("href")).startswith(f"{ADDRESS}/")
        assert entry.findtext("a:summary", "", ATOM)


async def test_a_json_feed_has_the_members_that_the_format_requires(commons: Api) -> None:
    answer = await commons.get("/feed.json", None)
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == f"{ADDRESS}/feed.json"
    for item in feed["items"]:
        assert item["id"] and item["content_text"]
        assert item["url"].startswith(f"{ADDRESS}/")
        assert all(datetime.fromisoformat(item[f"date_{n}"]) for n in ("published", "modified"))
        assert all(author.keys() == {"name"} for author in item.get("authors", ()))


async def test_both_feeds_have_the_same_entries_and_those_last_changed_come_first(
    commons: Api,
) -> None:
    root = tree((await commons.get("/feed.atom", None)).content)
    ids = [entry.findtext("a:id", "", ATOM) for entry in root.findall("a:entry", ATOM)]
    assert ids == [item["id"] for item in await items(commons)]
    assert ids[0].startswith("tag:commons.example.org,2026:")
    by_id = {item["id"].split(":")[-1].split("@")[0]: item for item in await items(commons)}
    revised = by_id["learning/reply-within-a-week"]
    assert revised["date_modified"] > revised["date_published"]
    places = list(by_id)
    assert places.index("learning/reply-within-a-week") < places.index("learning/reply-out-loud")


async def test_a_feed_states_the_licence_and_a_publication_its_own(commons: Api) -> None:
    root = tree((await commons.get("/feed.atom", None)).content)
    assert root.findtext("a:rights", "", ATOM) == "CC-BY-4.0"
    licences = [link.get("href") for link in root.findall("a:link[@rel='license']", ATOM)]
    assert licences == ["https://spdx.org/licenses/CC-BY-4.0.html"]
    feed = (await commons.get("/feed.json", None)).json()
    assert feed["_howcanwe"]["licence"] == licences[0]
    [publication] = [item for item in feed["items"] if "/publications/" in item["url"]]
    assert publication["_howcanwe"]["licence"] == "CC-BY-4.0"


async def test_a_feed_may_be_of_a_cohort_and_of_a_theme(commons: Api) -> None:
    every, of_cohort = await items(commons), await items(commons, f"?cohort={COHORT}")
    outside = {item["url"] for item in every} - {item["url"] for item in of_cohort}
    assert f"{ADDRESS}/questions/mill-strangers" in outside
    of_theme = await items(commons, "?theme=LABELS")
    assert of_theme
    assert all("labels" in item["tags"] for item in of_theme)
    both = (await commons.get(f"/feed.json?cohort={COHORT}&theme=labels", None)).json()
    assert both["title"] == "The Valley's Keepers: labels"
    assert both["feed_url"] == f"{ADDRESS}/feed.json?cohort={COHORT}&theme=labels"
    assert await items(commons, "?theme=nobody-has-this") == []
    assert tree((await commons.get("/feed.atom?theme=nobody-has-this", None)).content) is not None


@pytest.mark.parametrize("query", ["cohort=unknown", "cohort=%00", "theme=%00", "cohort=a%20b"])
async def test_a_feed_of_nothing_is_not_found(commons: Api, query: str) -> None:
    for name in ("feed.atom", "feed.json"):
        assert (await commons.get(f"/{name}?{query}", None)).status_code == 404


def feed_of(*works: Work) -> Feed:
    return Feed(SITE, HOSTILE, {"cohort": None, "theme": HOSTILE}, works)


async def test_texts_of_people_are_only_texts_in_a_feed() -> None:
    hostile = Work(
        "failure",
        "a~b",
        HOSTILE,
        [("Why", HOSTILE)],
        by=[HOSTILE],
        position=7,
        time="2024-01-01T00:00:00Z",
        updated="2024-01-01T00:00:00Z",
        themes=['"><x/>'],
        language="en",
    )
    hostile_feed = feed_of(hostile)
    root = tree(atom(hostile_feed))
    [entry] = root.findall("a:entry", ATOM)
    assert {one.tag for one in root.iter()} <= {
        f"{{{ATOM['a']}}}{name}"
        for name in (
            *("feed", "id", "title", "updated", "link", "rights", "author", "name", "entry"),
            *("published", "category", "summary"),
        )
    }
    assert "<script>alert(1)</script>" in entry.findtext("a:title", "", ATOM)
    assert "\x00" not in entry.findtext("a:title", "", ATOM)


async def test_an_empty_feed_is_valid_too() -> None:
    root = tree(atom(feed_of()))
    assert root.findtext("a:updated", "", ATOM) == "1970-01-01T00:00:00Z"
    assert b'"items": []' in json_feed(Feed(SITE, "x", {"cohort": None, "theme": None}, ()))


async def test_the_id_of_an_entry_has_subject_and_position_and_no_port() -> None:
    one = Work("learning", "ask", "Ask", position=12)
    feed = Feed(Site("http://[::1]:8000"), "x", {"cohort": None, "theme": None}, (one,))
    assert feed.id_of(one) == "tag:--1,2026:learning/ask@12"
