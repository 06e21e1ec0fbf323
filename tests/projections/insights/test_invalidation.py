"""Whose rows an event may change: for each way in which one cohort's events change the row of another, a story.

Each ends with an event that changes the other's row. Kept before and asked for after it, the row is the new one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from events.access.principal import Role
from projections.insights.cache.cache import AnswerCache
from projections.insights.perspective.viewer import FigureViewer
from tests.events.samples import (
    EventJson,
    adopted,
    at,
    captured,
    closed,
    failed,
    formed,
    joined,
    left,
    paired,
    pairing_ended,
    reclassified,
    reframed,
    shown,
    voided,
)
from tests.projections.insights.hand import ANALYST, FACILITATOR, LAST_DAY, Hand
from tests.projections.insights.naive.history import moment_us

KNOWN = {"facet": "process", "failure_cause": "inattention"}
NAMES = frozenset({"compareCohorts"})


def a_second_cohort(hand: Hand) -> None:
    """Let there be a cohort `second` beside heritage, in which mill and archive are, too."""
    hand.ask_questions()
    hand.record(0, formed("second"), joined("mill", "second"), joined("archive", "second"))


def a_repeat_elsewhere(hand: Hand) -> None:
    """Let mill fail in heritage, and archive, in the second cohort, fail alike at what it planned on day 5."""
    a_second_cohort(hand)
    hand.record(1, failed("first", cohort="heritage", **KNOWN))
    hand.tries("again", 5, who="archive", plan={"cohort": "second"})
    hand.record(9, failed("second", "archive", cohort="second", iteration="again", **KNOWN))


def a_learning_from_it(hand: Hand) -> None:
    a_repeat_elsewhere(hand)
    hand.record(2, captured(cohort="heritage", from_=["failure/first"]))


def a_learning_from_another_kind(hand: Hand) -> None:
    a_learning_from_it(hand)
    hand.record(9, reclassified("first", facet="purpose"))


def a_reframing_elsewhere(hand: Hand) -> None:
    """Let a learning of the second cohort, public, lead to another wording of a question of heritage."""
    a_second_cohort(hand)
    hand.record(1, captured(cohort="second", visibility="public"))
    hand.record(9, reframed(because_of=["learning/learning"]))


def a_reframing_for_the_pair(hand: Hand) -> None:
    """Let only archive, paired with mill in heritage, be shown that wording."""
    a_reframing_elsewhere(hand)
    hand.record(9, paired(), shown("question/question", "pair"))


def a_learning_of_an_iteration_elsewhere(hand: Hand) -> None:
    """Let mill fail in heritage at an iteration of the second cohort."""
    a_second_cohort(hand)
    hand.tries("trial", 1, plan={"cohort": "second"})
    hand.record(2, failed(cohort="heritage", iteration="trial"))


def a_learning_outside(hand: Hand) -> None:
    """Let mill, paired with archive in the second cohort for a while, learn something outside any cohort."""
    a_second_cohort(hand)
    hand.record(1, paired(cohort="second"), captured())
    hand.record(20, pairing_ended())
    hand.record(30, captured("later"), adopted("later"))


def a_cohort_for_everybody(hand: Hand) -> None:
    """Let there be a cohort that the public sees, and who joins it, but not the library itself."""
    hand.record(0, formed("open", visibility="public"))
    hand.record(0, joined("library", "open", visibility="public"))


@dataclass(frozen=True)
class Case:
    """A story, the event that ends it, its day, and the figure of the second cohort that changes for the viewer."""

    begin: Callable[[Hand], None]
    day: float
    last: Callable[[Hand], EventJson]
    figure: str
    viewer: FigureViewer = FACILITATOR
    cohort: str = "second"


CASES = {
    "a learning that makes a repeat avoidable": Case(
        a_repeat_elsewhere,
        2,
        lambda hand: captured(cohort="heritage", from_=["failure/first"]),
        "avoidableRepeats",
    ),
    "the void of that learning": Case(
        a_learning_from_it, 10, lambda hand: voided(len(hand.log.lines)), "avoidableRepeats"
    ),
    "another level of that learning in time": Case(
        a_learning_from_it,
        4,
        lambda hand: shown("learning/learning", "private"),
        "avoidableRepeats",
    ),
    "another class of the first failure": Case(
        a_learning_from_it,
        10,
        lambda hand: reclassified("first", facet="purpose"),
        "avoidableRepeats",
    ),
    "the void of the other class": Case(
        a_learning_from_another_kind,
        10,
        lambda hand: voided(len(hand.log.lines)),
        "avoidableRepeats",
    ),
    "an adoption in time": Case(a_learning_from_it, 4, lambda hand: adopted(), "avoidableRepeats"),
    "another level of a question that was reframed": Case(
        a_reframing_elsewhere,
        10,
        lambda hand: shown("question/question", "private"),
        "corroborated",
        ANALYST,
    ),
    "the void of a reframing": Case(
        a_reframing_elsewhere, 10, lambda hand: voided(len(hand.log.lines)), "corroborated"
    ),
    "a joining after which the reframing is seen": Case(
        a_reframing_elsewhere,
        10,
        lambda hand: joined("library"),
        "corroborated",
        FigureViewer(Role.ORGANISATION, organisation="library"),
    ),
    "a close that ends the pairing by which the reframing was seen": Case(
        a_reframing_for_the_pair,
        10,
        lambda hand: closed(),
        "corroborated",
        FigureViewer(Role.ORGANISATION, organisation="archive"),
    ),
    "the end of the pairing by which the reframing was seen": Case(
        a_reframing_for_the_pair,
        10,
        lambda hand: pairing_ended(),
        "corroborated",
        FigureViewer(Role.ORGANISATION, organisation="archive"),
    ),
    "a learning from a failure of an iteration": Case(
        a_learning_of_an_iteration_elsewhere,
        6,
        lambda hand: captured(cohort="heritage", from_=["failure/failure"]),
        "learningVelocity",
    ),
    "an adoption of what was learned outside": Case(
        a_learning_outside, 10, lambda hand: adopted(), "lift"
    ),
    "an organisation that is shown to everybody": Case(
        a_cohort_for_everybody,
        1,
        lambda hand: shown("organisation/library", "public"),
        "organisations",
        FigureViewer(Role.PUBLIC),
        "open",
    ),
    "a leaving": Case(a_second_cohort, 5, lambda hand: left("archive", "second"), "retention"),
}


def row(ledger: AnswerCache, case: Case) -> Any:
    view = ledger.view(case.viewer, at_us=moment_us(at(24 * LAST_DAY)))
    rows = ledger.answer(view, NAMES)["compareCohorts"]["list"]
    [found] = [one for one in rows if one["cohort"] == case.cohort]
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_kept_row_is_computed_again_after_what_changes_it(hand: Hand, case: Case) -> None:
    case.begin(hand)
    hand.record(case.day, case.last(hand))
    events = hand.log.events()
    kept, fresh = AnswerCache(), AnswerCache()
    for event in events[:-1]:
        kept.take(event)
    before = row(kept, case)
    kept.take(events[-1])
    for event in events:
        fresh.take(event)
    expected = row(fresh, case)
    assert before[case.figure] != expected[case.figure]
    assert row(kept, case) == expected
