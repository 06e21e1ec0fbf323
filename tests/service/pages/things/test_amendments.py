"""The steps of a history that amend others, from what the graph says of the events in a stream."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from service.pages.record.amending.offered import Offered
from service.pages.things.amendments import amendments
from service.pages.things.step import Step

STREAM: Final = "question/q"
TRIAL: Final = "iteration/i"
TIME: Final = "2026-01-01T10:00:00Z"


def event(position: int, name: str, data: Mapping[str, Any], **more: Any) -> Mapping[str, Any]:
    """Return an event of the log as the graph gives it."""
    return {
        "id": str(position),
        "position": position,
        "type": f"org.howcanwe.{name}.v1",
        "subject": STREAM,
        "time": TIME,
        "timePrecision": None,
        "actor": "service/key",
        "visibility": None,
        "data": data,
        "voidedBy": None,
        "corrections": [],
        **more,
    }


FRAMED: Final = event(1, "question.framed", {"question": "q", "organisation": "o", "text": "?"})


def level(position: int, value: str, of: str = STREAM, **more: Any) -> Mapping[str, Any]:
    return event(position, "visibility.changed", {"of": of, "visibility": value}, **more)


def steps(*events: Mapping[str, Any], offered: Offered | None = None) -> list[Step]:
    return [*amendments(STREAM, 1, [], events, offered or Offered())]


def test_each_change_of_level_says_what_it_was_before_and_whether_it_is_wider() -> None:
    changed = steps(FRAMED, level(2, "public"), level(3, "private"), level(4, "private"))
    assert [(one.row["before"], one.row["is_wider"]) for one in changed] == [
        ("cohort", True),
        ("public", False),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("visibility", "before"), [("PRIVATE", "private"), ("PUBLIC", None), (None, "cohort")]
)
def test_the_first_level_is_that_of_the_creation(
    visibility: str | None, before: str | None
) -> None:
    [change] = steps({**FRAMED, "visibility": visibility}, level(2, "public"))
    assert change.row["before"] == before


def test_nothing_is_said_of_the_level_before_where_the_creation_was_not_read() -> None:
    [change] = steps(level(2, "public"))
    assert (change.row["before"], change.row["is_wider"]) == (None, None)


def test_a_change_that_was_taken_back_is_no_step_but_its_void_is() -> None:
    void = event(3, "event.voided", {"event": 2, "reason": "A slip."})
    [found] = steps(FRAMED, level(2, "public", voidedBy=3), void)
    assert (found.what, found.row["of"]) == ("voided", "Who may see something")


def test_what_is_about_things_of_the_thing_is_no_step() -> None:
    seen = {"iteration": "i", "text": "x", "evidence_kind": "said_fact"}
    observed = event(2, "observation.recorded", seen, subject=TRIAL, voidedBy=3)
    void = event(3, "event.voided", {"event": 2, "reason": "A slip."}, subject=TRIAL)
    changed = level(4, "private", "event/2", subject=TRIAL)
    assert steps(FRAMED, observed, void, changed) == []


def test_the_void_of_a_trial_of_a_question_is_a_step_of_the_question() -> None:
    plan = {"iteration": "i", "organisation": "o", "question": "q"}
    planned = event(2, "iteration.planned", plan, subject=TRIAL, voidedBy=3)
    void = event(3, "event.voided", {"event": 2, "reason": "A slip."}, subject=TRIAL)
    [found] = steps(FRAMED, planned, void)
    assert (found.row["of"], found.row["reason"]) == ("A plan", "A slip.")


@pytest.mark.parametrize(
    ("actor", "by"),
    [
        ("service/own", ""),
        ("service/other", "service/other"),
        ("person/known", "Ada"),
        ("person/hidden", None),
    ],
)
def test_it_is_said_by_whom_as_far_as_that_may_be_seen(actor: str, by: str | None) -> None:
    may = Offered({}, {"person/known": "Ada"}, is_told_actors=True, own="service/own")
    [found] = steps(FRAMED, level(2, "public", actor=actor), offered=may)
    assert found.by == by
    [found] = steps(FRAMED, level(2, "public", actor=actor))
    assert found.by is None
