"""One event on its way through the projections."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from events.catalogue import Catalogue, JsonObject
from events.event import Event
from events.moments import as_datetime, moment
from events.recorded import Recorded

_ORGANISATION: Final = "organisation/"


@dataclass(frozen=True, slots=True)
class Step:
    """An event as the log keeps it and as code reads it: all that a projection may look at."""

    recorded: Recorded
    event: Event

    @classmethod
    def read(cls, recorded: Recorded, catalogue: Catalogue) -> Self:
        """Return the step of a recorded event. Raises UnknownType."""
        return cls(recorded, recorded.event(catalogue))

    @property
    def position(self) -> int:
        """The event's place in the log."""
        return self.event.position

    @property
    def type(self) -> str:
        """The event's type, such as `cohort.formed`, whatever version it was recorded in."""
        return self.event.kind.name

    @property
    def data(self) -> JsonObject:
        """The event's data, in the present version of its type."""
        return self.event.data

    @property
    def occurred_at(self) -> datetime:
        """When it happened, as told."""
        return as_datetime(self.event.time_us)

    @property
    def recorded_at(self) -> datetime:
        """When the log took it in."""
        return as_datetime(moment(self.recorded.content["recordedtime"]))

    @property
    def organisations(self) -> tuple[str, ...]:
        """The organisations concerned: those in whose streams the event stands."""
        streams = self.event.streams
        return tuple(
            stream.removeprefix(_ORGANISATION)
            for stream in streams
            if stream.startswith(_ORGANISATION)
        )
