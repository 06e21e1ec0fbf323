"""The story of an organisation: what stands with which question, and in which order."""

from service.pages.organisation.story import BRIEF_ABOVE, LEFT_OUT, Story, story_of
from tests.service.pages.organisation.answers import (
    adoption,
    concluded,
    failure,
    journey,
    learning,
    question,
    several,
    trial,
    wording,
)


def order(story: Story) -> list[tuple[str | None, list[tuple[str, str]]]]:
    """Return the chapters' questions with the kinds and names of their steps."""
    return [
        (
            chapter.question["key"] if chapter.question else None,
            [(step.kind, step.node.get("key") or step.node["text"]) for step in chapter.steps],
        )
        for chapter in story.chapters
    ]


def test_a_question_is_shown_in_the_order_of_time() -> None:
    reworded = question(
        "labels",
        wording(1, "2024-01-10T12:00:00Z", "How can we get labels?"),
        wording(9, "2024-03-20T12:00:00Z", "How can we share the wall?", reason="A row."),
        state="ANSWERED",
        closedAt="2024-06-01T12:00:00Z",
    )
    found = story_of(
        journey(
            questions=several(reworded),
            iterations=several(
                concluded(
                    "exit", "labels", "2024-02-01T12:00:00Z", "2024-03-01T12:00:00Z", "REFUTED"
                )
            ),
            failures=several(failure("coats", "2024-03-05T12:00:00Z", iteration="exit")),
            learnings=several(learning("ask", "2024-03-10T12:00:00Z", "failure/coats")),
        )
    )
    assert order(found) == [
        (
            "labels",
            [
                ("wording", "How can we get labels?"),
                ("iteration", "exit"),
                ("failure", "coats"),
                ("learning", "ask"),
                ("wording", "How can we share the wall?"),
                ("close", "labels"),
            ],
        )
    ]
    assert [step.is_rewording for step in found.chapters[0].steps] == [False] * 4 + [True, False]


def test_the_only_wording_of_a_question_is_its_heading() -> None:
    assert order(story_of(journey(questions=several(question("labels"))))) == [("labels", [])]


def test_what_has_no_question_comes_last() -> None:
    found = story_of(
        journey(
            questions=several(question("labels")),
            iterations=several(trial("alone", None, "2024-01-01T12:00:00Z")),
            learnings=several(
                learning("far", "2024-01-02T12:00:00Z", "inspiration/talk"),
                learning("near", "2024-01-03T12:00:00Z", "inspiration/talk", "question/labels"),
            ),
        )
    )
    assert order(found) == [
        ("labels", [("learning", "near")]),
        (None, [("iteration", "alone"), ("learning", "far")]),
    ]


def test_a_question_from_before_the_part_that_is_shown_comes_first() -> None:
    found = story_of(
        journey(
            questions=several(question("labels")),
            iterations=several(trial("late", "earlier", "2024-05-01T12:00:00Z")),
        )
    )
    assert [key for key, _ in order(found)] == ["earlier", "labels"]


def test_what_belongs_to_a_trial_stands_with_it_and_nowhere_else() -> None:
    found = story_of(
        journey(
            iterations=several(trial("wall", None, "2024-05-01T12:00:00Z")),
            adoptions=several(
                adoption(50, "2024-04-01T12:00:00Z", iteration="wall"),
                adoption(51, "2024-04-02T12:00:00Z"),
                adoption(52, "2024-04-03T12:00:00Z", iteration="of-another-part"),
            ),
        )
    )
    [step] = found.chapters[0].steps
    assert [one["position"] for one in step.within["adoptions"]] == [50]
    assert [one["position"] for one in found.outside["adoptions"]] == [51, 52]


def test_causes_are_named_even_if_they_are_not_in_the_story() -> None:
    cause = {"stream": "learning/of-a-peer", "statement": "Reply soon."}
    reworded = question(
        "labels",
        wording(1, "2024-01-10T12:00:00Z", "How can we get labels?"),
        wording(9, "2024-03-20T12:00:00Z", "How can we share?", cause, reason="A row."),
    )
    found = story_of(journey(questions=several(reworded)))
    assert found.names["learning/of-a-peer"] == "Reply soon."
    assert "learning/of-a-peer" not in found.here


def test_people_are_added_up_by_level_in_the_order_of_the_levels() -> None:
    parts = [
        {"people": people, "level": level}
        for people, level in ((31, "COLLABORATE"), (5, "INFORM"), (14, "COLLABORATE"))
    ]
    wall = trial("wall", None, "2024-05-01T12:00:00Z", participations=several(*parts))
    [step] = story_of(journey(iterations=several(wall))).chapters[0].steps
    assert step.people == [("INFORM", 5), ("COLLABORATE", 45)]


def test_the_story_of_a_long_journey_is_brief_unless_the_full_one_is_asked_for() -> None:
    asks = several(*({"key": f"ask-{number}"} for number in range(BRIEF_ABOVE + 1)))
    long = journey(asks=asks)
    brief, full = story_of(long), story_of(long, is_full=True)
    assert (brief.is_brief, full.is_brief) == (True, False)
    assert all(not brief.outside[name] for name in LEFT_OUT)
    assert len(full.outside["asks"]) == BRIEF_ABOVE + 1
    assert "ask/ask-1" in full.here - brief.here
