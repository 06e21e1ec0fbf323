"""The difference between an event that is sent again and the one that was recorded. `Repeats` asks for it."""

from collections.abc import Mapping
from typing import Any, Final

from events.lines.candidate import SERVER_SET, Candidate
from events.recording.envelope import CONTEXT_ATTRIBUTES, extension_text
from events.vocabulary.catalogue import JsonObject
from events.vocabulary.event import Event
from events.vocabulary.stream import kind_of
from events.vocabulary.terms import Visibility
from events.vocabulary.types import Mark
from events.vocabulary.types.cohorts import OrganisationJoined
from events.vocabulary.types.record import EventCorrected
from events.vocabulary.values.json_equality import same_json
from events.vocabulary.values.strict_json import escaped
from events.vocabulary.values.times import moment

DIFFERS: Final = "its content differs in "
"""What stands before the JSON pointers to the parts that differ."""
_NAMED: Final = frozenset({*CONTEXT_ATTRIBUTES, "data"})


def difference(candidate: Candidate, recorded: JsonObject) -> str | None:
    """Return in words where an event differs from the one recorded under its id, None if the two are the same.

    The words do not say which personal fields differ.
    """
    event = candidate.event
    content = candidate.content(candidate.given_subject or recorded.get("subject"))
    pointers = differences(comparable(content, event), comparable(recorded, event))
    if not pointers:
        return None
    personal = {f"/data/{name}" for name in event.kind.personal}
    shown = ", ".join(pointer for pointer in pointers if pointer not in personal)
    return f"{DIFFERS}{shown}" if shown else "its content differs"


def comparable(content: Mapping[str, Any], event: Event) -> JsonObject:
    """Return the content of a line, or of an event that may become one, in a form that is the same for all spellings.

    A time is a moment, an extension the string that CloudEvents makes of it. Attributes that the log sets, nulls and a
    visibility that is the default are left out. `event` is the one that is sent.
    """
    found = {name: value for name, value in content.items() if name not in SERVER_SET}
    for name in found.keys() - _NAMED:
        found[name] = extension_text(found[name])
    found["time"] = moment(found["time"])
    found["data"] = event.kind.without_absent(found["data"])
    if event.is_of(EventCorrected):
        # A null says that a field is as if left out, so it differs from a field that is not named.
        fields = found["data"].get("fields")
        if isinstance(fields, dict):
            found["data"]["fields"] = {name: [value] for name, value in fields.items()}
    if "visibility" in found and found["visibility"] == _default_level(event):
        del found["visibility"]
    return found


def differences(one: JsonObject, other: JsonObject) -> list[str]:
    """Return where two `comparable` events differ: JSON pointers to attributes and to fields of their data."""
    pointers = []
    for name in dict.fromkeys((*one, *other)):
        if name == "data":
            fields = dict.fromkeys((*one["data"], *other["data"]))
            pointers += [
                f"/data/{escaped(field)}"
                for field in fields
                if not same_json(one["data"].get(field), other["data"].get(field))
            ]
        elif not same_json(one.get(name), other.get(name)):
            pointers.append(f"/{escaped(name)}")
    return pointers


def _default_level(event: Event) -> Visibility | None:
    """Return the level that the event has if its sender gives none; None if the type and subject do not decide it."""
    kind = event.kind
    if kind.mark is Mark.CREATES:
        return Visibility.PRIVATE if "person" in kind.creates else event.default_level
    is_of_organisation = event.subject is not None and kind_of(event.subject) == "organisation"
    if event.is_of(OrganisationJoined) or (kind.mark is Mark.ADDS and is_of_organisation):
        return Visibility.COHORT
    return None
