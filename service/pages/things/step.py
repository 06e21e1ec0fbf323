"""A step in the history of a thing, and the events from which the history is put together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types.event_type import EventType
from service.pages.record.amending.offered import NOTHING, Amending

Event = Mapping[str, Any]
"""An event of the log, as the graph gives it with the fragment `Recorded`."""


@dataclass(frozen=True)
class Step:
    """Something that happened to a thing: what (the name of a list or a moment, or a word of this module), when, and
    the row that says more.

    `recorded` is when it was recorded, None where that is not known. `amending` is what the visitor may amend of its
    event. `by` is who amended something, None where that is not shown.
    """

    what: str
    time: str
    precision: str | None
    position: int
    row: Mapping[str, Any]
    amending: Amending = NOTHING
    by: str | None = None
    recorded: str | None = None

    @property
    def recorded_later(self) -> str | None:
        """When it was recorded, if that was on another day than that of which it says that it happened.

        It is given in the time zone of when it happened, so that both are days of the same people.
        """
        if self.recorded is None:
            return None
        happened = datetime.fromisoformat(self.time)
        recorded = datetime.fromisoformat(self.recorded).astimezone(happened.tzinfo)
        return None if recorded.date() == happened.date() else recorded.isoformat()

    @property
    def place(self) -> tuple[datetime, int]:
        """Its place among the others: by time, then as recorded."""
        return datetime.fromisoformat(self.time), self.position


def is_of(event: Event, model: type[EventType]) -> bool:
    """Return whether an event is of a type, in any version."""
    return event["type"] in VOCABULARY.of(model).wire_names


def recorded_times(events: Iterable[Event]) -> Mapping[int, str]:
    """Return when each of the events was recorded, by its position."""
    return {event["position"]: event["recordedTime"] for event in events}
