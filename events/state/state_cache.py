"""What a process remembers of the log between commits: true as long as the log's head is where it was."""

from collections import OrderedDict
from collections.abc import Sequence

from events.lines.chain import Head
from events.state.draft import Draft
from events.state.state_view import NotLoaded
from events.state.subjects import State
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream

STREAMS_MAX = 50_000


class StateCache:
    """The record up to `head`, as far as it was fetched; what was not raises `NotLoaded`.

    At most `streams_max` subjects are kept, those used last. Earlier events are kept for one group of requests only.
    """

    def __init__(self, streams_max: int = STREAMS_MAX) -> None:
        self.head: Head | None = None
        self._streams_max = streams_max
        self._streams: OrderedDict[Stream, tuple[int, State | None]] = OrderedDict()
        self._events: dict[int, Event | None] = {}
        self._histories: dict[Stream, list[Event]] = {}
        self._positions: dict[tuple[str, str], int | None] = {}

    def state(self, stream: Stream) -> State | None:
        """Return the state kept for the stream, None where there is none."""
        return self._found(stream)[1]

    def version(self, stream: Stream) -> int:
        """Return the number of events in the stream."""
        return self._found(stream)[0]

    def event(self, position: int) -> Event | None:
        """Return the event at the position."""
        if position not in self._events:
            raise NotLoaded(event=position)
        return self._events[position]

    def history(self, stream: Stream) -> Sequence[Event]:
        """Return the events of the stream, oldest first."""
        if stream not in self._histories:
            raise NotLoaded(history=stream)
        return self._histories[stream]

    def position(self, identity: tuple[str, str]) -> int | None:
        """Return where the event with this source and id stands, None where there is none."""
        if identity not in self._positions:
            raise NotLoaded(identity=identity)
        return self._positions[identity]

    def knows(self, stream: Stream) -> bool:
        """Say whether the stream was fetched; if so, it counts as used."""
        if stream not in self._streams:
            return False
        self._streams.move_to_end(stream)
        return True

    def keep(self, found: dict[Stream, tuple[int, State | None]]) -> None:
        """Take in what was fetched of streams."""
        self._streams.update(found)

    def keep_event(self, position: int, event: Event | None) -> None:
        """Take in an event that was fetched."""
        self._events[position] = event

    def keep_position(self, identity: tuple[str, str], position: int | None) -> None:
        """Take in where the event with this source and id stands."""
        self._positions[identity] = position

    def keep_history(self, stream: Stream, events: list[Event]) -> None:
        """Take in a stream that was fetched."""
        self._histories[stream] = events

    def moved(self, head: Head) -> None:
        """Forget everything: the log's head is elsewhere."""
        self.head = head
        self._streams.clear()
        self.forget_events()

    def lost(self) -> None:
        """Forget everything: where the head is, nobody knows."""
        self.moved(Head())
        self.head = None

    def recorded(self, draft: Draft, head: Head) -> None:
        """Take over what was just written."""
        for stream in draft.states.keys() | draft.versions.keys():
            version, state = self._streams.get(stream, (0, None))
            self._streams[stream] = (
                draft.versions.get(stream, version),
                draft.states.get(stream, state),
            )
        self.head = head

    def forget_events(self) -> None:
        """Forget the events, and the subjects that were not used for the longest time."""
        self._events.clear()
        self._histories.clear()
        self._positions.clear()
        while len(self._streams) > self._streams_max:
            self._streams.popitem(last=False)

    def _found(self, stream: Stream) -> tuple[int, State | None]:
        try:
            return self._streams[stream]
        except KeyError:
            raise NotLoaded(streams=[stream]) from None
