"""The history of an organisation or a cohort itself: what was recorded about it and not about a thing of it.

It has the events whose first subject it is, such as check-ins of an organisation and the close of a cohort.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.types.record import EventCorrected, EventVoided, VisibilityChanged
from service.pages.frame import addresses
from service.pages.frame.language import Language
from service.pages.frame.names import field_name, subject_name
from service.pages.frame.page import Answer, Visit
from service.pages.parts.present import present_data
from service.pages.record.amending import offered
from service.pages.record.form import Field, Widget, form_of
from service.pages.record.offers import offer
from service.pages.things.amendments import amendments, text_of
from service.pages.things.history import actors_in
from service.pages.things.step import Event, Step, is_of, recorded_times

_AMENDING = (EventCorrected, EventVoided, VisibilityChanged)
AFTER = "after"
"""The parameter with the cursor after which the page begins."""


@dataclass(frozen=True)
class OwnHistory:
    """An organisation or a cohort, what it is called, and what happened to it. `further` is the address of the rest."""

    thing: Mapping[str, Any]
    name: str
    history: Sequence[Step]
    further: str | None


def variables_of(kind: str) -> Callable[[Visit], Mapping[str, Any]]:
    """Return the variables of the query for the history of an organisation or a cohort."""
    models = (*_AMENDING, NoteAdded)
    kinds = [
        one.name.replace(".", "_").upper()
        for one in VOCABULARY.kinds
        if one.model in models or (one.references and one.references[0].kinds == (kind,))
    ]

    def variables(visit: Visit) -> Mapping[str, Any]:
        return {"key": visit.key, "kinds": kinds, "after": visit.query.get(AFTER)}

    return variables


def amended(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the query for what the visitor may amend; None if there is nothing."""
    if answer["thing"] is None:
        return None
    events = _events(answer["thing"])
    return offered.variables(events, actors_in(answer["thing"], events), visit)


def view(answer: Answer, visit: Visit) -> OwnHistory | None:
    """Return what the page shows, None if there is no such subject for the visitor."""
    thing = answer["thing"]
    if thing is None:
        return None
    events = _events(thing)
    may = offered.offered(answer, visit)
    corrections = (one for entry in _entries(thing) for one in entry["corrections"])
    found = [
        *_recorded(events, visit.language),
        *(
            _in_words(step, events, visit.language)
            for step in amendments(thing["stream"], thing["position"], corrections, events, may)
        ),
    ]
    recorded = recorded_times(events)
    steps = (
        replace(step, amending=may.of(step.position), recorded=recorded.get(step.position))
        for step in found
    )
    page = thing["timeline"]["pageInfo"]
    cursor = page["endCursor"] if page["hasNextPage"] else None
    return OwnHistory(
        thing,
        subject_name(thing),
        sorted(steps, key=lambda step: step.place),
        addresses.with_query(visit.path, {**visit.query, AFTER: cursor}) if cursor else None,
    )


def _entries(thing: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the entries about the subject itself of which the visitor sees the event."""
    for entry in thing["timeline"]["nodes"]:
        is_own = entry["subject"] is not None and entry["subject"]["stream"] == thing["stream"]
        if is_own and entry["event"] is not None:
            yield entry


def _events(thing: Mapping[str, Any]) -> list[Event]:
    return [entry["event"] for entry in _entries(thing)]


def _recorded(events: Sequence[Event], language: Language) -> Iterator[Step]:
    """Yield a step for each event that stands and amends no other one."""
    for event in events:
        found = VOCABULARY.find(event["type"])
        if found is None or event["voidedBy"] is not None or is_of_any(event):
            continue
        kind, version = found
        data = present_data(kind.upcast(event["data"], version), event["corrections"])
        words = ((name, _text(kind, name, data.get(name), language)) for name in kind.correctable)
        row = {
            "title": offer(kind).title,
            "words": [(_title(kind, name), text) for name, text in words if text is not None],
        }
        precision = event["timePrecision"]
        yield Step("recorded", event["time"], precision, event["position"], row)


def is_of_any(event: Event) -> bool:
    """Return whether an event amends another one."""
    return any(is_of(event, model) for model in _AMENDING)


def _in_words(step: Step, events: Sequence[Event], language: Language) -> Step:
    """Return a step that corrects an event with its field and its values as its form names and the reader writes them.

    Other steps are as they are.
    """
    corrected = step.row.get("correctedPosition")
    types = (event["type"] for event in events if event["position"] == corrected)
    found = VOCABULARY.find(next(types, ""))
    if step.what != "corrected" or found is None:
        return step
    kind, field = found[0], step.row["field"]
    values = {name: _text(kind, field, step.row[name], language) for name in ("before", "after")}
    return replace(step, row={**step.row, **values, "title": _title(kind, field)})


def _field(kind: EventKind, name: str) -> Field | None:
    return next((field for field in form_of(kind).fields if field.name == name), None)


def _title(kind: EventKind, name: str) -> str:
    """Return what a field of a type is called, in English: as in the form with which it was recorded."""
    field = _field(kind, name)
    return field_name(name) if field is None else field.title


def _text(kind: EventKind, name: str, value: Any, language: Language) -> str | None:
    """Return a value of a field as a page shows it: days as the reader writes them, terms by their names."""
    field = _field(kind, name)
    if field is not None and field.widget is Widget.DAY and value is not None:
        return language.day(value)
    terms = {} if field is None else {term.value: term.title for term in field.terms}
    if isinstance(value, str | int) and value in terms:
        return language.gettext(terms[value])
    return text_of(value)
