"""Visibility: who sees which subjects and events of the log, by the present levels. The rules and the log use it.

Levels widen from `private` (the owner and its facilitators) over `pair` (organisations now paired with the owner in
that cohort) and `cohort` (organisations ever in that cohort, and analysts) to `public`. Outside cohorts `pair` adds
no one and `cohort` only analysts.
"""

from collections.abc import Iterator
from typing import Final

from events.access.audience import (
    Audiences,
    ViewerTokens,
    audience_of_event,
    audiences_of_subject,
    organisation,
    tokens,
)
from events.access.policy import Action, Relation, allows
from events.access.principal import Principal, owner_of
from events.state.folding import fold_history
from events.state.placement import event_cohort
from events.state.state_view import StateView, amendments_of, find, subject_in
from events.state.subjects import (
    CohortState,
    FailureState,
    OrganisationState,
    PairingState,
    PersonState,
    SubjectState,
)
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream
from events.vocabulary.types import Mark
from events.vocabulary.types.cohorts import (
    CohortClosed,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationsPaired,
    PairingEnded,
)
from events.vocabulary.types.learnings import FailureReclassified
from events.vocabulary.types.record import EventVoided, PersonForgotten, VisibilityChanged

NARROWING: Final = frozenset(
    type_.name
    for type_ in (
        *(VisibilityChanged, EventVoided, PersonForgotten),
        *(PairingEnded, OrganisationLeft, CohortClosed, FailureReclassified),
    )
)
"""The types of the events after which someone may see less than before. After all others, no one does."""

CHANGING_TOKENS: Final = frozenset(
    type_.name
    for type_ in (
        *(OrganisationJoined, OrganisationLeft, CohortClosed),
        *(OrganisationsPaired, PairingEnded, EventVoided),
    )
)
"""The types of the events that may change the tokens of viewers."""


def pairing_end(pairing: PairingState, state_view: StateView) -> int | None:
    """Return the time in µs at which a pairing ended, None while it lasts.

    It ends when its end is recorded, its cohort closes or one of its organisations leaves, whichever is first.
    """
    cohort = find(state_view, CohortState, pairing.cohort)
    ends = [pairing.ended_us, cohort.closed_us if cohort else None]
    for key in pairing.organisations:
        member = find(state_view, OrganisationState, key)
        ends += [
            stay.left_us
            for stay in (member.presences if member else ())
            if stay.cohort == pairing.cohort
            and stay.joined_at < pairing.position
            and (stay.left_at is None or stay.left_at > pairing.position)
        ]
    return min((end for end in ends if end is not None), default=None)


def viewer_of(sender: Principal, state_view: StateView) -> ViewerTokens:
    """Return the sender's tokens."""
    own = find(state_view, OrganisationState, sender.organisation)
    cohorts = (find(state_view, CohortState, key) for key in sorted(sender.cohorts))
    return ViewerTokens(
        tokens(
            sender.role,
            of=sender.organisation,
            cohorts=sender.cohorts,
            ever=own.cohorts if own is not None else (),
            peers=_peers(own, state_view),
            members=(key for cohort in cohorts if cohort is not None for key in cohort.ever),
        )
    )


def _peers(own: OrganisationState | None, state_view: StateView) -> Iterator[tuple[str, str]]:
    """Yield the organisations that are now paired with this one, each with the cohort in which it is."""
    for key in own.pairings if own is not None else ():
        pairing = find(state_view, PairingState, key)
        if (
            pairing is not None
            and pairing.cohort is not None
            and own is not None
            and own.organisation in pairing.organisations
            and pairing_end(pairing, state_view) is None
        ):
            yield from ((pairing.cohort, peer) for peer in pairing.organisations)


def audiences_of(subject: SubjectState) -> Audiences:
    """Return the present audiences of a subject."""
    return audiences_of_subject(
        subject.kind,
        subject.level,
        owner_of(subject),
        subject.cohort,
        subject.cause if isinstance(subject, FailureState) else None,
    )


def sees(viewer: ViewerTokens, subject: SubjectState) -> bool:
    """Return whether the viewer sees the subject."""
    return viewer.sees(audiences_of(subject).itself)


def sees_personal(sender: Principal, person: PersonState, state_view: StateView) -> bool:
    """Return whether the person's name is shown: to the person's organisation and to its facilitators."""
    is_own = sees(viewer_of(sender, state_view), person)
    return allows(sender.role, Action.READ_PERSONAL, Relation.OWN if is_own else Relation.OTHER)


def sees_event(viewer: ViewerTokens, event: Event, state_view: StateView) -> bool:
    """Return whether the viewer may read the event's line: the viewer must see it and every subject that it names.

    An event about another event is seen like that event.
    """
    if viewer.sees_everything:
        return True
    if event.about_event is not None:
        about = state_view.event(event.about_event)
        return about is not None and sees_event(viewer, about, state_view)
    if not sees_event_itself(viewer, event, state_view):
        return False
    subjects = (_meant(mention.stream, event, state_view) for mention in event.mentions)
    return all(subject is not None and sees(viewer, subject) for subject in subjects)


def _meant(stream: Stream, event: Event, state_view: StateView) -> SubjectState | None:
    """Return the subject that a recorded event named. If it was voided since, it is returned as it was before.

    A key that became free by a void may belong to another subject now; earlier events still name the earlier one.
    """
    subject = subject_in(state_view, stream)
    if subject is not None and subject.position <= event.position:
        return subject
    history = [earlier for earlier in state_view.history(stream) if stream in earlier.subjects]
    creations = [earlier.position for earlier in history if stream in earlier.created]
    begin = max((position for position in creations if position <= event.position), default=0)
    end = min((position for position in creations if position > begin), default=None)
    its_events = (
        earlier
        for earlier in history
        if earlier.position >= begin
        and (end is None or earlier.position < end)
        and (
            earlier.position == begin
            or amendments_of(state_view, earlier.position).voided_by is None
        )
    )
    state = fold_history(stream, its_events, state_view)
    return state if isinstance(state, SubjectState) else None


def sees_event_itself(viewer: ViewerTokens, event: Event, state_view: StateView) -> bool:
    """Say whether the viewer sees the event, without regard to the other subjects it names. It is about no event."""
    first = _meant(event.subject, event, state_view) if event.subject else None
    if first is None:
        return False
    if event.kind.model.seen_with_subject:
        return sees(viewer, first)
    if event.organisation is not None and viewer.holds(organisation(event.organisation)):
        return True
    adds = event.kind.mark is Mark.ADDS
    level = event.visibility
    if adds:
        level = amendments_of(state_view, event.position).level or level
    own = audience_of_event(event.kind, level, event.subject, event_cohort(event, state_view.state))
    if own is not None:
        return viewer.sees(own)
    return viewer.sees(audiences_of(first).below, level if adds else None)
