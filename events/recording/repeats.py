"""Repeats: an event that is sent again gets its first receipt; an id that another event has is a conflict.

The judgement of a request asks before it judges an event as a new one.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from cryptography.exceptions import InvalidTag

from events.access.principal import RECORD, Principal
from events.access.visibility import sees_event, viewer_of
from events.lines.candidate import Candidate
from events.lines.chain import line_hash
from events.lines.recorded import Receipt
from events.recording.commit_group import AcceptedEvent, CommitGroup, RecordedIds
from events.recording.difference import difference
from events.recording.vault import unseal
from events.state.draft import Draft
from events.state.subjects import PersonState
from events.store.lookups import Stored
from events.vocabulary.catalogue import JsonObject
from events.vocabulary.event import Event
from events.vocabulary.faults import Fault
from events.vocabulary.stream import key_of
from events.vocabulary.values.json_equality import same_json

FORGOTTEN: Final = (
    "The person was forgotten, so this event can no longer be compared with the recorded one."
)
OTHER_SENDER: Final = "another sender used it"
TO_CHANGE: Final = "To change what is recorded, record event.corrected or event.voided. Give something else another id."
OTHER_SUBMISSION: Final = (
    "This submission was recorded before, with other events; a recorded event is not changed. Expected the same"
    " submission again, or one with a new id."
)
KEYLESS: Final = (
    "The person's key is missing, so this event cannot be compared with the recorded one"
    " until the key is restored."
)


class Repeats:
    """Compares the events of one request with those that have their ids, in the group or in the log."""

    def __init__(self, group: CommitGroup, sender: Principal, draft: Draft) -> None:
        self._group = group
        self._sender = sender
        self._draft = draft

    def find(
        self, candidate: Candidate, accepted: Mapping[tuple[str, str], AcceptedEvent]
    ) -> Receipt | Fault | None:
        """Return the first receipt of a repeated event, or the conflict; None for an event whose id is new.

        `accepted` are the earlier events of the same request.
        """
        if (own := accepted.get(candidate.identity)) is not None:
            # Until its request is recorded, it has no position that could be named.
            return self._of_accepted(candidate, own, 0)
        if (other := self._group.accepted.get(candidate.identity)) is not None:
            return self._of_accepted(candidate, other, other.receipt.position)
        ids = self._group.ids
        if ids is not None and (stored := ids.events.get(candidate.identity)) is not None:
            return self._of_stored(candidate, stored, ids)
        return None

    def _of_accepted(
        self, candidate: Candidate, accepted: AcceptedEvent, position: int
    ) -> Receipt | Fault:
        event = accepted.candidate.event.at(position)
        if accepted.sender != self._sender.id:
            return self._conflict(event, OTHER_SENDER)
        differing = difference(candidate, accepted.candidate.content(accepted.subject))
        if differing is not None:
            return self._conflict(event, differing)
        return replace(accepted.receipt, repeated=True, warnings=())

    def _of_stored(self, candidate: Candidate, stored: Stored, ids: RecordedIds) -> Receipt | Fault:
        event = stored.recorded.event(self._group.catalogue)
        if stored.sender != self._sender.id:
            return self._conflict(event, OTHER_SENDER)
        if _is_unreadable(candidate, stored, ids):
            person = self._draft.state(candidate.person)
            is_forgotten = isinstance(person, PersonState) and person.forgotten
            return Fault("event.conflict", "/id", FORGOTTEN if is_forgotten else KEYLESS)
        differing = difference(candidate, self._readable(candidate, stored, ids))
        if differing is not None:
            return self._conflict(event, differing)
        return Receipt(
            source=event.source,
            id=event.id,
            position=event.position,
            streams=stored.recorded.streams,
            hash=line_hash(stored.recorded.line),
            repeated=True,
        )

    def _conflict(self, event: Event, reason: str) -> Fault:
        """Return the fault; it gives the event's position to a sender who may see the event.

        If it is the sender's own, it names what changes it.
        """
        detail = f"Another event of this source has this id: {reason}"
        viewer = viewer_of(self._sender, self._draft)
        if event.position and sees_event(viewer, event, self._draft):
            detail += f"; the event with this id is at position {event.position}"
            if reason != OTHER_SENDER:
                return Fault("event.conflict", "/id", f"{detail}. {TO_CHANGE}")
        return Fault("event.conflict", "/id", f"{detail}.")

    def _readable(self, candidate: Candidate, stored: Stored, ids: RecordedIds) -> JsonObject:
        """Return the recorded content as its sender would send it now: personal fields are plain text."""
        recorded = dict(stored.recorded.content)
        if candidate.actor_is_filled_in and _may_be_restored(stored):
            recorded["actor"] = candidate.event.actor
        if candidate.event.kind.personal and recorded["type"] == candidate.event.wire_name:
            recorded["data"] = self._unsealed(candidate, recorded["data"], ids)
        return recorded

    def _unsealed(self, candidate: Candidate, data: JsonObject, ids: RecordedIds) -> JsonObject:
        """Return the data with its personal fields in plain text; unchanged if their key is gone."""
        person = key_of(candidate.person)
        wrapped = ids.person_keys.get(person)
        if wrapped is None:
            return data
        key = self._group.vault.unwrap(person, wrapped)
        personal = candidate.event.kind.personal
        try:
            return {
                name: unseal(key, person, name, value) if name in personal else value
                for name, value in data.items()
            }
        except InvalidTag:
            # The introduction was voided, and the key now belongs to another person.
            return data


def _is_unreadable(candidate: Candidate, stored: Stored, ids: RecordedIds) -> bool:
    """Return whether the person's key is gone and everything but the personal fields is the same."""
    personal = candidate.event.kind.personal
    if not personal or key_of(candidate.person) in ids.person_keys:
        return False
    sent, recorded = (
        {name: value for name, value in data.items() if name not in personal}
        for data in (candidate.data, stored.recorded.content["data"])
    )
    return same_json(sent, recorded)


def _may_be_restored(stored: Stored) -> bool:
    """Return whether the event may have been restored from an export, with an actor that the log had filled in."""
    actor: str = stored.recorded.content["actor"]
    return stored.sender == RECORD.id and actor.startswith("service/")
