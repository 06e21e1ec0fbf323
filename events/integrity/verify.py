"""Verification of a log from its first event to its last. `howcanwe verify` runs it.

It checks the hash chain, the streams and their versions, and the rules: each event is judged at its position, as if a
facilitator of everything had sent it (the sender is not part of the record). An event that an earlier release accepted
stays valid, even if a new one like it is refused. The tables are compared with the texts of the events: columns and
streams event by event, the subjects' states at the end.

Events may be recorded meanwhile: the log is read in short pages. Only its end, with the events that were recorded
during the verification, is read on one snapshot.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import asyncpg
import orjson
from pydantic import ValidationError

from events.access.principal import RECORD
from events.integrity.chain_check import Broken, Marks, Whole, marked_fault, missing_fault
from events.integrity.replayed_state import ReplayedState
from events.lines.chain import GENESIS, line_hash
from events.lines.recorded import Recorded, UnknownType, read_unverified
from events.log import PAGE_EVENTS, EventLog
from events.rules.judge import Assumed, judge
from events.state.draft import Draft
from events.state.fingerprint import state_fingerprint
from events.state.loading import run_loading
from events.state.subjects import State, to_json
from events.store import lookups, states, verifying
from events.store.connections import connect
from events.store.table_source import PastTableSource
from events.store.verifying import Row
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.data_faults import faults_of
from events.vocabulary.event import Event
from events.vocabulary.fields.field_types import OF_NEW_EVENTS
from events.vocabulary.values.times import latest_day, moment


class Verifier:
    """Verifies one log. `on_event` is called with each position; `marks` are compared with the events at theirs."""

    def __init__(
        self,
        log: EventLog,
        on_event: Callable[[int], None] = lambda position: None,
        marks: Marks | None = None,
    ) -> None:
        self._log = log
        self._catalogue: Catalogue = log.catalogue
        self._on_event = on_event
        self._marks = marks or {}
        self._state = ReplayedState()
        self._hash = GENESIS
        self._position = 0
        self._recorded_us = 0

    async def run(self) -> Whole | Broken:
        """Return that the whole log is valid, or the first position that is not."""
        connection = await connect(self._log.url)
        try:
            broken = await self._first_broken(connection)
            if broken is None:
                # Events that are recorded from here on are left out, and so is what they change.
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    broken = (
                        await self._first_broken(connection)
                        or await self._kept_fault(connection)
                        or missing_fault(self._marks, self._position)
                    )
        finally:
            await connection.close()
        return broken or Whole(self._position, self._hash)

    async def _first_broken(self, connection: asyncpg.Connection) -> Broken | None:
        """Check the events up to the end of the log; return the first that is not valid."""
        while page := await verifying.rows(connection, self._position, PAGE_EVENTS):
            for row in page:
                broken = await self._broken(connection, row)
                if broken is not None:
                    return broken
                self._position = row.recorded.position
                self._hash = line_hash(row.recorded.line)
                reason = marked_fault(self._marks, self._position, self._hash)
                if reason is not None:
                    return Broken(self._position, reason)
                self._on_event(self._position)
            if len(page) < PAGE_EVENTS:
                break
        return None

    async def _broken(self, connection: asyncpg.Connection, row: Row) -> Broken | None:
        recorded, position = row.recorded, self._position + 1
        if recorded.position != position:
            return Broken(
                position, f"the event is missing; the next one is at position {recorded.position}"
            )
        try:
            if recorded.content["position"] != position:
                return Broken(position, f"its text says position {recorded.content['position']}")
            if recorded.content["previoushash"] != self._hash:
                return await self._unlinked(connection, recorded)
            reason = self._beside_fault(row)
            event = read_unverified(recorded.content, self._catalogue)
        except UnknownType as unknown:
            return Broken(position, str(unknown))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return Broken(position, f"its text is not an event: {type(error).__name__} {error}")
        reason = (
            reason
            or self._shape_fault(recorded, event)
            or await self._rule_fault(connection, recorded, event)
            or _place_fault(row)
        )
        return None if reason is None else Broken(position, reason)

    async def _unlinked(self, connection: asyncpg.Connection, recorded: Recorded) -> Broken:
        """Return which of two neighbours was changed: the event after them has the hash of the second."""
        after = await lookups.event(connection, recorded.position + 1)
        is_confirmed = after is not None and after.content.get("previoushash") == line_hash(
            recorded.line
        )
        if is_confirmed and self._position:
            return Broken(
                self._position, "its text is not the one whose hash the event after it carries"
            )
        return Broken(
            recorded.position,
            "its previoushash is not the hash of the event before it"
            + ("; one of the two was changed" if after is None and self._position else ""),
        )

    def _beside_fault(self, row: Row) -> str | None:
        content = row.recorded.content
        recorded_us = moment(content["recordedtime"])
        if recorded_us < self._recorded_us:
            return "its recordedtime is before that of the event before it"
        self._recorded_us = recorded_us
        expected = {name: content[name] for name in ("source", "id", "type")}
        expected |= {"time": moment(content["time"]), "recordedtime": recorded_us}
        for name, value in row.columns.items():
            if value != expected[name]:
                return f"its column {name} differs from its text"
        return None

    def _shape_fault(self, recorded: Recorded, event: Event) -> str | None:
        # The form of personal fields was checked when they were recorded.
        data = event.kind.sealed(event.data)
        about, raw = event.kind.about_field, recorded.content["data"]
        if about is not None and isinstance(raw[about], dict):
            data = {**data, about: raw[about]}
        day = latest_day(event.time_text, event.time_precision)
        try:
            event.kind.validated(data, day)
        except ValidationError as error:
            for fault, detail in zip(
                faults_of(error, event.kind.personal), error.errors(), strict=True
            ):
                if detail["type"] not in OF_NEW_EVENTS:
                    return f"rule {fault.rule} at {fault.pointer}: {fault.detail}"
        return None

    async def _rule_fault(
        self, connection: asyncpg.Connection, recorded: Recorded, event: Event
    ) -> str | None:
        source = PastTableSource(connection, self._catalogue, through=self._position)
        return await run_loading(
            partial(self._judged, recorded, event.at(recorded.position)),
            self._state.earlier,
            source,
        )

    def _judged(self, recorded: Recorded, event: Event) -> str | None:
        draft = Draft(self._state)
        verdict = judge(
            event,
            RECORD,
            draft,
            now_us=self._recorded_us,
            assumed=Assumed(),
            versions_match=True,
            is_new=False,
        )
        if verdict.faults:
            fault = verdict.faults[0]
            return f"rule {fault.rule} at {fault.pointer}: {fault.detail}"
        named = event.kind.named_event(recorded.content["data"])
        about = draft.event(event.about_event) if named and event.about_event else None
        if about is not None and (about.source, about.id) != named:
            return f"its about is {event.about_event}, which is not the event that it names"
        streams = draft.add(event).streams
        versions = {stream: draft.version(stream) for stream in streams}
        if versions != dict(recorded.streams):
            return f"its streams are {dict(recorded.streams)}, not {versions}"
        if streams and recorded.content.get("subject") != streams[0]:
            return f"its subject is {recorded.content.get('subject')}, not {streams[0]}"
        self._state.absorb(draft, recorded.position)
        return None

    async def _kept_fault(self, connection: asyncpg.Connection) -> Broken | None:
        """Return the first event whose streams or states the tables do not have as the log gives them."""
        extra = await verifying.beyond(connection, self._state.versions)
        if extra is not None:
            position, stream, version = extra
            return Broken(position, f"{stream} has a version {version} that no event gives it")
        if await states.noted_folds(connection) != state_fingerprint():
            # Folds of another release made them. This one computes them again before it records.
            return None
        kept = await verifying.states(connection)
        given = {
            stream: _as_kept(state)
            for stream, state in self._state.states.items()
            if state is not None
        }
        wrong = [
            (self._state.changed.get(stream, self._position), stream)
            for stream in kept.keys() | given.keys()
            if kept.get(stream) != given.get(stream)
        ]
        if not wrong:
            return None
        position, stream = min(wrong)
        return Broken(position, f"the stored state of {stream} is not the one that its events give")


def _place_fault(row: Row) -> str | None:
    for stream, position in row.places.items():
        if position != row.recorded.position:
            version = row.recorded.streams[stream]
            instead = "nothing" if position is None else f"position {position}"
            return f"{stream} has {instead} at version {version}, where the event should be"
    return None


def _as_kept(state: State) -> Any:
    return orjson.loads(orjson.dumps(to_json(state)))


__all__ = ["Broken", "Verifier", "Whole"]
