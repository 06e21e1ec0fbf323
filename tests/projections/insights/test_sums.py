"""Figures over everything add up from parts that are kept per place: an event in one changes the parts of another."""

import pytest

from events.access.principal import Role
from events.vocabulary.event import Event
from projections.insights.cache.cache import AnswerCache
from projections.insights.figures.definition import FIGURES
from projections.insights.index.indexed import OUTSIDE_PLACES, Place, place_of
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.scoped import ScopedPerspective
from projections.insights.perspective.viewer import FigureViewer
from tests.events.samples import (
    EventJson,
    adopted,
    at,
    captured,
    closed,
    concluded,
    failed,
    formed,
    framed,
    joined,
    left,
    planned,
    shown,
    started,
    voided,
)
from tests.projections.insights.computed import ComputedParts
from tests.projections.insights.hand import ANALYST, FACILITATOR, Hand
from tests.projections.insights.stories import NOW_US

SUMS = sorted(name for name, figure in FIGURES.items() if figure.part is not None)
VIEWERS = (
    FACILITATOR,
    ANALYST,
    FigureViewer(Role.ORGANISATION, organisation="mill"),
    FigureViewer(Role.ORGANISATION, organisation="archive"),
    FigureViewer(Role.FACILITATOR, cohorts=frozenset({"second"})),
    FigureViewer(Role.EVALUATOR, cohorts=frozenset({"heritage"})),
    FigureViewer(Role.ADMIN),
    FigureViewer(Role.PUBLIC),
)


class Followed:
    """A ledger that follows a handwritten log, and is asked for all sums by every viewer after each event."""

    def __init__(self, hand: Hand, ledger: AnswerCache | None = None) -> None:
        self._hand = hand
        self.ledger = ledger or AnswerCache()
        self.agrees()

    def record(self, *events: EventJson) -> int:
        """Record events, and return the position of the last; after each, kept sums are those computed from nothing."""
        position = 0
        for event in events:
            position = self._hand.record(9, event)
            self.agrees()
        return position

    def agrees(self) -> None:
        for event in self._hand.log.events()[self.ledger.position :]:
            self.ledger.take(event)
        for viewer in VIEWERS:
            view = self.ledger.view(viewer, at_us=NOW_US)
            for name in SUMS:
                alone = ScopedPerspective(
                    Perspective(self.ledger.index, viewer, at_us=NOW_US), Scope()
                )
                assert self.ledger.figure(view, name, {}) == FIGURES[name].compute(alone), name


@pytest.fixture
def across(asking: Hand) -> Hand:
    """The mill and the archive meet in heritage; the mill is in the second, too, the archive in the third."""
    asking.record(1, formed("second"), formed("third"), joined("mill", "second"))
    asking.record(1, joined("archive", "third"), joined("library", "third"))
    return asking


@pytest.fixture
def chained(across: Hand) -> Hand:
    """A chain of the mill's: one in heritage, two in the second, three outside cohorts."""
    across.record(2, framed("again", "mill", cohort="second"), framed("outside", "mill"))
    across.record(3, planned("one", cohort="heritage"), started("one"), concluded("one"))
    across.record(4, planned("two", question="again", cohort="second", follows="one"))
    across.record(4, started("two"), concluded("two"))
    across.record(5, planned("three", question="outside", follows="two"))
    return across


@pytest.mark.parametrize(
    "event",
    [
        captured("lesson", cohort="heritage", from_=["iteration/one"]),
        failed("slip", cohort="heritage", iteration="one"),
        shown("iteration/one", "private"),
        shown("iteration/two", "private"),
        shown("iteration/three", "public"),
    ],
    ids=["learned", "failed", "hidden", "hidden between", "shown"],
)
def test_events_of_an_iteration_are_shown_where_its_chain_ends(
    chained: Hand, event: EventJson
) -> None:
    followed = Followed(chained)
    position = followed.record(event)
    followed.record(voided(position))


def test_a_learning_from_a_failure_is_shown_where_the_chain_ends(chained: Hand) -> None:
    followed = Followed(chained)
    followed.record(
        failed("slip", cohort="heritage", iteration="one"),
        captured("lesson", cohort="heritage", from_=["failure/slip"]),
        shown("failure/slip", "private"),
    )


@pytest.mark.parametrize(
    "moves",
    [
        [joined("library", "heritage", time=at(0))],
        [joined("mill", "third", time=at(24)), left("mill", "third")],
        [joined("mill", "third", time=at(24)), closed("third", time=at(12))],
    ],
    ids=["adopter", "origin", "closed"],
)
def test_who_shared_a_cohort_is_reported_where_the_learning_was_adopted(
    across: Hand, moves: list[EventJson]
) -> None:
    across.record(2, captured("lesson", "mill", cohort="heritage", visibility="public"))
    across.record(3, adopted("lesson", "library"))
    followed = Followed(across)
    for event in moves:
        position = followed.record(event)
        followed.record(voided(position), event)


def test_a_part_is_computed_again_only_where_something_happened(chained: Hand) -> None:
    parts = ComputedParts()
    followed = Followed(chained, AnswerCache(compute_parts=parts))
    ledger = followed.ledger

    def placed() -> set[Place | None]:
        parts.places.clear()
        ledger.figure(ledger.view(FACILITATOR, at_us=NOW_US), "funnel", {})
        return set(parts.places)

    placed()
    ends = place_of(None, "mill")
    followed.ledger.take(_next(chained, failed("slip", cohort="heritage", iteration="one")))
    assert placed() <= {"cohort/heritage", "cohort/second", ends}
    followed.ledger.take(_next(chained, framed("more", "library", cohort="third")))
    assert placed() == {"cohort/third"}


def test_places_outside_cohorts_are_few_however_many_organisations_there_are() -> None:
    assert len({place_of(None, f"organisation-{number}") for number in range(5_000)}) == (
        OUTSIDE_PLACES
    )


def _next(hand: Hand, event: EventJson) -> Event:
    """Record an event, and return it."""
    hand.record(10, event)
    return hand.log.events()[-1]
