"""Everything in the commons: the same for all who ask, with an ETag, gone at once when it is narrowed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.service.app import READ_SECONDS_MAX, Api, open_api, problem
from tests.service.graphql.client import caught_up
from tests.service.pages.commons.conftest import (
    ADDRESS,
    COHORT,
    LICENCE,
    items,
    narrow,
    unpacked,
)
from tests.service.pages.conftest import record_demo

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADDRESSES = (
    "/feed.atom",
    "/feed.json",
    f"/feed.atom?cohort={COHORT}",
    "/sitemap.xml",
    "/sitemaps/1.xml",
    f"/cards/cohort/{COHORT}.png",
    "/cards/learning/we-skim.png",
    f"/cohorts/{COHORT}/data.zip",
    f"/cohorts/{COHORT}/cite.bib",
    "/questions/mill-labels/cite.json",
    "/learnings/we-skim/cite.bib",
    "/publications/keepers-report/cite.json",
)
OF_LEARNING = (
    "/cards/learning/we-skim.png",
    "/learnings/we-skim/cite.bib",
    "/learnings/we-skim/cite.json",
)
HIDDEN = (
    "/cards/learning/put-up-a-mistake.png",
    "/learnings/put-up-a-mistake/cite.bib",
    "/cards/person/dot.png",
    "/cards/nothing/we-skim.png",
    "/cards/learning/unknown.png",
    "/learnings/unknown/cite.json",
    "/learnings/a%00b/cite.json",
    "/cohorts/unknown/data.zip",
    "/cohorts/%00/data.zip",
    "/sitemaps/0.xml",
    "/sitemaps/2.xml",
    "/sitemaps/999999999999999999999.xml",
    "/sitemaps/x.xml",
)


@asynccontextmanager
async def recordable(copies: dict[str, Copies], seconds: float) -> AsyncIterator[Api]:
    """The same in a database that a test may record in; answers wait so long for the read models."""
    async with (
        copies[TEMPLATE].copy() as url,
        open_api(
            url, lives=True, public_url=ADDRESS, licence=LICENCE, min_position_seconds=seconds
        ) as api,
    ):
        await record_demo(api)
        yield api


@pytest_asyncio.fixture(loop_scope="module")
async def own(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The same in a database that a test may record in."""
    async with recordable(copies, READ_SECONDS_MAX) as api:
        yield api


@pytest_asyncio.fixture(loop_scope="module")
async def impatient(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The same, whose answers hardly wait for read models that lag behind."""
    async with recordable(copies, 0.2) as api:
        yield api


@pytest.mark.parametrize("path", ADDRESSES)
async def test_whoever_asks_gets_what_the_public_sees(commons: Api, path: str) -> None:
    public = await commons.get(path, None)
    assert public.status_code == 200, public.text
    for who in ("facilitator", "evaluator", "analyst", "admin"):
        answer = await commons.get(path, who)
        assert answer.content == public.content
        assert answer.headers["etag"] == public.headers["etag"]
    assert (await commons.get(path, "garbage")).status_code == 401


@pytest.mark.parametrize("path", ADDRESSES)
async def test_what_a_client_has_already_is_not_sent_again(commons: Api, path: str) -> None:
    first = await commons.get(path, None)
    assert first.headers["cache-control"] == "no-cache"
    again = await commons.get(path, None, if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    other = await commons.get(path, None, if_none_match='"another"')
    assert (other.status_code, other.content) == (200, first.content)


async def test_each_address_has_an_etag_of_its_own(commons: Api) -> None:
    tags = [(await commons.get(path, None)).headers["etag"] for path in ADDRESSES]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("path", HIDDEN)
async def test_what_is_hidden_and_what_is_unknown_is_not_found(commons: Api, path: str) -> None:
    for who in (None, "facilitator"):
        problem(await commons.get(path, who), 404)


async def test_what_is_narrowed_is_gone_everywhere_at_once(own: Api) -> None:
    tags = {path: (await own.get(path, None)).headers["etag"] for path in OF_LEARNING}
    await narrow(own, "publication/keepers-report")
    await narrow(own, "learning/we-skim")
    for path, tag in tags.items():
        for who in (None, "facilitator"):
            assert (await own.get(path, who, if_none_match=tag)).status_code == 404
    feed = (await own.get("/feed.atom", None)).text
    assert "learning/we-skim" not in feed
    assert "learnings/we-skim" not in (await own.get("/sitemap.xml", None)).text
    assert not any("learning/we-skim" in text for text in (await unpacked(own)).values())
    assert not any(item["url"].endswith("/we-skim") for item in await items(own))


async def test_what_is_widened_is_there(own: Api) -> None:
    path = "/learnings/put-up-a-mistake/cite.json"
    assert (await own.get(path, None)).status_code == 404
    await narrow(own, "learning/put-up-a-mistake", "public")
    await caught_up(own.service)
    assert (await own.get(path, None)).status_code == 200
    assert (await items(own))[0]["url"] == f"{ADDRESS}/learnings/put-up-a-mistake"


async def test_nothing_hidden_is_sent_while_the_read_models_lag_behind(impatient: Api) -> None:
    schema = impatient.service.runner.read_models.schema
    tags = {path: (await impatient.get(path, None)).headers["etag"] for path in ADDRESSES}
    async with impatient.pool() as pool, pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        # A process that projects needs this row.
        await connection.execute(f'SELECT 1 FROM "{schema}".checkpoint FOR UPDATE')
        try:
            await narrow(impatient, "learning/we-skim")
            for path, tag in tags.items():
                answer = await impatient.get(path, None, if_none_match=tag)
                problem(answer, 503)
                assert answer.headers["retry-after"]
                assert "etag" not in answer.headers
        finally:
            await transaction.rollback()
    await caught_up(impatient.service)
    assert (await impatient.get(OF_LEARNING[0], None)).status_code == 404


async def test_no_person_is_in_anything(own: Api) -> None:
    cohort = f"/cohorts/{COHORT}"
    names = set()
    for line in await own.lines():
        names |= {line["actor"].split("/")[1]} if line["actor"].startswith("person/") else set()
        names |= {line["data"]["facilitator"]} if "facilitator" in line["data"] else set()
    assert len(names) > 1
    files = await unpacked(own)
    assert not {"facilitator", "evaluators", "actor", "source"} & {
        name for text in files.values() for name in text.splitlines()[0].split(",")
    }
    texts = [*files.values(), (await own.get("/feed.json", None)).text]
    texts += [(await own.get(f"{cohort}/cite.{name}", None)).text for name in ("bib", "json")]
    for name in names:
        assert not any(f'"{name}"' in text or f",{name}," in text for text in texts), name
