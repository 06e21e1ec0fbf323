"""Figures in words: few things without a percentage, nothing as nothing, drawings that agree with the sentence."""

from datetime import datetime
from typing import Any

import pytest

from service.pages.figures.described.describing import Reader
from service.pages.figures.fitting import DESCRIBE
from service.pages.frame.language import languages

READER = Reader(languages()["en"], "#records")

NOTHING: dict[str, dict[str, Any]] = {
    "funnel": dict.fromkeys(
        (
            *("questions", "reframed", "tried", "answered", "parked", "planned", "started"),
            *("concluded", "failures", "learnings", "adopted", "publications"),
        ),
        0,
    ),
    "retention": {"joined": 0, "left": 0, "present": 0},
    "sustained": {
        "list": [
            {"months": months, "n": 0, "items": [], "share": None, "withoutCheckin": 0}
            for months in (6, 12, 24)
        ]
    },
    "inspirationYield": {
        "list": [{"kind": "TOOL", "shared": 0, "used": 0, "share": None, "medianDays": None}]
    },
    "pairingSuggestions": {"list": []},
    "questionFamilies": {"trees": []},
}
OF_NOTHING: dict[str, Any] = {
    "n": 0,
    "items": [],
    "list": [],
    "counts": [],
    "edges": [],
    "money": [],
    "byLevel": [],
    "byMode": [],
    "without": 0,
    "quartiles": None,
    "share": None,
    "hours": None,
    "corroboratedOf": 0,
    "firstThird": [],
    "lastThird": [],
    "listSubjects": [],
}


@pytest.mark.parametrize("name", DESCRIBE)
@pytest.mark.parametrize("tag", languages())
def test_a_figure_of_nothing_says_so(name: str, tag: str) -> None:
    described = DESCRIBE[name](NOTHING.get(name, OF_NOTHING), Reader(languages()[tag], "#records"))
    stated = [*described.sentences, *(one.kind for one in described.drawings)]
    assert stated, "nothing is stated"
    assert not any("%(" in sentence for sentence in (*described.sentences, *described.notes))


@pytest.mark.parametrize(
    ("n", "share", "stated", "squares"),
    [
        (3, 0.666666667, "2 of 3 failures led to a learning within 30 days.", 0),
        (4, 0.5, "2 of 4 failures led to a learning within 30 days.", 0),
        (5, 0.4, "2 of 5 failures led to a learning within 30 days (40%).", 5),
        (14, 0.642857143, "9 of 14 failures led to a learning within 30 days (64%).", 14),
    ],
)
def test_a_share_of_few_things_has_no_percentage_and_no_drawing(
    n: int, share: float, stated: str, squares: int
) -> None:
    figure = {"n": n, "items": [], "share": share, "medianDays": 6.44}
    [drawing] = DESCRIBE["failureConversion"](figure, READER).drawings
    assert drawing.chart.sentence == stated
    assert len(drawing.chart.squares) == squares


def test_durations_of_few_things_have_no_box() -> None:
    figure = {"n": 4, "items": [], "quartiles": [1.0, 2.0, 3.0], "without": 1}
    [drawing] = DESCRIBE["timeToFirstIteration"](figure, READER).drawings
    assert drawing.chart.rows[0].box is None
    assert drawing.chart.rows[0].sentence == (
        "4 questions: the middle one took 2 days. 1 has no trial."
    )
    [drawing] = DESCRIBE["timeToFirstIteration"]({**figure, "n": 5}, READER).drawings
    assert drawing.chart.rows[0].box is not None


def test_a_path_that_few_took_is_no_pattern() -> None:
    rows = [{"sequence": ["planned", "started"], "count": 2}]
    described = DESCRIBE["pathways"]({"n": 9, "items": [], "list": rows}, READER)
    assert described.drawings == ()
    described = DESCRIBE["pathways"](
        {"n": 9, "items": [], "list": [{**rows[0], "count": 3}]}, READER
    )
    assert described.drawings[0].chart[0].heading.text == "planned → started"


def test_failures_that_are_not_classified_have_a_row_of_their_own() -> None:
    counts = [
        {"failureType": None, "facet": None, "degree": "OUTRIGHT_FAILURE", "count": 2},
        {"failureType": "BASIC", "facet": "PURPOSE", "degree": "OUTRIGHT_FAILURE", "count": 1},
    ]
    figure = {"n": 3, "items": [], "counts": counts, "intelligentShare": 0.0}
    described = DESCRIBE["failureMix"](figure, READER)
    matrix = described.drawings[0].chart
    assert [row.heading.text for row in matrix.rows][-1] == "not classified"
    assert matrix.total == 3


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (0, "No leaving before the close is shown here."),
        (1, "1 left before the close; further leavings may be hidden here."),
    ],
)
def test_nobody_is_called_absent_or_present_where_something_is_hidden(
    left: int, expected: str
) -> None:
    partial = Reader(languages()["en"], "#records", is_partial=True)
    figure = {"joined": 5, "left": left, "present": 5 - left}
    retention = DESCRIBE["retention"](figure, partial)
    assert retention.sentences == ("5 organisations joined.", expected)
    counts = [{"reason": "CAPACITY", "count": left}] if left else []
    leavers = DESCRIBE["leavers"]({"n": 5, "counts": counts}, partial)
    assert leavers.sentences == (expected,)


def test_questions_trials_and_learnings_have_scales_of_their_own() -> None:
    figure = {**NOTHING["funnel"], "questions": 4, "tried": 2, "planned": 400, "learnings": 40}
    drawings = DESCRIBE["funnel"](figure, READER).drawings
    widths = [[bar.width for group in one.chart for bar in group.bars] for one in drawings]
    assert [max(one) for one in widths] == [100, 100, 100]
    assert widths[0][2] == 50
    assert drawings[0].chart[0].bars[2].bar.text == "2 of 4"


def test_what_waits_has_how_long() -> None:
    row = {
        "ask": "labels",
        "askSubject": {"stream": "ask/labels", "text": "Who knows about ink?"},
        "daysOpen": 12.4,
    }
    described = DESCRIBE["openAsks"]({"n": 3, "list": [row]}, READER)
    assert described.sentences == ("1 of 3 requests for help has no answer.",)
    two = DESCRIBE["openAsks"]({"n": 3, "list": [row, row]}, READER)
    assert two.sentences == ("2 of 3 requests for help have no answer.",)
    [point] = described.drawings[0].chart
    assert (point.heading.text, point.sentence) == ("Who knows about ink?", "open for 12 days")


@pytest.mark.parametrize(
    ("closed", "now", "expected"),
    [
        (None, "2024-07-01", "The cohort has not been closed yet."),
        ("2024-10-10", "2026-10-09", "It is too early: check-ins are due from 10 Oct 2026."),
        (
            "2024-10-10",
            "2026-11-29",
            "Check-ins have been due since 10 Oct 2026; they are counted from 28 Jan 2027 on.",
        ),
        ("2024-10-10", "2027-01-28", "Nobody that is counted here was present at the close."),
    ],
)
def test_where_no_checkin_counts_it_says_why(closed: str | None, now: str, expected: str) -> None:
    closed_at = None if closed is None else datetime.fromisoformat(f"{closed}T00:00:00Z")
    at = datetime.fromisoformat(f"{now}T00:00:00Z")
    reader = Reader(languages()["en"], "#records", closed_at=closed_at, at=at)
    [drawing] = DESCRIBE["sustained"](NOTHING["sustained"], reader).drawings
    assert drawing.chart.rows[2].sentence == expected


def test_a_share_agrees_with_its_number() -> None:
    shares = {"substantiated": 0.2, "contested": 0.4, "unanticipated": 0.0, "negative": 0.2}
    drawn = DESCRIBE["harvest"]({"n": 5, "counts": [], **shares}, READER).drawings
    assert [one.chart.sentence for one in drawn if one.kind == "squares"] == [
        "1 of 5 outcomes was confirmed by somebody else (20%).",
        "2 of 5 outcomes were disputed by somebody (40%).",
        "0 of 5 outcomes were not expected (0%).",
        "1 of 5 outcomes is negative (20%).",
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0.2, "Half of what was ever public was public on the first day."),
        (3.0, "Half of what was ever public was public after 3 days."),
    ],
)
def test_what_is_public_at_once_is_so_on_the_first_day(days: float, expected: str) -> None:
    openness = DESCRIBE["openness"]({"n": 5, "share": 0.2, "medianDays": days}, READER)
    assert openness.notes == (expected,)


@pytest.mark.parametrize(("amount", "shown"), [(7125.8, "7,126"), (12.5, "12.5")])
def test_large_amounts_of_money_are_in_whole_units(amount: float, shown: str) -> None:
    money = [{"n": 2, "amount": amount, "currency": "GBP", "perLearning": None}]
    cost = DESCRIBE["costOfLearning"]({"n": 2, "hours": None, "money": money}, READER)
    assert cost.sentences == (f"2 trials cost {shown} GBP.",)


def test_no_sentence_says_that_something_never_happened_zero_times() -> None:
    edge = {"from": "a", "to": "b", "fromSubject": None, "toSubject": None, "count": 9}
    described = DESCRIBE["diffusion"]({"n": 9, "acrossCohorts": 0.0, "edges": [edge]}, READER)
    assert [*described.sentences] == ["9 times, an organisation took up a learning of another one."]


def test_only_what_has_room_stands_beside_other_figures() -> None:
    row = {"failureType": "BASIC", "facet": "PURPOSE", "degree": "OUTRIGHT_FAILURE", "count": 5}
    figure = {"n": 5, "items": [], "counts": [row], "intelligentShare": 0.0}
    described = DESCRIBE["failureMix"](figure, READER)
    assert [one.kind for one in described.drawings] == ["matrix", "bars"]
    assert [one.kind for one in described.small] == ["bars"]
