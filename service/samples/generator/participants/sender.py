"""The system that sends the events, in the order in which they have to be recorded."""

from events.vocabulary.catalogue import VOCABULARY
from service.samples.generator.randomness.clock import stamp

Event = dict[str, object]


class SampleSender:
    """Puts events into envelopes and counts their positions from 1, as an empty log would."""

    __slots__ = ("corrects", "position", "sent", "source")

    def __init__(self, source: str, *, corrects: bool) -> None:
        self.source = source
        self.corrects = corrects  # Whether it may send events that refer to positions.
        self.position = 0
        self.sent: list[Event] = []

    def send(
        self,
        name: str,
        key: str,
        at: int,
        zone: str,
        data: dict[str, object],
        extensions: dict[str, str],
    ) -> int:
        """Send the event as the next one, and return its position."""
        self.position += 1
        self.sent.append(
            {
                "specversion": "1.0",
                "id": key,
                "source": self.source,
                "type": VOCABULARY.named(name).wire_name,
                "time": stamp(at, zone),
                **extensions,
                "data": data,
            }
        )
        return self.position
