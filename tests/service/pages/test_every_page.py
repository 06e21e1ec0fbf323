"""What holds for every page, for every visitor."""

import json
from functools import cache
from gettext import NullTranslations

import pytest

from service.pages.frame.language import TAGS, languages
from service.pages.frame.page import Page
from service.pages.routes import PAGES
from tests.service.app import Api
from tests.service.pages.conftest import COHORT, VISITORS
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEYS = {
    "cohorts": COHORT,
    "organisations": "mill-museum",
    "questions": "mill-labels",
    "iterations": "label-wall-4",
    "failures": "mill-coats-on",
    "learnings": "ask-at-the-object",
    "inspirations": "bakery-book",
    "asks": "mill-fading-labels",
    "outcomes": "key-policy",
    "publications": "snags-volume-one-again",
    "sessions": "what-broke",
    "commitments": "theatre-not-asked",
    "pairings": "mill-and-library",
}
"""A key of the sample cohort for each first part of an address."""


def example(page: Page) -> str:
    """Return the address of a page of the sample cohort."""
    key = KEYS.get(page.path.split("/")[1], "")
    return page.path.replace("{key}", key).replace("{figure}", "failureMix")


EXAMPLES = [*(example(page) for page in PAGES), "/search?q=wall"]


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("path", EXAMPLES)
async def test_a_page_is_well_formed_and_loads_only_what_is_ours(
    site: Api, path: str, who: str | None
) -> None:
    answer = await site.get(path, who, accept_language="en")
    assert answer.status_code in ((200, 404) if who in (None, "admin") else (200,)), answer.text
    page = PageReader(answer.text)
    assert page.faults == []
    assert len(page.ids) == len(set(page.ids))
    loaded = [
        *(
            str(given["href"])
            for tag, given in page.elements
            if tag == "link" and given["rel"] not in ("canonical", "license")
        ),
        *page.attributes("script", "src"),
        *page.attributes("img", "src"),
    ]
    assert all(address.startswith("/") for address in loaded), loaded
    assert not any("style" in given for _, given in page.elements)
    assert not any(name.startswith("on") for _, given in page.elements for name in given)
    for tag, given in page.elements:
        assert tag != "style"
        assert tag != "script" or given.get("src") or given.get("type") == "application/ld+json"


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("path", EXAMPLES)
async def test_what_is_signed_in_is_not_kept(site: Api, path: str, who: str | None) -> None:
    answer = await site.get(path, who)
    expected = "no-cache" if who is None and answer.status_code == 200 else "no-store"
    assert answer.headers["cache-control"] == expected
    assert ("etag" in answer.headers) == (expected == "no-cache")
    assert "Cookie" in answer.headers["vary"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", EXAMPLES)
async def test_the_public_gets_304_until_something_is_recorded(site: Api, path: str) -> None:
    answer = await site.get(path, None)
    if answer.status_code == 404:
        return
    again = await site.get(path, None, if_none_match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    other = await site.get(path, None, if_none_match='"another"')
    assert other.status_code == 200
    german = await site.get(path, None, if_none_match=answer.headers["etag"], accept_language="de")
    assert german.status_code == 200


@pytest.mark.parametrize("who", ["facilitator", "mill-museum"])
@pytest.mark.parametrize("path", EXAMPLES)
async def test_anybody_may_ask_what_a_page_asks(site: Api, path: str, who: str) -> None:
    page = PageReader((await site.get(path, who)).text)
    queries = [link for link in page.links if link.startswith("/queries/")]
    assert queries
    for query, named in zip(queries, ("variables", "variables2"), strict=False):
        document = await site.get(query, None)
        assert document.headers["content-type"] == "text/plain; charset=utf-8"
        answer = await site.client.post(
            "/graphql",
            json={"query": document.text, "variables": json.loads(page.named[named])},
            headers=site.headers(who),
        )
        assert "errors" not in answer.json(), answer.text


class Missing(NullTranslations):
    """Stands behind a catalogue, and keeps the messages that are not in it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def gettext(self, message: str) -> str:
        self.found.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.found.add(msgid1)
        return super().ngettext(msgid1, msgid2, n)


@cache
def behind(tag: str) -> Missing:
    """Return what stands behind the catalogue of a language, from the first call on."""
    missing = Missing()
    languages()[tag].catalogue.add_fallback(missing)
    return missing


@pytest.mark.parametrize("tag", TAGS[1:])
@pytest.mark.parametrize("path", EXAMPLES)
async def test_all_that_a_page_says_is_in_the_catalogues(site: Api, path: str, tag: str) -> None:
    missing = behind(tag)
    missing.found.clear()
    for who in VISITORS:
        answer = await site.get(path, who, accept_language=tag)
        assert answer.headers["content-language"] == tag
    assert missing.found == set()


async def test_a_path_without_a_page_is_answered_alike_for_hidden_and_unknown(site: Api) -> None:
    unknown = await site.get("/cohorts/there-is-none", None)
    assert unknown.status_code == 404
    assert "There is nothing here for you" in unknown.text
