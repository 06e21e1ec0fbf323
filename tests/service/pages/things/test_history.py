"""The history of a thing: its wordings, what was changed and why, and what others did with it."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.events.samples import noted, sample_event
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRONG = "We put the table where we had room for a table."
RIGHT = "We put the table by the exit, where we had room for a table."
HELP_WRONG, HELP_RIGHT = "Blue tac.", "Blue tack, behind each corner."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def corrected(site: Api) -> AsyncIterator[Api]:
    """The site after two corrections: of a public failure, and of help that one organisation gave to another."""
    given = sample_event(
        "help.given", {}, ask="mill-fading-labels", organisation="library-trust", text=HELP_WRONG
    )
    [receipt] = (await site.post({**given, "time": "2024-05-20T10:00:00Z"})).json()["receipts"]
    found = await site.lines(query="?stream=failure/mill-coats-on")
    failure = next(one["position"] for one in found if one["type"].endswith("failure.recorded.v1"))
    for position, before, after in (
        (failure, "why", RIGHT),
        (receipt["position"], "text", HELP_RIGHT),
    ):
        event = sample_event(
            "event.corrected",
            {},
            event=position,
            fields={before: after},
            reason="Typed too fast.",
        )
        answer = await site.post({**event, "time": "2025-12-01T10:00:00Z"})
        assert answer.status_code == 201, answer.text
    await caught_up(site.service)
    yield site


async def read(site: Api, path: str, who: str | None = "facilitator") -> PageReader:
    return PageReader((await site.get(path, who, accept_language="en")).text)


async def test_a_reworded_question_shows_each_wording_with_why_and_what_led_to_it(
    site: Api,
) -> None:
    page = await read(site, "/questions/mill-labels")
    first = page.text.index("How can we get the people who worked here to tell")
    assert first < page.text.index("Reason: Getting the stories was the easy part.")
    assert any(link.startswith("/failures/") for link in page.links)


async def test_a_reclassified_failure_shows_how_it_was_classified_before(site: Api) -> None:
    page = await read(site, "/failures/library-thursday")
    before = page.text.index("It was classified as")
    assert before < page.text.index("Inattention") < page.text.index("Reclassified as")
    assert "Reason: I put inattention because I was cross" in page.text


async def test_a_revised_learning_and_a_revised_plan_show_their_first_wordings(site: Api) -> None:
    events = await site.lines()
    for kind, first, fields in (
        ("learning", "learning.captured.v1", ("statement",)),
        ("iteration", "iteration.planned.v1", ("hypothesis", "action", "measure", "criterion")),
    ):
        revised = [one["data"] for one in events if one["type"].endswith(f"{kind}.revised.v1")]
        assert revised
        for data in revised:
            page = await read(site, f"/{kind}s/{data[kind]}")
            original = next(
                one["data"]
                for one in events
                if one["type"].endswith(first) and one["data"][kind] == data[kind]
            )
            for field in fields:
                if field in data and field in original:
                    assert " ".join(original[field].split()) in page.text
            assert " ".join(data["reason"].split()) in page.text


async def test_a_change_of_who_sees_it_and_a_voided_record_are_steps(site: Api) -> None:
    page = await read(site, "/failures/mill-coats-on")
    assert "Who sees it was changed to: Public" in page.text
    [voided] = [one for one in await site.lines() if one["data"].get("event") == 42]
    [wrong] = [one for one in await site.lines() if one["position"] == 42]
    page = await read(site, f"/iterations/{wrong['data']['iteration']}")
    assert "A record was withdrawn as a mistake" in page.text
    assert voided["data"]["reason"] in page.text


@pytest.mark.parametrize("who", ["facilitator", "mill-museum"])
async def test_a_correction_shows_both_wordings_to_its_organisation_and_its_facilitator(
    corrected: Api, who: str
) -> None:
    page = await read(corrected, "/failures/mill-coats-on", who)
    assert "Corrected: Why it happened" in page.text
    assert "Reason: Typed too fast." in page.text
    assert f"Before {WRONG}" in page.text
    assert f"After {RIGHT}" in page.text


@pytest.mark.parametrize("who", ["library-trust", "evaluator", "analyst", "admin", None])
async def test_others_see_that_it_was_corrected_and_the_first_wording_nowhere(
    corrected: Api, who: str | None
) -> None:
    page = await read(corrected, "/failures/mill-coats-on", who)
    assert "Corrected: Why it happened" in page.text
    assert RIGHT in page.text
    assert WRONG not in page.html
    assert "Before" not in page.text


async def test_of_a_correction_of_what_another_added_only_the_other_sees_the_wordings(
    corrected: Api,
) -> None:
    for who, sees in (("facilitator", True), ("library-trust", True), ("mill-museum", False)):
        page = await read(corrected, "/asks/mill-fading-labels", who)
        assert HELP_RIGHT in page.text
        assert "Corrected: Text" in page.text
        assert (HELP_WRONG in page.html) == sees, who


async def test_a_text_of_many_lines_is_not_a_heading(site: Api) -> None:
    text = "\n".join(["We need somebody who can read this."] * 20)
    asked = sample_event("help.asked", {}, ask="long", organisation="mill-museum", text=text)
    answer = await site.post({**asked, "time": "2024-05-20T10:00:00Z"})
    assert answer.status_code == 201, answer.text
    await caught_up(site.service)
    page = await read(site, "/asks/long")
    assert "<h1>Request for help</h1>" in page.html
    assert text in page.html


async def test_a_time_is_shown_as_exactly_as_it_is_known(site: Api) -> None:
    for precision, shown in (("year", "2023"), ("month", "April 2023"), ("day", "3 Apr 2023")):
        asked = sample_event(
            "help.asked", {}, ask=f"in-{precision}", organisation="mill-museum", text="Chairs."
        )
        times = {"time": "2023-04-03T10:00:00Z", "timeprecision": precision}
        answer = await site.post({**asked, **times})
        assert answer.status_code == 201, answer.text
        await caught_up(site.service)
        page = await read(site, f"/asks/in-{precision}")
        assert f">{shown}</time>" in page.html


async def test_later_words_under_an_old_day_say_so(site: Api) -> None:
    question = await read(site, "/questions/mill-labels")
    assert "in today's words, revised on 4 Jul 2024" in question.text
    assert "#history" in question.links
    assert "today's words" not in (await read(site, "/learnings/ask-at-the-object")).text


async def test_a_question_says_who_saw_it_when(site: Api) -> None:
    event = sample_event("visibility.changed", {}, of="question/library-evenings")
    event["data"]["visibility"] = "public"
    given = await site.post({**event, "time": "2025-12-02T10:00:00Z"})
    assert given.status_code == 201, given.text
    await caught_up(site.service)
    page = await read(site, "/questions/library-evenings")
    assert "Who sees it was changed to: Public" in page.text


async def test_what_was_not_read_is_not_passed_over_in_silence(site: Api) -> None:
    note = "More was recorded about this than is read here"
    path = "/iterations/label-wall-4"
    assert note not in (await read(site, path)).text
    notes = (
        noted("iteration/label-wall-4", text=f"Note {number}.", time="2025-12-02T10:00:00Z")
        for number in range(101)
    )
    assert (await site.post(*notes)).status_code == 201
    await caught_up(site.service)
    page = await read(site, path)
    assert note in page.text
    assert "/events?stream=iteration/label-wall-4" in page.links


async def test_a_trial_says_which_of_its_days_is_shown(site: Api) -> None:
    page = await read(site, "/iterations/label-wall-4")
    assert re.search(r"planned \d+ [A-Z][a-z]+ 2024, started \d+ [A-Z][a-z]+ 2024", page.text)
    page = await read(site, "/organisations/mill-museum")
    assert re.search(r"started \d+ [A-Z][a-z]+ 2024, concluded \d+ [A-Z][a-z]+ 2024 ·", page.text)
    page = await read(site, "/questions/mill-labels")
    assert re.search(r"planned \d+ [A-Z][a-z]+ 2024", page.text)


@pytest.mark.parametrize("path", ["/failures/mill-coats-on", "/organisations/mill-museum/history"])
async def test_a_step_that_was_recorded_on_another_day_says_both_days(site: Api, path: str) -> None:
    page = await read(site, path)
    assert re.search(r"Happened \d+ [A-Z][a-z]+ 2024, recorded \d+ [A-Z][a-z]+ \d{4}", page.text)
    assert page.faults == []
