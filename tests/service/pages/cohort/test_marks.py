from typing import Any

from service.pages.cohort import marks
from tests.service.pages.cohort.visits import LANGUAGE

TRIAL = {"key": "wall", "title": "A wall", "state": "STARTED", "result": None}
FAILURE: dict[str, Any] = {
    "key": "few",
    "actual": "Six came.",
    "failureType": "BASIC",
    "visibility": "COHORT",
}


def test_a_trial_is_drawn_by_its_result_which_its_name_says() -> None:
    mark = marks.of_trial({**TRIAL, "state": "CONCLUDED", "result": "REFUTED"}, LANGUAGE)
    assert (mark.label, mark.href) == ("A wall: Refuted", "/iterations/wall")
    assert not mark.hollow


def test_a_trial_without_a_result_is_hollow_and_says_its_state() -> None:
    mark = marks.of_trial(TRIAL, LANGUAGE)
    assert mark.label == "A wall: Under way"
    assert mark.hollow
    planned = marks.of_trial({**TRIAL, "state": "PLANNED"}, LANGUAGE)
    assert planned.label == "A wall: Planned"
    assert planned.hollow
    assert planned.shape != mark.shape


def test_a_failure_is_drawn_by_its_type_and_hatched_if_private() -> None:
    mark = marks.of_failure({**FAILURE, "visibility": "PRIVATE"}, LANGUAGE)
    assert mark.label == "Six came. (Basic)"
    assert mark.private
    other = marks.of_failure({**FAILURE, "failureType": None}, LANGUAGE)
    assert other.label == "Six came. (Without a type)"
    assert (other.shape, other.private) != (mark.shape, mark.private)


def test_a_key_has_each_shape_that_is_drawn_once() -> None:
    trials = [
        {**TRIAL, "result": "REFUTED"},
        {**TRIAL, "result": "SUPPORTED"},
        {**TRIAL, "result": "REFUTED"},
        TRIAL,
    ]
    assert [mark.label for mark in marks.results_key(trials, LANGUAGE)] == [
        "Supported",
        "Refuted",
        "Under way",
    ]
    assert [mark.label for mark in marks.types_key([FAILURE, FAILURE], LANGUAGE)] == ["Basic"]
