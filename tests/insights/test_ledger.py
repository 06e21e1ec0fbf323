"""Kept answers are the same as those computed from nothing, whatever is recorded between the questions."""

from collections.abc import Iterator
from random import Random

import pytest

from events.senders import Role
from projections.insights.book import Book
from projections.insights.comparison import compare_cohorts
from projections.insights.ledger import Ledger
from projections.insights.lens import Lens
from projections.insights.scope import Scope
from projections.insights.view import View
from projections.insights.viewer import Viewer
from tests.insights.judging import MemoryLog
from tests.insights.naive.numbers import DAY_US
from tests.insights.stories import NOW_US, told

NAMES = frozenset({"compareCohorts"})
SEEDS = 12
SEEDS_LONG = 150


def viewers(log: MemoryLog) -> Iterator[Viewer]:
    keys = {line["data"].get("organisation") for line in log.lines} - {None}
    yield Viewer(Role.FACILITATOR)
    yield Viewer(Role.ANALYST)
    yield Viewer(Role.PUBLIC)
    yield Viewer(Role.FACILITATOR, cohorts=frozenset({"c0000"}))
    for organisation in sorted(keys)[:2]:
        yield Viewer(Role.ORGANISATION, organisation=organisation)


def check(seed: int) -> None:
    log = told(seed, cohorts=3)
    dice = Random(seed)
    who = list(viewers(log))
    ledger = Ledger()
    # All of it happened, or time goes by between the questions.
    stands_still = seed % 3 > 0
    at_us = NOW_US if stands_still else NOW_US - 4000 * DAY_US
    for step in log.steps():
        ledger.take(step)
        if dice.random() < 0.5:
            continue
        if not stands_still:
            at_us += dice.choice((0, 0, 1, dice.randrange(20) * DAY_US))
        viewer = dice.choice(who)
        found = ledger.answer(ledger.view(viewer, at_us=at_us), NAMES)["compareCohorts"]
        assert found == compare_cohorts(View(Lens(ledger.book, viewer, at_us=at_us), Scope())), (
            seed,
            step.position,
            viewer,
        )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_kept_rows_are_those_that_would_be_computed_now(seed: int) -> None:
    check(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(SEEDS, SEEDS_LONG))
def test_kept_rows_are_those_that_would_be_computed_now_on_many_more(seed: int) -> None:
    check(seed)


def test_a_row_is_computed_again_only_when_something_concerns_its_cohort() -> None:
    log = told(0)
    ledger = Ledger()
    *steps, last = log.steps()
    for step in steps:
        ledger.take(step)
    view = ledger.view(Viewer(Role.FACILITATOR), at_us=NOW_US)
    assert len(list(ledger.compare(view))) == len(view.cohorts) > 1
    assert list(ledger.compare(view)) == []
    ledger.take(last)
    view = ledger.view(Viewer(Role.FACILITATOR), at_us=NOW_US)
    assert len(list(ledger.compare(view))) < len(view.cohorts)


def test_rows_are_kept_for_the_viewers_that_asked_last() -> None:
    ledger = Ledger(viewers_max=1)
    for step in told(0).steps():
        ledger.take(step)
    facilitator = ledger.view(Viewer(Role.FACILITATOR), at_us=NOW_US)
    analyst = ledger.view(Viewer(Role.ANALYST), at_us=NOW_US)
    assert list(ledger.compare(facilitator))
    assert list(ledger.compare(analyst))
    assert list(ledger.compare(facilitator))


def test_the_book_is_the_same_whether_folded_at_once_or_by_and_by() -> None:
    steps = told(1).steps()
    one, other = Book(), Ledger()
    for step in steps:
        one.take(step)
        other.take(step)
    view = View(Lens(one, Viewer(Role.ANALYST), at_us=NOW_US), Scope())
    kept = other.answer(other.view(Viewer(Role.ANALYST), at_us=NOW_US), NAMES)
    assert kept["compareCohorts"] == compare_cohorts(view)
