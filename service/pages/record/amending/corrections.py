"""Corrections: a form with the fields of an earlier event, and what they contained when it was opened.

A form says which fields somebody changed by that, and not by what they contain when it is sent: others may have
corrected the same event meanwhile. Where they corrected the same field in another way, the form asks before it records.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from events.vocabulary.catalogue import JsonObject
from service.pages.record.amending.about import About
from service.pages.record.faults import Message
from service.pages.record.form import Field, Form, Widget, correcting, form_of
from service.pages.record.reading import ID, Given, data_of, given_of, one

FIELDS: Final = "fields"
BEFORE: Final = "event.before"
"""The field of the form that has what its fields contained when it was opened, as JSON."""

_MEANWHILE: Final = (
    "Somebody else corrected this while you wrote. What stands there now is shown here, and your words are in the"
    " field. Record again to put yours in its place."
)


class Meanwhile(Exception):
    """Others corrected fields of the event that the form changes, too. `given` is the form as it is shown for that.

    `now` has what stands in each of these fields.
    """

    def __init__(self, given: Given, now: Mapping[str, str]) -> None:
        super().__init__(*now)
        self.given = given
        self.now = now

    @property
    def messages(self) -> Sequence[Message]:
        """What stands beside each of the fields."""
        return [Message(name, _MEANWHILE, "") for name in self.now]


def corrected_form(form: Form, about: About | None, given: Given) -> Form:
    """Return the form with the fields of the event that the visitor may correct, and with those that were sent."""
    if about is None:
        return Form(form.kind, tuple(one for one in form.fields if one.widget is not Widget.PARTS))
    names = {*about.fields, *before_of(given, about)}
    return correcting(form, about.kind, names)


def opened_at(form: Form, about: About, given: Given) -> dict[str, Sequence[str]]:
    """Return what was typed; where nothing of the event's fields was, what they contain now."""
    if any(name.startswith(f"{FIELDS}.") for name in given):
        return dict(given)
    return {**given, **_shown(form, about.present), BEFORE: [json.dumps(about.present)]}


def before_of(given: Given, about: About) -> Mapping[str, Any]:
    """Return what the fields of a form contained when it was opened; what they contain now if the form does not say."""
    try:
        before = json.loads(one(given, BEFORE))
    except (ValueError, RecursionError):
        before = None
    if not isinstance(before, dict) or not before.keys() <= set(about.kind.correctable):
        return about.present
    fields = {field.name: field for field in form_of(about.kind).fields}
    is_as_given_out = all(_has_form(fields[name], value) for name, value in before.items())
    return before if is_as_given_out else about.present


def _has_form(field: Field, value: Any) -> bool:
    """Return whether a value has the form that the values of a field have, in an event's data."""
    if field.widget is Widget.PARTS:
        return value is None or isinstance(value, dict)
    is_list = field.is_list or field.widget is Widget.EACH
    return value is None or isinstance(value, list if is_list else str | int | float)


def changed(form: Form, data: JsonObject, about: About, given: Given) -> JsonObject:
    """Return the data of a correction with those fields alone that somebody changed. None removes a value.

    Raises Meanwhile if others gave another value to one of these since the form was opened.
    """
    before = before_of(given, about)
    typed, was, now = data.get(FIELDS, {}), _read(form, before), _read(form, about.data)
    fields = {name: typed.get(name) for name in before if typed.get(name) != was.get(name)}
    if meanwhile := [
        name
        for name, value in fields.items()
        if now.get(name) != was.get(name) and now.get(name) != value
    ]:
        raise _meanwhile(form, about, given, fields, meanwhile)
    return {**data, FIELDS: fields}


def _meanwhile(
    form: Form, about: About, given: Given, fields: Iterable[str], meanwhile: Iterable[str]
) -> Meanwhile:
    """Return the form with what was typed in these fields, and with what the others contain now."""
    kept = tuple(f"{FIELDS}.{name}" for name in fields)
    shown = _shown(form, about.present)
    typed = {
        name: values
        for name, values in given.items()
        if not name.startswith(f"{FIELDS}.") or name.startswith(kept)
    }
    again = {BEFORE: [json.dumps(about.present)], ID: [str(uuid4())]}
    now = {f"{FIELDS}.{name}": _text(shown, f"{FIELDS}.{name}") for name in meanwhile}
    return Meanwhile({**shown, **typed, **again}, now)


def _text(shown: Given, field: str) -> str:
    """Return what a field contains, or its parts."""
    values = (
        value
        for name, found in shown.items()
        if name == field or name.startswith(f"{field}.")
        for value in found
    )
    return " ".join(values)


def _shown(form: Form, data: Mapping[str, Any]) -> Given:
    """Return what the form's fields contain that stand for this data."""
    [whole] = [one for one in form.fields if one.widget is Widget.PARTS]
    return given_of(whole.parts, data)


def _read(form: Form, data: Mapping[str, Any]) -> JsonObject:
    """Return data as the form would read it if nobody changed it: without the blanks around texts, for example."""
    found: JsonObject = data_of(form, _shown(form, data)).get(FIELDS, {})
    return found


def messages() -> Iterable[str]:
    """Return the words of this module, for the catalogues."""
    return (_MEANWHILE,)
