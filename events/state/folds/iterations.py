"""How events change the state of iterations."""

from dataclasses import replace
from typing import Final

from events.state.folds.creation import created
from events.state.folds.declared import FOLDS
from events.state.state_view import StateView
from events.state.subjects import (
    IterationState,
)
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.event import Event
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
)
from events.vocabulary.values.text_folding import folded, trimmed

_MEASURE: Final = VOCABULARY.of(IterationPlanned).checked("measure")
_CRITERION: Final = VOCABULARY.of(IterationPlanned).checked("criterion")


def _text(event: Event, field: str) -> str | None:
    """Return an optional text: None if it is blank, and empty if it has only invisible marks, as 0.1.0 accepted it.

    In the event's model, both are None.
    """
    value: str | None = event.data.get(field)
    if value is None or trimmed(value):
        return value
    return "" if value.strip() else None


def _revised_text(before: str | None, event: Event, field: str) -> str | None:
    """Return an optional text after a revision that may not change it."""
    after = _text(event, field)
    return after if after or before is None else before


@FOLDS.add
def _planned(state: None, event: Event[IterationPlanned], state_view: StateView) -> IterationState:
    return IterationState(
        **created(event, state_view),
        question=event.model.question,
        measure=_text(event, _MEASURE),
        criterion=_text(event, _CRITERION),
    )


@FOLDS.add
def _revised(
    state: IterationState, event: Event[IterationRevised], state_view: StateView
) -> IterationState:
    return replace(
        state,
        measure=_revised_text(state.measure, event, _MEASURE),
        criterion=_revised_text(state.criterion, event, _CRITERION),
        moved_us=event.time_us,
    )


@FOLDS.add
def _started(
    state: IterationState, event: Event[IterationStarted], state_view: StateView
) -> IterationState:
    return replace(state, started=True, moved_us=event.time_us)


@FOLDS.add
def _observed(
    state: IterationState, event: Event[ObservationRecorded], state_view: StateView
) -> IterationState:
    measure = event.model.measure
    planned = measure and state.measure and folded(measure) == folded(state.measure)
    measured = state.measured or bool(planned)
    return (
        state
        if state.observed and state.measured == measured
        else replace(state, observed=True, measured=measured)
    )


@FOLDS.add
def _concluded(
    state: IterationState, event: Event[IterationConcluded], state_view: StateView
) -> IterationState:
    return replace(state, concluded_us=event.time_us, moved_us=event.time_us)
