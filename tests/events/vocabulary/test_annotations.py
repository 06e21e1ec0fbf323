"""Folds and rules are declared by their annotations: one that could never run is refused where it is declared."""

from collections.abc import Iterator

import pytest

from events.rules import ADVICE, RULES
from events.rules.rule import Case, advice, rule
from events.state.folds import FOLDS
from events.state.state_view import StateView
from events.state.subjects import CohortState, IterationState, LearningState
from events.vocabulary.annotations import kinds_of
from events.vocabulary.catalogue import CatalogueError
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice, Fault
from events.vocabulary.types import EventType
from events.vocabulary.types.exchange import HelpGiven
from events.vocabulary.types.iterations import IterationStarted
from events.vocabulary.types.learnings import LearningCaptured, LearningRevised


class HelpDreamt(EventType, name="help.dreamt"):
    """A type of no catalogue."""


def of_two(event: Event[LearningCaptured | LearningRevised]) -> None: ...


def of_all(event: Event) -> None: ...


def test_a_function_is_for_the_types_that_its_annotation_names() -> None:
    assert [kind.name for kind in kinds_of(of_two, "event")] == [
        "learning.captured",
        "learning.revised",
    ]
    assert kinds_of(of_all, "event") == ()


def test_a_function_without_the_parameter_is_refused() -> None:
    with pytest.raises(CatalogueError, match="of_all has no annotated parameter 'case'"):
        kinds_of(of_all, "case")


def test_a_fold_for_a_type_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CatalogueError, match="HelpDreamt is no event type"):

        @FOLDS.add
        def _dreamt(
            state: LearningState, event: Event[HelpDreamt], state_view: StateView
        ) -> LearningState:
            return state


def test_a_fold_for_a_subject_that_the_event_does_not_name_is_refused() -> None:
    with pytest.raises(CatalogueError, match=r"help\.given name no cohort"):

        @FOLDS.add
        def _helped(
            state: CohortState, event: Event[HelpGiven], state_view: StateView
        ) -> CohortState:
            return state


def test_a_second_fold_for_the_same_type_and_subject_is_refused() -> None:
    with pytest.raises(
        CatalogueError, match=r"two folds of iteration\.started for the kind iteration"
    ):

        @FOLDS.add
        def _started_again(
            state: IterationState, event: Event[IterationStarted], state_view: StateView
        ) -> IterationState:
            return state


def test_a_rule_or_advice_for_a_type_that_does_not_exist_is_refused() -> None:
    before = len(RULES), len(ADVICE)
    with pytest.raises(CatalogueError, match="HelpDreamt is no event type"):

        @rule("help.dreamt")
        def _dreamt(case: Case[HelpDreamt]) -> Iterator[Fault]:
            yield from ()

    with pytest.raises(CatalogueError, match="HelpDreamt is no event type"):

        @advice("help.dreamt")
        def _advised(case: Case[HelpDreamt | HelpGiven]) -> Iterator[Advice]:
            yield from ()

    assert (len(RULES), len(ADVICE)) == before
