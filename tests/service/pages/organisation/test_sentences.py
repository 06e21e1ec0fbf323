"""The sentences at the top of a journey."""

from service.pages.organisation.afterwards import Afterwards, Later
from service.pages.organisation.sentences import sentences
from tests.service.pages.organisation.answers import (
    ENGLISH,
    adopted_by,
    adoption,
    checkin,
    cohort,
    concluded,
    failure,
    journey,
    learning,
    membership,
    question,
    several,
    trial,
    wording,
)


def test_what_is_not_there_is_not_counted() -> None:
    assert sentences(journey(), [], ENGLISH) == []


def test_each_sentence_leads_to_the_first_of_what_it_counts() -> None:
    people = several({"people": 20, "level": "CONSULT"}, {"people": 3, "level": "INFORM"})
    found = sentences(
        journey(
            questions=several(
                question(
                    "labels",
                    wording(1, "2024-01-10T12:00:00Z", "How can we get labels?"),
                    wording(9, "2024-03-20T12:00:00Z", "How can we share?", reason="A row."),
                ),
                question("lend"),
            ),
            iterations=several(
                trial("plan", None, "2024-02-01T12:00:00Z"),
                concluded(
                    "exit",
                    None,
                    "2024-02-01T12:00:00Z",
                    "2024-03-01T12:00:00Z",
                    "REFUTED",
                    participations=people,
                ),
            ),
            failures=several(failure("coats", "2024-03-05T12:00:00Z")),
            learnings=several(
                learning(
                    "ask",
                    "2024-03-10T12:00:00Z",
                    adoptions=several(adopted_by("library", 40, "2024-03-11T12:00:00Z")),
                )
            ),
            adoptions=several(adoption(50, "2024-04-01T12:00:00Z")),
        ),
        [],
        ENGLISH,
    )
    assert [(one.text, one.more, one.href) for one in found] == [
        ("2 questions", "1 of them reworded", "#question-labels"),
        ("2 trials", "1 refuted, 1 planned", "#iteration-plan"),
        ("1 failure recorded", "", "#failure-coats"),
        ("1 learning", "taken up by others once", "#learning-ask"),
        ("1 learning taken up", "from others", "#e50"),
        (
            "23 people took part",
            "people who came several times are counted each time",
            "#iteration-exit",
        ),
    ]


def test_what_is_counted_is_all_that_there_is_not_only_what_is_shown() -> None:
    failures = several(failure("coats", "2024-03-05T12:00:00Z"), count=130)
    assert sentences(journey(failures=failures), [], ENGLISH)[0].text == "130 failures recorded"


def test_the_last_check_in_after_a_close_is_among_them() -> None:
    later = Afterwards(
        cohort(),
        [
            Later(6, [checkin(8, 6)]),
            Later(12, [checkin(9, 11, status="HOLDING")]),
            Later(24, []),
        ],
        True,
    )
    [found] = sentences(journey(), [later], ENGLISH)
    assert (found.text, found.href, found.more) == ("A year after the close", "#e9", "holding")


def test_what_began_after_the_close_of_the_last_cohort_is_told_apart() -> None:
    trials = several(
        trial("plan", None, "2024-02-01T12:00:00Z"), trial("later", None, "2025-02-01T12:00:00Z")
    )
    for closed, more in (
        ("2024-10-10T12:00:00Z", "2 planned, 1 after the close"),
        (None, "2 planned"),
    ):
        given = journey(membership(cohort(closed_at=closed)), iterations=trials)
        assert sentences(given, [], ENGLISH)[0].more == more


def test_what_happened_twice_is_said_so() -> None:
    adoptions = [adopted_by("library", at, f"2024-03-1{at}T12:00:00Z") for at in (1, 2)]
    learnings = several(learning("ask", "2024-03-10T12:00:00Z", adoptions=several(*adoptions)))
    [found] = sentences(journey(learnings=learnings), [], ENGLISH)
    assert found.more == "taken up by others twice"
