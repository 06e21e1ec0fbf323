"""What the pages of the sample cohort answer to each kind of visitor."""

import re

import pytest

from tests.service.app import Api
from tests.service.pages.conftest import COHORT, VISITORS
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = f"/cohorts/{COHORT}"
FIRST_OF_JULY = f"{BASE}/week?at=2024-07-01"
PATHS = (
    BASE,
    f"{BASE}/week",
    FIRST_OF_JULY,
    f"{BASE}/questions",
    f"{BASE}/failures",
    f"{BASE}/learnings",
    f"{BASE}/pairings",
    f"{BASE}/pairings?at=2024-07-01",
)
SEES_ALL = ("facilitator", "evaluator")
ONLY_FOR_THE_MILL = "guard off"
"""Of a private failure whose cause was deviance: not for evaluators either."""
ONLY_FOR_PAIRS = "trustees have resigned"
"""Of a failure that the theatre shows to the organisations that it is paired with."""


async def page(site: Api, path: str, who: str | None = "facilitator") -> PageReader:
    answer = await site.get(path, who, accept_language="en")
    assert answer.status_code == 200
    return PageReader(answer.text)


def before(text: str, end: str) -> str:
    return text.partition(end)[0]


async def test_on_the_first_of_july_the_first_lines_say_whom_to_ring_and_why(site: Api) -> None:
    shown = await page(site, FIRST_OF_JULY)
    calls = before(shown.text.partition("On 1 Jul 2024, ")[2], "Have gone quiet")
    assert calls.startswith("something waits at 4 organisations")
    assert re.findall(r"(\w+ (?:Trust|Archive|Theatre)): ", calls) == [
        "Navigation Trust",
        "City Archive",
        "Barn Theatre",
        "Library Trust",
    ]
    for reason in (
        "it has recorded nothing for 67 days; it has been paired with Aldermere City Archive for 129 days",
        "a commitment was due on 28 Mar 2024",
        "nothing has followed its trial “Leave the barn",
        "Wednesdays” for 102 days",
        "a failure of 30 May 2024 repeats one that Brackwater Mill Museum had learned from",
    ):
        assert reason in calls


async def test_each_list_of_the_week_has_what_it_is_about_in_words(site: Api) -> None:
    shown = await page(site, FIRST_OF_JULY)
    for sentence in (
        "Wenn Navigation Trust has recorded nothing for 67 days.",
        "It was due on 28 Mar 2024, 95 days ago.",
        "Something similar had happened before at Brackwater Mill Museum: “Six in a month.”",
        "Market Hatherley Library Trust and Wenn Navigation Trust: volunteers",
    ):
        assert sentence in shown.text
    for absent in ("Trials that stand still", "Check-ins that are due", "No failure recorded"):
        assert absent not in shown.text
    for link in (
        "/pairings/canal-and-archive",
        "/learnings/ask-at-the-object",
        "/organisations/canal-society",
    ):
        assert link in shown.links


async def test_after_the_close_the_day_of_the_close_is_offered(site: Api) -> None:
    shown = await page(site, f"{BASE}/week?at=2026-10-15")
    assert "This cohort closed on 10 Oct 2024." in shown.text
    assert f"{BASE}/week?at=2024-10-10" in shown.links
    assert (
        "Cobbing Barn Theatre: the check-in for 24 months after the close has been due for 14 days"
        in shown.text
    )
    assert "Owner of the field at Swarth" in shown.text
    close = await page(site, f"{BASE}/week?at=2024-10-10")
    assert "This cohort closed" not in close.text


async def test_a_day_on_which_nothing_waits_says_so(site: Api) -> None:
    shown = await page(site, f"{BASE}/week?at=2024-01-12")
    assert "On 12 Jan 2024, nothing waits." in shown.text
    assert "<section" not in shown.html


async def test_a_member_sees_what_waits_at_its_own_and_no_other(site: Api) -> None:
    shown = await page(site, FIRST_OF_JULY, "library-trust")
    assert "You see what waits at Market Hatherley Library Trust." in shown.text
    assert "it has recorded nothing for 18 days" in shown.text
    assert "has recorded nothing for 67 days" not in shown.text
    assert "Ring the archive" not in shown.text


@pytest.mark.parametrize("who", ["analyst", "admin", None])
async def test_others_read_who_is_shown_what_waits(site: Api, who: str | None) -> None:
    shown = await page(site, FIRST_OF_JULY, who)
    assert "What waits is shown to the facilitator and the evaluators of this cohort" in shown.text
    assert "nothing waits" not in shown.text
    assert "has recorded nothing" not in shown.text


async def test_an_evaluator_sees_what_the_facilitator_sees_of_the_week(site: Api) -> None:
    texts = [(await page(site, FIRST_OF_JULY, who)).text for who in SEES_ALL]
    calls = [before(text.partition("On 1 Jul 2024, ")[2], "Could be paired") for text in texts]
    assert calls[0] == calls[1] != ""


async def test_which_question_changed_and_why(site: Api) -> None:
    shown = await page(site, f"{BASE}/questions")
    assert "The shared question, and 8 more. 3 have been put differently since." in shown.text
    for sentence in (
        "At first, on 25 Jan 2024: How can we get the people who worked here to tell the mill's story",
        "Put differently on 4 Jul 2024: How can we share the say over what the mill's walls tell?",
        "Why: Getting the stories was the easy part.",
        "After a failure: Two families who have shared a pew for sixty years aren't speaking.",
        "4 trials: 1 × Refuted, 2 × Supported, 1 × Inconclusive",
    ):
        assert sentence in shown.text
    assert "cy" in shown.attributes("span", "lang")


async def test_which_failure_was_avoidable(site: Api) -> None:
    shown = await page(site, f"{BASE}/failures")
    assert "14 failures have been recorded: 8 × Basic, 4 × Complex, 2 × Intelligent." in shown.text
    assert "9 of 14 led to a learning within 30 days." in shown.text
    assert "1 of 13 repeats what another organisation had already learned from." in shown.text
    assert "Market Hatherley Library Trust, 30 May 2024: “Nine in three weeks.”" in shown.text
    assert "3 trials went better for some than for others." in shown.text
    assert "Hatched: private to its organisation." in shown.text


async def test_failures_are_filtered_by_the_address(site: Api) -> None:
    shown = await page(site, f"{BASE}/failures?organisation=library-trust&type=basic")
    assert "Market Hatherley Library Trust has recorded 2 failures" in shown.text
    assert "1 of 14 failures." in shown.text
    assert "Nine in three weeks." in shown.text
    assert "8.2 visits" not in shown.text
    chosen = [
        given["value"] for tag, given in shown.elements if tag == "option" and "selected" in given
    ]
    assert chosen == ["library-trust", "basic"]
    none = await page(site, f"{BASE}/failures?facet=purpose")
    assert "No failure is like that." in none.text


async def test_who_learned_from_whom(site: Api) -> None:
    shown = await page(site, f"{BASE}/learnings")
    assert (
        "The longest way: Brackwater Mill Museum → Market Hatherley Library Trust → Cobbing Barn Theatre"
        " → Wenn Navigation Trust → Brackwater Mill Museum"
    ) in shown.text
    for link in shown.links:
        if link.startswith("#"):
            assert link[1:] in shown.ids, link
    assert "Contested" in shown.text
    assert "A label known to be wrong is a false record" in shown.text
    assert "The archive is right and it stung a bit." in shown.text
    taken, _, not_taken = shown.text.partition("Not taken up by others yet")
    assert "We had taken control to mean who is in the room." in not_taken
    assert "Brew before work, not after." not in not_taken
    assert "14 learnings." in taken


async def test_later_words_of_a_learning_under_an_old_day_say_so(site: Api) -> None:
    shown = await page(site, f"{BASE}/learnings")
    _, _, lists = shown.text.partition("Who has what from whom")
    revised = "in today's words, revised on 18 Mar 2025"
    assert lists.count(revised) == 4
    assert any(link.endswith("#history") for link in shown.links)


async def test_who_is_paired_and_who_could_be(site: Api) -> None:
    shown = await page(site, f"{BASE}/pairings?at=2024-07-01")
    assert "3 pairings. 1 has never met." in shown.text
    assert (
        "1 in 17 pair-months. While they were together in the cohort without being paired: 3 in 97."
        in shown.text
    )
    assert "They met 6 times:" in shown.text
    assert "Why it ended: We've stopped putting it in the diary. We just ring." in shown.text
    suggested = shown.text.partition("Could be paired")[2]
    assert (
        "Wenn Navigation Trust needs Question: “How can we get more than the same nine people"
        in suggested
    )
    assert (
        "Market Hatherley Library Trust has learned “Opening hours are made of people." in suggested
    )
    now = await page(site, f"{BASE}/pairings")
    assert "After the close nobody is in the cohort" in now.text


async def test_the_overview_leads_from_its_counts_to_what_they_count(site: Api) -> None:
    shown = await page(site, BASE)
    for name in ("questions", "failures", "learnings", "pairings"):
        assert f"{BASE}/{name}" in shown.links
    assert f"{BASE}/failures?organisation=mill-museum" in shown.links
    assert "Aldermere City Archive left on 12 Jul 2024" in shown.text
    assert "/iterations/label-wall-4" in shown.links
    assert "Hosted by Wennshire Heritage Office." in shown.text


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("path", PATHS)
async def test_what_is_private_stands_in_no_source_but_for_those_who_may_see_it(
    site: Api, path: str, who: str | None
) -> None:
    source = (await site.get(path, who)).text
    if who not in ("facilitator", "mill-museum"):
        assert ONLY_FOR_THE_MILL not in source
        assert "mill-guard-off" not in source
    if who not in SEES_ALL:
        assert ONLY_FOR_PAIRS not in source
    if who is None:
        assert "Ring the archive" not in source
        assert "canal-and-archive" not in source


async def test_who_may_see_it_sees_what_is_private(site: Api) -> None:
    for who in ("facilitator", "mill-museum"):
        assert ONLY_FOR_THE_MILL in (await page(site, f"{BASE}/failures", who)).text
    for who in SEES_ALL:
        assert ONLY_FOR_PAIRS in (await page(site, f"{BASE}/failures", who)).text


@pytest.mark.parametrize(
    "path", ["", "/week", "/questions", "/failures", "/learnings", "/pairings"]
)
@pytest.mark.parametrize("who", ["facilitator", None])
async def test_an_unknown_cohort_has_no_pages(site: Api, path: str, who: str | None) -> None:
    answer = await site.get(f"/cohorts/there-is-none{path}", who)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "at", ["2024-02-30", "1900-01-01", "2199-12-31", "%3Cscript%3E", "9999-99-99"]
)
@pytest.mark.parametrize("name", ["week", "pairings"])
async def test_any_day_in_the_address_is_answered(site: Api, name: str, at: str) -> None:
    shown = await page(site, f"{BASE}/{name}?at={at}")
    assert shown.faults == []
    assert "<script>" not in shown.html
