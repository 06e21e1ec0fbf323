"""A step in the history of a thing, and the events from which the history is put together."""

from collections.abc import Mapping
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

    `amending` is what the visitor may amend of its event. `by` is who amended something, None where that is not shown.
    """

    what: str
    time: str
    precision: str | None
    position: int
    row: Mapping[str, Any]
    amending: Amending = NOTHING
    by: str | None = None

    @property
    def place(self) -> tuple[datetime, int]:
        """Its place among the others: by time, then as recorded."""
        return datetime.fromisoformat(self.time), self.position


def is_of(event: Event, model: type[EventType]) -> bool:
    """Return whether an event is of a type, in any version."""
    return event["type"] in VOCABULARY.of(model).wire_names
