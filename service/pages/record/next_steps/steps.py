"""What may be recorded next about a thing: one rule for all pages.

The vocabulary says what usually comes after what has happened. Of that, a page offers what may name the thing: what the
thing's state and the visitor's role allow, by the filters that the forms' own lists have. The recorder judges the rest.

All that an organisation records may come next about it: of that, a page offers what is recorded most often.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from events.access.policy import Role, may_ever_record
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.stream import Stream, kind_of
from events.vocabulary.types.cohorts import NoteAdded, OrganisationJoined
from events.vocabulary.types.event_type import EventType, Mark
from service.pages.frame.page import Answer, Visit
from service.pages.record.choices import OF_OTHERS, OR_SHARED, WITHOUT_OWNER, eligible
from service.pages.record.form import Field, form_of
from service.pages.record.next_steps.addresses import form_address
from service.pages.record.next_steps.fitting import Thing, fits, owners
from service.pages.record.next_steps.stages import is_running, stages_of
from service.pages.record.offers import COMMON, Offer, next_of, offer

_AFTER_CLOSE_MAX: Final = 4
"""How many of the common types are offered about an organisation once its cohort has closed and others come first."""


@dataclass(frozen=True)
class NextStep:
    """A type of event that may come next, with the address of its form, which knows what it is about."""

    offer: Offer
    address: str


def next_steps(thing: Thing, answer: Answer, visit: Visit) -> Sequence[NextStep]:
    """Return what the visitor may record next about a thing. `answer` has the `viewer` of the frame.

    The thing was asked for with its stream, its state, its organisation or organisations, and its cohort with
    `closedAt`.
    """
    if not visit.may_record:
        return ()
    return [
        NextStep(one, _address(VOCABULARY.named(one.name), thing, answer, visit))
        for one in _usual(thing, visit.viewer.role)
        if _may(VOCABULARY.named(one.name), thing, answer, visit)
    ]


def _usual(thing: Thing, role: Role) -> Iterator[Offer]:
    """Yield what usually comes next, as far as the role may record it at all."""
    found = [one for model in stages_of(thing) for one in next_of(role, VOCABULARY.of(model))]
    if _kind(thing) == "organisation":
        common = COMMON if is_running(thing) else COMMON[:_AFTER_CLOSE_MAX]
        models: Sequence[type[EventType]] = (*common, OrganisationJoined)
        kinds = [VOCABULARY.of(model) for model in models]
        found += [offer(kind) for kind in kinds if may_ever_record(role, kind)]
    yield from dict.fromkeys(found)


def _kind(thing: Thing) -> str:
    return kind_of(Stream(thing["stream"]))


def _naming(kind: EventKind, thing: Thing) -> Field | None:
    """Return the field with which events of a type name the thing; None if they name none of its kind."""
    return next((field for field in form_of(kind).fields if _kind(thing) in field.kinds), None)


def _may(kind: EventKind, thing: Thing, answer: Answer, visit: Visit) -> bool:
    """Return whether an event of a type may name the thing, as far as a page knows."""
    field = _naming(kind, thing)
    if field is None or not _is_accepted(kind, field, thing):
        return False
    own = visit.viewer.organisation
    if not fits(thing, eligible(form_of(kind), field, _kind(thing), {}, own)):
        return False
    if own is None:
        return _is_overseen(kind, field, thing, visit)
    if _kind(thing) == "organisation":
        return bool(thing["key"] == own)
    return _kind(thing) not in ("cohort", "session") or _cohort(thing) in _joined(answer)


def _is_accepted(kind: EventKind, field: Field, thing: Thing) -> bool:
    """Return whether such an event is accepted now: after the close of the thing's cohort, few are.

    What is about an organisation, or only mentions the thing, can still be recorded outside the cohort.
    """
    is_outside = (field.is_list and kind.mark is Mark.CREATES) or _kind(thing) == "organisation"
    return is_running(thing) or kind.model.after_close or is_outside


def _is_overseen(kind: EventKind, field: Field, thing: Thing, visit: Visit) -> bool:
    """Return whether a facilitator oversees the thing, or may name what others oversee in this field."""
    at = (kind.model, field.name)
    is_any = at in OF_OTHERS or field.is_list or _kind(thing) == "inspiration"
    cohort = _cohort(thing)
    return (
        is_any
        or kind.model is NoteAdded
        or visit.viewer.facilitates_everything
        or cohort is None
        or cohort in visit.viewer.cohorts
    )


def _cohort(thing: Thing) -> str | None:
    """Return the key of the cohort that the thing is, or is in; None without one, or if the visitor sees none."""
    cohort = thing if _kind(thing) == "cohort" else thing["cohort"]
    return None if cohort is None else str(cohort["key"])


def _joined(answer: Answer) -> set[str]:
    """Return the keys of the cohorts of the visitor's organisation."""
    viewer = answer.get("viewer") or {}
    return {one["key"] for one in viewer.get("cohorts") or ()}


def _address(kind: EventKind, thing: Thing, answer: Answer, visit: Visit) -> str:
    streams = [thing["stream"], *_around(kind, thing, answer, visit)]
    return form_address(kind.model, streams)


def _around(kind: EventKind, thing: Thing, answer: Answer, visit: Visit) -> Iterator[str]:
    """Yield the streams of what the thing belongs to, as far as an event of the type may name it, too."""
    own = visit.viewer.organisation
    for name in ("iteration", "question"):
        one = thing.get(name)
        is_shared = name == "question" and one is not None and one["organisation"] is None
        if one is not None and not (own and is_shared and (kind.model, name) not in OR_SHARED):
            yield one["stream"]
    cohort = _cohort(thing)
    is_in = cohort is not None and (own is None or cohort in _joined(answer))
    # Who joins is not in yet.
    joins = kind.model is OrganisationJoined and _kind(thing) == "organisation"
    if is_in and not joins and (is_running(thing) or kind.model.after_close):
        yield f"cohort/{cohort}"
    field = _naming(kind, thing)
    is_by_others = field is not None and (kind.model, field.name) in OF_OTHERS
    if own is None and not is_by_others and kind.model is not NoteAdded:
        yield from (
            f"organisation/{one['key']}"
            for one in owners(thing)
            if _kind(thing) not in WITHOUT_OWNER
        )
