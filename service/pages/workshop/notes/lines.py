"""What can be typed in a line, and the form that a line stands for.

A line has an organisation, a kind and words. The kinds are those types of events that an organisation's words alone, or
with few short answers more, say all of that has to be filled in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from events.access.policy import Role, may_ever_record
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import TimePrecision
from events.vocabulary.types import EventType
from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.types.exchange import HelpAsked
from events.vocabulary.types.learnings import FailureRecorded, LearningCaptured
from events.vocabulary.types.questions import QuestionFramed
from events.vocabulary.types.sessions import CommitmentMade
from service.pages.frame.forms import TOKEN
from service.pages.parts.day import instant, span_of
from service.pages.record.faults import Message
from service.pages.record.form import Field, Form, form_of
from service.pages.record.levels import levels_of
from service.pages.record.reading import (
    ACTION,
    ID,
    OFFSET,
    OPENED,
    PRECISION,
    TIME,
    VISIBILITY,
    Given,
    one,
)

WHO: Final = "who"
KIND: Final = "kind"
WORDS: Final = "words"


class _Asked(NamedTuple):
    """What a kind is called, the field that the words of a line are in, and those that are asked beside it."""

    title: str
    words: str
    beside: tuple[str, ...] = ()


KINDS: Final[Mapping[type[EventType], _Asked]] = {
    NoteAdded: _Asked("Note", "text"),
    HelpAsked: _Asked("Request for help", "text"),
    CommitmentMade: _Asked("Commitment", "text", ("due_on",)),
    QuestionFramed: _Asked("Question", "text"),
    LearningCaptured: _Asked("Learning", "statement", ("loop", "evidence_level", "from")),
    FailureRecorded: _Asked("Failure", "actual", ("intended", "why", "degree", "for_whom")),
}
"""The types that a line can record, those that ask least first.

Their titles have no article: who types the first letter of one finds it in the list.
"""


@dataclass(frozen=True)
class Kind:
    """A kind of line, and what it is called, in English.

    `beside` are the fields that are asked beside its words, by the names that they have there.
    """

    title: str
    form: Form
    words: Field
    beside: Sequence[Field]

    @property
    def name(self) -> str:
        """The short name of the type."""
        return self.form.kind.name

    def inner(self, name: str) -> str:
        """Return the name that a field has in the data, without the kind."""
        return name.removeprefix(f"{self.name}.")

    def outer(self, name: str | None) -> str | None:
        """Return the field of a line that a field of the form is in, None if it is in none."""
        if name == self.words.name:
            return WORDS
        if name == self.form.kind.organisation_field:
            return WHO
        names = {self.inner(field.name): field.name for field in self.beside}
        return names.get(name or "")

    def placed(self, messages: Iterable[Message]) -> Sequence[Message]:
        """Return what is wrong with a form at the fields of its line."""
        return [replace(message, field=self.outer(message.field)) for message in messages]


def kinds_of(role: Role, *, is_closed: bool = False) -> Sequence[Kind]:
    """Return the kinds that a role may record, of a closed cohort those that are accepted after its close."""
    return [
        _kind(form_of(VOCABULARY.of(model)), asked)
        for model, asked in KINDS.items()
        if may_ever_record(role, VOCABULARY.of(model)) and (model.after_close or not is_closed)
    ]


def _kind(form: Form, asked: _Asked) -> Kind:
    fields = {field.name: field for field in form.fields}
    # Two kinds may ask something of the same name.
    beside = [replace(fields[name], name=f"{form.kind.name}.{name}") for name in asked.beside]
    return Kind(asked.title, form, fields[asked.words], beside)


def time_of_lines(session: Mapping[str, Any], opened: datetime) -> datetime | None:
    """Return the time that a line has which was begun at a moment: None for the moment itself, while the session runs.

    Before and after, it is that of the session, so that all lines belong to it.
    """
    began, ended = span_of(session)
    return None if began <= opened < ended else instant(session["time"])


def form_given(kind: Kind, line: Given, session: Mapping[str, Any], role: Role) -> Given:
    """Return what the form of a type contains that says what a line says."""
    form = kind.form
    given = {
        ACTION: ["record"],
        ID: [one(line, ID)],
        OPENED: [one(line, OPENED)],
        TOKEN: [one(line, TOKEN)],
        VISIBILITY: [levels_of(form.kind, role).usual],
        kind.words.name: [one(line, WORDS)],
        **{kind.inner(f.name): line[f.name] for f in kind.beside if f.name in line},
        **_times(line, session),
    }
    for field, value in (
        (form.kind.organisation_field, one(line, WHO)),
        (form.kind.cohort_field, session["cohort"]["key"]),
    ):
        if field is not None:
            given[field] = [value]
    names = {field.name for field in form.fields}
    if "session" in names:
        given["session"] = [session["key"]]
    elif form.kind.model is NoteAdded:
        given["about"] = [f"session/{session['key']}"]
    return given


def _times(line: Given, session: Mapping[str, Any]) -> Given:
    """Return when it happened, as a form has it. It depends on nothing that changes until a line is sent again."""
    text, precision = one(line, OPENED), TimePrecision.MINUTE.value
    try:
        opened = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return {TIME: [text], OFFSET: ["+00:00"], PRECISION: [precision]}
    held = time_of_lines(session, opened)
    if held is None:
        return {
            TIME: [opened.strftime("%Y-%m-%dT%H:%M")],
            OFFSET: ["+00:00"],
            PRECISION: [precision],
        }
    known = session["timePrecision"]
    local = held.astimezone(UTC).replace(tzinfo=None).isoformat()
    return {TIME: [local], OFFSET: ["+00:00"], PRECISION: [known.lower() if known else precision]}
