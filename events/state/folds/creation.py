"""What every new subject's state has."""

from typing import Any

from events.state.placement import event_cohort
from events.state.state_view import StateView
from events.vocabulary.event import Event


def created(event: Event, state_view: StateView, **more: Any) -> dict[str, Any]:
    """Return the fields that every new subject has."""
    return {
        "position": event.position,
        "moved_us": event.time_us,
        "level": event.level,
        "organisation": event.organisation,
        "cohort": event_cohort(event, state_view.state),
    } | more
