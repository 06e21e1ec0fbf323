"""Values: what a cell stands for, as the texts that a form would have sent for its field. `rows` calls it."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final

from events.vocabulary.faults import expected
from events.vocabulary.stream import is_event_reference, is_stream
from events.vocabulary.words import LISTS
from events.vocabulary.words.wording import TermWords
from service.pages.record.form import Field, Widget
from service.pages.sheets.columns import plain
from service.pages.sheets.files.table import Value

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}([.,][0-9]{1,30})?")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_IN_BRACKETS: Final = re.compile(r".*\(([a-z]+/[^()\s]+)\)", re.DOTALL)
"""An entry of a drop-down: a name, and the subject that it is the name of."""
_YES_OR_NO: Final = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}
ATTRIBUTE_TERMS: Final = {
    "timeprecision": LISTS["TimePrecision"].terms,
    "visibility": LISTS["Visibility"].terms,
}
"""The terms of the attributes that have some."""
_DAY_WANTED: Final = "a day, such as 2026-03-01, or a cell that is formatted as a date"
_TIME_WANTED: Final = (
    "a day or a time, such as 2026-03-01 or 2026-03-01 14:30, or a cell that is formatted so"
)


class Unfit(Exception):
    """The cell does not fit its field. The message is a sentence that says why."""


class Unzoned(Unfit):
    """A time of day has no zone. `in_utc` is the time as RFC 3339 if it were one of UTC."""

    def __init__(self, at: datetime) -> None:
        self.in_utc = at.replace(tzinfo=UTC).isoformat()
        super().__init__("The time has no zone. Choose one, in a command by --zone Europe/London.")


Named = Callable[[Sequence[str], str], str]
"""Returns how a field that takes these kinds names the subject that a text names otherwise. Raises Unfit."""


def as_written(kinds: Sequence[str], text: str) -> str:
    """Return the text: only who knows the record could say what else it may name."""
    return text


def texts_of(field: Field, value: Value, named: Named = as_written) -> list[str]:
    """Return the texts that a cell stands for. `named` is asked for subjects. Raises Unfit."""
    match field.widget:
        case Widget.CHOICES | Widget.SUBJECTS:
            items = items_of(text_of(value))
            is_subjects = field.widget is Widget.SUBJECTS
            return [
                _subject(field, one, named) if is_subjects else _term(field.terms, one)
                for one in items
            ]
        case Widget.EACH:
            return ["\n".join(items_of(text_of(value)))]
        case Widget.CHOICE:
            return [_term(field.terms, text_of(value))]
        case Widget.SUBJECT:
            return [_subject(field, text_of(value), named)]
        case Widget.NUMBER | Widget.EVENT:
            return [_number(value)]
        case Widget.YES_OR_NO:
            return [_yes_or_no(value)]
        case Widget.DAY:
            return [_day(value)]
        case _:
            return [text_of(value)]


def attribute_of(name: str, value: Value) -> str:
    """Return the value of an attribute of the event. Raises Unfit."""
    text = text_of(value)
    return _term(ATTRIBUTE_TERMS[name], text) if name in ATTRIBUTE_TERMS else text


def text_of(value: Value) -> str:
    """Return the text that a cell stands for. Raises Unfit for yes and no, which are none."""
    match value:
        case bool():
            raise Unfit(expected("a text", value))
        case float() if value.is_integer():
            # A spreadsheet has no integers.
            return str(int(value))
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def items_of(text: str) -> Sequence[str]:
    """Return the items of a list: one on each line, or between semicolons if there is only one line."""
    found = text.splitlines() if "\n" in text else text.split(";")
    return [item.strip() for item in found if item.strip()]


def time_of(value: Value, zone: tzinfo | None) -> tuple[str, bool]:
    """Return a time as RFC 3339, and whether only the day is known, of which it is then the beginning.

    A day is one of UTC in every zone, so that the zone of other rows does not change it. Raises Unfit, also for a time
    of day without a zone.
    """
    if isinstance(value, str):
        value = _parsed(value)
    match value:
        case datetime():
            if value.tzinfo is None and zone is None:
                raise Unzoned(value)
            at = value if value.tzinfo is not None else value.replace(tzinfo=zone)
            return at.isoformat(), False
        case date():
            return datetime.combine(value, time(), UTC).isoformat(), True
        case _:
            raise Unfit(expected(_TIME_WANTED, _shown(value)))


def _parsed(text: str) -> date | datetime:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if _DAY.match(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise Unfit(expected(_TIME_WANTED, text))


def _day(value: Value) -> str:
    match value:
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            raise Unfit(expected(_DAY_WANTED, _shown(value)))
        case date():
            return value.isoformat()
        case str() if _DAY.fullmatch(value):
            return value
        case _:
            raise Unfit(expected(_DAY_WANTED, _shown(value)))


def _number(value: Value) -> str:
    if isinstance(value, bool | date | time):
        raise Unfit(expected("a number", _shown(value)))
    text = text_of(value)
    if _NUMBER.fullmatch(text) is None:
        raise Unfit(expected("a number", text))
    return text


def _yes_or_no(value: Value) -> str:
    found = _YES_OR_NO.get(str(value).casefold())
    if found is None:
        raise Unfit(expected("yes or no", _shown(value)))
    return found


def _term(terms: Sequence[TermWords], text: str) -> str:
    wanted = plain(text)
    for term in terms:
        if wanted in (plain(str(term.value)), plain(term.title)):
            return str(term.value)
    raise Unfit(expected(f"one of {', '.join(term.title for term in terms)}", text))


def _subject(field: Field, text: str, named: Named) -> str:
    """Return a subject as its field names it: by its key where it takes one kind, else by kind and key."""
    entry = _IN_BRACKETS.fullmatch(text)
    found = entry[1] if entry else text
    if not is_stream(found):
        return found if is_event_reference(found) else named(field.kinds, found)
    if len(field.kinds) != 1:
        return found
    kind, _, key = found.partition("/")
    if kind != field.kinds[0]:
        raise Unfit(expected(f"the key of a subject of kind {field.kinds[0]}", found))
    return key


def _shown(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value
