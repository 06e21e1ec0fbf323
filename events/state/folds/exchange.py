"""How events change the state of asks and inspirations."""

from events.state.folds.creation import created
from events.state.folds.declared import FOLDS
from events.state.state_view import StateView
from events.state.subjects import (
    AskState,
    InspirationState,
)
from events.vocabulary.event import Event
from events.vocabulary.types.exchange import HelpAsked, InspirationShared


@FOLDS.add
def _asked(state: None, event: Event[HelpAsked], state_view: StateView) -> AskState:
    return AskState(**created(event, state_view))


@FOLDS.add
def _shared(
    state: None, event: Event[InspirationShared], state_view: StateView
) -> InspirationState:
    return InspirationState(**created(event, state_view))
