"""What a journey does not have itself: hosted sessions, and the words of peers in a past state."""

from datetime import date

from service.pages.organisation.asked import Asked
from service.pages.organisation.completed import as_named_today, with_hosted
from tests.service.pages.organisation.answers import Node, adoption, answer, journey, page, several

ALL = Asked("/organisations/mill", None, None, None, False, False)


def session(key: str, time: str) -> Node:
    return {
        "key": key,
        "title": f"The session {key}",
        "sessionKind": "WORKSHOP",
        "time": time,
        "timePrecision": None,
        "summary": None,
    }


HOSTED = several(
    {
        "key": "valley",
        "sessions": several(
            session("first", "2024-01-11T12:00:00Z"), session("both", "2024-02-11T12:00:00Z")
        ),
    }
)
ATTENDED = journey(sessions=several(session("both", "2024-02-11T12:00:00Z"), count=3))


def keys(wanted: Asked) -> list[str]:
    return [one["key"] for one in with_hosted(ATTENDED, HOSTED, wanted)["sessions"]["nodes"]]


def test_sessions_of_hosted_cohorts_are_in_the_journey_once() -> None:
    assert keys(ALL) == ["first", "both"]
    assert with_hosted(ATTENDED, HOSTED, ALL)["sessions"]["filteredCount"] == 4


def test_hosted_sessions_are_those_of_the_part_that_is_asked_for() -> None:
    assert keys(Asked("/", "another", None, None, False, False)) == ["both"]
    assert keys(Asked("/", None, date(2024, 2, 1), None, False, False)) == ["both"]


def test_a_past_state_names_peers_as_they_are_called_today() -> None:
    hidden = {**adoption(7, "2024-06-01T12:00:00Z"), "learning": None}
    other = {**adoption(8, "2024-06-01T12:00:00Z"), "learning": None}
    past = journey(adoptions=several(hidden, other))
    today = {"adoptions": several(adoption(7, "2024-06-01T12:00:00Z")), "helps": several()}
    organisation = {**answer(past)["organisation"], "today": today}
    [named, unknown] = as_named_today(organisation)["adoptions"]["nodes"]
    assert named["learning"]["organisation"]["name"] == "The library"
    assert unknown["learning"] is None


def test_later_words_under_an_old_day_say_when_they_were_revised() -> None:
    one = adoption(7, "2024-04-01T12:00:00Z")
    revised = several({"time": "2024-05-03T12:00:00Z"})
    found = page(
        journey(adoptions=several({**one, "learning": {**one["learning"], "revisions": revised}}))
    )
    assert "in today's words, revised on 3 May 2024</a>" in found
    assert 'href="/learnings/reply#history"' in found
    assert "today's words" not in page(journey(adoptions=several(one)))
    past = {**one, "learning": {**one["learning"], "revisions": revised}}
    assert "in later words, revised on 3 May 2024" in page(
        journey(adoptions=several(past)), as_of="2024-07-01"
    )
