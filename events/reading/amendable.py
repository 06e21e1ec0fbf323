"""What a viewer may amend now: which fields of a recorded event it may correct, and whether it may void the event.

The visible log asks it. The recorder judges what is sent anyway; this is for those who offer it.
"""

from dataclasses import dataclass
from typing import Final

from events.access.policy import may_ever_record
from events.access.principal import Principal, may_amend
from events.access.visibility import sees_event, viewer_of
from events.rules.corrections import correctable_fields
from events.rules.record import why_not_voided
from events.state.state_view import StateView
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.event import Event
from events.vocabulary.types.record import EventCorrected, EventVoided

_CORRECTION: Final = VOCABULARY.of(EventCorrected)
_VOID: Final = VOCABULARY.of(EventVoided)


@dataclass(frozen=True, slots=True)
class Amendable:
    """The fields of an event that a viewer may correct, and whether the viewer may void it."""

    fields: tuple[str, ...] = ()
    voidable: bool = False


NOTHING: Final = Amendable()


def amends(viewer: Principal) -> bool:
    """Return whether the viewer may ever void or correct anything."""
    return may_ever_record(viewer.role, _VOID) or may_ever_record(viewer.role, _CORRECTION)


def amendable(event: Event, viewer: Principal, state_view: StateView) -> Amendable:
    """Return what the viewer may amend of an event: nothing of what the viewer does not see."""
    seeing = viewer_of(viewer, state_view)
    if not sees_event(seeing, event, state_view):
        return NOTHING
    may_correct, may_void = (
        may_amend(event, kind, viewer, state_view) for kind in (_CORRECTION, _VOID)
    )
    return Amendable(
        correctable_fields(event, state_view) if may_correct else (),
        may_void and why_not_voided(event, seeing, state_view) is None,
    )
