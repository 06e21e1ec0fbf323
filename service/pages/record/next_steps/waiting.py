"""The forms that help with what waits: on the first page, on the page of a cohort's week and in its digest."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from events.access.policy import may_ever_record
from events.access.principal import Principal
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types.cohorts import PairingMet
from events.vocabulary.types.event_type import EventType
from events.vocabulary.types.exchange import HelpGiven
from events.vocabulary.types.iterations import IterationConcluded
from events.vocabulary.types.results import JourneyCheckedIn
from events.vocabulary.types.sessions import CommitmentSettled
from service.pages.parts.waiting import Waiting
from service.pages.record.next_steps.addresses import form_address


class _Help(NamedTuple):
    """What helps with a kind of thing that waits: a type of event, and in English what its link says."""

    model: type[EventType]
    title: str
    about: str
    """The kind of the thing that waits, "" if it is no subject."""


_HELPS: Final[Mapping[str, _Help]] = {
    "commitment": _Help(CommitmentSettled, "Settle it", "commitment"),
    "checkin": _Help(JourneyCheckedIn, "Record the check-in", ""),
    "pairing": _Help(PairingMet, "Record a meeting", "pairing"),
    "stalled": _Help(IterationConcluded, "Record its conclusion", "iteration"),
    "ask": _Help(HelpGiven, "Record help", "ask"),
}


class WaitingForm(NamedTuple):
    """A form that helps with something that waits: in English what its link says, and its address."""

    title: str
    address: str


def form_for(
    one: Waiting, whose: Mapping[str, Any] | None, viewer: Principal
) -> WaitingForm | None:
    """Return the form with which the viewer records what is waited for; None if there is none for them.

    `whose` is the organisation under which it stands. It is filled in as the one that records it, but for help, which
    others give.
    """
    help_ = _HELPS.get(one.kind)
    if help_ is None or not may_ever_record(viewer.role, VOCABULARY.of(help_.model)):
        return None
    key = None if whose is None else str(whose["key"])
    is_help = help_.model is HelpGiven
    if viewer.organisation is not None and (viewer.organisation == key) is is_help:
        return None
    streams = [f"{help_.about}/{one.about['key']}"] if help_.about else []
    streams += [f"organisation/{key}"] if key and not is_help else []
    values: dict[str, str] = {}
    if one.kind == "checkin":
        streams.append(f"cohort/{one.about['cohort']['key']}")
        values["months_after"] = str(one.about["months"])
    return WaitingForm(help_.title, form_address(help_.model, streams, values))


def messages() -> Iterable[str]:
    """Return the words of this module, for the catalogues."""
    return (help_.title for help_ in _HELPS.values())
