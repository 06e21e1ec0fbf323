"""The page after recording: who sees what was recorded, what usually comes next, and whether it may be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from events.access.principal import Principal
from events.lines.recorded import Recorded
from events.vocabulary.catalogue import VOCABULARY, JsonObject
from events.vocabulary.event import Event
from events.vocabulary.stream import kind_of
from events.vocabulary.terms import Visibility
from events.vocabulary.types.cohorts import (
    CohortFormed,
    OrganisationJoined,
    OrganisationRegistered,
)
from events.vocabulary.types.event_type import Mark
from events.vocabulary.types.record import EventCorrected, EventVoided, PersonForgotten
from service.pages.frame.page import Answer, Query, with_fragments
from service.pages.record.amending.offered import form_about
from service.pages.record.choices import SHOWN
from service.pages.record.faults import RULES
from service.pages.record.next_steps.addresses import form_address
from service.pages.record.next_steps.steps import NextStep
from service.pages.record.offers import Offer, next_of, offer
from service.pages.record.reading import SOURCE

UNDO_MINUTES: Final = 10

_EVERY_KEY: Final = (CohortFormed, OrganisationRegistered, OrganisationJoined)
_WIDTH: Final = {level.name: width for width, level in enumerate(Visibility)}
_KNOWN: Final = " ".join(
    f"... on {kind.capitalize()} {{ {fields} {more} }}"
    for kind, fields in SHOWN.items()
    for more in ("failureCause" if kind == "failure" else "",)
)
_WITH_COHORT: Final = " ".join(
    f"... on {kind.capitalize()} {{ cohort {{ title }} }}"
    for kind in SHOWN
    if kind not in ("cohort", "organisation")
)
QUERY: Final = Query(
    "record-done.graphql",
    with_fragments(
        "query Done($signedIn: Boolean!, $streams: [String!]!, $position: Position!) {\n"
        "  ...Frame\n"
        "  event(position: $position) { voidedBy amendable { fields } }\n"
        f"  subjects(streams: $streams) {{ __typename key stream visibility {_KNOWN} {_WITH_COHORT} }}\n"
        "}\n"
    ),
)
"""The query for what was recorded."""

ADVICE: Final[Mapping[str, str]] = {
    "organisation.same_name": "Another organisation of the cohort has a name that looks the same.",
    "question.form": "We do not know how questions begin in this language, so that was not checked.",
    "correction.shown": "It was corrected before. All who see it now can find the first wording, too.",
    "learning.without_cohort": (
        "It is from work in a cohort, but names no cohort, so it is not part of the cohort."
    ),
    "measure.unknown": "The plan does not name this measure, so the observation does not count for it.",
    "cohort.size": "Four to six organisations are usual in a cohort.",
    "cohort.months": "Six to eighteen months are usual for a cohort.",
    "time.order": "Its time is before that of something that it builds on. Please check it.",
    "revision.unchanged": "It changes nothing that was not so before.",
    "session.not_present": "Somebody attended who was not a member of the cohort at that time.",
}
"""What each advice says, in English."""


@dataclass(frozen=True)
class Done:
    """What was recorded. `seen` is what says who sees it, for `seen_by`; None if there is nothing to say.

    `next` are the types that usually come next, each with the address of its form. `undo` says whether it may still be
    undone, `is_undone` that it was. `refusal` is why it could not be. `correct` is the address of the form that
    corrects it, None if the visitor may not.
    """

    position: int
    offer: Offer
    subject: Mapping[str, Any] | None
    seen: Mapping[str, Any] | None
    next: Sequence[NextStep]
    advice: Sequence[str]
    undo: bool
    is_undone: bool
    token: str | None
    refusal: tuple[str, str] | None = None
    correct: str | None = None
    words: Sequence[tuple[str, str]] = ()
    """What was written, each with the name of its field, so that a mistake is seen at once."""


def recorded_here(recorded: Recorded | None, viewer: Principal) -> Event | None:
    """Return the event if the principal recorded it on a page, otherwise None."""
    if recorded is None:
        return None
    event = recorded.event(VOCABULARY)
    is_own = event.source == SOURCE and event.actor == f"service/{viewer.id}"
    return event if is_own else None


def streams_of(event: Event) -> list[str]:
    """Return the streams of the event's subject and of the cohort that it names."""
    cohort = event.named_cohort
    found = [_subject_of(event), f"cohort/{cohort}" if cohort else None]
    return [stream for stream in dict.fromkeys(found) if stream is not None]


def _subject_of(event: Event) -> str | None:
    """Return the stream of the event's subject; of an event about another one, it is that one's."""
    return event.subject or next(iter(event.streams), None)


def may_undo(event: Event, now: datetime) -> bool:
    """Return whether an event can be undone by its time and its type; the recorder says if something builds on it."""
    at = datetime.fromisoformat(event.content["recordedtime"])
    is_final = event.kind.mark is Mark.VOIDS or event.is_of(PersonForgotten)
    return not is_final and now - at < timedelta(minutes=UNDO_MINUTES)


def undoing(event: Event, reason: str, time: str) -> JsonObject:
    """Return the event that voids another one at a time; sent twice, it is the same event."""
    return {
        "specversion": "1.0",
        "id": f"{event.id}-undo",
        "source": SOURCE,
        "type": EventVoided.wire_name(),
        "time": time,
        "data": {"event": event.position, "reason": reason},
    }


def seen(event: Event, subjects: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return what says who sees an event: its level, with the title of its cohort and the name of its owner."""
    subject = subjects.get(event.subject or "")
    if subject is None:
        return None
    is_organisation = kind_of(subject["stream"]) == "organisation"
    level = str(subject["visibility"])
    own = event.visibility or event.default_level
    if event.is_of(*_EVERY_KEY):
        level = "PUBLIC" if own is Visibility.PUBLIC else "COHORT"
    elif is_organisation and event.kind.mark is Mark.ADDS:
        level = own.name
    elif event.kind.mark is Mark.ADDS and event.visibility is not None:
        level = min(level, own.name, key=lambda name: _WIDTH[name])
    cohort = subjects.get(f"cohort/{event.named_cohort}") or subject.get("cohort")
    owner = subject if is_organisation else subject.get("organisation")
    return {
        "visibility": level,
        "shared": event.is_of(*_EVERY_KEY),
        "failureCause": subject.get("failureCause"),
        "cohort": cohort,
        "owner": owner and owner["name"],
    }


def words_of(event: Event) -> Sequence[tuple[str, str]]:
    """Return the texts of an event, or those that a correction gives, each with the name of its field."""
    is_correction = event.is_of(EventCorrected)
    data = event.data["fields"] if is_correction else event.data
    names = data if is_correction else event.kind.correctable
    if event.kind.personal:
        return ()
    return [(name, data[name]) for name in names if isinstance(data.get(name), str)]


def next_forms(event: Event, viewer: Principal) -> Sequence[NextStep]:
    """Return the types that usually come next, each with the address of its form, which knows what it is about."""
    streams = list(dict.fromkeys(one.stream for one in event.mentions if one.single))
    return [
        NextStep(one, form_address(VOCABULARY.named(one.name).model, streams))
        for one in next_of(viewer.role, event.kind)
    ]


def done(
    event: Event,
    answer: Answer,
    viewer: Principal,
    advice: Sequence[str],
    now: datetime,
    token: str | None,
    refusal: tuple[str, str] | None = None,
) -> Done:
    """Return what the page shows."""
    subjects = {one["stream"]: one for one in answer["subjects"] if one is not None}
    shown = answer["event"] or {}
    voided = shown.get("voidedBy") is not None
    may_correct = bool(shown.get("amendable", {}).get("fields"))
    return Done(
        event.position,
        offer(event.kind),
        subjects.get(_subject_of(event) or ""),
        seen(event, subjects),
        next_forms(event, viewer),
        [ADVICE[one] for one in advice if one in ADVICE],
        may_undo(event, now) and not voided,
        voided,
        token,
        refusal,
        form_about(EventCorrected, event.position) if may_correct else None,
        words_of(event),
    )


def refusal_of(rule: str, detail: str) -> tuple[str, str]:
    """Return why something was not undone: an English message, and the words of the rule."""
    return RULES.get(rule, RULES["event.correctable"]), detail


def messages() -> tuple[str, ...]:
    """Return the words of this module, for the catalogues."""
    return tuple(ADVICE.values())
