"""What a correction cannot change of an event, and what helps instead."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from events.access.policy import Role, may_ever_record
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types.cohorts import NoteAdded
from service.pages.record.amending import replacement
from service.pages.record.amending.about import About
from service.pages.record.amending.corrections import FIELDS
from service.pages.record.form import Form, form_of
from service.pages.record.next_steps.addresses import form_address

_NOTE: Final = VOCABULARY.of(NoteAdded)


class Beyond(NamedTuple):
    """The titles, in English, of the fields of an event that a correction leaves as they are.

    `again` is the address of the form that records the event again, None if the event cannot be voided for that.
    Then `note` is that of a note about the same thing, if the visitor's role may record one.
    """

    fields: Sequence[str]
    again: str | None
    note: str | None


def beyond(form: Form, about: About, role: Role) -> Beyond | None:
    """Return what a form cannot correct of the event that it is about; None if the visitor may not amend that."""
    if about.is_voided or not (about.fields or about.is_voidable):
        return None
    corrected = {one.name for one in form.walked()}
    titles = [
        one.title for one in form_of(about.kind).fields if f"{FIELDS}.{one.name}" not in corrected
    ]
    is_replaced = about.is_voidable and not about.kind.personal
    if is_replaced and may_ever_record(role, about.kind):
        return Beyond(titles, replacement.address(about, about.level), None)
    note = form_address(NoteAdded, [about.subject] if about.subject else [])
    return Beyond(titles, None, note if may_ever_record(role, _NOTE) else None)
