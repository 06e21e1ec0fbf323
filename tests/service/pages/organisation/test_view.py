"""The page of an organisation from small answers."""

import re
from dataclasses import replace

import pytest

from events.access.principal import PUBLIC
from service.pages.organisation.view import view
from tests.service.pages.organisation.answers import (
    adopted_by,
    answer,
    cohort,
    concluded,
    failure,
    journey,
    learning,
    membership,
    page,
    page_of,
    question,
    several,
    shown,
    trial,
    visit,
    wording,
)
from tests.service.pages.organisation.test_chart import story
from tests.service.pages.reading import PageReader

HOSTILE = "\"><script>alert(1)</script></svg></title> ' {{ 7 * 7 }} %(name)s %s"


def test_there_is_no_page_of_an_organisation_that_is_not_seen() -> None:
    assert view({"organisation": None}, visit()) is None


def test_every_mark_leads_to_words_in_the_page() -> None:
    found = PageReader(page(story()))
    assert found.faults == []
    here = [link[1:] for link in found.links if link.startswith("#") and len(link) > 1]
    assert here
    assert set(here) <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_everything_in_the_words_leads_to_its_page() -> None:
    links = set(PageReader(page(story())).links)
    assert links >= {
        "/questions/labels",
        "/iterations/exit",
        "/failures/coats",
        "/learnings/ask",
        "/learnings/reply",
        "/organisations/library",
        "/cohorts/valley",
    }


def test_what_lists_leave_out_is_said_and_follows() -> None:
    times = [f"2024-03-{day:02}T12:00:00Z" for day in (5, 7)]
    found = shown(
        journey(
            failures=several(*(failure(f"f{time}", time) for time in times), count=130),
            learnings=several(learning("l", "2024-04-01T12:00:00Z"), count=11),
        )
    )
    assert found.rest is not None
    assert (found.rest.count, found.rest.address) == (138, "/organisations/mill?from=2024-03-07")
    html = page(journey(failures=several(failure("f", times[0]), count=130)))
    assert "129 entries are not shown here" in PageReader(html).text
    assert shown(story()).rest is None


def test_what_nested_lists_leave_out_is_on_the_page_of_the_thing() -> None:
    seen = {
        "position": 5,
        "time": "2024-05-02T12:00:00Z",
        "text": "Three came.",
        "measure": None,
        "value": 3,
        "unit": "people",
    }
    wall = trial("wall", None, "2024-05-01T12:00:00Z", observations=several(seen, has_more=True))
    found = PageReader(page(journey(iterations=several(wall))))
    assert "Three came. 3 people" in found.text
    assert "There is more on its page" in found.text


def test_one_cohort_of_several_can_be_chosen() -> None:
    both = journey(membership(cohort("valley")), membership(cohort("coast")))
    links = PageReader(page(both)).links
    assert {"/organisations/mill?cohort=valley", "/organisations/mill?cohort=coast"} <= set(links)
    one = page(both, cohort="coast")
    assert re.search(r'cohort=coast" aria-current="page"', one)
    assert "/organisations/mill?cohort=" not in page(journey())


def test_a_past_state_says_so_and_leads_back() -> None:
    found = PageReader(page(story(), as_of="2024-07-01"))
    assert "as it was at the end of 1 Jul 2024" in found.text
    assert "/organisations/mill" in found.links
    assert "at position 120" in PageReader(page(story(), as_of="120")).text
    assert "cannot be read" in PageReader(page(story(), cohort="<b>")).text


def test_times_are_shown_as_exactly_as_they_are_known() -> None:
    found = page(
        journey(
            failures=several(
                failure("year", "2023-01-01T00:00:00Z", timePrecision="YEAR"),
                failure("month", "2024-03-01T00:00:00Z", timePrecision="MONTH"),
            )
        )
    )
    text = PageReader(found).text
    assert "2023 · Outright failure" in text
    assert "March 2024 · Outright failure" in text


def test_visitors_who_are_not_signed_in_see_that_this_is_what_is_public() -> None:
    note = "You are not signed in: you see what is public."
    assert note not in page(story())
    assert note in page_of(story(), replace(visit(), viewer=PUBLIC))


def test_what_few_see_is_marked() -> None:
    secret = failure("coats", "2024-03-05T12:00:00Z", visibility="PRIVATE")
    found = PageReader(page(journey(failures=several(secret)))).text
    assert "Private" in found


@pytest.mark.parametrize("text", [HOSTILE, "w" * 10_000, "a\nb", "👩‍👩‍👧‍👦 \u202e"])
def test_any_text_stays_a_text(text: str) -> None:
    hostile = journey(
        membership({**cohort(), "title": text}),
        questions=several(
            question(
                "labels",
                wording(1, "2024-01-10T12:00:00Z", text),
                wording(
                    9,
                    "2024-03-20T12:00:00Z",
                    text,
                    {"stream": "learning/x", "statement": text},
                    reason=text,
                ),
                summary=text,
                state="PARKED",
                closedAt="2024-06-01T12:00:00Z",
            )
        ),
        iterations=several(
            concluded(
                "exit",
                "labels",
                "2024-02-01T12:00:00Z",
                "2024-03-01T12:00:00Z",
                "INVALID",
                title=text,
                hypothesis=text,
                conclusion=text,
            )
        ),
        failures=several(
            failure("f", "2024-03-01T12:00:00Z", actual=text, why=text, intended=text)
        ),
        learnings=several(
            learning(
                "l",
                "2024-03-02T12:00:00Z",
                statement=text,
                adoptions=several(adopted_by("library", 40, "2024-04-11T12:00:00Z", text)),
            )
        ),
    )
    html = page(hostile)
    found = PageReader(html)
    assert found.faults == []
    # The only scripts are that of the new entries and that of the drawing.
    assert len(found.attributes("script", "src")) == html.count("<script") == 2
    assert " ".join(text.split()) in found.text
    assert answer(hostile)["organisation"]["key"] == "mill"
