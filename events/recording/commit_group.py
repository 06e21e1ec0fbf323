"""One group of requests, judged together and written with one commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from cryptography.exceptions import InvalidTag

from events.access.principal import RECORD
from events.access.visibility import sees, sees_event, viewer_of
from events.lines.candidate import Candidate
from events.lines.chain import Head, line_hash, salts
from events.lines.recorded import Receipt
from events.recording.envelope import Malformed
from events.recording.idempotency import difference, same_json
from events.recording.request import Request, RequestOutcome
from events.recording.vault import NoMasterKey, Vault, WrongMasterKey, seal, unseal
from events.rules.judge import Assumed, judge
from events.state.draft import Draft, GroupDraft
from events.state.state_cache import StateCache
from events.state.state_view import subject_in
from events.state.subjects import PersonState
from events.store.appending import AppendedEvent, Batch
from events.store.lookups import Stored
from events.vocabulary.catalogue import Catalogue, JsonObject
from events.vocabulary.event import Event
from events.vocabulary.faults import EventsError, Fault, Refused

Known = Mapping[tuple[str, str], Stored]
"""Events of the group that are in the log already, by (source, id)."""


FORGOTTEN: Final = (
    "the person was forgotten, so whether this is the same event cannot be told any more"
)
KEYLESS: Final = "the person's key is not here, so whether this is the same event cannot be told until it is put back"


@dataclass(slots=True)
class Pending:
    """An event accepted in this group, for those that repeat it."""

    candidate: Candidate
    subject: str | None
    receipt: Receipt
    sender: str


@dataclass(slots=True)
class CommitGroup:
    """Judges requests one after the other, each on top of those before it.

    `looked_up` says whether `known` is complete for the group's ids. If it is not, nothing but a clean acceptance is
    final: `unsure` tells that the group has to be judged again with the ids looked up.
    """

    memory: StateCache
    head: Head
    catalogue: Catalogue
    vault: Vault
    now_us: int
    known: Known
    person_keys: Mapping[str, bytes]
    looked_up: bool
    unsure: bool = False
    batch: Batch = field(init=False)
    draft: GroupDraft = field(init=False)
    outcomes: list[RequestOutcome | EventsError] = field(default_factory=list)
    pending: dict[tuple[str, str], Pending] = field(default_factory=dict)
    _open: "RequestJudgement | None" = None

    def __post_init__(self) -> None:
        # All of a commit's events are recorded at one moment, which is never before the last one's.
        self.batch = Batch(self.head, max(self.now_us, self.head.recorded_us))
        self.draft = GroupDraft(self.memory)

    def take(self, request: Request) -> None:
        """Judge a request and add its outcome.

        Raises `Missing` where something must be fetched first; called again with the same request, it goes on from
        there.
        """
        if self._open is None or self._open.request is not request:
            self._open = RequestJudgement(self, request)
        session = self._open
        try:
            session.run()
        except (NoMasterKey, WrongMasterKey) as error:
            # None of its neighbours suffers for it.
            self._open = None
            self.outcomes.append(error)
            return
        self._open = None
        if (session.faults or request.dry) and not self.looked_up:
            self.unsure = True
        if session.faults and (not request.lenient or None in session.faults):
            self.outcomes.append(
                Refused(fault for faults in session.faults.values() for fault in faults)
            )
            return
        refused = {
            index: tuple(faults) for index, faults in session.faults.items() if index is not None
        }
        if request.dry:
            self.outcomes.append(RequestOutcome((), refused, tuple(session.receipts)))
            return
        self._keep(session)
        self.outcomes.append(RequestOutcome(tuple(session.receipts), refused))

    def _keep(self, session: "RequestJudgement") -> None:
        """Let the events of a request stand in the group."""
        self.draft.absorb(session.draft)
        self.head = session.head
        self.batch.events += session.entries
        self.batch.states |= session.draft.states
        self.batch.new_keys |= session.new_keys
        self.batch.forgotten_persons += session.gone
        self.pending |= session.pending


class RequestJudgement:
    """The judgement of one request, event by event. Each step is whole: `Missing` leaves it as it was."""

    def __init__(self, group: CommitGroup, request: Request) -> None:
        self.request = request
        self.draft = Draft(group.draft)
        self.head = group.head
        self.entries: list[AppendedEvent] = []
        self.pending: dict[tuple[str, str], Pending] = {}
        self.new_keys: dict[str, bytes] = {}
        self.gone: list[str] = []
        self.faults: dict[int | None, list[Fault]] = {}
        self.receipts: list[Receipt] = []
        self._group = group
        self._assumed = Assumed(dependent=request.lenient)
        self._salts = salts(len(request.events))
        self._guards: list[Fault] | None = None
        self._fresh = False
        self._next = 0
        self._told: list[Receipt] = []

    def run(self) -> None:
        """Judge what is left to judge; afterwards `faults` and `receipts` are complete."""
        if self._guards is None:
            self._guards = self._guard_faults()
        while self._next < len(self.request.events):
            index = self._next
            candidate = self.request.events[index]
            faults = (
                self._malformed(candidate)
                if isinstance(candidate, Malformed)
                else self._take(candidate)
            )
            if faults:
                self.faults[index] = [fault.at(index) for fault in faults]
            self._next += 1
        if self._guards and self._fresh:
            self.faults = {None: self._guards, **self.faults}
        self.receipts = self._told
        if not self.request.sender.facilitates_everything:
            self.receipts = [
                replace(receipt, streams=self._visible(receipt.streams)) for receipt in self._told
            ]

    def _guard_faults(self) -> list[Fault]:
        faults = []
        for stream, expected in self.request.expected.items():
            present = self._visible({stream: self.draft.version(stream)}).get(stream, 0)
            if present != expected:
                faults.append(
                    Fault(
                        "stream.version",
                        "",
                        f"{stream} is at version {present}, not {expected}",
                        None,
                    )
                )
        return faults

    def _malformed(self, event: Malformed) -> list[Fault]:
        self._fresh = True
        self._assumed.streams |= {
            stream for stream in event.creates if self.draft.state(stream) is None
        }
        return list(event.faults)

    def _take(self, candidate: Candidate) -> list[Fault]:
        repeat = self._repeat(candidate)
        if repeat is not None:
            if isinstance(repeat, Fault):
                return [repeat]
            self._told.append(repeat)
            return []
        if candidate.faults:
            created = (mention.stream for mention in candidate.event.mentions if mention.creates)
            return self._malformed(Malformed(candidate.faults, frozenset(created)))
        self._fresh = True
        named = candidate.event.named_event
        position = self._position(named) if named is not None else None
        return self._record(candidate if position is None else candidate.about(position))

    def _position(self, identity: tuple[str, str]) -> int | None:
        """Return where an event stands that was recorded before this request, None where there is none."""
        pending = self._group.pending.get(identity)
        return pending.receipt.position if pending else self._group.memory.position(identity)

    def _repeat(self, candidate: Candidate) -> Receipt | Fault | None:
        """Return the first receipt of an event that was recorded before, or the conflict; None for a new one."""
        pending = self.pending.get(candidate.identity) or self._group.pending.get(
            candidate.identity
        )
        if pending is not None:
            return self._repeat_of_pending(candidate, pending)
        stored = self._group.known.get(candidate.identity)
        if stored is None:
            return None
        event = stored.recorded.event(self._group.catalogue)
        if stored.sender != self.request.sender.id:
            return self._conflict(event, "another sender used it")
        if self._is_unreadable(candidate, stored):
            person = self.draft.state(f"person/{candidate.event.data['person']}")
            is_forgotten = isinstance(person, PersonState) and person.forgotten
            return Fault("event.conflict", "/id", FORGOTTEN if is_forgotten else KEYLESS)
        differing = difference(candidate, self._said(candidate, stored))
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

    def _repeat_of_pending(self, candidate: Candidate, pending: Pending) -> Receipt | Fault:
        event = pending.candidate.event.at(pending.receipt.position)
        if candidate.identity in self.pending:
            # It stands nowhere before the request is recorded.
            event = event.at(0)
        if pending.sender != self.request.sender.id:
            return self._conflict(event, "another sender used it")
        differing = difference(candidate, pending.candidate.content(pending.subject))
        if differing is not None:
            return self._conflict(event, differing)
        return replace(pending.receipt, repeated=True, warnings=())

    def _conflict(self, event: Event, reason: str) -> Fault:
        """Return that the id is taken, why this is no repeat, and where the event stands if the sender may see it."""
        detail = f"an id that no other event of this source has: {reason}"
        viewer = viewer_of(self.request.sender, self.draft)
        if event.position and sees_event(viewer, event, self.draft):
            detail += f"; the event stands at position {event.position}"
        return Fault("event.conflict", "/id", detail)

    def _is_unreadable(self, candidate: Candidate, stored: Stored) -> bool:
        """Say whether all that can be compared is the same, and the rest is sealed with a key that is not here."""
        personal = candidate.event.kind.personal
        if not personal:
            return False
        if candidate.event.data["person"] in self._group.person_keys:
            return False
        said = {
            name: value
            for name, value in stored.recorded.content["data"].items()
            if name not in personal
        }
        return same_json(
            {name: value for name, value in candidate.data.items() if name not in personal}, said
        )

    def _said(self, candidate: Candidate, stored: Stored) -> JsonObject:
        """Return what was said under the event's id, in clear and as whoever sends it now would say it."""
        said = dict(stored.recorded.content)
        if candidate.actor_is_filled_in and _may_be_restored(stored):
            said["actor"] = candidate.event.actor
        if candidate.event.kind.personal and said["type"] == candidate.attributes["type"]:
            said["data"] = self._unsealed(candidate, said["data"])
        return said

    def _record(self, candidate: Candidate) -> list[Fault]:
        event = candidate.event.at(self.head.position + 1)
        verdict = judge(
            event,
            self.request.sender,
            self.draft,
            now_us=self._group.now_us,
            assumed=self._assumed,
            guarded=not self._guards,
        )
        faults = [*verdict.faults, *self._subject_faults(candidate)]
        if faults:
            self._assume(event)
            return faults
        if not self._assumed.streams.isdisjoint(mention.stream for mention in event.mentions):
            # It builds on what a refused event would have created: the request is refused anyway.
            self._assume(event)
            return []
        sealed, wrapped = self._sealed(candidate)
        recorded = self.draft.add(event)
        subject = recorded.streams[0] if recorded.streams else None
        self.head, line = self.head.extended(
            sealed, subject, self._group.batch.recorded_us, self._salts[self._next]
        )
        receipt = Receipt(
            source=event.source,
            id=event.id,
            position=self.head.position,
            streams={stream: self.draft.version(stream) for stream in recorded.streams},
            hash=self.head.hash,
            warnings=verdict.advice,
        )
        self._told.append(receipt)
        self.pending[candidate.identity] = Pending(
            candidate, subject, receipt, self.request.sender.id
        )
        self.entries.append(
            AppendedEvent(
                source=event.source,
                id=event.id,
                type=candidate.attributes["type"],
                occurred_us=event.time_us,
                sender=self.request.sender.id,
                line=line,
                streams=receipt.streams,
            )
        )
        self.new_keys |= wrapped
        if event.kind.name == "person.forgotten":
            self.gone.append(event.data["person"])
        return []

    def _assume(self, event: Event) -> None:
        """Let what a refused event would have created count as existing, for the rest of the report."""
        created = [
            m.stream
            for m in event.mentions
            if m.creates and subject_in(self.draft, m.stream) is None
        ]
        if self.request.lenient:
            self._assumed.streams.update(created)
        elif created:
            self.draft.add(event)

    def _subject_faults(self, candidate: Candidate) -> list[Fault]:
        about = candidate.event.about_event
        known = self.draft.event(about) if about is not None else None
        if known is None or candidate.given_subject in (None, known.streams[0]):
            return []
        return [
            Fault("field", "/subject", f"the subject of the event it is about, {known.streams[0]}")
        ]

    def _sealed(self, candidate: Candidate) -> tuple[Candidate, dict[str, bytes]]:
        """Return the candidate with what is personal encrypted, and the person's new key, wrapped."""
        personal = candidate.event.kind.personal
        if not personal:
            return candidate, {}
        person = candidate.event.data["person"]
        key, wrapped = self._group.vault.new_key(person)
        data = {
            name: seal(key, person, name, value) if name in personal else value
            for name, value in candidate.data.items()
        }
        return replace(candidate, data=data), {person: wrapped}

    def _unsealed(self, candidate: Candidate, data: JsonObject) -> JsonObject:
        """Return stored data with what is personal in clear; as it is, where its key is gone."""
        person = candidate.event.data["person"]
        wrapped = self._group.person_keys.get(person)
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
            # The introduction was voided, and another person has this key now.
            return data

    def _visible(self, streams: Mapping[str, int]) -> Mapping[str, int]:
        """Return the versions of those streams whose subjects the sender may see."""
        sender = self.request.sender
        if sender.facilitates_everything:
            return streams
        viewer = viewer_of(sender, self.draft)
        visible = {}
        for stream, version in streams.items():
            subject = subject_in(self.draft, stream)
            if subject is not None and sees(viewer, subject):
                visible[stream] = version
        return visible


def _may_be_restored(stored: Stored) -> bool:
    """Say whether the event may have come back by a restore, with an actor filled in for whoever had sent it."""
    actor: str = stored.recorded.content["actor"]
    return stored.sender == RECORD.id and actor.startswith("service/")
