"""Cached answers are the same as freshly computed ones, through all events that are recorded between the questions."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from events.access.principal import Role
from projections.insights.cache.cache import AnswerCache
from projections.insights.figures.comparison import compare_cohorts
from projections.insights.figures.definition import FIGURES
from projections.insights.perspective.partiality import is_partial
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.scoped import ScopedPerspective
from projections.insights.perspective.viewer import FigureViewer
from tests.projections.insights.computed import ComputedParts
from tests.projections.insights.judging import MemoryLog
from tests.projections.insights.naive.numbers import DAY_US
from tests.projections.insights.stories import NOW_US, log_of_chance

NAMES = frozenset({"compareCohorts"})
SUMS = sorted(name for name, figure in FIGURES.items() if figure.part is not None)
FIGURES_ASKED: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in SUMS),
    *((name, {}) for name in ("stalledIterations", "contestedLearnings", "pairingLift")),
    ("triedBefore", {"mode": "tell_stories"}),
]
SEEDS = 12
SEEDS_LONG = 150


def viewers(log: MemoryLog) -> Iterator[FigureViewer]:
    keys = {line["data"].get("organisation") for line in log.lines} - {None}
    yield FigureViewer(Role.FACILITATOR)
    yield FigureViewer(Role.ANALYST)
    yield FigureViewer(Role.ADMIN)
    yield FigureViewer(Role.PUBLIC)
    yield FigureViewer(Role.FACILITATOR, cohorts=frozenset({"c0000"}))
    yield FigureViewer(Role.EVALUATOR, cohorts=frozenset({"c0000"}))
    for organisation in sorted(keys)[:4]:
        yield FigureViewer(Role.ORGANISATION, organisation=organisation)
        yield FigureViewer(Role.GUEST, frozenset({"c0000"}), organisation)


def check(seed: int) -> None:
    log = log_of_chance(seed, cohorts=3)
    dice = Random(seed)
    who = list(viewers(log))
    ledger = AnswerCache()
    # All of it happened; or time goes by between the questions; or with every event, so that all of it happened and
    # some of it long ago.
    stands_still = seed % 3 > 0
    follows = seed % 3 == 1
    at_us = NOW_US if stands_still else NOW_US - 4000 * DAY_US
    for event in log.events():
        ledger.take(event)
        if dice.random() < 0.5:
            continue
        if follows:
            at_us = ledger.index.latest_us + dice.randrange(90) * DAY_US
        elif not stands_still:
            at_us += dice.choice((0, 0, 1, dice.randrange(20) * DAY_US))
        for viewer in dice.choices(who, k=3):
            view = ledger.view(viewer, at_us=at_us)
            alone = ScopedPerspective(Perspective(ledger.index, viewer, at_us=at_us), Scope())
            for name, arguments in dice.sample(FIGURES_ASKED, k=4):
                answer = ledger.figure(view, name, arguments)
                assert answer == FIGURES[name].compute(alone, **arguments), (seed, name, viewer)
            partial = is_partial(
                ScopedPerspective(Perspective(ledger.index, viewer, at_us=at_us), Scope())
            )
            assert ledger.is_partial(ledger.view(viewer, at_us=at_us)) is partial
        viewer = dice.choice(who)
        found = ledger.answer(ledger.view(viewer, at_us=at_us), NAMES)["compareCohorts"]
        assert found == compare_cohorts(
            ScopedPerspective(Perspective(ledger.index, viewer, at_us=at_us), Scope())
        ), (
            seed,
            event.position,
            viewer,
        )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_kept_rows_are_those_that_would_be_computed_now(seed: int) -> None:
    check(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(SEEDS, SEEDS_LONG))
def test_kept_rows_are_those_that_would_be_computed_now_on_many_more(seed: int) -> None:
    check(seed)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_rows_of_one_answer_are_as_of_one_position_though_events_are_recorded_between_them(
    seed: int,
) -> None:
    log = log_of_chance(seed, cohorts=3)
    events = list(log.events())
    begun = len(events) * 2 // 3
    # Sees everything, through all changes of who sees what.
    viewer = FigureViewer(Role.FACILITATOR)
    ledger = AnswerCache()
    for event in events[:begun]:
        ledger.take(event)
    view = ledger.view(viewer, at_us=NOW_US)
    rows = ledger.compare(view)
    found = [next(rows)]
    for event in events[begun:]:
        ledger.take(event)
    # Others ask in between, and have their rows kept.
    ledger.answer(ledger.view(viewer, at_us=NOW_US), NAMES)
    found += rows
    as_asked = Perspective(ledger.index, viewer, at_us=NOW_US, as_of=view.perspective.as_of)
    assert {"list": found} == compare_cohorts(ScopedPerspective(as_asked, Scope()))
    now = ledger.answer(ledger.view(viewer, at_us=NOW_US), NAMES)["compareCohorts"]
    assert now == compare_cohorts(
        ScopedPerspective(Perspective(ledger.index, viewer, at_us=NOW_US), Scope())
    )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_figures_are_as_of_the_position_of_their_view_though_events_are_recorded_meanwhile(
    seed: int,
) -> None:
    events = list(log_of_chance(seed, cohorts=3).events())
    viewer = FigureViewer(Role.FACILITATOR)
    ledger = AnswerCache()
    for event in events[: len(events) * 2 // 3]:
        ledger.take(event)
    view = ledger.view(viewer, at_us=NOW_US)
    for event in events[len(events) * 2 // 3 :]:
        ledger.take(event)
    as_asked = Perspective(ledger.index, viewer, at_us=NOW_US, as_of=view.perspective.as_of)
    for name, arguments in FIGURES_ASKED:
        answer = FIGURES[name].compute(ScopedPerspective(as_asked, Scope()), **arguments)
        assert ledger.figure(view, name, arguments) == answer, name


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_first_rows_are_kept_for_nobody_who_asks_of_what_was_recorded_meanwhile(
    seed: int,
) -> None:
    log = log_of_chance(seed, cohorts=3)
    *events, another, last = log.events()[: 100 + 20 * seed]
    viewer = FigureViewer(Role.FACILITATOR)
    ledger = AnswerCache()
    for event in events:
        ledger.take(event)
    view = ledger.view(viewer, at_us=NOW_US)
    ledger.take(another)
    ledger.take(last)
    list(ledger.compare(view))
    now = ledger.answer(ledger.view(viewer, at_us=NOW_US), NAMES)["compareCohorts"]
    assert now == compare_cohorts(
        ScopedPerspective(Perspective(ledger.index, viewer, at_us=NOW_US), Scope())
    )


class Counting(AnswerCache):
    """A ledger that says how many rows it computed for a question."""

    def __init__(self, **options: int) -> None:
        self._parts = ComputedParts()
        super().__init__(compute_parts=self._parts, **options)

    def computed(self, viewer: FigureViewer) -> int:
        self._parts.places.clear()
        list(self.compare(self.view(viewer, at_us=NOW_US)))
        return len(self._parts.places)


def filled(seed: int, **options: int) -> tuple[Counting, MemoryLog]:
    log = log_of_chance(seed, cohorts=3)
    ledger = Counting(**options)
    for event in log.events()[:-1]:
        ledger.take(event)
    return ledger, log


def test_a_row_is_computed_again_only_after_events_of_its_cohort() -> None:
    ledger, log = filled(0)
    facilitator = FigureViewer(Role.FACILITATOR)
    cohorts = len(ledger.view(facilitator, at_us=NOW_US).cohorts)
    assert ledger.computed(facilitator) == cohorts > 1
    assert ledger.computed(facilitator) == 0
    ledger.take(log.events()[-1])
    assert ledger.computed(facilitator) < cohorts


def test_viewers_who_see_the_same_of_a_cohort_share_its_row() -> None:
    ledger, log = filled(0)
    member = next(line["data"]["organisation"] for line in log.lines if "joined" in line["type"])
    assert ledger.computed(FigureViewer(Role.ORGANISATION, organisation="new")) > 0
    assert ledger.computed(FigureViewer(Role.ORGANISATION, organisation="newer")) == 0
    assert ledger.computed(FigureViewer(Role.ADMIN)) == 0
    assert ledger.computed(FigureViewer(Role.ORGANISATION, organisation=member)) > 0


def test_rows_are_kept_for_the_viewers_that_asked_last() -> None:
    ledger, _ = filled(0, variants_max=1)
    for viewer in (
        FigureViewer(Role.FACILITATOR),
        FigureViewer(Role.ANALYST),
        FigureViewer(Role.FACILITATOR),
    ):
        assert ledger.computed(viewer) > 0


def test_rows_of_other_questions_are_computed_each_time() -> None:
    ledger, _ = filled(0)
    scope = Scope(themes=frozenset({"light"}))
    view = ledger.view(FigureViewer(Role.FACILITATOR), scope, at_us=NOW_US)
    expected = compare_cohorts(
        ScopedPerspective(Perspective(ledger.index, view.perspective.viewer, at_us=NOW_US), scope)
    )
    assert ledger.answer(view, NAMES)["compareCohorts"] == expected
    assert ledger.computed(FigureViewer(Role.FACILITATOR)) > 0
