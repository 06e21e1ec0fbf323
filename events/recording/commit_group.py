"""A group of requests that are judged together and written with one commit. The recorder makes one for each attempt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

from events.lines.candidate import Candidate
from events.lines.chain import Head
from events.lines.recorded import Receipt
from events.recording.request import Request, RequestOutcome
from events.recording.vault import Vault
from events.state.draft import Draft, GroupDraft
from events.state.state_cache import StateCache
from events.store import lookups
from events.store.appending import Batch
from events.store.lookups import Stored
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.faults import EventsError


@dataclass(frozen=True, slots=True)
class RecordedIds:
    """The events of the log with ids of the group, by (source, id), and the wrapped keys of persons they introduced."""

    events: Mapping[tuple[str, str], Stored]
    person_keys: Mapping[str, bytes]


async def look_up(
    connection: asyncpg.Connection, catalogue: Catalogue, requests: Sequence[Request]
) -> RecordedIds:
    """Return what the log has under the ids of the requests' events."""
    events = await lookups.identities(
        connection, [identity for request in requests for identity in request.identities]
    )
    persons = [
        stored.recorded.content["data"]["person"]
        for stored in events.values()
        if _is_sealed(stored, catalogue)
    ]
    keys = await lookups.person_keys(connection, persons) if persons else {}
    return RecordedIds(events, keys)


def _is_sealed(stored: Stored, catalogue: Catalogue) -> bool:
    found = catalogue.find(stored.recorded.content["type"])
    return found is not None and bool(found[0].personal)


@dataclass(frozen=True, slots=True)
class AcceptedEvent:
    """An event that is part of the group's commit, for later events of the group that repeat or name it."""

    candidate: Candidate
    subject: str | None
    receipt: Receipt
    sender: str


@dataclass(slots=True)
class CommitGroup:
    """The outcomes of the requests so far, and what their commit writes after `head`.

    `ids` is what the log has under the ids of the group's events, None if they were not looked up. Then a new event
    may turn out to be a repeat, which the database finds when the group is written. What is not written must not depend
    on that: `needs_ids` means that a refusal, a dry run or a submission does, so the group must be judged again with
    its ids.
    """

    cache: StateCache
    head: Head
    ids: RecordedIds | None
    catalogue: Catalogue
    vault: Vault
    now_us: int
    batch: Batch = field(init=False)
    draft: GroupDraft = field(init=False)
    outcomes: list[RequestOutcome | EventsError] = field(default_factory=list)
    accepted: dict[tuple[str, str], AcceptedEvent] = field(default_factory=dict)
    needs_ids: bool = False

    def __post_init__(self) -> None:
        # All events of a commit are recorded at one moment, which is never before that of the event before them.
        self.batch = Batch(self.head, max(self.now_us, self.head.recorded_us))
        self.draft = GroupDraft(self.cache)

    def accept(
        self,
        draft: Draft,
        batch: Batch,
        accepted: Mapping[tuple[str, str], AcceptedEvent],
        head: Head,
    ) -> None:
        """Make a request's events part of the commit; `head` is the log's end after them."""
        self.draft.absorb(draft)
        self.head = head
        self.batch.events += batch.events
        self.batch.states |= draft.states
        self.batch.new_keys |= batch.new_keys
        self.batch.forgotten_persons += batch.forgotten_persons
        self.accepted |= accepted

    def position(self, identity: tuple[str, str]) -> int | None:
        """Return the position of the event with this source and id, in the group or in the log; None for neither."""
        accepted = self.accepted.get(identity)
        return accepted.receipt.position if accepted else self.cache.position(identity)
