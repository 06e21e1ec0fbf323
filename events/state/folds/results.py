"""How events change the state of outcomes and publications."""

from dataclasses import replace

from events.state.folds.creation import created
from events.state.folds.declared import FOLDS
from events.state.state_view import StateView
from events.state.subjects import (
    OutcomeState,
    PublicationState,
)
from events.vocabulary.event import Event
from events.vocabulary.types.results import (
    OutcomeHarvested,
    PublicationReleased,
    PublicationWithdrawn,
)


@FOLDS.add
def _harvested(state: None, event: Event[OutcomeHarvested], state_view: StateView) -> OutcomeState:
    return OutcomeState(**created(event, state_view))


@FOLDS.add
def _released(
    state: None, event: Event[PublicationReleased], state_view: StateView
) -> PublicationState:
    return PublicationState(**created(event, state_view))


@FOLDS.add
def _withdrawn(
    state: PublicationState, event: Event[PublicationWithdrawn], state_view: StateView
) -> PublicationState:
    return replace(state, withdrawn=True, moved_us=event.time_us)
