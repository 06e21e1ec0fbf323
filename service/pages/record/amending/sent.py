"""The event that a form stands for, whether it is recorded or only judged."""

from collections.abc import Mapping

from fastapi import Request

from events.access.principal import Principal
from events.vocabulary.catalogue import JsonObject
from events.vocabulary.types.event_type import Mark
from service.pages.record.amending import found
from service.pages.record.amending.corrections import changed, corrected_form
from service.pages.record.form import Form
from service.pages.record.reading import Given, event_of


async def event_sent(
    request: Request, viewer: Principal, form: Form, given: Given
) -> tuple[Form, JsonObject, Mapping[str, int]]:
    """Return the form with all its fields, the event, and the versions of streams at which it is as it says.

    Raises NoAnswer; Meanwhile if others corrected the same.
    """
    if form.kind.mark is not Mark.CORRECTS:
        return form, event_of(form, given), {}
    about, expected = await found.latest(request, viewer, form, given)
    form = corrected_form(form, about, given)
    event = event_of(form, given)
    if about is not None:
        event["data"] = changed(form, event["data"], about, given)
    return form, event, expected
