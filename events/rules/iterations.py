"""Rules about iterations: when the plan is frozen, and what a conclusion needs."""

from collections.abc import Iterator
from typing import Final

from events.rules.rule import Case, advice, rule
from events.state.state_view import find
from events.state.subjects import IterationState
from events.vocabulary.faults import Advice, Fault
from events.vocabulary.terms import Result
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
)
from events.vocabulary.values.text_folding import folded, trimmed
from events.vocabulary.values.times import as_text

MEASURE_SHOWN_MAX: Final = 100  # characters


OfIteration = (
    IterationRevised
    | IterationStarted
    | ObservationRecorded
    | ParticipationRecorded
    | IterationConcluded
)
OfCourse = ObservationRecorded | ParticipationRecorded | IterationConcluded


def _iteration(case: Case[OfIteration]) -> IterationState | None:
    return find(case.state_view, IterationState, case.event.model.iteration)


@rule("iteration.started")
def iteration_started(case: Case[IterationStarted | IterationRevised]) -> Iterator[Fault]:
    """An iteration is started once. Its hypothesis, action, measure and criterion are revised only before the start."""
    iteration = _iteration(case)
    if iteration and (iteration.started or iteration.concluded_us is not None):
        yield Fault(
            "iteration.started",
            "/data/iteration",
            f"The iteration {case.event.model.iteration} is "
            f"{'concluded' if iteration.concluded_us is not None else 'started'} already.",
        )


@rule("iteration.not_started")
def iteration_not_started(case: Case[OfCourse]) -> Iterator[Fault]:
    """Observations, participation and a conclusion need a started iteration; a plan can end in `did_not_finish`."""
    iteration = _iteration(case)
    if iteration is None or iteration.started:
        return
    model = case.event.model
    if not (isinstance(model, IterationConcluded) and model.result is Result.DID_NOT_FINISH):
        yield Fault(
            "iteration.not_started",
            "/data/iteration",
            f"The iteration {model.iteration} has not been started.",
        )


@rule("iteration.concluded")
def iteration_concluded(case: Case[OfCourse]) -> Iterator[Fault]:
    """An iteration is concluded once. Afterwards, only events with a time before its conclusion are added."""
    iteration = _iteration(case)
    if iteration is None or iteration.concluded_us is None:
        return
    if case.event.is_of(IterationConcluded):
        yield Fault(
            "iteration.concluded",
            "/data/iteration",
            f"The iteration {case.event.model.iteration} is concluded already.",
        )
    elif case.event.time_us >= iteration.concluded_us:
        yield Fault(
            "iteration.concluded",
            "/data/iteration",
            f"Expected a time before the conclusion of iteration {case.event.model.iteration},"
            f" {as_text(iteration.concluded_us)}; found {case.event.time_text}.",
        )


@rule("iteration.no_evidence")
def no_evidence(case: Case[IterationConcluded]) -> Iterator[Fault]:
    """The results `supported` and `refuted` need an observation first, on the plan's measure if the plan names one."""
    iteration = _iteration(case)
    if iteration is None or not iteration.started or iteration.concluded_us is not None:
        return
    if case.event.model.result not in (Result.SUPPORTED, Result.REFUTED):
        return
    if iteration.measure and not iteration.measured:
        yield Fault(
            "iteration.no_evidence",
            "/data/result",
            f"No observation on the plan's measure, {_shown(iteration.measure)}, has been recorded.",
        )
    elif not iteration.observed:
        yield Fault("iteration.no_evidence", "/data/result", "No observation has been recorded.")


@rule("iteration.follows_open")
def follows_open(case: Case[IterationPlanned]) -> Iterator[Fault]:
    """An iteration follows a concluded one."""
    before = find(case.state_view, IterationState, case.event.model.follows)
    if before and before.concluded_us is None:
        yield Fault(
            "iteration.follows_open",
            "/data/follows",
            f"The iteration {case.event.model.follows} is not concluded.",
        )


@advice("measure.unknown")
def measure_unknown(case: Case[ObservationRecorded]) -> Iterator[Advice]:
    """An observation on another measure than the plan's does not support a conclusion."""
    iteration, measure = _iteration(case), folded(case.event.model.measure or "")
    if iteration and iteration.measure and measure and measure != folded(iteration.measure):
        yield Advice(
            "measure.unknown",
            f"this is not the plan's measure, {_shown(iteration.measure)}, so it is no evidence for a conclusion",
        )


def _shown(measure: str) -> str:
    return f'"{trimmed(measure)[:MEASURE_SHOWN_MAX]}"'
