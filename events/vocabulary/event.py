"""An event as code reads it."""

from dataclasses import dataclass

from events.vocabulary.catalogue import EventKind, JsonObject, Mention
from events.vocabulary.terms import Visibility


@dataclass(frozen=True)
class Event:
    """One event, its data in the present version of its type.

    `time_us` is when it happened, as told; `visibility` the level that its sender gave, `default_level` the one that
    holds where none was given; `position` its place in the log, 0 while it has none; `streams` the streams it stands
    in, known once it is recorded.
    """

    kind: EventKind
    source: str
    id: str
    time_us: int
    time_text: str
    actor: str
    data: JsonObject
    visibility: Visibility | None = None
    default_level: Visibility = Visibility.COHORT
    position: int = 0
    mentions: tuple[Mention, ...] = ()
    streams: tuple[str, ...] = ()

    @property
    def subject(self) -> str | None:
        """The stream of the first subject it names; None for an event about another event."""
        return self.mentions[0].stream if self.mentions else None

    @property
    def about_event(self) -> int | None:
        """The position of the event it is about: what is voided, or shown to more or fewer."""
        return self.kind.about_event(self.data)

    @property
    def named_event(self) -> tuple[str, str] | None:
        """Source and id of the event it is about, where it names that so and its position was not looked up yet."""
        return self.kind.named_event(self.data)

    @property
    def organisation(self) -> str | None:
        """The organisation that acts, where the event names one."""
        acting = self.data.get("by" if self.kind.name == "inspiration.shared" else "organisation")
        return acting if isinstance(acting, str) else None

    def names(self, stream: str) -> bool:
        """Say whether the event itself names the subject (not merely stands in its stream)."""
        return any(mention.stream == stream for mention in self.mentions)

    def creates(self, stream: str) -> bool:
        """Say whether the event brings the subject into being."""
        return any(mention.creates and mention.stream == stream for mention in self.mentions)

    def at(self, position: int, streams: tuple[str, ...] = ()) -> "Event":
        """Return the same event at its place in the log, in these streams."""
        # As `dataclasses.replace`, which takes most of the time of recording an event.
        moved = object.__new__(Event)
        moved.__dict__.update(self.__dict__, position=position, streams=streams)
        return moved
