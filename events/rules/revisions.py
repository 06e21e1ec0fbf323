"""Advice on events that give a subject new values: revisions, renamings and changes of visibility."""

from collections.abc import Iterator
from functools import cache

from events.rules.rule import Case, advice
from events.state.present_events import present_events
from events.state.state_view import amendments_of, subject_in
from events.vocabulary.catalogue import VOCABULARY, EventKind, Mark
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice
from events.vocabulary.types.questions import QuestionReframed
from events.vocabulary.types.record import VisibilityChanged
from events.vocabulary.values.text_folding import folded


@cache
def _revised_fields(kind: EventKind) -> frozenset[str]:
    """Return the fields to which events of the type give new values: those that the subject's creation has, too."""
    if kind.mark is not Mark.MOVES or not kind.references:
        return frozenset()
    subject = kind.references[0]
    if len(subject.kinds) > 1:
        return frozenset()
    created = (one.fields for one in VOCABULARY.kinds if subject.kinds[0] in one.creates)
    return kind.fields & frozenset().union(*created) - {subject.field}


def _revises(kind: EventKind) -> bool:
    """Return whether events of the type give new values. For a reframing there is a rule, `question.unchanged`."""
    is_reframing = kind.model is QuestionReframed
    return kind.model is VisibilityChanged or (bool(_revised_fields(kind)) and not is_reframing)


@advice("revision.unchanged", among=_revises)
def revision_unchanged(case: Case) -> Iterator[Advice]:
    """A revision, a renaming, a reclassification or a change of visibility usually changes something."""
    event = case.event
    if isinstance(event.model, VisibilityChanged):
        level = event.model.visibility
        if _present_level(case) == level:
            yield Advice("revision.unchanged", f"the visibility is {level.value} already")
        return
    given = {
        name: value
        for name, value in _values(event).items()
        if name in _revised_fields(event.kind) and value is not None
    }
    present = _present_values(case)
    if all(_as_compared(value) == _as_compared(present.get(name)) for name, value in given.items()):
        yield Advice(
            "revision.unchanged",
            f"{event.subject} has the given {' and '.join(given)} already, so nothing changes",
        )


def _present_values(case: Case) -> dict[str, object]:
    """Return the values that the subject has at present, by field."""
    stream = case.event.subject
    subject = subject_in(case.state_view, stream) if stream is not None else None
    if stream is None or subject is None:
        return {}
    values: dict[str, object] = {}
    for earlier in present_events(case.state_view, stream):
        creates = earlier.position == subject.position
        if creates or (earlier.position > subject.position and earlier.subject == stream):
            given = _values(earlier)
            names = given if creates else _revised_fields(earlier.kind)
            values |= {name: given[name] for name in names if given[name] is not None}
    return values


def _present_level(case: Case) -> object:
    """Return the level that the subject or event was given last, None for an event that only follows its subject."""
    event = case.event
    if event.about_event is not None:
        about = case.state_view.event(event.about_event)
        given = about.visibility if about is not None else None
        return amendments_of(case.state_view, event.about_event).level or given
    subject = subject_in(case.state_view, event.subject) if event.subject else None
    return subject.level if subject is not None else None


def _values(event: Event) -> dict[str, object]:
    """Return the event's data, with the defaults of fields that were left out."""
    fields = event.kind.model.model_fields
    return {field.alias or name: getattr(event.model, name) for name, field in fields.items()}


def _as_compared(value: object) -> object:
    if isinstance(value, str):
        return folded(value, case=False)
    return set(value) if isinstance(value, list) else value
