"""The journey, drawn: lanes with marks that lead to their words, and arcs from causes."""

from datetime import UTC, datetime

from service.pages.charts.lanes import Placed
from service.pages.organisation.chart import WIDTH, Chart, chart
from tests.service.pages.organisation.answers import (
    ENGLISH,
    NOW,
    Node,
    adopted_by,
    adoption,
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

CLOSE = "2024-10-10T12:00:00Z"


def drawing(of: Node, until: datetime | None = NOW, is_brief: bool = False) -> Chart:
    """Return the chart of a journey of the mill."""
    found = chart(of, "mill", ENGLISH, until, is_brief)
    assert found is not None
    return found


def entries(found: Chart) -> dict[str, list[Placed]]:
    """Return the entries by the names of their lanes, without the counts."""
    return {lane.label.rpartition(" (")[0]: list(lane.entries) for lane in found.drawing.lanes}


def story() -> Node:
    """Return a journey in which a failure leads to a learning, and this to a rewording."""
    return journey(
        questions=several(
            question(
                "labels",
                wording(1, "2024-01-10T12:00:00Z", "How can we get labels?"),
                wording(
                    9,
                    "2024-03-20T12:00:00Z",
                    "How can we share the wall?",
                    {"stream": "learning/ask", "statement": "We learned ask."},
                    reason="A row.",
                ),
            )
        ),
        iterations=several(
            concluded("exit", "labels", "2024-02-01T12:00:00Z", "2024-03-01T12:00:00Z", "REFUTED"),
            trial("wall", "labels", "2024-05-01T12:00:00Z", startsOn="2024-05-02"),
        ),
        failures=several(failure("coats", "2024-03-05T12:00:00Z", iteration="exit")),
        learnings=several(
            learning(
                "ask",
                "2024-03-10T12:00:00Z",
                "iteration/exit",
                "failure/coats",
                adoptions=several(adopted_by("library", 40, "2024-04-11T12:00:00Z")),
            )
        ),
        adoptions=several(adoption(50, "2024-04-01T12:00:00Z", iteration="wall")),
    )


def test_there_is_no_chart_of_nothing() -> None:
    assert chart(journey(), "mill", ENGLISH, NOW) is None


def test_lanes_without_entries_are_left_out() -> None:
    assert list(entries(drawing(story()))) == [
        "Questions",
        "Trials",
        "Failures",
        "Learnings",
        "Taken up by others",
        "Taken up from others",
    ]


def test_each_wording_is_a_bar_that_ends_where_the_next_begins() -> None:
    first, second = (one.entry for one in entries(drawing(story()))["Questions"])
    assert (first.sign, second.sign) == ("", "↻")
    assert first.end == second.begin
    assert (first.open, second.open) == (False, True)
    assert (first.href, second.href) == ("#e1", "#e9")


def test_the_only_wording_leads_to_the_heading_of_its_question() -> None:
    [lane] = drawing(journey(questions=several(question("labels")))).drawing.lanes
    assert lane.entries[0].entry.href == "#question-labels"


def test_a_trial_says_its_result_by_sign_and_word() -> None:
    exit_, wall = (one.entry for one in entries(drawing(story()))["Trials"])
    assert (exit_.sign, exit_.tone) == ("✗", "bad")
    assert exit_.label == "Trial, 1 Feb 2024: The trial exit: Refuted, Pivot"
    assert (wall.sign, wall.tone) == ("", "plain")
    assert wall.label == "Trial, 2 May 2024: The trial wall: Planned"


def test_causes_lead_to_what_came_of_them() -> None:
    causes = {
        one.entry.key: one.entry.causes
        for lane in drawing(story()).drawing.lanes
        for one in lane.entries
        if one.arcs_in
    }
    assert causes == {
        "learning-ask": ("failure-coats",),
        "e9": ("learning-ask",),
        "e40": ("learning-ask",),
        "iteration-wall": ("e50",),
    }


def test_the_months_of_the_cohort_get_three_quarters_of_the_width() -> None:
    of = membership(cohort(closed_at=CLOSE))
    after = learning("late", "2025-10-10T12:00:00Z")
    found = drawing(journey(of, learnings=several(learning("a", "2024-01-11T12:00:00Z"), after)))
    assert found.drawing.close is not None
    assert found.drawing.close.x == WIDTH * 3 / 4
    assert found.drawing.close.label == "The cohort valley closes"
    assert found.end == datetime(2025, 10, 10, 12, tzinfo=UTC)


def test_time_goes_on_while_a_cohort_is_open_and_ends_with_a_past_day() -> None:
    assert drawing(story()).end == NOW
    day = datetime(2024, 6, 1, tzinfo=UTC)
    assert drawing(story(), day).end == day
    assert drawing(story(), None).end == datetime(2024, 5, 2, tzinfo=UTC)


def test_what_is_hidden_of_a_question_leaves_the_rest_in_place() -> None:
    hidden = question("labels", closedAt=CLOSE, framings=several())
    late = question("late", framings=several(wording(9, "2024-03-20T12:00:00Z", "How can we?")))
    [lane] = drawing(journey(questions=several(hidden, late))).drawing.lanes
    assert [one.entry.sign for one in lane.entries] == ["↻"]


def test_in_brief_marks_have_short_names_and_lead_to_the_pages_of_what_is_left_out() -> None:
    ask = {
        "key": "chairs",
        "text": "Forty chairs, please.",
        "time": "2024-06-01T12:00:00Z",
        "visibility": "COHORT",
        "helps": several(),
    }
    failures = several(failure("coats", "2024-03-05T12:00:00Z"))
    of = journey(failures=failures, asks=several(ask))
    full, brief = entries(drawing(of)), entries(drawing(of, is_brief=True))
    assert full["Failures"][0].entry.label.endswith("Nobody came to coats.")
    assert brief["Failures"][0].entry.label == "Outright failure, 5 Mar 2024"
    assert full["Help"][0].entry.href == "#ask-chairs"
    assert brief["Help"][0].entry.href == "/asks/chairs"


def test_only_the_signs_that_are_drawn_are_explained() -> None:
    found = drawing(story())
    assert [sign for sign, _ in found.signs] == ["✗", "↻", "!", "1"]
    assert found.notes == ["Point at a mark, or tap it, to see what led to it and what came of it."]


def test_a_lane_says_how_many_things_are_in_it() -> None:
    labels = [lane.label for lane in drawing(story()).drawing.lanes]
    assert labels[:3] == ["Questions (1)", "Trials (2)", "Failures (1)"]


def test_each_month_of_the_cohort_has_a_name_from_the_first_one_on() -> None:
    labels = [label for _, label in drawing(story()).drawing.labels]
    assert labels[:3] == ["Jan 2024", "Feb", "Mar"]


def test_it_says_if_a_month_is_wider_before_the_close_than_after_it() -> None:
    note = "A month is wider until the close than after it, as most happened then."
    assert note not in drawing(story()).notes
    later = journey(
        membership(cohort(closed_at="2024-03-10T12:00:00Z")),
        failures=several(
            failure("a", "2024-01-05T12:00:00Z"), failure("b", "2024-09-05T12:00:00Z")
        ),
    )
    assert note in drawing(later).notes


def test_a_title_is_in_the_language_of_its_question() -> None:
    found = drawing(
        journey(
            questions=several(
                question(
                    "cof",
                    {**wording(1, "2024-01-10T12:00:00Z", "Sut gallwn ni?"), "language": "cy"},
                )
            )
        )
    )
    [entry] = entries(found)["Questions"]
    assert entry.entry.lang == "cy"


def test_later_words_of_a_learning_say_from_when_they_are() -> None:
    revised = several({"time": "2024-05-03T12:00:00Z"})
    found = entries(
        drawing(
            journey(
                learnings=several(learning("ask", "2024-03-05T12:00:00Z", revisions=revised)),
                adoptions=several(
                    {**adoption(7, "2024-06-01T12:00:00Z")},
                ),
            )
        )
    )
    assert found["Learnings"][0].entry.label.endswith("We learned ask. (revised on 3 May 2024)")
    assert found["Taken up from others"][0].entry.label.endswith("Reply soon.")
