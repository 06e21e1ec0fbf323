"""What is wrong with the data of an event."""

from typing import Any

from events.access.principal import RECORD
from events.recording.envelope import Envelopes, Malformed
from events.vocabulary.catalogue import VOCABULARY
from tests.events.samples import EventJson, at

ENVELOPES = Envelopes(VOCABULARY)


def faults(event: EventJson) -> list[str]:
    """Return the pointers of everything that is wrong with the event's data."""
    try:
        whole = {"id": "1", "source": "urn:test", "time": at(0), **event}
        found = ENVELOPES.read(whole, RECORD).faults
    except Malformed as malformed:
        found = malformed.faults
    return [fault.pointer for fault in found]


def with_data(event: EventJson, /, **data: Any) -> EventJson:
    """Return the event with these fields."""
    return {**event, "data": {**event["data"], **data}}
