"""Corrections: the fields of an earlier event that may be corrected, with the values that they have now."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request

from events.vocabulary.catalogue import VOCABULARY, JsonObject
from service.pages.frame.answers import Pages
from service.pages.frame.page import Answer, Query
from service.pages.record.form import Form, Widget, correcting
from service.pages.record.reading import Given, data_of, event_of, given_of, one

EVENT_QUERY: Final = Query(
    "record-corrected.graphql",
    "query Corrected($position: Position!) {\n"
    "  event(position: $position) { type data voidedBy corrections { field after } }\n"
    "}\n",
)
"""The query for the event that is corrected."""

FIELDS: Final = "fields"
_POSITION_DIGITS_MAX: Final = 15


def position_of(form: Form, given: Given) -> int | None:
    """Return the position of the event that a form corrects; None if it corrects none, or names none yet."""
    if form.kind.about_field is None or not any(one.widget is Widget.PARTS for one in form.fields):
        return None
    text = one(given, form.kind.about_field)
    is_position = text.isascii() and text.isdigit() and len(text) <= _POSITION_DIGITS_MAX
    return int(text) if is_position and int(text) > 0 else None


async def amended(
    pages: Pages, request: Request, form: Form, given: Given
) -> tuple[Form, JsonObject]:
    """Return the form of a correction with the fields of its event, and what these contain now. Raises NoAnswer."""
    if (position := position_of(form, given)) is None:
        return form, {}
    context = await pages.context(request)
    return corrected_form(form, await pages.execute(EVENT_QUERY, {"position": position}, context))


async def event_sent(
    pages: Pages, request: Request, form: Form, given: Given
) -> tuple[Form, JsonObject]:
    """Return the form as it was filled in, and the event that it stands for. Raises NoAnswer."""
    form, present = await amended(pages, request, form, given)
    event = event_of(form, given)
    if present:
        event["data"] = changed(form, event["data"], present)
    return form, event


def corrected_form(form: Form, answer: Answer) -> tuple[Form, JsonObject]:
    """Return the form with the fields of the event in the answer, and what these contain now."""
    event = answer["event"]
    found = VOCABULARY.find(event["type"]) if event else None
    if event is None or found is None:
        return form, {}
    kind, version = found
    data = kind.upcast(event["data"], version)
    data |= {one["field"]: one["after"] for one in event["corrections"]}
    return correcting(form, kind), {name: data.get(name) for name in kind.correctable}


def with_present(form: Form, given: Given, present: Mapping[str, Any]) -> Given:
    """Return what was typed; where nothing of the event's fields was, what they contain now."""
    if any(name.startswith(f"{FIELDS}.") for name in given):
        return given
    [whole] = [one for one in form.fields if one.widget is Widget.PARTS]
    return {**given, **given_of(whole.parts, present)}


def changed(form: Form, data: JsonObject, present: Mapping[str, Any]) -> JsonObject:
    """Return the data of a correction with only those fields that are not as they are now. None removes a value."""
    [whole] = [one for one in form.fields if one.widget is Widget.PARTS]
    # As a form would have it: without the blanks around texts, for example.
    before = data_of(form, given_of(whole.parts, present)).get(FIELDS, {})
    typed = data.get(FIELDS, {})
    fields = {name: typed.get(name) for name in present if typed.get(name) != before.get(name)}
    return {**data, FIELDS: fields}
