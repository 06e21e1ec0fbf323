"""The report of a cohort: what every member may see, for everybody who sees that, and for others what is public."""

import pytest

from events.access.any_member import any_member
from events.access.audience import tokens
from events.access.principal import PUBLIC, RECORD, Role
from tests.events.samples import registered
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT, ORGANISATIONS
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

REPORT = f"/cohorts/{COHORT}/report"
MEMBERS = "what every member of the cohort may see"
PUBLIC_ONLY = "this report has only what is public"
PRIVATE = "what only facilitators and evaluators may see"
SEEING_MEMBERS_PART = ("facilitator", *ORGANISATIONS, "evaluator", "analyst")

TEXTS = """
query($cohort: [String!]) {
  failures(first: 100, where: {cohort: $cohort}) { nodes { visibility failureCause actual why } }
  learnings(first: 100, where: {cohort: $cohort}) { nodes { visibility statement } }
  iterations(first: 100, where: {cohort: $cohort}) { nodes { visibility title hypothesis conclusion } }
  questions(first: 100, where: {cohort: $cohort}) { nodes { visibility text } }
  outcomes(first: 100, where: {cohort: $cohort}) { nodes { visibility description } }
}
"""


async def texts(site: Api) -> list[tuple[str, str]]:
    """Return all texts of the cohort with their levels."""
    answer = await site.client.post(
        "/graphql",
        json={"query": TEXTS, "variables": {"cohort": [COHORT]}},
        headers=site.headers("facilitator"),
    )
    data = answer.json()["data"]
    return [
        (node["visibility"], text)
        for part in data.values()
        for node in part["nodes"]
        for field, text in node.items()
        if field not in ("visibility", "failureCause") and text
    ]


async def report(site: Api, who: str | None, query: str = "") -> PageReader:
    answer = await site.get(f"{REPORT}{query}", who, accept_language="en")
    assert answer.status_code == 200, answer.text
    page = PageReader(answer.text)
    assert page.faults == []
    return page


def document(page: PageReader) -> str:
    """Return the document in a page."""
    return page.text.partition("Report on a cohort")[2].partition("This page for programs")[0]


def shown(text: str, page: PageReader) -> bool:
    return " ".join(text.split()) in page.text


@pytest.mark.parametrize("who", SEEING_MEMBERS_PART)
async def test_nothing_private_is_in_a_report_of_anybody(site: Api, who: str) -> None:
    page = await report(site, who)
    assert MEMBERS in page.text
    assert PRIVATE not in page.text
    all_texts = await texts(site)
    hidden = [text for level, text in all_texts if level in ("PRIVATE", "PAIR")]
    assert len(hidden) >= 8
    assert [text for text in hidden if shown(text, page)] == []
    wanted = [text for level, text in all_texts if level in ("COHORT", "PUBLIC")]
    assert [text for text in wanted if not shown(text, page)] == []


async def test_all_who_see_the_members_part_get_the_same_report(site: Api) -> None:
    documents = {document(await report(site, who)) for who in SEEING_MEMBERS_PART}
    assert len(documents) == 1
    assert documents != {document(await report(site, None))}


async def test_a_report_of_the_public_has_only_what_is_public(site: Api) -> None:
    page = await report(site, None)
    assert PUBLIC_ONLY in page.text
    all_texts = await texts(site)
    assert [text for level, text in all_texts if level != "PUBLIC" and shown(text, page)] == []
    assert any(shown(text, page) for level, text in all_texts if level == "PUBLIC")


async def test_who_is_no_member_gets_the_public_report(site: Api) -> None:
    sent = await site.post(registered("next-door"))
    assert sent.status_code == 201, sent.text
    await caught_up(site.service)
    outsiders = {
        "outsider": await site.key(Role.ORGANISATION, organisation="next-door"),
        "elsewhere": await site.key(Role.FACILITATOR, cohorts=("another",)),
        "evaluator elsewhere": await site.key(Role.EVALUATOR, cohorts=("another",)),
    }
    expected = document(await report(site, None))
    site.keys |= outsiders
    for who in (*outsiders, "admin"):
        for query in ("", "?level=private"):
            page = await report(site, who, query)
            assert PUBLIC_ONLY in page.text
            assert MEMBERS not in page.text
            assert document(page) == expected, who


@pytest.mark.parametrize("who", ["facilitator", "evaluator"])
async def test_who_oversees_the_cohort_may_ask_for_all_and_every_sheet_says_so(
    site: Api, who: str
) -> None:
    plain = await report(site, who)
    assert f"{REPORT}?level=private" in plain.links
    assert "You are reading the version for members." in plain.text
    page = await report(site, who, "?level=private")
    assert "You are reading" not in page.text
    assert PRIVATE in page.text
    assert REPORT in page.links
    failure = "Two of our seven trustees have resigned, one by text message, during scene thirty."
    assert shown(failure, page)
    assert not shown(failure, plain)
    # Figures that an absence would distort are only in this one.
    assert "failureConversion" in page.text
    assert "define-failureConversion" not in plain.ids


async def test_a_facilitator_reads_how_many_failures_the_version_for_members_leaves_out(
    site: Api,
) -> None:
    page = await report(site, "facilitator")
    assert "It has 10 of the 14 failures that you see. Open the full version" in page.text
    assert "Left out of this version, because only those who see everything" in page.text
    assert "not shown to you" not in page.text
    early = await report(site, "facilitator", "?at=2024-01-20")
    assert "of the 14 failures" not in early.text
    assert "You are reading the version for members." in early.text


@pytest.mark.parametrize("who", ["mill-museum", "village-theatre", "analyst", None])
async def test_nobody_else_gets_more_by_asking_for_it(site: Api, who: str | None) -> None:
    page = await report(site, who, "?level=private")
    assert PRIVATE not in page.text
    assert f"{REPORT}?level=private" not in page.links
    assert "You are reading" not in page.text
    assert document(page) == document(await report(site, who))


async def test_a_report_at_midterm_has_nothing_later(site: Api) -> None:
    page = await report(site, "facilitator", "?at=2024-05-31")
    assert "1 Jun 2024" not in page.text
    assert "as of 31 May 2024" in page.text
    assert "It was not concluded." in page.text
    assert not shown("Board and chalk at four lock gates", page)
    assert "Five came, four stayed" not in page.text
    late = await report(site, "facilitator", "?at=2026-01-01")
    assert "Five came, four stayed" in late.text or "months after:" in late.text


async def test_every_part_of_the_contents_is_there(site: Api) -> None:
    page = await report(site, "facilitator")
    anchors = [link.removeprefix("#") for link in page.links if link.startswith("#")]
    assert len(anchors) > 20
    assert set(anchors) <= set(page.ids)
    for figure in ("funnel", "reach", "harvest"):
        assert f"define-{figure}" in page.ids


async def test_a_report_of_an_unknown_cohort_is_not_found(site: Api) -> None:
    assert (await site.get("/cohorts/there-is-none/report")).status_code == 404
    assert (await site.get(f"{REPORT}?at=soon")).status_code == 400


async def test_every_member_holds_what_the_report_is_asked_with() -> None:
    principal = any_member(RECORD, COHORT, ())
    held = tokens(principal.role, cohorts=principal.cohorts)
    for organisation in ORGANISATIONS:
        members = tokens(Role.ORGANISATION, of=organisation, ever=[COHORT, "earlier"])
        assert held < members
    assert held == tokens(Role.ORGANISATION, of="a", ever=[COHORT]) & tokens(
        Role.ORGANISATION, of="b", ever=[COHORT]
    )
    assert not held & tokens(Role.ORGANISATION, of="c", ever=["another"]) - tokens(Role.ADMIN)
    assert tokens(PUBLIC.role) < held


async def test_a_report_for_all_does_not_deny_a_leaving_that_is_hidden(site: Api) -> None:
    page = PageReader((await site.get(REPORT, None)).text)
    assert "Five came, four stayed" in page.text
    assert "5 organisations joined." in page.text
    assert "No leaving before the close is shown here." in page.text
    assert "stayed." not in page.text.replace("four stayed", "")
    whole = PageReader((await site.get(f"{REPORT}?level=private", "facilitator")).text)
    assert "1 left before the close, 4 stayed." in whole.text
