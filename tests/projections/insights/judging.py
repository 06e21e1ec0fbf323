"""A log in memory that accepts exactly what the real one accepts: the same judge, without a database."""

from collections.abc import Sequence
from typing import Any

from events.access.principal import RECORD, Principal
from events.lines.recorded import read_event
from events.recording.envelope import Envelopes, Malformed
from events.rules.judge import Assumed, judge
from events.state.draft import Draft
from events.state.subjects import State
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream
from events.vocabulary.values.times import as_text

EventJson = dict[str, Any]


class MemoryLog:
    """Events as they come in, refused ones left out. `lines` are the JSON objects that `GET /events` would give."""

    def __init__(self, now_us: int) -> None:
        self.lines: list[EventJson] = []
        self.streams: list[tuple[Stream, ...]] = []
        self._now_us = now_us
        self._envelopes = Envelopes(VOCABULARY)
        self._states: dict[Stream, State | None] = {}
        self._versions: dict[Stream, int] = {}
        self._events: list[Event] = []
        self._histories: dict[Stream, list[Event]] = {}

    def state(self, stream: Stream) -> State | None:
        return self._states.get(stream)

    def version(self, stream: Stream) -> int:
        return self._versions.get(stream, 0)

    def event(self, position: int) -> Event | None:
        return self._events[position - 1] if 0 < position <= len(self._events) else None

    def history(self, stream: Stream) -> Sequence[Event]:
        return self._histories.get(stream, [])

    def record(self, event_json: EventJson, sender: Principal = RECORD) -> int | None:
        """Take the event; returns its position, None where it was refused."""
        try:
            candidate = self._envelopes.read(event_json, sender)
        except Malformed:
            return None
        event = candidate.event.at(len(self._events) + 1)
        draft = Draft(self)
        verdict = judge(
            event, sender, draft, now_us=self._now_us, assumed=Assumed(), versions_match=True
        )
        if verdict.faults:
            return None
        recorded = draft.add(event)
        self._states.update(draft.states)
        self._versions.update(draft.versions)
        self._events.append(recorded)
        for stream in recorded.streams:
            self._histories.setdefault(stream, []).append(recorded)
        content = candidate.content(recorded.streams[0] if recorded.streams else None)
        line = {**content, "position": event.position, "recordedtime": as_text(self._now_us)}
        self.lines.append(line)
        self.streams.append(recorded.streams)
        return event.position

    def events(self) -> list[Event]:
        """The events as they are read from the log."""
        return [
            read_event(line, VOCABULARY, streams)
            for line, streams in zip(self.lines, self.streams, strict=True)
        ]
