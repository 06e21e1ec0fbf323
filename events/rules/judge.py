"""The judgement of one event. The recorder and the verification use it.

It has stages: the subjects, the sender, the expected versions, and then all other rules together. The first stage with
a fault is the last one. `field` is judged before (see `events.recording.envelope`), and `event.conflict` by the
recorder, which looks up the ids.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from events.access.policy import records
from events.access.principal import (
    Principal,
    Role,
    acting_organisation,
    may_record,
    membership_cohort,
)
from events.access.visibility import sees, sees_event, viewer_of
from events.rules import Case, advised, broken
from events.state.draft import Draft
from events.state.state_view import subject_in
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice, Fault, expected
from events.vocabulary.stream import KINDS
from events.vocabulary.types import Mark, RecordedBy
from events.vocabulary.types.record import VisibilityChanged


@dataclass(slots=True)
class Assumed:
    """Subjects that refused events of the same request would have created.

    They count as existing, so that later faults can be reported. In a lenient request, `dependent` makes it a fault to
    refer to them, but a later event may create them.
    """

    streams: set[str] = field(default_factory=set)
    dependent: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a judgement: faults, or advice on an event that may be recorded."""

    faults: tuple[Fault, ...] = ()
    advice: tuple[Advice, ...] = ()


def judge(
    event: Event,
    sender: Principal,
    draft: Draft,
    *,
    now_us: int,
    assumed: Assumed,
    versions_match: bool,
    is_new: bool = True,
) -> Verdict:
    """Judge an event against the record so far.

    `versions_match` is false if a stream is not at the version that the sender expected; then the other rules are not
    applied. An event that is not `is_new` was recorded before, perhaps by a release with fewer rules. It gets no
    advice.
    """
    faults = tuple(_subject_faults(event, sender, draft, assumed))
    if faults:
        return Verdict(faults)
    wrong_source = tuple(_source_faults(event, sender))
    if builds_on(event, assumed):
        # The state of these subjects is unknown, so nothing else can be judged.
        return Verdict(tuple(_dependent(event, assumed)) if assumed.dependent else wrong_source)
    if wrong_source:
        return Verdict(wrong_source)
    if not may_record(event, sender, draft):
        return Verdict((Fault("sender.not_allowed", "/type", _not_allowed(event, sender, draft)),))
    if not versions_match:
        return Verdict()
    case = Case(event, sender, draft, now_us, is_new)
    faults = tuple(broken(case))
    return Verdict(faults) if faults or not is_new else Verdict(advice=tuple(advised(case)))


def builds_on(event: Event, assumed: Assumed) -> bool:
    """Return whether the event refers to a subject that only a refused event would have created."""
    return any(
        mention.stream in assumed.streams and not mention.creates for mention in event.mentions
    )


def _source_faults(event: Event, sender: Principal) -> Iterator[Fault]:
    if not sender.may_use(event.source):
        detail = expected("a source that this key may use", event.source)
        yield Fault("sender.not_allowed", "/source", detail)


def _dependent(event: Event, assumed: Assumed) -> Iterator[Fault]:
    for mention in event.mentions:
        if mention.stream in assumed.streams and not mention.creates:
            yield Fault(
                "batch.dependent",
                mention.pointer,
                f"Only a refused event of this request would have created {mention.stream}.",
            )


def _subject_faults(
    event: Event, sender: Principal, draft: Draft, assumed: Assumed
) -> Iterator[Fault]:
    created = {mention.stream for mention in event.mentions if mention.creates}
    viewer = viewer_of(sender, draft)
    for mention in event.mentions:
        kind = mention.kind
        taken = event.kind.takes[mention.field]
        subject = subject_in(draft, mention.stream)
        known = subject is not None or mention.stream in assumed.streams
        if mention.creates:
            if subject is not None or (known and not assumed.dependent):
                yield Fault(
                    "subject.exists",
                    mention.pointer,
                    f"The key {mention.key} is taken; choose one that no {kind} has.",
                )
        elif (
            not known
            or kind not in taken
            or mention.stream in created
            or (
                subject is not None and not sees(viewer, subject) and not _may_forget(event, sender)
            )
        ):
            yield Fault(
                "subject.unknown",
                mention.pointer,
                expected(f"an existing {_any_of(taken)} that you may see", mention.stream),
            )
    if event.about_event is not None or event.named_event is not None:
        about = draft.event(event.about_event) if event.about_event is not None else None
        pointer = f"/data/{event.kind.about_field}"
        if about is None or not sees_event(viewer, about, draft):
            yield Fault(
                "subject.unknown",
                pointer,
                "There is no such event that was recorded before this request and that you may see.",
            )
        elif event.is_of(VisibilityChanged) and about.kind.mark is not Mark.ADDS:
            yield Fault(
                "subject.unknown",
                pointer,
                f"Expected the position of an event that only adds; this one is of type {about.kind.name}.",
            )


def _any_of(kinds: Collection[str]) -> str:
    return "subject" if len(kinds) == len(KINDS) else " or ".join(kinds)


def _may_forget(event: Event, sender: Principal) -> bool:
    return sender.role is Role.ADMIN and event.kind.model.recorded_by is RecordedBy.PRIVACY


def _not_allowed(event: Event, sender: Principal, draft: Draft) -> str:
    """Return who may record the event, and why the sender may not."""
    if not records(sender.role):
        return f"A key with the role {sender.role.value} records nothing."
    if sender.types and event.kind.name not in sender.types:
        return f"This key records only events of these types: {', '.join(sorted(sender.types))}."
    who = f"{event.kind.name} is recorded by {event.kind.model.recorded_by.value}."
    if sender.role is Role.FACILITATOR and event.about_event is None:
        who = f"{who} {_beyond(event, sender, draft)}"
    elif sender.role is Role.ORGANISATION:
        who = f"{who} This key is for the organisation {sender.organisation}."
    elif sender.role is Role.GUEST:
        who = (
            f"{who} This key is for a guest of {sender.organisation} in {', '.join(sorted(sender.cohorts))}: it records"
            " what creates or adds there, with the visibility cohort, and voids only what it recorded."
        )
    return f"This key may not record it: {who}"


def _beyond(event: Event, sender: Principal, draft: Draft) -> str:
    """Return why an event is in no cohort of a facilitator, and no work of their members."""
    organisation = acting_organisation(event, sender, draft)
    cohort = membership_cohort(event, organisation, draft)
    own = f"This key is for a facilitator of {', '.join(sorted(sender.cohorts))}"
    if cohort is not None:
        return f"{own}; the event belongs to the cohort {cohort}."
    return (
        f"{own}; the event belongs to {organisation or 'an organisation'}, which was never a member there"
        " (hosts are no members)."
    )
