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


async def test_on_the_first_of_july_the_page_says_whom_to_ring_and_why(site: Api) -> None:
    shown = await page(site, FIRST_OF_JULY)
    calls = before(shown.text.partition("On 1 Jul 2024, ")[2], "Could be paired")
    assert calls.startswith("there are reasons to ring 5 organisations.")
    headings = re.findall(r"<h2><a[^>]*>([^<]*)", shown.html)
    assert headings == [
        "Cobbing Barn Theatre",
        "Brackwater Mill Museum",
        "Wenn Navigation Trust",
        "Aldermere City Archive",
        "Market Hatherley Library Trust",
    ]
    for reason in (
        "28 Jun 2024, Outright failure: “For two farms the show was 214 people",
        "28 Jun 2024, Precarious failure: “Two of our seven trustees have resigned",
        "20 Jun 2024, Outright failure: “Two families who have shared a pew",
        "It has recorded nothing for 67 days, since 24 Apr 2024.",
        "It has been paired with Aldermere City Archive since 22 Feb 2024 (129 days), and no meeting",
        "Commitment: “Ring the archive before the bank holiday",
        "It was due on 28 Mar 2024, 95 days ago.",
    ):
        assert reason in calls
    assert "Market Hatherley Library Trust and Wenn Navigation Trust: volunteers" in shown.text
    for link in (
        "/pairings/canal-and-archive",
        "/failures/promenade-lane",
        "/organisations/canal-society",
    ):
        assert link in shown.links


async def test_a_reason_goes_when_it_has_been_dealt_with(site: Api) -> None:
    first_of_june = await page(site, f"{BASE}/week?at=2024-06-03")
    for sentence in (
        "Its failure of 30 May 2024 is like an earlier one at Brackwater Mill Museum."
        " What happened now: “Nine in three weeks.” What happened then: “Six in a month.”",
        "no more when the organisation has a learning from it",
    ):
        assert sentence in first_of_june.text
    assert "/learnings/ask-at-the-object" in first_of_june.links
    for day in ("2024-07-01", "2024-10-10"):
        later = await page(site, f"{BASE}/week?at={day}")
        assert "Nine in three weeks." not in later.text
        assert "Leave the barn" not in later.text


async def test_who_has_left_is_not_rung(site: Api) -> None:
    shown = await page(site, f"{BASE}/week?at=2024-07-20")
    assert (
        "An organisation that has left the cohort before this day is not among those to ring."
        in shown.text
    )
    assert "of-city-archive" not in shown.ids


async def test_nothing_is_said_twice_but_of_what_two_organisations_share(site: Api) -> None:
    shown = await page(site, FIRST_OF_JULY)
    for once in (
        "nothing for 67 days",
        "Two of our seven trustees",
        "28 Mar 2024",
    ):
        assert shown.text.count(once) == 1
    assert shown.text.count("(129 days)") == 2


async def test_after_the_close_the_page_shows_what_is_still_due(site: Api) -> None:
    shown = await page(site, f"{BASE}/week?at=2026-11-29")
    for sentence in (
        "What is still due",
        "This cohort closed on 10 Oct 2024.",
        "On 29 Nov 2026, 4 organisations are asked to check in.",
        "6 months after the close: was due from 10 Apr 2025. Checked in: Brackwater Mill Museum,",
        "12 months after the close: was due from 10 Oct 2025.",
        "Missed: Wenn Navigation Trust.",
        "24 months after the close: due since 10 Oct 2026 (50 days). After 28 Jan 2027, it counts as missed."
        " Still to check in: Brackwater Mill Museum, Market Hatherley Library Trust, Wenn Navigation Trust"
        " and Cobbing Barn Theatre.",
        "It was due on 20 Dec 2024, 709 days ago.",
    ):
        assert sentence in shown.text, sentence
    assert f"{BASE}/week?at=2024-10-10" in shown.links
    for past in ("983 days", "850 days", "Owner of the field", "Leave the barn", "to ring"):
        assert past not in shown.text
    close = await page(site, f"{BASE}/week?at=2024-10-10")
    assert "This cohort closed" not in close.text
    assert "Owner of the field at Swarth" in close.text


async def test_what_is_due_this_week_and_overdue_is_listed_with_its_day_and_its_page(
    site: Api,
) -> None:
    shown = (await page(site, f"{BASE}/week?at=2024-07-20")).text
    commitments = shown.partition("Open commitments")[2]
    overdue, _, later = commitments.partition("Due later")
    assert "Due in the next seven days" not in shown
    assert "Overdue" not in overdue
    assert "Market Hatherley Library Trust. Commitment: “Send our version" in later
    assert "It is due on 31 Jul 2024." in later
    on_the_day = await page(site, f"{BASE}/week?at=2024-08-01")
    overdue = on_the_day.text.partition("Open commitments Overdue")[2].partition("Due later")[0]
    assert "It was due on 31 Jul 2024, 1 day ago." not in overdue, "it was settled by then"
    first = await page(site, FIRST_OF_JULY)
    assert "1 commitment is due." in first.text
    assert "#commitments" in first.links
    assert "/commitments/canal-rings-archive" in first.links


async def test_a_commitment_has_its_latest_note_of_that_day(site: Api) -> None:
    note = "Its latest note, of 24 Nov 2025: “Up to 1994."
    assert note in (await page(site, f"{BASE}/week?at=2026-11-29")).text
    assert "Its latest note" not in (await page(site, f"{BASE}/week?at=2025-11-24")).text


async def test_a_day_between_checkins_says_that_none_is_due(site: Api) -> None:
    shown = await page(site, f"{BASE}/week?at=2024-12-01")
    assert "On 1 Dec 2024, no check-in is due." in shown.text
    assert "6 months after the close: due from 10 Apr 2025." in shown.text


async def test_a_member_sees_its_own_checkins_and_no_other(site: Api) -> None:
    shown = await page(site, f"{BASE}/week?at=2026-11-29", "canal-society")
    assert (
        "12 months after the close: was due from 10 Oct 2025. Missed: Wenn Navigation Trust."
        in (shown.text)
    )
    assert "Cobbing Barn Theatre" not in shown.text


async def test_a_day_on_which_nothing_waits_says_so(site: Api) -> None:
    shown = await page(site, f"{BASE}/week?at=2024-01-12")
    assert "On 12 Jan 2024, nothing waits." in shown.text
    assert "<section" not in shown.html


async def test_a_member_sees_what_waits_at_its_own_and_no_other(site: Api) -> None:
    shown = await page(site, FIRST_OF_JULY, "library-trust")
    assert "You see what waits for Market Hatherley Library Trust on 1 Jul 2024." in shown.text
    canal = await page(site, FIRST_OF_JULY, "canal-society")
    assert canal.text.count("(129 days)") == 1
    assert "It has been paired with Aldermere City Archive" in canal.text
    assert "It has recorded nothing for 18 days, since 12 Jun 2024." in shown.text
    assert "recorded nothing for 67 days" not in shown.text
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
    assert "The shared question, and 8 more. 3 have been reworded." in shown.text
    for sentence in (
        "At first, on 25 Jan 2024: How can we get the people who worked here to tell the mill's story",
        "Reworded on 4 Jul 2024: How can we share the say over what the mill's walls tell?",
        "Why: Getting the stories was the easy part.",
        "After a failure: Two families who have shared a pew for sixty years aren't speaking.",
        "4 trials: 1 × Refuted, 2 × Supported, 1 × Inconclusive",
    ):
        assert sentence in shown.text
    assert "cy" in shown.attributes("a", "lang")


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
        "The longest chain: Brackwater Mill Museum → Market Hatherley Library Trust → Cobbing Barn Theatre"
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
    assert "14 learnings. Others took them up 10 times." in taken
    whole = "Ask people while the thing is in front of them. At the exit they are thinking about the bus"
    assert shown.text.count(whole) == 1, "it is whole where it stands first"
    assert shown.text.count("Ask people while the thing is in front of them.") > 1


async def test_later_words_of_a_learning_under_an_old_day_say_so(site: Api) -> None:
    shown = await page(site, f"{BASE}/learnings")
    _, _, lists = shown.text.partition("Who has what from whom")
    revised = "in today's words, revised on 18 Mar 2025"
    assert lists.count(revised) == 4
    assert any(link.endswith("#history") for link in shown.links)


async def test_who_is_paired_and_who_could_be(site: Api) -> None:
    shown = await page(site, f"{BASE}/pairings?at=2024-07-01")
    assert "3 pairings. 1 has no recorded meeting." in shown.text
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
    assert "ended on 12 Jul 2024, when Aldermere City Archive left" in now.text
    assert "No meeting was recorded before it ended." in now.text
    assert "ended on 10 Oct 2024, with the close" in now.text
    assert f"{BASE}/figures/pairingsWithoutMeeting" in now.links
    assert "After the close nobody is in the cohort" in now.text


async def test_the_overview_leads_from_its_counts_to_what_they_count(site: Api) -> None:
    shown = await page(site, BASE)
    for name in ("questions", "failures", "learnings", "pairings"):
        assert f"{BASE}/{name}" in shown.links
    assert f"{BASE}/failures?organisation=mill-museum" in shown.links
    assert "Aldermere City Archive left on 12 Jul 2024" in shown.text
    assert "/iterations/label-wall-4" in shown.links
    assert "Hosted by Wennshire Heritage Office." in shown.text


async def test_the_public_is_not_told_that_there_is_no_question_which_may_be_hidden(
    site: Api,
) -> None:
    shown = await page(site, BASE, None)
    assert "You see no question of its own." in shown.text
    assert "No question of its own yet" not in shown.text


async def test_the_trials_of_the_overview_are_all_counted_once(site: Api) -> None:
    shown = await page(site, BASE)
    assert "19 trials18 concluded, 1 left open: its organisation has left" in shown.text
    assert "3 reworded, 2 answered" in shown.text


@pytest.mark.parametrize("path", PATHS)
async def test_no_trail_ends_with_a_separator(site: Api, path: str) -> None:
    shown = await page(site, path)
    trail = shown.html.partition('<p class="trail">')[2].partition("</p>")[0]
    assert trail.endswith("</a>")


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


@pytest.mark.parametrize("at", ["1900-01-01", "2199-12-31"])
@pytest.mark.parametrize("name", ["week", "pairings"])
async def test_any_day_in_these_centuries_is_answered(site: Api, name: str, at: str) -> None:
    shown = await page(site, f"{BASE}/{name}?at={at}")
    assert shown.faults == []
