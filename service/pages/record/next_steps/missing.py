"""What a form says where nothing can be chosen: what is missing, and what the visitor can record first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from events.access.policy import Role, may_ever_record
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.types.event_type import EventType
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
    ParticipationRecorded,
)
from events.vocabulary.types.questions import QuestionClosed, QuestionReframed
from service.pages.record.choices import OF_OTHERS
from service.pages.record.form import Field, Form
from service.pages.record.offers import Offer, offer

_NONE_OF_KIND: Final[Mapping[str, str]] = {
    "cohort": "There is no cohort that you could choose.",
    "organisation": "There is no organisation that you could choose.",
    "question": "There is no question that you could choose.",
    "pairing": "There is no pairing that you could choose.",
    "inspiration": "There is no inspiration that you could choose.",
    "iteration": "There is no trial that you could choose.",
    "failure": "There is no failure that you could choose.",
    "learning": "There is no learning that you could choose.",
    "ask": "There is no request for help that you could choose.",
    "outcome": "There is no outcome that you could choose.",
    "publication": "There is no publication that you could choose.",
    "session": "There is no session that you could choose.",
    "commitment": "There is no commitment that you could choose.",
    "person": "There is no person that you could choose.",
}
"""What a form shows where there is none of a kind. It never denies that there is one that the visitor does not see."""

_NOTHING: Final = "There is nothing that you could choose."
_NONE_OF_OTHERS: Final = "Nothing of others is there yet that you could choose."
_UNDER_WAY: Final = "There is no trial under way that you could choose."
_PLANNED: Final = "There is no planned trial that you could choose."
_OPEN: Final = "There is no open question that you could choose."
_IN_STATE: Final[Mapping[tuple[type[EventType], str], str]] = {
    (ObservationRecorded, "iteration"): _UNDER_WAY,
    (ParticipationRecorded, "iteration"): _UNDER_WAY,
    (IterationConcluded, "iteration"): _UNDER_WAY,
    (IterationRevised, "iteration"): _PLANNED,
    (IterationStarted, "iteration"): _PLANNED,
    (IterationPlanned, "question"): _OPEN,
    (QuestionReframed, "question"): _OPEN,
    (QuestionClosed, "question"): _OPEN,
}
"""What a form shows where only subjects in a state can be chosen."""
_THEN: Final[Mapping[tuple[type[EventType], str], type[EventType]]] = {
    (ObservationRecorded, "iteration"): IterationStarted,
    (ParticipationRecorded, "iteration"): IterationStarted,
}
"""What has to be recorded after the subject was, before it can be chosen."""
_WHO_MAY_GIVE_KEYS: Final = (Role.FACILITATOR, Role.ADMIN)
"""Those who may know a subject by its key that is in no list of theirs."""


class Missing(NamedTuple):
    """That nothing can be chosen in a field: an English message that says so, and the types that would help.

    One of `first` creates what could be chosen, and `then` brings it into the state for that. Neither has what the
    visitor's role may not record. `takes_key` says whether the visitor can give a key instead.
    """

    sentence: str
    first: Sequence[Offer] = ()
    then: Offer | None = None
    takes_key: bool = False


def missing(form: Form, field: Field, role: Role) -> Missing:
    """Return what a form says of a field in which nothing can be chosen."""
    at = (form.kind.model, field.name)
    takes_key = role in _WHO_MAY_GIVE_KEYS
    if at in OF_OTHERS and role is not Role.FACILITATOR:
        return Missing(_NONE_OF_OTHERS, takes_key=takes_key)
    is_one_kind = len(field.kinds) == 1
    sentence = _IN_STATE.get(at) or (_NONE_OF_KIND[field.kinds[0]] if is_one_kind else _NOTHING)
    if not field.is_required:
        return Missing(sentence, takes_key=takes_key)
    then = VOCABULARY.of(_THEN[at]) if at in _THEN else None
    return Missing(
        sentence,
        [offer(kind) for kind in map(_creating, field.kinds) if may_ever_record(role, kind)],
        offer(then) if then is not None and may_ever_record(role, then) else None,
        takes_key,
    )


def _creating(kind: str) -> EventKind:
    """Return the type of event that creates subjects of a kind, and nothing else before it."""
    return next(one for one in VOCABULARY.kinds if one.creates[:1] == (kind,))


def messages() -> Iterable[str]:
    """Return the sentences, for the catalogues."""
    return (*_NONE_OF_KIND.values(), _NOTHING, _NONE_OF_OTHERS, *_IN_STATE.values())
