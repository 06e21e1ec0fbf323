"""The sitemap: valid, complete, in parts where there is too much, and without what has no page."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from service.graphql.types.listed import KINDS
from service.pages.commons import sitemap
from service.pages.frame.site import Site
from service.pages.routes import PAGES
from tests.service.app import Api
from tests.service.pages.commons.conftest import ADDRESS, COHORT

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def locations(xml: bytes) -> list[str]:
    return [str(one.text) for one in ElementTree.fromstring(xml).findall(".//s:loc", NAMESPACE)]


async def test_the_sitemap_has_pages_that_the_public_sees(commons: Api) -> None:
    answer = await commons.get("/sitemap.xml", None)
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    found = locations(answer.content)
    assert {f"{ADDRESS}/", f"{ADDRESS}/cohorts/{COHORT}"} <= set(found)
    assert len(found) == len(set(found))
    for address in found:
        answer = await commons.get(address.removeprefix(ADDRESS), None)
        assert answer.status_code == 200, address


async def test_each_subject_has_the_day_of_its_last_change(commons: Api) -> None:
    root = ElementTree.fromstring((await commons.get("/sitemap.xml", None)).content)
    for url in root.findall("s:url", NAMESPACE):
        changed = url.findtext("s:lastmod", None, NAMESPACE)
        assert changed is None or datetime.fromisoformat(changed).year >= 2024


async def test_only_kinds_with_a_page_are_listed_and_never_persons() -> None:
    paths = {"/learnings/{key}", "/persons/{key}", "/cohorts/{key}"}
    assert set(sitemap.kinds(paths)) == {"learning", "cohort"}
    assert "cohort" in sitemap.kinds({page.path for page in PAGES})


async def test_the_sitemap_has_of_each_kind_what_the_public_sees(
    commons: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "kinds", lambda paths: list(KINDS))
    lists = " ".join(f"{kind}s(first: 100) {{ nodes {{ key }} }}" for kind in KINDS)
    answer = await commons.client.post("/graphql", json={"query": f"{{ {lists} }}"})
    seen = {
        f"{ADDRESS}/{kind}s/{one['key']}"
        for kind in KINDS
        for one in answer.json()["data"][f"{kind}s"]["nodes"]
    }
    listed = locations((await commons.get("/sitemap.xml", "facilitator")).content)
    assert {address for address in listed if address.count("/") > 3} == seen
    assert f"{ADDRESS}/learnings/we-skim" in seen
    assert f"{ADDRESS}/learnings/put-up-a-mistake" not in seen


async def test_more_than_a_sitemap_may_have_is_in_parts(
    commons: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "kinds", lambda paths: ["cohort", "organisation", "learning"])
    whole = locations((await commons.get("/sitemap.xml", None)).content)
    assert f"{ADDRESS}/learnings/we-skim" in whole
    monkeypatch.setattr(sitemap, "SUBJECTS_MAX", 1)
    index = (await commons.get("/sitemap.xml", None)).content
    parts = locations(index)
    assert b"<sitemapindex" in index
    assert parts == [f"{ADDRESS}/sitemaps/{number}.xml" for number in range(1, len(parts) + 1)]
    found = []
    for part in parts:
        answer = await commons.get(part.removeprefix(ADDRESS), None)
        found += locations(answer.content)
    assert len(found) == len(set(found))
    assert set(found) == set(whole)
    assert (await commons.get(f"/sitemaps/{len(parts) + 1}.xml", None)).status_code == 404


async def test_a_part_is_within_the_limit_of_the_protocol() -> None:
    assert sitemap.SUBJECTS_MAX + len(sitemap.PAGES) == 50_000
    assert [sitemap.parts(count) for count in (0, 1, sitemap.SUBJECTS_MAX)] == [1, 1, 1]
    assert sitemap.parts(sitemap.SUBJECTS_MAX + 1) == 2


async def test_keys_are_escaped_in_addresses() -> None:
    row = {"kind": "cohort", "key": "a~b&c", "updated_at": datetime(2024, 1, 1, tzinfo=UTC)}
    assert locations(sitemap.urlset(Site(ADDRESS), [], [row])) == [f"{ADDRESS}/cohorts/a~b%26c"]


async def test_robots_are_shown_the_sitemap_and_kept_from_searches(commons: Api) -> None:
    lines = (await commons.get("/robots.txt", None)).text.splitlines()
    assert lines[0] == "User-agent: *"
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in lines
    assert "Disallow: /search" in lines
    assert "Disallow: /" not in lines
