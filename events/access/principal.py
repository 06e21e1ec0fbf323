"""Who records, and who looks: the roles, and what each may record."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from events.access.policy import RECORDING, Action, Relation, Role, allows
from events.state.placement import event_cohort
from events.state.state_view import StateView, find, subject_in
from events.state.subjects import OrganisationState, PairingState, SubjectState
from events.vocabulary.event import Event
from events.vocabulary.types import RecordedBy
from events.vocabulary.types.cohorts import NoteAdded, OrganisationRegistered, PairingEnded
from events.vocabulary.types.record import EventVoided, VisibilityChanged


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who records or looks.

    `id` names the key (kept when it is rotated). A facilitator without `cohorts` is facilitator of everything.
    `sources` are prefixes that the key is bound to; `reserved` those that other keys are bound to, which it may not
    use.
    """

    id: str
    role: Role
    cohorts: frozenset[str] = frozenset()
    organisation: str | None = None
    sources: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()

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
"""Who records with `howcanwe record`: facilitator of everything."""

PUBLIC = Principal(id="public", role=Role.PUBLIC)
"""Anybody, without a key."""


def owner_of(subject: SubjectState) -> tuple[str, ...]:
    """Return the organisations that a subject belongs to: its own, or a pairing's members."""
    if isinstance(subject, PairingState):
        return subject.organisations
    return (subject.organisation,) if subject.organisation else ()


def acting_organisation(event: Event, sender: Principal, state_view: StateView) -> str | None:
    """Return the organisation whose event this is.

    The one it names; on a subject moved without naming one, the subject's owner. What facilitators do to subjects
    (levels, ends of pairings, notes) is not the organisation's unless it records it itself.
    """
    if event.organisation is not None:
        return event.organisation
    if event.is_of(VisibilityChanged, PairingEnded, NoteAdded, EventVoided):
        return sender.organisation
    subject = subject_in(state_view, event.subject) if event.subject else None
    return subject.organisation if subject and not isinstance(subject, OrganisationState) else None


def membership_cohort(event: Event, organisation: str | None, state_view: StateView) -> str | None:
    """Return the cohort in which the event is this organisation's doing, None for work outside any.

    The one it names; else that of what it creates, or of the organisation's own subject it acts on. What it does to
    others' subjects belongs to a cohort only where it names one.
    """
    subject = subject_in(state_view, event.subject) if event.subject else None
    if event.kind.creates or subject is None or isinstance(subject, OrganisationState):
        return event_cohort(event, state_view.state)
    if event.named_cohort is not None:
        return event.named_cohort
    if organisation is None or organisation in owner_of(subject):
        return subject.cohort
    return None


def may_grant(sender: Principal, organisation: str | None, cohorts: Collection[str]) -> bool:
    """Return whether the sender may make, see and end keys of an organisation that joined these cohorts, ever.

    Without an organisation: keys of other roles.
    """
    if organisation is None:
        return allows(sender.role, Action.GRANT, Relation.OTHER)
    own = (
        sender.role is Role.FACILITATOR
        and bool(cohorts)
        and (not sender.cohorts or sender.cohorts.issuperset(cohorts))
    )
    relation = Relation.OWN if own else Relation.OTHER
    return allows(sender.role, Action.GRANT_ORGANISATION, relation)


def may_record(event: Event, sender: Principal, state_view: StateView) -> bool:
    """Return whether the sender may record this event; its subjects exist and are visible."""
    by = event.kind.model.recorded_by
    if by is RecordedBy.RECORDER:
        about = state_view.event(event.about_event) if event.about_event else None
        return about is not None and may_record(about, sender, state_view)
    return allows(sender.role, RECORDING[by], _relation(event, sender, state_view))


def _relation(event: Event, sender: Principal, state_view: StateView) -> Relation:
    """Return how the sender stands to what the event would change."""
    match sender.role:
        case Role.FACILITATOR:
            own = not sender.cohorts or _facilitates(event, sender, state_view)
        case Role.ORGANISATION:
            own = _own(event, sender, state_view)
        case _:
            own = False
    return Relation.OWN if own else Relation.OTHER


def _own(event: Event, sender: Principal, state_view: StateView) -> bool:
    """Return whether an organisation records its own event, in its own name."""
    if event.organisation is not None:
        return event.organisation == sender.organisation
    if event.kind.model.required_of_organisation is not None:
        return False  # A facilitator's: it names nobody in whose name it was recorded.
    if event.about_event is not None:
        about = state_view.event(event.about_event)
        return about is not None and _own(about, sender, state_view)
    subject = subject_in(state_view, event.subject) if event.subject else None
    return subject is not None and sender.organisation in owner_of(subject)


def _facilitates(event: Event, sender: Principal, state_view: StateView) -> bool:
    """Return whether it is an event of the facilitator's cohorts, or of work outside cohorts by their members."""
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
    "may_grant",
    "may_record",
    "membership_cohort",
    "owner_of",
]
