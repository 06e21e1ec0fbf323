"""The streams of events, computed from their lines. Replays of exports use it, because exports do not have streams."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson

from events.lines.recorded import Recorded, read_event
from events.state.folding import fold
from events.state.placement import streams_of
from events.state.subjects import State
from events.vocabulary.catalogue import VOCABULARY, Catalogue
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream


class StreamsFromLines:
    """Reads the lines of a log, beginning with its first, as events with their streams and versions.

    Streams depend on a subject's organisation and cohort, an iteration's question and a pairing's organisations, which
    never change after the subject's creation. So only creations are folded. This is the `StateView` of those folds.
    """

    def __init__(self, catalogue: Catalogue = VOCABULARY) -> None:
        self._catalogue = catalogue
        self._states: dict[Stream, State | None] = {}
        self._streams: dict[int, tuple[Stream, ...]] = {}
        self._same: dict[tuple[Stream, ...], tuple[Stream, ...]] = {}
        self._versions: Counter[Stream] = Counter()

    @property
    def created(self) -> Mapping[Stream, State]:
        """The subjects that the lines so far have created, as they were then."""
        return {stream: state for stream, state in self._states.items() if state is not None}

    def placed(self, line: bytes) -> Event:
        """Return the event of the next line with its streams. Raises UnknownType."""
        event = read_event(orjson.loads(line), self._catalogue)
        streams = self._streams_of(event)
        # Many events have the same streams; kept once, they take a third less memory.
        streams = self._same.setdefault(streams, streams)
        self._streams[event.position] = streams
        return event.at(event.position, streams)

    def recorded(self, line: bytes) -> Recorded:
        """Return the event of the next line as the log has it. Raises UnknownType."""
        event = self.placed(line)
        self._versions.update(event.streams)
        return Recorded(
            event.position, line, {stream: self._versions[stream] for stream in event.streams}
        )

    def _streams_of(self, event: Event) -> tuple[Stream, ...]:
        if event.about_event is not None:
            return self._streams.get(event.about_event, ())
        for mention in event.mentions:
            if mention.creates:
                self._states[mention.stream] = fold(None, event, mention.stream, self)
        return streams_of(event, self.state, self)

    # The state view

    def state(self, stream: Stream) -> State | None:
        """Return the subject as it was created, None if no line did so."""
        return self._states.get(stream)

    def version(self, stream: Stream) -> int:
        """Return how many of the events so far are in the stream, as `recorded` counts them."""
        return self._versions[stream]

    def event(self, position: int) -> Event | None:
        """Return None: lines are not kept."""
        return None

    def history(self, stream: Stream) -> Sequence[Event]:
        """Return nothing: lines are not kept."""
        return ()


def events_in(lines: Iterable[bytes], catalogue: Catalogue = VOCABULARY) -> Iterator[Event]:
    """Yield the events of a whole log's lines, with their streams; each line is parsed once. Raises UnknownType."""
    streams = StreamsFromLines(catalogue)
    return (streams.placed(line) for line in lines)


def recorded_in(lines: Iterable[bytes], catalogue: Catalogue = VOCABULARY) -> Iterator[Recorded]:
    """Yield the events of a whole log's lines, with their streams. Raises UnknownType."""
    placed = StreamsFromLines(catalogue)
    return (placed.recorded(line) for line in lines)
