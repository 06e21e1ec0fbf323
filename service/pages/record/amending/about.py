"""The event that a form corrects, voids or records again: what the visitor sees of it, and may amend of it, now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from events.vocabulary.catalogue import VOCABULARY, EventKind, JsonObject
from events.vocabulary.types.event_type import Mark
from service.pages.frame.page import Answer, Query
from service.pages.parts.present import present_data
from service.pages.record.faults import RULES, Message
from service.pages.record.form import Form
from service.pages.record.offers import offer
from service.pages.record.reading import Given, one

EVENT_QUERY: Final = Query(
    "record-event.graphql",
    "query Amended($position: Position!) {\n"
    "  event(position: $position) {\n"
    "    position type subject visibility data time timePrecision voidedBy\n"
    "    corrections { field before after }\n"
    "    amendable { fields voidable }\n"
    "  }\n"
    "}\n",
)
"""The query for an event that is amended."""

POSITION_DIGITS_MAX: Final = 15

_NO_POSITION: Final = (
    "This is no position: that is a whole number. The pages of things have links that know it."
)
_NOTHING: Final = (
    "Nothing in this can be corrected. It may be possible to take it back, and a note can say more."
)
_VOIDED: Final = "This was undone, so it does not count any more."
_KEPT: Final = (
    "This cannot be undone: something builds on it by now, or your key does not allow it."
)


@dataclass(frozen=True)
class About:
    """An earlier event: its type and when it happened, its data as it now reads, and what the visitor may amend of it.

    `fields` are those that the visitor may correct, `corrected` those that were corrected. `subject` is the stream of
    what it is about, and `level` who may see it, as far as its sender chose that.
    """

    position: int
    kind: EventKind
    data: JsonObject
    time: str
    precision: str | None
    is_voided: bool
    fields: Sequence[str]
    is_voidable: bool
    corrected: Sequence[str] = ()
    subject: str | None = None
    level: str | None = None

    @property
    def title(self) -> str:
        """What it is called, in English."""
        return offer(self.kind).title

    @property
    def present(self) -> JsonObject:
        """What the fields contain now that the visitor may correct."""
        return {name: self.data.get(name) for name in self.fields}

    @property
    def words(self) -> Sequence[tuple[str, str]]:
        """Its texts, each with the name of its field."""
        texts = ((name, self.data.get(name)) for name in self.kind.correctable)
        return [(name, text) for name, text in texts if isinstance(text, str)]


class Odd(NamedTuple):
    """Why a form cannot be about what its address names, and the status of the page that says so."""

    message: Message
    status: int


def amends(form: Form) -> bool:
    """Return whether a form is about one earlier event, which it corrects or voids."""
    return form.kind.mark in (Mark.CORRECTS, Mark.VOIDS)


def asked_about(form: Form, given: Given) -> str:
    """Return the position of the event that a form is about, as somebody gave it; "" if nobody did."""
    field = form.kind.about_field
    return one(given, field) if field is not None and amends(form) else ""


def position_in(text: str) -> int | None:
    """Return the position that a text stands for, None if it is none."""
    is_position = text.isascii() and text.isdigit() and len(text) <= POSITION_DIGITS_MAX
    return int(text) if is_position and int(text) > 0 else None


def about_of(answer: Answer) -> About | None:
    """Return the event in the answer, None if the visitor sees no such event."""
    event = answer["event"]
    found = VOCABULARY.find(event["type"]) if event else None
    if event is None or found is None:
        return None
    kind, version = found
    data = present_data(kind.upcast(event["data"], version), event["corrections"])
    may: Mapping[str, Any] = event["amendable"]
    return About(
        event["position"],
        kind,
        data,
        event["time"],
        event["timePrecision"],
        event["voidedBy"] is not None,
        [name for name in kind.correctable if name in may["fields"]],
        may["voidable"],
        list(dict.fromkeys(change["field"] for change in event["corrections"])),
        event["subject"],
        event["visibility"] and event["visibility"].lower(),
    )


def odd(form: Form, given: Given, about: About | None) -> Odd | None:
    """Return why a form cannot be about what was asked for, None if it can, or if nothing was asked for.

    What the visitor may not see is answered as what does not exist.
    """
    text = asked_about(form, given)
    if not text:
        return None
    if position_in(text) is None:
        return _odd(form, _NO_POSITION, 400)
    if about is None:
        return _odd(form, RULES["subject.unknown"], 404)
    is_correction = form.kind.mark is Mark.CORRECTS
    if is_correction and not about.kind.correctable:
        return _odd(form, _NOTHING, 422)
    if about.is_voided:
        return _odd(form, _VOIDED, 422)
    if is_correction and not about.fields:
        return _odd(form, RULES["sender.not_allowed"], 422)
    if not is_correction and not about.is_voidable:
        return _odd(form, _KEPT, 422)
    return None


def _odd(form: Form, sentence: str, status: int) -> Odd:
    return Odd(Message(form.kind.about_field, sentence, ""), status)


def messages() -> Iterable[str]:
    """Return the words of this module, for the catalogues."""
    return _NO_POSITION, _NOTHING, _VOIDED, _KEPT
