"""Principals: who records and reads, and what each may record. The rules, the log and the service use them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from events.access.policy import (
    GRANTING,
    Action,
    Relation,
    Role,
    allows,
    recording,
)
from events.state.placement import event_cohort
from events.state.state_view import StateView, find, subject_in
from events.state.subjects import OrganisationState, PairingState, SubjectState
from events.vocabulary.catalogue import EventKind
from events.vocabulary.event import Event
from events.vocabulary.terms import Visibility
from events.vocabulary.types import RecordedBy
from events.vocabulary.types.cohorts import (
    NoteAdded,
    OrganisationRegistered,
    OrganisationRenamed,
    PairingEnded,
)
from events.vocabulary.types.record import EventCorrected, EventVoided, VisibilityChanged


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone who records or reads.

    `id` is that of the key (it stays when the key is rotated). A facilitator without `cohorts` is facilitator of
    everything. `sources` are the prefixes to which the key is bound; `reserved` are those of other keys, which it may
    not use. A guest is of an organisation, in the cohorts of a workshop.
    """

    id: str
    role: Role
    cohorts: frozenset[str] = frozenset()
    organisation: str | None = None
    sources: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()

    @property
    def facilitates_everything(self) -> bool:
        """Whether it is a facilitator without limits."""
        return self.role is Role.FACILITATOR and not self.cohorts

    def may_use(self, source: str) -> bool:
        """Return whether it may record under this source."""
        if self.sources:
            return source.startswith(self.sources)
        return not (self.reserved and source.startswith(self.reserved))


RECORD = Principal(id="record", role=Role.FACILITATOR)
"""The principal of `howcanwe record`: facilitator of everything."""

PUBLIC = Principal(id="public", role=Role.PUBLIC)
"""Anyone without a key."""


def owner_of(subject: SubjectState) -> tuple[str, ...]:
    """Return the organisations that own a subject: its organisation, or a pairing's members."""
    if isinstance(subject, PairingState):
        return subject.organisations
    return (subject.organisation,) if subject.organisation else ()


def acting_organisation(event: Event, sender: Principal, state_view: StateView) -> str | None:
    """Return the organisation whose event this is.

    It is the one that the event names. If it names none and moves a subject, it is the subject's owner. Changes of
    levels, ends of pairings, notes, voids and corrections are an organisation's events only if the organisation records
    them itself.
    """
    if event.organisation is not None:
        return event.organisation
    if event.is_of(VisibilityChanged, PairingEnded, NoteAdded, EventVoided, EventCorrected):
        return sender.organisation
    subject = subject_in(state_view, event.subject) if event.subject else None
    return subject.organisation if subject and not isinstance(subject, OrganisationState) else None


def membership_cohort(event: Event, organisation: str | None, state_view: StateView) -> str | None:
    """Return the cohort in which the organisation must be a member for this event, None for work outside cohorts.

    It is the one that the event names, else that of the subject that it creates, or of the organisation's own subject
    that it acts on. An event on another organisation's subject belongs to a cohort only if it names one.
    """
    subject = subject_in(state_view, event.subject) if event.subject else None
    if event.kind.creates or subject is None or isinstance(subject, OrganisationState):
        return event_cohort(event, state_view.state)
    if event.named_cohort is not None:
        return event.named_cohort
    if organisation is None or organisation in owner_of(subject):
        return subject.cohort
    return None


def may_grant(
    sender: Principal, role: Role, organisation: str | None, cohorts: Collection[str]
) -> bool:
    """Return whether the sender may make, list and end keys with this role, and invitations to it.

    `organisation` is that of the key. `cohorts` are those that the organisation ever joined, for the keys of
    evaluators and guests those of the key.
    """
    match sender.role:
        case Role.FACILITATOR:
            own = bool(cohorts) and (not sender.cohorts or sender.cohorts.issuperset(cohorts))
        case Role.ORGANISATION:
            own = organisation is not None and organisation == sender.organisation
        case _:
            own = False
    action = GRANTING.get(role, Action.GRANT)
    return allows(sender.role, action, Relation.OWN if own else Relation.OTHER)


def sees_evaluators(sender: Principal, cohort: str, joined: Collection[str]) -> bool:
    """Return whether the sender may know who evaluates the cohort.

    `joined` are the cohorts that the sender's organisation ever joined.
    """
    relation = Relation.OTHER
    if sender.facilitates_everything or cohort in sender.cohorts:
        relation = Relation.OWN
    elif cohort in joined:
        relation = Relation.COHORT
    return allows(sender.role, Action.READ_EVALUATORS, relation)


def may_record(event: Event, sender: Principal, state_view: StateView) -> bool:
    """Return whether the sender may record this event. Its subjects must exist and be visible to the sender."""
    if not _is_of_its_types(event.kind, sender):
        return False
    if event.kind.model.recorded_by is RecordedBy.AMENDER:
        about = state_view.event(event.about_event) if event.about_event else None
        return about is not None and may_amend(about, event.kind, sender, state_view)
    return allows(sender.role, recording(event.kind), _relation(event, sender, state_view))


def may_amend(about: Event, kind: EventKind, sender: Principal, state_view: StateView) -> bool:
    """Return whether the sender may record a void or a correction (by its `kind`) of an event, which it sees."""
    action = recording(kind, own=about.sender == sender.id)
    if not (_is_of_its_types(kind, sender) and allows(sender.role, action, Relation.OWN)):
        return False
    return _is_own(about, sender, state_view)


def _is_of_its_types(kind: EventKind, sender: Principal) -> bool:
    return not sender.types or kind.name in sender.types


def _is_own(event: Event, sender: Principal, state_view: StateView) -> bool:
    """Return whether the sender may void or correct this event.

    These are the organisation that might have recorded it and its facilitators. A registration or renaming belongs to
    the organisation that it names, a note without an organisation to its subject. While these were never in a cohort,
    only the sender of such an event may.
    """
    belongs = event.is_of(OrganisationRegistered, OrganisationRenamed) or (
        event.kind.model.recorded_by is RecordedBy.ANYONE and event.organisation is None
    )
    if sender.role is not Role.FACILITATOR or not sender.cohorts or not belongs:
        return may_record(event, sender, state_view)
    subject = subject_in(state_view, event.subject) if event.subject else None
    if subject is None:
        return False
    if subject.cohort is not None:
        return subject.cohort in sender.cohorts
    owners = (find(state_view, OrganisationState, key) for key in owner_of(subject))
    ever = {cohort for owner in owners if owner is not None for cohort in owner.cohorts}
    return not sender.cohorts.isdisjoint(ever) if ever else event.sender == sender.id


def _relation(event: Event, sender: Principal, state_view: StateView) -> Relation:
    """Return the sender's relation to what the event would change."""
    match sender.role:
        case Role.FACILITATOR:
            own = not sender.cohorts or _facilitates(event, sender, state_view)
        case Role.ORGANISATION:
            own = _own(event, sender, state_view)
        case Role.GUEST:
            own = _own(event, sender, state_view) and _is_of_workshop(event, sender, state_view)
        case _:
            own = False
    return Relation.OWN if own else Relation.OTHER


def _own(event: Event, sender: Principal, state_view: StateView) -> bool:
    """Return whether the sender is an organisation that records its own event in its own name."""
    if event.organisation is not None:
        return event.organisation == sender.organisation
    if event.kind.model.required_of_organisation is not None:
        return False  # It is a facilitator's: it does not name an organisation for which it was recorded.
    if event.about_event is not None:
        about = state_view.event(event.about_event)
        return about is not None and _own(about, sender, state_view)
    subject = subject_in(state_view, event.subject) if event.subject else None
    return subject is not None and sender.organisation in owner_of(subject)


def _is_of_workshop(event: Event, sender: Principal, state_view: StateView) -> bool:
    """Return whether the event is in the guest's cohort, and visible to the cohort.

    A guest would not see what is narrower. What becomes public is decided by those who have a key of their own.
    """
    is_there = event_cohort(event, state_view.state) in sender.cohorts
    return is_there and event.level is Visibility.COHORT


def _facilitates(event: Event, sender: Principal, state_view: StateView) -> bool:
    """Return whether the event is in the facilitator's cohorts, or is work of their members outside cohorts."""
    if event.is_of(OrganisationRegistered):
        return True
    if event.about_event is not None:
        about = state_view.event(event.about_event)
        return about is not None and _facilitates(about, sender, state_view)
    organisation = acting_organisation(event, sender, state_view)
    if event.kind.model.recorded_by is RecordedBy.ANYONE and organisation is None:
        return True
    cohort = membership_cohort(event, organisation, state_view)
    if cohort is not None:
        return cohort in sender.cohorts
    return any(
        not sender.cohorts.isdisjoint(found.cohorts)
        for found in _organisations(event, organisation, state_view)
    )


def _organisations(
    event: Event, organisation: str | None, state_view: StateView
) -> Iterator[OrganisationState]:
    if organisation is not None:
        found = find(state_view, OrganisationState, organisation)
        if found is not None:
            yield found
        return
    subject = subject_in(state_view, event.subject) if event.subject else None
    for key in owner_of(subject) if subject else ():
        found = find(state_view, OrganisationState, key)
        if found is not None:
            yield found


__all__ = [
    "PUBLIC",
    "RECORD",
    "Principal",
    "Role",
    "acting_organisation",
    "may_amend",
    "may_grant",
    "may_record",
    "membership_cohort",
    "owner_of",
    "sees_evaluators",
]
