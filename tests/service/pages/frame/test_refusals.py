"""Refusals are pages for a person with a browser, and problems for a program."""

import httpx
import pytest
from asyncpg import PostgresConnectionError

from service.access.signing_in.cookies import LOOPBACK
from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api, open_api, problem
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import ACCEPT, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_unknown_path_is_a_page_for_a_browser_and_a_problem_for_a_program(
    site: Api,
) -> None:
    for path in ("/there-is-none", "/cohorts/a/b/c/d", "/assets/none.css", "/sign-in/x"):
        answer = await Visitor(site).get(path)
        assert answer.status_code == 404
        page = PageReader(answer.text)
        assert page.faults == []
        assert "There is nothing here for you" in page.text
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        for accept in ("*/*", "application/json", "application/problem+json, text/html;q=0.9"):
            problem(await site.get(path, None, accept=accept), 404)


async def test_it_shows_who_is_signed_in(site: Api) -> None:
    visitor = Visitor(site)
    assert "Brackwater Mill Museum" not in (await visitor.get("/there-is-none")).text
    await visitor.post("/sign-in", key=site.keys["mill-museum"])
    for path in ("/there-is-none", "/cohorts/there-is-none"):
        page = PageReader((await visitor.get(path)).text)
        assert "Brackwater Mill Museum" in page.text
        assert "/sign-out" in page.links


@pytest.mark.parametrize("path", ["//example.org/x", "/\\example.org", "///example.org"])
async def test_its_links_stay_here_whatever_its_path_is(site: Api, path: str) -> None:
    page = PageReader((await Visitor(site).get(path.replace("\\", "%5C"))).text)
    assert len(page.links) > 5
    for link in page.links:
        if link == "#content":
            continue
        assert link.startswith("/") and not link.startswith(("//", "/\\")), link


async def test_a_method_that_a_page_does_not_have_is_a_page(site: Api) -> None:
    answer = await Visitor(site).post("/", x="y")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.headers["content-type"].startswith("text/html")


async def test_a_key_that_is_not_valid_is_a_page_on_pages_and_a_problem_elsewhere(
    site: Api,
) -> None:
    given = {"accept": ACCEPT, "authorization": "Bearer garbage"}
    answer = await site.client.get(f"{HERE}/", headers=given)
    assert answer.status_code == 401
    assert "Please sign in" in PageReader(answer.text).text
    assert "www-authenticate" in answer.headers
    problem(await site.client.get(f"{HERE}/events", headers=given), 401)


async def test_beyond_a_rate_a_browser_gets_a_page(database_url: str) -> None:
    async with open_api(
        database_url, address_requests_per_second=0.5, key_requests_per_second=0
    ) as api:
        assert (await Visitor(api).get("/sign-in")).status_code == 200
        answer = await Visitor(api).get("/sign-in")
        assert answer.status_code == 429
        assert "Too many requests" in PageReader(answer.text).text
        assert int(answer.headers["retry-after"]) > 0
        problem(await api.get("/", None), 429)


async def test_without_a_database_a_browser_gets_a_page(
    site: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(secret: str) -> None:
        raise PostgresConnectionError("gone")

    monkeypatch.setattr(site.service.sessions, "caller", away)
    visitor = Visitor(site, cookies={LOOPBACK: "x" * 43})
    answer = await visitor.get("/")
    assert answer.status_code == 503
    assert "The record cannot be read at present" in PageReader(answer.text).text
    assert "retry-after" in answer.headers
    # Whether there is such a path does not depend on the database.
    assert (await visitor.get("/there-is-none")).status_code == 404


async def test_an_error_of_ours_is_a_page_for_a_browser_too(
    site: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise IndexError("a text of somebody")

    monkeypatch.setattr(site.app.state.pages, "ask", broken)
    transport = httpx.ASGITransport(app=site.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
        answer = await client.get("/cohorts", headers={"accept": ACCEPT})
        assert answer.status_code == 500
        page = PageReader(answer.text)
        assert page.faults == []
        assert "This page could not be made" in page.text
        assert "a text of somebody" not in answer.text
        problem(await client.get("/cohorts", headers={"accept": "application/json"}), 500)
