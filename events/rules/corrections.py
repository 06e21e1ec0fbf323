"""Rules about corrections: what may be corrected, and how the event may read afterwards."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import ValidationError

from events.access.audience import audience_of_event
from events.access.policy import is_wider
from events.rules.record import is_forgotten
from events.rules.rule import ADVICE, RULES, Case, advice, rule
from events.state.placement import event_cohort
from events.state.present_events import EarlierState, present_event, present_events
from events.state.state_view import StateView, amendments_of, find, subject_in
from events.state.subjects import IterationState
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.data_faults import faults_of
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice, Fault
from events.vocabulary.stream import Stream, stream_of
from events.vocabulary.terms import Result
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    ObservationRecorded,
)
from events.vocabulary.types.questions import QuestionFramed
from events.vocabulary.types.record import EventCorrected, VisibilityChanged
from events.vocabulary.values.json_equality import same_json
from events.vocabulary.values.strict_json import escaped
from events.vocabulary.values.text_folding import folded
from events.vocabulary.values.times import latest_day

_ID: Final = "event.correctable"
_KEPT: Final = ("question.how_can_we", "question.unchanged")
"""The rules that an event still keeps as it reads after a correction. Others are about what cannot be corrected."""
_FIELDS: Final = VOCABULARY.of(EventCorrected).checked("fields")
_PLAN: Final = tuple(
    VOCABULARY.of(IterationPlanned).checked(field)
    for field in ("hypothesis", "action", "measure", "criterion")
)
_MEASURE: Final = VOCABULARY.of(ObservationRecorded).checked("measure")
_LANGUAGE: Final = VOCABULARY.of(QuestionFramed).checked("language")


@rule(_ID)
def event_correctable(case: Case[EventCorrected]) -> Iterator[Fault]:
    """A correction gives other values to fields that may be corrected, and the event still obeys its rules.

    The fields that may be corrected have the mark `x-correctable` in the schema of the event's type. The event is not
    voided. In a plan or its revision, hypothesis, action, measure and criterion are corrected only until the iteration
    is started or concluded. With the new values, the event still obeys `field`, `question.how_can_we` and
    `question.unchanged`, and an observation keeps the measure that a conclusion needed. Voids, corrections, changes of
    visibility and the forgetting of a person are not corrected. Later events are not judged again.
    """
    position = case.event.about_event
    about = case.state_view.event(position) if position is not None else None
    if position is None or about is None:
        return
    pointer = f"/data/{case.event.kind.about_field}"
    if not about.kind.correctable:
        yield Fault(
            _ID, pointer, f"Events of type {about.kind.name} have no fields that may be corrected."
        )
        return
    if amendments_of(case.state_view, position).voided_by is not None:
        yield Fault(_ID, pointer, "The event is voided.")
        return
    yield from _wrong_fields(about, case) or _as_written(about, case)


def correctable_fields(about: Event, state_view: StateView) -> tuple[str, ...]:
    """Return the fields of an event that can be corrected now: none if it is voided or about a forgotten person."""
    if amendments_of(state_view, about.position).voided_by is not None or any(
        is_forgotten(mention.stream, state_view) for mention in about.mentions
    ):
        return ()
    frozen = _frozen(about, state_view)
    return tuple(name for name in about.kind.correctable if name not in frozen)


def _wrong_fields(about: Event, case: Case[EventCorrected]) -> list[Fault]:
    """Return a fault for each field that may not be corrected, or not any more."""
    frozen = _frozen(about, case.state_view)
    faults = []
    for name in case.event.model.fields:
        # An earlier version has other fields: what becomes of these is checked when they are converted.
        if name not in about.kind.correctable and not _is_earlier(about):
            faults.append(_fault(name, _only(about)))
        elif name in frozen:
            started = "The iteration is started or concluded, so its plan stays as it is."
            faults.append(_fault(name, f"iteration.started: {started}"))
    return faults


def _only(about: Event) -> str:
    fields = ", ".join(about.kind.correctable)
    return f"Of {about.kind.name}, only these may be corrected: {fields}."


def _is_earlier(about: Event) -> bool:
    """Return whether the event was sent in an earlier version of its type, with other fields."""
    return about.version < about.kind.model.since


def _as_written(about: Event, case: Case[EventCorrected]) -> Iterator[Fault]:
    """Yield what is wrong with the event as it would read."""
    fields = case.event.model.fields
    now = present_event(case.state_view, about)
    try:
        after = now.corrected(fields)
        changed = _changed(now, after)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        # An upcaster may rely on what the rules of its own version guarantee.
        yield _fault(None, f"field: Expected data of version {about.version} of this type.")
        return
    faults = list(_faults_of(case, now, after))
    yield from faults
    if not faults and not changed:
        yield _fault(None, "No field gets another value than its present one.")
    if not faults and not changed.issubset(about.kind.correctable):
        yield _fault(None, _only(about))


def _frozen(about: Event, state_view: StateView) -> tuple[str, ...]:
    """Return the fields of a plan that are frozen, none if the iteration is neither started nor concluded."""
    if not about.is_of(IterationPlanned, IterationRevised):
        return ()
    iteration = find(state_view, IterationState, about.data["iteration"])
    if iteration is None or not (iteration.started or iteration.concluded_us is not None):
        return ()
    return _PLAN


def _faults_of(case: Case[EventCorrected], now: Event, after: Event) -> Iterator[Fault]:
    """Yield the rules that the event would break as it would read, apart from what is wrong with it already."""
    fields = case.event.model.fields
    known = {(fault.pointer, fault.detail) for fault in _form_faults(now)}
    form = [
        fault
        for fault in _form_faults(after)
        if _field_in(fault) in fields or (fault.pointer, fault.detail) not in known
    ]
    for fault in form:
        yield _translated(fault, fields)
    if form:
        return
    judged = _as_judged(case, after)
    for one in RULES:
        if one.id in _KEPT and after.kind.name in one.names:
            for fault in one.check(judged):
                yield _translated(fault, fields)
    if after.is_of(ObservationRecorded) and _takes_evidence(case, now, after):
        yield _fault(
            _MEASURE,
            "iteration.no_evidence: The conclusion has no other observation on the plan's measure.",
        )


def _as_judged(case: Case, after: Event) -> Case:
    """Return a corrected event as a rule or advice judges it: in the state before it, as everything now reads."""
    return Case(after, case.sender, EarlierState(case.state_view, after.position), case.now_us)


def _form_faults(event: Event) -> list[Fault]:
    """Return what is wrong with the form of the data of a recorded event."""
    try:
        event.kind.validated(
            event.kind.sealed(event.data), latest_day(event.time_text, event.time_precision)
        )
    except ValidationError as error:
        return faults_of(error, event.kind.personal)
    return []


def _takes_evidence(case: Case, now: Event, after: Event) -> bool:
    """Return whether a conclusion would lack the observation on the plan's measure that it needed."""
    key = after.data["iteration"]
    iteration = find(case.state_view, IterationState, key)
    planned = folded(iteration.measure or "") if iteration is not None else ""
    if not planned or _measure(now) != planned or _measure(after) == planned:
        return False
    history = present_events(case.state_view, stream_of("iteration", key))
    conclusion = next((event for event in history if event.is_of(IterationConcluded)), None)
    if conclusion is None or conclusion.data["result"] not in (Result.SUPPORTED, Result.REFUTED):
        return False
    before = [
        event
        for event in history
        if event.is_of(ObservationRecorded) and event.position < conclusion.position
    ]
    return after.position in [event.position for event in before] and all(
        _measure(event) != planned for event in before if event.position != after.position
    )


def _measure(observation: Event) -> str:
    return folded(observation.data.get(_MEASURE) or "")


def _changed(now: Event, after: Event) -> set[str]:
    """Return the fields with another value, compared as JSON values."""
    one, other = now.kind.without_absent(now.data), after.kind.without_absent(after.data)
    return {
        name for name in one.keys() | other.keys() if not same_json(one.get(name), other.get(name))
    }


def _field_in(fault: Fault) -> str:
    return fault.pointer.removeprefix("/data").removeprefix("/").partition("/")[0]


def _translated(fault: Fault, fields: Mapping[str, object]) -> Fault:
    """Return a fault of the corrected event as one of the correction."""
    inside = fault.pointer.removeprefix("/data") if _field_in(fault) in fields else ""
    return Fault(_ID, f"/data/{_FIELDS}{inside}", f"{fault.rule}: {fault.detail}")


def _fault(field: str | None, detail: str) -> Fault:
    inside = "" if field is None else f"/{escaped(field)}"
    return Fault(_ID, f"/data/{_FIELDS}{inside}", detail)


@advice("question.form")
def corrected_question_form(case: Case[EventCorrected]) -> Iterator[Advice]:
    """In such a language, a correction of a question's text or language is accepted, too."""
    position, fields = case.event.about_event, case.event.model.fields
    about = case.state_view.event(position) if position is not None else None
    if about is None or not about.kind.questions:
        return
    if fields.keys().isdisjoint((*about.kind.questions, _LANGUAGE)) or any(event_correctable(case)):
        return
    judged = _as_judged(case, present_event(case.state_view, about).corrected(fields))
    for one in ADVICE:
        if one.id == "question.form" and about.kind.name in one.names:
            yield from one.check(judged)


@advice("correction.shown")
def correction_shown(case: Case[VisibilityChanged]) -> Iterator[Advice]:
    """Everyone who now sees a corrected event also sees its first wording, which is in its line."""
    event, level = case.event, case.event.model.visibility
    if event.about_event is not None:
        amendments = amendments_of(case.state_view, event.about_event)
        about = case.state_view.event(event.about_event)
        before = amendments.level or (about.level if about is not None else level)
        shown = [about] if about is not None and amendments.corrected else []
    else:
        subject = subject_in(case.state_view, event.subject) if event.subject else None
        if subject is None or event.subject is None:
            return
        before = subject.level
        shown = list(_corrected_of(event.subject, subject.position, case))
    if is_wider(level, before):
        for about in shown:
            yield Advice(
                "correction.shown",
                f"the event at position {about.position} was corrected;"
                " everyone who sees it now also sees its first wording, which its line keeps",
            )


def _corrected_of(stream: Stream, created: int, case: Case) -> Iterator[Event]:
    """Yield the corrected events that created the subject of a stream or are seen like it."""
    for event in present_events(case.state_view, stream):
        if not amendments_of(case.state_view, event.position).corrected:
            continue
        follows = event.subject == stream and event.position >= created
        own = audience_of_event(
            event.kind, None, event.subject, event_cohort(event, case.state_view.state)
        )
        if event.position == created or (follows and own is None):
            yield event
