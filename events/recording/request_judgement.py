"""The judgement of one request, event by event, on top of the requests of its group that were judged before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from events.access.visibility import sees, viewer_of
from events.lines.candidate import Candidate
from events.lines.chain import salts
from events.lines.recorded import Receipt
from events.recording.commit_group import AcceptedEvent, CommitGroup
from events.recording.envelope import Malformed
from events.recording.repeats import OTHER_SUBMISSION, Repeats
from events.recording.request import Request, RequestOutcome
from events.recording.vault import seal
from events.rules.judge import Assumed, Verdict, builds_on, judge
from events.state.draft import Draft
from events.state.loading import StateSource, load_streams
from events.state.state_cache import StateCache
from events.state.state_view import subject_in
from events.store.appending import AppendedEvent, Batch
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice, Fault, Refused, expected
from events.vocabulary.stream import Kind, Stream, key_of, stream_of
from events.vocabulary.types.record import PersonForgotten

_RELATED: Final[tuple[Kind, ...]] = ("organisation", "cohort", "question", "iteration")


async def prefetch(requests: Sequence[Request], cache: StateCache, source: StateSource) -> None:
    """Load what the judgements are going to read, in two statements: the subjects named, then those they belong to.

    Without it, the streams would be loaded one by one as they are found missing.
    """
    named: dict[Stream, None] = {}
    for request in requests:
        named |= dict.fromkeys(request.expected)
        for candidate in request.events:
            if isinstance(candidate, Candidate):
                for mention in candidate.event.mentions:
                    named[mention.stream] = None
                if candidate.event.acting_person is not None:
                    named[candidate.event.acting_person] = None
        if request.sender.organisation:
            named[stream_of("organisation", request.sender.organisation)] = None
    related: dict[Stream, None] = {}
    for state in await load_streams(named, cache, source):
        for kind in _RELATED:
            key = getattr(state, kind, None)
            if key is not None:
                related[stream_of(kind, key)] = None
    await load_streams(related, cache, source)


class RequestJudgement:
    """Judges a request and gives its outcome to the group.

    `run` raises NotLoaded where something must be loaded first. Each step before that is complete, and the next call
    continues after it.
    """

    def __init__(self, group: CommitGroup, request: Request) -> None:
        self._group = group
        self._request = request
        self._draft = Draft(group.draft)
        self._head = group.head
        self._batch = Batch(group.head, group.batch.recorded_us)
        self._accepted: dict[tuple[str, str], AcceptedEvent] = {}
        self._repeats = Repeats(group, request.sender, self._draft)
        self._assumed = Assumed(dependent=request.lenient)
        self._salts = salts(len(request.events))
        self._next = 0
        self._has_new_events = False
        self._version_faults: list[Fault] | None = None
        self._faults: dict[int, list[Fault]] = {}
        self._receipts: list[Receipt] = []

    def run(self) -> None:
        """Judge the events that are not judged yet; afterwards the group has the request's outcome.

        Raises NotLoaded, NoMasterKey and WrongMasterKey, and then the group is unchanged.
        """
        if self._version_faults is None:
            if self._was_recorded_otherwise():
                self._group.outcomes.append(
                    Refused([Fault("event.conflict", "", OTHER_SUBMISSION, None)])
                )
                return
            self._version_faults = self._unexpected_versions()
        while self._next < len(self._request.events):
            index = self._next
            event = self._request.events[index]
            faults = self._malformed(event) if isinstance(event, Malformed) else self._judged(event)
            if faults:
                self._faults[index] = [fault.at(index) for fault in faults]
            self._next += 1
        receipts = self._receipts
        if not self._request.sender.facilitates_everything:
            receipts = [
                replace(receipt, streams=self._visible(receipt.streams)) for receipt in receipts
            ]
        self._finish(tuple(receipts))

    def _finish(self, receipts: tuple[Receipt, ...]) -> None:
        group, request = self._group, self._request
        # Repeats are recorded already: they need no version.
        version_faults = self._version_faults if self._has_new_events else None
        is_refused = version_faults or (self._faults and not request.lenient)
        if group.ids is None and (request.dry or self._faults or version_faults):
            group.needs_ids = True
        if is_refused:
            faults = [fault for found in self._faults.values() for fault in found]
            group.outcomes.append(Refused([*(version_faults or ()), *faults]))
            return
        refused = {index: tuple(faults) for index, faults in self._faults.items()}
        if request.dry:
            group.outcomes.append(RequestOutcome((), refused, receipts))
            return
        group.accept(self._draft, self._batch, self._accepted, self._head)
        group.outcomes.append(RequestOutcome(receipts, refused))

    def _was_recorded_otherwise(self) -> bool:
        """Return whether the events are a submission that was recorded with other events."""
        whole, group = self._request.whole, self._group
        if whole is None:
            return False
        if group.ids is None:
            group.needs_ids = True
            return False
        recorded = {
            one for one in whole.identities if one in group.accepted or one in group.ids.events
        }
        return whole.differs(recorded)

    def _unexpected_versions(self) -> list[Fault]:
        faults = []
        for stream, version in self._request.expected.items():
            present = self._visible({stream: self._draft.version(stream)}).get(stream, 0)
            if present != version:
                detail = f"{stream} is at version {present}, not {version}."
                faults.append(Fault("stream.version", "", detail, None))
        return faults

    def _malformed(self, event: Malformed) -> list[Fault]:
        self._has_new_events = True
        self._assumed.streams |= {
            stream for stream in event.creates if self._draft.state(stream) is None
        }
        return list(event.faults)

    def _judged(self, candidate: Candidate) -> list[Fault]:
        """Return what is wrong with the event. If nothing is, its receipt was added."""
        match self._repeats.find(candidate, self._accepted):
            case Fault() as conflict:
                return [conflict]
            case Receipt() as first:
                self._receipts.append(first)
                return []
        if candidate.faults:
            created = (mention.stream for mention in candidate.event.mentions if mention.creates)
            return self._malformed(Malformed(candidate.faults, frozenset(created)))
        self._has_new_events = True
        named = candidate.event.named_event
        position = self._group.position(named) if named is not None else None
        return self._judged_as_new(candidate if position is None else candidate.about(position))

    def _judged_as_new(self, candidate: Candidate) -> list[Fault]:
        position, sender = self._head.position + 1, self._request.sender.id
        event = candidate.event.at(position).sent_by(sender)
        verdict = judge(
            event,
            self._request.sender,
            self._draft,
            now_us=self._group.now_us,
            assumed=self._assumed,
            versions_match=not self._version_faults,
        )
        faults = self._wrong_subject(candidate, verdict) or list(verdict.faults)
        if faults:
            self._assume(event)
            return faults
        if builds_on(event, self._assumed):
            # It builds on what a refused event would have created, so the request is refused anyway.
            self._assume(event)
            return []
        sealed, new_keys = self._sealed(candidate)
        recorded = self._draft.add(event)
        # From here on nothing raises: the step is complete.
        self._accept(candidate, recorded, sealed, verdict.advice)
        self._batch.new_keys |= new_keys
        return []

    def _accept(
        self,
        candidate: Candidate,
        recorded: Event,
        sealed: Candidate,
        advice: tuple[Advice, ...],
    ) -> None:
        """Add the line of an event that the draft has, and its receipt."""
        self._assumed.streams.difference_update(recorded.streams)
        subject = recorded.streams[0] if recorded.streams else None
        self._head, line = self._head.extended(
            sealed, subject, self._batch.recorded_us, self._salts[self._next]
        )
        receipt = Receipt(
            source=recorded.source,
            id=recorded.id,
            position=self._head.position,
            streams={stream: self._draft.version(stream) for stream in recorded.streams},
            hash=self._head.hash,
            warnings=advice,
        )
        self._receipts.append(receipt)
        sender = self._request.sender.id
        self._accepted[candidate.identity] = AcceptedEvent(candidate, subject, receipt, sender)
        self._batch.events.append(
            AppendedEvent(
                source=recorded.source,
                id=recorded.id,
                type=recorded.wire_name,
                occurred_us=recorded.time_us,
                sender=sender,
                line=line,
                streams=receipt.streams,
            )
        )
        if isinstance(recorded.model, PersonForgotten):
            self._batch.forgotten_persons.append(recorded.model.person)

    def _assume(self, event: Event) -> None:
        """Let the subjects that a refused event would have created count as existing for the rest of the request."""
        created = [
            mention.stream
            for mention in event.mentions
            if mention.creates and subject_in(self._draft, mention.stream) is None
        ]
        if self._request.lenient:
            self._assumed.streams.update(created)
        elif created:
            self._draft.add(event)

    def _wrong_subject(self, candidate: Candidate, verdict: Verdict) -> list[Fault]:
        """Return the fault of a given subject that is not that of the event that the event is about.

        There is none if that event is unknown to the sender, since the fault names its subject.
        """
        about = candidate.event.about_event
        if any(fault.rule == "subject.unknown" for fault in verdict.faults):
            return []
        known = self._draft.event(about) if about is not None else None
        if known is None or candidate.given_subject in (None, known.streams[0]):
            return []
        detail = expected(
            f"the subject of the event that it is about, {known.streams[0]}",
            candidate.given_subject,
        )
        return [Fault("field", "/subject", detail)]

    def _sealed(self, candidate: Candidate) -> tuple[Candidate, dict[str, bytes]]:
        """Return the candidate with its personal fields encrypted, and the new key of the person, wrapped."""
        personal = candidate.event.kind.personal
        if not personal:
            return candidate, {}
        person = key_of(candidate.person)
        key, wrapped = self._group.vault.new_key(person)
        data = {
            name: seal(key, person, name, value) if name in personal else value
            for name, value in candidate.data.items()
        }
        return replace(candidate, data=data), {person: wrapped}

    def _visible(self, streams: Mapping[str, int]) -> Mapping[str, int]:
        """Return the versions of those streams whose subjects the sender may see."""
        sender = self._request.sender
        if sender.facilitates_everything:
            return streams
        viewer = viewer_of(sender, self._draft)
        visible = {}
        for stream, version in streams.items():
            subject = subject_in(self._draft, Stream(stream))
            if subject is not None and sees(viewer, subject):
                visible[stream] = version
        return visible
