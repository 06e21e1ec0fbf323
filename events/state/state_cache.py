"""The states and events that a process holds in memory; they are those of one head of the log.

The recorder keeps one between commits. The visible log, refolding and the checks of a whole log fill one of their own.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

from events.lines.chain import Head
from events.state.draft import Draft
from events.state.state_view import NotLoaded
from events.state.subjects import State
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream

STREAMS_MAX: Final = 50_000


class StateCache:
    """A `StateView` of what was loaded; the rest raises `NotLoaded` (see `events.state.loading`).

    `head` is the end of the log that the cache belongs to, None while it is unknown.
    """

    def __init__(self, streams_max: int = STREAMS_MAX) -> None:
        self.head: Head | None = None
        self._streams_max = streams_max
        self._streams: OrderedDict[Stream, tuple[int, State | None]] = OrderedDict()
        self._events: dict[int, Event | None] = {}
        self._histories: dict[str, Sequence[Event]] = {}
        self._positions: dict[tuple[str, str], int | None] = {}

    # Reading

    def state(self, stream: Stream) -> State | None:
        """Return the state of the stream, None if there is none."""
        return self._stream(stream)[1]

    def version(self, stream: Stream) -> int:
        """Return the number of events in the stream."""
        return self._stream(stream)[0]

    def event(self, position: int) -> Event | None:
        """Return the event at the position, None if there is none."""
        if position not in self._events:
            raise NotLoaded(event=position)
        return self._events[position]

    def history(self, stream: Stream) -> Sequence[Event]:
        """Return the events of the stream, oldest first."""
        if stream not in self._histories:
            raise NotLoaded(history=stream)
        return self._histories[stream]

    def position(self, identity: tuple[str, str]) -> int | None:
        """Return the position of the event with this source and id, None if there is none."""
        if identity not in self._positions:
            raise NotLoaded(identity=identity)
        return self._positions[identity]

    def holds(self, stream: Stream) -> bool:
        """Return whether the stream was loaded; if it was, it counts as used now."""
        if stream not in self._streams:
            return False
        self._streams.move_to_end(stream)
        return True

    # Loading

    def keep_streams(self, found: Mapping[Stream, tuple[int, State | None]]) -> None:
        """Keep the versions and states of these streams."""
        self._streams.update(found)

    def keep_event(self, position: int, event: Event | None) -> None:
        """Keep the event at the position."""
        self._events[position] = event

    def keep_position(self, identity: tuple[str, str], position: int | None) -> None:
        """Keep the position of the event with this source and id."""
        self._positions[identity] = position

    def keep_history(self, stream: Stream, events: Sequence[Event]) -> None:
        """Keep the events of the stream."""
        self._histories[stream] = events

    # Moving with the log

    def advance(self, draft: Draft, head: Head) -> None:
        """Move to the head after the draft's events, which were just recorded."""
        for stream in draft.states.keys() | draft.versions.keys():
            version, state = self._streams.get(stream, (0, None))
            self._streams[stream] = (
                draft.versions.get(stream, version),
                draft.states.get(stream, state),
            )
        self.head = head

    def restart(self, head: Head | None) -> None:
        """Forget everything, and begin again at this head of the log."""
        self.head = head
        self._streams.clear()
        self.forget_events()

    def forget_events(self) -> None:
        """Forget the events, histories and positions; states stay."""
        self._events.clear()
        self._histories.clear()
        self._positions.clear()

    def shrink(self) -> None:
        """Forget the events, and of more than `streams_max` streams those that were not used for the longest time."""
        self.forget_events()
        while len(self._streams) > self._streams_max:
            self._streams.popitem(last=False)

    def _stream(self, stream: Stream) -> tuple[int, State | None]:
        try:
            return self._streams[stream]
        except KeyError:
            raise NotLoaded(streams=[stream]) from None
