"""Who sees what, judged by the levels as they are now.

Levels widen from `private` (the owner and its facilitators) over `pair` (organisations now paired with the owner in
that cohort) and `cohort` (organisations ever in that cohort, and analysts) to `public`. Outside cohorts `pair` adds
nobody and `cohort` only analysts.
"""

from collections.abc import Iterable
from typing import Final

from events.event import Event
from events.folds import fold_history
from events.placement import event_cohort
from events.policy import Action, Relation, Role, allows, narrower, shows
from events.senders import Sender, owner_of
from events.subjects import Cohort, Organisation, Pairing, Person, Question, Subject
from events.terms import Visibility
from events.types import Mark
from events.world import World, find, mark_of, subject_in

NARROWING: Final = frozenset(
    {
        *("visibility.changed", "event.voided", "person.forgotten"),
        *("pairing.ended", "organisation.left", "cohort.closed"),
    }
)
"""The types of the events after which somebody may see less than before; after all others, nobody does."""


def pairing_end(pairing: Pairing, world: World) -> int | None:
    """Return the time in µs at which a pairing ended, None while it lasts.

    It ends when that is recorded, when its cohort closes, or when one of its organisations leaves, whichever is first.
    """
    cohort = find(world, Cohort, pairing.cohort)
    ends = [pairing.ended_us, cohort.closed_us if cohort else None]
    for key in pairing.organisations:
        organisation = find(world, Organisation, key)
        ends += [
            stay.left_us
            for stay in (organisation.presences if organisation else ())
            if stay.cohort == pairing.cohort
            and stay.joined_at < pairing.position
            and (stay.left_at is None or stay.left_at > pairing.position)
        ]
    return min((end for end in ends if end is not None), default=None)


def are_paired(one: str, others: Iterable[str], cohort: str, world: World) -> bool:
    """Say whether the organisation is now paired with one of the others in this cohort."""
    organisation = find(world, Organisation, one)
    for key in organisation.pairings if organisation else ():
        pairing = find(world, Pairing, key)
        if pairing is None or pairing.cohort != cohort or one not in pairing.organisations:
            continue
        if (
            any(other in pairing.organisations for other in others)
            and pairing_end(pairing, world) is None
        ):
            return True
    return False


def _facilitates(viewer: Sender, owners: tuple[str, ...], cohort: str | None, world: World) -> bool:
    if viewer.role is not Role.FACILITATOR:
        return False
    if not viewer.cohorts or cohort is not None:
        return not viewer.cohorts or cohort in viewer.cohorts
    found = (find(world, Organisation, key) for key in owners)
    return any(
        owner is not None and not viewer.cohorts.isdisjoint(owner.cohorts) for owner in found
    )


def relation(
    viewer: Sender, *, owners: tuple[str, ...], cohort: str | None, world: World
) -> Relation:
    """Return how the viewer stands to something of these owners and this cohort."""
    if _facilitates(viewer, owners, cohort, world):
        return Relation.OWN
    if viewer.role is not Role.ORGANISATION or viewer.organisation is None:
        return Relation.OTHER
    if viewer.organisation in owners:
        return Relation.OWN
    if cohort is None:
        return Relation.OTHER
    if are_paired(viewer.organisation, owners, cohort, world):
        return Relation.PAIR
    own = find(world, Organisation, viewer.organisation)
    return Relation.COHORT if own is not None and own.was_ever_in(cohort) else Relation.OTHER


def reaches(
    level: Visibility, viewer: Sender, *, owners: tuple[str, ...], cohort: str | None, world: World
) -> bool:
    """Say whether something at this level, of these owners and this cohort, is shown to the viewer."""
    standing = relation(viewer, owners=owners, cohort=cohort, world=world)
    return shows(viewer.role, standing, level)


def _everybody(subject: Subject) -> bool:
    """Say whether a subject is one that every key sees: organisations, cohorts, shared questions."""
    return isinstance(subject, Cohort | Organisation) or (
        isinstance(subject, Question) and subject.shared
    )


def sees(viewer: Sender, subject: Subject, world: World) -> bool:
    """Say whether the viewer sees the subject."""
    if viewer.facilitates_everything:
        return True
    if _everybody(subject):
        return shows(viewer.role, Relation.NONE, subject.level)
    level = Visibility.PRIVATE if isinstance(subject, Person) else subject.level
    return reaches(level, viewer, owners=owner_of(subject), cohort=subject.cohort, world=world)


def sees_personal(viewer: Sender, person: Person, world: World) -> bool:
    """Say whether the viewer is shown the person's name: as one of the organisation's, or its facilitator."""
    standing = relation(viewer, owners=owner_of(person), cohort=person.cohort, world=world)
    return allows(viewer.role, Action.READ_PERSONAL, standing)


def sees_event(viewer: Sender, event: Event, world: World) -> bool:
    """Say whether the viewer may be given the event's line: it and every subject it names are seen.

    An event about another event is seen like that one.
    """
    if viewer.facilitates_everything:
        return True
    if event.about_event is not None:
        about = world.event(event.about_event)
        return about is not None and sees_event(viewer, about, world)
    if not _sees_event_itself(viewer, event, world):
        return False
    subjects = (_meant(mention.stream, event, world) for mention in event.mentions)
    return all(subject is not None and sees(viewer, subject, world) for subject in subjects)


def _meant(stream: str, event: Event, world: World) -> Subject | None:
    """Return the subject that a recorded event named; one that was taken back since, as it was last.

    A key that is free again may have been given to another subject: earlier events stay with the earlier one.
    """
    subject = subject_in(world, stream)
    if subject is not None and subject.position <= event.position:
        return subject
    history = [earlier for earlier in world.history(stream) if earlier.names(stream)]
    creations = [earlier.position for earlier in history if earlier.creates(stream)]
    begin = max((position for position in creations if position <= event.position), default=0)
    end = min((position for position in creations if position > begin), default=None)
    standing = (
        earlier
        for earlier in history
        if earlier.position >= begin
        and (end is None or earlier.position < end)
        and (earlier.position == begin or mark_of(world, earlier.position).voided_by is None)
    )
    state = fold_history(stream, standing, world)
    return state if isinstance(state, Subject) else None


def _sees_event_itself(viewer: Sender, event: Event, world: World) -> bool:
    first = _meant(event.subject, event, world) if event.subject else None
    if first is None:
        return False
    if event.kind.mark is Mark.CREATES:
        return sees(viewer, first, world)
    if viewer.organisation is not None and event.organisation == viewer.organisation:
        return True
    if event.kind.name == "organisation.joined":
        return shows(viewer.role, Relation.NONE, event.visibility or Visibility.COHORT)
    level = first.level
    cohort = first.cohort
    owners = owner_of(first)
    if isinstance(first, Person):
        level = Visibility.PRIVATE
    elif isinstance(first, Organisation):
        if event.kind.name == "organisation.left":
            level = Visibility.COHORT
        elif event.kind.mark is Mark.ADDS:
            level = _own_level(event, world)
        cohort = event_cohort(event, world.state)
    elif event.kind.mark is Mark.ADDS:
        level = narrower(level, _own_level(event, world, level))
    return reaches(level, viewer, owners=owners, cohort=cohort, world=world)


def _own_level(event: Event, world: World, default: Visibility = Visibility.COHORT) -> Visibility:
    return mark_of(world, event.position).level or event.visibility or default
