"""A language that a visitor chooses stays, and what caches keep is in the right language."""

import pytest

from service.pages.frame.language import COOKIE
from tests.service.app import Api
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENGLISH = {"accept-language": "en"}


async def language(visitor: Visitor, path: str) -> str:
    return (await visitor.get(path, **ENGLISH)).headers["content-language"]


async def test_the_language_of_a_link_stays_for_all_pages_until_another_is_chosen(
    site: Api,
) -> None:
    visitor = Visitor(site)
    assert await language(visitor, "/") == "en"
    assert visitor.cookies == {}
    links = PageReader((await visitor.get("/", **ENGLISH)).text).links
    [german] = [link for link in links if "language=" in link]
    assert await language(visitor, german) == "de"
    assert visitor.cookies == {COOKIE: "de"}
    for path in ("/", "/cohorts", f"/cohorts/{COHORT}/week", "/sign-in", "/there-is-none"):
        assert await language(visitor, path) == "de", path
    assert await language(visitor, "/cohorts?language=en") == "en"
    assert await language(visitor, "/") == "en"


async def test_it_stays_when_somebody_signs_in_and_out(site: Api) -> None:
    visitor = Visitor(site)
    await visitor.get("/sign-in?language=de", **ENGLISH)
    await visitor.post("/sign-in", key=site.keys["mill-museum"])
    assert "Abmelden" in (await visitor.get("/", **ENGLISH)).text
    await visitor.post("/sign-out", token=await visitor.token())
    assert await language(visitor, "/sign-out") == "de"


async def test_a_language_that_there_is_not_is_not_kept(site: Api) -> None:
    visitor = Visitor(site, cookies={COOKIE: "xx"})
    assert await language(visitor, "/?language=fr") == "en"
    assert visitor.cookies == {COOKIE: "xx"}


async def test_a_cache_tells_languages_apart(site: Api) -> None:
    english, german = Visitor(site), Visitor(site, cookies={COOKIE: "de"})
    tag = (await english.get("/", **ENGLISH)).headers["etag"]
    answer = await german.get("/", **ENGLISH, **{"if-none-match": tag})
    assert answer.status_code == 200
    assert "Cookie" in answer.headers["vary"]
    again = {"if-none-match": answer.headers["etag"], **ENGLISH}
    assert (await german.get("/", **again)).status_code == 304
    assert (await english.get("/", **again)).status_code == 200
