"""Reads what a person typed in a form: the event that it stands for. And back: what a form shows of an event's data."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from events.vocabulary.catalogue import EventKind, JsonObject
from events.vocabulary.fields.references import Reference
from events.vocabulary.values.question_form import begins_as_question
from service.pages.record.form import Field, Form, Widget

SOURCE: Final = "urn:howcanwe:pages"
"""The source of every event that a form records."""

Given = Mapping[str, Sequence[str]]
"""The fields of a form as it was sent: the values of each by its name."""

FORM_BYTES_MAX: Final = 1024 * 1024
FIELDS_MAX: Final = 2_000
"""The largest form that is read."""

ID: Final = "event.id"
OPENED: Final = "event.opened"
TIME: Final = "event.time"
OFFSET: Final = "event.offset"
PRECISION: Final = "event.precision"
VISIBILITY: Final = "event.visibility"
ACTION: Final = "event.action"
OUTSIDE: Final = (ID, OPENED, TIME, OFFSET, PRECISION, VISIBILITY, ACTION)
"""The names of the fields that are not in the event's data. No field of data has a name with such a beginning."""
EXACTLY: Final = "minute"
"""How exactly the time of a new form is known."""

OPENING: Final = "opening."
"""What the name of the field with the opening of a question begins with; that of the field with the rest follows."""
_LANGUAGE: Final = "language"

NONE_ANY_MORE: Final = "-"
"""The value of a list of subjects that is emptied. No key and no stream is like it."""
_YES: Final = "yes"
_NO: Final = "no"

_RANDOM_BITS: Final = 40
_WORDS_MAX: Final = 5
_WORDS_CHARACTERS_MAX: Final = 40
_WORD: Final = re.compile(r"[a-z0-9]+")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}([.,][0-9]{1,30})?")
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""32 letters and digits that are hard to take for one another."""
_NAMING: Final = ("title", "name", "text", "statement", "actual", "description", "purpose")
"""The fields whose first words are in the key of what the event creates, the first that there is."""


def opened(kind: EventKind, now: datetime, level: str) -> dict[str, list[str]]:
    """Return what a new form contains: an id for the event, the present time, and the level that is usual."""
    at = now.astimezone(UTC)
    return {
        ID: [str(uuid4())],
        OPENED: [at.isoformat()],
        TIME: [_minute(at)],
        OFFSET: ["+00:00"],
        PRECISION: [EXACTLY],
        VISIBILITY: [level],
    }


def one(given: Given, name: str) -> str:
    """Return the value of a field, without the blanks around it; "" if it was left empty."""
    values = given.get(name, ())
    return values[-1].replace("\r\n", "\n").strip() if values else ""


def event_of(form: Form, given: Given) -> JsonObject:
    """Return the event that a form stands for. The recorder says what is wrong with it."""
    level, precision = one(given, VISIBILITY), one(given, PRECISION)
    return {
        "specversion": "1.0",
        "id": one(given, ID),
        "source": SOURCE,
        "type": form.kind.wire_name,
        "time": time_of(given),
        **({"timeprecision": precision} if precision else {}),
        **({"visibility": level} if level else {}),
        "data": data_of(form, given),
    }


def data_of(form: Form, given: Given) -> JsonObject:
    """Return the data of the event that a form stands for; what was left empty is left out."""
    kind = form.kind
    values = {one.name: _value(one, given) for one in form.fields}
    naming = next((values[name] for name in _NAMING if _names(kind, name, values)), "")
    if _LANGUAGE in values and values[_LANGUAGE] is None:
        values[_LANGUAGE] = _language_of_opening(form, given)
    for reference in kind.references:
        if reference.creates:
            values[reference.field] = key_of(reference, naming, one(given, ID))
    return {name: values[name] for name in form.order if values.get(name) is not None}


def opening_value(language: str, opening: str) -> str:
    """Return the value of the field with the opening of a question, for an opening in a language."""
    return f"{language}:{opening}"


def _question(given: Given, name: str, text: str) -> str:
    """Return the whole text of a question. Who typed its opening, too, or another one, is taken at their word."""
    opening = one(given, f"{OPENING}{name}").partition(":")[2]
    return f"{opening} {text}" if opening and not begins_as_question(text) else text


def _language_of_opening(form: Form, given: Given) -> str | None:
    """Return the language of the opening that was chosen and used; None if none was."""
    for field in form.fields:
        language, _, opening = one(given, f"{OPENING}{field.name}").partition(":")
        if field.widget is Widget.QUESTION and opening:
            text = one(given, field.name)
            is_used = text.startswith(opening) or not begins_as_question(text)
            return language if is_used else None
    return None


def _names(kind: EventKind, name: str, values: Mapping[str, Any]) -> bool:
    """Return whether a field names what the event creates. Keys stand in lines for ever, so no person is in one."""
    return bool(values.get(name)) and not kind.personal


def key_of(reference: Reference, naming: str, id_: str) -> str:
    """Return the key of what an event with this id creates: first words of its name, then 40 random bits.

    The service says that a key is taken, so a key of words alone would show that something hidden exists. The bits are
    those of the event's id, which is random; the same form has the same key when it is sent again.
    """
    plain = unicodedata.normalize("NFKD", naming.lower().replace("ß", "ss"))
    words = _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))[:_WORDS_MAX]
    start = "-".join(words)[:_WORDS_CHARACTERS_MAX].strip("-") or reference.kinds[0]
    return f"{start}-{_random(id_)}"


def _random(id_: str) -> str:
    try:
        bits = UUID(id_).int
    except ValueError:
        # Not a form of ours. The recorder takes any id, but the key has to be a new one.
        bits = uuid4().int
    return "".join(_LETTERS[bits >> shift & 31] for shift in range(0, _RANDOM_BITS, 5))


def _value(field: Field, given: Given) -> Any:
    """Return the value of a field, None if it was left empty."""
    match field.widget:
        case Widget.CHOICES | Widget.SUBJECTS:
            chosen = list(dict.fromkeys(filter(None, given.get(field.name, ()))))
            if field.can_be_emptied and chosen == [NONE_ANY_MORE]:
                return []
            return [_term(field, value) for value in chosen] or None
        case Widget.EACH:
            lines = [line.strip() for line in one(given, field.name).splitlines()]
            return [line.lower() if field.is_lower else line for line in lines if line] or None
        case Widget.PARTS:
            parts = {part.name.rpartition(".")[2]: _value(part, given) for part in field.parts}
            return {name: value for name, value in parts.items() if value is not None} or None
    text = one(given, field.name)
    if not text:
        return None
    match field.widget:
        case Widget.QUESTION:
            return _question(given, field.name, text)
        case Widget.NUMBER | Widget.EVENT:
            return _number(text)
        case Widget.YES_OR_NO:
            return {_YES: True, _NO: False}.get(text, text)
        case Widget.CHOICE:
            return _term(field, text)
        case _:
            return text


def _term(field: Field, value: str) -> str | int:
    return next((term.value for term in field.terms if str(term.value) == value), value)


def _number(text: str) -> int | float | str:
    """Return the number that a text is. What is none stays a text, which the recorder refuses."""
    if _NUMBER.fullmatch(text) is None:
        return text
    number = text.replace(",", ".")
    return float(number) if "." in number else int(number)


def time_of(given: Given) -> str:
    """Return the time of an event: exactly when its form was opened, if nobody changed the minute."""
    local, offset = one(given, TIME), one(given, OFFSET) or "Z"
    text = f"{local}:00{offset}" if len(local) == len("2026-03-01T14:30") else f"{local}{offset}"
    try:
        at = datetime.fromisoformat(text)
        first = datetime.fromisoformat(one(given, OPENED))
        is_unchanged = timedelta() <= first - at < timedelta(minutes=1)
    except (ValueError, TypeError, OverflowError):
        return text
    return first.astimezone(at.tzinfo).isoformat() if is_unchanged else text


def is_now(given: Given) -> bool:
    """Return whether the time of an event is when its form was opened."""
    try:
        return datetime.fromisoformat(time_of(given)) == datetime.fromisoformat(one(given, OPENED))
    except (ValueError, TypeError):
        return False


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


def given_of(fields: Iterable[Field], data: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what the fields of a form contain that stands for this data."""
    found: dict[str, list[str]] = {}
    for field in fields:
        value = data.get(field.name.rpartition(".")[2])
        if value is None:
            continue
        if field.widget is Widget.PARTS:
            found |= given_of(field.parts, value)
        elif field.widget is Widget.EACH:
            found[field.name] = ["\n".join(map(str, value))]
        elif isinstance(value, list):
            found[field.name] = [str(item) for item in value] or [NONE_ANY_MORE]
        elif isinstance(value, bool):
            found[field.name] = [_YES if value else _NO]
        else:
            found[field.name] = [str(value)]
    return found
