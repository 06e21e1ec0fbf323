"""The page that finds things by words."""

from urllib.parse import parse_qs, urlsplit

import pytest

from service.pages.search.view import KINDS
from tests.service.app import Api
from tests.service.pages.reading import PageReader
from tests.service.pages.things.everything import things

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def search(site: Api, who: str | None = "facilitator", **query: str) -> PageReader:
    answer = await site.client.get(
        "/search", params=query, headers=site.headers(who, {"accept-language": "en"})
    )
    assert answer.status_code == 200, answer.text
    page = PageReader(answer.text)
    assert page.faults == []
    return page


def hits(page: PageReader) -> list[str]:
    """Return the addresses of the hits: the links that are in the headings of the list."""
    found = []
    for before, (tag, given) in zip(page.elements, page.elements[2:], strict=False):
        if before[0] == "h2" and tag == "a":
            found.append(given["href"] or "")
    return found


async def test_a_hit_shows_its_kind_whose_it_is_when_and_the_words_in_it(site: Api) -> None:
    page = await search(site, q="milkman")
    assert hits(page) == ["/outcomes/weaver-street-gate"]
    for words in (
        "Outcome",
        "Brackwater Mill Museum",
        "28 Nov 2024",
        "The organisation's part in it:",
    ):
        assert words in page.text
    assert "<mark>milkman</mark>" in page.html


async def test_the_words_in_a_name_are_marked_in_the_link(site: Api) -> None:
    page = await search(site, q="lent out")
    assert (
        'href="/iterations/label-wall-4">Six yards of wall, <mark>lent</mark> <mark>out</mark></a>'
        in (page.html)
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_a_kind_is_chosen_by_a_link_that_keeps_the_words(site: Api, kind: str) -> None:
    everything = await search(site, q="the")
    address = f"/search?q=the&kind={kind}"
    assert address in everything.links
    page = await search(site, q="the", kind=kind)
    assert all(hit.startswith(f"/{kind}s/") for hit in hits(page))
    assert "/search?q=the" in page.links


async def test_pages_of_results_follow_each_other_by_links(site: Api) -> None:
    found: list[str] = []
    page = await search(site, q="the")
    total = int(page.text.partition(" found.")[0].rpartition(" ")[2])
    assert total > 20
    while True:
        found += hits(page)
        following = [
            given["href"] or "" for _, given in page.elements if given.get("rel") == "next"
        ]
        if not following:
            break
        query = {name: value for name, [value] in parse_qs(urlsplit(following[0]).query).items()}
        page = await search(site, **query)
        assert "To the first results" in page.text
    assert len(found) == len(set(found)) == total


async def test_nothing_found_and_nothing_asked_are_said_in_words(site: Api) -> None:
    assert "Nothing that you may see has these words." in (await search(site, q="xylophone")).text
    assert "You are not signed in" in (await search(site, None, q="xylophone")).text
    for query in ({}, {"q": ""}, {"q": " \0 "}):
        page = await search(site, **query)
        assert "Type a few words" in page.text
        assert hits(page) == []


async def test_a_text_that_is_too_long_is_answered_politely(site: Api) -> None:
    page = await search(site, q="word " * 300)
    assert "This is too long to search for." in page.text
    assert "word word" not in page.html


@pytest.mark.parametrize("query", [{"after": "nonsense"}, {"after": "%00"}])
async def test_a_cursor_of_another_list_is_not_found(site: Api, query: dict[str, str]) -> None:
    answer = await site.client.get("/search", params={"q": "the", **query})
    assert answer.status_code == 404


async def test_a_kind_that_is_not_there_searches_everything(site: Api) -> None:
    for kind in ("person", "PERSON", "nonsense"):
        assert hits(await search(site, q="milkman", kind=kind))


@pytest.mark.parametrize("who", ["library-trust", "analyst", "evaluator", "admin", None])
async def test_what_is_hidden_is_not_found(site: Api, who: str | None) -> None:
    seen = await things(site, who)
    everything = await things(site)
    hidden = {path: words for path, words in everything.items() if path not in seen and words}
    assert hidden
    for words in list(hidden.values())[:15]:
        page = await search(site, who, q=words[:200])
        assert [hit for hit in hits(page) if hit in hidden] == []


async def test_names_of_persons_are_not_found(site: Api) -> None:
    for kind in ("", "person"):
        page = await search(site, q="person", kind=kind)
        assert not [hit for hit in hits(page) if hit.startswith("/persons/")]
