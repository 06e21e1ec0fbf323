"""Who sees the pages of things: those to whom the graph gives the things, and nobody sees more in any of them."""

from urllib.parse import quote

import pytest

from tests.service.app import Api
from tests.service.pages.things.everything import NAMING, source, things

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHERS = ("library-trust", "village-theatre", "evaluator", "analyst", "admin", None)


@pytest.mark.parametrize("who", ["facilitator", *OTHERS])
async def test_a_thing_has_a_page_for_those_who_see_it_in_the_graph(
    site: Api, who: str | None
) -> None:
    seen = await things(site, who)
    for path, words in (await things(site)).items():
        answer = await site.get(path, who)
        assert answer.status_code == (200 if path in seen else 404), (path, words)


@pytest.mark.parametrize("who", OTHERS)
async def test_the_words_of_what_is_hidden_stand_in_no_page(site: Api, who: str | None) -> None:
    everything, seen = await things(site), await things(site, who)
    shown = set(seen.values())
    hidden = {words for path, words in everything.items() if path not in seen} - shown
    assert hidden
    for path in everything:
        page = await source(site, path, who)
        assert [words for words in hidden if words and words in page] == [], path


@pytest.mark.parametrize("kind", NAMING)
async def test_a_hidden_thing_and_an_unknown_key_are_answered_alike(site: Api, kind: str) -> None:
    seen = await things(site, None)
    paths = [path for path in await things(site) if path.startswith(f"/{kind}s/")]
    hidden = [path for path in paths if path not in seen]
    unknown = f"/{kind}s/there-is-none"
    expected = await site.get(unknown, None)
    assert expected.status_code == 404
    for path in hidden[:3]:
        answer = await site.get(path, None)
        assert answer.status_code == 404
        # The link for signing in has the address as a parameter.
        text = answer.text.replace(path, unknown)
        assert text.replace(quote(path, safe=""), quote(unknown, safe="")) == expected.text


@pytest.mark.parametrize("kind", NAMING)
@pytest.mark.parametrize("key", ["a b", "%00", "%22%3E%3Cscript%3E", "x" * 3_000, "%ff"])
async def test_a_key_that_no_thing_can_have_is_not_found(site: Api, kind: str, key: str) -> None:
    answer = await site.get(f"/{kind}s/{key}", "facilitator")
    assert answer.status_code == 404
    assert "<script" not in answer.text


async def test_a_private_failure_says_who_sees_it(site: Api) -> None:
    private = [path for path in await things(site) if path.startswith("/failures/")]
    hidden = [path for path in private if path not in await things(site, "library-trust")]
    assert hidden
    for path in hidden:
        page = await source(site, path)
        assert "Only " in page
        assert "sees this" in page or "see this" in page
